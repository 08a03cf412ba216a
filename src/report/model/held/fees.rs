//! Pure: the fee that gateways keep, against the configured rates.

use crate::domain::{NetRate, Txn, TxnKind, Vnd};
use crate::report::facts::Figure;

/// The payments of a day, by how much is known of the fee that was kept of each.
#[derive(Default)]
pub(super) struct Fees {
    /// What people paid and what was kept of it, dong.
    told: Vec<(Vnd, i128)>,
    /// What people paid, where the rows tell no fee.
    untold: Vec<Vnd>,
    /// What was kept of payments that came to the bank one by one: paid and kept, dong.
    paid_out: Vec<(Vnd, i128)>,
}

impl Fees {
    /// One more row; `kept` is the fee that the matching found missing in it.
    pub(super) fn add(&mut self, txn: &Txn, kept: i128) {
        if txn.kind != TxnKind::Payment {
            return;
        }
        let fee = txn.fee.wide() + kept;
        let gross = Vnd::from_wide(txn.amount.wide() + kept).unwrap_or(txn.amount);
        if fee == 0 {
            self.untold.push(gross);
        } else {
            self.told.push((gross, fee));
        }
    }

    /// A payment came to the bank by itself, and so much less than its row tells, dong.
    pub(super) fn paid_out(&mut self, txn: &Txn, kept: i128) {
        if txn.kind == TxnKind::Payment && kept != 0 {
            self.paid_out.push((txn.amount, txn.fee.wide() + kept));
        }
    }

    /// The fee that the rates give, and the payments of which another one was kept. `kept` is what
    /// one credit for the whole day shows beyond what the rows tell.
    pub(super) fn judge(&self, rates: &[NetRate], kept: Option<i128>) -> (Option<i128>, Figure) {
        let Some(first) = rates.first() else {
            return (None, Figure::default());
        };
        let mut odd = Figure::default();
        let mut expected = 0;
        for (gross, fee) in &self.told {
            let given = rates.iter().map(|rate| rate.fee_on(*gross));
            let nearest = given.min_by_key(|given| ((given - fee).abs(), *given));
            expected += nearest.unwrap_or(0);
            if nearest != Some(*fee) {
                odd.add(*gross);
            }
        }
        for (gross, fee) in &self.paid_out {
            if rates.iter().all(|rate| rate.fee_on(*gross) != *fee) {
                odd.add(*gross);
            }
        }
        let sum = |rate: &NetRate| -> i128 {
            let fees = self.untold.iter().map(|gross| rate.fee_on(*gross));
            fees.sum()
        };
        let fits = kept.and_then(|kept| rates.iter().map(sum).find(|sum| *sum == kept));
        if let Some(kept) = kept
            && kept != 0
            && fits.is_none()
        {
            odd.plus(self.untold.iter().copied().collect());
        }
        (Some(expected + fits.unwrap_or_else(|| sum(first))), odd)
    }
}
