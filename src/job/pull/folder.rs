//! Reading the registry's export folder.

use std::collections::BTreeSet;
use std::path::Path;

use tracing::{info, warn};

use super::coverage::Coverage;
use super::raw::Evidence;
use super::{Stage, file_day, withdraw};
use crate::domain::{Completeness, Day, SourceFacts};
use crate::format::tables::{Forms, Tables};
use crate::format::{BookKind, FileError};
use crate::job::error::JobError;
use crate::normalise::{self, rewrite::Place};
use crate::source::Words;
use crate::source::registry::{
    self, ExportMode, ExportSettings, FileKind, FolderDelivery, FolderNote,
};
use crate::store::{ExportFile, RegistryRows};
use crate::text::reject::say_file;

pub(super) async fn read(stage: &Stage, path: &Path) -> Result<SourceFacts, JobError> {
    let desk = &stage.desk;
    let read = desk.store.known_files(&stage.settings.name).await?;
    let known: BTreeSet<String> = read.iter().map(|file| file.sha256.to_string()).collect();
    let mode = match stage.settings.text("mode") {
        Some("snapshot") => ExportMode::Snapshot,
        _ => ExportMode::Delta,
    };
    let settings = ExportSettings {
        source: stage.settings.name.clone(),
        path: path.to_path_buf(),
        mode,
        holds: is_opencps(stage).then_some(FileKind::PaymentFiles),
        bytes_max: stage.settings.sizes.text_bytes(),
        pause: desk.file_pause,
    };
    let mut delivery = registry::read_folder(&settings, &known).await;
    say_notes(stage, &delivery.notes);
    let files = std::mem::take(&mut delivery.files);
    // what was known before, and what tonight adds to it
    let mut all = read;
    let unreadable = save(stage, files, mode, &mut all).await?;
    save_empty(stage, &delivery, &mut all).await?;
    let covered = desk
        .store
        .files_of_night(&stage.settings.name, stage.night)
        .await?;
    let coverage = Coverage::of(&all, stage.night, stage.settings.text("due"));
    let growing = || delivery.notes.iter().filter(|note| note.is_growing());
    let nothing_due = desk.config.calendar.rests(stage.night)
        && delivery.troubles.is_empty()
        && growing().next().is_none();
    let state = match delivery.state {
        _ if !unreadable.is_empty() => Completeness::Partial,
        // On a day of rest nothing is due.
        Completeness::Missing | Completeness::Complete if nothing_due => Completeness::Complete,
        // A night is covered by the files that tell of it, whichever night read them.
        Completeness::Missing | Completeness::Complete => coverage.state(),
        state => state,
    };
    let mut facts = stage.facts(state);
    let lang = desk.config.lang;
    let troubles = delivery
        .troubles
        .iter()
        .map(|trouble| trouble.say(lang))
        .chain(growing().map(|note| note.say(lang)))
        .chain(unreadable);
    let mut troubles: Vec<String> = troubles.collect();
    if troubles.is_empty() && facts.state != Completeness::Complete {
        troubles.push(coverage.say(stage, path, &covered));
    }
    if !troubles.is_empty() {
        facts.trouble = Some(troubles.join("; ").into());
    }
    // Judged over everything that covers the night, so that a rerun judges alike.
    let days: BTreeSet<Day> = covered.iter().map(|file| file.day).collect();
    let (mut lines, mut rejects) = (0_u64, 0_u64);
    for day in days {
        let files = desk.store.files_of_night(&stage.settings.name, day).await?;
        lines += files.iter().map(|file| file.lines).sum::<u64>();
        rejects += desk
            .store
            .rejects_of_night(&stage.settings.name, day)
            .await?;
    }
    stage.judge_rejects(&mut facts, lines.saturating_sub(rejects), rejects);
    Ok(facts)
}

/// Archives, parses and stores each new file; tells which are no tables. `known` are the files read
/// so far. One file at a time is held, out of the archive: an office may begin with years of them.
async fn save(
    stage: &Stage,
    files: Vec<registry::ExportFile>,
    mode: ExportMode,
    known: &mut Vec<ExportFile>,
) -> Result<Vec<String>, JobError> {
    let desk = &stage.desk;
    let files = keep(stage, files).await?;
    let mut unreadable = Vec::new();
    let mut read_now = Vec::new();
    for mut file in files {
        desk.checkpoint()?;
        file.bytes = desk.archive.get(&file.sha256)?;
        match read_file(stage, &file, known) {
            Ok((record, _)) if mode == ExportMode::Snapshot && record.day > stage.night => {
                // what a snapshot withdraws is withdrawn on its own night
                let (source, file) = (record.source.as_str(), &*record.name);
                info!(source.id = source, stage = "pull", file, day = %record.day, "waits for its night");
            }
            Ok((record, rows)) => {
                known.push(record.clone());
                match mode {
                    ExportMode::Delta => {
                        desk.store.save_registry(&record, &stored(rows)).await?;
                    }
                    ExportMode::Snapshot => read_now.push((record, rows)),
                }
            }
            Err(error) => unreadable.push(say_file(&error, desk.config.lang)),
        }
    }
    save_snapshots(stage, read_now, known).await?;
    Ok(unreadable)
}

/// Puts the bytes of the files into the archive: the evidence first, no row changes without a file
/// that tells why. Tells the files without their bytes.
async fn keep(
    stage: &Stage,
    files: Vec<registry::ExportFile>,
) -> Result<Vec<registry::ExportFile>, JobError> {
    let evidence = Evidence::new(stage);
    let mut kept = Vec::new();
    for file in files {
        stage.desk.checkpoint()?;
        evidence.asks("");
        evidence.put(&file.name, &file.bytes).await?;
        let bytes = Vec::new();
        kept.push(registry::ExportFile { bytes, ..file });
    }
    evidence.record(stage).await?;
    Ok(kept)
}

