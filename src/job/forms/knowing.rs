//! Whose knowledge a paper tells: that of the run that stands, or what was known on a day. A paper
//! of an earlier day says so, and names what came since.

use std::collections::BTreeSet;

use anyhow::{Context, anyhow};

use super::payments::{mixed, published_since};
use crate::domain::{Arrived, Day, Period, SourceName};
use crate::job::as_known::Known;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::of_nights::Telling;
use crate::job::report_again::{known_on, none_in, refused};
use crate::job::{knew, late, order, period};
use crate::report::csv::{self, Style};
use crate::report::facts::Figure;
use crate::report::publish::OutFile;
use crate::store::{Closing, RunRecord};
use crate::text;

/// The knowledge of a paper.
pub(super) struct Knowing {
    /// The run that knows the period.
    pub(super) run: RunRecord,
    /// The nights that were published by then.
    pub(super) nights: BTreeSet<Day>,
    /// Set where what people closed is what is told.
    pub(super) closing: Option<Closing>,
    /// The night up to which the paper before told the days before the period.
    pub(super) begins: Day,
    /// Set where it is the knowledge of an earlier day.
    pub(super) on: Option<Earlier>,
}

/// The knowledge of an earlier day.
pub(super) struct Earlier {
    /// That day.
    day: Day,
    /// The last night of all.
    now: Day,
    /// Who closed the period, and when, where it is closed.
    closed: Option<(Box<str>, String)>,
    /// What came since; none where the nights of then kept too little to tell.
    arrived: Option<Vec<Arrived>>,
}

impl Knowing {
    /// How much of the nights is told.
    pub(super) async fn telling(&self, desk: &Desk) -> Result<Telling, JobError> {
        Ok(match self.on {
            Some(_) => Telling::at(order::Known::of(desk, &self.run).await?),
            None => Telling::default(),
        })
    }

    /// The lines below the title that say as of when it is: of one source, or of all.
    pub(super) fn lines(&self, desk: &Desk, source: Option<&SourceName>) -> Vec<String> {
        let Some(on) = &self.on else {
            return Vec::new();
        };
        let lang = desk.config.lang;
        let [day, night, now] =
            [on.day, self.run.business_date, on.now].map(|day| text::day(lang, day));
        let mut lines = vec![text::say(
            lang,
            "form-as-of",
            &[("day", &day), ("night", &night)],
        )];
        if let Some((by, at)) = &on.closed {
            let args = [("by", &**by), ("at", &**at)];
            lines.push(text::say(lang, "form-as-of-closed", &args));
        }
        let Some(arrived) = &on.arrived else {
            lines.push(text::say(lang, "form-as-of-untold", &[("now", &now)]));
            return lines;
        };
        let start = source.map(|name| format!("{name}/"));
        let mine = arrived.iter().filter(|row| match &start {
            Some(start) => row.kind == "txn" && row.key.starts_with(start.as_str()),
            None => matches!(row.kind, "txn" | "receipt"),
        });
        let mut since = Figure::default();
        mine.for_each(|row| since.plus(Figure::new(1, row.amount_vnd.unwrap_or(0).into())));
        let (n, sum) = (
            text::number(lang, since.count),
            text::number(lang, since.sum_vnd),
        );
        let args = [("now", &*now), ("n", &*n), ("sum", &*sum)];
        let key = if since.is_empty() {
            "form-as-of-nothing"
        } else {
            "form-as-of-since"
        };
        lines.push(text::say(lang, key, &args));
        lines
    }

    /// `arrived.csv`: what came since, row by row.
    pub(super) fn arrived(&self, desk: &Desk) -> Result<Option<OutFile>, JobError> {
        let arrived = self.on.as_ref().and_then(|on| on.arrived.as_ref());
        let Some(arrived) = arrived else {
            return Ok(None);
        };
        let lang = desk.config.lang;
        let mut bytes = Vec::new();
        csv::write_arrived(&mut bytes, arrived, lang, Style::spreadsheet(lang))
            .context("arrived.csv")?;
        Ok(Some(OutFile::new("arrived.csv", bytes)))
    }
}

