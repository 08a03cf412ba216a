//! The shares with their bounds, and the headline's share night by night.

use std::collections::BTreeMap;

use rust_xlsxwriter::Worksheet;

use crate::domain::{AgencyCode, Day, Fraction};
use crate::report::model::{ScopedShare, TrendRow, verdict_word};

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head, Written};

/// The columns of numerator, denominator and share.
pub(super) const NUMERATOR: u16 = 5;
pub(super) const DENOMINATOR: u16 = 6;
pub(super) const POINT: u16 = 7;

pub(super) fn write(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-shares")?;
    let (title, intro) = (book.t("share-heading"), book.t("share-intro"));
    let head = Head {
        freeze_col: 2,
        ..Head::new(&title, &intro, "run.json")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let figures = |key: &str, width| Column::figures(book.t(key), width);
    let table = [
        plain("book-definition-id", 19),
        plain("column-definition", 32),
        plain("book-agency-code", 14),
        plain("column-agency", 21),
        plain("column-period", 22),
        figures("book-numerator", 16),
        figures("book-denominator", 16),
        figures("column-share", 10),
        figures("book-low", 10),
        figures("book-high", 10),
        figures("column-target", 10),
        plain("column-verdict", 18),
    ];
    let rows = book.shares.iter().enumerate();
    let rows = rows.map(|(nth, share)| cells(book, nth, share));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

fn cells(book: &Book<'_>, nth: usize, share: &ScopedShare) -> Vec<Cell> {
    let row = &share.row;
    let this = nth + 5;
    let code = share.agency.as_ref().map_or("", AgencyCode::as_str);
    let name = match share.agency {
        Some(_) => share.name.clone(),
        None => book.t("book-whole-unit"),
    };
    let mut cells = vec![
        Cell::Code(row.definition.to_owned()),
        Cell::Text(row.name.clone()),
        Cell::Code(code.to_owned()),
        Cell::Text(name),
        Cell::Text(row.period.clone()),
    ];
    if !row.enough_data {
        cells.resize(cells.len() + 5, Cell::Blank);
    } else if let Some(point) = row.point {
        let part = |n: i128| {
            if row.in_dong {
                Cell::Money(n)
            } else {
                Cell::Whole(n)
            }
        };
        let formula = format!("IF(G{this}=0,0,F{this}/G{this})");
        cells.extend([
            part(row.numerator),
            part(row.denominator),
            Cell::Formula(formula, point.half_up(12), Look::Share),
            Cell::low(row.low),
            Cell::high(row.high),
        ]);
    } else {
        cells.resize(cells.len() + 3, Cell::Blank);
        cells.extend([Cell::low(row.low), Cell::high(row.high)]);
    }
    cells.push(Cell::low(row.target));
    let word = row
        .verdict
        .map(|verdict| verdict_word(book.lang(), verdict));
    cells.push(word.map_or(Cell::Blank, Cell::Text));
    cells
}

/// The days of the trend; the chart of the first sheet draws them.
pub(super) fn write_trend(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-trend")?;
    let (title, intro) = (book.t("sheet-trend"), book.t("book-trend-intro"));
    let head = Head::new(&title, &intro, "run.json");
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let figures = |key: &str, width| Column::figures(book.t(key), width);
    let count = |key: &str| format!("{}: {}", book.t(key), book.t("book-rows"));
    let sum = |key: &str| format!("{}: {}", book.t(key), book.t("column-sum"));
    let mut table = vec![
        plain("book-day", 12),
        figures("column-share", 12),
        figures("book-low", 12),
        figures("book-high", 12),
        figures("column-target", 12),
        Column::figures(count("book-transactions"), 12),
        Column::figures(sum("book-transactions"), 18),
        Column::figures(count("column-open"), 12),
        Column::figures(sum("column-open"), 18),
        figures("book-day-share", 14),
    ];
    // tonight stands in the report, the nights before in the facts
    let tonight = book.report.trend.daily.last();
    let known = book.facts.page.days.iter();
    let known = known.chain(tonight.and_then(|row| row.point.as_ref()));
    let own = known.filter_map(|point| Some((point.business_date, point.share?)));
    let own: BTreeMap<Day, Fraction> = own.collect();
    let years = years(&book.trend);
    for (year, key) in years.iter().flat_map(|year| OF_YEAR.map(|key| (year, key))) {
        table.push(Column::figures(format!("{}, {year}", book.t(key)), 12));
    }
    let rows = book.trend.iter();
    let rows = rows.map(|row| day(row, own.get(&row.day).copied(), &years));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

/// What the columns of a year tell, in their order.
pub(super) const OF_YEAR: [&str; 3] = ["column-share", "book-low", "book-high"];
/// The first column of the years.
pub(super) const YEARS_FROM: u16 = 10;

/// The years of the days, where there are several: the year to date begins anew with each, so the
/// chart draws each by columns of its own.
pub(super) fn years(rows: &[TrendRow]) -> Vec<String> {
    let mut years: Vec<String> = rows.iter().map(year_of).collect();
    years.dedup();
    if years.len() == 1 {
        years.clear();
    }
    years
}

fn year_of(row: &TrendRow) -> String {
    row.day.date().format("%Y").to_string()
}

fn day(row: &TrendRow, own: Option<Fraction>, years: &[String]) -> Vec<Cell> {
    let mut cells = vec![Cell::Day(row.day)];
    if let Some(point) = &row.point {
        let share = point.share.map(|share| Cell::Share(share.half_up(4)));
        cells.extend([
            share.unwrap_or(Cell::Blank),
            Cell::low(point.low),
            Cell::high(point.high),
            Cell::low(point.target),
        ]);
        for figure in [point.transactions, point.open]
            .iter()
            .filter(|_| !point.unseen)
        {
            cells.extend([Cell::count(figure.count), Cell::Money(figure.sum_vnd)]);
        }
    }
    cells.resize(9, Cell::Blank);
    cells.push(own.map_or(Cell::Blank, |share| Cell::Share(share.half_up(4))));
    for year in years {
        let point = row.point.as_ref().filter(|_| *year == year_of(row));
        let share = point.and_then(|point| point.share);
        cells.extend([
            share.map_or(Cell::Blank, |share| Cell::Share(share.half_up(4))),
            Cell::low(point.and_then(|point| point.low)),
            Cell::high(point.and_then(|point| point.high)),
        ]);
    }
    cells
}
