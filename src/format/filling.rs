//! PURE: a sheet as it is read, cell by cell: what a person would copy of each cell, and what
//! became of its digits.

use calamine::Data;

use super::FormatError;
use super::book::{BookFault, BookPlace, Sheet};
use super::limits::COLUMNS_MAX;
use super::sniff::GridRow;

/// All cells of a sheet together hold no more text.
const SHEET_BYTES_MAX: usize = 64 << 20;
/// A number keeps so many digits in a spreadsheet; of a longer one the end is gone.
const DIGITS_KEPT: usize = 15;

/// What became of the digits of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    /// It is no number, or a whole one.
    Kept,
    /// It is a number with a fraction: zeros at its end are not kept.
    Fraction,
    /// It is a number with more digits than a spreadsheet keeps.
    Lost,
}

impl Digits {
    /// Of a number without exponent.
    pub(super) fn of(number: &str) -> Self {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        // what a sum leaves behind the point is no lost digit
        if whole.trim_start_matches('-').len() > DIGITS_KEPT {
            Self::Lost
        } else if fraction.bytes().any(|b| b != b'0') {
            Self::Fraction
        } else {
            Self::Kept
        }
    }
}

/// A sheet that is being read, cell by cell, in order.
#[derive(Default)]
pub(super) struct Filling {
    pub(super) sheet: Sheet,
    cells_max: usize,
    cells: usize,
    bytes: usize,
}

impl Filling {
    /// Remembers that a cell holds a formula.
    pub(super) fn formula(&mut self, row: u32, column: u32) {
        let at = usize::try_from(column).unwrap_or(usize::MAX);
        self.sheet.formulas.push((u64::from(row) + 1, at));
    }

    /// Remembers that a cell holds a formula without a value.
    pub(super) fn unsolved(&mut self, row: u32, column: u32) {
        let at = usize::try_from(column).unwrap_or(usize::MAX);
        self.sheet.unsolved.push((u64::from(row) + 1, at));
    }

    /// A sheet under its name, of so many cells at most.
    pub(super) fn of(name: &str, cells_max: usize) -> Self {
        let sheet = Sheet {
            name: name.into(),
            ..Sheet::default()
        };
        Self {
            sheet,
            cells_max,
            ..Self::default()
        }
    }

    /// That a row is beyond all measure.
    pub(super) fn too_wide(&self, row: u32) -> FormatError {
        let line = u64::from(row) + 1;
        BookFault::TooWide.at(BookPlace::Row(self.sheet.name.clone(), line))
    }

    /// Puts a text into a cell, with what became of its digits.
    pub(super) fn put(
        &mut self,
        row: u32,
        column: u32,
        text: Box<str>,
        digits: Digits,
    ) -> Result<(), FormatError> {
        if text.is_empty() {
            return Ok(());
        }
        let line = u64::from(row) + 1;
        let at = usize::try_from(column).unwrap_or(usize::MAX);
        let new = self.sheet.rows.last().is_none_or(|last| last.line != line);
        let before = if new {
            0
        } else {
            self.sheet.rows.last().map_or(0, |row| row.cells.len())
        };
        self.cells += at.saturating_add(1).saturating_sub(before);
        self.bytes += text.len();
        let much = self.cells > self.cells_max || self.bytes > SHEET_BYTES_MAX;
        if at >= COLUMNS_MAX || much {
            return Err(self.too_wide(row));
        }
        match digits {
            Digits::Kept => {}
            Digits::Fraction => self.sheet.fractions.push((line, at)),
            Digits::Lost => self.sheet.lost.push((line, at, text.clone())),
        }
        if new {
            let cells = Vec::new();
            self.sheet.rows.push(GridRow { line, cells });
        }
        if let Some(row) = self.sheet.rows.last_mut() {
            if row.cells.len() <= at {
                row.cells.resize(at + 1, "".into());
            }
            row.cells[at] = text;
        }
        Ok(())
    }
}

/// What a person would copy, and what became of its digits.
pub(super) fn text_of(value: &Data) -> (Box<str>, Digits) {
    let text = match value {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            text.trim().to_owned()
        }
        Data::Int(number) => number.to_string(),
        Data::Float(number) => {
            // the shortest text that stands for the number, without exponent
            let mut text = number.to_string();
            let digits = Digits::of(&text);
            // a point that no reader takes for a separator of groups
            if text
                .split_once('.')
                .is_some_and(|(_, rest)| rest.len() == 3)
            {
                text.push('0');
            }
            return (text.into(), digits);
        }
        Data::Bool(truth) => truth.to_string(),
        // the cell is a day, whatever it looks like: dashes, which nobody takes for month first
        Data::DateTime(at) => match at.as_datetime() {
            Some(at) if at.time() == chrono::NaiveTime::MIN => at.format("%d-%m-%Y").to_string(),
            Some(at) => at.format("%d-%m-%Y %H:%M:%S").to_string(),
            None => String::new(),
        },
        Data::Error(error) => error.to_string(),
        // nothing stands there
        Data::Empty => String::new(),
    };
    (text.into(), Digits::Kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_of_more_than_fifteen_digits_have_lost_some() {
        let check = |number: &str, digits: Digits| {
            let value = Data::Float(number.parse().unwrap());
            assert_eq!(text_of(&value).1, digits, "{number}");
        };
        check("50000", Digits::Kept);
        check("-999999999999999", Digits::Kept);
        check("1234567890123456", Digits::Lost);
        check("1234567.8900000001", Digits::Fraction);
        check("5091.12340", Digits::Fraction);
        check("5091.0", Digits::Kept);
    }

    #[test]
    fn a_cell_that_is_a_day_is_written_so_that_nobody_reads_the_month_first() {
        let cell = |days: &str| {
            let days = days.parse().unwrap();
            let at = calamine::ExcelDateTimeType::DateTime;
            let value = Data::DateTime(calamine::ExcelDateTime::new(days, at, false));
            text_of(&value).0
        };
        assert_eq!(&*cell("44900"), "05-12-2022");
        assert_eq!(&*cell("44900.5"), "05-12-2022 12:00:00");
    }
}
