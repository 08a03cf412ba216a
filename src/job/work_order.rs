//! The order in which the page of a night tells its work, for lists out of the store: how far each
//! exception moves the verdict, then the money at risk, then since when it is open.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;

use super::trend;
use crate::classify::{AtRisk, Bucket, Severity};
use crate::domain::{Fraction, Vnd};
use crate::store::{ExceptionRecord, RunRecord, Store, StoreError};

/// What an open item adds to the money at risk, in dong.
pub fn at_risk(open: &ExceptionRecord) -> Vnd {
    counted(open).here()
}

/// The money at risk of an open item, and where it is counted.
pub fn counted(open: &ExceptionRecord) -> AtRisk {
    crate::classify::at_risk(&open.class, &open.key, open.amount, &open.evidence)
}

/// The order of one published night.
#[derive(Debug, Default)]
pub struct WorkOrder {
    /// The place in the lists that decide the verdict.
    ranks: BTreeMap<Box<str>, usize>,
    /// How far each moves the verdict, settled one way or the other.
    moves: BTreeMap<Box<str>, i128>,
}

impl WorkOrder {
    /// That of the night that `run` published.
    pub async fn of(store: &Store, run: &RunRecord) -> Result<Self, StoreError> {
        let document: Value = serde_json::from_str(&run.run_json).unwrap_or_default();
        let mut order = Self::default();
        let Some(share) = headline(&document, run) else {
            return Ok(order);
        };
        let deciding: Vec<Box<str>> =
            serde_json::from_value(share["deciding"].clone()).unwrap_or_default();
        order.ranks = (0..).zip(deciding).map(|(at, id)| (id, at)).collect();
        let decimal = |name: &str| share[name].as_str().and_then(trend::decimal);
        let Some(target) = decimal("target") else {
            return Ok(order);
        };
        // proven as a figure, whatever lacks: nothing moves it
        let proven = |low: Fraction, high: Fraction| {
            low.compare(target).is_ge() || high.compare(target).is_lt()
        };
        let undecided = share["verdict"] == "undecided";
        let bounds = decimal("low").zip(decimal("high"));
        if !undecided || bounds.is_some_and(|(low, high)| proven(low, high)) {
            return Ok(order);
        }
        let definition = share["definition"].as_str().unwrap_or_default();
        let worth = |(a, b): &(i64, i64)| target.den * i128::from(*a) - target.num * i128::from(*b);
        for (outcomes, ids) in store.open_items(definition, run.business_date).await? {
            let best = outcomes.iter().map(worth).max().unwrap_or(0);
            let worst = outcomes.iter().map(worth).min().unwrap_or(0);
            for id in ids {
                let moved = order.moves.entry(id).or_default();
                *moved = (*moved).max(best - worst);
            }
        }
        Ok(order)
    }

    /// Sorts exceptions as the page does: what asks nothing of anybody stands last.
    pub fn sort(&self, records: &mut [ExceptionRecord]) {
        records.sort_by_cached_key(|record| {
            let informs = record.severity == Severity::Info || record.bucket == Bucket::Excluded;
            let rank = self
                .ranks
                .get(record.id.as_str())
                .copied()
                .unwrap_or(usize::MAX);
            let moves = self.moves.get(record.id.as_str()).copied().unwrap_or(0);
            let money = Reverse(at_risk(record));
            let id = record.id.clone();
            (informs, rank, Reverse(moves), money, record.opened, id)
        });
    }
}

/// The first share with a target, for the whole unit and the year to date: the one that leads.
fn headline<'d>(document: &'d Value, run: &RunRecord) -> Option<&'d Value> {
    let year = run.business_date.date().format("%Y").to_string();
    let is_it = |share: &&Value| {
        share["scope"] == "" && share["period"] == *year && !share["target"].is_null()
    };
    document["share"].as_array()?.iter().find(is_it)
}
