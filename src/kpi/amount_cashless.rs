//! `AMOUNT_CASHLESS`: dong paid without cash over all dong paid, net of refunds and reversals, at
//! most what was due.

use std::collections::{BTreeMap, BTreeSet};

use crate::classify::Classified;
use crate::domain::{AgencyCode, Day, Side, Text};
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry, Ledger, Line};
use crate::matching::pool::index;

use super::Definition;
use super::contest::Displacing;
use super::facts::{Facts, Open};
use super::item::{Item, receipt_item, reject_item, txn_item};
use super::share::{Contribution, Elsewhere, Scope};

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "AMOUNT_CASHLESS",
    name: Text {
        vi: "Tỷ lệ giá trị không dùng tiền mặt",
        en: "Cashless share of money",
    },
    unit: Text {
        vi: "đồng",
        en: "dong",
    },
    formula: Text {
        vi: "Số tiền thu không dùng tiền mặt trên tổng số tiền thu, tối đa bằng số phải thu; theo ngày thanh toán.",
        en: "Dong collected without cash over all dong collected, at most what was due; by day of payment.",
    },
    enough: |_| true,
    contributions,
};

fn contributions(facts: &Facts) -> Vec<Contribution> {
    let mut out = Vec::new();
    for i in 0..facts.pool.inputs.txns.len() {
        transaction(facts, index(i), &mut out);
    }
    for (i, receipt) in facts.pool.inputs.receipts.iter().enumerate() {
        let key = receipt.key();
        let item = item(
            facts,
            receipt_item(receipt),
            receipt.collected_at.day(),
            &key,
        );
        let class = facts.row(&key).map_or("", Classified::counts_as);
        let dong = receipt.amount.get();
        let own = BTreeSet::from([receipt.agency_code.clone()]);
        match class {
            "conflict" => {
                let largest = largest(facts, &key).max(dong);
                item.spread(&own, &[(0, 0), (0, largest)], &mut out);
            }
            "receipt_mismatch" if facts.entries(Money::Receipt(index(i))).is_empty() => {
                item.spread(&own, &[(0, 0), (0, dong)], &mut out);
            }
            _ => settled(facts, Money::Receipt(index(i)), &item, &mut out),
        }
    }
    fees(facts, &mut out);
    rejects(facts, &mut out);
    out
}

/// A payment or receipt: where an open row may take its place, it may be the repeat. What takes the
/// place of a payment without cash counts in its stead, on its own day.
fn settled(facts: &Facts, money: Money, item: &Item, out: &mut Vec<Contribution>) {
    let before = out.len();
    in_ledgers(facts, money, item, out);
    let mut displacing = Displacing::default();
    for (dossier, _, entry) in facts.entries(money) {
        displacing.extend(facts.displacing(dossier, entry));
    }
    if displacing.exceptions.is_empty() {
        return;
    }
    let cash = displacing.cash || matches!(money, Money::Receipt(_));
    let days = facts.credits.days().filter(|_| !cash);
    for contribution in &mut out[before..] {
        contribution.coupled = true;
        contribution
            .exceptions
            .extend(displacing.exceptions.iter().cloned());
        match days {
            Some((from, to)) => {
                let outcomes = contribution.outcomes.iter().filter(|pair| **pair != (0, 0));
                let moved = outcomes.map(|&outcome| Elsewhere { from, to, outcome });
                contribution.elsewhere.extend(moved);
            }
            None if contribution.outcomes.contains(&(0, 0)) => {}
            None => contribution.outcomes.push((0, 0)),
        }
    }
}

/// Unreadable rows of the money side whose amount could be read; the others are unbounded and
/// belong to the labelled estimate.
fn rejects(facts: &Facts, out: &mut Vec<Contribution>) {
    for reject in &facts.pool.inputs.rejects {
        let Some(amount) = reject.amount.map(crate::domain::Vnd::get) else {
            continue;
        };
        let gross = dong(facts.gross_of(amount.into(), 0));
        let outcome = match reject.side {
            Side::Txn => (gross, gross),
            Side::Receipt => (0, amount),
            Side::Fee => continue,
        };
        let Some(name) = reject_item(facts.pool.inputs, reject) else {
            continue;
        };
        let item = item(facts, name, reject.business_date, &reject.key());
        item.anywhere(&[(0, 0), outcome], out);
    }
}

