//! Reports from the store: a night as it was published, a month or a range as of its last night.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use super::desk::Desk;
use super::error::JobError;
use super::nightly::Decided;
use super::{recover, stage};
use crate::config::Format;
use crate::domain::Day;
use crate::kpi::Period;
use crate::report::csv::{self, Style};
use crate::report::publish::{self, OutFile};
use crate::store::RunRecord;

/// What to report on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// One night, as published.
    Night(Day),
    /// A month or a range, as of the last published night in it; where rows of its days came after
    /// that night, as of the last one of all.
    Days(Period),
}

/// Writes the report's folder into `root` and tells where. Nothing in the database changes.
pub async fn write(desk: &Desk, span: &Span, root: &Path) -> Result<PathBuf, JobError> {
    let run = match span {
        Span::Night(day) => standing(desk, *day).await?,
        Span::Days(period) => last_in(desk, period).await?,
    };
    let since = || JobError::Usage {
        message: format!("rows have arrived since {} was published", run.id),
        fix: format!(
            "publish what is known now: `doisoat run --date {}`",
            run.business_date
        ),
    };
    let (name, files) = match span {
        Span::Night(day) => {
            let files = recover::as_published(desk, &run).await?;
            (day.to_string(), files.ok_or_else(since)?)
        }
        Span::Days(period) => {
            let mut decided = recover::again_over(desk, &run, period).await?;
            if decided.is_none() {
                // rows of its days came later: the last night of all knows them
                let latest = desk.store.last_run().await?.unwrap_or_else(|| run.clone());
                decided = recover::again_over(desk, &latest, period).await?;
            }
            let decided = decided.ok_or_else(since)?;
            let mut files = stage::files(desk, &decided)?;
            replace_shares(desk, &decided, period, &mut files)?;
            (period.label.replace('/', "_"), files)
        }
    };
    let shown = publish::rebuild(root, &name, &run.id, &files);
    Ok(shown.map_err(|error| anyhow!(error))?)
}

/// `share.csv` of the period asked for instead of the year to date.
fn replace_shares(
    desk: &Desk,
    decided: &Decided,
    period: &Period,
    files: &mut [OutFile],
) -> Result<(), JobError> {
    if !desk.config.formats.contains(&Format::Csv) {
        return Ok(());
    }
    let shares = decided
        .settlement
        .shares
        .iter()
        .filter(|share| share.period == *period);
    let mut bytes = Vec::new();
    let style = Style::spreadsheet(decided.facts.lang);
    csv::write_shares(&mut bytes, shares, style).context("share.csv")?;
    if let Some(file) = files.iter_mut().find(|file| &*file.name == "share.csv") {
        file.bytes = bytes;
    }
    Ok(())
}

/// The run that stands for a day, or an error that says what to do.
async fn standing(desk: &Desk, day: Day) -> Result<RunRecord, JobError> {
    desk.store
        .published(day)
        .await?
        .ok_or_else(|| JobError::Usage {
            message: format!("{day} was never published"),
            fix: format!("run `doisoat run --date {day}`, or see `doisoat status`"),
        })
}

async fn last_in(desk: &Desk, period: &Period) -> Result<RunRecord, JobError> {
    let mut runs = desk.store.runs().await?;
    runs.retain(|run| &*run.state == "published" && period.holds(run.business_date));
    let last = runs.into_iter().max_by_key(|run| run.business_date);
    last.ok_or_else(|| JobError::Usage {
        message: format!("no night of {} was published", period.label),
        fix: "see `doisoat status`, or publish it: `doisoat backfill --from ... --to ...`".into(),
    })
}
