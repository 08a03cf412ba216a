//! PURE: spreadsheets as tables of text: XLSX, XLS, ODS. Every cell becomes the text that a person
//! would copy; nothing is computed, a formula counts as the value it was saved with. What a file
//! would inflate to is measured before anything reads it.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xls, Xlsx};

use super::filling::{Filling, text_of};
use super::sniff::GridRow;
use super::{FormatError, Sizes};

/// Nothing inside may inflate to more, all parts together.
const INFLATED_MAX: u64 = 192 << 20;
/// The texts that cells share are held as a whole.
const TEXTS_MAX: u64 = 32 << 20;
/// Beyond a megabyte nothing may inflate to more than this many times its size.
const RATIO_MAX: u64 = 100;
/// A shared text takes at least so many bytes: `<si/>`.
const TEXT_MIN: u64 = 5;
/// Which spreadsheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookKind {
    /// Office Open XML.
    Xlsx,
    /// Excel 97-2003.
    Xls,
    /// OpenDocument.
    Ods,
}

impl BookKind {
    /// Its name.
    pub fn id(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
        }
    }

    /// What the bytes are, whatever the file is called.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(Self::Xls),
            [b'P', b'K', 3, 4, ..] => {
                let head = bytes.get(..256).unwrap_or(bytes);
                let ods = head.windows(23).any(|w| w == b"vnd.oasis.opendocument.");
                Some(if ods { Self::Ods } else { Self::Xlsx })
            }
            _ => None,
        }
    }
}

/// Why a spreadsheet is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookFault {
    /// Damaged, protected by a password, or none at all.
    Unreadable,
    /// It would inflate to far more than it is.
    Bomb,
    /// More columns or cells than any statement has.
    TooWide,
    /// A document type in one of its parts: never read, entities can be bombs.
    DocType,
    /// Its parts are not as long as it tells.
    Lies,
}

/// Where in a spreadsheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BookPlace {
    /// A part of the container, by its name.
    Part(Box<str>),
    /// A sheet, by its name.
    Sheet(Box<str>),
    /// A row of a sheet, the first is 1.
    Row(Box<str>, u64),
}

impl BookFault {
    /// The error at a place.
    pub(super) fn at(self, place: BookPlace) -> FormatError {
        FormatError::BookAt { fault: self, place }
    }
}

/// One sheet that is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name; empty for a text or a page.
    pub name: Box<str>,
    /// Its rows; a row's line is its number in the sheet.
    pub rows: Vec<GridRow>,
    /// Numbers that lost digits when they were saved: row, column from 0, what is left.
    pub lost: Vec<(u64, usize, Box<str>)>,
    /// Numbers with a fraction: row, column from 0. Where a code was meant, zeros at its end are
    /// gone.
    pub fractions: Vec<(u64, usize)>,
    /// Cells that hold a formula and the value it was saved with: row, column from 0.
    pub formulas: Vec<(u64, usize)>,
    /// Cells that hold a formula that was saved without a value: row, column from 0.
    pub unsolved: Vec<(u64, usize)>,
}

/// Reads every sheet.
///
/// # Errors
/// A file that is damaged, protected, or would take far more room than it has.
pub fn read(kind: BookKind, bytes: &[u8], sizes: Sizes) -> Result<Vec<Sheet>, FormatError> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let limit = sizes.table_bytes(Some(kind));
    if size > limit {
        return Err(FormatError::TooLarge { bytes: size, limit });
    }
    let cells = sizes.cells();
    // the library indexes what a damaged file tells it
    let sheets = std::panic::catch_unwind(|| match kind {
        BookKind::Xlsx => {
            measure(bytes)?;
            xlsx(bytes, cells)
        }
        BookKind::Ods => {
            measure(bytes)?;
            super::ods::read(bytes, cells)
        }
        BookKind::Xls => {
            super::xls::check(bytes, cells)?;
            xls(bytes, cells)
        }
    });
    let sheets = sheets.unwrap_or(Err(FormatError::Book(BookFault::Unreadable)))?;
    let filled = sheets.into_iter().filter(|sheet| !sheet.rows.is_empty());
    Ok(filled.collect())
}

/// The name of a sheet that is not empty, and its cells that hold a formula: row, column from 0.
pub type Formulas = (String, Vec<(u64, usize)>);

/// The formulas of an XLSX that [`read`] has read, sheet by sheet in the same order; none of
/// another kind, of which they are not known.
///
/// # Errors
/// A file that is damaged.
pub fn formulas(kind: BookKind, bytes: &[u8]) -> Result<Option<Vec<Formulas>>, FormatError> {
    if kind != BookKind::Xlsx {
        return Ok(None);
    }
    let sheets = std::panic::catch_unwind(|| formulas_of(bytes));
    let sheets = sheets.unwrap_or(Err(FormatError::Book(BookFault::Unreadable)))?;
    Ok(Some(sheets))
}

