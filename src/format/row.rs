//! PURE: one row of a table, borrowed.

use super::layout::Column;
use super::spoiled::Spoiled;

/// The next row, readable or not.
#[derive(Debug)]
pub enum Line<'r> {
    /// As many cells as the header, all known ones readable.
    Row(Row<'r>),
    /// Not a row.
    Spoiled(Spoiled),
}

/// The cells of one record: `ends` in `text`, `gap` bytes between one and the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells<'r> {
    pub(super) text: &'r str,
    pub(super) start: usize,
    pub(super) ends: &'r [usize],
    pub(super) gap: usize,
}

impl<'r> Cells<'r> {
    fn get(self, at: usize) -> Option<&'r str> {
        let end = *self.ends.get(at)?;
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before)? + self.gap,
            None => self.start,
        };
        self.text.get(start..end)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'r [u8]> {
        (0..self.ends.len()).map(move |at| self.get(at).unwrap_or("").as_bytes())
    }
}

/// One row; cells borrow the block or a buffer of its reader.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    pub(super) cells: Cells<'r>,
    pub(super) columns: &'r [Column],
    /// The line in the file, the first is 1.
    pub line: u64,
}

impl<'r> Row<'r> {
    /// The cell as it stands, empty when the file has no such column.
    pub fn get(&self, column: Column) -> &'r str {
        column.at.and_then(|at| self.cells.get(at)).unwrap_or("")
    }

    /// The known cells in the order of the layout: the content of the row, whatever the order of
    /// the file's columns.
    pub fn known(&self) -> impl Iterator<Item = &'r str> {
        let row = *self;
        self.columns.iter().map(move |column| row.get(*column))
    }
}
