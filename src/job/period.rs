//! Closing a period (chốt số liệu): its figures stay as they are, to the byte. What arrives later
//! changes only what is known now. Opening it again is a decision with a reason, and both stand in
//! a sealed book.

pub mod beside;
mod waiting;

use std::collections::BTreeMap;
use std::path::PathBuf;

use tracing::warn;

use super::desk::Desk;
use super::error::JobError;
use super::late;
use super::report_again::{self, Asked, Span};
use super::stage;
use crate::domain::{Day, Lang, Period, RunId};
use crate::report::facts::ClosedMark;
use crate::report::publish::OutFile;
use crate::store::{Closing, KeptFile, Lease};
use crate::text;

/// Who closes or opens, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Who.
    pub by: Box<str>,
    /// Why.
    pub reason: Box<str>,
}

/// The last entry of every period, by label; a period is closed when it closes.
pub async fn states(desk: &Desk) -> Result<BTreeMap<Box<str>, Closing>, JobError> {
    let book = desk.store.closings().await?;
    let by_label = book.into_iter().map(|c| (c.period.label.clone(), c));
    Ok(by_label.collect())
}

/// The closing in force of exactly this period.
pub(super) async fn closing_of(desk: &Desk, period: &Period) -> Result<Option<Closing>, JobError> {
    let mut states = states(desk).await?;
    Ok(states
        .remove(&period.label)
        .filter(|closing| closing.closes))
}

/// A message about a period, in the language of the desk.
fn said(desk: &Desk, key: &str, period: &str, more: &[(&str, &str)]) -> String {
    let args = [&[("period", period)], more].concat();
    text::say(desk.config.lang, key, &args)
}

/// Refuses a night of a closed period: what comes late for it belongs to a later night.
pub(super) async fn refuse_closed(desk: &Desk, night: Day) -> Result<(), JobError> {
    let states = states(desk).await?;
    let held = |closing: &&Closing| closing.closes && closing.period.holds(night);
    let Some(closing) = states.values().find(held) else {
        return Ok(());
    };
    let (label, lang) = (&closing.period.label, desk.config.lang);
    let (day, at) = (text::day(lang, night), late::at(lang, closing));
    let who = [("day", &*day), ("by", &*closing.by), ("at", &*at)];
    Err(JobError::Closed {
        message: said(desk, "period-holds", label, &who),
        fix: said(
            desk,
            "period-holds-fix",
            label,
            &[("night", &night.to_string())],
        ),
    })
}

/// What was done for a day; none, and a warning, where its period is closed: for whoever goes
/// through several days, or did not name the day.
pub fn unless_closed<T>(day: Day, done: Result<T, JobError>) -> Result<Option<T>, JobError> {
    match done {
        Err(JobError::Closed { message, fix }) => {
            warn!(business_date = %day, stage = "period", fix, "{message}");
            Ok(None)
        }
        done => done.map(Some),
    }
}

/// What becomes of decisions that no night has counted yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Waiting {
    /// Nothing is closed while there are any.
    #[default]
    Refuse,
    /// It is closed without them, and the report says how many.
    Leave,
}

/// Closes a period, unless decisions wait for their night: its report of today is kept, and told
/// from now on. Tells the folder.
pub async fn close(
    desk: &Desk,
    lease: &Lease,
    period: &Period,
    word: &Word,
) -> Result<PathBuf, JobError> {
    close_with(desk, lease, period, (word, Waiting::Refuse)).await
}

/// The same, with what becomes of decisions that wait for their night.
pub async fn close_with(
    desk: &Desk,
    lease: &Lease,
    period: &Period,
    (word, waiting): (&Word, Waiting),
) -> Result<PathBuf, JobError> {
    may_close(desk, period).await?;
    let mut entry = entry(period, word, desk, RunId::new(""), Vec::new());
    let left = waiting::count(desk, period).await?;
    if left > 0 && waiting == Waiting::Refuse {
        return Err(waiting::refusal(desk, period, left).await?);
    }
    entry.left = Some(left);
    entry.beside = beside::of(desk, period).await?;
    let asked = Asked {
        mark: Some(mark(desk, desk.config.lang, &entry).await?),
        ..Asked::of(Span::Days(period.clone()))
    };
    let made = Box::pin(report_again::make(desk, &asked)).await?;
    entry.run_id.clone_from(&made.run.id);
    entry.files = stage::keep(desk, &made.files)?;
    desk.store
        .close_period(lease, &entry, &desk.now_wall())
        .await?;
    beside::show(desk, &entry).await;
    report_again::show(&desk.config.report_dir, &made)
}

