//! No end of a listing is taken for granted: what a source never said is not its word.

use doisoat::domain::Completeness;
use doisoat::source::Pull;

use super::paging::{ids, page, read, tables};
use crate::fake::{Fake, Step, answer, json, numbers, param};

/// The trouble of a day of which nothing counts.
fn trouble(pull: Pull) -> String {
    assert_eq!((pull.state, pull.records.len()), (Completeness::Missing, 0));
    pull.trouble.unwrap().to_string()
}

fn whole(pull: &Pull, found: &[usize], about: &str) {
    assert!(pull.trouble.is_none(), "{about}: {:?}", pull.trouble);
    assert_eq!(pull.state, Completeness::Complete, "{about}");
    assert_eq!(ids(pull), found, "{about}");
    assert_eq!(pull.records.len(), found.len(), "{about}: each row once");
}

/// Rows by their times of day, at most five in one answer, the newest; `within` is how the source
/// understands `from` and `to`.
async fn cut_off(
    times: &'static [&'static str],
    within: fn(&str, &str, &str) -> bool,
    to: &str,
) -> Pull {
    let fake = Fake::answering(move |line| {
        let (from, to) = (param(line, "from").unwrap(), param(line, "to").unwrap());
        let at = |time: &str| format!("2022-12-05 {time}");
        let all = (1..).zip(times);
        let all = all.filter(|(_, time)| within(&from, &at(time), &to));
        let row = |(id, time): (usize, &&str)| {
            format!(r#"{{"id":{id},"amount":45000,"at":"2022-12-05T{time}"}}"#)
        };
        let rows: Vec<String> = all.map(row).collect();
        let last = &rows[rows.len().saturating_sub(5)..];
        json(format!(r#"{{"items":[{}]}}"#, last.join(",")))
    })
    .await;
    let tables = tables("", "style = \"window\"\nsize = 5", "");
    read(&fake, &tables.replace("{to:time}", to)).await
}

const INCLUSIVE: fn(&str, &str, &str) -> bool = |from, at, to| from <= at && at <= to;
const EXCLUSIVE: fn(&str, &str, &str) -> bool = |from, at, to| from <= at && at < to;

/// The day is cut at noon, then at 05:59:59 and 17:59:59.
const SECONDS: &[&str] = &[
    "00:00:00", "05:59:59", "06:00:00", "11:59:59", "12:00:00", "17:59:59", "18:00:00",
];
const FRACTIONS: &[&str] = &[
    "00:00:00.000",
    "05:59:59.500",
    "06:00:00.000",
    "11:59:59.999",
    "12:00:00.000",
    "17:59:59.500",
    "23:59:59.700",
];

#[tokio::test]
async fn halves_of_a_window_meet_without_a_gap() {
    for (times, within, to) in [
        (SECONDS, INCLUSIVE, "{to:time}"),
        (SECONDS, EXCLUSIVE, "{to:time}"),
        (SECONDS, INCLUSIVE, "{until:time}"),
        (SECONDS, EXCLUSIVE, "{until:time}"),
        (FRACTIONS, INCLUSIVE, "{until:time}"),
        (FRACTIONS, EXCLUSIVE, "{until:time}"),
    ] {
        let pull = cut_off(times, within, to).await;
        whole(&pull, &numbers(1, 7), &format!("{to} {times:?}"));
    }
    // the last second of the day is not asked for in full
    let said = trouble(cut_off(FRACTIONS, INCLUSIVE, "{to:time}").await);
    assert!(said.contains("fractions of a second"), "{said}");
    assert!(said.contains("{until:time}"), "{said}");
}

#[tokio::test]
async fn a_row_of_a_full_answer_that_no_half_holds_is_missed() {
    let open: fn(&str, &str, &str) -> bool = |from, at, to| from < at && at < to;
    let said = trouble(cut_off(&SECONDS[1..], open, "{to:time}").await);
    let told = "rows of a full answer that none of its parts holds: 1";
    assert!(said.contains(told), "{said}");
    // as many rows in one second as an answer holds
    let same = &["08:00:00"; 6];
    let said = trouble(cut_off(same, INCLUSIVE, "{to:time}").await);
    assert!(
        said.contains("the answer about a single second is full"),
        "{said}"
    );
}

/// Five rows in pages of two, and what stands beside them.
async fn paged(paging: &str, query: &str, more: fn(usize) -> Step) -> Pull {
    let fake = Fake::answering(move |line| {
        let at = param(line, "at").map_or(1, |at| at.parse().unwrap());
        more(at)
    })
    .await;
    read(&fake, &tables(query, paging, "")).await
}

#[tokio::test]
async fn a_cursor_that_was_never_seen_is_not_the_end() {
    let cursor = async |paging: &str, more: fn(usize) -> Step| {
        let paging = format!("style = \"cursor\"\n{paging}");
        paged(&paging, "at = \"{cursor}\"\nsize = \"100\"", more).await
    };
    // the cursor stands elsewhere; the source gives fewer rows than are asked for
    let elsewhere: fn(usize) -> Step = |_| page(&[1, 2], ",\"next\":2,\"more\":true");
    for size in ["", "size = 100\n", "size = 2\n"] {
        let said = trouble(cursor(&format!("{size}next = \"/nxt\""), elsewhere).await);
        assert!(said.contains("nxt is missing"), "{size}: {said}");
    }
    // told that there is more, and not where
    let ends = "next = \"/nxt\"\nmore = \"/more\"";
    let said = trouble(cursor(ends, elsewhere).await);
    assert!(said.contains("nxt is missing"), "{said}");
    let full: fn(usize) -> Step = |_| page(&[1, 2], "");
    let absent = "next = \"/next\"\nabsent_is_end = true";
    let said = trouble(cursor(&format!("{absent}\nsize = 2"), full).await);
    assert!(said.contains("next is missing"), "{said}");
    // an end that is proved: by the member, a total, a word, the tables, one seen before
    whole(&cursor(absent, full).await, &[1, 2], absent);
    let null: fn(usize) -> Step = |_| page(&[1, 2], ",\"next\":null");
    whole(&cursor("next = \"/next\"", null).await, &[1, 2], "null");
    let total: fn(usize) -> Step = |_| page(&[1, 2], ",\"total\":2");
    let by_total = "next = \"/next\"\ntotal = \"/total\"";
    whole(&cursor(by_total, total).await, &[1, 2], by_total);
    let always: fn(usize) -> Step = |at| match at {
        1 => page(&[1, 2], ",\"next\":2,\"more\":true"),
        _ => page(&[3], ",\"next\":3,\"more\":false"),
    };
    let by_word = "next = \"/next\"\nmore = \"/more\"";
    whole(&cursor(by_word, always).await, &[1, 2, 3], by_word);
    let later: fn(usize) -> Step = |at| match at {
        1 => page(&[1, 2], ",\"next\":2"),
        _ => page(&[3], ""),
    };
    whole(
        &cursor("next = \"/next\"", later).await,
        &[1, 2, 3],
        "later",
    );
}

#[tokio::test]
async fn a_link_header_that_was_never_seen_is_not_the_end() {
    let none: fn(usize) -> Step = |_| page(&[1, 2], ",\"next\":\"/items?page=2\",\"total\":2");
    let said = trouble(paged("style = \"link\"", "", none).await);
    assert!(said.contains("Link is missing"), "{said}");
    let other: fn(usize) -> Step = |_| {
        let body = r#"{"items":[{"id":1,"amount":1,"at":"2022-12-05T08:00:00"}]}"#;
        answer(200, &["Link: </api/items?page=1>; rel=\"last\""], body)
    };
    whole(&paged("style = \"link\"", "", other).await, &[1], "other");
    for ends in ["absent_is_end = true", "total = \"/total\""] {
        let paging = format!("style = \"link\"\n{ends}");
        whole(&paged(&paging, "", none).await, &[1, 2], ends);
    }
}

#[tokio::test]
async fn a_full_page_that_brings_nothing_new_is_the_end() {
    // four rows in full pages of two; beyond them the last page again, or no such page
    let again: fn(usize) -> Step = |at| page(if at == 1 { &[1, 2] } else { &[3, 4] }, "");
    let absent: fn(usize) -> Step = |at| match at {
        1 => page(&[1, 2], ""),
        2 => page(&[3, 4], ""),
        _ => answer(404, &[], "{}"),
    };
    let paging = "style = \"page\"\nsize = 2";
    for more in [again, absent] {
        let pull = paged(paging, "at = \"{page}\"", more).await;
        whole(&pull, &[1, 2, 3, 4], paging);
    }
    // the second page is the first: the source may never have read which one is asked for
    let same: fn(usize) -> Step = |_| page(&[1, 2], "");
    for size in [2, 100] {
        let paging = format!("style = \"page\"\nsize = {size}");
        let said = trouble(paged(&paging, "at = \"{page}\"", same).await);
        assert!(
            said.contains("the second page is the first once more"),
            "{said}"
        );
        let paging = format!("style = \"since\"\nsize = {size}");
        let said = trouble(paged(&paging, "at = \"{since}\"", same).await);
        assert!(
            said.contains("the second page is the first once more"),
            "{said}"
        );
    }
    // pages without end, and no total that says so
    let endless: fn(usize) -> Step = |at| page(&[2 * at, 2 * at + 1], "");
    let paging = "style = \"page\"\nsize = 2\npages_max = 9";
    let said = trouble(paged(paging, "at = \"{page}\"", endless).await);
    assert!(said.contains("9 answers and still no end"), "{said}");
    // the newest first: no page after it is no end either
    let newest: fn(usize) -> Step = |at| match at {
        1 => page(&[9, 8], ""),
        _ => answer(404, &[], "{}"),
    };
    let paging = "style = \"since\"\nsize = 2";
    let said = trouble(paged(paging, "at = \"{since}\"", newest).await);
    assert!(said.contains("newest row first"), "{said}");
}

#[tokio::test]
async fn an_end_that_is_exclusive_can_be_asked_for() {
    let fake = Fake::answering(|line| {
        let (from, to) = (param(line, "from").unwrap(), param(line, "to").unwrap());
        let is_of = (from.as_str()..to.as_str()).contains(&"2022-12-05");
        page(if is_of { &[1, 2] } else { &[] }, "")
    })
    .await;
    let tables = tables("", "style = \"none\"", "");
    let days = tables
        .replace("{from:time}", "{from}")
        .replace("{to:time}", "{until}");
    whole(&read(&fake, &days).await, &[1, 2], "until");
    let line = fake.requests()[0].clone();
    let asked = "GET /api/items?from=2022-12-05&to=2022-12-06 HTTP";
    assert!(line.starts_with(asked), "{line}");
}
