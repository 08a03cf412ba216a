//! What a run knew of the days before its night, out of what the nights before it kept. Where one
//! of them was published again since, the store tells of it as it is now.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::before::Before;
use super::desk::Desk;
use super::error::JobError;
use super::kept::{self, Gone};
use super::order::{Known, Order};
use crate::domain::{Arrived, Day, GivenBack, Inputs, Moved, Period};
use crate::kpi::{PriorSum, Scope};
use crate::settle::Prior;
use crate::store::{self, RunPlace, RunRecord};

/// Rows of a period may have been read so many days before it.
const SLACK: u32 = 31;

/// Of what a night decided: what each item counts as.
#[derive(Deserialize)]
struct Settled {
    contributions: Vec<Counted>,
}

#[derive(Deserialize)]
struct Counted {
    definition: Box<str>,
    item: Box<str>,
    scope: Scope,
    day: Day,
    outcomes: Vec<(i64, i64)>,
    #[serde(default)]
    elsewhere: Vec<Elsewhere>,
}

#[derive(Deserialize)]
struct Elsewhere {
    outcome: (i64, i64),
}

impl Counted {
    /// True when it has one outcome, on one day.
    fn is_firm(&self) -> bool {
        self.outcomes.len() == 1 && self.elsewhere.is_empty()
    }

    /// The point figure's outcome.
    fn point(&self) -> (i64, i64) {
        self.outcomes.first().copied().unwrap_or_default()
    }

    /// All that it may count as, on whichever day.
    fn pairs(&self) -> Vec<(i64, i64)> {
        let mut pairs = self.outcomes.clone();
        for span in &self.elsewhere {
            if !pairs.contains(&span.outcome) {
                pairs.push(span.outcome);
            }
        }
        pairs
    }
}

/// Sums of numerators and denominators by definition, scope and a day.
type Sums = BTreeMap<(Box<str>, Scope, Day), (i128, i128)>;

/// What was known: the items by owner, and the rows that were read.
#[derive(Default)]
pub(super) struct Knew {
    items: BTreeMap<String, Vec<Counted>>,
    rows: BTreeSet<(&'static str, Box<str>)>,
    /// Receipts by id: status and dong.
    receipts: BTreeMap<Box<str>, (Box<str>, i64)>,
}

impl Knew {
    /// What the nights from `from` on up to that of `run` knew, each in the version that `run`
    /// knew; with `run` itself or before it. None where one of them kept nothing.
    async fn read(
        desk: &Desk,
        run: &RunRecord,
        from: Day,
        with_run: bool,
    ) -> Result<Option<Self>, JobError> {
        let before = Before::new(desk, Some(Known::of(desk, run).await?));
        let mut runs = before.between(from, run.business_date).await?;
        runs.extend(with_run.then(|| run.clone()));
        let mut knew = Self::default();
        for run in &runs {
            let documents = kept::of(desk, run).await?;
            let pool = kept::read::<Inputs>(desk, &documents, kept::POOL)?;
            let settled = kept::read::<Settled>(desk, &documents, kept::SETTLEMENT)?;
            let (pool, settled) = match (pool, settled) {
                (Ok(pool), Ok(settled)) => (pool, settled),
                (Err(Gone::Lost(what)), _) | (_, Err(Gone::Lost(what))) => {
                    return Err(kept::erased(desk, run, &documents, &what).await?);
                }
                (Err(Gone::NotKept), _) | (_, Err(Gone::NotKept)) => return Ok(None),
            };
            knew.without(&pool);
            knew.reads(&pool);
            for item in settled.contributions {
                let owner = store::owner_of(&item.item).unwrap_or_default();
                knew.items.entry(owner).or_default().push(item);
            }
        }
        Ok(Some(knew))
    }

    /// What a night reads it decides anew.
    fn without(&mut self, pool: &Inputs) {
        for owner in store::owners(pool) {
            self.items.remove(&owner);
        }
    }

    fn reads(&mut self, pool: &Inputs) {
        let txns = pool.txns.iter();
        let txns = txns.map(|txn| ("txn", format!("{}/{}", txn.source, txn.id)));
        let rejects = pool.rejects.iter().map(|row| {
            let key = format!("{} {}/{}", row.side.id(), row.source, row.id);
            ("reject", key)
        });
        let decisions = pool.decisions.iter().map(|ruled| {
            let key = &ruled.row;
            let name = format!("{} {}/{}", key.side.id(), key.source, key.id);
            ("decision", name)
        });
        let rows = txns.chain(rejects).chain(decisions);
        self.rows
            .extend(rows.map(|(kind, key)| (kind, key.into_boxed_str())));
        for receipt in &pool.receipts {
            let told = (receipt.status.id().into(), receipt.amount.get());
            self.receipts.insert((&*receipt.receipt_id).into(), told);
        }
    }

    fn counted(&self) -> impl Iterator<Item = &Counted> {
        self.items.values().flatten()
    }

