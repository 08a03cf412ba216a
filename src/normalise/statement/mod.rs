//! PURE: a bank's or gateway's table of entries, in whatever columns it comes: where the header is,
//! what each column means, what the entries add up to, and whether the balances agree.
//!
//! Headings are compared folded (no marks, upper case), Vietnamese and English. The header is found
//! by its words within the first rows, or by the configured mapping, never by a fixed position.
//! A file may hold several statements (`sections`).

mod account;
mod adding;
pub mod again;
pub mod amount;
mod beside;
mod check;
mod corrections;
mod directing;
mod direction;
mod dong;
mod feed;
pub mod heading;
mod label;
pub mod message;
mod numbers;
pub mod open;
mod places;
mod reading;
mod returned;
pub mod rows;
mod run;
mod sections;
mod settlement;
mod split;
mod sums;
mod tables;
pub mod time;
mod totals;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use rust_decimal::Decimal;

use super::cells::Fault;
use crate::domain::{Day, Flaw, RejectCode};
use crate::format::GridRow;
use amount::{Style, text as text_of};
use heading::{Header, Role};
use open::{Matters, Odd, Table};

pub use dong::Nets;
pub use places::Places;
pub use reading::{Account, Reading, number_of, read_message, read_table};
pub use settlement::{Words, words_of};
pub use tables::{Read, each_entry, read_tables};

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its header.
    pub header: Header,
    /// How amounts are written.
    pub style: Style,
    /// How times are written.
    pub times: time::Column,
    /// Account, where told.
    pub account: Option<Box<str>>,
    /// Currency, where told.
    pub currency: Option<Box<str>>,
    /// What its amounts are counted in, where it says that this is not the dong; it stands above
    /// what a row tells.
    unit: Option<&'static str>,
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
    /// Rows that are no entry although they stand among the entries: the first of them, in a file
    /// with very many.
    pub faults: Vec<(u64, String, Fault)>,
    /// How many these are.
    pub faulty: u64,
    /// Entries that are added up and that no night takes as they are, as they are no amounts in
    /// dong: the first of them.
    pub refused: Vec<(u64, String, Fault)>,
    /// How many these are.
    pub refusals: u64,
    /// Entries that succeeded and do not add up with their fee.
    pub nets: Option<Nets>,
    /// The places of these.
    unread: Places,
    /// Money out and in as the totals row tells them.
    pub totals: [Option<Decimal>; 2],
    /// The period that the rows above the header tell.
    pub period: Option<(Day, Day)>,
    /// The days of its entries.
    pub days: BTreeSet<Day>,
    /// The balances before the first and after the last entry, by the running balances.
    pub ends: Option<(Decimal, Decimal)>,
    /// The place of the last row, where the text ends in it; the place behind it, where a page
    /// ends between two rows of its table.
    pub cut: Option<usize>,
    /// The line of the last row, where there is such a place.
    cut_line: u64,
    /// Rows between which the running balances do not follow from each other.
    pub breaks: Vec<Flaw>,
    /// Rows of sums that its entries do not add up to.
    pub sums: Vec<Flaw>,
    /// The places of the rows that may be entries.
    pub rows: Places,
    /// The first date that would be another day with the month first.
    doubt: Option<Doubt>,
    /// True where an amount shows how groups or decimals are separated.
    pub separated: bool,
    /// True where an amount has a sign.
    pub signed: bool,
    /// True where money out is written with a minus.
    minus: bool,
    /// True where all amounts are money in, as the mapping says.
    only_in: bool,
    /// The words of the column that tells which way money went.
    words: direction::Words,
}

/// Columns that hold an id.
const IDS: [Role; 3] = [Role::Reference, Role::OrderRef, Role::Account];

