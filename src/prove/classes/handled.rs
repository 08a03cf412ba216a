//! Rulings on how a row is handled: written off, or waiting for a refund. They change no class and
//! no share, only what is asked of people; a row that is something else by now comes back.

use super::super::books::{Books, class};
use super::super::violation::{Findings, Invariant, name, text};
use super::{Leads, ORDER, rank};
use crate::classify::Classified;
use crate::domain::{Decision, Ruling};
use crate::matching::Evidence;

/// What such a ruling makes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handled {
    /// No such ruling, or none that is needed.
    No,
    /// Nobody has to work on it any more.
    WrittenOff,
    /// It waits for its refund.
    Waits,
    /// Class or amount are others than when it was ruled upon.
    Stale,
    /// Several rulings, or several rows under one key: not told.
    Unsure,
}

/// The ruling on a row, if there is exactly one.
fn ruling<'b>(books: &'b Books, row: &Classified) -> Option<&'b Decision> {
    match books.decisions.get(&row.key).map(Vec::as_slice) {
        Some([only]) => Some(only),
        _ => None,
    }
}

pub(super) fn of(books: &Books, row: &Classified) -> Handled {
    let Some(all) = books.decisions.get(&row.key) else {
        return Handled::No;
    };
    let Some(decision) = ruling(books, row).filter(|_| !books.shared_keys.contains(&row.key))
    else {
        let mut all = all.iter();
        let any = all.any(|d| d.is_handling());
        return if any { Handled::Unsure } else { Handled::No };
    };
    if !decision.is_handling() {
        return Handled::No;
    }
    let written_off = decision.ruling != Ruling::RefundRequested;
    let natural = class(row);
    let out = rank(natural).is_some_and(|at| ORDER[at].2 == Leads::Out);
    if natural == "ok" || out {
        Handled::No
    } else if *natural != *decision.class_then || row.amount != decision.amount_then {
        Handled::Stale
    } else if written_off {
        Handled::WrittenOff
    } else {
        Handled::Waits
    }
}

/// What is decided is said, with who and why; and nobody is named who did not decide.
pub(super) fn said(books: &Books, row: &Classified, handled: Handled, findings: &mut Findings) {
    let decided = |why: &Evidence| match why {
        Evidence::DecidedBy(by, reason) | Evidence::StaleDecision(by, reason) => {
            Some((by.clone(), reason.clone()))
        }
        _ => None,
    };
    let told: Vec<_> = row.evidence.iter().filter_map(decided).collect();
    let handles = matches!(
        handled,
        Handled::WrittenOff | Handled::Waits | Handled::Stale
    );
    let wanted = ruling(books, row).filter(|_| handles);
    let wanted = wanted.map(|d| (d.by.clone(), d.reason.clone()));
    let lacks = wanted.as_ref().is_some_and(|w| !told.contains(w));
    let known = |(by, reason): &(Box<str>, Box<str>)| {
        let mut all = books.inputs.decisions.iter();
        all.any(|d| d.by == *by && d.reason == *reason)
    };
    if lacks || !told.iter().all(known) {
        let what = text(
            "quyết định của cán bộ phải có thật và được nêu đúng",
            "a decision that is told was made, and one that was made is told",
        );
        let shown = |by: Option<&(Box<str>, Box<str>)>| {
            by.map_or_else(|| "-".to_owned(), |(by, reason)| format!("{by}: {reason}"))
        };
        let (wanted, found) = (shown(wanted.as_ref()), shown(told.first()));
        findings.add(Invariant::Class, name(&row.key), what, wanted, found);
    }
}
