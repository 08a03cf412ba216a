//! Each row once: one class a row, one exception an id, one group a payment and a dossier, and each
//! group under the name that its members give it.

use rustc_hash::FxHashMap;

use super::books::{Books, Entry};
use super::violation::{Findings, Invariant, name, text};
use crate::domain::ids::short_hash;
use crate::domain::{DossierCode, ExceptionId, FeeId, RowKey};
use crate::matching::{Leg, MatchGroup, Role};

pub(super) fn check(books: &Books, findings: &mut Findings) {
    rows(books, findings);
    exceptions(books, findings);
    groups(books, findings);
    legs(books, findings);
}

/// The rows that came in and the rows that were given a class are the same.
fn rows(books: &Books, findings: &mut Findings) {
    let rows = &books.settlement.rows;
    if !rows.is_sorted_by(|a, b| a.key <= b.key) {
        let what = text(
            "các dòng phải theo thứ tự khóa",
            "rows must be in key order",
        );
        findings.add(Invariant::Once, "rows", what, "sorted", "not sorted");
    }
    let (mut came, given) = not_once(books);
    came.sort();
    let what = text(
        "mỗi dòng phải có đúng một loại",
        "every row has exactly one class",
    );
    let (mut i, mut j) = (0, 0);
    while i < came.len() || j < given.len() {
        match (came.get(i), given.get(j)) {
            (Some(a), Some(b)) if a == *b => {
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none_or(|b| a < *b) => {
                findings.add(Invariant::Once, name(a), what, "1", "0");
                i += 1;
            }
            (_, Some(b)) => {
                findings.add(Invariant::Once, name(b), what, "0", "1");
                j += 1;
            }
            _ => break,
        }
    }
}

/// The rows that came in and the rows that were given a class, sorted, without the pairs of which
/// each is plainly the only one of the other.
fn not_once<'a>(books: &Books<'a>) -> (Vec<RowKey>, Vec<&'a RowKey>) {
    let mut lines = vec![0_usize; books.lines.len()];
    let mut money = vec![0_usize; books.money.len()];
    for entry in books.entries.iter().flatten() {
        match entry {
            Entry::Line(line) => lines[*line] += 1,
            Entry::Money(row) => money[*row] += 1,
        }
    }
    let rows = books.settlement.rows.iter().copied().zip(&books.entries);
    let other = rows.filter(|(_, entry)| match entry {
        Some(Entry::Line(line)) => lines[*line] != 1,
        Some(Entry::Money(row)) => money[*row] != 1,
        None => true,
    });
    let mut given: Vec<&RowKey> = other.map(|(row, _)| &row.key).collect();
    given.sort();
    let unread = books.inputs.rejects.iter();
    let mut came: Vec<RowKey> = unread.map(crate::domain::Reject::key).collect();
    let count = |counts: &[usize], at: usize| counts[at] != 1;
    let fees = (0..lines.len()).filter(|line| count(&lines, *line));
    came.extend(fees.map(|line| books.lines[line].fee.key()));
    let rows = (0..money.len()).filter(|row| count(&money, *row));
    came.extend(rows.map(|row| books.money[row].key.clone()));
    (came, given)
}

/// An exception's id is the hash of its class and row, so that it is found again every night.
fn exceptions(books: &Books, findings: &mut Findings) {
    for row in &books.settlement.rows {
        let wanted = (row.class != "ok").then(|| ExceptionId::of(row.class, &row.key));
        if row.exception_id != wanted {
            let shown = |id: &Option<ExceptionId>| {
                id.as_ref()
                    .map_or_else(|| "-".to_owned(), ExceptionId::to_string)
            };
            findings.add(
                Invariant::Once,
                name(&row.key),
                text(
                    "mã ngoại lệ phải tính từ loại và dòng",
                    "the exception id follows from class and row",
                ),
                shown(&wanted),
                shown(&row.exception_id),
            );
        }
    }
}