/// A cell, the day it was taken for, and the form by which it would be another.
type Doubt = (Box<str>, Day, &'static str);

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
        let iso = self.times.iso(when);
        if told.is_empty() && iso.is_none() {
            return TableRow::Nothing;
        }
        if let Some(iso) = &iso
            && sums::tells_sum(row, &self.header).is_some()
        {
            // a sum or what somebody paid for
            let memo = self.header.cell(row, Role::Memo);
            let value = if memo.is_empty() { iso } else { memo };
            let fault = Fault::new("memo", value, RejectCode::BadRecord);
            let amount = self.signed(row, &told).ok();
            return TableRow::Fault(Role::Memo, fault, amount);
        }
        match (self.signed(row, &told), iso) {
            (Ok(amount), Some(iso)) => match self.lost_id(row) {
                Some((role, fault)) => TableRow::Fault(role, fault, Some(amount)),
                None => TableRow::Entry(amount, iso),
            },
            (Ok(amount), None) => {
                let code = self.times.fault(when);
                TableRow::Fault(Role::Time, Fault::new("time", when, code), Some(amount))
            }
            (Err((role, fault)), _) => TableRow::Fault(role, fault, None),
        }
    }

    /// A date of which nothing in the file says which of its numbers is the month, where all are
    /// such: a cell, the day it was taken for, and the form with the month first. A period that the
    /// file tells, that holds all of its days and has a number above 12, says it.
    pub fn assumed(&self) -> Option<(&str, Day, &'static str)> {
        let proves = |(from, to): (Day, Day)| {
            let beyond = |day: Day| day.date().day() > 12;
            let holds = self.days.iter().all(|day| (from..=to).contains(day));
            holds && (beyond(from) || beyond(to))
        };
        if !self.times.assumed || self.period.is_some_and(proves) {
            return None;
        }
        let (cell, day, form) = self.doubt.as_ref()?;
        Some((cell, *day, form))
    }

    /// The form of its dates, where these alone told that the month stands first.
    pub fn turned(&self) -> Option<&'static str> {
        self.times.form.filter(|_| self.times.turned)
    }

    /// An id that a spreadsheet wrote as a power of ten, `1.2E+17`: its digits are gone.
    fn lost_id(&self, row: &GridRow) -> Option<(Role, Fault)> {
        IDS.into_iter().find_map(|role| {
            let cell = self.header.cell(row, role);
            let fault = || Fault::new("", cell, RejectCode::LostDigits);
            is_power(cell).then(|| (role, fault()))
        })
    }

    /// A cell of an entry that is not what it seems. A row number or a note may be as long as it
    /// likes, and a computed balance decides nothing.
    pub fn odd<'t>(&self, table: &'t Table, place: usize) -> Option<&'t Odd> {
        let mut odd = table.odd_in(place).iter();
        odd.find(|odd| {
            let role = self.header.role(odd.at);
            match odd.matters {
                Matters::InId => IDS.contains(&role),
                Matters::Missing => false,
                Matters::Everywhere => !matches!(
                    (role, odd.code),
                    (Role::Other, _) | (Role::Balance, RejectCode::Formula)
                ),
            }
        })
    }

    /// What is told of a row at fault, and the column: where a value is missing that a formula
    /// should give, the formula.
    fn blamed(&self, table: &Table, place: usize, (role, fault): (Role, Fault)) -> (Role, Fault) {
        let missing = fault.value.is_empty();
        let whole = role == Role::Time;
        let solves = |odd: &&Odd| {
            let of = self.header.role(odd.at);
            let amount = matches!(of, Role::Amount | Role::Debit | Role::Credit);
            odd.matters == Matters::Missing && if whole { of == role } else { amount }
        };
        match table.odd_in(place).iter().find(solves) {
            Some(odd) if missing => {
                let role = self.header.role(odd.at);
                (role, Fault::new("", &odd.value, odd.code))
            }
            _ => (role, fault),
        }
    }

    /// The amount of an entry, negative when money went out.
    fn signed(&self, row: &GridRow, told: &[(usize, &str)]) -> Result<Decimal, (Role, Fault)> {
        let mut sum = None;
        for (at, cell) in told {
            let role = self.header.role(*at);
            let fault = |code| (role, Fault::new("amount", cell, code));
            if self.words.doubts(role, cell) {
                return Err(fault(RejectCode::BadDirection));
            }
            let read = if role == Role::Debit {
                amount::size(cell, self.style).map(|amount| self.of_debit(amount))
            } else {
                amount::read(cell, self.style)
            };
            let amount = read.ok_or_else(|| fault(amount::fault(cell, self.style)))?;
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
        let sum = sum.ok_or_else(missing)?;
        self.directed(row, sum).ok_or_else(|| {
            let cell = self.header.cell(row, Role::Direction);
            let role = if self.header.at(Role::Direction).is_some() {
                Role::Direction
            } else {
                Role::Amount
            };
            let value = if cell.is_empty() { &text_of(sum) } else { cell };
            (
                role,
                Fault::new("direction", value, RejectCode::BadDirection),
            )
        })
    }
}

/// Of each balance how many rows more end with it than begin with it, of rows that lead from one
/// balance to another.
pub(super) fn loose(rows: impl Iterator<Item = (Decimal, Decimal)>) -> BTreeMap<Decimal, i64> {
    let mut loose: BTreeMap<Decimal, i64> = BTreeMap::new();
    for (before, after) in rows {
        *loose.entry(after).or_default() += 1;
        *loose.entry(before).or_default() -= 1;
    }
    loose.retain(|_, n| *n != 0);
    loose
}

/// `1.2E+17`.
fn is_power(cell: &str) -> bool {
    let Some((digits, power)) = cell.split_once(['E', 'e']) else {
        return false;
    };
    let all = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, rest) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let whole = whole.trim_start_matches('-');
    let power = power.strip_prefix('+').filter(|power| power.len() >= 2);
    all(whole) && all(rest) && power.is_some_and(all)
}

#[cfg(test)]
mod tests;
