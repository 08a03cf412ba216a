//! The export folder of a one-stop system: files that another program writes and we only read.
//!
//! A file is taken when its name tells what it holds, it is a plain file, and two looks at its size
//! and time, a pause apart, agree (and agree again after reading). Files are never changed; what a
//! night has read is recognised by its SHA-256, whatever its name is now. The caller archives the
//! bytes before it parses them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use tokio::fs;

use super::name::{FileKind, is_table};
use crate::domain::{Completeness, Lang, SourceName};
use crate::format::Sizes;

/// The kind of the source in the configuration.
pub const NAME: &str = "export";

/// How absence is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportMode {
    /// Absence means nothing.
    #[default]
    Delta,
    /// A fee absent from the newest file is closed as withdrawn
    /// ([`crate::normalise::withdrawn`]).
    Snapshot,
}

impl ExportMode {
    /// Reads `delta` or `snapshot`.
    pub fn parse(raw: &str) -> Option<Self> {
        match raw {
            "delta" => Some(Self::Delta),
            "snapshot" => Some(Self::Snapshot),
            _ => None,
        }
    }
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
    /// What every table holds whatever its name; none: the name tells.
    pub holds: Option<FileKind>,
    /// A larger file is refused.
    pub bytes_max: u64,
    /// The pause between the two looks; [`ExportSettings::PAUSE`] but for tests.
    pub pause: Duration,
}

impl ExportSettings {
    /// A file that does not change for this long is complete.
    pub const PAUSE: Duration = Duration::from_secs(1);
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
    /// A dot file, `.tmp` or `.part`: its writer has not finished.
    Unfinished(Box<str>),
    /// A folder, a link or a device.
    NotAFile(Box<str>),
    /// A name that tells no kind.
    UnknownName(Box<str>),
    /// The same bytes as another new file; read once.
    Copy(Box<str>),
}

impl FolderNote {
    /// The same of a name as `masked` tells it.
    #[must_use]
    pub fn named(&self, masked: impl Fn(&str) -> String) -> Self {
        let new = |name: &str| masked(name).into();
        match self {
            Self::Growing(name) => Self::Growing(new(name)),
            Self::Unfinished(name) => Self::Unfinished(new(name)),
            Self::NotAFile(name) => Self::NotAFile(new(name)),
            Self::UnknownName(name) => Self::UnknownName(new(name)),
            Self::Copy(name) => Self::Copy(new(name)),
        }
    }

    /// True when a file was still being written: what it holds is not there yet.
    pub fn is_growing(&self) -> bool {
        matches!(self, Self::Growing(_))
    }

    /// The sentence for a person.
    pub fn say(&self, lang: Lang) -> String {
        let (name, vi, en) = match self {
            Self::Growing(name) => (
                name,
                "tệp đang được ghi, sẽ được đọc ở lần chạy sau",
                "is still being written and is read by the next run",
            ),
            Self::Unfinished(name) => (
                name,
                "tệp tạm của bên ghi, chưa đọc",
                "is a temporary file of its writer and waits",
            ),
            Self::NotAFile(name) => (
                name,
                "không phải là tệp thường (thư mục hoặc liên kết), bỏ qua",
                "is no plain file (a folder or a link) and is skipped",
            ),
            Self::UnknownName(name) => (
                name,
                "tên tệp không cho biết nội dung; cần bắt đầu bằng dossier_fees, \
                 payment_orders, cash_receipts hoặc agencies và kết thúc bằng .csv, .xlsx, .xls hoặc .ods",
                "has a name that tells no kind; it must begin with dossier_fees, \
                 payment_orders, cash_receipts or agencies and end in .csv, .xlsx, .xls or .ods",
            ),
            Self::Copy(name) => (
                name,
                "trùng nội dung với một tệp mới khác, chỉ đọc một lần",
                "holds the same bytes as another new file and is read once",
            ),
        };
        match lang {
            Lang::Vi => format!("{name}: {vi}."),
            Lang::En => format!("{name} {en}."),
        }
    }
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
        /// How large it may be.
        limit: u64,
    },
}

