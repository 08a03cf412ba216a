//! Raw bytes are evidence: kept, compressed and named by their sha256, before they are parsed.

use std::path::{Path, PathBuf};

use super::{Store, StoreError};

/// The folder of archived bytes.
#[derive(Clone, Debug)]
pub struct Archive {
    dir: PathBuf,
}

/// What was archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// 64 hex digits over the bytes as received.
    pub sha256: String,
    /// Number of bytes as received.
    pub bytes: u64,
}

impl Archive {
    /// Uses (and makes, with mode 0700) the folder `dir`.
    pub fn open(_dir: &Path) -> Result<Self, StoreError> {
        todo!()
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Keeps `bytes`; the same bytes twice are one file. When it returns, they are on disk.
    pub fn put(&self, _bytes: &[u8]) -> Result<Archived, StoreError> {
        todo!()
    }

    /// The bytes of `sha256`, verified.
    pub fn get(&self, _sha256: &str) -> Result<Vec<u8>, StoreError> {
        todo!()
    }
}

impl Store {
    /// Records where archived bytes came from: `what` is the request or file name without secrets.
    pub async fn save_raw(
        &self,
        _archived: &Archived,
        _source: &str,
        _what: &str,
        _at_wall: &str,
    ) -> Result<(), StoreError> {
        todo!()
    }
}
