//! Raw bytes go to the archive before anything reads them.

use std::sync::{Mutex, PoisonError};

use super::Stage;
use crate::domain::SourceName;
use crate::source::{ArchiveError, BoxFuture, RawSink};
use crate::store::StoreError;
use crate::store::archive::{Archive, Archived};

/// The archive, and what was put there by this reading. Bytes are on disk when `keep` returns;
/// their origins are recorded together by [`Evidence::record`], one transaction a source.
#[derive(Debug)]
pub(super) struct Evidence {
    archive: Archive,
    kept: Mutex<Vec<(Archived, Box<str>)>>,
}

impl Evidence {
    pub(super) fn new(stage: &Stage) -> Self {
        Self {
            archive: stage.desk.archive.clone(),
            kept: Mutex::default(),
        }
    }

    /// Archives bytes.
    pub(super) async fn put(&self, what: &str, bytes: &[u8]) -> Result<String, StoreError> {
        let (archive, copy) = (self.archive.clone(), bytes.to_vec());
        let put = tokio::task::spawn_blocking(move || archive.put(&copy)).await;
        let archived = put.map_err(|error| StoreError::Io {
            path: self.archive.dir().to_path_buf(),
            source: std::io::Error::other(error),
        })??;
        let sha256 = archived.sha256.clone();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((archived, what.into()));
        Ok(sha256)
    }

    /// Remembers what was archived elsewhere.
    pub(super) fn note(&self, archived: &Archived, what: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((archived.clone(), what.into()));
    }

    /// Records where everything came from.
    pub(super) async fn record(self, stage: &Stage) -> Result<(), StoreError> {
        let kept = self
            .kept
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let desk = &stage.desk;
        desk.store
            .save_raws(&stage.settings.name, &kept, &desk.now_wall())
            .await
    }
}

impl RawSink for Evidence {
    fn keep<'a>(
        &'a self,
        _source: &'a SourceName,
        what: &'a str,
        bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<String, ArchiveError>> {
        Box::pin(async move {
            let kept = self.put(what, bytes).await;
            kept.map_err(|error| ArchiveError(error.to_string().into()))
        })
    }
}
