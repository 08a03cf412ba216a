//! The report of a month tells each of its five numbers against the month before, and no change
//! where nights of either are missing.

use doisoat::domain::{Fraction, Period};
use doisoat::report::facts::{AtEnd, BeforeFigures, PeriodBefore};
use doisoat::report::model::Level;
use doisoat::report::{Figure, json, pdf};
use serde_json::Value;

use super::example::{Scene, day};
use super::period::{month, workbook};
use super::schema::against_schema;
use super::{build, files, page, text};
use crate::pdf::{is_accessible, squeezed};

/// November with every night.
fn november() -> PeriodBefore {
    PeriodBefore {
        period: Period::month("2022-11").unwrap(),
        lacking: Vec::new(),
        short: Vec::new(),
        told: Some(BeforeFigures {
            last: day("2022-11-30"),
            transactions: Figure::new(7, 900_000),
            share: Fraction::new(1, 2),
            end: Some(AtEnd {
                open: Figure::new(2, 100_000),
                exceptions: Figure::new(1, 90_000),
                overdue: Figure::new(0, 0),
            }),
        }),
    }
}

fn beside(before: PeriodBefore) -> Scene {
    let mut scene = month();
    scene.facts.page.period_before = Some(Box::new(before));
    scene
}

fn changes(scene: &Scene) -> Vec<String> {
    let tiles = build(scene).tiles.into_iter();
    tiles
        .map(|tile| tile.change_month.replace('\u{a0}', " "))
        .collect()
}

#[test]
fn five_numbers_of_a_month_are_told_against_the_month_before() {
    let scene = beside(november());
    let told = changes(&scene);
    assert_eq!(told[0], "+3 so với tháng 11/2022 (7)");
    assert!(
        told[1].ends_with(" điểm % so với tháng 11/2022 (50,00 %)"),
        "{}",
        told[1]
    );
    let end = "so với cuối tháng 11/2022 (đêm 30/11/2022: ";
    for (at, value) in [(2, "100.000 ₫)"), (3, "1)"), (4, "0 ₫)")] {
        assert!(told[at].contains(end), "{}", told[at]);
        assert!(told[at].ends_with(value), "{}", told[at]);
    }
    let report = build(&scene);
    assert!(report.banners.is_empty(), "{:?}", report.banners);
    let (html, strings) = (page(&scene), workbook(&scene));
    let letters = is_accessible(&pdf::render(&report).unwrap(), "vi-VN");
    for tile in &report.tiles {
        assert!(html.contains(&tile.change_month), "{}", tile.change_month);
        assert!(
            strings.contains(&tile.change_month),
            "{}",
            tile.change_month
        );
        let squeezed = squeezed(&tile.change_month);
        assert!(letters.letters().contains(&squeezed), "{squeezed}");
    }
    let run = text(&files(&scene), "run.json");
    assert_eq!(json::told_before(&run), Some(november()));
    let run: Value = serde_json::from_str(&run).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    assert_eq!(run["previous_period"]["whole"], true);
}

#[test]
fn a_month_of_which_nights_are_missing_is_not_compared() {
    let lacking = PeriodBefore {
        lacking: vec![(day("2022-11-01"), day("2022-11-04"))],
        short: vec![("sepay-main".into(), vec![day("2022-11-09")])],
        ..november()
    };
    let scene = beside(lacking.clone());
    let told = changes(&scene);
    assert_eq!(told[0], "tháng 11/2022: 7, chưa so được");
    assert_eq!(told[1], "tháng 11/2022: 50,00 %, chưa so được");
    assert!(told[2].contains("so với cuối tháng 11/2022"), "{}", told[2]);
    let note = build(&scene).banners.pop().unwrap();
    assert_eq!(note.level, Level::Note);
    assert_eq!(
        note.text,
        "Có số ở đầu trang chưa so được với tháng 11/2022: tháng 11/2022 thiếu đêm của các ngày \
         01/11/2022 – 04/11/2022; nguồn sepay-main của tháng 11/2022 chưa về đủ ở đêm 09/11/2022."
    );
    for shown in [page(&scene), workbook(&scene)] {
        assert!(shown.contains(&note.text));
    }
    let run = text(&files(&scene), "run.json");
    assert_eq!(json::told_before(&run), Some(lacking));
    // the last night itself is missing: nothing is told against it
    let mut cut = november();
    cut.lacking = vec![(day("2022-11-30"), day("2022-11-30"))];
    cut.told.as_mut().unwrap().last = day("2022-11-29");
    let told = changes(&beside(cut));
    assert!(
        told.iter().all(|told| told.ends_with("chưa so được")),
        "{told:?}"
    );
    // nights of the month itself are missing
    let mut scene = beside(november());
    scene.facts.lacking = vec![(day("2022-12-06"), day("2022-12-31"))];
    assert_eq!(changes(&scene)[0], "tháng 11/2022: 7, chưa so được");
    let note = build(&scene).banners.pop().unwrap();
    let said = "tháng 12/2022 thiếu đêm của các ngày 06/12/2022 – 31/12/2022";
    assert!(note.text.contains(said), "{}", note.text);
}

#[test]
fn a_month_without_nights_is_named_and_a_range_is_called_what_it_is() {
    let none = PeriodBefore {
        lacking: vec![(day("2022-11-01"), day("2022-11-30"))],
        told: None,
        ..november()
    };
    let scene = beside(none.clone());
    let told = changes(&scene);
    assert!(
        told.iter()
            .all(|told| told == "tháng 11/2022: không có đêm nào để so"),
        "{told:?}"
    );
    let note = build(&scene).banners.pop().unwrap();
    let said = "không so được với tháng 11/2022: kỳ đó không có đêm nào được công bố";
    assert!(note.text.contains(said), "{}", note.text);
    let run: Value = serde_json::from_str(&text(&files(&scene), "run.json")).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    assert_eq!(run["previous_period"]["transactions"], Value::Null);
    let range = PeriodBefore {
        period: Period::range(day("2022-11-25"), day("2022-11-30")),
        ..november()
    };
    let told = changes(&beside(range));
    assert_eq!(
        told[0],
        "+3 so với 6 ngày liền trước (25/11/2022 – 30/11/2022) (7)"
    );
    // a night is told against nights
    let mut night = super::example::undecided();
    night.facts.page.period_before = Some(Box::new(november()));
    let run: Value = serde_json::from_str(&text(&files(&night), "run.json")).unwrap();
    assert_eq!(run.get("previous_period"), None);
}
