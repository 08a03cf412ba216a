//! Record -> Txn or Reject.
use super::SourceContext;
use crate::domain::{Reject, Txn};
use crate::source::Record;

/// The rows of one delivery (one listing, one answer or one file), numbered, in order of their
/// keys. Versions of one id that contradict each other all stand here: `merge` tells them apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxnRows {
    /// Readable rows.
    pub txns: Vec<Txn>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
}

/// One record alone. Without a native id the id is the bare `~<12 hex>`; [`read_records`] numbers it.
pub fn to_txn(_record: &Record, _source: &SourceContext) -> Result<Txn, Reject> {
    todo!()
}

/// All records of one delivery.
pub fn read_records(_records: &[Record], _source: &SourceContext) -> TxnRows {
    todo!()
}
