//! A snapshot says everything: a fee that its newest file no longer holds was withdrawn, whatever
//! it said before, unless money is linked to it.

use std::collections::BTreeSet;

use tracing::info;

use super::Stage;
use crate::domain::{DossierCode, Fee, FeeStatus, RowKey};
use crate::job::digest;
use crate::job::error::JobError;
use crate::matching::Names;
use crate::normalise;
use crate::store::{ExportFile, RegistryRows, Window};

/// Cancels the fees without money that `fees`, the rows of the snapshot `file`, no longer hold.
/// Done before the file itself is stored: killed in between, the next start finds the same fees
/// open.
pub(super) async fn absent(stage: &Stage, file: &ExportFile, fees: &[Fee]) -> Result<(), JobError> {
    let desk = &stage.desk;
    let pool = desk
        .store
        .pool(file.day, &Names::default(), &Window::default())
        .await?;
    let codes: BTreeSet<DossierCode> = pool.fees.iter().map(|f| f.dossier_code.clone()).collect();
    let linked = desk.store.linked_fees(stage.night, &codes).await?;
    let is_open = |fee: &&Fee| fee.status != FeeStatus::Cancelled && !linked.contains(&fee.key());
    let open: Vec<RowKey> = pool.fees.iter().filter(is_open).map(Fee::key).collect();
    let gone: BTreeSet<RowKey> = normalise::withdrawn(&open, fees);
    if gone.is_empty() {
        return Ok(());
    }
    info!(
        source.id = file.source.as_str(),
        stage = "pull",
        row.count = gone.len(),
        "withdrawn"
    );
    let cancelled = pool
        .fees
        .into_iter()
        .filter(|fee| gone.contains(&fee.key()));
    let rows = RegistryRows {
        fees: cancelled
            .map(|fee| Fee {
                status: FeeStatus::Cancelled,
                ..fee
            })
            .collect(),
        ..RegistryRows::default()
    };
    let record = ExportFile {
        sha256: digest::of(&("absent from", &file.sha256))?,
        kind: "withdrawn".into(),
        lines: 0,
        ..file.clone()
    };
    desk.store.save_registry(&record, &rows).await?;
    Ok(())
}
