//! What goes out of the house names rows by what the bank knows them by, says what is left over at
//! a dossier, and says which days it lacks.

use std::fs;
use std::path::Path;

use doisoat::classify::{self, Severity};
use doisoat::domain::{Lang, RejectCode, Side, Vnd};
use doisoat::matching::Evidence;
use doisoat::text::letter::{Matter, letter};

use crate::cli::{doisoat, stdout};
use crate::database::Kind;
use crate::forms::said;
use crate::town::{FIRST, Town, as_is, day, night};

const CONFIG: &str = r#"
lang = "vi"
[start]
date = "2022-12-01"
[database]
url = "sqlite://doisoat.db"
[archive]
dir = "archive"
[report]
dir = "reports"
formats = ["html", "csv", "json"]
[[target]]
definition = "TX_CASHLESS"
share = "50%"
valid_from = "2022-11-01"
[[source]]
name = "one-stop"
kind = "export"
path = "inbox/one-stop"
[[source]]
name = "bank"
kind = "statement"
path = "inbox/bank"
account = "0071000000001"
"#;

/// Lines of a fee: dossier, id, amount.
const FEES: [(&str, &str, u32); 3] = [
    ("000.00.03.H48-221207-0003", "F3", 50_000),
    ("000.00.02.H48-221207-0005", "F5", 80_000),
    ("000.00.02.H48-221207-0010", "F10", 150_000),
];

/// The export of the one-stop system.
fn fees() -> String {
    let head = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
        declared_method,due_at,payer_name,status,received_at\n";
    let line = |(code, id, amount): &(&str, &str, u32)| {
        let agency = code.split('-').next().unwrap();
        format!(
            "{code},{id},phi,{amount},{agency},1.001000.000.00.00.H48,transfer,,Lê Văn Thử,paid,\
             2022-12-07T08:00:00+07:00\n"
        )
    };
    head.to_owned() + &FEES.iter().map(line).collect::<String>()
}

const BANK: &str = "\
Ngày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Số dư,Mô tả
07/12/2022 08:20:00,FT102,,50000,1050000,000.00.03.H48-221207-0003
07/12/2022 08:25:00,FT103,,50000,1100000,000.00.03.H48-221207-0003
07/12/2022 08:40:00,FT105,,80000,1180000,000.00.02.H48-221207-0005
07/12/2022 09:00:00,FT106,,150000,1330000,000.00.02.H48-221207-0010
07/12/2022 10:00:00,FT107,50000,,1280000,HOAN TIEN 000.00.02.H48-221207-0010
07/12/2022 10:10:00,FT108,80000,,1200000,HOAN TIEN 000.00.02.H48-221207-0005
07/12/2022 11:00:00,FT109,,33000,1233000,chuyen tien
";

/// An office whose bank tells references, and one night of it.
fn office(dir: &Path) {
    let fees = fees();
    for (name, text) in [
        ("doisoat.toml", CONFIG),
        ("inbox/one-stop/dossier_fees_2022-12-07.csv", &fees),
        ("inbox/bank/saoke_2022-12-07.csv", BANK),
    ] {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    assert!(did(dir, &["init", "."]).0);
    did(dir, &["run", "--date", "2022-12-07"]);
}

fn did(dir: &Path, args: &[&str]) -> (bool, String) {
    let output = doisoat(dir).args(args).output().unwrap();
    (output.status.success(), stdout(&output))
}

#[test]
fn what_goes_out_names_rows_as_the_bank_does() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    office(dir);
    let page = fs::read_to_string(dir.join("reports/2022-12-07/index.html")).unwrap();
    let letter = "số tham chiếu FT103, tài khoản *********0001, ngày 07/12/2022 lúc 08:25:00";
    assert!(page.contains(letter), "the text to copy");
    assert!(page.contains("nộp thêm một lần bằng FT103 (08:25:00 07/12/2022)"));
    assert!(page.contains("đã được nộp bằng FT102 (08:20:00 07/12/2022)"));
    let rows = fs::read_to_string(dir.join("reports/2022-12-07/exceptions.csv")).unwrap();
    let id = |class: &str| {
        let mut rows = csv::Reader::from_reader(rows.trim_start_matches('\u{feff}').as_bytes());
        let mut rows = rows.records().map(Result::unwrap);
        let row = rows.find(|row| &row[0] == "txn" && &row[2] == class);
        let row = row.unwrap();
        assert!(row[1].starts_with('~'), "the key stays: {row:?}");
        row[7].to_owned()
    };
    let (_, shown) = did(dir, &["exceptions", "show", &id("duplicate")]);
    assert!(
        shown.contains(letter) && shown.contains("bằng FT102 ("),
        "{shown}"
    );
    let (_, shown) = did(dir, &["exceptions", "show", &id("refunded")]);
    assert!(shown.contains("giao dịch FT105 ("), "{shown}");
}

