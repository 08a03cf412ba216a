//! Reading the registry's export folder.

use std::collections::BTreeSet;
use std::path::Path;

use tracing::warn;

use super::raw::Evidence;
use super::{Stage, withdraw};
use crate::domain::{Completeness, SourceFacts};
use crate::job::error::JobError;
use crate::normalise;
use crate::source::registry::{self, ExportMode, ExportSettings, FileKind, FolderDelivery};
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
        pause: desk.file_pause,
    };
    let delivery = registry::read_folder(&settings, &known).await;
    let unreadable = save(stage, &delivery, mode).await?;
    save_empty(stage, &delivery, &read).await?;
    let covered = desk
        .store
        .files_of_night(&stage.settings.name, stage.night)
        .await?;
    let state = match delivery.state {
        _ if !unreadable.is_empty() => Completeness::Partial,
        // A rerun is covered by the files that the earlier run of the night read.
        Completeness::Missing if !covered.is_empty() => Completeness::Complete,
        state => state,
    };
    let mut facts = stage.facts(state);
    let lang = desk.config.lang;
    let troubles = delivery
        .troubles
        .iter()
        .map(|trouble| trouble.say(lang))
        .chain(unreadable);
    let troubles: Vec<String> = troubles.collect();
    if !troubles.is_empty() {
        facts.trouble = Some(troubles.join("; ").into());
    }
    // Judged over everything that the night read, so that a rerun judges alike.
    let rejects = desk
        .store
        .rejects_of_night(&stage.settings.name, stage.night)
        .await?;
    let lines: u64 = covered.iter().map(|file| file.lines).sum();
    stage.judge_rejects(&mut facts, lines.saturating_sub(rejects), rejects);
    Ok(facts)
}

/// Archives, parses and stores each new file; tells which are no tables.
async fn save(
    stage: &Stage,
    delivery: &FolderDelivery,
    mode: ExportMode,
) -> Result<Vec<String>, JobError> {
    let desk = &stage.desk;
    let name = &stage.settings.name;
    let evidence = Evidence::new(stage);
    for note in &delivery.notes {
        let note = note.say(desk.config.lang);
        warn!(
            source.id = name.as_str(),
            stage = "pull",
            error = note,
            "file left alone"
        );
    }
    let newest = delivery
        .files
        .iter()
        .rfind(|file| file.kind == FileKind::DossierFees);
    let mut unreadable = Vec::new();
    for file in &delivery.files {
        desk.checkpoint()?;
        evidence.put(&file.name, &file.bytes).await?;
        match normalise::registry::read(&file.name, file.kind, &file.bytes, name, stage.night) {
            Ok(read) => {
                let record = ExportFile {
                    source: name.clone(),
                    sha256: file.sha256.clone(),
                    name: file.name.clone(),
                    kind: kind_word(file.kind).into(),
                    lines: read.lines,
                    night: stage.night,
                };
                if mode == ExportMode::Snapshot && newest == Some(file) {
                    withdraw::absent(stage, &record, &read.fees).await?;
                }
                desk.store.save_registry(&record, &stored(read)).await?;
            }
            Err(error) => unreadable.push(say_file(&error, desk.config.lang)),
        }
    }
    evidence.record(stage).await?;
    Ok(unreadable)
}

/// Empty files are all alike: one that lies there under a new name says that nothing happened, and
/// covers the night.
async fn save_empty(
    stage: &Stage,
    delivery: &FolderDelivery,
    read: &[ExportFile],
) -> Result<(), JobError> {
    for (name, sha256) in &delivery.known_again {
        let same = |file: &&ExportFile| file.sha256 == *sha256;
        let is_new = !read.iter().filter(same).any(|file| file.name == *name);
        let empty = read.iter().filter(same).find(|file| file.lines == 0);
        if let (Some(file), true) = (empty, is_new) {
            let record = ExportFile {
                name: name.clone(),
                night: stage.night,
                ..file.clone()
            };
            let nothing = RegistryRows::default();
            stage.desk.store.save_registry(&record, &nothing).await?;
        }
    }
    Ok(())
}

fn kind_word(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Agencies => "agencies",
        FileKind::DossierFees => "dossier_fees",
        FileKind::PaymentOrders => "payment_orders",
        FileKind::CashReceipts => "cash_receipts",
    }
}

fn stored(read: normalise::RegistryRows) -> RegistryRows {
    RegistryRows {
        agencies: read.agencies,
        fees: read.fees,
        orders: read.orders,
        receipts: read.receipts,
        rejects: read.rejects,
        conflicts: read.conflicts,
    }
}
