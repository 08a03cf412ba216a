//! PURE: bytes -> rows. A format knows nothing of money or providers; it yields cells with their
//! places, and rows that cannot be cut into cells.

pub mod blocks;
pub mod book;
mod camt;
pub mod csv;
pub mod encoding;
mod filling;
pub mod html;
pub mod layout;
mod legacy;
mod library;
pub mod limits;
mod lines;
mod parallel;
mod plain;
mod row;
pub mod message;
mod mt940;
mod ods;
pub mod sniff;
pub mod spoiled;
mod stream;
pub mod tables;
pub mod text;
mod transcode;
mod xls;

pub use blocks::{BLOCK, Block, Blocks, Content};
pub use book::{BookFault, BookKind, BookPlace};
pub use csv::{Rows, Table};
pub use layout::{Column, Layout};
pub use limits::{Limits, Sizes};
pub use message::{HEAD, MessageKind};
pub use row::{Line, Row};
pub use sniff::{Grid, GridRow, read_grid};
pub use spoiled::Spoiled;
pub use text::Text;

use thiserror::Error;

/// Why a whole file cannot be read. The text for people stands in `text::reject`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// No header row.
    #[error("the file is empty")]
    Empty,
    /// Beyond [`Limits::file_bytes`].
    #[error("the file has {bytes} bytes, more than the {limit} allowed")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// More rows than the source may have.
    #[error("the table has more than {limit} rows")]
    TooManyRows {
        /// The limit.
        limit: u64,
    },
    /// A record beyond [`Limits::record_bytes`].
    #[error("the row that begins in line {line} has more than {limit} bytes")]
    RecordTooLarge {
        /// The line where it begins.
        line: u64,
        /// The limit.
        limit: usize,
    },
    /// Not UTF-8: another encoding, or no text at all.
    #[error("the file is not UTF-8 text but {found}")]
    NotUtf8 {
        /// What it looks like: `UTF-16`, `XLSX`, `binary`, ...
        found: &'static str,
    },
    /// Required columns are missing.
    #[error("missing column: {}", columns.join(", "))]
    MissingColumns {
        /// All of them.
        columns: Vec<&'static str>,
        /// The separator that the header row seems to use, where it is not a comma.
        separator: Option<char>,
    },
    /// A column stands twice in the header.
    #[error("repeated column: {column}")]
    RepeatedColumn {
        /// Its name.
        column: &'static str,
    },
    /// XML that is not read.
    #[error("line {line}: the XML is {what:?}")]
    BadXml {
        /// The line.
        line: u64,
        /// Why.
        what: XmlFault,
    },
    /// No row looks like the header of a statement.
    #[error("no header row")]
    NoHeader {
        /// The headings of the mapping that are missing; empty where there is no mapping.
        missing: Vec<Box<str>>,
    },
    /// Rows that look like entries and belong to no table that is read.
    #[error("from row {line} of sheet {sheet:?} on rows would not be read")]
    NotRead {
        /// The sheet, empty where there is only one.
        sheet: Box<str>,
        /// The first such row.
        line: u64,
    },
    /// One column of amounts, and nothing that tells whether money came in or went out.
    #[error("the amounts in {column:?} do not tell whether money came in or went out")]
    NoDirection {
        /// The heading of the amounts.
        column: Box<str>,
    },
    /// More statements than a bank has accounts, or pages of them.
    #[error("the file has more than {limit} statements")]
    TooManyStatements {
        /// The limit.
        limit: u64,
    },
    /// More columns or cells than any statement has.
    #[error("line {line}: the table is too wide or too large")]
    TooWide {
        /// The line from which on it is too much.
        line: u64,
    },
    /// A spreadsheet that is not read.
    #[error("the spreadsheet is {0:?}")]
    Book(BookFault),
    /// The same, and where.
    #[error("the spreadsheet is {fault:?} in {place:?}")]
    BookAt {
        /// Why.
        fault: BookFault,
        /// Where.
        place: BookPlace,
    },
    /// A quoted cell is never closed and swallows the rest of the file.
    #[error("the quote opened in line {line} is never closed")]
    UnclosedQuote {
        /// The line where the row begins.
        line: u64,
    },
    /// The system cannot read it.
    #[error("the file cannot be read: {why}")]
    Unreadable {
        /// The system's word.
        why: Box<str>,
    },
}

impl From<std::io::Error> for FormatError {
    fn from(error: std::io::Error) -> Self {
        transcode::fault_of(&error)
    }
}

/// Why XML is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XmlFault {
    /// Not well-formed.
    Syntax,
    /// It ends before its root element does.
    Cut,
    /// Elements inside elements beyond the limit.
    Depth,
    /// One tag or text beyond the limit.
    Long,
    /// A document type: never read, entities can be bombs.
    DocType,
    /// An entity that XML itself does not know.
    Entity,
}

/// A whole file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {error}")]
pub struct FileError {
    /// File name.
    pub file: Box<str>,
    /// Why.
    pub error: FormatError,
}
