//! Listing days from Casso and SePay: what counts as complete.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use doisoat::domain::Completeness;
use doisoat::source::{DayState, Pull};

use crate::fake::{Fake, Kept, Step, answer, day, feed, json, list_one};

/// The value of a query parameter of a request's first line.
fn param(line: &str, name: &str) -> Option<String> {
    let query = line.split(' ').nth(1)?.split_once('?')?.1;
    let found = query
        .split('&')
        .find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    Some(found.replace('+', " ").replace("%3A", ":"))
}

fn ids(pull: &Pull) -> Vec<&str> {
    let all = pull
        .records
        .iter()
        .map(|record| record.id.as_deref().unwrap());
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

fn numbers(from: usize, to: usize) -> Vec<usize> {
    (from..=to).collect()
}

// Casso.

fn casso_row(id: usize) -> String {
    format!(r#"{{"id":{id},"amount":45000,"description":"x","when":"2022-12-05T08:00:00"}}"#)
}

/// A page of rows with its place among the pages.
fn casso_page(rows: &[usize], total: usize, next: Option<usize>) -> Step {
    let rows: Vec<String> = rows.iter().map(|id| casso_row(*id)).collect();
    let next = next.map_or("null".to_owned(), |next| next.to_string());
    json(format!(
        r#"{{"error":0,"message":"success","data":{{"totalRecords":{total},"nextPage":{next},"records":[{}]}}}}"#,
        rows.join(",")
    ))
}

/// Lists one night from answers in the order of the requests.
async fn casso(steps: Vec<Step>) -> (Pull, usize) {
    let fake = Fake::doing(steps).await;
    let (feed, _) = feed("casso", fake.port, "retries = 2");
    let (pull, _) = list_one(feed.as_ref()).await;
    (pull, fake.requests().len())
}

#[tokio::test]
async fn casso_pages_are_read_to_the_end() {
    let pages = vec![
        casso_page(&numbers(1, 3), 7, Some(2)),
        casso_page(&numbers(4, 6), 7, Some(3)),
        casso_page(&[7], 7, None),
    ];
    let (pull, requests) = casso(pages).await;
    assert_eq!(
        (pull.state, pull.records.len(), requests),
        (Completeness::Complete, 7, 3)
    );
    assert_eq!(pull.control[&day("2022-12-05")].expected, 7);
    assert!(pull.control[&day("2022-12-05")].ties());
}

#[tokio::test]
async fn casso_drift_is_noticed_and_the_day_listed_again() {
    // Three rows arrive in front while page 2 is read: row 3 comes twice, 8 to 10 never.
    let inserted = vec![
        casso_page(&[1, 2, 3], 6, Some(2)),
        casso_page(&[3, 4, 5], 9, None),
        casso_page(&[8, 9, 10, 1], 9, Some(2)),
        casso_page(&[2, 3, 4, 5, 6], 9, None),
    ];
    let (pull, requests) = casso(inserted).await;
    assert_eq!(
        (pull.state, pull.records.len(), requests),
        (Completeness::Complete, 9, 4)
    );
    // A row of page 1 vanishes: row 4 is skipped, and the sum still looks right.
    let deleted = vec![
        casso_page(&[1, 2, 3], 6, Some(2)),
        casso_page(&[5, 6], 5, None),
        casso_page(&[2, 3, 4], 5, Some(2)),
        casso_page(&[5, 6], 5, None),
    ];
    let (pull, _) = casso(deleted).await;
    assert_eq!(
        (pull.state, ids(&pull)),
        (Completeness::Complete, vec!["2", "3", "4", "5", "6"])
    );
    // Page 2 repeats page 1.
    let repeated = vec![
        casso_page(&[1, 2], 6, Some(2)),
        casso_page(&[1, 2], 6, Some(3)),
        casso_page(&[5, 6], 6, None),
        casso_page(&[1, 2, 3, 4, 5, 6], 6, None),
    ];
    assert_eq!(casso(repeated).await.0.records.len(), 6);
}

#[tokio::test]
async fn casso_totals_that_are_never_met_leave_the_day_open() {
    let (pull, requests) = casso(vec![casso_page(&[1, 2, 3], 8, None)]).await;
    assert_eq!(
        (pull.state, pull.records.len(), requests),
        (Completeness::Missing, 0, 4)
    );
    assert_eq!(pull.days[&day("2022-12-05")], DayState::Incomplete);
    let text = pull.trouble.unwrap().to_string();
    assert!(
        text.contains("the source counts 8 rows but delivered 3\n  The day counts as incomplete"),
        "{text}"
    );
}

#[tokio::test]
async fn casso_pages_without_end_end() {
    let check = async |page: fn(usize) -> Step, why: &str, most: usize| {
        let fake =
            Fake::answering(move |line| page(param(line, "page").unwrap().parse().unwrap())).await;
        let (feed, _) = feed("casso", fake.port, "");
        let (pull, _) = list_one(feed.as_ref()).await;
        let text = pull.trouble.unwrap().to_string();
        assert!(text.contains(why), "{text}");
        assert!(fake.requests().len() <= most && pull.records.is_empty());
    };
    check(
        |page| casso_page(&[page], 9, Some(page)),
        "the same page again and again",
        1,
    )
    .await;
    check(
        |_| casso_page(&[1], 9, Some(1)),
        "the same page again and again",
        1,
    )
    .await;
    let endless =
        |page: usize| casso_page(&numbers(page * 100, page * 100 + 99), 9, Some(page + 1));
    check(endless, "more pages than its own total allows", 8).await;
}

#[tokio::test]
async fn casso_repeats_are_one_row_and_other_content_stands_beside() {
    // Counted twice, delivered twice: believed when it comes out the same again.
    let (pull, requests) = casso(vec![casso_page(&[1, 2, 2], 3, None)]).await;
    assert_eq!(
        (pull.state, ids(&pull), requests),
        (Completeness::Complete, vec!["1", "2"], 2)
    );
    assert_eq!(pull.records.len(), 2);
    let other = casso_row(1).replace("45000", "46000");
    let body = format!(
        r#"{{"error":0,"data":{{"totalRecords":1,"nextPage":null,"records":[{},{other}]}}}}"#,
        casso_row(1)
    );
    let (pull, _) = casso(vec![json(body)]).await;
    let amounts: Vec<_> = pull
        .records
        .iter()
        .map(|r| r.amount.as_deref().unwrap())
        .collect();
    assert_eq!(
        (pull.state, amounts),
        (Completeness::Complete, vec!["45000", "46000"])
    );
}

#[tokio::test]
async fn a_day_that_does_not_add_up_costs_only_that_day() {
    let fake = Fake::answering(|line| match param(line, "fromDate").as_deref() {
        Some("2022-12-04") => casso_page(&[1], 2, None),
        Some("2022-12-05") => casso_page(&[2], 1, None),
        _ => casso_page(&[], 0, None),
    })
    .await;
    let (feed, _) = feed("casso", fake.port, "");
    let pull = feed
        .list(day("2022-12-03")..=day("2022-12-05"), &Kept::default())
        .await
        .unwrap();
    assert_eq!((pull.state, ids(&pull)), (Completeness::Partial, vec!["2"]));
    assert_eq!(pull.missing_days().collect::<Vec<_>>(), [day("2022-12-04")]);
    assert_eq!(pull.trouble.unwrap().code(), "incomplete");
}

#[tokio::test]
async fn a_dead_source_keeps_the_days_it_has_given_and_a_refusal_keeps_none() {
    let check = async |status: u16, state: Completeness, rows: usize, requests: usize| {
        let fake = Fake::answering(move |line| match param(line, "fromDate").as_deref() {
            Some("2022-12-05") => casso_page(&[2], 1, None),
            _ => answer(status, &[], "{}"),
        })
        .await;
        let (feed, _) = feed("casso", fake.port, "retries = 2");
        let pull = feed
            .list(day("2022-12-03")..=day("2022-12-05"), &Kept::default())
            .await
            .unwrap();
        assert_eq!((pull.state, pull.records.len()), (state, rows), "{status}");
        assert_eq!(
            fake.requests().len(),
            requests,
            "the source ends with its first failed request"
        );
    };
    check(500, Completeness::Partial, 1, 3).await;
    check(401, Completeness::Refused, 0, 2).await;
}

// SePay.

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
    let next = AtomicUsize::new(1);
    let fake = Fake::answering(move |_| {
        let from = next.fetch_add(5_000, Ordering::Relaxed);
        let rows: Vec<String> = numbers(from, from + 4_999)
            .into_iter()
            .map(sepay_row)
            .collect();
        json(format!(
            r#"{{"status":200,"error":null,"transactions":[{}]}}"#,
            rows.join(",")
        ))
    })
    .await;
    let (feed, _) = feed("sepay", fake.port, "");
    let (pull, _) = list_one(feed.as_ref()).await;
    assert_eq!((pull.state, pull.records.len()), (Completeness::Missing, 0));
    assert!(fake.requests().len() <= 20);
}
