//! Periods of the share and targets with validity.

use serde::Serialize;

use super::day::Day;
use super::fraction::Fraction;

/// A period of the share by `paid_on` (or the definition's own day), both ends included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Period {
    /// `YYYY-MM-DD`, `YYYY-MM`, `YYYY-Qn`, `YYYY`, `from/to`, or empty for the whole input.
    pub label: Box<str>,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

impl Period {
    /// One night.
    pub fn night(day: Day) -> Self {
        Self {
            label: day.to_string().into(),
            from: day,
            to: day,
        }
    }

    /// The month of `day`, up to `day`.
    pub fn month_to(day: Day) -> Self {
        Self {
            label: day.date().format("%Y-%m").to_string().into(),
            from: day.month_start(),
            to: day,
        }
    }

    /// The year of `day`, up to `day`.
    pub fn year_to(day: Day) -> Self {
        Self {
            label: day.date().format("%Y").to_string().into(),
            from: day.year_start(),
            to: day,
        }
    }

    /// True when `day` lies inside.
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// A target for one definition with a validity period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The definition's id.
    pub definition: Box<str>,
    /// The share to reach.
    pub share: Fraction,
    /// First day of validity.
    pub valid_from: Day,
    /// Last day of validity.
    pub valid_to: Option<Day>,
}
