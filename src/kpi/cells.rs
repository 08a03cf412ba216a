//! The breakdowns of the share that carries the verdict: in which cells each item lies. Made from
//! the items themselves after they are measured, so that nothing is paid where nobody asks.
//!
//! An event counts once in each cell that it touches and once in the total, so cells need not add
//! up; dong do. What names nobody may lie in any cell and widens each that has something of its
//! own, as an agency is widened.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::custom::{CountUnit, Counted, RollUp};
use crate::domain::{AgencyCode, Cell, Custom, Day, Dimension, Period, Rules};

use super::joined;
use super::measure;
use super::origin::{Origin, Origins};
use super::share::{Contribution, PriorSum, Scope};

type Pair = (i64, i64);

/// The definition that is broken down: that of the first target.
pub fn broken_down(rules: &Rules) -> &str {
    let first = rules.targets.first();
    first.map_or("TX_CASHLESS", |target| &*target.definition)
}

/// Which dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// The grey zones, which look at payments as if none was treated.
    GreyZones,
    /// All others.
    Others,
}

/// The contributions of every item of the definition to the cells of every wanted dimension.
/// `contributions` are sorted.
pub(super) fn cells(
    origins: &Origins,
    rules: &Rules,
    contributions: &[Contribution],
    which: Which,
) -> Vec<Contribution> {
    let definition = broken_down(rules);
    let is_grey = |d: &&Dimension| (**d == Dimension::Grey) == (which == Which::GreyZones);
    let dimensions: Vec<Dimension> = rules.breakdowns.iter().filter(is_grey).copied().collect();
    let mine: Vec<&Contribution> = contributions
        .iter()
        .filter(|c| c.definition == definition && !dimensions.is_empty())
        .collect();
    let own = rules.custom.filter(|_| definition == "CUSTOM");
    let in_dong = |custom: Custom| custom.unit == CountUnit::Dong;
    let maker = Maker {
        origins,
        grey: &rules.grey,
        today: measure::today(rules, contributions),
        in_dong: definition == "AMOUNT_CASHLESS" || own.is_some_and(in_dong),
        alike: !rules.grey.changes()
            && own.is_none_or(|custom| custom.numerator == Counted::Cashless),
        rolled_up: own.is_some_and(|custom| custom.roll_up == RollUp::SubUnits),
    };
    let mut made = Vec::new();
    for item in mine.chunk_by(|a, b| a.item == b.item) {
        if let Some(total) = item.iter().find(|c| c.scope == Scope::Total) {
            for dimension in &dimensions {
                made.extend(maker.of_item(*dimension, total, item));
            }
        }
    }
    made
}

/// The periods in whose cells what earlier nights settled is missing, so that the cells cannot be
/// told: nights keep the cells of the definition that led, each by its own. `others` are the nights
/// known to have kept those of another definition. Elsewhere a span with sums by agency and without
/// any cell tells it.
pub fn lacking(rules: &Rules, prior: &[PriorSum], others: &[Day]) -> Vec<Period> {
    let definition = broken_down(rules);
    let lacks = |period: &&Period| {
        let mut spans: BTreeMap<Day, (bool, bool)> = BTreeMap::new();
        let mine = prior.iter().filter(|sum| &*sum.definition == definition);
        for sum in mine.filter(|sum| period.holds(sum.day)) {
            let (kept, broken) = spans.entry(sum.day).or_default();
            match &sum.scope {
                Scope::Agency(_) => *kept = true,
                Scope::Cell(cell) if !cell.is_any() => *broken = true,
                _ => {}
            }
        }
        let kept = spans.values().any(|(kept, _)| *kept);
        let other = others.iter().any(|night| *night >= period.from);
        (kept && other) || spans.values().any(|(kept, broken)| *kept && !broken)
    };
    // one that counts procedures has no cells at all
    let known = super::definition(definition);
    let counts = known.is_some_and(|known| (known.distinct)(rules).is_none());
    if rules.breakdowns.is_empty() || !counts {
        return Vec::new();
    }
    rules.periods.iter().filter(lacks).cloned().collect()
}

