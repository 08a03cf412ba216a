//! PURE: the rows of a table as they come, with a look at the next ones and at those since the last
//! entry.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::account;
use super::open::Table;
use super::sections::Section;
use crate::format::{FormatError, GridRow};

/// More bytes are not held between two entries.
const BETWEEN_MAX: usize = 4 << 20;

/// The rows of a table, some of them looked at before they are taken.
pub(super) struct Feed<'t> {
    rows: Box<dyn Iterator<Item = Cow<'t, GridRow>> + 't>,
    ahead: VecDeque<GridRow>,
    /// The place of the next row.
    pub(super) place: usize,
    /// Where the sheet ends.
    pub(super) end: usize,
    taken: Option<GridRow>,
}

impl<'t> Feed<'t> {
    pub(super) fn of(table: &'t Table) -> Self {
        Self {
            rows: table.rows.walk(),
            ahead: VecDeque::new(),
            place: 0,
            end: 0,
            taken: None,
        }
    }

    /// The next rows of the sheet, up to so many.
    pub(super) fn look(&mut self, count: usize) -> &[GridRow] {
        let count = count.min(self.end.saturating_sub(self.place));
        while self.ahead.len() < count {
            let Some(row) = self.rows.next() else { break };
            self.ahead.push_back(row.into_owned());
        }
        let rows = self.ahead.make_contiguous();
        rows.get(..count).unwrap_or(rows)
    }

    /// Takes the next row of the sheet.
    pub(super) fn next(&mut self) -> Option<&GridRow> {
        self.look(1).first()?;
        self.taken = self.ahead.pop_front();
        self.place += 1;
        self.taken.as_ref()
    }

    /// The last row taken.
    pub(super) fn last(self) -> Option<(usize, GridRow)> {
        Some((self.place.checked_sub(1)?, self.taken?))
    }
}

/// The rows since the last one of a statement, as long as they are few.
#[derive(Default)]
pub(super) struct Since {
    pub(super) rows: Vec<GridRow>,
    /// Their place.
    pub(super) from: usize,
    bytes: usize,
    /// What those that were asked so far tell, see [`Since::told`].
    asked: usize,
    account: Option<Box<str>>,
    numbered: bool,
}

impl Since {
    pub(super) fn clear(&mut self, from: usize) {
        self.rows.clear();
        (self.from, self.bytes, self.asked) = (from, 0, 0);
        (self.account, self.numbered) = (None, false);
    }

    pub(super) fn push(&mut self, row: &GridRow) {
        self.bytes = self.bytes.saturating_add(size_of_row(row));
        if self.bytes <= BETWEEN_MAX {
            self.rows.push(row.clone());
        }
    }

    /// The account that they name, and whether they tell a number that stands nowhere above the
    /// statement at hand: it may be another account. Each row is asked once.
    pub(super) fn told(
        &mut self,
        current: &Section,
        line: u64,
    ) -> Result<(Option<Box<str>>, bool), FormatError> {
        if self.bytes > BETWEEN_MAX {
            return Err(FormatError::TooWide { line });
        }
        let fresh = self.rows.get(self.asked..).unwrap_or_default();
        if self.account.is_none() {
            self.account = fresh.iter().find_map(account::account);
            self.numbered |= current.is_other_number(fresh);
        }
        self.asked = self.rows.len();
        Ok((self.account.clone(), self.numbered))
    }
}

/// Bytes that it takes, about.
pub(super) fn size_of_row(row: &GridRow) -> usize {
    row.cells.iter().map(|cell| 24 + cell.len()).sum::<usize>() + 48
}
