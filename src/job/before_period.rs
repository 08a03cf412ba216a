//! The period before that of a report, of the same kind: as it was closed, else as it stands, or as
//! it was known with what is told. Measured as its own report measures it.

use serde_json::Value;

use super::desk::Desk;
use super::error::JobError;
use super::nightly::{self, Decided};
use super::of_nights::{self, Telling};
use super::{forms, order, period, recover, told};
use crate::domain::{Day, Fraction, Period};
use crate::report::facts::{AtEnd, BeforeFigures, Figure, PeriodBefore};
use crate::report::json;
use crate::report::model::spans;
use crate::store::RunRecord;

/// Whose knowledge the period before is told with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Knower<'r> {
    /// What stands: as it was closed, else as its last night told it.
    Standing,
    /// What this run knew.
    Then(&'r RunRecord),
    /// What this run, the last of all, knows, with the nights as they stand.
    Now(&'r RunRecord),
}

/// Puts it beside the figures of the period, in the report and in its `run.json`.
pub(super) async fn tell(
    desk: &Desk,
    by: &Desk,
    decided: &mut Decided,
    knower: Knower<'_>,
) -> Result<(), JobError> {
    let Some(over) = decided.facts.period().cloned() else {
        return Ok(());
    };
    let before = Box::pin(of(desk, by, &over.before(), knower)).await?;
    decided.facts.page.period_before = Some(Box::new(before));
    decided.tell();
    Ok(())
}

async fn of(
    desk: &Desk,
    by: &Desk,
    before: &Period,
    knower: Knower<'_>,
) -> Result<PeriodBefore, JobError> {
    let known_at = match knower {
        Knower::Then(run) => Some(order::Known::of(desk, run).await?),
        Knower::Standing | Knower::Now(_) => None,
    };
    let runs = of_nights::runs(desk, before, before.to, known_at).await?;
    let days = runs.iter().map(|run| run.business_date).collect();
    let mut sources = Vec::new();
    for run in &runs {
        sources.push(of_nights::states_of(run)?);
    }
    let required = spans(&sources).into_iter();
    let required = required.filter(|span| span.all.facts.required);
    let short = required.map(|span| (span.all.facts.name.as_str().into(), span.short()));
    let short = short.filter(|(_, days): &(_, Vec<Day>)| !days.is_empty());
    Ok(PeriodBefore {
        period: before.clone(),
        lacking: forms::lacking(&days, before, before.to),
        short: short.collect(),
        told: match runs.last() {
            None => None,
            Some(last) => {
                let share = Box::pin(share(desk, by, before, (knower, last))).await?;
                figures(desk, &runs, last, share)
            }
        },
    })
}

/// The figures of its nights; none where a document cannot be read.
fn figures(
    desk: &Desk,
    runs: &[RunRecord],
    last: &RunRecord,
    share: Option<Fraction>,
) -> Option<BeforeFigures> {
    let lang = desk.config.lang;
    let night = |run: &RunRecord| json::told_night(run.business_date, &run.run_json, lang).ok();
    let mut figures = BeforeFigures {
        last: last.business_date,
        transactions: Figure::default(),
        share,
        end: night(last)?.figures.map(|end| AtEnd {
            open: end.open_money(),
            exceptions: end.work.closing,
            overdue: end.work.overdue,
        }),
    };
    for run in runs {
        figures.transactions.plus(night(run)?.totals.transactions);
    }
    Some(figures)
}

/// The share of the leading definition over it; none without data, and where what it is made of
/// cannot be read any more.
async fn share(
    desk: &Desk,
    by: &Desk,
    before: &Period,
    (knower, last): (Knower<'_>, &RunRecord),
) -> Result<Option<Fraction>, JobError> {
    let over = (before, Telling::SUMS);
    let measured = match knower {
        Knower::Standing => {
            if let Some(closing) = period::closing_of(desk, before).await? {
                let kept = period::files(desk, &closing).unwrap_or_default();
                let kept = kept.iter().find(|file| &*file.name == "run.json");
                let led = kept.and_then(|file| told_share(by, &file.bytes, before));
                return Ok(led);
            }
            standing(desk, by, before, last).await
        }
        Knower::Then(run) => recover::as_known(desk, by, run, over).await,
        Knower::Now(run) => recover::with_sums_of_today(desk, by, run, before).await,
    };
    match measured {
        Ok(decided) => Ok(decided.and_then(|decided| led(by, &decided, before))),
        Err(JobError::Usage { .. } | JobError::Erased { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// As of its last night; where rows of its days came later, as the last night of all knows it.
async fn standing(
    desk: &Desk,
    by: &Desk,
    before: &Period,
    last: &RunRecord,
) -> Result<Option<Decided>, JobError> {
    let latest = desk.store.last_run().await?;
    for run in [Some(last), latest.as_ref()].into_iter().flatten() {
        if let Some(read) = recover::read_again(desk, run).await? {
            let by = told::rules_of(by, run).await?;
            let over = (before, Telling::SUMS);
            let decided = nightly::decide_over(&by, read, run, over, None);
            return Box::pin(decided).await.map(Some);
        }
    }
    Ok(None)
}

/// The definition that leads.
pub(super) fn leading(by: &Desk) -> &str {
    let first = by.config.targets.first();
    first.map_or("TX_CASHLESS", |target| &target.definition)
}

fn led(by: &Desk, decided: &Decided, before: &Period) -> Option<Fraction> {
    let shares = decided.settlement.shares.iter();
    let mut whole = shares.filter(|share| share.agency.is_none() && share.cell.is_none());
    let share = whole.find(|share| {
        share.definition == leading(by) && share.period == *before && share.enough_data
    })?;
    share.point()
}

/// The share that the document of the closed period tells.
fn told_share(by: &Desk, run_json: &[u8], before: &Period) -> Option<Fraction> {
    let document: Value = serde_json::from_slice(run_json).ok()?;
    let share = document["share"].as_array()?.iter().find(|share| {
        share["definition"] == leading(by)
            && share["scope"] == ""
            && share["period"].as_str() == Some(&*before.label)
    })?;
    let part = |name: &str| share[name].as_i64().map(i128::from);
    let fraction = Fraction::new(part("numerator")?, part("denominator")?)?;
    share["share"].is_string().then_some(fraction)
}
