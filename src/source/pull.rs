//! What one night's reading of one source brought, and how complete it is.

use std::collections::BTreeMap;

use super::error::SourceError;
use super::record::Record;
use crate::domain::{Completeness, Day};

/// Whether a day came in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayState {
    /// Every row that the source has for the day, by the source's own word where it gives one.
    Complete,
    /// Not all of it: none of its rows stands in the pull.
    Incomplete,
}

/// A source's own count for a day beside ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayControl {
    /// Rows by the source's word.
    pub expected: u64,
    /// Rows delivered, counted the way the source counts.
    pub delivered: u64,
}

impl DayControl {
    /// True when both agree.
    pub fn ties(self) -> bool {
        self.expected == self.delivered
    }
}

/// What one reading brought. Nothing of a half-read day, and nothing at all of a refused pull,
/// stands in `records`; the raw bytes are in the archive either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// The records, in an order that does not depend on the provider's pages. Identical repeats are
    /// dropped; the same id with other content stands here with both contents.
    pub records: Vec<Record>,
    /// Payments proved only by an answer about their refund (see `provider/vnpay.rs`): they fill a
    /// gap, end a payment that is stored as pending or unmapped, and must not contradict one whose
    /// end is stored.
    pub implied: Vec<Record>,
    /// Every business day of the window; empty for a probe.
    pub days: BTreeMap<Day, DayState>,
    /// The source's own totals for days read in full, where it tells them.
    pub control: BTreeMap<Day, DayControl>,
    /// A probe: orders to be asked about.
    pub asked: u64,
    /// A probe: orders with a definite answer, "no such transaction" included.
    pub answered: u64,
    /// A probe: orders for which the provider knows a transaction.
    pub known: u64,
    /// A probe: orders without an answer, in the order asked.
    pub unanswered: Vec<Box<str>>,
    /// A probe: those of them that were asked about and failed, or that cannot be asked about; the
    /// others merely wait.
    pub failed: Vec<Box<str>>,
    /// How complete: `complete`, `partial`, `missing` or `refused` (`late` needs a clock and is the
    /// job's word).
    pub state: Completeness,
    /// Why it is not complete.
    pub trouble: Option<SourceError>,
}

impl Pull {
    /// A pull of which nothing came.
    pub fn empty(state: Completeness) -> Self {
        Self {
            records: Vec::new(),
            implied: Vec::new(),
            days: BTreeMap::new(),
            control: BTreeMap::new(),
            asked: 0,
            answered: 0,
            known: 0,
            unanswered: Vec::new(),
            failed: Vec::new(),
            state,
            trouble: None,
        }
    }

    /// True when no row may be kept and the exit code is 12.
    pub fn is_refused(&self) -> bool {
        self.state == Completeness::Refused
    }

    /// Days of the window that did not come in full.
    pub fn missing_days(&self) -> impl Iterator<Item = Day> + '_ {
        let missing =
            |(day, state): (&Day, &DayState)| (*state == DayState::Incomplete).then_some(*day);
        self.days.iter().filter_map(missing)
    }
}
