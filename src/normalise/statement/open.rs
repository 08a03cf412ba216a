//! PURE: the sheets of a file, one after the other.

use std::ops::Range;

use crate::domain::RejectCode;
use crate::format::Grid;
use crate::format::tables::{End, Forms, Tables};
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
}

/// The tables of a file as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The rows of every sheet that is read.
    pub grid: Grid,
    /// The name of each sheet and where its rows stand.
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

impl Table {
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
    }
}

/// The sheets that a mapping names; all of them where it names none.
pub fn gather(tables: Tables, mapping: &Mapping) -> Table {
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
        let place = |line: u64| {
            let at = sheet.rows.partition_point(|row| row.line < line);
            start + at
        };
        let lost = sheet.lost.iter().map(|(line, at, value)| Odd {
            row: place(*line),
            at: *at,
            value: value.clone(),
            code: RejectCode::LostDigits,
        });
        let formulas = sheet.formulas.iter().filter_map(|(line, at)| {
            let row = place(*line);
            let shown = sheet.rows.get(row - start)?;
            (shown.line == *line).then(|| Odd {
                row,
                at: *at,
                value: format!("{}{line} = {}", letters(*at), shown.get(*at)).into(),
                code: RejectCode::Formula,
            })
        });
        let mut odd: Vec<Odd> = lost.chain(formulas).collect();
        odd.sort();
        all.append(&mut odd);
        rows.append(&mut sheet.rows);
        sheets.push((sheet.name, start..rows.len()));
    }
    Table {
        grid: Grid {
            delimiter: tables.delimiter,
            rows,
        },
        sheets,
        odd: all,
        format: tables.format,
        encoding: tables.encoding,
        end: tables.end,
    }
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
