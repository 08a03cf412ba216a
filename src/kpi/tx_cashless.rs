//! `TX_CASHLESS`: payment events without cash over all payment events. The unit is what one payer
//! did at one moment; the plan of December 2022 sets its target.

use std::collections::{BTreeMap, BTreeSet};

use crate::classify::Classified;
use crate::domain::{AgencyCode, Receipt, Side, Text};
use crate::matching::desk::Money;
use crate::matching::ledger::Effect;
use crate::matching::pool::index;

use super::Definition;
use super::contest::Displacing;
use super::facts::{Facts, Open};
use super::item::{Item, cash_item, reject_item, txn_item};
use super::share::Contribution;

/// The definition.
pub(super) const DEFINITION: Definition = Definition {
    id: "TX_CASHLESS",
    name: Text {
        vi: "Tỷ lệ giao dịch không dùng tiền mặt",
        en: "Cashless share of payments",
    },
    unit: Text {
        vi: "giao dịch",
        en: "transactions",
    },
    formula: Text {
        vi: "Số lần thanh toán thành công không dùng tiền mặt trên tổng số lần thanh toán thành công, kể cả tiền mặt; \
             theo ngày thanh toán; không tính giao dịch trùng, đã hoàn hết hoặc đã hủy, và nghĩa vụ tài chính đất đai.",
        en: "Successful cashless payments over all successful payments, cash included; \
             by day of payment; without duplicates, payments wholly returned or undone, and land obligations.",
    },
    enough: |_| true,
    contributions,
};

fn contributions(facts: &Facts) -> Vec<Contribution> {
    let mut out = Vec::new();
    for i in 0..facts.pool.inputs.txns.len() {
        transaction(facts, index(i), &mut out);
    }
    cash(facts, &mut out);
    fees(facts, &mut out);
    rejects(facts, &mut out);
    out
}

/// Unreadable rows of the money side: each may be a payment of any agency.
fn rejects(facts: &Facts, out: &mut Vec<Contribution>) {
    for reject in &facts.pool.inputs.rejects {
        let outcome = match reject.side {
            Side::Txn => (1, 1),
            Side::Receipt => (0, 1),
            Side::Fee => continue,
        };
        let Some(name) = reject_item(facts.pool.inputs, reject) else {
            continue;
        };
        let exceptions = facts.exceptions(&reject.key());
        let item = Item::new(DEFINITION.id, name, reject.business_date, exceptions);
        item.anywhere(&[(0, 0), outcome], out);
    }
}

/// What one transaction may add.
fn transaction(facts: &Facts, i: u32, out: &mut Vec<Contribution>) {
    let row = facts.pool.txn(i);
    let key = row.key();
    let exceptions = facts.exceptions(&key);
    let mut item = Item::new(DEFINITION.id, txn_item(row), row.paid_on, exceptions);
    if let Some(agency) = facts.desk.certified_agency(i) {
        item.spread(&BTreeSet::from([agency]), &[(1, 1)], out);
        return;
    }
    match facts.open(i) {
        Open::Nothing => credited(facts, i, &mut item, out),
        Open::Fee => {
            // another open payment may take its place
            let mut total = Item::new(
                DEFINITION.id,
                txn_item(row),
                row.paid_on,
                facts.exceptions(&key),
            );
            total.coupled = true;
            facts
                .credits
                .days()
                .into_iter()
                .for_each(|days| total.sometime(days, &[(1, 1)]));
            out.push(total.within(super::Scope::Total, vec![(1, 1)]));
            let first = facts.first_named(i);
            for agency in facts.named(i) {
                let mut outcomes = vec![(0, 0), (1, 1)];
                if first.as_ref() == Some(&agency) {
                    outcomes.reverse();
                }
                let scope = super::Scope::Agency(agency);
                out.push(item.within(scope, outcomes));
            }
        }
        Open::Credit => item.anywhere(&[(0, 0), (1, 1)], out),
        Open::Refund => item.may_go_back(&facts.named(i), 1, facts.days_before(i), out),
    }
}

