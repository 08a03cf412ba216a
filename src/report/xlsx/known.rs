//! The period as known then and now, what came between, and what that moved: only in a report that
//! compares.

use rust_xlsxwriter::Worksheet;

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head};
use crate::domain::Fraction;
use crate::report::model::{KnownRow, KnownView, ShareRow};
use crate::text;

/// The columns of both figures.
const THEN: char = 'D';
const NOW: char = 'E';
/// The row of the lower bound.
const LOW: &str = "book-low";
/// The rows of a share.
const PARTS: [&str; 5] = [
    "book-numerator",
    "book-denominator",
    "column-share",
    LOW,
    "book-high",
];

/// The three sheets.
pub(super) fn write(book: &Book<'_>, known: &KnownView) -> Result<[Worksheet; 3]> {
    Ok([
        figures(book, known)?,
        arrived(book, known)?,
        moved(book, known)?,
    ])
}

/// A row a figure: then, now, and the difference as a formula.
fn figures(book: &Book<'_>, known: &KnownView) -> Result<Worksheet> {
    let mut sheet = book.sheet("sheet-known")?;
    let title = book.t("known-heading");
    let told = [Some(&known.intro), known.versions.as_ref()];
    let told: Vec<&str> = told.into_iter().flatten().map(String::as_str).collect();
    let intro = told.join(" ");
    let head = Head {
        freeze_col: 3,
        ..Head::new(&title, &intro, "known.json")
    };
    let day = |key: &str, day| {
        let day = text::day(book.lang(), day);
        text::say(book.lang(), key, &[("day", &day)])
    };
    let table = [
        Column::new(book.t("known-figure"), 46),
        Column::new(book.t("column-agency"), 28),
        Column::new(book.t("known-part"), 22),
        Column::figures(day("known-then", known.then), 18),
        Column::figures(day("known-now", known.now), 18),
        Column::figures(book.t("column-difference"), 18),
        Column::new(book.t("book-note"), 70),
    ];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for row in known.shares.iter().chain(&known.agencies) {
        for (nth, part) in PARTS.iter().enumerate() {
            let mut cells = vec![
                Cell::Text(row.then.name.clone()),
                Cell::Text(if row.agency.is_empty() {
                    book.t("book-whole-unit")
                } else {
                    row.agency.clone()
                }),
                Cell::Text(book.t(part)),
            ];
            cells.extend(sides(row, nth, rows.len()));
            cells.push(Cell::Text(note(book, row, nth)));
            rows.push(cells);
        }
    }
    for figure in &known.figures {
        let (then, now) = (figure.then, figure.now);
        let count = (i128::from(then.count), i128::from(now.count));
        let parts = [
            ("book-rows", count, Look::Whole),
            ("column-sum", (then.sum_vnd, now.sum_vnd), Look::Money),
        ];
        for (key, (then, now), look) in parts {
            let mut cells = vec![
                Cell::Text(figure.label.clone()),
                Cell::Text(book.t("book-whole-unit")),
                Cell::Text(book.t(key)),
            ];
            cells.extend(whole(then, now, look, rows.len()));
            cells.push(Cell::Blank);
            rows.push(cells);
        }
    }
    sheet.table(&head, &table, rows.into_iter(), book.rows_max)?;
    Ok(sheet.to)
}

