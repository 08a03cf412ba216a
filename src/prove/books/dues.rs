//! What dossiers owe, to whom and until when, and which amounts fit that.

use super::{Books, Line};
use crate::domain::{AgencyCode, Day, SourceFacts, Txn};

impl<'a> Books<'a> {
    /// What a dossier owes its agency: land obligations left out, unless there is nothing else.
    pub(in crate::prove) fn due(&self, dossier: usize) -> i128 {
        let totals = self.totals(dossier);
        if totals.fees_due > 0 {
            totals.fees_due
        } else {
            totals.all_due
        }
    }

    /// The lines of a dossier that money can settle.
    pub(in crate::prove) fn payable(&self, dossier: usize) -> impl Iterator<Item = &Line<'a>> {
        let lines = self.dossiers[dossier].lines.clone();
        lines
            .map(|line| &self.lines[line])
            .filter(|line| line.payable)
    }

    /// The collecting agency of a dossier: that of its first line.
    pub(in crate::prove) fn agency(&self, dossier: usize) -> &'a AgencyCode {
        &self.lines[self.dossiers[dossier].lines.start]
            .fee
            .agency_code
    }

    /// The days on which a payment that does not name a dossier exactly may be for it: from its
    /// receipt until so many days after the last day that the registry tells of it.
    pub(in crate::prove) fn window(&self, dossier: usize) -> Option<(Day, Day)> {
        let first = self.dossiers[dossier].code.received_on()?;
        let mut last = first;
        for line in self.dossiers[dossier].lines.clone() {
            let fee = self.lines[line].fee;
            for told in [&fee.due_at, &fee.more.paid_at].into_iter().flatten() {
                last = last.max(told.day());
            }
        }
        Some((first, last.plus(self.rules.pairing_days)))
    }

    /// True when the row's own fee, or one by a configured rate, is what `paid` lacks of `due`.
    pub(in crate::prove) fn is_net_of(&self, txn: &Txn, due: i128, paid: i128) -> bool {
        let rates = self.rules.net_rates.iter().map(|rate| {
            let (num, den) = (rate.rate.num, rate.rate.den);
            let half_up = (due * num * 2 + den).div_euclid(den * 2);
            half_up.max(rate.minimum.wide())
        });
        let mut fees = rates.chain([txn.fee.wide()]);
        paid < due && fees.any(|fee| paid + fee == due)
    }

    /// True when an amount is that of a line, of all that is owed, or the net of either.
    pub(in crate::prove) fn fits(&self, txn: &Txn, dossier: usize) -> bool {
        let paid = txn.amount.wide();
        self.is_net_of_any(txn, dossier) || self.dues(dossier).any(|due| due == paid)
    }

    /// True when an amount is the net of a line or of all that is owed.
    pub(in crate::prove) fn is_net_of_any(&self, txn: &Txn, dossier: usize) -> bool {
        let paid = txn.amount.wide();
        self.dues(dossier).any(|due| self.is_net_of(txn, due, paid))
    }

    /// What a payment may be for: each line, what the agency gets, all.
    fn dues(&self, dossier: usize) -> impl Iterator<Item = i128> {
        let all = self.totals(dossier).all_due;
        let lines = self.payable(dossier).map(Line::due);
        lines.chain([self.due(dossier), all])
    }

    /// True when the registries have told everything: no dossier is still on its way.
    pub(in crate::prove) fn registry_told_all(&self) -> bool {
        let mut registries = self.inputs.sources.iter().filter(|s| !s.carries_money);
        registries.all(SourceFacts::is_whole)
    }
}
