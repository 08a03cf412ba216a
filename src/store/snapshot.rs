//! One state of the database for as long as somebody reads: what a night writes meanwhile is not
//! seen, and nobody waits for anybody (the log of SQLite, row versions of PostgreSQL).

use std::fmt;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::exec::Tx;
use super::statement as sql;
use super::{Store, StoreError};

/// The transaction that holds the state still; readers take turns.
#[derive(Clone)]
pub(super) struct Snapshot(Arc<Mutex<Tx>>);

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snapshot")
    }
}

impl Snapshot {
    /// The turn of one reader.
    pub(super) async fn turn(&self) -> Tx {
        Tx::Shared(Arc::clone(&self.0).lock_owned().await)
    }
}

impl Store {
    /// The same database as it stands now, whatever a writer does from here on; it cannot be
    /// written through. Drop it before the store is closed.
    pub async fn snapshot(&self) -> Result<Self, StoreError> {
        let mut tx = self.begin_read().await?;
        // both databases fix the state with the first row that is read
        tx.rows(&sql::SELECT_LEASE, &[]).await?;
        Ok(Self {
            db: self.db.clone(),
            snapshot: Some(Snapshot(Arc::new(Mutex::new(tx)))),
        })
    }
}
