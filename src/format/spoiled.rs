//! PURE: rows that are no rows.

use super::encoding::cut;
use crate::domain::RejectCode;

/// A row that cannot be cut into readable cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoiled {
    /// The line in the file, the first is 1.
    pub line: u64,
    /// The column at fault, empty when it is the row as a whole.
    pub column: &'static str,
    /// What stands there, cut.
    pub value: Box<str>,
    /// Why.
    pub code: RejectCode,
    /// The row's bytes, for its identity.
    pub content: Box<[u8]>,
    /// The known cells that can be read nevertheless, by column name.
    pub cells: Vec<(&'static str, Box<str>)>,
}

impl Spoiled {
    /// A cell that can be read nevertheless.
    pub fn get(&self, column: &str) -> Option<&str> {
        let found = self.cells.iter().find(|(name, _)| *name == column);
        found.map(|(_, value)| &**value)
    }
}

/// Builds a spoiled row.
pub(super) fn spoiled<'r>(
    line: u64,
    code: RejectCode,
    column: &'static str,
    value: &[u8],
    record: impl Iterator<Item = &'r [u8]>,
) -> Spoiled {
    Spoiled {
        line,
        column,
        value: cut(&String::from_utf8_lossy(value)).into(),
        code,
        content: record.collect::<Vec<_>>().join(&0x1f).into(),
        cells: Vec::new(),
    }
}

/// True when the text of one record ends inside a quoted cell.
pub(super) fn ends_in_quote(record: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut cell_begins) = (false, true);
    let mut rest = record.iter().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'"' if quoted && rest.peek() == Some(&&b'"') => {
                rest.next();
            }
            b'"' if quoted => quoted = false,
            b'"' if cell_begins => quoted = true,
            _ => {}
        }
        cell_begins = !quoted && *byte == delimiter;
    }
    quoted
}