/// A transaction in ledgers: one event in each agency it pays for. Where an open row may take its
/// place, it may be the repeat.
fn credited(facts: &Facts, i: u32, item: &mut Item, out: &mut Vec<Contribution>) {
    let mut sure: BTreeSet<AgencyCode> = BTreeSet::new();
    let mut perhaps: BTreeSet<AgencyCode> = BTreeSet::new();
    let (mut displacing, mut again) = (Displacing::default(), Vec::new());
    for (dossier, ledger, entry) in facts.entries(Money::Txn(i)) {
        let gone = entry.reversed || entry.returned >= entry.credit.amount;
        match entry.effect {
            _ if gone => {}
            Effect::Settles => {
                sure.extend(facts.agencies(dossier, ledger, entry));
                displacing.extend(facts.displacing(dossier, entry));
            }
            Effect::Duplicate { certain: true, .. } if !facts.may_be_again(dossier, entry) => {}
            Effect::Duplicate { certain, .. } => {
                perhaps.extend(facts.agencies(dossier, ledger, entry));
                item.coupled |= certain;
                again.extend(
                    certain
                        .then(|| facts.of_refunds(dossier))
                        .into_iter()
                        .flatten(),
                );
            }
            Effect::Doubtful { .. } => perhaps.extend(facts.agencies(dossier, ledger, entry)),
        }
    }
    if !sure.is_empty() && !displacing.exceptions.is_empty() {
        item.coupled = true;
        item.exceptions.extend(displacing.exceptions);
        let mut outcomes = vec![(1, 1)];
        match facts.credits.days() {
            // the payment that takes its place counts in its stead, on its own day
            Some(days) if !displacing.cash => item.sometime(days, &[(1, 1)]),
            _ => outcomes.push((0, 0)),
        }
        item.spread(&sure, &outcomes, out);
    } else if !sure.is_empty() {
        item.spread(&sure, &[(1, 1)], out);
    } else if !perhaps.is_empty() {
        item.exceptions.extend(again);
        item.spread(&perhaps, &[(0, 0), (1, 1)], out);
    }
}

/// Cash events: all valid receipts of one dossier, cashier and moment.
fn cash(facts: &Facts, out: &mut Vec<Contribution>) {
    let receipts = &facts.pool.inputs.receipts;
    let mut events: BTreeMap<String, Vec<(u32, &Receipt)>> = BTreeMap::new();
    for (i, receipt) in receipts.iter().enumerate() {
        events
            .entry(cash_item(receipt))
            .or_default()
            .push((index(i), receipt));
    }
    for (name, members) in events {
        let mut sure: BTreeSet<AgencyCode> = BTreeSet::new();
        let mut perhaps: BTreeSet<AgencyCode> = BTreeSet::new();
        let mut exceptions = Vec::new();
        let mut contest = Vec::new();
        for (i, receipt) in &members {
            let class = facts.row(&receipt.key()).map_or("", Classified::counts_as);
            let entries = facts.entries(Money::Receipt(*i));
            for (dossier, ledger, entry) in &entries {
                let open = facts.contest(*dossier).into_iter();
                contest.extend(open.flat_map(|open| open.exceptions.iter().cloned()));
                contest.extend(facts.displacing(*dossier, entry).exceptions);
                match entry.effect {
                    _ if entry.returned >= entry.credit.amount => {}
                    Effect::Settles => sure.extend(facts.agencies(*dossier, ledger, entry)),
                    Effect::Duplicate { certain: true, .. }
                        if !facts.may_be_again(*dossier, entry) => {}
                    Effect::Duplicate { .. } | Effect::Doubtful { .. } => {
                        perhaps.extend(facts.agencies(*dossier, ledger, entry));
                        exceptions.extend(facts.exceptions(&receipt.key()));
                    }
                }
            }
            match class {
                "receipt_mismatch" if entries.is_empty() => {
                    sure.insert(receipt.agency_code.clone());
                }
                "conflict" => {
                    perhaps.insert(receipt.agency_code.clone());
                    exceptions.extend(facts.exceptions(&receipt.key()));
                }
                _ => {}
            }
        }
        let day = members
            .first()
            .map(|(_, receipt)| receipt.collected_at.day());
        let Some(day) = day else { continue };
        let contested = !contest.is_empty() && !sure.is_empty();
        let exceptions = if contested { contest } else { exceptions };
        let mut item = Item::new(DEFINITION.id, name, day, exceptions);
        item.coupled = contested;
        if contested {
            item.spread(&sure, &[(0, 1), (0, 0)], out);
        } else if !sure.is_empty() {
            item.spread(&sure, &[(0, 1)], out);
        } else if !perhaps.is_empty() {
            item.spread(&perhaps, &[(0, 0), (0, 1)], out);
        }
    }
}

/// Fee lines that may stand for a payment nobody has seen.
fn fees(facts: &Facts, out: &mut Vec<Contribution>) {
    for fee in &facts.pool.inputs.fees {
        let key = fee.key();
        let Some(row) = facts
            .row(&key)
            .filter(|row| row.bucket == crate::classify::Bucket::Open)
        else {
            continue;
        };
        let outcomes: &[(i64, i64)] = match row.counts_as() {
            "missing_payment" | "missing_receipt" if facts.unseen_money => {
                &[(0, 0), (0, 1), (1, 1)]
            }
            "missing_payment" | "missing_receipt" => &[(0, 0), (0, 1)],
            "pending" | "status_mismatch" => &[(0, 0), (1, 1)],
            _ => continue,
        };
        let days = facts.unseen_days(fee);
        let day = if days.0 == days.1 {
            days.0
        } else {
            row.business_date
        };
        let name = format!("fee|{}|{}", fee.dossier_code, fee.fee_id);
        let mut item = Item::new(DEFINITION.id, name, day, facts.exceptions(&key));
        item.sometime(days, outcomes);
        item.coupled = !facts.credits.is_empty();
        item.spread(&BTreeSet::from([fee.agency_code.clone()]), outcomes, out);
    }
}
