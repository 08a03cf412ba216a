//! A published night told again: in a format that it was not published in, in the other language,
//! or led by another definition, and in every figure as its `run.json` tells it. Where it cannot be
//! told so, it is refused in words: what the store holds today may be more than the night knew.

use serde_json::Value;

use super::desk::Desk;
use super::error::JobError;
use super::nightly::{self, Decided, Read};
use super::replay::published::first_place;
use super::report_again::refused;
use super::{recover, stage, told};
use crate::store::RunRecord;

/// What the figures of a share are, whichever definition leads.
const FIGURES: [&str; 5] = ["numerator", "denominator", "share", "low", "high"];
/// What a night tells whichever definition leads.
const WHATEVER_LEADS: [&str; 10] = [
    "exit_codes",
    "sources",
    "totals",
    "tie_out",
    "money_bridge",
    "open_bridge",
    "instruments",
    "provider_fees",
    "exceptions",
    "grey",
];

/// The night decided again: from the store, else from what it kept. Its `run.json` is the published
/// one, and what was decided comes to exactly that.
pub(super) async fn of_night(desk: &Desk, run: &RunRecord) -> Result<Decided, JobError> {
    let rules = &told::rules_of(desk, run).await?;
    let mut other = None;
    if let Some(read) = recover::read_again(desk, run).await? {
        let decided = Box::pin(nightly::decide_told(rules, read, run, None)).await?;
        other = otherwise(&run.run_json, &decided.run.run_json);
        if other.is_none() {
            return Ok(published(decided, run));
        }
    }
    // rows came since, or an earlier night was published again
    let Some((read, prior)) = recover::kept_read(desk, run).await? else {
        return Err(match &other {
            Some(place) => told_otherwise(desk, run, place),
            None => since(desk, run),
        });
    };
    if !read.is_of(run) {
        return Err(by_other_rules(desk, run));
    }
    let decided = Box::pin(nightly::decide_told(rules, read, run, Some(prior))).await?;
    match otherwise(&run.run_json, &decided.run.run_json) {
        None => Ok(published(decided, run)),
        Some(place) => Err(told_otherwise(desk, run, &place)),
    }
}

/// Refuses, in the language of the desk, a night whose fee table is gone and today's is another.
pub(super) async fn with_table(desk: &Desk, run: &RunRecord) -> Result<(), JobError> {
    let rules = told::rules_of(desk, run).await?;
    match &rules.config.fee_table.lost {
        Some(lost) => Err(stage::without_table(desk, run, lost)),
        None => Ok(()),
    }
}

fn published(mut decided: Decided, run: &RunRecord) -> Decided {
    decided.run.run_json.clone_from(&run.run_json);
    decided
        .run
        .calibration_json
        .clone_from(&run.calibration_json);
    decided
}

/// The same led by the first target of `by`; `run.json` tells that definition as the first.
pub(super) async fn led(by: &Desk, again: Decided, run: &RunRecord) -> Result<Decided, JobError> {
    let Decided {
        pool, prior, facts, ..
    } = again;
    let read = Read {
        pool,
        input_digest: run.input_digest.clone(),
        rules_digest: run.rules_digest.clone(),
        calibration: facts.calibration,
    };
    let rules = &told::rules_of(by, run).await?;
    let mut decided = Box::pin(nightly::decide_told(rules, read, run, Some(prior))).await?;
    // the definition asked for is no rule that changed between the versions
    decided.facts.replaced = facts.replaced;
    let document = stage::run_json(&decided.pool, &decided.settlement, &decided.facts);
    if let Some(place) = otherwise_led(&run.run_json, &document) {
        return Err(told_otherwise(by, run, &place));
    }
    decided.run.run_json = document.into();
    Ok(decided)
}

/// The first figure by which two documents differ; words of a language are no figure.
pub(super) fn otherwise(published: &str, made: &str) -> Option<String> {
    let read = |text: &str| {
        let mut document = document(text);
        for share in document["share"].as_array_mut().into_iter().flatten() {
            if let Some(estimated) = share["estimated"].as_object_mut() {
                estimated.remove("basis");
            }
        }
        document
    };
    first_place(&read(published), &read(made), "run.json")
}

/// The same where another definition leads: targets, verdicts and the order of work follow it.
fn otherwise_led(published: &str, made: &str) -> Option<String> {
    let (published, made) = (document(published), document(made));
    let block = |name: &&str| first_place(&published[*name], &made[*name], name);
    if let Some(place) = WHATEVER_LEADS.iter().find_map(block) {
        return Some(place);
    }
    let name = |share: &Value| {
        let words = ["definition", "scope", "period"].map(|name| share[name].as_str());
        words.map(Option::unwrap_or_default).join(" ")
    };
    let all = |document: &Value| document["share"].as_array().cloned().unwrap_or_default();
    let made = all(&made);
    all(&published).iter().find_map(|was| {
        let name_of = name(was);
        let now = made.iter().find(|share| name(share) == name_of);
        let now = now.unwrap_or(&Value::Null);
        FIGURES
            .iter()
            .find_map(|figure| first_place(&was[*figure], &now[*figure], &name_of))
    })
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Rows came since, and the night kept nothing.
pub(super) fn since(desk: &Desk, run: &RunRecord) -> JobError {
    let day = run.business_date.to_string();
    let args = [("run", run.id.as_str()), ("day", &*day)];
    refused(desk, ["report-since", "report-since-fix"], &args)
}

fn by_other_rules(desk: &Desk, run: &RunRecord) -> JobError {
    let args = [("run", run.id.as_str())];
    refused(desk, ["report-rules", "report-rules-fix"], &args)
}

fn told_otherwise(desk: &Desk, run: &RunRecord, place: &str) -> JobError {
    let day = run.business_date.to_string();
    let args = [("run", run.id.as_str()), ("day", &*day), ("place", place)];
    refused(desk, ["report-otherwise", "report-otherwise-fix"], &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_counts_and_no_word() {
        let night = |basis: &str, count: u32, closing: u32| {
            serde_json::json!({
                "share": [{"definition": "TX_CASHLESS", "scope": "", "period": "2022",
                    "numerator": 1, "estimated": {"low": "0.1", "basis": basis}}],
                "sources": [{"rows": count}],
                "work": {"closing": closing},
            })
            .to_string()
        };
        let published = night("nguồn", 3, 7);
        assert_eq!(otherwise(&published, &night("sources", 3, 7)), None);
        let other = otherwise(&published, &night("nguồn", 4, 7)).unwrap();
        assert_eq!(other, "run.json.sources[0].rows: 3 / 4");
        let other = otherwise(&published, &night("nguồn", 3, 8)).unwrap();
        assert_eq!(other, "run.json.work.closing: 7 / 8");
        assert!(otherwise_led(&published, &night("nguồn", 4, 7)).is_some());
        assert_eq!(otherwise_led(&published, &night("nguồn", 3, 8)), None);
        let fewer = published.replace("\"numerator\":1", "\"numerator\":2");
        let other = otherwise_led(&published, &fewer).unwrap();
        assert_eq!(other, "TX_CASHLESS  2022: 1 / 2");
    }
}
