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
    /// What is known of the fee; none where nothing is.
    pub(super) fee: Option<i128>,
    /// None where a fee of the source is not known.
    pub(super) net: Option<i128>,
    /// What was paid, less fee and what was received; none as before.
    pub(super) rest: Option<i128>,
    /// Fee and what was paid, of sources that told every fee.
    rated: (i128, i128),
    pub(super) total: bool,
}

impl Page<'_> {
    /// Sources and means of payment, and below them the sum of what is known.
    pub(super) fn kept_rows(&self) -> Vec<Kept> {
        let row = |row: &KeptRow| {
            let is_told = !self.r.is_fee_unknown(&row.source);
            Kept {
                source: row.source.to_string(),
                instrument: instrument_word(self.r.lang, row.instrument),
                count: row.count,
                gross: row.gross,
                fee: self.r.known_fee(row),
                net: is_told.then_some(row.net),
                rest: is_told.then_some(row.gross - row.fee - row.net),
                rated: if is_told {
                    (row.fee, row.gross)
                } else {
                    (0, 0)
                },
                total: false,
            }
        };
        let mut rows: Vec<Kept> = self.r.kept.iter().map(row).collect();
        let mut all = Kept {
            source: self.t("row-total"),
            total: true,
            ..Kept::default()
        };
        let plus = |sum: &mut Option<i128>, part: Option<i128>| {
            *sum = part.map_or(*sum, |dong| Some(sum.unwrap_or(0) + dong));
        };
        for row in &rows {
            all.count = all.count.saturating_add(row.count);
            all.gross += row.gross;
            plus(&mut all.fee, row.fee);
            plus(&mut all.net, row.net);
            plus(&mut all.rest, row.rest);
            all.rated.0 += row.rated.0;
            all.rated.1 += row.rated.1;
        }
        let left_out = rows.iter().filter(|row| row.net.is_none()).count();
        if left_out > 0 {
            all.instrument = self.t1("kept-total-less", "n", self.n_of(left_out));
        }
        rows.push(all);
        rows
    }

    /// A sum in dong; a dash where it is not known, so that nobody takes 0 for it.
    pub(super) fn known(&self, dong: &Option<i128>) -> String {
        dong.map_or_else(|| "—".to_owned(), |dong| self.money(dong))
    }

    /// How a difference is shown: neither good nor bad where it is not known.
    pub(super) fn known_mark(&self, dong: &Option<i128>) -> &'static str {
        dong.map_or("", |dong| self.zero(&dong))
    }

    /// The fee as a part of what was paid; a dash where nothing was, or a fee is not known.
    pub(super) fn kept_rate(&self, row: &Kept) -> String {
        let rate = Fraction::new(row.rated.0, row.rated.1);
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
