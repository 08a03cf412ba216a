//! What the gateways hold, and their days: subtotals, closing and what is left over are formulas.

use rust_xlsxwriter::Worksheet;

use crate::report::model::{ChainRow, GatewayDay, HeldRow};

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head, Written};

/// What people paid, in dong.
pub(super) const HELD_PAID: u16 = 2;
/// What the gateways hold, what no row explains, and what of it is older than the window, in dong.
pub(super) const HELD_CLOSING: u16 = 12;
pub(super) const HELD_REST: u16 = 13;
pub(super) const HELD_OLDER: u16 = 14;
/// What is due for the days, what the bank received, and what is held of them, in dong.
pub(super) const DAY_DUE: u16 = 6;
pub(super) const DAY_RECEIVED: u16 = 11;
pub(super) const DAY_HELD: u16 = 13;

/// The sum of a stage.
pub(super) const CHAIN_STAGE: u16 = 4;

/// The three sheets with the places of their rows; none without gateways.
pub(super) fn write(book: &Book<'_>) -> Result<Option<[(Worksheet, Written); 3]>> {
    let held = book
        .report
        .held
        .as_ref()
        .filter(|held| !held.rows.is_empty());
    let Some(held) = held else { return Ok(None) };
    Ok(Some([
        write_held(book, &held.rows)?,
        write_days(book, &held.days)?,
        write_chain(book, &held.chain)?,
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
    let money = |key: &str| Column::total(book.t(key), 13, Look::Money);
    let table = [
        Column::new(book.t("held-gateway"), 14),
        money("held-opening"),
        money("held-paid"),
        money("held-fees-told"),
        money("flow-returned"),
        money("held-net-told"),
        money("held-late"),
        money("held-batches"),
        money("held-singles"),
        money("held-kept"),
        money("carry-between"),
        money("held-computed"),
        money("held-closing"),
        money("column-rest"),
        money("held-of-older"),
        Column::new(book.t("book-notes"), 30),
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
        Cell::Money(row.paid.sum_vnd),
        Cell::Money(row.fees),
        Cell::Money(row.returned.sum_vnd),
        formula(format!("C{this}-D{this}-E{this}"), row.net()),
        Cell::Money(row.late.sum_vnd),
        Cell::Money(row.batches.sum_vnd),
        Cell::Money(row.singles.sum_vnd),
        Cell::Money(row.kept),
        Cell::Money(row.between),
        formula(
            format!("B{this}+K{this}+F{this}+G{this}-H{this}-I{this}-J{this}"),
            computed,
        ),
        Cell::Money(row.closing),
        formula(format!("L{this}-M{this}"), row.rest()),
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
        last_printed: Some(DAY_HELD),
        ..Head::new(&title, &intro, "run.json")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let money = |key: &str| Column::total(book.t(key), 13, Look::Money);
    let count = |heading: String| Column::total(heading, 9, Look::Whole);
    let table = [
        plain("held-gateway", 14),
        plain("book-day", 11),
        count(book.t("column-count")),
        money("book-gross"),
        money("held-fees-told"),
        money("ledger-returned"),
        money("ledger-due"),
        plain("ledger-way", 22),
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

fn write_chain(book: &Book<'_>, chain: &[ChainRow]) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-chain")?;
    let title = book.report.chain_heading();
    let intro = book.intro("chain-intro", "chain-intro-period");
    let head = Head::new(&title, &intro, "run.json");
    let table = [
        Column::new(book.t("chain-stage"), 56),
        Column::figures(book.t("chain-lines"), 12),
        Column::figures(book.t("book-transactions"), 12),
        Column::figures(book.t("chain-step"), 22),
        Column::figures(book.t("column-sum"), 22),
    ];
    let rows = chain_cells(book, chain).into_iter();
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    sheet.to.set_portrait();
    Ok((sheet.to, written))
}

/// Each stage after the first is the one before it and the steps between them.
fn chain_cells(book: &Book<'_>, chain: &[ChainRow]) -> Vec<Vec<Cell>> {
    let (mut stage, mut sum) = (None, 0);
    let mut rows = Vec::new();
    for (this, row) in (5_usize..).zip(chain) {
        let dong = row.figure.sum_vnd;
        let count = match row.figure.count {
            0 => Cell::Blank,
            count => Cell::count(count),
        };
        let mut cells = vec![Cell::Text(book.t(row.stage.key())), count];
        let empty = if row.stage.is_of_lines() { 2 } else { 1 };
        cells.insert(empty, Cell::Blank);
        cells.extend(match stage {
            _ if !row.stage.is_total() => {
                sum += dong;
                [Cell::Money(dong), Cell::Blank]
            }
            None => {
                sum = dong;
                [Cell::Blank, Cell::Money(dong)]
            }
            Some(before) => {
                let formula = format!("E{before}+SUM(D{}:D{})", before + 1, this - 1);
                [
                    Cell::Blank,
                    Cell::Formula(formula, sum.to_string(), Look::Money),
                ]
            }
        });
        if row.stage.is_total() {
            stage = Some(this);
        }
        rows.push(cells);
    }
    rows
}

/// The sum of a stage by the formula of its row.
pub(super) fn chain_sum(chain: &[ChainRow], nth: usize) -> i128 {
    let steps = chain.iter().take(nth).enumerate();
    let steps = steps.filter(|(at, row)| *at == 0 || !row.stage.is_total());
    steps.map(|(_, row)| row.figure.sum_vnd).sum()
}
