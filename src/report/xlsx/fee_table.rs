//! What the fee table says of the night's fees; a sheet only where there is a table.

use rust_xlsxwriter::Worksheet;

use crate::report::model::{FeeView, every_fee};

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head};

/// The last column that is printed.
const ADVICE: u16 = 9;

pub(super) fn write(book: &Book<'_>) -> Result<Option<Worksheet>> {
    let Some(checks) = &book.facts.fees else {
        return Ok(None);
    };
    let mut sheet = book.sheet("sheet-fee-table")?;
    let title = book.of_nights("fee-heading");
    let intro = book.with_untold_rows(book.t("fee-intro"));
    let head = Head {
        // the basis of a rate and names are read on the screen
        last_printed: Some(ADVICE),
        ..Head::new(&title, &intro, crate::report::csv::FEE_FINDINGS)
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let table = [
        plain("fee-finding", 24),
        plain("fee-line", 24),
        plain("book-id", 9),
        plain("field-procedure", 14),
        plain("column-agency", 18),
        plain("fee-received", 12),
        Column::total(book.t("column-sum"), 13, Look::Money),
        plain("fee-due", 28),
        plain("fee-used", 26),
        plain("column-advice", 32),
        plain("fee-basis", 40),
        plain("fee-procedure-name", 40),
    ];
    let row = |fee: FeeView| {
        let procedure = book.facts.catalogue.procedure(&fee.procedure);
        let procedure = procedure.unwrap_or_default().to_owned();
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
            Cell::Text(fee.advice),
            Cell::Text(fee.basis),
            Cell::Text(procedure),
        ]
    };
    let name = |note: &crate::domain::FeeNote| book.agency(&note.agency_code);
    let mut rows: Vec<FeeView> = every_fee(checks, book.lang(), name).collect();
    // what is to be looked at comes first
    rows.sort_by_key(|fee| !fee.is_finding);
    sheet.table(&head, &table, rows.into_iter().map(row), book.rows_max)?;
    Ok(Some(sheet.to))
}
