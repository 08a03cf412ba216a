//! Breakdowns and grey zones as people read them.

use calamine::Data;
use doisoat::domain::{AgencyCode, Cell, Dimension, GreyZone, Lang, Treat};
use doisoat::kpi::Fraction;

use super::{build, example, page, workbook};

/// A scene with cells of the headline: two units, a procedure, a source, a grey zone.
pub(super) fn scene() -> example::Scene {
    let mut scene = example::undecided();
    let settlement = &mut scene.settlement;
    let headline = settlement
        .shares
        .iter()
        .find(|s| s.agency.is_none() && s.target.is_some() && &*s.period.label == "2022")
        .unwrap()
        .clone();
    for (dimension, value, numerator, denominator) in [
        (Dimension::Unit, "H48.18", 12, 20),
        (Dimension::Unit, "H48.18.21", 10, 18),
        (Dimension::Procedure, "1.001612", 11, 15),
        (Dimension::Procedure, Cell::NOT_TOLD, 1, 5),
        (Dimension::Field, Cell::NOT_TOLD, 12, 20),
        (Dimension::Source, "cash", 0, 8),
        (Dimension::Current, "H48.18.21", 10, 18),
        (Dimension::Grey, "bank_cash", 3, 3),
    ] {
        let mut share = headline.clone();
        (share.numerator, share.denominator) = (numerator, denominator);
        share.low = Fraction::new(numerator, denominator);
        share.high = share.low;
        share.cell = Some(Cell::new(dimension, value));
        settlement.breakdown.push(share);
    }
    scene
}

