//! The nights of a period added up, each as it stands published.

use anyhow::Context;

use super::desk::Desk;
use super::error::JobError;
use crate::domain::{Day, Period};
use crate::report::facts::Figure;
use crate::report::json;
use crate::report::model::OfNights;

/// The nights of the period up to `night`.
pub(super) async fn sum(desk: &Desk, over: &Period, night: Day) -> Result<OfNights, JobError> {
    let to = over.to.min(night);
    let runs = desk.store.published_between(over.from, to.plus(1)).await?;
    let mut nights = Vec::new();
    for run in &runs {
        let told = json::told_night(run.business_date, &run.run_json, desk.config.lang);
        nights.push(told.with_context(|| format!("run.json of {} cannot be read", run.id))?);
    }
    let stored = desk
        .store
        .period_counts((over.from, over.to), night)
        .await?;
    let stored = stored.into_iter().map(|(source, kind, count, sum)| {
        (source.as_str().into(), kind.id(), Figure::new(count, sum))
    });
    Ok(OfNights::sum(nights, &stored.collect::<Vec<_>>()))
}
