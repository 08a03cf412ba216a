//! The report of a month: it is named as that, the month's share leads, and what is of the last
//! night alone says so.

use std::io::Cursor;

use calamine::Reader;
use doisoat::domain::{Lang, Period};
use doisoat::report::model::{NightSources, OfNights, ToldNight, spans};
use doisoat::report::{Figure, json, pdf};
use serde_json::Value;

use super::example::{self, Scene};
use super::schema::against_schema;
use super::{build, files, page, text};
use crate::pdf::{is_accessible, squeezed};

/// The example as the report of its whole month, in which more was paid than in the year's row.
pub(super) fn month() -> Scene {
    let mut scene = example::undecided();
    let month = Period::month("2022-12").unwrap();
    let year = Period::year_to(example::night());
    let mut shares = scene.settlement.shares.clone();
    shares.retain(|share| share.period == year && share.enough_data);
    for share in &mut shares {
        share.period = month.clone();
        share.numerator = share.denominator - 1;
    }
    scene.settlement.shares.extend(shares);
    let night = tonight(&scene);
    let stored = night.rows.clone();
    scene.facts.nights = Some(nights_of(&scene, vec![night], &stored));
    scene.facts.over = Some(month);
    scene
}

type Stored = [(Box<str>, &'static str, Figure)];

/// Nights added up, each with the sources of the scene.
pub(super) fn nights_of(scene: &Scene, nights: Vec<ToldNight>, stored: &Stored) -> Box<OfNights> {
    let told = nights.iter().map(|night| NightSources {
        day: night.day,
        sources: scene.facts.sources.clone(),
        files: Vec::new(),
    });
    let sources = spans(&told.collect::<Vec<_>>());
    Box::new(OfNights {
        sources,
        ..OfNights::sum(nights, stored)
    })
}

/// What the night of the scene says of itself.
pub(super) fn tonight(scene: &Scene) -> ToldNight {
    let run = text(&files(scene), "run.json");
    json::told_night(example::night(), &run, Lang::Vi).unwrap()
}

/// A month of two nights like that of the example, with three rows that came later.
fn two_nights() -> Scene {
    let mut scene = month();
    scene.facts.over = None;
    let last = tonight(&scene);
    let eve = ToldNight {
        day: example::day("2022-12-04"),
        ..last.clone()
    };
    let mut stored: Vec<_> = eve.rows.iter().chain(&last.rows).cloned().collect();
    stored.push(("sepay-main".into(), "payment", Figure::new(3, 45_000)));
    scene.facts.nights = Some(nights_of(&scene, vec![eve, last], &stored));
    scene.facts.over = Some(Period::month("2022-12").unwrap());
    scene
}

fn run_json(scene: &Scene) -> Value {
    let run = serde_json::from_str(&text(&files(scene), "run.json")).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    run
}

/// The texts of the workbook, whose checks all hold.
pub(super) fn workbook(scene: &Scene) -> String {
    let book = files(scene)
        .into_iter()
        .find(|file| &*file.name == "doisoat.xlsx");
    let bytes = book.unwrap().bytes;
    let mut read: calamine::Xlsx<_> = calamine::Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    let checks = read.worksheet_range("Kiểm tra").unwrap();
    let marks = checks
        .rows()
        .filter_map(|row| row.get(4))
        .map(ToString::to_string);
    let marks: Vec<String> = marks.filter(|mark| mark == "✓" || mark == "✗").collect();
    assert!(
        marks.len() > 10 && marks.iter().all(|mark| mark == "✓"),
        "{marks:?}"
    );
    let mut book = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    std::io::read_to_string(book.by_name("xl/sharedStrings.xml").unwrap()).unwrap()
}

/// Movements add up, the end is that of the last night, and where the nights do not join the
/// difference is a column and a sentence of its own.
#[test]
fn nights_that_do_not_join_are_told() {
    let (night, scene) = (run_json(&example::undecided()), two_nights());
    let run = run_json(&scene);
    let (one, both) = (&night["open_bridge"], &run["open_bridge"]);
    let mut broken = 0;
    for (one, both) in one.as_array().unwrap().iter().zip(both.as_array().unwrap()) {
        assert_eq!(one["source"], both["source"]);
        for part in ["opening", "closing"] {
            assert_eq!(one[part], both[part], "{part}");
        }
        for part in ["came", "changed", "matched", "left_out"] {
            let twice = 2 * one[part]["sum_vnd"].as_i64().unwrap();
            assert_eq!(both[part]["sum_vnd"].as_i64(), Some(twice), "{part}");
        }
        let dong = |row: &Value, part: &str| row[part]["sum_vnd"].as_i64().unwrap();
        let gap = dong(one, "opening") - dong(one, "closing");
        let breaks = both["breaks"].as_array().map_or(&[][..], Vec::as_slice);
        assert_eq!(
            breaks
                .iter()
                .map(|one| one["sum_vnd"].as_i64().unwrap())
                .sum::<i64>(),
            gap
        );
        assert_eq!(2 * dong(one, "rest"), dong(both, "rest"));
        broken += usize::from(gap != 0);
    }
    assert!(broken > 0);
    let report = build(&scene);
    let page = page(&scene);
    assert!(page.contains("± Chênh giữa các đêm"));
    let said = report.breaks();
    assert!(said[0].contains("đêm 05/12/2022 bắt đầu lệch"), "{said:?}");
    assert!(page.contains(&said[0]));
    assert!(!self::page(&month()).contains("Chênh giữa các đêm"));
    let strings = workbook(&scene);
    for said in ["± Chênh giữa các đêm: Số tiền", &*said[0]] {
        assert!(strings.contains(said), "{said}");
    }
    let letters = is_accessible(&pdf::render(&report).unwrap(), "vi-VN");
    assert!(letters.letters().contains(&squeezed(&said[0])));
}

#[test]
fn rows_that_no_night_tells_are_lines_of_their_own() {
    let scene = two_nights();
    let run = run_json(&scene);
    let wanted = serde_json::json!([
        {
            "source": "sepay-main", "kind": "payment", "count": 3, "sum_vnd": 45_000,
            "untold": { "count": 3, "sum_vnd": 45_000 }, "gone": { "count": 0, "sum_vnd": 0 },
        },
    ]);
    assert_eq!(run["period"]["outside"], wanted);
    let report = build(&scene);
    assert_eq!(report.tiles[0].value, "20");
    assert_eq!(
        report.tiles[0].change,
        "cộng 2 đêm; ngoài các đêm: 3 dòng, 45.000\u{a0}₫"
    );
    assert_eq!(report.with_outside(), (23, 2 * 3_685_000 + 45_000));
    let page = page(&scene);
    assert!(page.contains("Không nằm trong đêm nào"));
    assert!(page.contains("Mọi giao dịch của những ngày trong kỳ"));
    let less = "so với tổng các đêm: ngoài các đêm: 3 dòng";
    assert_eq!(page.matches(less).count(), 2);
    assert!(page.contains(">Chưa khớp trong đêm<") && !page.contains(">Còn mở<"));
    assert!(workbook(&scene).contains(less));
    assert!(!self::page(&month()).contains("Không nằm trong đêm nào"));
}

/// A night of an older program has no sums: the period shows none and says why.
#[test]
fn what_a_night_does_not_tell_is_no_number() {
    let mut scene = two_nights();
    scene.facts.over = None;
    let mut old: Value = serde_json::from_str(&text(&files(&scene), "run.json")).unwrap();
    for block in ["tie_out", "work"] {
        old.as_object_mut().unwrap().remove(block);
    }
    let old = json::told_night(example::day("2022-12-04"), &old.to_string(), Lang::Vi).unwrap();
    assert_eq!(old.figures, None);
    scene.facts.nights = Some(nights_of(&scene, vec![old, tonight(&scene)], &[]));
    scene.facts.over = Some(Period::month("2022-12").unwrap());
    let run = run_json(&scene);
    assert_eq!(run["period"]["untold"], serde_json::json!(["2022-12-04"]));
    for block in [
        "tie_out",
        "money_bridge",
        "open_bridge",
        "instruments",
        "work",
    ] {
        assert_eq!(run.get(block), None, "{block}");
        assert_eq!(run["period"]["blocks"].get(block), None, "{block}");
    }
    assert_eq!(run["totals"]["transactions"]["count"], 20);
    let said = "Không cộng được cho cả kỳ: đêm 04/12/2022";
    let page = page(&scene);
    assert_eq!(page.matches(said).count(), 2);
    assert!(!page.contains("id=\"carry-h\"") && !page.contains("id=\"flow-h\""));
    let report = build(&scene);
    assert!(report.tie_out.is_empty() && report.instruments.is_empty());
    let letters = is_accessible(&pdf::render(&report).unwrap(), "vi-VN");
    assert!(letters.letters().contains(&squeezed(said)));
    let strings = workbook(&scene);
    assert!(strings.contains(said), "{said}");
}

#[test]
fn a_month_is_not_titled_as_its_last_night() {
    let scene = month();
    let report = build(&scene);
    let said = "tháng 12/2022; số liệu đến hết đêm 05/12/2022";
    assert_eq!(
        report.title(),
        format!("Báo cáo đối soát phí, lệ phí {said}")
    );
    assert_eq!(report.subtitle(), format!("Báo cáo {said}"));
    assert_eq!(report.version_note(), "Bản số 2 của đêm 05/12/2022");
    let page = page(&scene);
    let title = page.split_once("<title>").unwrap().1;
    assert!(title.starts_with(&report.title()));
    let head = page.split_once("<header").unwrap().1;
    let head = head.split_once("</header>").unwrap().0;
    assert!(
        head.contains(&report.subtitle()) && !head.contains("của đêm này"),
        "{head}"
    );
    assert!(!page.contains("Ngày đối soát 05/12/2022"));
    // what leads is the month's, and the year's is told as that
    let leads = report.headline.as_ref().unwrap();
    assert_eq!((&*leads.period, leads.numerator), ("Tháng 12/2022", 2553));
    assert_eq!(report.shares[0], *leads);
    assert_eq!(report.shares[1].period, "Lũy kế năm 2022");
    let (why, day) = (&report.light.why, "đến hết ngày 05/12/2022) là");
    assert!(
        why.contains("tháng 12/2022 (tính ") && why.contains(day),
        "{why}"
    );
    assert!(
        report
            .agencies
            .iter()
            .all(|row| row.share.period == "Tháng 12/2022")
    );
    let year = report.trend.days.last().unwrap().point.as_ref().unwrap();
    assert_eq!(year.share.unwrap().num, 1268, "the trend stays the year's");
    // the sums of the nights, and what is open after the last one
    for (at, tile) in report.tiles.iter().enumerate() {
        let of = match at {
            0 => "Giao dịch trong tháng 12/2022",
            1 => ", tháng 12/2022",
            _ => ", đến hết đêm 05/12/2022",
        };
        assert!(tile.label.ends_with(of), "{}", tile.label);
    }
    assert_eq!(
        report.tiles[1].change, "",
        "the night before told the year's"
    );
    let [shares, night, tie] =
        ["id=\"shares\"", "id=\"night\"", "id=\"tie\""].map(|id| page.find(id).unwrap());
    assert!(tie < shares && shares < night);
    let english = {
        let mut scene = month();
        scene.facts.lang = Lang::En;
        build(&scene)
    };
    let said = "Report: month 12/2022; figures up to the night of 2022-12-05";
    assert_eq!(english.subtitle(), said);
}

#[test]
fn paper_and_workbook_of_a_month_say_so_too() {
    let scene = month();
    let report = build(&scene);
    let read = is_accessible(&pdf::render(&report).unwrap(), "vi-VN");
    let letters = read.letters();
    let wanted = [
        report.subtitle(),
        report.version_note(),
        "Đêm 05/12/2022".to_owned(),
    ];
    for said in wanted
        .iter()
        .chain(report.tiles.iter().map(|tile| &tile.label))
    {
        assert!(letters.contains(&squeezed(said)), "{said}");
    }
    let book = files(&scene)
        .into_iter()
        .find(|file| &*file.name == "doisoat.xlsx");
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(book.unwrap().bytes)).unwrap();
    let strings = std::io::read_to_string(book.by_name("xl/sharedStrings.xml").unwrap()).unwrap();
    assert!(strings.contains(&report.subtitle()));
    let core = std::io::read_to_string(book.by_name("docProps/core.xml").unwrap()).unwrap();
    assert!(core.contains(&report.title()), "{core}");
}

fn banner(scene: &Scene, at: usize) -> [String; 2] {
    let banner = build(scene).banners.swap_remove(at);
    [banner.text, banner.advice]
}

/// What the sources of the last night lack is said of that night, and the days of the period that
/// no night tells are named.
#[test]
fn banners_and_sheets_of_a_month_name_the_night_they_mean() {
    let mut scene = month();
    scene.facts.sources = example::incomplete().facts.sources;
    let night = banner(&example::incomplete(), 0);
    let told = banner(&scene, 0);
    assert_eq!(told[0], format!("Đêm 05/12/2022: {}", night[0]));
    assert!(night[1].contains("đêm này"), "{night:?}");
    assert_eq!(told[1], night[1].replace("đêm này", "đêm 05/12/2022"));
    let page = page(&scene);
    for said in ["đêm này", "đêm nay", "Năm con số của đêm"] {
        assert!(!page.contains(said), "{said}");
    }
    let strings = workbook(&month());
    for said in ["đêm này", "đêm nay"] {
        assert!(!strings.contains(said), "{said}");
    }
    for title in [
        "Đối chiếu tổng, tháng 12/2022",
        "Phí dịch vụ của nhà cung cấp, tháng 12/2022",
        "Tiền trong tháng 12/2022 theo nguồn",
        "Ngoại lệ, đến hết đêm 05/12/2022",
        "Tuổi, đến hết đêm 05/12/2022",
        "Khớp, tháng 12/2022",
    ] {
        let title = format!(">{title}<");
        assert!(strings.contains(&title), "{title}");
    }
    let stretch = |from, to| (example::day(from), example::day(to));
    let mut scene = month();
    assert!(build(&scene).banners.is_empty());
    scene.facts.lacking = vec![
        stretch("2022-12-02", "2022-12-02"),
        stretch("2022-12-06", "2022-12-31"),
    ];
    assert!(banner(&scene, 1)[0].contains("02/12/2022"));
    scene.facts.unrun = [example::day("2022-12-02")].into();
    let [text, advice] = banner(&scene, 0);
    assert!(
        text.ends_with("các ngày: 02/12/2022; 06/12/2022 – 31/12/2022."),
        "{text}"
    );
    assert!(advice.contains("doisoat backfill"));
    assert!(!build(&scene).light.green);
}

#[test]
fn run_json_names_the_period_asked_for() {
    let mut scene = month();
    scene.facts.lacking = vec![(example::day("2022-12-02"), example::day("2022-12-04"))];
    let document: serde_json::Value =
        serde_json::from_str(&text(&files(&scene), "run.json")).unwrap();
    assert_eq!(
        super::schema::against_schema(&document),
        Vec::<String>::new()
    );
    let wanted = serde_json::json!({
        "label": "2022-12", "from": "2022-12-01", "to": "2022-12-31",
        "lacking": [{ "from": "2022-12-02", "to": "2022-12-04" }],
        "nights": ["2022-12-05"], "untold": [], "without_rows": [], "outside": [],
        "blocks": {
            "breakdown": "period", "exceptions": "end", "exceptions.csv": "end",
            "fee_table": "nights", "gateway_bridge": "chain", "gateway_chain": "nights",
            "gateway_days": "nights", "grey": "period", "instruments": "nights",
            "links.csv": "end", "money_bridge": "nights", "open_bridge": "chain",
            "provider_fees": "nights", "share": "period", "share.csv": "period",
            "sources": "nights", "tie_out": "nights", "totals": "nights", "work": "chain",
        },
    });
    assert_eq!(document["period"], wanted);
    let night: serde_json::Value =
        serde_json::from_str(&text(&files(&example::undecided()), "run.json")).unwrap();
    assert_eq!(night.get("period"), None);
}

/// Asked for over its own night, a report is that of the night to the byte.
#[test]
fn a_period_of_one_night_is_the_night() {
    let night = example::undecided();
    let mut asked = example::undecided();
    asked.facts.over = Some(Period::night(example::night()));
    for name in ["index.html", "doisoat.xlsx", "run.json"] {
        let [one, other] = [&night, &asked].map(|scene| {
            let file = files(scene).into_iter().find(|file| &*file.name == name);
            file.unwrap().bytes
        });
        assert!(one == other, "{name}");
    }
    assert!(text(&files(&night), "index.html").contains("Ngày đối soát 05/12/2022"));
}
