//! Small files that are replaced as a whole: whoever reads them never reads half of one.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Puts the file in place with the mode, whatever the umask.
pub(super) fn replace(file: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let part = file.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = write_whole(&part, text, mode).and_then(|()| fs::rename(&part, file));
    if written.is_err() {
        // the name is ours alone: a leftover of a process with the same number
        let _gone = fs::remove_file(&part);
    }
    written
}

fn write_whole(part: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    let options = options.write(true).create_new(true).mode(mode);
    let mut to = options.open(part)?;
    to.set_permissions(Permissions::from_mode(mode))?;
    to.write_all(text.as_bytes())?;
    to.sync_all()
}
