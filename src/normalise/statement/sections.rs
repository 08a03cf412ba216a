//! PURE: the statements of a file: where each begins, which of its rows may be entries, and what
//! would be lost. Pages repeat their headings and have sums of their own; a sheet or a second
//! account may follow. Rows go on where the same headings stand again; a table of another shape is
//! not read, and that it is not is told.

use std::ops::Range;

use super::heading::{self, Header, Role};
use super::open::Table;
use super::{account, amount, label, number_of, sums, time};
use crate::format::GridRow;
use crate::source::Mapping;

/// One statement: places of rows in the table.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Its header.
    pub(super) header: Header,
    /// Where the header stands.
    head: usize,
    /// The rows above it.
    pub(super) above: Range<usize>,
    /// The rows that may be entries.
    pub(super) rows: Vec<usize>,
    /// The rows below the header that have no time: sums, balances, notes.
    pub(super) notes: Vec<usize>,
    /// Its account, where told.
    pub(super) account: Option<Box<str>>,
    /// The last row that is one of its own.
    last: usize,
    /// True behind a row of sums: only what looks like an entry is one.
    tail: bool,
    /// Another account, once it is named without headings of its own.
    foreign: Option<Box<str>>,
    /// True for the last of the file.
    pub(super) is_last: bool,
}

impl Section {
    fn new(head: usize, header: Header, above: Range<usize>) -> Self {
        let last = (head + header.height).saturating_sub(1);
        Self {
            header,
            head,
            above,
            rows: Vec::new(),
            notes: Vec::new(),
            account: None,
            last,
            tail: false,
            foreign: None,
            is_last: false,
        }
    }

    /// Takes a row that is no heading; false where it is an entry of another account.
    fn take(&mut self, at: usize, row: &GridRow) -> bool {
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

/// The statements of a table, and where the first row stands that none of them reads.
#[derive(Debug)]
pub(super) struct Split {
    /// In order.
    pub(super) sections: Vec<Section>,
    /// Sheet and place of the first row that is lost.
    pub(super) unread: Option<(usize, usize)>,
}

/// Splits a table.
///
/// # Errors
/// The headings that are missing; an empty list when no row looks like a header.
pub(super) fn split(table: &Table, mapping: &Mapping) -> Result<Split, Vec<String>> {
    let mut walk = Walk {
        rows: &table.grid.rows,
        mapping,
        mapped: mapping.headings().next().is_some(),
        sections: Vec::new(),
        unread: None,
    };
    let (mut missing, mut bare) = (Vec::new(), Vec::new());
    for (sheet, (_, range)) in table.sheets.iter().enumerate() {
        match walk.find(range) {
            Ok((head, header)) => walk.sheet(sheet, range, head, header),
            Err(lacking) => {
                bare.push((sheet, range.clone()));
                if missing.is_empty() {
                    missing = lacking;
                }
            }
        }
    }
    let Some(first) = walk.sections.first().map(|section| section.header.clone()) else {
        return Err(missing);
    };
    for (sheet, range) in bare {
        let lost = walk.first_entry(&first, range.clone());
        let lost = lost.or_else(|| {
            let rows = walk.rows.get(range.clone())?;
            let (at, header) = heading::find(rows)?;
            walk.first_entry(&header, range.start + at + header.height..range.end)
        });
        walk.lose(sheet, lost);
    }
    if let Some(last) = walk.sections.last_mut() {
        last.is_last = true;
    }
    Ok(Split {
        sections: walk.sections,
        unread: walk.unread,
    })
}

struct Walk<'t> {
    rows: &'t [GridRow],
    mapping: &'t Mapping,
    mapped: bool,
    sections: Vec<Section>,
    unread: Option<(usize, usize)>,
}

impl Walk<'_> {
    /// The header of a sheet and where it stands.
    fn find(&self, range: &Range<usize>) -> Result<(usize, Header), Vec<String>> {
        let rows = self.rows.get(range.clone()).unwrap_or_default();
        let (at, header) = if self.mapped {
            heading::find_mapped(rows, self.mapping)?
        } else {
            heading::find(rows).ok_or_else(Vec::new)?
        };
        Ok((range.start + at, header))
    }

    /// Reads a sheet from its header on.
    fn sheet(&mut self, sheet: usize, range: &Range<usize>, head: usize, header: Header) {
        // a table that stands above the one with more headings
        for at in range.start..head {
            let upper = heading::header_at(self.rows.get(..head).unwrap_or_default(), at);
            let lost = upper.and_then(|upper| self.first_entry(&upper, at + upper.height..head));
            if lost.is_some() {
                self.lose(sheet, lost);
                break;
            }
        }
        let above = range.start..head;
        let account = self.account(above.clone());
        let mut next = head + header.height;
        let opens = |at: usize| self.rows.get(at).is_some_and(label::is_balance);
        let opens = above.clone().any(opens);
        let before = self.sections.last();
        let before = before.filter(|b| !other(b.account.as_deref(), account.as_deref()));
        if before.is_some_and(|before| !self.is_like(before, head, &header)) {
            let lost = self.first_entry(&header, next..range.end);
            self.lose(sheet, lost);
            return;
        }
        if let Some(before) = before.filter(|_| opens) {
            let account = before.account.clone();
            self.begin(head, header, above, account);
        } else if before.is_none() {
            self.begin(head, header, above, account);
        } else if let Some(before) = self.sections.last_mut() {
            // the same statement goes on
            before.notes.extend(above);
            (before.tail, before.foreign) = (false, None);
            before.last = next.saturating_sub(1);
        }
        while next < range.end {
            next = self.step(sheet, next, range.end);
        }
    }

