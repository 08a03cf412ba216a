//! The bridges of a town's nights, as the workbooks tell them: what one night carries forward is
//! what the next one opens with, and nothing is left unexplained.

use std::collections::BTreeMap;

use calamine::{Data, Reader, Xlsx, open_workbook};
use doisoat::sandbox::{Sandbox, SandboxOptions};

use crate::database::Kind;
use crate::town::{FIRST, Town, as_is, day, night};

const NIGHTS: u32 = 7;

fn number(cell: &Data) -> i64 {
    let text = match cell {
        Data::Float(number) => format!("{number:.0}"),
        Data::Int(number) => number.to_string(),
        other => panic!("no number: {other:?}"),
    };
    text.parse().unwrap()
}

/// The figures of a sheet by source.
fn rows(town: &Town, date: &str, sheet: &str) -> BTreeMap<String, Vec<i64>> {
    let path = town.folder(date).join("doisoat.xlsx");
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let rows = range.rows().skip(4);
    rows.map(|row| (row[0].to_string(), row[1..].iter().map(number).collect()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_night_carries_forward_the_next_one_opens_with() {
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: None,
        first_day: day(FIRST).date(),
        days: NIGHTS,
    };
    let town = Town::around(Kind::Sqlite, Sandbox::start(options).await.unwrap()).await;
    let desk = town.desk(&as_is).await;
    let mut forward: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    let (mut matched, mut uncounted) = (0, 0);
    for n in 0..NIGHTS {
        let of = day(FIRST).plus(n);
        let date = of.to_string();
        town.morning_after(of);
        night(&desk, &date).await;
        let carries = rows(&town, &date, "Còn mở");
        let opening = carries.iter().map(|(s, row)| (s.clone(), [row[0], row[1]]));
        let opening: BTreeMap<_, _> = opening.filter(|(_, pair)| *pair != [0, 0]).collect();
        assert_eq!(opening, forward, "{date}: opening");
        for (source, row) in &carries {
            assert_eq!(row[12..], [0, 0], "{date}, {source}: unexplained");
            matched += row[6];
        }
        let closing = carries
            .iter()
            .map(|(s, row)| (s.clone(), [row[10], row[11]]));
        forward = closing.filter(|(_, pair)| *pair != [0, 0]).collect();
        assert!(!forward.is_empty(), "{date}: something stays open");
        for (source, row) in rows(&town, &date, "Tiền trong ngày") {
            assert_eq!(row[0] - row[1], row[2], "{date}, {source}: paid");
            assert_eq!(row[7], 0, "{date}, {source}: unexplained");
            uncounted += row[1];
        }
    }
    assert!(matched > 0, "something open was matched later");
    assert!(uncounted > 0, "some lines are no payments of their own");
}
