//! PURE: a bank's or gateway's table of entries, in whatever columns it comes: where the header is,
//! what each column means, what the entries add up to, and whether the balances agree.
//!
//! Headings are compared folded (no marks, upper case), Vietnamese and English. The header is found
//! by its words within the first rows, or by the configured mapping, never by a fixed position;
//! entries end at the totals row.

pub mod again;
pub mod amount;
mod check;
pub mod heading;
mod label;
pub mod message;
pub mod open;
mod reading;
pub mod rows;
mod settlement;
pub mod time;

use std::collections::BTreeSet;
use std::ops::Range;

use rust_decimal::Decimal;

use super::cells::Fault;
use crate::domain::{Day, Flaw, RejectCode};
use crate::format::{Grid, GridRow};
use crate::source::Mapping;
use amount::Style;
use heading::{Header, Role};
use label::{beside, is_total};

pub use reading::{Account, Reading, number_of, read_message, read_table};

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its header.
    pub header: Header,
    /// How amounts are written.
    pub style: Style,
    /// How times are written, where one form covers them.
    pub time_format: Option<&'static str>,
    /// Account, where told.
    pub account: Option<Box<str>>,
    /// Currency, where told.
    pub currency: Option<Box<str>>,
    /// Entries read.
    pub entries: u64,
    /// Money in.
    pub credits: Sum,
    /// Money out.
    pub debits: Sum,
    /// Opening balance, where told.
    pub opening: Option<Decimal>,
    /// Closing balance, where told.
    pub closing: Option<Decimal>,
    /// Whether opening, entries and closing agree, or, without them, each running balance with the
    /// one before; none where there is nothing to check.
    pub balanced: Option<bool>,
    /// Rows that are no entry although they stand among the entries.
    pub faults: Vec<(u64, String, Fault)>,
    /// Money out and in as the totals row tells them.
    pub totals: [Option<Decimal>; 2],
    /// The period that the rows above the header tell.
    pub period: Option<(Day, Day)>,
    /// The days of its entries.
    pub days: BTreeSet<Day>,
    /// The balances before the first and after the last entry, by the running balances.
    pub ends: Option<(Decimal, Decimal)>,
    /// The line of the last row, where the text ends in it.
    pub cut: Option<u64>,
    /// Rows between which the running balances do not follow from each other.
    pub breaks: Vec<Flaw>,
    /// The rows of the grid among which the entries stand.
    pub rows: Range<usize>,
}

/// How many, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Entries.
    pub count: u64,
    /// Their sum.
    pub sum: Decimal,
}

impl Sum {
    fn add(&mut self, amount: Decimal) {
        self.count += 1;
        self.sum = self.sum.saturating_add(amount);
    }
}

/// Reads a table; none when no row looks like a header.
pub fn read(grid: &Grid) -> Option<Statement> {
    read_by(grid, &Mapping::default()).ok()
}

/// Reads a table as a mapping says; without headings in it, by the words of the header.
///
/// # Errors
/// The headings that are missing; an empty list when no row looks like a header.
pub fn read_by(grid: &Grid, mapping: &Mapping) -> Result<Statement, Vec<String>> {
    let mapped = mapping.headings().next().is_some();
    let (at, header) = if mapped {
        heading::find_mapped(&grid.rows, mapping)?
    } else {
        heading::find(&grid.rows).ok_or_else(Vec::new)?
    };
    let (above, below) = (&grid.rows[..at], &grid.rows[at + 1..]);
    let end = below.iter().position(is_total).unwrap_or(below.len());
    let (rows, after) = below.split_at(end);
    let style = Style::of(mapping).unwrap_or_else(|| {
        let cells = rows.iter().flat_map(|row| header.amounts(row));
        amount::style_of(cells)
    });
    let told = |words: &[&str]| {
        let mut rows = above.iter().chain(rows).chain(after);
        rows.find_map(|row| beside(row, words, |cell| amount::read(cell, style)))
    };
    let text = |words: &[&str]| {
        above.iter().find_map(|row| {
            beside(row, words, |cell| {
                let word = cell.split_whitespace().next()?;
                Some(Box::<str>::from(word))
            })
        })
    };
    let times = || rows.iter().map(|row| header.cell(row, Role::Time));
    let mut statement = Statement {
        style,
        time_format: mapping.time_format.or_else(|| time::format_of(times())),
        account: text(&["SO TAI KHOAN", "ACCOUNT NO", "ACCOUNT NUMBER"]),
        currency: text(&["LOAI TIEN", "CURRENCY", "TIEN TE"]),
        entries: 0,
        credits: Sum::default(),
        debits: Sum::default(),
        opening: told(&["SO DU DAU", "OPENING BALANCE"]),
        closing: told(&["SO DU CUOI", "CLOSING BALANCE"]),
        balanced: None,
        faults: Vec::new(),
        totals: label::totals(after, &header, style),
        period: label::period(above),
        days: BTreeSet::new(),
        ends: None,
        cut: None,
        breaks: Vec::new(),
        rows: at + 1..at + 1 + end,
        header,
    };
    let mut balances = Vec::new();
    for row in rows {
        statement.entry(row, &mut balances);
    }
    let last = rows.last().filter(|_| after.is_empty());
    statement.cut = statement.cut_line(&balances, last);
    let way = statement.way(&balances);
    statement.balanced = statement.check(&way);
    (statement.ends, statement.breaks) = (way.ends, way.breaks);
    Ok(statement)
}

