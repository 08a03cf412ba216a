//! PURE: which table of a file is the statement.

use crate::format::Grid;
use crate::format::book::Sheet;
use crate::format::tables::{Forms, Tables};
use crate::normalise::statement::heading;
use crate::source::Mapping;

/// A number that lost digits when a spreadsheet was saved: line, column from 0, what is left.
pub type Lost = (u64, usize, Box<str>);

/// A table out of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its rows.
    pub grid: Grid,
    /// Numbers that lost digits, in order of the lines.
    pub lost: Vec<Lost>,
    /// `csv`, `tsv`, `html`, `xlsx`, `xls`, `ods`.
    pub format: &'static str,
    /// The encoding of a text.
    pub encoding: Option<&'static str>,
}

/// What a mapping tells of a text.
pub fn forms(mapping: &Mapping) -> Forms {
    Forms {
        encoding: mapping.encoding,
        delimiter: mapping.delimiter,
    }
}

/// The sheet that is a statement: the first with a header, else the first.
pub fn pick(tables: Tables, mapping: &Mapping) -> Table {
    let mapped = mapping.headings().next().is_some();
    let is_it = |sheet: &Sheet| {
        if mapped {
            heading::find_mapped(&sheet.rows, mapping).is_ok()
        } else {
            heading::find(&sheet.rows).is_some()
        }
    };
    let at = tables.sheets.iter().position(is_it).unwrap_or(0);
    let sheet = tables.sheets.into_iter().nth(at).unwrap_or_default();
    Table {
        grid: Grid {
            delimiter: tables.delimiter,
            rows: sheet.rows,
        },
        lost: sheet.lost,
        format: tables.format,
        encoding: tables.encoding,
    }
}
