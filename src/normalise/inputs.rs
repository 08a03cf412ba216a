//! The files of `match` -> what `settle` reads.
use super::Columns;
use crate::format::FileError;
use crate::settle::Inputs;

/// Name and bytes of one file.
pub type NamedBytes<'a> = (&'a str, &'a [u8]);

/// The files of one `match`.
#[derive(Clone, Debug, Default)]
pub struct MatchFiles<'a> {
    /// `dossier_fees*.csv`.
    pub fees: NamedBytes<'a>,
    /// `transactions_<source>.csv`.
    pub transactions: Vec<NamedBytes<'a>>,
    /// `cash_receipts*.csv`.
    pub cash: Option<NamedBytes<'a>>,
    /// `agencies*.csv`; without it the agencies are those of the fees.
    pub agencies: Option<NamedBytes<'a>>,
}

/// What they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchInputs {
    /// For `settle`; every source is complete until the caller says otherwise.
    pub inputs: Inputs,
    /// The columns of the fee file.
    pub columns: Columns,
    /// One entry a file, in the order given: fees, transactions, cash, agencies.
    pub counts: Vec<FileCount>,
}

/// What one file held.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FileCount {
    /// File name.
    pub file: Box<str>,
    /// Data rows.
    pub rows: u64,
    /// Rows that could not be read.
    pub rejects: u64,
}

/// Reads them all. The error is a file that cannot be read as a whole (exit code 2).
pub fn read_match_inputs(_files: &MatchFiles<'_>) -> Result<MatchInputs, FileError> {
    todo!()
}
