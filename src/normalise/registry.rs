//! One file of a registry export -> nouns.
use std::collections::BTreeSet;

use super::Columns;
use crate::domain::{
    Agency, Conflict, Day, Fee, PaymentOrder, Receipt, Reject, RowKey, SourceName,
};
use crate::format::FileError;
use crate::source::registry::FileKind;

/// What one file holds, in order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryRows {
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// Payment orders.
    pub orders: Vec<PaymentOrder>,
    /// Receipts.
    pub receipts: Vec<Receipt>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Fees and receipts that contradict each other inside the file.
    pub conflicts: Vec<Conflict>,
    /// The known columns that the file had.
    pub columns: Columns,
    /// Data rows of the file, rejects included.
    pub lines: u64,
}

/// Reads one file; `day` is the day its rejects count under.
pub fn read(
    _name: &str,
    _kind: FileKind,
    _bytes: &[u8],
    _source: &SourceName,
    _day: Day,
) -> Result<RegistryRows, FileError> {
    todo!()
}

/// The open fees that the newest snapshot no longer holds.
pub fn withdrawn<'a>(
    _open: impl IntoIterator<Item = &'a RowKey>,
    _snapshot: &[Fee],
) -> BTreeSet<RowKey> {
    todo!()
}