fn formulas_of(bytes: &[u8]) -> Result<Vec<Formulas>, FormatError> {
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let mut filled = false;
        {
            let Ok(mut cells) = book.worksheet_cells_reader(&name) else {
                continue;
            };
            while let Some(cell) = cells.next_cell().map_err(unreadable)? {
                filled |= !text_of(&Data::from(cell.get_value().clone())).0.is_empty();
            }
        }
        let mut found = Vec::new();
        let mut cells = book.worksheet_cells_reader(&name).map_err(unreadable)?;
        while let Some(cell) = cells.next_formula().map_err(unreadable)? {
            if !cell.get_value().is_empty() {
                let (row, column) = cell.get_position();
                let column = usize::try_from(column).unwrap_or(usize::MAX);
                found.push((u64::from(row) + 1, column));
            }
        }
        drop(cells);
        if filled {
            sheets.push((name, found));
        }
    }
    Ok(sheets)
}

fn unreadable<E>(_: E) -> FormatError {
    FormatError::Book(BookFault::Unreadable)
}

/// Inflates every part of the container once, keeping nothing: sizes that the directory tells may
/// be lies.
fn measure(bytes: &[u8]) -> Result<(), FormatError> {
    let mut container = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut total = 0;
    for place in 0..container.len() {
        let part = container.by_index(place).map_err(unreadable)?;
        let name: Box<str> = part.name().map_err(unreadable)?.into();
        let told = part.size();
        let refuse = |fault: BookFault| Err(fault.at(BookPlace::Part(name.clone())));
        let packed = part.compressed_size().max(1);
        let allowed = INFLATED_MAX.min((packed.saturating_mul(RATIO_MAX)).max(1 << 20));
        let mut part = part.take(allowed + 1);
        let mut head = Vec::new();
        let read = part.by_ref().take(2 << 10).read_to_end(&mut head);
        let rest = read.and_then(|_| std::io::copy(&mut part, &mut std::io::sink()));
        let Ok(rest) = rest else {
            return refuse(BookFault::Lies);
        };
        let inflated = u64::try_from(head.len()).unwrap_or(u64::MAX) + rest;
        total += inflated;
        let head = String::from_utf8_lossy(&head);
        // the library makes room for as many shared texts as are announced
        let announced = announced(&head);
        let texts = announced.is_some_and(|n| inflated > TEXTS_MAX || n > inflated / TEXT_MIN);
        if inflated > allowed || total > INFLATED_MAX || texts {
            return refuse(BookFault::Bomb);
        }
        if inflated != told {
            return refuse(BookFault::Lies);
        }
        if head.contains("<!DOCTYPE") {
            return refuse(BookFault::DocType);
        }
    }
    Ok(())
}

/// How many shared texts a part announces.
fn announced(head: &str) -> Option<u64> {
    let (_, sst) = head.split_once("sst")?;
    let (_, count) = sst.split_once("uniqueCount")?;
    let digits = count.trim_start_matches(|c: char| c.is_whitespace() || "='\"".contains(c));
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    Some(digits[..end].parse().unwrap_or(u64::MAX))
}

/// Cell by cell: a sheet with one cell in each corner is not a full rectangle.
fn xlsx(bytes: &[u8], cells_max: usize) -> Result<Vec<Sheet>, FormatError> {
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let mut filling = Filling::of(&name, cells_max);
        // a sheet of charts holds no cells
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else {
            continue;
        };
        let damaged = || BookFault::Unreadable.at(BookPlace::Sheet(name.as_str().into()));
        while let Some(cell) = cells
            .next_cell_with_formula_metadata()
            .map_err(|_| damaged())?
        {
            let (row, column) = cell.pos;
            let value = Data::from(cell.value);
            let (text, digits) = text_of(&value);
            if cell.formula.is_some() {
                if value == Data::Empty {
                    filling.unsolved(row, column);
                } else if !text.is_empty() {
                    filling.formula(row, column);
                }
            }
            filling.put(row, column, text, digits)?;
        }
        sheets.push(filling.sheet);
    }
    Ok(sheets)
}

/// Sheet by sheet, as rectangles.
fn xls(bytes: &[u8], cells_max: usize) -> Result<Vec<Sheet>, FormatError> {
    let mut book: Xls<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let Ok(range) = book.worksheet_range(&name) else {
            continue;
        };
        let (row, column) = range.start().unwrap_or_default();
        let mut filling = Filling::of(&name, cells_max);
        let place = |from: u32, n: usize| from.saturating_add(u32::try_from(n).unwrap_or(u32::MAX));
        for (down, right, value) in range.used_cells() {
            let (text, digits) = text_of(value);
            filling.put(place(row, down), place(column, right), text, digits)?;
        }
        let formulas = book.worksheet_formula(&name).map_err(unreadable)?;
        let (row, column) = formulas.start().unwrap_or_default();
        for (down, right, text) in formulas.used_cells() {
            if !text.is_empty() {
                filling.formula(place(row, down), place(column, right));
            }
        }
        sheets.push(filling.sheet);
    }
    Ok(sheets)
}
