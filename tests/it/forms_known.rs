//! Papers as known on a day: plainly labelled, beside the present ones, with what came since; and
//! what the page of the nights and a paper count otherwise is a line on both.

use std::collections::BTreeMap;

use doisoat::domain::{Day, SourceName};
use doisoat::job::as_known::Known;
use doisoat::job::forms::Form;
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, Exit};
use serde_json::Value;

use crate::database::Kind;
use crate::forms::{TURNOVER, behind, figure, said, write_of};
use crate::night_cli::{code, run};
use crate::periods::{both, close, late_of, two};
use crate::town::{FIRST, day, files, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const KEPT: &str =
    "Ngoài dòng 1: phí đã trừ trước khi báo, tìm được khi khớp; báo cáo cộng vào số người dân nộp";
const LATE: &str = "Trong đó giao dịch của các ngày trước kỳ, chưa có trong biên bản kỳ trước";
const DROPPED: &str = "Trong đó loại ra sau đêm của chúng: báo cáo cộng các đêm còn tính là đã nộp";

fn asked(form: Form, on: Day) -> Asked {
    Asked {
        form: Some(form),
        known: Known::On(on),
        ..Asked::of(Span::Days(both()))
    }
}

/// The folder's name, and its files.
async fn as_of(desk: &Desk, form: Form, on: &str) -> (String, BTreeMap<String, Vec<u8>>) {
    let root = &desk.config.report_dir;
    let folder = report_again::write(desk, &asked(form, day(on)), root).await;
    let folder = folder.unwrap();
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    (name, files(&folder))
}

fn sepay(desk: &Desk) -> SourceName {
    let mut sources = desk.config.sources.iter();
    let source = sources.find(|source| source.registration.kind == "sepay");
    source.unwrap().name.clone()
}

fn has(texts: &[String], what: &str) -> bool {
    texts.iter().any(|text| text.contains(what))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_as_known_on_a_day_says_so_and_leaves_the_present_one() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk) = Box::pin(two(kind)).await;
        let name = sepay(&desk);
        let file = format!("bien-ban-doi-soat_{name}.docx");
        let minutes = || Form::Minutes(Some(name.clone()));
        let early = Box::pin(write_of(&desk, minutes(), Span::Days(both()))).await;
        let rows = [("late-1", 35_000, FIRST), ("late-2", 21_000, SECOND)];
        Box::pin(late_of(&desk, &name, day(THIRD), &rows)).await;
        town.morning_after(day(THIRD));
        Box::pin(night(&desk, THIRD)).await;
        let (folder, then) = Box::pin(as_of(&desk, minutes(), SECOND)).await;
        assert_eq!(folder, "2022-12-05_2022-12-06_minutes_as-of-2022-12-06");
        let (texts, were) = (said(&then[&file]), said(&early[&file]));
        let label =
            "THEO SỐ LIỆU BIẾT ĐẾN NGÀY 06/12/2022 (đêm 06/12/2022); không phải bản hiện hành.";
        assert!(has(&texts, label) && !has(&were, "BIẾT ĐẾN"), "{texts:?}");
        let since = "Từ đó đến hết đêm 07/12/2022 có thêm 2 giao dịch của kỳ, 56.000 đồng";
        assert!(has(&texts, since), "{texts:?}");
        for line in TURNOVER {
            assert_eq!(behind(&texts, line, 2), behind(&were, line, 2), "{line}");
        }
        let arrived = String::from_utf8(then["arrived.csv"].clone()).unwrap();
        assert!(arrived.contains("late-1") && arrived.contains("late-2"));
        // the present ones stay where they are
        let present = crate::town::files(&town.folder("2022-12-05_2022-12-06_minutes"));
        assert_eq!(present, early);
        // a night before: the second is not told yet
        let (_, first) = Box::pin(as_of(&desk, minutes(), FIRST)).await;
        let texts = said(&first[&file]);
        assert!(has(&texts, "BIẾT ĐẾN NGÀY 05/12/2022 (đêm 05/12/2022)"));
        assert!(has(&texts, "Số liệu chốt đến hết ngày 05/12/2022."));
        assert!(has(&texts, "chưa có số liệu chốt của các ngày: 06/12/2022"));
        let (folder, payments) = Box::pin(as_of(&desk, Form::Payments, SECOND)).await;
        assert_eq!(folder, "2022-12-05_2022-12-06_payments_as-of-2022-12-06");
        assert!(has(&said(&payments["thanh-toan-766.docx"]), label));
        // closed since: the paper of the closed figures is the one in force
        Box::pin(close(&desk, &both())).await.unwrap();
        let (_, then) = Box::pin(as_of(&desk, minutes(), SECOND)).await;
        let texts = said(&then[&file]);
        assert!(
            has(&texts, "Kỳ này đã được ke-toan chốt số liệu lúc"),
            "{texts:?}"
        );
        Box::pin(desk.close()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_of_nights_that_were_published_again_is_refused_and_the_command_takes_a_day() {
    let (town, desk) = Box::pin(two(Kind::Sqlite)).await;
    let name = sepay(&desk);
    town.morning_after(day(THIRD));
    Box::pin(night(&desk, THIRD)).await;
    let settings = town.toml(&crate::town::as_is);
    std::fs::write(town.dir().join("doisoat.toml"), settings).unwrap();
    let args = [
        "report", "--from", FIRST, "--to", SECOND, "--form", "minutes", "--as-of", SECOND,
    ];
    let output = Box::pin(run(&town, &args)).await;
    assert_eq!(code(&output), 0, "{output:?}");
    assert!(crate::cli::stdout(&output).ends_with("_minutes_as-of-2022-12-06\n"));
    for form in ["minutes", "payments"] {
        let args = [
            "report", "--from", FIRST, "--to", SECOND, "--form", form, "--now",
        ];
        let output = Box::pin(run(&town, &args)).await;
        let said = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(code(&output), 2, "{said}");
        let why = ["biểu mẫu không lập theo --now", "--as-of 2022-12-07"];
        assert!(why.iter().all(|why| said.contains(why)), "{said}");
    }
    Box::pin(late_of(
        &desk,
        &name,
        day(FIRST),
        &[("late-1", 35_000, FIRST)],
    ))
    .await;
    Box::pin(night(&desk, FIRST)).await;
    let form = Form::Minutes(Some(name));
    let root = &desk.config.report_dir;
    let refused = report_again::write(&desk, &asked(form, day(SECOND)), root).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.exit(), Exit::Usage, "{refused}");
    let said = refused.to_string();
    assert!(said.contains("các đêm 05/12/2022 đã công bố lại"), "{said}");
    Box::pin(desk.close()).await;
}

/// The two figures behind a line that need not be there.
fn line(texts: &[String], name: &str) -> [i64; 2] {
    if !has(texts, name) {
        return [0, 0];
    }
    let cells = behind(texts, name, 2);
    [figure(&cells[0]), figure(&cells[1])]
}

/// What people paid by the page is line II.1 with the fees that the page adds and the lines that
/// the paper names, source by source.
#[tokio::test(flavor = "multi_thread")]
async fn page_and_paper_differ_by_lines_that_both_name() {
    let (_town, desk) = Box::pin(two(Kind::Sqlite)).await;
    let papers = Box::pin(write_of(&desk, Form::Minutes(None), Span::Days(both()))).await;
    let root = &desk.config.report_dir;
    let folder = report_again::write(&desk, &Asked::of(Span::Days(both())), root).await;
    let report = files(&folder.unwrap());
    let run: Value = serde_json::from_slice(&report["run.json"]).unwrap();
    let page = String::from_utf8(report["index.html"].clone()).unwrap();
    let mut kept = 0;
    for flow in run["money_bridge"].as_array().unwrap() {
        let source = flow["source"].as_str().unwrap();
        let texts = said(&papers[&format!("bien-ban-doi-soat_{source}.docx")]);
        let told = &flow["kept_before"];
        let fees = [&told["count"], &told["sum_vnd"]].map(|part| part.as_i64().unwrap_or(0));
        assert_eq!(line(&texts, KEPT), fees, "{source}");
        let [paid, late, dropped] = [TURNOVER[0], LATE, DROPPED].map(|name| line(&texts, name));
        let by_page = [&flow["paid"]["count"], &flow["paid"]["sum_vnd"]];
        let by_page = by_page.map(|part| part.as_i64().unwrap());
        assert_eq!(by_page[0], paid[0] + dropped[0] - late[0], "{source}");
        assert_eq!(
            by_page[1],
            paid[1] + fees[1] + dropped[1] - late[1],
            "{source}"
        );
        if fees[0] > 0 {
            let named = format!("({source}: {} khoản, ", fees[0]);
            assert!(
                page.contains(&named) || page.contains(&named[1..]),
                "{named}"
            );
            kept += fees[0];
        }
    }
    assert!(kept > 0, "a night with a fee that was kept before");
    assert!(page.contains("biên bản đối soát để khoản này ở dòng riêng"));
    Box::pin(desk.close()).await;
}
