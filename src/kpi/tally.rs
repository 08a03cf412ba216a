//! Where definitions put what items add: every contribution by itself, or those that are settled
//! summed up by scope and period at once. A night keeps each, because the next nights take it out
//! again; files are measured once.

use rustc_hash::FxHashMap;

use crate::domain::{AgencyCode, Day, Period};

use super::exact::Exact;
use super::interval::Sums;
use super::item::Item;
use super::share::{Contribution, Elsewhere, Scope, within};

/// The sums of one scope, by period.
#[derive(Clone, Debug, Default)]
struct Cell {
    /// Of what is settled: numerator and denominator.
    firm: Vec<(i128, i128)>,
    /// Of what may still turn out otherwise.
    open: Vec<Sums>,
}

impl Cell {
    fn new(periods: &[Period]) -> Self {
        let length = periods.len().max(1);
        Self {
            firm: vec![(0, 0); length],
            open: vec![Sums::default(); length],
        }
    }

    /// Adds the one outcome of an item in each period that holds the day.
    fn add(&mut self, periods: &[Period], day: Day, (numerator, denominator): (i64, i64)) {
        for (place, sum) in self.firm.iter_mut().enumerate() {
            if periods.get(place).is_none_or(|period| period.holds(day)) {
                sum.0 += i128::from(numerator);
                sum.1 += i128::from(denominator);
            }
        }
    }

    /// Adds the outcomes of an open item; one period holds all days.
    fn add_open(&mut self, periods: &[Period], item: &Item, outcomes: &[(i64, i64)]) {
        let spans = &item.elsewhere;
        for (place, sums) in self.open.iter_mut().enumerate() {
            let seen = within(item.day, outcomes, spans, periods.get(place));
            if let Some(seen) = seen {
                sums.add(&seen, item.coupled);
            }
        }
    }

    fn sums(&self, place: Option<usize>) -> Sums {
        let firm = place.and_then(|place| self.firm.get(place));
        let (numerator, denominator) = firm.copied().unwrap_or_default();
        let mut sums = Sums::firm(numerator, denominator);
        if let Some(open) = place.and_then(|place| self.open.get(place)) {
            sums.merge(open);
        }
        sums
    }
}

/// What the items of one definition add.
#[derive(Debug, Default)]
pub struct Tally<'e> {
    /// Contributions of one outcome on one day, whatever other rows turn out to be, are summed,
    /// except those that are resolved with others; none: each is kept.
    sums_settled: Option<&'e Exact>,
    /// True when only what is plain is summed.
    keeps_others: bool,
    /// What is older does not count.
    start: Option<Day>,
    /// The periods that are asked for; none: all days are one.
    periods: &'e [Period],
    /// True when what is open is summed as well: nobody asks for it one by one.
    sums_open: bool,
    total: Cell,
    any: Cell,
    agencies: Vec<(AgencyCode, Cell)>,
    /// The place of each agency among them.
    places: FxHashMap<AgencyCode, usize>,
    /// The first and the last day of any sum.
    ends: Option<(Day, Day)>,
    /// The contributions that are kept.
    pub items: Vec<Contribution>,
}

impl<'e> Tally<'e> {
    /// Keeps every contribution.
    pub fn of_each() -> Self {
        Self::default()
    }

    /// Sums those that are settled, from `start` on, in these periods; what is resolved adds
    /// nothing on its own and is kept.
    pub fn of_sums(start: Option<Day>, periods: &'e [Period], exact: &'e Exact) -> Self {
        Self {
            sums_settled: Some(exact),
            start,
            periods,
            total: Cell::new(periods),
            any: Cell::new(periods),
            ..Self::default()
        }
    }

    /// Keeps every contribution but those of plain dossiers: the checker looks at each of them, and
    /// tells the others from their rows.
    pub fn with_others(self) -> Self {
        Self {
            keeps_others: true,
            ..self
        }
    }

    /// Sums what is open as well, as far as sums can tell it. Nothing may be asked of single items.
    pub fn with_open(self) -> Self {
        let sums_open = self.start.is_none();
        Self { sums_open, ..self }
    }

    /// Adds an item in the total.
    pub fn total(&mut self, item: &Item, outcomes: &[(i64, i64)]) {
        match self.way(item, outcomes) {
            Way::Keep => self.keep(item, Scope::Total, outcomes),
            Way::Drop => {}
            Way::Settled(outcome) => self.total.add(self.periods, item.day, outcome),
            Way::Open => self.total.add_open(self.periods, item, outcomes),
        }
    }

    /// Adds an item in the row of every agency.
    pub fn any_agency(&mut self, item: &Item, outcomes: &[(i64, i64)]) {
        match self.way(item, outcomes) {
            Way::Keep => self.keep(item, Scope::AnyAgency, outcomes),
            Way::Drop => {}
            Way::Settled(outcome) => self.any.add(self.periods, item.day, outcome),
            Way::Open => self.any.add_open(self.periods, item, outcomes),
        }
    }

