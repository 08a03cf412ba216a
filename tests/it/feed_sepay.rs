//! Listing days from SePay v1: whatever `since_id` and the limit do, a day is whole or open.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::sync::atomic::{AtomicUsize, Ordering};

use doisoat::domain::Completeness;
use doisoat::source::Pull;

use crate::fake::{Fake, Step, answer, day, feed, json, list_one, numbers, param};

/// How the server reads `since_id` and `limit`.
#[derive(Clone, Copy)]
struct Habits {
    inclusive: bool,
    keeps_newest: bool,
    count: Option<usize>,
}

/// Rows 1 to `rows`, a second apart from midnight of 5 December, at most 5 an answer.
async fn sepay(rows: usize, habits: Habits) -> (Pull, usize) {
    let fake = Fake::answering(move |line| {
        if line.contains("/count") {
            return habits.count.map_or_else(
                || answer(404, &[], ""),
                |count| {
                    json(format!(
                        r#"{{"status":200,"error":null,"count_transactions":{count}}}"#
                    ))
                },
            );
        }
        let since: usize = param(line, "since_id").map_or(0, |id| id.parse().unwrap());
        let bound = |name: &str| param(line, name).unwrap();
        let (from, to) = (bound("transaction_date_min"), bound("transaction_date_max"));
        let mut ids = numbers(1, rows);
        ids.retain(|id| (from.as_str()..=to.as_str()).contains(&stamp(*id).as_str()));
        ids.retain(|id| *id > since || (habits.inclusive && *id == since));
        let cut = ids.len().saturating_sub(5_000);
        if habits.keeps_newest || since == 0 {
            ids.drain(..cut);
        }
        ids.truncate(5_000);
        let rows: Vec<String> = ids.into_iter().map(sepay_row).collect();
        json(format!(
            r#"{{"status":200,"error":null,"transactions":[{}]}}"#,
            rows.join(",")
        ))
    })
    .await;
    let (feed, _) = feed("sepay", fake.port, "account = \"0123499999\"");
    let (pull, _) = list_one(feed.as_ref()).await;
    let all = fake.requests();
    assert!(
        all.iter()
            .all(|request| request.contains("account_number=0123499999"))
    );
    (pull, all.len())
}

fn stamp(second: usize) -> String {
    format!(
        "2022-12-05 {:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

fn sepay_row(id: usize) -> String {
    let at = stamp(id);
    format!(
        r#"{{"id":"{id}","amount_in":"1000.00","amount_out":"0.00","transaction_date":"{at}"}}"#
    )
}

#[tokio::test]
async fn sepay_is_read_whole_whatever_since_and_limit_do() {
    for (rows, inclusive, keeps_newest, counted) in [
        (3, true, false, true),
        (3, true, false, false),
        (5_000, true, false, true),
        (7_000, true, false, true),
        (7_000, false, false, true),
        (7_000, true, true, true),
        (7_000, true, true, false),
    ] {
        let habits = Habits {
            inclusive,
            keeps_newest,
            count: counted.then_some(rows),
        };
        let (pull, requests) = sepay(rows, habits).await;
        let what = format!(
            "{rows} {inclusive} {keeps_newest} {counted}: {:?}",
            pull.trouble
        );
        assert_eq!(
            (pull.state, pull.records.len()),
            (Completeness::Complete, rows),
            "{what}"
        );
        assert_eq!(pull.control.len(), usize::from(counted), "{what}");
        assert!(
            pull.control.values().all(|control| control.ties()),
            "{what}"
        );
        assert!(requests <= 20, "{what}: {requests} requests");
    }
}

#[tokio::test]
async fn sepay_rows_that_its_count_misses_leave_the_day_open() {
    let habits = Habits {
        inclusive: true,
        keeps_newest: false,
        count: Some(9),
    };
    let (pull, _) = sepay(7, habits).await;
    assert_eq!((pull.state, pull.records.len()), (Completeness::Missing, 0));
    let text = pull.trouble.unwrap().to_string();
    assert!(
        text.contains("the source counts 9 rows but delivered 7"),
        "{text}"
    );
    let (pull, _) = sepay(
        7,
        Habits {
            count: Some(5),
            ..habits
        },
    )
    .await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 7)
    );
    assert!(
        !pull.control[&day("2022-12-05")].ties(),
        "more rows than counted do not tie out"
    );
}

#[tokio::test]
async fn sepay_waits_as_its_own_header_asks() {
    let asked = "x-sepay-userapi-retry-after: 6\r\nRetry-After: 30";
    let good = r#"{"status":200,"error":null,"transactions":[],"count_transactions":0}"#;
    let fake = Fake::doing(vec![answer(429, &[asked], "{}"), json(good)]).await;
    let (feed, waits) = feed("sepay", fake.port, "");
    let (pull, kept) = list_one(feed.as_ref()).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 0)
    );
    assert_eq!(waits.lock().unwrap()[0].as_secs(), 6);
    assert_eq!(
        kept,
        ["transactions 2022-12-05", "transactions count 2022-12-05"]
    );
    let head = &fake.requests()[0];
    assert!(
        head.starts_with(
            "GET /userapi/transactions/list?transaction_date_min=2022-12-05+00%3A00%3A00&\
         transaction_date_max=2022-12-05+23%3A59%3A59&limit=5000 HTTP/1.1"
        ),
        "{head}"
    );
}

#[tokio::test]
async fn sepay_pages_without_end_end() {
    let check = async |count: Step, most: usize| {
        let next = AtomicUsize::new(1);
        let fake = Fake::answering(move |line| {
            if line.contains("/count") {
                return count.clone();
            }
            let from = next.fetch_add(5_000, Ordering::Relaxed);
            let rows: Vec<String> = numbers(from, from + 4_999)
                .into_iter()
                .map(sepay_row)
                .collect();
            let rows = rows.join(",");
            json(format!(
                r#"{{"status":200,"error":null,"transactions":[{rows}]}}"#
            ))
        })
        .await;
        let (feed, _) = feed("sepay", fake.port, "");
        let (pull, _) = list_one(feed.as_ref()).await;
        assert_eq!((pull.state, pull.records.len()), (Completeness::Missing, 0));
        let text = pull.trouble.unwrap().to_string();
        assert!(
            text.contains("the source delivers more pages than its own total allows"),
            "{text}"
        );
        assert!(fake.requests().len() <= most, "{}", fake.requests().len());
    };
    check(
        json(r#"{"status":200,"error":null,"count_transactions":57}"#),
        3,
    )
    .await;
    check(answer(404, &[], ""), 41).await;
}
