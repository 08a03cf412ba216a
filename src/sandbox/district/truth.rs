//! The truth about the share: payment events and their exact count.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::{District, Scenario};

/// What one payer did at one moment: the unit of the transaction-based share.
///
/// One transfer for two dossiers is one event; phí and lệ phí paid together in cash are one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Paid without cash.
    pub cashless: bool,
    /// When the payer paid.
    pub at: NaiveDateTime,
    /// When a reconciliation could first know of it.
    pub known_at: NaiveDateTime,
    /// When all of it had been given back.
    pub returned_at: Option<NaiveDateTime>,
    /// Agencies it pays for.
    pub agencies: Vec<&'static str>,
    /// Dossiers it pays for.
    pub dossiers: Vec<String>,
    /// The story it belongs to.
    pub scenario: Scenario,
}

/// Cashless events over all events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Cashless events.
    pub numerator: u64,
    /// All events.
    pub denominator: u64,
}

impl Share {
    fn add(&mut self, event: &Event) {
        self.numerator += u64::from(event.cashless);
        self.denominator += 1;
    }
}

impl District {
    /// The true share of the events paid in `[from, to]`, with everything that ever became known:
    /// (numerator, denominator).
    pub fn truth_share(&self, from: NaiveDate, to: NaiveDate) -> (u64, u64) {
        let share = self.share(from, to, NaiveDateTime::MAX);
        (share.numerator, share.denominator)
    }

    /// The same as it could be known at `at`: later returns have not happened, late rows not
    /// arrived.
    pub fn truth_share_known(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        at: NaiveDateTime,
    ) -> (u64, u64) {
        let share = self.share(from, to, at);
        (share.numerator, share.denominator)
    }

    /// [`Self::truth_share_known`] for each agency that has events; an event counts once in each
    /// agency it pays for.
    pub fn truth_share_by_agency(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        at: NaiveDateTime,
    ) -> BTreeMap<&'static str, Share> {
        let mut shares: BTreeMap<&'static str, Share> = BTreeMap::new();
        for event in self.counted(from, to, at) {
            for agency in &event.agencies {
                shares.entry(agency).or_default().add(event);
            }
        }
        shares
    }

    fn share(&self, from: NaiveDate, to: NaiveDate, at: NaiveDateTime) -> Share {
        let mut share = Share::default();
        self.counted(from, to, at)
            .for_each(|event| share.add(event));
        share
    }

    fn counted(
        &self,
        from: NaiveDate,
        to: NaiveDate,
        at: NaiveDateTime,
    ) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| {
            let paid_on = event.at.date();
            let in_period = from <= paid_on && paid_on <= to;
            in_period && event.known_at <= at && event.returned_at.is_none_or(|back| back > at)
        })
    }
}
