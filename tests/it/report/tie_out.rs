//! Conservation as it is shown: rows in are the matched, open, rejected and excluded ones.

use doisoat::classify::{Bucket, Classified};
use doisoat::domain::Vnd;
use doisoat::report::Figure;
use doisoat::report::model::{Level, tie_out_files};

use super::example;
use super::{build, page};

#[test]
fn every_line_comes_to_zero() {
    let report = build(&example::undecided());
    assert!(
        report
            .tie_out
            .iter()
            .all(doisoat::report::model::TieLine::ties)
    );
    let t = report.totals;
    assert_eq!(t.transactions, Figure::new(10, 3_685_000));
    assert_eq!(t.matched, Figure::new(7, 2_425_000));
    assert_eq!(t.open, Figure::new(1, 1_200_000));
    assert_eq!(
        (t.rejected, t.excluded),
        (Figure::new(1, 0), Figure::new(1, 60_000))
    );
    let scene = example::undecided();
    let lines = tie_out_files(&scene.inputs, &scene.settlement);
    assert_eq!(
        lines, report.tie_out,
        "a night of one day ties as its files do"
    );
}

#[test]
fn a_lost_or_invented_row_turns_the_banner_red() {
    let check = |change: fn(&mut example::Scene), rows: i128, dong: i128| {
        let mut scene = example::met();
        change(&mut scene);
        let report = build(&scene);
        let bad: Vec<(i128, i128)> = report
            .tie_out
            .iter()
            .map(doisoat::report::model::TieLine::difference)
            .filter(|d| *d != (0, 0))
            .collect();
        assert_eq!(bad, [(rows, dong)]);
        assert_eq!(report.banners[0].level, Level::Red);
        assert!(!report.light.green);
    };
    check(
        |scene| {
            let at = scene
                .settlement
                .rows
                .iter()
                .position(|r| &*r.key.id == "102")
                .unwrap();
            scene.settlement.rows.remove(at);
        },
        1,
        500_000,
    );
    check(
        |scene| {
            let at = scene
                .settlement
                .rows
                .iter()
                .position(|r| &*r.key.id == "PT3")
                .unwrap();
            scene.settlement.rows.remove(at);
        },
        1,
        100_000,
    );
    check(
        |scene| {
            let row = scene
                .settlement
                .rows
                .iter()
                .find(|r| &*r.key.id == "102")
                .unwrap()
                .clone();
            scene.settlement.rows.push(row);
        },
        -1,
        -500_000,
    );
    check(
        |scene| scene.facts.sources[0].by_kind[0].figure.sum_vnd += 1,
        0,
        1,
    );
}

#[test]
fn means_of_payment_count_each_payment_once_and_cash_by_event() {
    let report = build(&example::undecided());
    let rows: Vec<(&str, bool, Figure, Figure)> = report
        .instruments
        .iter()
        .map(|r| (&*r.label, r.cash, r.paid, r.open))
        .collect();
    let none = Figure::default();
    assert_eq!(
        rows,
        [
            // 106 is open; the second payment of the same fee (105) is a duplicate and not counted.
            (
                "Chuyển khoản",
                false,
                Figure::new(4, 1_680_000),
                Figure::new(1, 1_200_000)
            ),
            ("Quét mã QR", false, Figure::new(1, 500_000), none),
            ("Thẻ", false, Figure::new(2, 1_295_000), none),
            // Three receipts, two payments: phí and lệ phí of one dossier are paid together.
            ("Tiền mặt", true, Figure::new(2, 123_000), none),
        ]
    );
}

#[test]
fn exceptions_are_ranked_by_verdict_then_money_then_age() {
    let report = build(&example::undecided());
    let order: Vec<(&str, bool, i64)> = report
        .exceptions
        .shown
        .iter()
        .map(|e| (&*e.class, e.deciding, e.age_days))
        .collect();
    assert_eq!(
        order,
        [
            ("missing_payment", true, 5),
            ("unidentified", true, 0),
            ("duplicate", false, 0),
            ("underpaid", false, 0),
            ("cutoff", false, 0),
        ]
    );
    let open = &report.exceptions;
    assert_eq!(
        (open.work, open.overdue),
        (Figure::new(7, 2_645_000), Figure::new(1, 1_200_000))
    );
    assert_eq!((open.opened, open.more), (2, 0));
    let ages: u64 = open.by_age.iter().map(|(_, figure)| figure.count).sum();
    assert_eq!(ages, open.work.count);
}

#[test]
fn long_lists_are_cut_and_counted() {
    let mut scene = example::undecided();
    let row = scene
        .settlement
        .rows
        .iter()
        .find(|r| r.class == "unidentified")
        .unwrap()
        .clone();
    for i in 0..250 {
        let mut row = row.clone();
        row.key.id = format!("x{i:03}").into();
        row.exception_id = Some(doisoat::domain::ExceptionId::of(row.class, &row.key));
        scene.settlement.rows.push(row);
    }
    let report = build(&scene);
    let list = &report.exceptions;
    assert_eq!(
        (list.shown.len(), list.brief.len(), list.more),
        (200, 55, 0)
    );
    let page = doisoat::report::html::render(&report);
    assert!(page.contains("55 ngoại lệ tiếp theo, mỗi ngoại lệ một dòng"));
}

/// Right behind the first screen: whether the sums tie, then who paid how, then how it went.
#[test]
fn the_tie_out_comes_before_shares_trend_and_exceptions() {
    let html = super::page(&super::example::undecided());
    let ids = [
        "tie",
        "shares",
        "agencies",
        "instruments",
        "trend",
        "exceptions",
        "ages",
    ];
    let at = ids.map(|id| html.find(&format!("<section id=\"{id}\"")).unwrap());
    assert!(at.is_sorted(), "{at:?}");
    let links = ids.map(|id| html.find(&format!("href=\"#{id}\"")).unwrap());
    assert!(links[..5].is_sorted(), "{links:?}");
}

