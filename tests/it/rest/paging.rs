//! Each style of paging: how it goes on, how its end is known, what is noticed on the way.

use std::collections::BTreeSet;

use doisoat::domain::Completeness;
use doisoat::source::Pull;

use super::feed;
use crate::fake::{Fake, Step, answer, json, list_one, numbers, param};

pub(super) const RECORD: &str =
    "[source.record]\nid = \"/id\"\namount = \"/amount\"\ntime = \"/at\"\n";

/// The tables of a listing with these parameters and this paging.
pub(super) fn tables(query: &str, paging: &str, more: &str) -> String {
    format!(
        "[source.request]\nmethod = \"GET\"\npath = \"/items\"\n[source.request.query]\nfrom = \"{{from:time}}\"\n\
         to = \"{{to:time}}\"\n{query}\n[source.paging]\n{paging}\n[source.answer]\nrecords = \"/items\"\n{RECORD}{more}"
    )
}

fn row(id: usize) -> String {
    format!(r#"{{"id":{id},"amount":45000,"at":"2022-12-05T08:00:00"}}"#)
}

fn body(ids: &[usize], more: &str) -> String {
    let rows: Vec<String> = ids.iter().map(|id| row(*id)).collect();
    format!(r#"{{"items":[{}]{more}}}"#, rows.join(","))
}

pub(super) fn page(ids: &[usize], more: &str) -> Step {
    json(body(ids, more))
}

pub(super) fn ids(pull: &Pull) -> Vec<usize> {
    let id = |record: &doisoat::source::Record| record.id.as_deref().unwrap().parse().unwrap();
    pull.records
        .iter()
        .map(id)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

pub(super) async fn read(fake: &Fake, tables: &str) -> Pull {
    let (feed, _) = feed(fake.port, tables);
    list_one(feed.as_ref()).await.0
}

/// What a request's parameter says, as a number.
fn number(line: &str, name: &str) -> usize {
    param(line, name).unwrap().parse().unwrap()
}

#[tokio::test]
async fn one_answer_holds_the_day() {
    let fake = Fake::answering(|_| page(&[1, 2], "")).await;
    let pull = read(&fake, &tables("", "style = \"none\"", "")).await;
    assert_eq!(
        (pull.state, ids(&pull)),
        (Completeness::Complete, vec![1, 2])
    );
    let line = fake.requests()[0].clone();
    assert!(
        line.starts_with(
            "GET /api/items?from=2022-12-05+00%3A00%3A00&to=2022-12-05+23%3A59%3A59 HTTP"
        ),
        "{line}"
    );
}

#[tokio::test]
async fn numbered_pages_end_where_the_source_says() {
    let end = async |paging: &str, more: fn(usize) -> String, requests: usize| {
        let fake = Fake::answering(move |line| {
            let at = number(line, "page");
            page(&numbers(at * 2 - 1, (at * 2).min(5)), &more(at))
        })
        .await;
        let paging = format!("style = \"page\"\nsize = 2\n{paging}");
        let pull = read(
            &fake,
            &tables("page = \"{page}\"\nsize = \"{size}\"", &paging, ""),
        )
        .await;
        assert_eq!(ids(&pull), [1, 2, 3, 4, 5], "{paging}");
        assert_eq!(
            (pull.state, fake.requests().len()),
            (Completeness::Complete, requests),
            "{paging}"
        );
        assert_eq!(
            param(fake.requests()[0].lines().next().unwrap(), "size").unwrap(),
            "2"
        );
    };
    // By a page that is not full. Without a total the pages are read twice: rows may have moved.
    end("", |_| String::new(), 6).await;
    end(
        "next = \"/next\"",
        |at| {
            if at < 3 {
                format!(",\"next\":{}", at + 1)
            } else {
                ",\"next\":null".into()
            }
        },
        6,
    )
    .await;
    end("last = \"/last\"", |at| format!(",\"last\":{}", at == 3), 6).await;
    end("more = \"/more\"", |at| format!(",\"more\":{}", at < 3), 6).await;
    end("total = \"/total\"", |_| ",\"total\":5".into(), 3).await;
}

#[tokio::test]
async fn pages_from_zero_and_offsets_begin_at_nothing() {
    let fake = Fake::answering(|line| {
        let at = number(line, "p");
        page(
            &numbers(at * 2 + 1, (at * 2 + 2).min(3)),
            &format!(",\"last\":{}", at == 1),
        )
    })
    .await;
    let paging = "style = \"page\"\nfirst = 0\nsize = 2\nlast = \"/last\"";
    let pull = read(&fake, &tables("p = \"{page}\"", paging, "")).await;
    assert_eq!(ids(&pull), [1, 2, 3]);
    // The source gives fewer rows than asked for: the offset follows what came.
    let fake = Fake::answering(|line| {
        let at = number(line, "skip");
        page(&numbers(at + 1, (at + 2).min(5)), ",\"total\":5")
    })
    .await;
    let paging = "style = \"offset\"\nsize = 100\ntotal = \"/total\"";
    let pull = read(
        &fake,
        &tables("skip = \"{offset}\"\ntake = \"{size}\"", paging, ""),
    )
    .await;
    assert_eq!(
        (ids(&pull), fake.requests().len()),
        (vec![1, 2, 3, 4, 5], 3)
    );
}

/// Five rows, or so many, in pages of two, whatever size is asked for.
async fn capped(rows: usize, beyond: fn(usize) -> Step, style: &str) -> (Pull, usize) {
    let offset = style == "offset";
    let fake = Fake::answering(move |line| {
        let at = number(line, "at");
        let first = if offset { at + 1 } else { at * 2 - 1 };
        if first > rows {
            return beyond(rows);
        }
        page(&numbers(first, (first + 1).min(rows)), "")
    })
    .await;
    let name = if offset { "offset" } else { "page" };
    let paging = format!("style = \"{style}\"\nsize = 100");
    let query = format!("at = \"{{{name}}}\"\nsize = \"{{size}}\"");
    let pull = read(&fake, &tables(&query, &paging, "")).await;
    (pull, fake.requests().len())
}

#[tokio::test]
async fn a_source_that_gives_fewer_rows_than_asked_is_read_to_its_end() {
    let empty: fn(usize) -> Step = |_| page(&[], "");
    // the last page is shorter than the one before
    let (pull, requests) = capped(5, empty, "page").await;
    assert_eq!((ids(&pull), requests), (numbers(1, 5), 6));
    assert_eq!(pull.state, Completeness::Complete);
    // the last page is as full as the others: one further is asked for, and is empty, is not there,
    // or is the last once more
    let absent: fn(usize) -> Step = |_| answer(404, &[], "{}");
    let again: fn(usize) -> Step = |rows| page(&numbers(rows - 1, rows), "");
    for beyond in [empty, absent, again] {
        for style in ["page", "offset"] {
            let (pull, requests) = capped(4, beyond, style).await;
            assert_eq!((ids(&pull), requests), (numbers(1, 4), 6), "{style}");
            assert_eq!(pull.state, Completeness::Complete, "{style}");
        }
    }
}

#[tokio::test]
async fn a_next_page_that_cannot_be_read_is_not_the_end() {
    let look = async |more: &'static str, style: &str, name: &str| {
        let fake = Fake::answering(move |line| match param(line, "at").as_deref() {
            None | Some("1" | "0") => page(&[1, 2], more),
            Some("2") => page(&[3], ""),
            _ => page(&[], ""),
        })
        .await;
        let paging = format!("style = \"{style}\"\nsize = 2\nnext = \"/next\"");
        let query = format!("at = \"{{{name}}}\"");
        let pull = read(&fake, &tables(&query, &paging, "")).await;
        (pull.state, ids(&pull))
    };
    let whole = (Completeness::Complete, vec![1, 2, 3]);
    // not a word about the next page: a further one is asked for
    assert_eq!(look("", "page", "page").await, whole);
    assert_eq!(look("", "offset", "offset").await, whole);
    assert_eq!(look(",\"next\":\"2\"", "page", "page").await, whole);
    let two = (Completeness::Complete, vec![1, 2]);
    for end in [",\"next\":null", ",\"next\":false", ",\"next\":\"\""] {
        assert_eq!(look(end, "page", "page").await, two, "{end}");
        assert_eq!(look(end, "cursor", "cursor").await, two, "{end}");
    }
    let nothing = (Completeness::Missing, vec![]);
    for bad in [
        ",\"next\":{\"page\":2}",
        ",\"next\":[2]",
        ",\"next\":\"two\"",
        ",\"next\":-1",
    ] {
        assert_eq!(look(bad, "page", "page").await, nothing, "{bad}");
    }
    // a full first page and no cursor where it should be
    assert_eq!(look("", "cursor", "cursor").await, nothing);
    assert_eq!(look(",\"next\":true", "cursor", "cursor").await, nothing);
}

#[tokio::test]
async fn rows_that_move_between_pages_are_not_lost() {
    // newest first: a row vanishes after the first page, and what stood third stands second
    let calls = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let look = async |moves: fn(usize) -> bool| {
        let calls = std::sync::Arc::clone(&calls);
        calls.store(0, std::sync::atomic::Ordering::SeqCst);
        let fake = Fake::answering(move |line| {
            let call = calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let at = number(line, "page");
            let rows: Vec<usize> = (1..=5).filter(|id| *id != 2 || !moves(call)).collect();
            let from = (at * 2 - 2).min(rows.len());
            page(&rows[from..(from + 2).min(rows.len())], "")
        })
        .await;
        let paging = "style = \"page\"\nsize = 2";
        let pull = read(&fake, &tables("page = \"{page}\"", paging, "")).await;
        (pull.state, ids(&pull))
    };
    // after the first answer: 3 would be lost, were the list not read again until it stands still
    let (state, found) = look(|call| call > 0).await;
    assert_eq!((state, found), (Completeness::Complete, vec![1, 3, 4, 5]));
    // it never stands still
    let (state, found) = look(|call| call % 4 == 1).await;
    assert_eq!((state, found), (Completeness::Missing, vec![]));
}

#[tokio::test]
async fn a_cursor_is_sent_back_and_must_move() {
    let fake = Fake::answering(|line| match param(line, "after").as_deref() {
        None => page(&[1, 2], r#","next":"b c""#),
        Some("b c") => page(&[3], r#","next":"""#),
        other => panic!("{other:?}"),
    })
    .await;
    let paging = "style = \"cursor\"\nnext = \"/next\"";
    let pull = read(&fake, &tables("after = \"{cursor}\"", paging, "")).await;
    assert_eq!(
        (pull.state, ids(&pull)),
        (Completeness::Complete, vec![1, 2, 3])
    );
    let fake = Fake::answering(|_| page(&[1], r#","next":"a""#)).await;
    let pull = read(&fake, &tables("after = \"{cursor}\"", paging, "")).await;
    let text = pull.trouble.unwrap().to_string();
    assert!(text.contains("the same page again and again"), "{text}");
    assert_eq!(pull.state, Completeness::Missing);
}

#[tokio::test]
async fn since_goes_on_from_the_last_row_whether_it_is_repeated_or_not() {
    for (inclusive, backwards) in [(true, false), (false, false), (true, true)] {
        let fake = Fake::answering(move |line| {
            let since = param(line, "since").map_or(0, |id| id.parse().unwrap());
            let from = if inclusive { since.max(1) } else { since + 1 };
            let mut ids = numbers(from, (from + 2).min(7));
            if backwards {
                ids.reverse();
            }
            page(&ids, "")
        })
        .await;
        let paging = "style = \"since\"\nsize = 3";
        let pull = read(&fake, &tables("since = \"{since}\"", paging, "")).await;
        assert_eq!(
            (pull.state, ids(&pull)),
            (Completeness::Complete, numbers(1, 7)),
            "{inclusive} {backwards}"
        );
        assert_eq!(pull.records.len(), 7, "the repeated row counts once");
        let first = fake.requests()[0].clone();
        assert!(!first.contains("since="), "left out of the first request");
    }
}

#[tokio::test]
async fn a_link_header_leads_on_below_the_base_address_only() {
    let linked =
        |ids: &[usize], link: &str| answer(200, &[&format!("Link: {link}")], body(ids, ""));
    let fake = Fake::answering(move |line| match param(line, "page").as_deref() {
        None => linked(
            &[1],
            "</api/items?page=2>; rel=\"next\", </api/items?page=9>; rel=\"last\"",
        ),
        Some("2") => linked(&[2], "<?page=3>; rel=next"),
        Some("3") => linked(&[3], "</api/items?page=1>; rel=\"first\""),
        other => panic!("{other:?}"),
    })
    .await;
    let pull = read(&fake, &tables("", "style = \"link\"", "")).await;
    assert_eq!(
        (pull.state, ids(&pull)),
        (Completeness::Complete, vec![1, 2, 3])
    );
    for bad in [
        "<http://169.254.169.254/latest/>; rel=next",
        "<https://evil.example/api/items>; rel=next",
        "</admin>; rel=next",
    ] {
        let fake = Fake::answering(move |_| linked(&[1], bad)).await;
        let pull = read(&fake, &tables("", "style = \"link\"", "")).await;
        assert_eq!((pull.records.len(), fake.requests().len()), (0, 1), "{bad}");
        let error = pull.trouble.unwrap();
        assert_eq!(error.code(), "not_allowed");
        assert!(
            error.to_string().contains("leads out of base_url"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_window_is_cut_until_no_answer_is_full() {
    // Forty rows, one every half hour; at most five in one answer, the newest.
    let at = |id: usize| format!("2022-12-05 {:02}:{:02}:00", id / 2, id % 2 * 30);
    let fake = Fake::answering(move |line| {
        let (from, to) = (param(line, "from").unwrap(), param(line, "to").unwrap());
        let within = |id: &usize| (from.as_str()..=to.as_str()).contains(&at(*id).as_str());
        let all: Vec<usize> = numbers(1, 40).into_iter().filter(within).collect();
        page(&all[all.len().saturating_sub(5)..], "")
    })
    .await;
    let pull = read(&fake, &tables("", "style = \"window\"\nsize = 5", "")).await;
    assert_eq!(
        (pull.state, ids(&pull)),
        (Completeness::Complete, numbers(1, 40))
    );
    // Full to the last second: rows are missing, and it is said.
    let fake = Fake::answering(|_| page(&[1, 2, 3, 4, 5], "")).await;
    let pull = read(&fake, &tables("", "style = \"window\"\nsize = 5", "")).await;
    assert_eq!(
        (pull.state, pull.trouble.unwrap().code()),
        (Completeness::Missing, "incomplete")
    );
}

#[tokio::test]
async fn totals_that_are_never_met_leave_the_day_open() {
    let fake = Fake::answering(|_| page(&[1, 2], ",\"total\":3")).await;
    let paging = "style = \"page\"\nsize = 5\nnext = \"/next\"\ntotal = \"/total\"";
    let pull = read(&fake, &tables("page = \"{page}\"", paging, "")).await;
    assert_eq!((pull.state, pull.records.len()), (Completeness::Missing, 0));
    let text = pull.trouble.unwrap().to_string();
    assert!(
        text.contains("the source counts 3 rows but delivered 2"),
        "{text}"
    );
    assert_eq!(
        fake.requests().len(),
        8,
        "listed again, one page further each time"
    );
    // A total that is not told where one is configured is an answer of another form.
    let fake = Fake::answering(|_| page(&[1], "")).await;
    let pull = read(&fake, &tables("page = \"{page}\"", paging, "")).await;
    let text = pull.trouble.unwrap().to_string();
    assert!(text.contains("total is missing"), "{text}");
}
