//! Free text from outside: formulas, markup, direction marks. Nothing of it may act.

use doisoat::domain::{Day, DossierCode, ExceptionId, RejectCode, RowKey, SourceName};
use doisoat::matching::Evidence;

use super::example::{self, Scene, day};
use super::known::sheets;
use super::new_year::mail;
use super::{build, files, page, text};

/// Texts that would run, load, hide or break something somewhere.
pub(super) const HOSTILE: &[&str] = &[
    "=cmd|'/C calc'!A0",
    "+84912345678",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "\r=1",
    "＝HYPERLINK(\"http://evil.example\")",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "</style><style>*{display:none}</style>",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }} {% if %}",
    "gpj.\u{202e}exe",
    "H48\u{200b}.18",
    "a\u{0}b\u{7}c",
    "\u{feff}bom",
    "line\nbreak",
    "&lt;b&gt;",
    "'; DROP TABLE txn; --",
];

pub(super) fn hostile() -> Scene {
    let mut scene = example::undecided();
    scene.facts.unit = HOSTILE[7].into();
    let template = scene
        .settlement
        .rows
        .iter()
        .find(|r| r.class == "unidentified")
        .unwrap()
        .clone();
    let txn = scene
        .inputs
        .txns
        .iter()
        .find(|t| &*t.id == "106")
        .unwrap()
        .clone();
    for (i, text) in HOSTILE.iter().enumerate() {
        let mut txn = txn.clone();
        txn.id = (*text).into();
        txn.source = SourceName::new("hostile");
        txn.memo = (*text).into();
        txn.payer = (*text).into();
        txn.order_ref = Some((*text).into());
        let mut row = template.clone();
        row.key = RowKey::txn(&txn.source, text);
        row.evidence = vec![Evidence::UnknownCode((*text).into())];
        row.nearest[0].candidate = (*text).into();
        row.exception_id = Some(ExceptionId::of(row.class, &row.key));
        scene.inputs.txns.push(txn);
        scene.settlement.rows.push(row);
        let reject = scene.inputs.rejects[i % 2].clone();
        scene.inputs.rejects.push(doisoat::domain::Reject {
            id: format!("r{i}").into(),
            file: (*text).into(),
            column: (*text).into(),
            value: (*text).into(),
            ..reject
        });
        let agency = scene.inputs.agencies[0].clone();
        let from: Day = day("2016-01-01").plus(u32::try_from(i).unwrap());
        scene.inputs.agencies.push(doisoat::domain::Agency {
            name: (*text).into(),
            valid_from: from,
            ..agency
        });
    }
    scene
}

/// Tags of a page with their attributes, as a browser's parser cuts them (our own output has no
/// `<` or `>` inside attribute values, which is checked too).
fn tags(page: &str) -> Vec<String> {
    let body = page.split_once("</style>").unwrap().1;
    body.split('<')
        .skip(1)
        .map(|rest| rest.split_once('>').unwrap().0.to_ascii_lowercase())
        .collect()
}

/// Every tag is one of the templates', and none acts or loads anything.
pub(super) fn tags_are_known(page: &str) {
    let known = [
        "a",
        "b",
        "br",
        "body",
        "button",
        "caption",
        "circle",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "head",
        "header",
        "html",
        "input",
        "label",
        "li",
        "line",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "path",
        "polyline",
        "rect",
        "section",
        "select",
        "span",
        "summary",
        "sup",
        "svg",
        "table",
        "tbody",
        "td",
        "text",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ];
    for tag in tags(page) {
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .unwrap();
        assert!(known.contains(&name), "<{tag}>");
        let outside_values = tag.split('"').step_by(2);
        for attribute in outside_values.flat_map(str::split_whitespace) {
            let acts = attribute.starts_with("on") && attribute.ends_with('=');
            let loads = [
                "src=",
                "style=",
                "action=",
                "formaction=",
                "data=",
                "xlink:href=",
            ];
            assert!(!acts && !loads.contains(&attribute), "<{tag}>");
        }
        if let Some(href) = tag.split("href=\"").nth(1) {
            assert!(href.starts_with('#'), "<{tag}>");
        }
    }
}

#[test]
fn the_page_holds_the_tags_of_the_template_only() {
    let page = page(&hostile());
    tags_are_known(&page);
    assert_eq!(page.matches("<style>").count(), 1);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("gpj.‹U+202E›exe") && page.contains("H48‹U+200B›.18"));
    assert!(!page.contains(['\u{202e}', '\u{200b}', '\0', '\u{7}', '\u{feff}', '\r']));
}

