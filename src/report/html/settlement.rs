//! What the providers kept, source by source, and the proposals that wait for a person.

use crate::domain::{ExceptionId, Fraction};
use crate::report::model::{KeptRow, instrument_word};
use crate::text;

use super::Page;

/// A row of what the providers kept, the last one their sum; dong.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) source: String,
    pub(super) instrument: String,
    pub(super) count: u64,
    pub(super) gross: i128,
    pub(super) fee: i128,
    pub(super) net: i128,
    /// What was paid, less fee and what was received.
    pub(super) rest: i128,
    pub(super) total: bool,
}

impl Page<'_> {
    /// Sources and means of payment, and below them their sum.
    pub(super) fn kept_rows(&self) -> Vec<Kept> {
        let row = |row: &KeptRow| Kept {
            source: row.source.to_string(),
            instrument: instrument_word(self.r.lang, row.instrument),
            count: row.count,
            gross: row.gross,
            fee: row.fee,
            net: row.net,
            rest: row.gross - row.fee - row.net,
            total: false,
        };
        let mut rows: Vec<Kept> = self.r.kept.iter().map(row).collect();
        let mut all = Kept {
            source: self.t("row-total"),
            total: true,
            ..Kept::default()
        };
        for row in &rows {
            all.count = all.count.saturating_add(row.count);
            all.gross += row.gross;
            all.fee += row.fee;
            all.net += row.net;
            all.rest += row.rest;
        }
        rows.push(all);
        rows
    }

    /// The fee as a part of what was paid; a dash where nothing was.
    pub(super) fn kept_rate(&self, row: &Kept) -> String {
        let rate = Fraction::new(row.fee, row.gross);
        rate.map_or_else(|| "—".to_owned(), |rate| text::percent(self.r.lang, rate))
    }

    /// True when the page has a row for the exception.
    pub(super) fn is_listed(&self, id: &ExceptionId) -> bool {
        let list = &self.r.exceptions;
        let in_full = || list.shown.iter().any(|view| *view.id == *id.as_str());
        in_full() || list.lines().any(|line| line.id == *id)
    }

    /// How many payments with proposals are not told.
    pub(super) fn proposals_more(&self) -> u64 {
        let shown = u64::try_from(self.r.proposals.shown.len()).unwrap_or(u64::MAX);
        self.r.proposals.count.saturating_sub(shown)
    }
}
