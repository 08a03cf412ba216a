//! Money beyond the due that was sent back: what went back is no matter any more, and says so.

use crate::domain::Vnd;
use crate::matching::Evidence;
use crate::matching::ledger::{Effect, Entry, Ledger, Returned};
use crate::matching::pool::Pool;

use super::case::{FeeCase, MoneyCase};

/// The payments beyond the due that are shown on a fee line, gone back or not.
pub(super) fn on_fee<'c>(case: &'c FeeCase) -> impl Iterator<Item = &'c Entry> {
    let ledger = case.ledger;
    let own = case.line.filter(|line| line.overpaid_by.is_some());
    let first = own.and_then(|line| line.overpaid_by);
    let first = first.map(|e| &ledger.entries[e]);
    let place = own.and_then(|line| ledger.place(line.fee));
    // others on the line, where that one went back
    let gone = first.is_some_and(|entry| entry.surplus_left() == 0);
    let others = ledger.entries.iter().filter(move |entry| {
        let beside = gone && entry.surplus_on == place && entry.surplus_left() > 0;
        beside && is_over(entry)
    });
    let unowed = case.unowed();
    unowed.into_iter().chain(first).chain(others)
}

/// The entries of a payment that are beyond the due, gone back or not, with their ledgers.
pub(super) fn on_money<'c>(
    case: &MoneyCase<'c, '_>,
) -> impl Iterator<Item = (&'c Ledger, &'c Entry)> {
    case.ledger_entries().filter(|(_, entry)| is_over(entry))
}

fn is_over(entry: &Entry) -> bool {
    let settles = entry.effect == Effect::Settles && entry.surplus > 0;
    settles && !entry.reversed && !entry.receipt_differs
}

/// What went back of a surplus: by which rows, when, and what is left of it.
pub(super) fn back(pool: &Pool, ledger: &Ledger, entry: &Entry) -> Vec<Evidence> {
    let left = entry.surplus_left();
    let Some(left) = Vnd::from_wide(left).ok().filter(|_| left < entry.surplus) else {
        return Vec::new();
    };
    let mine = |e: &usize| ledger.entries[*e].credit.money == entry.credit.money;
    let took = |back: &&Returned| !back.reversal && back.of.iter().any(mine);
    let took = ledger.returns.iter().filter(took);
    let took = took.filter(|back| off_surplus(pool, back) > 0);
    let back = took.map(|back| {
        let row = pool.txn(back.txn);
        Evidence::SurplusBack(row.id.as_ref().into(), row.paid_on, left)
    });
    back.collect()
}

/// What a refund took that was on no line, in dong.
fn off_surplus(pool: &Pool, back: &Returned) -> i128 {
    pool.txn(back.txn).amount.wide() - off_lines(back)
}

fn off_lines(back: &Returned) -> i128 {
    back.parts.iter().map(|(_, amount)| amount).sum()
}

/// Of a refund that took what was beyond the due: of which payment, and how much else it took.
pub(super) fn returned(case: &MoneyCase, back: &Returned) -> Option<Evidence> {
    let (dossier, _) = case.returned?;
    let ledger = case.desk.ledgers.of(dossier);
    let of = || back.of.iter().map(|e| &ledger.entries[*e]);
    let part = !back.reversal && !back.whole && off_surplus(case.pool, back) > 0;
    let settles = part && of().all(|entry| entry.effect == Effect::Settles);
    let over = of().find(|entry| settles && entry.surplus > 0)?;
    let rest = Vnd::from_wide(off_lines(back)).ok()?;
    Some(Evidence::OfSurplus(
        over.credit.money.id(case.pool).into(),
        rest,
    ))
}
