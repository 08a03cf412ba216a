//! How good the data of the night were, source by source.

use rust_xlsxwriter::Worksheet;

use crate::report::model::QualityRow;

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head};

/// None in a period.
pub(super) fn write(book: &Book<'_>) -> Result<Option<Worksheet>> {
    let Some(rows) = &book.report.quality else {
        return Ok(None);
    };
    let mut sheet = book.sheet("sheet-quality")?;
    let (title, intro) = (book.of_night("quality-heading"), book.t("quality-intro"));
    let head = Head {
        freeze_col: 1,
        ..Head::new(&title, &intro, "exceptions.csv")
    };
    let count = |key: &str| Column::total(book.t(key), 13, Look::Whole);
    let table = [
        Column::new(book.t("column-source"), 20),
        count("column-rows"),
        count("column-rejects"),
        count("quality-conflicts"),
        count("quality-again"),
        count("quality-repaired"),
        count("column-arrived"),
        Column::total(
            format!("{}: {}", book.t("column-arrived"), book.t("column-sum")),
            16,
            Look::Money,
        ),
        Column::new(book.t("quality-notes"), 60),
    ];
    let cells = rows.iter().map(|row| cells(book, row));
    sheet.table(&head, &table, cells, book.rows_max)?;
    Ok(Some(sheet.to))
}

fn cells(book: &Book<'_>, row: &QualityRow) -> Vec<Cell> {
    let notes = if row.is_clean() {
        book.t("quality-clean")
    } else {
        row.notes(book.lang()).join("; ")
    };
    let counts = [
        row.rows,
        row.rejects,
        row.conflicts,
        row.again,
        row.repaired,
        row.late.count,
    ];
    let mut cells = vec![Cell::Text(row.name.clone())];
    cells.extend(counts.map(Cell::count));
    cells.extend([Cell::Money(row.late.sum_vnd), Cell::Text(notes)]);
    cells
}
