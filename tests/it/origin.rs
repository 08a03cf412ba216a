//! Every row leads to the line of the archived bytes that told it, whatever told it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::collections::{BTreeMap, BTreeSet};

use calamine::{Reader as _, Xlsx};
use doisoat::store::archive::Archive;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, program, run};
use crate::office::{Office, csv, fixture};
use crate::town::{FIRST, Town, as_is, day, night};

/// Side, source, id and dossier of a row; where it came from.
pub(crate) type Row = [String; 4];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) sha256: String,
    pub(crate) name: String,
    pub(crate) at: usize,
}

const ORIGINS: &str = "SELECT side || '|' || source || '|' || id || '|' || dossier || '|' || \
                       told_by || '|' || sha256 || '|' || name || '|' || CAST(line AS TEXT) \
                       FROM origin";

/// Every entry, by row and by who told it.
pub(crate) async fn origins(town: &Town) -> BTreeMap<(Row, String), Line> {
    let texts = town.database.texts(ORIGINS).await;
    let entry = |text: &String| {
        let parts: Vec<&str> = text.split('|').collect();
        let row = [parts[0], parts[1], parts[2], parts[3]].map(str::to_owned);
        let line = Line {
            sha256: parts[5].into(),
            name: parts[6].into(),
            at: parts[7].parse().unwrap(),
        };
        ((row, parts[4].to_owned()), line)
    };
    texts.iter().map(entry).collect()
}

/// The rows that have to have one: `side|source|id|dossier|who told it`.
async fn rows(town: &Town) -> BTreeSet<(Row, String)> {
    const ROWS: &str = "SELECT 'txn|' || source || '|' || id || '||' FROM txn \
        UNION ALL SELECT 'fee||' || fee_id || '|' || dossier_code || '|' || \
            substr(file_sha256, 1, 16) FROM fee_version \
        UNION ALL SELECT 'receipt|cash|' || receipt_id || '||' || \
            substr(file_sha256, 1, 16) FROM receipt_version \
        UNION ALL SELECT side || '|' || CASE side WHEN 'fee' THEN '' WHEN 'receipt' THEN 'cash' \
            ELSE source END || '|' || id || '||reject' FROM reject_row";
    let texts = town.database.texts(ROWS).await;
    let row = |text: &String| {
        let parts: Vec<&str> = text.split('|').collect();
        let key = [parts[0], parts[1], parts[2], parts[3]].map(str::to_owned);
        (key, parts[4].to_owned())
    };
    texts.iter().map(row).collect()
}

fn archived(town: &Town, line: &Line) -> Vec<u8> {
    let archive = Archive::open(&town.dir().join("archive")).unwrap();
    archive.get(&line.sha256).unwrap()
}

/// The record at a place: the line of a text, or the element of the first list of an answer that
/// is long enough; the whole answer where it tells of one thing only.
fn record(bytes: &[u8], line: usize) -> String {
    fn lists<'j>(json: &'j Value, found: &mut Vec<&'j Vec<Value>>) {
        match json {
            Value::Array(list) if list.iter().all(Value::is_object) => found.push(list),
            Value::Object(fields) => fields.values().for_each(|value| lists(value, found)),
            _ => {}
        }
    }
    let Ok(json) = serde_json::from_slice::<Value>(bytes) else {
        let text = String::from_utf8_lossy(bytes).into_owned();
        return text.lines().nth(line - 1).unwrap_or_default().to_owned();
    };
    let mut found = Vec::new();
    lists(&json, &mut found);
    let element = found.first().and_then(|list| list.get(line - 1));
    element.map_or_else(|| json.to_string(), Value::to_string)
}