/// Stores snapshots in their order; what the newest of them does not tell any more is withdrawn.
async fn save_snapshots(
    stage: &Stage,
    read_now: Vec<(ExportFile, normalise::RegistryRows)>,
    known: &[ExportFile],
) -> Result<(), JobError> {
    let is_fees = |record: &ExportFile| *record.kind == *FileKind::DossierFees.word();
    let newest = known
        .iter()
        .filter(|record| is_fees(record))
        .max_by_key(|record| record.day);
    let newest = newest.map(|record| record.day);
    let last = read_now
        .iter()
        .rposition(|(record, _)| is_fees(record) && Some(record.day) == newest);
    for (at, (record, rows)) in read_now.into_iter().enumerate() {
        if last == Some(at) {
            withdraw::absent(stage, &record, &rows.fees).await?;
        }
        stage
            .desk
            .store
            .save_registry(&record, &stored(rows))
            .await?;
    }
    Ok(())
}

fn say_notes(stage: &Stage, notes: &[FolderNote]) {
    for note in notes {
        let note = note.say(stage.desk.config.lang);
        warn!(
            source.id = stage.settings.name.as_str(),
            stage = "pull",
            error = note,
            "file left alone"
        );
    }
}

/// Parses a file and tells of which day it is.
fn read_file(
    stage: &Stage,
    file: &registry::ExportFile,
    known: &[ExportFile],
) -> Result<(ExportFile, normalise::RegistryRows), FileError> {
    let source = &stage.settings.name;
    let read = |day| parse(stage, (&file.name, file.kind, &file.bytes), day);
    let mut rows = read(stage.night)?;
    let kind = file.kind.word();
    let last_closed = stage.desk.last_closed_day().max(stage.night);
    let before = known.iter().filter(|known| *known.kind == *kind);
    let day = file_day::of(&file_day::Clues {
        named: registry::day_in_name(&file.name),
        content: file_day::latest(&rows, last_closed),
        night: stage.night,
        last_closed,
        newest: before.map(|known| known.day).max(),
    });
    if day != stage.night && !(rows.rejects.is_empty() && rows.conflicts.is_empty()) {
        // bad rows count under the day of their file
        rows = read(day)?;
    }
    let record = ExportFile {
        source: source.clone(),
        sha256: file.sha256.clone(),
        name: file.name.clone(),
        kind: kind.into(),
        lines: rows.lines,
        day,
        night: stage.night,
    };
    Ok((record, rows))
}

pub(super) fn is_opencps(stage: &Stage) -> bool {
    stage.settings.kind() == registry::opencps::REGISTRATION.kind
}

/// The rows of a file of ours, or of a table that others made.
pub(super) fn parse(
    stage: &Stage,
    (name, kind, bytes): (&str, FileKind, &[u8]),
    day: Day,
) -> Result<normalise::RegistryRows, FileError> {
    let (settings, source) = (&stage.settings, &stage.settings.name);
    let fail = |error| FileError {
        file: name.into(),
        error,
    };
    let words = Words::of_files(settings.kind(), settings.map("map")).unwrap_or_default();
    let foreign = is_opencps(stage) || !words.is_empty() || BookKind::of(bytes).is_some();
    if !foreign {
        return normalise::registry::read(name, kind, bytes, source, day);
    }
    let encodings = [
        "utf-8",
        "utf-16le",
        "utf-16be",
        "windows-1258",
        "tcvn3",
        "vni",
    ];
    let forms = Forms {
        encoding: words
            .form("encoding")
            .and_then(|told| encodings.into_iter().find(|known| *known == told)),
        delimiter: words.form("delimiter").and_then(|told| told.chars().next()),
        sizes: settings.sizes,
    };
    let sheets = Tables::read(bytes.to_vec(), forms).map_err(fail)?.sheets;
    let place = Place {
        file: name,
        source,
        day,
    };
    if is_opencps(stage) {
        return normalise::opencps::read(&sheets, &words, place);
    }
    let ours = normalise::rewrite::rewrite(&sheets, kind, &words, place).map_err(fail)?;
    let mut rows = normalise::registry::read(name, kind, &ours.csv, source, day)?;
    rows.lines += u64::try_from(ours.rejects.len()).unwrap_or(u64::MAX);
    rows.rejects.extend(ours.rejects);
    Ok(rows)
}

/// Empty files are all alike: one that lies there under a new name says that nothing happened, and
/// covers the day that it tells of.
async fn save_empty(
    stage: &Stage,
    delivery: &FolderDelivery,
    known: &mut Vec<ExportFile>,
) -> Result<(), JobError> {
    let store = &stage.desk.store;
    for (name, sha256) in &delivery.known_again {
        let same = |file: &&ExportFile| file.sha256 == *sha256;
        let is_new = !known.iter().filter(same).any(|file| file.name == *name);
        let empty = known.iter().filter(same).find(|file| file.lines == 0);
        if let (Some(file), true) = (empty, is_new) {
            let last_closed = stage.desk.last_closed_day().max(stage.night);
            let named = registry::day_in_name(name);
            let record = ExportFile {
                name: name.clone(),
                day: named.map_or(stage.night, |day| day.min(last_closed)),
                night: stage.night,
                ..file.clone()
            };
            store
                .save_registry(&record, &RegistryRows::default())
                .await?;
            known.push(record);
        }
    }
    Ok(())
}

pub(super) fn stored(read: normalise::RegistryRows) -> RegistryRows {
    RegistryRows {
        agencies: read.agencies,
        fees: read.fees,
        orders: read.orders,
        receipts: read.receipts,
        rejects: read.rejects,
        conflicts: read.conflicts,
        files: read.files,
    }
}
