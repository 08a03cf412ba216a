//! A day of many rows from Casso and from SePay against a bare loop that fetches and parses the
//! same pages.
//!
//! `cargo bench --bench feed [-- ROWS]` serves a day of so many rows (100,000) on loopback, in the
//! pages of each provider. *Bare* asks with reqwest for the same addresses one after the other and
//! parses each body with `serde_json`; *source* is our client: paging, totals, rows cut into
//! records, everything but the archive; *pull* is the whole command into an empty SQLite, archive
//! and rows included. Three rounds, one after the other; the server's own time is in all of them.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use doisoat::clock::{FixedClock, Stopwatch};
use doisoat::config::section::{Doc, Section};
use doisoat::config::{Surroundings, parse_source};
use doisoat::domain::{Completeness, Day, SourceName};
use doisoat::source::{ArchiveError, BoxFuture, Feed, Handle, Opening, Pace, RawSink};

const DAY: &str = "2022-12-05";
const TOKEN: &str = "bench";

/// A provider of the comparison: how its day is cut into answers.
struct Provider {
    kind: &'static str,
    /// Keys of its `[[source]]` beside the common ones.
    keys: &'static str,
    answer: fn(&str, usize) -> String,
}

const PROVIDERS: [Provider; 2] = [
    Provider {
        kind: "casso",
        keys: "",
        answer: casso,
    },
    Provider {
        kind: "sepay",
        keys: "api = \"v1\"",
        answer: sepay,
    },
];

fn memo(i: usize) -> String {
    format!(
        "MBVCB.{i:010}.H48 18 {:02}221205 {:04} nop le phi",
        i % 80,
        i / 80
    )
}

fn clock(i: usize) -> String {
    let second = i % 86_400;
    format!(
        "{:02}:{:02}:{:02}",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

fn number(target: &str, name: &str, absent: usize) -> usize {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(key, _)| *key == name);
    found.map_or(absent, |(_, value)| value.parse().unwrap())
}

fn casso(target: &str, rows: usize) -> String {
    let (page, size) = (number(target, "page", 1), number(target, "pageSize", 100));
    let (from, to) = ((page - 1) * size, (page * size).min(rows));
    let next = if to < rows {
        (page + 1).to_string()
    } else {
        "null".to_owned()
    };
    let mut text = format!(
        "{{\"error\":0,\"message\":\"success\",\"data\":{{\"page\":{page},\"pageSize\":{size},\
         \"nextPage\":{next},\"totalRecords\":{rows},\"records\":["
    );
    for i in from..to {
        let comma = if i > from { "," } else { "" };
        let (id, memo, at) = (i + 1, memo(i), clock(i));
        write!(
            text,
            "{comma}{{\"id\":{id},\"tid\":\"FT22339{id:08}\",\"description\":\"{memo}\",\
             \"amount\":45000,\"cusum_balance\":25000000,\"when\":\"{DAY}T{at}\",\
             \"bankSubAccId\":\"88888888\",\"virtualAccount\":\"\",\
             \"corresponsiveName\":\"NGUYEN VAN A\",\"corresponsiveAccount\":\"8888888888\"}}"
        )
        .unwrap();
    }
    text.push_str("]}}");
    text
}

fn sepay(target: &str, rows: usize) -> String {
    if target.contains("/count") {
        return format!(
            "{{\"status\":200,\"error\":null,\"messages\":{{\"success\":true}},\
             \"count_transactions\":{rows}}}"
        );
    }
    let (since, limit) = (
        number(target, "since_id", 1),
        number(target, "limit", 5_000),
    );
    let mut text = "{\"status\":200,\"error\":null,\"messages\":{\"success\":true},\
                    \"transactions\":["
        .to_owned();
    for i in since..(since + limit).min(rows + 1) {
        let comma = if i > since { "," } else { "" };
        let (memo, at) = (memo(i), clock(i));
        write!(
            text,
            "{comma}{{\"id\":\"{i}\",\"bank_brand_name\":\"Vietcombank\",\
             \"account_number\":\"0123499999\",\"transaction_date\":\"{DAY} {at}\",\
             \"amount_out\":\"0.00\",\"amount_in\":\"45000.00\",\"accumulated\":\"19077000.00\",\
             \"transaction_content\":\"{memo}\",\"reference_number\":\"MBVCB.{i:010}\",\
             \"code\":null,\"sub_account\":null,\"bank_account_id\":\"19\"}}"
        )
        .unwrap();
    }
    text.push_str("]}");
    text
}

/// What has been asked for, in order, and the answers, each made once.
#[derive(Default)]
struct Served {
    asked: Vec<String>,
    answers: HashMap<String, Arc<Vec<u8>>>,
}

fn serve(provider: &'static Provider, rows: usize) -> (u16, Arc<Mutex<Served>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = Arc::new(Mutex::new(Served::default()));
    let shared = Arc::clone(&served);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || connection(stream.unwrap(), provider, rows, &shared));
        }
    });
    (port, served)
}

