//! Pass 6: sums by key. One payment for several dossiers named in its memo when the sum is exact,
//! then the ledger of each dossier: instalments, phí and lệ phí together, over, under, net of fee,
//! duplicates and returns. No free subset sum.

use std::panic::resume_unwind;

use crate::domain::Text;

use super::super::desk::{Credit, Desk, Money, Standing, WORTH_A_THREAD};
use super::super::evidence::Evidence;
use super::super::lane::{self, Barred};
use super::super::ledger::{Ledgers, settle_dossier};
use super::super::pool::{Index, Payer, at, index};
use super::super::reading::Reading;
use super::Pass;
use super::extracted_key::ambiguous;

/// The pass.
pub(super) const PASS: Pass = Pass {
    id: "sum_by_key",
    label: Text {
        vi: "Cộng dồn theo mã hồ sơ",
        en: "Sums by key",
    },
    run,
};

fn run(desk: &mut Desk) {
    several_dossiers(desk);
    desk.ledgers = ledgers(desk);
    let plain: Vec<Index> = desk.plain().collect();
    for dossier in plain {
        lane::mark(desk, dossier, &Standing::Plain(dossier));
    }
}

/// The ledgers of all dossiers, those of one half made beside those of the other.
fn ledgers(desk: &Desk) -> Ledgers {
    let barred = Barred::new(desk);
    let of = |dossiers: std::ops::Range<usize>| {
        let mut ledgers = Ledgers::default();
        for dossier in dossiers.map(index) {
            let plain = lane::takes(desk, &barred, dossier);
            ledgers.push((!plain).then(|| settle_dossier(desk, dossier)));
        }
        ledgers
    };
    let dossiers = desk.pool.dossiers.len();
    if dossiers < WORTH_A_THREAD {
        return of(0..dossiers);
    }
    std::thread::scope(|threads| {
        let behind = threads.spawn(|| of(dossiers / 2..dossiers));
        let mut ledgers = of(0..dossiers / 2);
        let behind = behind.join();
        ledgers.append(behind.unwrap_or_else(|panic| resume_unwind(panic)));
        ledgers
    })
}

/// One payment, several dossiers: what is open in each, or what is due in each, sums to the amount
/// (or to it plus the provider's fee).
fn several_dossiers(desk: &mut Desk) {
    let mut decided = Vec::new();
    for txn in desk.waiting() {
        if let Reading::Many(dossiers) = &desk.readings[at(txn)] {
            decided.push((txn, dossiers.clone(), parts(desk, txn, dossiers)));
        }
    }
    for (txn, dossiers, parts) in decided {
        let Some(parts) = parts else {
            ambiguous(desk, txn, dossiers);
            continue;
        };
        let row = desk.pool.txn(txn);
        let number = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        for (dossier, amount) in parts {
            let credit = Credit {
                money: Money::Txn(txn),
                amount,
                pass: PASS.id,
                why: Evidence::SumOverDossiers(number, row.amount),
                lines: None,
                decided: None,
                shared: true,
                payer: Payer::Unknown,
            };
            desk.credit(txn, dossier, credit);
        }
    }
}

/// The part of each dossier; none when no sum is exact.
fn parts(desk: &Desk, txn: Index, dossiers: &[Index]) -> Option<Vec<(Index, i128)>> {
    let pool = desk.pool;
    let row = pool.txn(txn);
    let amount = row.amount.wide();
    let open = |d: &Index| (*d, (pool.due(*d) - desk.credited(*d)).max(0));
    let due = |d: &Index| (*d, pool.due(*d));
    let ways: [Vec<(Index, i128)>; 2] = [
        dossiers.iter().map(open).collect(),
        dossiers.iter().map(due).collect(),
    ];
    for way in ways {
        let sum: i128 = way.iter().map(|(_, part)| part).sum();
        if way.iter().any(|(_, part)| *part <= 0) {
            continue;
        }
        if sum == amount {
            return Some(way);
        }
        if let Some(fee) = pool.net_fee(row, sum, amount) {
            return net_of(way, fee);
        }
    }
    None
}

/// Takes the provider's fee out of the last part.
fn net_of(mut way: Vec<(Index, i128)>, fee: i128) -> Option<Vec<(Index, i128)>> {
    let last = way.last_mut()?;
    last.1 -= fee;
    (last.1 > 0).then_some(way)
}
