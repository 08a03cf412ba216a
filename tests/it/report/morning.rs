//! What finance staff look up each morning: parts that are paid, balances of statements, ages, what
//! decides, and the names of rows.

use doisoat::classify::Bucket;
use doisoat::domain::{ExceptionId, RowKey, Vnd};
use doisoat::matching::Evidence;
use doisoat::report::model::{BRIEF_MAX, Level, SHOWN_MAX};
use doisoat::report::{Figure, StatementBalance, pdf};
use serde_json::Value;

use super::example::{self, SEPAY, day};
use super::schema::against_schema;
use super::{build, files, large, page, text, workbook};
use crate::pdf::{is_accessible, squeezed};

/// The underpaid fee line of the example, 250.000 of 300.000.
fn short(scene: &example::Scene) -> &doisoat::classify::Classified {
    let mut rows = scene.settlement.rows.iter();
    rows.find(|row| row.class == "underpaid").unwrap()
}

#[test]
fn of_a_fee_paid_in_part_the_rest_is_open() {
    let scene = example::undecided();
    let fee = |bucket: Bucket| -> Figure {
        let rows = scene.settlement.rows.iter();
        let rows = rows.filter(|row| row.key.dossier.is_some() && row.bucket == bucket);
        let dong = |key: &RowKey| {
            let dossier = key.dossier.as_ref();
            let mut fees = scene.inputs.fees.iter();
            let own = fees
                .find(|fee| Some(&fee.dossier_code) == dossier && fee.fee_id.as_str() == &*key.id);
            own.unwrap().amount
        };
        rows.map(|row| dong(&row.key)).collect()
    };
    let (matched, open) = (fee(Bucket::Matched), fee(Bucket::Open));
    let report = build(&scene);
    let mut lines = report.tie_out.iter();
    let line = lines.find(|line| line.kind == "fee").unwrap();
    assert_eq!(
        line.matched,
        Figure::new(matched.count, matched.sum_vnd - 50_000)
    );
    assert_eq!(line.open, Figure::new(open.count, open.sum_vnd + 50_000));
    assert!(line.ties());
    assert_eq!(
        line.rows_in.sum_vnd,
        line.matched.sum_vnd + line.open.sum_vnd
    );
    assert_eq!(
        report
            .banners
            .iter()
            .filter(|b| b.level == Level::Red)
            .count(),
        0
    );
}

#[test]
fn what_a_fee_still_lacks_is_carried_from_night_to_night() {
    let mut scene = example::undecided();
    let key = short(&scene).key.clone();
    let fees = |scene: &example::Scene| {
        let carries = build(scene).carries;
        carries
            .into_iter()
            .find(|row| row.source.is_empty())
            .unwrap()
    };
    let others: i128 = {
        let open = |row: &&doisoat::classify::Classified| {
            row.bucket == Bucket::Open && row.key.dossier.is_some() && row.is_open()
        };
        let rows = scene.settlement.rows.iter().filter(open);
        rows.filter(|row| row.exception_id.is_some())
            .map(|row| row.amount.wide())
            .sum()
    };
    // new: nothing was known of it
    let row = fees(&scene);
    assert_eq!(row.closing.sum_vnd, others + 50_000);
    assert_eq!((row.came, row.rest()), (row.closing, (0, 0)));
    // the night before it waited whole; 250.000 were paid since
    scene.facts.page.open_before = vec![(key, Vnd::new(300_000))];
    let row = fees(&scene);
    assert_eq!(row.opening, Figure::new(1, 300_000));
    assert_eq!(row.matched, Figure::new(0, 250_000));
    assert_eq!(row.closing.sum_vnd, others + 50_000);
    assert_eq!((row.changed, row.rest()), (Figure::default(), (0, 0)));
}

/// Money in the wrong account is the first thing to say of a fee; that it is short all the same
/// is carried, and the bridge leaves what the tie-out calls open.
#[test]
fn a_fee_of_another_class_that_lacks_money_is_carried_too() {
    let fees = |scene: &example::Scene| {
        let report = build(scene);
        let mut carries = report.carries.into_iter();
        let row = carries.find(|row| row.source.is_empty()).unwrap();
        let mut lines = report.tie_out.iter();
        let line = lines.find(|line| line.kind == "fee").unwrap();
        (row, line.open)
    };
    let mut scene = example::undecided();
    let (before, open_before) = fees(&scene);
    let mut rows = scene.settlement.rows.iter_mut();
    let row = rows.find(|row| row.class == "underpaid").unwrap();
    (row.class, row.also) = ("wrong_agency", vec!["underpaid", "late"]);
    let account = Evidence::AccountOf("H48.18.21".into(), "H48.18.22".into());
    row.evidence.insert(0, account);
    row.exception_id = Some(ExceptionId::of("wrong_agency", &row.key));
    let key = row.key.clone();
    let (now, open_now) = fees(&scene);
    assert_eq!((now.closing, open_now), (before.closing, open_before));
    assert_eq!((now.came, now.rest()), (now.closing, (0, 0)));
    // 20.000 were paid since the night before
    scene.facts.page.open_before = vec![(key, Vnd::new(70_000))];
    let (row, _) = fees(&scene);
    assert_eq!(row.opening, Figure::new(1, 70_000));
    assert_eq!(row.matched, Figure::new(0, 20_000));
    assert_eq!((row.closing, row.rest()), (now.closing, (0, 0)));
}

