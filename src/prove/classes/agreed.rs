//! Refunds that all records agree on: the registry calls the line refunded, and nothing is left on
//! it. They ask nobody for anything, and no other refund is called so.

use super::super::books::{Books, Entry, Line, class};
use super::super::violation::{Findings, Invariant, name, text};
use super::{ORDER, rank};
use crate::classify::{Classified, Severity};
use crate::domain::FeeStatus;
use crate::matching::{Evidence, Role};

/// True when the row is about such a refund and no class beside it asks for somebody.
pub(super) fn is(books: &Books, row: &Classified) -> bool {
    let natural = class(row);
    let back = ["refunded", "partial_refund"].contains(&natural);
    let beside = row.also.iter().filter(|also| **also != natural);
    let mut beside = beside.filter_map(|also| rank(also));
    if !back || !beside.all(|at| ORDER[at].1 == Severity::Info) {
        return false;
    }
    match books.entry(&row.key) {
        Some(Entry::Line(at)) => natural == "refunded" && is_back(&books.lines[at]),
        Some(Entry::Money(at)) => {
            let legs = books.money[at].back.iter();
            let legs = legs.filter(|leg| leg.role == Role::Refund && leg.amount.get() != 0);
            let lines = legs.map(|leg| books.line_of(leg).map(|at| &books.lines[at]));
            let lines: Vec<Option<&Line>> = lines.collect();
            let all = lines.iter().all(|line| line.is_some_and(is_back));
            all && (natural == "refunded" || !lines.is_empty())
        }
        None => false,
    }
}

/// The registry says that it went back, and all of it did.
fn is_back(line: &Line) -> bool {
    let gone = line.refunded > 0 && line.paid <= line.refunded;
    line.fee.status == FeeStatus::Refunded && gone
}

/// What agrees is said, and nothing else is called so.
pub(super) fn said(row: &Classified, agreed: bool, findings: &mut Findings) {
    let told = row.evidence.contains(&Evidence::RefundAgreed);
    if told != agreed {
        let what = text(
            "chỉ khoản hoàn mà các bên ghi như nhau mới là đã xong",
            "only a refund that all records agree on is done",
        );
        findings.add(Invariant::Class, name(&row.key), what, agreed, told);
    }
}
