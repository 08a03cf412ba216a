//! What the fee table says, in `run.json`: counts and sums; the lines stand in `fee_findings.csv`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{FeeChecks, FeeWord, Unjudged};
use crate::report::facts::Figure;

/// The part of the document.
#[derive(Serialize)]
pub(super) struct FeesJson {
    rates: usize,
    confirmed: u64,
    findings: Vec<WordJson>,
    zeros: Vec<WordJson>,
    unjudged: Unjudged,
}

#[derive(Serialize)]
struct WordJson {
    finding: &'static str,
    count: u64,
    sum_vnd: i128,
}

/// The counts of one night.
pub(super) fn fees(checks: &FeeChecks) -> FeesJson {
    let mut by_word: BTreeMap<FeeWord, Figure> = BTreeMap::new();
    for note in &checks.notes {
        by_word.entry(note.word).or_default().add(note.amount);
    }
    let of = |findings: bool| {
        let words = by_word.iter();
        let words = words.filter(|(word, _)| word.is_finding() == findings);
        let json = |(word, figure): (&FeeWord, &Figure)| WordJson {
            finding: word.id(),
            count: figure.count,
            sum_vnd: figure.sum_vnd,
        };
        words.map(json).collect()
    };
    FeesJson {
        rates: checks.rates.len(),
        confirmed: checks.confirmed,
        findings: of(true),
        zeros: of(false),
        unjudged: checks.unjudged,
    }
}
