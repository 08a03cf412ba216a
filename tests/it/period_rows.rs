//! The report of a month tells of all its nights, never of the last one alone: its links, its
//! sources and what the fee table says, held against the database and the files of the nights.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::domain::Period;
use doisoat::job::Desk;
use doisoat::job::as_known::Known;
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::sandbox::FEE_TABLE;
use serde_json::{Value, json};

use crate::database::Kind;
use crate::periods::late_of;
use crate::report::schema::against_schema;
use crate::town::{Town, day, document, files, night};

const DAYS: [&str; 3] = ["2022-12-05", "2022-12-06", "2022-12-07"];

type Files = BTreeMap<String, Vec<u8>>;

fn with_table(mut text: String) -> String {
    let sources = text.find("[[source]]").unwrap();
    text.insert_str(sources, "[fees]\ntable = \"fee_table.csv\"\n\n");
    text
}

/// A town with a fee table and three nights, and their documents.
async fn town(kind: Kind) -> (Town, Desk, Vec<Value>) {
    let town = Town::new(kind).await;
    std::fs::write(town.dir().join("fee_table.csv"), FEE_TABLE).unwrap();
    let desk = town.desk(&with_table).await;
    let mut nights = Vec::new();
    for date in DAYS {
        town.morning_after(day(date));
        nights.push(document(&night(&desk, date).await));
    }
    (town, desk, nights)
}

async fn month(desk: &Desk) -> (Files, Value) {
    let asked = Asked::of(Span::Days(Period::month("2022-12").unwrap()));
    let made = report_again::write(desk, &asked, &desk.config.report_dir);
    let files = files(&Box::pin(made).await.unwrap());
    let run: Value = serde_json::from_slice(&files["run.json"]).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    (files, run)
}

/// The rows of a table by the names of its columns.
fn table(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::Reader::from_reader(bytes);
    reader.deserialize().map(Result::unwrap).collect()
}

fn told(row: &BTreeMap<String, String>, columns: &[&str]) -> String {
    let cells: Vec<&str> = columns.iter().map(|column| &*row[*column]).collect();
    cells.join("|")
}

/// Every leg of a group that holds since a night of the month and still does after its last one.
const STANDING: &str = "
SELECT l.source || '|' || l.id || '|' || COALESCE(l.dossier_code, '') || '|'
    || COALESCE(l.fee_id, '') || '|' || CAST(l.amount_vnd AS TEXT) || '|' || l.role || '|' || g.night
FROM match_group AS g JOIN match_leg AS l ON l.group_id = g.group_id AND l.night = g.night
WHERE g.live = 1 AND g.until > '2022-12-07' AND g.night <= '2022-12-07' AND l.role <> 'member'";

const LINK: [&str; 7] = [
    "source",
    "txn_id",
    "dossier_code",
    "fee_id",
    "amount_vnd",
    "role",
    "night",
];