impl FolderTrouble {
    /// The sentence for a person.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Folder { path, error }, Lang::Vi) => format!(
                "Không đọc được thư mục {} ({error}). Kiểm tra đường dẫn `path` của nguồn và quyền đọc thư mục, rồi chạy lại.",
                path.display()
            ),
            (Self::Folder { path, error }, Lang::En) => format!(
                "The folder {} cannot be read ({error}). Check the source's `path` and the folder's permissions, then run again.",
                path.display()
            ),
            (Self::File { name, error }, Lang::Vi) => {
                format!("Không đọc được tệp {name} ({error}). Kiểm tra quyền đọc, rồi chạy lại.")
            }
            (Self::File { name, error }, Lang::En) => format!(
                "The file {name} cannot be read ({error}). Check its permissions, then run again."
            ),
            (Self::TooLarge { name, bytes, limit }, Lang::Vi) => format!(
                "Tệp {name} dài {bytes} byte, quá giới hạn {limit} byte. {}.",
                if may_grow(*limit) {
                    "Hãy xuất thành nhiều tệp nhỏ hơn, hoặc tăng `bytes_max` của nguồn trong doisoat.toml"
                } else {
                    "Không bản tin webhook nào dài như vậy: kiểm tra bên nhận, rồi chuyển tệp này khỏi thư mục"
                }
            ),
            (Self::TooLarge { name, bytes, limit }, Lang::En) => format!(
                "The file {name} has {bytes} bytes, more than the {limit} allowed. {}.",
                if may_grow(*limit) {
                    "Export it in smaller files, or raise the source's `bytes_max` in doisoat.toml"
                } else {
                    "No webhook is that long: look at the receiver, then move the file out of the folder"
                }
            ),
        }
    }
}

/// True where the configuration can raise the limit; that of a webhook stands.
fn may_grow(limit: u64) -> bool {
    limit < Sizes::BYTES_MAX && limit != crate::source::push::BYTES_MAX
}

/// What the folder had to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderDelivery {
    /// New files in byte order of their names.
    pub files: Vec<ExportFile>,
    /// Files whose bytes were read before, by an earlier night or just now under another name: name
    /// and digest.
    pub known_again: Vec<(Box<str>, Box<str>)>,
    /// What was not read, in order.
    pub notes: Vec<FolderNote>,
    /// `complete` with a new file, `partial` when one is growing or unreadable beside it, else
    /// `missing`. Whether the calendar expected a file is the caller's to say.
    pub state: Completeness,
    /// What stopped the reading.
    pub troubles: Vec<FolderTrouble>,
}

/// Reads the folder. A digest in `known` (64 lower-case hex digits) is skipped.
pub async fn read_folder(settings: &ExportSettings, known: &BTreeSet<String>) -> FolderDelivery {
    let mut delivery = FolderDelivery {
        files: Vec::new(),
        known_again: Vec::new(),
        notes: Vec::new(),
        state: Completeness::Missing,
        troubles: Vec::new(),
    };
    let first = match looks(&settings.path).await {
        Ok(found) => found,
        Err(error) => {
            delivery.troubles.push(FolderTrouble::Folder {
                path: settings.path.clone(),
                error: error.to_string().into(),
            });
            return delivery;
        }
    };
    if !first.is_empty() {
        tokio::time::sleep(settings.pause).await;
    }
    let mut seen = BTreeSet::new();
    for (name, look) in &first {
        let Some(kind) = delivery.admit(name, look, settings) else {
            continue;
        };
        match read_still(&settings.path.join(name), look).await {
            Ok(Some(bytes)) => delivery.take(name, kind, bytes, known, &mut seen),
            Ok(None) => delivery
                .notes
                .push(FolderNote::Growing(name.as_str().into())),
            Err(error) => delivery.troubles.push(FolderTrouble::File {
                name: name.as_str().into(),
                error: error.to_string().into(),
            }),
        }
    }
    delivery.notes.sort();
    delivery.state = delivery.state();
    delivery
}