/// Beside the lower bound: which bounds are outer ones, and why more is possible now.
fn note(book: &Book<'_>, row: &KnownRow, part: usize) -> String {
    if PARTS.get(part) != Some(&LOW) {
        return String::new();
    }
    let outer = row.any_outer().then(|| book.t("share-outer-note"));
    let parts = [row.wider.clone(), outer];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The formula of a difference in the n-th row.
fn way(nth: usize) -> String {
    let row = nth + 5;
    format!("{NOW}{row}-{THEN}{row}")
}

fn whole(then: i128, now: i128, look: Look, nth: usize) -> [Cell; 3] {
    let cell = |n| match look {
        Look::Money => Cell::Money(n),
        _ => Cell::Whole(n),
    };
    let difference = Cell::Formula(way(nth), (now - then).to_string(), look);
    [cell(then), cell(now), difference]
}

/// One part of a share then, now, and their difference.
fn sides(row: &KnownRow, part: usize, nth: usize) -> [Cell; 3] {
    let blank = [Cell::Blank, Cell::Blank, Cell::Blank];
    let then = Some(&row.then).filter(|row| row.enough_data);
    let now = row.now.as_ref().filter(|row| row.enough_data);
    if part < 2 {
        let of = |row: &ShareRow| [row.numerator, row.denominator][part];
        let look = if row.then.in_dong {
            Look::Money
        } else {
            Look::Whole
        };
        return match (then, now) {
            (Some(then), Some(now)) => whole(of(then), of(now), look, nth),
            _ => blank,
        };
    }
    // bounds are rounded outwards; the difference of the point figures is that of the page
    let round = |share: Fraction| match part {
        2 => share.half_up(12),
        3 => share.down(4),
        _ => share.up(4),
    };
    let of = |row: Option<&ShareRow>| {
        let row = row?;
        let share = [row.point, row.low, row.high][part - 2]?;
        Some(round(share))
    };
    match (of(then), of(now)) {
        (Some(then), Some(now)) => {
            let units = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap_or_default();
            let way_of = (units(&now) - units(&then)).to_string();
            let formula = Cell::Formula(way(nth), way_of, Look::Share);
            [Cell::Share(then), Cell::Share(now), formula]
        }
        (then, now) => {
            let cell = |share: Option<String>| share.map_or(Cell::Blank, Cell::Share);
            [cell(then), cell(now), Cell::Blank]
        }
    }
}

fn arrived(book: &Book<'_>, known: &KnownView) -> Result<Worksheet> {
    let mut sheet = book.sheet("sheet-arrived")?;
    let title = book.t("known-arrived-caption");
    let head = Head::new(&title, &known.intro, "arrived.csv");
    let table = [
        Column::new(book.t("column-kind"), 16),
        Column::new(book.t("known-row"), 34),
        Column::new(book.t("book-dossier-code"), 28),
        Column::new(book.t("book-day"), 12),
        Column::new(book.t("known-told"), 12),
        Column::total(book.t("column-sum"), 18, Look::Money),
        Column::new(book.t("known-why"), 54),
    ];
    let rows = known.arrived.iter().map(|row| {
        vec![
            Cell::Text(row.kind.clone()),
            Cell::Code(row.key.clone()),
            Cell::Code(row.dossier.clone()),
            Cell::Day(row.day),
            Cell::Day(row.told),
            row.amount
                .map_or(Cell::Blank, |dong| Cell::Money(dong.into())),
            Cell::Text(row.reason.clone()),
        ]
    });
    sheet.table(&head, &table, rows, book.rows_max)?;
    Ok(sheet.to)
}

fn moved(book: &Book<'_>, known: &KnownView) -> Result<Worksheet> {
    let mut sheet = book.sheet("sheet-moved")?;
    let title = book.t("known-moved-caption");
    let head = Head::new(&title, &known.intro, "moved.csv");
    let both = |part: &str, key: &str| format!("{}: {}", book.t(key), book.t(part));
    let table = [
        Column::new(book.t("column-definition"), 38),
        Column::new(book.t("known-row"), 40),
        Column::figures(both("book-numerator", "known-side-then"), 16),
        Column::figures(both("book-denominator", "known-side-then"), 16),
        Column::figures(both("book-numerator", "known-side-now"), 16),
        Column::figures(both("book-denominator", "known-side-now"), 16),
        Column::new(book.t("known-why"), 54),
    ];
    let rows = known.moved.iter().map(|row| {
        let parts = [row.then.0, row.then.1, row.now.0, row.now.1];
        let mut cells = vec![Cell::Text(row.name.clone()), Cell::Text(row.item.clone())];
        cells.extend(parts.map(|n| Cell::Whole(n.into())));
        cells.push(Cell::Text(row.reason.clone()));
        cells
    });
    sheet.table(&head, &table, rows, book.rows_max)?;
    Ok(sheet.to)
}
