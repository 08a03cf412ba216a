//! What was settled since the night before: how, and where a person decided it by whom, when and
//! why. Only where there is any.

use rust_xlsxwriter::Worksheet;

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head};
use crate::report::csv::CLOSED;
use crate::report::model::ClosedView;

/// The column of the reason: the exception's id behind it is for looking up, not for paper.
const REASON: u16 = 11;

pub(super) fn write(book: &Book<'_>) -> Result<Option<Worksheet>> {
    let closed = book.report.closed.as_deref().unwrap_or_default();
    if closed.is_empty() {
        return Ok(None);
    }
    let mut sheet = book.sheet("sheet-closed")?;
    let title = book.of_night("sheet-closed");
    let intro = book.t("book-closed-intro");
    let head = Head {
        freeze_col: 3,
        last_printed: Some(REASON),
        ..Head::new(&title, &intro, CLOSED)
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let table = [
        plain("column-outcome", 14),
        plain("book-label", 18),
        plain("book-dossier-code", 23),
        plain("column-row", 28),
        Column::total(book.t("book-amount"), 13, Look::Money),
        plain("book-opened-on", 11),
        Column::figures(book.t("book-age"), 6),
        plain("column-how", 28),
        plain("book-ruling", 16),
        plain("book-ruled-by", 14),
        plain("book-ruled-on", 11),
        plain("book-ruled-reason", 24),
        plain("book-exception-id", 20),
    ];
    let rows = closed.iter().map(|view| cells(book, view));
    sheet.table(&head, &table, rows, book.rows_max)?;
    Ok(Some(sheet.to))
}

fn cells(book: &Book<'_>, view: &ClosedView) -> Vec<Cell> {
    let ended = view.ended.as_ref();
    let said = |text: Option<&str>| Cell::Text(text.unwrap_or_default().to_owned());
    vec![
        Cell::Text(view.outcome_word(book.lang())),
        Cell::Text(view.label.clone()),
        Cell::Code(view.dossier.clone()),
        Cell::Text(view.row.clone()),
        Cell::Money(view.amount),
        Cell::Day(view.opened_on),
        Cell::Whole(view.age_days.into()),
        Cell::Text(view.how.clone()),
        said(ended.map(|ended| &*ended.what)),
        said(ended.map(|ended| &*ended.by)),
        ended
            .and_then(|ended| ended.on)
            .map_or(Cell::Blank, Cell::Day),
        said(ended.map(|ended| &*ended.reason)),
        Cell::Code(view.id.to_string()),
    ]
}