fn connection(stream: TcpStream, provider: &Provider, rows: usize, served: &Mutex<Served>) {
    stream.set_nodelay(true).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let mut lines = BufReader::new(stream).lines();
    while let Some(Ok(first)) = lines.next() {
        let target = first.split(' ').nth(1).unwrap().to_owned();
        for line in lines.by_ref() {
            if line.unwrap().is_empty() {
                break;
            }
        }
        let answer = {
            let mut served = served.lock().unwrap();
            served.asked.push(target.clone());
            let made = served.answers.entry(target).or_insert_with_key(|target| {
                let body = (provider.answer)(target, rows);
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                     content-length: {length}\r\n\r\n"
                );
                Arc::new((head + &body).into_bytes())
            });
            Arc::clone(made)
        };
        if writer.write_all(&answer).is_err() {
            return;
        }
    }
}

#[derive(Debug)]
struct Nowhere;

impl RawSink for Nowhere {
    fn keep<'a>(
        &'a self,
        _source: &'a SourceName,
        _what: &'a str,
        _bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<String, ArchiveError>> {
        Box::pin(async { Ok(String::new()) })
    }
}

fn table(provider: &Provider, port: u16) -> String {
    format!(
        "[[source]]\nname = \"s\"\nkind = \"{}\"\nbase_url = \"http://127.0.0.1:{port}\"\n\
         allow_loopback = true\ntoken = {{ env = \"T\" }}\nrate_limit = \"100000/s\"\n{}\n",
        provider.kind, provider.keys
    )
}

fn open(provider: &Provider, port: u16) -> Box<dyn Feed> {
    let text = table(provider, port);
    let doc = Doc {
        name: "doisoat.toml",
        text: &text,
    };
    let parsed = toml::de::DeTable::parse(&text).unwrap();
    let mut whole = Section::new(doc, "", parsed.get_ref(), parsed.span());
    let item = whole.get("source").unwrap().list().unwrap().remove(0);
    let settings = parse_source(item.section().unwrap(), item.place(), Path::new("/")).unwrap();
    let env = BTreeMap::from([("T".to_owned(), TOKEN.to_owned())]);
    let opening = Opening {
        settings: &settings,
        around: &Surroundings::fixed(env, None),
        clock: Arc::new(FixedClock::new(1_670_259_600_000)),
        pace: Pace::default(),
    };
    match opening.open().unwrap() {
        Handle::Feed(feed) => feed,
        other => panic!("{other:?}"),
    }
}

async fn by_source(feed: &dyn Feed, rows: usize) -> Duration {
    let day = Day::parse(DAY).unwrap();
    let watch = Stopwatch::start();
    let pull = feed.list(day..=day, &Nowhere).await.unwrap();
    let took = watch.elapsed();
    assert_eq!(pull.state, Completeness::Complete, "{:?}", pull.trouble);
    assert_eq!(pull.records.len(), rows);
    took
}

/// Fetches and parses the same addresses, nothing else.
async fn bare(port: u16, asked: &[String]) -> Duration {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let watch = Stopwatch::start();
    let mut values = 0;
    for target in asked {
        let url = format!("http://127.0.0.1:{port}{target}");
        let answer = client.get(url).bearer_auth(TOKEN).send().await.unwrap();
        let body = answer.bytes().await.unwrap();
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
        values += usize::from(value.is_object());
    }
    assert_eq!(values, asked.len());
    watch.elapsed()
}

/// `doisoat pull` of the day into an empty office.
fn by_command(provider: &Provider, port: u16) -> Duration {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let text = format!(
        "timezone = \"Asia/Ho_Chi_Minh\"\n[start]\ndate = \"{DAY}\"\n[database]\n\
         url = \"sqlite://doisoat.db\"\n[archive]\ndir = \"archive\"\n[report]\ndir = \"reports\"\n\
         [[target]]\ndefinition = \"TX_CASHLESS\"\nshare = \"50%\"\nvalid_from = \"{DAY}\"\n{}\
         lookback = \"0d\"\n",
        table(provider, port)
    );
    std::fs::write(at("doisoat.toml"), text).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doisoat"));
        let config = at("doisoat.toml");
        command
            .env("T", TOKEN)
            .arg("--config")
            .arg(config)
            .args(arguments);
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    run(&["init", dir.path().to_str().unwrap()]);
    let watch = Stopwatch::start();
    run(&["pull", "--date", DAY]);
    watch.elapsed()
}

fn ratio(of: Duration, to: Duration) -> String {
    let ratio = of.as_millis() * 100 / to.as_millis().max(1);
    format!(
        "{} ms, {}.{:02} of bare",
        of.as_millis(),
        ratio / 100,
        ratio % 100
    )
}

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .unwrap();
    let mut args = std::env::args().skip(1).filter(|a| !a.starts_with("--"));
    let rows = args.next().map_or(100_000, |rows| rows.parse().unwrap());
    for provider in &PROVIDERS {
        let (port, served) = serve(provider, rows);
        let feed = open(provider, port);
        by_source(feed.as_ref(), rows).await; // every answer is made
        let asked = std::mem::take(&mut served.lock().unwrap().asked);
        println!("{}: {rows} rows in {} answers", provider.kind, asked.len());
        for _ in 0..3 {
            let bare = bare(port, &asked).await;
            let source = by_source(feed.as_ref(), rows).await;
            let pull = tokio::task::block_in_place(|| by_command(provider, port));
            println!(
                "  bare {} ms; source {}; pull {}",
                bare.as_millis(),
                ratio(source, bare),
                ratio(pull, bare)
            );
        }
    }
}