fn balance(closing: i128) -> StatementBalance {
    StatementBalance {
        source: SEPAY.into(),
        file: "sao-ke-20221205.xlsx".into(),
        account: "**********7890".into(),
        from: day("2022-12-05"),
        to: day("2022-12-05"),
        opening: Some(1_000_000),
        credits: 250_000,
        debits: 40_000,
        closing: Some(closing),
        difference: Some(closing - 1_210_000),
        rounding: 0,
        rejects: 0,
        is_page: false,
    }
}

#[test]
fn balances_of_statements_stand_in_page_book_and_run() {
    let mut scene = example::undecided();
    assert!(!page(&scene).contains("id=\"balance-h\""), "nothing told");
    scene.facts.page.balances = vec![balance(1_210_000), balance(1_209_999)];
    let html = page(&scene);
    let table = html.split_once("id=\"balance-h\"").unwrap().1;
    let table = table.split_once("</table>").unwrap().0;
    for said in [
        "1.000.000\u{a0}₫",
        "1.210.000\u{a0}₫",
        "1.209.999\u{a0}₫",
        "zero\">0\u{a0}₫<br><span class=\"small\">✓ khớp",
        "bad\">-1\u{a0}₫<br><span class=\"small\">✕ không khớp: thiếu hoặc thừa dòng",
    ] {
        assert!(table.contains(said), "{said}: {table}");
    }
    let files = files(&scene);
    let run: Value = serde_json::from_str(&text(&files, "run.json")).unwrap();
    assert_eq!(against_schema(&run), Vec::<String>::new());
    let told = &run["sources"][0]["balances"];
    assert_eq!(told[0]["opening_vnd"], 1_000_000);
    assert_eq!(told[1]["difference_vnd"], -1);
    assert!(run["sources"][1]["balances"].is_null());
    let mut book = workbook::open(&workbook::book(&scene));
    let sheet = workbook::sheet(&mut book, "Số dư sao kê");
    let number = |row, col| workbook::number(workbook::at(&sheet, row, col));
    assert_eq!([number(4, 8), number(4, 10)], ["1210000", "0"]);
    assert_eq!([number(5, 9), number(5, 10)], ["1209999", "-1"]);
    workbook::all_hold(&workbook::sheet(&mut book, "Kiểm tra"));
}

/// Parts of a dong: each figure is rounded by itself, and the sheet adds up with what that takes.
#[test]
fn rounded_balances_add_up_in_the_workbook() {
    let mut scene = example::undecided();
    let rounded = StatementBalance {
        difference: Some(0),
        rounding: -1,
        ..balance(1_209_999)
    };
    scene.facts.page.balances = vec![rounded];
    let mut book = workbook::open(&workbook::book(&scene));
    let sheet = workbook::sheet(&mut book, "Số dư sao kê");
    let number = |col| workbook::number(workbook::at(&sheet, 4, col));
    assert_eq!(
        [number(8), number(9), number(10), number(11)],
        ["1210000", "1209999", "0", "-1"]
    );
    workbook::all_hold(&workbook::sheet(&mut book, "Kiểm tra"));
    assert!(page(&scene).contains("làm tròn đến đồng từng số một, cộng lại lệch -1"));
    let run: Value = serde_json::from_str(&text(&files(&scene), "run.json")).unwrap();
    assert_eq!(run["sources"][0]["balances"][0]["rounding_vnd"], -1);
}

/// The table of balances on paper: a row a file, its figures and what the difference is.
#[test]
fn balances_stand_on_paper() {
    let mut scene = example::undecided();
    scene.facts.page.balances = vec![balance(1_210_000), balance(1_209_999)];
    let letters = is_accessible(&pdf::render(&build(&scene)).unwrap(), "vi-VN").letters();
    let table = letters.split_once(&squeezed("Số dư đầu")).unwrap().1;
    for said in [
        "**********7890",
        "1.210.000 ₫",
        "1.209.999 ₫",
        "0 ₫ khớp",
        "-1 ₫ không khớp: thiếu hoặc thừa dòng",
    ] {
        assert!(table.contains(&squeezed(said)), "{said}: {table}");
    }
    assert_eq!(table.matches(&squeezed("1.000.000 ₫")).count(), 2);
    assert!(!letters.contains("‹U+"), "a sign that the fonts lack");
}