#[test]
fn only_tables_that_say_something_are_shown() {
    let scene = scene();
    let tables = build(&scene).breakdowns.tables;
    let shown: Vec<&str> = tables.iter().map(|table| table.dimension).collect();
    // nobody told a field, and no agency has a successor
    assert_eq!(shown, ["unit", "procedure", "source"]);
    let names =
        |table: usize| -> Vec<&str> { tables[table].rows.iter().map(|row| &*row.name).collect() };
    assert_eq!(names(0), ["H48.18"]);
    assert_eq!(names(1), ["1.001612", "Không ghi"]);
    assert_eq!(names(2), ["Tiền mặt"]);
    let page = page(&scene);
    for text in [
        "Theo cơ quan, gồm cả đơn vị trực thuộc",
        "Theo thủ tục",
        "60,00\u{a0}%",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

/// Money that is open is told by every breakdown, and each adds up to the figure of the tiles.
#[test]
fn each_breakdown_tells_its_open_work_and_what_lies_in_no_row() {
    let mut scene = scene();
    let vnpay = scene.settlement.breakdown.iter();
    let vnpay = vnpay.filter(|share| share.cell == Some(Cell::new(Dimension::Source, "cash")));
    let mut vnpay = vnpay.clone().next().unwrap().clone();
    vnpay.cell = Some(Cell::new(Dimension::Source, example::SEPAY));
    scene.settlement.breakdown.push(vnpay);
    let report = build(&scene);
    let tables = &report.breakdowns.tables;
    for table in tables.iter().filter(|table| table.dimension != "unit") {
        let mut sum = table.rest;
        table.rows.iter().for_each(|row| sum.plus(row.work));
        assert_eq!(sum, report.open_work(), "{}", table.dimension);
    }
    let source = tables.iter().find(|table| table.dimension == "source");
    let source = source.unwrap();
    let sepay = source.rows.iter().find(|row| row.name == example::SEPAY);
    let sepay = sepay.unwrap();
    assert!(!sepay.work.is_empty() && !source.rest.is_empty());
    // units nest: the one over all agencies holds what its agencies hold
    let unit = &tables[0].rows[0];
    let of_agencies: u64 = report.agencies.iter().map(|row| row.work.count).sum();
    assert!(of_agencies > 0 && unit.work.count == of_agencies);
    let page = page(&scene);
    let part = page.split("id=\"by-source\"").nth(1).unwrap();
    let part = part.split("</section>").next().unwrap();
    let money = doisoat::text::money(Lang::Vi, sepay.work.sum_vnd);
    let rest = doisoat::text::money(Lang::Vi, source.rest.sum_vnd);
    assert!(part.contains(&money) && part.contains(&rest), "{part}");
}

/// A day without a night is a gap in the drawing and an empty cell in the workbook.
#[test]
fn each_breakdown_has_its_week_with_gaps() {
    let mut scene = scene();
    let tonight = scene.facts.business_date;
    let known = vec![
        (tonight.minus(5), Fraction::new(1, 4).unwrap()),
        (tonight.minus(2), Fraction::new(1, 2).unwrap()),
    ];
    scene.facts.page.cell_days = [("procedure=1.001612".into(), known)].into();
    let report = build(&scene);
    let procedures = report.breakdowns.tables.iter();
    let mut procedures = procedures.filter(|table| table.dimension == "procedure");
    let days = &procedures.next().unwrap().rows[0].days;
    let told: Vec<bool> = days.iter().map(|(_, share)| share.is_some()).collect();
    assert_eq!(told, [false, true, false, false, true, false, true]);
    let page = page(&scene);
    let said = page.split("aria-label=\"1.001612; ").nth(1).unwrap();
    let said = said.split('"').next().unwrap();
    assert!(
        said.starts_with("29/11: không có báo cáo; 30/11: 25,00"),
        "{said}"
    );
    let bytes = workbook::book(&scene);
    let sheet = workbook::sheet(&mut workbook::open(&bytes), "Phân tích");
    let row = (0..sheet.height())
        .find(|row| *workbook::at(&sheet, *row, 1) == Data::String("1.001612".into()));
    let week: Vec<String> = (10..17)
        .map(|col| workbook::at(&sheet, row.unwrap(), col).to_string())
        .collect();
    assert_eq!([&*week[1], &*week[4]], ["0.25", "0.5"]);
    assert!(
        [0, 2, 3, 5].iter().all(|day| week[*day].is_empty()),
        "{week:?}"
    );
    assert!(!week[6].is_empty());
}

#[test]
fn successors_are_shown_once_there_are_some() {
    let mut scene = scene();
    let agency = scene.inputs.agencies.first_mut().unwrap();
    agency.valid_to = Some(scene.facts.business_date.minus(1));
    agency.successor_code = Some(AgencyCode::new("H48.30"));
    let tables = build(&scene).breakdowns.tables;
    assert!(tables.iter().any(|table| table.dimension == "current"));
}

#[test]
fn a_grey_zone_says_how_it_counts_and_what_another_setting_would_do() {
    let mut scene = scene();
    let share = |scene: &example::Scene| {
        let report = build(scene);
        let headline = report.headline.unwrap();
        (headline.numerator, headline.denominator)
    };
    let (a, b) = share(&scene);
    let percent = |a: i128, b: i128| {
        let share = Fraction::new(a, b).unwrap();
        doisoat::text::percent(doisoat::domain::Lang::Vi, share)
    };
    let check = |scene: &example::Scene, expected: [String; 3]| {
        let rows = build(scene).grey;
        let text = &rows[0].text;
        assert_eq!(rows.len(), 1);
        for part in expected {
            assert!(text.contains(&part), "{text}: {part}");
        }
    };
    let as_cash = format!("tiền mặt thì tỷ lệ là {}", percent(a - 3, b));
    let out = format!(
        "không thuộc chỉ tiêu thì tỷ lệ là {}",
        percent(a - 3, b - 3)
    );
    check(
        &scene,
        ["đang tính là không dùng tiền mặt".into(), as_cash, out],
    );
    for rule in &mut scene.settlement.grey.rules {
        if rule.zone == GreyZone::BankCash {
            rule.treat = Treat::Cash;
        }
    }
    let cashless = format!("không dùng tiền mặt thì tỷ lệ là {}", percent(a + 3, b));
    check(
        &scene,
        ["đang tính là tiền mặt".into(), cashless, String::new()],
    );
}

#[test]
fn an_agency_that_ended_before_the_period_and_has_nothing_in_it_is_not_listed() {
    let shown = |ended: &str| {
        let mut scene = example::undecided();
        let mut gone = scene.inputs.agencies[0].clone();
        gone.code = AgencyCode::new("000.00.31.H48");
        gone.name = "Bộ phận đã giải thể".into();
        gone.valid_to = Some(example::day(ended));
        let shares = &mut scene.settlement.shares;
        let known = shares.iter().filter(|share| share.agency.is_some());
        let mut empty: Vec<_> = known.cloned().collect();
        for share in &mut empty {
            share.agency = Some(gone.code.clone());
            (share.numerator, share.denominator) = (0, 0);
            (share.low, share.high) = (None, None);
        }
        shares.extend(empty);
        scene.inputs.agencies.push(gone);
        page(&scene).contains("Bộ phận đã giải thể")
    };
    assert!(!shown("2021-12-31"));
    assert!(shown("2022-01-01"), "it was there on a day of the year");
}

#[test]
fn a_code_that_changed_hands_in_the_period_names_both_bodies() {
    let named = |until: &str| {
        let mut scene = scene();
        let day = example::day(until);
        let mut before = scene.inputs.agencies[0].clone();
        scene.inputs.agencies[0].valid_from = day.plus(1);
        scene.inputs.agencies[0].name = "UBND xã Mộ Đức".into();
        before.name = "UBND thị trấn Mộ Đức".into();
        before.valid_to = Some(day);
        let code = before.code.clone();
        scene.inputs.agencies.push(before);
        let report = build(&scene);
        let row = report.agencies.iter().find(|row| row.code == code);
        row.map(|row| row.name.clone()).unwrap_or_default()
    };
    assert_eq!(
        named("2022-11-30"),
        "UBND thị trấn Mộ Đức (đến 30/11/2022); UBND xã Mộ Đức (từ 01/12/2022)"
    );
    assert_eq!(named("2021-11-30"), "UBND xã Mộ Đức");
}
