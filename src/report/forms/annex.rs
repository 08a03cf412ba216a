//! The annexes of the minutes: what is not matched at the end, row by row, and the payments of
//! certified sets; and the same differences as a CSV file of this provider alone.

use std::io;

use super::figures::{is_apart, is_exact, is_paid_since};
use super::minutes::Minutes;
use super::own;
use super::paper::{Block, Cell, Grid, Line, Row};
use crate::classify::{Class, OK};
use crate::domain::{MissingPayment, ProviderRow, Vnd};
use crate::report::csv::{self, DifferenceRow, Style};
use crate::report::facts::Figure;
use crate::report::model::row_kind;
use crate::text;

/// Differences listed in the annex; all of them stand in the CSV file.
pub(super) const LISTED: usize = 5_000;

pub(super) fn add(minutes: &Minutes<'_>, blocks: &mut Vec<Block>, classes: &[Class]) {
    blocks.push(Block::NewPage);
    differences(minutes, blocks, classes);
    let apart: Vec<&ProviderRow> = minutes.rows.iter().filter(|row| is_apart(row)).collect();
    if !apart.is_empty() {
        of_matched(minutes, blocks, &apart, classes);
    }
    let unseen: Vec<(&MissingPayment, &str)> = minutes.unseen_here().collect();
    if !unseen.is_empty() {
        of_party_a(minutes, blocks, &unseen);
    }
    own::add(minutes, blocks);
    let sets = minutes.rows.iter();
    let sets: Vec<&ProviderRow> = sets.filter(|row| row.in_set && is_exact(row)).collect();
    if !sets.is_empty() {
        of_sets(minutes, blocks, &sets);
    }
}

/// The file of the differences, by its name in the folder.
pub fn file_name(source: &str) -> String {
    format!("bien-ban-doi-soat_{source}_phu-luc.csv")
}

impl Minutes<'_> {
    /// The class of a row at the end of the period, and what became of it since where it counts
    /// under another day now.
    pub(super) fn standing(&self, row: &ProviderRow, classes: &[Class]) -> String {
        let class = self.class(&row.class, classes);
        let Some(since) = row.since else {
            return class;
        };
        let key = if is_paid_since(row) {
            "form-paid-since"
        } else {
            "form-moved-since"
        };
        let day = text::day(self.lang, since);
        text::say(self.lang, key, &[("class", &class), ("day", &day)])
    }

    /// The label of a class.
    pub(super) fn class(&self, id: &str, classes: &[Class]) -> String {
        if id == OK {
            return self.say("form-class-ok");
        }
        let known = classes.iter().find(|class| class.id == id);
        known.map_or_else(
            || id.to_owned(),
            |class| class.label.get(self.lang).to_owned(),
        )
    }
}

impl Minutes<'_> {
    /// All differences at the end of the period, as CSV.
    ///
    /// # Errors
    /// None that memory does not have.
    pub fn differences(&self, classes: &[Class]) -> io::Result<Vec<u8>> {
        let rows = self.closing.iter().map(|row| DifferenceRow {
            row,
            kind: row_kind(self.lang, &row.kind),
            label: self.standing(row, classes),
        });
        let mut bytes = Vec::new();
        csv::write_differences(&mut bytes, rows, Style::spreadsheet(self.lang))?;
        Ok(bytes)
    }
}

fn differences(minutes: &Minutes<'_>, blocks: &mut Vec<Block>, classes: &[Class]) {
    let lang = minutes.lang;
    blocks.push(Block::Line(Line::title(minutes.say("form-annex-title"))));
    let rows = (1_i128..).zip(minutes.closing.iter().take(LISTED));
    let mut rows: Vec<Row> = rows
        .map(|(at, row)| Row {
            cells: vec![
                Cell::Number(at),
                Cell::Day(row.business_date),
                Cell::Text(row.reference()),
                Cell::text(row.order_ref.as_deref().unwrap_or_default()),
                Cell::text(row.dossier.as_deref().unwrap_or_default()),
                Cell::text(row_kind(lang, &row.kind)),
                Cell::Text(minutes.standing(row, classes)),
                Cell::Number(row.amount.wide()),
            ],
            strong: false,
        })
        .collect();
    let amounts = minutes.closing.iter().map(|row| row.amount);
    rows.push(total(minutes, 6, rows.len(), amounts));
    let listed = if minutes.closing.len() > LISTED {
        let n = text::number(lang, i128::try_from(LISTED).unwrap_or_default());
        let file = file_name(minutes.provider.1);
        text::say(lang, "form-annex-cut", &[("n", &n), ("file", &file)])
    } else {
        let file = file_name(minutes.provider.1);
        text::say(lang, "form-annex-file", &[("file", &file)])
    };
    blocks.push(Block::Line(Line::plain(listed)));
    let columns = [
        ("form-col-no", 650),
        ("form-col-day", 1400),
        ("form-col-txn", 1300),
        ("form-col-order", 1250),
        ("form-col-dossier", 1300),
        ("form-col-kind", 1000),
        ("form-col-difference", 1300),
        ("form-col-amount", 1150),
    ];
    blocks.push(table(minutes, "form-sheet-annex", &columns, rows));
}

