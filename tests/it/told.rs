//! What decides no class and no share may be edited: past nights are verified, replayed and shown
//! by what they were told with, and a version made by such an edit alone says what it changed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use doisoat::domain::{SourceName, Txn};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, nightly::Night};
use doisoat::normalise::merge;
use doisoat::sandbox::FEE_TABLE;
use doisoat::store::Delivery;
use serde_json::Value;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::report::schema::against_schema;
use crate::town::{FIRST, Town, as_is, day, document, files, night};
use crate::verify_clock::desk_at;

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";

fn with_table(mut text: String) -> String {
    let at = text.find("[[source]]").unwrap();
    text.insert_str(at, "[fees]\ntable = \"fee_table.csv\"\n\n");
    text
}

/// Everything edited that decides no class and no share.
fn edited(text: String) -> String {
    let more = "lang = \"en\"\n";
    let rules = "\n[gates]\nopen_vnd_max = 1\n[rules]\nreject_share_max = \"30%\"\n\
                 reprobe_days = 5\n[report]\ncsv_separator = \";\"\nformats = [\"html\", \"json\"]\n";
    more.to_owned() + &with_table(text) + rules
}

fn put_table(town: &Town, edit: impl Fn(&str) -> String) {
    std::fs::write(town.dir().join("fee_table.csv"), edit(FEE_TABLE)).unwrap();
}

/// A marriage costs another fee.
fn dearer(table: &str) -> String {
    let text = table.replace("ký kết hôn,8000", "ký kết hôn,9000");
    assert_ne!(text, table);
    text
}

fn archived(town: &Town, sha256: &str) -> PathBuf {
    let place = town.dir().join("archive").join(&sha256[..2]);
    place.join(&sha256[2..4]).join(format!("{sha256}.zst"))
}

async fn said(town: &Town, args: &[&str]) -> (i32, String) {
    let output = run(town, args).await;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (code(&output), stdout(&output) + &error)
}

fn changes(files: &BTreeMap<String, Vec<u8>>) -> Vec<BTreeMap<String, String>> {
    let text = String::from_utf8(files["changes.csv"].clone()).unwrap();
    let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{feff}').unwrap().as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn past_nights_stay_by_what_they_were_told_with() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        put_table(&town, str::to_owned);
        let desk = town.desk(&with_table).await;
        let mut runs = Vec::new();
        for date in [FIRST, SECOND] {
            town.morning_after(day(date));
            runs.push(night(&desk, date).await.run);
        }
        desk.close().await;
        let was = files(&town.folder(SECOND));
        // everything is edited
        put_table(&town, dearer);
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&edited)).unwrap();
        for date in [FIRST, SECOND] {
            let (code, text) = said(&town, &["verify", "--date", date]).await;
            assert_eq!(code, 0, "{text}");
            assert!(
                text.contains("settled again") && !text.contains("not checked"),
                "{text}"
            );
            let (code, text) = said(&town, &["replay", date]).await;
            assert_eq!(code, 0, "{text}");
            assert!(
                text.lines().skip(1).all(|line| line.starts_with("  same ")),
                "{text}"
            );
        }
        // the folder and its archived copies are lost: spelt as that run spelt it
        std::fs::remove_dir_all(town.folder(SECOND)).unwrap();
        for (_, sha256) in &runs[1].files {
            std::fs::remove_file(archived(&town, sha256)).unwrap();
        }
        let desk = town.desk(&edited).await;
        town.morning_after(day(THIRD));
        night(&desk, THIRD).await;
        desk.close().await;
        let again = files(&town.folder(SECOND));
        for (name, bytes) in &was {
            assert!(again[name] == *bytes, "{kind:?} {name}");
        }
        assert_eq!(again.len(), was.len());
        let third = files(&town.folder(THIRD));
        assert!(!third.contains_key("share.csv"), "by today's formats");
        // what the first run kept is lost: that is named, its links and shares are verified, its
        // files not made
        let of = "SELECT sha256 FROM run_kept WHERE what = 'rules' AND run_id LIKE '2022-12-05-%'";
        for sha256 in town.database.texts(of).await {
            std::fs::remove_file(archived(&town, &sha256)).unwrap();
        }
        let (code, text) = said(&town, &["verify", "--date", FIRST]).await;
        assert!(code == 1 && text.contains("settled again"), "{text}");
        assert!(text.contains("archive 2022-12-05 document rules"), "{text}");
        let (code, text) = said(&town, &["replay", FIRST]).await;
        assert_eq!(code, 0, "{text}");
        assert!(
            text.contains("  unknown  files: that night's fee table"),
            "{text}"
        );
        let (code, text) = said(&town, &["report", "--date", FIRST, "--format", "pdf"]).await;
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("is not in the archive any more"), "{text}");
    }
}

