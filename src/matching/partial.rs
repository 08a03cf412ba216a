//! Readings that are shown to a person and never linked: a code cut before its end (banks cut memos
//! at 19, 25 or 35 characters), a digit dropped or added, two slips in one code.

use std::collections::BTreeMap;

use crate::domain::TxnKind;
use crate::domain::fold::squeeze;

use super::code_scan::Scanner;
use super::desk::{Desk, Hint};
use super::evidence::{Evidence, Nearest, Test};
use super::left::{Lacking, full_name};
use super::part::{Part, Why};
use super::pool::{Index, Payer, at};
use super::reading::Reading;

/// At most this many readings of one payment are shown.
const SHOWN_MAX: usize = 3;
/// At most this many dossiers are compared with one text.
const COMPARED_MAX: usize = 16;
/// At most this many dossiers are looked through for a code that was cut.
const RANGE_MAX: usize = 1_000;

/// Leaves hints for the payments that wait with such a reading, among the `open` dossiers.
pub fn hint(desk: &mut Desk, open: &[Lacking]) {
    let mut by_payer: BTreeMap<(i128, String), Vec<Index>> = BTreeMap::new();
    let pool = desk.pool;
    for lacking in open {
        let payer = pool.payer_of(lacking.dossier);
        if !payer.is_empty() {
            let equal = by_payer.entry((lacking.amount, payer)).or_default();
            equal.push(lacking.dossier);
        }
    }
    for txn in desk.waiting() {
        let row = pool.txn(txn);
        if row.kind != TxnKind::Payment {
            continue;
        }
        let Reading::Nothing { class, .. } = &desk.readings[at(txn)] else {
            continue;
        };
        let found = match *class {
            "unidentified" => cut(desk, txn),
            "orphan" => {
                let payer = full_name(&row.payer);
                let equal = payer.and_then(|p| by_payer.get(&(row.amount.wide(), p)));
                slips(desk, txn, equal.map_or(&[], Vec::as_slice))
            }
            _ => continue,
        };
        for (dossier, written, edit) in found.into_iter().take(SHOWN_MAX) {
            show(desk, txn, dossier, &written, edit);
        }
    }
}

/// Dossiers, what was written, and how it differs.
type Found = Vec<(Index, String, &'static str)>;

/// Dossiers whose code begins with what was cut and that lack exactly this.
fn cut(desk: &Desk, txn: Index) -> Found {
    let pool = desk.pool;
    let row = pool.txn(txn);
    let Some(cut) = pool.scanner.cut(&squeeze(&row.memo)) else {
        return Vec::new();
    };
    let begins = |d: &Index| pool.dossier(*d).code.as_str().starts_with(&cut.begins);
    let from = pool
        .dossiers
        .partition_point(|d| d.code.as_str() < cut.begins.as_str());
    let range = (from..pool.dossiers.len()).map(super::pool::index);
    let range: Vec<Index> = range.take_while(begins).take(RANGE_MAX + 1).collect();
    if range.len() > RANGE_MAX {
        return Vec::new();
    }
    let fits = |d: &Index| desk.lacks_amount(txn, *d) && pool.in_window(*d, row.paid_on);
    let mut fitting: Vec<Index> = range.into_iter().filter(fits).collect();
    fitting.sort_by_key(|d| (pool.payer(row, *d), *d));
    let found = fitting.into_iter().map(|d| (d, cut.written.clone(), "cut"));
    found.collect()
}

/// Of the payer's dossiers that lack exactly this, those two slips, or one digit, from a code that
/// was written.
fn slips(desk: &Desk, txn: Index, equal: &[Index]) -> Found {
    let pool = desk.pool;
    let row = pool.txn(txn);
    if equal.len() > COMPARED_MAX {
        return Vec::new();
    }
    let mut written: Vec<String> = Scanner::written_codes(&row.memo)
        .iter()
        .filter(|code| pool.scanner.is_ours(code))
        .map(crate::domain::DossierCode::squeezed)
        .collect();
    let squeezed = squeeze(&row.memo);
    let spots = pool.scanner.spots(&squeezed);
    let spellings = spots.into_iter().flat_map(|spot| spot.spellings());
    written.extend(spellings.map(str::to_owned));
    let mut found = Found::new();
    for dossier in equal.iter().filter(|d| pool.in_window(**d, row.paid_on)) {
        let code = pool.dossier(*dossier).code.squeezed();
        let near = written
            .iter()
            .find_map(|text| Some((text.clone(), slip(text, &code)?)));
        found.extend(near.map(|(text, edit)| (*dossier, text, edit)));
    }
    found
}

/// How a text differs from a code: `two` slips, or one digit dropped or added.
fn slip(written: &str, code: &str) -> Option<&'static str> {
    let (a, b) = (written.as_bytes(), code.as_bytes());
    let without = |long: &[u8], short: &[u8]| {
        let same = long.iter().zip(short).take_while(|(x, y)| x == y).count();
        long.len() == short.len() + 1 && long[same + 1..] == short[same..]
    };
    if without(a, b) || without(b, a) {
        return Some("drop");
    }
    if a.len() != b.len() {
        return None;
    }
    let (mut at, mut slips) = (0, 0);
    while at < a.len() {
        if a[at] != b[at] {
            slips += 1;
            let swapped = at + 1 < a.len() && a[at] == b[at + 1] && a[at + 1] == b[at];
            at += usize::from(swapped);
        }
        at += 1;
    }
    (1..=2).contains(&slips).then_some("two")
}

/// Puts a reading before a person.
fn show(desk: &mut Desk, txn: Index, dossier: Index, written: &str, edit: &'static str) {
    let pool = desk.pool;
    let known = pool.dossier(dossier);
    let said = Evidence::OneEdit(written.into(), known.code.clone(), edit);
    let mut parts = vec![Part::new(Why::FarReading, 500)];
    let (score, failed) = match pool.payer(pool.txn(txn), dossier) {
        Payer::Agrees => {
            parts.push(Part::new(Why::Payer, 300));
            (800, Test::Named)
        }
        Payer::Unknown => (500, Test::Named),
        Payer::Differs => {
            parts.push(Part::new(Why::OtherPayer, -200));
            (300, Test::Payer)
        }
    };
    let near = Nearest {
        candidate: known.code.as_str().into(),
        amount: Some(pool.txn(txn).amount),
        failed,
    };
    desk.note(txn, said.clone(), Some(near));
    desk.hints.push(Hint {
        txn,
        dossier,
        score,
        reason: vec![said],
        parts,
    });
}

#[cfg(test)]
mod tests {
    use super::slip;

    #[test]
    fn two_slips_or_one_digit_too_few_or_too_many() {
        for (written, expected) in [
            ("H4818222212020012", Some("two")),
            ("H4818222212020771", Some("two")),
            ("H4818222212027770", None),
            ("H481822221202001", Some("drop")),
            ("H48182222120200001", Some("drop")),
            ("H48182222120201", None),
        ] {
            assert_eq!(slip(written, "H4818222212020001"), expected, "{written}");
        }
    }
}
