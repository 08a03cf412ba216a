//! The part of `doisoat check` about the database and the archive that belongs to it.

use super::check::Line;
use crate::config::Config;
use crate::job::{Exit, JobError, foreign, lost};
use crate::store::archive::Archive;
use crate::store::{OpenMode, StoreError};

/// The database can be read and written, and the archive is its own.
pub(super) async fn line(config: &Config) -> Line {
    let name = config.database.label();
    let checked = async {
        let store = lost::open(config, OpenMode::Ready).await?;
        let checked = async {
            store.check().await?;
            store.assert_writable().await?;
            store.assert_lockable()?;
            store.assert_rights().await?;
            foreign::refuse(config, &store, &Archive::at(&config.archive_dir)).await
        };
        let checked = checked.await;
        store.close().await;
        checked
    };
    match checked.await {
        Ok(()) => Line::ok("database", name),
        Err(JobError::Store(error @ StoreError::Busy(_))) => {
            let fix = "look again when it has ended: `doisoat status`";
            Line::warn("database", error.to_string(), fix)
        }
        Err(error) => {
            let (message, fix) = error.message_and_fix();
            let exit = match error {
                JobError::Usage { .. } => Exit::Usage,
                _ => Exit::Database,
            };
            Line::fail("database", exit, message, fix)
        }
    }
}
