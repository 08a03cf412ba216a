//! PURE: one statement of a file: which of its rows may be entries, and which stand beside them.

use super::heading::{Header, Role};
use super::places::Places;
use super::split::Headings;
use super::{account, amount, label, number_of, sums, time};
use crate::format::GridRow;

/// One statement: places of rows in the table.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Its header.
    pub(super) header: Header,
    /// Where the header stands.
    pub(super) head: usize,
    /// The first row of it, and what it means by its words.
    pub(super) first: GridRow,
    pub(super) words: Option<Header>,
    /// The rows above it.
    pub(super) above: Vec<GridRow>,
    /// The rows that may be entries.
    pub(super) rows: Places,
    /// The rows below the header that have no time: sums, balances, notes.
    pub(super) notes: Places,
    /// Its account, where told.
    pub(super) account: Option<Box<str>>,
    /// The last row that is one of its own.
    pub(super) last: usize,
    /// True behind a row of sums: only what looks like an entry is one.
    pub(super) tail: bool,
    /// Another account, once it is named without headings of its own.
    pub(super) foreign: Option<Box<str>>,
    /// True for the last of the file.
    pub(super) is_last: bool,
}

impl Section {
    pub(super) fn new(headings: &Headings, above: Vec<GridRow>) -> Self {
        let Headings { at, header, .. } = headings;
        Self {
            header: header.clone(),
            head: *at,
            first: headings.first.clone(),
            words: headings.words.clone(),
            above,
            rows: Places::default(),
            notes: Places::default(),
            account: None,
            last: (at + header.height).saturating_sub(1),
            tail: false,
            foreign: None,
            is_last: false,
        }
    }

    /// Takes a row that is no heading; false where it is an entry of another account.
    pub(super) fn take(&mut self, at: usize, row: &GridRow) -> bool {
        let when = self.header.cell(row, Role::Time);
        let dated = time::may_be(when);
        let told = !self.header.told(row).is_empty();
        let summed = sums::tells_sum(row, &self.header) == Some(true);
        if dated && summed {
            self.notes.push(at);
            return true;
        }
        if !dated {
            self.notes.push(at);
            let sum = sums::is_sum(row) || (summed && !label::is_balance(row));
            if sum || label::is_balance(row) {
                // an opening balance may be that of the next account
                if !label::is_opening(row) && self.foreign.is_none() {
                    self.last = at;
                }
                self.tail |= sum || !self.rows.is_empty();
                return true;
            }
            let named = account::begins_with_account(row, &self.header);
            let named = named.then(|| account::account(row)).flatten();
            let other = |named: &str| {
                let own = self.account.as_deref();
                own.is_some_and(|own| number_of(named) != number_of(own))
            };
            if let Some(named) = named.filter(|named| other(named)) {
                self.foreign = Some(named);
            }
        }
        if dated && !told {
            self.notes.push(at);
        }
        let empty = !dated && !told;
        if empty || (self.rows.is_empty() && is_index(row)) {
            return true;
        }
        if self.tail && !self.is_likely(row, dated, told) {
            return true;
        }
        if self.foreign.is_some() {
            return false;
        }
        self.tail &= !(dated && told);
        self.rows.push(at);
        self.last = at;
        true
    }

    /// True where a note between two tables tells a number that stands nowhere above the first: it
    /// may be another account.
    pub(super) fn is_other_number(&self, between: &[GridRow]) -> bool {
        let own = self.account.as_deref().map(number_of);
        let is_known = |number: &str| {
            let mut cells = self.above.iter().flat_map(|row| &row.cells);
            own.as_deref() == Some(number) || cells.any(|cell| cell.contains(number))
        };
        let mut numbers = between.iter().filter_map(account::long_number);
        numbers.any(|number| !is_known(&number))
    }

    /// Behind the sums: an entry, not the foot of a page.
    fn is_likely(&self, row: &GridRow, dated: bool, told: bool) -> bool {
        let filled = |role| !self.header.cell(row, role).is_empty();
        let when = self.header.cell(row, Role::Time);
        let digit = when.bytes().any(|b| b.is_ascii_digit());
        let like_date = digit && when.contains(['/', '-', '.']);
        let nameless = when.is_empty() && filled(Role::Reference) && filled(Role::Memo);
        told && (dated || like_date || nameless)
    }
}

/// True where both accounts are told and differ.
pub(super) fn other(known: Option<&str>, told: Option<&str>) -> bool {
    match (known, told) {
        (Some(known), Some(told)) => number_of(known) != number_of(told),
        (None, Some(_)) => true,
        _ => false,
    }
}

pub(super) fn same_cells(a: &GridRow, b: &GridRow) -> bool {
    let width = a.cells.len().max(b.cells.len());
    (0..width).all(|at| a.get(at) == b.get(at))
}

/// A row with a time and an amount that is not zero.
pub(super) fn is_entry(header: &Header, row: &GridRow) -> bool {
    let money = |cell: &str| {
        let styles = [amount::Style::PointDecimal, amount::Style::CommaDecimal];
        let read = styles.iter().find_map(|style| amount::read(cell, *style));
        read.is_some_and(|sum| !sum.is_zero())
    };
    let told = header.told(row);
    time::may_be(header.cell(row, Role::Time)) && told.iter().any(|(_, cell)| money(cell))
}

/// The numbers of the columns, which some tables have under their headings: `(1) (2) (3)`.
fn is_index(row: &GridRow) -> bool {
    let cells = row.cells.iter().filter(|cell| !cell.is_empty());
    let bare = cells.map(|cell| cell.trim_matches(['(', ')', '[', ']']).trim());
    let short = |cell: &str| matches!(cell.len(), 1..=2) && cell.is_ascii();
    let cells: Vec<&str> = bare.collect();
    let numbers: Vec<u8> = cells.iter().filter_map(|cell| cell.parse().ok()).collect();
    let rises = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    cells.len() > 2 && cells.iter().all(|cell| short(cell)) && numbers.len() > 1 && rises
}