#[tokio::test(flavor = "multi_thread")]
async fn links_of_a_month_are_those_that_stand_after_it() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk, _) = town(kind).await;
        let (files, run) = month(&desk).await;
        assert_eq!(run["period"]["blocks"]["links.csv"], "end");
        assert_eq!(run["period"]["without_rows"], json!([]));
        let links = table(&files["links.csv"]);
        let mut rows: Vec<String> = links.iter().map(|row| told(row, &LINK)).collect();
        let mut wanted = town.database.texts(STANDING).await;
        rows.sort();
        wanted.sort();
        assert_eq!(rows, wanted);
        let nights: BTreeSet<&str> = links.iter().map(|row| &*row["night"]).collect();
        assert_eq!(nights.into_iter().collect::<Vec<_>>(), DAYS);
        // what a night said of a link is what the month says of it
        let own: Vec<&str> = LINK[..6]
            .iter()
            .copied()
            .chain(["evidence", "pass"])
            .collect();
        let last = town.folder(DAYS[2]).join("links.csv");
        let last: BTreeSet<String> = table(&std::fs::read(last).unwrap())
            .iter()
            .map(|row| told(row, &own))
            .collect();
        let of_last = links.iter().filter(|row| row["night"] == DAYS[2]);
        for row in of_last {
            assert!(last.contains(&told(row, &own)), "{row:?}");
        }
        assert!(links.len() > last.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_and_fee_lines_of_a_month_are_of_all_nights() {
    let (town, desk, nights) = town(Kind::Sqlite).await;
    let (files, run) = month(&desk).await;
    for source in run["sources"].as_array().unwrap() {
        let name = source["name"].as_str().unwrap();
        let own: Vec<&Value> = nights
            .iter()
            .map(|night| crate::town::source(night, name))
            .collect();
        for part in ["rows", "rejects", "sum_vnd"] {
            let each = own.iter().map(|night| night[part].as_i64().unwrap());
            assert_eq!(source[part], each.sum::<i64>(), "{name} {part}");
        }
        let state = |state: &str| -> Vec<&str> {
            let of_state = DAYS
                .iter()
                .zip(&own)
                .filter(|(_, one)| one["state"] == state);
            of_state.map(|(day, _)| *day).collect()
        };
        let told = &source["nights"];
        assert_eq!(told["complete"], json!(state("complete")), "{name}");
        let read = told["files"].as_array().unwrap();
        let ends = [read.first(), read.last()].map(|file| file.map(|file| &file["sha256"]));
        assert_eq!(ends[0].unwrap_or(&Value::Null), &told["first_sha256"]);
        assert_eq!(ends[1].unwrap_or(&Value::Null), &told["last_sha256"]);
        let page = std::str::from_utf8(&files["index.html"]).unwrap();
        for file in read {
            assert!(page.contains(file["sha256"].as_str().unwrap()), "{name}");
        }
        let is_export = source["kind"] == "export";
        let of_days: BTreeSet<&str> = read.iter().map(|f| f["night"].as_str().unwrap()).collect();
        assert!(!is_export || of_days.len() == DAYS.len(), "{of_days:?}");
    }
    fee_lines(&town, &files, &run);
}

/// Each line that a night told is told once, and the last night's are among them.
fn fee_lines(town: &Town, files: &Files, run: &Value) {
    let key = |row: &BTreeMap<String, String>| told(row, &["dossier_code", "fee_id", "finding"]);
    let lines = table(&files["fee_findings.csv"]);
    let month: BTreeSet<String> = lines.iter().map(key).collect();
    assert_eq!(month.len(), lines.len(), "each line once");
    let mut of_nights = BTreeSet::new();
    let mut last = BTreeSet::new();
    for date in DAYS {
        let read = std::fs::read(town.folder(date).join("fee_findings.csv")).unwrap();
        last = table(&read).iter().map(key).collect();
        of_nights.extend(last.clone());
    }
    assert!(month.is_subset(&of_nights) && last.is_subset(&month));
    assert!(month.len() > last.len(), "{} {}", month.len(), last.len());
    let counted = |part: &str| -> u64 {
        let words = run["fee_table"][part].as_array().unwrap().iter();
        words.map(|word| word["count"].as_u64().unwrap()).sum()
    };
    let all = u64::try_from(month.len()).unwrap();
    assert_eq!(counted("findings") + counted("zeros"), all);
    assert_eq!(run["period"]["blocks"]["fee_table"], "nights");
}

/// A night of an older program kept no rows: it is named, and the others are told.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_without_rows_is_named() {
    let (town, desk, _) = town(Kind::Sqlite).await;
    let forget = "DELETE FROM run_kept WHERE run_id LIKE '2022-12-05%'";
    town.database.execute(forget).await;
    let (files, run) = month(&desk).await;
    assert_eq!(run["period"]["without_rows"], json!([DAYS[0]]));
    let links = table(&files["links.csv"]);
    let nights: BTreeSet<&str> = links.iter().map(|row| &*row["night"]).collect();
    assert!(nights.contains(DAYS[1]) && nights.contains(DAYS[2]));
    let page = std::str::from_utf8(&files["index.html"]).unwrap();
    assert!(page.contains("Chưa gồm dòng khớp và khoản thu của đêm 05/12/2022"));
}

