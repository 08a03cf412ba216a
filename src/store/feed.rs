//! What was asked of each source and what came: feed days and probed orders.

use super::{Store, StoreError};
use crate::domain::{Completeness, Day, PaymentOrder, SourceName};

/// How complete one day of one feed is. A day once complete stays complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedDay {
    /// The day.
    pub day: Day,
    /// Its state.
    pub state: Completeness,
}

/// When an order is asked about again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbeRules {
    /// Nightly for so many days after it was made (3), then weekly.
    pub nightly_days: u32,
    /// Nightly for so many days after it settled (7).
    pub reprobe_days: u32,
    /// Without a word of the registry an order expires after so many days (90).
    pub expire_days: u32,
}

impl Default for ProbeRules {
    fn default() -> Self {
        Self {
            nightly_days: 3,
            reprobe_days: 7,
            expire_days: 90,
        }
    }
}

/// An order to ask about tonight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeOrder {
    /// The order.
    pub order: PaymentOrder,
    /// The day of the money that settled it, where it is settled.
    pub settled_on: Option<Day>,
}

/// The outcome of asking about one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeOutcome {
    /// The order.
    pub order_id: Box<str>,
    /// True when an answer came (also "unknown order"); false keeps it on the list.
    pub answered: bool,
}

impl Store {
    /// Days of `source` that did not come completely, in order.
    pub async fn incomplete_days(&self, _source: &SourceName) -> Result<Vec<Day>, StoreError> {
        todo!()
    }

    /// The orders of `provider` (a source's kind or name) that `source` should be asked about on
    /// `night`, by order id.
    pub async fn orders_to_probe(
        &self,
        _provider: &str,
        _source: &SourceName,
        _night: Day,
        _rules: ProbeRules,
    ) -> Result<Vec<ProbeOrder>, StoreError> {
        todo!()
    }

    /// Remembers which orders were answered on `night`.
    pub async fn save_probes(
        &self,
        _source: &SourceName,
        _night: Day,
        _outcomes: &[ProbeOutcome],
    ) -> Result<(), StoreError> {
        todo!()
    }
}