fn item(facts: &Facts, name: String, day: Day, key: &crate::domain::RowKey) -> Item {
    Item::new(DEFINITION.id, name, day, facts.exceptions(key))
}

/// The largest amount among the versions of a contradictory row.
fn largest(facts: &Facts, key: &crate::domain::RowKey) -> i64 {
    let conflicts = facts.pool.inputs.conflicts.iter().filter(|c| c.key == *key);
    conflicts.map(|c| c.largest.get()).max().unwrap_or(0)
}

fn transaction(facts: &Facts, i: u32, out: &mut Vec<Contribution>) {
    let row = facts.pool.txn(i);
    let key = row.key();
    let item = item(facts, txn_item(row), row.paid_on, &key);
    if let Some(agency) = facts.desk.certified_agency(i) {
        let dong = facts.largest(i);
        item.spread(&BTreeSet::from([agency]), &[(dong, dong)], out);
        return;
    }
    let dong = facts.gross(i);
    match facts.open(i) {
        Open::Nothing => settled(facts, Money::Txn(i), &item, out),
        Open::Fee => of_a_fee(facts, i, &item, out),
        Open::Credit => item.anywhere(&[(0, 0), (dong, dong)], out),
        Open::Refund => {
            let back = facts.most_back(i);
            item.may_go_back(&facts.named(i), back, facts.days_before(i), out);
        }
    }
}

/// A payment of one of several dossiers: at most what they lack.
fn of_a_fee(facts: &Facts, i: u32, item: &Item, out: &mut Vec<Contribution>) {
    let (least, greatest) = facts.part_of_named(i);
    let (least, greatest) = (dong(least), dong(greatest));
    let most = dong(facts.most_of_named(i)).max(greatest);
    let mut outcomes = vec![(greatest, greatest)];
    outcomes.extend((least < greatest).then_some((least, least)));
    outcomes.extend((greatest < most).then_some((most, most)));
    let mut total = self::item(facts, item.name.clone(), item.day, &facts.pool.txn(i).key());
    total.coupled = true;
    facts
        .credits
        .days()
        .into_iter()
        .for_each(|days| total.sometime(days, &outcomes));
    out.push(total.within(Scope::Total, outcomes));
    let first = facts.first_named(i);
    for agency in facts.named(i) {
        // the point figures of the agencies add up to the total's
        let mut outcomes = vec![(0, 0), (greatest, greatest)];
        if first.as_ref() == Some(&agency) {
            outcomes.reverse();
        }
        outcomes.extend((greatest < most).then_some((most, most)));
        out.push(item.within(Scope::Agency(agency), outcomes));
    }
}

/// What a money row keeps on the lines of each agency.
fn in_ledgers(facts: &Facts, money: Money, item: &Item, out: &mut Vec<Contribution>) {
    let cashless = matches!(money, Money::Txn(_));
    let pair = |dong: i64| (if cashless { dong } else { 0 }, dong);
    let mut kept: BTreeMap<AgencyCode, (i64, i64)> = BTreeMap::new();
    let (mut perhaps, mut total): (BTreeMap<AgencyCode, i64>, i64) = (BTreeMap::new(), 0);
    for (dossier, ledger, entry) in facts.entries(money) {
        let amount = dong(entry.credit.amount - entry.returned);
        match entry.effect {
            _ if entry.reversed || amount <= 0 => {}
            Effect::Settles if entry.receipt_differs && entry.parts.is_empty() => {
                let line = entry.surplus_on.map(|l| &ledger.lines[l]);
                let left = line.map_or(amount, |line| dong(left_by_others(line, 0, 0)));
                let amount = amount.min(left);
                let agencies = facts.agencies(dossier, ledger, entry);
                if amount > 0 && !agencies.is_empty() {
                    total += amount;
                    for agency in agencies {
                        *perhaps.entry(agency).or_default() += amount;
                    }
                }
            }
            Effect::Settles => {
                for (agency, (sure, other)) in kept_by(facts, ledger, entry) {
                    let sum = kept.entry(agency).or_default();
                    sum.0 += sure;
                    sum.1 += other;
                }
            }
            Effect::Duplicate { certain: true, .. } if !facts.may_be_again(dossier, entry) => {}
            Effect::Duplicate { .. } | Effect::Doubtful { .. } => {
                let agencies = facts.agencies(dossier, ledger, entry);
                total += if agencies.is_empty() { 0 } else { amount };
                for agency in agencies {
                    *perhaps.entry(agency).or_default() += amount;
                }
            }
        }
    }
    let spread = |outcomes: &dyn Fn(i64, i64) -> Vec<(i64, i64)>, out: &mut Vec<Contribution>| {
        let total = kept
            .values()
            .fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        if total != (0, 0) {
            out.push(item.within(Scope::Total, outcomes(total.0, total.1)));
        }
        for (agency, (sure, other)) in kept.iter().filter(|(_, part)| **part != (0, 0)) {
            out.push(item.within(Scope::Agency(agency.clone()), outcomes(*sure, *other)));
        }
    };
    if !kept.is_empty() {
        let outcomes = |sure: i64, other: i64| {
            if sure == other {
                vec![pair(sure)]
            } else {
                vec![pair(sure), pair(other)]
            }
        };
        spread(&outcomes, out);
    } else if !perhaps.is_empty() {
        out.push(item.within(Scope::Total, vec![(0, 0), pair(total)]));
        for (agency, amount) in perhaps {
            out.push(item.within(Scope::Agency(agency), vec![(0, 0), pair(amount)]));
        }
    }
}

