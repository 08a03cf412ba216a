//! Days missed and caught up, pulled before their turn, run again after later ones: facts take
//! effect from their own dates, so the order of reading changes nothing.

use std::fs;

use doisoat::domain::Day;
use doisoat::job::nightly::Night;
use doisoat::job::pull;
use serde_json::Value;

use super::course::Course;
use super::plan::Mishaps;
use super::{district, nights, seed, state};
use crate::database::Kind;
use crate::town::{codes, document, source};

/// A run's document without what tells one run from another.
fn told(night: &Night) -> Value {
    let mut run = document(night);
    let part = run.as_object_mut().unwrap();
    for name in ["run_id", "digests", "version_of_night", "replaces"] {
        part.remove(name);
    }
    run
}

/// The parts of two documents that differ, cut.
fn differing(left: &Value, right: &Value) -> Vec<String> {
    let cut = |value: &Value| value.to_string().chars().take(300).collect::<String>();
    match (left, right) {
        (Value::Object(l), Value::Object(r)) => {
            assert!(l.keys().eq(r.keys()));
            let parts = l.iter().map(|(name, value)| (name, value, &r[name]));
            let below = |(name, l, r): (&String, &Value, &Value)| {
                differing(l, r)
                    .into_iter()
                    .map(move |text| format!("{name}.{text}"))
                    .collect::<Vec<_>>()
            };
            parts.flat_map(below).collect()
        }
        (Value::Array(l), Value::Array(r)) if l.len() == r.len() => {
            l.iter().zip(r).flat_map(|(l, r)| differing(l, r)).collect()
        }
        _ if left == right => Vec::new(),
        _ => vec![format!("< {} > {}", cut(left), cut(right))],
    }
}

/// The same nights, told alike, and the same state in the end.
async fn same(left: (Course, &[Night]), right: (Course, &[Night])) {
    for (l, r) in left.1.iter().zip(right.1) {
        let found = differing(&told(l), &told(r));
        assert!(
            found.is_empty(),
            "{}:\n{}",
            l.run.business_date,
            found.join("\n")
        );
        assert_eq!(codes(l), [0], "{}", l.run.business_date);
    }
    let (left, right) = (left.0.report(), right.0.report());
    let left = state::present(&left.town.dump().await);
    let right = state::present(&right.town.dump().await);
    let found = state::differences(&left, &right, 4);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

async fn ordinary(seed: u64, count: usize) -> (Course, Vec<Night>) {
    let mut course = Course::new("ordinary", Kind::Sqlite, district(seed, count)).await;
    let mut all = Vec::new();
    for of in nights(count) {
        Box::pin(course.morning(of, &Mishaps::default())).await;
        all.push(course.last.clone().unwrap());
    }
    (course, all)
}

/// Runs a night on the morning that it is, and judges it.
async fn run(course: &mut Course, of: Day) -> Night {
    let desk = course.street.desk(None).await;
    let done = course.street.night(&desk, of).await;
    desk.close().await;
    course.judge(&done, &Mishaps::default()).await;
    course.last = Some(done.clone());
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_caught_up_equal_days_run_one_by_one() {
    let (seed, count) = (
        seed(6, "overlap::days_caught_up_equal_days_run_one_by_one"),
        8,
    );
    let (daily, each) = Box::pin(ordinary(seed, count)).await;
    let mut behind = Course::new("caught up", Kind::Sqlite, district(seed, count)).await;
    for of in nights(count) {
        behind.begin(of, &Mishaps::default());
    }
    let mut caught = Vec::new();
    for of in nights(count) {
        caught.push(run(&mut behind, of).await);
    }
    same((behind, &caught), (daily, &each)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pull_of_the_next_day_before_a_night_changes_nothing() {
    let (seed, count) = (
        seed(
            8,
            "overlap::a_pull_of_the_next_day_before_a_night_changes_nothing",
        ),
        5,
    );
    let in_turn = Box::pin(in_pairs(seed, count, false)).await;
    let early = Box::pin(in_pairs(seed, count, true)).await;
    same((early.0, &early.1), (in_turn.0, &in_turn.1)).await;
}

/// Nights run two on every second morning, after a pull of both, the later first, or without it.
async fn in_pairs(seed: u64, count: usize, pulls: bool) -> (Course, Vec<Night>) {
    let mut course = Course::new("two a morning", Kind::Sqlite, district(seed, count)).await;
    let all: Vec<Day> = nights(count).collect();
    let mut done = Vec::new();
    for pair in all.chunks(2) {
        for of in pair {
            course.begin(*of, &Mishaps::default());
        }
        let desk = course.street.desk(None).await;
        for of in pair.iter().rev().filter(|_| pulls) {
            pull::alone(&desk, *of, None).await.unwrap();
        }
        desk.close().await;
        for of in pair {
            done.push(run(&mut course, *of).await);
        }
    }
    (course, done)
}

/// The registry tells the dossiers of a day only on the next: a night of that day, run after the
/// other, knows them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_again_knows_what_later_files_told_of_it() {
    let seed = seed(
        9,
        "overlap::a_night_again_knows_what_later_files_told_of_it",
    );
    let (was, is) = (backwards(seed, false).await, backwards(seed, true).await);
    assert_eq!(codes(&was), [0]);
    let (was, is) = (document(&was), document(&is));
    // nothing of its own was delivered on the day, so the registry is not complete; but every
    // payment is known for what it is
    assert_eq!(source(&is, "one-stop")["state"], "missing");
    assert_eq!(is["exit_codes"][0], 3);
    assert_eq!(is["exceptions"], was["exceptions"]);
    for name in ["transactions", "matched", "open", "excluded"] {
        assert_eq!(is["totals"][name], was["totals"][name], "{name}");
    }
}

/// The first of two nights, run after the second; `told_late`: the files of the first day are told
/// on the second.
async fn backwards(seed: u64, told_late: bool) -> Night {
    let mut course = Course::new("backwards", Kind::Sqlite, district(seed, 2)).await;
    let all: Vec<Day> = nights(2).collect();
    for of in &all {
        course.begin(*of, &Mishaps::default());
    }
    let inbox = course.street.town.dir().join("inbox");
    for kind in [
        "agencies",
        "dossier_fees",
        "payment_orders",
        "cash_receipts",
    ] {
        let path = |day: &str| inbox.join(format!("{kind}_{day}.csv"));
        if told_late {
            fs::rename(path(&all[0].to_string()), path(&format!("{}-a", all[1]))).unwrap();
        }
    }
    let desk = course.street.desk(None).await;
    course.street.night(&desk, all[1]).await;
    let first = course.street.night(&desk, all[0]).await;
    desk.close().await;
    first
}
