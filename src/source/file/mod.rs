//! Files that people or banks drop into a folder: statements of bank accounts, and what a provider
//! settles on the day after.

pub mod inbox;
mod map;
mod settlement;
mod statement;

use std::path::PathBuf;

pub use map::{Amounts, BadMapping, Mapping};
pub use settlement::SETTLEMENT;
pub use statement::STATEMENT;

use super::{Handle, Opening};
use crate::config::ConfigError;

/// What the files of a folder tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileRole {
    /// The entries of a bank account, of every day up to the last.
    Statement,
    /// The payments of a provider, on the day after (T+1).
    Settlement,
}

impl FileRole {
    /// The word under which its files are remembered.
    pub fn id(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Settlement => "settlement",
        }
    }
}

/// A folder of such files, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSource {
    /// The folder.
    pub path: PathBuf,
    /// What its files tell.
    pub role: FileRole,
    /// How tables are read; empty: by their headings.
    pub mapping: Mapping,
}

/// Opens a folder.
fn open(opening: &Opening<'_>, role: FileRole) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    let missing = || settings.fail("path is missing".to_owned(), "name a folder");
    let path = settings.path("path").ok_or_else(missing)?.to_owned();
    let mut mapping = settings.mapping("map").cloned().unwrap_or_default();
    mapping.role = Some(role);
    mapping.sizes = settings.sizes;
    Ok(Handle::Files(FileSource {
        path,
        role,
        mapping,
    }))
}