struct Maker<'a> {
    origins: &'a Origins<'a>,
    grey: &'a crate::domain::Grey,
    today: Day,
    in_dong: bool,
    /// Every payment of a certified set counts alike: then it is certain how many are in a cell.
    alike: bool,
    /// The row of an agency holds its sub-units' already.
    rolled_up: bool,
}

impl Maker<'_> {
    fn of_item(
        &self,
        dimension: Dimension,
        total: &Contribution,
        item: &[&Contribution],
    ) -> Vec<Contribution> {
        if total.pairs() == [(0, 0)] {
            return Vec::new();
        }
        let origin = Origin::parse(&total.item);
        match dimension {
            Dimension::Unit | Dimension::Current => self.by_agency(dimension, total, item),
            Dimension::Procedure | Dimension::Field => {
                let values = self.origins.lines_of(&origin, dimension);
                match self.origins.place_in_set(&origin, dimension) {
                    Some(place) if self.alike => {
                        vec![in_cell(Cell::new(dimension, &place), total)]
                    }
                    place => self.in_each(dimension, total, values, place.as_deref()),
                }
            }
            Dimension::Source | Dimension::Instrument => {
                let values = self.origins.money_of(&origin, dimension);
                let values = values.into_iter().map(|value| (value, 0)).collect();
                self.in_each(dimension, total, values, None)
            }
            Dimension::Grey => {
                let zones = self.origins.zones_of(&origin, self.grey);
                let zones = zones.into_iter().map(|zone| (zone.id().into(), 0));
                let zones: BTreeMap<Box<str>, i128> = zones.collect();
                if zones.is_empty() {
                    return Vec::new();
                }
                self.in_each(dimension, total, zones, None)
            }
        }
    }

    /// The units over the agencies of an item, or their successors.
    fn by_agency(
        &self,
        dimension: Dimension,
        total: &Contribution,
        item: &[&Contribution],
    ) -> Vec<Contribution> {
        let mut count = 0;
        let mut parts: BTreeMap<Box<str>, Vec<&Contribution>> = BTreeMap::new();
        for own in item {
            match &own.scope {
                Scope::AnyAgency => return vec![in_any(dimension, total)],
                Scope::Agency(code) => {
                    count += 1;
                    for value in self.units(dimension, code, own.day) {
                        parts.entry(value.as_str().into()).or_default().push(own);
                    }
                }
                _ => {}
            }
        }
        let made = parts.into_iter().filter_map(|(value, parts)| {
            let scope = Scope::Cell(Cell::new(dimension, &value));
            let all = (parts.len() == count).then_some(total);
            joined::in_unit(scope, all, &parts, self.in_dong)
        });
        made.collect()
    }

    fn units(&self, dimension: Dimension, code: &AgencyCode, on: Day) -> BTreeSet<AgencyCode> {
        let directory = &self.origins.directory;
        if dimension == Dimension::Current {
            return BTreeSet::from([directory.current(code, on, self.today)]);
        }
        if self.rolled_up {
            return BTreeSet::from([code.clone()]);
        }
        let above = directory.above(code, on);
        above.into_iter().chain([code.clone()]).collect()
    }

    /// An item in the cells of these values (each with the dong of its legs); in any when none is
    /// known. A payment of a certified set whose payments may count in several ways may be in each
    /// cell of the set, and stands in that of its `place`.
    fn in_each(
        &self,
        dimension: Dimension,
        total: &Contribution,
        values: BTreeMap<Box<str>, i128>,
        place: Option<&str>,
    ) -> Vec<Contribution> {
        let several = values.len() > 1;
        let whole = total.outcomes.iter().map(|(_, b)| *b).max().unwrap_or(0);
        let legs: i128 = values.values().sum();
        let adds_up = !total.is_open() && legs == i128::from(whole);
        if values.is_empty() {
            return vec![in_any(dimension, total)];
        }
        let made = values.into_iter().map(|(value, dong)| {
            let mut made = in_cell(Cell::new(dimension, &value), total);
            if !several {
                return made;
            }
            if let Some(place) = place {
                let here = if *place == *value {
                    made.outcomes.len()
                } else {
                    0
                };
                made.outcomes.insert(here, (0, 0));
                settle_outer(&mut made);
            } else if self.in_dong {
                let part = i64::try_from(dong).unwrap_or(whole).clamp(0, whole);
                let of = |(a, _): &Pair| (if *a > 0 { part } else { 0 }, part);
                let first = total.outcomes.first().map_or((0, part), of);
                made.outcomes = vec![first];
                if !adds_up {
                    made.outcomes
                        .extend([(0, 0)].into_iter().chain(total.pairs()));
                    settle_outer(&mut made);
                }
            } else if total.is_open() {
                made.outcomes.push((0, 0));
                settle_outer(&mut made);
            }
            made
        });
        made.collect()
    }
}

