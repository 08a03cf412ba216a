//! A period as known then and now: on the page and in the workbook, with what came between.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use doisoat::domain::{Arrived, Moved};
use doisoat::report::Figure;
use doisoat::report::facts::{AsKnown, NightsKnown};

use super::browser::{accessible, console_of};
use super::example::{Scene, day};
use super::hostile::HOSTILE;
use super::workbook::office::{convert, without_results};
use super::{build, files, page, period};

fn arrived(key: &str, amount: i64, kind: &'static str) -> Arrived {
    Arrived {
        told: day("2022-12-07"),
        kind,
        key: key.into(),
        became: "added",
        says: "payment success".into(),
        dossier: Some(key.into()),
        day: day("2022-12-05"),
        amount_vnd: Some(amount),
        bank_ref: None,
        by: None,
        reason: None,
    }
}

fn moved(definition: &str, item: &str, outcomes: [&[(i64, i64)]; 2]) -> Moved {
    let point = |outcomes: &[(i64, i64)]| outcomes.first().copied().unwrap_or((0, 0));
    Moved {
        definition: definition.into(),
        item: item.into(),
        then: point(outcomes[0]),
        now: point(outcomes[1]),
        outcomes_then: outcomes[0].to_vec(),
        outcomes_now: outcomes[1].to_vec(),
        bank_ref: None,
    }
}

/// The month of the example, told as its fifth, beside what is known two days later.
fn scene() -> Scene {
    let mut scene = period::month();
    let month = scene.facts.over.clone().unwrap();
    let shares = scene.settlement.shares.iter();
    let of_month = shares.filter(|share| share.period == month);
    let pair = |share: &doisoat::kpi::Share| {
        let mut now = share.clone();
        now.numerator -= 1_000;
        now.denominator += 10;
        (share.clone(), Some(now))
    };
    // of a day that then was still to come: behind what is late, whatever its amount
    let later = Arrived {
        day: day("2022-12-06"),
        ..arrived("sepay-main/later", 90_000, "txn")
    };
    let changed = Arrived {
        became: "changed",
        ..arrived("BL1", 20_000, "receipt")
    };
    let mut all = vec![
        arrived("sepay-main/107", 35_000, "txn"),
        later,
        changed,
        arrived("txn sepay-main/9", 1_000, "decision"),
        Arrived {
            says: r#"{"rule":"not_fee"}"#.into(),
            bank_ref: Some("FT900".into()),
            by: Some("Hoa".into()),
            reason: Some("tiền thuê nhà".into()),
            ..arrived("txn bank-main/~2012134ef305-1", 2_000, "decision")
        },
    ];
    all.extend(HOSTILE.iter().map(|text| arrived(text, 10, "txn")));
    let totals = build(&scene).totals;
    let nights = |versions: &[(&str, u32)]| NightsKnown {
        versions: versions
            .iter()
            .map(|(night, version)| (day(night), *version))
            .collect(),
        totals,
    };
    scene.facts.known = Some(Box::new(AsKnown {
        nights: Some((
            nights(&[("2022-12-05", 1)]),
            nights(&[("2022-12-05", 2), ("2022-12-06", 1)]),
        )),
        then: day("2022-12-05"),
        now: day("2022-12-07"),
        shares: of_month.map(pair).collect(),
        open: (Figure::new(7, 900_000), Figure::new(4, 650_000)),
        work: (Figure::new(9, 1_000_000), Figure::new(10, 1_000_500)),
        arrived: all,
        moved: vec![
            moved(
                "ALL_DOSSIERS",
                "dossier|H48-1",
                [&[(0, 1), (1, 1)], &[(1, 1)]],
            ),
            moved("TX_CASHLESS", "txn|sepay-main|107", [&[], &[(1, 1)]]),
            moved(
                "TX_CASHLESS",
                "cash|H48-2|TRAN THI B|1670000000000",
                [&[(0, 1)], &[]],
            ),
            Moved {
                bank_ref: Some("FT901".into()),
                ..moved(
                    "TX_CASHLESS",
                    "txn|bank-main|~5771f22eb4e8-1",
                    [&[(1, 1)], &[(0, 1)]],
                )
            },
            moved("TX_CASHLESS", HOSTILE[7], [&[(0, 1)], &[(0, 1), (1, 1)]]),
            moved(
                "TX_CASHLESS",
                "txn|sepay-main|108",
                [&[(1, 1)], &[(0, 0), (1, 1)]],
            ),
        ],
        given_back: BTreeMap::from([(
            "sepay-main/108".into(),
            ("sepay-main/refund".into(), day("2022-12-06")),
        )]),
    }));
    scene
}

