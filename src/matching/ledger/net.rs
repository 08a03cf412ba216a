//! Payments that a provider passed on less its fee.

use crate::domain::Txn;

use super::super::pool::Pool;
use super::Ledger;
use super::allocate::put;
use super::room::Kind;

/// Received net of the provider's fee: on everything open, or on exactly one open line.
pub(super) fn net(pool: &Pool, ledger: &mut Ledger, e: usize, lines: &[usize], open: i128) -> bool {
    let Some(fees) = NetOf::new(pool, ledger, e) else {
        return false;
    };
    let lacking = |l: &usize| ledger.lines[*l].lacking();
    let target: Vec<usize> = if fees.is_of(open) {
        lines.iter().copied().filter(|l| lacking(l) > 0).collect()
    } else {
        let one = |l: &usize| fees.is_of(lacking(l));
        let single: Vec<usize> = lines.iter().copied().filter(one).collect();
        if single.len() != 1 {
            return false;
        }
        single
    };
    put_net(ledger, e, &target);
    true
}

/// Puts a payment on lines that it pays in full but for the provider's fee.
pub(super) fn put_net(ledger: &mut Ledger, e: usize, target: &[usize]) {
    let amount = ledger.entries[e].credit.amount;
    let due: i128 = target.iter().map(|l| ledger.lines[*l].lacking()).sum();
    let fee = due - amount;
    ledger.entries[e].net_fee = Some(fee);
    let mut rest = amount;
    for (i, l) in target.iter().enumerate() {
        let lacking = ledger.lines[*l].lacking();
        let part = rest.min(lacking);
        ledger.lines[*l].net_short = lacking - part;
        ledger.lines[*l].net_line = i + 1 == target.len();
        put(ledger, e, *l, part);
        ledger.sync(*l);
        rest -= part;
    }
}

/// What the provider may have kept of a payment.
pub(super) struct NetOf<'p, 'a> {
    pool: &'p Pool<'a>,
    row: &'a Txn,
    amount: i128,
    /// The fee was kept from the whole payment, not from this dossier's part of it: the rest.
    beside: i128,
}

impl<'p, 'a> NetOf<'p, 'a> {
    /// Of an entry; none of a receipt.
    pub(super) fn new(pool: &'p Pool<'a>, ledger: &Ledger, e: usize) -> Option<Self> {
        let credit = &ledger.entries[e].credit;
        let row = pool.txn(credit.money.txn()?);
        let beside = if credit.shared {
            row.amount.wide() - credit.amount
        } else {
            0
        };
        Some(Self {
            pool,
            row,
            amount: credit.amount,
            beside,
        })
    }

    /// True when the payment is `due` less the provider's fee.
    pub(super) fn is_of(&self, due: i128) -> bool {
        let (due, paid) = (due + self.beside, self.amount + self.beside);
        self.pool.net_fee(self.row, due, paid).is_some()
    }

    /// The only line of a kind that the payment is the net of; none where there are several.
    pub(super) fn only(&self, kind: &Kind) -> Option<usize> {
        let told = self.amount + self.row.fee.wide();
        let mut found: Vec<usize> = if self.is_of(told) {
            kind.lack(told).take(2).collect()
        } else {
            Vec::new()
        };
        let paid = self.amount + self.beside;
        let most = self.amount + kind.lacking;
        for rate in &self.pool.rules.net_rates {
            let net = |due: i128| due + self.beside - rate.fee_of(due + self.beside);
            let (least, beyond) = if rate.rate.num > rate.rate.den {
                // more than all of it: nothing follows from what is left
                (self.amount, most)
            } else {
                // what is left of a greater due is never less
                let least = first_from(self.amount, most, |due| net(due) >= paid);
                (least, first_from(least, most, |due| net(due) > paid))
            };
            let equal = kind.lack_between(least, beyond);
            let equal = equal.filter(|due| self.is_of(*due));
            found.extend(equal.flat_map(|due| kind.lack(due).take(2)));
        }
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// The first number from `least` on of which something holds that holds of all behind it; `most`
/// where it holds of none before.
fn first_from(least: i128, most: i128, holds: impl Fn(i128) -> bool) -> i128 {
    let (mut from, mut to) = (least, most.max(least));
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}
