//! Whose an installation is: the user that its nights run as is the owner of its folder.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Failure;
use crate::config::{Config, DatabaseUrl};
use crate::domain::Lang;
use crate::job::Exit;
use crate::text::say;

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

/// Refuses to write as root where the files are another user's: what root leaves there the nights
/// of that user cannot read or replace, and giving it away afterwards would follow links that the
/// user put there. Names the command to use instead.
pub(super) fn refuse_root(config: &Config, lang: Lang) -> Result<(), Failure> {
    let mut folders = vec![&*config.report_dir, &config.archive_dir, &config.dir];
    let database = match &config.database {
        DatabaseUrl::Sqlite(file) => Some(file.as_path()),
        DatabaseUrl::Postgres(_) => None,
    };
    folders.extend(database);
    refuse_root_in(&folders, lang)
}

/// The same for what is to be written into these folders or files.
pub(super) fn refuse_root_in(paths: &[&Path], lang: Lang) -> Result<(), Failure> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let found = paths.iter().find_map(|path| Some((path, other(path)?)));
    let Some((path, owner)) = found else {
        return Ok(());
    };
    let (path, command) = (path.display().to_string(), command());
    let args = [
        ("path", path.as_str()),
        ("user", &owner.user),
        ("command", &command),
    ];
    Err(Failure::new(
        Exit::Usage,
        say(lang, "root-writes", &args),
        say(lang, "root-writes-fix", &args),
    ))
}

/// The owner of what is there of a path, where that is not root.
fn other(path: &Path) -> Option<Owner> {
    let there = path.ancestors().find(|path| path.exists())?;
    let uid = std::fs::metadata(there).ok()?.uid();
    (uid != 0).then(|| Owner::of(there).ok()).flatten()
}

/// The command line, as a shell takes it.
fn command() -> String {
    let words = std::env::args_os().map(|word| {
        let word = word.to_string_lossy().into_owned();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:=@+,".contains(&b);
        if !word.is_empty() && word.bytes().all(plain) {
            return word;
        }
        format!("'{}'", word.replace('\'', "'\\''"))
    });
    words.collect::<Vec<_>>().join(" ")
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
