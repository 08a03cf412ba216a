//! One sheet being written: texts stay texts whatever they begin with, dong stay exact, days are
//! days, formulas carry their results, and what does not fit is told.

use chrono::Datelike;
use rust_decimal::Decimal;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Url, Worksheet, XlsxError};

use super::looks::{Look, Looks};
use crate::domain::{Day, Fraction, Lang};
use crate::report::csv::is_formula;
use crate::report::escape::visible;
use crate::text;

pub(super) type Result<T> = std::result::Result<T, XlsxError>;

/// The longest text of a cell, in UTF-16 units.
const TEXT_MAX: usize = 32_767;

/// A row is at most so many lines high; longer texts are read in the cell.
const LINES_MAX: u32 = 12;

/// Up to here a spreadsheet's numbers hold every whole number: 2^53.
const EXACT_MAX: i128 = 1 << 53;

/// True when a spreadsheet can hold the number and the sums made of a few of it.
pub(in crate::report) fn is_exact(number: i128) -> bool {
    number.abs() <= EXACT_MAX
}

/// What is written into a cell.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// Nothing.
    Blank,
    /// Nothing yet: for people to fill in.
    Input,
    /// The same with what is known so far, for people to leave or to change.
    Filled(String),
    /// Free text.
    Text(String),
    /// Lines of ours: the breaks between them are breaks in the cell, any other is shown.
    Lines(Vec<String>),
    /// An identifier.
    Code(String),
    /// A count.
    Whole(i128),
    /// Dong.
    Money(i128),
    /// A day.
    Day(Day),
    /// A share, rounded to four decimals by the caller.
    Share(String),
    /// A formula, its result as the program computed it, and how it looks.
    Formula(String, String, Look),
    /// A mark.
    Mark(&'static str),
    /// A place in a file beside the workbook, and the word to click on.
    Link(String, String),
}

impl Cell {
    /// A lower bound or a target; blank where there is none.
    pub(super) fn low(share: Option<Fraction>) -> Self {
        share.map_or(Self::Blank, |share| Self::Share(share.down(4)))
    }

    /// An upper bound.
    pub(super) fn high(share: Option<Fraction>) -> Self {
        share.map_or(Self::Blank, |share| Self::Share(share.up(4)))
    }

    /// A count.
    pub(super) fn count(count: u64) -> Self {
        Self::Whole(count.into())
    }

    /// The number that a sum over the column takes from it.
    pub(super) fn number(&self) -> i128 {
        match self {
            Self::Whole(number) | Self::Money(number) if is_exact(*number) => *number,
            Self::Formula(_, result, Look::Whole | Look::Money) => result.parse().unwrap_or(0),
            _ => 0,
        }
    }

    /// What a sum over the column leaves out, because it stands there as a text.
    pub(super) fn beyond(&self) -> i128 {
        match self {
            Self::Whole(number) | Self::Money(number) if !is_exact(*number) => *number,
            _ => 0,
        }
    }
}

/// A worksheet with its formats.
pub(super) struct Sheet<'b> {
    pub(super) name: String,
    pub(super) to: Worksheet,
    pub(super) looks: &'b Looks,
    pub(super) lang: Lang,
}

impl<'b> Sheet<'b> {
    /// An empty sheet: A4, everything on one page's width, narrow margins (in inches) so that
    /// letters stay large, page and run in the footer.
    pub(super) fn new(name: String, looks: &'b Looks, lang: Lang, footer: &str) -> Result<Self> {
        let mut to = Worksheet::new();
        to.set_name(&name)?;
        to.set_paper_size(9);
        to.set_print_fit_to_pages(1, 0);
        let inches = |tenths: i64| Decimal::new(tenths, 1).try_into().unwrap_or_default();
        let [side, top, bottom, head] = [4, 5, 6, 3].map(inches);
        to.set_margins(side, side, top, bottom, head, head);
        to.set_footer(footer);
        to.set_screen_gridlines(false);
        Ok(Self {
            name,
            to,
            looks,
            lang,
        })
    }

