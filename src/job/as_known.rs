//! A period as it was known on a day, beside what is known now, with what arrived between.

use anyhow::Context;
use serde_json::{Value, json};

use super::desk::Desk;
use super::error::JobError;
use super::nightly::Decided;
use super::{recover, stage};
use crate::classify::{Bucket, Classified};
use crate::config::Format;
use crate::domain::{Arrived, Day, Moved, Side};
use crate::kpi::{Period, Share};
use crate::report::csv::{self, KnownShare, Style};
use crate::report::facts::{AsKnown, Figure};
use crate::report::model::is_work;
use crate::report::publish::OutFile;
use crate::store::RunRecord;

/// Which knowledge a report shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// What stands: a night as published, a closed period as closed, else the last night in it.
    #[default]
    Standing,
    /// What the last night up to this day knew, beside what is known now.
    On(Day),
    /// What the last night of all knows, beside what stands.
    Now,
}

/// The files of a period as `shown` knew it, and those that compare `then` with `now`.
pub(super) struct Compared {
    pub(super) files: Vec<OutFile>,
    pub(super) shown: RunRecord,
}

/// Measures the period by two runs; `show_now` says whose report it is.
pub(super) async fn compare(
    desk: &Desk,
    by: &Desk,
    period: &Period,
    (then, now): (&RunRecord, &RunRecord),
    show_now: bool,
) -> Result<Compared, JobError> {
    let mut decided_then = Box::pin(measured(desk, by, then, period)).await?;
    let mut decided_now = Box::pin(measured(desk, by, now, period)).await?;
    let night = then.business_date;
    let arrived = desk.store.arrived(period, night).await?;
    let moved = desk.store.moved(period, night).await?;
    let known = as_known(&decided_then, &decided_now, period, (&arrived, &moved));
    let (shown, run) = if show_now {
        (&mut decided_now, now)
    } else {
        (&mut decided_then, then)
    };
    shown.facts.known = Some(Box::new(known));
    let (shown, pairs) = (&*shown, pairs_of(shown.facts.known.as_deref()));
    let mut files = stage::files(by, shown)?;
    let document = document(period, (then, now), &pairs, (&arrived, &moved));
    files.push(OutFile::new("known.json", format!("{document:#}\n")));
    if by.config.formats.contains(&Format::Csv) {
        let style = Style::spreadsheet(shown.facts.lang);
        let (mut shares, mut rows, mut items) = (Vec::new(), Vec::new(), Vec::new());
        csv::write_known(&mut shares, pairs, style).context("known.csv")?;
        csv::write_arrived(&mut rows, &arrived, style).context("arrived.csv")?;
        csv::write_moved(&mut items, &moved, style).context("moved.csv")?;
        files.push(OutFile::new("known.csv", shares));
        files.push(OutFile::new("arrived.csv", rows));
        files.push(OutFile::new("moved.csv", items));
    }
    stage::spell(by, &mut files);
    Ok(Compared {
        files,
        shown: run.clone(),
    })
}

/// A run measured over the period, from what it kept.
async fn measured(
    desk: &Desk,
    by: &Desk,
    run: &RunRecord,
    period: &Period,
) -> Result<Decided, JobError> {
    let decided = recover::as_known(desk, by, run, period).await?;
    decided.ok_or_else(|| JobError::Usage {
        message: format!("what {} read cannot be read again", run.id),
        fix: "its documents were pruned, or the rules are others today: see `doisoat replay`"
            .into(),
    })
}

/// What the report tells of both.
fn as_known(
    then: &Decided,
    now: &Decided,
    period: &Period,
    (arrived, moved): (&[Arrived], &[Moved]),
) -> AsKnown {
    let both = |of: &dyn Fn(&Classified) -> bool| {
        let figure = |decided: &Decided| -> Figure {
            let rows = decided.settlement.rows.iter();
            let mine = rows.filter(|row| period.holds(row.business_date) && of(row));
            mine.map(|row| row.amount).collect()
        };
        (figure(then), figure(now))
    };
    AsKnown {
        then: then.run.business_date,
        now: now.run.business_date,
        shares: shares(then, now, period),
        open: both(&|row| row.bucket == Bucket::Open && row.key.side != Side::Fee),
        work: both(&|row| row.exception_id.is_some() && is_work(row, row.severity)),
        arrived: arrived.to_vec(),
        moved: moved.to_vec(),
    }
}

/// Shares of exactly this period, by definition and agency.
fn shares(then: &Decided, now: &Decided, period: &Period) -> Vec<(Share, Option<Share>)> {
    let of = |decided: &Decided| -> Vec<Share> {
        let shares = decided.settlement.shares.iter();
        let of_period = shares.filter(|s| s.period == *period && s.cell.is_none());
        of_period.cloned().collect()
    };
    let after = of(now);
    let pair = |then: Share| {
        let is_it = |now: &&Share| now.definition == then.definition && now.agency == then.agency;
        let now = after.iter().find(is_it).cloned();
        (then, now)
    };
    of(then).into_iter().map(pair).collect()
}

fn pairs_of(known: Option<&AsKnown>) -> Vec<KnownShare<'_>> {
    let shares = known.into_iter().flat_map(|known| &known.shares);
    shares
        .map(|(then, now)| KnownShare {
            then,
            now: now.as_ref(),
        })
        .collect()
}

/// `known.json`: both runs, the shares, what arrived and what it moved.
fn document(
    period: &Period,
    (then, now): (&RunRecord, &RunRecord),
    pairs: &[KnownShare<'_>],
    (arrived, moved): (&[Arrived], &[Moved]),
) -> Value {
    let names = ["numerator", "denominator", "share", "low", "high"];
    let figures = |share: Option<&Share>| {
        let figures = csv::figures(share);
        let named = names.into_iter().zip(figures);
        named
            .map(|(name, figure)| (name.to_owned(), Value::from(figure)))
            .collect::<serde_json::Map<_, _>>()
    };
    let share = |pair: &KnownShare<'_>| {
        json!({
            "definition": pair.then.definition,
            "scope": pair.then.agency.as_ref().map_or("", |code| code.as_str()),
            "then": figures(Some(pair.then)),
            "now": figures(pair.now),
        })
    };
    let run = |run: &RunRecord| json!({ "run_id": run.id.as_str(), "night": run.business_date.to_string() });
    json!({
        "schema_version": 1,
        "period": {
            "label": period.label,
            "from": period.from.to_string(),
            "to": period.to.to_string(),
        },
        "then": run(then),
        "now": run(now),
        "share": pairs.iter().map(share).collect::<Vec<_>>(),
        "arrived": arrived,
        "moved": moved,
    })
}
