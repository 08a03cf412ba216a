//! What the words mean, how to decide, where the figures come from, and who signs.

use rust_xlsxwriter::Worksheet;

use crate::report::model::definition_name;

use super::Book;
use super::columns::Choice;
use super::exceptions::severity;
use super::sheet::{Cell, Result, Sheet};

/// The widths of the columns.
const WIDTHS: [u16; 5] = [24, 30, 16, 60, 60];

pub(super) fn write(book: &Book<'_>) -> Result<Worksheet> {
    let mut sheet = book.sheet("sheet-notes")?;
    let looks = sheet.looks;
    sheet.widths(&WIDTHS)?;
    sheet.say(0, 0, &book.t("sheet-notes"), &looks.title)?;
    sheet.say(1, 0, &book.t("personal-note"), &looks.intro)?;
    let mut at = people(book, &mut sheet)?;
    for (title, headings, rows) in [decisions(book), classes(book), definitions(book), run(book)] {
        at = section(&mut sheet, at, &title, &headings, &rows)?;
    }
    signatures(book, &mut sheet, at)?;
    sheet.to.set_landscape();
    sheet.to.set_freeze_panes(1, 0)?;
    Ok(sheet.to)
}

/// The row (from 0) of the title of the names.
const PEOPLE_ROW: u32 = 3;
/// So many rows are left for further names.
const PEOPLE_FREE: usize = 10;

/// The rows (from 0) of the names, those to be filled in included.
fn people_rows(book: &Book<'_>) -> (u32, u32) {
    let first = PEOPLE_ROW + 1;
    let rows = book.facts.page.people.len() + PEOPLE_FREE;
    (first, first + u32::try_from(rows).unwrap_or(u32::MAX) - 1)
}

/// The cells of the names, for the drop-down on another sheet.
pub(super) fn people_range(book: &Book<'_>) -> String {
    let (first, last) = people_rows(book);
    format!(
        "'{}'!$A${}:$A${}",
        book.t("sheet-notes"),
        first + 1,
        last + 1
    )
}

/// Who was given something so far, with room for others: the drop-down offers what stands here.
/// Gives the row of the next section.
fn people(book: &Book<'_>, sheet: &mut Sheet<'_>) -> Result<u32> {
    let looks = sheet.looks;
    sheet.say(PEOPLE_ROW, 0, &book.t("book-notes-people"), &looks.label)?;
    let (first, last) = people_rows(book);
    let mut names = book.facts.page.people.iter();
    for row in first..=last {
        let name = names.next().map_or_else(String::new, ToString::to_string);
        sheet.cell(row, 0, &Cell::Filled(name))?;
    }
    Ok(last + 2)
}

/// A title, headings and rows.
type Section = (String, Vec<String>, Vec<Vec<Cell>>);

fn section(
    sheet: &mut Sheet<'_>,
    at: u32,
    title: &str,
    headings: &[String],
    rows: &[Vec<Cell>],
) -> Result<u32> {
    let looks = sheet.looks;
    sheet.say(at, 0, title, &looks.label)?;
    sheet.headings(at + 1, headings)?;
    let mut next = at + 2;
    for cells in rows {
        sheet.fitted_row(next, &WIDTHS, cells)?;
        next += 1;
    }
    Ok(next + 1)
}

fn decisions(book: &Book<'_>) -> Section {
    let lang = book.lang();
    let row = |choice: Choice| {
        vec![
            Cell::Code(choice.id().to_owned()),
            Cell::Text(choice.word(lang)),
            Cell::Blank,
            Cell::Text(choice.meaning(lang)),
        ]
    };
    let headings = ["book-word", "book-decision", "", "book-meaning"];
    (
        book.t("book-notes-decisions"),
        named(book, &headings),
        Choice::ALL.map(row).to_vec(),
    )
}

fn named(book: &Book<'_>, keys: &[&str]) -> Vec<String> {
    let name = |key: &&str| {
        if key.is_empty() {
            String::new()
        } else {
            book.t(key)
        }
    };
    keys.iter().map(name).collect()
}

fn classes(book: &Book<'_>) -> Section {
    let lang = book.lang();
    let row = |class: &crate::classify::Class| {
        vec![
            Cell::Code(class.id.to_owned()),
            Cell::Text(class.label.get(lang).to_owned()),
            Cell::Text(severity(book, class.severity)),
            Cell::Text(class.explanation.get(lang).to_owned()),
            Cell::Text(class.advice.get(lang).to_owned()),
        ]
    };
    let headings = [
        "book-class",
        "column-class",
        "book-severity",
        "book-meaning",
        "column-advice",
    ];
    (
        book.t("book-notes-classes"),
        named(book, &headings),
        book.classes.iter().map(row).collect(),
    )
}

fn definitions(book: &Book<'_>) -> Section {
    let lang = book.lang();
    let mut known: Vec<&'static str> = Vec::new();
    for share in &book.report.shares {
        if !known.contains(&share.definition) {
            known.push(share.definition);
        }
    }
    let row = |id: &'static str| {
        let formula = crate::kpi::definition(id).map_or("", |known| known.formula.get(lang));
        vec![
            Cell::Code(id.to_owned()),
            Cell::Text(definition_name(lang, id)),
            Cell::Blank,
            Cell::Text(formula.to_owned()),
        ]
    };
    let headings = [
        "book-definition-id",
        "column-definition",
        "",
        "book-meaning",
    ];
    (
        book.t("annex-definitions"),
        named(book, &headings),
        known.into_iter().map(row).collect(),
    )
}

fn run(book: &Book<'_>) -> Section {
    let facts = book.report.run_box.iter();
    let row = |fact: &crate::report::model::Fact| {
        let label = Cell::Text(fact.label.clone());
        vec![
            label,
            Cell::Blank,
            Cell::Blank,
            Cell::Code(fact.value.clone()),
        ]
    };
    (book.t("annex-run"), Vec::new(), facts.map(row).collect())
}

fn signatures(book: &Book<'_>, sheet: &mut Sheet<'_>, at: u32) -> Result<()> {
    let looks = sheet.looks;
    sheet.say(at, 3, &book.t("sign-date"), &looks.intro)?;
    let places = [
        (0, "sign-prepared"),
        (1, "sign-checked"),
        (3, "sign-accountant"),
    ];
    for (col, key) in places {
        sheet.say(at + 1, col, &book.t(key), &looks.label)?;
        sheet.say(at + 2, col, &book.t("sign-hint"), &looks.intro)?;
    }
    Ok(())
}