/// Every class of the work list has a text to copy, whatever kind of row it is of: to somebody who
/// can help, or to the officer in charge.
#[test]
fn every_class_that_needs_somebody_has_a_text() {
    let place = Evidence::At(
        "saoke_0071000000001.csv".into(),
        12,
        "amount".into(),
        "".into(),
        RejectCode::BadAmount,
    );
    let mut told = std::collections::BTreeSet::new();
    for class in classify::CLASSES {
        for side in [Side::Fee, Side::Receipt, Side::Txn] {
            for (lang, sum) in [(Lang::Vi, "50.000"), (Lang::En, "50,000")] {
                let evidence = [place.clone()];
                let matter = Matter {
                    class: class.id,
                    side,
                    source: "bank-main",
                    id: "FT1",
                    dossier: "H48.18.22-221202-0001",
                    amount: Vnd::new(50_000),
                    day: day("2022-12-05"),
                    txn: None,
                    place: None,
                };
                let made = letter(lang, &matter.standing(evidence[0].place()));
                let needs = class.severity != Severity::Info;
                assert_eq!(made.is_some(), needs, "{} {side:?}", class.id);
                let Some((to, text)) = made else { continue };
                assert!(text.contains("FT1") && text.contains(sum), "{text}");
                assert!(
                    !to.contains("letter-") && !text.contains("letter-"),
                    "{to}: {text}"
                );
                assert!(!text.contains('{') && text.ends_with(['.', '?']), "{text}");
                let has_place = text.contains("saoke_*********0001.csv") && text.contains("12");
                assert_eq!(has_place, class.id == "reject", "{text}");
                if lang == Lang::Vi {
                    told.insert(to);
                }
            }
        }
    }
    let kinds = [
        "ngân hàng",
        "một cửa",
        "thu ngân",
        "đơn vị có tài khoản",
        "cán bộ phụ trách",
    ];
    for kind in kinds {
        assert!(told.iter().any(|to| to.contains(kind)), "{kind}: {told:?}");
    }
}

#[test]
fn papers_name_the_reference_what_is_left_over_and_the_days_they_lack() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    office(dir);
    assert!(did(dir, &["report", "--month", "2022-12", "--form", "minutes"]).0);
    let folder = dir.join("reports/2022-12_minutes");
    let texts = said(&fs::read(folder.join("bien-ban-doi-soat_bank.docx")).unwrap());
    assert!(!texts.iter().any(|text| text.contains('~')), "{texts:?}");
    let left = |reference: &str| {
        let at = texts.iter().position(|text| text == reference);
        texts[at.unwrap_or_else(|| panic!("{reference}: {texts:?}")) + 5].as_str()
    };
    let found = ["FT103", "FT107", "FT108"].map(left);
    assert_eq!(found, ["50.000", "-50.000", "-80.000"], "{texts:?}");
    let annex = fs::read_to_string(folder.join("bien-ban-doi-soat_bank_phu-luc.csv")).unwrap();
    assert!(
        annex
            .lines()
            .next()
            .unwrap()
            .ends_with(",amount_vnd,bank_ref")
    );
    assert!(annex.contains(",33000,FT109\n"), "{annex}");
    let lacks = "Trong kỳ chưa có số liệu chốt của các ngày: 01/12/2022 – 06/12/2022; \
        08/12/2022 – 31/12/2022.";
    assert!(texts.iter().any(|text| text == lacks), "{texts:?}");
    assert!(did(dir, &["report", "--month", "2022-12", "--form", "payments"]).0);
    let form = dir.join("reports/2022-12_payments/thanh-toan-766.docx");
    let texts = said(&fs::read(form).unwrap());
    assert!(texts.iter().any(|text| text == lacks), "{texts:?}");
}

/// Each candidate stands in one column, beside the test that it failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_stands_once_beside_its_row() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = Box::pin(town.desk(&as_is)).await;
    town.morning_after(day(FIRST));
    Box::pin(night(&desk, FIRST)).await;
    let page = fs::read_to_string(town.folder(FIRST).join("index.html")).unwrap();
    let mut several = 0;
    for part in page.split("<details class=\"compare\">").skip(1) {
        let table = part.split("</table>").next().unwrap();
        let line = table.split("<tbody>").nth(1).unwrap();
        let line = line.split("</tr>").next().unwrap();
        let cells = line.split("<td>").skip(2);
        let mut codes: Vec<&str> = cells
            .map(|cell| cell.split("</td>").next().unwrap())
            .collect();
        let all = codes.len();
        several += usize::from(all > 1);
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all, "{table}");
    }
    assert!(several > 0, "rows with several candidates");
    let cells = |table: &str, label: &str| -> Vec<String> {
        let head = format!("<th scope=\"row\">{label}</th>");
        let line = table
            .split(&head)
            .nth(1)
            .map_or("", |rest| rest.split("</tr>").next().unwrap());
        let cells = line.split("<td>").skip(2);
        let plain = |cell: &str| cell.split("</td>").next().unwrap().replace("</b>", "");
        cells.map(plain).collect()
    };
    // the parts of every score add up to it
    let mut scores = 0;
    for part in page.split("<details class=\"compare\">").skip(1) {
        let table = part.split("</table>").next().unwrap();
        for (score, parts) in cells(table, "Điểm").iter().zip(cells(table, "Điểm gồm")) {
            let Some((score, _)) = score.split_once("/1000") else {
                assert!(parts.is_empty(), "{parts}");
                continue;
            };
            let points = parts.split("; ").map(|part| {
                let (points, _) = part.split_once(' ').unwrap();
                points.replace('−', "-").parse::<i32>().unwrap()
            });
            assert_eq!(
                points.sum::<i32>(),
                score.parse::<i32>().unwrap(),
                "{parts}"
            );
            scores += 1;
        }
    }
    assert!(scores > 0, "candidates with a score");
}
