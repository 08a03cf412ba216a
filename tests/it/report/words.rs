//! What people read of changes and of what arrived: what the bank knows a row by, and words beside
//! the stable ids.

use doisoat::domain::{Arrived, Lang};
use doisoat::report::csv::{self, Style};
use doisoat::report::facts::Replaced;
use doisoat::report::facts::diff::{Became, Cause, Diff, MatchChange, RowChange};

use super::{build, example};
use crate::town::day;

const MADE: &str = "~8827faa86f05-1";
const OTHER: &str = "~0123456789ab-1";

fn change(key: &str) -> RowChange {
    RowChange {
        kind: "txn",
        key: key.into(),
        became: Became::Added,
        column: "".into(),
        before: "".into(),
        after: "".into(),
        dossier: Some("H48.18.22-221205-0010".into()),
        told_by: None,
    }
}

#[test]
fn a_change_calls_a_row_by_what_the_bank_knows_it_by() {
    let mut scene = example::undecided();
    let mut txn = scene.inputs.txns[0].clone();
    txn.source = doisoat::domain::SourceName::new("bank-main");
    (txn.id, txn.bank_ref) = (MADE.into(), Some("FTLATE1".into()));
    let mut unnumbered = txn.clone();
    (unnumbered.id, unnumbered.bank_ref) = (OTHER.into(), None);
    scene.inputs.txns.extend([txn, unnumbered]);
    let known = format!("bank-main/{MADE}");
    let cause = Cause::Input {
        kind: "txn",
        key: known.as_str().into(),
        told_by: None,
    };
    scene.facts.replaced = Some(Replaced {
        version: 1,
        diff: Diff {
            from: "a".into(),
            to: "b".into(),
            same_night: true,
            equal: false,
            rules: Vec::new(),
            fee_table: None,
            program: None,
            sources: Vec::new(),
            figures: Vec::new(),
            totals: Vec::new(),
            inputs: vec![
                change(&known),
                change(&format!("bank-main/{OTHER}")),
                change("bank-main/~ffffffffffff-1"),
                change("sepay-main/107"),
            ],
            matches: vec![MatchChange {
                became: Became::Added,
                money: format!("txn {known}").into(),
                fee: "H48.18.22-221205-0010/F1".into(),
                before: "".into(),
                after: "settles 8000 extracted_key".into(),
                cause,
            }],
            classes: Vec::new(),
            exceptions: Vec::new(),
            findings: Vec::new(),
            shares: Vec::new(),
            not_compared: Vec::new(),
        },
    });
    let report = build(&scene);
    let changes = report.changes.as_ref().unwrap();
    let lines = |kind: &str| {
        let sections = changes.sections.iter();
        let section = sections.into_iter().find(|section| section.kind == kind);
        section.unwrap().lines.clone()
    };
    let rows: Vec<String> = lines("row").iter().map(|line| line.what.clone()).collect();
    assert_eq!(
        rows[0],
        "giao dịch bank-main/FTLATE1 (H48.18.22-221205-0010)"
    );
    let unnumbered = "giao dịch bank-main: dòng không có mã giao dịch, ";
    assert!(rows[1].starts_with(unnumbered), "{rows:?}");
    assert!(rows[1].contains("09:15:00 05/12/2022"), "{rows:?}");
    assert!(
        rows[2].starts_with("giao dịch bank-main, ngân hàng không ghi số ("),
        "{rows:?}"
    );
    assert!(rows[3].contains("sepay-main/107"), "{rows:?}");
    let link = &lines("link")[0];
    assert!(
        link.what.starts_with("giao dịch bank-main/FTLATE1 → "),
        "{link:?}"
    );
    assert!(
        link.after.ends_with("(Mã hồ sơ trong nội dung)"),
        "{link:?}"
    );
    assert_eq!(link.cause, "giao dịch bank-main/FTLATE1");
}

#[test]
fn what_arrived_is_told_in_words_beside_the_ids() {
    let row = |kind: &'static str, became: &'static str, says: &str| Arrived {
        told: day("2022-12-06"),
        kind,
        key: "k".into(),
        became,
        says: says.into(),
        dossier: None,
        day: day("2022-12-05"),
        amount_vnd: Some(1),
        bank_ref: (kind == "txn").then(|| "FT1".into()),
        by: None,
        reason: None,
    };
    let rows = [
        row("txn", "added", "payment success"),
        row("txn", "added", "payment unmapped: 04"),
        row("receipt", "changed", "void"),
        row("receipt", "added", "valid"),
        row("reject", "added", "bad_amount"),
        row("decision", "added", "write_off"),
        row("decision", "added", r#"{"rule":"not_fee"}"#),
        row(
            "decision",
            "added",
            r#"{"rule":{"pays":[{"dossier_code":"H48.18.22-221205-0001","fee_id":"P1","amount":40000}]}}"#,
        ),
        row("decision", "added", r#"{"assign":"Lan"}"#),
    ];
    let told = |lang| {
        let mut out = Vec::new();
        csv::write_arrived(&mut out, &rows, lang, Style::spreadsheet(lang)).unwrap();
        let text = String::from_utf8(out).unwrap();
        let text = text.trim_start_matches('\u{feff}').to_owned();
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().unwrap().clone();
        let at = |name: &str| head.iter().position(|cell| cell == name).unwrap();
        let columns = ["became", "says", "kind_label", "became_label", "says_label"].map(at);
        let rows = reader.records().map(|row| {
            let row = row.unwrap();
            columns.map(|at| row[at].to_owned()).join("|")
        });
        rows.collect::<Vec<_>>()
    };
    let wanted = [
        "added|payment success|giao dịch|thêm|thanh toán, thành công",
        "added|payment unmapped: 04|giao dịch|thêm|thanh toán, trạng thái lạ: 04",
        "changed|void|biên lai|đổi|đã hủy",
        "added|valid|biên lai|thêm|còn hiệu lực",
        "added|bad_amount|dòng không đọc được|thêm|không phải là số tiền",
        "added|write_off|quyết định về|thêm|Không theo dõi tiếp",
        "added|{\"rule\":\"not_fee\"}|quyết định về|thêm|Không phải khoản thu",
        concat!(
            r#"added|{"rule":{"pays":[{"dossier_code":"H48.18.22-221205-0001","fee_id":"P1","#,
            r#""amount":40000}]}}|quyết định về|thêm|ghép với khoản thu "#,
            "H48.18.22-221205-0001/P1 40.000\u{a0}₫",
        ),
        "added|{\"assign\":\"Lan\"}|quyết định về|thêm|giao người xử lý: Lan",
    ];
    assert_eq!(told(Lang::Vi), wanted);
    let english = told(Lang::En);
    let ids = |row: &str| {
        row.split('|')
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for (vi, en) in wanted.iter().zip(&english) {
        assert_eq!(ids(vi), ids(en));
        assert_ne!(vi, en);
    }
}
