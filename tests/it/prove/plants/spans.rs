//! Errors in what open money may still do: the days on which items may fall, what they hang on,
//! and how sure scored pairs are said to be.

use doisoat::domain::Day;
use doisoat::kpi::{Contribution, Elsewhere};
use doisoat::matching::Evidence;
use doisoat::settle::Settlement;

use super::{Plant, items, nth};

/// Edits the `n`-th item of those that `wanted` says.
fn with(
    settled: &mut Settlement,
    n: usize,
    wanted: impl Fn(&Contribution) -> bool,
    edit: impl FnOnce(&mut Contribution),
) -> bool {
    let places = items(settled, wanted);
    let Some(at) = nth(&places, n) else {
        return false;
    };
    edit(&mut settled.contributions[at]);
    true
}

fn is_wide(item: &Contribution) -> bool {
    item.elsewhere.iter().any(|span| span.from < span.to)
}

fn of_dossier(item: &Contribution) -> bool {
    item.definition == "DOSSIER_CASHLESS" && item.item.starts_with("dossier|")
}

/// Moves an end of every wide span.
fn moved(item: &mut Contribution, edit: impl Fn(&mut Elsewhere)) {
    item.elsewhere
        .iter_mut()
        .filter(|s| s.from < s.to)
        .for_each(edit);
    item.elsewhere.sort_unstable();
}

pub(super) const PLANTS: &[Plant] = &[
    Plant {
        kind: "a span begins a day late",
        caught_by: &["item"],
        // of a dossier that a row names, the core may be wider than the rows demand
        percent: 70,
        put: |s, n| with(s, n, is_wide, |c| moved(c, |s| s.from = s.from.plus(1))),
    },
    Plant {
        kind: "a span ends a day early",
        caught_by: &["item"],
        percent: 80,
        put: |s, n| with(s, n, is_wide, |c| moved(c, |s| s.to = s.to.minus(1))),
    },
    Plant {
        kind: "a span reaches beyond every row",
        caught_by: &["item"],
        percent: 100,
        put: |s, n| {
            let spans = |c: &Contribution| !c.elsewhere.is_empty();
            with(s, n, spans, |c| {
                let far = |s: &mut Elsewhere| s.to = s.to.plus(4000);
                c.elsewhere.iter_mut().for_each(far);
            })
        },
    },
    Plant {
        kind: "an item that has one day may fall on another",
        caught_by: &["item"],
        percent: 100,
        put: |s, n| {
            let firm = |c: &Contribution| !c.coupled && c.elsewhere.is_empty();
            with(s, n, firm, |c| {
                let (from, to) = (Day::of_ms(0), c.day);
                let outcome = (1, 1);
                c.elsewhere.push(Elsewhere { from, to, outcome });
            })
        },
    },
    Plant {
        kind: "a dossier that open money may complete cannot be",
        caught_by: &["item"],
        percent: 85,
        put: |s, n| {
            let may = |c: &Contribution| {
                let open = c.outcomes.first() == Some(&(0, 0));
                of_dossier(c) && open && c.pairs().contains(&(1, 1)) && c.pairs().len() > 2
            };
            with(s, n, may, |c| {
                c.outcomes.retain(|pair| *pair != (1, 1));
                c.elsewhere.retain(|span| span.outcome != (1, 1));
            })
        },
    },
    Plant {
        kind: "a dossier that open money cannot complete may be",
        caught_by: &["item"],
        percent: 60,
        put: |s, n| {
            let cannot = |c: &Contribution| {
                let open = c.outcomes.first() == Some(&(0, 0)) && c.outcomes.len() > 1;
                of_dossier(c) && open && !c.pairs().contains(&(1, 1))
            };
            with(s, n, cannot, |c| c.outcomes.push((1, 1)))
        },
    },
    Plant {
        kind: "a payment that open money may displace is said to be firm",
        caught_by: &["item"],
        // where money of the dossier went back or a provider kept some, the rows do not tell
        percent: 90,
        put: |s, n| {
            let displaced = |c: &Contribution| {
                let counts = c.outcomes.first().is_some_and(|pair| pair.0 > 0);
                let hangs = c.coupled && c.outcomes.contains(&(0, 0));
                counts && hangs && c.item.starts_with("txn|")
            };
            with(s, n, displaced, |c| {
                c.outcomes.truncate(1);
                c.coupled = false;
                c.elsewhere.clear();
                c.exceptions.clear();
            })
        },
    },
    Plant {
        kind: "a scored pair claims to be further ahead than it is",
        caught_by: &["rule"],
        percent: 90,
        put: |s, n| claim(s, n, |score, margin, by| (score, margin + by)),
    },
    Plant {
        kind: "a scored pair claims a higher score",
        caught_by: &["rule"],
        percent: 90,
        put: |s, n| claim(s, n, |score, margin, by| (score + by, margin)),
    },
];

/// Another claim for a scored pair, on every leg of it and on its group.
fn claim(settled: &mut Settlement, n: usize, edit: fn(u16, u16, u16) -> (u16, u16)) -> bool {
    let scored = |why: &Evidence| matches!(why, Evidence::Assigned(..));
    let groups = settled.groups.iter().enumerate();
    let alone = groups.filter(|(_, group)| {
        let mut legs = group.legs.iter();
        !group.legs.is_empty() && legs.all(|leg| scored(&leg.why))
    });
    let places: Vec<usize> = alone.map(|(g, _)| g).collect();
    let Some(g) = nth(&places, n / 3) else {
        return false;
    };
    let by = [25, 60, 200][n % 3];
    let group = &mut settled.groups[g];
    for leg in &mut group.legs {
        if let Evidence::Assigned(score, margin) = &mut leg.why {
            (*score, *margin) = edit(*score, *margin, by);
            (group.score, group.margin) = (*score, Some(*margin));
        }
    }
    true
}
