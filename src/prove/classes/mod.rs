//! Every class agrees with its row. For each class the checker knows from the row and its legs
//! that it must be said, that it must not, or that it cannot tell; the class is the first said in
//! the order of the list.

mod fee;
mod money;

use super::books::Books;
use super::violation::{Findings, Invariant, name, text};
use crate::classify::{Bucket, Classified, Severity};
use crate::domain::RowKey;

use Severity::{Action, Info, Warn};

/// What is known of one class on one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It must be said.
    Must,
    /// It may be said.
    May,
    /// It must not be said.
    Not,
}

use Known::{May, Must, Not};

/// `Must` or `Not`.
pub(super) fn exactly(holds: bool) -> Known {
    if holds { Must } else { Not }
}

/// `May` or `Not`.
pub(super) fn perhaps(can: bool) -> Known {
    if can { May } else { Not }
}

/// Where a class leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leads {
    /// Out of the comparison.
    Out,
    /// Nothing is expected: only a row that names it can change it.
    Rest,
    /// Read again every night, wherever it stands.
    Again,
    /// Read again while it is open.
    Stays,
}

use Leads::{Again, Out, Rest, Stays};

/// The classes in the order of the contract, with what they ask of a person.
const ORDER: &[(&str, Severity, Leads)] = &[
    ("reject", Action, Stays),
    ("conflict", Action, Again),
    ("decision_stale", Action, Again),
    ("failed", Info, Out),
    ("void", Info, Out),
    ("not_fee", Info, Out),
    ("sighting", Info, Out),
    ("batch_settlement", Info, Out),
    ("cash_deposit", Info, Out),
    ("reversed", Warn, Stays),
    ("refunded", Warn, Stays),
    ("partial_refund", Warn, Stays),
    ("unlinked_refund", Action, Again),
    ("duplicate", Action, Stays),
    ("wrong_agency", Action, Stays),
    ("overpaid", Action, Stays),
    ("net_settlement", Warn, Stays),
    ("underpaid", Action, Stays),
    ("partial", Warn, Stays),
    ("receipt_mismatch", Action, Stays),
    ("method_mismatch", Warn, Stays),
    ("late", Info, Stays),
    ("cutoff", Info, Stays),
    ("zero_fee", Info, Rest),
    ("exempt", Info, Rest),
    ("land_obligation", Info, Rest),
    ("status_mismatch", Action, Again),
    ("pending", Warn, Again),
    ("missing_payment", Action, Again),
    ("missing_receipt", Action, Again),
    ("no_e_receipt", Warn, Stays),
    ("near_reference", Action, Again),
    ("orphan", Action, Again),
    ("foreign", Action, Again),
    ("ambiguous", Action, Again),
    ("unidentified", Action, Again),
    ("not_due", Info, Again),
    ("unpaid", Info, Again),
];

fn rank(class: &str) -> Option<usize> {
    ORDER.iter().position(|(known, ..)| *known == class)
}

pub(super) fn check(books: &Books, findings: &mut Findings) {
    for line in 0..books.lines.len() {
        let Some(row) = books.row(&books.lines[line].fee.key()) else {
            continue; // `once` says so
        };
        let facts = fee::Facts::new(books, line);
        one(row, &|class| facts.known(class), facts.linked, findings);
        fee::at_least(&facts, row, findings);
    }
    for at in 0..books.money.len() {
        let money = &books.money[at];
        let Some(row) = books.row(&money.key) else {
            continue;
        };
        let facts = money::Facts::new(books, money);
        one(row, &|class| facts.known(class), facts.linked, findings);
        money::at_least(&facts, row, findings);
        money::reads(&facts, row, findings);
    }
    for row in &books.settlement.rows {
        if row.class == "reject" {
            let only = |class: &str| exactly(class == "reject");
            one(row, &only, false, findings);
        }
        shape(books, row, findings);
    }
}

/// The class, the classes beside it and the bucket of a row.
fn one(row: &Classified, known: &dyn Fn(&str) -> Known, linked: bool, findings: &mut Findings) {
    let mut said: Vec<&str> = row.also.clone();
    if row.class != "ok" {
        said.insert(0, row.class);
    }
    let ranks: Vec<Option<usize>> = said.iter().map(|class| rank(class)).collect();
    if ranks.contains(&None) || !ranks.is_sorted_by(|a, b| a < b) {
        let what = text(
            "loại phải là loại đứng trước nhất trong danh mục",
            "the class is the first of the list that applies",
        );
        findings.add(
            Invariant::Class,
            name(&row.key),
            what,
            "order",
            said.join(" "),
        );
    }
    for (class, ..) in ORDER {
        let is_said = said.contains(class);
        let (expected, found) = match known(class) {
            Must if !is_said => (*class, row.class),
            Not if is_said => ("-", *class),
            _ => continue,
        };
        let what = text(
            "loại phải phù hợp với dòng và các liên kết của nó",
            "the class agrees with the row and its legs",
        );
        findings.add(Invariant::Class, name(&row.key), what, expected, found);
    }
    let leads = rank(row.class).map(|at| ORDER[at].2);
    let bucket = match leads {
        _ if row.class == "reject" => Bucket::Rejected,
        Some(Out) => Bucket::Excluded,
        _ if linked => Bucket::Matched,
        _ => Bucket::Open,
    };
    let open_ok = row.class == "ok" && bucket == Bucket::Open;
    if row.bucket != bucket || open_ok {
        let what = text(
            "nhóm bảo toàn phải theo loại và liên kết",
            "the bucket follows from class and legs",
        );
        let found = format!("{} ({})", row.bucket.id(), row.class);
        findings.add(Invariant::Class, name(&row.key), what, bucket.id(), found);
    }
    let rest = leads == Some(Rest);
    let carried = leads == Some(Again) || (bucket == Bucket::Open && !rest);
    if row.carried != carried {
        let what = text(
            "dòng còn mở phải được đọc lại mỗi đêm",
            "what is open is read again every night",
        );
        findings.add(Invariant::Class, name(&row.key), what, carried, row.carried);
    }
}

/// Severity, and a reason for every row that is not in order.
fn shape(books: &Books, row: &Classified, findings: &mut Findings) {
    let before = books
        .rules
        .start
        .is_some_and(|start| row.business_date < start);
    let own = rank(row.class).map_or(Info, |at| ORDER[at].1);
    let severity = if before { Info } else { own };
    if row.severity != severity {
        let what = text(
            "mức độ phải theo loại; dòng trước ngày bắt đầu chỉ để biết",
            "severity follows from the class; before go-live it is for information",
        );
        findings.add(
            Invariant::Class,
            name(&row.key),
            what,
            severity.id(),
            row.severity.id(),
        );
    }
    let silent = row.class != "ok" && row.evidence.is_empty() && row.nearest.is_empty();
    if silent {
        let what = text(
            "ngoại lệ nào cũng phải có căn cứ",
            "every exception says why",
        );
        findings.add(Invariant::Class, name(&row.key), what, "1", "0");
    }
}

/// True when an id came with different content.
fn is_conflict(books: &Books, key: &RowKey) -> bool {
    books.conflicts.contains(key)
}
