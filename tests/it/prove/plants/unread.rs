//! Errors in what rows that could not be read may add.

use doisoat::kpi::Contribution;
use doisoat::settle::Settlement;

use super::{Plant, nth};

/// Edits the `n`-th item of a row that could not be read.
fn with_unread(
    settled: &mut Settlement,
    n: usize,
    edit: fn(&mut Vec<Contribution>, usize),
) -> bool {
    let all = settled.contributions.iter().enumerate();
    let unread = all.filter(|(_, item)| {
        // an own definition is told by those underneath
        item.item.starts_with("unread|") && item.definition != "CUSTOM"
    });
    let whole = unread.filter(|(_, item)| !matches!(item.scope, doisoat::kpi::Scope::Cell(_)));
    let places: Vec<usize> = whole.map(|(at, _)| at).collect();
    let Some(at) = nth(&places, n) else {
        return false;
    };
    edit(&mut settled.contributions, at);
    true
}

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        kind: "a row that could not be read is left out",
        caught_by: &["item"],
        percent: 100,
        put: |s, n| {
            with_unread(s, n, |items, at| {
                let (definition, name) = (items[at].definition, items[at].item.clone());
                items.retain(|item| item.definition != definition || item.item != name);
            })
        },
    },
    Plant {
        kind: "a row that could not be read can only be without cash",
        caught_by: &["item"],
        percent: 100,
        put: |s, n| {
            with_unread(s, n, |items, at| {
                let item = &mut items[at];
                item.outcomes.retain(|(a, b)| *a > 0 || *b == 0);
                item.elsewhere.retain(|span| span.outcome.0 > 0);
            })
        },
    },
    Plant {
        kind: "a row that could not be read is of its file's day alone",
        caught_by: &["item"],
        percent: 100,
        put: |s, n| with_unread(s, n, |items, at| items[at].elsewhere.clear()),
    },
    Plant {
        kind: "a row that could not be read hides what is to be mended",
        caught_by: &["item"],
        percent: 100,
        put: |s, n| with_unread(s, n, |items, at| items[at].exceptions.clear()),
    },
];
