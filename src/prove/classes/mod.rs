//! Every class agrees with its row. For each class the checker knows from the row and its legs
//! that it must be said, that it must not, or that it cannot tell; the class is the first said in
//! the order of the list.

mod agreed;
mod fee;
mod handled;
mod money;
mod told;

use super::books::{Books, class, is_unread};
use super::violation::{Findings, Invariant, name, text};
use crate::classify::{Bucket, Classified, Severity};
use crate::domain::{Day, RowKey};

use Severity::{Action, Info, Warn};
use handled::Handled;

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
    // once a dossier: it may have very many rows
    let untils = (0..books.dossiers.len()).map(|dossier| until(books, dossier));
    let untils: Vec<Option<Day>> = untils.collect();
    for line in 0..books.lines.len() {
        let Some(row) = books.lines[line].said else {
            continue; // `once` says so
        };
        let dossier = books.lines[line].dossier;
        if let Some(set) = books.dossiers[dossier].set {
            member(books, row, set, findings);
            continue;
        }
        let facts = fee::Facts::new(books, line);
        let again = again(books, untils[dossier]);
        let asked = Asked {
            known: &|class| facts.known(class),
            linked: facts.linked,
            again,
        };
        one(books, row, &asked, findings);
        fee::at_least(&facts, row, findings);
        told::in_vain(books, row, findings);
    }
    for at in 0..books.money.len() {
        let money = &books.money[at];
        let Some(row) = money.said else {
            continue;
        };
        if let Some(set) = money.set {
            member(books, row, set, findings);
            continue;
        }
        let facts = money::Facts::new(books, money);
        let dossiers = money.stakes.iter().map(|s| books.stakes[*s].dossier);
        let dossiers = dossiers.filter(|_| !money.is_cash());
        let until = dossiers.filter_map(|dossier| untils[dossier]).max();
        let again = again(books, until);
        let asked = Asked {
            known: &|class| facts.known(class),
            linked: facts.linked,
            again,
        };
        one(books, row, &asked, findings);
        money::at_least(&facts, row, findings);
        money::reads(&facts, row, findings);
        told::back(books, money, row, findings);
    }
    for row in &books.settlement.rows {
        if is_unread(row) {
            let asked = Asked {
                known: &|class| exactly(class == "reject"),
                linked: false,
                again: Not,
            };
            one(books, row, &asked, findings);
        }
        shape(books, row, findings);
    }
}

/// What is asked of a row.
struct Asked<'k> {
    /// What is known of each class.
    known: &'k dyn Fn(&str) -> Known,
    /// It has a leg.
    linked: bool,
    /// It is read again although it is in order: a looser pass decided it.
    again: Known,
}

/// Read again while the night lies before the end of these days; `match` has no other night.
fn again(books: &Books, until: Option<Day>) -> Known {
    let tonight = books.inputs.business_date;
    exactly(tonight.is_some() && until >= tonight)
}

/// The last night on which what a looser pass put to a dossier's credit may be taken back.
fn until(books: &Books, dossier: usize) -> Option<Day> {
    let stakes = books.dossiers[dossier].stakes.iter();
    let stakes = stakes.map(|s| &books.stakes[*s]);
    let loose = stakes.filter(|s| ["repaired_key", "scored"].contains(&s.first.pass));
    let paid = loose.map(|stake| books.money[stake.money].day()).max()?;
    let last = books.window(dossier).map(|(_, last)| last);
    last.max(Some(paid.plus(books.rules.pairing_days)))
}

/// A row of a certified set is in order, linked as a whole, and read again while another may come.
fn member(books: &Books, row: &Classified, set: usize, findings: &mut Findings) {
    let day = books.sets.get(&set).and_then(|(_, day)| *day);
    let last = day.map(|day| day.plus(books.rules.pairing_days));
    let asked = Asked {
        known: &|_| Not,
        linked: true,
        again: again(books, last),
    };
    one(books, row, &asked, findings);
}

/// The class, the classes beside it and the bucket of a row.
fn one(books: &Books, row: &Classified, asked: &Asked, findings: &mut Findings) {
    let handled = handled::of(books, row);
    let mut said: Vec<&str> = row.also.clone();
    if row.class != "ok" {
        said.insert(0, row.class);
    }
    // a ruling on handling comes after the classes, and before them where it is stale
    let is_stale = said.first() == Some(&"decision_stale");
    if is_stale && matches!(handled, Handled::Stale | Handled::Unsure) {
        said.remove(0);
    }
    let beside = said.first() == Some(&"decision_stale");
    let natural = if beside { "decision_stale" } else { class(row) };
    if handled == Handled::Stale && !is_stale {
        let what = text(
            "quyết định đã lỗi thời phải được nêu",
            "a decision whose row changed is stale",
        );
        let about = name(&row.key);
        findings.add(Invariant::Class, about, what, "decision_stale", row.class);
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
        let (expected, found) = match (asked.known)(class) {
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
    led(row, natural, handled, asked, findings);
}

/// The bucket, and whether the row is read again.
fn led(row: &Classified, natural: &str, handled: Handled, asked: &Asked, findings: &mut Findings) {
    let leads = rank(natural).map(|at| ORDER[at].2);
    let bucket = match leads {
        _ if natural == "reject" => Bucket::Rejected,
        Some(Out) => Bucket::Excluded,
        _ if asked.linked => Bucket::Matched,
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
    let open = leads == Some(Again) || (bucket == Bucket::Open && !rest);
    let carried = match handled {
        Handled::Stale => true,
        Handled::WrittenOff | Handled::WithItsFees => false,
        Handled::Unsure => row.carried,
        _ => open || asked.again == Must,
    };
    if row.carried != carried {
        let what = text(
            "dòng còn mở phải được đọc lại mỗi đêm",
            "what is open is read again every night",
        );
        findings.add(Invariant::Class, name(&row.key), what, carried, row.carried);
    }
}

/// Severity, and a reason for every row that is not in order. What was written off asks nothing,
/// what is stale asks for a new decision.
fn shape(books: &Books, row: &Classified, findings: &mut Findings) {
    let before = books
        .rules
        .start
        .is_some_and(|start| row.business_date < start);
    let own = rank(row.class).map_or(Info, |at| ORDER[at].1);
    let handled = handled::of(books, row);
    handled::said(books, row, handled, findings);
    let agreed = agreed::is(books, row);
    agreed::said(row, agreed, findings);
    let severity = match handled {
        Handled::Stale => Action,
        Handled::WrittenOff | Handled::WithItsFees => Info,
        Handled::Unsure => row.severity,
        _ if before || agreed => Info,
        _ => own,
    };
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
