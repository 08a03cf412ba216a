//! The workbook, `run.json` and the report of a period tell what gateways hold.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use doisoat::domain::{Lang, Period, RowKey, SourceName, Vnd};
use doisoat::matching::Role;
use doisoat::report::model::{ChainRow, Stage};
use doisoat::report::{Figure, json};
use serde_json::Value;

use super::super::period::{nights_of, tonight};
use super::super::schema::against_schema;
use super::super::workbook::{open, sheet};
use super::super::{build, files, page, text};
use super::{Scene, day, forget, row, scene};

/// How many checks the workbook has of the gateways; each holds.
fn checks(book: &mut Xlsx<Cursor<Vec<u8>>>) -> usize {
    let checks = sheet(book, "Kiểm tra");
    let own = [
        "Tiền cổng còn giữ",
        "Quyết toán của cổng",
        "Từ một cửa qua cổng",
    ];
    let rows = checks
        .rows()
        .map(|row| (row[0].to_string(), row[4].to_string()));
    let rows = rows.filter(|(what, _)| own.iter().any(|own| what.starts_with(own)));
    let marks: Vec<(String, String)> = rows.collect();
    assert!(marks.iter().all(|(_, mark)| mark == "✓"), "{marks:?}");
    marks.len()
}

#[test]
fn the_workbook_proves_it() {
    let scene = scene();
    let files = files(&scene);
    let bytes = &files.iter().find(|file| &*file.name == "doisoat.xlsx");
    let mut book: Xlsx<Cursor<Vec<u8>>> = open(&bytes.unwrap().bytes);
    assert_eq!(checks(&mut book), 3 + 3 + 3);
    let held = sheet(&mut book, "Cổng giữ");
    let money = |data: &Data| data.to_string();
    let row: Vec<&Data> = held.rows().nth(4).unwrap().iter().collect();
    assert_eq!(row[0].to_string(), "momo");
    let dong = [
        (1, "187000"),
        (5, "24670"),
        (11, "105670"),
        (12, "105670"),
        (13, "0"),
    ];
    for (col, dong) in dong {
        assert_eq!(money(row[col]), dong, "{col}");
    }
    let formulas = book.worksheet_formula("Cổng giữ").unwrap();
    let all: Vec<String> = formulas.used_cells().map(|cell| cell.2.clone()).collect();
    for formula in ["C5-D5-E5", "B5+K5+F5+G5-H5-I5-J5", "L5-M5"] {
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

fn chain(scene: &Scene) -> Vec<ChainRow> {
    build(scene).held.unwrap().chain
}

fn dong(chain: &[ChainRow], stage: Stage) -> i128 {
    let row = chain.iter().find(|row| row.stage == stage).unwrap();
    row.figure.sum_vnd
}

/// Every stage is the one before it and the steps between them.
fn adds_up(chain: &[ChainRow]) {
    let mut sum = 0;
    for row in chain {
        if row.stage == Stage::OneStop {
            sum = row.figure.sum_vnd;
        } else if row.stage.is_total() {
            assert_eq!(sum, row.figure.sum_vnd, "{:?}: {chain:?}", row.stage);
        } else {
            sum += row.figure.sum_vnd;
        }
    }
}

#[test]
fn from_the_one_stop_system_to_the_bank_every_difference_is_named() {
    let mut scene = scene();
    let plain = chain(&scene);
    adds_up(&plain);
    let straight = dong(&plain, Stage::OneStop);
    assert!(straight > 0);
    assert_eq!(dong(&plain, Stage::StraightOut), -straight);
    assert_eq!(dong(&plain, Stage::Unlinked), 30_000);
    // a fee of 25,000 is paid by the gateway's payment of 30,000
    let mut group = scene.settlement.groups[0].clone();
    group.legs.truncate(1);
    group.legs[0].money = RowKey::txn(&SourceName::new("momo"), "c1");
    group.legs[0].role = Role::Settles;
    group.legs[0].amount = Vnd::new(25_000);
    scene.settlement.groups.push(group);
    let told = chain(&scene);
    adds_up(&told);
    assert_eq!(dong(&told, Stage::OneStop), straight + 25_000);
    assert_eq!(dong(&told, Stage::Unlinked), 5_000);
    assert_eq!(dong(&told, Stage::AtGateways), 30_000);
    assert_eq!(dong(&told, Stage::Fees), -330 - 1_650);
    assert_eq!(dong(&told, Stage::Returned), -5_000);
    assert_eq!(dong(&told, Stage::Carried), 187_000 + 64_000 - 105_670);
    assert_eq!(dong(&told, Stage::HandedOn), 168_350);
    assert_eq!(dong(&told, Stage::OtherDays), 0);
    assert_eq!(dong(&told, Stage::StraightIn), straight);
    let rests = |chain: &[ChainRow]| {
        let rests = chain.iter().filter(|row| row.stage.is_rest());
        rests.map(|row| row.figure.sum_vnd).collect::<Vec<_>>()
    };
    assert_eq!(rests(&told), [0, 0, 0]);
    let run: Value = serde_json::from_str(&text(&files(&scene), "run.json")).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    assert_eq!(run["gateway_chain"][9]["stage"], "handed_on");
    assert_eq!(run["gateway_chain"][9]["sum_vnd"], 168_350);
    let html = page(&scene);
    let shown = html.split_once("id=\"chain-h\"").unwrap().1;
    let shown = shown.split_once("</table>").unwrap().0;
    assert!(shown.contains("= Cổng đã chuyển về ngân hàng") && shown.contains("168.350"));
    // fee lines and transactions do not add up, so they are told in columns of their own
    let counts = |stage: Stage| {
        let row = told.iter().find(|row| row.stage == stage).unwrap();
        let said = doisoat::text::say(Lang::Vi, stage.key(), &[]);
        let cells = shown.split_once(&format!("{said}</th>")).unwrap().1;
        let count = row.figure.count;
        assert!(count > 0, "{stage:?}");
        let both = [
            (count.to_string(), String::new()),
            (String::new(), count.to_string()),
        ];
        both.map(|(lines, rows)| {
            let two = format!("<td class=\"num\">{lines}</td><td class=\"num\">{rows}</td>");
            cells.starts_with(&two)
        })
    };
    assert_eq!(counts(Stage::OneStop), [true, false]);
    assert_eq!(counts(Stage::AtGateways), [false, true]);
    assert_eq!(counts(Stage::HandedOn), [false, true]);
    let files = files(&scene);
    let bytes = &files.iter().find(|file| &*file.name == "doisoat.xlsx");
    let mut book: Xlsx<Cursor<Vec<u8>>> = open(&bytes.unwrap().bytes);
    assert_eq!(checks(&mut book), 3 + 3 + 3);
    let formulas = book.worksheet_formula("Một cửa đến ngân hàng").unwrap();
    let all: Vec<String> = formulas.used_cells().map(|cell| cell.2.clone()).collect();
    assert_eq!(
        all,
        ["E5+SUM(D6:D8)", "E9+SUM(D10:D13)", "E14+SUM(D15:D18)"]
    );
    // what no row explains at the gateway is a step too
    forget(&mut scene, "b2");
    let less = chain(&scene);
    adds_up(&less);
    assert_eq!(rests(&less), [0, -9_000, 0]);
}
