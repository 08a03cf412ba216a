//! Papers to sign: their totals are those of `run.json`, they hold no name of a person, texts of
//! rows stay texts, and the same input gives the same bytes.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use doisoat::classify::CLASSES;
use doisoat::domain::{Lang, Ordered, Period, ProviderRow, RunId, SourceName, Vnd};
use doisoat::job::forms::Form;
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, Exit};
use doisoat::report::Figure;
use doisoat::report::forms::{self, Block, Cell, Grid, Handed, Minutes, Paper};
use serde_json::Value;

use crate::database::Kind;
use crate::payments::{paid_requests, payments_are_of};
use crate::town::{FIRST, Town, as_is, day, document, files, night};

/// A part of a zip.
pub(crate) fn part(file: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    zip.by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The texts of a document, one a line.
pub(crate) fn said(docx: &[u8]) -> Vec<String> {
    let document = part(docx, "word/document.xml");
    let texts = document.split("<w:t xml:space=\"preserve\">").skip(1);
    texts
        .map(|t| t.split_once("</w:t>").unwrap().0.to_owned())
        .collect()
}

/// The cells behind a cell that says `name`.
pub(crate) fn behind<'t>(texts: &'t [String], name: &str, count: usize) -> &'t [String] {
    let at = texts
        .iter()
        .position(|text| text == name)
        .unwrap_or_else(|| panic!("no {name}"));
    &texts[at + 1..=at + count]
}

