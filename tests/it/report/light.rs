//! The first page: the light, the sentence, the banners, the five numbers.

use doisoat::domain::{Completeness, Lang};
use doisoat::kpi::Verdict;
use doisoat::report::model::Level;

use super::example::{self, Scene};
use super::{build, files, names};

fn check(scene: &Scene, green: bool, symbol: &str, word: &str, why: &str) {
    let light = build(scene).light;
    assert_eq!(
        (light.green, light.symbol, &*light.word),
        (green, symbol, word)
    );
    assert_eq!(light.why.replace('\u{a0}', " "), why);
}

#[test]
fn the_light_says_the_verdict_and_why() {
    check(
        &example::met(),
        true,
        "✓",
        "ĐẠT",
        "Tỷ lệ giao dịch không dùng tiền mặt lũy kế năm 2022 là 51,00 %, chắc chắn nằm từ 51,00 % \
         đến 52,00 %: cả cận dưới cũng đạt mục tiêu 50 %.",
    );
    check(
        &example::missed(),
        false,
        "✕",
        "CHƯA ĐẠT",
        "Tỷ lệ giao dịch không dùng tiền mặt lũy kế năm 2022 là 48,00 %, chắc chắn nằm từ 48,00 % \
         đến 49,99 %: cả cận trên cũng thấp hơn mục tiêu 50 %.",
    );
    check(
        &example::undecided(),
        false,
        "?",
        "CHƯA ĐỦ CĂN CỨ",
        "Tỷ lệ giao dịch không dùng tiền mặt lũy kế năm 2022 là 49,65 %, nhưng mới chắc chắn trong \
         khoảng 49,39 % đến 50,16 %; nếu 1 ngoại lệ quyết định đều có kết quả thuận lợi thì chắc \
         chắn đạt mục tiêu 50 %; nếu 2 ngoại lệ quyết định đều có kết quả bất lợi thì chắc chắn \
         không đạt mục tiêu 50 %.",
    );
    let mut empty = example::undecided();
    empty.settlement.shares.clear();
    check(
        &empty,
        false,
        "?",
        "CHƯA CÓ SỐ LIỆU",
        "Chưa có khoản thanh toán nào để tính tỷ lệ.",
    );
}

#[test]
fn incomplete_is_never_green_and_the_proof_is_held_back() {
    let scene = example::incomplete();
    check(
        &scene,
        false,
        "?",
        "CHƯA ĐỦ CĂN CỨ",
        "Chưa kết luận vì chưa đủ dữ liệu từ sepay-main, vnpay. Tỷ lệ giao dịch \
         không dùng tiền mặt lũy kế năm 2022, tính theo phần đã nhận, là 51,00 % (từ 51,00 % \
         đến 52,00 %, mục tiêu 50 %).",
    );
    let report = build(&scene);
    assert_eq!(report.headline.unwrap().verdict, Some(Verdict::Undecided));
    assert_eq!(report.banners.len(), 2);
    assert!(
        report
            .banners
            .iter()
            .all(|banner| banner.level == Level::Amber)
    );
    for state in Completeness::ALL
        .iter()
        .filter(|state| **state != Completeness::Complete)
    {
        for required in [true, false] {
            let mut scene = example::met();
            scene.facts.sources[1].facts.state = *state;
            scene.facts.sources[1].facts.required = required;
            let light = build(&scene).light;
            assert!(!light.green && light.symbol != "✓", "{state:?} {required}");
            let expected = if required {
                Verdict::Undecided
            } else {
                Verdict::Met
            };
            assert_eq!(light.verdict, expected, "{state:?} {required}");
        }
    }
}

#[test]
fn an_estimate_that_decides_too_lets_the_verdict_through() {
    let mut scene = example::incomplete();
    let half = doisoat::kpi::Fraction { num: 1, den: 2 };
    scene.facts.estimates[0].low = half;
    let light = build(&scene).light;
    assert_eq!(
        (light.verdict, light.green, light.symbol),
        (Verdict::Met, false, "!")
    );
}

#[test]
fn one_dong_of_difference_withholds_the_exports() {
    let scene = example::untied();
    let report = build(&scene);
    assert!(report.exports_withheld && !report.light.green);
    assert_eq!(report.light.verdict, Verdict::Undecided);
    let banner = &report.banners[0];
    assert_eq!(banner.level, Level::Red);
    assert_eq!(
        banner.text.replace('\u{a0}', " "),
        "Nguồn sepay-main báo 6 dòng, 2.330.001 ₫, nhưng đã nhận 6 dòng, 2.330.000 ₫."
    );
    assert_eq!(names(&files(&scene)), ["index.html", "run.json"]);
}

