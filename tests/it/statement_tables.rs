//! Tables of banks that are easily read wrongly: one column of amounts, sums between the pages,
//! further tables and sheets, thousands that look like fractions, formulas, ids as powers of ten,
//! months before days.

mod corrections;
mod exports;
mod layouts;
mod messages;
mod references;
mod sides;

use doisoat::cli::inspect::{Inspection, inspect_bytes};
use doisoat::domain::Lang;

use crate::database::Kind;
use crate::hostile_files::xlsx;
use crate::office::{BANK, Office, figures};
use crate::town::{FIRST, codes};

fn read(text: &str) -> Inspection {
    inspect_bytes("saoke.csv", text.as_bytes(), None, Lang::Vi)
}

/// Entries, money in and money out of each statement.
fn sums(file: &Inspection) -> Vec<(u64, &str, &str)> {
    let found = file.statements.iter();
    let sums = found.map(|s| (s.entries, &*s.credits.sum, &*s.debits.sum));
    sums.collect()
}

/// Line and column of each row that cannot be read.
fn bad(file: &Inspection) -> Vec<(u64, &str)> {
    let rows = file.rejects.iter();
    rows.map(|row| (row.line, &*row.column)).collect()
}

/// An office whose bank source has a mapping.
async fn mapped(map: &str) -> Office {
    let source = format!("{BANK}\n[source.map]\n{map}");
    Office::new(Kind::Sqlite, &source).await
}

fn page(office: &Office) -> String {
    let page = office.town.reports()[&format!("{FIRST}/index.html")].clone();
    String::from_utf8(page).unwrap()
}

#[test]
fn the_column_beside_a_single_amount_tells_the_direction() {
    for (heading, credit, debit) in [
        ("D/C", "C", "D"),
        ("Dr/Cr", "CR", "DR"),
        ("Nợ/Có", "Có", "Nợ"),
        ("N/C", "C", "N"),
        ("Ghi nợ/Ghi có", "Ghi có", "Ghi nợ"),
        ("Loại GD", "Tiền vào", "Tiền ra"),
        ("Loại giao dịch", "Ghi có/Credit", "Ghi nợ/Debit"),
        ("+/-", "+", "-"),
        ("Dấu", "(+)", "(-)"),
    ] {
        let text = format!(
            "Ngày giao dịch;Số tham chiếu;Số tiền;{heading};Nội dung\n\
             05/12/2022;1;50.000;{credit};a\n05/12/2022;2;20.000;{debit};b\n\
             05/12/2022;3;8.000;?;c\n15/12/2022;4;7.000;;d\n"
        );
        let file = read(&text);
        assert_eq!(sums(&file), [(2, "50000", "20000")], "{heading}");
        assert_eq!(bad(&file), [(4, heading), (5, heading)], "{heading}");
        let proposed = file.mapping.unwrap();
        let named = format!("direction = \"{heading}\"\n");
        assert!(proposed.contains(&named), "{proposed}");
        assert_eq!(file.notes, Vec::<String>::new(), "{heading}");
    }
}

