//! Open work by class and age, as formulas over the sheet of exceptions.

use std::collections::BTreeMap;

use rust_xlsxwriter::Worksheet;

use super::Book;
use super::columns::{AGE, AT_RISK, CLASS, WORK, place};
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head, Written};

/// The ages: heading, first day, last day.
const AGES: [(&str, i64, Option<i64>); 5] = [
    ("age-today", 0, Some(0)),
    ("age-1", 1, Some(1)),
    ("age-2-3", 2, Some(3)),
    ("age-4-7", 4, Some(7)),
    ("age-more", 8, None),
];

/// Count and money of one class by age.
type Ages = [(i128, i128); 5];

/// The columns of all ages together.
pub(super) const ALL_COUNT: u16 = 12;
pub(super) const ALL_SUM: u16 = 13;

pub(super) fn write(book: &Book<'_>, exceptions: &Written) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-ages")?;
    let (title, mut intro) = (book.at_end("sheet-ages"), book.t("book-ages-intro"));
    if let Some(said) = book.report.exceptions.matters_of(book.lang()) {
        intro.extend([" ", &said]);
    }
    let head = Head {
        first_col: 1,
        freeze_col: 2,
        ..Head::new(&title, &intro, "exceptions.csv")
    };
    let mut table = vec![
        Column::new(super::columns::heading(book.lang(), CLASS), 0),
        Column::new(super::columns::heading(book.lang(), "label"), 34),
    ];
    let names = AGES.iter().map(|(key, ..)| book.t(key));
    for name in names.chain([book.t("row-total")]) {
        let count = format!("{name}: {}", book.t("book-rows"));
        table.push(Column::total(count, 9, Look::Whole));
        table.push(Column::total(
            format!("{name}: {}", book.t("column-sum")),
            16,
            Look::Money,
        ));
    }
    let found = found(book, exceptions.rows);
    let rows = found.iter().enumerate();
    let rows = rows.map(|(nth, (class, ages))| row(exceptions, nth, class, ages));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

/// What the formulas will find: over the rows that the sheet of exceptions holds.
fn found(book: &Book<'_>, held: usize) -> Vec<((String, String), Ages)> {
    let mut found: BTreeMap<&str, (String, Ages)> = BTreeMap::new();
    let work = book.exceptions.iter().take(held).filter(|view| view.work);
    for view in work {
        let age = AGES.iter().position(|(_, from, to)| {
            *from <= view.age_days && to.is_none_or(|to| view.age_days <= to)
        });
        let entry = found.entry(&view.class);
        let (_, ages) = entry.or_insert_with(|| (view.label.clone(), Ages::default()));
        if let Some((count, sum)) = age.and_then(|at| ages.get_mut(at)) {
            *count += 1;
            *sum += Cell::Money(view.amount.wide()).number();
        }
    }
    let row = |(class, (label, ages)): (&str, (String, Ages))| ((class.to_owned(), label), ages);
    found.into_iter().map(row).collect()
}

fn row(exceptions: &Written, nth: usize, class: &(String, String), ages: &Ages) -> Vec<Cell> {
    let of = |key: &str| exceptions.range(place(key).unwrap_or(0));
    let (classes, works, days, sums) = (of(CLASS), of(WORK), of(AGE), of(AT_RISK));
    let this = nth + 5;
    let mut cells = vec![Cell::Code(class.0.clone()), Cell::Text(class.1.clone())];
    for ((_, from, to), (count, sum)) in AGES.iter().zip(ages) {
        let until = to.map_or_else(String::new, |to| format!(",{days},\"<={to}\""));
        let tests = format!("{classes},$A{this},{works},1,{days},\">={from}\"{until}");
        let counted = format!("COUNTIFS({tests})");
        cells.push(Cell::Formula(counted, count.to_string(), Look::Whole));
        let summed = format!("SUMIFS({sums},{tests})");
        cells.push(Cell::Formula(summed, sum.to_string(), Look::Money));
    }
    let all = ages
        .iter()
        .fold((0, 0), |all, age| (all.0 + age.0, all.1 + age.1));
    let counts = ["C", "E", "G", "I", "K"]
        .map(|col| format!("{col}{this}"))
        .join("+");
    let money = ["D", "F", "H", "J", "L"]
        .map(|col| format!("{col}{this}"))
        .join("+");
    cells.push(Cell::Formula(counts, all.0.to_string(), Look::Whole));
    cells.push(Cell::Formula(money, all.1.to_string(), Look::Money));
    cells
}
