//! Money that went back: a reversal undoes the payment of its amount; a refund goes first against
//! surplus and duplicates, the rest against lines in reverse.

use super::super::desk::{Money, Return};
use super::super::pool::{Index, Pool};
use super::{Effect, Entry, Ledger, Returned};

/// Returns in order of time, source and id.
pub(super) fn in_order(pool: &Pool, returns: &[Return]) -> Vec<Return> {
    let mut sorted = returns.to_vec();
    sorted.sort_by_key(|r| Money::Txn(r.txn).order(pool));
    sorted
}

/// How well a payment fits as the one that `back` returns: same source and order first.
fn kinship(pool: &Pool, entry: &Entry, back: Index) -> u8 {
    let Money::Txn(paid) = entry.credit.money else {
        return 3;
    };
    let (paid, back) = (pool.txn(paid), pool.txn(back));
    match (paid.source == back.source, paid.order_ref == back.order_ref) {
        (true, true) => 0,
        (true, false) => 1,
        (false, _) => 2,
    }
}

/// The whole amount of the row behind an entry.
fn row_amount(pool: &Pool, entry: &Entry) -> i128 {
    match entry.credit.money {
        Money::Txn(txn) => pool.txn(txn).amount.wide(),
        Money::Receipt(_) => entry.credit.amount,
    }
}

/// Pairs reversals with the payments they undo, before anything is allocated: the same source and
/// amount, paid before, the latest such payment.
pub(super) fn reverse(pool: &Pool, ledger: &mut Ledger, returns: &[Return]) {
    for back in returns.iter().filter(|r| r.reversal) {
        let row = pool.txn(back.txn);
        let fits = |entry: &Entry| {
            let paid = matches!(entry.credit.money, Money::Txn(_)) && !entry.credit.shared;
            let before = entry.credit.money.order(pool).0 <= row.paid_at.ms();
            paid && before && !entry.reversed && entry.credit.amount == row.amount.wide()
        };
        let candidates = (0..ledger.entries.len()).filter(|e| fits(&ledger.entries[*e]));
        let best = candidates.min_by_key(|e| {
            let entry = &ledger.entries[*e];
            let latest = std::cmp::Reverse(entry.credit.money.order(pool));
            (kinship(pool, entry, back.txn), latest)
        });
        let mut returned = unlinked(back.txn, true);
        if let Some(e) = best {
            ledger.entries[e].reversed = true;
            returned.of = vec![e];
            returned.whole = true;
            returned.unlinked = false;
        }
        ledger.returns.push(returned);
    }
}

fn unlinked(txn: Index, reversal: bool) -> Returned {
    Returned {
        txn,
        reversal,
        parts: Vec::new(),
        of: Vec::new(),
        whole: false,
        unlinked: true,
    }
}

/// Refunds after everything is allocated, and the legs of the reversals.
pub(super) fn refund(pool: &Pool, ledger: &mut Ledger, returns: &[Return]) {
    for i in 0..ledger.returns.len() {
        if let Some(e) = ledger.returns[i].of.first().copied() {
            ledger.returns[i].parts = ledger.entries[e].parts.clone();
        }
    }
    for back in returns.iter().filter(|r| !r.reversal) {
        let amount = pool.txn(back.txn).amount.wide();
        let returned = match whole(pool, ledger, back.txn, amount) {
            Some(e) => return_whole(ledger, back.txn, e),
            None => return_part(ledger, back.txn, amount),
        };
        ledger.returns.push(returned);
    }
}

/// The payment that the refund returns whole: repeats before payments in order, then the nearest
/// kin, then the latest.
fn whole(pool: &Pool, ledger: &Ledger, back: Index, amount: i128) -> Option<usize> {
    let fits = |entry: &Entry| {
        let cashless = matches!(entry.credit.money, Money::Txn(_)) && !entry.credit.shared;
        cashless && !entry.reversed && entry.returned == 0 && row_amount(pool, entry) == amount
    };
    let candidates = (0..ledger.entries.len()).filter(|e| fits(&ledger.entries[*e]));
    candidates.min_by_key(|e| {
        let entry = &ledger.entries[*e];
        let settles = entry.effect == Effect::Settles;
        let latest = std::cmp::Reverse(entry.credit.money.order(pool));
        (settles, kinship(pool, entry, back), latest)
    })
}

fn return_whole(ledger: &mut Ledger, txn: Index, e: usize) -> Returned {
    let amount = ledger.entries[e].credit.amount;
    let mut parts = Vec::new();
    match ledger.entries[e].effect.clone() {
        Effect::Settles => {
            for (l, part) in ledger.entries[e].parts.clone() {
                take(ledger, l, part, true);
                parts.push((l, part));
            }
        }
        Effect::Duplicate { lines, .. } => parts.extend(lines.into_iter().map(|l| (l, 0))),
        Effect::Doubtful { .. } => {}
    }
    if parts.is_empty() && !ledger.lines.is_empty() {
        parts.push((ledger.lines.len() - 1, 0));
    }
    ledger.entries[e].returned = amount;
    Returned {
        txn,
        reversal: false,
        parts,
        of: vec![e],
        whole: true,
        unlinked: false,
    }
}

/// A refund that is no whole payment.
fn return_part(ledger: &mut Ledger, txn: Index, amount: i128) -> Returned {
    let live = |entry: &Entry| matches!(entry.credit.money, Money::Txn(_)) && !entry.reversed;
    let left = |entry: &Entry| entry.credit.amount - entry.returned;
    let all: i128 = ledger.entries.iter().filter(|e| live(e)).map(left).sum();
    if amount > all {
        return unlinked(txn, false);
    }
    let mut returned = Returned {
        unlinked: false,
        ..unlinked(txn, false)
    };
    let mut rest = amount;
    // first what should not be here: surplus and repeats
    for e in 0..ledger.entries.len() {
        let entry = &ledger.entries[e];
        let loose = match entry.effect {
            Effect::Settles => entry.surplus.min(left(entry)),
            Effect::Duplicate { .. } | Effect::Doubtful { .. } => left(entry),
        };
        let part = rest.min(loose);
        if live(entry) && part > 0 {
            let l = match &entry.effect {
                Effect::Duplicate { lines, .. } => lines.last().copied(),
                _ => ledger.lines.len().checked_sub(1),
            };
            returned.parts.extend(l.map(|l| (l, 0)));
            returned.of.push(e);
            ledger.entries[e].returned += part;
            rest -= part;
        }
    }
    // then from lines, the last first
    for e in (0..ledger.entries.len()).rev() {
        if !live(&ledger.entries[e]) || ledger.entries[e].effect != Effect::Settles {
            continue;
        }
        for (l, part) in ledger.entries[e].parts.clone().into_iter().rev() {
            let room = (ledger.lines[l].paid - ledger.lines[l].refunded).min(part);
            let part = rest.min(room);
            if part > 0 {
                take(ledger, l, part, true);
                returned.parts.push((l, part));
                ledger.entries[e].returned += part;
                rest -= part;
                if !returned.of.contains(&e) {
                    returned.of.push(e);
                }
            }
        }
    }
    returned
}

fn take(ledger: &mut Ledger, l: usize, amount: i128, cashless: bool) {
    let line = &mut ledger.lines[l];
    line.refunded += amount;
    line.touched_by_refund = true;
    if cashless {
        line.refunded_cashless += amount;
    }
}