    /// Writes a text of ours in a format of its own.
    pub(super) fn say(&mut self, row: u32, col: u16, text: &str, format: &Format) -> Result<()> {
        let text = fitting(text, self.lang);
        self.to.write_string_with_format(row, col, text, format)?;
        Ok(())
    }

    /// Writes a cell of a table.
    pub(super) fn cell(&mut self, row: u32, col: u16, cell: &Cell) -> Result<()> {
        let looks = self.looks;
        match cell {
            Cell::Blank => return Ok(()),
            Cell::Input => {
                self.to.write_blank(row, col, looks.cell(Look::Input))?;
            }
            Cell::Filled(text) if text.is_empty() => return self.cell(row, col, &Cell::Input),
            Cell::Filled(text) if !is_formula(text) => {
                return self.say(row, col, text, looks.cell(Look::Input));
            }
            Cell::Filled(text) | Cell::Text(text) => {
                let look = if is_formula(text) {
                    Look::Quoted
                } else {
                    Look::Text
                };
                return self.say(row, col, text, looks.cell(look));
            }
            Cell::Lines(lines) => return self.lines(row, col, lines),
            Cell::Code(text) => return self.say(row, col, text, looks.cell(Look::Code)),
            Cell::Mark(text) => return self.say(row, col, text, looks.cell(Look::Mark)),
            Cell::Whole(number) => return self.number(row, col, *number, looks.cell(Look::Whole)),
            Cell::Money(number) => return self.number(row, col, *number, looks.cell(Look::Money)),
            Cell::Day(day) => return self.day(row, col, *day),
            Cell::Link(place, word) => {
                let url = Url::new(format!("file:///{place}")).set_text(word);
                self.to
                    .write_url_with_format(row, col, url, looks.cell(Look::Link))?;
            }
            Cell::Share(text) => return self.decimal(row, col, text, looks.cell(Look::Share)),
            Cell::Formula(formula, result, look) => {
                let format = looks.cell(*look);
                return self.formula(row, col, formula, result, format);
            }
        }
        Ok(())
    }

    fn lines(&mut self, row: u32, col: u16, lines: &[String]) -> Result<()> {
        let is_formula = lines.first().is_some_and(|line| is_formula(line));
        let look = if is_formula { Look::Quoted } else { Look::Text };
        let shown: Vec<String> = lines.iter().map(|line| visible(line)).collect();
        let text = cut(shown.join("\n"), self.lang);
        let format = self.looks.cell(look);
        self.to.write_string_with_format(row, col, text, format)?;
        Ok(())
    }

    /// A whole number; as text with a note where a spreadsheet would round it.
    pub(super) fn number(
        &mut self,
        row: u32,
        col: u16,
        number: i128,
        format: &Format,
    ) -> Result<()> {
        match i64::try_from(number) {
            Ok(small) if is_exact(number) => {
                self.to.write_with_format(row, col, small, format)?;
            }
            _ => {
                let n = text::number(self.lang, number);
                let said = text::say(self.lang, "book-too-large", &[("n", &n)]);
                self.to.write_string_with_format(row, col, said, format)?;
            }
        }
        Ok(())
    }

    /// A decimal number from its text.
    pub(super) fn decimal(
        &mut self,
        row: u32,
        col: u16,
        text: &str,
        format: &Format,
    ) -> Result<()> {
        match text.parse::<Decimal>() {
            Ok(number) => {
                self.to.write_with_format(row, col, number, format)?;
            }
            Err(_) => {
                self.to.write_string_with_format(row, col, text, format)?;
            }
        }
        Ok(())
    }

    fn day(&mut self, row: u32, col: u16, day: Day) -> Result<()> {
        let date = day.date();
        let parts = (
            u16::try_from(date.year()).unwrap_or_default(),
            u8::try_from(date.month()).unwrap_or_default(),
            u8::try_from(date.day()).unwrap_or_default(),
        );
        // before 1900 a spreadsheet has no days
        let Ok(day_number) = ExcelDateTime::from_ymd(parts.0, parts.1, parts.2) else {
            return self.say(
                row,
                col,
                &text::day(self.lang, day),
                self.looks.cell(Look::Code),
            );
        };
        let format = self.looks.cell(Look::Day);
        self.to
            .write_datetime_with_format(row, col, &day_number, format)?;
        Ok(())
    }