pub(crate) fn figure(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

async fn write(desk: &Desk, form: Form) -> BTreeMap<String, Vec<u8>> {
    write_of(desk, form, Span::Night(day(FIRST))).await
}

pub(crate) async fn write_of(desk: &Desk, form: Form, span: Span) -> BTreeMap<String, Vec<u8>> {
    let asked = Asked {
        form: Some(form),
        ..Asked::of(span)
    };
    let folder = report_again::write(desk, &asked, &desk.config.report_dir)
        .await
        .unwrap();
    files(&folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_of_a_night_tell_its_figures() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        let run = document(&night(&desk, FIRST).await);
        let papers = write(&desk, Form::Minutes(None)).await;
        let mut seen = 0;
        for source in run["sources"].as_array().unwrap() {
            let name = format!(
                "bien-ban-doi-soat_{}.docx",
                source["name"].as_str().unwrap()
            );
            let Some(docx) = papers.get(&name) else {
                assert_eq!(source["kind"], "export", "{source}");
                continue;
            };
            seen += 1;
            minutes_are_of(source, &said(docx));
        }
        assert!(seen >= 2, "{seen} providers");
        let again = write(&desk, Form::Minutes(None)).await;
        assert!(again == papers, "same bytes");
        for (name, csv) in papers
            .iter()
            .filter(|(name, _)| name.ends_with("_phu-luc.csv"))
        {
            let paper = name.replace("_phu-luc.csv", ".docx");
            annex_is_own(csv, &said(&papers[&paper]));
        }
        crate::forms_book::tell_the_same(&papers);
        reporting_month(&desk).await;
        let payments = write(&desk, Form::Payments).await;
        let requests = paid_requests(&town);
        payments_are_of(&run, requests, &said(&payments["thanh-toan-766.docx"]));
        no_names(&desk, &papers).await;
        let unknown = Asked {
            form: Some(Form::Minutes(Some(SourceName::new("nothing")))),
            ..Asked::of(Span::Night(day(FIRST)))
        };
        let error = report_again::write(&desk, &unknown, town.dir())
            .await
            .unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
    }
}

/// The file of the differences holds as many as the minutes carry over, with their sum.
fn annex_is_own(csv: &[u8], texts: &[String]) {
    let text = std::str::from_utf8(csv).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let carried = behind(texts, "Chuyển kỳ sau, chưa khớp (phụ lục)", 2);
    let count = i64::try_from(rows.len()).unwrap();
    let sum = rows.iter().map(|row| row[7].parse::<i64>().unwrap()).sum();
    assert_eq!([count, sum], [figure(&carried[0]), figure(&carried[1])]);
    assert!(texts.iter().any(|text| text.contains("_phu-luc.csv")));
    assert!(!texts.iter().any(|text| text.contains("exceptions.csv")));
}

/// The month of reports, from the 15th to the 14th, with its days as an office writes them.
async fn reporting_month(desk: &Desk) {
    for form in [Form::Minutes(None), Form::Payments] {
        let asked = Asked {
            form: Some(form),
            ..Asked::of(Span::Days(Period::reporting_month("2022-12").unwrap()))
        };
        let folder = report_again::write(desk, &asked, &desk.config.report_dir).await;
        let folder = folder.unwrap();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(name.starts_with("2022-11-15_2022-12-14_"), "{name}");
        let papers = files(&folder);
        let named = "Kỳ báo cáo tháng 12 năm 2022 (từ ngày 15/11/2022 đến ngày 14/12/2022)";
        let docx = papers
            .iter()
            .filter(|(name, _)| name.rsplit('.').next() == Some("docx"));
        let mut seen = 0;
        for (name, file) in docx {
            seen += 1;
            assert!(said(file).iter().any(|text| text == named), "{name}");
            assert!(papers.contains_key(&name.replace(".docx", ".xlsx")));
        }
        assert!(seen > 0);
    }
}

/// The parts of the turnover, and of the comparison: each row of a period stands in one of each.
pub(crate) const TURNOVER: [&str; 3] = [
    "Thanh toán thành công, tính vào đối soát",
    "Hoàn tiền, đảo giao dịch",
    "Khác (chờ xử lý, không thành công, đã hủy, ghi nợ, không tính vào đối soát)",
];
pub(crate) const COMPARED: [&str; 4] = [
    "Khớp đúng với hồ sơ của bên A",
    "Khớp, có sai lệch (phụ lục)",
    "Chênh lệch trong kỳ, chưa khớp",
    "Không tính vào đối soát",
];

fn minutes_are_of(source: &Value, texts: &[String]) {
    let told = |name: &str| {
        let cells = behind(texts, name, 2);
        [figure(&cells[0]), figure(&cells[1])]
    };
    let rows = told("Giao dịch trong kỳ theo số liệu bên B");
    let wanted = [
        source["rows"].as_i64().unwrap(),
        source["sum_vnd"].as_i64().unwrap(),
    ];
    assert_eq!(rows, wanted, "{source}");
    let together = |parts: &[&str]| {
        let told = parts.iter().map(|part| told(part));
        told.fold([0, 0], |a, b| [a[0] + b[0], a[1] + b[1]])
    };
    assert_eq!(together(&TURNOVER), rows, "{source}");
    assert_eq!(together(&COMPARED), rows, "{source}");
    let paid = told(TURNOVER[0]);
    let by_kind = source["by_kind"].as_array().unwrap().iter();
    let mut success =
        by_kind.filter(|kind| kind["kind"] == "payment" && kind["status"] == "success");
    let success = success
        .next()
        .map_or(0, |kind| kind["count"].as_i64().unwrap());
    assert!(
        paid[0] <= success && (paid[0] > 0 || success < 5),
        "{source}"
    );
    let says = |what: &str| texts.iter().any(|text| text.contains(what));
    let bank = ["casso", "sepay", "statement"].contains(&source["kind"].as_str().unwrap());
    assert_eq!(says("Đã ghi có vào tài khoản của bên A"), bank, "{source}");
    assert_eq!(says("bên B còn phải chuyển cho bên A"), !bank, "{source}");
    assert!(says("Số liệu chốt đến hết ngày 05/12/2022."));
    assert!(texts.iter().any(|text| text.contains("Bằng chữ: ")));
}

/// No payer of the night stands in a paper.
async fn no_names(desk: &Desk, papers: &BTreeMap<String, Vec<u8>>) {
    let new = desk.store.new_rows(day(FIRST)).await.unwrap();
    let payers: Vec<String> = new
        .txns
        .iter()
        .map(|txn| txn.payer.to_string())
        .filter(|payer| payer.split(' ').count() > 1)
        .collect();
    assert!(!payers.is_empty());
    for (name, file) in papers {
        let parts: &[&str] = match name.rsplit('.').next() {
            Some("docx") => &["word/document.xml"],
            Some("xlsx") => &["xl/sharedStrings.xml"],
            Some("pdf") => &[],
            _ => continue,
        };
        let mut texts: Vec<String> = parts.iter().map(|name| part(file, name)).collect();
        if name.rsplit('.').next() == Some("pdf") {
            texts.push(crate::pdf::read(file).text);
        }
        for text in texts {
            let found = payers.iter().find(|payer| text.contains(payer.as_str()));
            assert_eq!(found, None, "{name}");
        }
    }
}

pub(crate) fn row(id: &str, class: &str, bucket: &str) -> ProviderRow {
    ProviderRow {
        id: id.into(),
        order_ref: Some("<w:t>".into()),
        bank_ref: None,
        kind: "payment".into(),
        status: "success".into(),
        amount: Vnd::new(1_005_000),
        fee: Vnd::new(5_000),
        net: Vnd::new(1_000_000),
        business_date: day(FIRST),
        class: class.into(),
        bucket: bucket.into(),
        dossier: None,
        in_set: false,
        went_back: false,
        difference: None,
        since: None,
    }
}

/// Minutes of December with a gateway.
pub(crate) fn minutes<'a>(
    period: &'a Period,
    run: &'a RunId,
    rows: Vec<ProviderRow>,
) -> Minutes<'a> {
    Minutes {
        lang: Lang::Vi,
        unit: "UBND <b>&",
        provider: ("VNPAY (vnpay-main)".into(), "vnpay-main"),
        period,
        cutoff: 0,
        run,
        collects: true,
        told_to: day("2022-12-31"),
        missing: Vec::new(),
        incomplete: Vec::new(),
        unasked: 0,
        kept_before: Figure::default(),
        as_of: Vec::new(),
        begins: None,
        handed: Handed::Untold,
        opening: Vec::new(),
        rows,
        changed: Vec::new(),
        since: Vec::new(),
        withheld: None,
        closing: Vec::new(),
        ordered: Ordered::default(),
        orders: Vec::new(),
        unseen: Vec::new(),
        word: "vnpay",
    }
}

