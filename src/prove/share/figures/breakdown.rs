//! The shares of the cells, added up again.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::books::Books;
use super::super::super::violation::{Findings, Invariant, text};
use super::super::adding::{Items, is_distinct, of_scope};
use super::super::cells::broken_down;
use super::super::sum::Sum;
use super::{bounds, has_columns};
use crate::domain::{Cell, Period, Text};
use crate::kpi::{Scope, Share};

/// The breakdowns: each cell that has something of its own, once a period, and added up again.
pub(super) fn check<'a>(
    books: &Books<'a>,
    items: &Items<'a>,
    periods: &[Period],
    findings: &mut Findings,
) {
    let definition = broken_down(books);
    let wanted = !books.rules.breakdowns.is_empty();
    let mut cells: BTreeSet<Cell> = BTreeSet::new();
    for scope in items.scopes(definition) {
        if let Scope::Cell(cell) = scope
            && !cell.is_any()
            && !is_distinct(books, definition)
        {
            cells.insert(cell.clone());
        }
    }
    let mut found: BTreeMap<(&Cell, &str), &Share> = BTreeMap::new();
    for share in books.settlement.breakdown {
        let known = share
            .cell
            .as_ref()
            .filter(|_| share.definition == definition);
        if let Some(cell) = known {
            found.insert((cell, &share.period.label), share);
        }
    }
    let mut count = 0;
    for period in periods {
        for cell in &cells {
            let mut sum = of_scope(items, definition, &Scope::Cell(cell.clone()), period);
            if !sum.counts() {
                continue;
            }
            count += 1;
            for item in items.of(definition, &Scope::Cell(Cell::any(cell.dimension))) {
                sum.add(item, period, false);
            }
            let about = format!("{definition} {} {cell}", period.label);
            let Some(share) = found.get(&(cell, &*period.label)) else {
                let what = text("mỗi dòng phân tổ phải có một lần", "each cell stands once");
                findings.add(Invariant::Share, about, what, 1, 0);
                continue;
            };
            cell_of(books, &sum, share, &about, findings);
        }
    }
    if count != books.settlement.breakdown.len() && wanted {
        let what = text("mỗi dòng phân tổ phải có một lần", "each cell stands once");
        let was = books.settlement.breakdown.len();
        findings.add(Invariant::Share, definition, what, count, was);
    }
}

/// The share of one cell.
fn cell_of(books: &Books, sum: &Sum, share: &Share, about: &str, findings: &mut Findings) {
    let mut say = |what: Text, expected: String, was: String| {
        if expected != was {
            findings.add(Invariant::Share, about, what, expected, was);
        }
    };
    let what = text(
        "tử số và mẫu số tính lại",
        "numerator and denominator, added up again",
    );
    let was = (share.numerator, share.denominator);
    say(what, format!("{:?}", sum.point), format!("{was:?}"));
    let what = text(
        "cận được nới do các dòng phụ thuộc nhau",
        "an outer bound is marked as such",
    );
    say(what, sum.coupled.to_string(), share.outer.to_string());
    bounds(
        sum,
        share,
        has_columns(books, share.definition),
        None,
        &mut say,
    );
}
