//! The end of a period that a later night tells: how complete its sources are by now, and the trend
//! up to its last night.

use crate::domain::{Day, Period};
use crate::job::before::Before;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::page;
use crate::job::trend::{self, TREND_DAYS};
use crate::report::RunFacts;
use crate::report::model::sources_of;

use super::Telling;

/// Puts them in the place of those of the night that tells the period.
pub(in crate::job) async fn end(
    desk: &Desk,
    facts: &mut RunFacts,
    telling: Telling,
) -> Result<(), JobError> {
    let Some(period) = facts.over.clone().filter(|_| facts.is_told_later()) else {
        return Ok(());
    };
    let last = facts.end_night();
    let since = Period::range(last, facts.business_date);
    let runs = super::runs(desk, &since, facts.business_date, telling.known_at).await?;
    let mut nights = Vec::new();
    for run in &runs {
        nights.push(super::states_of(run)?);
    }
    facts.sources = sources_of(&period, &nights);
    trend_to(Before::new(desk, telling.known_at), facts, last).await
}

async fn trend_to(before: Before<'_>, facts: &mut RunFacts, last: Day) -> Result<(), JobError> {
    let first = last.minus(TREND_DAYS).plus(1);
    let nights = before.between(first, last.plus(1)).await?;
    facts.trend = trend::of(&nights, &facts.targets);
    facts.page.days = trend::points(&nights, &facts.targets, "%Y-%m-%d");
    let mut months = page::runs_of_months(before, last).await?;
    months.extend(nights.into_iter().next_back());
    facts.page.months = trend::points(&months, &facts.targets, "%Y-%m");
    Ok(())
}
