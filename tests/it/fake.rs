//! A server that does what a script says, one step a connection, and the sources under test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use doisoat::clock::FixedClock;
use doisoat::config::section::{Doc, Section};
use doisoat::config::{ConfigError, SourceSettings, Surroundings, parse_source};
use doisoat::domain::{Day, SourceName};
use doisoat::source::{ArchiveError, BoxFuture, Feed, Handle, Opening, Pace, Probe, Pull, RawSink};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
#[derive(Clone)]
pub(crate) enum Step {
    /// These bytes, then the connection closes.
    Bytes(Vec<u8>),
    /// These bytes, then nothing for ever.
    ThenSilence(Vec<u8>),
    /// These bytes, one each `Duration`.
    Slowly(Vec<u8>, Duration),
    /// The connection is reset after these bytes.
    Reset(Vec<u8>),
    /// This head, then this block again and again until the client leaves.
    Endless(Vec<u8>, Vec<u8>),
}

/// Makes the answer from a request.
type Script = Arc<dyn Fn(&str) -> Step + Send + Sync>;

/// A server on loopback.
pub(crate) struct Fake {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Answers by a function of the request's first line.
    pub(crate) async fn answering(script: impl Fn(&str) -> Step + Send + Sync + 'static) -> Self {
        Self::reading(move |request| script(request.lines().next().unwrap_or_default())).await
    }

