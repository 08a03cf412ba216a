//! The workbook of a night, read back as a spreadsheet program reads it.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};

use calamine::{Data, Range, Reader, Xlsx};
use doisoat::domain::Lang;
use doisoat::report::model::Report;
use doisoat::report::xlsx::{self, columns};
use serde_json::Value;

use super::example::{self, Scene, classes};
use super::{files, names, text};

mod limits;
mod named;
pub(crate) mod office;

/// The workbook among the files of a night.
pub(super) fn book(scene: &Scene) -> Vec<u8> {
    let files = files(scene);
    let found = files.iter().find(|file| &*file.name == xlsx::FILE);
    found.unwrap().bytes.clone()
}

/// The same with at most so many rows in a table.
fn short_book(scene: &Scene, rows_max: usize) -> Vec<u8> {
    let Scene {
        inputs,
        settlement,
        facts,
    } = scene;
    let report = Report::build(inputs, settlement, facts, &classes());
    xlsx::render_within(&report, inputs, settlement, facts, &classes(), rows_max).unwrap()
}

type Open = Xlsx<Cursor<Vec<u8>>>;

pub(super) fn open(bytes: &[u8]) -> Open {
    Xlsx::new(Cursor::new(bytes.to_vec())).unwrap()
}

pub(super) fn sheet(book: &mut Open, name: &str) -> Range<Data> {
    book.worksheet_range(name)
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(super) fn at(sheet: &Range<Data>, row: usize, col: usize) -> &Data {
    let place = (u32::try_from(row).unwrap(), u32::try_from(col).unwrap());
    sheet.get_value(place).unwrap_or(&Data::Empty)
}

/// A part of the archive as text.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    let mut file = archive
        .by_name(name)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    file.read_to_string(&mut text).unwrap();
    text
}

/// The sheet's XML by the name that people see.
fn xml(bytes: &[u8], name: &str) -> String {
    let place = open(bytes).sheet_names().iter().position(|n| n == name);
    part(
        bytes,
        &format!("xl/worksheets/sheet{}.xml", place.unwrap() + 1),
    )
}

