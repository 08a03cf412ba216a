//! Layouts of banks: several sheets, a cell of date and number, pages with entities, days as
//! numbers, the month before the day; and settlement rows without a state.

use std::fmt::Write as _;
use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;

/// A spreadsheet of several sheets.
fn book(sheets: &[(&str, String)]) -> Vec<u8> {
    let mut book = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &str| {
        book.start_file(name, SimpleFileOptions::default()).unwrap();
        book.write_all(text.as_bytes()).unwrap();
    };
    let types = "http://schemas.openxmlformats.org";
    let office = format!("{types}/officeDocument/2006/relationships");
    let links = format!("{types}/package/2006/relationships");
    let main = format!("{types}/spreadsheetml/2006/main");
    part(
        "[Content_Types].xml",
        &format!("<Types xmlns=\"{types}/package/2006/content-types\"/>"),
    );
    part(
        "_rels/.rels",
        &format!(
            "<Relationships xmlns=\"{links}\"><Relationship Id=\"rId1\" \
             Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    let (mut names, mut targets) = (String::new(), String::new());
    for (n, (name, rows)) in sheets.iter().enumerate() {
        let id = n + 1;
        write!(
            names,
            "<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{n}\"/>"
        )
        .unwrap();
        write!(
            targets,
            "<Relationship Id=\"rId{n}\" Type=\"{office}/worksheet\" \
             Target=\"worksheets/sheet{n}.xml\"/>"
        )
        .unwrap();
        part(
            &format!("xl/worksheets/sheet{n}.xml"),
            &format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        );
    }
    part(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{names}</sheets></workbook>"
        ),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        &format!("<Relationships xmlns=\"{links}\">{targets}</Relationships>"),
    );
    book.finish().unwrap().into_inner()
}

fn sheet(rows: &[&[&str]]) -> String {
    let rows = rows.iter().zip(1..).map(|(cells, n)| sheet_row(n, cells));
    rows.collect()
}

const COLUMNS: &[&str] = &[
    "Ngày giao dịch",
    "Số tham chiếu",
    "Ghi nợ",
    "Ghi có",
    "Nội dung",
];

fn workbook(bytes: &[u8]) -> Inspection {
    inspect_bytes("a.xlsx", bytes, None, Lang::Vi)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sheet_is_read_or_told() {
    let one = sheet(&[
        COLUMNS,
        &[
            "05/12/2022",
            "1",
            "",
            "50.000",
            "NOP PHI H48.18.22-221205-0001",
        ],
    ]);
    let two = sheet(&[
        COLUMNS,
        &["05/12/2022", "2", "20.000", "", "b"],
        &["05/12/2022", "3", "", "8.000.0", "c"],
    ]);
    let notes = sheet(&[&["Ghi chú"], &["Ngày in", "06/12/2022"]]);
    let file = workbook(&book(&[
        ("Bìa", notes.clone()),
        ("T1", one.clone()),
        ("T2", two.clone()),
    ]));
    assert_eq!(
        (sums(&file), bad(&file)),
        (vec![(2, "50000", "20000")], vec![(3, "T2!Ghi có")])
    );
    assert_eq!(file.error, None);
    // a sheet of another shape, and one without headings
    let other = sheet(&[&["Ngày", "Số tiền"], &["05/12/2022", "9.000"]]);
    let bare = sheet(&[&["05/12/2022", "4", "", "9.000", "x"]]);
    for (lost, line) in [(&other, 2), (&bare, 1)] {
        let bytes = book(&[("T1", one.clone()), ("Khác", lost.clone())]);
        let error = workbook(&bytes).error.unwrap();
        let said = format!("trang tính \"Khác\", từ dòng {line} còn các dòng");
        assert!(error.contains(&said), "{error}");
        let office = Office::bank(Kind::Sqlite).await;
        office.put("a.xlsx", &bytes);
        assert_eq!(figures(&office.night(FIRST).await.1), ("partial", 0, 0));
        assert!(page(&office).contains("Khác"));
        // the mapping names the sheet that counts
        let office = mapped("sheet = \"T1\"\n").await;
        office.put("a.xlsx", &bytes);
        let (_, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 1, 50_000), "{of}");
    }
}

#[test]
fn a_cell_of_date_and_number_is_both() {
    let rows = sheet(&[
        &["SAO KÊ TÀI KHOẢN\nSTATEMENT OF ACCOUNT"],
        &["Số tài khoản/ Account number", "", "0071000000001"],
        &[
            "Từ ngày/ From",
            "",
            "05/12/2022",
            "Đến ngày/ To",
            "05/12/2022",
        ],
        &["Số dư đầu kỳ/ Opening balance", "", "1,000,000 VND"],
        &[
            "STT\nNo.",
            "Ngày\nTNX Date/ Số CT\nDoc No",
            "Ghi nợ\nDebit",
            "Ghi có\nCredit",
            "Số dư\nBalance",
            "Nội dung chi tiết\nTransactions in detail",
        ],
        &[
            "1",
            "05/12/2022\n5078 - 31201",
            "",
            "50,000",
            "1,050,000",
            "NOP PHI",
        ],
        &[
            "2",
            "05/12/2022                5078.31202",
            "20,000",
            "",
            "1,030,000",
            "PHI",
        ],
        &["Tổng số/Total", "", "20,000", "50,000"],
        &["Số dư cuối kỳ/ Closing balance", "", "1,030,000 VND"],
    ]);
    let file = workbook(&book(&[("VCBACCOUNTDETAIL", rows)]));
    assert_eq!(
        (sums(&file), bad(&file)),
        (vec![(2, "50000", "20000")], vec![])
    );
    let found = &file.statements[0];
    assert_eq!(found.account.as_deref(), Some("0071000000001"));
    let balances = (found.opening.as_deref(), found.closing.as_deref());
    assert_eq!(balances, (Some("1000000"), Some("1030000")));
    assert_eq!(found.balanced, Some(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_entities_is_read_as_it_looks() {
    let cells = |tag: &str, cells: &[&str]| {
        let cells = cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>"));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let head = cells(
        "th",
        &[
            "Ng&agrave;y&nbsp;giao&nbsp;d&#7883;ch",
            "S&#x1ED1; tham chi&#7871;u",
            "Ghi&nbspn&#7907;",
            "Ghi c&oacute;",
            "N&#7897;i dung",
        ],
    );
    let memo = "NGUYEN&nbsp;VAN A &amp; B NOP PHI H48.18.22-221205-0001";
    let paid = cells(
        "td",
        &[
            "05/12/2022&nbsp;",
            "5078.1",
            "&nbsp;",
            "50,000&nbsp;VND",
            memo,
        ],
    );
    let page = format!("<html><body><table>{head}{paid}</table></body></html>");
    let office = Office::bank(Kind::Sqlite).await;
    office.put("saoke.xls", page.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 1, 50_000), "{of}");
    let dump = office.town.dump().await;
    assert!(dump.contains("NGUYEN VAN A & B NOP PHI"), "{dump}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_of_days_is_read_in_one_way() {
    let text = |days: [&str; 3]| {
        let row = |n: usize| format!("{};{};;50.000;a\n", days[n], n + 1);
        format!("{HEAD}{}{}{}", row(0), row(1), row(2))
    };
    let check = async |days: [&str; 3], rows: u64, rejects: u64| {
        let office = Office::bank(Kind::Sqlite).await;
        office.put("bank_2022-12-05.csv", text(days).as_bytes());
        let (_, of) = office.night(FIRST).await;
        let found = (of["rows"].as_u64(), of["rejects"].as_u64());
        assert_eq!(found, (Some(rows), Some(rejects)), "{days:?} {of}");
    };
    // rows of the night itself: 5 December 2022
    check(["05/12/2022", "05/12/2022", "04/12/2022"], 2, 0).await;
    check(["12/05/2022", "11/30/2022", "11/29/2022"], 1, 0).await;
    // one slip turns no file: the others are of 12 May
    check(["12/05/2022", "11/30/2022", "12/05/2022"], 0, 0).await;
    check(["44900", "44899", "44900"], 2, 0).await;
    // the column proves both, or Excel turned some of its days round: nobody knows
    check(["05/12/2022", "11/30/2022", "30/11/2022"], 0, 2).await;
    check(["44900", "30/11/2022", "44900"], 0, 2).await;
    let proposed = read(&text(["12/05/2022", "11/30/2022", "11/29/2022"])).mapping;
    assert!(proposed.unwrap().contains("time_format = \"MM/dd/yyyy\"\n"));
    let proposed = read(&text(["44900", "44899", "44900"])).mapping;
    assert!(proposed.unwrap().contains("time_format = \"excel\"\n"));
}

#[test]
fn separators_are_proposed_only_where_the_file_shows_them() {
    let of = |amount: &str| {
        let text = format!("{HEAD}05/12/2022;1;;{amount};a\n");
        read(&text).mapping.unwrap()
    };
    assert!(of("50.000").contains("thousands = \".\"\ndecimal = \",\"\n"));
    assert!(of("50,000").contains("thousands = \",\"\ndecimal = \".\"\n"));
    let plain = of("50000");
    assert!(
        !plain.contains("thousands") && !plain.contains("decimal"),
        "{plain}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_its_state_is_never_paid() {
    let map = "[source.map]\ntime = \"Thời gian\"\nbank_ref = \"Mã\"\namount = \"Số tiền\"\n\
        status = \"Trạng thái\"\nmemo = \"Mô tả\"\n";
    let source = format!("{}\n{map}", BANK.replace("\"statement\"", "\"settlement\""));
    let office = Office::new(Kind::Sqlite, &source).await;
    let text = "Thời gian;Mã;Số tiền;Trạng thái;Mô tả\n\
        05/12/2022 08:00:00;M1;50.000;Thành công;H48.18.22-221205-0001\n\
        05/12/2022 09:00:00;M2;8.000;;H48.18.22-221205-0002\n";
    office.put("momo_2022-12-06.csv", text.as_bytes());
    let (night, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 2, 58_000), "{of}");
    let kinds = of["by_kind"].to_string();
    assert!(
        kinds.contains("unmapped") && kinds.contains("success"),
        "{kinds}"
    );
    let exceptions = crate::town::document(&night)["exceptions"].to_string();
    assert!(exceptions.contains("status_mismatch"), "{exceptions}");
    // a statement that tells states is held to them
    let office = Office::bank(Kind::Sqlite).await;
    let text = "Ngày;Số CT;Ghi có;Trạng thái;Nội dung\n05/12/2022;1;50.000;Thất bại;x\n";
    office.put("a.csv", text.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert!(of["by_kind"].to_string().contains("failed"), "{of}");
}
