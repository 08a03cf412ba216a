//! A file that comes for a closed period is told: on the page of the night that reads it, by
//! `status` and by `check`; the closed report says that it is closed, and stays.

use std::io::{Cursor, Read as _};

use doisoat::config::Format;
use doisoat::domain::Period;
use doisoat::job::as_known::Known;
use doisoat::job::period::{self, Word};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, JobError};
use serde_json::Value;

use crate::database::Kind;
use crate::diff::corrected;
use crate::forms_closed::Pair;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, day, document, files, night};
use crate::verify_clock::desk_at;

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const FILE: &str = "dossier_fees_2022-12-05_again.csv";

fn both() -> Period {
    Period::range(day(FIRST), day(SECOND))
}

async fn decide(desk: &Desk, closes: bool) -> Result<(), JobError> {
    let lease = desk.lease("period").await.unwrap();
    let word = Word {
        by: "ke-toan".into(),
        reason: "gửi Sở Tài chính".into(),
    };
    let done = if closes {
        let closed = period::close(desk, &lease, &both(), &word).await;
        closed.map(|_| ())
    } else {
        period::reopen(desk, &lease, &both(), &word).await
    };
    desk.store.release_lease(lease).await.unwrap();
    done
}

fn page(town: &Town, date: &str) -> String {
    std::fs::read_to_string(town.folder(date).join("index.html")).unwrap()
}

/// The texts of a workbook.
fn book(bytes: &[u8]) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    let mut part = zip.by_name("xl/sharedStrings.xml").unwrap();
    part.read_to_string(&mut text).unwrap();
    text
}

async fn json(town: &Town, args: &[&str]) -> Value {
    let output = run(town, args).await;
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn told(town: &Town) -> (Value, Vec<Value>) {
    let mut status = json(town, &["status", "--json"]).await;
    let check = json(town, &["check", "--offline", "--json"]).await;
    let probes = check["probes"].as_array().unwrap().iter();
    let own = probes.filter(|probe| probe["name"] == "closed period");
    (status["late_for_closed"].take(), own.cloned().collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_for_a_closed_period_is_told_and_changes_no_byte_of_it() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        let desk = town.desk(&as_is).await;
        for date in [FIRST, SECOND] {
            town.morning_after(day(date));
            night(&desk, date).await;
        }
        decide(&desk, true).await.unwrap();
        assert_eq!(told(&town).await, (Value::Array(Vec::new()), Vec::new()));
        let asked = Asked::of(Span::Days(both()));
        let root = town.dir().join("again");
        let closed = files(&report_again::write(&desk, &asked, &root).await.unwrap());
        corrected(&town);
        town.morning_after(day(THIRD));
        let third = night(&desk, THIRD).await;
        let banner = "Kỳ 2022-12-05/2022-12-06 đã chốt (ke-toan, ";
        let told_page = page(&town, THIRD);
        assert!(
            told_page.contains(banner) && told_page.contains(FILE),
            "{kind:?}"
        );
        assert!(told_page.contains("doisoat period reopen 2022-12-05/2022-12-06"));
        assert!(!page(&town, SECOND).contains(banner));
        let workbook = files(&town.folder(THIRD))["doisoat.xlsx"].clone();
        assert!(book(&workbook).contains(banner) && book(&workbook).contains(FILE));
        // it takes nothing from the night: the light is that of a complete one
        let sources = document(&third)["sources"].clone();
        let sources = sources.as_array().unwrap().iter();
        assert!(sources.clone().all(|source| source["state"] == "complete"));
        let (status, check) = told(&town).await;
        assert_eq!(status[0]["period"], "2022-12-05/2022-12-06");
        let file = &status[0]["files"][0];
        assert_eq!((&file["name"], &file["day"]), (&FILE.into(), &FIRST.into()));
        assert_eq!(file["read_by"], THIRD);
        assert_eq!((check.len(), &check[0]["state"]), (1, &"warn".into()));
        assert!(check[0]["message"].as_str().unwrap().contains(FILE));
        assert!(check[0]["fix"].as_str().unwrap().contains("period reopen"));
        // closed stays closed; what came is in what is known now
        let again = files(&report_again::write(&desk, &asked, &root).await.unwrap());
        assert!(again == closed, "{kind:?}");
        let now = Asked {
            known: Known::Now,
            ..Asked::of(Span::Days(both()))
        };
        let now = files(&report_again::write(&desk, &now, &root).await.unwrap());
        let known: Value = serde_json::from_slice(&now["known.json"]).unwrap();
        assert!(!known["moved"].as_array().unwrap().is_empty());
        // made again the night says the same, also when the period is open again
        town.set_now(day("2022-12-08").start_ms() + 8 * 3_600_000);
        decide(&desk, false).await.unwrap();
        let replay = run(&town, &["replay", THIRD]).await;
        assert_eq!(
            code(&replay),
            0,
            "{}",
            String::from_utf8_lossy(&replay.stdout)
        );
        assert_eq!(told(&town).await, (Value::Array(Vec::new()), Vec::new()));
        desk.close().await;
    }
}

/// The clock ran ahead when the period was closed, and is right again when the file comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_for_a_closed_period_is_told_whatever_the_clock_said_when_it_was_closed() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        let desk = town.desk(&as_is).await;
        for date in [FIRST, SECOND] {
            town.morning_after(day(date));
            night(&desk, date).await;
        }
        let ahead = desk_at(&town, day("2022-12-09").start_ms()).await;
        decide(&ahead, true).await.unwrap();
        ahead.close().await;
        assert_eq!(told(&town).await, (Value::Array(Vec::new()), Vec::new()));
        corrected(&town);
        town.morning_after(day(THIRD));
        let third = night(&desk, THIRD).await;
        let said = page(&town, THIRD);
        assert!(
            said.contains("đã chốt (ke-toan, ") && said.contains(FILE),
            "{kind:?}"
        );
        let (status, check) = told(&town).await;
        assert_eq!(status[0]["files"][0]["name"], FILE, "{kind:?}");
        assert_eq!(check.len(), 1, "{kind:?}");
        let again = doisoat::job::replay::replay(&desk, &third.run)
            .await
            .unwrap();
        assert!(again.is_equal(), "{}", again.lines(desk.config.lang));
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_report_says_that_it_is_closed() {
    let english = |text: String| format!("lang = \"en\"\n{text}");
    let edits: [(crate::town::Edit<'_>, &str); 2] = [
        (
            &as_is,
            "Đã chốt số liệu lúc 01:30:00 07/12/2022, người chốt: ke-toan. Lý do: gửi Sở Tài",
        ),
        (
            &english,
            "Closed at 2022-12-07T01:30:00+07:00 by ke-toan. Reason: gửi Sở Tài",
        ),
    ];
    for (edit, said) in edits {
        let town = Town::new(Kind::Sqlite).await;
        let desk = town.desk(edit).await;
        for date in [FIRST, SECOND] {
            town.morning_after(day(date));
            night(&desk, date).await;
        }
        let root = town.dir().join("again");
        let open = Asked::of(Span::Days(both()));
        let before = files(&report_again::write(&desk, &open, &root).await.unwrap());
        let html = |files: &std::collections::BTreeMap<String, Vec<u8>>| {
            String::from_utf8(files["index.html"].clone()).unwrap()
        };
        assert!(!html(&before).contains("class=\"stamp\""));
        decide(&desk, true).await.unwrap();
        // as closed, in a format that was not kept, and led by another definition
        let pdf = Asked {
            formats: Some(vec![Format::Pdf]),
            ..open.clone()
        };
        let pdf = files(&report_again::write(&desk, &pdf, &root).await.unwrap());
        let text = crate::pdf::read(&pdf["doisoat.pdf"]).text;
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&text).contains(&words(said)), "{text}");
        let led = Asked {
            definition: Some("DOSSIER_CASHLESS".into()),
            ..open.clone()
        };
        for asked in [&open, &led] {
            let closed = files(&report_again::write(&desk, asked, &root).await.unwrap());
            assert!(html(&closed).contains(said), "{said}");
            assert!(book(&closed["doisoat.xlsx"]).contains(said), "{said}");
        }
        desk.close().await;
    }
}

