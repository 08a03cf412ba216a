//! The table of a sheet: its cells, and its totals as formulas.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, XlsxError};

use super::Sheet;
use super::looks::{TABLE, lines_of, width_of};
use crate::report::csv::is_formula;
use crate::report::escape::visible;
use crate::report::forms::paper::{Cell, Grid, How, Listed, Row};
use crate::report::xlsx::{is_exact, letters};

/// A column of an annex is at most so many pixels wide.
const WIDE: u32 = 230;
/// Decimals of a stored share: as many as a spreadsheet keeps.
const DIGITS: u32 = 15;

/// Where a table stands in the book; rows count from 0.
pub(super) struct Place {
    pub(super) sheet: String,
    pub(super) header: u32,
    /// Its rows, with the last one, which is their sum.
    pub(super) rows: u32,
    /// Whether people can filter it.
    pub(super) filtered: bool,
}

impl Place {
    /// The rows that it lists.
    fn listed(&self) -> u32 {
        self.rows.saturating_sub(1)
    }

    /// The cells of a column without the sum.
    fn range(&self, col: u16) -> String {
        let (letter, first) = (letters(col), self.header + 2);
        let last = self.header + self.rows;
        format!("'{}'!${letter}${first}:${letter}${last}", self.sheet)
    }
}

/// Widths for what the cells say, in pixels.
pub(super) fn fitted(grid: &Grid) -> Vec<u32> {
    let column = |(at, (name, width)): (usize, &(String, u32))| {
        let words = name.split(' ');
        let heading = words.map(|word| width_of(word, true, TABLE)).max();
        let cells = grid.rows.iter().filter_map(|row| row.cells.get(at));
        let cells = cells.map(|cell| match cell {
            Cell::Text(text) | Cell::Right(text) => width_of(&visible(text), false, TABLE),
            Cell::Day(_) => 80,
            Cell::Number(n) | Cell::Made(n, _) => width_of(&n.to_string(), true, TABLE) + 12,
            Cell::Figure(..) | Cell::Share(..) => 60,
        });
        let text = cells.max().unwrap_or(0).min(WIDE);
        // the filter's button stands in the heading
        text.max(heading.unwrap_or(0) + 24).max(width / 20) + 12
    };
    grid.columns.iter().enumerate().map(column).collect()
}

