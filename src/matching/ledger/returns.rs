//! Money that went back: a reversal undoes the payment of its amount; a refund goes against the
//! payments of its own source and order before any others, first against their surplus and
//! repeats, the rest against lines in reverse.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;

use super::super::desk::{Money, Return};
use super::super::pool::{Index, Pool};
use super::kin::{farthest, kinship};
use super::waiting::Waiting;
use super::{Effect, Entry, Ledger, Returned};

/// Returns in order of time, source and id.
pub(super) fn in_order(pool: &Pool, returns: &[Return]) -> Vec<Return> {
    let mut sorted = returns.to_vec();
    sorted.sort_by_key(|r| Money::Txn(r.txn).order(pool));
    sorted
}

/// Pairs reversals with the payments they undo, before anything is allocated: the same source and
/// amount, paid before, the latest such payment.
pub(super) fn reverse(pool: &Pool, ledger: &mut Ledger, returns: &[Return]) {
    if !returns.iter().any(|r| r.reversal) {
        return;
    }
    let mut equal: FxHashMap<i128, Vec<usize>> = FxHashMap::default();
    for (e, entry) in ledger.entries.iter().enumerate() {
        equal.entry(entry.credit.amount).or_default().push(e);
    }
    for back in returns.iter().filter(|r| r.reversal) {
        let row = pool.txn(back.txn);
        let fits = |entry: &Entry| {
            let paid = matches!(entry.credit.money, Money::Txn(_));
            let before = entry.credit.money.order(pool).0 <= row.paid_at.ms();
            let same = match back.of {
                Some(of) => entry.credit.money == Money::Txn(of),
                None => !entry.credit.shared && entry.credit.amount == row.amount.wide(),
            };
            paid && before && !entry.reversed && same
        };
        let equal = equal.get(&row.amount.wide()).map_or(&[][..], Vec::as_slice);
        // one that names its payment is of a part of it, whatever that part comes to
        let (all, equal) = match back.of {
            Some(_) => (ledger.entries.len(), &[][..]),
            None => (0, equal),
        };
        let candidates = (0..all).chain(equal.iter().copied());
        let candidates = candidates.filter(|e| fits(&ledger.entries[*e]));
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

/// The refunds that went out before entry `e` came, of money that came before it: what they took
/// from lines is open again for `e`.
pub(super) fn refund_before(pool: &Pool, ledger: &mut Ledger, e: usize, waiting: &mut Waiting) {
    for place in waiting.before(e) {
        let Some(back) = waiting.refunds[place].1 else {
            continue;
        };
        let returned = one(pool, ledger, waiting, back, e);
        if returned.unlinked {
            continue;
        }
        waiting.refunds[place].1 = None;
        for paid in &returned.of {
            take_back_fee(ledger, *paid);
        }
        for (l, amount) in &returned.parts {
            let line = &mut ledger.lines[*l];
            line.reopened += amount;
            if line.lacking() > 0 {
                line.completed_by = None;
            }
            ledger.sync(*l);
        }
        ledger.returns.push(returned);
    }
}

/// A payment that went back whole takes the provider's fee with it: the line is open for all of it.
fn take_back_fee(ledger: &mut Ledger, e: usize) {
    let entry = &ledger.entries[e];
    if entry.net_fee.is_none() || entry.returned < entry.credit.amount {
        return;
    }
    for (l, _) in entry.parts.clone() {
        ledger.lines[l].net_short = 0;
        ledger.lines[l].net_line = false;
        ledger.sync(l);
    }
}

/// Refunds after everything is allocated, and the legs of the reversals.
pub(super) fn refund(pool: &Pool, ledger: &mut Ledger, waiting: &Waiting) {
    for i in 0..ledger.returns.len() {
        if let (true, Some(e)) = (
            ledger.returns[i].reversal,
            ledger.returns[i].of.first().copied(),
        ) {
            ledger.returns[i].parts = ledger.entries[e].parts.clone();
        }
    }
    for back in waiting.refunds.iter().filter_map(|(_, back)| *back) {
        let all = ledger.entries.len();
        let returned = one(pool, ledger, waiting, back, all);
        ledger.returns.push(returned);
    }
}

/// Takes one refund from the first `upto` entries.
fn one(pool: &Pool, ledger: &mut Ledger, waiting: &Waiting, back: Return, upto: usize) -> Returned {
    let txn = back.txn;
    let amount = pool.txn(txn).amount.wide();
    if let Some(of) = back.of {
        let part = |e: &usize| {
            let entry = &ledger.entries[*e];
            let untouched = !entry.reversed && entry.returned == 0;
            entry.credit.money == Money::Txn(of) && untouched && had_come(pool, entry, txn)
        };
        return match (0..upto).find(part) {
            Some(e) => return_whole(ledger, txn, e),
            None => unlinked(txn, false),
        };
    }
    let farthest = farthest(pool, waiting, txn);
    let all = |kin: &RangeInclusive<u8>| -> i128 {
        let mine =
            |entry: &&Entry| kin.contains(&kinship(pool, entry, txn)) && had_come(pool, entry, txn);
        ledger.entries[..upto].iter().filter(mine).map(left).sum()
    };
    let mut reach = 0..=farthest;
    for near in 0..=farthest {
        if let Some(e) = whole(pool, ledger, waiting, (txn, near), upto) {
            return return_whole(ledger, txn, e);
        }
        if all(&(near..=near)) >= amount.max(1) {
            reach = near..=near;
            break;
        }
    }
    if amount > all(&reach) {
        return unlinked(txn, false);
    }
    return_part(pool, ledger, txn, reach, upto)
}

/// True when the payment had come when the return went out.
pub(super) fn had_come(pool: &Pool, entry: &Entry, back: Index) -> bool {
    entry.credit.money.order(pool).0 <= pool.txn(back).paid_at.ms()
}

/// The payment of this kin that the refund returns whole: repeats before payments in order, then
/// the latest.
fn whole(
    pool: &Pool,
    ledger: &Ledger,
    waiting: &Waiting,
    (back, near): (Index, u8),
    upto: usize,
) -> Option<usize> {
    let amount = pool.txn(back).amount.wide();
    let fits = |entry: &Entry| {
        let own = !entry.credit.shared && !entry.reversed && entry.returned == 0;
        own && kinship(pool, entry, back) == near && had_come(pool, entry, back)
    };
    let equal = waiting.equal.get(&amount).into_iter().flatten().copied();
    let candidates = equal.filter(|e| *e < upto && fits(&ledger.entries[*e]));
    candidates.min_by_key(|e| {
        let entry = &ledger.entries[*e];
        let settles = entry.effect == Effect::Settles;
        (settles, std::cmp::Reverse(entry.credit.money.order(pool)))
    })
}

fn return_whole(ledger: &mut Ledger, txn: Index, e: usize) -> Returned {
    let amount = ledger.entries[e].credit.amount;
    let mut parts = Vec::new();
    match ledger.entries[e].effect.clone() {
        Effect::Settles => {
            for (l, part) in ledger.entries[e].parts.clone() {
                take(ledger, e, l, part);
                parts.push((l, part));
            }
        }
        Effect::Duplicate { lines, .. } => parts.extend(lines.into_iter().map(|l| (l, 0))),
        Effect::Doubtful { .. } => {}
    }
    if parts.is_empty() {
        parts.extend(ledger.entries[e].shown_on(ledger).map(|l| (l, 0)));
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

/// A refund that is no whole payment: of the money of this kin that had come by then, the nearest
/// first.
fn return_part(
    pool: &Pool,
    ledger: &mut Ledger,
    txn: Index,
    reach: RangeInclusive<u8>,
    upto: usize,
) -> Returned {
    let mut returned = Returned {
        unlinked: false,
        ..unlinked(txn, false)
    };
    let mut rest = pool.txn(txn).amount.wide();
    for near in reach {
        let live = |e: &usize| {
            let entry = &ledger.entries[*e];
            let mine = !entry.reversed && kinship(pool, entry, txn) == near;
            mine && had_come(pool, entry, txn)
        };
        let of: Vec<usize> = (0..upto).filter(live).collect();
        // first what should not be here: surplus and repeats
        for e in &of {
            take_loose(ledger, *e, &mut rest, &mut returned);
        }
        // then from lines, the last payment and line first
        for e in of.iter().rev() {
            take_lines(ledger, *e, &mut rest, &mut returned);
        }
    }
    returned
}

fn take_loose(ledger: &mut Ledger, e: usize, rest: &mut i128, returned: &mut Returned) {
    let entry = &ledger.entries[e];
    let part = loose(entry).min(*rest);
    if part <= 0 {
        return;
    }
    let l = match &entry.effect {
        Effect::Duplicate { lines, .. } => lines.last().copied(),
        _ => entry.shown_on(ledger),
    };
    returned.parts.extend(l.map(|l| (l, 0)));
    returned.of.push(e);
    ledger.entries[e].returned += part;
    *rest -= part;
}

fn take_lines(ledger: &mut Ledger, e: usize, rest: &mut i128, returned: &mut Returned) {
    if *rest <= 0 || ledger.entries[e].effect != Effect::Settles {
        return;
    }
    let mut gone = ledger.entries[e].back_by_line();
    let known = ledger.entries[e].sent_back.len();
    let mut is_of = returned.of.contains(&e);
    for (l, part) in ledger.entries[e].parts.clone().into_iter().rev() {
        let gone = gone.entry(l).or_default();
        let part = (part - *gone).min(*rest);
        if part <= 0 {
            continue;
        }
        *gone += part;
        take(ledger, e, l, part);
        returned.parts.push((l, part));
        ledger.entries[e].returned += part;
        *rest -= part;
        if !is_of {
            returned.of.push(e);
            is_of = true;
        }
    }
    // once for each line, however many refunds there are of one payment
    let sent_back = &mut ledger.entries[e].sent_back;
    if sent_back.len() > known {
        sent_back.clear();
        sent_back.extend(gone.into_iter().filter(|(_, dong)| *dong > 0));
        sent_back.sort_unstable();
    }
}

/// What of a payment has not gone back.
fn left(entry: &Entry) -> i128 {
    if entry.reversed {
        0
    } else {
        entry.credit.amount - entry.returned
    }
}

/// What of it settles nothing: surplus and repeats.
pub(super) fn loose(entry: &Entry) -> i128 {
    match entry.effect {
        Effect::Settles => (entry.surplus - loose_back(entry)).min(left(entry)),
        Effect::Duplicate { .. } | Effect::Doubtful { .. } => left(entry),
    }
}

/// What went back of an entry's surplus.
fn loose_back(entry: &Entry) -> i128 {
    let settled: i128 = entry.sent_back.iter().map(|(_, amount)| amount).sum();
    entry.returned - settled
}

/// Takes money that `e` had put on line `l` away again.
fn take(ledger: &mut Ledger, e: usize, l: usize, amount: i128) {
    let line = &mut ledger.lines[l];
    line.refunded += amount;
    line.touched_by_refund = true;
    ledger.entries[e].sent_back.push((l, amount));
}
