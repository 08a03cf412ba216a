//! Registry exports in other people's tables: columns by `[source.map]`, spreadsheets, OpenCPS.

mod columns;
mod merged;

use std::collections::BTreeMap;

use doisoat::domain::{RejectCode, SourceName};
use doisoat::format::{FormatError, tables};
use doisoat::job::verify::{Which, verify};
use doisoat::normalise::rewrite::{Place, rewrite};
use doisoat::normalise::{RegistryRows, opencps, registry};
use doisoat::source::Words;
use doisoat::source::registry::FileKind;

use crate::database::Kind;
use crate::hostile_files::xlsx;
use crate::town::{FIRST, Town, codes, day, document, night, source};

const OURS: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
declared_method,due_at,payer_name,status,received_at,filing_channel,collection_mode,paid_at\n\
H48.18.22-221205-0001,F1,le_phi,8000,H48.18.22,1.001612,cash,2022-12-06,TRAN THI B,paid,\
2022-12-05T08:30:00,1,before,2022-12-05T08:31:10\n\
H48.18.22-221205-0002,F2,phi,1250000,H48.18.22,1.001612,portal,2022-12-09,LE VAN C,unpaid,\
2022-12-05T00:00:00,2,after,\n";

const HEADINGS: [(&str, &str); 14] = [
    ("dossier_code", "Số hồ sơ"),
    ("fee_id", "Mã khoản thu"),
    ("fee_kind", "Loại"),
    ("amount_vnd", "Số tiền (đồng)"),
    ("payer_name", "Người nộp"),
    ("procedure_code", "Mã TTHC"),
    ("declared_method", "Hình thức"),
    ("due_at", "Hạn nộp"),
    ("status", "Trạng thái; Tình trạng"),
    ("status_paid", "Đã thu tiền; 3"),
    ("received_at", "Tiếp nhận"),
    ("filing_channel", "Kênh"),
    ("collection_mode", "Thu"),
    ("paid_at", "Ngày thu"),
];

const ROWS: [[&str; 12]; 3] = [
    [
        "Số hồ sơ",
        "Mã khoản thu",
        "Loại",
        "Số tiền (đồng)",
        "Mã TTHC",
        "Hình thức",
        "Hạn nộp",
        "Người nộp",
        "Tình trạng",
        "Tiếp nhận",
        "Kênh",
        "Thu",
    ],
    [
        "H48.18.22-221205-0001",
        "F1",
        "Lệ phí",
        "8.000",
        "1.001612",
        "tien-mat",
        "06/12/2022",
        "TRAN THI B",
        "đã thu tiền",
        "05/12/2022 08:30:00",
        "Trực tiếp",
        "Thu trước",
    ],
    [
        "H48.18.22-221205-0002",
        "F2",
        "Phí",
        "1.250.000",
        "1.001612",
        "Trực tuyến",
        "09/12/2022",
        "LE VAN C",
        "Chưa thanh toán",
        "05/12/2022",
        "Trực tuyến",
        "Thu sau",
    ],
];

fn words(pairs: &[(&str, &str)], kind: &str) -> Words {
    let table = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let table: BTreeMap<String, String> = table.collect();
    Words::of_files(kind, Some(&table)).unwrap()
}

/// The rows with a title above them and the day of payment at their end.
fn cells() -> Vec<Vec<String>> {
    let paid = ["Ngày thu", "05/12/2022 08:31:10", ""];
    let rows = ROWS.iter().zip(paid).map(|(row, paid)| {
        let cells = row.iter().map(|cell| (*cell).to_owned());
        cells.chain([paid.to_owned()]).collect()
    });
    let title = vec!["DANH SÁCH KHOẢN THU".to_owned()];
    [title].into_iter().chain(rows).collect()
}

fn place(source: &SourceName) -> Place<'_> {
    Place {
        file: "dossier_fees.csv",
        source,
        day: day(FIRST),
    }
}