    /// Firm sums by the day that `of` makes of an item's own; days of which it makes none are left.
    fn firm(&self, of: impl Fn(Day) -> Option<Day>) -> Sums {
        let mut sums = Sums::new();
        for item in self.counted().filter(|item| item.is_firm()) {
            let Some(day) = of(item.day) else { continue };
            let key = (item.definition.clone(), item.scope.clone(), day);
            let sum = sums.entry(key).or_default();
            sum.0 += i128::from(item.point().0);
            sum.1 += i128::from(item.point().1);
        }
        sums.retain(|_, sum| *sum != (0, 0));
        sums
    }
}

/// The firm sums that a run knew, `prior`, day by day where the period cuts them. They are made of
/// what the nights before it kept, and are told only where they come to exactly what `prior` says
/// of each span. None where they do not, or where `prior` begins later than the period.
pub(super) async fn sums_by_day(
    desk: &Desk,
    run: &RunRecord,
    over: &Period,
    (pool, prior): (&Inputs, &Prior),
) -> Result<Option<Prior>, JobError> {
    if over.from < run.business_date.year_start() {
        return Ok(None);
    }
    let (whole, cut): (Vec<PriorSum>, Vec<PriorSum>) =
        prior.iter().cloned().partition(|sum| sum.fits(over));
    let spans: BTreeMap<Day, Day> = cut
        .iter()
        .map(|sum| (sum.day, sum.to.unwrap_or(sum.day)))
        .collect();
    let Some(first) = spans.keys().next().copied() else {
        return Ok(Some(whole));
    };
    let Some(mut knew) = Knew::read(desk, run, first, false).await? else {
        return Ok(None);
    };
    knew.without(pool);
    let span_of = |day: Day| {
        let (start, end) = spans.range(..=day).next_back()?;
        (day <= *end).then_some(*start)
    };
    let wanted: Sums = cut
        .iter()
        .map(|sum| {
            let key = (sum.definition.clone(), sum.scope.clone(), sum.day);
            (key, (sum.numerator, sum.denominator))
        })
        .collect();
    if knew.firm(span_of) != wanted {
        return Ok(None);
    }
    let days = knew.firm(|day| span_of(day).map(|_| day)).into_iter();
    let days = days.map(
        |((definition, scope, day), (numerator, denominator))| PriorSum {
            definition,
            scope,
            day,
            to: None,
            numerator,
            denominator,
        },
    );
    let mut all = whole;
    all.extend(days);
    all.sort();
    Ok(Some(all))
}

/// What came to be known after a run.
pub(super) struct Since {
    /// Rows of the period's days, and decisions.
    pub(super) arrived: Vec<Arrived>,
    /// The items that it moved.
    pub(super) moved: Vec<Moved>,
    /// Rows of whichever day by which payments of the period were given back.
    pub(super) given_back: Vec<GivenBack>,
}

/// What came to be known after a run, and the items that it moved; from the store where it still
/// tells of the run's night as the run did, else out of what the nights up to it kept. None where
/// they did not.
pub(super) async fn since(
    desk: &Desk,
    run: &RunRecord,
    period: &Period,
) -> Result<Option<Since>, JobError> {
    let night = run.business_date;
    let arrived = desk.store.arrived(period, night).await?;
    let runs = desk.store.run_places().await?;
    let order = Order::read(desk).await?;
    let later = |other: &RunPlace| other.business_date <= night && order.is_after(other, run);
    if !runs.iter().any(later) {
        return Ok(Some(Since {
            arrived,
            moved: desk.store.moved(period, night).await?,
            given_back: desk.store.given_back(period, night).await?,
        }));
    }
    let from = period.from.min(night).minus(SLACK);
    let Some(knew) = Knew::read(desk, run, from, true).await? else {
        return Ok(None);
    };
    let all = desk.store.arrived(period, from.minus(1)).await?;
    let arrived = knew.arrived(all, arrived, night);
    let mut given_back = desk.store.given_back(period, from.minus(1)).await?;
    given_back.retain(|row| {
        let known = (row.by.kind, row.by.key.clone());
        row.by.told > night || !knew.rows.contains(&known)
    });
    let standing = desk.store.moved(period, Day::of_ms(0)).await?;
    Ok(Some(Since {
        arrived,
        moved: knew.moved(standing, period),
        given_back,
    }))
}

impl Knew {
    /// Of all rows of the period those that came after the run's night, and those of nights up to
    /// it that it had not read.
    fn arrived(&self, all: Vec<Arrived>, later: Vec<Arrived>, night: Day) -> Vec<Arrived> {
        let mut arrived = later;
        for mut row in all.into_iter().filter(|row| row.told <= night) {
            if row.kind == "receipt" {
                let known = self.receipts.get(&row.key);
                let same = |(status, amount): &(Box<str>, i64)| {
                    *status == row.says && Some(*amount) == row.amount_vnd
                };
                if known.is_some_and(same) {
                    continue;
                }
                row.became = if known.is_some() { "changed" } else { "added" };
            } else if self.rows.contains(&(row.kind, row.key.clone())) {
                continue;
            }
            arrived.push(row);
        }
        arrived.sort();
        arrived.dedup();
        arrived
    }

    /// The items in the total that count otherwise than they stand.
    fn moved(&self, standing: Vec<Moved>, period: &Period) -> Vec<Moved> {
        let mut items: BTreeMap<(Box<str>, Box<str>), Moved> = BTreeMap::new();
        for mut item in standing {
            (item.then, item.outcomes_then) = ((0, 0), Vec::new());
            items.insert((item.definition.clone(), item.item.clone()), item);
        }
        let total = |item: &&Counted| item.scope == Scope::Total && period.holds(item.day);
        for counted in self.counted().filter(total) {
            let key = (counted.definition.clone(), counted.item.clone());
            let item = items
                .entry(key)
                .or_insert_with_key(|(definition, item)| Moved {
                    definition: definition.clone(),
                    item: item.clone(),
                    then: (0, 0),
                    now: (0, 0),
                    outcomes_then: Vec::new(),
                    outcomes_now: Vec::new(),
                    bank_ref: None,
                });
            (item.then, item.outcomes_then) = (counted.point(), counted.pairs());
        }
        let differs =
            |item: &Moved| item.then != item.now || item.outcomes_then != item.outcomes_now;
        items.into_values().filter(differs).collect()
    }
}
