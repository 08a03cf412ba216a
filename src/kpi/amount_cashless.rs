//! `AMOUNT_CASHLESS`: dong paid without cash over all dong paid, net of refunds and reversals, at
//! most what was due.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{AgencyCode, Day, Text, TxnKind};
use crate::matching::desk::{Money, Standing};
use crate::matching::ledger::{Effect, Entry, Ledger};
use crate::matching::pool::{at, index};

use super::Definition;
use super::facts::{Facts, Item, receipt_item, txn_item};
use super::share::{Contribution, Scope};

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
        let class = facts.row(&key).map_or("", |row| row.class);
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
            _ => in_ledgers(facts, Money::Receipt(index(i)), &item, &mut out),
        }
    }
    fees(facts, &mut out);
    out
}

fn item(facts: &Facts, name: String, day: Day, key: &crate::domain::RowKey) -> Item {
    let exceptions = facts.exceptions(key);
    Item {
        definition: DEFINITION.id,
        name,
        day,
        exceptions,
        coupled: false,
    }
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
    let class = facts.row(&key).map_or("", |row| row.class);
    let dong = row.amount.get();
    match &facts.desk.txns[at(i)] {
        Standing::Credited => in_ledgers(facts, Money::Txn(i), &item, out),
        Standing::Out { named, .. } => match class {
            "ambiguous" if !named.is_empty() => {
                out.push(item.within(Scope::Total, vec![(dong, dong)]));
                for agency in facts.agencies_of(named) {
                    out.push(item.within(Scope::Agency(agency), vec![(0, 0), (dong, dong)]));
                }
            }
            "unidentified" | "orphan" | "foreign" | "near_reference" | "ambiguous" => {
                item.anywhere(&[(0, 0), (dong, dong)], out);
            }
            "conflict" => {
                let largest = largest(facts, &key).max(dong);
                item.anywhere(&[(0, 0), (largest, largest)], out);
            }
            "pending" | "status_mismatch" | "decision_stale" if row.kind == TxnKind::Payment => {
                item.anywhere(&[(0, 0), (dong, dong)], out);
            }
            "unlinked_refund" | "pending" | "status_mismatch" => {
                let item = Item {
                    coupled: true,
                    ..item
                };
                item.anywhere(&[(0, 0), (-dong, -dong)], out);
            }
            _ => {}
        },
        Standing::Returns(dossier) if class == "unlinked_refund" => {
            let item = Item {
                coupled: true,
                ..item
            };
            item.spread(
                &facts.agencies_of(&[*dossier]),
                &[(0, 0), (-dong, -dong)],
                out,
            );
        }
        Standing::Returns(_) | Standing::Sighting(..) | Standing::Waiting => {}
    }
}

/// What a money row keeps on the lines of each agency.
fn in_ledgers(facts: &Facts, money: Money, item: &Item, out: &mut Vec<Contribution>) {
    let cashless = matches!(money, Money::Txn(_));
    let pair = |dong: i64| (if cashless { dong } else { 0 }, dong);
    let mut kept: BTreeMap<AgencyCode, (i64, i64)> = BTreeMap::new();
    let mut perhaps: BTreeMap<AgencyCode, i64> = BTreeMap::new();
    for (dossier, ledger, entry) in facts.entries(money) {
        let agency = facts.pool.dossier(dossier).agency.clone();
        let amount = dong(entry.credit.amount - entry.returned);
        match entry.effect {
            _ if entry.reversed || amount <= 0 => {}
            Effect::Settles => {
                let (sure, other) = kept_by(facts, ledger, entry);
                let sum = kept.entry(agency).or_default();
                sum.0 += sure;
                sum.1 += other;
            }
            Effect::Duplicate { certain: true, .. } => {}
            Effect::Duplicate { certain: false, .. } | Effect::Doubtful { .. } => {
                *perhaps.entry(agency).or_default() += amount;
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
        let total = perhaps.values().sum();
        out.push(item.within(Scope::Total, vec![(0, 0), pair(total)]));
        for (agency, amount) in perhaps {
            out.push(item.within(Scope::Agency(agency), vec![(0, 0), pair(amount)]));
        }
    }
}

/// Dong that an entry keeps on lines that count, twice: as booked, and (for a receipt over another
/// amount than its line) by the other reading.
fn kept_by(facts: &Facts, ledger: &Ledger, entry: &Entry) -> (i64, i64) {
    let counted = |(l, _): &&(usize, i128)| !facts.pool.is_land(ledger.lines[*l].fee);
    let settled: i128 = entry
        .parts
        .iter()
        .filter(counted)
        .map(|(_, part)| part)
        .sum();
    let gross: i128 = match entry.net_fee {
        Some(_) => entry
            .parts
            .iter()
            .filter(counted)
            .map(|(l, _)| ledger.lines[*l].net_short)
            .sum(),
        None => 0,
    };
    let from_lines = (entry.returned - entry.surplus).max(0);
    let kept = (settled + gross - from_lines).max(0);
    if entry.receipt_differs {
        let lines = entry.credit.lines.iter().flatten();
        let due: i128 = lines
            .filter_map(|fee| ledger.lines.iter().find(|line| line.fee == *fee))
            .map(|line| line.due)
            .sum();
        return (dong(due), dong(entry.credit.amount));
    }
    (dong(kept), dong(kept))
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
        let outcomes = match row.class {
            "missing_payment" | "missing_receipt" if facts.unseen_money => {
                vec![(0, 0), (0, due), (due, due)]
            }
            "missing_payment" | "missing_receipt" => vec![(0, 0), (0, due)],
            "pending" | "status_mismatch" => vec![(0, 0), (due, due)],
            _ => continue,
        };
        let paid = fee.more.paid_at.as_ref().map(crate::domain::Moment::day);
        let name = format!("fee|{}|{}", fee.dossier_code, fee.fee_id);
        let item = item(facts, name, paid.unwrap_or(row.business_date), &key);
        item.spread(&BTreeSet::from([fee.agency_code.clone()]), &outcomes, out);
    }
}
