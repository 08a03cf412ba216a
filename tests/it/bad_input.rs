//! One bad thing in an otherwise good night: what a person reads (what, where, what to do), how the
//! program ends, and that nothing else was lost.
//!
//! Every case is held against the same night without the bad thing, row by row.

mod canary;
mod connector;
mod edges;
mod files;
mod operator;
mod proxy;
mod rows;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Output;

use doisoat::store::archive::Archive;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{Edit, FIRST, Town, as_is, day, source};

/// What a night published: its files by name, with the folder of the day left away.
type Files = BTreeMap<String, Vec<u8>>;

/// A town on the morning after the first night, its configuration not yet written.
async fn morning() -> Town {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    town
}

fn configure(town: &Town, edit: Edit<'_>) {
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(edit)).unwrap();
}

/// Runs the night and tells what it published.
async fn night(town: &Town, more: &[&str], ends_with: i32) -> (Output, Files) {
    let output = run(town, &[&["run", "--date", FIRST], more].concat()).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(code(&output), ends_with, "{said}");
    (output, published(town))
}

fn published(town: &Town) -> Files {
    let prefix = format!("{FIRST}/");
    let ours =
        |(name, bytes): (String, Vec<u8>)| Some((name.strip_prefix(&prefix)?.to_owned(), bytes));
    town.reports().into_iter().filter_map(ours).collect()
}

/// The night without anything bad.
async fn reference() -> &'static Files {
    static REFERENCE: OnceCell<Files> = OnceCell::const_new();
    REFERENCE
        .get_or_init(async || {
            let town = morning().await;
            configure(&town, &as_is);
            let (output, files) = night(&town, &[], 0).await;
            assert!(output.stderr.is_empty(), "a good night is silent");
            let run = run_json(&files);
            assert_eq!(run["totals"]["rejected"]["count"], 0);
            files
        })
        .await
}

fn run_json(files: &Files) -> Value {
    serde_json::from_slice(&files["run.json"]).unwrap()
}

/// A row of a table, cells by column.
type Row = BTreeMap<String, String>;

/// The rows of a table.
fn table(files: &Files, name: &str) -> BTreeSet<Row> {
    let bytes = &files[name];
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    reader.deserialize().map(Result::unwrap).collect()
}

/// The one row that `is_it`.
fn find(files: &Files, name: &str, is_it: impl Fn(&Row) -> bool) -> Row {
    let found: Vec<Row> = table(files, name).into_iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "{name}: {found:#?}");
    found[0].clone()
}

/// Rows that only the first night has, and rows that only the second has; sentences in the report's
/// language play no part.
fn changes(before: &Files, after: &Files, name: &str) -> (Vec<Row>, Vec<Row>) {
    let bare = |files: &Files| -> BTreeSet<Row> {
        let mut rows: Vec<Row> = table(files, name).into_iter().collect();
        for row in &mut rows {
            row.retain(|column, _| !["evidence", "nearest", "detail"].contains(&column.as_str()));
        }
        rows.into_iter().collect()
    };
    let (before, after) = (bare(before), bare(after));
    let lost = before.difference(&after).cloned().collect();
    (lost, after.difference(&before).cloned().collect())
}

/// Every link, every share and every class is that of the reference night.
fn nothing_changed(before: &Files, files: &Files, names: &[&str]) {
    for name in names {
        let (lost, added) = changes(before, files, name);
        assert!(
            lost.is_empty() && added.is_empty(),
            "{name}: {lost:#?} {added:#?}"
        );
    }
}

/// What the page says, as a person reads it: without markup, blanks as one.
fn page(files: &Files) -> String {
    let html = String::from_utf8(files["index.html"].clone()).unwrap();
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    for (entity, c) in [
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("&#38;", "&"),
        ("&#60;", "<"),
        ("&#62;", ">"),
    ] {
        text = text.replace(entity, c);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The neighbourhood of the first place that holds `word`, for messages.
fn part(page: &str, word: &str) -> String {
    let at = page.find(word).map_or(0, |at| page[..at].chars().count());
    page.chars()
        .skip(at.saturating_sub(200))
        .take(800)
        .collect()
}

/// Rows in are rows matched, open, rejected and excluded, in count and to the dong.
fn totals_tie(run: &Value) {
    let totals = &run["totals"];
    for what in ["count", "sum_vnd"] {
        let of = |bucket: &str| totals[bucket][what].as_i64().unwrap();
        let parts = ["matched", "open", "rejected", "excluded"].map(of);
        assert_eq!(
            of("transactions"),
            parts.iter().sum::<i64>(),
            "{what} {totals}"
        );
    }
}

/// True when an archived body, verified against its name, holds the bytes.
fn archive_holds(town: &Town, needle: &[u8]) -> bool {
    archived(town)
        .iter()
        .any(|body| body.windows(needle.len()).any(|part| part == needle))
}

/// Every archived body, opened.
fn archived(town: &Town) -> Vec<Vec<u8>> {
    let dir = town.dir().join("archive");
    let archive = Archive::open(&dir).unwrap();
    let names = crate::town::files(&dir).into_keys();
    let sums =
        names.filter_map(|name| Some(name.rsplit('/').next()?.strip_suffix(".zst")?.to_owned()));
    sums.map(|sha256| archive.get(&sha256).unwrap()).collect()
}
