//! What the published nights before said: read from their own `run.json`, as published.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::{AgencyCode, Cell, Day, Dimension, Fraction, Target};
use crate::report::{Figure, TrendPoint};
use crate::store::RunRecord;

/// The trend goes back this many days.
pub(super) const TREND_DAYS: u32 = 60;

/// What the trend needs of a document: most of it is the list of exceptions. Of sixty documents
/// everything else is passed over without being held.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown<'d> {
    #[serde(borrow)]
    share: Vec<ShownShare<'d>>,
    totals: Value,
    #[serde(borrow)]
    sources: Vec<ShownSource<'d>>,
}

/// A source as a document tells it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ShownSource<'d> {
    #[serde(borrow)]
    state: Cow<'d, str>,
    rows: u64,
}

/// A share as a document tells it, over all, of an agency, or of a cell of a breakdown.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ShownShare<'d> {
    /// The dimension and the value of a cell.
    #[serde(borrow)]
    by: Cow<'d, str>,
    #[serde(borrow)]
    value: Cow<'d, str>,
    #[serde(borrow)]
    definition: Cow<'d, str>,
    #[serde(borrow)]
    scope: Cow<'d, str>,
    #[serde(borrow)]
    period: Cow<'d, str>,
    numerator: Option<i64>,
    denominator: Option<i64>,
    share: Option<Box<str>>,
    low: Option<Box<str>>,
    high: Option<Box<str>>,
    target: Option<Box<str>>,
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
    let point = |run| of_definition(run, definition, label);
    nights.iter().filter_map(point).collect()
}

/// The totals of a night, and the share of a definition over the period that `label` names.
pub(super) fn of_definition(run: &RunRecord, definition: &str, label: &str) -> Option<TrendPoint> {
    let shown: Shown = serde_json::from_str(&run.run_json).ok()?;
    let period = run.business_date.date().format(label).to_string();
    Some(point(&shown, definition, &period, run.business_date))
}

/// The year's share of the first target by agency, in order of the nights.
pub(super) fn of_agencies<'r>(
    nights: impl Iterator<Item = &'r RunRecord>,
    targets: &[Target],
) -> BTreeMap<AgencyCode, Vec<(Day, Fraction)>> {
    let definition = targets
        .first()
        .map_or("TX_CASHLESS", |target| &*target.definition);
    let mut agencies: BTreeMap<AgencyCode, Vec<(Day, Fraction)>> = BTreeMap::new();
    for run in nights {
        let night = run.business_date;
        let year = night.date().format("%Y").to_string();
        let shown: Shown = serde_json::from_str(&run.run_json).unwrap_or_default();
        for share in &shown.share {
            let is_it = share.definition == definition && share.period == year;
            if !is_it || share.scope.is_empty() || share.share.is_none() {
                continue;
            }
            if let Some(known) = whole(share) {
                let code = AgencyCode::new(&share.scope);
                agencies.entry(code).or_default().push((night, known));
            }
        }
    }
    agencies
}

/// The cells that a document tells.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ShownCells<'d> {
    #[serde(borrow)]
    breakdown: Vec<ShownShare<'d>>,
}

/// The year's share of the first target by cell of a breakdown, in order of the nights.
pub(super) fn of_cells<'r>(
    nights: impl Iterator<Item = &'r RunRecord>,
    targets: &[Target],
) -> BTreeMap<Box<str>, Vec<(Day, Fraction)>> {
    let definition = targets
        .first()
        .map_or("TX_CASHLESS", |target| &*target.definition);
    let mut cells: BTreeMap<Box<str>, Vec<(Day, Fraction)>> = BTreeMap::new();
    for run in nights {
        let night = run.business_date;
        let year = night.date().format("%Y").to_string();
        let shown: ShownCells = serde_json::from_str(&run.run_json).unwrap_or_default();
        for share in &shown.breakdown {
            let is_it = share.definition == definition && share.period == year;
            let known = whole(share).filter(|_| is_it && share.share.is_some());
            if let Some((known, by)) = known.zip(Dimension::parse(&share.by)) {
                let cell = Cell::new(by, &share.value).to_string();
                cells.entry(cell.into()).or_default().push((night, known));
            }
        }
    }
    cells
}

