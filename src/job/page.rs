//! What only the page shows of a night: the month before, month ends, files with their digests, and
//! the rules in force.

mod balances;

use std::collections::BTreeSet;

use super::before::Before;
use super::desk::Desk;
use super::error::JobError;
use super::facts::Previously;
use super::gateways;
use super::late;
use super::order;
use super::trend;
use crate::classify::{Bucket, still_due};
use crate::decision::{self, Draft, Entry};
use crate::domain::{Day, Inputs, Moment, RowKey, Ruling, SourceName, Vnd};
use crate::report::{Note, PageFacts, Ruled, SourceFile, rule_lines};
use crate::settle::Settlement;
use crate::source::push;
use crate::store::{ExceptionRecord, ExportFile, Reading, RunRecord};

/// The trend by months goes back this many months before the present one.
const MONTHS: usize = 12;
/// A night of a month ago may be missing; the last one of so many days before it stands for it.
const MONTH_SLACK: u32 = 6;

/// The months before that of `day`, the newest first: the first day of each and of the next.
fn months_before(day: Day) -> Vec<(Day, Day)> {
    let mut next = day.month_start();
    let month = |_| {
        let first = next.minus(1).month_start();
        let month = (first, next);
        next = first;
        month
    };
    (0..MONTHS).map(month).collect()
}

/// The days of which the last with a night is a month before `day`.
fn month_ago(day: Day) -> (Day, Day) {
    let end = day.month_start().minus(1);
    let into = u32::try_from(day.days_since(day.month_start())).unwrap_or(0);
    let then = end.month_start().plus(into).min(end);
    (then.minus(MONTH_SLACK), then)
}

/// The last published run of each of the months before that of `day`, the oldest first.
pub(super) async fn runs_of_months(
    before: Before<'_>,
    day: Day,
) -> Result<Vec<RunRecord>, JobError> {
    let mut runs = Vec::new();
    for (first, next) in months_before(day) {
        let Some(run) = before.last(next).await? else {
            break;
        };
        if run.business_date >= first {
            runs.push(run);
        }
    }
    runs.reverse();
    Ok(runs)
}

/// The published run of a month ago.
pub(super) async fn run_of_month_ago(
    before: Before<'_>,
    day: Day,
) -> Result<Option<RunRecord>, JobError> {
    let (first, last) = month_ago(day);
    let run = before.last(last.plus(1)).await?;
    Ok(run.filter(|run| run.business_date >= first))
}

/// Everything of it.
pub(super) async fn of(
    desk: &Desk,
    run: &RunRecord,
    pool: &Inputs,
    settlement: &Settlement,
    before: &Previously,
) -> Result<PageFacts, JobError> {
    let day = run.business_date;
    let targets = &desk.config.targets;
    let later = told_later(desk, run).await?;
    let mut files = Vec::new();
    let mut balances = Vec::new();
    for source in file_sources(desk) {
        let own = files_of(desk, source, day, &later).await?;
        balances.extend(balances::of_source(desk, source, day, &own, &later).await?);
        files.extend(own);
    }
    let late_files = older(desk, run, (&files, &later)).await?;
    files.extend(late_files.iter().map(|(file, _)| file.clone()));
    let listed = settlement.rows.iter().filter(|r| r.exception_id.is_some());
    let listed = listed.map(|row| &row.key);
    let origins = desk.store.origins(listed.clone(), day).await?;
    let listed: BTreeSet<&RowKey> = listed.collect();
    let assigned = desk.store.assigned(listed.iter().copied(), day).await?;
    // of these rows alone: the book of years is not read every night
    let before_too = before.open.iter().map(|open| &open.key);
    let asked: BTreeSet<&RowKey> = listed.iter().copied().chain(before_too).collect();
    let book = desk.store.entries_of(asked.iter().copied(), day).await?;
    let ruled = decision::rulings(&book).into_iter().map(ruled);
    let ruled = ruled.collect();
    let mut book = book;
    book.retain(|entry| listed.contains(&entry.draft.row));
    let (notes, people) = told_in(&book);
    Ok(PageFacts {
        month_before: before.month_before(targets),
        week_before: before.week_before(targets).map(Box::new),
        agency_days: before.agency_days(targets, day),
        cell_days: before.cell_days(targets, day),
        months: trend::points(&before.months, targets, "%Y-%m"),
        days: trend::points(&before.nights, targets, "%Y-%m-%d"),
        cells_lacking: Vec::new(),
        open_before: before.open.iter().filter_map(waited).collect(),
        gateways: gateways::of(desk, day, (pool, settlement), before).await?,
        assigned,
        origins: origins.into_iter().collect(),
        notes,
        ruled,
        people,
        files,
        late_files,
        balances,
        rules: rule_lines(
            (&desk.config.rules_for(day), &desk.config.calendar),
            day,
            desk.config.lang,
        ),
        late: late::of_run(desk, run, pool).await?,
        period_before: None,
        closed: None,
    })
}