/// The line holds the row's own words.
fn check(town: &Town, row: &Row, line: &Line) {
    let record = record(&archived(town, line), line.at);
    let [side, source, id, dossier] = row;
    // a refund has the id of its order and a number; some answers name no order, their request does
    let order = id.split('#').next().unwrap();
    let is_probe = side == "txn" && line.name.contains(order);
    assert!(
        record.contains(id.as_str()) || record.contains(order) || is_probe,
        "{row:?} at {line:?}: {record}"
    );
    let is_export = line.name.rsplit('.').next() == Some("csv");
    assert!(
        side != "fee" || !is_export || record.contains(dossier),
        "{row:?} at {line:?}: {record}"
    );
    assert!(!source.is_empty() || side == "fee");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_a_night_leads_to_the_line_that_told_it() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        for date in [FIRST, "2022-12-06"] {
            town.morning_after(day(date));
            night(&desk, date).await;
        }
        let (wanted, origins) = (rows(&town).await, origins(&town).await);
        let known: BTreeSet<_> = origins.keys().cloned().collect();
        assert_eq!(wanted, known, "{kind:?}");
        let sources: BTreeSet<&str> = known.iter().map(|(row, _)| &*row[1]).collect();
        for source in ["", "cash", "sepay-main", "casso-main", "vnpay"] {
            assert!(
                sources.contains(source),
                "{kind:?}: {source} of {sources:?}"
            );
        }
        for ((row, _), line) in &origins {
            check(&town, row, line);
        }
        // read again: what was told first stays
        let desk = town.desk(&as_is).await;
        night(&desk, "2022-12-06").await;
        assert_eq!(self::origins(&town).await, origins, "{kind:?}");
    }
}

/// Runs the night of [`FIRST`] through the program.
async fn night_with(town: &Town, variables: &[(&str, &str)]) -> std::process::Output {
    let mut command = program(town);
    command.args(["run", "--date", FIRST]);
    command.envs(variables.iter().copied());
    let ran = tokio::task::spawn_blocking(move || command.output().unwrap());
    ran.await.unwrap()
}

