//! Which payments a refund may return, and what of them must make way for money that stays.

use std::collections::BTreeMap;

use super::super::desk::Money;
use super::super::pool::{Index, Pool};
use super::returns::{had_come, loose};
use super::waiting::Waiting;
use super::{Entry, Ledger};

/// Of the refund's own source; of another; counter cash.
const OWN: u8 = 1;
const OTHER: u8 = 3;
const CASH: u8 = 4;

/// How well a payment fits as the one that `back` returns: same source and order first, counter
/// cash last.
pub(super) fn kinship(pool: &Pool, entry: &Entry, back: Index) -> u8 {
    let Money::Txn(paid) = entry.credit.money else {
        return CASH;
    };
    let (paid, back) = (pool.txn(paid), pool.txn(back));
    let order = paid.order_ref == back.order_ref;
    match (paid.source == back.source, order) {
        (true, true) => 0,
        (true, false) => OWN,
        (false, true) if back.order_ref.is_some() => 2,
        (false, _) => OTHER,
    }
}

/// The farthest kin that a refund may return: a gateway sends back what came through it, and only
/// where none of its own payments is known what came another way. It never sends back counter
/// cash; a transfer out of an account may.
pub(super) fn farthest(pool: &Pool, waiting: &Waiting, back: Index) -> u8 {
    if pool.txn(back).order_ref.is_none() {
        CASH
    } else if waiting.has_own(pool, back) {
        OWN
    } else {
        OTHER
    }
}

/// Payments that went back, with the moment when they did: they are taken after everything else
/// that had come by then, as what went back holds no place of what stayed.
pub(super) type Behind = BTreeMap<Money, i64>;

/// Adds the payments that settle what looser kin of their refund repeats or has beyond the due.
/// False when there is none to add.
pub(super) fn make_way(pool: &Pool, ledger: &Ledger, behind: &mut Behind) -> bool {
    let before = behind.len();
    let loose = |entry: &&Entry| !entry.reversed && loose(entry) > 0;
    let loose: Vec<&Entry> = ledger.entries.iter().filter(loose).collect();
    if loose.is_empty() {
        return false;
    }
    let refunds = ledger.returns.iter().filter(|back| !back.reversal);
    for back in refunds {
        let nearness = |e: usize| kinship(pool, &ledger.entries[e], back.txn);
        let Some(nearest) = back.of.iter().map(|e| nearness(*e)).max() else {
            continue;
        };
        // counter cash goes back where nothing nearer is of that amount: what is nearer stays too
        let stays = |entry: &&Entry| {
            let near = kinship(pool, entry, back.txn);
            let other = near > nearest || nearest == CASH && near < CASH;
            other && had_come(pool, entry, back.txn)
        };
        if !loose.iter().any(stays) {
            continue;
        }
        let of = back.of.iter().map(|e| &ledger.entries[*e]);
        let of = of.filter(|entry| !entry.sent_back.is_empty() && entry.credit.decided.is_none());
        let went = pool.txn(back.txn).paid_at.ms();
        for entry in of {
            behind.entry(entry.credit.money).or_insert(went);
        }
    }
    behind.len() > before
}

/// Puts these payments behind all others that had come when they went back.
pub(super) fn put_behind(pool: &Pool, entries: &mut Vec<Entry>, behind: &Behind) {
    for (money, went) in behind {
        let mine = entries.iter().position(|e| e.credit.money == *money);
        let Some(entry) = mine.map(|place| entries.remove(place)) else {
            continue;
        };
        let had_come = |e: &Entry| e.credit.money.order(pool).0 <= *went;
        let place = entries
            .iter()
            .rposition(had_come)
            .map_or(0, |last| last + 1);
        entries.insert(place, entry);
    }
}
