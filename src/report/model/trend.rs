//! Pure: the headline's share night by night. A day without a published night is a gap, not a zero.

use crate::domain::{Day, Fraction};
use crate::report::facts::{Figure, RunFacts, TrendPoint};

use super::{ShareRow, Totals};

/// One day of the trend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrendRow {
    /// The day.
    pub day: Day,
    /// The night's figures; none where no night was published.
    pub point: Option<TrendPoint>,
}

/// The days from the first known night to tonight, at most `days` of them.
pub fn trend(
    facts: &RunFacts,
    headline: Option<&ShareRow>,
    totals: &Totals,
    days: u32,
) -> Vec<TrendRow> {
    let tonight = facts.business_date;
    let point = tonight_of(tonight, headline, totals.transactions, totals.open);
    let first = tonight.minus(days.saturating_sub(1));
    let mut known: Vec<&TrendPoint> = facts
        .trend
        .iter()
        .filter(|point| first <= point.business_date && point.business_date < tonight)
        .collect();
    known.push(&point);
    known.sort_by_key(|point| point.business_date);
    let mut rows = Vec::new();
    for point in known {
        let before = rows.last().map(|row: &TrendRow| row.day.plus(1));
        let mut day = before.unwrap_or(point.business_date);
        while day < point.business_date {
            rows.push(TrendRow { day, point: None });
            day = day.plus(1);
        }
        rows.push(TrendRow {
            day: point.business_date,
            point: Some(point.clone()),
        });
    }
    rows
}

fn tonight_of(
    business_date: Day,
    headline: Option<&ShareRow>,
    transactions: Figure,
    open: Figure,
) -> TrendPoint {
    let of = |pick: fn(&ShareRow) -> Option<Fraction>| headline.and_then(pick);
    TrendPoint {
        business_date,
        share: of(|row| row.point),
        low: of(|row| row.low),
        high: of(|row| row.high),
        target: of(|row| row.target),
        transactions,
        open,
    }
}
