//! The tables of a paper as a workbook, one a sheet: real numbers, codes as texts, the first row
//! frozen and repeated in print.

use std::collections::BTreeSet;
use std::io;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::paper::{Block, Cell, Grid, Paper};
use crate::domain::Day;
use crate::report::escape::visible;

/// Above this a spreadsheet would round without a word.
const EXACT: i128 = 1 << 53;

/// The file; `of` is the day in its properties, the last one that it tells of.
pub fn render(paper: &Paper, of: Day) -> io::Result<Vec<u8>> {
    write(paper, of).map_err(io::Error::other)
}

fn write(paper: &Paper, of: Day) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::parse_from_str(&of.to_string())?;
    let properties = DocProperties::new().set_title(&paper.title);
    book.set_properties(&properties.set_creation_datetime(&made));
    let mut names = BTreeSet::new();
    for block in &paper.blocks {
        let Block::Table(grid) = block else { continue };
        let mut sheet = Worksheet::new();
        sheet.set_name(sheet_name(&grid.name, &mut names))?;
        fill(&mut sheet, grid, paper)?;
        book.push_worksheet(sheet);
    }
    book.save_to_buffer()
}

/// At most 31 letters, none that a sheet's name cannot have, each once.
fn sheet_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let letters = visible(name)
        .chars()
        .filter(|c| !"[]:*?/\\'".contains(*c))
        .collect::<String>();
    let mut short: String = letters.chars().take(28).collect();
    while !taken.insert(short.clone()) {
        short.push('+');
    }
    short
}

fn fill(sheet: &mut Worksheet, grid: &Grid, paper: &Paper) -> Result<(), XlsxError> {
    let plain = Format::new().set_border(FormatBorder::Thin).set_text_wrap();
    let head = plain.clone().set_bold().set_align(FormatAlign::Center);
    let number = Format::new()
        .set_border(FormatBorder::Thin)
        .set_num_format("#,##0");
    for (at, (name, width)) in (0_u16..).zip(&grid.columns) {
        sheet.set_column_width_pixels(at, (width / 12).clamp(40, 400))?;
        sheet.write_string_with_format(0, at, visible(name), &head)?;
    }
    for (line, row) in (1_u32..).zip(&grid.rows) {
        for (at, value) in (0_u16..).zip(&row.cells) {
            let bold = |format: &Format| {
                if row.strong {
                    format.clone().set_bold()
                } else {
                    format.clone()
                }
            };
            match value {
                Cell::Number(n) if n.abs() <= EXACT => {
                    let exact = rust_decimal::Decimal::from(*n);
                    sheet.write_with_format(line, at, exact, &bold(&number))?;
                }
                other => {
                    let text = visible(&other.shown(paper.lang));
                    sheet.write_string_with_format(line, at, text, &bold(&plain))?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_paper_size(9);
    if paper.landscape {
        sheet.set_landscape();
    }
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}
