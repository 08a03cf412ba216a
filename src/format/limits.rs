//! Limits that keep a hostile or broken file from taking the machine: what exceeds them is refused.

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

    /// Tables that others made, which are held as a whole: 32 MiB.
    pub const TABLE: Self = Self {
        file_bytes: 32 << 20,
        record_bytes: 16 << 20,
        cell_bytes: 32 << 10,
    };
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
