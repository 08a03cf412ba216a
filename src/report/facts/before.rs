//! The period before that of a report, of the same kind: the figures that its five numbers are
//! compared with, and what of it is not there.

use serde::Serialize;

use crate::domain::{Day, Fraction, Period};

use super::Figure;

/// The period before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeriodBefore {
    /// Its days.
    pub period: Period,
    /// First and last days of its stretches without a published night.
    pub lacking: Vec<(Day, Day)>,
    /// The required sources that did not tell nights of it in full, each with these nights.
    pub short: Vec<(Box<str>, Vec<Day>)>,
    /// Its figures; none where no night of it was published.
    pub told: Option<BeforeFigures>,
}

impl PeriodBefore {
    /// True when every day has its night, and every required source told all of it.
    pub fn is_whole(&self) -> bool {
        self.lacking.is_empty() && self.short.is_empty()
    }
}

/// What the nights of the period before tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BeforeFigures {
    /// The last night of it.
    pub last: Day,
    /// The transactions of its nights, as they were published.
    pub transactions: Figure,
    /// The share of the leading definition over it; none without data, or where it cannot be
    /// measured any more.
    pub share: Option<Fraction>,
    /// What was open after its last night; none where an older program published that.
    pub end: Option<AtEnd>,
}

/// What was open after a night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AtEnd {
    /// Open rows of the money sources.
    pub open: Figure,
    /// Open exceptions that need a person, with the money at risk.
    pub exceptions: Figure,
    /// Of these, those older than [`crate::report::model::OVERDUE_DAYS`] days.
    pub overdue: Figure,
}
