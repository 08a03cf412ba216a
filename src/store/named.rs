//! What new rows name, as keys of the store's indexes.

use std::collections::BTreeSet;

use crate::domain::DossierCode;

/// Keys read out of new rows. The store turns them into rows through indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Dossiers that exist.
    pub dossiers: BTreeSet<DossierCode>,
    /// Order ids (structured references that are no dossier code).
    pub orders: BTreeSet<Box<str>>,
    /// Native ids of transactions, as they stand in memos and in refunds.
    pub txn_ids: BTreeSet<Box<str>>,
    /// Bank references.
    pub bank_refs: BTreeSet<Box<str>>,
}
