//! Files that came for a period after it was closed: what they tell counts from the next night
//! on, in what is known now, and the closed figures stay. A night that reads one says so, and
//! `status` and `check` say so until the period is opened again.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::Desk;
use super::error::JobError;
use crate::domain::{Day, Inputs, Lang, Moment, Period, RowKey, Txn, Vnd};
use crate::report::Figure;
use crate::report::facts::{LateFile, LateForClosed};
use crate::store::{Closing, ExportFile, RunRecord, Store};
use crate::text;

/// A closed period, and the files that came for it since.
#[derive(Clone, Debug)]
pub struct Late {
    /// The closing in force.
    pub closing: Closing,
    /// The files, by name.
    pub files: Vec<ExportFile>,
}

impl Late {
    /// What came, in words.
    pub fn say(&self, lang: Lang) -> String {
        let name = |file: &ExportFile| format!("{} ({})", file.name, file.source);
        let files: Vec<String> = self.files.iter().map(name).collect();
        let files = files.join(", ");
        let args = [
            ("period", &*self.closing.period.label),
            ("by", &*self.closing.by),
            ("at", &*at(lang, &self.closing)),
            ("files", &*files),
        ];
        text::say(lang, "period-late", &args)
    }

    /// What to do about it.
    pub fn fix(&self, lang: Lang) -> String {
        let args = [("period", &*self.closing.period.label)];
        text::say(lang, "period-late-fix", &args)
    }
}

/// When it was closed, as people write it.
pub fn at(lang: Lang, closing: &Closing) -> String {
    match Moment::parse(&closing.at_wall) {
        Ok(at) if lang == Lang::Vi => at.vi(),
        Ok(at) => at.text().into_owned(),
        Err(_) => closing.at_wall.to_string(),
    }
}

/// The instant of a closing; of one that cannot be read everything came later.
pub(super) fn at_ms(closing: &Closing) -> i64 {
    Moment::parse(&closing.at_wall).map_or(0, |at| at.ms())
}

/// The closings in force at an instant: of each period the last entry up to it.
async fn in_force(store: &Store, until_ms: i64) -> Result<Vec<Closing>, JobError> {
    let mut last: BTreeMap<Box<str>, Closing> = BTreeMap::new();
    for closing in store.closings().await? {
        if at_ms(&closing) <= until_ms {
            last.insert(closing.period.label.clone(), closing);
        }
    }
    Ok(last
        .into_values()
        .filter(|closing| closing.closes)
        .collect())
}

/// The closed periods for which files came since, whichever night read them.
///
/// # Errors
/// When the database cannot be read.
pub async fn standing(store: &Store) -> Result<Vec<Late>, JobError> {
    let mut all = Vec::new();
    for closing in in_force(store, i64::MAX).await? {
        let told = store.files_told(&closing.period).await?;
        let since = at_ms(&closing);
        let late = told.into_iter().filter(|(_, read)| *read > since);
        let files: Vec<ExportFile> = late.map(|(file, _)| file).collect();
        if !files.is_empty() {
            all.push(Late { closing, files });
        }
    }
    Ok(all)
}

/// What the pull of a run brought for periods that were closed before it. Made again, a run tells
/// the same: what was read or closed later is none of it.
pub(super) async fn of_run(
    desk: &Desk,
    run: &RunRecord,
    pool: &Inputs,
) -> Result<Vec<LateForClosed>, JobError> {
    let closings = in_force(&desk.store, run.pulled_at_ms).await?;
    if closings.is_empty() {
        return Ok(Vec::new());
    }
    let night = run.business_date;
    let read = desk.store.files_read(night).await?;
    let new = new_rows(desk, night, pool).await?;
    let mut all = Vec::new();
    for closing in closings {
        let since = at_ms(&closing);
        let held = |day: Day| closing.period.holds(day) && day != night;
        let is_late = |(file, at): &&(ExportFile, i64)| {
            held(file.day) && *at > since && *at <= run.pulled_at_ms
        };
        let files = read.iter().filter(is_late).map(|(file, _)| LateFile {
            source: file.source.as_str().into(),
            name: file.name.clone(),
            day: file.day,
            lines: file.lines,
        });
        let files: Vec<LateFile> = files.collect();
        // rows of a pull before the closing are in its figures
        let rows = new.iter();
        let rows = rows.filter(|row| held(row.day) && row.read_ms > since);
        let rows: Figure = rows.map(|row| row.amount).collect();
        if !files.is_empty() || !rows.is_empty() {
            all.push(LateForClosed {
                period: closing.period.clone(),
                by: closing.by.clone(),
                at: at(desk.config.lang, &closing).into(),
                files,
                rows,
            });
        }
    }
    Ok(all)
}

/// Of what came for closed periods the report of a period tells what came for that one since it was
/// closed, while it is: the others are matters of the nights that read them, and once it was opened
/// again its report holds what came.
pub(super) async fn of_period(
    desk: &Desk,
    period: &Period,
    late: &mut Vec<LateForClosed>,
) -> Result<(), JobError> {
    let standing = super::period::closing_of(desk, period).await?;
    let closed_at = standing.map(|closing| at(desk.config.lang, &closing));
    late.retain(|late| late.period == *period && Some(&*late.at) == closed_at.as_deref());
    Ok(())
}

/// A money row that the night brought first.
struct NewRow {
    day: Day,
    amount: Vnd,
    /// When the pull that brought it was made, milliseconds since 1970 in UTC.
    read_ms: i64,
}

/// The money rows that the night brought first, each with the pull that did: a night that is made
/// again pulls again. A row of which nobody knows what told it came with the first pull.
async fn new_rows(desk: &Desk, night: Day, pool: &Inputs) -> Result<Vec<NewRow>, JobError> {
    let readings = desk.store.readings(night).await?;
    let Some(first) = readings.iter().map(|reading| reading.pulled_at_ms).min() else {
        return Ok(Vec::new());
    };
    let mut read: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for reading in &readings {
        if let Some(sha256) = &reading.sha256 {
            let at = read.entry((reading.source.as_str(), sha256));
            let at = at.or_insert(reading.pulled_at_ms);
            *at = reading.pulled_at_ms.min(*at);
        }
    }
    let mut rows = Vec::new();
    for source in &desk.config.sources {
        let seen = desk.store.seen_first(&source.name, night).await?;
        let seen: BTreeSet<&str> = seen.iter().map(|id| &**id).collect();
        let own = pool.txns.iter().filter(|txn| txn.source == source.name);
        rows.extend(own.filter(|txn| seen.contains(&*txn.id)));
    }
    let keys: Vec<RowKey> = rows.iter().map(|txn| txn.key()).collect();
    let origins = desk.store.origins(&keys, night).await?;
    let row = |(txn, key): (&Txn, RowKey)| {
        let told_by = origins.get(&key).map(|origin| &*origin.sha256);
        let at = told_by.and_then(|sha256| read.get(&(txn.source.as_str(), sha256)));
        NewRow {
            day: txn.business_date,
            amount: txn.amount,
            read_ms: at.copied().unwrap_or(first),
        }
    };
    Ok(rows.into_iter().zip(keys).map(row).collect())
}
