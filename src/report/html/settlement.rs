//! What the providers kept, source by source, and the proposals that wait for a person.

use std::collections::BTreeMap;

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
    /// Payments whose fee nobody told.
    pub(super) untold: u64,
    pub(super) total: bool,
}

impl Kept {
    /// True where no fee of it is known.
    fn is_untold(&self) -> bool {
        self.untold > 0 && self.untold == self.count
    }
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
            untold: row.untold,
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
            all.untold += row.untold;
        }
        rows.push(all);
        rows
    }

    /// A sum of a row, in dong; a dash where the fee of none of its payments is known, so that
    /// nobody takes 0 for it.
    pub(super) fn kept_sum(&self, row: &Kept, dong: &i128) -> String {
        if row.is_untold() {
            return "—".to_owned();
        }
        self.money(*dong)
    }

    /// Payments whose fee nobody told, by source; none where every fee is known.
    pub(super) fn untold_fees(&self) -> Option<String> {
        let mut sources: BTreeMap<&str, u64> = BTreeMap::new();
        for row in self.r.kept.iter().filter(|row| row.untold > 0) {
            *sources.entry(&row.source).or_default() += row.untold;
        }
        let said = sources.iter().map(|(source, n)| {
            let args = [("source", (*source).to_owned()), ("n", self.n(*n))];
            self.say("kept-untold-of", &args)
        });
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| self.say("kept-untold", &[("sources", said.join("; "))]))
    }

    /// How the difference of a row is shown: neither good nor bad where no fee is known.
    pub(super) fn kept_mark(&self, row: &Kept) -> &'static str {
        if row.is_untold() {
            return "";
        }
        self.zero(&row.rest)
    }

    /// The fee as a part of what was paid; a dash where nothing was, or no fee is known.
    pub(super) fn kept_rate(&self, row: &Kept) -> String {
        if row.is_untold() {
            return "—".to_owned();
        }
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
