//! `inspect`: our own layouts, foreign statements, and files that are neither.

use std::path::PathBuf;

use doisoat::cli::inspect::{Inspection, inspect, inspect_bytes, render, unreadable};
use doisoat::domain::Lang;
use serde_json::{Value, json};

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", name]
        .iter()
        .collect()
}

fn one(name: &str) -> Inspection {
    inspect(&[fixture(name)], None, Lang::Vi).remove(0)
}

fn json(file: &Inspection) -> Value {
    serde_json::to_value(file).unwrap()
}

#[test]
fn the_sample_is_told_for_what_it_is() {
    let check = |name: &str, layout: &str, entries: u64, credits: &str, debits: &str| {
        let file = one(&format!("sample/{name}"));
        let found = &file.statements[0];
        assert_eq!(
            (file.format, file.layout),
            (Some("csv"), Some(layout)),
            "{name}"
        );
        assert_eq!(
            (file.header_row, &file.mapping, &file.error),
            (Some(1), &None, &None)
        );
        assert_eq!(found.entries, entries, "{name}");
        assert_eq!(found.credits.count + found.debits.count, entries, "{name}");
        assert_eq!(
            (&*found.credits.sum, &*found.debits.sum),
            (credits, debits),
            "{name}"
        );
        assert_eq!(file.rejects, [], "{name}");
    };
    check("dossier_fees.csv", "dossier_fees", 4140, "2012021000", "0");
    check("cash_receipts.csv", "cash_receipts", 1001, "490955000", "0");
    check(
        "transactions_bank.csv",
        "transactions",
        1204,
        "714969120",
        "3825000",
    );
    check(
        "transactions_vnpay.csv",
        "transactions",
        430,
        "237046750",
        "1680000",
    );
}

/// What that file leaves open.
const ASSUMED: &str = "vietcombank_title-rows.csv: mọi ngày trong tệp đều có thể đọc theo hai cách; đã hiểu \
    \"05/12/2022\" là ngày 05/12/2022 (dd/MM/yyyy); nếu đúng, ghi time_format = \"dd/MM/yyyy\" vào \
    [source.map]; nếu tháng đứng trước, ghi time_format = \"MM/dd/yyyy\" rồi chạy lại";

#[test]
fn the_json_document_has_its_documented_form() {
    let file = one("statement/vietcombank_title-rows.csv");
    let path = fixture("statement/vietcombank_title-rows.csv");
    let sha256 = file.sha256.clone().unwrap();
    assert_eq!(sha256.len(), 64);
    assert_eq!(
        json(&file),
        json!({
            "schema_version": 1,
            "file": path.display().to_string(),
            "sha256": sha256,
            "format": "csv",
            "encoding": "utf-8",
            "header_row": 6,
            "mapping": "[source.map]\ndelimiter = \",\"\ntime = \"Ngày/TNX Date\"\n\
                        bank_ref = \"Số CT/Doc No\"\ndebit = \"Số tiền ghi nợ/Debit\"\n\
                        credit = \"Số tiền ghi có/Credit\"\nbalance = \"Số dư/Balance\"\n\
                        memo = \"Nội dung chi tiết/Transactions in detail\"\n\
                        time_format = \"dd/MM/yyyy\"\nthousands = \",\"\ndecimal = \".\"\n",
            "statements": [{
                "id": null,
                "account": "0071000000000",
                "currency": "VND",
                "entries": 3,
                "credits": {"count": 2, "sum": "58000"},
                "debits": {"count": 1, "sum": "25000"},
                "reversals": 0,
                "pending": 0,
                "opening": "1000000",
                "closing": "1033000",
                "balanced": true
            }],
            "rejects": [],
            "notes": [ASSUMED],
            "error": null
        })
    );
    let keys: Vec<&str> = vec![
        "schema_version",
        "file",
        "sha256",
        "format",
        "encoding",
        "header_row",
        "mapping",
        "statements",
        "rejects",
        "error",
    ];
    let text = serde_json::to_string(&file).unwrap();
    let places: Vec<usize> = keys
        .iter()
        .map(|k| text.find(&format!("\"{k}\":")).unwrap())
        .collect();
    assert!(places.is_sorted(), "keys in the documented order: {text}");
    assert!(!text.contains('\n'), "one line");
}

