//! What was open from the night before to tonight, and the money of the day, by source: the sums
//! and what is left over are formulas.

use std::fmt::Write as _;

use rust_xlsxwriter::Worksheet;

use crate::report::facts::Figure;
use crate::report::model::{CarryRow, FlowRow, source_word};

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result, letters};
use super::table::{Column, Head, Written};

/// The columns of what was carried forward: rows and dong.
pub(super) const CLOSING: [u16; 2] = [11, 12];
/// The columns of what the opening and the movements do not explain: rows and dong.
pub(super) const CARRY_REST: [u16; 2] = [13, 14];
/// What people paid, in dong.
pub(super) const PAID: u16 = 3;
/// What was received, in dong.
pub(super) const NET: u16 = 7;
/// What no row explains, in dong.
pub(super) const FLOW_REST: u16 = 8;

pub(super) fn write_carries(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-carry")?;
    let title = book.report.carry_heading();
    let mut intro = book.intro("carry-intro", "carry-intro-period");
    let more = book
        .report
        .breaks()
        .into_iter()
        .chain(book.report.work.clone());
    for said in more {
        intro.push(' ');
        intro.push_str(&said);
    }
    let head = Head {
        freeze_col: 1,
        ..Head::new(&title, &intro, "index.html")
    };
    let mut table = vec![Column::new(book.t("column-source"), 24)];
    let parts = [
        "carry-opening",
        "carry-came",
        "carry-changed",
        "carry-matched",
        "carry-left-out",
        "carry-closing",
        "column-rest",
    ];
    for part in parts.map(|key| book.t(key)) {
        let rows = format!("{part}: {}", book.t("book-rows"));
        table.push(Column::total(rows, 9, Look::Whole));
        let dong = format!("{part}: {}", book.t("column-sum"));
        table.push(Column::total(dong, 15, Look::Money));
    }
    if book.report.is_broken() {
        let between = book.t(book.report.between_key());
        let rows = format!("{between}: {}", book.t("book-rows"));
        table.push(Column::total(rows, 9, Look::Whole));
        let dong = format!("{between}: {}", book.t("column-sum"));
        table.push(Column::total(dong, 15, Look::Money));
    }
    let rows = book.report.carries.iter().enumerate();
    let rows = rows.map(|(nth, row)| carry(book, nth, row));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

fn carry(book: &Book<'_>, nth: usize, row: &CarryRow) -> Vec<Cell> {
    let this = nth + 5;
    let source = if row.money {
        row.source.to_string()
    } else {
        source_word(book.lang(), &row.source)
    };
    let mut cells = vec![Cell::Text(source)];
    for figure in row.parts() {
        cells.extend(pair(figure));
    }
    let (rows, dong) = row.rest();
    // a changed amount is no row more or less
    let mut counts = format!("B{this}+D{this}-H{this}-J{this}-L{this}");
    let mut sums = format!("C{this}+E{this}+G{this}-I{this}-K{this}-M{this}");
    let between = row.between();
    if book.report.is_broken() {
        // the columns behind the rest
        let _ = write!(counts, "+P{this}");
        let _ = write!(sums, "+Q{this}");
    }
    cells.push(Cell::Formula(counts, rows.to_string(), Look::Whole));
    cells.push(Cell::Formula(sums, dong.to_string(), Look::Money));
    if book.report.is_broken() {
        cells.extend([Cell::Whole(between.0), Cell::Money(between.1)]);
    }
    cells
}

fn pair(figure: Figure) -> [Cell; 2] {
    [Cell::count(figure.count), Cell::Money(figure.sum_vnd)]
}

pub(super) fn write_flows(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let name = match book.report.period {
        Some(_) => "sheet-flow-period",
        None => "sheet-flow",
    };
    let mut sheet = book.sheet(name)?;
    let title = book.report.flow_heading();
    let mut intro = book.report.flow_intro();
    if let Some(less) = &book.report.nights_less {
        intro = format!("{intro} {less}");
    }
    if let Some(unknown) = book.report.unknown_fees() {
        intro = format!("{intro} {unknown}");
    }
    let head = Head {
        freeze_col: 1,
        ..Head::new(&title, &intro, "index.html")
    };
    let mut table = vec![Column::new(book.t("column-source"), 24)];
    let parts = [
        "flow-came",
        "flow-uncounted",
        "flow-paid",
        "flow-fees",
        "flow-returned",
        "flow-debits",
        "flow-net",
        "column-rest",
        "book-uncounted-out",
    ];
    let parts = parts.map(|key| Column::total(book.t(key), 18, Look::Money));
    table.extend(parts);
    let rows = book.report.flows.iter().enumerate();
    let rows = rows.map(|(nth, row)| flow(book, nth, row));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

fn flow(book: &Book<'_>, nth: usize, row: &FlowRow) -> Vec<Cell> {
    let this = nth + 5;
    let [came, uncounted, paid, _, returned, debits, _, rest] = row.parts();
    let [_, _, _, fees, _, _, net, _] = book.report.known_parts(row);
    let known = |dong: Option<i128>| dong.map_or_else(|| Cell::Text("—".into()), Cell::Money);
    let at = |col: u16| format!("{}{this}", letters(col));
    let difference = format!("{}-{}", at(1), at(2));
    let left = format!("{}-{}-{}-{}-{}", at(PAID), at(4), at(5), at(6), at(NET));
    vec![
        Cell::Text(row.source.to_string()),
        Cell::Money(came),
        Cell::Money(uncounted),
        Cell::Formula(difference, paid.to_string(), Look::Money),
        known(fees),
        Cell::Money(returned),
        Cell::Money(debits),
        known(net),
        match net {
            Some(_) => Cell::Formula(left, rest.to_string(), Look::Money),
            None => Cell::Money(rest),
        },
        Cell::Money(row.uncounted_out.sum_vnd),
    ]
}
