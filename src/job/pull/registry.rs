//! Reading a one-stop system's interface: the dossiers that changed since the first day that is not
//! covered yet. What a dossier tells counts from the day of its change, like a file of that day;
//! a day is covered once the list was read to its end after the day had closed.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, anyhow};

use super::raw::Evidence;
use super::{Stage, count, withdraw};
use crate::domain::{Completeness, Day, DossierCode, FeeId, SourceFacts};
use crate::job::digest;
use crate::job::error::JobError;
use crate::normalise::{self, dossier::DossierRows};
use crate::source::registry::igate;
use crate::source::{DossierRecord, RawSink, Registry, RegistryPull};
use crate::store::{Delivery, ExportFile, FeedDay, RegistryRows};

/// The kind of the record that says that a day was read to its end.
const COVERED: &str = "covered";

pub(super) async fn read(stage: &Stage, registry: &dyn Registry) -> Result<SourceFacts, JobError> {
    let desk = &stage.desk;
    let name = &stage.settings.name;
    let window = stage.night.minus(stage.settings.lookback_days);
    let older = desk.store.incomplete_days(name).await?;
    let from = older.first().copied().unwrap_or(window).min(window);
    let raw = Evidence::new(stage);
    raw.asks(&from.to_string());
    let pull = registry.changed(from, &raw).await;
    let pull = pull.map_err(|error| anyhow!(error))?;
    raw.record(stage).await?;
    if pull.state == Completeness::Complete {
        save(stage, from, &pull.dossiers).await?;
    }
    finish(stage, from, pull).await
}

/// Stores what is new, and that the days are covered.
async fn save(stage: &Stage, from: Day, dossiers: &[DossierRecord]) -> Result<(), JobError> {
    let desk = &stage.desk;
    let name = &stage.settings.name;
    let today = Day::of_ms(stage.at_ms);
    let mut told: BTreeSet<Box<str>> = BTreeSet::new();
    for day in days(from, today.max(stage.night).plus(1)) {
        let files = desk.store.files_of_night(name, day).await?;
        told.extend(files.into_iter().map(|file| file.sha256));
    }
    let read = rows_of(stage, dossiers)?;
    // the withdrawals first: killed in between, the next start finds the same fees open
    withdraw::unlisted(stage, &lists(stage, &read, &told)).await?;
    for Dossier { record, rows, .. } in read {
        desk.checkpoint()?;
        if !told.contains(&record.sha256) {
            desk.store.save_registry(&record, &rows).await?;
        }
    }
    cover(stage, from).await
}

/// The lists of fees that withdraw what they no longer hold, each on its own night: not before it,
/// because the night may still have money for the fee. A code that two dossiers have tells of
/// neither.
fn lists<'r>(
    stage: &Stage,
    read: &'r [Dossier],
    told: &BTreeSet<Box<str>>,
) -> Vec<withdraw::List<'r>> {
    let mut times: BTreeMap<&DossierCode, u32> = BTreeMap::new();
    for (code, _) in read.iter().filter_map(|one| one.listed.as_ref()) {
        *times.entry(code).or_default() += 1;
    }
    let list = |one: &'r Dossier| {
        let (code, ids) = one.listed.as_ref()?;
        let file = &one.record;
        // what an earlier night has told of the dossier stands: only from tonight on it changes
        let day = if told.contains(&file.sha256) {
            stage.night
        } else {
            file.day
        };
        let counts = file.day <= stage.night && times.get(code) == Some(&1);
        counts.then_some(withdraw::List {
            file,
            code,
            ids,
            day,
        })
    };
    read.iter().filter_map(list).collect()
}

/// What a dossier told.
struct Dossier {
    record: ExportFile,
    rows: RegistryRows,
    listed: Option<(DossierCode, BTreeSet<FeeId>)>,
}

