//! What the providers kept, the rows that could not be read, and how complete each source is.

use rust_xlsxwriter::Worksheet;

use crate::domain::Fraction;
use crate::report::facts::SourceNight;
use crate::report::model::{KeptRow, Rates, RejectView, SourceView, instrument_word};

use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head, Written};
use super::{Book, rates};

/// The columns of gross and fee.
pub(super) const GROSS: u16 = 3;
pub(super) const FEE: u16 = 4;

pub(super) fn write_fees(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-fees")?;
    let title = book.of_nights("book-fees-title");
    let mut intro = book.intro("book-fees-intro", "book-fees-intro-period");
    let notes = book.report.nights_less.clone().into_iter();
    for note in notes.chain(book.report.doubtful_note()) {
        intro = format!("{intro} {note}");
    }
    if let Some(unknown) = book.report.unknown_fees() {
        intro = format!("{intro} {unknown}");
    }
    let head = Head::new(&title, &intro, "run.json");
    let table = [
        Column::new(book.t("column-source"), 22),
        Column::new(book.t("column-instrument-source"), 20),
        Column::total(book.t("column-count"), 10, Look::Whole),
        Column::total(book.t("book-gross"), 18, Look::Money),
        Column::total(book.t("book-fee"), 16, Look::Money),
        Column::total(book.t("book-net"), 18, Look::Money),
        Column::total(book.t("book-fee-rest"), 16, Look::Money),
        Column::figures(book.t("book-fee-rate"), 10),
        Column::total(book.t("book-fee-untold"), 14, Look::Whole),
    ];
    let row = |(nth, fee)| kept(book, nth, fee);
    let rows = book.report.kept.iter().enumerate().map(row);
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

/// A source and means of payment. Where a fee of the source is not known, what was received is not
/// either: a dash, which no total adds.
fn kept(book: &Book<'_>, nth: usize, fee: &KeptRow) -> Vec<Cell> {
    let this = nth + 5;
    let dash = || Cell::Text("—".to_owned());
    let mut cells = vec![
        Cell::Text(fee.source.to_string()),
        Cell::Text(instrument_word(book.lang(), fee.instrument)),
        Cell::count(fee.count),
        Cell::Money(fee.gross),
        book.report.known_fee(fee).map_or_else(dash, Cell::Money),
    ];
    if book.report.is_fee_unknown(&fee.source) {
        cells.extend([dash(), dash(), dash()]);
    } else {
        let rest = fee.gross - fee.fee - fee.net;
        let rate = Fraction::new(fee.fee, fee.gross);
        let rate = rate.map_or_else(|| "0".to_owned(), |rate| rate.half_up(12));
        let formula = |said: String, result, look| Cell::Formula(said, result, look);
        cells.extend([
            Cell::Money(fee.net),
            formula(
                format!("D{this}-E{this}-F{this}"),
                rest.to_string(),
                Look::Money,
            ),
            formula(
                format!("IF(D{this}=0,0,E{this}/D{this})"),
                rate,
                Look::Share,
            ),
        ]);
    }
    cells.push(Cell::count(fee.untold));
    cells
}

/// The last column of the unreadable rows that is printed.
const SUM: u16 = 7;

pub(super) fn write_rejects(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-rejects")?;
    let (title, intro) = (book.of_night("reject-heading"), book.t("reject-intro"));
    let head = Head {
        last_printed: Some(SUM),
        ..Head::new(&title, &intro, "exceptions.csv")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let table = [
        plain("column-source", 16),
        plain("book-file", 30),
        plain("book-line", 9),
        plain("book-column", 18),
        plain("column-value", 28),
        plain("column-reason", 38),
        plain("column-advice", 44),
        Column::total(book.t("column-sum"), 16, Look::Money),
        plain("book-id", 24),
        plain("field-exception", 20),
    ];
    let row = |reject: &RejectView| {
        vec![
            Cell::Text(reject.source.to_string()),
            Cell::Text(reject.file.to_string()),
            Cell::count(reject.line),
            Cell::Text(reject.column.to_string()),
            Cell::Code(reject.value.to_string()),
            Cell::Text(reject.reason.clone()),
            Cell::Text(reject.advice.clone()),
            reject
                .amount
                .map_or(Cell::Blank, |amount| Cell::Money(amount.wide())),
            Cell::Code(reject.id.to_string()),
            Cell::Code(reject.exception_id.to_string()),
        ]
    };
    let rows = book.rejects.iter().map(row);
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

/// The columns of the rows of the night and of the differences to the source's own totals.
pub(super) const ROWS: u16 = 3;
pub(super) const CONTROL_ROWS: u16 = 12;
pub(super) const CONTROL_SUM: u16 = 13;
/// The last column that is printed.
const NOTES: u16 = 14;

pub(super) fn write_sources(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-sources")?;
    let title = book.of_nights("source-heading");
    let intro = book.report.sources_intro();
    let head = Head {
        freeze_col: 1,
        last_printed: Some(NOTES),
        ..Head::new(&title, &intro, "run.json")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let two = |key: &str, what: &str, width| {
        Column::figures(format!("{}: {}", book.t(key), book.t(what)), width)
    };
    let mut table = vec![
        plain("column-source", 15),
        plain("book-kind", 11),
        plain("column-state", 14),
        Column::figures(book.t("column-rows"), 9),
        Column::figures(book.t("column-sum"), 15),
        Column::figures(book.t("column-rejects"), 9),
        two("column-arrived", "book-rows", 9),
        two("column-arrived", "column-sum", 14),
        two("column-control", "book-rows", 10),
        two("column-control", "column-sum", 15),
        two("book-received", "book-rows", 10),
        two("book-received", "column-sum", 15),
        two("column-difference", "book-rows", 10),
        two("column-difference", "column-sum", 13),
        plain("book-notes", 27),
    ];
    table.extend(rates::columns(book));
    let both = book.report.sources.iter().zip(book.facts.told_sources());
    let rows = both.enumerate().map(|(nth, (view, night))| {
        let mut cells = source(nth, view, night);
        let rate = |rates: &Rates| rates.of_source(&view.name);
        cells.extend(rates::cells(book, nth, NOTES + 1, rate));
        cells
    });
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

fn source(nth: usize, view: &SourceView, night: &SourceNight) -> Vec<Cell> {
    let this = nth + 5;
    let money = |sum: i128| {
        if view.carries_money {
            Cell::Money(sum)
        } else {
            Cell::Blank
        }
    };
    let mut cells = vec![
        Cell::Text(view.name.to_string()),
        Cell::Text(view.kind.to_string()),
        Cell::Text(view.state_word.clone()),
        Cell::count(view.rows.count),
        money(view.rows.sum_vnd),
        Cell::count(view.rejects),
        Cell::count(view.arrived.count),
        money(view.arrived.sum_vnd),
    ];
    match night.facts.control {
        None => cells.extend(vec![Cell::Blank; 6]),
        Some(control) => {
            let told = control.expected_sum.map(|sum| sum.wide());
            let ours = control.sum.wide();
            let count = i128::from(control.expected_count) - i128::from(control.count);
            let sum = told.map(|told| {
                let (formula, result) = (format!("J{this}-L{this}"), (told - ours).to_string());
                Cell::Formula(formula, result, Look::Money)
            });
            cells.extend([
                Cell::count(control.expected_count),
                told.map_or(Cell::Blank, Cell::Money),
                Cell::count(control.count),
                Cell::Money(ours),
                Cell::Formula(format!("I{this}-K{this}"), count.to_string(), Look::Whole),
                sum.unwrap_or(Cell::Blank),
            ]);
        }
    }
    cells.push(Cell::Text(view.notes.join("; ")));
    cells
}
