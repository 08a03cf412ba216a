//! PURE: the rows of a file, the sheets of a spreadsheet one after the other.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use crate::domain::RejectCode;
use crate::format::book::Sheet;
use crate::format::tables::{End, Forms, Tables};
use crate::format::{BookKind, Content, FormatError, GridRow, Limits, Text};
use crate::source::Mapping;

/// A cell that is not what it seems: a number that lost digits when a spreadsheet was saved, or a
/// formula.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Odd {
    /// The place of its row in the table.
    pub row: usize,
    /// Its column, from 0.
    pub at: usize,
    /// What stands there.
    pub value: Box<str>,
    /// What is wrong.
    pub code: RejectCode,
    /// Where it matters.
    pub matters: Matters,
}

/// Where a cell that is not what it seems spoils its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matters {
    /// In every column that means something.
    Everywhere,
    /// In an id alone.
    InId,
    /// Where a value is missing.
    Missing,
}

/// The rows of a table.
pub enum Rows<'c> {
    /// Of a spreadsheet or a page: held.
    Held(Vec<GridRow>),
    /// Of a text: read anew by each walk, as a text may be longer than the memory.
    Walked(Text<'c>),
}

impl Rows<'_> {
    /// Every row in order, its place from 0 on.
    pub fn walk(&self) -> Box<dyn Iterator<Item = Cow<'_, GridRow>> + '_> {
        match self {
            Self::Held(rows) => Box::new(rows.iter().map(Cow::Borrowed)),
            Self::Walked(text) => Box::new(text.walk().map(Cow::Owned)),
        }
    }
}

/// So many bytes tell a spreadsheet.
const HEAD: u64 = 256;

/// The tables of a file as one.
pub struct Table<'c> {
    /// The rows of every sheet that is read.
    pub rows: Rows<'c>,
    /// The separator of a text.
    pub delimiter: char,
    /// The name of each sheet and where its rows stand; a text is one without an end.
    pub sheets: Vec<(Box<str>, Range<usize>)>,
    /// Cells that are not what they seem, in order of the rows.
    pub odd: Vec<Odd>,
    /// `csv`, `tsv`, `html`, `xlsx`, `xls`, `ods`.
    pub format: &'static str,
    /// The encoding of a text.
    pub encoding: Option<&'static str>,
    /// How its text ends.
    pub end: End,
}

impl Table<'_> {
    /// Why a walk ended early.
    ///
    /// # Errors
    /// A text that cannot be read to its end.
    pub fn whole(&self) -> Result<(), FormatError> {
        let fault = match &self.rows {
            Rows::Held(_) => None,
            Rows::Walked(text) => text.fault(),
        };
        fault.map_or(Ok(()), Err)
    }

    /// The cells of a row that are not what they seem.
    pub fn odd_in(&self, row: usize) -> &[Odd] {
        let from = self.odd.partition_point(|odd| odd.row < row);
        let to = self.odd.partition_point(|odd| odd.row <= row);
        self.odd.get(from..to).unwrap_or_default()
    }

    /// A heading, with the sheet in which a row stands where there are several.
    pub fn in_sheet(&self, row: usize, heading: &str) -> String {
        let at = self.sheets.iter().position(|(_, rows)| rows.contains(&row));
        match at.map_or("", |at| self.sheet(at)) {
            "" => heading.to_owned(),
            sheet => format!("{sheet}!{heading}"),
        }
    }

    /// The name of a sheet, where there are several.
    pub fn sheet(&self, at: usize) -> &str {
        let named = self.sheets.get(at).filter(|_| self.sheets.len() > 1);
        named.map_or("", |(name, _)| name)
    }
}

/// What a mapping tells of a text.
pub fn forms(mapping: &Mapping) -> Forms {
    Forms {
        encoding: mapping.encoding,
        delimiter: mapping.delimiter,
        sizes: mapping.sizes,
    }
}

