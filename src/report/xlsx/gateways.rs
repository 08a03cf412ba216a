//! What the gateways hold, and their days: subtotals, closing and what is left over are formulas.

use rust_xlsxwriter::Worksheet;

use crate::report::model::{GatewayDay, HeldRow};

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head, Written};

/// What people paid, in dong.
pub(super) const HELD_PAID: u16 = 3;
/// What the gateways hold, what no row explains, and what of it is older than the window, in dong.
pub(super) const HELD_CLOSING: u16 = 16;
pub(super) const HELD_REST: u16 = 17;
pub(super) const HELD_OLDER: u16 = 18;
/// What is due for the days, what the bank received, and what is held of them, in dong.
pub(super) const DAY_DUE: u16 = 6;
pub(super) const DAY_RECEIVED: u16 = 11;
pub(super) const DAY_HELD: u16 = 13;

/// The two sheets with the places of their rows; none without gateways.
pub(super) fn write(book: &Book<'_>) -> Result<Option<[(Worksheet, Written); 2]>> {
    let held = book
        .report
        .held
        .as_ref()
        .filter(|held| !held.rows.is_empty());
    let Some(held) = held else { return Ok(None) };
    Ok(Some([
        write_held(book, &held.rows)?,
        write_days(book, &held.days)?,
    ]))
}

fn write_held(book: &Book<'_>, rows: &[HeldRow]) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-held")?;
    let title = book.report.held_heading();
    let intro = book.intro("held-intro", "held-intro-period");
    let head = Head {
        freeze_col: 1,
        ..Head::new(&title, &intro, "run.json")
    };
    let money = |key: &str| Column::total(book.t(key), 14, Look::Money);
    let count = |key: &str| {
        let heading = format!("{}: {}", book.t(key), book.t("book-rows"));
        Column::total(heading, 9, Look::Whole)
    };
    let table = [
        Column::new(book.t("held-gateway"), 20),
        money("held-opening"),
        count("held-paid"),
        money("held-paid"),
        money("held-fees-told"),
        money("flow-returned"),
        money("held-net-told"),
        count("held-late"),
        money("held-late"),
        count("held-batches"),
        money("held-batches"),
        count("held-singles"),
        money("held-singles"),
        money("held-kept"),
        money("carry-between"),
        money("held-computed"),
        money("held-closing"),
        money("column-rest"),
        money("held-of-older"),
        Column::new(book.t("book-notes"), 40),
    ];
    let rows = rows.iter().enumerate();
    let rows = rows.map(|(nth, row)| held(book, nth, row));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

fn held(book: &Book<'_>, nth: usize, row: &HeldRow) -> Vec<Cell> {
    let this = nth + 5;
    let formula =
        |formula: String, result: i128| Cell::Formula(formula, result.to_string(), Look::Money);
    let computed = row.rest() + row.closing;
    vec![
        Cell::Text(row.source.to_string()),
        Cell::Money(row.opening),
        Cell::count(row.paid.count),
        Cell::Money(row.paid.sum_vnd),
        Cell::Money(row.fees),
        Cell::Money(row.returned.sum_vnd),
        formula(format!("D{this}-E{this}-F{this}"), row.net()),
        Cell::count(row.late.count),
        Cell::Money(row.late.sum_vnd),
        Cell::count(row.batches.count),
        Cell::Money(row.batches.sum_vnd),
        Cell::count(row.singles.count),
        Cell::Money(row.singles.sum_vnd),
        Cell::Money(row.kept),
        Cell::Money(row.between),
        formula(
            format!("B{this}+O{this}+G{this}+I{this}-K{this}-M{this}-N{this}"),
            computed,
        ),
        Cell::Money(row.closing),
        formula(format!("P{this}-Q{this}"), row.rest()),
        Cell::Money(row.older),
        Cell::Text(book.report.held_note(row)),
    ]
}

fn write_days(book: &Book<'_>, days: &[GatewayDay]) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-gateway-days")?;
    let title = book.of_nights("ledger-heading");
    let intro = book.intro("ledger-intro", "ledger-intro-period");
    let head = Head {
        freeze_col: 2,
        ..Head::new(&title, &intro, "run.json")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let money = |key: &str| Column::total(book.t(key), 14, Look::Money);
    let count = |heading: String| Column::total(heading, 9, Look::Whole);
    let table = [
        plain("held-gateway", 18),
        plain("book-day", 11),
        count(book.t("column-count")),
        money("book-gross"),
        money("held-fees-told"),
        money("ledger-returned"),
        money("batch-due"),
        plain("ledger-way", 24),
        plain("ledger-reference", 20),
        plain("ledger-on", 11),
        Column::figures(book.t("ledger-after"), 7),
        money("batch-received"),
        money("held-kept"),
        money("ledger-held"),
        money("ledger-fee-all"),
        money("ledger-fee-expected"),
        money("ledger-fee-difference"),
        count(book.t("ledger-odd-count")),
        money("ledger-odd-sum"),
        plain("book-notes", 18),
    ];
    let rows = days.iter().enumerate();
    let rows = rows.map(|(nth, day)| of_day(book, nth, day));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

fn of_day(book: &Book<'_>, nth: usize, day: &GatewayDay) -> Vec<Cell> {
    let this = nth + 5;
    let formula =
        |formula: String, result: i128| Cell::Formula(formula, result.to_string(), Look::Money);
    let kept = day.settled() - day.received();
    let reference = day.batch.as_ref().map(|batch| batch.reference.to_string());
    // as long as nobody tells the fee there is nothing to hold against the rates
    let both = day.known_fee().zip(day.expected);
    let difference = both.map_or(Cell::Blank, |(fee, expected)| {
        formula(format!("O{this}-P{this}"), fee - expected)
    });
    let overdue = if day.overdue {
        book.t("ledger-overdue")
    } else {
        String::new()
    };
    vec![
        Cell::Text(day.source.to_string()),
        Cell::Day(day.day),
        Cell::count(day.paid.count),
        Cell::Money(day.paid.sum_vnd),
        Cell::Money(day.fees),
        Cell::Money(day.returned.sum_vnd),
        Cell::Money(day.due),
        Cell::Text(day.way(book.lang())),
        reference.map_or(Cell::Blank, Cell::Code),
        day.on().map_or(Cell::Blank, Cell::Day),
        Cell::Whole(day.after(book.report.business_date).into()),
        Cell::Money(day.received()),
        Cell::Money(kept),
        formula(format!("G{this}-L{this}-M{this}"), day.held()),
        formula(format!("E{this}+M{this}"), day.kept()),
        day.expected.map_or(Cell::Blank, Cell::Money),
        difference,
        Cell::count(day.odd.count),
        Cell::Money(day.odd.sum_vnd),
        Cell::Text(overdue),
    ]
}