/// The archive with each sheet's XML changed.
pub(crate) fn rewritten(bytes: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..archive.len() {
        let mut file = archive.by_index(i).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut raw = Vec::new();
        file.read_to_end(&mut raw).unwrap();
        if name.starts_with("xl/worksheets/sheet") {
            raw = change(&name, String::from_utf8(raw).unwrap()).into_bytes();
        }
        to.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        to.write_all(&raw).unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn col(key: &str) -> usize {
    columns::place(key).unwrap().into()
}

/// Differences and marks of the sheet of checks; at least twenty of them.
fn differences(sheet: &Range<Data>) -> Vec<(String, Data, String)> {
    let rows = 4..sheet.height();
    let checks: Vec<(String, Data, String)> = rows
        .map(|row| {
            let text = |col| at(sheet, row, col).to_string();
            (text(0), at(sheet, row, 3).clone(), text(4))
        })
        .collect();
    assert!(checks.len() >= 20, "{checks:?}");
    checks
}

pub(super) fn all_hold(sheet: &Range<Data>) {
    for (what, difference, mark) in differences(sheet) {
        let zero = match &difference {
            Data::Float(difference) => is_zero(&format!("{difference:.6}")),
            other => is_zero(&other.to_string()),
        };
        assert!(zero && mark == "✓", "{what}: {difference:?} {mark}");
    }
}

fn is_zero(number: &str) -> bool {
    number.chars().all(|c| "-0.".contains(c))
}

pub(super) fn number(cell: &Data) -> String {
    match cell {
        Data::Float(number) => format!("{number:.0}"),
        Data::Int(number) => number.to_string(),
        other => panic!("no number: {other:?}"),
    }
}

#[test]
fn totals_are_those_of_run_json_and_every_check_holds() {
    let scene = example::undecided();
    let files = files(&scene);
    let run: Value = serde_json::from_str(&text(&files, "run.json")).unwrap();
    let mut book = open(&book(&scene));
    let tie = sheet(&mut book, "Đối chiếu tổng");
    let parts = ["transactions", "matched", "open", "rejected", "excluded"];
    for (pair, part) in parts.into_iter().enumerate() {
        let figure = &run["totals"][part];
        let seen = [4 + 2 * pair, 5 + 2 * pair].map(|col| number(at(&tie, 2, col)));
        assert_eq!(
            seen,
            [figure["count"].to_string(), figure["sum_vnd"].to_string()],
            "{part}"
        );
    }
    let checks = sheet(&mut book, "Kiểm tra");
    all_hold(&checks);
    assert_eq!(
        at(&checks, 2, 0).to_string(),
        "✓ Mọi phép kiểm tra đều khớp"
    );
    let summary = sheet(&mut book, "Tóm tắt");
    assert_eq!(
        at(&summary, 11, 0).to_string(),
        "✓ Mọi phép kiểm tra đều khớp"
    );
    assert_eq!(number(at(&summary, 7, 0)), "10");
    assert_eq!(number(at(&summary, 7, 2)), "1200000");
    let formulas = book.worksheet_formula("Kiểm tra").unwrap();
    let over: Vec<&String> = formulas.cells().map(|(.., f)| f).collect();
    for function in ["SUMIFS(", "COUNTIFS(", "SUMPRODUCT(", "COUNTA("] {
        assert!(over.iter().any(|f| f.contains(function)), "{function}");
    }
    assert!(over.iter().any(|f| f.contains("'Ngoại lệ'!")));
}

#[test]
fn a_lost_row_shows_in_the_checks() {
    let mut scene = example::undecided();
    let rows = &mut scene.settlement.rows;
    let lost = rows.iter().position(|row| &*row.key.id == "102").unwrap();
    rows.remove(lost);
    let mut book = open(&book(&scene));
    let checks = sheet(&mut book, "Kiểm tra");
    let bad: Vec<String> = differences(&checks)
        .into_iter()
        .filter(|(.., mark)| mark == "✗")
        .map(|(what, difference, _)| format!("{what} {difference}"))
        .collect();
    assert_eq!(
        bad,
        [
            "Dòng vào trừ dòng đã xếp nhóm, mọi nguồn: số dòng -1",
            "Dòng vào trừ dòng đã xếp nhóm, mọi nguồn: Số tiền -500000",
        ]
    );
    assert!(at(&checks, 2, 0).to_string().starts_with('✗'));
}

/// Class, status and link of an exception, each in a column of its own; true where it decides the
/// verdict, and where it is linked.
fn words_of(list: &Range<Data>, row: usize) -> (bool, bool) {
    let text = |key: &str| at(list, row, col(key)).to_string();
    // a class is one word for the filter, whatever else holds
    assert!(!text("label").contains("(quyết định)"), "{}", text("label"));
    assert!(!text("label").contains("(mới)"), "{}", text("label"));
    let decides = text(columns::DECIDING);
    assert!(["", "quyết định"].contains(&&*decides), "{decides}");
    let known = ["Chỉ để biết", "Quá hạn", "Đã giao", "Mới", "Chưa giao"];
    assert!(known.contains(&&*text(columns::STATUS)), "{row}");
    // rejects have no place among the exceptions of the page
    let linked = text(columns::LINK) == "Mở";
    assert!(!linked || text(columns::WORK) == "1", "{row}");
    (!decides.is_empty(), linked)
}

#[test]
fn an_exception_is_a_row_with_cells_of_the_right_types() {
    let scene = example::undecided();
    let files = files(&scene);
    let csv = text(&files, "exceptions.csv");
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let wanted: BTreeSet<String> = reader.records().map(|r| r.unwrap()[7].to_owned()).collect();
    let bytes = book(&scene);
    let mut book = open(&bytes);
    let list = sheet(&mut book, "Ngoại lệ");
    let first = usize::try_from(columns::FIRST_ROW).unwrap();
    let keys: Vec<String> = (0..columns::COLUMNS.len())
        .map(|col| at(&list, 0, col).to_string())
        .collect();
    assert_eq!(keys, columns::COLUMNS.map(|column| column.key));
    let mut seen = BTreeSet::new();
    let mut works = Vec::new();
    let (mut decided, mut links_seen) = (0, 0);
    for row in first..list.height() {
        let cell = |key: &str| at(&list, row, col(key));
        let id = cell(columns::EXCEPTION_ID).to_string();
        assert!(seen.insert(id), "twice");
        for key in [columns::CLASS, "dossier_code", "source", "id", "label"] {
            let text = matches!(cell(key), Data::String(_) | Data::Empty);
            assert!(text, "{key}: {:?}", cell(key));
        }
        for key in [
            columns::AMOUNT,
            columns::AT_RISK,
            columns::AGE,
            columns::WORK,
        ] {
            assert!(
                matches!(cell(key), Data::Float(_)),
                "{key}: {:?}",
                cell(key)
            );
        }
        assert!(matches!(cell("opened_on"), Data::DateTime(_)));
        let (decides, linked) = words_of(&list, row);
        decided += usize::from(decides);
        links_seen += usize::from(linked);
        assert_eq!(
            cell(columns::RUN_ID).to_string(),
            "2022-12-05-0123456789ab-2"
        );
        for key in [columns::DECISION, columns::TARGET, columns::REASON] {
            assert_eq!(cell(key), &Data::Empty);
        }
        works.push(number(cell(columns::WORK)));
    }
    assert_eq!(seen, wanted);
    assert!(decided == 2 && links_seen >= 4, "{decided} {links_seen}");
    assert!(works.is_sorted_by(|a, b| a >= b), "the work first");
    assert!(works.contains(&"0".to_owned()) && works.contains(&"1".to_owned()));
    // the amount that decides stands first, with its age
    assert_eq!(
        at(&list, first, col(columns::CLASS)).to_string(),
        "missing_payment"
    );
    assert_eq!(number(at(&list, first, col(columns::AGE))), "5");
    let ages = sheet(&mut book, "Tuổi");
    let all = number(at(&ages, 2, 12));
    assert_eq!(
        all,
        works.iter().filter(|work| *work == "1").count().to_string()
    );
    let links = sheet(&mut book, "Khớp");
    let lines = text(&files, "links.csv").lines().count() - 1;
    assert_eq!(links.height() - first, lines);
}

#[test]
fn the_sheets_are_set_up_for_people_and_paper() {
    let scene = example::undecided();
    let bytes = book(&scene);
    let names = open(&bytes).sheet_names();
    assert_eq!(
        names,
        [
            "Tóm tắt",
            "Kiểm tra",
            "Đối chiếu tổng",
            "Tỷ lệ",
            "Ngoại lệ",
            "Tuổi",
            "Khớp",
            "Phí",
            "Dữ liệu lỗi",
            "Nguồn",
            "Nguồn (tệp)",
            "Còn mở",
            "Tiền trong ngày",
            "Xu hướng",
            "Đã xử lý",
            "Phân tích",
            "Chất lượng dữ liệu",
            "Chú giải",
        ]
    );
    for name in &names {
        let xml = xml(&bytes, name);
        assert!(xml.contains("paperSize=\"9\"") && xml.contains("<pageSetUpPr fitToPage=\"1\"/>"));
        assert!(
            xml.contains("2022-12-05-0123456789ab-2&amp;RTrang &amp;P/&amp;N"),
            "{name}"
        );
        // no merged cells in data: only what is said above the headings, which wraps on paper
        for merged in xml.split("<mergeCell ref=\"").skip(1) {
            let place = merged.split('"').next().unwrap();
            let rows = place
                .split(':')
                .map(|at| at.trim_start_matches(char::is_alphabetic));
            let above = rows.into_iter().all(|row| row == "2");
            assert!(above || name == "Tóm tắt", "{name}: {place}");
        }
        let table = !["Tóm tắt", "Chú giải"].contains(&name.as_str());
        assert_eq!(xml.contains("<autoFilter"), table, "{name}");
        assert!(xml.contains("state=\"frozen\"") || !table, "{name}");
    }
    let workbook = part(&bytes, "xl/workbook.xml");
    for name in ["Ngoại lệ", "Khớp", "Kiểm tra", "Nguồn"] {
        assert!(
            workbook.contains(&format!("'{name}'!$4:$4"))
                || workbook.contains(&format!("{name}!$4:$4")),
            "{name}: repeated rows"
        );
    }
    let list = xml(&bytes, "Ngoại lệ");
    assert!(list.contains("<row r=\"1\"") && list.contains("hidden=\"1\""));
    assert!(list.contains("<col min=\"1\" max=\"4\"") || list.matches("hidden=\"1\"").count() >= 5);
    let words = columns::Choice::ALL
        .map(|choice| choice.word(Lang::Vi))
        .join(",");
    assert!(
        list.contains(&format!("<formula1>\"{words}\"</formula1>")),
        "the drop-down"
    );
    assert_eq!(list.matches("<dataValidation ").count(), 5);
    let chart = part(&bytes, "xl/charts/chart1.xml");
    assert!(chart.contains("<c:lineChart>") && chart.contains("Mục tiêu"));
    assert!(chart.contains("'Xu hướng'!$B$5") || chart.contains("Xu hướng!$B$5"));
    let core = part(&bytes, "docProps/core.xml");
    assert!(core.contains("2022-12-05T00:00:00Z"), "{core}");
}

#[test]
fn the_same_night_is_the_same_bytes_in_either_language() {
    let scene = example::undecided();
    assert_eq!(book(&scene), book(&scene));
    let mut english = example::undecided();
    english.facts.lang = Lang::En;
    let bytes = book(&english);
    let mut book = open(&bytes);
    assert_eq!(book.sheet_names()[0], "Summary");
    all_hold(&sheet(&mut book, "Checks"));
    let notes = sheet(&mut book, "Notes");
    let vietnamese = |text: &str| {
        text.chars()
            .any(|c| "ạảãầấậẩẫăằắặẳẵđêềếệểễôồốộổỗơờớợởỡưừứựửữ".contains(c))
    };
    for (_, _, cell) in notes.used_cells() {
        assert!(!vietnamese(&cell.to_string()), "{cell}");
    }
}

#[test]
fn a_night_that_does_not_tie_has_no_workbook() {
    let files = files(&example::untied());
    assert!(!names(&files).contains(&xlsx::FILE));
}
