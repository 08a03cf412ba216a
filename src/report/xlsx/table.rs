//! A table of a sheet: a title, a word on what it is, totals over what the filter shows, headings
//! that stay in sight, rows, and a filter.

use rust_xlsxwriter::Format;

use super::columns::{FIRST_ROW, HEADING_ROW};
use super::looks::Look;
use super::sheet::{Cell, Result, Sheet, fitting, letters, lines};
use crate::text;

/// The row of the title; the exceptions have their keys above it.
const TITLE_ROW: u32 = 0;
/// What stands above a table is so wide at most, in characters: a screen shows that much.
const INTRO_WIDTH: u16 = 150;
/// The row of the totals.
pub(super) const TOTAL_ROW: u32 = 2;

/// One column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) heading: String,
    /// In characters.
    pub(super) width: u16,
    /// How the total above it looks; none for a column without one.
    pub(super) total: Option<Look>,
    /// True for figures.
    right: bool,
}

impl Column {
    pub(super) fn new(heading: String, width: u16) -> Self {
        Self {
            heading,
            width,
            total: None,
            right: false,
        }
    }

    /// A column of figures without a total.
    pub(super) fn figures(heading: String, width: u16) -> Self {
        Self {
            right: true,
            ..Self::new(heading, width)
        }
    }

    pub(super) fn total(heading: String, width: u16, look: Look) -> Self {
        Self {
            heading,
            width,
            total: Some(look),
            right: true,
        }
    }
}

/// Where the rows of a table stand, and what they add up to.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    sheet: String,
    /// Rows written.
    pub(super) rows: usize,
    /// Rows that the sheet does not hold.
    pub(super) cut: usize,
    /// By column: the sum of the numbers written.
    pub(super) sums: Vec<i128>,
    /// By column: the sum of what is not there as a number (rows cut, numbers beyond 2^53).
    pub(super) missing: Vec<i128>,
}

impl Written {
    /// The cells of a column, for a formula on another sheet.
    pub(super) fn range(&self, col: u16) -> String {
        let col = letters(col);
        let first = FIRST_ROW + 1;
        let last = self.last_row() + 1;
        format!("'{}'!${col}${first}:${col}${last}", self.sheet)
    }

    /// The cell of a column in the n-th row, for a formula on another sheet.
    pub(super) fn cell(&self, col: u16, nth: usize) -> String {
        let row = u32::try_from(nth).unwrap_or(0) + FIRST_ROW + 1;
        format!("'{}'!${}${row}", self.sheet, letters(col))
    }

    /// The last row (from 0) of the table; an empty one has one empty row.
    pub(super) fn last_row(&self) -> u32 {
        let rows = u32::try_from(self.rows.max(1)).unwrap_or(1);
        FIRST_ROW + rows - 1
    }

    /// The sum of a column as a formula over it, with what it cannot hold, and its value.
    pub(super) fn sum(&self, col: u16) -> (String, i128) {
        let at = usize::from(col);
        let of = |list: &[i128]| list.get(at).copied().unwrap_or(0);
        let missing = of(&self.missing);
        let plus = if missing == 0 {
            String::new()
        } else {
            format!("+{missing}")
        };
        (
            format!("SUM({}){plus}", self.range(col)),
            of(&self.sums) + missing,
        )
    }

    /// The number of rows as a formula over a column that is filled in each.
    pub(super) fn count(&self, col: u16) -> (String, i128) {
        let plus = if self.cut == 0 {
            String::new()
        } else {
            format!("+{}", self.cut)
        };
        let rows = i128::try_from(self.rows + self.cut).unwrap_or(i128::MAX);
        (format!("COUNTA({}){plus}", self.range(col)), rows)
    }
}

/// What stands above a table.
pub(super) struct Head<'h> {
    pub(super) title: &'h str,
    pub(super) intro: &'h str,
    /// The file that holds everything, should the sheet not.
    pub(super) file: &'h str,
    /// The row of the title.
    pub(super) title_row: u32,
    /// The first column that is seen.
    pub(super) first_col: u16,
    /// The columns before this one stay in sight.
    pub(super) freeze_col: u16,
    /// The last column that is printed; none for all of them.
    pub(super) last_printed: Option<u16>,
}

impl<'h> Head<'h> {
    pub(super) fn new(title: &'h str, intro: &'h str, file: &'h str) -> Self {
        Self {
            title,
            intro,
            file,
            title_row: TITLE_ROW,
            first_col: 0,
            freeze_col: 0,
            last_printed: None,
        }
    }
}

