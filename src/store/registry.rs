//! The expected side, as the registry's exports told it: versions by the night that read them.

use std::collections::BTreeSet;

use super::{Store, StoreError};
use crate::domain::{Agency, Conflict, Day, Fee, PaymentOrder, Receipt, Reject, SourceName};

/// One export file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// The registry source.
    pub source: SourceName,
    /// 64 hex digits over its bytes.
    pub sha256: Box<str>,
    /// Its name, without folder.
    pub name: Box<str>,
    /// What it holds: `dossier_fees`, `payment_orders`, `cash_receipts`, `agencies`.
    pub kind: Box<str>,
    /// Data lines in it.
    pub lines: u64,
    /// The night that read it.
    pub night: Day,
}

/// The rows of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryRows {
    /// Agencies with validity.
    pub agencies: Vec<Agency>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// Payment orders.
    pub orders: Vec<PaymentOrder>,
    /// Counter receipts.
    pub receipts: Vec<Receipt>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Contradictions inside the file; the kept version also stands in the list of its kind.
    pub conflicts: Vec<Conflict>,
}

impl Store {
    /// The sha256 of every file of `source` read so far.
    pub async fn known_files(
        &self,
        _source: &SourceName,
    ) -> Result<BTreeSet<Box<str>>, StoreError> {
        todo!()
    }

    /// The files of `source` that `night` read, by name.
    pub async fn files_of_night(
        &self,
        _source: &SourceName,
        _night: Day,
    ) -> Result<Vec<ExportFile>, StoreError> {
        todo!()
    }

    /// Stores one file's rows in one transaction; a known file changes nothing (`false`). A row
    /// counts from the night that read it or from its own date, whichever is later; a later row of
    /// the same identity replaces the earlier one from then on.
    pub async fn save_registry(
        &self,
        _file: &ExportFile,
        _rows: &RegistryRows,
    ) -> Result<bool, StoreError> {
        todo!()
    }

    /// The agencies as of `night`.
    pub async fn agencies(&self, _night: Day) -> Result<Vec<Agency>, StoreError> {
        todo!()
    }
}
