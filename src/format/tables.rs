//! PURE: the tables of a file that others made: the sheets of a spreadsheet, the rows of a page or
//! of a text.

use super::book::{self, Sheet};
use super::encoding::{decoded, decoded_as};
use super::{BookKind, FormatError, Limits, html, read_grid};

/// What is known about a text beforehand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forms {
    /// The name of its encoding.
    pub encoding: Option<&'static str>,
    /// Its separator.
    pub delimiter: Option<char>,
}

/// The tables of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// Every sheet that is not empty; a page or a text is one.
    pub sheets: Vec<Sheet>,
    /// `csv`, `tsv`, `html`, `xlsx`, `xls`, `ods`.
    pub format: &'static str,
    /// The encoding of a text.
    pub encoding: Option<&'static str>,
    /// The separator of a text.
    pub delimiter: char,
}

/// Reads a file as tables, whatever its name.
///
/// # Errors
/// What is no table of the known kinds, is beyond the limits or hostile.
pub fn read(bytes: &[u8], forms: Forms) -> Result<Tables, FormatError> {
    if let Some(kind) = BookKind::of(bytes) {
        return Ok(Tables {
            sheets: book::read(kind, bytes)?,
            format: kind.id(),
            encoding: None,
            delimiter: '\t',
        });
    }
    let (text, encoding) = match forms.encoding {
        Some(name) => (decoded_as(bytes, name, Limits::TABLE)?, name),
        None => decoded(bytes, Limits::TABLE)?,
    };
    let (rows, format, delimiter) = if html::is_page(&text) {
        (html::rows(&text)?, "html", '\t')
    } else {
        let grid = read_grid(text.as_bytes(), forms.delimiter, Limits::TABLE)?;
        let tabs = grid.delimiter == '\t';
        (grid.rows, if tabs { "tsv" } else { "csv" }, grid.delimiter)
    };
    Ok(Tables {
        sheets: vec![Sheet {
            rows,
            lost: Vec::new(),
        }],
        format,
        encoding: Some(encoding),
        delimiter,
    })
}