pub(crate) fn december() -> (Period, RunId) {
    let run = RunId::new("2022-12-31-0123456789ab-1");
    (Period::month("2022-12").unwrap(), run)
}

fn paper(id: &str) -> Paper {
    let (period, run) = december();
    let rows = vec![row("1", "ok", "matched"), row(id, "unidentified", "open")];
    let minutes = Minutes {
        closing: vec![row(id, "unidentified", "open")],
        ..minutes(&period, &run, rows)
    };
    minutes.paper(CLASSES)
}

#[test]
fn hostile_texts_stay_texts() {
    let hostile = "=HYPERLINK(\"http://x\")</w:t></w:r><w:fldSimple w:instr=\"DDE\"/>\u{202e}\0";
    let paper = paper(hostile);
    let docx = forms::docx(&paper).unwrap();
    let document = part(&docx, "word/document.xml");
    let mut reader = quick_xml::Reader::from_str(&document);
    reader.config_mut().check_end_names = true;
    let mut names = std::collections::BTreeSet::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                names.insert(format!("{:?}", tag.name()));
            }
            _ => {}
        }
    }
    let is_there = |tag: &str| names.iter().any(|name| name.contains(tag));
    assert!(!is_there("w:fldSimple") && is_there("w:tbl"), "{names:?}");
    assert!(document.contains("‹U+202E›‹U+0000›") && !document.contains('\u{202e}'));
    let xlsx = forms::xlsx(&paper, day(FIRST)).unwrap();
    let sheet = part(&xlsx, "xl/worksheets/sheet2.xml");
    assert!(
        sheet.matches("<f>").count() == 1 && !sheet.contains("hyperlink"),
        "{sheet}"
    );
    assert_eq!(forms::docx(&paper).unwrap(), docx);
    assert_eq!(forms::xlsx(&paper, day(FIRST)).unwrap(), xlsx);
}

/// Payments of a certified set are matched, told apart from the others, and listed.
#[test]
fn minutes_tell_certified_sets() {
    let of_set = |id: &str| ProviderRow {
        in_set: true,
        ..row(id, "ok", "matched")
    };
    let (period, run) = december();
    let rows = vec![row("1", "ok", "matched"), of_set("2"), of_set("3")];
    let minutes = minutes(&period, &run, rows);
    let texts = said(&forms::docx(&minutes.paper(CLASSES)).unwrap());
    let name = "Trong đó khớp theo nhóm: chắc chắn về tổng, không chỉ ra từng hồ sơ (phụ lục)";
    assert_eq!(behind(&texts, name, 2), ["2", "2.010.000"]);
    assert_eq!(behind(&texts, "Khớp đúng với hồ sơ của bên A", 2)[0], "3");
    assert!(
        texts
            .iter()
            .any(|text| text == "PHỤ LỤC: CÁC KHOẢN KHỚP THEO NHÓM")
    );
    let without = said(&forms::docx(&paper("2")).unwrap());
    assert!(!without.iter().any(|text| text.contains("theo nhóm")));
}

#[test]
fn minutes_add_up_and_say_the_amount() {
    let paper = paper("2");
    let tables = paper.blocks.iter().filter_map(|block| match block {
        Block::Table(grid) => Some(grid),
        _ => None,
    });
    let tables: Vec<&Grid> = tables.collect();
    assert_eq!(tables.len(), 2);
    assert_eq!(tables[1].rows.len(), 2, "one difference and the sum");
    assert_eq!(tables[1].rows[1].cells[7], Cell::total(1_005_000));
    assert!(tables.iter().all(|grid| {
        grid.rows
            .iter()
            .all(|row| row.cells.len() == grid.columns.len())
    }));
    let texts = said(&forms::docx(&paper).unwrap());
    let due = texts.iter().find(|text| text.contains("Bằng chữ")).unwrap();
    assert!(
        due.contains("2.000.000 đồng. Bằng chữ: Hai triệu đồng."),
        "{due}"
    );
}
