//! Where definitions put what items add: every contribution by itself, or those that are settled
//! summed up by scope and day at once. A night keeps each, because the next nights take it out
//! again; files are measured once.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::domain::{AgencyCode, Day};

use super::item::Item;
use super::share::{Contribution, PriorSum, Scope};

/// Numerator and denominator by day.
type Days = FxHashMap<Day, (i128, i128)>;

/// What the items of one definition add.
#[derive(Debug, Default)]
pub struct Tally {
    /// Contributions of one outcome on one day, whatever other rows turn out to be, are summed.
    sums_settled: bool,
    /// What is older does not count.
    start: Option<Day>,
    total: Days,
    any: Days,
    agencies: FxHashMap<AgencyCode, Days>,
    /// The contributions that are kept.
    pub items: Vec<Contribution>,
}

impl Tally {
    /// Keeps every contribution.
    pub fn of_each() -> Self {
        Self::default()
    }

    /// Sums those that are settled, from `start` on.
    pub fn of_sums(start: Option<Day>) -> Self {
        Self {
            sums_settled: true,
            start,
            ..Self::default()
        }
    }

    /// Adds an item in the total.
    pub fn total(&mut self, item: &Item, outcomes: &[(i64, i64)]) {
        match self.settled(item, outcomes) {
            Some(outcome) => add(&mut self.total, item.day, outcome),
            None => self.keep(item, Scope::Total, outcomes),
        }
    }

    /// Adds an item in the row of every agency.
    pub fn any_agency(&mut self, item: &Item, outcomes: &[(i64, i64)]) {
        match self.settled(item, outcomes) {
            Some(outcome) => add(&mut self.any, item.day, outcome),
            None => self.keep(item, Scope::AnyAgency, outcomes),
        }
    }

    /// Adds an item in the row of one agency.
    pub fn agency(&mut self, item: &Item, agency: &AgencyCode, outcomes: &[(i64, i64)]) {
        let Some(outcome) = self.settled(item, outcomes) else {
            return self.keep(item, Scope::Agency(agency.clone()), outcomes);
        };
        match self.agencies.get_mut(agency) {
            Some(days) => add(days, item.day, outcome),
            None => add(
                self.agencies.entry(agency.clone()).or_default(),
                item.day,
                outcome,
            ),
        }
    }

    /// The one outcome of an item that is summed.
    fn settled(&self, item: &Item, outcomes: &[(i64, i64)]) -> Option<(i64, i64)> {
        let free = self.sums_settled && !item.coupled && item.elsewhere.is_empty();
        match outcomes {
            [only] if free => Some(*only),
            _ => None,
        }
    }

    fn keep(&mut self, item: &Item, scope: Scope, outcomes: &[(i64, i64)]) {
        self.items.push(item.within(scope, outcomes.to_vec()));
    }

    /// The sums, by scope and day.
    pub fn sums(&self, definition: &'static str) -> Vec<PriorSum> {
        let mut sums: BTreeMap<(Scope, Day), (i128, i128)> = BTreeMap::new();
        let agencies = self.agencies.iter();
        let scopes = agencies.map(|(agency, days)| (Scope::Agency(agency.clone()), days));
        let scopes = scopes.chain([(Scope::Total, &self.total), (Scope::AnyAgency, &self.any)]);
        for (scope, days) in scopes {
            let days = days
                .iter()
                .filter(|(day, _)| self.start.is_none_or(|start| start <= **day));
            sums.extend(days.map(|(day, sum)| ((scope.clone(), *day), *sum)));
        }
        let sum = |((scope, day), (numerator, denominator))| PriorSum {
            definition: definition.into(),
            scope,
            day,
            numerator,
            denominator,
        };
        sums.into_iter().map(sum).collect()
    }
}

fn add(days: &mut Days, day: Day, (numerator, denominator): (i64, i64)) {
    let sum = days.entry(day).or_default();
    sum.0 += i128::from(numerator);
    sum.1 += i128::from(denominator);
}

#[cfg(test)]
mod tests {
    use super::super::item::Name;
    use super::*;

    #[test]
    fn only_what_is_settled_is_summed() {
        let day = |n: u32| Day::of_ms(0).plus(n);
        let item = |n: u32| Item::new("TX_CASHLESS", Name::Text("txn|a|1".into()), day(n), vec![]);
        let agency = AgencyCode::new("H48.18");
        let mut tally = Tally::of_sums(Some(day(2)));
        for n in [1, 2, 2, 3] {
            tally.total(&item(n), &[(1, 1)]);
            tally.agency(&item(n), &agency, &[(0, 1)]);
        }
        tally.total(&item(2), &[(0, 0), (1, 1)]);
        let mut coupled = item(2);
        coupled.coupled = true;
        tally.any_agency(&coupled, &[(1, 1)]);
        let sums = tally.sums("TX_CASHLESS");
        let said: Vec<_> = sums
            .iter()
            .map(|sum| (sum.scope.to_string(), sum.numerator, sum.denominator))
            .collect();
        let expected = [("", 2, 2), ("", 1, 1), ("H48.18", 0, 2), ("H48.18", 0, 1)];
        assert_eq!(said, expected.map(|(scope, a, b)| (scope.to_owned(), a, b)));
        assert_eq!(tally.items.len(), 2);
    }
}