/// A payment and a dossier belong to one group; a group's id and pass follow from its legs.
fn groups(books: &Books, findings: &mut Findings) {
    let mut of_money: FxHashMap<&RowKey, &MatchGroup> = FxHashMap::default();
    let mut of_dossier: FxHashMap<&DossierCode, &MatchGroup> = FxHashMap::default();
    let what = text(
        "một dòng, một hồ sơ chỉ thuộc một nhóm",
        "a row and a dossier belong to one group only",
    );
    for group in books.groups().iter().copied() {
        for leg in &group.legs {
            let first = *of_money.entry(&leg.money).or_insert(group);
            let mut clash = !std::ptr::eq(first, group);
            if let (Some(code), true) = (&leg.dossier_code, leg.role != Role::Sighting) {
                clash |= !std::ptr::eq(*of_dossier.entry(code).or_insert(group), group);
            }
            if clash {
                findings.add(
                    Invariant::Once,
                    name(&leg.money),
                    what,
                    &first.id,
                    &group.id,
                );
            }
        }
        named(group, findings);
    }
    let mut ids: Vec<&str> = books.groups().iter().map(|group| &*group.id).collect();
    ids.sort_unstable();
    for twice in ids.windows(2).filter(|pair| pair[0] == pair[1]) {
        let what = text("mã nhóm không được trùng", "a group id stands once");
        findings.add(Invariant::Once, twice[0], what, "1", "2");
    }
}

/// Passes from strict to loose: a group carries the loosest of its legs'.
const STRICT_FIRST: [&str; 8] = [
    "decision",
    "chain",
    "exact_key",
    "extracted_key",
    "sum_by_key",
    "repaired_key",
    "scored",
    "set_certificate",
];

/// The id that the rows of a group give it.
pub(super) fn group_id(legs: &[Leg]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for leg in legs {
        let key = &leg.money;
        parts.push([key.side.id(), key.source.as_str(), &key.id].join("\u{1f}"));
        let dossier = leg.dossier_code.as_ref().map_or("", DossierCode::as_str);
        let fee = leg.fee_id.as_ref().map_or("", FeeId::as_str);
        parts.push([dossier, fee].join("\u{1f}"));
    }
    parts.sort();
    parts.dedup();
    short_hash(parts.join("\u{1e}").as_bytes(), 16)
}

fn named(group: &MatchGroup, findings: &mut Findings) {
    let about = || format!("group {}", group.id);
    let id = group_id(&group.legs);
    if *id != *group.id {
        let what = text(
            "mã nhóm phải tính từ các dòng trong nhóm",
            "a group's id follows from its rows",
        );
        findings.add(Invariant::Once, about(), what, id, &group.id);
    }
    let rank = |pass: &str| STRICT_FIRST.iter().position(|known| *known == pass);
    let loosest = group.legs.iter().max_by_key(|leg| rank(leg.pass));
    let loosest = loosest.map_or("", |leg| leg.pass);
    if loosest != group.pass {
        let what = text(
            "nhóm mang bước lỏng nhất của các liên kết",
            "a group carries the loosest pass of its legs",
        );
        findings.add(Invariant::Rule, about(), what, loosest, group.pass);
    }
    let in_order = |a: &Leg, b: &Leg| {
        let (x, y) = (&a.money, &b.money);
        let money = (&x.source, &x.id).cmp(&(&y.source, &y.id));
        let line = (&a.dossier_code, &a.fee_id).cmp(&(&b.dossier_code, &b.fee_id));
        money.then(line).is_le()
    };
    if !group.legs.is_sorted_by(in_order) {
        let what = text("các liên kết phải theo thứ tự", "legs must be in order");
        findings.add(Invariant::Once, about(), what, "sorted", "not sorted");
    }
}

/// A payment settles a line once, repeats it once, is beyond it once. A decision may name a line
/// twice, and a refund may take from several payments of one line.
fn legs(books: &Books, findings: &mut Findings) {
    type Place<'a> = (&'a RowKey, Option<&'a DossierCode>, Option<&'a FeeId>, Role);
    // a payment that stands in two groups is told by `groups`
    for group in books.groups().iter().copied() {
        let several = |leg: &&Leg| {
            matches!(leg.role, Role::Refund | Role::Reversal) || leg.pass == "decision"
        };
        let legs = group.legs.iter().filter(|leg| !several(leg));
        let places = legs.map(|leg| {
            let (dossier, fee) = (leg.dossier_code.as_ref(), leg.fee_id.as_ref());
            (&leg.money, dossier, fee, leg.role)
        });
        let mut places: Vec<Place> = places.collect();
        places.sort_unstable();
        for same in places.chunk_by(|a, b| a == b) {
            let ((money, dossier, fee, role), count) = (same[0], same.len());
            if count > 1 {
                let dossier = dossier.map_or("", DossierCode::as_str);
                let fee = fee.map_or("", FeeId::as_str);
                findings.add(
                    Invariant::Once,
                    format!("{} {} {dossier} {fee}", name(money), role.id()),
                    text("một liên kết chỉ có một lần", "a leg stands once"),
                    "1",
                    count,
                );
            }
        }
    }
}
