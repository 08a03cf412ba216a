//! Every file of the night with its digest and what it tells of itself, and the sources that
//! answered online: what was received against the deliverer's own totals.

use rust_xlsxwriter::Worksheet;

use crate::domain::Day;
use crate::report::facts::{SourceFile, SourceNight};
use crate::report::model::SourceView;
use crate::text;

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head};

/// What a delivery tells of itself, and what was received of it; in dong where it is money.
#[derive(Clone, Copy, Debug, Default)]
struct Control {
    rows: Option<(u64, u64)>,
    sum: Option<(i128, i128)>,
}

pub(super) fn write(book: &Book<'_>) -> Result<Worksheet> {
    let mut sheet = book.sheet("sheet-files")?;
    let (title, intro) = (book.of_nights("files-heading"), book.t("book-files-intro"));
    // the night is told where there are several
    let night = if book.report.period.is_some() { 11 } else { 0 };
    let head = Head {
        first_col: u16::from(night == 0),
        freeze_col: 4,
        ..Head::new(&title, &intro, "run.json")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let two = |key: &str, what: &str, width| {
        Column::figures(format!("{}: {}", book.t(key), book.t(what)), width)
    };
    let table = [
        plain("column-night", night),
        plain("column-source", 15),
        plain("book-kind", 11),
        plain("column-file-name", 30),
        Column::total(book.t("column-rows"), 9, Look::Whole),
        Column::new("SHA-256".to_owned(), 66),
        two("column-control", "book-rows", 10),
        two("column-control", "column-sum", 15),
        two("book-received", "book-rows", 10),
        two("book-received", "column-sum", 15),
        two("column-difference", "book-rows", 10),
        two("column-difference", "column-sum", 14),
    ];
    let rows = rows(book).into_iter().enumerate();
    let rows = rows.map(|(nth, row)| row.cells(nth));
    sheet.table(&head, &table, rows, book.rows_max)?;
    Ok(sheet.to)
}

/// One file, or a source that answered online.
struct Row {
    night: Day,
    source: String,
    kind: String,
    name: String,
    rows: u64,
    sha256: String,
    control: Control,
}

/// The files in order of sources, then the sources without any.
fn rows(book: &Book<'_>) -> Vec<Row> {
    let report = book.report;
    let night = report.business_date;
    let files: Vec<(Day, &SourceFile)> = if report.period.is_none() {
        report.files.iter().map(|file| (night, file)).collect()
    } else {
        let files = report.night_files.iter();
        files.map(|(night, file)| (*night, file)).collect()
    };
    let kind_of = |name: &str| {
        let mut sources = report.sources.iter();
        let source = sources.find(|source| *source.name == *name);
        source.map_or_else(String::new, |source| source.kind.to_string())
    };
    let of_file = |(night, file): &(Day, &SourceFile)| Row {
        night: *night,
        source: file.source.to_string(),
        kind: kind_of(&file.source),
        name: text::mask_file(&file.name),
        rows: file.lines,
        sha256: file.sha256.to_string(),
        control: of_balances(book, file),
    };
    let has_file = |view: &SourceView| files.iter().any(|(_, file)| file.source == view.name);
    let both = report.sources.iter().zip(book.facts.told_sources());
    let online = both.filter(|(view, _)| !has_file(view));
    let online = online.map(|(view, source)| Row {
        night,
        source: view.name.to_string(),
        kind: view.kind.to_string(),
        name: book.t("book-online"),
        rows: view.rows.count,
        sha256: String::new(),
        control: of_source(source),
    });
    files.iter().map(of_file).chain(online).collect()
}

/// What a statement file tells: closing less opening against what moved, over its accounts.
fn of_balances(book: &Book<'_>, file: &SourceFile) -> Control {
    let name = text::mask_file(&file.name);
    let own = book.report.balances.iter();
    let own = own.filter(|balance| balance.source == file.source && *balance.file == *name);
    let told = own.filter_map(|balance| {
        let moved = balance.closing? - balance.opening? - balance.rounding;
        Some((moved, balance.credits - balance.debits))
    });
    let told: Vec<(i128, i128)> = told.collect();
    let sums = told
        .iter()
        .fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    Control {
        rows: None,
        sum: (!told.is_empty()).then_some(sums),
    }
}

/// The totals of a source that answers online.
fn of_source(source: &SourceNight) -> Control {
    let control = source.facts.control;
    let sum = |control: crate::domain::source::Control| {
        Some((control.expected_sum?.wide(), control.sum.wide()))
    };
    Control {
        rows: control.map(|control| (control.expected_count, control.count)),
        sum: control.and_then(sum),
    }
}

impl Row {
    fn cells(self, nth: usize) -> Vec<Cell> {
        let this = nth + 5;
        let mut cells = vec![
            Cell::Day(self.night),
            Cell::Text(self.source),
            Cell::Text(self.kind),
            Cell::Code(self.name),
            Cell::count(self.rows),
            Cell::Code(self.sha256),
        ];
        let Control { rows, sum } = self.control;
        let either = |cell: Option<Cell>| cell.unwrap_or(Cell::Blank);
        let less = |of: &str, less: &str, (told, ours): (i128, i128), look| {
            let formula = format!("{of}{this}-{less}{this}");
            Cell::Formula(formula, (told - ours).to_string(), look)
        };
        let wide = rows.map(|(told, ours)| (i128::from(told), i128::from(ours)));
        cells.extend([
            either(rows.map(|(told, _)| Cell::count(told))),
            either(sum.map(|(told, _)| Cell::Money(told))),
            either(rows.map(|(_, ours)| Cell::count(ours))),
            either(sum.map(|(_, ours)| Cell::Money(ours))),
            either(wide.map(|both| less("G", "I", both, Look::Whole))),
            either(sum.map(|both| less("H", "J", both, Look::Money))),
        ]);
        cells
    }
}
