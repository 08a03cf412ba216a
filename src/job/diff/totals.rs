//! The totals of each source as published: two versions of one night side by side.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cause::Causes;
use super::documents::{list, text};
use super::{RunRecord, TotalChange};

/// The figures of a source in `run.json`.
const FIGURES: [&str; 3] = ["rows", "sum_vnd", "rejects"];

/// The figures that differ, by source.
pub(super) fn changed(from: &RunRecord, to: &RunRecord, causes: &Causes) -> Vec<TotalChange> {
    let (was, now) = (published(from), published(to));
    let mut changes = Vec::new();
    for name in was.keys().chain(now.keys()) {
        for figure in FIGURES {
            let of = |side: &BTreeMap<String, Value>| {
                let number = side.get(name).and_then(|source| source[figure].as_i64());
                i128::from(number.unwrap_or(0))
            };
            let (before, after) = (of(&was), of(&now));
            if before != after {
                changes.push(TotalChange {
                    source: name.as_str().into(),
                    figure,
                    before,
                    after,
                    cause: causes.of_source(name, figure),
                });
            }
        }
    }
    changes.sort();
    changes.dedup();
    changes
}

fn published(run: &RunRecord) -> BTreeMap<String, Value> {
    let document: Value = serde_json::from_str(&run.run_json).unwrap_or_default();
    let sources = list(&document, "sources").iter();
    sources
        .map(|source| (text(&source["name"]), source.clone()))
        .collect()
}