impl Sheet<'_> {
    /// Writes a whole table; rows beyond `rows_max` are counted and told.
    pub(super) fn table(
        &mut self,
        head: &Head<'_>,
        columns: &[Column],
        rows: impl Iterator<Item = Vec<Cell>>,
        rows_max: usize,
    ) -> Result<Written> {
        let mut written = Written {
            sheet: self.name.clone(),
            sums: vec![0; columns.len()],
            missing: vec![0; columns.len()],
            ..Written::default()
        };
        let widths: Vec<u16> = columns.iter().map(|column| column.width).collect();
        for cells in rows {
            let fits = written.rows < rows_max;
            for (at, cell) in cells.iter().enumerate() {
                if fits {
                    written.sums[at] += cell.number();
                    written.missing[at] += cell.beyond();
                } else {
                    written.missing[at] += cell.number() + cell.beyond();
                }
            }
            if fits {
                let nth = u32::try_from(written.rows).unwrap_or(u32::MAX);
                self.fitted_row(FIRST_ROW.saturating_add(nth), &widths, &cells)?;
                written.rows += 1;
            } else {
                written.cut += 1;
            }
        }
        self.head(head, columns, &written)?;
        Ok(written)
    }

    fn head(&mut self, head: &Head<'_>, columns: &[Column], written: &Written) -> Result<()> {
        let looks = self.looks;
        self.title(head, columns, written)?;
        let last = written.last_row();
        for (col, column) in (0_u16..).zip(columns) {
            if column.width == 0 {
                self.to.set_column_hidden(col)?;
            } else {
                self.to.set_column_width(col, column.width)?;
            }
            let heading = if column.right {
                &looks.right_heading
            } else {
                &looks.heading
            };
            self.say(HEADING_ROW, col, &column.heading, heading)?;
            if let Some(look) = column.total {
                self.total(written, col, written.sums[usize::from(col)], look)?;
            }
        }
        if columns.iter().any(|column| column.total.is_some()) {
            let said = text::say(self.lang, "book-total", &[]);
            self.say(TOTAL_ROW, head.first_col, &said, &looks.total_text)?;
        }
        let width = u16::try_from(columns.len()).unwrap_or(1);
        let lines = columns
            .iter()
            .map(|column| lines(&column.heading, column.width));
        let lines = lines.max().unwrap_or(1).max(2);
        self.to.set_row_height(HEADING_ROW, lines * 14 + 4)?;
        self.to.autofilter(HEADING_ROW, 0, last, width - 1)?;
        self.to.set_freeze_panes(FIRST_ROW, head.freeze_col)?;
        self.to.set_repeat_rows(HEADING_ROW, HEADING_ROW)?;
        self.to.set_landscape();
        let printed = head.last_printed.unwrap_or(width - 1);
        self.to
            .set_print_area(head.title_row, head.first_col, last, printed)?;
        Ok(())
    }

    /// The total above a column: the sum of the rows that are shown.
    pub(super) fn total(
        &mut self,
        written: &Written,
        col: u16,
        sum: i128,
        look: Look,
    ) -> Result<()> {
        let letter = letters(col);
        let (first, last) = (FIRST_ROW + 1, written.last_row() + 1);
        let formula = format!("SUBTOTAL(109,{letter}{first}:{letter}{last})");
        let format = self.looks.total(look);
        self.formula(TOTAL_ROW, col, &formula, &sum.to_string(), format)
    }

    /// Title and intro; rows that did not fit take the intro's place.
    fn title(&mut self, head: &Head<'_>, columns: &[Column], written: &Written) -> Result<()> {
        let looks = self.looks;
        let (row, col) = (head.title_row, head.first_col);
        let own_row = row + 1 < TOTAL_ROW;
        if written.cut == 0 {
            self.say(row, col, head.title, &looks.title)?;
            if own_row {
                self.over((row + 1, col), columns, head.intro, &looks.said)?;
            }
            return Ok(());
        }
        let n = text::number(self.lang, i128::try_from(written.cut).unwrap_or(i128::MAX));
        let args = [("n", &*n), ("file", head.file)];
        let said = text::say(self.lang, "book-more", &args);
        if own_row {
            self.say(row, col, head.title, &looks.title)?;
            return self.over((row + 1, col), columns, &said, &looks.untold);
        }
        let said = format!("{}. {said}", head.title);
        self.say(row, col, &said, &looks.warning)
    }

    /// A text above the headings, over as many columns from the place on as a screen shows, as high
    /// as it needs.
    fn over(
        &mut self,
        (row, col): (u32, u16),
        columns: &[Column],
        said: &str,
        format: &Format,
    ) -> Result<()> {
        let (mut width, mut last) = (0, col);
        for (at, column) in (0_u16..).zip(columns).skip(usize::from(col)) {
            if width + column.width > INTRO_WIDTH {
                break;
            }
            (width, last) = (width + column.width, at);
        }
        let said = fitting(said, self.lang);
        if last > col && !said.is_empty() {
            self.to.merge_range(row, col, row, last, &said, format)?;
        } else {
            self.say(row, col, &said, format)?;
        }
        self.to.set_row_height(row, lines(&said, width) * 13 + 4)?;
        Ok(())
    }
}
