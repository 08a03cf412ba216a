//! A paper as a workbook: the paper itself with its head, lines, table and signatures on the first
//! sheet, each annex with a filter on its own. Real numbers and days, codes as texts, totals as
//! formulas with their results stored; A4, one page wide.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::paper::{Block, Grid, Line, Paper, Scale};
use crate::domain::Day;
use crate::report::escape::visible;
use crate::text;
use looks::{Looks, lines_of};
use table::Place;

mod looks;
mod margin;
mod table;

/// Side by side, the issuer and the name of the state need so many pixels.
const HEAD: (u32, u32) = (240, 370);
/// The columns of a sheet without a table.
const ALONE: [u32; 2] = [310, 310];
/// An upright page has room for so many pixels.
const UPRIGHT: u32 = 720;
/// A table that is longer repeats its header on the next page.
const LONG: usize = 25;
/// A table's header stays in sight where so few rows stand above it.
const FROZEN_MAX: u32 = 12;
/// Empty rows to sign in.
const TO_SIGN: u32 = 4;

/// The file; `of` is the day in its properties, the last one that it tells of.
pub fn render(paper: &Paper, of: Day) -> io::Result<Vec<u8>> {
    write(paper, of).map_err(io::Error::other)
}

fn write(paper: &Paper, of: Day) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::parse_from_str(&of.to_string())?;
    let properties = DocProperties::new().set_title(visible(&paper.title));
    book.set_properties(&properties.set_creation_datetime(&made));
    let looks = Looks::new(paper.lang);
    let parts = parts(paper);
    let places: BTreeMap<&str, Place> = parts
        .iter()
        .filter_map(|part| Some((&*part.grid()?.name, part.place()?)))
        .collect();
    for part in &parts {
        let mut sheet = Sheet {
            to: Worksheet::new(),
            looks: &looks,
            paper,
            widths: part.widths(),
            row: 0,
        };
        sheet.fill(part, &places)?;
        book.push_worksheet(sheet.to);
    }
    book.save_to_buffer()
}

/// What stands on one sheet.
struct Part<'p> {
    name: String,
    blocks: Vec<&'p Block>,
    /// True for all but the paper itself.
    annex: bool,
}

/// The paper up to its first new page; then each table with the lines above it.
fn parts(paper: &Paper) -> Vec<Part<'_>> {
    let mut names = BTreeSet::new();
    let mut parts = Vec::new();
    let mut blocks = Vec::new();
    let mut annex = false;
    for block in &paper.blocks {
        let is_new = matches!(block, Block::NewPage);
        if !is_new {
            blocks.push(block);
        }
        if is_new || (annex && matches!(block, Block::Table(_))) {
            add(&mut parts, &mut names, std::mem::take(&mut blocks), annex);
            annex = true;
        }
    }
    add(&mut parts, &mut names, blocks, annex);
    parts
}

fn add<'p>(
    parts: &mut Vec<Part<'p>>,
    names: &mut BTreeSet<String>,
    blocks: Vec<&'p Block>,
    annex: bool,
) {
    if blocks.is_empty() {
        return;
    }
    let mut part = Part {
        name: String::new(),
        blocks,
        annex,
    };
    let name = part.grid().map_or("", |grid| &*grid.name);
    part.name = sheet_name(name, names);
    parts.push(part);
}

/// At most 31 letters, none that a sheet's name cannot have, each once.
fn sheet_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let letters = visible(name)
        .chars()
        .filter(|c| !"[]:*?/\\'".contains(*c))
        .collect::<String>();
    let mut short: String = letters.chars().take(28).collect();
    while !taken.insert(short.clone()) || short.is_empty() {
        short.push('+');
    }
    short
}

