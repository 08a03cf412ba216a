//! Each row once: one class a row, one exception an id, one group a payment and a dossier, and each
//! group under the name that its members give it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::books::Books;
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
    let inputs = books.inputs;
    let mut came: Vec<RowKey> = books.lines.iter().map(|line| line.fee.key()).collect();
    came.extend(books.money.iter().map(|money| money.key.clone()));
    came.extend(inputs.rejects.iter().map(crate::domain::Reject::key));
    came.sort();
    let rows = &books.settlement.rows;
    if !rows.is_sorted_by(|a, b| a.key <= b.key) {
        let what = text(
            "các dòng phải theo thứ tự khóa",
            "rows must be in key order",
        );
        findings.add(Invariant::Once, "rows", what, "sorted", "not sorted");
    }
    let mut given: Vec<&RowKey> = rows.iter().map(|row| &row.key).collect();
    given.sort();
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
    for group in books.groups() {
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

fn named(group: &MatchGroup, findings: &mut Findings) {
    let about = || format!("group {}", group.id);
    let mut parts: Vec<String> = Vec::new();
    for leg in &group.legs {
        let key = &leg.money;
        parts.push([key.side.id(), key.source.as_str(), &key.id].join("\u{1f}"));
        let dossier = leg.dossier_code.as_ref().map_or("", DossierCode::as_str);
        let fee = leg.fee_id.as_ref().map_or("", FeeId::as_str);
        parts.push([dossier, fee].join("\u{1f}"));
    }
    parts.sort();
    parts.dedup();
    let id = short_hash(parts.join("\u{1e}").as_bytes(), 16);
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
    let order = |leg: &Leg| {
        let dossier = leg.dossier_code.clone();
        let source = leg.money.source.clone();
        (source, leg.money.id.clone(), dossier, leg.fee_id.clone())
    };
    if !group.legs.is_sorted_by_key(order) {
        let what = text("các liên kết phải theo thứ tự", "legs must be in order");
        findings.add(Invariant::Once, about(), what, "sorted", "not sorted");
    }
}

/// A payment settles a line once, repeats it once, is beyond it once. A decision may name a line
/// twice, and a refund may take from several payments of one line.
fn legs(books: &Books, findings: &mut Findings) {
    type Place<'a> = (&'a RowKey, Option<&'a DossierCode>, Option<&'a FeeId>, Role);
    let mut seen: BTreeMap<Place, usize> = BTreeMap::new();
    for leg in books.groups().iter().flat_map(|group| &group.legs) {
        let several = matches!(leg.role, Role::Refund | Role::Reversal) || leg.pass == "decision";
        if !several {
            let (dossier, fee) = (leg.dossier_code.as_ref(), leg.fee_id.as_ref());
            *seen
                .entry((&leg.money, dossier, fee, leg.role))
                .or_default() += 1;
        }
    }
    for ((money, dossier, fee, role), count) in seen {
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