    /// A formula with the result that a program shows which does not calculate.
    pub(super) fn formula(
        &mut self,
        row: u32,
        col: u16,
        formula: &str,
        result: &str,
        format: &Format,
    ) -> Result<()> {
        let formula = Formula::new(formula).set_result(result);
        self.to
            .write_formula_with_format(row, col, formula, format)?;
        Ok(())
    }

    /// A row of a table from its first column on.
    pub(super) fn row(&mut self, row: u32, cells: &[Cell]) -> Result<()> {
        for (col, cell) in (0_u16..).zip(cells) {
            self.cell(row, col, cell)?;
        }
        Ok(())
    }

    /// A row as high as its longest text needs in columns of these widths.
    pub(super) fn fitted_row(&mut self, row: u32, widths: &[u16], cells: &[Cell]) -> Result<()> {
        self.row(row, cells)?;
        let lines = |(cell, width): (&Cell, &u16)| match cell {
            Cell::Text(text) => lines(text, *width),
            Cell::Lines(all) => {
                let needed: u32 = all.iter().map(|text| lines(text, *width)).sum();
                needed.min(LINES_MAX)
            }
            _ => 1,
        };
        let lines = cells.iter().zip(widths).map(lines).max().unwrap_or(1);
        if lines > 1 {
            self.to.set_row_height(row, lines * 13 + 2)?;
        }
        Ok(())
    }

    /// Headings from the first column on.
    pub(super) fn headings(&mut self, row: u32, headings: &[String]) -> Result<()> {
        let looks = self.looks;
        for (col, heading) in (0_u16..).zip(headings) {
            self.say(row, col, heading, &looks.heading)?;
        }
        Ok(())
    }

    /// Widths of the columns, in characters.
    pub(super) fn widths(&mut self, widths: &[u16]) -> Result<()> {
        for (col, width) in (0_u16..).zip(widths) {
            self.to.set_column_width(col, *width)?;
        }
        Ok(())
    }
}

/// The text as it is shown: what cannot be seen is made visible, and what is longer than a cell
/// can hold is cut with a word about it.
pub(super) fn fitting(raw: &str, lang: Lang) -> String {
    cut(visible(raw), lang)
}

fn cut(shown: String, lang: Lang) -> String {
    if shown.encode_utf16().count() <= TEXT_MAX {
        return shown;
    }
    let note = text::say(lang, "book-cut", &[]);
    let room = TEXT_MAX - note.encode_utf16().count();
    let mut used = 0;
    let kept = shown.chars().take_while(|c| {
        used += c.len_utf16();
        used <= room
    });
    let mut out: String = kept.collect();
    out.push_str(&note);
    out
}

/// How many lines a text takes in a column: our letters are a little narrower than the digits that
/// widths are counted in.
pub(super) fn lines(text: &str, width: u16) -> u32 {
    let room = usize::from(width.max(1)) * 115 / 100;
    let lines = text.chars().count().div_ceil(room.max(1));
    match width {
        0 => 1,
        _ => u32::try_from(lines)
            .unwrap_or(LINES_MAX)
            .clamp(1, LINES_MAX),
    }
}

/// A column as letters: 0 is `A`, 26 is `AA`.
pub(in crate::report) fn letters(col: u16) -> String {
    let mut rest = u32::from(col) + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        let names = [0, 25, 26, 51, 52, 701, 702].map(letters);
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_text_fits_a_cell_and_says_what_is_missing() {
        assert_eq!(fitting("a\u{202e}b", Lang::En), "a‹U+202E›b");
        let long = "😀".repeat(20_000);
        let cut = fitting(&long, Lang::Vi);
        assert!(cut.encode_utf16().count() <= TEXT_MAX);
        assert!(cut.ends_with(&text::say(Lang::Vi, "book-cut", &[])));
        assert_eq!(fitting(&"x".repeat(TEXT_MAX), Lang::Vi).len(), TEXT_MAX);
    }
}