impl Sheet<'_> {
    /// The table from the present row on, and an empty row below it.
    pub(super) fn table(
        &mut self,
        grid: &Grid,
        places: &BTreeMap<&str, Place>,
    ) -> Result<(), XlsxError> {
        let place = places.get(&*grid.name);
        let mut lines = 1;
        for (at, (name, _)) in grid.columns.iter().enumerate() {
            let said = visible(name);
            let width = self.widths.get(at).copied().unwrap_or(1);
            lines = lines.max(lines_of(&said, true, TABLE, width));
            let heading = &self.looks.heading;
            self.to
                .write_string_with_format(self.row, super::column(at), said, heading)?;
        }
        self.to.set_row_height(self.row, lines * 15 + 4)?;
        self.row += 1;
        for row in &grid.rows {
            self.cells(row, place, places)?;
            self.row += 1;
        }
        if let Some(place) = place.filter(|place| place.filtered && place.listed() > 0) {
            let last = super::column(grid.columns.len().saturating_sub(1));
            let (header, end) = (place.header, place.header + place.listed());
            self.to.autofilter(header, 0, end, last)?;
        }
        self.row += 1;
        Ok(())
    }

    fn cells(
        &mut self,
        row: &Row,
        place: Option<&Place>,
        places: &BTreeMap<&str, Place>,
    ) -> Result<(), XlsxError> {
        let looks = self.looks;
        let pick = |formats: &[Format; 2]| formats[usize::from(row.strong)].clone();
        let lines = self.lines(row);
        if lines > 1 {
            self.to.set_row_height(self.row, lines * 15 + 2)?;
        }
        for (at, cell) in (0_u16..).zip(&row.cells) {
            match cell {
                Cell::Text(text) if at == 0 && !is_formula(text) => {
                    self.text(at, cell, &pick(&looks.order))?;
                }
                Cell::Number(n) if at == 0 => {
                    let exact = Decimal::from(*n);
                    self.to
                        .write_with_format(self.row, at, exact, &pick(&looks.order))?;
                }
                Cell::Number(n) if is_exact(*n) => {
                    let format = pick(&looks.number);
                    let exact = Decimal::from(*n);
                    self.to.write_with_format(self.row, at, exact, &format)?;
                }
                Cell::Made(n, how) if is_exact(*n) => {
                    let format = pick(&looks.number);
                    if let Some(formula) = self.formula(at, how, place, places) {
                        self.made(at, &formula, &n.to_string(), &format)?;
                    } else {
                        let exact = Decimal::from(*n);
                        self.to.write_with_format(self.row, at, exact, &format)?;
                    }
                }
                Cell::Share(share, part, whole) => {
                    let (part, whole) = (self.cell(*part), self.cell(*whole));
                    let formula = format!("IF({whole}=0,\"-\",{part}/{whole})");
                    let result = share.map_or_else(|| "-".to_owned(), |f| f.half_up(DIGITS));
                    self.made(at, &formula, &result, &pick(&looks.share))?;
                }
                Cell::Day(day) => match ExcelDateTime::parse_from_str(&day.to_string()) {
                    Ok(date) => {
                        let format = pick(&looks.day);
                        self.to
                            .write_datetime_with_format(self.row, at, &date, &format)?;
                    }
                    Err(_) => self.text(at, cell, &pick(&looks.text))?,
                },
                Cell::Text(text) if is_formula(text) => {
                    self.text(at, cell, &pick(&looks.quoted))?;
                }
                Cell::Text(_) => self.text(at, cell, &pick(&looks.text))?,
                _ => self.text(at, cell, &pick(&looks.right))?,
            }
        }
        Ok(())
    }

    /// How many lines the longest text of a row takes.
    fn lines(&self, row: &Row) -> u32 {
        let cells = row.cells.iter().zip(&self.widths);
        let lines = cells.map(|(cell, width)| match cell {
            Cell::Text(text) => lines_of(&visible(text), row.strong, TABLE, *width),
            _ => 1,
        });
        lines.max().unwrap_or(1)
    }

    fn text(&mut self, at: u16, cell: &Cell, format: &Format) -> Result<(), XlsxError> {
        let said = visible(&cell.shown(self.paper.lang));
        self.to
            .write_string_with_format(self.row, at, said, format)?;
        Ok(())
    }

    fn made(
        &mut self,
        at: u16,
        formula: &str,
        result: &str,
        format: &Format,
    ) -> Result<(), XlsxError> {
        let formula = Formula::new(formula).set_result(result);
        self.to
            .write_formula_with_format(self.row, at, formula, format)?;
        Ok(())
    }

    /// A cell of the present row.
    fn cell(&self, col: u16) -> String {
        format!("{}{}", letters(col), self.row + 1)
    }

    /// The formula of a figure; none where there is nothing to make it of.
    fn formula(
        &self,
        at: u16,
        how: &How,
        place: Option<&Place>,
        places: &BTreeMap<&str, Place>,
    ) -> Option<String> {
        let letter = letters(at);
        match how {
            How::Below(rows) => {
                let (first, last) = (self.row + 2, self.row + 1 + rows);
                Some(format!("SUM({letter}{first}:{letter}{last})"))
            }
            How::Above => {
                let place = place.filter(|place| place.listed() > 0)?;
                let (first, last) = (place.header + 2, self.row);
                let name = if place.filtered {
                    "SUBTOTAL(109,"
                } else {
                    "SUM("
                };
                Some(format!("{name}{letter}{first}:{letter}{last})"))
            }
            How::Plus(a, b) => Some(format!("{}+{}", self.cell(*a), self.cell(*b))),
            How::Less(a, b) => Some(format!("{}-{}", self.cell(*a), self.cell(*b))),
            How::Balance(more) => {
                let [a, b, c, d] = [2, 3, 4, 5].map(|below| self.row + below);
                let balance = format!("{letter}{a}+{letter}{b}-{letter}{c}");
                Some(if *more {
                    format!("{balance}+{letter}{d}")
                } else {
                    balance
                })
            }
            How::Listed(Listed {
                table,
                column,
                alike,
            }) => {
                let of = places.get(&**table).filter(|of| of.listed() > 0)?;
                Some(match (column, alike) {
                    (None, None) => format!("COUNT({})", of.range(0)),
                    (Some(column), None) => format!("SUM({})", of.range(*column)),
                    (None, Some((theirs, own))) => {
                        format!("COUNTIFS({},{})", of.range(*theirs), self.cell(*own))
                    }
                    (Some(column), Some((theirs, own))) => {
                        let (sum, theirs) = (of.range(*column), of.range(*theirs));
                        format!("SUMIFS({sum},{theirs},{})", self.cell(*own))
                    }
                })
            }
        }
    }
}
