//! Reading the registry's export folder.

use std::collections::BTreeSet;
use std::path::Path;

use tracing::warn;

use super::Stage;
use super::raw::Evidence;
use crate::domain::{Completeness, SourceFacts};
use crate::job::error::JobError;
use crate::normalise;
use crate::source::registry::{self, ExportMode, ExportSettings, FileKind, FolderDelivery};
use crate::store::{ExportFile, RegistryRows};

pub(super) async fn read(stage: &Stage, path: &Path) -> Result<SourceFacts, JobError> {
    let desk = &stage.desk;
    let known = desk.store.known_files(&stage.settings.name).await?;
    let known: BTreeSet<String> = known.into_iter().map(String::from).collect();
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
    let (rows, rejects, unreadable) = save(stage, &delivery).await?;
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
    stage.judge_rejects(&mut facts, rows, rejects);
    Ok(facts)
}

/// Archives, parses and stores each new file; tells rows, rejects and the files that are no tables.
async fn save(
    stage: &Stage,
    delivery: &FolderDelivery,
) -> Result<(usize, usize, Vec<String>), JobError> {
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
    let (mut rows, mut rejects, mut unreadable) = (0, 0, Vec::new());
    for file in &delivery.files {
        desk.checkpoint()?;
        evidence.put(&file.name, &file.bytes).await?;
        match normalise::registry::read(&file.name, file.kind, &file.bytes, name, stage.night) {
            Ok(read) => {
                let lines = usize::try_from(read.lines).unwrap_or(usize::MAX);
                rows += lines.saturating_sub(read.rejects.len());
                rejects += read.rejects.len();
                let record = ExportFile {
                    source: name.clone(),
                    sha256: file.sha256.clone(),
                    name: file.name.clone(),
                    kind: kind_word(file.kind).into(),
                    lines: read.lines,
                    night: stage.night,
                };
                desk.store.save_registry(&record, &stored(read)).await?;
            }
            Err(error) => unreadable.push(crate::text::reject::say_file(&error, desk.config.lang)),
        }
    }
    evidence.record(stage).await?;
    Ok((rows, rejects, unreadable))
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
