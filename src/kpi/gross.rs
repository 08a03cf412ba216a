//! How much an open row may count for: where a provider kept its fee, it is the due that counts.

use crate::domain::Vnd;
use crate::matching::desk::Out;
use crate::matching::pool::{Index, at};

use super::facts::Facts;

impl Facts<'_, '_> {
    /// The most that a provider may have kept of a payment of this much.
    pub fn provider_fee(&self, due: i128) -> i128 {
        let rates = &self.pool.rules.net_rates;
        let fee = |due: Vnd| rates.iter().map(|rate| rate.fee_on(due)).max();
        Vnd::from_wide(due).ok().and_then(fee).unwrap_or(0)
    }

    /// The most that a refund may take back: what it returns may have been received net, but no
    /// more than the dossiers that it names owe.
    pub fn most_back(&self, txn: Index) -> i64 {
        let back = i128::from(self.largest(txn));
        let own = self.pool.txn(txn).fee.wide();
        let most = back + own.max(self.provider_fee(back.saturating_mul(2)));
        let names = self.names(txn);
        let owed = names
            .iter()
            .map(|d| self.pool.dossier(*d).fees_due)
            .sum::<i128>();
        let most = if names.is_empty() {
            most
        } else {
            most.min(owed.max(back))
        };
        i64::try_from(most).unwrap_or(i64::MAX)
    }

    /// What a transaction would count for as the payment of a fee: its amount, or the due of which
    /// it is the net.
    pub fn gross(&self, txn: Index) -> i64 {
        let gross = self.gross_of(self.largest(txn).into(), self.pool.txn(txn).fee.wide());
        i64::try_from(gross).unwrap_or(i64::MAX)
    }

    /// The greatest due of which an amount may be the net, by a row's own fee or a rate; at most
    /// what any dossier owes.
    pub fn gross_of(&self, amount: i128, own: i128) -> i128 {
        let most = amount + own.max(self.provider_fee(amount.saturating_mul(2)));
        let least_fee = |due: i128| own.max(self.provider_fee(due));
        // the fee grows with the due, so the greatest due is found from above
        let mut due = match self.largest_due {
            Some(largest) => most.min(largest),
            None => most,
        };
        while due > amount && due - least_fee(due) > amount {
            due = amount + least_fee(due);
        }
        due.max(amount)
    }

    /// The least and the greatest part of a payment that the dossiers which it names could take.
    pub fn part_of_named(&self, txn: Index) -> (i128, i128) {
        let amount = self.pool.txn(txn).amount.wide();
        let Some(Out { named, .. }) = self.desk.txns[at(txn)].out() else {
            return (0, amount);
        };
        let least = named.iter().map(|d| self.lacking(*d)).min().unwrap_or(0);
        let most = named.iter().map(|d| self.lacking(*d)).sum::<i128>();
        (least.min(amount), most.min(amount))
    }

    /// The greatest part of it, should other money of those dossiers be the repeat, or should it be
    /// the net of what it pays.
    pub fn most_of_named(&self, txn: Index) -> i128 {
        let own = self.pool.txn(txn).fee.wide();
        let amount = self.pool.txn(txn).amount.wide();
        let Some(Out { named, .. }) = self.desk.txns[at(txn)].out() else {
            return amount;
        };
        let dues: i128 = named.iter().map(|d| self.pool.dossier(*d).fees_due).sum();
        dues.min(self.gross_of(amount, own))
    }
}
