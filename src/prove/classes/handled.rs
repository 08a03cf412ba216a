//! Rulings on how a row is handled: written off, or waiting for a refund. They change no class and
//! no share, only what is asked of people; a row that is something else by now comes back.

use super::super::books::{Books, Entry, class};
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
    /// A payment of which every line that lacks money was given up.
    WithItsFees,
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
    match own(books, row) {
        Handled::No if fees_of(books, row).is_some() => Handled::WithItsFees,
        own => own,
    }
}

/// The classes of a payment that left a line short, and of the line.
const SHORT: [&str; 3] = ["underpaid", "partial", "net_settlement"];

/// The lines that lack money in the one dossier of a payment that left it short, where all of them
/// were written off; none for any other row.
fn fees_of<'b>(books: &'b Books, row: &Classified) -> Option<Vec<&'b Classified>> {
    let Some(Entry::Money(at)) = books
        .entry(&row.key)
        .filter(|_| SHORT.contains(&class(row)))
    else {
        return None;
    };
    let money = &books.money[at];
    let [stake] = money.stakes.as_slice() else {
        return None;
    };
    let dossier = &books.dossiers[books.stakes[*stake].dossier];
    let lines = books.lines[dossier.lines.clone()].iter();
    let short = lines.filter(|line| SHORT.iter().any(|class| line.says(class)));
    let short: Vec<&Classified> = short.filter_map(|line| line.said).collect();
    let all = short
        .iter()
        .all(|line| own(books, line) == Handled::WrittenOff);
    (all && !short.is_empty()).then_some(short)
}

/// What a ruling on the row itself makes of it.
fn own(books: &Books, row: &Classified) -> Handled {
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
    // a refund that was asked for and has come asks for nothing more
    let came = natural == "refunded" && decision.ruling == Ruling::RefundRequested;
    if natural == "ok" || out || came {
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
    let mut wanted: Vec<&Decision> = Vec::new();
    wanted.extend(ruling(books, row).filter(|_| handles));
    if handled == Handled::WithItsFees {
        let fees = fees_of(books, row).unwrap_or_default();
        wanted.extend(fees.into_iter().filter_map(|fee| ruling(books, fee)));
    }
    let wanted: Vec<_> = wanted
        .iter()
        .map(|d| (d.by.clone(), d.reason.clone()))
        .collect();
    let lacks = !wanted.is_empty() && !wanted.iter().any(|w| told.contains(w));
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
        let (wanted, found) = (shown(wanted.first()), shown(told.first()));
        findings.add(Invariant::Class, name(&row.key), what, wanted, found);
    }
}