/// Each outcome once; what hangs on other cells is an outer bound.
fn settle_outer(made: &mut Contribution) {
    made.outcomes = joined::once(std::mem::take(&mut made.outcomes));
    made.coupled = true;
}

fn in_cell(cell: Cell, of: &Contribution) -> Contribution {
    Contribution {
        scope: Scope::Cell(cell),
        ..of.clone()
    }
}

/// An item that may lie in any cell, or in none.
fn in_any(dimension: Dimension, total: &Contribution) -> Contribution {
    let mut made = in_cell(Cell::any(dimension), total);
    made.outcomes = vec![(0, 0)];
    made.outcomes.extend(total.outcomes.iter().copied());
    let coupled = total.coupled;
    settle_outer(&mut made);
    made.coupled = coupled;
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(raw: &str) -> Day {
        Day::parse(raw).unwrap()
    }

    /// A firm sum of a span that begins on a day, in a scope (`""`: in total).
    fn sum(definition: &str, scope: &str, from: &str) -> PriorSum {
        PriorSum {
            definition: definition.into(),
            scope: Scope::parse(scope),
            day: day(from),
            to: None,
            numerator: 1,
            denominator: 2,
        }
    }

    #[test]
    fn a_span_without_cells_or_a_night_of_another_definition_lacks_them() {
        let mut rules = Rules {
            breakdowns: vec![Dimension::Unit],
            periods: vec![
                Period::night(day("2022-12-20")),
                Period::month("2022-12").unwrap(),
                Period::year("2022").unwrap(),
            ],
            ..Rules::default()
        };
        let told = |rules: &Rules, prior: &[PriorSum], others: &[Day]| -> Vec<String> {
            let periods = lacking(rules, prior, others).into_iter();
            periods.map(|period| period.label.to_string()).collect()
        };
        let [agency, cell] = ["H48.18", "unit=H48.18"];
        let kept = |from: &str| [agency, cell].map(|scope| sum("TX_CASHLESS", scope, from));
        let whole = [kept("2022-11-15"), kept("2022-12-01")].concat();
        let none: [String; 0] = [];
        assert_eq!(told(&rules, &whole, &[]), none);
        // November was led by another definition
        let half = [&whole[..1], &whole[2..]].concat();
        assert_eq!(told(&rules, &half, &[]), ["2022"]);
        // a span has cells of the nights that this definition led, and lacks those of the others
        assert_eq!(
            told(&rules, &whole, &[day("2022-12-03")]),
            ["2022-12", "2022"]
        );
        assert_eq!(told(&rules, &whole, &[day("2022-11-30")]), ["2022"]);
        // nothing was settled before: the cells hold all there is
        assert_eq!(told(&rules, &[], &[day("2022-12-03")]), none);
        // what another definition kept says nothing
        let other = [sum("AMOUNT_CASHLESS", agency, "2022-12-01")];
        assert_eq!(told(&rules, &other, &[]), none);
        rules.breakdowns = Vec::new();
        assert_eq!(told(&rules, &half, &[]), none);
    }
}