/// The rows that a block takes.
fn rows(block: &Block) -> u32 {
    let longest = |columns: &[Vec<Line>]| columns.iter().map(Vec::len).max().unwrap_or(0);
    let count = match block {
        Block::Head(left, right) => left.len().max(right.len()) + 1,
        Block::Line(_) => 1,
        Block::Table(grid) => grid.rows.len() + 2,
        Block::Boxes(columns) => longest(columns) + 1,
        Block::Signatures(columns) => longest(columns) + usize::try_from(TO_SIGN).unwrap_or(0),
        Block::NewPage => 0,
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl<'p> Part<'p> {
    fn grid(&self) -> Option<&'p Grid> {
        self.blocks.iter().find_map(|block| match block {
            Block::Table(grid) => Some(grid),
            _ => None,
        })
    }

    /// Where its table stands.
    fn place(&self) -> Option<Place> {
        let grid = self.grid()?;
        let above = self.blocks.iter();
        let above = above.take_while(|block| !matches!(block, Block::Table(_)));
        let above = above.map(|block| rows(block)).sum();
        Some(Place {
            sheet: self.name.clone(),
            header: above,
            rows: u32::try_from(grid.rows.len()).unwrap_or(u32::MAX),
            filtered: self.annex,
        })
    }

    /// The widths of its columns in pixels.
    fn widths(&self) -> Vec<u32> {
        let Some(grid) = self.grid() else {
            return ALONE.to_vec();
        };
        let mut widths: Vec<u32> = if self.annex {
            table::fitted(grid)
        } else {
            grid.columns.iter().map(|(_, width)| width / 15).collect()
        };
        if self.blocks.iter().any(|b| matches!(b, Block::Head(..))) {
            let (left, right) = halves(&widths);
            for (half, wanted) in [(left, HEAD.0), (right, HEAD.1)] {
                let told: u32 = widths.get(half.clone()).unwrap_or_default().iter().sum();
                for width in widths.get_mut(half).unwrap_or_default() {
                    *width = (*width).max(*width * wanted / told.max(1));
                }
            }
        }
        widths
    }
}

/// A run of columns.
type Columns = std::ops::Range<usize>;

/// The columns of the issuer, and those of the name of the state.
fn halves(widths: &[u32]) -> (Columns, Columns) {
    let cut = shares(widths, 2);
    let middle = cut.first().map_or(0, |first| first.end);
    (0..middle, middle..widths.len())
}

/// The columns in so many runs of about the same width, each of at least one.
fn shares(widths: &[u32], count: usize) -> Vec<Columns> {
    let all: u32 = widths.iter().sum();
    let mut runs = Vec::new();
    let (mut from, mut told) = (0, 0);
    for nth in 1..=count {
        let mut to = from;
        let whole = u32::try_from(count).unwrap_or(1).max(1);
        let wanted = all * u32::try_from(nth).unwrap_or(0) / whole;
        let last = widths.len().saturating_sub(count - nth);
        while to < last {
            let width = widths.get(to).copied().unwrap_or(0);
            // a column that is more beyond than before belongs to the next run
            if to > from && told + width / 2 > wanted {
                break;
            }
            told += width;
            to += 1;
        }
        if nth == count {
            to = widths.len();
        }
        runs.push(from..to);
        from = to;
    }
    runs
}

/// A sheet being written from top to bottom.
struct Sheet<'b> {
    to: Worksheet,
    looks: &'b Looks,
    paper: &'b Paper,
    widths: Vec<u32>,
    row: u32,
}

fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