/// A night that was published again after another counts in the version that the other knew, and
/// beside it as it stands now.
#[tokio::test(flavor = "multi_thread")]
async fn a_month_as_known_then_adds_up_the_versions_of_then() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk, nights) = town(kind).await;
        // a payment of the first night that came after the last one makes it anew
        let mut sources = desk.config.sources.iter();
        let sepay = sources.find(|source| source.registration.kind == "sepay");
        let sepay = sepay.unwrap().name.clone();
        late_of(&desk, &sepay, day(DAYS[0]), &[("late-1", 35_000, DAYS[0])]).await;
        town.set_now(day("2022-12-09").start_ms());
        let again = document(&night(&desk, DAYS[0]).await);
        assert_eq!(again["version_of_night"], 2);
        let month = Period::month("2022-12").unwrap();
        let asked = Asked {
            known: Known::On(day(DAYS[2])),
            ..Asked::of(Span::Days(month))
        };
        let made = report_again::write(&desk, &asked, &desk.config.report_dir);
        let files = files(&Box::pin(made).await.unwrap());
        let run: Value = serde_json::from_slice(&files["run.json"]).unwrap();
        assert_eq!(against_schema(&run), Vec::<String>::new());
        let known: Value = serde_json::from_slice(&files["known.json"]).unwrap();
        let count = |runs: &[&Value]| -> i64 {
            let each = runs.iter();
            each.map(|run| run["totals"]["transactions"]["count"].as_i64().unwrap())
                .sum()
        };
        let then = count(&[&nights[0], &nights[1], &nights[2]]);
        let now = count(&[&again, &nights[1], &nights[2]]);
        assert!(then < now, "{then} {now}");
        assert_eq!(run["totals"]["transactions"]["count"], then);
        // what came since is not known then, though it counts under a night of then
        let outside = run["period"]["outside"].as_array().unwrap();
        assert!(
            outside.iter().all(|row| row["untold"]["count"] == 0),
            "{outside:?}"
        );
        let told = |when: &str| known["nights"][when].clone();
        assert_eq!(told("then")["totals"]["transactions"]["count"], then);
        assert_eq!(told("now")["totals"]["transactions"]["count"], now);
        assert_eq!(
            told("then")["nights"][0],
            json!({ "night": DAYS[0], "version": 1 })
        );
        assert_eq!(
            told("now")["nights"][0],
            json!({ "night": DAYS[0], "version": 2 })
        );
        let page = std::str::from_utf8(&files["index.html"]).unwrap();
        assert!(page.contains("đêm 05/12/2022 lúc đó là bản 1, nay là bản 2"));
    }
}

/// The night that a report as of then starts from is the version that stood then, also where it was
/// published again since.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_night_of_then_is_told_in_its_version_of_then() {
    let (town, desk, nights) = town(Kind::Sqlite).await;
    let mut sources = desk.config.sources.iter();
    let sepay = sources.find(|source| source.registration.kind == "sepay");
    let sepay = sepay.unwrap().name.clone();
    late_of(&desk, &sepay, day(DAYS[1]), &[("late-1", 35_000, DAYS[1])]).await;
    town.set_now(day("2022-12-09").start_ms());
    let again = document(&night(&desk, DAYS[1]).await);
    assert_eq!(again["version_of_night"], 2);
    let asked = Asked {
        known: Known::On(day(DAYS[1])),
        ..Asked::of(Span::Days(Period::month("2022-12").unwrap()))
    };
    let made = report_again::write(&desk, &asked, &desk.config.report_dir);
    let files = files(&Box::pin(made).await.unwrap());
    let run: Value = serde_json::from_slice(&files["run.json"]).unwrap();
    assert_eq!(run["run_id"], nights[1]["run_id"]);
    let known: Value = serde_json::from_slice(&files["known.json"]).unwrap();
    let version = |when: &str| known["nights"][when]["nights"][1]["version"].clone();
    assert_eq!((version("then"), version("now")), (1.into(), 2.into()));
}
