//! Rows in against rows decided: the bridge of each source.

use std::fmt::Write as _;

use rust_xlsxwriter::Worksheet;

use crate::report::facts::Figure;
use crate::report::model::{TieLine, row_kind};
use crate::text;

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result, letters};
use super::table::{Column, Head, TOTAL_ROW, Written};

/// 1 for the rows of money sources.
pub(super) const MONEY: u16 = 0;
/// The first of the pairs count and sum: in, matched, open, rejected, excluded.
pub(super) const FIRST_PAIR: u16 = 4;
/// The differences in count and sum.
pub(super) const DIFFERENCE: u16 = 14;

pub(super) fn write(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-tie")?;
    let title = book.of_nights("tie-heading");
    let mut intro = book.intro("tie-intro", "tie-intro-period");
    for row in &book.report.outside {
        let (n, sum) = row.figure;
        let (n, sum) = (text::number(book.lang(), n), text::money(book.lang(), sum));
        let (of, kind) = (&row.why, row.kind.to_lowercase());
        let _ = write!(intro, " {of}: {}, {kind}: {n}; {sum}.", row.source);
    }
    if !book.report.outside.is_empty() {
        let _ = write!(intro, " {}", book.t("outside-note"));
    }
    let head = Head {
        first_col: 1,
        freeze_col: 4,
        ..Head::new(&title, &intro, "run.json")
    };
    let mut table = vec![
        Column::new(book.t("book-money"), 0),
        Column::new(book.t("column-source"), 20),
        Column::new(book.t("book-day"), 11),
        Column::new(book.t("column-kind"), 15),
    ];
    let parts = [
        "column-in",
        "column-matched",
        book.report.open_key("column-open"),
        "column-rejected",
        "column-excluded",
        "column-difference",
    ];
    for part in parts.map(|key| book.t(key)) {
        table.push(Column::figures(
            format!("{part}: {}", book.t("book-rows")),
            9,
        ));
        table.push(Column::figures(
            format!("{part}: {}", book.t("column-sum")),
            16,
        ));
    }
    let rows = book.report.tie_out.iter().enumerate();
    let rows = rows.map(|(nth, line)| cells(book, nth, line));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    let looks = sheet.looks;
    sheet.say(TOTAL_ROW, 1, &book.t("tie-total"), &looks.total_text)?;
    if book.report.untold.is_some() {
        return Ok((sheet.to, written));
    }
    let t = book.report.totals;
    for (pair, figure) in (0_u16..).zip([t.transactions, t.matched, t.open, t.rejected, t.excluded])
    {
        let col = FIRST_PAIR + 2 * pair;
        let found = found(book, pair, written.rows);
        debug_assert!(written.cut > 0 || found.0 == i128::from(figure.count));
        for (col, result, look) in [(col, found.0, Look::Whole), (col + 1, found.1, Look::Money)] {
            let formula = over_money(&written, col);
            sheet.formula(
                TOTAL_ROW,
                col,
                &formula,
                &result.to_string(),
                looks.total(look),
            )?;
        }
    }
    Ok((sheet.to, written))
}

/// The sum of a column over the rows of money sources.
pub(super) fn over_money(written: &Written, col: u16) -> String {
    format!("SUMIFS({},{},1)", written.range(col), written.range(MONEY))
}

/// What the two formulas of a pair find.
pub(super) fn found(book: &Book<'_>, pair: u16, held: usize) -> (i128, i128) {
    let lines = book
        .report
        .tie_out
        .iter()
        .take(held)
        .filter(|line| line.money);
    let figures = lines.filter_map(|line| parts(line).get(usize::from(pair)).copied());
    figures.fold((0, 0), |sum, figure| {
        let dong = Cell::Money(figure.sum_vnd).number();
        (sum.0 + i128::from(figure.count), sum.1 + dong)
    })
}

fn parts(line: &TieLine) -> [Figure; 5] {
    [
        line.rows_in,
        line.matched,
        line.open,
        line.rejected,
        line.excluded,
    ]
}

fn cells(book: &Book<'_>, nth: usize, line: &TieLine) -> Vec<Cell> {
    let this = nth + 5;
    let source = match (&*line.source, line.money) {
        ("cash", false) => book.t("tie-cash"),
        ("", _) => book.t("tie-registry"),
        (name, _) => name.to_owned(),
    };
    let mut cells = vec![
        Cell::Whole(line.money.into()),
        Cell::Text(source),
        line.business_date.map_or(Cell::Blank, Cell::Day),
        Cell::Text(row_kind(book.lang(), line.kind)),
    ];
    for figure in parts(line) {
        cells.push(Cell::count(figure.count));
        cells.push(Cell::Money(figure.sum_vnd));
    }
    let (rows, dong) = line.difference();
    for (offset, result, look) in [(0, rows, Look::Whole), (1, dong, Look::Money)] {
        let col = |pair: u16| format!("{}{this}", letters(FIRST_PAIR + 2 * pair + offset));
        let formula = format!("{}-{}-{}-{}-{}", col(0), col(1), col(2), col(3), col(4));
        cells.push(Cell::Formula(formula, result.to_string(), look));
    }
    cells
}
