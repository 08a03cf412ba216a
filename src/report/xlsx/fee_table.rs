//! What the fee table says of the night's fees; a sheet only where there is a table.

use rust_xlsxwriter::Worksheet;

use crate::report::model::{FeeView, every_fee};

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head};

pub(super) fn write(book: &Book<'_>) -> Result<Option<Worksheet>> {
    let Some(checks) = &book.facts.fees else {
        return Ok(None);
    };
    let mut sheet = book.sheet("sheet-fee-table")?;
    let title = book.of_nights("fee-heading");
    let intro = book.with_untold_rows(book.t("fee-intro"));
    let head = Head::new(&title, &intro, crate::report::csv::FEE_FINDINGS);
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let table = [
        plain("fee-finding", 34),
        plain("fee-line", 30),
        plain("book-id", 16),
        plain("field-procedure", 16),
        plain("column-agency", 26),
        plain("fee-received", 13),
        Column::total(book.t("column-sum"), 16, Look::Money),
        plain("fee-due", 48),
        plain("fee-used", 40),
        plain("fee-basis", 40),
        plain("column-advice", 44),
    ];
    let row = |fee: FeeView| {
        vec![
            Cell::Text(fee.label),
            Cell::Code(fee.dossier),
            Cell::Code(fee.fee_id),
            Cell::Code(fee.procedure),
            Cell::Text(fee.agency),
            Cell::Day(fee.received_on),
            Cell::Money(fee.amount.wide()),
            Cell::Text(fee.due),
            Cell::Text(fee.used),
            Cell::Text(fee.basis),
            Cell::Text(fee.advice),
        ]
    };
    let name = |note: &crate::domain::FeeNote| book.agency(&note.agency_code);
    let mut rows: Vec<FeeView> = every_fee(checks, book.lang(), name).collect();
    // what is to be looked at comes first
    rows.sort_by_key(|fee| !fee.is_finding);
    sheet.table(&head, &table, rows.into_iter().map(row), book.rows_max)?;
    Ok(Some(sheet.to))
}
