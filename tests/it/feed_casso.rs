//! Listing days from Casso: what counts as complete.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::collections::BTreeSet;

use doisoat::domain::Completeness;
use doisoat::source::{DayState, Pull};

use crate::fake::{Fake, Kept, Step, answer, day, feed, json, list_one, numbers, param};

fn ids(pull: &Pull) -> Vec<&str> {
    let all = pull
        .records
        .iter()
        .map(|record| record.id.as_deref().unwrap());
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

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
