//! The night before, and that of a month ago, in `run.json`.

use serde::{Deserialize, Serialize};

use crate::domain::Fraction;
use crate::report::facts::{Figure, Previous, RunFacts};

/// The figures of the night before, by which the first page tells its changes.
#[derive(Serialize)]
pub(super) struct PreviousJson {
    business_date: String,
    /// The year's share of the first target; none without data.
    share: Option<FractionJson>,
    transactions: Figure,
    open: Figure,
    exceptions: Figure,
    overdue: Figure,
}

/// A share as its two parts.
#[derive(Serialize, Deserialize)]
pub(super) struct FractionJson {
    pub(super) numerator: i128,
    pub(super) denominator: i128,
}

impl FractionJson {
    pub(super) fn of(share: Fraction) -> Self {
        Self {
            numerator: share.num,
            denominator: share.den,
        }
    }
}

impl PreviousJson {
    fn of(before: &Previous) -> Self {
        Self {
            business_date: before.business_date.to_string(),
            share: before.share.map(FractionJson::of),
            transactions: before.transactions,
            open: before.open,
            exceptions: before.exceptions,
            overdue: before.overdue,
        }
    }
}

/// None in a period, which compares with no night.
pub(super) fn of(facts: &RunFacts) -> Option<PreviousJson> {
    let before = facts.previous.as_ref();
    before
        .filter(|_| facts.period().is_none())
        .map(PreviousJson::of)
}

/// The night of a month ago, by which the first page and the mail tell changes too.
pub(super) fn month_of(facts: &RunFacts) -> Option<PreviousJson> {
    let before = facts.page.month_before.as_ref();
    before
        .filter(|_| facts.period().is_none())
        .map(PreviousJson::of)
}
