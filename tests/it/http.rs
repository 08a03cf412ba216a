//! What the shared HTTP layer does with servers that break the rules.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

mod length;

use std::io::Write;
use std::time::Duration;

use doisoat::clock::Stopwatch;
use doisoat::domain::Completeness;
use doisoat::source::Pull;
use doisoat::source::error::SourceError;

use crate::fake::{Fake, Kept, Step, TOKEN, Waits, answer, day, feed, json, list_one};

const GOOD: &str = r#"{"error":0,"message":"success","data":{"page":1,"totalRecords":1,"nextPage":null,
"records":[{"id":501,"tid":"FT1","description":"x","amount":45000,"when":"2022-12-05T09:15:30"}]}}"#;

/// Lists one night of Casso from a server that does `steps`; its last step is repeated.
async fn pull(steps: Vec<Step>, more: &str) -> (Pull, Fake, Waits, Vec<String>) {
    let fake = Fake::doing(steps).await;
    let (feed, waits) = feed("casso", fake.port, more);
    let (pull, kept) = list_one(feed.as_ref()).await;
    no_secret(&format!("{pull:?} {feed:?}"));
    if let Some(trouble) = &pull.trouble {
        no_secret(&trouble.to_string());
    }
    (pull, fake, waits, kept)
}

fn no_secret(text: &str) {
    assert!(!text.contains(TOKEN) && !text.contains("CANARY"), "{text}");
}

/// The fault of the first answer is survived by the second attempt.
async fn survived(first: Step, more: &str) -> Waits {
    let (pull, fake, waits, _) = pull(vec![first, json(GOOD)], more).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 1),
        "{:?}",
        pull.trouble
    );
    assert_eq!(fake.requests().len(), 2);
    waits
}

/// The source ends after `attempts`; nothing of it is kept. Returns where and what, without the
/// port.
async fn ends(step: Step, attempts: usize, more: &str) -> String {
    let (pull, fake, _, _) = pull(vec![step], more).await;
    assert!(pull.records.is_empty());
    assert!(matches!(
        pull.state,
        Completeness::Missing | Completeness::Refused
    ));
    assert_eq!(fake.requests().len(), attempts, "{:?}", pull.trouble);
    let text = pull.trouble.unwrap().to_string();
    text.replace(&format!(":{}", fake.port), "")
}

fn head(rest: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{rest}\r\n\r\n").into_bytes()
}

fn length(bytes: usize) -> String {
    format!("Content-Length: {bytes}\r\nConnection: close")
}

#[tokio::test]
async fn a_good_answer_is_asked_for_once_with_the_credential_in_one_header() {
    let (pull, fake, waits, kept) = pull(vec![json(GOOD)], "").await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 1)
    );
    assert_eq!(kept, ["transactions 2022-12-05 page 1"]);
    assert!(waits.lock().unwrap().is_empty());
    let [request] = fake.requests().try_into().unwrap();
    assert_eq!(request.matches(TOKEN).count(), 1);
    assert!(
        request.contains(&format!("\r\nauthorization: Apikey {TOKEN}\r\n")),
        "{request}"
    );
    assert!(request.starts_with(
        "GET /v2/transactions?fromDate=2022-12-05&toDate=2022-12-05&page=1&pageSize=100&sort=ASC HTTP/1.1"
    ));
    assert!(!request.to_ascii_lowercase().contains("cookie"));
}