#[test]
fn no_cell_of_a_night_is_a_formula_and_every_row_is_read_back() {
    let scene = hostile();
    let files = files(&scene);
    for name in ["exceptions.csv", "links.csv", "share.csv"] {
        let content = text(&files, name);
        let acts = ['\u{202e}', '\u{200b}', '\0', '\u{7}', '\r', '\t'];
        assert!(!content.contains(acts), "{name}");
        let mut reader = csv::ReaderBuilder::new()
            .from_reader(content.trim_start_matches('\u{feff}').as_bytes());
        let header = reader.headers().unwrap().clone();
        for record in reader.records() {
            for (column, cell) in header.iter().zip(&record.unwrap()) {
                let number = ["amount_vnd", "numerator", "denominator"].contains(&column);
                let guarded = !doisoat::report::csv::is_formula(cell);
                assert!(
                    guarded || (number && cell.parse::<i64>().is_ok()),
                    "{name} {column} {cell:?}"
                );
            }
        }
    }
    let exceptions = text(&files, "exceptions.csv");
    let mut reader = csv::Reader::from_reader(exceptions.trim_start_matches('\u{feff}').as_bytes());
    let ids: Vec<String> = reader.records().map(|r| r.unwrap()[1].to_owned()).collect();
    for text in HOSTILE {
        let guard = if doisoat::report::csv::is_formula(text) {
            "'"
        } else {
            ""
        };
        let seen = doisoat::report::escape::visible(text);
        assert!(ids.contains(&format!("{guard}{seen}")), "{text:?}");
    }
}

#[test]
fn people_are_masked_on_the_page() {
    let scene = example::undecided();
    let page = page(&scene);
    for secret in [
        "NGUYEN VAN A",
        "Nguyễn Văn A",
        "Trần Thị B",
        "19001234567890",
        "0912345678",
    ] {
        assert!(!page.contains(secret), "{secret}");
    }
    assert!(page.contains("N***** V** A") && page.contains("**********7890"));
    assert!(page.contains("nop tien ******5678 cam on"));
    let code = DossierCode::parse("H48.18.22-221205-0009").unwrap();
    assert!(page.contains(code.as_str()), "codes stay");
}

/// Banks write who paid into the memo; a statement need not have a column that says it.
#[test]
fn a_memo_names_nobody_where_no_column_tells_the_payer() {
    let mut scene = example::undecided();
    let memo = "MBVCB.1000000017.CT tu 0123499999 Hoang Thi Canary toi 0071000000000 KHO BAC";
    let txn = scene.inputs.txns.iter_mut().find(|t| &*t.id == "106");
    let txn = txn.unwrap();
    txn.memo = memo.into();
    txn.payer = "".into();
    txn.account = None;
    let page = page(&scene);
    for secret in ["Canary", "Hoang", "0123499999", "0071000000000"] {
        assert!(!page.contains(secret), "{secret}");
    }
    assert!(
        page.contains("CT tu ******9999 H**** T** C***** "),
        "the rest stays"
    );
}

/// What stands in the wrong cell of a row that cannot be read may be anybody's name and account.
#[test]
fn a_row_that_cannot_be_read_names_nobody() {
    let mut scene = example::undecided();
    let values = [
        (
            RejectCode::WrongFieldCount,
            "RC1,1,45000,2022-12-05,TRAN CANARY NAME,000.00.31.H48",
        ),
        (RejectCode::BadAmount, "TRAN CANARY NAME 0123455555"),
    ];
    for (reject, (code, value)) in scene.inputs.rejects.iter_mut().zip(values) {
        (reject.code, reject.value) = (code, value.into());
        let key = reject.key();
        let row = scene.settlement.rows.iter_mut().find(|row| row.key == key);
        let Evidence::At(.., said, why) = &mut row.unwrap().evidence[0] else {
            panic!("a reject");
        };
        (*said, *why) = (value.into(), code);
    }
    let made = files(&scene);
    let mut told: Vec<(String, String)> = ["index.html", "exceptions.csv", "run.json"]
        .map(|name| (name.to_owned(), text(&made, name)))
        .into();
    let book = made.iter().find(|file| &*file.name == "doisoat.xlsx");
    for (name, sheet) in sheets(&book.unwrap().bytes) {
        let cells = sheet.cells().map(|(_, _, cell)| cell.to_string());
        told.push((name, cells.collect::<Vec<_>>().join("\n")));
    }
    let paper = doisoat::report::pdf::render(&build(&scene)).unwrap();
    told.push((
        "pdf".to_owned(),
        crate::pdf::is_accessible(&paper, "vi-VN").letters(),
    ));
    told.push(("mail".to_owned(), format!("{:?}", mail(&scene))));
    for (name, text) in &told {
        for secret in ["CANARY", "0123455555"] {
            assert!(!text.contains(secret), "{name}: {secret}");
        }
    }
    let page = &told[0].1;
    assert!(page.contains("RC1,1,45000,2022-12-05,T*** C***** N***,000.00.31.H48"));
    assert!(page.contains("T*** C***** N*** ******5555"));
    assert!(page.contains("không phải là số tiền"), "the reason stays");
    let first = &scene.inputs.rejects[0];
    assert!(page.contains(&*first.file) && page.contains(&first.line.to_string()));
}
