//! `inspect`: what a file is and what it holds. Reads, counts and proposes; changes nothing.

mod foreign;
mod own;
mod render;
mod structured;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::{Day, Lang, Reject, Side, SourceName};
use crate::format::{FileError, FormatError, Limits};
use crate::normalise::cells::Fault;
use crate::text::reject::{say, say_file};

pub use render::render;

/// What one file is and holds: one line of `inspect --json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// Always 1.
    pub schema_version: u32,
    /// The path as given.
    pub file: String,
    /// SHA-256 of the bytes, 64 hex digits; null when the file cannot be read.
    pub sha256: Option<String>,
    /// `csv`, `tsv`, the name of another known format, or null.
    pub format: Option<&'static str>,
    /// `utf-8`, or null where it is no text that we read.
    pub encoding: Option<&'static str>,
    /// The line of the header row.
    pub header_row: Option<u64>,
    /// The proposed `[source.map]` as TOML; null for our own layouts, which need none.
    pub mapping: Option<String>,
    /// What it holds.
    pub statements: Vec<Found>,
    /// Rows that cannot be read.
    pub rejects: Vec<BadRow>,
    /// Why the file as a whole cannot be used.
    pub error: Option<String>,
    /// The layout of the file contract, where it is one; for people only.
    #[serde(skip)]
    pub layout: Option<&'static str>,
}

/// One statement of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Account, where told.
    pub account: Option<String>,
    /// Currency, where told.
    pub currency: Option<String>,
    /// Readable entries.
    pub entries: u64,
    /// Money in.
    pub credits: Total,
    /// Money out.
    pub debits: Total,
    /// Entries that undo another.
    pub reversals: u64,
    /// Entries that are not final.
    pub pending: u64,
    /// Opening balance as decimal text, where told.
    pub opening: Option<String>,
    /// Closing balance as decimal text, where told.
    pub closing: Option<String>,
    /// Whether the balances agree with the entries; null where there is nothing to check.
    pub balanced: Option<bool>,
}

/// How many and how much, as decimal text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Total {
    /// Entries.
    pub count: u64,
    /// Their sum.
    pub sum: String,
}

impl Default for Total {
    fn default() -> Self {
        Self {
            count: 0,
            sum: "0".into(),
        }
    }
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// Its line.
    pub line: u64,
    /// The column at fault, empty when it is the row as a whole.
    pub column: String,
    /// The value at fault.
    pub value: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub advice: String,
}

impl BadRow {
    /// A row of a statement that others made.
    fn at(base: &str, line: u64, column: &str, fault: &Fault, lang: Lang) -> Self {
        let reject = Reject {
            side: Side::Txn,
            source: SourceName::new(""),
            id: "".into(),
            file: base.into(),
            line,
            column: column.into(),
            value: fault.value.clone(),
            code: fault.code,
            amount: None,
            business_date: Day::of_ms(0),
        };
        Self::of(&reject, lang)
    }

    fn of(reject: &Reject, lang: Lang) -> Self {
        let (reason, advice) = say(reject, lang);
        Self {
            line: reject.line,
            column: reject.column.to_string(),
            value: reject.value.to_string(),
            reason,
            advice,
        }
    }
}

/// Formats that this command reads.
const TEXT_FORMATS: [&str; 2] = ["csv", "tsv"];

/// Inspects files in the order given. `format` overrides what the bytes suggest.
/// A file that cannot be read has an `error` and no `sha256`: exit code 1 ([`unreadable`]).
pub fn inspect(paths: &[PathBuf], format: Option<&str>, lang: Lang) -> Vec<Inspection> {
    let one = |path: &PathBuf| match read(path, lang) {
        Ok(bytes) => inspect_bytes(&path.display().to_string(), &bytes, format, lang),
        Err(error) => Inspection {
            schema_version: 1,
            file: path.display().to_string(),
            error: Some(error),
            ..Inspection::default()
        },
    };
    paths.iter().map(one).collect()
}

/// True when a file could not be read or used as a whole.
pub fn unreadable(inspections: &[Inspection]) -> bool {
    inspections.iter().any(|file| file.error.is_some())
}

/// The bytes of a file within the limits.
fn read(path: &Path, lang: Lang) -> Result<Vec<u8>, String> {
    let fail = |error: std::io::Error| match lang {
        Lang::Vi => format!(
            "Không đọc được {} ({error}). Kiểm tra đường dẫn và quyền đọc.",
            path.display()
        ),
        Lang::En => format!(
            "{} cannot be read ({error}). Check the path and its permissions.",
            path.display()
        ),
    };
    let (bytes, limit) = (
        fs::metadata(path).map_err(fail)?.len(),
        Limits::TEXT.file_bytes,
    );
    if bytes > limit {
        let error = FormatError::TooLarge { bytes, limit };
        let file = path.display().to_string().into();
        return Err(say_file(&FileError { file, error }, lang));
    }
    fs::read(path).map_err(fail)
}

/// Inspects bytes under a name.
pub fn inspect_bytes(name: &str, bytes: &[u8], format: Option<&str>, lang: Lang) -> Inspection {
    let mut file = Inspection {
        schema_version: 1,
        file: name.to_owned(),
        sha256: Some(hex::encode(Sha256::digest(bytes))),
        ..Inspection::default()
    };
    let messages = structured::FORMATS.map(|(name, _)| name);
    let known = |name: &&str| TEXT_FORMATS.contains(name) || messages.contains(name);
    if let Some(other) = format.filter(|format| !known(format)) {
        let all = [&TEXT_FORMATS[..], &messages[..]].concat().join(", ");
        file.error = Some(match lang {
            Lang::Vi => format!("Chưa đọc được định dạng \"{other}\". Hãy dùng một trong: {all}."),
            Lang::En => format!("The format \"{other}\" is not read yet. Use one of: {all}."),
        });
        return file;
    }
    let base = Path::new(name).file_name().and_then(|base| base.to_str());
    let base = base.unwrap_or(name);
    if let Err(error) = describe(&mut file, base, bytes, format, lang) {
        if let FormatError::NotUtf8 { found } = &error.error {
            file.format = match *found {
                "XLSX" => Some("xlsx"),
                "XLS" => Some("xls"),
                _ => None,
            };
        }
        file.error = Some(say_file(&error, lang));
    }
    file
}

fn describe(
    file: &mut Inspection,
    base: &str,
    bytes: &[u8],
    format: Option<&str>,
    lang: Lang,
) -> Result<(), FileError> {
    if let Some(kind) = structured::kind_of(bytes, format) {
        return structured::describe(file, kind, base, bytes, lang);
    }
    if let Some(layout) = own::layout_of(bytes).filter(|_| format != Some("tsv")) {
        (file.format, file.encoding) = (Some("csv"), Some("utf-8"));
        file.layout = Some(layout.name);
        return own::describe(file, layout, base, bytes, lang);
    }
    foreign::describe(file, base, bytes, format, lang)
}
