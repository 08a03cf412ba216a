//! Small questions of the job: which of these are known?

use std::collections::BTreeSet;

use super::batch::{batches, keys};
use super::codec::{NEVER, write_key};
use super::exec::Bind;
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{Day, RowKey, SourceName};

impl Store {
    /// Which of these transaction ids of `source` are stored.
    pub async fn known_txns(
        &self,
        source: &SourceName,
        ids: &[&str],
    ) -> Result<BTreeSet<Box<str>>, StoreError> {
        let rows = ids.iter().map(|id| RowKey::txn(source, id));
        let batches = batches(rows, |row, key| {
            write_key(row, &key);
        });
        let mut tx = self.begin_read().await?;
        let whenever = [Bind::Text(NEVER)];
        let found = tx
            .rows_of_batches(&sql::SELECT_TXN_BY_KEY, &batches, &whenever)
            .await?;
        found.iter().map(|row| Ok(row.text("id")?.into())).collect()
    }

    /// Which of these match groups stood just like this before `night`.
    pub async fn known_groups(
        &self,
        night: Day,
        ids: &[&str],
    ) -> Result<BTreeSet<Box<str>>, StoreError> {
        let night = night.to_string();
        let mut tx = self.begin_read().await?;
        let before = [Bind::Text(&night)];
        let found = tx
            .rows_of_batches(&sql::SELECT_GROUP_BEFORE, &keys(ids), &before)
            .await?;
        found
            .iter()
            .map(|row| Ok(row.text("group_id")?.into()))
            .collect()
    }
}
