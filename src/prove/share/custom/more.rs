//! What an own definition counts beside the items of the definition underneath.

use std::collections::BTreeSet;

use super::super::super::books::{Books, Money};
use super::super::super::violation::{Findings, Invariant, text};
use super::super::{Pair, shown, told};
use super::Dossiers;
use crate::domain::custom::{Counted, DateBasis};
use crate::domain::{Day, Instrument, RowKey, SourceName};
use crate::kpi::Contribution;
use crate::matching::Leg;

/// Names of items that only some parameters bring.
pub(in crate::prove::share) fn is_more(item: &str) -> bool {
    ["more|", "back|", "unpaid|"]
        .iter()
        .any(|kind| item.starts_with(kind))
}

/// Items that only some parameters bring: in the numerator only what was paid without cash (or
/// online), on the day of the payment, of what went back, or of the dossier.
pub(in crate::prove::share) fn check(
    books: &Books,
    name: &str,
    found: &[&Contribution],
    findings: &mut Findings,
) {
    let parts: Vec<&str> = name.splitn(4, '|').collect();
    let custom = books.rules.custom;
    let (Some(custom), [kind, code, rest @ ..]) = (custom, &parts[..]) else {
        return;
    };
    let dossier = books.dossier_at(code);
    let money = match rest {
        [source, id] => money(books, source, id),
        _ => None,
    };
    let online = money
        .and_then(|money| books.money[money].txn())
        .is_some_and(|txn| {
            custom.numerator == Counted::Cashless || txn.instrument != Instrument::Transfer
        });
    let days: BTreeSet<Day> = match (*kind, custom.date) {
        ("back", _) => went_back(books, dossier),
        ("more", DateBasis::Payment) => money.map(|m| books.money[m].day()).into_iter().collect(),
        (_, DateBasis::Payment) => {
            let received = dossier.and_then(|d| books.dossiers[d].code.received_on());
            received.into_iter().collect()
        }
        (_, basis) => Dossiers::new(books).day(basis, name).into_iter().collect(),
    };
    let counts = |(a, b): Pair| a == if online { b } else { 0 };
    let first = |c: &&&Contribution| c.outcomes.first().is_some_and(|pair| !counts(*pair));
    let elsewhere = |c: &&&Contribution| !days.is_empty() && !days.contains(&c.day);
    let other = found.iter().find(first);
    let other = other.or_else(|| found.iter().find(elsewhere));
    if let Some(other) = other.filter(|_| books.rules.start.is_none()) {
        let what = text(
            "khoản thêm theo định nghĩa riêng phải đúng với dòng của nó",
            "what an own definition adds follows from its row",
        );
        let wanted = format!("{online} {days:?}");
        let about = told("CUSTOM", name);
        findings.add(Invariant::Item, about, what, wanted, shown(&[other]));
    }
}

fn money(books: &Books, source: &str, id: &str) -> Option<usize> {
    let key = RowKey::txn(&SourceName::new(source), id);
    books.money_of(&key).or_else(|| books.receipt_at(id))
}

/// The days on which money of a dossier went back.
fn went_back(books: &Books, dossier: Option<usize>) -> BTreeSet<Day> {
    let of = |leg: &Leg| {
        let line = books.line_of(leg);
        dossier.is_some() && line.map(|line| books.lines[line].dossier) == dossier
    };
    let back = books.money.iter();
    let back = back.filter(|money| money.back.iter().any(|leg| of(leg)));
    back.map(Money::day).collect()
}
