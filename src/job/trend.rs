//! What the published nights before said: read from their own `run.json`, as published.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::{Day, Fraction, Target};
use crate::report::{Figure, TrendPoint};
use crate::store::RunRecord;

/// The trend goes back this many days.
pub(super) const TREND_DAYS: u32 = 60;

/// What the trend needs of a document: most of it is the list of exceptions.
#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    share: Value,
    #[serde(default)]
    totals: Value,
}

/// The year's share of the first target and the totals of each night, in order of the nights.
pub(super) fn of(nights: &[RunRecord], targets: &[Target]) -> Vec<TrendPoint> {
    points(nights, targets, "%Y")
}

/// The same with the share of the period that `label` names: `%Y` the year, `%Y-%m` the month.
pub(super) fn points(nights: &[RunRecord], targets: &[Target], label: &str) -> Vec<TrendPoint> {
    let definition = targets
        .first()
        .map_or("TX_CASHLESS", |target| &*target.definition);
    let point = |run: &RunRecord| {
        let Shown { share, totals } = serde_json::from_str(&run.run_json).ok()?;
        let document = json!({"share": share, "totals": totals});
        let period = run.business_date.date().format(label).to_string();
        let share = share_of(&document, definition, &period);
        Some(point(&document, share, run.business_date))
    };
    nights.iter().filter_map(point).collect()
}

fn point(document: &Value, share: Option<&Value>, night: Day) -> TrendPoint {
    let decimal = |name: &str| decimal(share?[name].as_str()?);
    let whole = |name: &str| share?[name].as_i64().map(i128::from);
    let known = share.is_some_and(|share| share["share"].is_string());
    let point = || Fraction::new(whole("numerator")?, whole("denominator")?);
    TrendPoint {
        business_date: night,
        share: known.then(point).flatten(),
        low: decimal("low"),
        high: decimal("high"),
        target: decimal("target"),
        transactions: figure(document, "transactions"),
        open: figure(document, "open"),
    }
}

/// The year's share of a definition for the whole unit.
pub(super) fn year_of<'d>(document: &'d Value, definition: &str, night: Day) -> Option<&'d Value> {
    share_of(document, definition, &night.date().format("%Y").to_string())
}

/// The share of a definition and a period for the whole unit.
fn share_of<'d>(document: &'d Value, definition: &str, period: &str) -> Option<&'d Value> {
    let is_it = |share: &&Value| {
        share["definition"] == definition && share["scope"] == "" && share["period"] == period
    };
    document["share"].as_array()?.iter().find(is_it)
}

/// One of the totals.
pub(super) fn figure(document: &Value, name: &str) -> Figure {
    let part = &document["totals"][name];
    Figure::new(
        part["count"].as_u64().unwrap_or(0),
        part["sum_vnd"].as_i64().map_or(0, i128::from),
    )
}

/// `0.4180` as a fraction.
fn decimal(text: &str) -> Option<Fraction> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let den = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let num = format!("{whole}{part}").parse().ok()?;
    Fraction::new(num, den)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_is_read_from_its_document() {
        let document = serde_json::json!({
            "totals": {"transactions": {"count": 3, "sum_vnd": 90_000}, "open": {"count": 1, "sum_vnd": 5}},
            "share": [
                {"definition": "TX_CASHLESS", "scope": "H48", "period": "2022", "numerator": 9, "denominator": 9},
                {"definition": "TX_CASHLESS", "scope": "", "period": "2022", "numerator": 2, "denominator": 4,
                 "share": "0.5000", "low": "0.4180", "high": "1.0000", "target": "0.50"},
            ],
        });
        let night = Day::parse("2022-12-05").unwrap();
        let year = |definition| year_of(&document, definition, night);
        let seen = point(&document, year("TX_CASHLESS"), night);
        assert_eq!(seen.share, Fraction::new(2, 4));
        assert_eq!(seen.low, Fraction::new(4180, 10_000));
        assert_eq!(seen.target, Fraction::new(50, 100));
        assert_eq!(seen.transactions, Figure::new(3, 90_000));
        assert_eq!(seen.open, Figure::new(1, 5));
        let other = point(&document, year("DOSSIER_CASHLESS"), night);
        assert_eq!((other.share, other.low), (None, None));
    }
}
