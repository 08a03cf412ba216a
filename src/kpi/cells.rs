//! The breakdowns of the share that carries the verdict: in which cells each item lies. Made from
//! the items themselves after they are measured, so that nothing is paid where nobody asks.
//!
//! An event counts once in each cell that it touches and once in the total, so cells need not add
//! up; dong do. What names nobody may lie in any cell and widens each that has something of its
//! own, as an agency is widened.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{AgencyCode, Cell, Day, Dimension, Rules};

use super::measure;
use super::origin::{Origin, Origins};
use super::share::{Contribution, Scope};

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
    let maker = Maker {
        origins,
        grey: &rules.grey,
        today: measure::today(rules, contributions),
        in_dong: definition == "AMOUNT_CASHLESS",
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

struct Maker<'a> {
    origins: &'a Origins<'a>,
    grey: &'a crate::domain::Grey,
    today: Day,
    in_dong: bool,
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
                self.in_each(dimension, total, values)
            }
            Dimension::Source | Dimension::Instrument => {
                let values = self.origins.money_of(&origin, dimension);
                let values = values.into_iter().map(|value| (value, 0)).collect();
                self.in_each(dimension, total, values)
            }
            Dimension::Grey => {
                let zones = self.origins.zones_of(&origin, self.grey);
                let zones = zones.into_iter().map(|zone| (zone.id().into(), 0));
                let zones: BTreeMap<Box<str>, i128> = zones.collect();
                if zones.is_empty() {
                    return Vec::new();
                }
                self.in_each(dimension, total, zones)
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
        let made = parts.into_iter().map(|(value, parts)| {
            let cell = Cell::new(dimension, &value);
            match parts.as_slice() {
                all if all.len() == count => in_cell(cell, total),
                [only] => in_cell(cell, only),
                several if self.in_dong => sum(&cell, several),
                several => union(&cell, several),
            }
        });
        made.collect()
    }

    fn units(&self, dimension: Dimension, code: &AgencyCode, on: Day) -> BTreeSet<AgencyCode> {
        let directory = &self.origins.directory;
        if dimension == Dimension::Current {
            return BTreeSet::from([directory.current(code, on, self.today)]);
        }
        let above = directory.above(code, on);
        above.into_iter().chain([code.clone()]).collect()
    }

    /// An item in the cells of these values (each with the dong of its legs); in any when none is
    /// known.
    fn in_each(
        &self,
        dimension: Dimension,
        total: &Contribution,
        values: BTreeMap<Box<str>, i128>,
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
            if several && self.in_dong {
                let part = i64::try_from(dong).unwrap_or(whole).clamp(0, whole);
                let of = |(a, _): &Pair| (if *a > 0 { part } else { 0 }, part);
                let first = total.outcomes.first().map_or((0, part), of);
                made.outcomes = vec![first];
                if !adds_up {
                    made.outcomes
                        .extend([(0, 0)].into_iter().chain(total.pairs()));
                    settle_outer(&mut made);
                }
            } else if several && total.is_open() {
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
    let mut once = Vec::new();
    for pair in std::mem::take(&mut made.outcomes) {
        if !once.contains(&pair) {
            once.push(pair);
        }
    }
    made.outcomes = once;
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

/// One event of several agencies, some of them in the cell.
fn union(cell: &Cell, parts: &[&Contribution]) -> Contribution {
    let adds = |c: &&&Contribution| c.outcomes.first().is_some_and(|pair| *pair != (0, 0));
    let first = parts.iter().find(adds).or(parts.first());
    let mut made = first.map_or_else(|| unreachable(cell), |first| in_cell(cell.clone(), first));
    let firm = parts.iter().all(|part| !part.is_open());
    for part in parts {
        made.outcomes.extend(part.outcomes.iter().copied());
        join(&mut made, part);
    }
    let coupled = made.coupled || !firm;
    settle_outer(&mut made);
    made.coupled = coupled;
    made
}

/// The dong of several agencies in one cell.
fn sum(cell: &Cell, parts: &[&Contribution]) -> Contribution {
    let mut made = unreachable(cell);
    let mut sums: Vec<Pair> = vec![(0, 0)];
    for (at, part) in parts.iter().enumerate() {
        if at == 0 {
            made = in_cell(cell.clone(), part);
        }
        let step = |(a, b): &Pair| {
            let (a, b) = (*a, *b);
            let add = move |(c, d): &Pair| (a + c, b + d);
            part.outcomes.iter().map(add).collect::<Vec<_>>()
        };
        sums = sums.iter().flat_map(step).collect();
        join(&mut made, part);
    }
    let coupled = made.coupled || sums.len() > 1;
    made.outcomes = sums;
    settle_outer(&mut made);
    made.coupled = coupled;
    made
}

/// What a part brings beside its outcomes.
fn join(made: &mut Contribution, part: &Contribution) {
    made.elsewhere.extend(part.elsewhere.iter().copied());
    made.elsewhere.sort_unstable();
    made.elsewhere.dedup();
    made.coupled |= part.coupled;
    for id in &part.exceptions {
        if !made.exceptions.contains(id) {
            made.exceptions.push(id.clone());
        }
    }
}

/// An item of no parts: nothing.
fn unreachable(cell: &Cell) -> Contribution {
    Contribution {
        definition: "",
        item: "".into(),
        scope: Scope::Cell(cell.clone()),
        day: Day::of_ms(0),
        outcomes: vec![(0, 0)],
        elsewhere: Vec::new(),
        coupled: false,
        exceptions: Vec::new(),
    }
}
