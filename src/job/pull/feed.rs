//! Reading a feed: the look-back window and every older day that did not come completely.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use anyhow::anyhow;
use tracing::warn;

use super::raw::Evidence;
use super::unlisted::Listed;
use super::{Stage, count};
use crate::domain::source::Control;
use crate::domain::{Completeness, Day, SourceFacts, Txn, Vnd};
use crate::job::error::JobError;
use crate::normalise::balances::{self, Break};
use crate::normalise::{self, TxnRows, Window};
use crate::source::{DayState, Feed, Pull};
use crate::store::{Delivery, FeedDay};
use crate::text;

/// Reads a feed; what it listed is held against what is stored once all webhooks are read.
pub(super) async fn read(
    stage: &Stage,
    feed: &dyn Feed,
    listed: &mut Vec<Listed>,
) -> Result<SourceFacts, JobError> {
    let desk = &stage.desk;
    let name = &stage.settings.name;
    let first = stage.night.minus(stage.settings.lookback_days);
    let mut asked: BTreeSet<Day> = desk
        .store
        .incomplete_days(name)
        .await?
        .into_iter()
        .collect();
    asked.retain(|day| *day < first);
    asked.extend(days(first, stage.night));
    let raw = Evidence::new(stage);
    let mut pulls = Vec::new();
    // Tonight's window first: what is old may wait when the source's deadline comes.
    for window in ranges(&asked).into_iter().rev() {
        desk.checkpoint()?;
        raw.asks(&format!("{}/{}", window.start(), window.end()));
        let pull = feed.list(window.clone(), &raw).await;
        let pull = pull.map_err(|error| anyhow!(error))?;
        let end = matches!(pull.state, Completeness::Refused | Completeness::Missing);
        pulls.push((window, pull));
        if end {
            break;
        }
    }
    // the evidence first: no row changes without an answer that tells why
    raw.record(stage).await?;
    let mut seen = Seen::default();
    for (window, pull) in pulls {
        let rows = save(stage, &pull, &window).await?;
        listed.extend(Listed::of(&pull, &rows));
        seen.add(stage, pull, &rows);
    }
    finish(stage, seen, &asked).await
}

/// Normalises the whole days of one listing.
pub(super) async fn delivery(
    stage: &Stage,
    pull: &Pull,
    window: &RangeInclusive<Day>,
) -> Result<(TxnRows, Delivery), JobError> {
    let window = Window {
        from: *window.start(),
        to: *window.end(),
    };
    let mut rows = normalise::read_records(&pull.records, &stage.context(Some(window)));
    super::renamed::keep_names(stage, &mut rows.txns).await?;
    let (txns, conflicts) = normalise::dedupe(rows.txns.clone());
    let state = |state: &DayState| match state {
        DayState::Complete => Completeness::Complete,
        DayState::Incomplete if pull.is_refused() => Completeness::Refused,
        DayState::Incomplete => Completeness::Missing,
    };
    let days = pull
        .days
        .iter()
        .map(|(day, s)| FeedDay {
            day: *day,
            state: state(s),
        })
        .collect();
    let delivery = Delivery {
        txns,
        rejects: rows.rejects.clone(),
        conflicts,
        days,
        files: rows.files.clone(),
    };
    Ok((rows, delivery))
}

/// Normalises and stores the whole days of one listing.
async fn save(
    stage: &Stage,
    pull: &Pull,
    window: &RangeInclusive<Day>,
) -> Result<TxnRows, JobError> {
    let (rows, delivery) = delivery(stage, pull, window).await?;
    stage
        .desk
        .store
        .save_transactions(
            &stage.settings.name,
            stage.night,
            &delivery,
            normalise::merge,
        )
        .await?;
    Ok(rows)
}

/// What all listings of tonight showed together.
#[derive(Default)]
struct Seen {
    refused: bool,
    complete_days: usize,
    rows: u64,
    rejects: u64,
    control: Option<Control>,
    trouble: Option<Box<str>>,
    breaks: Vec<Break>,
}

/// So many places where a row may be missing are told one by one.
const BREAKS_TOLD: usize = 4;

