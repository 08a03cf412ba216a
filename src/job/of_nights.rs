//! The nights of a period added up, each as it stands published, or as it stood at an instant.

mod later;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;

use super::desk::Desk;
use super::error::JobError;
use super::order::{self, Known, Order};
use super::{facts, forms, page, stored, unrun};
use crate::domain::{Day, Period, RunId, SourceFacts};
use crate::report::json;
use crate::report::model::{MoneyRow, NightSources, OfNights, spans};
use crate::report::{Figure, RunFacts, SourceNight};
use crate::store::{RunPlace, RunRecord};
pub(super) use later::end;
use rows::Rows;

/// How much is told of the nights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Telling {
    /// Whose knowledge it is: a version of a night that was published later was not known. None:
    /// what stands today.
    known_at: Option<Known>,
    /// True where rows are told too, not sums alone.
    rows: bool,
}

impl Default for Telling {
    fn default() -> Self {
        Self {
            known_at: None,
            rows: true,
        }
    }
}

impl Telling {
    /// Of what stands, the sums alone.
    pub(super) const SUMS: Self = Self {
        known_at: None,
        rows: false,
    };

    /// All that was known then.
    pub(super) fn at(known: Known) -> Self {
        Self {
            known_at: Some(known),
            ..Self::default()
        }
    }
}

/// Tells of the nights of the period up to that of `facts`, instead of that night alone.
pub(super) async fn tell(
    desk: &Desk,
    facts: &mut RunFacts,
    over: &Period,
    telling: Telling,
) -> Result<(), JobError> {
    let night = facts.business_date;
    let runs = runs(desk, over, night, telling.known_at).await?;
    let days: BTreeSet<Day> = runs.iter().map(|run| run.business_date).collect();
    facts.lacking = forms::lacking(&days, over, night);
    // those that lacked when the sources were asked stay until that night runs again
    facts.unrun.retain(|day| over.holds(*day));
    let nights = order::nights(desk, telling.known_at).await?;
    facts
        .unrun
        .extend(unrun::in_period(desk, &facts.lacking, &nights).await?);
    let rows = if telling.rows {
        Some(Box::pin(rows::of(desk, over, &runs)).await?)
    } else {
        None
    };
    let mut rows = rows.unwrap_or_default();
    if telling.known_at.is_some() && over.to < night {
        let after = Period::range(over.to.plus(1), night);
        let later = self::runs(desk, &after, night, telling.known_at).await?;
        rows::later(desk, &mut rows, &later).await?;
    }
    let known = telling.known_at.map(|_| &rows);
    let mut nights = sum(desk, (over, night), &runs, (known, &rows)).await?;
    let mut sources = Vec::new();
    for run in &runs {
        sources.push(sources_of(desk, run).await?);
    }
    nights.sources = spans(&sources);
    nights.versions = runs.iter().map(|run| run.version).collect();
    (nights.links, nights.without_rows) = (rows.links, rows.without);
    facts.fees = rows.fees;
    facts.nights = Some(Box::new(nights));
    Ok(())
}

/// One run a night: the one that stands, or the last one that was known then.
pub(super) async fn runs(
    desk: &Desk,
    over: &Period,
    night: Day,
    known_at: Option<Known>,
) -> Result<Vec<RunRecord>, JobError> {
    let to = over.to.min(night);
    let Some(known_at) = known_at else {
        return Ok(desk.store.published_between(over.from, to.plus(1)).await?);
    };
    let order = Order::read(desk).await?;
    let mut known: BTreeMap<Day, RunId> = BTreeMap::new();
    let all = desk.store.run_places().await?.into_iter();
    let within = |run: &RunPlace| over.from <= run.business_date && run.business_date <= to;
    // by night and version, so that the last version stays
    for run in all.filter(|run| within(run) && order.is_known(run, known_at)) {
        known.insert(run.business_date, run.id);
    }
    let mut runs = Vec::new();
    for id in known.values() {
        runs.extend(desk.store.run(id).await?);
    }
    Ok(runs)
}

/// The sums of these nights, and the rows of the period's days beside them.
async fn sum(
    desk: &Desk,
    (over, night): (&Period, Day),
    runs: &[RunRecord],
    (known, rows): (Option<&Rows>, &Rows),
) -> Result<OfNights, JobError> {
    let mut nights = Vec::new();
    for run in runs {
        let told = json::told_night(run.business_date, &run.run_json, desk.config.lang);
        nights.push(told.with_context(|| format!("run.json of {} cannot be read", run.id))?);
    }
    let mut stored = Vec::new();
    for (row, since) in desk.store.period_rows((over.from, over.to), night).await? {
        let row = MoneyRow {
            source: row.key.source.as_str().into(),
            id: (*row.key.id).into(),
            kind: row.kind.id(),
            day: row.day,
            amount: row.amount.wide(),
        };
        stored.push((row, since));
    }
    // what came with a version that was not known then came later, though it counts under its night
    let stored = match known {
        Some(rows) => rows.as_known(over, stored),
        None => stored.into_iter().map(|(row, _)| row).collect(),
    };
    let mut sums: BTreeMap<(Box<str>, &'static str), Figure> = BTreeMap::new();
    for row in &stored {
        let sum = sums.entry((row.source.clone(), row.kind)).or_default();
        sum.plus(Figure::new(1, row.amount));
    }
    let sums = sums.into_iter();
    let sums: Vec<_> = sums
        .map(|((source, kind), figure)| (source, kind, figure))
        .collect();
    let mut all = OfNights::sum(nights.clone(), &sums);
    all.gross(&nights, &stored, &rows.told);
    Ok(all)
}

/// The sources of a night as they were published, and the files that it read.
async fn sources_of(desk: &Desk, run: &RunRecord) -> Result<NightSources, JobError> {
    let told = stored::sources(&run.sources_json)?;
    let mut sources: Vec<SourceNight> = told.into_iter().map(source_night).collect();
    facts::tell_counts(&mut sources, &run.run_json);
    Ok(NightSources {
        day: run.business_date,
        sources,
        files: page::files(desk, run).await?,
    })
}

/// The states of the sources of a night as they were published, without the files.
pub(super) fn states_of(run: &RunRecord) -> Result<NightSources, JobError> {
    let told = stored::sources(&run.sources_json)?.into_iter();
    let mut sources: Vec<SourceNight> = told.map(source_night).collect();
    facts::tell_counts(&mut sources, &run.run_json);
    Ok(NightSources {
        day: run.business_date,
        sources,
        files: Vec::new(),
    })
}

/// A source without its counts.
fn source_night(facts: SourceFacts) -> SourceNight {
    SourceNight {
        facts,
        rows: Figure::default(),
        rejects: 0,
        by_kind: Vec::new(),
        arrived: Figure::default(),
    }
}