#[tokio::test]
async fn broken_connections_are_tried_again() {
    let half = &GOOD.as_bytes()[..60];
    for step in [
        Step::Reset(Vec::new()),
        Step::Reset([head(&length(GOOD.len())), half.to_vec()].concat()),
        Step::Bytes([head(&length(GOOD.len())), half.to_vec()].concat()),
        Step::Bytes(b"\x16\x03\x01 this is not HTTP\r\n\r\n".to_vec()),
        Step::Bytes([head("Transfer-Encoding: chunked"), b"zz\r\nxx".to_vec()].concat()),
        Step::Bytes([head("X: y\r\n".repeat(5000).trim_end()), GOOD.into()].concat()),
        Step::Bytes([head(&format!("X: {}", "y".repeat(1 << 20))), GOOD.into()].concat()),
        json(half),
        json(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        json("<!doctype html><form>login</form>"),
        answer(
            200,
            &["Content-Encoding: gzip"],
            &gzip(GOOD.as_bytes())[..40],
        ),
        json(r#"{"error":500,"message":"busy"}"#),
    ] {
        survived(step, "").await;
    }
}

#[tokio::test]
async fn silence_and_slowness_end_with_the_request_deadline() {
    let watch = Stopwatch::start();
    let half = [head(&length(GOOD.len())), GOOD.as_bytes()[..60].to_vec()].concat();
    survived(Step::ThenSilence(Vec::new()), "timeout = \"1s\"").await;
    survived(Step::ThenSilence(half.clone()), "timeout = \"1s\"").await;
    let loris = Step::Slowly(half, Duration::from_millis(200));
    let text = ends(loris, 2, "timeout = \"1s\"\nretries = 2").await;
    assert_eq!(
        text,
        "s: GET http://127.0.0.1/v2/transactions: all 2 attempts failed; the last one: no complete answer \
         in time\n  Days and orders read in full are used. Run again later; if it happens again, ask the provider."
    );
    assert!(watch.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn the_whole_source_has_a_deadline() {
    let text = ends(Step::ThenSilence(Vec::new()), 1, "source_deadline = \"1s\"").await;
    assert_eq!(
        text,
        "s: GET http://127.0.0.1/v2/transactions: the 1 seconds for this source are used up\n  Days and orders read \
         in full are used; the next night reads what is missing. If it happens again, raise source_deadline."
    );
}

#[tokio::test]
async fn a_provider_may_ask_us_to_wait_but_not_for_ever() {
    let check = async |header: &str, at_least: u64, at_most: u64| {
        let waits = survived(answer(429, &[header], "{}"), "").await;
        let waited = waits.lock().unwrap()[0];
        let range = Duration::from_secs(at_least)..=Duration::from_secs(at_most);
        assert!(range.contains(&waited), "{header}: {waited:?}");
    };
    check("Retry-After: 7", 7, 7).await;
    check("Retry-After: 60", 60, 60).await;
    let date = "Date: Mon, 05 Dec 2022 18:30:00 GMT\r\nRetry-After: Mon, 05 Dec 2022 18:30:09 GMT";
    check(date, 9, 9).await;
    for nothing in [
        "X: y",
        "Retry-After: soon",
        "Retry-After: -5",
        "Retry-After: 0",
    ] {
        check(nothing, 1, 2).await;
    }
    let waits = survived(answer(503, &["Retry-After: 4"], ""), "").await;
    assert_eq!(*waits.lock().unwrap(), [Duration::from_secs(4)]);
    let text = ends(answer(429, &["Retry-After: 86400"], "{}"), 1, "").await;
    assert_eq!(
        text,
        "s: GET http://127.0.0.1/v2/transactions: the source asks us to wait 86400 seconds, longer than \
         we may wait\n  Days and orders read in full are used. Run again later; if it happens again, ask the provider."
    );
}

#[tokio::test]
async fn our_own_waits_double_and_end() {
    let (pull, fake, waits, _) = pull(vec![answer(500, &[], "{}")], "").await;
    let waits = waits.lock().unwrap().clone();
    assert_eq!((fake.requests().len(), waits.len()), (5, 4));
    for (wait, least) in waits.iter().zip([1, 2, 4, 8]) {
        let range = Duration::from_secs(least)..=Duration::from_secs(2 * least);
        assert!(range.contains(wait), "{waits:?}");
    }
    let text = pull.trouble.unwrap().to_string();
    assert!(
        text.contains("all 5 attempts failed; the last one: HTTP 500\n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_refusal_is_never_tried_again() {
    let text = ends(
        answer(401, &[], format!("{{\"token\":\"{TOKEN}\"}}")),
        1,
        "",
    )
    .await;
    assert_eq!(
        text,
        "s: GET http://127.0.0.1/v2/transactions: the source does not accept our credentials (HTTP 401)\n  \
         Check this source's credentials in doisoat.toml (token, client_secret or password: expired or \
         withdrawn?), then run `doisoat check`."
    );
    let check = async |status: u16, what: &str| {
        let text = ends(answer(status, &[], "{}"), 1, "").await;
        assert!(text.contains(what), "{text}");
    };
    check(403, "(HTTP 403)").await;
    check(404, "no such address (HTTP 404); this is not an empty day").await;
    check(400, "rejects the request (HTTP 400)").await;
    check(422, "rejects the request (HTTP 422)").await;
    let (pull, ..) = pull(vec![answer(401, &[], "")], "").await;
    assert_eq!(pull.state, Completeness::Refused);
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let other = Fake::doing(vec![json(GOOD)]).await;
    for (status, location) in [
        (
            302,
            format!("http://127.0.0.1:{}/x?token={TOKEN}", other.port),
        ),
        (307, "/v2/other".to_owned()),
        (301, "file:///etc/hostname".to_owned()),
        (308, "http://169.254.169.254/latest/".to_owned()),
    ] {
        let header = format!("Location: {location}");
        let text = ends(answer(status, &[&header], ""), 1, "").await;
        assert!(
            text.contains(&format!("the source redirects (HTTP {status}) to ")),
            "{text}"
        );
    }
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn an_empty_body_is_never_an_empty_day() {
    for step in [json(""), answer(204, &[], ""), json(" \r\n")] {
        let text = ends(step, 5, "").await;
        assert_eq!(
            text,
            "s: GET http://127.0.0.1/v2/transactions: all 5 attempts failed; the last one: an empty body \
             with a success status\n  An empty answer is not an empty day. Some providers (SePay) \
             answer this way when they do not accept the token: check it, then run again."
        );
    }
}

#[tokio::test]
async fn what_cannot_be_read_ends_in_a_text_that_says_why() {
    let check = async |body: &[u8], why: &str| {
        let text = ends(json(body), 2, "retries = 2").await;
        let what = format!("all 2 attempts failed; the last one: {why}\n");
        assert!(text.contains(&what), "{text}");
    };
    check(
        &GOOD.as_bytes()[..GOOD.len() - 3],
        "JSON that ends in the middle",
    )
    .await;
    check(b"<html>", "a web page instead of data").await;
    check(b"{\"error\":NaN}", "not JSON at line 1 column 10").await;
    check(
        b"{\"error\":0,\"data\":{}}",
        "JSON of another form than documented: data.records is missing",
    )
    .await;
    let utf16: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(
        &[b"\xFF\xFE", utf16.as_slice()].concat(),
        "a body that is not UTF-8",
    )
    .await;
    let twice = GOOD.replace("\"amount\":45000", "\"amount\":45000,\"amount\":1");
    check(
        twice.as_bytes(),
        "the key \"amount\" stands twice in one record",
    )
    .await;
    let text = ends(json(&GOOD.as_bytes()[..99]), 5, "").await;
    assert_eq!(
        text,
        "s: GET http://127.0.0.1/v2/transactions: all 5 attempts failed; the last one: JSON that ends in \
         the middle\n  Days and orders read in full are used. Run again later; if it happens again, ask the provider."
    );
}

#[tokio::test]
async fn a_mark_a_wrong_type_and_hostile_headers_do_no_harm() {
    let marked = [b"\xEF\xBB\xBF", GOOD.as_bytes()].concat();
    let cookies = ["Set-Cookie: a=b; Path=/", "Link: <http://x/>; rel=preload"];
    for step in [
        json(marked),
        answer(200, &["Content-Type: text/html"], GOOD),
        answer(200, &cookies, GOOD),
        answer(200, &["Content-Encoding: gzip"], gzip(GOOD.as_bytes())),
    ] {
        let (pull, fake, ..) = pull(vec![step], "").await;
        assert_eq!(
            (pull.state, fake.requests().len()),
            (Completeness::Complete, 1)
        );
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let block = vec![b' '; 1 << 20];
    let sized = Step::Endless(head("Content-Length: 1073741824"), block.clone());
    let bomb = gzip(&vec![b' '; 48 << 20]);
    assert!(bomb.len() < 100_000);
    for step in [sized, answer(200, &["Content-Encoding: gzip"], bomb)] {
        let text = ends(step, 1, "").await;
        assert_eq!(
            text,
            "s: GET http://127.0.0.1/v2/transactions: the answer is larger than 33554432 bytes\n  No day \
             is that large: ask the provider. If it really is, raise the source's bytes_max."
        );
    }
}

#[tokio::test]
async fn nothing_is_parsed_that_was_not_archived() {
    let fake = Fake::doing(vec![json(GOOD)]).await;
    let (feed, _) = feed("casso", fake.port, "");
    let full = Kept {
        full: true,
        ..Kept::default()
    };
    let night = day("2022-12-05");
    let error = feed.list(night..=night, &full).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the raw bytes could not be kept: no space left on device"
    );
    assert_eq!(
        fake.requests().len(),
        1,
        "our own failure is not the provider's: no second attempt"
    );
}

#[tokio::test]
async fn requests_keep_the_configured_distance() {
    let fake = Fake::doing(vec![json(GOOD)]).await;
    let (feed, _) = feed("casso", fake.port, "rate_limit = \"20/s\"");
    let watch = Stopwatch::start();
    let kept = Kept::default();
    let pull = feed
        .list(day("2022-12-01")..=day("2022-12-05"), &kept)
        .await
        .unwrap();
    assert_eq!((pull.days.len(), fake.requests().len()), (5, 5));
    assert!(
        watch.elapsed() >= Duration::from_millis(190),
        "{:?}",
        watch.elapsed()
    );
}

#[tokio::test]
async fn a_closed_port_is_no_connection() {
    let fake = Fake::doing(vec![json(GOOD)]).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    assert_ne!(fake.port, closed);
    let (feed, _) = feed("casso", closed, "retries = 2");
    let (pull, _) = list_one(feed.as_ref()).await;
    let trouble = pull.trouble.unwrap();
    assert!(
        matches!(trouble, SourceError::Exhausted { attempts: 2, .. }),
        "{trouble}"
    );
    assert!(trouble.to_string().contains("no connection"));
}

/// Compressed with the system's gzip.
fn gzip(plain: &[u8]) -> Vec<u8> {
    use std::process::{Command, Stdio};
    let mut child = Command::new("gzip")
        .args(["-nc9"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip is part of every Debian");
    let mut stdin = child.stdin.take().unwrap();
    let plain = plain.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&plain));
    let out = child.wait_with_output().unwrap().stdout;
    writer.join().unwrap().unwrap();
    out
}
