//! The faults are real on the wire.

use std::time::Duration;

use doisoat::sandbox::{Fault, Sandbox};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{client, sandbox};

const CASSO: &str = "GET /casso/v2/transactions?fromDate=2022-12-05&toDate=2022-12-07&pageSize=100 \
                     HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Apikey sandbox-casso-key\r\n\
                     Connection: close\r\n\r\n";

/// Sends the raw request and reads until the end, an error, or silence of half a second.
async fn raw(sandbox: &Sandbox) -> (Vec<u8>, &'static str) {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(CASSO.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    loop {
        let read = stream.read_buf(&mut bytes);
        match tokio::time::timeout(Duration::from_millis(500), read).await {
            Err(_) => return (bytes, "silence"),
            Ok(Err(_)) => return (bytes, "reset"),
            Ok(Ok(0)) => return (bytes, "end"),
            Ok(Ok(_)) if bytes.len() > 3_000_000 => return (bytes, "enough"),
            Ok(Ok(_)) => {}
        }
    }
}

/// Head and body of a raw answer.
fn parts(bytes: &[u8]) -> (String, Vec<u8>) {
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a whole head");
    (
        String::from_utf8_lossy(&bytes[..end]).into_owned(),
        bytes[end + 4..].to_vec(),
    )
}

async fn answered(fault: &str) -> (String, Vec<u8>, &'static str) {
    let sandbox = sandbox(Some(fault)).await;
    let (bytes, ending) = raw(&sandbox).await;
    let (head, body) = parts(&bytes);
    (head, body, ending)
}

fn content_length(head: &str) -> usize {
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    line.expect("a Content-Length").parse().unwrap()
}

#[tokio::test]
async fn silence_and_resets_are_what_they_say() {
    for (fault, ending, some_bytes) in [
        ("hang", "silence", false),
        ("hang_body", "silence", true),
        ("reset", "reset", false),
        ("reset_mid_body", "reset", true),
    ] {
        let sandbox = sandbox(Some(fault)).await;
        let (bytes, seen) = raw(&sandbox).await;
        assert_eq!((seen, !bytes.is_empty()), (ending, some_bytes), "{fault}");
        let (bytes, seen) = raw(&sandbox).await;
        let (head, body) = parts(&bytes);
        assert_eq!(
            (seen, content_length(&head)),
            ("end", body.len()),
            "{fault}: only once"
        );
    }
}

