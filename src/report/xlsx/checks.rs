//! Every total twice: the program's own figure, and a formula over the rows of the other sheets.
//! Whoever lets a spreadsheet program calculate again sees that the differences are zero.

use rust_xlsxwriter::{ConditionalFormatCell, ConditionalFormatCellRule, Worksheet};

use super::Book;
use super::columns::FIRST_ROW;
use super::looks::Look;
use super::sheet::{Cell, Result, is_exact};
use super::table::{Column, Head, TOTAL_ROW, Written};

mod bridges;
mod gateways;
mod list;

/// Where the rows of the other sheets stand.
pub(super) struct Places<'w> {
    pub(super) exceptions: &'w Written,
    pub(super) ages: &'w Written,
    pub(super) tie: &'w Written,
    pub(super) carries: &'w Written,
    pub(super) flows: &'w Written,
    /// None where no statement tells a balance.
    pub(super) balances: Option<&'w Written>,
    /// What gateways hold, their days, and the chain to the bank; none without gateways.
    pub(super) gateways: Option<&'w [Written; 3]>,
    pub(super) shares: &'w Written,
    pub(super) links: &'w Written,
    pub(super) fees: &'w Written,
    pub(super) rejects: &'w Written,
    pub(super) sources: &'w Written,
}

/// One total, twice.
struct Check {
    what: String,
    /// What the program says; for a share in ten-thousandths.
    program: i128,
    formula: String,
    /// What the formula finds.
    found: i128,
    look: Look,
}

/// How the verdict over all checks reads, and the cell that says it.
pub(super) struct Verdict {
    pub(super) cell: String,
    pub(super) word: String,
    pub(super) holds: bool,
}

pub(super) fn write(book: &Book<'_>, places: &Places<'_>) -> Result<(Worksheet, Verdict)> {
    let mut sheet = book.sheet("sheet-checks")?;
    let (title, intro) = (book.t("sheet-checks"), book.t("book-checks-intro"));
    let head = Head::new(&title, &intro, "run.json");
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let figures = |key: &str, width| Column::figures(book.t(key), width);
    let table = [
        plain("book-what", 64),
        figures("book-program", 20),
        figures("book-formula", 20),
        figures("column-difference", 16),
        plain("book-mark", 8),
    ];
    let mut checks = list::checks(book, places);
    checks.extend(bridges::checks(book, places));
    checks.extend(gateways::checks(book, places));
    let rows = checks.iter().enumerate();
    let rows = rows.map(|(nth, check)| cells(book, nth, check));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    let last = written.last_row();
    let holds = checks.iter().all(|check| check.program == check.found);
    let (good, bad) = (book.t("book-checks-good"), book.t("book-checks-bad"));
    let (from, to) = (FIRST_ROW + 1, last + 1);
    let formula =
        format!("IF(COUNTIF(E{from}:E{to},\"✓\")=ROWS(E{from}:E{to}),\"{good}\",\"{bad}\")");
    let word = if holds { good } else { bad };
    let looks = sheet.looks;
    let format = if holds { &looks.good } else { &looks.bad };
    sheet.formula(TOTAL_ROW, 0, &formula, &word, format)?;
    let differs = ConditionalFormatCell::new()
        .set_rule(ConditionalFormatCellRule::NotEqualTo(0))
        .set_format(looks.bad.clone());
    sheet
        .to
        .add_conditional_format(FIRST_ROW, 3, last, 3, &differs)?;
    sheet.to.set_portrait();
    let cell = format!("'{}'!$A${}", sheet.name, TOTAL_ROW + 1);
    Ok((sheet.to, Verdict { cell, word, holds }))
}

fn cells(book: &Book<'_>, nth: usize, check: &Check) -> Vec<Cell> {
    let this = nth + 5;
    let difference = check.program - check.found;
    let mark = if difference == 0 { "✓" } else { "✗" };
    let what = Cell::Text(check.what.clone());
    if !is_exact(check.program) || !is_exact(check.found) {
        // beyond what a spreadsheet can count: the program compares for it
        let [program, found, rest] = [check.program, check.found, difference]
            .map(|n| Cell::Code(crate::text::number(book.lang(), n)));
        return vec![what, program, found, rest, Cell::Mark(mark)];
    }
    let (program, found) = match check.look {
        Look::Money => (Cell::Money(check.program), check.found.to_string()),
        Look::Share => (
            Cell::Share(ten_thousandths(check.program)),
            ten_thousandths(check.found),
        ),
        _ => (Cell::Whole(check.program), check.found.to_string()),
    };
    let rest = match check.look {
        Look::Share => ten_thousandths(difference),
        _ => difference.to_string(),
    };
    let look = if check.look == Look::Share {
        Look::Whole
    } else {
        check.look
    };
    vec![
        what,
        program,
        Cell::Formula(check.formula.clone(), found, check.look),
        Cell::Formula(format!("ROUND(B{this}-C{this},6)"), rest, look),
        Cell::Formula(
            format!("IF(D{this}=0,\"✓\",\"✗\")"),
            mark.to_owned(),
            Look::Mark,
        ),
    ]
}

fn ten_thousandths(n: i128) -> String {
    crate::domain::Fraction::new(n, 10_000).map_or_else(String::new, |share| share.half_up(4))
}
