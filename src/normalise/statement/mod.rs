//! PURE: a bank's or gateway's table of entries, in whatever columns it comes: where the header is,
//! what each column means, what the entries add up to, and whether the balances agree.
//!
//! Headings are compared folded (no marks, upper case), Vietnamese and English. The header is found
//! by its words within the first rows, never by a fixed position; entries end at the totals row.

pub mod amount;
pub mod heading;
pub mod message;
pub mod time;

use rust_decimal::Decimal;

use super::cells::Fault;
use super::memo::fold_name;
use crate::domain::RejectCode;
use crate::format::{Grid, GridRow};
use amount::Style;
use heading::{Header, Role};

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
    let (at, header) = heading::find(&grid.rows)?;
    let (above, below) = (&grid.rows[..at], &grid.rows[at + 1..]);
    let end = below.iter().position(is_total).unwrap_or(below.len());
    let (rows, after) = below.split_at(end);
    let cells = rows.iter().flat_map(|row| header.amounts(row));
    let style = amount::style_of(cells);
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
    let mut statement = Statement {
        style,
        time_format: time::format_of(rows.iter().map(|row| header.cell(row, Role::Time))),
        account: text(&["SO TAI KHOAN", "ACCOUNT NO", "ACCOUNT NUMBER"]),
        currency: text(&["LOAI TIEN", "CURRENCY", "TIEN TE"]),
        entries: 0,
        credits: Sum::default(),
        debits: Sum::default(),
        opening: told(&["SO DU DAU", "OPENING BALANCE"]),
        closing: told(&["SO DU CUOI", "CLOSING BALANCE"]),
        balanced: None,
        faults: Vec::new(),
        header,
    };
    let mut balances = Vec::new();
    for row in rows {
        statement.entry(row, &mut balances);
    }
    statement.balanced = statement.check(&balances);
    Some(statement)
}

impl Statement {
    /// Adds one row.
    fn entry(&mut self, row: &GridRow, balances: &mut Vec<(Decimal, Decimal)>) {
        let when = self.header.cell(row, Role::Time);
        let told: Vec<(usize, &str)> = self.header.told(row);
        if told.is_empty() && !time::is_time(when) {
            return; // a note, a page break, an opening line
        }
        match self.signed(&told) {
            Ok(_) if !time::is_time(when) => {
                let fault = Fault::new("time", when, RejectCode::BadTime);
                self.fault(row, Role::Time, fault);
            }
            Ok(amount) => {
                self.entries += 1;
                if amount < Decimal::ZERO {
                    self.debits.add(-amount);
                } else {
                    self.credits.add(amount);
                }
                let balance = self.header.cell(row, Role::Balance);
                if let Some(balance) = amount::read(balance, self.style) {
                    balances.push((amount, balance));
                }
            }
            Err((role, fault)) => self.fault(row, role, fault),
        }
    }

    fn fault(&mut self, row: &GridRow, role: Role, fault: Fault) {
        let heading = self.header.heading(role).unwrap_or_default().to_owned();
        self.faults.push((row.line, heading, fault));
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

    /// See [`Statement::balanced`]. Rows may run up or down in time.
    fn check(&self, balances: &[(Decimal, Decimal)]) -> Option<bool> {
        if let (Some(opening), Some(closing)) = (self.opening, self.closing) {
            let end = opening
                .checked_add(self.credits.sum)?
                .checked_sub(self.debits.sum)?;
            return Some(end == closing);
        }
        let whole = u64::try_from(balances.len()).is_ok_and(|n| n == self.entries);
        if balances.len() < 2 || !whole {
            return None;
        }
        let up = balances
            .windows(2)
            .all(|w| w[0].1.checked_add(w[1].0) == Some(w[1].1));
        let down = balances
            .windows(2)
            .all(|w| w[1].1.checked_add(w[0].0) == Some(w[0].1));
        Some(up || down)
    }
}

/// True for the row that ends the entries.
fn is_total(row: &GridRow) -> bool {
    let first = row.cells.iter().find(|cell| !cell.is_empty());
    let folded = first.map(|cell| fold_name(cell)).unwrap_or_default();
    let ends = [
        "TONG SO",
        "TONG CONG",
        "TONG PHAT SINH",
        "CONG PHAT SINH",
        "TOTAL",
        "SO DU CUOI",
        "CLOSING BALANCE",
    ];
    ends.iter().any(|end| folded.starts_with(end))
}

/// What stands beside a label: after a colon in its own cell, else in the next cells of the row.
fn beside<T>(row: &GridRow, labels: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let is_label = |cell: &str| {
        let folded = fold_name(cell);
        labels
            .iter()
            .any(|label| folded.starts_with(label) || folded.contains(&format!(" {label}")))
    };
    let at = row.cells.iter().position(|cell| is_label(cell))?;
    let own = row.cells[at]
        .rsplit_once(':')
        .map(|(_, value)| value.trim());
    let own = own.filter(|value| !value.is_empty());
    let rest = row.cells[at + 1..].iter().map(|cell| &**cell);
    let next = rest.filter(|cell| !cell.is_empty());
    own.into_iter().chain(next).find_map(read)
}
