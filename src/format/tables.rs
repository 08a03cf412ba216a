//! PURE: the tables of a file that others made: the sheets of a spreadsheet, the rows of a page or
//! of a text.

use std::borrow::Cow;

use super::book::{self, Sheet};
use super::encoding::{decoded, decoded_as, font_of, typed_with};
use super::{BookKind, FormatError, Limits, Sizes, html, read_grid};

/// What is known about a text beforehand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forms {
    /// The name of its encoding.
    pub encoding: Option<&'static str>,
    /// Its separator.
    pub delimiter: Option<char>,
    /// How large it may be.
    pub sizes: Sizes,
}

/// How a file of tables ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A spreadsheet, which is whole or not read.
    #[default]
    Book,
    /// A text behind the end of its last line, a page behind its tables.
    Whole,
    /// A text in its last line: some programs write none behind it.
    InLine,
    /// A page in its last row.
    InRow,
    /// A page between two rows of a table.
    InTable,
}

/// The tables of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// Every sheet that is not empty; a page or a text is one.
    pub sheets: Vec<Sheet>,
    /// `csv`, `tsv`, `html`, `xlsx`, `xls`, `ods`.
    pub format: &'static str,
    /// The encoding of a text; of a spreadsheet the fonts of before Unicode, where it has such.
    pub encoding: Option<&'static str>,
    /// The separator of a text.
    pub delimiter: char,
    /// How it ends.
    pub end: End,
}

impl Tables {
    /// Reads a file as tables, whatever its name.
    ///
    /// # Errors
    /// What is no table of the known kinds, is beyond the limits or hostile.
    pub fn read(bytes: Vec<u8>, forms: Forms) -> Result<Self, FormatError> {
        let read = Self::read_any(bytes, forms)?;
        let limit = forms.sizes.rows();
        let rows: usize = read.sheets.iter().map(|sheet| sheet.rows.len()).sum();
        if u64::try_from(rows).is_ok_and(|rows| rows > limit) {
            return Err(FormatError::TooManyRows { limit });
        }
        Ok(read)
    }

    fn read_any(bytes: Vec<u8>, forms: Forms) -> Result<Self, FormatError> {
        if let Some(kind) = BookKind::of(&bytes) {
            let mut sheets = book::read(kind, &bytes, forms.sizes)?;
            drop(bytes);
            let font = forms.encoding.or_else(|| font_of(&sample(&sheets)));
            let cells = sheets.iter_mut().flat_map(|sheet| &mut sheet.rows);
            for cell in cells.flat_map(|row| &mut row.cells) {
                if let Some(text) = font.and_then(|font| typed_with(cell, font)) {
                    *cell = text.into();
                }
            }
            return Ok(Self {
                sheets,
                format: kind.id(),
                encoding: font,
                delimiter: '\t',
                end: End::Book,
            });
        }
        let limits = Limits {
            file_bytes: forms.sizes.table_bytes(None),
            ..Limits::TABLE
        };
        let (text, encoding) = text_of_all(bytes, forms, limits)?;
        let (rows, format, delimiter, end) = if html::is_page(&text) {
            let (rows, end) = html::rows(&text, forms.sizes.cells())?;
            (rows, "html", '\t', end)
        } else {
            let cells = forms.sizes.cells();
            let grid = read_grid(text.as_bytes(), forms.delimiter, limits, cells)?;
            let tabs = grid.delimiter == '\t';
            let end = if text.ends_with(['\n', '\r']) {
                End::Whole
            } else {
                End::InLine
            };
            let format = if tabs { "tsv" } else { "csv" };
            (grid.rows, format, grid.delimiter, end)
        };
        Ok(Self {
            sheets: vec![Sheet {
                rows,
                ..Sheet::default()
            }],
            format,
            encoding: Some(encoding),
            delimiter,
            end,
        })
    }
}

/// The text of a file; its bytes are gone then.
fn text_of_all(
    bytes: Vec<u8>,
    forms: Forms,
    limits: Limits,
) -> Result<(String, &'static str), FormatError> {
    let (text, encoding) = if let Some(name) = forms.encoding {
        (decoded_as(&bytes, name, limits)?, name)
    } else {
        decoded(&bytes, limits)?
    };
    let mark = bytes.len() - text.len().min(bytes.len());
    if let Cow::Owned(text) = text {
        return Ok((text, encoding));
    }
    // a mark may stand before it
    let mut bytes = bytes;
    bytes.drain(..mark);
    let text = String::from_utf8(bytes).map_err(|_| FormatError::NotUtf8 {
        found: "another encoding",
    })?;
    Ok((text, encoding))
}

/// The first cells of every sheet.
fn sample(sheets: &[Sheet]) -> String {
    let rows = sheets.iter().flat_map(|sheet| sheet.rows.iter().take(60));
    let cells = rows.flat_map(|row| row.cells.iter().map(AsRef::as_ref));
    cells.collect::<Vec<&str>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_typed_with_an_old_font_is_read() {
        let page = "<html><table><tr><td>Ngµy</td><td>Sè tiÒn</td></tr></table></html>";
        let tables = Tables::read(page.into(), Forms::default()).unwrap();
        assert_eq!((tables.format, tables.encoding), ("html", Some("tcvn3")));
        assert_eq!(
            tables.sheets[0].rows[0].cells,
            ["Ngày".into(), "Số tiền".into()]
        );
    }
}
