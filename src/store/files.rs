//! Files that only their owner may read, and that are on disk when a function returns.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::StoreError;
use crate::fault::point;

/// Makes an empty file with mode 0600; one that is there already is an error.
pub(super) fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let create = || {
        point("create a file")?;
        options.open(path)?.sync_all()
    };
    create().map_err(|e| StoreError::io(path, e))?;
    sync(parent(path))
}

/// Makes a folder (and those above it) with mode 0700.
pub(super) fn make_dir(path: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    let create = point("create a folder").and_then(|()| builder.create(path));
    create.map_err(|e| StoreError::io(path, e))
}

/// Flushes a file or folder to disk.
pub(super) fn sync(path: &Path) -> Result<(), StoreError> {
    let sync = || {
        point("flush")?;
        File::open(path)?.sync_all()
    };
    sync().map_err(|e| StoreError::io(path, e))
}

/// That a database file may be written by us, before SQLite makes its log beside it: it would give
/// the log the rights of the file, and nobody could write it once the file is mended. A log of ours
/// that was left like that is mended here.
pub(super) fn assert_writable(path: &Path) -> Result<(), StoreError> {
    if !may_write(path) {
        let message = format!("{} may not be written by this user", path.display());
        return Err(StoreError::ReadOnly(message));
    }
    for suffix in ["-wal", "-shm"] {
        let mut log = path.as_os_str().to_owned();
        log.push(suffix);
        let log = Path::new(&log);
        if !log.exists() || may_write(log) {
            continue;
        }
        let mended = fs::set_permissions(log, fs::Permissions::from_mode(0o600));
        if mended.is_err() {
            let message = format!("{} may not be written by this user", log.display());
            return Err(StoreError::ReadOnly(message));
        }
    }
    Ok(())
}

/// True for a file that we may write, and of which the owner may: root may write all.
fn may_write(path: &Path) -> bool {
    let by_owner = fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o200 != 0);
    by_owner && rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

/// The folder of a file.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

/// Flushes the file system that holds `dir`: all that was written there, at once.
pub(super) fn sync_all_of(dir: &Path) -> Result<(), StoreError> {
    let sync = || {
        point("flush")?;
        Ok(rustix::fs::syncfs(File::open(dir)?)?)
    };
    sync().map_err(|e| StoreError::io(dir, e))
}

/// Writes a file as a whole or, should the process end, not at all: into `temporary` in the same
/// file system, renamed. It is on disk after [`sync`] of the file and of its folder.
pub(super) fn write_whole(path: &Path, temporary: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let attempt = || -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(temporary)?;
        point("write")?;
        file.write_all(bytes)?;
        point("rename")?;
        fs::rename(temporary, path)
    };
    attempt().map_err(|error| match fs::remove_file(temporary) {
        Err(left) if left.kind() != ErrorKind::NotFound => StoreError::io(temporary, left),
        _ => StoreError::io(path, error),
    })
}