    /// Answers by a function of the whole request, head and body.
    pub(crate) async fn reading(script: impl Fn(&str) -> Step + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, script): (_, Script) = (Arc::clone(&requests), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&log)));
            }
        });
        Self { port, requests }
    }

    /// Does the steps one after the other, the last one again and again.
    pub(crate) async fn doing(steps: Vec<Step>) -> Self {
        let next = Mutex::new(0);
        Self::answering(move |_| {
            let mut next = next.lock().unwrap();
            let step = steps[(*next).min(steps.len() - 1)].clone();
            *next += 1;
            step
        })
        .await
    }

    /// Whole requests so far: head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, script: Script, log: Arc<Mutex<Vec<String>>>) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    log.lock().unwrap().push(request.clone());
    match script(&request) {
        Step::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Step::ThenSilence(bytes) => {
            let _ = stream.write_all(&bytes).await;
            tokio::time::sleep(Duration::from_mins(1)).await;
        }
        Step::Slowly(bytes, pause) => {
            for byte in bytes {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
        }
        Step::Reset(bytes) => {
            let _ = stream.write_all(&bytes).await;
            stream.set_zero_linger().unwrap();
        }
        Step::Endless(head, block) => {
            if stream.write_all(&head).await.is_ok() {
                while stream.write_all(&block).await.is_ok() {}
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if bytes.first() == Some(&0x16) {
            return Some("TLS hello".to_owned());
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse::<usize>()
                    .ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// An answer with a right length.
pub(crate) fn answer(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Step {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    let length = format!("Content-Length: {}\r\n\r\n", body.len());
    Step::Bytes([head.as_bytes(), length.as_bytes(), body].concat())
}

/// A good JSON answer.
pub(crate) fn json(body: impl AsRef<[u8]>) -> Step {
    answer(200, &["Content-Type: application/json"], body)
}

/// Keeps what a source archives.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) all: Mutex<Vec<(String, Vec<u8>)>>,
    pub(crate) full: bool,
}

impl RawSink for Kept {
    fn keep<'a>(
        &'a self,
        _source: &'a SourceName,
        what: &'a str,
        bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<String, ArchiveError>> {
        Box::pin(async move {
            if self.full {
                return Err(ArchiveError("no space left on device".into()));
            }
            self.all
                .lock()
                .unwrap()
                .push((what.to_owned(), bytes.to_vec()));
            Ok(String::new())
        })
    }
}

/// The credential of every source under test.
pub(crate) const TOKEN: &str = "CANARY-5f1d7c";

/// Settings of a source named `s` at `port`.
pub(crate) fn settings(kind: &str, port: u16, more: &str) -> SourceSettings {
    settings_at(kind, &format!("http://127.0.0.1:{port}"), more, "TESTTMN1")
}

/// Settings of a source named `s` at a base URL of this machine.
pub(crate) fn settings_at(
    kind: &str,
    base_url: &str,
    more: &str,
    tmn_code: &str,
) -> SourceSettings {
    let secret = match kind {
        "vnpay" => format!("tmn_code = \"{tmn_code}\"\nhash_secret"),
        _ => "token".to_owned(),
    };
    let rate = if more.contains("rate_limit") {
        ""
    } else {
        "rate_limit = \"1000/s\""
    };
    let text = format!(
        "[[source]]\nname = \"s\"\nkind = \"{kind}\"\nbase_url = \"{base_url}\"\n\
         allow_loopback = true\n{secret} = {{ env = \"T\" }}\n{more}\n{rate}\n"
    );
    settings_of(&text)
}

/// Settings of the first `[[source]]` of a configuration.
pub(crate) fn settings_of(text: &str) -> SourceSettings {
    let doc = Doc {
        name: "doisoat.toml",
        text,
    };
    let table = toml::de::DeTable::parse(text).unwrap();
    let mut whole = Section::new(doc, "", table.get_ref(), table.span());
    let item = whole.get("source").unwrap().list().unwrap().remove(0);
    parse_source(item.section().unwrap(), item.place(), Path::new("/")).unwrap()
}

/// Waits that were asked for; nobody really waits.
pub(crate) type Waits = Arc<Mutex<Vec<Duration>>>;

/// A pace that only writes the waits down.
pub(crate) fn quick() -> (Pace, Waits) {
    let waits: Waits = Arc::default();
    let log = Arc::clone(&waits);
    let pace = Pace {
        jitter_seed: Some(7),
        sleep: Arc::new(move |wait| {
            log.lock().unwrap().push(wait);
            Box::pin(async {})
        }),
        ..Pace::default()
    };
    (pace, waits)
}

/// Opens a source.
pub(crate) fn open(settings: &SourceSettings, pace: Pace) -> Handle {
    try_open(settings, pace).unwrap()
}

/// Opens a source, or says why not.
pub(crate) fn try_open(settings: &SourceSettings, pace: Pace) -> Result<Handle, ConfigError> {
    let env = BTreeMap::from([("T".to_owned(), TOKEN.to_owned())]);
    let opening = Opening {
        settings,
        around: &Surroundings::fixed(env, None),
        clock: Arc::new(FixedClock::new(1_670_259_600_000)),
        pace,
    };
    opening.open()
}

/// Opens a feed with a quick pace.
pub(crate) fn feed(kind: &str, port: u16, more: &str) -> (Box<dyn Feed>, Waits) {
    let (pace, waits) = quick();
    match open(&settings(kind, port, more), pace) {
        Handle::Feed(feed) => (feed, waits),
        other => panic!("{other:?}"),
    }
}

/// Opens a probe with a quick pace.
pub(crate) fn probe(port: u16, more: &str) -> Box<dyn Probe> {
    match open(&settings("vnpay", port, more), quick().0) {
        Handle::Probe(probe) => probe,
        other => panic!("{other:?}"),
    }
}

/// A day.
pub(crate) fn day(raw: &str) -> Day {
    Day::parse(raw).unwrap()
}

/// Lists 5 December 2022 alone.
pub(crate) async fn list_one(feed: &dyn Feed) -> (Pull, Vec<String>) {
    let kept = Kept::default();
    let night = day("2022-12-05");
    let pull = feed.list(night..=night, &kept).await.unwrap();
    let what = kept
        .all
        .lock()
        .unwrap()
        .iter()
        .map(|(what, _)| what.clone())
        .collect();
    (pull, what)
}

/// The value of a query parameter of a request's first line.
pub(crate) fn param(line: &str, name: &str) -> Option<String> {
    let query = line.split(' ').nth(1)?.split_once('?')?.1;
    let found = query
        .split('&')
        .find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    Some(found.replace('+', " ").replace("%3A", ":"))
}

/// From one number to another, both included.
pub(crate) fn numbers(from: usize, to: usize) -> Vec<usize> {
    (from..=to).collect()
}