/// Payments that the rules matched alone, among those that had to be matched.
#[test]
fn the_page_says_how_many_were_matched_automatically() {
    let mut scene = super::example::undecided();
    let said = |scene: &super::Scene| {
        let html = super::page(scene).replace('\u{a0}', " ");
        let rest = html.split_once("Khớp tự động: ").unwrap().1;
        let told = rest.split_once(" giao dịch").unwrap().0;
        let (n, all) = told
            .split_once('(')
            .unwrap()
            .1
            .split_once(" trong ")
            .unwrap();
        (n.parse::<u32>().unwrap(), all.parse::<u32>().unwrap())
    };
    let (n, all) = said(&scene);
    assert!(0 < n && n < all, "{n} of {all}");
    let mut groups = scene.settlement.groups.iter_mut();
    let of_txn = |group: &&mut doisoat::matching::MatchGroup| {
        let side = |leg: &doisoat::matching::Leg| leg.money.side == doisoat::domain::Side::Txn;
        group.legs.iter().any(side)
    };
    let group = groups.find(of_txn).unwrap();
    group.legs.iter_mut().for_each(|leg| leg.pass = "decision");
    let legs = u32::try_from(group.legs.len()).unwrap();
    assert_eq!(legs, 1);
    assert_eq!(said(&scene), (n - 1, all));
}

#[test]
fn what_is_open_and_waits_for_nobody_is_told_by_class() {
    let said = |scene: &example::Scene| {
        let page = page(scene).replace('\u{a0}', " ");
        let rest = page
            .split_once("không chờ ai xử lý")
            .map(|(_, rest)| rest.to_owned());
        let before = page
            .split_once("không chờ ai xử lý")
            .map(|(before, _)| before.to_owned());
        before.zip(rest).map(|(before, rest)| {
            let begun = before
                .rsplit_once("Trong số còn mở có ")
                .unwrap()
                .1
                .to_owned();
            begun + rest.split_once(".</p>").unwrap().0
        })
    };
    let mut scene = example::undecided();
    let waits = |row: &Classified| row.exception_id.is_some() && row.is_open();
    let resting = |row: &Classified| row.bucket == Bucket::Open && !waits(row);
    scene.settlement.rows.retain(|row| !resting(row));
    assert_eq!(said(&scene), None);
    let open = scene.settlement.rows.iter().find(|row| waits(row));
    let open = open.unwrap().clone();
    for (class, amount) in [("exempt", 0), ("exempt", 0), ("land_obligation", 9_400_000)] {
        let mut row = open.clone();
        (row.class, row.bucket, row.exception_id) = (class, Bucket::Open, None);
        (row.carried, row.amount) = (false, Vnd::new(amount));
        scene.settlement.rows.push(row);
    }
    let told = said(&scene).unwrap();
    let wanted = "3 dòng, 9.400.000 ₫ ";
    assert!(told.starts_with(wanted), "{told}");
    for part in ["2 dòng, 0 ₫", "1 dòng, 9.400.000 ₫"] {
        assert!(told.contains(part), "{told}");
    }
}

/// The same by source and by agency, on the page and in the workbook: the sources come to the
/// whole.
#[test]
fn sources_and_agencies_say_how_many_were_matched_automatically() {
    let scene = super::example::undecided();
    let report = super::build(&scene);
    let rates = report.rates.as_ref().unwrap();
    let html = super::page(&scene).replace('\u{a0}', " ");
    let bytes = super::workbook::book(&scene);
    let mut book = super::workbook::open(&bytes);
    let told = |name: &str, text: &str, column: usize, book: &mut _| {
        let sheet = super::workbook::sheet(book, name);
        let cell = |row: usize, col: usize| super::workbook::at(&sheet, row, col).to_string();
        let row = (4..sheet.height()).find(|row| (0..3).any(|col| cell(*row, col) == text));
        let row = row.unwrap_or_else(|| panic!("{name}: {text}"));
        let heads: Vec<usize> = (column..sheet.width())
            .filter(|col| cell(3, *col).starts_with("Khớp tự động: "))
            .collect();
        let [matched, all, _] = heads[..] else {
            panic!("{name}: {heads:?}")
        };
        (cell(row, matched), cell(row, all))
    };
    let (mut matched, mut all) = (0, 0);
    for source in report.sources.iter().filter(|source| source.carries_money) {
        let rate = rates.of_source(&source.name);
        (matched, all) = (matched + rate.matched, all + rate.all);
        let said = rate.say(doisoat::domain::Lang::Vi).replace('\u{a0}', " ");
        assert!(
            rate.all > 0 && html.contains(&said),
            "{}: {said}",
            source.name
        );
        let wanted = (rate.matched.to_string(), rate.all.to_string());
        assert_eq!(told("Nguồn", &source.name, 10, &mut book), wanted);
    }
    assert_eq!((matched, all), (rates.whole.matched, rates.whole.all));
    let mut some = 0;
    for row in &report.agencies {
        let rate = rates.of_agency(&row.code);
        if rate.all > 0 {
            some += 1;
            let wanted = (rate.matched.to_string(), rate.all.to_string());
            assert_eq!(told("Phân tích", row.code.as_str(), 10, &mut book), wanted);
        }
    }
    assert!(some > 0, "agencies with payments");
    let heads = html
        .matches("class=\"num screen\">Khớp tự động</th>")
        .count();
    assert_eq!(heads, 2, "a column in either table");
}
