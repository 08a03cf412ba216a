//! A snapshot says everything: a fee that its newest file no longer holds was withdrawn, whatever
//! it said before, unless money is linked to it: an export may drop what is settled. The list of
//! all fees of a dossier drops nothing: what it no longer holds was withdrawn, linked or not.

use std::collections::{BTreeMap, BTreeSet};

use tracing::info;

use super::Stage;
use crate::domain::{Day, DossierCode, Fee, FeeId, FeeStatus, RowKey};
use crate::job::digest;
use crate::job::error::JobError;
use crate::matching::Names;
use crate::normalise;
use crate::store::{ExportFile, RegistryRows, Window};

/// The kind of the record that says what was withdrawn.
const WITHDRAWN: &str = "withdrawn";

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
    let gone_keys: BTreeSet<RowKey> = normalise::withdrawn(&open, fees);
    let gone = pool.fees.into_iter();
    let gone = gone.filter(|fee| gone_keys.contains(&fee.key()));
    let sha256 = digest::of(&("absent from", &file.sha256))?;
    cancel(stage, (file, sha256), gone.collect()).await
}

/// The list of all fees of a dossier, as the interface of a one-stop system told it.
pub(super) struct List<'r> {
    /// What is remembered of the dossier.
    pub(super) file: &'r ExportFile,
    /// Its code.
    pub(super) code: &'r DossierCode,
    /// The ids of its fees.
    pub(super) ids: &'r BTreeSet<FeeId>,
    /// The day from which what it no longer holds is withdrawn.
    pub(super) day: Day,
}

/// Cancels the fees that the source itself told of these dossiers and that their lists no longer
/// hold, whatever money is linked to them: it names the dossier, so that it goes to what the
/// dossier owes now, and stays where that is nothing. Done before the dossiers themselves are
/// stored.
pub(super) async fn unlisted(stage: &Stage, lists: &[List<'_>]) -> Result<(), JobError> {
    let store = &stage.desk.store;
    let (mut days, mut ids) = (BTreeMap::new(), BTreeMap::new());
    for list in lists {
        days.insert(list.code.clone(), list.day);
        ids.insert(list.code, list.ids);
    }
    let told = store.fees_told(&stage.settings.name, &days).await?;
    let lacks = |fee: &Fee| {
        let list = ids.get(&fee.dossier_code);
        list.is_some_and(|ids| !ids.contains(&fee.fee_id))
    };
    let mut gone: BTreeMap<DossierCode, Vec<Fee>> = BTreeMap::new();
    for fee in told.into_iter().filter(lacks) {
        gone.entry(fee.dossier_code.clone()).or_default().push(fee);
    }
    for list in lists {
        let fees = gone.remove(list.code).unwrap_or_default();
        let ids: Vec<&str> = fees.iter().map(|fee| fee.fee_id.as_str()).collect();
        let sha256 = digest::of(&("absent from", &list.file.sha256, &ids))?;
        let file = ExportFile {
            day: list.day,
            ..list.file.clone()
        };
        cancel(stage, (&file, sha256), fees).await?;
    }
    Ok(())
}

/// Stores these fees as cancelled from the day of the file on, under a record of its own.
async fn cancel(
    stage: &Stage,
    (file, sha256): (&ExportFile, Box<str>),
    gone: Vec<Fee>,
) -> Result<(), JobError> {
    if gone.is_empty() {
        return Ok(());
    }
    info!(
        source.id = file.source.as_str(),
        stage = "pull",
        row.count = gone.len(),
        "withdrawn"
    );
    let cancelled = |fee: Fee| Fee {
        status: FeeStatus::Cancelled,
        ..fee
    };
    let rows = RegistryRows {
        fees: gone.into_iter().map(cancelled).collect(),
        ..RegistryRows::default()
    };
    let record = ExportFile {
        sha256,
        kind: WITHDRAWN.into(),
        lines: 0,
        night: stage.night,
        ..file.clone()
    };
    stage.desk.store.save_registry(&record, &rows).await?;
    Ok(())
}
