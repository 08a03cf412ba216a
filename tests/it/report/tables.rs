//! The CSV files of a night in LibreOffice, with `,` and with `;`, opened as its dialogue is told
//! to (UTF-8, the separator, columns of codes as text): what a spreadsheet then holds is what was
//! written.
//!
//! Needs LibreOffice Calc (Debian package `libreoffice-calc-nogui`); the tests fail without it.

use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use calamine::{Data, Reader, open_workbook_auto_from_rs};
use doisoat::classify::Bucket;
use doisoat::domain::ExceptionId;
use doisoat::report::csv::separated;
use serde_json::Value;

use super::example::{self, Scene};
use super::{files, text};

/// The columns that hold numbers; all others hold texts.
const NUMBERS: [&str; 8] = [
    "amount_vnd",
    "score",
    "margin",
    "numerator",
    "denominator",
    "share",
    "low",
    "high",
];

/// Ids of banks that a spreadsheet would take for numbers: zeros before, more digits than it keeps,
/// an exponent, a day.
const CODES: [&str; 4] = ["0012345", "2212050000000000008", "5E10", "05/12/2022"];

/// A night with such ids among its open rows.
fn scene() -> Scene {
    let mut scene = example::undecided();
    let rows = &mut scene.settlement.rows;
    let row = rows.iter().find(|row| row.class == "unidentified");
    let row = row.unwrap().clone();
    let txn = scene.inputs.txns.iter().find(|txn| txn.key() == row.key);
    let txn = txn.unwrap().clone();
    for code in CODES {
        let (mut txn, mut row) = (txn.clone(), row.clone());
        txn.id = code.into();
        row.key = txn.key();
        row.bucket = Bucket::Open;
        row.exception_id = Some(ExceptionId::of(row.class, &row.key));
        rows.push(row);
        scene.inputs.txns.push(txn);
    }
    scene
}

/// The cells of a table as LibreOffice keeps them in a file of the kind `to`.
fn opened(dir: &Path, table: &[u8], semicolons: bool, to: &str) -> Vec<Vec<Data>> {
    let input = dir.join("table.csv");
    std::fs::write(&input, table).unwrap();
    let (separator, locale) = if semicolons { (59, 1066) } else { (44, 1033) };
    let head = cells(table, semicolons)[0].clone();
    // 1: as it looks; 2: text
    let format = |(at, name): (usize, &String)| {
        let kind = if NUMBERS.contains(&&**name) { 1 } else { 2 };
        format!("{}/{kind}", at + 1)
    };
    let formats: Vec<String> = head.iter().enumerate().map(format).collect();
    let formats = formats.join("/");
    let filter = format!("CSV:{separator},34,76,1,{formats},{locale},false,true");
    let soffice = "/usr/bin/soffice";
    assert!(
        Path::new(soffice).exists(),
        "{soffice} is missing: apt-get install libreoffice-calc-nogui (Debian package)"
    );
    let output = Command::new(soffice)
        .args(["--headless", "--norestore"])
        .arg(format!(
            "-env:UserInstallation=file://{}",
            dir.join("profile").display()
        ))
        .arg(format!("--infilter={filter}"))
        .args(["--convert-to", to, "--outdir"])
        .args([dir, input.as_path()])
        .env("HOME", dir)
        .output()
        .unwrap();
    let made = std::fs::read(dir.join(format!("table.{to}")));
    let made = made.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let mut book = open_workbook_auto_from_rs(Cursor::new(made)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// The cells of a table as they were written.
fn cells(table: &[u8], semicolons: bool) -> Vec<Vec<String>> {
    let table = table.strip_prefix("\u{feff}".as_bytes()).unwrap_or(table);
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false);
    let mut reader = reader
        .delimiter(if semicolons { b';' } else { b',' })
        .from_reader(table);
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

/// True when a spreadsheet's cell is what was written.
fn is_same(number: bool, written: &str, seen: &Data) -> bool {
    match seen {
        Data::Empty => written.is_empty(),
        Data::String(seen) => !number && seen == written,
        Data::Float(seen) => {
            let plain = written.replace(',', ".");
            number && plain.parse() == Ok(*seen)
        }
        Data::Int(seen) => number && written.parse() == Ok(*seen),
        _ => false,
    }
}

/// Compares a table; its rows with an amount, added up as the spreadsheet has them.
fn compare(dir: &Path, table: &[u8], semicolons: bool, to: &str) -> (usize, i64) {
    let written = cells(table, semicolons);
    let seen = opened(dir, table, semicolons, to);
    assert_eq!(seen.len(), written.len());
    let head = &written[0];
    let amount = head.iter().position(|name| name == "amount_vnd");
    let mut sum = 0;
    for (row, (written, seen)) in written.iter().zip(&seen).enumerate() {
        for (at, written) in written.iter().enumerate() {
            let number = row > 0 && NUMBERS.contains(&&*head[at]);
            let seen = seen.get(at).unwrap_or(&Data::Empty);
            assert!(
                is_same(number, written, seen),
                "{} {written:?} {seen:?}",
                head[at]
            );
            if row > 0 && Some(at) == amount {
                sum += seen.to_string().parse::<i64>().unwrap();
            }
        }
    }
    (seen.len() - 1, sum)
}

#[test]
fn a_spreadsheet_holds_what_the_tables_say() {
    let dir = tempfile::tempdir().unwrap();
    let files = files(&scene());
    let run: Value = serde_json::from_str(&text(&files, "run.json")).unwrap();
    let classes = run["exceptions"].as_array().unwrap();
    let told = |key: &str| -> i64 { classes.iter().map(|c| c[key].as_i64().unwrap()).sum() };
    for (semicolons, to) in [(true, "ods"), (false, "xlsx")] {
        for name in ["exceptions.csv", "links.csv", "share.csv"] {
            let table = separated(text(&files, name).as_bytes(), semicolons);
            let (rows, sum) = compare(dir.path(), &table, semicolons, to);
            assert!(rows > 2, "{name}");
            if name == "exceptions.csv" {
                assert_eq!(i64::try_from(rows).unwrap(), told("count"));
                assert_eq!(sum, told("sum_vnd"));
                let said = String::from_utf8_lossy(&table).into_owned();
                assert!(CODES.iter().all(|code| said.contains(code)));
                assert!(said.contains("Chưa xác định hồ sơ"));
            }
        }
    }
    // the comparison can fail: a code taken for a number has lost its zeros
    assert!(!is_same(false, "0012345", &Data::Int(12_345)));
    assert!(!is_same(false, "0012345", &Data::String("12345".into())));
    assert!(!is_same(true, "0,4812", &Data::String("0,4812".into())));
}