impl Seen {
    fn add(&mut self, stage: &Stage, pull: Pull, rows: &TxnRows) {
        let whole =
            |(day, state): (&Day, &DayState)| (*state == DayState::Complete).then_some(*day);
        let whole = pull.days.iter().filter_map(whole).collect();
        let cutoff = stage.context(None).cutoff;
        self.breaks
            .extend(balances::breaks(&pull.records, &whole, cutoff));
        self.refused |= pull.is_refused();
        self.complete_days += pull
            .days
            .values()
            .filter(|s| **s == DayState::Complete)
            .count();
        self.rows += count(rows.txns.len());
        self.rejects += count(rows.rejects.len());
        if let Some(control) = pull.control.get(&stage.night) {
            self.control = Some(Control {
                expected_count: control.expected,
                expected_sum: None,
                count: control.delivered,
                sum: sum_of(&rows.txns, stage.night),
            });
        }
        if self.trouble.is_none() {
            self.trouble = pull.trouble.map(|error| stage.trouble(&error).into());
        }
    }
}

/// A sentence for each of the first places where the running balances do not follow.
fn say_breaks(stage: &Stage, breaks: &[Break]) -> Vec<String> {
    let lang = stage.desk.config.lang;
    let told = breaks.iter().take(BREAKS_TOLD).map(|found| {
        let [on, then] = [found.after.0, found.before.0].map(|day| text::day(lang, day));
        let amount = i128::try_from(found.amount).unwrap_or_default();
        let amount = text::number(lang, amount);
        let args = [
            ("after", &*found.after.1),
            ("on", &*on),
            ("before", &*found.before.1),
            ("then", &*then),
            ("amount", &*amount),
        ];
        text::say(lang, "feed-break", &args)
    });
    let mut said: Vec<String> = told.collect();
    if breaks.len() > BREAKS_TOLD {
        let n = (breaks.len() - BREAKS_TOLD).to_string();
        said.push(text::say(lang, "feed-breaks-more", &[("n", &*n)]));
    }
    said
}

fn sum_of(txns: &[Txn], night: Day) -> Vnd {
    let tonight = txns.iter().filter(|txn| txn.business_date == night);
    Vnd::from_wide(tonight.map(|txn| txn.amount.wide()).sum()).unwrap_or(Vnd::ZERO)
}

/// A day once complete stays complete: what counts is what the store still misses of the days
/// asked.
async fn finish(stage: &Stage, seen: Seen, asked: &BTreeSet<Day>) -> Result<SourceFacts, JobError> {
    let missing = stage
        .desk
        .store
        .incomplete_days(&stage.settings.name)
        .await?;
    let missing: Vec<Day> = missing
        .into_iter()
        .filter(|day| asked.contains(day))
        .collect();
    let state = if seen.refused {
        Completeness::Refused
    } else if missing.is_empty() {
        Completeness::Complete
    } else if seen.complete_days > 0 || missing.len() < asked.len() {
        Completeness::Partial
    } else {
        Completeness::Missing
    };
    let mut facts = stage.facts(state);
    facts.missing_days = missing;
    facts.control = seen.control;
    let mut troubles: Vec<String> = seen.trouble.iter().map(ToString::to_string).collect();
    troubles.extend(say_breaks(stage, &seen.breaks));
    if !seen.breaks.is_empty() {
        let (source, found) = (stage.settings.name.as_str(), seen.breaks.len());
        warn!(
            source.id = source,
            stage = "pull",
            row.count = found,
            "running balances do not follow from each other"
        );
    }
    facts.trouble = (!troubles.is_empty()).then(|| troubles.join("; ").into());
    stage.judge_rejects(&mut facts, seen.rows, seen.rejects);
    Ok(facts)
}

fn days(from: Day, to: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(from), |day| Some(day.plus(1))).take_while(move |day| *day <= to)
}

/// Runs of consecutive days.
fn ranges(days: &BTreeSet<Day>) -> Vec<RangeInclusive<Day>> {
    let mut ranges: Vec<RangeInclusive<Day>> = Vec::new();
    for day in days {
        match ranges.last_mut() {
            Some(last) if last.end().plus(1) == *day => *last = *last.start()..=*day,
            _ => ranges.push(*day..=*day),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_asked_for_in_runs() {
        let day = |n: u32| Day::parse("2022-12-01").unwrap().plus(n);
        let asked: BTreeSet<Day> = [0, 1, 5, 6, 7, 9].map(day).into();
        assert_eq!(
            ranges(&asked),
            vec![day(0)..=day(1), day(5)..=day(7), day(9)..=day(9)]
        );
        assert_eq!(days(day(2), day(4)).count(), 3);
    }
}