    fn begin(
        &mut self,
        head: usize,
        header: Header,
        above: Range<usize>,
        account: Option<Box<str>>,
    ) {
        let section = Section::new(head, header, above);
        self.sections.push(Section { account, ..section });
    }

    /// Takes the row at a place, or the headings that begin there; tells where to go on.
    fn step(&mut self, sheet: usize, at: usize, end: usize) -> usize {
        let (Some(row), Some(current)) = (self.rows.get(at), self.sections.last()) else {
            return end;
        };
        if let Some(header) = self.heading(current, at, end) {
            return self.next_table(sheet, at, end, header);
        }
        let Some(current) = self.sections.last_mut() else {
            return end;
        };
        if !current.take(at, row) {
            self.lose(sheet, Some(at));
        }
        at + 1
    }

    /// The headings that begin at a place below the first ones.
    fn heading(&self, current: &Section, at: usize, end: usize) -> Option<Header> {
        let (row, head) = (self.rows.get(at)?, self.rows.get(current.head)?);
        if same_cells(row, head) {
            let header = current.header.clone();
            return Some(Header {
                line: row.line,
                ..header
            });
        }
        let rows = self.rows.get(..end).filter(|_| heading::is_wordy(row));
        heading::header_at(rows?, at)
    }

    /// What stands under headings below the first: the same statement, one of another account, or
    /// what is not read.
    fn next_table(&mut self, sheet: usize, at: usize, end: usize, header: Header) -> usize {
        let below = at + header.height;
        let Some(current) = self.sections.last() else {
            return end;
        };
        let between = current.last + 1..at;
        let account = self.account(between.clone());
        let account = account.or_else(|| current.foreign.clone());
        let foreign = account.is_some() && other(current.account.as_deref(), account.as_deref());
        let like = self.is_like(current, at, &header);
        let unknown = account.is_none() && self.is_other_number(current, &between);
        if like && !foreign && !unknown {
            if let Some(current) = self.sections.last_mut() {
                (current.tail, current.foreign) = (false, None);
            }
            return below;
        }
        if foreign && (like || !self.mapped) {
            let header = if like {
                Header {
                    line: header.line,
                    ..current.header.clone()
                }
            } else {
                header
            };
            if let Some(current) = self.sections.last_mut() {
                current.notes.retain(|note| !between.contains(note));
            }
            self.begin(at, header, between, account);
            return below;
        }
        let stop = (below..end).find(|next| self.heading(current, *next, end).is_some());
        let stop = stop.unwrap_or(end);
        let lost = self.first_entry(&header, below..stop);
        self.lose(sheet, lost);
        stop
    }

    /// True where a note between two tables tells a number that stands nowhere above the first: it
    /// may be another account.
    fn is_other_number(&self, current: &Section, between: &Range<usize>) -> bool {
        let own = current.account.as_deref().map(number_of);
        let above = self.rows.get(current.above.clone()).unwrap_or_default();
        let is_known = |number: &str| {
            let mut cells = above.iter().flat_map(|row| &row.cells);
            own.as_deref() == Some(number) || cells.any(|cell| cell.contains(number))
        };
        let notes = self.rows.get(between.clone()).unwrap_or_default();
        let mut numbers = notes.iter().filter_map(account::long_number);
        numbers.any(|number| !is_known(&number))
    }

    /// True where the headings at a place have the shape of the section's own.
    fn is_like(&self, section: &Section, at: usize, header: &Header) -> bool {
        let (Some(row), Some(head)) = (self.rows.get(at), self.rows.get(section.head)) else {
            return false;
        };
        if same_cells(row, head) {
            return true;
        }
        let words = |at| heading::header_at(self.rows, at);
        match (words(section.head), words(at)) {
            (Some(own), Some(other)) => own.is_like(&other),
            _ => section.header.is_like(header),
        }
    }

    fn account(&self, range: Range<usize>) -> Option<Box<str>> {
        let rows = self.rows.get(range).unwrap_or_default();
        rows.iter().find_map(account::account)
    }

    /// The first row of a range that is an entry by a header.
    fn first_entry(&self, header: &Header, mut range: Range<usize>) -> Option<usize> {
        range.find(|at| self.rows.get(*at).is_some_and(|row| is_entry(header, row)))
    }

    fn lose(&mut self, sheet: usize, place: Option<usize>) {
        self.unread = self.unread.or(place.map(|place| (sheet, place)));
    }
}

/// True where both accounts are told and differ.
fn other(known: Option<&str>, told: Option<&str>) -> bool {
    match (known, told) {
        (Some(known), Some(told)) => number_of(known) != number_of(told),
        (None, Some(_)) => true,
        _ => false,
    }
}

fn same_cells(a: &GridRow, b: &GridRow) -> bool {
    let width = a.cells.len().max(b.cells.len());
    (0..width).all(|at| a.get(at) == b.get(at))
}

/// A row with a time and an amount that is not zero.
fn is_entry(header: &Header, row: &GridRow) -> bool {
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