/// Says so where a table holds the first rows only.
pub(super) fn cut(minutes: &Minutes<'_>, blocks: &mut Vec<Block>, all: usize) {
    if all > LISTED {
        let number = |n: usize| text::number(minutes.lang, i128::try_from(n).unwrap_or_default());
        let (n, all) = (number(LISTED), number(all));
        let said = text::say(
            minutes.lang,
            "form-annex-first",
            &[("n", &n), ("all", &all)],
        );
        blocks.push(Block::Line(Line::plain(said)));
    }
}

/// Rows that are matched with a difference.
fn of_matched(
    minutes: &Minutes<'_>,
    blocks: &mut Vec<Block>,
    apart: &[&ProviderRow],
    classes: &[Class],
) {
    let lang = minutes.lang;
    blocks.push(Block::Line(Line::title(minutes.say("form-apart-title"))));
    blocks.push(Block::Line(Line::plain(minutes.say("form-apart-intro"))));
    cut(minutes, blocks, apart.len());
    let untold = || Cell::Right("—".to_owned());
    let rows = (1_i128..).zip(apart.iter().take(LISTED));
    let mut rows: Vec<Row> = rows
        .map(|(at, row)| Row {
            cells: vec![
                Cell::Number(at),
                Cell::Day(row.business_date),
                Cell::Text(row.reference()),
                Cell::text(row.dossier.as_deref().unwrap_or_default()),
                Cell::text(row_kind(lang, &row.kind)),
                Cell::Text(minutes.class(&row.class, classes)),
                Cell::Number(row.amount.wide()),
                row.difference
                    .map_or_else(untold, |dong| Cell::Number(dong.wide())),
            ],
            strong: false,
        })
        .collect();
    let mut sum = total(minutes, 5, rows.len(), apart.iter().map(|row| row.amount));
    sum.cells.push(Cell::text(""));
    rows.push(sum);
    let columns = [
        ("form-col-no", 650),
        ("form-col-day", 1400),
        ("form-col-txn", 1350),
        ("form-col-dossier", 1400),
        ("form-col-kind", 1000),
        ("form-col-difference", 1300),
        ("form-col-amount", 1150),
        ("form-col-left-over", 1100),
    ];
    blocks.push(table(minutes, "form-sheet-apart", &columns, rows));
}

/// What only party A has: called paid through this provider, and no money seen.
fn of_party_a(minutes: &Minutes<'_>, blocks: &mut Vec<Block>, unseen: &[(&MissingPayment, &str)]) {
    blocks.push(Block::Line(Line::title(minutes.say("form-unseen-title"))));
    blocks.push(Block::Line(Line::plain(minutes.say("form-unseen-intro"))));
    cut(minutes, blocks, unseen.len());
    let rows = (1_i128..).zip(unseen.iter().take(LISTED));
    let mut rows: Vec<Row> = rows
        .map(|(at, (fee, order))| Row {
            cells: vec![
                Cell::Number(at),
                Cell::Day(fee.business_date),
                Cell::text(*order),
                Cell::text(&*fee.dossier),
                Cell::text(&*fee.fee_id),
                Cell::Number(fee.amount.wide()),
            ],
            strong: false,
        })
        .collect();
    let amounts = unseen.iter().map(|(fee, _)| fee.amount);
    rows.push(total(minutes, 4, rows.len(), amounts));
    let columns = [
        ("form-col-no", 700),
        ("form-col-day", 1400),
        ("form-col-order", 2300),
        ("form-col-dossier", 2300),
        ("form-col-fee", 1200),
        ("form-col-amount", 1455),
    ];
    blocks.push(table(minutes, "form-sheet-unseen", &columns, rows));
}

