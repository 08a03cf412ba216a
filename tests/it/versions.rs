//! A night that is published again says what changed against the version that it replaces, and
//! which input did it: on the page, in the workbook, in `changes.csv`, in `run.json` and in the
//! mail. The first version says nothing of the kind, and a version made again is the same.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use doisoat::domain::{Lang, SourceName};
use doisoat::job::nightly::Night;
use doisoat::notify::{About, Summary};
use serde_json::Value;

use crate::database::Kind;
use crate::diff::corrected;
use crate::night_cli::{code, run};
use crate::report::schema::against_schema;
use crate::town::{FIRST, Town, as_is, day, document, files, night, source};

fn table(files: &BTreeMap<String, Vec<u8>>) -> Vec<BTreeMap<String, String>> {
    let text = String::from_utf8(files["changes.csv"].clone()).unwrap();
    let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{feff}').unwrap().as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

fn count(document: &Value, kind: &str) -> u64 {
    let all = document["changes"]["by_kind"].as_array().unwrap();
    let own = all.iter().filter(|one| one["kind"] == kind);
    own.flat_map(|one| ["added", "removed", "changed"].map(|n| one[n].as_u64().unwrap()))
        .sum()
}

/// The first cells of the rows of the sheet of changes.
fn sheet(files: &BTreeMap<String, Vec<u8>>) -> Option<Vec<Vec<Data>>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(files["doisoat.xlsx"].clone())).unwrap();
    let range = book.worksheet_range("Thay đổi").ok()?;
    Some(range.rows().skip(4).map(<[Data]>::to_vec).collect())
}

fn first_says_nothing(town: &Town, night: &Night) {
    let files = files(&town.folder(FIRST));
    assert!(!files.contains_key("changes.csv"));
    assert!(document(night).get("changes").is_none());
    assert!(!text(&files, "index.html").contains("id=\"changes\""));
    assert_eq!(sheet(&files), None);
}

/// Every format tells the same changes of the folder.
fn all_tell(town: &Town, night: &Night) -> (Value, Vec<BTreeMap<String, String>>) {
    let files = files(&town.folder(FIRST));
    let run = document(night);
    assert_eq!(against_schema(&run), Vec::<String>::new());
    let rows = table(&files);
    let total = run["changes"]["count"].as_u64().unwrap();
    assert_eq!(total, u64::try_from(rows.len()).unwrap());
    assert!(total > 0);
    for row in &rows {
        assert!(count(&run, &row["kind"]) > 0, "{row:?}");
    }
    assert!(text(&files, "SHA256SUMS").contains("  changes.csv\n"));
    let page = text(&files, "index.html");
    assert!(page.contains("id=\"changes\"") && page.contains("Thay đổi so với bản trước"));
    let sheet = sheet(&files).unwrap();
    assert_eq!(sheet.len(), rows.len());
    for (cells, row) in sheet.iter().zip(&rows) {
        assert_eq!(cells[2].to_string(), row["what"]);
        assert_eq!(cells[6].to_string(), row["cause"]);
    }
    let about = About {
        lang: Lang::Vi,
        classes: Vec::new(),
        alerts: Vec::new(),
    };
    let version = run["version_of_night"].as_u64().unwrap();
    let told = format!(
        "Bản số {version} thay bản số {}: {total} thay đổi",
        version - 1
    );
    let mail = Summary::read(&run, &about);
    assert!(
        mail.lines.iter().any(|line| line.starts_with(&told)),
        "{:?}",
        mail.lines
    );
    (run, rows)
}

