//! Pass 3: a structured reference, or a memo that is nothing but the dossier code. Receipts name
//! their fee line and belong here too; a gateway's batch that lists what the references have
//! settled leaves before memos are read. Whether the amount is exact, over, under or net of a fee
//! is the ledger's question; the key decides the dossier.

use rustc_hash::FxHashMap;

use crate::domain::Text;

use super::super::credits::By;
use super::super::desk::{Credit, Desk, Money, Out, Standing, in_halves};
use super::super::evidence::Evidence;
use super::super::pool::{Index, Payer, at, index};
use super::super::reading::{Key, Reading, rivals};
use super::Pass;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "exact_key",
    label: Text {
        vi: "Đúng mã hồ sơ",
        en: "Exact key",
    },
    run,
};

fn run(desk: &mut Desk) {
    references(desk);
    receipts(desk);
    super::batch::named_batches(desk);
    whole_memos(desk);
}

/// Payments whose structured reference names a dossier or one of its orders.
fn references(desk: &mut Desk) {
    for txn in desk.waiting() {
        let Reading::One {
            key: Key::Reference,
            dossier,
            order,
        } = desk.readings[at(txn)]
        else {
            continue;
        };
        let lines = order
            .filter(|order| !order.fee_ids.is_empty())
            .map(|order| {
                let lines = |id| desk.pool.lines_with(dossier, id);
                let ours = order.fee_ids.iter().flat_map(lines);
                let mut ours: Vec<Index> = ours.map(|(line, _)| line).collect();
                ours.sort_unstable();
                ours.dedup();
                ours
            })
            // an order for lines that were cancelled since pays what the dossier owes now
            .filter(|lines| !lines.is_empty());
        if lines.is_none() {
            desk.credit_by(txn, dossier, By::Reference);
            continue;
        }
        let why = Evidence::OrderRef(desk.pool.dossier(dossier).code.clone());
        let credit = Credit {
            lines,
            ..plain(desk, txn, dossier, PASS.id, why)
        };
        desk.credit(txn, dossier, credit);
    }
}

/// Valid receipts, each to the line it names.
fn receipts(desk: &mut Desk) {
    let pool = desk.pool;
    let lines = in_halves(&pool.inputs.receipts, |receipt| {
        let dossier = pool.find(&receipt.dossier_code)?;
        let mut named = pool.lines_with(dossier, &receipt.fee_id);
        named.next().map(|(line, _)| (dossier, line))
    });
    for (i, (receipt, line)) in pool.inputs.receipts.iter().zip(lines).enumerate() {
        if desk.receipts[i] != Standing::Waiting {
            continue;
        }
        let Some((dossier, line)) = line else {
            let missing = format!("{} {}", receipt.dossier_code, receipt.fee_id);
            let said = vec![Evidence::NoSuchLine(missing.into())];
            let out = Out {
                named: pool.find(&receipt.dossier_code).into_iter().collect(),
                ..Out::new("receipt_mismatch", said)
            };
            desk.receipts[i] = Standing::Out(Box::new(out));
            continue;
        };
        desk.receipts[i] = Standing::Credited;
        let money = Money::Receipt(index(i));
        desk.credits.put(pool, dossier, money, By::Receipt(line));
    }
}

/// Memos that are nothing but a code: still typed by a person, so a rival reading makes them
/// doubtful. All are judged against the same state, so that their order does not matter.
fn whole_memos(desk: &mut Desk) {
    let mut decided = Vec::new();
    let own = own_money(desk);
    let lacks = |desk: &Desk, dossier: Index| {
        let coming = own.get(&dossier).copied().unwrap_or(0);
        let due = desk.pool.due(dossier);
        desk.lacks(dossier) && desk.credited(dossier) + coming < due
    };
    let named = |txn: Index| match desk.readings[at(txn)] {
        Reading::One {
            key: Key::WholeMemo,
            dossier,
            ..
        } => Some((txn, dossier)),
        _ => None,
    };
    let waiting = desk.waiting().into_iter();
    let named: Vec<(Index, Index)> = waiting.filter_map(named).collect();
    let pool = desk.pool;
    let payers = in_halves(&named, |(txn, dossier)| {
        pool.payer(pool.txn(*txn), *dossier)
    });
    for ((txn, dossier), payer) in named.into_iter().zip(payers) {
        let row = desk.pool.txn(txn);
        let doubtful = match payer {
            Payer::Agrees => Vec::new(),
            // who is not told is taken at his word while the dossier still lacks money
            Payer::Unknown if lacks(desk, dossier) => Vec::new(),
            _ => rivals(desk.pool, row, dossier, |other| desk.is_open(other)),
        };
        decided.push((txn, dossier, doubtful));
    }
    for (txn, dossier, doubtful) in decided {
        if doubtful.is_empty() {
            desk.credit_by(txn, dossier, By::WholeMemo);
        } else {
            super::extracted_key::doubt(desk, txn, dossier, &doubtful);
        }
    }
}

/// What the waiting payments of its own payer bring to each dossier that several payments name.
fn own_money(desk: &Desk) -> FxHashMap<Index, i128> {
    let waiting = desk.waiting();
    let named = |txn: &Index| match desk.readings[at(*txn)] {
        Reading::One { dossier, .. } => Some(dossier),
        _ => None,
    };
    let mut times = vec![0_u8; desk.pool.dossiers.len()];
    for dossier in waiting.iter().filter_map(named) {
        times[at(dossier)] = times[at(dossier)].saturating_add(1);
    }
    let mut own = FxHashMap::default();
    for txn in &waiting {
        let Some(dossier) = named(txn).filter(|dossier| times[at(*dossier)] > 1) else {
            continue;
        };
        let row = desk.pool.txn(*txn);
        if desk.pool.payer(row, dossier) == Payer::Agrees {
            *own.entry(dossier).or_insert(0) += row.amount.wide();
        }
    }
    own
}

/// A credit for the whole amount.
pub(super) fn plain(
    desk: &Desk,
    txn: Index,
    dossier: Index,
    pass: &'static str,
    why: Evidence,
) -> Credit {
    let row = desk.pool.txn(txn);
    Credit {
        money: Money::Txn(txn),
        amount: row.amount.wide(),
        pass,
        why,
        lines: None,
        decided: None,
        shared: false,
        payer: desk.pool.payer(row, dossier),
    }
}
