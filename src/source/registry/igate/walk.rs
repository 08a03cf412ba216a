//! One walk through the list of dossiers, and what tells that it held everything.

use std::collections::{BTreeMap, BTreeSet};

use super::wire::{Page, Row};
use crate::domain::Day;
use crate::source::error::Gap;

/// One walk through the list.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The first page, to be found again at the end: in whatever order, as dossiers that changed at
    /// one instant have none.
    pub(super) first: BTreeSet<(Box<str>, Box<str>)>,
    /// How many rows it has.
    pub(super) page_rows: usize,
    rows: BTreeMap<Box<str>, Row>,
    /// How many dossiers the pages hold: each of a page once, so that more of them than there are
    /// in `rows` stood on two pages, and as many stood on none.
    listed: usize,
    pub(super) totals: BTreeSet<Option<u64>>,
    /// The time of the last row whose time could be read.
    pub(super) oldest_ms: Option<i64>,
    /// False once a later row was told after an earlier one.
    pub(super) falling: bool,
    pub(super) ended: bool,
}

impl Walk {
    /// Takes a page; tells how many dossiers are new.
    pub(super) fn take(&mut self, page: Page, first: bool) -> usize {
        if first {
            self.first = stamps(&page.rows);
            self.page_rows = page.rows.len();
            self.falling = true;
        }
        self.totals.insert(page.total);
        let on_page: BTreeSet<&str> = page.rows.iter().map(|row| &*row.key).collect();
        self.listed += on_page.len();
        let before = self.rows.len();
        for row in page.rows {
            if let Some(ms) = row.updated_ms {
                self.falling &= self.oldest_ms.is_none_or(|oldest| ms <= oldest);
                self.oldest_ms = Some(ms);
            }
            let known = self.rows.get(&row.key);
            if known.is_none_or(|known| known.updated_ms < row.updated_ms) {
                self.rows.insert(row.key.clone(), row);
            }
        }
        self.rows.len() - before
    }

    /// True when everything from `from` on has been told; a list that is not in order has to be
    /// read to its end.
    pub(super) fn is_past(&self, from: Day) -> bool {
        self.falling
            && self
                .oldest_ms
                .is_some_and(|oldest| oldest < from.start_ms())
    }

    /// True when nothing moved meanwhile, no dossier stood on two pages, and a list read to its end
    /// has its total. Of dossiers that changed at one instant the order is open, and may be another
    /// on each page: as long as no dossier stands on two of them, the pages hold as many dossiers
    /// as they have places, and that is all that changed since the last of them.
    pub(super) fn is_whole(&self, again: &Page) -> bool {
        let total = self.totals.iter().next().copied().flatten();
        let held = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
        let still = self.totals.len() == 1
            && self.totals.contains(&again.total)
            && self.first == stamps(&again.rows);
        still && self.repeated() == 0 && (!self.ended || total.is_none_or(|total| total == held))
    }

    pub(super) fn changed(self, from: Day) -> Vec<Row> {
        let since = from.start_ms();
        // what cannot be dated is kept: `normalise` puts it aside
        let in_time = |row: &Row| row.updated_ms.is_none_or(|ms| ms >= since);
        self.rows.into_values().filter(in_time).collect()
    }

    /// How many dossiers stood on two pages.
    fn repeated(&self) -> usize {
        self.listed.saturating_sub(self.rows.len())
    }

    pub(super) fn gap(&self, again: &Page) -> Gap {
        if self.repeated() > 0 {
            return Gap::Repeated {
                rows: self.repeated(),
            };
        }
        let totals = self.totals.iter().copied().chain([again.total]);
        Gap::Short {
            expected: totals.flatten().max().unwrap_or(0),
            got: u64::try_from(self.rows.len()).unwrap_or(u64::MAX),
        }
    }

    pub(super) fn gap_of_total(&self) -> Gap {
        Gap::Short {
            expected: self.totals.iter().flatten().max().copied().unwrap_or(0),
            got: u64::try_from(self.rows.len()).unwrap_or(u64::MAX),
        }
    }
}

/// Which dossiers a page tells, and of when.
fn stamps(rows: &[Row]) -> BTreeSet<(Box<str>, Box<str>)> {
    let stamp = |row: &Row| (row.key.clone(), row.dossier.updated.clone());
    rows.iter().map(stamp).collect()
}
