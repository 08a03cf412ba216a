//! Files that are read while they are parsed, never held as a whole.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;

use super::Failure;
use crate::format::Content;
use crate::job::Exit;
use crate::normalise::Named;

/// As the reader wants it.
pub(super) fn named((name, file): &(String, OnDisk)) -> Named<'_, &OnDisk> {
    (name.as_str(), file)
}

/// A file that is read while it is parsed. It is opened once: a pipe can be read only once.
pub(super) struct OnDisk {
    path: PathBuf,
    opened: Mutex<Option<File>>,
}

impl OnDisk {
    /// A file that is opened anew each time.
    pub(super) fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            opened: Mutex::new(None),
        }
    }
}

impl Content for &OnDisk {
    fn open(&self) -> io::Result<(u64, Box<dyn Read + Send + '_>)> {
        let kept = self
            .opened
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let file = kept.map_or_else(|| File::open(&self.path), Ok)?;
        Ok((file.metadata()?.len(), Box::new(file)))
    }
}

/// A file with its name (without folders, so that outputs do not depend on them).
pub(super) fn on_disk(path: &Path) -> Result<(String, OnDisk), Failure> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let opened = opened(path).with_context(|| format!("{} cannot be read", path.display()));
    match (name, opened) {
        (Some(name), Ok(file)) => {
            let (path, opened) = (path.to_owned(), Mutex::new(Some(file)));
            Ok((name, OnDisk { path, opened }))
        }
        (_, Err(error)) => Err(Failure::new(
            Exit::Usage,
            format!("{error:#}"),
            "check the path and its permissions",
        )),
        (None, Ok(_)) => Err(Failure::new(
            Exit::Usage,
            format!("{} has no file name", path.display()),
            "name a file",
        )),
    }
}

/// The file, if it can be read.
fn opened(path: &Path) -> io::Result<File> {
    let mut file = File::open(path)?;
    // a folder can be opened, but not read
    let _nothing = file.read(&mut [])?;
    Ok(file)
}
