//! Where definitions put what items add: every contribution by itself, or those that are settled
//! summed up by scope and day at once. A night keeps each, because the next nights take it out
//! again; files are measured once.

use rustc_hash::FxHashMap;

use crate::domain::{AgencyCode, Day, Period};

use super::exact::Exact;
use super::interval::Sums;
use super::item::Item;
use super::share::{Contribution, Scope};

/// Days in a row for which there is a place each; what lies further off is looked up.
const NEAR: usize = 1 << 13;

/// Numerator and denominator by day.
#[derive(Debug, Default)]
struct Days {
    /// The day of the first place: half of [`NEAR`] before the first that was added.
    first: Option<Day>,
    near: Vec<Option<(i128, i128)>>,
    far: FxHashMap<Day, (i128, i128)>,
}

impl Days {
    fn add(&mut self, day: Day, (numerator, denominator): (i64, i64)) {
        let half = u32::try_from(NEAR / 2).unwrap_or(0);
        let first = *self.first.get_or_insert_with(|| day.minus(half));
        let place = usize::try_from(day.days_since(first)).ok();
        let sum = match place.filter(|place| *place < NEAR) {
            Some(place) => {
                if self.near.len() <= place {
                    self.near.resize(place + 1, None);
                }
                self.near[place].get_or_insert_default()
            }
            None => self.far.entry(day).or_default(),
        };
        sum.0 += i128::from(numerator);
        sum.1 += i128::from(denominator);
    }

    fn iter(&self) -> impl Iterator<Item = (Day, (i128, i128))> {
        let first = self.first.unwrap_or(Day::of_ms(0));
        let near = (0_u32..).zip(&self.near);
        let near = near.filter_map(move |(place, sum)| Some((first.plus(place), (*sum)?)));
        near.chain(self.far.iter().map(|(day, sum)| (*day, *sum)))
    }
}

/// What the items of one definition add.
#[derive(Debug, Default)]
pub struct Tally<'e> {
    /// Contributions of one outcome on one day, whatever other rows turn out to be, are summed,
    /// except those that are resolved with others; none: each is kept.
    sums_settled: Option<&'e Exact>,
    /// What is older does not count.
    start: Option<Day>,
    total: Days,
    any: Days,
    agencies: FxHashMap<AgencyCode, Days>,
    /// The contributions that are kept.
    pub items: Vec<Contribution>,
}

impl<'e> Tally<'e> {
    /// Keeps every contribution.
    pub fn of_each() -> Self {
        Self::default()
    }

    /// Sums those that are settled, from `start` on. What is resolved adds nothing on its own, so
    /// it is kept.
    pub fn of_sums(start: Option<Day>, exact: &'e Exact) -> Self {
        Self {
            sums_settled: Some(exact),
            start,
            ..Self::default()
        }
    }

    /// Adds an item in the total.
    pub fn total(&mut self, item: &Item, outcomes: &[(i64, i64)]) {
        match self.settled(item, outcomes) {
            Some(outcome) => self.total.add(item.day, outcome),
            None => self.keep(item, Scope::Total, outcomes),
        }
    }

    /// Adds an item in the row of every agency.
    pub fn any_agency(&mut self, item: &Item, outcomes: &[(i64, i64)]) {
        match self.settled(item, outcomes) {
            Some(outcome) => self.any.add(item.day, outcome),
            None => self.keep(item, Scope::AnyAgency, outcomes),
        }
    }

    /// Adds an item in the row of one agency.
    pub fn agency(&mut self, item: &Item, agency: &AgencyCode, outcomes: &[(i64, i64)]) {
        let Some(outcome) = self.settled(item, outcomes) else {
            return self.keep(item, Scope::Agency(agency.clone()), outcomes);
        };
        if let Some(days) = self.agencies.get_mut(agency) {
            days.add(item.day, outcome);
        } else {
            let days = self.agencies.entry(agency.clone()).or_default();
            days.add(item.day, outcome);
        }
    }

    /// The one outcome of an item that is summed.
    fn settled(&self, item: &Item, outcomes: &[(i64, i64)]) -> Option<(i64, i64)> {
        let [only] = outcomes else { return None };
        let exact = self.sums_settled?;
        let free = !item.coupled && item.elsewhere.is_empty();
        (free && !exact.covers(item.definition, item.name.origin())).then_some(*only)
    }

    fn keep(&mut self, item: &Item, scope: Scope, outcomes: &[(i64, i64)]) {
        self.items.push(item.within(scope, outcomes.to_vec()));
    }

    /// The sums of a period, by scope.
    pub fn within(&self, period: &Period) -> impl Iterator<Item = (Scope, Sums)> {
        let agencies = self.agencies.iter();
        let scopes = agencies.map(|(agency, days)| (Scope::Agency(agency.clone()), days));
        let scopes = scopes.chain([(Scope::Total, &self.total), (Scope::AnyAgency, &self.any)]);
        scopes.map(|(scope, days)| {
            let mut sums = Sums::default();
            let held = days.iter().filter(|(day, _)| period.holds(*day));
            for (_, (numerator, denominator)) in held.filter(|(day, _)| self.counts(*day)) {
                sums.merge(&Sums::firm(numerator, denominator));
            }
            (scope, sums)
        })
    }

    /// The first and the last day of any sum.
    pub fn days(&self) -> impl Iterator<Item = Day> {
        let lists = self.agencies.values().chain([&self.total, &self.any]);
        let days = lists.flat_map(|days| days.iter().map(|(day, _)| day));
        let days = days.filter(|day| self.counts(*day));
        let ends = days.fold(None, |ends: Option<(Day, Day)>, day| {
            let (first, last) = ends.unwrap_or((day, day));
            Some((first.min(day), last.max(day)))
        });
        ends.into_iter().flat_map(|(first, last)| [first, last])
    }

    fn counts(&self, day: Day) -> bool {
        self.start.is_none_or(|start| start <= day)
    }
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
        let exact = Exact::default();
        let mut tally = Tally::of_sums(Some(day(2)), &exact);
        for n in [1, 2, 2, 3] {
            tally.total(&item(n), &[(1, 1)]);
            tally.agency(&item(n), &agency, &[(0, 1)]);
        }
        tally.total(&item(2), &[(0, 0), (1, 1)]);
        let mut coupled = item(2);
        coupled.coupled = true;
        tally.any_agency(&coupled, &[(1, 1)]);
        let period = |from: u32, to: u32| Period {
            label: "".into(),
            from: day(from),
            to: day(to),
        };
        let check = |from: u32, to: u32, expected: [(&str, i128, i128); 3]| {
            let period = period(from, to);
            let sums = tally.within(&period);
            let mut said: Vec<_> = sums
                .map(|(scope, sums)| (scope.to_string(), sums.point.0, sums.point.1))
                .collect();
            said.sort();
            assert_eq!(said, expected.map(|(scope, a, b)| (scope.to_owned(), a, b)));
        };
        check(1, 2, [("", 2, 2), ("*", 0, 0), ("H48.18", 0, 2)]);
        check(0, 9, [("", 3, 3), ("*", 0, 0), ("H48.18", 0, 3)]);
        assert_eq!(tally.days().collect::<Vec<_>>(), [day(2), day(3)]);
        assert_eq!(tally.items.len(), 2);
    }
}