    /// Adds an item in the row of one agency.
    pub fn agency(&mut self, item: &Item, agency: &AgencyCode, outcomes: &[(i64, i64)]) {
        match self.way(item, outcomes) {
            Way::Keep => self.keep(item, Scope::Agency(agency.clone()), outcomes),
            Way::Drop => {}
            Way::Settled(outcome) => {
                let periods = self.periods;
                self.cell(agency).add(periods, item.day, outcome);
            }
            Way::Open => {
                let periods = self.periods;
                self.cell(agency).add_open(periods, item, outcomes);
            }
        }
    }

    fn cell(&mut self, agency: &AgencyCode) -> &mut Cell {
        let place = self.places.get(agency).copied().unwrap_or_else(|| {
            let place = self.agencies.len();
            self.agencies
                .push((agency.clone(), Cell::new(self.periods)));
            self.places.insert(agency.clone(), place);
            place
        });
        &mut self.agencies[place].1
    }

    /// What becomes of an item; its days are then among those of the sums.
    fn way(&mut self, item: &Item, outcomes: &[(i64, i64)]) -> Way {
        let Some(exact) = self.sums_settled else {
            return Way::Keep;
        };
        if self.keeps_others && !item.plain {
            return Way::Keep;
        }
        let alone = !item.coupled && item.elsewhere.is_empty();
        let settled = match outcomes {
            [only] if alone => Some(*only),
            _ => None,
        };
        // what the whole input is depends on no day on which an item takes back
        let known = !self.periods.is_empty() || item.elsewhere.iter().all(counts);
        let open = self.sums_open && known;
        if !(settled.is_some() || open) || exact.covers(item.definition, item.name.origin()) {
            return Way::Keep;
        }
        if self.start.is_some_and(|start| item.day < start) {
            return Way::Drop;
        }
        let spans = item.elsewhere.iter().filter(|span| counts(span));
        let spans = spans.flat_map(ends);
        for day in spans.chain([item.day]) {
            let (first, last) = self.ends.unwrap_or((day, day));
            self.ends = Some((first.min(day), last.max(day)));
        }
        settled.map_or(Way::Open, Way::Settled)
    }

    fn keep(&mut self, item: &Item, scope: Scope, outcomes: &[(i64, i64)]) {
        self.items.push(item.within(scope, outcomes.to_vec()));
    }

    /// The sums of one of the periods, by scope. Where none were asked for it is that of all days.
    pub fn within(&self, period: &Period) -> impl Iterator<Item = (Scope, Sums)> {
        let mut known = self.periods.iter();
        let place = match known.position(|known| known == period) {
            None if self.periods.is_empty() => Some(0),
            place => place,
        };
        let agencies = self.agencies.iter();
        let scopes = agencies.map(|(agency, cell)| (Scope::Agency(agency.clone()), cell));
        let scopes = scopes.chain([(Scope::Total, &self.total), (Scope::AnyAgency, &self.any)]);
        scopes.map(move |(scope, cell)| (scope, cell.sums(place)))
    }

    /// The first and the last day of any sum.
    pub fn days(&self) -> impl Iterator<Item = Day> {
        self.ends
            .into_iter()
            .flat_map(|(first, last)| [first, last])
    }
}

/// What becomes of an item.
enum Way {
    /// It is kept by itself.
    Keep,
    /// It does not count.
    Drop,
    /// Its one outcome is summed.
    Settled((i64, i64)),
    /// All that it may add is summed.
    Open,
}

/// The first and the last day of a span, as far as it tells: what may be of any day has no first.
pub(super) fn ends(span: &Elsewhere) -> impl Iterator<Item = Day> + use<> {
    let first = (span.from > Day::of_ms(0)).then_some(span.from);
    first.into_iter().chain([span.to])
}

/// True for a span that counts among the days of the whole input.
fn counts(span: &Elsewhere) -> bool {
    span.outcome.1 > 0
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
        let period = |from: u32, to: u32| Period {
            label: "".into(),
            from: day(from),
            to: day(to),
        };
        let periods = [period(1, 2), period(0, 9)];
        let mut tally = Tally::of_sums(Some(day(2)), &periods, &exact);
        for n in [1, 2, 2, 3] {
            tally.total(&item(n), &[(1, 1)]);
            tally.agency(&item(n), &agency, &[(0, 1)]);
        }
        tally.total(&item(2), &[(0, 0), (1, 1)]);
        let mut coupled = item(2);
        coupled.coupled = true;
        tally.any_agency(&coupled, &[(1, 1)]);
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