#[test]
fn headings_of_two_rows_are_one() {
    let english = "Ngày giao dịch,Số tiền,Loại GD,Diễn giải\n\
        Transaction date,Amount,D/C,Description\n\
        05/12/2022,\"50,000\",C,a\n05/12/2022,\"20,000\",D,b\n";
    let grouped = "STT,Ngày,Số tiền giao dịch,,Số dư,Diễn giải\n,,Nợ,Có,,\n(1),(2),(3),(4),(5),(6)\n\
        1,05/12/2022,,\"50,000\",\"50,000\",a\n2,05/12/2022,\"20,000\",,\"30,000\",b\n";
    for text in [english, grouped] {
        let file = read(text);
        assert_eq!(sums(&file), [(2, "50000", "20000")], "{text}");
        assert_eq!(bad(&file), [], "{text}");
        assert_eq!(file.header_row, Some(1));
    }
    let proposed = read(grouped).mapping.unwrap();
    assert!(proposed.contains("debit = \"Số tiền giao dịch / Nợ\"\ncredit = \"Có\"\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_night_reads_what_inspect_proposes_for_two_rows() {
    let text = "STT;Ngày;Số tiền giao dịch;;Số dư;Diễn giải\n;;Nợ;Có;;\n\
        1;05/12/2022;;50.000;50.000;NOP PHI H48.18.22-221205-0001\n2;05/12/2022;20.000;;30.000;b\n";
    let map = read(text).mapping.unwrap();
    let office = mapped(map.strip_prefix("[source.map]\n").unwrap()).await;
    office.put("a.csv", text.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 2, 70_000), "{of}");
    let kinds = of["by_kind"].to_string();
    assert!(
        kinds.contains("debit") && kinds.contains("payment"),
        "{kinds}"
    );
}

const UNSIGNED: &str = "Ngày giao dịch;Số tham chiếu;Số tiền;Nội dung\n\
    05/12/2022;1;50.000;NOP PHI H48.18.22-221205-0001\n05/12/2022;2;20.000;RUT TIEN\n";

#[tokio::test(flavor = "multi_thread")]
async fn amounts_that_tell_no_direction_are_not_taken_for_payments() {
    let note = read(UNSIGNED).notes.join(" ");
    assert!(note.contains("\"Số tiền\" không có dấu"), "{note}");
    // neither by its words nor by a mapping that names the amount alone
    let map = "time = \"Ngày giao dịch\"\namount = \"Số tiền\"\nmemo = \"Nội dung\"\n";
    for office in [Office::bank(Kind::Sqlite).await, mapped(map).await] {
        office.put("a.csv", UNSIGNED.as_bytes());
        let (night, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("partial", 0, 0), "{of}");
        assert_eq!(codes(&night), [3]);
        let page = page(&office);
        assert!(page.contains("tệp bị cách ly") && page.contains("direction"));
    }
    // the mapping says what they are
    let office = mapped("amounts = \"in\"\n").await;
    office.put("a.csv", UNSIGNED.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 2, 70_000), "{of}");
    // a sign in any row, or balances that agree, tell it without a word
    let signed = UNSIGNED.replace("2;20.000", "2;-20.000");
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.csv", signed.as_bytes());
    assert_eq!(
        figures(&office.night(FIRST).await.1),
        ("complete", 2, 70_000)
    );
    assert!(
        read(&signed)
            .mapping
            .unwrap()
            .contains("amounts = \"signed\"\n")
    );
    // dates that leave no doubt
    let unsigned = UNSIGNED.replace("05/12/2022", "15/12/2022");
    let proven = format!("Số dư đầu kỳ;0\n{unsigned}Số dư cuối kỳ;70.000\n");
    assert_eq!(read(&proven).notes, Vec::<String>::new());
    let refuted = format!("Số dư đầu kỳ;0\n{unsigned}Số dư cuối kỳ;30.000\n");
    assert_eq!(read(&refuted).notes.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_an_office_tell_the_direction() {
    let map = "time = \"Ngày\"\namount = \"Số tiền\"\ndirection = \"Nhóm\"\nmemo = \"Nội dung\"\n\
        in = \"BC\"\nout = \"UNC; RTM\"\n";
    let office = mapped(map).await;
    let text = "Ngày;Số tiền;Nhóm;Nội dung\n05/12/2022;50.000;BC;a\n05/12/2022;20.000;UNC;b\n\
        05/12/2022;7.000;rtm;c\n";
    office.put("a.csv", text.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 3, 77_000), "{of}");
    // an old mapping without the column does not hide it
    let old = mapped("time = \"Ngày\"\namount = \"Số tiền\"\nmemo = \"Nội dung\"\n").await;
    let text = text.replace("Nhóm", "D/C").replace(";BC;", ";C;");
    old.put(
        "a.csv",
        text.replace(";UNC;", ";D;")
            .replace(";rtm;", ";x;")
            .as_bytes(),
    );
    let (_, of) = old.night(FIRST).await;
    assert_eq!(
        (&of["rows"], &of["rejects"]),
        (&2.into(), &1.into()),
        "{of}"
    );
}

const HEAD: &str = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n";

#[test]
fn rows_below_the_sums_of_a_page_are_read() {
    let page = |n: u32, sums: &str| {
        format!("{HEAD}05/12/2022;{n};;50.000;a\n05/12/2022;{n}1;20.000;;b\n{sums}\n")
    };
    let foot = "Người lập biểu;Kiểm soát;;;Giám đốc\n06/12/2022;Nguyễn Văn A;;;\n\
        Số dư khả dụng;;;5.000.000;\nTrang 2;;;2;\n";
    let text = format!(
        "Số dư đầu kỳ;1.000.000\n{}{}Tổng cộng;;40.000;100.000;\nTổng số giao dịch;;2;2;\n\
         Số dư cuối kỳ;1.060.000\n{foot}",
        page(1, "Cộng trang;;20.000;50.000;"),
        page(2, "Cộng trang;;20.000;50.000;"),
    );
    let file = read(&text);
    assert_eq!(
        (sums(&file), bad(&file)),
        (vec![(4, "100000", "40000")], vec![])
    );
    assert_eq!(
        (file.statements[0].balanced, file.error),
        (Some(true), None)
    );
    // without headings in between, and an entry whose date is none
    let text = format!(
        "{HEAD}05/12/2022;1;;50.000;a\nTổng cộng;;;50.000;\n06/12/2022;2;;8.000;b\n\
         31/11/2022;3;;7.000;c\n;R4;;6.000;d\n"
    );
    let file = read(&text);
    assert_eq!(sums(&file), [(2, "58000", "0")]);
    let day = "Ngày giao dịch";
    assert_eq!(bad(&file), [(5, day), (6, day)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_another_shape_is_not_lost_in_silence() {
    let office = Office::bank(Kind::Sqlite).await;
    let first = "05/12/2022;1;;50.000;NOP PHI H48.18.22-221205-0001\nTổng cộng;;;50.000;\n";
    let other = "Ngày;Mô tả;Số tiền\n05/12/2022;x;8.000\n";
    office.put("a.csv", format!("{HEAD}{first}\n{other}").as_bytes());
    let (night, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("partial", 0, 0), "{of}");
    assert_eq!(codes(&night), [3]);
    assert!(page(&office).contains("a.csv: từ dòng 6 còn các dòng"));
    // a smaller table above the statement is told, too
    let file = read(&format!("{other}{HEAD}{first}"));
    assert!(file.error.unwrap().contains("từ dòng 2 còn"));
    // one without entries is nothing
    let empty = format!("{HEAD}{first}Ngày;Mô tả;Số tiền\n;không có;\n");
    assert_eq!(read(&empty).error, None);
}

#[test]
fn accounts_one_below_the_other_stay_apart() {
    let of = |account: &str, n: u32, end: &str| {
        format!(
            "SAO KÊ TÀI KHOẢN\nSố tài khoản: {account}\nSố dư đầu kỳ;0\n{HEAD}\
             05/12/2022;{n};;{n}.000;a\nTổng cộng;;;{n}.000;\nSố dư cuối kỳ;{end}\n"
        )
    };
    let text = [of("007100001", 5, "5.000"), of("007100002", 8, "8.000")].concat();
    let file = read(&text);
    assert_eq!(sums(&file), [(1, "5000", "0"), (1, "8000", "0")]);
    let accounts: Vec<&str> = file
        .statements
        .iter()
        .filter_map(|s| s.account.as_deref())
        .collect();
    assert_eq!(accounts, ["007100001", "007100002"]);
    assert!(file.statements.iter().all(|s| s.balanced == Some(true)));
    // entries of another account without headings of their own
    let text = format!(
        "{}Số tài khoản: 007100003\n06/12/2022;9;;9.000;x\n",
        of("007100001", 5, "5.000")
    );
    assert!(read(&text).error.unwrap().contains("từ dòng 9 còn"));
}

fn text_cell(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// A row of a sheet: texts, or the content of a cell from `<` on.
fn sheet_row(n: u32, cells: &[&str]) -> String {
    let cells = cells.iter().zip('A'..).map(|(cell, letter)| {
        let at = format!("{letter}{n}");
        match cell.strip_prefix('<') {
            Some(_) => format!("<c r=\"{at}\">{cell}</c>"),
            None => text_cell(&at, cell),
        }
    });
    format!("<row r=\"{n}\">{}</row>", cells.collect::<String>())
}

#[test]
fn formulas_and_lost_ids_are_refused_cell_by_cell() {
    let sheet = [
        sheet_row(1, &["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư"]),
        sheet_row(
            2,
            &[
                "05/12/2022",
                "A1",
                "",
                "<v>50000</v>",
                "<f>1+1</f><v>50000</v>",
            ],
        ),
        sheet_row(
            3,
            &[
                "05/12/2022",
                "A2",
                "",
                "<f>SUM(D2)</f><v>900000</v>",
                "<v>950000</v>",
            ],
        ),
        sheet_row(
            4,
            &["05/12/2022", "1.2E+17", "", "<v>8000</v>", "<v>958000</v>"],
        ),
        sheet_row(5, &["<v>44900</v>", "A3", "", "45.000", "<v>1</v>"]),
        sheet_row(6, &["05/12/2022", "1E12", "", "<v>7000</v>", "<v>1</v>"]),
    ];
    let file = inspect_bytes("a.xlsx", &xlsx(&sheet.concat()), None, Lang::Vi);
    assert_eq!(
        bad(&file),
        [(3, "Ghi có"), (4, "Số tham chiếu"), (5, "Ngày")],
        "{:?}",
        file.rejects
    );
    assert!(
        file.rejects[0].reason.contains("\"D3 = 900000\""),
        "{:?}",
        file.rejects
    );
    assert!(
        file.rejects[1].reason.contains("\"1.2E+17\""),
        "{:?}",
        file.rejects
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_formula_without_a_result_is_told_as_one() {
    let sheet = [
        sheet_row(1, &["Ngày", "Số tham chiếu", "Ghi nợ", "Ghi có"]),
        sheet_row(2, &["05/12/2022", "A1", "", "<f>SUM(D2)</f>"]),
        sheet_row(3, &["05/12/2022", "A2", "<f>1+1</f>", "<v>50000</v>"]),
        sheet_row(4, &["05/12/2022", "A3", "", ""]),
    ];
    let book = xlsx(&sheet.concat());
    let file = inspect_bytes("a.xlsx", &book, None, Lang::Vi);
    assert_eq!(bad(&file), [(2, "Ghi có"), (4, "Ghi có")]);
    let reasons: Vec<&str> = file.rejects.iter().map(|row| &*row.reason).collect();
    let unsolved = "ô chứa công thức chưa có kết quả: \"D2\"";
    assert_eq!(reasons, [unsolved, "thiếu giá trị bắt buộc"]);
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.xlsx", &book);
    let (_, of) = office.night(FIRST).await;
    let told = (&of["rows"], &of["rejects"]);
    assert_eq!(told, (&1.into(), &2.into()), "{of}");
    assert!(office.town.dump().await.contains("\"formula\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_that_look_like_a_fraction_are_for_a_person() {
    let office = mapped("decimal = \".\"\n").await;
    let rows = [
        "45.000",
        "45.00",
        "45.0",
        "45.5",
        "1,250.000",
        "1.250.000",
        "12500.000",
    ];
    let rows: Vec<String> = rows
        .iter()
        .zip(1..)
        .map(|(sum, n)| format!("05/12/2022;{n};;{sum};a\n"))
        .collect();
    office.put("a.csv", format!("{HEAD}{}", rows.concat()).as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(
        (&of["rows"], &of["rejects"]),
        (&4.into(), &3.into()),
        "{of}"
    );
    assert_eq!(of["sum_vnd"], 45 + 45 + 1_250 + 12_500, "{of}");
    let dump = office.town.dump().await;
    let of_line = |line: u32| {
        let at = format!("\"line\":{line},");
        let row = dump
            .lines()
            .find(|row| row.starts_with("reject_row") && row.contains(&at));
        row.unwrap_or_else(|| panic!("line {line}")).to_owned()
    };
    assert!(of_line(2).contains("three_decimals"));
    assert!(of_line(5).contains("fraction_of_dong"));
    assert!(of_line(7).contains("bad_amount"));
    // MT940: a comma behind which three digits stand
    let office = Office::bank(Kind::Sqlite).await;
    let swift = ":20:X\n:25:113000012345\n:60F:C221204VND0,\n:61:221205C45,000NTRF1\n\
        :61:221205C8000,00NTRF2\n:62F:C221205VND8045,\n";
    office.put("a.mt940", swift.as_bytes());
    let (_, of) = office.night(FIRST).await;
    assert_eq!(
        (&of["rows"], &of["rejects"]),
        (&1.into(), &1.into()),
        "{of}"
    );
    assert!(office.town.dump().await.contains("three_decimals"));
}
