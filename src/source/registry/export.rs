//! The export folder of a one-stop system.
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::domain::{Completeness, Lang, SourceName};

/// The kind of the source in the configuration.
pub const NAME: &str = "export";

/// How absence is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportMode {
    /// Absence means nothing.
    #[default]
    Delta,
    /// A fee absent from the newest file is closed as withdrawn.
    Snapshot,
}

/// The folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportSettings {
    /// Configured name of the source.
    pub source: SourceName,
    /// The folder.
    pub path: PathBuf,
    /// Delta or snapshot.
    pub mode: ExportMode,
    /// The pause between the two looks; a second in production.
    pub pause: Duration,
}

/// What a file of the folder holds, by the beginning of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// `agencies*.csv`.
    Agencies,
    /// `dossier_fees*.csv`.
    DossierFees,
    /// `payment_orders*.csv`.
    PaymentOrders,
    /// `cash_receipts*.csv`.
    CashReceipts,
}

/// One new file, complete; archive `bytes` before parsing them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// Name inside the folder.
    pub name: Box<str>,
    /// 64 hex digits of its bytes.
    pub sha256: Box<str>,
    /// What it holds.
    pub kind: FileKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Something in the folder that was not read, said by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FolderNote {
    /// Still growing; the next night reads it.
    Growing(Box<str>),
    /// A dot file, `.tmp` or `.part`.
    Unfinished(Box<str>),
    /// A folder, a link or a device.
    NotAFile(Box<str>),
    /// A name that tells no kind.
    UnknownName(Box<str>),
}

/// What stopped the reading: what, where, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderTrouble {
    /// The folder cannot be listed.
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        error: Box<str>,
    },
    /// A file cannot be read.
    File {
        /// Its name.
        name: Box<str>,
        /// The system's words.
        error: Box<str>,
    },
    /// A file beyond the limit.
    TooLarge {
        /// Its name.
        name: Box<str>,
        /// Its size.
        bytes: u64,
    },
}

impl FolderTrouble {
    /// The sentence for a person.
    pub fn say(&self, _lang: Lang) -> String {
        todo!()
    }
}

/// What the folder had to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderDelivery {
    /// New files in byte order of their names.
    pub files: Vec<ExportFile>,
    /// Digests of files read by earlier nights that still lie there, by name.
    pub known_again: Vec<(Box<str>, Box<str>)>,
    /// What was not read, in byte order.
    pub notes: Vec<FolderNote>,
    /// `complete` with a new file, `partial` when one is growing or unreadable, else `missing`.
    pub state: Completeness,
    /// What stopped the reading.
    pub troubles: Vec<FolderTrouble>,
}

/// Reads the folder. Files are never changed; a digest in `known` is skipped.
pub async fn read_folder(_settings: &ExportSettings, _known: &BTreeSet<String>) -> FolderDelivery {
    todo!()
}