/// What the book tells of the rows that are listed: what was last noted of each, and the names of
/// all to whom one of them was given.
fn told_in(book: &[Entry]) -> (Vec<(RowKey, Note)>, Vec<Box<str>>) {
    let note = |(row, (by, text)): (&RowKey, (&str, &str))| {
        let (by, text) = (by.into(), text.into());
        (row.clone(), Note { by, text })
    };
    let notes = decision::notes(book).into_iter().map(note);
    let people = decision::people(book).into_iter().map(Box::from);
    (notes.collect(), people.collect())
}

/// A ruling with the day on which it was written.
fn ruled((row, (ruling, draft)): (&RowKey, (&Ruling, &Draft))) -> (RowKey, Ruled) {
    let at = Moment::parse(&draft.at_wall);
    let ruled = Ruled {
        ruling: ruling.clone(),
        by: draft.by.clone(),
        on: at.map_or(draft.night, |at| at.day()),
        reason: draft.reason.clone(),
    };
    (row.clone(), ruled)
}

/// The sources that may read files; bodies of webhooks are answers, not files.
fn file_sources(desk: &Desk) -> impl Iterator<Item = &SourceName> {
    let sources = desk.config.sources.iter();
    let sources = sources.filter(|source| source.kind() != push::REGISTRATION.kind);
    sources.map(|source| &source.name)
}

/// The files that the night of a run read, in order of sources.
pub(super) async fn files(desk: &Desk, run: &RunRecord) -> Result<Vec<SourceFile>, JobError> {
    let later = told_later(desk, run).await?;
    let mut files = Vec::new();
    for source in file_sources(desk) {
        files.extend(files_of(desk, source, run.business_date, &later).await?);
    }
    let late = older(desk, run, (&files, &later)).await?.into_iter();
    files.extend(late.map(|(file, _)| file));
    Ok(files)
}

/// The files of earlier days that came late: the night read them beside its own, and no page of an
/// earlier night names them.
async fn older(
    desk: &Desk,
    run: &RunRecord,
    (own, later): (&[SourceFile], &BTreeSet<Box<str>>),
) -> Result<Vec<(SourceFile, Day)>, JobError> {
    let names: BTreeSet<&SourceName> = file_sources(desk).collect();
    let read = desk.store.files_read(run.business_date).await?.into_iter();
    let came = read.filter(|(file, _)| {
        let is_late = file.day < run.business_date && !later.contains(&file.sha256);
        let is_named = own.iter().any(|named| named.sha256 == file.sha256);
        is_late && !is_named && names.contains(&file.source)
    });
    let late = came.map(|(file, _)| (file.day, named(file)));
    let mut late: Vec<(SourceFile, Day)> = late.map(|(day, file)| (file, day)).collect();
    late.sort();
    Ok(late)
}

fn named(file: ExportFile) -> SourceFile {
    SourceFile {
        source: file.source.as_str().into(),
        name: file.name,
        sha256: file.sha256,
        lines: file.lines,
    }
}

async fn files_of(
    desk: &Desk,
    source: &SourceName,
    day: Day,
    later: &BTreeSet<Box<str>>,
) -> Result<Vec<SourceFile>, JobError> {
    let read = desk.store.files_of_night(source, day).await?;
    let own = read
        .into_iter()
        .filter(|file| !later.contains(&file.sha256));
    let mut own: Vec<SourceFile> = own.map(named).collect();
    own.sort();
    Ok(own)
}

/// What an exception left open: the whole row, or what a fee line that is paid in part lacks.
fn waited(open: &ExceptionRecord) -> Option<(RowKey, Vnd)> {
    let amount = match open.bucket {
        Bucket::Open => Some(open.amount),
        Bucket::Matched => still_due(
            (&open.class, &open.also),
            &open.key,
            open.amount,
            &open.evidence,
        ),
        Bucket::Rejected | Bucket::Excluded => None,
    };
    amount.map(|amount| (open.key.clone(), amount))
}

/// What was read for the night only after the run: made again, the page is as it was published.
async fn told_later(desk: &Desk, run: &RunRecord) -> Result<BTreeSet<Box<str>>, JobError> {
    let (told, later) = order::answers_of(desk, run).await?;
    let digests = |readings: Vec<Reading>| {
        let digests = readings.into_iter().filter_map(|reading| reading.sha256);
        digests.collect::<BTreeSet<Box<str>>>()
    };
    let (told, later) = (digests(told), digests(later));
    Ok(later.difference(&told).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn the_night_of_a_month_ago_may_be_a_few_days_earlier() {
        assert_eq!(
            month_ago(day("2022-03-31")),
            (day("2022-02-22"), day("2022-02-28"))
        );
        assert_eq!(
            month_ago(day("2022-03-27")),
            (day("2022-02-21"), day("2022-02-27"))
        );
        assert_eq!(
            month_ago(day("2022-01-01")),
            (day("2021-11-25"), day("2021-12-01"))
        );
    }

    #[test]
    fn twelve_months_go_before_the_present_one() {
        let months = months_before(day("2022-12-05"));
        assert_eq!(months.len(), 12);
        assert_eq!(months[0], (day("2022-11-01"), day("2022-12-01")));
        assert_eq!(months[11], (day("2021-12-01"), day("2022-01-01")));
    }
}
