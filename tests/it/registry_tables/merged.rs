//! Headings over several rows, and rows of sums.

use super::*;

/// Two groups over columns of their own; the others go over both rows.
const TOP: &str = "Số hồ sơ;Mã khoản thu;Loại;Thanh toán;;;Biên lai;";
const SUB: &str = ";;;Số tiền;Trạng thái;Hình thức;Số;Ký hiệu";

const MAP: [(&str, &str); 8] = [
    ("dossier_code", "Số hồ sơ"),
    ("fee_id", "Mã khoản thu"),
    ("fee_kind", "Loại"),
    ("amount_vnd", "Số tiền"),
    ("status", "Trạng thái"),
    ("declared_method", "Thanh toán: Hình thức"),
    ("receipt_no", "Biên lai Số"),
    ("receipt_series", "Ký hiệu"),
];

fn row(n: u32, amount: &str) -> String {
    format!(
        "H48.18.22-221205-000{n};F{n};Lệ phí;{amount};Đã thanh toán;Chuyển khoản;000000{n};BI-22T"
    )
}

fn table(rows: &[String]) -> String {
    format!("DANH SÁCH THU;;;;;;;\n{TOP}\n{SUB}\n{}\n", rows.join("\n"))
}

fn grid(text: &str) -> Vec<Vec<String>> {
    let rows = text.lines();
    rows.map(|line| line.split(';').map(str::to_owned).collect())
        .collect()
}

#[test]
fn headings_over_two_rows_are_one_header() {
    let words = words(&MAP, "export");
    let text = table(&[row(1, "8.000"), row(2, "1.250.000")]);
    let (csv, lost) = read_mapped(text.as_bytes(), &words).unwrap();
    let told: Vec<String> = csv
        .fees
        .iter()
        .map(|fee| {
            let more = [&fee.more.receipt_no, &fee.more.receipt_series];
            let more = more.map(|cell| cell.as_deref().unwrap_or("-").to_owned());
            format!(
                "{} {} {} {} {}",
                fee.fee_id,
                fee.amount,
                fee.status.id(),
                fee.declared_method.id(),
                more.join(" ")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "F1 8000 paid transfer 0000001 BI-22T",
            "F2 1250000 paid transfer 0000002 BI-22T",
        ]
    );
    assert_eq!((csv.rejects.len(), lost), (0, 0));
    let (book, _) = read_mapped(&xlsx(&as_sheet(&grid(&text))), &words).unwrap();
    assert_eq!(book.fees, csv.fees);
    // of two columns of one name the group tells which; the group's own text names no column
    let twice = text.replace("Hình thức", "Số tiền");
    let fails = |pairs: &[(&str, &str)]| {
        let pairs: Vec<(&str, &str)> = pairs.to_vec();
        read_mapped(twice.as_bytes(), &self::words(&pairs, "export")).unwrap_err()
    };
    let same = fails(&MAP[..5]);
    let is_amount = matches!(
        same,
        FormatError::RepeatedColumn {
            column: "amount_vnd"
        }
    );
    assert!(is_amount, "{same:?}");
    let mut group = MAP;
    group[3] = ("amount_vnd", "Thanh toán");
    let missing = fails(&group[..5]);
    let FormatError::MissingColumns { columns, .. } = &missing else {
        panic!("{missing:?}")
    };
    assert_eq!(columns, &["amount_vnd"]);
}

#[test]
fn a_row_of_sums_is_no_fee_and_is_held_against_the_rows() {
    let words = words(&MAP, "export");
    let read = |sums: &[&str]| {
        let mut rows = vec![row(1, "8.000"), row(2, "1.250.000")];
        rows.extend(sums.iter().map(|sum| (*sum).to_owned()));
        let (read, differ) = read_mapped(table(&rows).as_bytes(), &words).unwrap();
        assert_eq!((read.fees.len(), read.rejects.len()), (2, 0), "{sums:?}");
        (read.lines, differ)
    };
    for sums in [
        &["Tổng cộng;;;1.258.000;;;;"][..],
        &["Tổng cộng (2 khoản):;2;;1 258 000;;;;"],
        &["TỔNG SỐ;;;;;;;"],
        &["Cộng;;;1.258.000;;;;", "Total;;;1.258.000;;;;"],
    ] {
        assert_eq!(read(sums), (2, 0), "{sums:?}");
    }
    assert_eq!(read(&["Tổng cộng;;;1.300.000;;;;"]), (2, 1));
    let source = SourceName::new("r");
    let rows = [row(1, "8.000"), "Tổng cộng;;;9.000;;;;".to_owned()];
    let sheets = tables::Tables::read(table(&rows).into_bytes(), tables::Forms::default());
    let sheets = sheets.unwrap().sheets;
    let ours = rewrite(&sheets, FileKind::DossierFees, &words, place(&source)).unwrap();
    let said = doisoat::text::reject::sentence(&ours.rejects[0], doisoat::domain::Lang::Vi);
    assert!(
        said.contains("dòng 5") && said.contains("9000 ≠ 8000"),
        "{said}"
    );
    // a dossier is no sum, whatever it begins with
    let odd = row(3, "5.000").replace("H48.18.22-221205-0003;F3", "Tổng;H48.18.22-221205-0003");
    let (_, differ) = read_mapped(table(&[row(1, "8.000"), odd]).as_bytes(), &words).unwrap();
    assert_eq!(differ, 0);
}

#[test]
fn a_payment_file_may_end_with_its_sums() {
    let source = SourceName::new("opencps");
    let read = |sums: &str| {
        let text = format!("{OPENCPS}{sums}");
        let sheets = tables::Tables::read(text.into(), tables::Forms::default());
        let sheets = sheets.unwrap().sheets;
        let rows = opencps::read(&sheets, &Words::default(), place(&source)).unwrap();
        let differ = |reject: &&doisoat::domain::Reject| reject.code == RejectCode::TotalDiffers;
        let differ = rows.rejects.iter().filter(differ);
        (rows.lines, differ.count())
    };
    assert_eq!(
        read("Tổng cộng,,,,74000,10000,26000,110000,,,,,,\n"),
        (5, 0)
    );
    assert_eq!(
        read("Tổng cộng,,,,75000,11000,26000,110000,,,,,,\n"),
        (5, 2)
    );
}