impl Sheet<'_> {
    fn fill(&mut self, part: &Part<'_>, places: &BTreeMap<&str, Place>) -> Result<(), XlsxError> {
        self.to.set_name(&part.name)?;
        for (at, width) in (0_u16..).zip(&self.widths) {
            self.to.set_column_width_pixels(at, *width)?;
        }
        for block in &part.blocks {
            match block {
                Block::Head(left, right) => self.head(left, right)?,
                Block::Line(line) => self.line(line)?,
                Block::Table(grid) => self.table(grid, places)?,
                Block::Boxes(columns) => self.beside(columns, 1)?,
                Block::Signatures(columns) => self.beside(columns, TO_SIGN)?,
                Block::NewPage => {}
            }
        }
        self.page(part)
    }

    /// How it is printed and what stays in sight.
    fn page(&mut self, part: &Part<'_>) -> Result<(), XlsxError> {
        let to = &mut self.to;
        to.set_paper_size(9);
        to.set_print_fit_to_pages(1, 0);
        to.set_print_center_horizontally(true);
        margin::set(to);
        to.set_footer(text::say(self.paper.lang, "form-book-footer", &[]));
        to.set_screen_gridlines(false);
        let width: u32 = self.widths.iter().sum();
        if self.paper.landscape || (part.annex && width > UPRIGHT) {
            to.set_landscape();
        }
        if let (Some(place), Some(grid)) = (part.place(), part.grid()) {
            if part.annex || grid.rows.len() > LONG {
                to.set_repeat_rows(place.header, place.header)?;
            }
            if place.header < FROZEN_MAX {
                to.set_freeze_panes(place.header + 1, 0)?;
            }
        }
        Ok(())
    }

    fn head(&mut self, left: &[Line], right: &[Line]) -> Result<(), XlsxError> {
        let (a, b) = halves(&self.widths);
        self.columns(&[(left, a), (right, b)])?;
        self.row += 1;
        Ok(())
    }

    fn beside(&mut self, columns: &[Vec<Line>], empty: u32) -> Result<(), XlsxError> {
        let runs = shares(&self.widths, columns.len());
        let columns: Vec<(&[Line], Columns)> =
            columns.iter().map(|lines| &**lines).zip(runs).collect();
        self.columns(&columns)?;
        self.row += empty;
        Ok(())
    }

    /// Lines in runs of columns side by side.
    fn columns(&mut self, columns: &[(&[Line], Columns)]) -> Result<(), XlsxError> {
        let count = columns.iter().map(|(lines, _)| lines.len()).max();
        for nth in 0..count.unwrap_or(0) {
            let mut height = 0;
            for (lines, run) in columns {
                if let Some(line) = lines.get(nth) {
                    height = height.max(self.span(line, run)?);
                }
            }
            self.to.set_row_height(self.row, height)?;
            self.row += 1;
        }
        Ok(())
    }

    fn line(&mut self, line: &Line) -> Result<(), XlsxError> {
        let height = self.span(line, &(0..self.widths.len()))?;
        self.to.set_row_height(self.row, height)?;
        self.row += 1;
        Ok(())
    }

    /// A line over a run of columns of the present row; tells the height it needs, in points.
    fn span(&mut self, line: &Line, run: &Columns) -> Result<u32, XlsxError> {
        let said = visible(&line.text);
        let size = match line.scale {
            Scale::Small => 10,
            Scale::Plain => 12,
            Scale::Large | Scale::Huge => 14,
        };
        let format = Looks::line(line, size);
        let (first, last) = (column(run.start), column(run.end.saturating_sub(1)));
        if first < last {
            let row = self.row;
            self.to.merge_range(row, first, row, last, &said, &format)?;
        } else {
            self.to
                .write_string_with_format(self.row, first, &said, &format)?;
        }
        let width = self
            .widths
            .get(run.clone())
            .unwrap_or_default()
            .iter()
            .sum();
        Ok(lines_of(&said, line.bold, size, width) * size * 13 / 10 + 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_shared_out_by_their_width() {
        assert_eq!(shares(&[50, 300, 120, 240], 3), [0..2, 2..3, 3..4]);
        assert_eq!(shares(&[50, 300, 120, 240], 2), [0..2, 2..4]);
        assert_eq!(
            shares(&[50, 250, 80, 80, 80, 87, 107, 107, 113], 2),
            [0..4, 4..9]
        );
        assert_eq!(shares(&[400, 10, 10], 3), [0..1, 1..2, 2..3]);
        assert_eq!(shares(&[10, 10], 2), [0..1, 1..2]);
    }

    #[test]
    fn the_names_of_sheets_are_short_and_differ() {
        let mut taken = BTreeSet::new();
        let long = "a/b[c]".to_owned() + &"x".repeat(40);
        let first = sheet_name(&long, &mut taken);
        assert_eq!(first.chars().count(), 28);
        assert_ne!(sheet_name(&long, &mut taken), first);
        assert_eq!(sheet_name("", &mut taken), "+");
    }
}
