//! PURE: the columns of one kind of file, and where they stand in the file at hand.

use csv::StringRecord;

use super::FormatError;

/// The columns that one kind of file has. Names are compared without regard to case.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    /// What the file is called in the file contract.
    pub name: &'static str,
    /// Columns that a file must have.
    pub required: &'static [&'static str],
    /// Columns that a file may have.
    pub optional: &'static [&'static str],
}

impl Layout {
    /// Every known column.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.required.iter().chain(self.optional).copied()
    }
}

/// One known column and where it stands in the file at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the contract.
    pub name: &'static str,
    pub(super) at: Option<usize>,
}

impl Column {
    /// True where the file has the column.
    pub fn is_there(self) -> bool {
        self.at.is_some()
    }
}

/// Where the layout's columns stand.
pub(super) fn find_columns(
    header: &StringRecord,
    layout: &'static Layout,
) -> Result<Vec<Column>, FormatError> {
    let mut columns = Vec::new();
    for name in layout.columns() {
        let is_it = |cell: &str| cell.trim().eq_ignore_ascii_case(name);
        let mut found = (0..header.len()).filter(|at| header.get(*at).is_some_and(is_it));
        let at = found.next();
        if found.next().is_some() {
            return Err(FormatError::RepeatedColumn { column: name });
        }
        columns.push(Column { name, at });
    }
    let absent = |name: &&&'static str| columns.iter().any(|c| c.name == **name && c.at.is_none());
    let missing: Vec<&'static str> = layout.required.iter().filter(absent).copied().collect();
    if missing.is_empty() {
        return Ok(columns);
    }
    let only = header.get(0).filter(|_| header.len() == 1).unwrap_or("");
    let separator = [';', '\t', '|'].into_iter().find(|c| only.contains(*c));
    Err(FormatError::MissingColumns {
        columns: missing,
        separator,
    })
}
