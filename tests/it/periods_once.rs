//! A report of a period tells every figure once, also where its last night is the period's last
//! day: the night measured the same days already, under the same label.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use calamine::{Reader, Xlsx};
use doisoat::domain::{Day, Period};
use doisoat::job::Desk;
use doisoat::job::as_known::Known;
use doisoat::job::period::{self, Word};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::sandbox::{Sandbox, SandboxOptions};
use serde_json::Value;

use crate::database::Kind;
use crate::report::schema::against_schema;
use crate::town::{Town, as_is, day, files, night};

const EVE: &str = "2022-12-30";
const LAST: &str = "2022-12-31";

async fn town() -> Town {
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: None,
        first_day: day(EVE).date(),
        days: 2,
    };
    Town::around(Kind::Sqlite, Sandbox::start(options).await.unwrap()).await
}

fn texts(values: &Value, keys: &[&str]) -> Vec<String> {
    let values = values.as_array().unwrap().iter();
    let text = |value: &Value| {
        keys.iter()
            .map(|key| value[key].to_string() + "|")
            .collect()
    };
    values.map(text).collect()
}

/// The first columns of a table, a text a row.
fn rows(bytes: &[u8], columns: usize) -> Vec<String> {
    let text = std::str::from_utf8(bytes).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let first = |row: csv::StringRecord| row.iter().take(columns).collect::<Vec<_>>().join("|");
    reader.records().map(|row| first(row.unwrap())).collect()
}

/// The rows of the sheet of shares under its heading.
fn sheet(bytes: &[u8]) -> Vec<String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range("Tỷ lệ").unwrap();
    let texts = range.rows().map(|row| {
        let cells: Vec<String> = row.iter().take(5).map(ToString::to_string).collect();
        cells.join("|")
    });
    texts.filter(|row| row.contains("CASHLESS")).collect()
}

#[track_caller]
fn once(rows: &[String], what: &str) {
    let mut seen = BTreeSet::new();
    let twice = rows.iter().find(|row| !seen.insert(*row));
    assert_eq!(twice, None, "{what}");
    assert!(!rows.is_empty(), "{what}");
}

/// Each file of the folder tells each figure once.
fn told_once(folder: &Path) {
    let name = folder.display();
    let files = files(folder);
    let run: Value = serde_json::from_slice(&files["run.json"]).unwrap();
    let place = ["definition", "scope", "period"];
    once(&texts(&run["share"], &place), &format!("{name}: share"));
    let place = ["definition", "by", "value", "period"];
    once(&texts(&run["breakdown"], &place), &format!("{name}: cells"));
    once(&rows(&files["share.csv"], 2), &format!("{name}: share.csv"));
    once(&sheet(&files["doisoat.xlsx"]), &format!("{name}: workbook"));
    let page = std::str::from_utf8(&files["index.html"]).unwrap();
    let agencies = page.split("id=\"agencies-h\"").nth(1).unwrap();
    let agencies = agencies.split("</table>").next().unwrap();
    let named: Vec<String> = agencies
        .split("<tr><th scope=\"row\">")
        .skip(1)
        .map(|row| row.split("</th>").next().unwrap().to_owned())
        .collect();
    once(&named, &format!("{name}: agencies"));
    if let Some(known) = files.get("known.csv") {
        once(&rows(known, 2), &format!("{name}: known.csv"));
    }
}

/// Months tell their shares alone: the rows of one night are not those of a month.
async fn months_tell_shares(desk: &Desk) {
    let asked = Asked::of(Span::Days(Period::month("2022-12").unwrap()));
    let root = &desk.config.report_dir;
    let folder = report_again::write(desk, &asked, root).await.unwrap();
    let files = files(&folder);
    let run: Value = serde_json::from_slice(&files["run.json"]).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    let page = std::str::from_utf8(&files["index.html"]).unwrap();
    let months = page.split_once("Từng tháng").unwrap().1;
    let months = months.split_once("</table>").unwrap().0;
    assert!(months.contains("12/2022") && !months.contains("Giao dịch trong ngày"));
}

async fn told(desk: &Desk, period: &Period, known: Known) {
    let asked = Asked {
        known,
        ..Asked::of(Span::Days(period.clone()))
    };
    let root = &desk.config.report_dir;
    told_once(&report_again::write(desk, &asked, root).await.unwrap());
}

fn periods(last: Day) -> [Period; 5] {
    [
        Period::month("2022-12").unwrap(),
        Period::quarter("2022-Q4").unwrap(),
        Period::year("2022").unwrap(),
        Period::range(day(EVE), last),
        Period::range(last, last),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_that_ends_with_its_last_night_is_told_once() {
    let town = town().await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(EVE));
    night(&desk, EVE).await;
    // not over yet: the month to date is not told beside the month
    for period in &periods(day(EVE)) {
        told(&desk, period, Known::Standing).await;
    }
    town.morning_after(day(LAST));
    night(&desk, LAST).await;
    for period in &periods(day(LAST)) {
        told(&desk, period, Known::Standing).await;
        told(&desk, period, Known::On(day(LAST))).await;
    }
    months_tell_shares(&desk).await;
    let asked = Asked {
        known: Known::On(day(LAST)),
        ..Asked::of(Span::Night(day(LAST)))
    };
    let root = &desk.config.report_dir;
    told_once(&report_again::write(&desk, &asked, root).await.unwrap());
    let month = Period::month("2022-12").unwrap();
    let lease = desk.lease("period close").await.unwrap();
    let word = Word {
        by: "ke-toan".into(),
        reason: "gửi Sở Tài chính".into(),
    };
    let closed = period::close(&desk, &lease, &month, &word).await;
    desk.store.release_lease(lease).await.unwrap();
    told_once(&closed.unwrap());
}
