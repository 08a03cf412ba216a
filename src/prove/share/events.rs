//! `TX_CASHLESS`: one payment, one event; all receipts of one dossier, cashier and moment, one cash
//! event. What is open may or may not be one.

use std::collections::{BTreeMap, BTreeSet};

use super::super::books::{Books, Line, Money, Stake, class};
use super::again::certain;
use super::day_sums::DaySums;
use super::moved::is_loose;
use super::{Expected, Wanted, everywhere};
use crate::classify::{Bucket, Classified};
use crate::domain::{AgencyCode, FeeStatus, Receipt, Txn, TxnKind};
use crate::matching::Evidence;

const TX: &str = "TX_CASHLESS";

/// What a stake did to an event.
pub(super) enum Event {
    /// It is one.
    Sure,
    /// It may be one: a repeat that is not certainly one.
    Perhaps,
    /// It is none: gone, or certainly a repeat.
    None,
    /// It is gone, unless what went back is other money, which is open.
    Gone,
    /// Not told by the legs.
    Unknown,
}

pub(super) fn expect(books: &Books, sums: &DaySums, expected: &mut Vec<Expected>) {
    for (at, money) in books.money.iter().enumerate() {
        if let Some(txn) = money.txn() {
            let sum = sums.wanted(money, at, 1, 1);
            transaction(books, money, txn, sum, expected);
        }
    }
    cash(books, expected);
    fees(books, TX, |_| 1, expected);
}

/// What a row without legs may add: v times the table of the open classes, `most` where a provider
/// kept its fee.
pub(super) fn open(
    books: &Books,
    row: &Classified,
    txn: &Txn,
    v: i64,
    most: i64,
) -> Option<Wanted> {
    let back = txn.kind != TxnKind::Payment;
    Some(match class(row) {
        "conflict" | "pending" | "status_mismatch" | "unlinked_refund" if back => Wanted::Back(v),
        "unidentified" | "orphan" | "foreign" | "near_reference" | "conflict" | "pending"
        | "status_mismatch" => Wanted::Credit(v, most),
        "ambiguous" if is_land(books, row) => Wanted::Anything,
        "ambiguous" => Wanted::Ambiguous(v, most),
        _ => return None,
    })
}

/// What a payment may add that was seen elsewhere too, in a row which came with two contents: where
/// that row falls, this one is the payment.
pub(super) fn unsure_sighting(books: &Books, money: &Money, v: i64, most: i64) -> Option<Wanted> {
    let txn = money.txn()?;
    let back = txn.kind != TxnKind::Payment;
    match carried_by_open(books, money)? {
        true if back => Some(Wanted::Back(v)),
        true => Some(Wanted::Credit(v, most)),
        false => Some(Wanted::Anything),
    }
}

/// The row that carries a sighting, or the one that carries that, came with two contents; false
/// where another source uses its id too, so that the legs do not tell which of them it is.
pub(super) fn carried_by_open(books: &Books, money: &Money) -> Option<bool> {
    let mut seen = money.seen.clone();
    for _ in 0..8 {
        if seen.is_empty() {
            return None;
        }
        let ids = seen.iter().filter_map(|leg| match &leg.why {
            Evidence::SameAs(id) | Evidence::NamesTransaction(id) => Some(&**id),
            _ => None,
        });
        let ids: BTreeSet<&str> = ids.collect();
        let of = ids.iter().filter_map(|id| books.by_id.get(id)).flatten();
        let of = of.map(|at| &books.money[*at]);
        let of: Vec<&Money> = of.filter(|m| m.key != money.key && !m.is_cash()).collect();
        let waits = ["conflict", "pending", "status_mismatch"];
        let open = |m: &&&Money| {
            let row = m.said.filter(|_| m.seen.is_empty());
            row.is_some_and(|row| waits.contains(&class(row)))
        };
        let open = of.iter().filter(open).count();
        if open > 0 {
            return Some(open == of.len());
        }
        seen = of.iter().flat_map(|m| m.seen.iter().copied()).collect();
    }
    None
}

/// The one dossier that a row names owes nothing but land obligations.
fn is_land(books: &Books, row: &Classified) -> bool {
    let named = row.dossier_code.as_ref();
    let dossier = named.and_then(|code| books.dossier_at(code.as_str()));
    dossier.is_some_and(|dossier| books.payable(dossier).all(|line| line.land))
}

/// True when an open refund may have taken back the first of two payments before this one came:
/// then the repeat is the payment.
fn may_be_again(books: &Books, money: &Money) -> bool {
    books.open_refund_ms.is_some_and(|ms| ms <= money.ms())
}

pub(super) fn event(books: &Books, stake: &Stake) -> Event {
    let money = &books.money[stake.money];
    let whole = if stake.settles() {
        stake.stake()
    } else {
        money.amount()
    };
    let shared = money.stakes.len() > 1;
    if stake.undone || (stake.returned > 0 && stake.returned >= whole) {
        return if books.any_open {
            Event::Gone
        } else {
            Event::None
        };
    }
    if stake.unsure || (!stake.settles() && shared) || whole == 0 {
        return Event::Unknown;
    }
    match (stake.settles(), certain(books, money, stake)) {
        (true, _) => Event::Sure,
        (false, Some(true)) if may_be_again(books, money) => Event::Unknown,
        (false, Some(true)) => Event::None,
        (false, Some(false)) => Event::Perhaps,
        (false, None) => Event::Unknown,
    }
}