/// A night that is made again pulls again: what its first pull brought is in the figures of a
/// period that was closed between, what the second brings is not, and its page says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_the_second_pull_of_a_night_brings_is_told() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let pair = Pair::new(kind).await;
        pair.two_days().await;
        // with the third night comes a row of the second day, and the period is closed
        let row = "06/12/2022;F8;0;8.000;1.083.050;chuyen tien muon";
        pair.bank("saoke_muon_2022-12-06.csv", &[row]);
        pair.bank(
            "saoke_2022-12-07.csv",
            &["07/12/2022;F5;0;10.000;1.093.050;tien lai thang"],
        );
        pair.night(THIRD).await;
        let (town, desk) = (&pair.0.town, &pair.0.desk);
        decide(desk, true).await.unwrap();
        let banner = "Kỳ 2022-12-05/2022-12-06 đã chốt (ke-toan, ";
        assert!(!page(town, THIRD).contains(banner), "{kind:?}");
        // then another, and one of the night itself
        let rows = [
            "06/12/2022;F9;0;20.000;1.103.062;NOP PHI H48.18.22-221205-0003",
            "07/12/2022;F10;0;5.000;1.157.512;NOP PHI H48.18.22-221207-0003",
        ];
        pair.bank("saoke_muon_2022-12-07.csv", &rows);
        town.set_now(day(THIRD).plus(1).start_ms() + 7_200_000);
        night(desk, THIRD).await;
        let told = page(town, THIRD).replace('\u{a0}', " ");
        assert!(told.contains(banner), "{kind:?}");
        let which = told.split(banner).nth(1).unwrap();
        let which = which.split("</").next().unwrap();
        assert!(which.contains("1 giao dịch, 20.000 ₫"), "{kind:?}: {which}");
        pair.0.desk.close().await;
    }
}