async fn armed_town() -> Town {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_night_leaves_no_row_without_its_line() {
    let town = armed_town().await;
    let log = town.dir().join("steps.log");
    let logged = [("DOISOAT_FAULT_LOG", log.to_str().unwrap())];
    let done = night_with(&town, &logged).await;
    assert_eq!(code(&done), 0);
    let steps = std::fs::read_to_string(&log).unwrap();
    let commits = steps.lines().zip(1_usize..);
    let commits = commits.filter(|(step, _)| step.contains("commit"));
    let commits: Vec<usize> = commits.map(|(_, nth)| nth).collect();
    assert!(commits.len() > 12, "{steps}");
    let wanted = origins(&town).await;
    assert!(wanted.len() > 100);
    let (town, mut seen) = (armed_town().await, BTreeSet::new());
    // a night that goes on where the one before was killed has fewer steps left
    for nth in commits.iter().step_by(2).take(9) {
        let fault = format!("kill {nth}");
        let killed = night_with(&town, &[("DOISOAT_FAULT", &fault)]).await;
        let origins = origins(&town).await;
        let known: BTreeSet<_> = origins.keys().cloned().collect();
        assert_eq!(rows(&town).await, known, "{fault}");
        seen.insert((killed.status.code(), known.len()));
    }
    assert!(seen.len() > 3, "killed at several places: {seen:?}");
    let done = night_with(&town, &[]).await;
    assert_eq!(code(&done), 0);
    let healed = origins(&town).await;
    let places = |all: &BTreeMap<(Row, String), Line>| -> Vec<(Row, String, usize)> {
        let place =
            |((row, _), line): (&(Row, String), &Line)| (row.clone(), line.name.clone(), line.at);
        all.iter().map(place).collect()
    };
    assert_eq!(places(&healed), places(&wanted));
    for ((row, _), line) in &healed {
        check(&town, row, line);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_an_answer_is_shown() {
    let town = armed_town().await;
    assert_eq!(code(&night_with(&town, &[]).await), 0);
    for source in ["sepay-main", "casso-main"] {
        let list = ["exceptions", "list", "--json", "--all", "--source", source];
        let list: Value = serde_json::from_slice(&run(&town, &list).await.stdout).unwrap();
        let one = &list["exceptions"][0];
        let (id, row) = (one["exception_id"].as_str().unwrap(), &one["id"]);
        let shown = run(&town, &["exceptions", "show", id, "--json"]).await;
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        let name = shown["origin"]["file"].as_str().unwrap();
        assert!(name.starts_with("transactions 2022-12-0"), "{shown}");
        let text = shown["origin"]["text"].as_str().unwrap();
        let record: Value = serde_json::from_str(text).unwrap();
        let told = record["id"].to_string();
        assert_eq!(told.trim_matches('"'), row.as_str().unwrap(), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_of_an_interface_leads_to_the_answer_about_its_fees() {
    let town = Town::new(Kind::Sqlite).await;
    let igate = town.sandbox.toml_source("igate");
    let igate = igate.replace("allow_loopback", "rate_limit = \"1000/s\"\nallow_loopback");
    let desk = town.desk(&|text| format!("{text}\n{igate}")).await;
    town.morning_after(day(FIRST));
    std::fs::remove_file(town.dir().join(format!("inbox/dossier_fees_{FIRST}.csv"))).unwrap();
    night(&desk, FIRST).await;
    let origins = origins(&town).await;
    let fees: Vec<_> = origins
        .iter()
        .filter(|((row, _), _)| row[0] == "fee")
        .collect();
    assert!(fees.len() > 20, "{fees:?}");
    for ((row, _), line) in fees {
        assert!(line.name.starts_with("fees of dossiers "), "{line:?}");
        check(&town, row, line);
    }
    let known: BTreeSet<_> = origins.keys().cloned().collect();
    assert_eq!(rows(&town).await, known);
}

/// The parts of a statement's format: how its entries are told apart in the text.
const FORMATS: [(&str, Option<&str>); 9] = [
    ("account.mt940", Some("\n:61:")),
    ("account.camt053.xml", Some("<Ntry>")),
    ("account_1258.csv", Some("\n")),
    ("account_tcvn3.csv", Some("\n")),
    ("account_vni.csv", Some("\n")),
    ("account_utf16.txt", Some("\n")),
    ("account.xlsx", None),
    ("account.xls", None),
    ("account_html.xls", None),
];

/// A text of one byte or two bytes a sign, as far as it is ASCII.
fn ascii(bytes: &[u8]) -> String {
    let plain = bytes.iter().filter(|b| **b != 0);
    plain
        .map(|b| char::from(if b.is_ascii() { *b } else { b'?' }))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_a_statement_leads_to_its_line_in_every_format() {
    for (name, begins) in FORMATS {
        let office = Office::bank(Kind::Sqlite).await;
        office.fixture(name);
        office.night(FIRST).await;
        let bytes = std::fs::read(fixture(name)).unwrap();
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let town = &office.town;
        let known: BTreeSet<_> = origins(town).await.into_keys().collect();
        assert_eq!(rows(town).await, known, "{name}");
        let told = "SELECT t.bank_ref || '|' || o.name || '|' || o.sha256 || '|' || \
                    CAST(o.line AS TEXT) FROM txn AS t JOIN origin AS o \
                    ON o.side = 'txn' AND o.source = t.source AND o.id = t.id";
        let told = town.database.texts(told).await;
        assert!(!told.is_empty(), "{name}");
        let mut lines = BTreeSet::new();
        for entry in &told {
            let parts: Vec<&str> = entry.split('|').collect();
            assert_eq!(parts[1..3], [name, &*sha256], "{entry}");
            let line: usize = parts[3].parse().unwrap();
            lines.insert(line);
            let Some(begins) = begins else { continue };
            let text = ascii(&bytes);
            let at: Vec<&str> = text.split('\n').skip(line - 1).collect();
            let at = format!("\n{}", at.join("\n"));
            // from its line on, the first entry is the row's
            let mut entries = at.split(begins).filter(|part| !part.trim().is_empty());
            let first = entries.next().unwrap();
            assert!(first.contains(parts[0]), "{name}: {entry}: {first}");
        }
        assert_eq!(lines.len(), told.len(), "{name}: an entry a line: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exception_shows_the_line_that_it_came_from() {
    let office = Office::bank(Kind::Sqlite).await;
    let row = "05/12/2022;FT103;;77.000;;NGUYEN VAN A nop tien 0912345678";
    let text = csv(&["05/12/2022;FT101;;50.000;;H48.18.22-221205-0001", row]);
    office.put("sk_0123456789.csv", text.as_bytes());
    office.night(FIRST).await;
    let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
    let town = &office.town;
    let list = run(town, &["exceptions", "list", "--json", "--all"]).await;
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    let of = |side: &str| {
        let all = list["exceptions"].as_array().unwrap();
        let mut found = all.iter().filter(|one| one["side"] == side);
        found.next().unwrap()["exception_id"].as_str().unwrap()
    };
    let shown = run(town, &["exceptions", "show", of("txn"), "--json"]).await;
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let origin = &shown["origin"];
    assert_eq!(origin["file"], "sk_******6789.csv", "{shown}");
    assert_eq!(origin["line"], 3, "{shown}");
    assert_eq!(origin["sha256"], *sha256, "{shown}");
    assert_eq!(origin["archive"], "kept", "{shown}");
    let line = origin["text"].as_str().unwrap();
    assert!(line.contains("FT103") && line.contains("77.000"), "{line}");
    assert!(
        !line.contains("NGUYEN") && !line.contains("0912345678"),
        "{line}"
    );
    let text = stdout(&run(town, &["exceptions", "show", of("txn")]).await);
    let said = format!("Nguồn gốc\n  - tệp sk_******6789.csv, dòng 3, sha256 {sha256}\n  > ");
    assert!(text.contains(&said), "{text}");
    let text = stdout(&run(town, &["exceptions", "show", of("fee"), "--lang", "en"]).await);
    let said = format!("Where it came from\n  - file dossier_fees_{FIRST}.csv, line ");
    assert!(
        text.contains(&said) && !text.contains("NGUYEN VAN A"),
        "{text}"
    );
    let page = office.town.reports()[&format!("{FIRST}/index.html")].clone();
    let page = String::from_utf8(page).unwrap();
    let said = format!("tệp sk_******6789.csv, dòng 3, sha256 {}…", &sha256[..8]);
    assert!(page.contains(&said), "{page}");
    in_the_workbook(town, of("txn"), ["sk_******6789.csv", "3", &sha256]);
    gone_is_told(town, of("txn"), &sha256).await;
}

/// The workbook says the same in its last columns.
fn in_the_workbook(town: &Town, id: &str, wanted: [&str; 3]) {
    let bytes = town.reports()[&format!("{FIRST}/doisoat.xlsx")].clone();
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("Ngoại lệ").unwrap();
    let rows: Vec<Vec<String>> = sheet
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect())
        .collect();
    let row = rows.iter().find(|row| row[0] == id).unwrap();
    let told = ["origin_file", "origin_line", "origin_sha256"].map(|key| {
        let at = rows[0].iter().position(|known| known == key).unwrap();
        row[at].as_str()
    });
    assert_eq!(told, wanted);
}

/// Bytes that are gone are told from bytes that the rule removed; a row of before this was kept
/// says nothing.
async fn gone_is_told(town: &Town, id: &str, sha256: &str) {
    let place = format!("archive/{}/{}/{sha256}.zst", &sha256[..2], &sha256[2..4]);
    std::fs::remove_file(town.dir().join(place)).unwrap();
    let archive_of = async || {
        let shown = run(town, &["exceptions", "show", id, "--json"]).await;
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert!(shown["origin"].get("text").is_none(), "{shown}");
        shown["origin"]["archive"].as_str().unwrap().to_owned()
    };
    assert_eq!(archive_of().await, "lost");
    let removed = format!("INSERT INTO pruned (sha256, before) VALUES ('{sha256}', '2022-12-06')");
    town.database
        .execute(Box::leak(removed.into_boxed_str()))
        .await;
    assert_eq!(archive_of().await, "pruned");
    town.database.execute("DELETE FROM origin").await;
    let shown = run(town, &["exceptions", "show", id, "--json"]).await;
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert!(shown.get("origin").is_none(), "{shown}");
    let shown = run(town, &["exceptions", "show", id]).await;
    assert_eq!(code(&shown), 0);
    assert!(!stdout(&shown).contains("Nguồn gốc"));
}
