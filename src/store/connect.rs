//! Opening, creating, migrating and checking the database.

use std::path::Path;

use super::StoreError;

/// What `open` expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// An initialised database without pending migrations: what every command but `init` and
    /// `migrate` needs.
    Ready,
    /// A database in any state (`migrate`, `status`, `check`); none is `NotInitialised`.
    Any,
    /// Make it if it is not there (`init`); migrations are not applied.
    Create,
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {}

impl Store {
    /// Opens the database at `url`: `sqlite://FILE` or `postgres://...`.
    pub async fn open(_url: &str, _mode: OpenMode) -> Result<Self, StoreError> {
        todo!()
    }

    /// Makes the database if it is not there and applies every migration.
    pub async fn create(_url: &str) -> Result<Self, StoreError> {
        todo!()
    }

    /// Names of the migrations that wait, in order.
    pub async fn pending(&self) -> Result<Vec<String>, StoreError> {
        todo!()
    }

    /// Applies pending migrations and tells their names. An existing SQLite database with data
    /// copies itself to `<file>.before-<version>` first.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        todo!()
    }

    /// Integrity check of the database itself.
    pub async fn check(&self) -> Result<(), StoreError> {
        todo!()
    }

    /// Writes a consistent copy (SQLite only; PostgreSQL has `pg_dump`).
    pub async fn backup(&self, _to: &Path) -> Result<(), StoreError> {
        todo!()
    }

    /// The end of a night: folds the write-ahead log into the file and refreshes statistics.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        todo!()
    }

    /// Closes every connection.
    pub async fn close(self) {
        todo!()
    }

    /// The canonical text of all business state: the same for both databases after the same
    /// operations; no wall clock, lease, raw or log.
    pub async fn dump(&self) -> Result<String, StoreError> {
        todo!()
    }
}
