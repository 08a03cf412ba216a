//! A period as two runs knew it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Figure;
use crate::domain::{Arrived, Day, Moved};
use crate::kpi::Share;
use crate::report::model::Totals;

/// The nights of a period that are added up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NightsKnown {
    /// Each with the version that was known.
    pub versions: BTreeMap<Day, u32>,
    /// The transactions of all money sources.
    pub totals: Totals,
}

/// A period as known by the earlier of two runs, and by the last of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsKnown {
    /// The night whose run knew it then.
    pub then: Day,
    /// The night whose run knows it now.
    pub now: Day,
    /// The shares of the period, of the whole unit and of agencies, then and now; none now where a
    /// definition is not measured any more.
    pub shares: Vec<(Share, Option<Share>)>,
    /// Money rows of the period's days that were not matched, then and now.
    pub open: (Figure, Figure),
    /// Exceptions of the period's days that ask for a person, then and now.
    pub work: (Figure, Figure),
    /// Rows and decisions that came between.
    pub arrived: Vec<Arrived>,
    /// Items of the total that count otherwise.
    pub moved: Vec<Moved>,
    /// Payments of which money went back by a row that came between, by key: that row, and the
    /// night that told it.
    pub given_back: BTreeMap<Box<str>, (Box<str>, Day)>,
    /// The sums of its nights then and now; none where it is a night.
    pub nights: Option<(NightsKnown, NightsKnown)>,
}
