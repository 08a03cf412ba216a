//! `AMOUNT_CASHLESS`: what each payment keeps on lines that count, a payment net of the provider's
//! fee at its gross.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Money, MoneyRow, Stake, class};
use super::day_sums::DaySums;
use super::events::{self, Event, event};
use super::{Expected, Pair, Wanted};
use crate::domain::AgencyCode;
use crate::kpi::Scope;

const AMOUNT: &str = "AMOUNT_CASHLESS";

pub(super) fn expect(books: &Books, sums: &DaySums, expected: &mut Vec<Expected>) {
    for (at, money) in books.money.iter().enumerate() {
        let wanted = match money.row {
            MoneyRow::Txn(_) => transaction(books, money, (sums, at)),
            MoneyRow::Receipt(_) => receipt(books, money),
        };
        let item = match money.row {
            MoneyRow::Txn(txn) => format!("txn|{}|{}", txn.source, txn.id),
            MoneyRow::Receipt(receipt) => {
                format!("receipt|{}|{}", receipt.dossier_code, receipt.receipt_id)
            }
        };
        expected.extend(wanted.map(|wanted| Expected {
            definition: AMOUNT,
            item,
            day: Some(money.day()),
            wanted,
        }));
    }
    events::fees(books, AMOUNT, |due| due, expected);
}

fn dong(wide: i128) -> i64 {
    i64::try_from(wide).unwrap_or(i64::MAX)
}

/// The largest of a row's versions.
pub(super) fn largest(books: &Books, money: &Money) -> i64 {
    let versions = books.inputs.conflicts.iter();
    let mine = versions.filter(|conflict| conflict.key == money.key);
    let largest = mine.map(|conflict| conflict.largest.get()).max();
    largest.unwrap_or(0).max(dong(money.amount()))
}

fn transaction(books: &Books, money: &Money, sum: (&DaySums, usize)) -> Option<Wanted> {
    let MoneyRow::Txn(txn) = money.row else {
        return None;
    };
    let row = money.said?;
    let free = money.stakes.is_empty() && money.back.is_empty() && money.seen.is_empty();
    if let Some(agency) = events::set_agency(books, money) {
        let all = (txn.amount.get(), txn.amount.get());
        return Some(super::everywhere(&BTreeSet::from([agency]), all));
    }
    if free {
        let v = if books.conflicts.contains(&money.key) {
            largest(books, money)
        } else {
            txn.amount.get()
        };
        let most = events::most(books, v, txn.fee.get());
        let (sums, at) = sum;
        let wanted = events::open(books, row, txn, v, most);
        return wanted.or_else(|| sums.wanted(money, at, v, most));
    }
    if !money.seen.is_empty() {
        let most = events::most(books, txn.amount.get(), txn.fee.get());
        return events::unsure_sighting(books, money, txn.amount.get(), most);
    }
    kept(books, money, |dong| (dong, dong))
}

fn receipt(books: &Books, money: &Money) -> Option<Wanted> {
    let row = money.said?;
    match class(row) {
        "conflict" => return Some(Wanted::Holds(vec![(0, 0), (0, largest(books, money))])),
        "receipt_mismatch" if money.stakes.is_empty() => {
            return Some(Wanted::Holds(vec![(0, 0), (0, dong(money.amount()))]));
        }
        _ => {}
    }
    let differs = row.class == "receipt_mismatch" || row.also.contains(&"receipt_mismatch");
    if let Some(either) = alone(books, money).filter(|_| differs) {
        return Some(either);
    }
    if differs {
        let live = |s: &&usize| !matches!(event(books, &books.stakes[**s]), Event::None);
        let any = money.stakes.iter().any(|s| live(&s));
        let again = books.any_open && !money.stakes.is_empty();
        let wanted = any.then_some(Wanted::Anything);
        return wanted.or(again.then_some(Wanted::Open));
    }
    kept(books, money, |dong| (0, dong))
}

/// A receipt over another amount that is all there is of its dossier: its amount or the due.
fn alone(books: &Books, money: &Money) -> Option<Wanted> {
    let [only] = money.stakes[..] else {
        return None;
    };
    let stake = &books.stakes[only];
    let dossier = &books.dossiers[stake.dossier];
    let [(line, _)] = stake.parts[..] else {
        return None;
    };
    let line = &books.lines[line];
    let plain = !stake.undone && !stake.unsure && !line.land && !books.differs(line);
    let all = plain && dossier.stakes.len() == 1 && !dossier.went_back;
    let amounts = [line.due(), money.amount()].map(|amount| (0, dong(amount)));
    all.then(|| Wanted::Holds(amounts.to_vec()))
}

/// What a payment keeps, by agency.
fn kept(books: &Books, money: &Money, pair: fn(i64) -> Pair) -> Option<Wanted> {
    let mut sums: BTreeMap<AgencyCode, i128> = BTreeMap::new();
    let (mut counted, mut perhaps, mut again) = (false, false, false);
    for stake in money.stakes.iter().map(|s| &books.stakes[*s]) {
        match event(books, stake) {
            // the first payment may move, and leave its place to the repeat
            Event::None => {
                again |= books.any_open;
                continue;
            }
            Event::Gone | Event::Unknown => return Some(Wanted::Anything),
            Event::Perhaps => {
                // one on a land obligation counts nowhere here, of another dossier somewhere
                let here = !events::agencies(books, stake).is_empty();
                perhaps |= here;
                again |= !here && books.any_open;
                continue;
            }
            // what is too much may settle lines, once other money moves: `moved` says when it must
            Event::Sure => again |= books.any_open && stake.surplus > 0,
        }
        let net = money.says("net_settlement");
        if net && books.dossiers[stake.dossier].went_back {
            return Some(Wanted::Anything);
        }
        for (line, part) in &stake.parts {
            let line_of = &books.lines[*line];
            if line_of.land || *part == 0 {
                again |= line_of.land;
                continue;
            }
            counted = true;
            let gross = if net && stake.net { line_of.gap() } else { 0 };
            let back = back(stake, *line);
            let sum = sums.entry(line_of.fee.agency_code.clone()).or_default();
            *sum += (part + gross - back).max(0);
        }
    }
    if !counted {
        let wanted = perhaps.then(|| Wanted::Holds(vec![(0, 0)]));
        return wanted.or(again.then_some(Wanted::Open));
    }
    let total: i128 = sums.values().sum();
    let agencies = sums
        .into_iter()
        .map(|(code, sum)| (Scope::Agency(code), sum));
    let scopes = std::iter::once((Scope::Total, total)).chain(agencies);
    let some = scopes.filter(|(_, sum)| *sum != 0);
    let scopes: Vec<(Scope, Pair)> = some.map(|(scope, sum)| (scope, pair(dong(sum)))).collect();
    (!scopes.is_empty()).then_some(Wanted::Firm(scopes))
}

fn back(stake: &Stake, line: usize) -> i128 {
    let mine = stake.sent_back.iter().filter(|(l, _)| *l == line);
    mine.map(|(_, dong)| dong).sum()
}