fn read_mapped(bytes: &[u8], words: &Words) -> Result<(RegistryRows, usize), FormatError> {
    read_kind(FileKind::DossierFees, bytes, words)
}

fn read_kind(
    kind: FileKind,
    bytes: &[u8],
    words: &Words,
) -> Result<(RegistryRows, usize), FormatError> {
    let source = SourceName::new("r");
    let sheets = tables::Tables::read(bytes.to_vec(), tables::Forms::default())?.sheets;
    let ours = rewrite(&sheets, kind, words, place(&source))?;
    let rows = registry::read("x", kind, &ours.csv, &source, day(FIRST)).unwrap();
    Ok((rows, ours.rejects.len()))
}

fn read_ours(text: &str) -> RegistryRows {
    let (source, kind): (SourceName, FileKind) = (SourceName::new("r"), FileKind::DossierFees);
    registry::read("x", kind, text.as_bytes(), &source, day(FIRST)).unwrap()
}

fn as_csv(rows: &[Vec<String>]) -> String {
    let lines: Vec<String> = rows.iter().map(|row| row.join(";")).collect();
    lines.join("\n")
}

/// A sheet of texts.
fn as_sheet(rows: &[Vec<String>]) -> String {
    let row = |(row, number): (&Vec<String>, usize)| {
        let cell = |(text, at): (&String, u8)| {
            let column = char::from(b'A' + at);
            format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
        };
        let cells: String = row.iter().zip(0_u8..).map(cell).collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    rows.iter().zip(1..).map(row).collect()
}

#[test]
fn another_offices_table_reads_as_ours() {
    let expected = read_ours(OURS);
    assert_eq!((expected.fees.len(), expected.rejects.len()), (2, 0));
    let words = words(&HEADINGS, "export");
    let (csv, _) = read_mapped(as_csv(&cells()).as_bytes(), &words).unwrap();
    assert_eq!(csv.fees, expected.fees);
    let (book, _) = read_mapped(&xlsx(&as_sheet(&cells())), &words).unwrap();
    assert_eq!(book.fees, expected.fees);
    // our own columns in a spreadsheet need no mapping
    let own: Vec<Vec<String>> = OURS
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect();
    let (book, _) = read_mapped(&xlsx(&as_sheet(&own)), &Words::default()).unwrap();
    assert_eq!(book.fees, expected.fees);
}

#[test]
fn what_cannot_be_read_keeps_its_line_and_its_text() {
    let words = words(&HEADINGS, "export");
    let mut rows = cells();
    "8.000,5".clone_into(&mut rows[2][3]);
    "Đang xem".clone_into(&mut rows[3][8]);
    let (read, _) = read_mapped(as_csv(&rows).as_bytes(), &words).unwrap();
    let said: Vec<_> = read
        .rejects
        .iter()
        .map(|r| (r.line, &*r.column, &*r.value, r.code))
        .collect();
    assert_eq!(
        said,
        [
            (3, "amount_vnd", "8.000,5", RejectCode::BadAmount),
            (4, "status", "Đang xem", RejectCode::UnknownWord),
        ]
    );
    // a heading that is missing is named
    let mut rows = cells();
    "Tiền".clone_into(&mut rows[1][3]);
    let error = read_mapped(as_csv(&rows).as_bytes(), &words).unwrap_err();
    let FormatError::MissingColumns { columns, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(columns, ["amount_vnd"]);
}

#[test]
fn an_id_that_a_spreadsheet_cut_is_a_reject() {
    let sheet = as_sheet(&cells()).replace(
        "<c r=\"B4\" t=\"inlineStr\"><is><t>F2</t></is></c>",
        "<c r=\"B4\"><v>1.2345678901234567E+17</v></c>",
    );
    let (read, lost) = read_mapped(&xlsx(&sheet), &words(&HEADINGS, "export")).unwrap();
    assert_eq!((read.fees.len(), lost), (1, 1));
}

#[test]
fn a_mapping_is_held_against_what_there_may_be() {
    let fails = |key: &str, value: &str, said: &str| {
        let table = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        let (message, fix) = Words::of_files("export", Some(&table)).unwrap_err();
        assert!(format!("{message} {fix}").contains(said), "{message} {fix}");
    };
    fails("dosier_code", "x", "did you mean \"dossier_code\"?");
    fails("time_format", "yyyy/dd/MM", "source.map.time_format");
    fails("thousands", " ", "source.map.thousands");
    fails("status_payed", "x", "status_paid");
}

const OPENCPS: &str = "referenceUid,dossierNo,serviceCode,govAgencyCode,feeAmount,serviceAmount,\
shipAmount,paymentAmount,paymentStatus,paymentMethod,confirmDatetime,invoiceTemplateNo,\
invoiceIssueNo,invoiceNo\n\
u1,H48.18.22-221205-0001,1.001612,H48.18.22,8000,0,26000,34000,5,Tiền mặt,05/12/2022 08:30:00,\
01BLP0-001,BI-22T,0000007\n\
u2,H48.18.22-221205-0002,1.001612,H48.18.22,50000,10000,0,60000,3,KeyPayDVCQG,1670203800000,,,\n\
u3,H48.18.22-221205-0003,1.001612,,0,0,0,0,1,,,,,\n\
u4,H48.18.22-221205-0004,1.001612,H48.18.22,8000,,0,8000,4,Chuyển khoản,,,,\n\
u5,H48.18.22-221205-0005,1.001612,H48.18.22,8000,0,0,8000,2,Ngân hàng số,,,,\n";

#[test]
fn a_payment_file_of_opencps_is_up_to_two_fees_and_a_receipt_of_cash() {
    let source = SourceName::new("opencps");
    let sheets = tables::Tables::read(OPENCPS.into(), tables::Forms::default())
        .unwrap()
        .sheets;
    let read = |words: &Words| opencps::read(&sheets, words, place(&source)).unwrap();
    let rows = read(&Words::default());
    let fees: Vec<String> = rows
        .fees
        .iter()
        .map(|fee| {
            let paid = fee.more.paid_at.as_ref().map(|at| at.text().into_owned());
            format!(
                "{} {} {} {} {} {}",
                fee.fee_id,
                fee.kind.id(),
                fee.amount,
                fee.status.id(),
                fee.declared_method.id(),
                paid.unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        fees,
        [
            "u1-LP le_phi 8000 paid cash 2022-12-05T08:30:00",
            "u2-LP le_phi 50000 paid portal 2022-12-05T08:30:00+07:00",
            "u2-P phi 10000 paid portal 2022-12-05T08:30:00+07:00",
            "u3-LP le_phi 0 unpaid  ",
        ]
    );
    let receipts: Vec<&str> = rows.receipts.iter().map(|r| &*r.receipt_no).collect();
    assert_eq!((receipts, rows.lines), (vec!["0000007"], 5));
    assert_eq!(rows.fees[3].agency_code.as_str(), "H48.18.22");
    let said: Vec<_> = rows
        .rejects
        .iter()
        .map(|r| (r.line, &*r.column, &*r.value))
        .collect();
    // the state 4 and the means of payment are for the office to tell
    assert_eq!(
        said,
        [
            (5, "paymentStatus", "4"),
            (6, "paymentMethod", "Ngân hàng số")
        ]
    );
    let told = [
        ("status_cancelled", "4"),
        ("declared_method_transfer", "Ngân hàng số"),
    ];
    let rows = read(&words(&told, "opencps"));
    assert_eq!((rows.fees.len(), rows.rejects.len()), (6, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_reads_them_from_the_folder() {
    let town = Town::new(Kind::Sqlite).await;
    let inbox = town.dir().join("inbox");
    std::fs::write(
        inbox.join("dossier_fees_2022-12-05.xlsx"),
        xlsx(&as_sheet(&cells())),
    )
    .unwrap();
    std::fs::create_dir(town.dir().join("cps")).unwrap();
    std::fs::write(town.dir().join("cps/PaymentFile 05-12-2022.csv"), OPENCPS).unwrap();
    town.set_now(day("2022-12-06").start_ms() + 1);
    let map = HEADINGS.map(|(key, text)| format!("{key} = \"{text}\"\n"));
    let map = map.concat();
    let edit = |text: String| {
        let (head, _) = text.split_once("[[source]]").unwrap();
        format!(
            "{head}[[source]]\nname = \"r\"\nkind = \"export\"\npath = \"inbox\"\n[source.map]\n{map}\
             [[source]]\nname = \"cps\"\nkind = \"opencps\"\npath = \"cps\"\n[source.map]\n\
             declared_method_transfer = \"Ngân hàng số\"\nstatus_unpaid = \"4\"\n"
        )
    };
    let desk = town.desk(&edit).await;
    let done = night(&desk, FIRST).await;
    let run = document(&done);
    assert_eq!(codes(&done), [0], "{}", run["sources"]);
    assert_eq!(source(&run, "r")["rows"], 2);
    assert_eq!(source(&run, "cps")["rows"], 5);
    assert!(!night(&desk, FIRST).await.published);
    // what the archive holds is read again as it was read
    let proved = verify(&desk, &Which::Last).await.unwrap();
    assert_eq!((proved.runs.len(), &proved.runs[0].found[..]), (1, &[][..]));
    let bad = |text: String| edit(text).replace("status_unpaid", "status_open");
    let desk = town.desk(&bad).await;
    let error = doisoat::job::pull::open(&desk, None).err().unwrap();
    assert!(format!("{error:?}").contains("status_open"));
}

/// The structure that `init` writes down: every agency of the old district has a successor, and a
/// code alone is no key.
#[test]
fn the_agencies_of_mo_duc_are_data() {
    use doisoat::domain::{AgencyCode, AgencyDirectory};
    let text = include_str!("../../src/cli/init/agencies.csv");
    let source = SourceName::new("r");
    let kind = FileKind::Agencies;
    let rows = registry::read("agencies.csv", kind, text.as_bytes(), &source, day(FIRST)).unwrap();
    assert_eq!((rows.agencies.len(), rows.rejects.len()), (20, 0));
    let directory = AgencyDirectory::new(rows.agencies);
    let (before, after) = (day("2025-06-30"), day("2025-07-01"));
    let name = |code: &str, on| {
        let found = directory.on(&AgencyCode::new(code), on);
        found.map_or("", |agency| &*agency.name).to_owned()
    };
    assert_eq!(name("21400", before), "UBND thị trấn Mộ Đức");
    assert_eq!(name("21400", after), "UBND xã Mộ Đức");
    // the district is an area over the four communes, marked as such
    assert_eq!(name("533", before), "UBND huyện Mộ Đức");
    assert_eq!(name("533", after), "Địa bàn huyện Mộ Đức (cũ)");
    for code in ["21400", "21409", "21421", "21433"] {
        let above = directory.above(&AgencyCode::new(code), after);
        let above: Vec<&str> = above.iter().map(AgencyCode::as_str).collect();
        assert_eq!(above, ["533", "51"], "{code}");
    }
    let now = |code: &str| directory.current(&AgencyCode::new(code), before, after);
    for (old, new) in [
        ("21403", "Long Phụng"),
        ("21406", "Long Phụng"),
        ("21412", "Mỏ Cày"),
        ("21430", "Mộ Đức"),
        ("21436", "Lân Phong"),
        ("21400", "Mộ Đức"),
    ] {
        assert_eq!(
            name(now(old).as_str(), after),
            format!("UBND xã {new}"),
            "{old}"
        );
    }
}
