//! Whose an installation is: the user that its nights run as is the owner of its folder.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// The owner of an installation's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    uid: u32,
    gid: u32,
    /// Its name, or its number where it has none.
    pub(super) user: String,
    /// The name of its group, or its number.
    pub(super) group: String,
}

impl Owner {
    /// Of the folder.
    pub(super) fn of(dir: &Path) -> Result<Self> {
        let found = std::fs::metadata(dir).with_context(|| dir.display().to_string())?;
        let (uid, gid) = (found.uid(), found.gid());
        Ok(Self {
            uid,
            gid,
            user: name("passwd", uid),
            group: name("group", gid),
        })
    }

    /// True for the superuser, as whom no night should run.
    pub(super) fn is_root(&self) -> bool {
        self.uid == 0
    }

    /// Gives a file or folder that root made to the owner; whoever else made it owns it.
    pub(super) fn give(&self, path: &Path) -> Result<()> {
        if self.is_root() || !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        let given = chown(path, Some(self.uid), Some(self.gid));
        given.with_context(|| format!("{} cannot be given to {}", path.display(), self.user))
    }
}

/// The name of the user that runs the program, or its number where it has none.
pub(super) fn user() -> String {
    name("passwd", rustix::process::geteuid().as_raw())
}

/// A name by its number, as the system knows it (also from a directory service).
fn name(database: &str, id: u32) -> String {
    let asked = Command::new("getent")
        .args([database, &id.to_string()])
        .output();
    let text = asked.map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
    let text = text.unwrap_or_default();
    match text.split(':').next().map(str::trim) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => id.to_string(),
    }
}
