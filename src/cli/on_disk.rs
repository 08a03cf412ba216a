//! Files that are read while they are parsed, never held as a whole.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Failure;
use crate::format::Content;
use crate::job::Exit;
use crate::normalise::Named;

/// As the reader wants it.
pub(super) fn named((name, file): &(String, OnDisk)) -> Named<'_, &OnDisk> {
    (name.as_str(), file)
}

/// A file that is read while it is parsed.
pub(super) struct OnDisk(pub(super) PathBuf);

impl Content for &OnDisk {
    fn open(&self) -> io::Result<(u64, Box<dyn Read + Send + '_>)> {
        let mut file = File::open(&self.0)?;
        // a folder can be opened, but not read
        let _nothing = file.read(&mut [])?;
        Ok((file.metadata()?.len(), Box::new(file)))
    }
}

/// A file with its name (without folders, so that outputs do not depend on them).
pub(super) fn on_disk(path: &Path) -> Result<(String, OnDisk), Failure> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let file = OnDisk(path.to_owned());
    let opened = (&&file).open().map(drop);
    match (
        name,
        opened.with_context(|| format!("{} cannot be read", path.display())),
    ) {
        (Some(name), Ok(())) => Ok((name, file)),
        (_, Err(error)) => Err(Failure::new(
            Exit::Usage,
            format!("{error:#}"),
            "check the path and its permissions",
        )),
        (None, Ok(())) => Err(Failure::new(
            Exit::Usage,
            format!("{} has no file name", path.display()),
            "name a file",
        )),
    }
}
