//! The headline's share by agency and by every breakdown, each row with its open work and its
//! last days.

use rust_xlsxwriter::Worksheet;

use crate::domain::{Day, Dimension, Fraction};
use crate::report::facts::Figure;
use crate::report::model::{CellTable, Rate, Rates, ShareRow, Unplaced};
use crate::text;

use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head};
use super::{Book, rates};

/// The sheet has columns for so many days.
const DAYS: u32 = 7;

/// One row: by what, its code or value, its name, and its figures.
struct Row<'a> {
    by: &'a str,
    code: &'a str,
    name: &'a str,
    share: Option<&'a ShareRow>,
    /// What the total counts and no row does.
    unplaced: Option<Unplaced>,
    work: Figure,
    days: &'a [(Day, Option<Fraction>)],
    rate: Rate,
}

/// None where no share is broken down.
pub(super) fn write(book: &Book<'_>) -> Result<Option<Worksheet>> {
    let Some(headline) = &book.report.headline else {
        return Ok(None);
    };
    let by_agency = book.t("column-agency");
    let rest = book.t("book-cells-rest");
    let rows = rows(book, &by_agency, &rest);
    let mut sheet = book.sheet("sheet-cells")?;
    let title = book.t("book-cells-heading");
    let args = [("name", &*headline.name), ("period", &*headline.period)];
    let mut intro = text::say(book.lang(), "book-cells-intro", &args);
    if let Some(why) = &book.report.breakdowns.left_out {
        intro.extend([" ", why]);
    }
    let has_days = rows.iter().any(|row| !row.days.is_empty());
    let mut table = columns(book, has_days);
    let own = u16::try_from(table.len()).unwrap_or(u16::MAX);
    table.extend(rates::columns(book));
    let head = Head {
        freeze_col: 3,
        last_printed: Some(own - 1),
        ..Head::new(&title, &intro, "run.json")
    };
    let cells = rows.iter().enumerate().map(|(nth, row)| {
        let mut cells = cells_of(nth, row, has_days);
        cells.extend(rates::cells(book, nth, own, |_| row.rate));
        cells
    });
    sheet.table(&head, &table, cells, book.rows_max)?;
    Ok(Some(sheet.to))
}

fn rows<'a>(book: &'a Book<'_>, by_agency: &'a str, rest: &'a str) -> Vec<Row<'a>> {
    let agencies = book.report.agencies.iter().map(move |row| Row {
        by: by_agency,
        code: row.code.as_str(),
        name: &row.name,
        share: Some(&row.share),
        unplaced: None,
        work: row.work,
        days: &row.days,
        rate: rate(book, |rates| rates.of_agency(&row.code)),
    });
    let of_table = move |table: &'a CellTable| {
        let row = move |row: &'a crate::report::model::CellRow| Row {
            by: &table.column,
            code: &row.value,
            name: &row.name,
            share: Some(&row.share),
            unplaced: None,
            work: row.work,
            days: &row.days,
            rate: rate(book, |rates| {
                let is_source = table.dimension == Dimension::Source.id();
                let of_source = || rates.of_source(&row.value);
                is_source.then(of_source).unwrap_or_default()
            }),
        };
        let any = !table.rest.is_empty() || table.unplaced.is_some();
        let nowhere = any.then_some(Row {
            by: &table.column,
            code: "",
            name: rest,
            share: None,
            unplaced: table.unplaced,
            work: table.rest,
            days: &[],
            rate: Rate::default(),
        });
        table.rows.iter().map(row).chain(nowhere)
    };
    let tables = book.cells.iter().flat_map(of_table);
    agencies.chain(tables).collect()
}

fn rate(book: &Book<'_>, pick: impl FnOnce(&Rates) -> Rate) -> Rate {
    let rates = book.report.rates.as_ref();
    rates.map_or_else(Rate::default, pick)
}

fn columns(book: &Book<'_>, has_days: bool) -> Vec<Column> {
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let figures = |key: &str, width| Column::figures(book.t(key), width);
    let mut columns = vec![
        plain("book-cells-by", 15),
        plain("book-cells-code", 16),
        plain("book-cells-name", 28),
        figures("book-numerator", 13),
        figures("book-denominator", 13),
        figures("column-share", 9),
        figures("book-low", 9),
        figures("book-high", 9),
        figures("book-cells-work", 11),
        figures("column-money-at-risk", 16),
    ];
    if has_days {
        let tonight = book.report.business_date;
        let back = (0..DAYS).rev().map(|back| tonight.minus(back));
        let head = |day: Day| text::day_short(book.lang(), day);
        columns.extend(back.map(|day| Column::figures(head(day), 9)));
    }
    columns
}

/// A part of a share: dong or a number.
fn part(in_dong: bool) -> fn(i128) -> Cell {
    if in_dong { Cell::Money } else { Cell::Whole }
}

fn cells_of(nth: usize, row: &Row<'_>, has_days: bool) -> Vec<Cell> {
    let this = nth + 5;
    let mut cells = vec![
        Cell::Text(row.by.to_owned()),
        Cell::Code(row.code.to_owned()),
        Cell::Text(row.name.to_owned()),
    ];
    match row.share.filter(|share| share.enough_data) {
        Some(share) if share.point.is_some() => {
            let part = part(share.in_dong);
            let formula = format!("IF(E{this}=0,0,D{this}/E{this})");
            let point = share
                .point
                .map_or_else(String::new, |point| point.half_up(12));
            cells.extend([
                part(share.numerator),
                part(share.denominator),
                Cell::Formula(formula, point, Look::Share),
                Cell::low(share.low),
                Cell::high(share.high),
            ]);
        }
        Some(share) => {
            cells.resize(6, Cell::Blank);
            cells.extend([Cell::low(share.low), Cell::high(share.high)]);
        }
        None => {
            if let Some(rest) = row.unplaced {
                let part = part(rest.in_dong);
                cells.extend([part(rest.numerator), part(rest.denominator)]);
            }
            cells.resize(8, Cell::Blank);
        }
    }
    cells.extend([Cell::count(row.work.count), Cell::Money(row.work.sum_vnd)]);
    if has_days {
        // a day without a night is an empty cell, never a zero
        let share = |(_, share): &(Day, Option<Fraction>)| match share {
            Some(share) => Cell::Share(share.half_up(4)),
            None => Cell::Blank,
        };
        cells.extend(row.days.iter().map(share));
        cells.resize(17, Cell::Blank);
    }
    cells
}
