//! The report of a month: it is named as that, the month's share leads, and what is of the last
//! night alone says so.

use doisoat::domain::{Lang, Period};
use doisoat::report::pdf;

use super::example::{self, Scene};
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
    scene.facts.over = Some(month);
    scene
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
    assert!(
        report.light.why.contains("tháng 12/2022 là"),
        "{}",
        report.light.why
    );
    assert!(
        report
            .agencies
            .iter()
            .all(|row| row.share.period == "Tháng 12/2022")
    );
    let year = report.trend.days.last().unwrap().point.as_ref().unwrap();
    assert_eq!(year.share.unwrap().num, 1268, "the trend stays the year's");
    // the night's own figures
    for (at, tile) in report.tiles.iter().enumerate() {
        let of = if at == 1 {
            ", tháng 12/2022"
        } else {
            ", đêm 05/12/2022"
        };
        assert!(tile.label.ends_with(of), "{}", tile.label);
    }
    assert_eq!(
        report.tiles[1].change, "",
        "the night before told the year's"
    );
    let [shares, night, tie] =
        ["id=\"shares\"", "id=\"night\"", "id=\"tie\""].map(|id| page.find(id).unwrap());
    assert!(shares < night && night < tie);
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
    let book = files(&month())
        .into_iter()
        .find(|file| &*file.name == "doisoat.xlsx");
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(book.unwrap().bytes)).unwrap();
    let strings = std::io::read_to_string(book.by_name("xl/sharedStrings.xml").unwrap()).unwrap();
    for said in ["đêm này", "đêm nay"] {
        assert!(!strings.contains(said), "{said}");
    }
    for title in ["Đối chiếu tổng", "Ngoại lệ", "Tuổi", "Khớp"] {
        let title = format!(">{title}, đêm 05/12/2022<");
        assert!(strings.contains(&title), "{title}");
    }
    let stretch = |from, to| (example::day(from), example::day(to));
    let mut scene = month();
    assert!(build(&scene).banners.is_empty());
    scene.facts.lacking = vec![
        stretch("2022-12-02", "2022-12-02"),
        stretch("2022-12-06", "2022-12-31"),
    ];
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
        "of_last_night": ["sources", "totals"],
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