/// The rows of each dossier, and what is remembered of it.
fn rows_of(stage: &Stage, dossiers: &[DossierRecord]) -> Result<Vec<Dossier>, JobError> {
    let name = &stage.settings.name;
    let words = igate::words(stage.settings.map("map"));
    let words = words.map_err(|(message, fix)| stage.settings.fail(message, &fix))?;
    let today = Day::of_ms(stage.at_ms);
    let one = |dossier: &DossierRecord| {
        let sha256 = digest::of(&(name.as_str(), dossier))?;
        let DossierRows { day, rows, listed } =
            normalise::dossier::read(dossier, &words, name, (today, stage.night));
        let record = ExportFile {
            source: name.clone(),
            sha256,
            name: format!("{} {}", dossier.code, dossier.updated).into(),
            kind: "dossier_fees".into(),
            lines: rows.lines,
            day: day.unwrap_or(stage.night),
            night: stage.night,
        };
        let rows = super::folder::stored(rows);
        Ok(Dossier {
            record,
            rows,
            listed,
        })
    };
    dossiers.iter().map(one).collect()
}

/// The rows that a reading told, out of the archive; `asked` is the day from which it read. What
/// an earlier reading told stands under that one's record.
pub(super) async fn again(
    stage: &Stage,
    registry: &dyn Registry,
    asked: &str,
    tape: &dyn RawSink,
) -> Result<Vec<(ExportFile, RegistryRows)>, JobError> {
    let from = Day::parse(asked).with_context(|| format!("\"{asked}\" is no day"))?;
    let pull = registry.changed(from, tape).await;
    let pull = pull.map_err(|error| anyhow!(error))?;
    if pull.state != Completeness::Complete {
        return Ok(Vec::new());
    }
    let known = stage.desk.store.known_files(&stage.settings.name).await?;
    let first = |one: Dossier| {
        let first = known.iter().find(|file| file.sha256 == one.record.sha256);
        (first.cloned().unwrap_or(one.record), one.rows)
    };
    Ok(rows_of(stage, &pull.dossiers)?
        .into_iter()
        .map(first)
        .collect())
}

/// Remembers of each day that had closed that everything of it was told.
async fn cover(stage: &Stage, from: Day) -> Result<(), JobError> {
    let store = &stage.desk.store;
    for day in days(from, stage.desk.last_closed_day()) {
        let record = ExportFile {
            source: stage.settings.name.clone(),
            sha256: digest::of(&(COVERED, stage.settings.name.as_str(), day))?,
            name: format!("{COVERED} {day}").into(),
            kind: COVERED.into(),
            lines: 0,
            day,
            night: stage.night,
        };
        store
            .save_registry(&record, &RegistryRows::default())
            .await?;
    }
    Ok(())
}

/// A day once covered stays covered.
async fn finish(stage: &Stage, from: Day, pull: RegistryPull) -> Result<SourceFacts, JobError> {
    let store = &stage.desk.store;
    let name = &stage.settings.name;
    let (mut missing, mut states) = (Vec::new(), Vec::new());
    let (mut lines, mut rejects) = (0, 0);
    for day in days(from, stage.night) {
        let files = store.files_of_night(name, day).await?;
        let covered = files
            .iter()
            .any(|file| &*file.kind == COVERED && file.day == day);
        let state = if covered {
            Completeness::Complete
        } else {
            missing.push(day);
            Completeness::Missing
        };
        states.push(FeedDay { day, state });
        if day == stage.night && covered {
            lines = files.iter().map(|file| file.lines).sum();
            rejects = store.rejects_of_night(name, day).await?;
        }
    }
    let asked = states.len();
    let delivery = Delivery {
        days: states,
        ..Delivery::default()
    };
    store
        .save_transactions(name, stage.night, &delivery, normalise::merge)
        .await?;
    let state = match pull.state {
        Completeness::Refused => Completeness::Refused,
        _ if missing.is_empty() => Completeness::Complete,
        _ if missing.len() < asked => Completeness::Partial,
        Completeness::Complete => Completeness::Partial,
        _ => Completeness::Missing,
    };
    let mut facts = stage.facts(state);
    facts.missing_days = missing;
    let trouble = pull.trouble;
    facts.trouble = trouble.map(|error| stage.trouble(&error).into());
    stage.judge_rejects(&mut facts, lines - rejects.min(lines), rejects);
    let (source, changed) = (name.as_str(), count(pull.dossiers.len()));
    tracing::info!(
        source.id = source,
        stage = "pull",
        row.count = changed,
        "dossiers read"
    );
    Ok(facts)
}

fn days(from: Day, to: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(from), |day| Some(day.plus(1))).take_while(move |day| *day <= to)
}