#[tokio::test]
async fn slow_loris_sends_a_byte_a_second() {
    let sandbox = sandbox(Some("slow_loris")).await;
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    stream.write_all(CASSO.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let reading = async { while stream.read_buf(&mut bytes).await.unwrap() > 0 {} };
    assert!(
        tokio::time::timeout(Duration::from_millis(1_500), reading)
            .await
            .is_err()
    );
    assert_eq!(bytes, b"HT");
}

#[tokio::test]
async fn lengths_and_framing_lie() {
    let (head, body, ending) = answered("short_body").await;
    assert!(content_length(&head) > body.len() && ending == "end");
    let (head, body, _) = answered("bad_chunked").await;
    assert!(head.contains("Transfer-Encoding: chunked"));
    assert!(String::from_utf8_lossy(&body).contains("ZZZ"));
    let sandbox = sandbox(Some("garbage_http")).await;
    assert!(!raw(&sandbox).await.0.starts_with(b"HTTP"));
    let (head, _, _) = answered("header_flood").await;
    assert!(head.lines().count() > 5_000);
    let (head, _, _) = answered("header_huge").await;
    assert!(head.len() > 1_000_000);
    let (head, body, ending) = answered("huge_body").await;
    assert!(head.contains("chunked") && body.len() > 2_900_000 && ending == "enough");
}

#[tokio::test]
async fn bodies_are_spoiled() {
    let (head, body, _) = answered("truncated_json").await;
    assert_eq!(content_length(&head), body.len());
    assert!(serde_json::from_slice::<Value>(&body).is_err());
    let (_, body, _) = answered("empty_body").await;
    assert!(body.is_empty());
    let (_, body, _) = answered("bom").await;
    assert!(body.starts_with(b"\xef\xbb\xbf{"));
    let (_, body, _) = answered("utf16_body").await;
    assert!(body.starts_with(b"\xff\xfe{\0"));
    let (_, body, _) = answered("invalid_utf8").await;
    assert!(std::str::from_utf8(&body).is_err());
    let (_, body, _) = answered("nan_amount").await;
    assert!(String::from_utf8(body).unwrap().contains("\"amount\":NaN"));
    let (head, body, _) = answered("http_204").await;
    assert!(head.starts_with("HTTP/1.1 204") && body.is_empty());
    let (head, _, _) = answered("html_login").await;
    assert!(head.contains("text/html"));
}

#[tokio::test]
async fn gzip_opens_far_wider_than_it_is() {
    let (head, body, _) = answered("gzip_bomb").await;
    assert!(head.contains("Content-Encoding: gzip") && body.len() < 1_100_000);
    let sandbox = sandbox(Some("gzip_bomb")).await;
    let url = format!("{}/v2/transactions", sandbox.base_url("casso"));
    let key = "Apikey sandbox-casso-key";
    let mut answer = client()
        .get(url)
        .header("Authorization", key)
        .send()
        .await
        .unwrap();
    let mut opened = 0;
    while opened < 8_000_000 {
        let chunk = answer.chunk().await.unwrap().expect("the bomb goes on");
        assert!(chunk.iter().all(|byte| *byte == b' '));
        opened += chunk.len();
    }
    let truncated = super::sandbox(Some("gzip_truncated")).await;
    let url = format!("{}/v2/transactions", truncated.base_url("casso"));
    let ask = || client().get(&url).header("Authorization", key).send();
    assert!(ask().await.unwrap().bytes().await.is_err());
    assert!(
        ask().await.unwrap().json::<Value>().await.is_ok(),
        "only once"
    );
}

#[tokio::test]
async fn retry_hints_are_sent_and_watched() {
    let sandbox = sandbox(Some("http_429")).await;
    let url = format!("{}/v2/transactions", sandbox.base_url("casso"));
    let ask = || {
        client()
            .get(&url)
            .header("Authorization", "Apikey sandbox-casso-key")
            .send()
    };
    let first = ask().await.unwrap();
    assert_eq!(
        (first.status().as_u16(), &first.headers()["retry-after"]),
        (429, &"2".parse().unwrap())
    );
    assert_eq!(ask().await.unwrap().status(), 429);
    assert_eq!(sandbox.counters().early_retries, 1);
    assert_eq!(ask().await.unwrap().status(), 200);
    assert_eq!(sandbox.counters().attempts.values().max(), Some(&3));
    sandbox.set_fault(Fault::named("http_429_date"));
    let dated = ask().await.unwrap();
    let headers = dated.headers();
    assert_ne!(headers["retry-after"], headers["date"]);
    assert!(
        headers["retry-after"]
            .to_str()
            .unwrap()
            .ends_with("18:30:03 GMT")
    );
}

#[tokio::test]
async fn a_followed_redirect_and_its_credentials_are_noticed() {
    for fault in ["redirect_same", "redirect_other", "redirect_loop"] {
        let sandbox = sandbox(Some(fault)).await;
        let key = "Apikey sandbox-casso-key";
        let url = format!("{}/v2/transactions", sandbox.base_url("casso"));
        let answer = client()
            .get(&url)
            .header("Authorization", key)
            .send()
            .await
            .unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let careful = sandbox.counters();
        assert_eq!(
            (careful.redirect_followed, careful.leaked_credentials),
            (0, 0),
            "{fault}"
        );
        let target = reqwest::Url::parse(&url).unwrap().join(&location).unwrap();
        client()
            .get(target)
            .header("Authorization", key)
            .send()
            .await
            .unwrap();
        let careless = sandbox.counters();
        assert_eq!(
            (careless.redirect_followed, careless.leaked_credentials),
            (1, 1),
            "{fault}"
        );
    }
}

/// The ids of one whole Casso listing of three days, page by page, and the total it claims.
async fn listing(sandbox: &Sandbox) -> (Vec<i64>, u64) {
    let (mut ids, mut page) = (Vec::new(), 1);
    loop {
        let url = format!(
            "{}/v2/transactions?fromDate=2022-12-05&toDate=2022-12-07&pageSize=10&page={page}",
            sandbox.base_url("casso")
        );
        let key = "Apikey sandbox-casso-key";
        let answer = client()
            .get(url)
            .header("Authorization", key)
            .send()
            .await
            .unwrap();
        let data = answer.json::<Value>().await.unwrap()["data"].clone();
        let records = data["records"].as_array().unwrap();
        ids.extend(records.iter().map(|row| row["id"].as_i64().unwrap()));
        match data["nextPage"].as_u64() {
            Some(next) if next > page => page = next,
            _ => return (ids, data["totalRecords"].as_u64().unwrap()),
        }
    }
}

#[tokio::test]
async fn listings_drift_and_settle() {
    let quiet = sandbox(None).await;
    let (truth, total) = listing(&quiet).await;
    assert!(truth.len() > 35 && total == u64::try_from(truth.len()).unwrap());
    let distinct = |ids: &[i64]| {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let whole = |ids: &[i64]| distinct(ids) == distinct(&truth);
    for (fault, first_is_whole, second_is_whole) in [
        ("dup_page", false, true),
        ("page_drift_delete", false, true),
        ("late_rows", false, true),
        ("page_size_ignored", true, true),
        ("unsorted", true, true),
        ("dup_records", true, true),
        ("missing_last_page", false, false),
    ] {
        let sandbox = sandbox(Some(fault)).await;
        let first = listing(&sandbox).await.0;
        let second = listing(&sandbox).await.0;
        assert_eq!(
            (whole(&first), whole(&second)),
            (first_is_whole, second_is_whole),
            "{fault}"
        );
    }
    let sandbox = sandbox(Some("page_drift_insert")).await;
    listing(&sandbox).await;
    listing(&sandbox).await;
    let third = distinct(&listing(&sandbox).await.0);
    let drifted = third.iter().filter(|id| **id >= 9_000_000).count();
    assert!(truth.iter().all(|id| third.contains(id)));
    assert_eq!((drifted, third.len()), (12, truth.len() + 12));
}

#[tokio::test]
async fn every_fault_leaves_the_sandbox_able_to_answer() {
    let sandbox = sandbox(None).await;
    for fault in Fault::all() {
        sandbox.set_fault(Some(*fault));
        let url = format!("{}/v2/transactions?pageSize=20", sandbox.base_url("casso"));
        let asking = client()
            .get(&url)
            .header("Authorization", "Apikey sandbox-casso-key")
            .timeout(Duration::from_millis(60))
            .send();
        let _whatever = asking.await;
        sandbox.set_fault(None);
        let (bytes, ending) = raw(&sandbox).await;
        assert!(
            bytes.starts_with(b"HTTP/1.1 200") && ending == "end",
            "after {}",
            fault.name
        );
    }
}

#[tokio::test]
async fn stop_frees_the_port() {
    let sandbox = sandbox(Some("hang_always")).await;
    let address = sandbox.address();
    let waiting = TcpStream::connect(address).await.unwrap();
    sandbox.stop().await;
    drop(waiting);
    assert!(TcpStream::connect(address).await.is_err());
}
