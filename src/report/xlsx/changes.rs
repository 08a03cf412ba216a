//! What changed against the version before: only in a version that replaces another.

use rust_xlsxwriter::Worksheet;

use super::Book;
use super::sheet::{Cell, Result};
use super::table::{Column, Head};
use crate::report::model::{ChangeLine, VersionChanges};
use crate::text;

pub(super) fn write(book: &Book<'_>, changes: &VersionChanges) -> Result<Worksheet> {
    let mut sheet = book.sheet("sheet-changes")?;
    let version = book.report.version_of_night.to_string();
    let args = [
        ("version", &*version),
        ("before", &changes.version.to_string()),
        ("n", &changes.count().to_string()),
    ];
    let title = book.t("changes-heading");
    let intro = text::say(book.lang(), "changes-intro", &args);
    let head = Head {
        freeze_col: 3,
        ..Head::new(&title, &intro, "changes.csv")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let table = [
        plain("column-kind", 22),
        plain("changes-became", 12),
        plain("changes-what", 46),
        plain("changes-before", 34),
        plain("changes-after", 34),
        Column::figures(book.t("column-sum"), 16),
        plain("changes-cause", 44),
    ];
    let rows = changes.sections.iter().flat_map(|section| {
        let lines = section.lines.iter();
        lines.map(|line| cells(book, &section.title, line))
    });
    sheet.table(&head, &table, rows, book.rows_max)?;
    Ok(sheet.to)
}

fn cells(book: &Book<'_>, title: &str, line: &ChangeLine) -> Vec<Cell> {
    vec![
        Cell::Text(title.to_owned()),
        Cell::Text(line.became.say(book.lang())),
        Cell::Text(line.what.clone()),
        Cell::Text(line.before.clone()),
        Cell::Text(line.after.clone()),
        line.amount
            .map_or(Cell::Blank, |amount| Cell::Money(amount.wide())),
        Cell::Text(line.cause.clone()),
    ]
}
