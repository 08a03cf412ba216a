//! Raw bytes go to the archive before anything reads them.

use crate::domain::SourceName;
use crate::source::{ArchiveError, BoxFuture, RawSink};
use crate::store::archive::{Archive, Archived};
use crate::store::{Store, StoreError};

/// The archive with the store's record of where bytes came from.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    pub(super) archive: Archive,
    pub(super) store: Store,
    pub(super) now_wall: String,
}

impl Evidence {
    /// Archives bytes and records their origin.
    pub(super) async fn save(
        &self,
        source: &SourceName,
        what: &str,
        bytes: &[u8],
    ) -> Result<Archived, StoreError> {
        let (archive, copy) = (self.archive.clone(), bytes.to_vec());
        let kept = tokio::task::spawn_blocking(move || archive.put(&copy)).await;
        let archived = kept.map_err(|error| StoreError::Io {
            path: self.archive.dir().to_path_buf(),
            source: std::io::Error::other(error),
        })??;
        self.store
            .save_raw(&archived, source.as_str(), what, &self.now_wall)
            .await?;
        Ok(archived)
    }
}

impl RawSink for Evidence {
    fn keep<'a>(
        &'a self,
        source: &'a SourceName,
        what: &'a str,
        bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<String, ArchiveError>> {
        Box::pin(async move {
            let archived = self.save(source, what, bytes).await;
            archived
                .map(|a| a.sha256)
                .map_err(|error| ArchiveError(error.to_string().into()))
        })
    }
}