impl FolderDelivery {
    /// The kind of a file that may be read; everything else leaves a note or a trouble.
    fn admit(&mut self, name: &str, look: &Look, settings: &ExportSettings) -> Option<FileKind> {
        let lower = name.to_lowercase();
        let end = Path::new(&lower).extension();
        let unfinished =
            name.starts_with('.') || end.is_some_and(|end| end == "tmp" || end == "part");
        let kind = match settings.holds {
            Some(kind) => is_table(name).then_some(kind),
            None => FileKind::of(name),
        };
        let boxed = || Box::<str>::from(name);
        if unfinished {
            self.notes.push(FolderNote::Unfinished(boxed()));
        } else if !look.is_file {
            self.notes.push(FolderNote::NotAFile(boxed()));
        } else if kind.is_none() {
            self.notes.push(FolderNote::UnknownName(boxed()));
        } else if look.size > settings.bytes_max {
            self.troubles.push(FolderTrouble::TooLarge {
                name: boxed(),
                bytes: look.size,
                limit: settings.bytes_max,
            });
        } else {
            return kind;
        }
        None
    }

    /// Takes the bytes of a complete file, unless they are known.
    fn take(
        &mut self,
        name: &str,
        kind: FileKind,
        bytes: Vec<u8>,
        known: &BTreeSet<String>,
        seen: &mut BTreeSet<String>,
    ) {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        if known.contains(&sha256) {
            self.known_again.push((name.into(), sha256.into()));
        } else if seen.insert(sha256.clone()) {
            self.files.push(ExportFile {
                name: name.into(),
                sha256: sha256.into(),
                kind,
                bytes,
            });
        } else {
            self.notes.push(FolderNote::Copy(name.into()));
            self.known_again.push((name.into(), sha256.into()));
        }
    }

    fn state(&self) -> Completeness {
        let growing = self.notes.iter().any(FolderNote::is_growing);
        if self.files.is_empty() {
            Completeness::Missing
        } else if growing || !self.troubles.is_empty() {
            Completeness::Partial
        } else {
            Completeness::Complete
        }
    }
}

/// One look at an entry, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) struct Look {
    pub(in crate::source) is_file: bool,
    pub(in crate::source) size: u64,
    pub(in crate::source) modified: Option<SystemTime>,
}

impl From<std::fs::Metadata> for Look {
    fn from(data: std::fs::Metadata) -> Self {
        Self {
            is_file: data.is_file(),
            size: data.len(),
            modified: data.modified().ok(),
        }
    }
}

/// Every entry of the folder in byte order of the names; an entry that vanishes meanwhile is none.
pub(in crate::source) async fn looks(folder: &Path) -> std::io::Result<BTreeMap<String, Look>> {
    let mut found = BTreeMap::new();
    let mut entries = fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        // a name that is not UTF-8 tells no kind; it is shown with replacement characters
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Ok(data) = fs::symlink_metadata(entry.path()).await {
            found.insert(name, data.into());
        }
    }
    Ok(found)
}

/// The bytes of a file that did not change since `first`, neither before nor while it was read.
async fn read_still(path: &Path, first: &Look) -> std::io::Result<Option<Vec<u8>>> {
    let look = |data: std::fs::Metadata| Look::from(data) == *first;
    if !look(fs::symlink_metadata(path).await?) {
        return Ok(None);
    }
    let bytes = fs::read(path).await?;
    let whole = u64::try_from(bytes.len()).is_ok_and(|size| size == first.size);
    let still = look(fs::symlink_metadata(path).await?);
    Ok((whole && still).then_some(bytes))
}