/// Refuses a period that is closed, under whichever name, or that is not over.
async fn may_close(desk: &Desk, period: &Period) -> Result<(), JobError> {
    if let Some(closing) = closing_of(desk, period).await? {
        return Err(JobError::Usage {
            message: said(desk, "period-twice", &period.label, &[("by", &closing.by)]),
            fix: said(desk, "period-twice-fix", &period.label, &[]),
        });
    }
    let same_days = |closing: &Closing| closing.closes && closing.period.is_told_by(period);
    let other = states(desk).await?.into_values().find(same_days);
    if let Some(closing) = other {
        let label = &closing.period.label;
        return Err(JobError::Usage {
            message: said(
                desk,
                "period-same-days",
                &period.label,
                &[("by", &closing.by), ("other", label)],
            ),
            fix: said(desk, "period-twice-fix", label, &[]),
        });
    }
    complete(desk, period).await
}

/// The mark that the report of a closed period carries, or of one that was opened again, in a
/// language.
pub(super) async fn mark(
    desk: &Desk,
    lang: Lang,
    closing: &Closing,
) -> Result<ClosedMark, JobError> {
    let notes = beside::notes(desk, lang, closing).await?.into_iter();
    Ok(ClosedMark {
        by: closing.by.clone(),
        at: late::at(lang, closing).into(),
        reason: closing.reason.clone(),
        reopened: !closing.closes,
        left: closing.left,
        beside: notes.map(Into::into).collect(),
    })
}

/// The mark of a period that was opened again and is not closed since.
pub(super) async fn reopened(desk: &Desk, period: &Period) -> Result<Option<ClosedMark>, JobError> {
    let last = states(desk).await?.remove(&period.label);
    Ok(match last.filter(|entry| !entry.closes) {
        Some(entry) => Some(mark(desk, desk.config.lang, &entry).await?),
        None => None,
    })
}

/// Opens a closed period again. Its folder says so from then on; the closed one is put aside.
pub async fn reopen(
    desk: &Desk,
    lease: &Lease,
    period: &Period,
    word: &Word,
) -> Result<(), JobError> {
    let Some(closing) = closing_of(desk, period).await? else {
        return Err(JobError::Usage {
            message: said(desk, "period-open", &period.label, &[]),
            fix: said(desk, "period-open-fix", &period.label, &[]),
        });
    };
    let mut entry = entry(period, word, desk, closing.run_id, Vec::new());
    entry.closes = false;
    desk.store
        .close_period(lease, &entry, &desk.now_wall())
        .await?;
    let asked = Asked::of(Span::Days(period.clone()));
    match Box::pin(report_again::make(desk, &asked)).await {
        Ok(made) => report_again::show(&desk.config.report_dir, &made).map(drop),
        // the decision stands, whatever the nights can be told by
        Err(JobError::Usage { message, fix }) => {
            warn!(stage = "period", fix, "{message}");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn entry(
    period: &Period,
    word: &Word,
    desk: &Desk,
    run_id: RunId,
    files: Vec<KeptFile>,
) -> Closing {
    Closing {
        seq: 0,
        period: period.clone(),
        closes: true,
        run_id,
        files,
        left: None,
        beside: Vec::new(),
        by: word.by.clone(),
        reason: word.reason.clone(),
        at_wall: desk.now_wall().into(),
        says: "".into(),
        seal: "".into(),
    }
}

/// A period is closed when it is over and every night of it since the first one is published.
async fn complete(desk: &Desk, period: &Period) -> Result<(), JobError> {
    let nights = desk.store.published_nights().await?;
    let first = nights.first().copied().unwrap_or(period.from);
    let mut day = period.from.max(first);
    while day <= period.to {
        if !nights.contains(&day) {
            let told = text::day(desk.config.lang, day);
            let day = day.to_string();
            return Err(JobError::Usage {
                message: said(desk, "period-lacks", &period.label, &[("day", &told)]),
                fix: said(desk, "period-lacks-fix", &period.label, &[("day", &day)]),
            });
        }
        day = day.plus(1);
    }
    Ok(())
}

/// The files of a closed period, byte by byte.
pub(super) fn files(desk: &Desk, closing: &Closing) -> Result<Vec<OutFile>, JobError> {
    let file = |(name, sha256): &(Box<str>, Box<str>)| {
        let bytes = desk.archive.get(sha256)?;
        Ok(OutFile::new(name, bytes))
    };
    closing.files.iter().map(file).collect()
}