async fn again(town: &Town, edit: crate::town::Edit<'_>) -> (Night, Value) {
    let desk = town.desk(edit).await;
    let done = night(&desk, FIRST).await;
    desk.close().await;
    let told = document(&done);
    assert_eq!(against_schema(&told), Vec::<String>::new());
    (done, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_made_by_the_table_alone_lists_the_findings() {
    let town = Town::new(Kind::Sqlite).await;
    put_table(&town, str::to_owned);
    town.morning_after(day(FIRST));
    let (first, was) = again(&town, &with_table).await;
    put_table(&town, dearer);
    let (second, told) = again(&town, &with_table).await;
    assert!(second.published && second.run.version == 2);
    assert_eq!(was["digests"]["output"], told["digests"]["output"]);
    assert_eq!(was["share"], told["share"]);
    let rows = changes(&files(&town.folder(FIRST)));
    let kinds: Vec<&str> = rows.iter().map(|row| &*row["kind"]).collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "rule").count(),
        1,
        "{kinds:?}"
    );
    assert_eq!(rows[0]["what"], "biểu phí");
    assert!(rows[0]["before"].contains(" mức thu, mã "), "{:?}", rows[0]);
    let findings: Vec<_> = rows.iter().filter(|row| row["kind"] == "finding").collect();
    assert!(
        !findings.is_empty() && findings.len() + 1 == rows.len(),
        "{kinds:?}"
    );
    for finding in &findings {
        assert_eq!(finding["cause"], "biểu phí đổi", "{finding:?}");
        assert!(finding["after"].contains("9.000"), "{finding:?}");
    }
    let cause = &told["changes"]["causes"][0];
    assert_eq!(
        (&cause["cause"], &cause["name"]),
        (&"fee_table".into(), &"".into())
    );
    assert_eq!(cause["count"], findings.len());
    // the gate decides no class either: it is said, and is the cause of nothing
    let gate = |text: String| with_table(text) + "\n[gates]\nopen_vnd_max = 1\n";
    let (third, told) = again(&town, &gate).await;
    assert!(third.published && third.run.exit_codes.contains(&4));
    let rows = changes(&files(&town.folder(FIRST)));
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(
        (&*rows[0]["what"], &*rows[0]["after"]),
        ("open_vnd_max", "1")
    );
    assert_eq!(told["changes"]["causes"], Value::Array(Vec::new()));
    // every version, also one that was replaced, is made again by its own
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    for done in [first, second, third] {
        let (code, text) = said(&town, &["replay", done.run.id.as_str()]).await;
        assert_eq!(code, 0, "{text}");
        assert!(
            text.contains(&format!("mã {}", &done.run.rules_digest[..12])),
            "{text}"
        );
    }
    let (code, text) = said(&town, &["verify", "--date", FIRST]).await;
    assert!(code == 0 && text.contains("đối soát lại"), "{text}");
}

/// A payment that names a dossier which an earlier night settled by a transfer.
async fn names_old(desk: &Desk, town: &Town) -> String {
    let mut links = csv::Reader::from_path(town.folder(FIRST).join("links.csv")).unwrap();
    let head = links.headers().unwrap().clone();
    let at = |name: &str| {
        head.iter()
            .position(|column| column.ends_with(name))
            .unwrap()
    };
    let (dossier, source) = (at("dossier_code"), at("source"));
    let bank = |row: &csv::StringRecord| row[source].starts_with("sepay");
    let row = links.records().map(Result::unwrap).find(bank).unwrap();
    let code = row[dossier].to_owned();
    // no feed, whose whole list would lack the row
    let source = SourceName::new("vnpay");
    let txn = Txn {
        source: source.clone(),
        memo: format!("nop them {code}").as_str().into(),
        ..crate::rows::txn("again-1", 1_000, SECOND)
    };
    let delivery = Delivery {
        txns: vec![txn],
        ..Delivery::default()
    };
    let saved = desk
        .store
        .save_transactions(&source, day(SECOND), &delivery, merge);
    saved.await.unwrap();
    code
}

/// What only entered the pool is no new row, and the definition asked for is no changed rule.
#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_for_what_they_are() {
    // the second: the clock ran ahead on the first night
    for first in ["2022-12-06", "2022-12-09"] {
        told_for_what_they_are(first).await;
    }
}

async fn told_for_what_they_are(first: &str) {
    let town = Town::new(Kind::Sqlite).await;
    for (date, morning) in [(FIRST, first), (SECOND, "2022-12-07")] {
        town.morning_after(day(date));
        let desk = desk_at(&town, day(morning).start_ms() + 5_400_000).await;
        night(&desk, date).await;
        desk.close().await;
    }
    let desk = town.desk(&as_is).await;
    let code = names_old(&desk, &town).await;
    let second = night(&desk, SECOND).await;
    assert_eq!(second.run.version, 2);
    let told = document(&second);
    assert_eq!(against_schema(&told), Vec::<String>::new());
    let published = files(&town.folder(SECOND));
    let rows = changes(&published);
    let input = |row: &&BTreeMap<String, String>| row["kind"] == "row";
    let of = |became: &str| {
        let rows = rows
            .iter()
            .filter(input)
            .filter(|row| row["became"] == became);
        rows.collect::<Vec<_>>()
    };
    let (added, entered) = (of("added"), of("entered"));
    assert_eq!(added.len(), 1, "{added:?}");
    assert!(added[0]["what"].contains("again-1"), "{added:?}");
    let fees = entered.iter().filter(|row| row["what"].contains(&code));
    assert!(
        fees.count() >= 2,
        "the fee and its first payment: {entered:?}"
    );
    let kinds = told["changes"]["by_kind"].as_array().unwrap();
    let kind = kinds.iter().find(|kind| kind["kind"] == "row").unwrap();
    assert_eq!(kind["entered"], entered.len());
    let page = String::from_utf8(published["index.html"].clone()).unwrap();
    assert!(page.contains("đã có, nay đọc lại"));
    // the new payment is the one cause
    for cause in told["changes"]["causes"].as_array().unwrap() {
        assert_eq!(cause["cause"], "rows", "{cause}");
    }
    let asked = Asked {
        definition: Some("DOSSIER_CASHLESS".into()),
        ..Asked::of(Span::Night(day(SECOND)))
    };
    let folder = report_again::write(&desk, &asked, &desk.config.report_dir)
        .await
        .unwrap();
    let again = files(&folder);
    assert!(
        again["changes.csv"] == published["changes.csv"],
        "the same changes"
    );
    desk.close().await;
}
