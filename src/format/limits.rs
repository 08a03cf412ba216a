//! Limits that keep a hostile or broken file from taking the machine: what exceeds them is refused.

use super::BookKind;

/// The limits of one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a whole file.
    pub file_bytes: u64,
    /// Bytes of one record: a line, or the lines of a cell in quotes.
    pub record_bytes: usize,
    /// Bytes of one cell.
    pub cell_bytes: usize,
}

impl Limits {
    /// Text files that are read row by row: 2 GiB, 16 MiB a record, 32 KiB a cell.
    pub const TEXT: Self = Self {
        file_bytes: 2 << 30,
        record_bytes: 16 << 20,
        cell_bytes: 32 << 10,
    };

    /// Tables that others made, which are held as a whole: 64 MiB.
    pub const TABLE: Self = Self {
        file_bytes: 64 << 20,
        record_bytes: 16 << 20,
        cell_bytes: 32 << 10,
    };
}

/// How large the files of a source may be, as far as its configuration tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes of a file.
    pub bytes: Option<u64>,
    /// Rows of a table.
    pub rows: Option<u64>,
    /// Cells of a spreadsheet or a page.
    pub cells: Option<usize>,
}

impl Sizes {
    /// No file may be larger, whatever is told: texts and messages are walked, never held.
    pub const BYTES_MAX: u64 = Limits::TEXT.file_bytes;
    /// No spreadsheet or page may be larger, whatever is told: they are held.
    pub const TABLE_BYTES_MAX: u64 = 256 << 20;
    /// No more rows may be told.
    pub const ROWS_MAX: u64 = 100_000_000;
    /// No more cells may be told.
    pub const CELLS_MAX: usize = 20_000_000;

    /// Bytes of a text or a message.
    pub fn text_bytes(self) -> u64 {
        self.bytes.unwrap_or(Self::BYTES_MAX).min(Self::BYTES_MAX)
    }

    /// Bytes of a spreadsheet or a page: 64 MiB, of an XLS 32 MiB, as its parts are held beside it.
    pub fn table_bytes(self, kind: Option<BookKind>) -> u64 {
        let usual = match kind {
            Some(BookKind::Xls) => Limits::TABLE.file_bytes / 2,
            _ => Limits::TABLE.file_bytes,
        };
        self.bytes.unwrap_or(usual).min(Self::TABLE_BYTES_MAX)
    }

    /// Rows of a table.
    pub fn rows(self) -> u64 {
        self.rows.unwrap_or(u64::MAX)
    }

    /// Cells of a spreadsheet or a page.
    pub fn cells(self) -> usize {
        self.cells.unwrap_or(CELLS_MAX).min(Self::CELLS_MAX)
    }
}

/// A cell further right than this is no column of a statement.
pub const COLUMNS_MAX: usize = 256;
/// More cells than this, gaps between them included, are no statement: 100,000 rows of 20 columns.
pub const CELLS_MAX: usize = 2_000_000;

impl Default for Limits {
    fn default() -> Self {
        Self::TEXT
    }
}