/// The run that knows the period: of a closed one that of its closing, else the last of all; or the
/// one that stood on the day that was asked for.
pub(super) async fn knowing(desk: &Desk, over: &Period, known: Known) -> Result<Knowing, JobError> {
    let closing = period::closing_of(desk, over).await?;
    if let Known::On(day) = known {
        let closed = closing.map(|closing| {
            let at = late::at(desk.config.lang, &closing);
            (closing.by, at)
        });
        return earlier(desk, over, day, closed).await;
    }
    let run = match &closing {
        Some(closing) => desk.store.run(&closing.run_id).await?,
        None => desk.store.last_run().await?,
    };
    let run = run.ok_or_else(|| anyhow!("the run of the figures is not there"))?;
    if run.business_date < over.from {
        return Err(none_in(desk, over));
    }
    Ok(Knowing {
        run,
        nights: desk.store.published_nights().await?,
        closing,
        begins: begins(desk, over, None).await?,
        on: None,
    })
}

/// The night up to which the paper before told the days before the period: that of the closing of
/// the period that ends on the eve, of the same kind first, else the eve. Where nights up to it
/// were published again since, the book does not tell any more what that paper told, and it is
/// refused. As known with the run `then`, what was closed later is as open.
async fn begins(desk: &Desk, over: &Period, then: Option<&RunRecord>) -> Result<Day, JobError> {
    let eve = over.from.minus(1);
    let states = period::states(desk).await?.into_values();
    let ends = |closing: &Closing| closing.closes && closing.period.to == eve;
    let own = over.before();
    let order = |closing: &Closing| (closing.period == own, closing.seq);
    let Some(closing) = states.filter(ends).max_by_key(order) else {
        return Ok(eve);
    };
    let Some(told) = desk.store.run(&closing.run_id).await? else {
        return Ok(eve);
    };
    let is_later = match then {
        None => false,
        Some(then) => order::Order::read(desk).await?.is_after(&told, then),
    };
    if is_later || told.business_date <= eve {
        return Ok(eve);
    }
    let since = published_since(desk, &told, Some(&closing)).await?;
    if !since.is_empty() {
        return Err(mixed(desk, &told, &closing.period, &since, true));
    }
    Ok(told.business_date)
}

/// The knowledge of a day. The book of rows holds each night as it stands: where nights were
/// published again since, nobody can tell a paper's rows as they were, and it is refused.
async fn earlier(
    desk: &Desk,
    over: &Period,
    day: Day,
    closed: Option<(Box<str>, String)>,
) -> Result<Knowing, JobError> {
    let run = known_on(desk, over, day).await?;
    let since = published_since(desk, &run, None).await?;
    if !since.is_empty() {
        let lang = desk.config.lang;
        let nights: Vec<String> = since.iter().map(|night| text::day(lang, *night)).collect();
        let (nights, told) = (nights.join(", "), text::day(lang, day));
        let args = [("nights", &*nights), ("day", &*told)];
        let keys = ["form-as-of-again", "form-as-of-again-fix"];
        return Err(refused(desk, keys, &args));
    }
    let runs = desk.store.run_places().await?.into_iter();
    let order = order::Order::read(desk).await?;
    let known = runs.filter(|one| !order.is_after(one, &run));
    let nights = known.map(|one| one.business_date).collect();
    let now = desk.store.last_run().await?;
    let arrived = match Box::pin(knew::since(desk, &run, over)).await {
        Ok(since) => since.map(|since| since.arrived),
        Err(JobError::Usage { .. } | JobError::Erased { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(Knowing {
        nights,
        closing: None,
        begins: begins(desk, over, Some(&run)).await?,
        on: Some(Earlier {
            day,
            now: now.map_or(run.business_date, |now| now.business_date),
            closed,
            arrived,
        }),
        run,
    })
}
