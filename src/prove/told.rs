//! What the checks look at: rows, what is said of them, and the sums of what is read row by row.

use rustc_hash::FxHashMap;

use crate::classify::Classified;
use crate::domain::{AgencyCode, Day, Fee, Inputs, Period, Receipt, Txn, Vnd};
use crate::kpi::{Contribution, Scope, Share};
use crate::matching::MatchGroup;
use crate::settle::Settlement;

/// Rows of the books, with everything that is said of them.
pub(super) struct Told<'a> {
    pub(super) fees: Vec<&'a Fee>,
    pub(super) txns: Vec<&'a Txn>,
    pub(super) receipts: Vec<&'a Receipt>,
    /// In order of their keys, if they are right.
    pub(super) rows: Vec<&'a Classified>,
    pub(super) groups: Vec<&'a MatchGroup>,
    pub(super) contributions: Vec<&'a Contribution>,
    pub(super) shares: &'a [Share],
    pub(super) breakdown: &'a [Share],
    /// Rows that are not in the books.
    pub(super) plain: Summed<'a>,
}

impl<'a> Told<'a> {
    /// All of it.
    pub(super) fn all(inputs: &'a Inputs, settlement: &'a Settlement) -> Self {
        Self {
            fees: inputs.fees.iter().collect(),
            txns: inputs.txns.iter().collect(),
            receipts: inputs.receipts.iter().collect(),
            rows: settlement.rows.iter().collect(),
            groups: settlement.groups.iter().collect(),
            contributions: settlement.contributions.iter().collect(),
            shares: &settlement.shares,
            breakdown: &settlement.breakdown,
            plain: Summed::default(),
        }
    }
}

/// A numerator with its denominator.
pub(super) type Pair = (i128, i128);

/// The definitions that plain dossiers add to.
pub(super) const ADDED: [&str; 3] = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];

/// What plain dossiers add, by agency and day.
pub(super) struct Summed<'a> {
    agencies: Vec<&'a AgencyCode>,
    /// Of each agency what each of [`ADDED`] gets on a day.
    sums: Vec<FxHashMap<Day, [Pair; 3]>>,
    places: FxHashMap<&'a AgencyCode, usize>,
    /// The first and the last day on which any of them counts.
    pub(super) days: Option<(Day, Day)>,
    /// The last day of any row.
    pub(super) latest: Day,
    /// The payments that name their dossier in their text alone, by amount.
    listed: FxHashMap<Vnd, usize>,
}

impl Default for Summed<'_> {
    fn default() -> Self {
        Self {
            agencies: Vec::new(),
            sums: Vec::new(),
            places: FxHashMap::default(),
            days: None,
            latest: Day::of_ms(0),
            listed: FxHashMap::default(),
        }
    }
}

impl<'a> Summed<'a> {
    /// Notes the last day of any row.
    pub(super) fn until(&mut self, day: Day) {
        self.latest = self.latest.max(day);
    }

    /// Adds to one of [`ADDED`] on a day.
    pub(super) fn add(&mut self, definition: usize, agency: &'a AgencyCode, day: Day, pair: Pair) {
        let last = self.agencies.last().copied();
        let place = if last == Some(agency) {
            self.agencies.len() - 1
        } else {
            *self.places.entry(agency).or_insert_with(|| {
                self.agencies.push(agency);
                self.sums.push(FxHashMap::default());
                self.agencies.len() - 1
            })
        };
        let sums = self.sums[place].entry(day).or_default();
        let sum = &mut sums[definition];
        *sum = (sum.0 + pair.0, sum.1 + pair.1);
        let (first, last) = self.days.unwrap_or((day, day));
        self.days = Some((first.min(day), last.max(day)));
    }

    /// Notes a payment that names its dossier in its text alone.
    pub(super) fn list(&mut self, amount: Vnd) {
        *self.listed.entry(amount).or_default() += 1;
    }

    /// The number of such payments of an amount.
    pub(super) fn listed_with(&self, amount: Vnd) -> usize {
        self.listed.get(&amount).copied().unwrap_or(0)
    }

    pub(super) fn agencies(&self) -> impl Iterator<Item = &'a AgencyCode> {
        self.agencies.iter().copied()
    }

    /// What they add to a definition in a scope and period.
    pub(super) fn firm(&self, definition: &str, scope: &Scope, period: &Period) -> Pair {
        let Some(definition) = ADDED.iter().position(|known| *known == definition) else {
            return (0, 0);
        };
        let of = match scope {
            Scope::Total => self.sums.as_slice(),
            Scope::Agency(code) => match self.places.get(code) {
                Some(place) => std::slice::from_ref(&self.sums[*place]),
                None => &[],
            },
            Scope::AnyAgency | Scope::Cell(_) => &[],
        };
        let mut sum = (0, 0);
        for (day, sums) in of.iter().flatten() {
            if period.from <= *day && *day <= period.to {
                sum = (sum.0 + sums[definition].0, sum.1 + sums[definition].1);
            }
        }
        sum
    }
}