#[test]
fn an_item_is_as_old_as_its_first_night() {
    let mut scene = example::undecided();
    let mut rows = scene.settlement.rows.iter_mut();
    let row = rows.find(|row| row.class == "unidentified").unwrap();
    row.business_date = day("2022-12-01");
    let id = row.exception_id.clone().unwrap();
    assert!(!scene.facts.opened_on.contains_key(&id));
    let list = build(&scene).exceptions;
    let mut shown = list.shown.iter();
    let view = shown.find(|view| *view.id == *id.as_str()).unwrap();
    // `exceptions list` counts from the night that opened it
    assert_eq!((view.age_days, view.opened_on), (0, day("2022-12-05")));
}

#[test]
fn everything_that_decides_is_printed() {
    let all = SHOWN_MAX + BRIEF_MAX + 100;
    let mut scene = large::night(all, all);
    let unidentified = |row: &&doisoat::classify::Classified| row.class == "unidentified";
    let rows = scene.settlement.rows.iter().filter(unidentified);
    let mut open: Vec<ExceptionId> = rows.filter_map(|row| row.exception_id.clone()).collect();
    open.truncate(SHOWN_MAX + 40);
    for share in &mut scene.settlement.shares {
        if !share.deciding.is_empty() {
            share.deciding.met.clone_from(&open);
            share.deciding.missed.clear();
        }
    }
    let report = build(&scene);
    let list = &report.exceptions;
    assert_eq!((list.shown.len(), list.further.len()), (SHOWN_MAX, 40));
    let letters = is_accessible(&pdf::render(&report).unwrap(), "vi-VN").letters();
    let lines = letters.split_once(&squeezed("40 ngoại lệ khác")).unwrap().1;
    for view in &list.further {
        assert!(lines.contains(&squeezed(&view.what)), "{}", view.what);
    }
    assert_eq!(list.brief.len(), BRIEF_MAX);
    let rejects = scene.inputs.rejects.len();
    let work = usize::try_from(list.work.count).unwrap() - rejects;
    assert_eq!(list.listed(), u64::try_from(work).unwrap());
    let html = page(&scene);
    assert!(html.contains("40 ngoại lệ khác cũng quyết định kết luận"));
    let further = html.split_once("<h3>40 ngoại lệ khác").unwrap().1;
    let further = further.split_once("</table>").unwrap().0;
    assert_eq!(further.matches(" deciding\" id=").count(), 40);
    let printed = SHOWN_MAX + 40;
    let note = format!(
        "In {printed} trong {} ngoại lệ; ",
        doisoat::text::number(doisoat::domain::Lang::Vi, i128::try_from(work).unwrap())
    );
    assert!(html.contains(&note), "{note}");
}

#[test]
fn people_read_the_banks_reference_and_not_a_made_up_id() {
    let mut scene = example::undecided();
    for txn in &mut scene.inputs.txns {
        if &*txn.id == "101" {
            txn.bank_ref = Some("FT22339000".into());
        }
    }
    let evidence = |scene: &example::Scene| {
        let files = files(scene);
        let list = text(&files, "exceptions.csv");
        let line = list.lines().find(|line| line.contains(",duplicate,"));
        line.unwrap().to_owned()
    };
    assert!(evidence(&scene).contains("FT22339000 (101)"));
    // a row that the bank did not number, named by its content
    let made = "~0123456789ab-1";
    for txn in &mut scene.inputs.txns {
        if &*txn.id == "101" {
            (txn.id, txn.bank_ref) = (made.into(), None);
        }
    }
    for row in &mut scene.settlement.rows {
        if &*row.key.id == "101" {
            row.key.id = made.into();
        }
        for seen in &mut row.evidence {
            if *seen == Evidence::Repeats("101".into()) {
                *seen = Evidence::Repeats(made.into());
            }
        }
    }
    let said = evidence(&scene);
    assert!(!said.contains(made), "{said}");
    assert!(
        said.contains("dòng không có mã giao dịch, 150.000\u{a0}₫"),
        "{said}"
    );
    for group in &mut scene.settlement.groups {
        for leg in &mut group.legs {
            if &*leg.money.id == "101" {
                leg.money.id = made.into();
            }
            if leg.why == Evidence::Repeats("101".into()) {
                leg.why = Evidence::Repeats(made.into());
            }
        }
    }
    let links = text(&files(&scene), "links.csv");
    let rows: Vec<&str> = links.lines().filter(|row| row.contains(made)).collect();
    assert_eq!(rows.len(), 1, "in its own column only: {rows:?}");
    assert!(rows[0].starts_with(made));
}
