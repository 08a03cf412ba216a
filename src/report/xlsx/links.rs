//! What was matched tonight or changed tonight, a row a link.

use rust_xlsxwriter::Worksheet;

use crate::domain::{Day, DossierCode, FeeId, Lang};
use crate::matching::{Leg, MatchGroup, Role};
use crate::report::csv::sorted_links;
use crate::report::model::Index;
use crate::text;

use super::Book;
use super::looks::Look;
use super::sheet::{Cell, Result};
use super::table::{Column, Head, Written};

/// The column of the amounts, and of the roles' ids.
pub(super) const AMOUNT: u16 = 5;
pub(super) const ROLE: u16 = 0;

/// One link, ready to be printed.
pub(super) struct LinkRow {
    source: String,
    id: String,
    paid_on: Option<Day>,
    dossier: String,
    fee: String,
    pub(super) amount: i128,
    pub(super) role: Role,
    pass: &'static str,
    score: u16,
    margin: Option<u16>,
    evidence: String,
}

/// The links in the order of `links.csv`.
pub(super) fn rows(index: &Index<'_>, groups: Vec<&MatchGroup>, lang: Lang) -> Vec<LinkRow> {
    let links = sorted_links(groups);
    let row = |(leg, group): (&Leg, &MatchGroup)| {
        let mut evidence = index.say(lang, &leg.why);
        for said in &group.evidence {
            evidence.push_str("; ");
            evidence.push_str(&index.say(lang, said));
        }
        let paid = index.txn(&leg.money).map(|txn| txn.paid_on);
        let collected = || index.receipt(&leg.money).map(|at| at.collected_at.day());
        LinkRow {
            source: leg.money.source.to_string(),
            id: leg.money.id.to_string(),
            paid_on: paid.or_else(collected),
            dossier: leg
                .dossier_code
                .as_ref()
                .map_or("", DossierCode::as_str)
                .to_owned(),
            fee: leg.fee_id.as_ref().map_or("", FeeId::as_str).to_owned(),
            amount: leg.amount.wide(),
            role: leg.role,
            pass: group.label().get(lang),
            score: group.score,
            margin: group.margin,
            evidence,
        }
    };
    links.into_iter().map(row).collect()
}

pub(super) fn write(book: &Book<'_>) -> Result<(Worksheet, Written)> {
    let mut sheet = book.sheet("sheet-links")?;
    let title = book.of_night("sheet-links");
    let intro = book.report.say_of_night("book-links-intro");
    let head = Head {
        first_col: 1,
        freeze_col: 3,
        ..Head::new(&title, &intro, "links.csv")
    };
    let plain = |key: &str, width| Column::new(book.t(key), width);
    let table = [
        plain("book-role-id", 0),
        plain("column-source", 16),
        plain("book-money-id", 26),
        plain("book-paid-on", 12),
        plain("pairing-dossier", 25),
        Column::total(book.t("column-sum"), 16, Look::Money),
        plain("book-fee-id", 10),
        plain("book-role", 16),
        plain("pairing-how", 26),
        plain("book-score", 8),
        plain("book-margin", 8),
        plain("part-evidence", 60),
    ];
    let rows = book.links.iter().map(|link| cells(book, link));
    let written = sheet.table(&head, &table, rows, book.rows_max)?;
    Ok((sheet.to, written))
}

fn cells(book: &Book<'_>, link: &LinkRow) -> Vec<Cell> {
    let source = match link.source.as_str() {
        "cash" => book.t("tie-cash"),
        name => name.to_owned(),
    };
    vec![
        Cell::Code(link.role.id().to_owned()),
        Cell::Text(source),
        Cell::Code(link.id.clone()),
        link.paid_on.map_or(Cell::Blank, Cell::Day),
        Cell::Code(link.dossier.clone()),
        Cell::Money(link.amount),
        Cell::Code(link.fee.clone()),
        Cell::Text(role(book.lang(), link.role)),
        Cell::Text(link.pass.to_owned()),
        Cell::Whole(link.score.into()),
        link.margin
            .map_or(Cell::Blank, |margin| Cell::Whole(margin.into())),
        Cell::Text(link.evidence.clone()),
    ]
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
