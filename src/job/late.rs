//! Files that came for a period after it was closed: what they tell counts from the next night
//! on, in what is known now, and the closed figures stay. A night that reads one says so, and
//! `status` and `check` say so until the period is opened again.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::Desk;
use super::error::JobError;
use super::order::{self, Answers, Known};
use crate::domain::{Day, Inputs, Lang, Moment, Period, RowKey, Txn, Vnd};
use crate::report::Figure;
use crate::report::facts::{LateFile, LateForClosed};
use crate::store::archive::Archive;
use crate::store::{Closing, ExportFile, Reading, RunRecord, Store};
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

/// The closings in force among those that `is_told` leaves: of each period the last entry.
async fn in_force(
    store: &Store,
    is_told: impl Fn(&Closing) -> bool,
) -> Result<Vec<Closing>, JobError> {
    let told = store.closings().await?.into_iter().filter(is_told);
    let last = told.map(|closing| (closing.period.label.clone(), closing));
    let last: BTreeMap<Box<str>, Closing> = last.collect();
    let closes = last.into_values().filter(|closing| closing.closes);
    Ok(closes.collect())
}

/// Files by source, name and digest, as the answers that brought them.
type Brought = BTreeSet<(Box<str>, Box<str>, Box<str>)>;

fn brought(readings: Vec<Reading>) -> Brought {
    let file = |one: Reading| Some((one.source.as_str().into(), one.what, one.sha256?));
    readings.into_iter().filter_map(file).collect()
}

fn is_in(brought: &Brought, file: &ExportFile) -> bool {
    let key = (
        file.source.as_str().into(),
        file.name.clone(),
        file.sha256.clone(),
    );
    brought.contains(&key)
}

/// The closed periods for which files came since, whichever night read them.
///
/// # Errors
/// When the database cannot be read.
pub async fn standing(store: &Store, archive: &Archive) -> Result<Vec<Late>, JobError> {
    let closings = in_force(store, |_| true).await?;
    if closings.is_empty() {
        return Ok(Vec::new());
    }
    let answers = Answers::new(store, archive).await?;
    let mut all = Vec::new();
    for closing in closings {
        let mut by_night: BTreeMap<Day, Vec<ExportFile>> = BTreeMap::new();
        for (file, _) in store.files_told(&closing.period).await? {
            by_night.entry(file.night).or_default().push(file);
        }
        let mut files = Vec::new();
        for (night, told) in by_night {
            let (_, since) = answers.by(night, Known::at(&closing)).await?;
            let since = brought(since);
            files.extend(told.into_iter().filter(|file| is_in(&since, file)));
        }
        files.sort_by(|a, b| (&a.name, &a.source).cmp(&(&b.name, &b.source)));
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
    if desk.store.closings().await?.is_empty() {
        return Ok(Vec::new());
    }
    let answers = Answers::new(&desk.store, &desk.archive).await?;
    let before = |closing: &Closing| !answers.was_published(run, Known::at(closing));
    let closings = in_force(&desk.store, before).await?;
    let night = run.business_date;
    let mut read = desk.store.files_read(night).await?;
    let told = brought(order::answers_of(desk, run).await?.0);
    read.retain(|(file, _)| is_in(&told, file));
    let new = new_rows(desk, night, pool).await?;
    let mut all = Vec::new();
    for closing in closings {
        let held = |day: Day| closing.period.holds(day) && day != night;
        if !read.iter().any(|(file, _)| held(file.day)) && !new.iter().any(|row| held(row.day)) {
            continue;
        }
        let (known, _) = answers.by(night, Known::at(&closing)).await?;
        let bytes = bytes_of(&known);
        let known = (known.is_empty(), brought(known));
        let is_late = |(file, _): &&(ExportFile, i64)| held(file.day) && !is_in(&known.1, file);
        let files = read.iter().filter(is_late).map(|(file, _)| LateFile {
            source: file.source.as_str().into(),
            name: file.name.clone(),
            day: file.day,
            lines: file.lines,
        });
        let files: Vec<LateFile> = files.collect();
        // rows of a pull before the closing are in its figures
        let rows = new.iter();
        let rows = rows.filter(|row| held(row.day) && row.is_late(known.0, &bytes));
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

/// The bytes of answers, by source.
type Bytes = BTreeSet<(Box<str>, Box<str>)>;

fn bytes_of(readings: &[Reading]) -> Bytes {
    let bytes = |one: &Reading| Some((one.source.as_str().into(), one.sha256.clone()?));
    readings.iter().filter_map(bytes).collect()
}

/// A money row that the night brought first.
struct NewRow {
    day: Day,
    amount: Vnd,
    /// The source and the bytes that told it first, where a pull of the night is known to have read
    /// them.
    told_by: Option<(Box<str>, Box<str>)>,
}

impl NewRow {
    /// True when no pull that a closing knew brought it: `none` where there was no such pull,
    /// `known` the bytes that these read. A row of which nobody knows what told it came with the
    /// first pull.
    fn is_late(&self, none: bool, known: &Bytes) -> bool {
        let told_by = self.told_by.as_ref();
        told_by.map_or(none, |told_by| !known.contains(told_by))
    }
}

/// The money rows that the night brought first, each with the answer that did: a night that is made
/// again pulls again.
async fn new_rows(desk: &Desk, night: Day, pool: &Inputs) -> Result<Vec<NewRow>, JobError> {
    let read = bytes_of(&desk.store.readings(night).await?);
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
        let told_by = origins.get(&key);
        let told_by = told_by.map(|of| (txn.source.as_str().into(), (*of.sha256).into()));
        NewRow {
            day: txn.business_date,
            amount: txn.amount,
            told_by: told_by.filter(|told_by| read.contains(told_by)),
        }
    };
    Ok(rows.into_iter().zip(keys).map(row).collect())
}
