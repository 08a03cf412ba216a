//! Pass 0: what a person decided is applied first and never overruled. When the row under a
//! decision changed, or its parts no longer fit, the decision is stale and the row is decided by
//! the rules as if there were none.

use std::collections::BTreeMap;

use crate::domain::{DecidedShare, Decision, FeeStatus, Ruling, Side, Text, TxnKind};

use super::super::desk::{Credit, Desk, Money, Standing};
use super::super::evidence::Evidence;
use super::super::pool::{Index, Payer, Pool, at, index};
use super::Pass;

mod payout;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "decision",
    label: Text {
        vi: "Quyết định của cán bộ",
        en: "Decided by a person",
    },
    run,
};

fn run(desk: &mut Desk) {
    let mut used = BTreeMap::new();
    let mut days = payout::Days::of(desk.pool);
    for (position, decision) in desk.pool.inputs.decisions.iter().enumerate() {
        if decision.is_handling() {
            continue;
        }
        let waits = |txn: &Index| desk.txns[at(*txn)] == Standing::Waiting;
        let Some(txn) = find(desk.pool, decision).filter(waits) else {
            desk.stale.push((position, None));
            continue;
        };
        match &decision.ruling {
            Ruling::WriteOff | Ruling::RefundRequested => {}
            Ruling::NotFee => {
                let said = Evidence::DecidedBy(decision.by.clone(), decision.reason.clone());
                desk.out(txn, "not_fee", vec![said]);
            }
            Ruling::Payout {
                source,
                days: parts,
            } => match days.take(desk.pool.txn(txn), source, parts) {
                Some(why) => {
                    let by = (decision.by.clone(), decision.reason.clone());
                    let said = Evidence::DecidedBy(by.0, by.1);
                    desk.out(txn, "batch_settlement", vec![why, said]);
                }
                None => desk.stale.push((position, None)),
            },
            Ruling::Pays(_) if desk.pool.txn(txn).kind != TxnKind::Payment => {
                desk.stale.push((position, None));
            }
            Ruling::Pays(shares) => {
                if let Some(why) = changed(desk.pool, shares) {
                    desk.stale.push((position, Some(why)));
                    continue;
                }
                match parts(desk.pool, decision, shares, &mut used) {
                    Some(parts) => apply(desk, txn, decision, parts),
                    None => desk.stale.push((position, None)),
                }
            }
        }
    }
}

/// The transaction of the decision, if it still has the amount it was ruled upon with.
fn find(pool: &Pool, decision: &Decision) -> Option<Index> {
    let txns = &pool.inputs.txns;
    if decision.row.side != Side::Txn {
        return None;
    }
    let key = (decision.row.source.as_str(), &*decision.row.id);
    let found = txns
        .binary_search_by(|txn| (txn.source.as_str(), &*txn.id).cmp(&key))
        .ok()?;
    (txns[found].amount == decision.amount_then).then(|| index(found))
}

/// What is not any more as it was when it was decided upon, of the first line that changed. A line
/// that is gone is found where its part is given.
fn changed(pool: &Pool, shares: &[DecidedShare]) -> Option<Evidence> {
    shares.iter().find_map(|share| {
        let then = share.fee_then?;
        let place = pool.fee_with(pool.find(&share.dossier_code)?, &share.fee_id)?;
        let fee = pool.inputs.fees.get(place)?;
        let line = || fee.fee_id.as_str().into();
        let [was, is] = [then.status, fee.status].map(|s| s == FeeStatus::Cancelled);
        if fee.amount != then.amount {
            return Some(Evidence::FeeBecame(line(), then.amount, fee.amount));
        }
        (was != is).then(|| Evidence::FeeCancelled(line(), is))
    })
}

/// Dossiers, each with its lines and what they get.
type Parts = Vec<(Index, Vec<(Index, i64)>)>;

/// The parts by dossier; none when a line is gone, the parts exceed the row, or they exceed what
/// earlier decisions left of a line.
fn parts(
    pool: &Pool,
    decision: &Decision,
    shares: &[DecidedShare],
    used: &mut BTreeMap<Index, i128>,
) -> Option<Parts> {
    let total: i128 = shares.iter().map(|share| share.amount.wide()).sum();
    if shares.is_empty() || total > decision.amount_then.wide() {
        return None;
    }
    let mut parts: Parts = Vec::new();
    let mut places: BTreeMap<Index, usize> = BTreeMap::new();
    let mut mine: BTreeMap<Index, i128> = BTreeMap::new();
    for share in shares {
        let dossier = pool.find(&share.dossier_code)?;
        let (line, due) = pool.lines_with(dossier, &share.fee_id).next()?;
        let given = mine.entry(line).or_insert(0);
        *given += share.amount.wide();
        let held = *given + used.get(&line).copied().unwrap_or(0);
        if held > i128::from(due) || share.amount.get() <= 0 {
            return None;
        }
        let place = *places.entry(dossier).or_insert(parts.len());
        if place == parts.len() {
            parts.push((dossier, Vec::new()));
        }
        parts[place].1.push((line, share.amount.get()));
    }
    for (line, given) in mine {
        *used.entry(line).or_insert(0) += given;
    }
    Some(parts)
}

fn apply(desk: &mut Desk, txn: Index, decision: &Decision, parts: Vec<(Index, Vec<(Index, i64)>)>) {
    let shared = parts.len() > 1;
    let mut left = desk.pool.txn(txn).amount.wide();
    let last = parts.len().saturating_sub(1);
    for (i, (dossier, lines)) in parts.into_iter().enumerate() {
        let decided: i128 = lines.iter().map(|(_, amount)| i128::from(*amount)).sum();
        // what the decision does not give away is surplus of its last dossier
        let amount = if i == last { left } else { decided };
        left -= decided;
        let credit = Credit {
            money: Money::Txn(txn),
            amount,
            pass: PASS.id,
            why: Evidence::DecidedBy(decision.by.clone(), decision.reason.clone()),
            lines: None,
            decided: Some(lines),
            shared,
            payer: Payer::Agrees,
        };
        desk.credit(txn, dossier, credit);
    }
    debug_assert_eq!(desk.txns[at(txn)], Standing::Credited);
}