/// What a row of a table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableRow {
    /// A note, a page break, an opening line.
    Nothing,
    /// An entry: its amount, negative when money went out, and its time as ISO text.
    Entry(Decimal, String),
    /// No entry although it stands among them; its amount, where readable.
    Fault(Role, Fault, Option<Decimal>),
}

impl Statement {
    /// What a row is.
    pub fn row(&self, row: &GridRow) -> TableRow {
        let when = self.header.cell(row, Role::Time);
        let told: Vec<(usize, &str)> = self.header.told(row);
        let iso = time::iso(when, self.time_format);
        if told.is_empty() && iso.is_none() {
            return TableRow::Nothing;
        }
        match (self.signed(&told), iso) {
            (Ok(amount), Some(iso)) => TableRow::Entry(amount, iso),
            (Ok(amount), None) => {
                let fault = Fault::new("time", when, RejectCode::BadTime);
                TableRow::Fault(Role::Time, fault, Some(amount))
            }
            (Err((role, fault)), _) => TableRow::Fault(role, fault, None),
        }
    }

    /// Adds one row.
    fn entry(&mut self, row: &GridRow, balances: &mut Vec<check::Running>) {
        match self.row(row) {
            TableRow::Nothing => {}
            TableRow::Entry(amount, iso) => {
                self.entries += 1;
                if amount < Decimal::ZERO {
                    self.debits.add(-amount);
                } else {
                    self.credits.add(amount);
                }
                self.days.extend(time::day_of(&iso));
                let balance = self.header.cell(row, Role::Balance);
                if let Some(balance) = amount::read(balance, self.style) {
                    balances.push(check::Running {
                        line: row.line,
                        nth: self.entries,
                        account: self.header.cell(row, Role::Account).into(),
                        at: iso,
                        amount,
                        balance,
                    });
                }
            }
            TableRow::Fault(role, fault, _) => {
                let heading = self.header.heading(role).unwrap_or_default().to_owned();
                self.faults.push((row.line, heading, fault));
            }
        }
    }

    /// The amount of an entry, negative when money went out.
    fn signed(&self, told: &[(usize, &str)]) -> Result<Decimal, (Role, Fault)> {
        let mut sum = None;
        for (at, cell) in told {
            let role = self.header.role(*at);
            let fault = |code| (role, Fault::new("amount", cell, code));
            let amount =
                amount::read(cell, self.style).ok_or_else(|| fault(RejectCode::BadAmount))?;
            let amount = if role == Role::Debit {
                -amount.abs()
            } else {
                amount
            };
            match sum {
                // the unused side is empty or zero
                Some(known) if known != Decimal::ZERO && amount != Decimal::ZERO => {
                    return Err(fault(RejectCode::BadRecord));
                }
                Some(known) if amount == Decimal::ZERO => sum = Some(known),
                _ => sum = Some(amount),
            }
        }
        let missing = || {
            (
                self.header.amount_role(),
                Fault::new("amount", "", RejectCode::MissingValue),
            )
        };
        sum.ok_or_else(missing)
    }
}