fn of_sets(minutes: &Minutes<'_>, blocks: &mut Vec<Block>, sets: &[&ProviderRow]) {
    blocks.push(Block::Line(Line::title(minutes.say("form-sets-title"))));
    blocks.push(Block::Line(Line::plain(minutes.say("form-sets-intro"))));
    cut(minutes, blocks, sets.len());
    let rows = (1_i128..).zip(sets.iter().take(LISTED));
    let mut rows: Vec<Row> = rows
        .map(|(at, row)| Row {
            cells: vec![
                Cell::Number(at),
                Cell::Day(row.business_date),
                Cell::Text(row.reference()),
                Cell::text(row.order_ref.as_deref().unwrap_or_default()),
                Cell::Number(row.amount.wide()),
            ],
            strong: false,
        })
        .collect();
    let amounts = sets.iter().map(|row| row.amount);
    rows.push(total(minutes, 3, rows.len(), amounts));
    let columns = [
        ("form-col-no", 700),
        ("form-col-day", 1500),
        ("form-col-txn", 3000),
        ("form-col-order", 2500),
        ("form-col-amount", 1655),
    ];
    blocks.push(table(minutes, "form-sheet-sets", &columns, rows));
}

/// A sum behind so many empty cells; that of the rows above it where these are all.
fn total(
    minutes: &Minutes<'_>,
    empty: usize,
    listed: usize,
    amounts: impl ExactSizeIterator<Item = Vnd>,
) -> Row {
    let all = amounts.len();
    let sum: Figure = amounts.collect();
    let mut cells = vec![Cell::text(""); empty];
    cells.insert(1, Cell::Text(minutes.say("form-total")));
    cells.push(if listed == all {
        Cell::total(sum.sum_vnd)
    } else {
        Cell::Number(sum.sum_vnd)
    });
    Row {
        cells,
        strong: true,
    }
}

pub(super) fn table(
    minutes: &Minutes<'_>,
    name: &str,
    columns: &[(&str, u32)],
    rows: Vec<Row>,
) -> Block {
    let column = |(at, (key, width)): (usize, &(&str, u32))| {
        let heading = minutes.say(key);
        let cells = rows.iter().filter_map(|row| row.cells.get(at));
        let texts = cells.map(|cell| cell.shown(minutes.lang));
        let width = wanted(&heading, texts, *width);
        (heading, width)
    };
    let columns = columns.iter().enumerate().map(column).collect();
    Block::Table(Grid {
        name: minutes.say(name),
        columns,
        rows,
    })
}

/// The room of a letter of a table, and of the white around a cell, in twentieths of a point.
const EACH_LETTER: u32 = 112;
const AROUND: u32 = 220;
/// Longer texts take lines.
const LONG: u32 = 30;

/// The part of the room that a column asks for: that of its longest text; an empty one leaves its
/// room to the others. That no word is broken is seen to where the table is drawn.
fn wanted(heading: &str, texts: impl Iterator<Item = String>, told: u32) -> u32 {
    let letters = |text: &str| {
        u32::try_from(text.chars().count())
            .unwrap_or(LONG)
            .min(LONG)
    };
    let longest = texts.map(|text| letters(&text)).max().unwrap_or(0);
    let words = heading.split_whitespace().map(letters);
    let needs = EACH_LETTER * longest.max(words.max().unwrap_or(0)) + AROUND;
    let told = if longest == 0 { 0 } else { told / 4 };
    needs.max(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_asks_for_its_longest_text_and_an_empty_one_for_little() {
        let texts = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let code = texts(&["", "000.00.31.H48-221206-0009"]);
        let full = wanted("Mã hồ sơ", code.into_iter(), 1_300);
        let none = wanted("Yêu cầu", texts(&["", ""]).into_iter(), 1_250);
        // 25 digits of half a width of letters of 11 points
        assert!(full >= 25 * 110, "{full}");
        assert!(none < 800, "{none}");
    }
}