/// Dong that an entry keeps on lines that count, by agency, twice: as booked, and (for a receipt
/// over another amount than its line) by the other reading.
fn kept_by(facts: &Facts, ledger: &Ledger, entry: &Entry) -> BTreeMap<AgencyCode, (i64, i64)> {
    let mut kept: BTreeMap<AgencyCode, (i64, i64)> = BTreeMap::new();
    for (l, part) in &entry.parts {
        let line = &ledger.lines[*l];
        if facts.pool.is_land(line.fee) {
            continue;
        }
        let gross = entry.net_fee.map_or(0, |_| line.net_short);
        let back = entry.sent_back.iter().filter(|(line, _)| line == l);
        let back: i128 = back.map(|(_, amount)| amount).sum();
        let (sure, other) = if entry.receipt_differs {
            let (left, alone) = (left_by_others(line, *part, back), line.paid == *part);
            let told = entry.credit.amount - entry.returned;
            (
                left - back,
                if alone { told } else { told.min(left - back) },
            )
        } else {
            (part + gross - back, part + gross - back)
        };
        let sum = kept
            .entry(facts.pool.fee(line.fee).agency_code.clone())
            .or_default();
        sum.0 += dong(sure.max(0));
        sum.1 += dong(other.max(0));
    }
    kept
}

/// What the other money on a line left of its due, `part` being one's own and `back` what went back
/// of it.
fn left_by_others(line: &Line, part: i128, back: i128) -> i128 {
    let others = line.paid - part - (line.refunded - back) + line.net_short;
    (line.due - others).max(0)
}

/// Back to 64 bits; a row's amount always fits.
fn dong(wide: i128) -> i64 {
    i64::try_from(wide).unwrap_or(i64::MAX)
}

/// Fee lines that may stand for money nobody has seen.
fn fees(facts: &Facts, out: &mut Vec<Contribution>) {
    for fee in &facts.pool.inputs.fees {
        let key = fee.key();
        let Some(row) = facts
            .row(&key)
            .filter(|row| row.bucket == crate::classify::Bucket::Open)
        else {
            continue;
        };
        let due = fee.amount.get();
        let outcomes = match row.counts_as() {
            "missing_payment" | "missing_receipt" if facts.unseen_money => {
                vec![(0, 0), (0, due), (due, due)]
            }
            "missing_payment" | "missing_receipt" => vec![(0, 0), (0, due)],
            "pending" | "status_mismatch" => vec![(0, 0), (due, due)],
            _ => continue,
        };
        let days = facts.unseen_days(fee);
        let day = if days.0 == days.1 {
            days.0
        } else {
            row.business_date
        };
        let name = format!("fee|{}|{}", fee.dossier_code, fee.fee_id);
        let mut item = item(facts, name, day, &key);
        item.sometime(days, &outcomes);
        item.coupled = !facts.credits.is_empty();
        item.spread(&BTreeSet::from([fee.agency_code.clone()]), &outcomes, out);
    }
}
