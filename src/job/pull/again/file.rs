//! A file of a folder, read again as it was read then: as of the day that it was found to tell of.

use tokio::sync::mpsc;

use anyhow::Context;

use super::super::files::{self, parse};
use super::super::{Stage, folder};
use super::{BTreeSet, Came, Delivery, Reading, Tape};
use crate::job::error::JobError;
use crate::normalise::statement::again::Again;
use crate::source::registry::FileKind;
use crate::source::{FileSource, RawSink, Told};
use crate::store::ExportFile;

/// What was remembered of the file when it was read.
async fn record(stage: &Stage, reading: &Reading) -> Result<Option<ExportFile>, JobError> {
    let known = stage.desk.store.known_files(&stage.settings.name).await?;
    let is_it = |file: &ExportFile| {
        file.name == reading.what && Some(&file.sha256) == reading.sha256.as_ref()
    };
    Ok(known.into_iter().find(is_it))
}

/// A file of the registry. One that was not remembered could not be read, or waits for its night.
pub(super) async fn registry(
    stage: &Stage,
    reading: &Reading,
    tape: &Tape,
) -> Result<Came, JobError> {
    let kind = if folder::is_opencps(stage) {
        Some(FileKind::PaymentFiles)
    } else {
        FileKind::of(&reading.what)
    };
    let (Some(file), Some(kind)) = (record(stage, reading).await?, kind) else {
        return Ok(Came::Nothing);
    };
    let Some(Told::Bytes(bytes)) = tape.told(&reading.what) else {
        return Ok(Came::Nothing);
    };
    let rows = folder::parse(stage, (&reading.what, kind, &bytes), file.day);
    let rows = rows.map_err(|error| anyhow::anyhow!("{}: {}", error.file, error.error))?;
    Ok(Came::Registry(vec![(file, folder::stored(rows))]))
}

/// A statement or settlement file.
pub(super) async fn statement(
    stage: &Stage,
    files: &FileSource,
    reading: &Reading,
) -> Result<Came, JobError> {
    let Some(file) = record(stage, reading).await? else {
        return Ok(Came::Nothing);
    };
    let (archive, sha256) = (stage.desk.archive.clone(), file.sha256.to_string());
    let (mapping, digest) = (files.mapping.clone(), sha256.clone());
    let scanned = tokio::task::spawn_blocking(move || parse::scan(&archive, &digest, &mapping));
    let scanned = scanned.await.context("a file's reader ended")??;
    let scanned = scanned.map_err(|error| anyhow::anyhow!("{}: {error}", reading.what))?;
    let job = parse::Job::of(stage, files, (&sha256, &reading.what), file.day);
    let (sender, mut chunks) = mpsc::channel(2);
    let parsing = tokio::task::spawn_blocking(move || job.rows(&scanned, &sender));
    let (mut all, mut numbers) = (Delivery::default(), Again::default());
    while let Some(chunk) = chunks.recv().await {
        let (mut delivery, _) = files::deliver::delivery(stage, &mut numbers, chunk).await?;
        all.txns.append(&mut delivery.txns);
        all.rejects.append(&mut delivery.rejects);
        all.conflicts.append(&mut delivery.conflicts);
    }
    let read = parsing.await.context("a file's reader ended")??;
    read.map_err(|error| anyhow::anyhow!("{}: {error}", reading.what))?;
    Ok(Came::Money(all, BTreeSet::new()))
}
