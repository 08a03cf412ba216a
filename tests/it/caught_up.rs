//! Nights that were caught up are as if each had run on time: to the byte, in every table but for
//! when something was read, and in what was known on which day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use doisoat::domain::{Day, Period};
use doisoat::job::as_known::Known;
use doisoat::job::forms::Form;
use doisoat::job::nightly::{self, Mode};
use doisoat::job::report_again::{self, Asked, Span};
use serde_json::Value;

use crate::office::Office;
use crate::schedule::{file_of, office, schedule};
use crate::town::{FIRST, day, files, same_dump};

#[tokio::test(flavor = "multi_thread")]
async fn missed_nights_caught_up_are_as_if_each_had_run() {
    // two weeks, with two weekends; 35 are a campaign
    caught_up(14).await;
}

/// Runs so many nights on time in one office, and all of them at once in another.
pub(crate) async fn caught_up(nights: u32) {
    // what a file leaves open is told by the night that reads it: here nothing is
    let start = format!(
        "[source.map]\ntime_format = \"dd/MM/yyyy HH:mm:ss\"\n[start]\ndate = \"{FIRST}\"\n"
    );
    let (each, missed) = (office(&start).await, office(&start).await);
    for n in 0..nights {
        let of = day(FIRST).plus(n);
        file_of(&each, of);
        let now = of.plus(1).start_ms() + 5_400_000;
        each.town.set_now(now);
        nightly::run(&each.desk, of, Mode::Publish).await.unwrap();
    }
    let noon = day(FIRST).plus(nights);
    let (from, to) = (format!("{noon}T12:00:00"), format!("{noon}T12:01:00"));
    let ran = schedule(&missed, &from, &to, &[]).await;
    let all = usize::try_from(nights).unwrap();
    assert_eq!(ran.split(' ').count(), all, "{ran}");
    assert_eq!(runs(&missed).await, runs(&each).await);
    same_files(&missed.town.reports(), &each.town.reports(), "the nights");
    let (late, on_time) = (missed.town.dump().await, each.town.dump().await);
    same_dump(
        &but_for_reading(&late),
        &but_for_reading(&on_time),
        "tables",
    );
    assert_ne!(late, on_time, "which night read a file is told");
    known_alike([&each, &missed], nights).await;
}

/// What came after a night, and what was paid, are the same in both.
async fn known_alike(offices: [&Arc<Office>; 2], nights: u32) {
    let first = day(FIRST);
    let last = first.plus(nights - 1);
    let whole = Period::range(first, last);
    for n in [0, 1, nights / 2, nights - 2] {
        let then = first.plus(n);
        let texts = both(offices, &as_of(whole.clone(), then)).await;
        let later = texts
            .lines()
            .filter(|line| line.contains(";bank/") || line.contains(",bank/"));
        // two payments a day, and what went back on the third
        let wanted = 2 * (nights - 1 - n) + u32::from(n < 2);
        assert_eq!(
            later.count(),
            usize::try_from(wanted).unwrap(),
            "{then}\n{texts}"
        );
    }
    // of the first day alone what went back on the third came between
    let texts = both(offices, &as_of(Period::range(first, first), first)).await;
    assert!(texts.contains("FT2212079"), "{texts}");
    let span = Span::Days(Period::range(last.minus(2), last));
    let form = Some(Form::Payments);
    both(
        offices,
        &Asked {
            form,
            ..Asked::of(span)
        },
    )
    .await;
}

fn as_of(period: Period, then: Day) -> Asked {
    Asked {
        known: Known::On(then),
        ..Asked::of(Span::Days(period))
    }
}

/// Makes the report in both offices: the same files. Tells `arrived.csv`.
async fn both(offices: [&Arc<Office>; 2], asked: &Asked) -> String {
    let mut made = Vec::new();
    for office in offices {
        let root = &office.desk.config.report_dir;
        let folder = Box::pin(report_again::write(&office.desk, asked, root)).await;
        made.push(files(&folder.unwrap()));
    }
    same_files(&made[1], &made[0], &format!("{asked:?}"));
    let arrived = made[0].get("arrived.csv").cloned().unwrap_or_default();
    String::from_utf8(arrived).unwrap()
}

fn same_files(late: &BTreeMap<String, Vec<u8>>, on_time: &BTreeMap<String, Vec<u8>>, what: &str) {
    assert!(on_time.len() > 3, "{what}: {:?}", on_time.keys());
    let names: BTreeSet<&String> = late.keys().chain(on_time.keys()).collect();
    let differ = names
        .into_iter()
        .filter(|name| late.get(*name) != on_time.get(*name));
    let differ: Vec<&String> = differ.collect();
    assert!(differ.is_empty(), "{what}: {differ:?}");
}

/// Each run by its id, which tells the digest of its inputs, and its result.
async fn runs(office: &Office) -> Vec<String> {
    let runs = office.desk.store.runs().await.unwrap();
    assert!(runs.iter().all(|run| run.version == 1));
    let told = runs
        .iter()
        .map(|run| format!("{} {}", run.id, run.output_digest));
    told.collect()
}

/// A dump without what tells which night read something, and the lists and chain that seal it.
fn but_for_reading(dump: &str) -> String {
    let mut lines = Vec::new();
    for line in dump.lines() {
        let (table, row) = line.split_once(' ').unwrap();
        let night = match table {
            "reading" | "audit" => continue,
            "run_kept" if line.contains("\"what\":\"seals\"") => continue,
            "txn" => "seen_night",
            "export_file" | "account_statement" | "statement_check" => "night",
            _ => "",
        };
        let mut row: Value = serde_json::from_str(row).unwrap();
        let columns = row.as_object_mut().unwrap();
        assert!(
            night.is_empty() || columns.remove(night).is_some(),
            "{line}"
        );
        columns.retain(|name, _| !name.ends_with("_wall"));
        lines.push(format!("{table} {row}"));
    }
    lines.join("\n")
}
