//! What was matched tonight or changed tonight, a row a link.

use rust_xlsxwriter::Worksheet;

use crate::domain::Lang;
use crate::matching::Role;
use crate::report::csv::{self, sorted_links};
use crate::report::facts::RunFacts;
use crate::report::model::{Index, LinkView};
use crate::settle::Settlement;
use crate::text;

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head, Written};

/// The column of the amounts, and of the roles' ids.
pub(super) const AMOUNT: u16 = 5;
pub(super) const ROLE: u16 = 0;

/// The links in the order of `links.csv`; in a period those of its nights.
pub(super) fn rows(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Vec<LinkView> {
    if let Some(nights) = facts.of_nights() {
        return nights.links.clone();
    }
    let links = sorted_links(csv::night_groups(settlement, facts));
    let view = |link| LinkView::of(index, link, facts.lang);
    links.into_iter().map(view).collect()
}

pub(super) fn write(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-links")?;
    let title = book.of_nights("sheet-links");
    let intro = if book.report.period.is_none() {
        book.report.say_of_night("book-links-intro")
    } else {
        let of_nights = book.report.say_of_nights("", "book-links-intro-period");
        book.with_untold_rows(of_nights)
    };
    let head = Head {
        first_col: 1,
        freeze_col: 3,
        ..Head::new(&title, &intro, "links.csv")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let mut table = vec![
        plain("book-role-id", 0),
        plain("column-source", 13),
        plain("book-money-id", 22),
        plain("book-paid-on", 11),
        plain("pairing-dossier", 25),
        Column::total(book.t("column-sum"), 14, Look::Money),
        plain("book-fee-id", 8),
        plain("book-role", 13),
        plain("pairing-how", 19),
        plain("book-score", 7),
        plain("book-margin", 7),
        plain("part-evidence", 42),
    ];
    if book.report.period.is_some() {
        table.push(plain("column-night", 11));
    }
    let rows = book.links.iter().map(|link| cells(book, link));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

fn cells(book: &Book<'_>, link: &LinkView) -> Vec<Cell> {
    let source = match link.money.source.as_str() {
        "cash" => book.t("tie-cash"),
        name => name.to_owned(),
    };
    let mut cells = vec![
        Cell::Code(link.role.id().to_owned()),
        Cell::Text(source),
        Cell::Code(link.money.id.to_string()),
        link.paid_on.map_or(Cell::Blank, Cell::Day),
        Cell::Code(link.dossier.to_string()),
        Cell::Money(link.amount.wide()),
        Cell::Code(link.fee.to_string()),
        Cell::Text(role(book.lang(), link.role)),
        Cell::Text(link.how.to_owned()),
        Cell::Whole(link.score.into()),
        link.margin
            .map_or(Cell::Blank, |margin| Cell::Whole(margin.into())),
        Cell::Text(link.evidence.to_string()),
    ];
    cells.extend(link.night.map(Cell::Day));
    cells
}

fn role(lang: Lang, role: Role) -> String {
    let key = match role {
        Role::Settles => "role-settles",
        Role::Surplus => "role-surplus",
        Role::Refund => "role-refund",
        Role::Reversal => "role-reversal",
        Role::Duplicate => "role-duplicate",
        Role::Sighting => "role-sighting",
        Role::Member => "role-member",
    };
    text::say(lang, key, &[])
}