/// The agencies for which a stake is an event: those of its lines, land obligations left out; the
/// dossier's own where it settled none.
pub(super) fn agencies(books: &Books, stake: &Stake) -> BTreeSet<AgencyCode> {
    let parts = stake.parts.iter().filter(|(_, dong)| *dong > 0);
    let mut touched: Vec<usize> = parts.map(|(line, _)| *line).collect();
    touched.extend(&stake.again);
    let lines = books.dossiers[stake.dossier].lines.clone();
    if touched.is_empty() {
        let payable = || lines.clone().filter(|l| books.lines[*l].payable);
        let only_land = payable().next().is_some() && payable().all(|l| books.lines[l].land);
        let own = books.lines[lines.start].fee.agency_code.clone();
        return if only_land {
            BTreeSet::new()
        } else {
            BTreeSet::from([own])
        };
    }
    let lines = touched.into_iter().map(|line| &books.lines[line]);
    let counted = lines.filter(|line| !line.land);
    counted.map(|line| line.fee.agency_code.clone()).collect()
}

/// The agency of the certified set that a payment is a member of.
pub(super) fn set_agency(books: &Books, money: &Money) -> Option<AgencyCode> {
    let (agency, _) = books.sets.get(&money.set?)?;
    agency.cloned()
}

fn transaction(
    books: &Books,
    money: &Money,
    txn: &Txn,
    sum: Option<Wanted>,
    expected: &mut Vec<Expected>,
) {
    let Some(row) = money.said else {
        return; // `once` says so
    };
    if let Some(wanted) = repeat(books, money, row) {
        expected.push(Expected {
            definition: TX,
            item: format!("txn|{}|{}", txn.source, txn.id),
            day: Some(txn.paid_on),
            wanted,
        });
        return;
    }
    let mut sure: BTreeSet<AgencyCode> = BTreeSet::new();
    let mut perhaps: BTreeSet<AgencyCode> = BTreeSet::new();
    let (mut unknown, mut gone, mut again) = (false, false, false);
    for stake in money.stakes.iter().map(|s| &books.stakes[*s]) {
        match event(books, stake) {
            Event::Sure => {
                let agencies = agencies(books, stake);
                // on a land obligation: `moved` says when it must be there
                again |= agencies.is_empty();
                sure.extend(agencies);
            }
            Event::Perhaps => {
                let agencies = agencies(books, stake);
                again |= agencies.is_empty() && books.any_open;
                perhaps.extend(agencies);
            }
            Event::None => again |= books.any_open,
            Event::Gone => gone = true,
            Event::Unknown => unknown = true,
        }
    }
    let free = money.stakes.is_empty() && money.back.is_empty() && money.seen.is_empty();
    if let Some(agency) = set_agency(books, money) {
        sure.insert(agency);
    }
    let wanted = if unknown {
        Some(Wanted::Anything)
    } else if !sure.is_empty() {
        Some(everywhere(&sure, (1, 1)))
    } else if !perhaps.is_empty() {
        Some(Wanted::Holds(vec![(0, 0), (1, 1)]))
    } else if gone {
        Some(Wanted::Anything)
    } else if again {
        Some(Wanted::Open)
    } else if free {
        open(books, row, txn, 1, 1).or(sum)
    } else {
        unsure_sighting(books, money, 1, 1)
    };
    expected.extend(wanted.map(|wanted| Expected {
        definition: TX,
        item: format!("txn|{}|{}", txn.source, txn.id),
        day: Some(txn.paid_on),
        wanted,
    }));
}

/// A payment for several dossiers that repeats what one of them got and settled nothing in the
/// others: it may be none.
fn repeat(books: &Books, money: &Money, row: &Classified) -> Option<Wanted> {
    let stakes = || money.stakes.iter().map(|stake| &books.stakes[*stake]);
    let still = |s: &Stake| !s.undone && !s.unsure && s.returned == 0 && s.settled() == 0;
    if class(row) != "duplicate" || money.stakes.len() < 2 || !stakes().all(still) {
        return None;
    }
    let perhaps = |stake: &Stake| {
        let certain = !stake.settles() && certain(books, money, stake) != Some(false);
        !certain && !agencies(books, stake).is_empty()
    };
    let both = || Wanted::Holds(vec![(0, 0), (1, 1)]);
    stakes().any(perhaps).then(both)
}

