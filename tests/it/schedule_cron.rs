//! Unix cron lines, compared with another program's reading of them.

use std::str::FromStr;

use chrono::{DateTime, FixedOffset};
use doisoat::domain::day::local;
use doisoat::schedule::Cron;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// From 2000 to 2060: leap years, ends of years, a century that is one.
const FROM_MS: i64 = 946_684_800_000;
const TO_MS: i64 = 2_840_140_800_000;

/// One part of a list: a value, a range, a range with a step.
fn part(low: u32, high: u32) -> BoxedStrategy<String> {
    let one = (low..=high).prop_map(|value| value.to_string());
    let range = (low..=high, low..=high).prop_map(|(a, b)| (a.min(b), a.max(b)));
    let step = (range.clone(), 1_u32..=9).prop_map(|((a, b), step)| format!("{a}-{b}/{step}"));
    let range = range.prop_map(|(a, b)| format!("{a}-{b}"));
    prop_oneof![4 => one, 2 => range, 1 => step].boxed()
}

/// A restricted field: a list of parts or of names.
fn restricted(low: u32, high: u32, names: &'static [&'static str]) -> BoxedStrategy<String> {
    let list = prop::collection::vec(part(low, high), 1..=3).prop_map(|parts| parts.join(","));
    if names.is_empty() {
        return list.boxed();
    }
    let named = subsequence(names, 1..=names.len()).prop_map(|names| names.join(","));
    prop_oneof![2 => list, 1 => named].boxed()
}

/// Any field; `*/n` only where it means the same to everybody.
fn field(low: u32, high: u32, names: &'static [&'static str]) -> BoxedStrategy<String> {
    let stepped = (1_u32..=high).prop_map(|step| format!("*/{step}"));
    prop_oneof![2 => Just("*".to_owned()), 1 => stepped, 3 => restricted(low, high, names)].boxed()
}

const MONTHS: &[&str] = &["JAN", "feb", "MAR", "APR", "Jun", "SEP", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "mon", "TUE", "Wed", "THU", "FRI", "SAT"];

/// Day and weekday: one of them, either, or none.
fn days() -> BoxedStrategy<(String, String)> {
    let star = || Just("*".to_owned());
    let day = || restricted(1, 31, &[]);
    // 7 is Sunday too
    let weekday = || restricted(0, 7, WEEKDAYS);
    prop_oneof![
        (star(), star()),
        (day(), star()),
        (star(), weekday()),
        (day(), weekday()),
        (select(vec!["29".to_owned(), "30,31".to_owned()]), star()),
    ]
    .boxed()
}

fn line() -> impl Strategy<Value = String> {
    let fields = (
        field(0, 59, &[]),
        field(0, 23, &[]),
        days(),
        field(1, 12, MONTHS),
    );
    fields.prop_map(|(minute, hour, (day, weekday), month)| {
        format!("{minute} {hour} {day} {month} {weekday}")
    })
}

fn other(line: &str) -> croner::Cron {
    croner::Cron::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn at(ms: i64) -> DateTime<FixedOffset> {
    local(ms).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_line_fires_when_croner_says(line in line(), start in FROM_MS..TO_MS) {
        let theirs = other(&line);
        match Cron::parse(&line) {
            // What we refuse never fires there either, in eight years that hold a 29 February.
            Err(_) => {
                let next = theirs.find_next_occurrence(&at(FROM_MS), false);
                prop_assert!(next.is_err(), "{line}: {next:?}");
            }
            Ok(ours) => {
                let mut ms = start;
                for _ in 0..4 {
                    let want = theirs.find_next_occurrence(&at(ms), false).unwrap();
                    let want = want.timestamp_millis();
                    prop_assert_eq!(ours.next_after(ms), Some(want), "{} after {}", line, at(ms));
                    ms = want;
                }
                let before = theirs.find_previous_occurrence(&at(start), true);
                let before = before.ok().map(|at| at.timestamp_millis());
                // between two whole seconds the other program looks from the later one
                if start % 1_000 == 0 || before.is_none_or(|before| before <= start) {
                    prop_assert_eq!(ours.last_until(start), before, "{} until {}", line, at(start));
                }
            }
        }
    }
}

#[test]
fn ends_of_years_and_leap_days_are_croners_too() {
    for line in [
        "59 23 31 12 *",
        "0 0 1 1 *",
        "0 0 29 2 *",
        "0 0 29 2 0",
        "0 0 29,30 feb,apr *",
        "30 1 * * 7",
        "30 1 31 * 5-7",
        "0 0 31 4,6,9,11 mon",
    ] {
        let (ours, theirs) = (Cron::parse(line).unwrap(), other(line));
        let mut ms = FROM_MS;
        for _ in 0..40 {
            // the `cron` crate ends with the year 2100
            if ms > TO_MS {
                break;
            }
            let want = theirs.find_next_occurrence(&at(ms), false).unwrap();
            assert_eq!(
                ours.next_after(ms),
                Some(want.timestamp_millis()),
                "{line} {}",
                at(ms)
            );
            ms = want.timestamp_millis();
            assert_eq!(ours.last_until(ms), Some(ms), "{line}");
            assert!(ours.last_until(ms - 1) < Some(ms), "{line}");
        }
    }
}
