//! The balances of the statements: opening and movements against closing, as formulas.

use rust_xlsxwriter::Worksheet;

use crate::report::facts::StatementBalance;

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head, Written};

/// The difference, in dong.
pub(super) const DIFFERENCE: u16 = 10;

/// None where no statement tells a balance.
pub(super) fn write(book: &Book<'_>) -> Result<Option<(Worksheet, Written)>> {
    let balances = &book.report.balances;
    if balances.is_empty() {
        return Ok(None);
    }
    let mut sheet = book.sheet("sheet-balances")?;
    let (title, intro) = (book.of_night("balance-heading"), book.t("balance-intro"));
    let head = Head {
        freeze_col: 2,
        ..Head::new(&title, &intro, "run.json")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let table = [
        plain("column-source", 14),
        plain("column-file-name", 26),
        plain("field-account", 14),
        plain("balance-from", 12),
        plain("balance-to", 12),
        Column::figures(book.t("balance-opening"), 15),
        Column::total(book.t("balance-credits"), 15, Look::Money),
        Column::total(book.t("balance-debits"), 15, Look::Money),
        Column::figures(book.t("balance-computed"), 15),
        Column::figures(book.t("balance-closing"), 15),
        Column::total(book.t("column-difference"), 13, Look::Money),
        Column::figures(book.t("balance-rounding"), 11),
        plain("balance-note", 28),
    ];
    let rows = balances.iter().enumerate();
    let rows = rows.map(|(nth, balance)| cells(book, nth, balance));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok(Some((sheet.to, written)))
}

fn cells(book: &Book<'_>, nth: usize, balance: &StatementBalance) -> Vec<Cell> {
    let this = nth + 5;
    let told = |sum: Option<i128>| sum.map_or(Cell::Blank, Cell::Money);
    let formula = |formula: String, result: Option<i128>| {
        result.map_or(Cell::Blank, |result| {
            Cell::Formula(formula, result.to_string(), Look::Money)
        })
    };
    vec![
        Cell::Text(balance.source.to_string()),
        Cell::Text(balance.file.to_string()),
        Cell::Code(balance.account.to_string()),
        Cell::Day(balance.from),
        Cell::Day(balance.to),
        told(balance.opening),
        Cell::Money(balance.credits),
        Cell::Money(balance.debits),
        formula(format!("F{this}+G{this}-H{this}"), balance.computed()),
        told(balance.closing),
        formula(format!("J{this}-I{this}-L{this}"), balance.difference),
        Cell::Money(balance.rounding),
        Cell::Text(balance.note(book.lang())),
    ]
}