/// Opens a file as tables, whatever its name: a text is looked over, anything else is held.
///
/// # Errors
/// What is no table of the known kinds, is beyond the limits or hostile.
pub fn open<'c>(
    content: Box<dyn Content + Send + 'c>,
    forms: Forms,
    mapping: &Mapping,
) -> Result<Table<'c>, FormatError> {
    let mut head = Vec::new();
    content.open()?.1.take(HEAD).read_to_end(&mut head)?;
    let kind = BookKind::of(&head);
    let limit = forms.sizes.table_bytes(kind);
    if kind.is_some() {
        return held(&*content, forms, mapping, limit);
    }
    let text = match Text::open(content, forms, Limits::TEXT)? {
        Ok(text) => text,
        Err(content) => return held(&*content, forms, mapping, limit),
    };
    let sheets = match &mapping.sheet {
        // a text has no name
        Some(name) if !name.is_empty() => Vec::new(),
        _ => vec![("".into(), 0..usize::MAX)],
    };
    let tabs = text.delimiter == '\t';
    Ok(Table {
        delimiter: text.delimiter,
        sheets,
        odd: Vec::new(),
        format: if tabs { "tsv" } else { "csv" },
        encoding: Some(text.encoding),
        end: text.end,
        rows: Rows::Walked(text),
    })
}

/// A spreadsheet or a page is held as a whole, within limits.
fn held(
    content: &dyn Content,
    forms: Forms,
    mapping: &Mapping,
    limit: u64,
) -> Result<Table<'static>, FormatError> {
    let (told, stream) = content.open()?;
    let mut bytes = Vec::new();
    if told <= limit {
        stream.take(limit + 1).read_to_end(&mut bytes)?;
    }
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX).max(told);
    if size > limit {
        return Err(FormatError::TooLarge { bytes: size, limit });
    }
    Ok(gather(Tables::read(bytes, forms)?, mapping))
}

/// The sheets that a mapping names; all of them where it names none.
fn gather(tables: Tables, mapping: &Mapping) -> Table<'static> {
    let (mut rows, mut sheets, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for mut sheet in tables.sheets {
        if mapping
            .sheet
            .as_ref()
            .is_some_and(|name| **name != *sheet.name)
        {
            continue;
        }
        let start = rows.len();
        all.append(&mut odd_in(&sheet, start));
        rows.append(&mut sheet.rows);
        sheets.push((sheet.name, start..rows.len()));
    }
    Table {
        rows: Rows::Held(rows),
        delimiter: tables.delimiter,
        sheets,
        odd: all,
        format: tables.format,
        encoding: tables.encoding,
        end: tables.end,
    }
}

/// The cells of a sheet that are not what they seem, in order; its rows begin at a place.
fn odd_in(sheet: &Sheet, start: usize) -> Vec<Odd> {
    let place = |line: u64| {
        let at = sheet.rows.partition_point(|row| row.line < line);
        start + at
    };
    let lost = sheet.lost.iter().map(|(line, at, value)| Odd {
        row: place(*line),
        at: *at,
        value: value.clone(),
        code: RejectCode::LostDigits,
        matters: Matters::Everywhere,
    });
    let fractions = sheet.fractions.iter().filter_map(|(line, at)| {
        let row = place(*line);
        // a zero at its end stands there for an amount's sake
        let value = sheet.rows.get(row - start)?.get(*at).trim_end_matches('0');
        Some(Odd {
            row,
            at: *at,
            value: value.into(),
            code: RejectCode::LostDigits,
            matters: Matters::InId,
        })
    });
    let formulas = sheet.formulas.iter().filter_map(|(line, at)| {
        let row = place(*line);
        let shown = sheet.rows.get(row - start)?;
        (shown.line == *line).then(|| Odd {
            row,
            at: *at,
            value: format!("{}{line} = {}", letters(*at), shown.get(*at)).into(),
            code: RejectCode::Formula,
            matters: Matters::Everywhere,
        })
    });
    let unsolved = sheet.unsolved.iter().filter_map(|(line, at)| {
        let row = place(*line);
        let shown = sheet.rows.get(row - start)?;
        (shown.line == *line).then(|| Odd {
            row,
            at: *at,
            value: format!("{}{line}", letters(*at)).into(),
            code: RejectCode::Formula,
            matters: Matters::Missing,
        })
    });
    let odd = lost.chain(fractions).chain(formulas).chain(unsolved);
    let mut odd: Vec<Odd> = odd.collect();
    odd.sort();
    odd
}

/// A column as a spreadsheet calls it: `A`, `Z`, `AA`.
fn letters(at: usize) -> String {
    let letter = |n: usize| u8::try_from(n % 26).map_or('?', |n| char::from(b'A' + n));
    let last = letter(at);
    match (at / 26).checked_sub(1) {
        Some(before) => format!("{}{last}", letters(before)),
        None => last.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (at, name) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
        ] {
            assert_eq!(letters(at), name);
        }
    }
}