/// The nights that broke another definition down than this one.
pub(super) fn of_other_cells<'r>(
    nights: impl Iterator<Item = (Day, &'r str)>,
    definition: &str,
) -> Vec<Day> {
    let other = |document: &str| {
        let shown: ShownCells = serde_json::from_str(document).unwrap_or_default();
        let mut cells = shown.breakdown.iter().peekable();
        cells.peek().is_some() && cells.all(|cell| cell.definition != definition)
    };
    let others = nights.filter(|(_, document)| other(document));
    others.map(|(night, _)| night).collect()
}

/// The point figure.
fn whole(share: &ShownShare<'_>) -> Option<Fraction> {
    Fraction::new(i128::from(share.numerator?), i128::from(share.denominator?))
}

fn point(shown: &Shown, definition: &str, period: &str, night: Day) -> TrendPoint {
    let is_it = |share: &&ShownShare| {
        share.definition == definition && share.scope.is_empty() && share.period == period
    };
    let share = shown.share.iter().find(is_it);
    let known = share.filter(|share| share.share.is_some());
    let transactions = total(&shown.totals, "transactions");
    let silent = |source: &ShownSource<'_>| source.state != "complete" && source.rows == 0;
    TrendPoint {
        business_date: night,
        unseen: transactions.is_empty() && shown.sources.iter().any(silent),
        share: known.and_then(whole),
        low: share.and_then(|share| decimal(share.low.as_deref()?)),
        high: share.and_then(|share| decimal(share.high.as_deref()?)),
        target: share.and_then(|share| decimal(share.target.as_deref()?)),
        transactions,
        open: total(&shown.totals, "open"),
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
    total(&document["totals"], name)
}

fn total(totals: &Value, name: &str) -> Figure {
    let part = &totals[name];
    Figure::new(
        part["count"].as_u64().unwrap_or(0),
        part["sum_vnd"].as_i64().map_or(0, i128::from),
    )
}

/// `0.4180` as a fraction.
pub(super) fn decimal(text: &str) -> Option<Fraction> {
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
        let text = document.to_string();
        let shown: Shown = serde_json::from_str(&text).unwrap();
        let seen = point(&shown, "TX_CASHLESS", "2022", night);
        assert_eq!(seen.share, Fraction::new(2, 4));
        assert_eq!(seen.low, Fraction::new(4180, 10_000));
        assert_eq!(seen.target, Fraction::new(50, 100));
        assert_eq!(seen.transactions, Figure::new(3, 90_000));
        assert_eq!(seen.open, Figure::new(1, 5));
        let other = point(&shown, "DOSSIER_CASHLESS", "2022", night);
        assert_eq!((other.share, other.low), (None, None));
        assert_eq!(
            year_of(&document, "TX_CASHLESS", night),
            Some(&document["share"][1])
        );
        let cells = r#"{"breakdown":[{"definition":"TX_CASHLESS","by":"procedure","value":"1.001612",
            "period":"2022","numerator":1,"denominator":4,"share":"0.2500","verdict":null}]}"#;
        let cells: ShownCells = serde_json::from_str(cells).unwrap();
        let cell = &cells.breakdown[0];
        assert_eq!((&*cell.by, &*cell.value), ("procedure", "1.001612"));
        assert_eq!(whole(cell), Fraction::new(1, 4));
        // a document of another program, and one without shares
        let bare: Shown =
            serde_json::from_str(r#"{"digests":{"a":[1]},"exceptions":[{}]}"#).unwrap();
        let bare = point(&bare, "TX_CASHLESS", "2022", night);
        assert_eq!((bare.share, bare.open), (None, Figure::default()));
    }
}
