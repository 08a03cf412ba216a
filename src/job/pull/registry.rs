//! Reading a one-stop system's interface: the dossiers that changed since the first day that is not
//! covered yet. What a dossier tells counts from the day of its change, like a file of that day;
//! a day is covered once the list was read to its end after the day had closed.

use std::collections::BTreeSet;

use anyhow::{Context, anyhow};

use super::raw::Evidence;
use super::{Stage, count};
use crate::domain::{Completeness, Day, SourceFacts};
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
    for (record, rows) in rows_of(stage, dossiers)? {
        desk.checkpoint()?;
        if !told.contains(&record.sha256) {
            desk.store.save_registry(&record, &rows).await?;
        }
    }
    cover(stage, from).await
}

/// The rows of each dossier, and what is remembered of it.
fn rows_of(
    stage: &Stage,
    dossiers: &[DossierRecord],
) -> Result<Vec<(ExportFile, RegistryRows)>, JobError> {
    let name = &stage.settings.name;
    let words = igate::words(stage.settings.map("map"));
    let words = words.map_err(|(message, fix)| stage.settings.fail(message, &fix))?;
    let today = Day::of_ms(stage.at_ms);
    let one = |dossier: &DossierRecord| {
        let sha256 = digest::of(&(name.as_str(), dossier))?;
        let DossierRows { day, rows } =
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
        Ok((record, super::folder::stored(rows)))
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
    let mut all = rows_of(stage, &pull.dossiers)?;
    for (record, _) in &mut all {
        if let Some(first) = known.iter().find(|file| file.sha256 == record.sha256) {
            *record = first.clone();
        }
    }
    Ok(all)
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