/// All receipts of one dossier, cashier and moment.
fn cash(books: &Books, expected: &mut Vec<Expected>) {
    type Members<'b> = Vec<(&'b Money<'b>, &'b Receipt)>;
    let mut events: BTreeMap<(&str, &str, i64), Members> = BTreeMap::new();
    for money in &books.money {
        if let super::super::books::MoneyRow::Receipt(receipt) = money.row {
            let (code, cashier) = (receipt.dossier_code.as_str(), &*receipt.cashier);
            let key = (code, cashier, receipt.collected_at.ms());
            events.entry(key).or_default().push((money, receipt));
        }
    }
    for ((code, cashier, ms), members) in events {
        let mut sure: BTreeSet<AgencyCode> = BTreeSet::new();
        let (mut perhaps, mut unknown, mut gone) = (false, false, false);
        let mut again = false;
        for (money, receipt) in &members {
            for stake in money.stakes.iter().map(|s| &books.stakes[*s]) {
                match event(books, stake) {
                    Event::Sure => sure.extend(agencies(books, stake)),
                    Event::Perhaps => perhaps |= !agencies(books, stake).is_empty(),
                    Event::None => again |= books.any_open,
                    Event::Gone => gone = true,
                    Event::Unknown => unknown = true,
                }
            }
            match money.said.map_or("", class) {
                "receipt_mismatch" if money.stakes.is_empty() => {
                    sure.insert(receipt.agency_code.clone());
                }
                "conflict" => perhaps = true,
                _ => {}
            }
        }
        let wanted = if unknown {
            Wanted::Anything
        } else if !sure.is_empty() {
            everywhere(&sure, (0, 1))
        } else if perhaps {
            Wanted::Holds(vec![(0, 0), (0, 1)])
        } else if gone {
            Wanted::Anything
        } else if again {
            Wanted::Open
        } else {
            continue;
        };
        expected.push(Expected {
            definition: TX,
            item: format!("cash|{code}|{cashier}|{ms}"),
            day: members
                .first()
                .map(|(_, receipt)| receipt.collected_at.day()),
            wanted,
        });
    }
}

/// Fee lines that may stand for money that nobody has seen; `v` is what one is worth.
pub(super) fn fees(
    books: &Books,
    definition: &'static str,
    v: impl Fn(i64) -> i64,
    expected: &mut Vec<Expected>,
) {
    let unseen = books.inputs.sources.iter();
    let unseen = unseen.filter(|s| s.carries_money && !s.is_whole());
    let unseen = unseen.count() > 0;
    for (at, line) in books.lines.iter().enumerate() {
        let fee = line.fee;
        let Some(row) = line.said else { continue };
        let v = v(fee.amount.get());
        let open = row.bucket == Bucket::Open;
        let wanted = match class(row) {
            "missing_payment" | "missing_receipt" if open => {
                let mut pairs = vec![(0, 0), (0, v)];
                pairs.extend(unseen.then_some((v, v)));
                Wanted::Holds(pairs)
            }
            "pending" | "status_mismatch" if open => Wanted::Holds(vec![(0, 0), (v, v)]),
            // `passed_over` says when it must be there
            _ if is_bare(books, line) || line.is_told_back() && !line.land => Wanted::Open,
            _ if left_by(books, at).next().is_some() => Wanted::Open,
            _ => continue,
        };
        let paid = fee.more.paid_at.as_ref().map(crate::domain::Moment::day);
        expected.push(Expected {
            definition,
            item: format!("fee|{}|{}", fee.dossier_code, fee.fee_id),
            day: Some(paid.unwrap_or_else(|| without_day(books, row.business_date))),
            wanted,
        });
    }
}

/// A line without money of a dossier that has some, while something is open: what is spread over it
/// may pay other lines then, and the registry's word stands alone.
pub(super) fn is_bare(books: &Books, line: &Line) -> bool {
    let bare = line.payable && !line.land && line.paid == 0 && line.due() > 0;
    bare && books.any_open && !books.dossiers[line.dossier].stakes.is_empty()
}

/// What a text or a score put on a line that the registry calls refunded, gone back or not: once it
/// is put elsewhere, the registry's word stands alone.
pub(super) fn left_by<'b, 'a>(
    books: &'b Books<'a>,
    at: usize,
) -> impl Iterator<Item = &'b Stake<'a>> {
    let line = &books.lines[at];
    let called = line.payable && !line.land && line.fee.status == FeeStatus::Refunded;
    let stakes = line.stakes.iter().filter(move |_| called);
    let stakes = stakes.map(|stake| &books.stakes[*stake]);
    let mine = move |stake: &&Stake| !stake.undone && stake.part(at) > 0;
    stakes.filter(mine).filter(|stake| is_loose(books, stake))
}

/// The day of a fee of whose payment the registry tells none: that of the row, but no later than
/// tonight.
fn without_day(books: &Books, day: crate::domain::Day) -> crate::domain::Day {
    let tonight = books.inputs.business_date;
    tonight.map_or(day, |tonight| day.min(tonight))
}

/// The most of which a payment may be the net, by its own fee or a rate.
pub(super) fn most(books: &Books, v: i64, own: i64) -> i64 {
    let twice = i128::from(v) * 2;
    let rates = books.rules.net_rates.iter().map(|rate| {
        let (num, den) = (rate.rate.num, rate.rate.den);
        let half_up = (twice * num * 2 + den).div_euclid(den * 2);
        half_up.max(rate.minimum.wide())
    });
    let fee = rates.chain([i128::from(own)]).max().unwrap_or(0);
    i64::try_from(i128::from(v) + fee).unwrap_or(i64::MAX)
}