#[test]
fn the_page_tells_then_and_now_and_what_came_between() {
    let scene = scene();
    let page = page(&scene);
    let (_, section) = page.split_once("<section id=\"known\"").unwrap();
    let section = section
        .split_once("</section>")
        .unwrap()
        .0
        .replace('\u{a0}', " ");
    for said in [
        "Lúc đó (05/12/2022)",
        "Bây giờ (07/12/2022)",
        // 2553 of 2554, then 1553 of 2564
        "99,96 %",
        "60,57 %",
        "−39,39 điểm phần trăm",
        "−1.000 / +10",
        "−250.000 ₫",
        "Thuộc ngày 05/12/2022 nhưng đến muộn 2 ngày.",
        "Thuộc ngày 06/12/2022, sau đêm 05/12/2022.",
        "Đã biết, sau đó nguồn báo khác đi.",
        "Quyết định ghi sau đêm 05/12/2022.",
        "giao dịch bank-main/FT900",
        "Không phải khoản thu; Hoa quyết định: tiền thuê nhà (ghi sau đêm 05/12/2022).",
        "giao dịch bank-main/FT901",
        "mới tính: giao dịch sepay-main/107, đêm 07/12/2022",
        "tiền mặt của hồ sơ H48-2",
        "không còn tính",
        "trước đã rõ, nay còn mở",
        "đã hoàn bằng sepay-main/refund (đến đêm 06/12/2022)",
    ] {
        assert!(section.contains(said), "{said}");
    }
    assert!(!page.contains("TRAN THI B"), "no name of a cashier");
    assert!(!section.contains("H48-1<"), "the leading definition alone");
    let at = |key: &str| section.find(&format!(">{key}<")).unwrap();
    assert!(at("sepay-main/107") < at("BL1"), "the greatest first");
    assert!(at("BL1") < at("sepay-main/later"), "what is late first");
    assert!(page.contains("<a href=\"#known\">"));
    assert!(!super::page(&period::month()).contains("id=\"known\""));
    // texts from outside are letters
    for text in ["<script>alert", "<img src=x", "<iframe", "<svg/onload"] {
        assert!(!section.contains(text), "{text}");
    }
    assert!(section.contains("gpj.‹U+202E›exe"));
}

#[test]
fn the_page_with_both_is_accessible_and_quiet() {
    let page = page(&scene());
    assert_eq!(console_of(&page), "");
    accessible(&page);
}

pub(super) fn sheets(bytes: &[u8]) -> Vec<(String, Range<Data>)> {
    let mut book = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    book.worksheets()
}

#[test]
fn the_workbook_tells_then_now_and_the_difference_by_formula() {
    let scene = scene();
    let made = files(&scene)
        .into_iter()
        .find(|file| &*file.name == "doisoat.xlsx");
    let bytes = made.unwrap().bytes;
    let dir = tempfile::tempdir().unwrap();
    let again = convert(dir.path(), &without_results(&bytes), "xlsx");
    let again = std::fs::read(again).unwrap();
    for sheets in [sheets(&bytes), sheets(&again)] {
        let of = |name: &str| &sheets.iter().find(|(known, _)| known == name).unwrap().1;
        let figures: Vec<[String; 6]> = of("Lúc đó và bây giờ")
            .rows()
            .skip(4)
            .map(|row| {
                std::array::from_fn(|at| match &row[at] {
                    Data::Float(number) => format!("{number:.4}"),
                    other => other.to_string(),
                })
            })
            .collect();
        let find = |what: &str, part: &str| {
            let is_it = |row: &&[String; 6]| row[0].contains(what) && row[2] == part;
            figures.iter().find(is_it).unwrap()[3..].to_vec()
        };
        let leads = &build(&scene).headline.unwrap().name;
        assert_eq!(
            find(leads, "Tử số"),
            ["2553.0000", "1553.0000", "-1000.0000"]
        );
        assert_eq!(find(leads, "Tỷ lệ"), ["0.9996", "0.6057", "-0.3939"]);
        let open = "Giao dịch, biên lai chưa khớp";
        assert_eq!(find(open, "số dòng"), ["7.0000", "4.0000", "-3.0000"]);
        let arrived = of("Đến sau");
        let first = arrived.rows().nth(4).unwrap();
        assert_eq!(first[1].to_string(), "sepay-main/107");
        assert!(matches!(first[3], Data::DateTime(_)), "{first:?}");
        assert!(matches!(first[5], Data::Float(_) | Data::Int(_)));
        assert_eq!(first[5].to_string(), "35000");
        let moved = of("Tính khác");
        assert_eq!(
            moved
                .rows()
                .skip(4)
                .filter(|row| row[0] != Data::Empty)
                .count(),
            6
        );
        let names: Vec<String> = moved.rows().map(|row| row[1].to_string()).collect();
        assert!(
            !names.iter().any(|name| name.contains("TRAN THI B")),
            "{names:?}"
        );
    }
    let plain = files(&period::month());
    let plain = plain
        .iter()
        .find(|file| &*file.name == "doisoat.xlsx")
        .unwrap();
    let names = sheets(&plain.bytes).into_iter().map(|(name, _)| name);
    assert!(!names.collect::<Vec<_>>().contains(&"Đến sau".to_owned()));
}