#[test]
fn bad_rows_of_a_statement_are_said_and_the_rest_is_counted() {
    let file = one("statement/bidv_decomposed_bad-rows.csv");
    let found = &file.statements[0];
    assert_eq!(
        (found.entries, &*found.credits.sum, &*found.debits.sum),
        (2, "50000", "5000")
    );
    assert_eq!(found.balanced, None);
    let said: Vec<(u64, &str, &str)> = file
        .rejects
        .iter()
        .map(|r| (r.line, &*r.value, &*r.reason))
        .collect();
    assert_eq!(
        said,
        [
            (3, "1.250.00", "\"1.250.00\" không phải là số tiền"),
            (
                4,
                "30/02/2022 10:00:00",
                "\"30/02/2022 10:00:00\" không phải là thời điểm hợp lệ"
            ),
            (5, "6.000", "bản ghi không đúng dạng đã công bố: \"6.000\""),
        ]
    );
    let mapping = file.mapping.unwrap();
    let table: toml::Table = toml::from_str(&mapping).unwrap();
    let map = table["source"]["map"].as_table().unwrap();
    assert_eq!(map["delimiter"].as_str(), Some(";"));
    assert_eq!(map["thousands"].as_str(), Some("."));
    assert_eq!(map["time_format"].as_str(), Some("dd/MM/yyyy HH:mm:ss"));
}

#[test]
fn a_signed_amount_and_a_running_balance_in_any_currency() {
    let file = one("statement/english_running-balance.tsv");
    let found = &file.statements[0];
    assert_eq!((file.format, file.header_row), (Some("tsv"), Some(1)));
    assert_eq!((found.credits.count, &*found.credits.sum), (2, "10.25"));
    assert_eq!((found.debits.count, &*found.debits.sum), (1, "1.5"));
    assert_eq!(found.balanced, Some(true), "newest first");
    let text = std::fs::read_to_string(fixture("statement/english_running-balance.tsv")).unwrap();
    let broken = text.replace("110.00", "111.00");
    let file = inspect_bytes("x.tsv", broken.as_bytes(), None, Lang::En);
    assert_eq!(file.statements[0].balanced, Some(false));
}

#[test]
fn what_is_not_in_dong_is_told_as_the_nights_refuse_it() {
    let rows = "Ngày giao dịch,Số tham chiếu,Ghi nợ,Ghi có,Loại tiền,Mô tả\n\
                05/12/2022,A1,,45,USD,x\n05/12/2022,A2,,45000,VND,x\n";
    let file = inspect_bytes("a.csv", rows.as_bytes(), None, Lang::En);
    let said: Vec<(u64, &str)> = file.rejects.iter().map(|r| (r.line, &*r.reason)).collect();
    assert_eq!(said, [(2, "the currency \"USD\" is not VND")]);

    let message = ":20:R\n:25:0071\n:28C:1/1\n:60F:C221205USD100,\n\
                   :61:2212051205C45,NTRFA\n:62F:C221205USD145,\n-\n";
    let told = |text: &str| inspect_bytes("a.mt940", text.as_bytes(), None, Lang::En).notes;
    let notes = told(message);
    assert!(
        notes
            .iter()
            .any(|note| note.contains("in USD, not in Vietnamese dong")),
        "{notes:?}"
    );
    assert_eq!(told(&message.replace("USD", "VND")), Vec::<String>::new());
}

#[test]
fn what_cannot_be_read_is_said_with_what_to_do() {
    let check = |name: &str, bytes: &[u8], format: Option<&str>, error: &str| {
        let file = inspect_bytes(name, bytes, None, Lang::Vi);
        assert_eq!((file.format, file.error.as_deref()), (format, Some(error)));
        assert!(unreadable(&[file]));
    };
    // eight bits a letter: read as the code page of Viet Nam, and said so
    let latin1 = std::fs::read(fixture("statement/latin1.csv")).unwrap();
    let file = inspect_bytes("latin1.csv", &latin1, None, Lang::Vi);
    assert_eq!((file.encoding, file.error), (Some("windows-1258"), None));
    check(
        "a.csv",
        b"",
        None,
        "a.csv: tệp rỗng, không có dòng tiêu đề. Hãy xuất lại tệp.",
    );
    check(
        "dir/a.xlsx",
        b"PK\x03\x04",
        Some("xlsx"),
        "a.xlsx: bảng tính bị hỏng hoặc có mật khẩu. Mở bằng Excel, bỏ mật khẩu, lưu lại; hoặc tải lại \
         từ ngân hàng.",
    );
    check(
        "a.csv",
        b"East,3\nWest,4\n",
        Some("csv"),
        "a.csv: không tìm thấy dòng tiêu đề trong 30 dòng đầu (cần cột ngày và cột số tiền, ghi nợ \
         hoặc ghi có). Hãy kiểm tra đây có phải là sao kê hay không.",
    );
    check(
        "receipts.csv",
        b"receipt_id,receipt_no,dossier_code,fee_id,amount_vnd,collected_at,cashier,status\n",
        Some("csv"),
        "receipts.csv: thiếu cột \"agency_code\". Hãy thêm cột vào dòng tiêu đề, rồi chạy lại.",
    );
    let files = inspect(&[fixture("nothing.csv")], None, Lang::En);
    assert_eq!(files[0].sha256, None);
    assert!(
        files[0]
            .error
            .as_deref()
            .unwrap()
            .ends_with("Check the path and its permissions.")
    );
}

