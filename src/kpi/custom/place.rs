//! On which day an item of an own definition counts.

use crate::domain::custom::DateBasis;
use crate::domain::{Day, Fee, Moment};
use crate::matching::desk::{Money, Standing};
use crate::matching::ledger::Effect;
use crate::matching::pool::{Index, at};

use super::super::origin::Origin;
use super::super::share::{Contribution, Elsewhere};
use super::Maker;

impl Maker<'_, '_, '_> {
    /// The item on the day that decides; none where that day has not come.
    pub(super) fn on_its_day(&self, mut item: Contribution) -> Option<Contribution> {
        if self.custom.date == DateBasis::Payment {
            return Some(item);
        }
        if let Origin::Txn(source, id) = Origin::parse(&item.item) {
            let dossiers = self.txn(source, id).map(|txn| self.paid_by(txn));
            return self.on_days_of(item, &dossiers.unwrap_or_default());
        }
        item.day = self.day_of(self.dossier_of(&item)?)?;
        item.outcomes = item.pairs();
        item.elsewhere = Vec::new();
        Some(item)
    }

    /// The dossiers that a payment settled lines of. Which payment of a certified set is whose
    /// nobody knows; that there is one for each is certain, so each takes the one at its place.
    fn paid_by(&self, txn: Index) -> Vec<Index> {
        let desk = self.facts.desk;
        match &desk.txns[at(txn)] {
            Standing::Plain(dossier) => vec![*dossier],
            Standing::InSet(set) => {
                let set = &desk.sets[at(*set)];
                let mut dossiers = set.dossiers.clone();
                dossiers.sort_unstable();
                let place = set.txns.iter().filter(|other| **other < txn).count();
                dossiers.get(place).copied().into_iter().collect()
            }
            _ => {
                let entries = self.facts.entries(Money::Txn(txn));
                let settles = entries.filter(|(_, _, entry)| entry.effect == Effect::Settles);
                settles.map(|(dossier, ..)| dossier).collect()
            }
        }
    }

    /// A payment on the first day of its dossiers. What is open may be of any dossier, and so of
    /// any day.
    fn on_days_of(&self, mut item: Contribution, dossiers: &[Index]) -> Option<Contribution> {
        let first = dossiers.iter().filter_map(|d| self.day_of(*d)).min();
        if !item.is_open() && !item.coupled && !dossiers.is_empty() {
            item.day = first?;
            return Some(item);
        }
        let point = item
            .outcomes
            .first()
            .copied()
            .filter(|pair| *pair != (0, 0));
        let pairs = item.pairs().into_iter().filter(|pair| *pair != (0, 0));
        let pairs: Vec<(i64, i64)> = pairs.collect();
        (item.day, item.outcomes) = match (point, first) {
            (Some(point), Some(first)) => (first, vec![point, (0, 0)]),
            _ => (self.last, vec![(0, 0)]),
        };
        let anywhere = |outcome| Elsewhere {
            from: Day::of_ms(0),
            to: self.last,
            outcome,
        };
        item.elsewhere = pairs.into_iter().map(anywhere).collect();
        item.elsewhere.sort_unstable();
        item.coupled = true;
        Some(item)
    }

    pub(super) fn fees(&self, dossier: Index) -> &[Fee] {
        let fees = self.facts.pool.dossier(dossier).fees.clone();
        &self.facts.pool.inputs.fees[fees]
    }

    /// The day by which a dossier counts; none while it has none.
    pub(super) fn day_of(&self, dossier: Index) -> Option<Day> {
        let fees = self.fees(dossier).iter();
        let day = |at: &Moment| at.day();
        match self.custom.date {
            DateBasis::Payment => None,
            DateBasis::Receipt => {
                let told = fees
                    .filter_map(|fee| fee.more.received_at.as_ref())
                    .map(day);
                told.min()
                    .or(self.facts.pool.dossier(dossier).code.received_on())
            }
            DateBasis::Start => {
                let told = fees.filter_map(|fee| fee.more.processing_started_at.as_ref());
                told.map(day).min()
            }
            DateBasis::Result => fees
                .filter_map(|fee| fee.more.result_at.as_ref())
                .map(day)
                .max(),
        }
    }
}
