//! The workbook, `run.json` and the report of a period tell what gateways hold.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use doisoat::domain::Period;
use doisoat::report::{Figure, json};
use serde_json::Value;

use super::super::period::{nights_of, tonight};
use super::super::schema::against_schema;
use super::super::workbook::{all_hold, open, sheet};
use super::super::{build, files, page, text};
use super::{day, row, scene};

#[test]
fn the_workbook_proves_it() {
    let scene = scene();
    let files = files(&scene);
    let bytes = &files.iter().find(|file| &*file.name == "doisoat.xlsx");
    let mut book: Xlsx<Cursor<Vec<u8>>> = open(&bytes.unwrap().bytes);
    all_hold(&sheet(&mut book, "Kiểm tra"));
    let checks = sheet(&mut book, "Kiểm tra");
    let what = checks.rows().map(|row| row[0].to_string());
    let own = what.filter(|what| what.starts_with("Tiền cổng còn giữ"));
    assert_eq!(own.count(), 3);
    let held = sheet(&mut book, "Cổng giữ");
    let money = |data: &Data| data.to_string().parse::<f64>().unwrap();
    let row: Vec<&Data> = held.rows().nth(4).unwrap().iter().collect();
    assert_eq!(row[0].to_string(), "momo");
    let dong = [
        (1, 187_000.),
        (6, 24_670.),
        (15, 105_670.),
        (16, 105_670.),
        (17, 0.),
    ];
    for (col, dong) in dong {
        assert!(
            (money(row[col]) - dong).abs() < 0.1,
            "{col}: {:?}",
            row[col]
        );
    }
    let formulas = book.worksheet_formula("Cổng giữ").unwrap();
    let all: Vec<String> = formulas.used_cells().map(|cell| cell.2.clone()).collect();
    for formula in ["D5-E5-F5", "B5+O5+G5+I5-K5-M5-N5", "P5-Q5"] {
        assert!(all.iter().any(|found| found == formula), "{all:?}");
    }
    let days = sheet(&mut book, "Quyết toán theo ngày");
    let row: Vec<String> = days
        .rows()
        .nth(4)
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(row[7], "gộp, sepay-main");
    assert_eq!(
        [&*row[10], &*row[11], &*row[13], &*row[16]],
        ["2", "148350", "0", "0"]
    );
}

#[test]
fn the_next_night_reads_what_this_one_says() {
    let scene = scene();
    let run = text(&files(&scene), "run.json");
    let document: Value = serde_json::from_str(&run).unwrap();
    assert_eq!(against_schema(&document), Vec::<String>::new());
    let told = json::told_gateways(&run).unwrap().unwrap();
    let held = build(&scene).held.unwrap();
    assert_eq!((told.rows, told.days), (held.rows, held.days));
    let mut old = document;
    old.as_object_mut().unwrap().remove("gateway_bridge");
    assert_eq!(json::told_gateways(&old.to_string()).unwrap(), None);
}

/// Over a period: the opening of its first night, all movements, the closing of its last, and where
/// the nights do not join a column of its own.
#[test]
fn a_period_goes_from_its_first_night_to_its_last() {
    let mut scene = scene();
    let (one, last) = (row(&scene), tonight(&scene));
    let mut eve = last.clone();
    eve.day = day("2022-12-04");
    scene.facts.nights = Some(nights_of(&scene, vec![eve, last.clone()], &[]));
    scene.facts.over = Some(Period::month("2022-12").unwrap());
    let both = row(&scene);
    assert_eq!((both.opening, both.closing), (one.opening, one.closing));
    assert_eq!(both.paid, Figure::new(2, 60_000));
    assert_eq!((both.kept, both.batches.count), (3_300, 2));
    assert_eq!(both.between, one.opening - one.closing);
    assert_eq!(both.rest(), 0);
    let days = build(&scene).held.unwrap().days;
    let days: Vec<String> = days.iter().map(|of| of.day.to_string()).collect();
    assert_eq!(
        days,
        ["2022-12-04", "2022-12-05"],
        "of the period, each once"
    );
    let page = page(&scene);
    let held = page.split_once("id=\"held-h\"").unwrap().1;
    assert!(
        held.split_once("</table>")
            .unwrap()
            .0
            .contains("± Chênh giữa các đêm")
    );
    let run: Value = serde_json::from_str(&text(&files(&scene), "run.json")).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    assert_eq!(run["period"]["blocks"]["gateway_bridge"], "chain");
    // a night of an older program
    let mut eve = last.clone();
    eve.day = day("2022-12-04");
    eve.figures.as_mut().unwrap().held = None;
    scene.facts.over = None;
    scene.facts.nights = Some(nights_of(&scene, vec![eve, last], &[]));
    scene.facts.over = Some(Period::month("2022-12").unwrap());
    assert_eq!(build(&scene).held, None);
    assert!(super::super::page(&scene).contains("chưa báo tiền cổng còn giữ, nên không cộng được"));
}
