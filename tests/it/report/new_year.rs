//! The first nights of a year: the year to date begins anew, so no share of it is compared with one
//! of the year before, and no line leads from one to the other.

use std::io::Cursor;

use doisoat::domain::{Day, Fraction, Lang, Period};
use doisoat::notify::{About, Summary};
use doisoat::report::facts::{Previous, TrendPoint};
use doisoat::report::model::trend_said;
use doisoat::report::{Figure, pdf};

use super::example::{self, Scene, day};
use super::{build, files, page, text};
use crate::pdf::{is_accessible, squeezed};

fn of_old(night: &str) -> Previous {
    Previous {
        business_date: day(night),
        ..example::undecided().facts.previous.unwrap()
    }
}

fn point(night: Day) -> TrendPoint {
    let share = |points: i128| Fraction::new(48 + points, 100);
    TrendPoint {
        business_date: night,
        share: share(0),
        low: share(-1),
        high: share(2),
        target: Fraction::new(1, 2),
        transactions: Figure::new(5, 100_000),
        open: Figure::new(1, 20_000),
        unseen: false,
    }
}

/// The example on the second night of a year, after the last ones of the year before.
fn second_of_january() -> Scene {
    let mut scene = example::undecided();
    let night = day("2023-01-02");
    let (old, new) = (Period::year_to(example::night()), Period::year_to(night));
    for share in &mut scene.settlement.shares {
        if share.period == old {
            share.period = new.clone();
        }
    }
    let facts = &mut scene.facts;
    facts.business_date = night;
    facts.previous = Some(of_old("2023-01-01"));
    facts.page.month_before = Some(of_old("2022-12-02"));
    facts.page.week_before = Some(Box::new(of_old("2022-12-26")));
    facts.trend = ["2022-12-30", "2022-12-31", "2023-01-01"]
        .map(|night| point(day(night)))
        .into();
    scene
}

/// Points of percent are told against nights of the same year only; the other numbers go on.
#[test]
fn shares_of_two_years_are_not_compared() {
    let report = build(&second_of_january());
    let share = &report.tiles[1];
    assert!(
        share.change.contains("điểm % so với đêm 01/01/2023"),
        "{}",
        share.change
    );
    assert_eq!(share.change_month, "năm mới, không so với 02/12/2022");
    assert!(report.tiles[0].change_month.ends_with("so với 02/12/2022"));
    let ways: Vec<&str> = report
        .moves
        .iter()
        .map(|column| &*column.cells[1].1)
        .collect();
    assert!(ways[0].ends_with("điểm %"), "{ways:?}");
    assert_eq!(ways[1..], ["năm mới", "năm mới"]);
    let first = {
        let mut scene = second_of_january();
        scene.facts.previous = Some(of_old("2022-12-31"));
        scene
    };
    let report = build(&first);
    assert_eq!(report.tiles[1].change, "năm mới, không so với 31/12/2022");
    let html = page(&first);
    for said in ["điểm % so với đêm 31/12/2022", "điểm % so với 02/12/2022"] {
        assert!(!html.contains(said), "{said}");
    }
}

#[test]
fn the_line_of_the_trend_breaks_with_a_mark() {
    let scene = second_of_january();
    let html = page(&scene);
    let chart = html.split_once("Lũy kế năm, 30 ngày").unwrap().1;
    let (chart, table) = chart.split_once("</svg>").unwrap();
    assert_eq!(chart.matches("<circle").count(), 4);
    assert_eq!(chart.matches("<polyline").count(), 2, "one line a year");
    assert_eq!(chart.matches("<line class=\"year\"").count(), 1);
    assert!(chart.contains(">2023</text>"));
    let table = table.split_once("</table>").unwrap().0;
    assert!(table.contains(">01/01/2023 (năm mới)<") && !table.contains("02/01/2023 (năm mới)"));
    let report = build(&scene);
    let said = trend_said(report.lang, &report.trend.days, false);
    assert!(said.starts_with("Từ 01/01/2023 ("), "{said}");
    assert!(
        said.ends_with("Trước đó là lũy kế năm 2022, không so với năm sau."),
        "{said}"
    );
    let letters = is_accessible(&pdf::render(&report).unwrap(), "vi-VN");
    for said in [&*said, "01/01/2023 (năm mới)"] {
        assert!(letters.letters().contains(&squeezed(said)), "{said}");
    }
    // within a year nothing is marked
    let mut plain = example::undecided();
    plain.facts.trend = vec![point(day("2022-12-04"))];
    let html = page(&plain);
    assert!(!html.contains("<line class=\"year\"") && !html.contains("(năm mới)"));
}

/// The mail of a night.
pub(super) fn mail(scene: &Scene) -> Summary {
    let run = serde_json::from_str(&text(&files(scene), "run.json")).unwrap();
    let about = About {
        lang: Lang::Vi,
        classes: Vec::new(),
        alerts: Vec::new(),
    };
    Summary::read(&run, &about)
}

/// Its second number.
fn mailed(scene: &Scene) -> Vec<String> {
    mail(scene).tables[0].rows[1].clone()
}

#[test]
fn the_mail_compares_no_shares_of_two_years() {
    let mut scene = second_of_january();
    assert!(mailed(&scene)[2].ends_with("điểm %"));
    assert_eq!(mailed(&scene)[3], "năm mới", "the night of a month ago");
    scene.facts.previous = Some(of_old("2022-12-31"));
    assert_eq!(mailed(&scene)[2], "năm mới");
}

/// The columns of the chart, by the file that draws it.
fn drawn(scene: &Scene) -> String {
    let all = files(scene);
    let book = all.into_iter().find(|file| &*file.name == "doisoat.xlsx");
    let mut book = zip::ZipArchive::new(Cursor::new(book.unwrap().bytes)).unwrap();
    std::io::read_to_string(book.by_name("xl/charts/chart1.xml").unwrap()).unwrap()
}

/// A spreadsheet's line goes through whatever column it is given: each year has its own.
#[test]
fn the_chart_of_the_workbook_draws_each_year_by_itself() {
    let chart = drawn(&second_of_january());
    assert_eq!(
        chart.matches("<c:ser>").count(),
        7,
        "three a year, and the target"
    );
    assert!(!chart.contains("!$B$5"), "{chart}");
    for (year, col) in [("2022", "$K$5:"), ("2023", "$N$5:")] {
        assert!(chart.contains(&format!("Tỷ lệ, {year}")), "{year}");
        assert!(chart.contains(col), "{col}");
    }
    let plain = drawn(&example::undecided());
    assert_eq!(plain.matches("<c:ser>").count(), 4);
    assert!(plain.contains("!$B$5"));
}