#[test]
fn rejects_of_our_own_layouts_name_line_column_and_value() {
    let text = "provider_txn_id,order_ref,memo,amount_vnd,fee_vnd,net_vnd,paid_at,status,kind,payer\n\
                T2,,m,5,,,2022-12-05T10:00:00,success,refund,\n\
                T1,,m,50000.00,,,2022-12-05T10:00:00,pending,payment,\n\
                T0,,m,7,,,2022-12-05T10:00:00,pending,payment,\n";
    let file = inspect_bytes("transactions_bank.csv", text.as_bytes(), None, Lang::En);
    assert_eq!(
        json(&file)["rejects"],
        json!([{
            "line": 3,
            "column": "amount_vnd",
            "value": "50000.00",
            "reason": "\"50000.00\" is not an amount",
            "advice": "This row is left out of matching (id T1). Ask whoever made the data for the \
                       right amount (digits only), then run again."
        }])
    );
    let found = &file.statements[0];
    assert_eq!((found.entries, found.pending), (2, 1));
    assert_eq!((&*found.credits.sum, &*found.debits.sum), ("7", "5"));
}

#[test]
fn people_read_it_in_their_language() {
    let path = fixture("statement/vietcombank_title-rows.csv");
    let mut files = inspect(&[path], None, Lang::Vi);
    files[0].file = "saoke.csv".into();
    files[0].sha256 = None;
    let said = render(&files, Lang::Vi);
    let note = format!("  Lưu ý         {ASSUMED}\n");
    assert_eq!(
        said.strip_suffix(&note).unwrap(),
        "saoke.csv
  Định dạng     csv, utf-8, tiêu đề ở dòng 6
  Tài khoản     0071000000000 VND
  Bút toán      3: ghi có 2 (58000), ghi nợ 1 (25000)
  Số dư         đầu kỳ 1000000, cuối kỳ 1033000: khớp
  Ánh xạ        đề nghị cho doisoat.toml:
                [[source]]
                name = \"bank-0000\"
                kind = \"statement\"
                path = \"inbox/bank-0000\"
                account = \"0071000000000\"

                [source.map]
                delimiter = \",\"
                time = \"Ngày/TNX Date\"
                bank_ref = \"Số CT/Doc No\"
                debit = \"Số tiền ghi nợ/Debit\"
                credit = \"Số tiền ghi có/Credit\"
                balance = \"Số dư/Balance\"
                memo = \"Nội dung chi tiết/Transactions in detail\"
                time_format = \"dd/MM/yyyy\"
                thousands = \",\"
                decimal = \".\"
"
    );
    assert!(
        render(&files, Lang::En)
            .contains("  Balances      opening 1000000, closing 1033000: agree\n")
    );
}

/// A settlement file: what went back is money out, and words that nobody knows are named with the
/// keys under which they belong.
#[test]
fn words_of_a_settlement_file_that_nobody_knows_are_named() {
    let text = "Mã giao dịch,Mã đơn hàng,Số tiền,Phí,Thời gian,Loại giao dịch,Trạng thái\n\
        T1,O1,45000,450,05/12/2022 09:00:00,Thanh toán,Thành công\n\
        T1,O1,10000,0,05/12/2022 10:00:00,Hoàn tiền,Thành công\n\
        T2,O2,30000,300,05/12/2022 11:00:00,Thanh toán,SETTLED_OK\n\
        T3,O3,20000,200,05/12/2022 12:00:00,TT,SETTLED_OK\n";
    let file = inspect_bytes("gd.csv", text.as_bytes(), None, Lang::Vi);
    assert_eq!(file.error, None);
    let found = &file.statements[0];
    let sums = [&found.credits, &found.debits].map(|total| (total.count, &*total.sum));
    assert_eq!(sums, [(3, "95000"), (1, "10000")]);
    let told = file.notes.join("\n");
    assert!(
        told.contains("Cột \"Trạng thái\" có chữ chưa biết (số dòng): \"SETTLED_OK\" (2)."),
        "{told}"
    );
    assert!(
        told.contains("Cột \"Loại giao dịch\" có chữ chưa biết (số dòng): \"TT\" (1)."),
        "{told}"
    );
}
