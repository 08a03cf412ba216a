//! Small questions of the job: which of these are known?

use std::collections::BTreeSet;

use super::{Store, StoreError};
use crate::domain::{Day, SourceName};

impl Store {
    /// Which of these transaction ids of `source` are stored.
    pub async fn known_txns(
        &self,
        _source: &SourceName,
        _ids: &[&str],
    ) -> Result<BTreeSet<Box<str>>, StoreError> {
        todo!()
    }

    /// Which of these match groups stood just like this before `night`.
    pub async fn known_groups(
        &self,
        _night: Day,
        _ids: &[&str],
    ) -> Result<BTreeSet<Box<str>>, StoreError> {
        todo!()
    }
}
