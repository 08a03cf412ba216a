//! `inspect`: what a file is and what it holds. Reads, counts and proposes; changes nothing.

mod foreign;
mod own;
mod propose;
mod render;
mod structured;

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::on_disk::OnDisk;
use crate::domain::{Aside, Day, Lang, Reject, Side, SourceName};
use crate::format::{Content, FileError, FormatError, HEAD, Limits};
use crate::normalise::cells::Fault;
use crate::normalise::txn::is_dong;
use crate::text::reject::{say, say_currency, say_file};

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
    /// What a person should settle before the nights read such files; left out where there is
    /// nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Why the file as a whole cannot be used.
    pub error: Option<String>,
    /// The `[[source]]` that stands above the mapping in doisoat.toml; for people only.
    #[serde(skip)]
    pub source: Option<String>,
    /// The layout of the file contract, where it is one; for people only.
    #[serde(skip)]
    pub layout: Option<&'static str>,
}

impl Inspection {
    /// All of what is proposed for doisoat.toml; none where there is nothing to propose.
    pub fn toml(&self) -> Option<String> {
        let mapping = self.mapping.as_deref().unwrap_or_default();
        let gap = if mapping.is_empty() { "" } else { "\n" };
        let source = self.source.as_deref()?;
        Some(format!("{source}{gap}{mapping}"))
    }
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
            spot: Aside::default(),
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

/// That only the first of the rows that cannot be read are listed; none where all of them are.
fn of_many(told: usize, all: u64, lang: Lang) -> Option<String> {
    let fewer = u64::try_from(told).is_ok_and(|told| told < all);
    fewer.then(|| match lang {
        Lang::Vi => format!(
            "Không đọc được {all} dòng; ở đây chỉ liệt kê {told} dòng đầu. \
             Hãy sửa cách xuất tệp, rồi kiểm tra lại."
        ),
        Lang::En => format!(
            "{all} rows cannot be read; only the first {told} are listed here. \
             Mend how the file is exported, then look again."
        ),
    })
}

/// Formats that this command reads.
const TEXT_FORMATS: [&str; 2] = ["csv", "tsv"];

/// Inspects files in the order given. `format` overrides what the bytes suggest.
/// A file that cannot be read has an `error` and no `sha256`: exit code 1 ([`unreadable`]).
/// Messages are read as streams: a file of any size needs no memory of its own.
pub fn inspect(paths: &[PathBuf], format: Option<&str>, lang: Lang) -> Vec<Inspection> {
    let one = |path: &PathBuf| {
        let name = path.display().to_string();
        let content = OnDisk::at(path);
        match digest(&&content) {
            Ok(sha256) => of_content(&name, &&content, sha256, format, lang),
            Err(error) => Inspection {
                schema_version: 1,
                error: Some(no_file(path, &error, lang)),
                file: name,
                ..Inspection::default()
            },
        }
    };
    paths.iter().map(one).collect()
}

/// True when a file could not be read or used as a whole.
pub fn unreadable(inspections: &[Inspection]) -> bool {
    inspections.iter().any(|file| file.error.is_some())
}

fn no_file(path: &Path, error: &io::Error, lang: Lang) -> String {
    match lang {
        Lang::Vi => format!(
            "Không đọc được {} ({error}). Kiểm tra đường dẫn và quyền đọc.",
            path.display()
        ),
        Lang::En => format!(
            "{} cannot be read ({error}). Check the path and its permissions.",
            path.display()
        ),
    }
}

/// The digest of everything in it.
fn digest(content: &dyn Content) -> io::Result<String> {
    let (_, mut stream) = content.open()?;
    let (mut digest, mut room) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = stream.read(&mut room)?;
        let block = room.get(..read).unwrap_or_default();
        if block.is_empty() {
            return Ok(hex::encode(digest.finalize()));
        }
        digest.update(block);
    }
}

/// Inspects bytes under a name.
pub fn inspect_bytes(name: &str, bytes: &[u8], format: Option<&str>, lang: Lang) -> Inspection {
    let sha256 = hex::encode(Sha256::digest(bytes));
    of_content(name, &bytes, sha256, format, lang)
}

fn of_content(
    name: &str,
    content: &dyn Content,
    sha256: String,
    format: Option<&str>,
    lang: Lang,
) -> Inspection {
    let mut file = Inspection {
        schema_version: 1,
        file: name.to_owned(),
        sha256: Some(sha256),
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
    if let Err(error) = describe(&mut file, base, content, format, lang) {
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
    content: &dyn Content,
    format: Option<&str>,
    lang: Lang,
) -> Result<(), FileError> {
    let fail = |error| FileError {
        file: base.into(),
        error,
    };
    let unreadable = |error: io::Error| fail(error.into());
    let (size, mut stream) = content.open().map_err(unreadable)?;
    let mut head = Vec::new();
    let part = u64::try_from(HEAD).unwrap_or(u64::MAX);
    let mut first = stream.by_ref().take(part);
    first.read_to_end(&mut head).map_err(unreadable)?;
    let too_large = |limit| fail(FormatError::TooLarge { bytes: size, limit });
    if size > Limits::TEXT.file_bytes {
        return Err(too_large(Limits::TEXT.file_bytes));
    }
    if let Some(kind) = structured::kind_of(&head, format) {
        let mut whole = io::BufReader::new(head.chain(stream));
        structured::describe(file, kind, base, &mut whole, lang)?;
        file.source = Some(propose::statement(file));
        note_currencies(file, base, lang);
        return Ok(());
    }
    let layout = own::layout_of(&head).filter(|_| format != Some("tsv"));
    if let Some(layout) = layout {
        let mut bytes = head;
        stream.read_to_end(&mut bytes).map_err(unreadable)?;
        (file.format, file.encoding) = (Some("csv"), Some("utf-8"));
        file.layout = Some(layout.name);
        return own::describe(file, layout, base, &bytes, lang);
    }
    drop(stream);
    let described = foreign::describe(file, base, (content, &head), format, lang);
    note_currencies(file, base, lang);
    described
}

/// Tells of each currency of the statements that is not the dong.
fn note_currencies(file: &mut Inspection, base: &str, lang: Lang) {
    let told = file
        .statements
        .iter()
        .filter_map(|of| of.currency.as_deref());
    let others: BTreeSet<&str> = told.filter(|currency| !is_dong(currency)).collect();
    let notes = others
        .into_iter()
        .map(|other| say_currency(base, other, lang));
    let notes: Vec<String> = notes.collect();
    file.notes.extend(notes);
}