#[test]
fn five_numbers_with_their_change() {
    let tiles = |scene: &Scene| -> Vec<String> {
        let tile = |t: &doisoat::report::model::Tile| {
            format!("{} | {} | {} | {}", t.label, t.value, t.note, t.change).replace('\u{a0}', " ")
        };
        build(scene).tiles.iter().map(tile).collect()
    };
    assert_eq!(
        tiles(&example::undecided()),
        [
            "Giao dịch trong ngày | 10 | phát sinh 3.685.000 ₫ (gồm hoàn, quyết toán); người dân nộp \
             3.625.000 ₫ | −1 so với đêm 04/12/2022",
            "Tỷ lệ giao dịch không dùng tiền mặt | 49,65 % | mục tiêu 50 % | +1,65 điểm % so với \
             đêm 04/12/2022",
            "Giá trị chưa khớp phát sinh | 1.200.000 ₫ | 1 dòng | +50.000 ₫ so với đêm 04/12/2022",
            "Ngoại lệ cần xử lý | 7 | 2.645.000 ₫ | +1 so với đêm 04/12/2022",
            "Rủi ro quá 3 ngày | 1.200.000 ₫ | 1 dòng | +900.000 ₫ so với đêm 04/12/2022",
        ]
    );
    let mut english = example::met();
    english.facts.lang = Lang::En;
    assert_eq!(
        tiles(&english)[1],
        "Cashless share of payments | 51.00% | target 50% | "
    );
}

/// A row of an agency draws its share on the nights of the week; a night that is missing is a gap.
#[test]
fn the_week_of_an_agency_is_drawn_with_its_gaps() {
    let mut scene = example::undecided();
    assert!(!super::page(&scene).contains("class=\"spark\""));
    let code = build(&scene).agencies[0].code.clone();
    let share = |num| doisoat::kpi::Fraction::new(num, 100).unwrap();
    let days = ["2022-12-01", "2022-12-02", "2022-12-04"].map(example::day);
    let known = days.into_iter().zip([40, 45, 50].map(share));
    scene.facts.page.agency_days = [(code, known.collect())].into();
    let report = build(&scene);
    let row = &report.agencies[0];
    assert_eq!(row.days.len(), 7);
    assert_eq!(row.days[4], (example::day("2022-12-03"), None));
    assert_eq!(row.days[6], (example::night(), row.share.point));
    assert!(report.agencies[1..].iter().all(|row| row.days.is_empty()));
    let page = super::page(&scene).replace('\u{a0}', " ");
    let (_, drawing) = page.split_once("class=\"spark\"").unwrap();
    let drawing = drawing.split_once("</svg>").unwrap().0;
    assert!(drawing.contains("02/12: 45,00 %; 03/12: không có báo cáo; 04/12: 50,00 %"));
    assert_eq!(drawing.matches("<polyline").count(), 2, "{drawing}");
    assert_eq!(drawing.matches("<circle").count(), 4, "{drawing}");
    super::browser::accessible(&super::page(&scene));
}

#[test]
fn the_five_numbers_stand_beside_those_of_earlier_nights() {
    let mut scene = example::undecided();
    let before = scene.facts.previous.clone().unwrap();
    let week = doisoat::report::Previous {
        business_date: example::day("2022-11-28"),
        transactions: doisoat::report::Figure::new(1, 5_000),
        ..before
    };
    scene.facts.page.week_before = Some(Box::new(week));
    let report = build(&scene);
    let labels: Vec<&str> = report.moves.iter().map(|column| &*column.label).collect();
    assert_eq!(
        labels,
        ["Đêm trước, 04/12/2022", "Cùng thứ tuần trước, 28/11/2022"]
    );
    for column in &report.moves {
        assert_eq!(column.cells.len(), report.tiles.len());
    }
    let rows = i128::from(report.totals.transactions.count);
    let way = format!("+{}", rows - 1);
    assert_eq!(report.moves[1].cells[0], ("1".to_owned(), way));
    let page = super::page(&scene);
    let (_, section) = page.split_once("id=\"closed\"").unwrap();
    let section = section.split_once("</section>").unwrap().0;
    assert!(section.contains("Cùng thứ tuần trước, 28/11/2022"));
    // no night compares with the nights of a month together
    let mut month = super::period::month();
    month
        .facts
        .page
        .week_before
        .clone_from(&scene.facts.page.week_before);
    let month = build(&month);
    assert!(month.moves.is_empty());
    assert!(
        month
            .tiles
            .iter()
            .all(|tile| !tile.change.contains("so với"))
    );
}
