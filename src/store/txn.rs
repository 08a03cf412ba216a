//! Transactions: the version first stored is canonical; a later final status is an update; other
//! content under the same id is a conflict kept for a person.

use super::{FeedDay, Store, StoreError};
use crate::domain::{Conflict, Day, Reject, SourceName, Txn, TxnKind, TxnStatus};

/// What one pull of one source brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Transactions of whole days or answered orders only.
    pub txns: Vec<Txn>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Contradictions inside this pull; the kept version also stands in `txns`.
    pub conflicts: Vec<Conflict>,
    /// How complete each day of the window is.
    pub days: Vec<FeedDay>,
}

/// What a pull changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Rows never seen before.
    pub new: u64,
    /// Rows whose status or late details were updated.
    pub updated: u64,
    /// Rows with contradicting content.
    pub conflicts: u64,
    /// Rejects never seen before.
    pub rejects: u64,
}

/// Canonical rows of one source by kind and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCount {
    /// The source.
    pub source: SourceName,
    /// What the rows do.
    pub kind: TxnKind,
    /// The money's state.
    pub status: TxnStatus,
    /// Rows whose business date is the night's.
    pub count: u64,
    /// Their sum in dong, without sign.
    pub sum: i128,
    /// Rows of earlier days first seen by this night's pull.
    pub arrived_count: u64,
    /// Their sum in dong, without sign.
    pub arrived_sum: i128,
}

impl Store {
    /// Stores a pull of `source` made for `night`, in one transaction. Idempotent: the same rows
    /// again, in any overlap, change nothing.
    pub async fn save_transactions(
        &self,
        _source: &SourceName,
        _night: Day,
        _delivery: &Delivery,
    ) -> Result<Saved, StoreError> {
        todo!()
    }

    /// The canonical rows of `night` (and those of earlier days that arrived with it), by source,
    /// kind and status, in that order.
    pub async fn source_counts(&self, _night: Day) -> Result<Vec<SourceCount>, StoreError> {
        todo!()
    }
}