fn causes(run: &Value) -> Vec<(String, String)> {
    let all = run["changes"]["causes"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|cause| (text(&cause["cause"]), text(&cause["name"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_published_again_tells_what_changed() {
    let mut told = Vec::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        let first = night(&desk, FIRST).await;
        first_says_nothing(&town, &first);
        // a later file
        let (fee, amount) = corrected(&town);
        let second = night(&desk, FIRST).await;
        let (run_json, rows) = all_tell(&town, &second);
        assert_eq!(run_json["changes"]["replaces"], first.run.id.as_str());
        let file = "dossier_fees_2022-12-05_again.csv".to_owned();
        assert_eq!(causes(&run_json), [("file".to_owned(), file.clone())]);
        let input = rows.iter().find(|row| row["kind"] == "row").unwrap();
        assert!(input["what"].contains(&fee), "{input:?}");
        let amount: i64 = amount.parse().unwrap();
        let amount = doisoat::text::money(doisoat::domain::Lang::Vi, amount);
        assert_eq!((&input["before"], &input["cause"]), (&amount, &file));
        let class = rows
            .iter()
            .find(|row| row["kind"] == "class" && row["what"].contains(&fee));
        assert_eq!(class.unwrap()["became"], "changed");
        let shares = run_json["changes"]["share"].as_array().unwrap();
        let published = document(&first);
        let published = published["share"].as_array().unwrap();
        for share in shares {
            let same = |s: &&Value| {
                ["definition", "scope", "period"]
                    .iter()
                    .all(|name| s[*name] == share[*name])
            };
            let was = published.iter().find(same).unwrap();
            for name in [
                "numerator",
                "denominator",
                "share",
                "low",
                "high",
                "verdict",
            ] {
                assert_eq!(share["before"][name], was[name], "{share}");
            }
        }
        desk.close().await;
        // the folder is lost: as it was; and made again from what the run kept: the same bytes
        let was = files(&town.folder(FIRST));
        std::fs::remove_dir_all(town.folder(FIRST)).unwrap();
        let desk = town.desk(&as_is).await;
        assert!(!night(&desk, FIRST).await.published);
        desk.close().await;
        assert!(files(&town.folder(FIRST)) == was);
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        let replay = run(&town, &["replay", FIRST, "--json"]).await;
        let replay: Value = serde_json::from_slice(&replay.stdout).unwrap();
        let files_of = |check: &&Value| check["what"] == "files";
        let check = replay["checks"].as_array().unwrap().iter().find(files_of);
        assert_eq!(check.unwrap()["state"], "same", "{replay}");
        told.push(was);
    }
    assert!(told[0] == told[1], "SQLite and PostgreSQL");
}

/// Rows that a provider tells later, and other rules, are named as causes; `diff` tells the totals.
#[tokio::test(flavor = "multi_thread")]
async fn later_rows_and_other_rules_are_causes() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let desk = town.desk(&as_is).await;
    let first = night(&desk, FIRST).await;
    let source = &document(&first)["sources"][0];
    // no feed, whose whole list would lack the row
    let name = SourceName::new("vnpay");
    assert!(source.is_object());
    crate::periods::late_of(&desk, &name, day(FIRST), &[("late-1", 35_000, FIRST)]).await;
    let second = night(&desk, FIRST).await;
    let (run_json, rows) = all_tell(&town, &second);
    assert_eq!(causes(&run_json), [("rows".to_owned(), name.to_string())]);
    let totals = run_json["changes"]["totals"].as_array().unwrap();
    let sum = totals
        .iter()
        .find(|total| total["figure"] == "sum_vnd")
        .unwrap();
    let figure = |name: &str| sum[name].as_i64().unwrap();
    assert_eq!(figure("after") - figure("before"), 35_000);
    let total = rows.iter().find(|row| row["kind"] == "total").unwrap();
    assert!(total["cause"].contains("late-1"), "{total:?}");
    desk.close().await;
    let strict = |text: String| text + "\n[rules]\npairing_days = 0\nnet_rates = []\n";
    let desk = town.desk(&strict).await;
    let third = night(&desk, FIRST).await;
    let (run_json, rows) = all_tell(&town, &third);
    assert_eq!(causes(&run_json), [("rules".to_owned(), String::new())]);
    let rule = |row: &&BTreeMap<String, String>| row["what"].starts_with("pairing_days");
    assert_eq!(rows.iter().find(rule).unwrap()["after"], "0");
    desk.close().await;
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&strict)).unwrap();
    let (from, to) = (first.run.id.as_str(), second.run.id.as_str());
    let output = run(&town, &["diff", from, to, "--json"]).await;
    assert_eq!(code(&output), 0);
    let diff: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(diff["totals"].as_array().unwrap().len(), totals.len());
}

/// What the version before kept is gone: its shares are compared, and the page says why no more is.
#[tokio::test(flavor = "multi_thread")]
async fn without_what_the_version_before_kept_only_shares_are_compared() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let desk = town.desk(&as_is).await;
    night(&desk, FIRST).await;
    town.database.execute("DELETE FROM run_kept").await;
    corrected(&town);
    let second = night(&desk, FIRST).await;
    assert!(second.published);
    let run = document(&second);
    let kinds = run["changes"]["by_kind"].as_array().unwrap().iter();
    assert!(
        kinds
            .clone()
            .all(|kind| kind["kind"].as_str().unwrap().ends_with("share")),
        "{run}"
    );
    let mut page = String::new();
    std::fs::File::open(town.folder(FIRST).join("index.html"))
        .unwrap()
        .read_to_string(&mut page)
        .unwrap();
    assert!(page.contains("chỉ so được tỷ lệ"));
    desk.close().await;
}

/// A registry file came and a gateway answers again: each line of the list names its own cause.
#[tokio::test(flavor = "multi_thread")]
async fn every_figure_that_changed_has_its_own_cause() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let base = town.sandbox.base_url("vnpay");
    let down = |text: String| text.replace(&base, "http://127.0.0.1:1/vnpay");
    let desk = town.desk(&down).await;
    let first = night(&desk, FIRST).await;
    assert_ne!(source(&document(&first), "vnpay")["state"], "complete");
    desk.close().await;
    corrected(&town);
    let desk = town.desk(&as_is).await;
    let second = night(&desk, FIRST).await;
    assert_eq!(source(&document(&second), "vnpay")["state"], "complete");
    let rows = table(&files(&town.folder(FIRST)));
    let of = |kind: &str| {
        let rows = rows.iter().filter(|row| row["kind"] == kind);
        rows.cloned().collect::<Vec<_>>()
    };
    let [shares, agencies, totals] = ["share", "agency_share", "total"].map(of);
    assert!(shares.len() > 2 && !agencies.is_empty() && !totals.is_empty());
    for row in shares.iter().chain(&agencies).chain(&totals) {
        assert!(!row["cause"].is_empty(), "{row:?}");
        assert!(!row["cause"].contains("chưa rõ"), "{row:?}");
    }
    let is_bounds = |row: &&BTreeMap<String, String>| row["cause"].contains("vnpay");
    assert!(shares.iter().any(|row| is_bounds(&row)), "{shares:?}");
    let file = "dossier_fees_2022-12-05_again.csv";
    let registry = totals
        .iter()
        .find(|row| row["what"].starts_with("one-stop"));
    let cause = &registry.expect("a line more")["cause"];
    assert!(cause.contains(file) && !cause.contains("vnpay"), "{cause}");
    desk.close().await;
}
