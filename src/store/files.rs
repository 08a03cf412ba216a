//! Files that only their owner may read, and that are on disk when a function returns.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use super::StoreError;

/// Makes an empty file with mode 0600; one that is there already is an error.
pub(super) fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let file = options.open(path).map_err(|e| StoreError::io(path, e))?;
    file.sync_all().map_err(|e| StoreError::io(path, e))?;
    sync(parent(path))
}

/// Makes a folder (and those above it) with mode 0700.
pub(super) fn make_dir(path: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(path).map_err(|e| StoreError::io(path, e))
}

/// Flushes a file or folder to disk.
pub(super) fn sync(path: &Path) -> Result<(), StoreError> {
    let file = File::open(path).map_err(|e| StoreError::io(path, e))?;
    file.sync_all().map_err(|e| StoreError::io(path, e))
}

/// The folder of a file.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

/// Writes a file as a whole or not at all: into `temporary` in the same folder, flushed, renamed,
/// the folder flushed.
pub(super) fn write_whole(path: &Path, temporary: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let attempt = || -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(temporary, path)
    };
    if let Err(error) = attempt() {
        match fs::remove_file(temporary) {
            Err(left) if left.kind() != ErrorKind::NotFound => {
                return Err(StoreError::io(temporary, left));
            }
            _ => return Err(StoreError::io(path, error)),
        }
    }
    sync(parent(path))
}
