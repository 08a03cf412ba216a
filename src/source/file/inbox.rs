//! The folder: which files lie there complete. Nothing is read here but names and sizes.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use crate::source::registry::export::{Look, looks};
use crate::source::registry::{FolderNote, FolderTrouble};

/// One complete file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name inside the folder.
    pub name: Box<str>,
    /// Where it stands.
    pub path: PathBuf,
    /// When it was last written, in milliseconds since 1970; none where the system does not tell.
    pub written_ms: Option<i64>,
    look: Look,
}

impl Found {
    /// True when the file is still as it was seen.
    pub fn is_still(&self) -> bool {
        std::fs::symlink_metadata(&self.path).is_ok_and(|data| Look::from(data) == self.look)
    }
}

/// What lies in the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// Complete files in byte order of their names.
    pub files: Vec<Found>,
    /// What waits or is no file.
    pub notes: Vec<FolderNote>,
    /// What cannot be read.
    pub troubles: Vec<FolderTrouble>,
}

/// Looks into the folder twice, `pause` apart: a file is complete when nothing about it changed. A
/// file of more than `limit` bytes is refused.
pub async fn look(folder: &Path, pause: Duration, limit: u64) -> Inbox {
    let mut inbox = Inbox::default();
    let first = match looks(folder).await {
        Ok(found) => found,
        Err(error) => {
            inbox.troubles.push(FolderTrouble::Folder {
                path: folder.to_path_buf(),
                error: error.to_string().into(),
            });
            return inbox;
        }
    };
    if !first.is_empty() {
        tokio::time::sleep(pause).await;
    }
    for (name, look) in first {
        let boxed = Box::<str>::from(name.as_str());
        let lower = name.to_lowercase();
        let end = Path::new(&lower).extension();
        let unfinished = name.starts_with('.') || end.is_some_and(|e| e == "tmp" || e == "part");
        let found = Found {
            path: folder.join(&name),
            written_ms: look.modified.and_then(|at| {
                let since = at.duration_since(UNIX_EPOCH).ok()?;
                i64::try_from(since.as_millis()).ok()
            }),
            name: boxed.clone(),
            look,
        };
        if unfinished {
            inbox.notes.push(FolderNote::Unfinished(boxed));
        } else if !look.is_file {
            inbox.notes.push(FolderNote::NotAFile(boxed));
        } else if look.size > limit {
            inbox.troubles.push(FolderTrouble::TooLarge {
                name: boxed,
                bytes: look.size,
                limit,
            });
        } else if found.is_still() {
            inbox.files.push(found);
        } else {
            inbox.notes.push(FolderNote::Growing(boxed));
        }
    }
    inbox
}
