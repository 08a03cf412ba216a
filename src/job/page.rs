//! What only the page shows of a night: the month before, month ends, files with their digests, and
//! the rules in force.

use std::collections::BTreeMap;

use serde_json::Value;

use super::desk::Desk;
use super::error::JobError;
use super::facts::Previously;
use super::trend;
use crate::domain::Day;
use crate::report::{PageFacts, SourceFile};
use crate::store::RunRecord;

/// The trend by months goes back this many months before the present one.
const MONTHS: usize = 12;
/// A night of a month ago may be missing; the last one of so many days before it stands for it.
const MONTH_SLACK: u32 = 6;

/// The last night of each of the months before that of `day`, the oldest first.
fn month_ends(nights: impl Iterator<Item = Day>, day: Day) -> Vec<Day> {
    let mut last: BTreeMap<Day, Day> = BTreeMap::new();
    for night in nights.filter(|night| night.month_start() < day.month_start()) {
        let end = last.entry(night.month_start()).or_insert(night);
        *end = night.max(*end);
    }
    let mut month = day.month_start();
    for _ in 0..MONTHS {
        month = month.minus(1).month_start();
    }
    last.range(month..).map(|(_, night)| *night).collect()
}

/// The night of a month before `day`.
fn month_ago(nights: impl Iterator<Item = Day>, day: Day) -> Option<Day> {
    let end = day.month_start().minus(1);
    let into = u32::try_from(day.days_since(day.month_start())).ok()?;
    let then = end.month_start().plus(into).min(end);
    let near = |night: &Day| *night <= then && *night >= then.minus(MONTH_SLACK);
    nights.filter(near).max()
}

/// The published runs of month ends.
pub(super) fn runs_of_months(nights: &[RunRecord], day: Day) -> Vec<RunRecord> {
    let ends = month_ends(nights.iter().map(|run| run.business_date), day);
    let is_end = |run: &&RunRecord| ends.contains(&run.business_date);
    nights.iter().filter(is_end).cloned().collect()
}

/// The published run of a month ago.
pub(super) fn run_of_month_ago(nights: &[RunRecord], day: Day) -> Option<&RunRecord> {
    let ago = month_ago(nights.iter().map(|run| run.business_date), day)?;
    nights.iter().find(|run| run.business_date == ago)
}

/// Everything of it.
pub(super) async fn of(desk: &Desk, day: Day, before: &Previously) -> Result<PageFacts, JobError> {
    let targets = &desk.config.targets;
    let mut files = Vec::new();
    for settings in &desk.config.sources {
        let read = desk.store.files_of_night(&settings.name, day).await?;
        let mut own: Vec<SourceFile> = read
            .into_iter()
            .map(|file| SourceFile {
                source: file.source.as_str().into(),
                name: file.name,
                sha256: file.sha256,
                lines: file.lines,
            })
            .collect();
        own.sort();
        files.extend(own);
    }
    let open = before.open.iter();
    let open = open.filter(|open| open.bucket == crate::classify::Bucket::Open);
    Ok(PageFacts {
        month_before: before.month_before(targets),
        months: trend::points(&before.months, targets, "%Y-%m"),
        open_before: open.map(|open| (open.key.clone(), open.amount)).collect(),
        files,
        rules: rules(desk, day),
    })
}

/// The rules as key and value; accounts are told by their number only.
fn rules(desk: &Desk, day: Day) -> Vec<(Box<str>, Box<str>)> {
    let rules = desk.config.rules_for(day);
    let accounts = rules.collection_accounts.len();
    let Ok(Value::Object(all)) = serde_json::to_value(&rules) else {
        return Vec::new();
    };
    // what the report tells elsewhere: targets and definitions in the tables, the margin with its
    // reason in the box of the run
    let elsewhere = ["targets", "definitions", "periods", "margin_min"];
    let told = all
        .into_iter()
        .filter(|(key, _)| !elsewhere.contains(&key.as_str()));
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    told.map(|(key, value)| {
        let value = match &*key {
            "collection_accounts" => accounts.to_string(),
            _ => text(&value),
        };
        (key.into(), value.into())
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(texts: &[&str]) -> Vec<Day> {
        let day = |text: &&str| Day::parse(text).unwrap();
        texts.iter().map(day).collect()
    }

    #[test]
    fn the_night_of_a_month_ago_may_be_a_few_days_earlier() {
        let nights = days(&["2022-02-20", "2022-02-27", "2022-03-05"]);
        let ago = |day: &str| {
            let day = Day::parse(day).unwrap();
            month_ago(nights.iter().copied(), day).map(|night| night.to_string())
        };
        assert_eq!(ago("2022-03-31").as_deref(), Some("2022-02-27"));
        assert_eq!(ago("2022-03-27").as_deref(), Some("2022-02-27"));
        assert_eq!(ago("2022-03-26").as_deref(), Some("2022-02-20"));
        assert_eq!(ago("2022-03-19"), None);
    }

    #[test]
    fn each_month_is_told_by_its_last_night() {
        let nights = days(&[
            "2021-01-31",
            "2021-12-30",
            "2022-10-04",
            "2022-10-30",
            "2022-12-01",
        ]);
        let ends = month_ends(nights.into_iter(), Day::parse("2022-12-05").unwrap());
        assert_eq!(ends, days(&["2021-12-30", "2022-10-30"]));
    }
}
