//! Every column of the four files of an export, under the office's own headings and words.

use super::*;

/// Column, the office's heading, a cell of the office.
type Told = [(&'static str, &'static str, &'static str)];

const FEES: [(&str, &str, &str); 22] = [
    ("dossier_code", "Số hồ sơ", "H48.18.22-221205-0001"),
    ("fee_id", "Mã khoản thu", "F1"),
    ("fee_kind", "Loại", "Lệ phí"),
    ("amount_vnd", "Số tiền (đồng)", "8.000"),
    ("agency_code", "Nơi thu", "H48.18.99"),
    ("procedure_code", "Mã TTHC", "1.001612"),
    ("declared_method", "Hình thức", "Ví điện tử"),
    ("due_at", "Hạn nộp", "06/12/2022"),
    ("payer_name", "Người nộp", "TRAN THI B"),
    ("status", "Trạng thái", "Đã thanh toán"),
    ("received_at", "Tiếp nhận", "05/12/2022 08:30:00"),
    (
        "processing_started_at",
        "Bắt đầu xử lý",
        "05/12/2022 09:15:00",
    ),
    ("result_at", "Trả kết quả", "09/12/2022 16:00:00"),
    ("field_code", "Lĩnh vực", "Hộ tịch"),
    ("filing_channel", "Kênh", "Bưu chính công ích"),
    ("collection_mode", "Thu", "Thu trước"),
    ("online_payment_flag", "Nộp trên cổng", "Có"),
    ("paid_at", "Ngày thu", "05/12/2022 08:31:10"),
    ("request_id", "Mã yêu cầu", "YC-0001"),
    ("receipt_form", "Mẫu số", "01BLP0-001"),
    ("receipt_series", "Ký hiệu", "BI-22T"),
    ("receipt_no", "Số biên lai", "0000007"),
];

const ORDERS: [(&str, &str, &str); 7] = [
    ("provider", "Kênh thanh toán", "VNPAY"),
    ("order_id", "Mã giao dịch", "A1"),
    ("dossier_code", "Số hồ sơ", "H48.18.22-221205-0001"),
    ("fee_ids", "Các khoản", "F1; F2"),
    ("amount_vnd", "Số tiền (đồng)", "58.000"),
    ("created_at", "Lúc tạo", "20221205101112"),
    ("status", "Trạng thái", "Đã gửi"),
];

const RECEIPTS: [(&str, &str, &str); 9] = [
    ("receipt_id", "Mã biên lai", "R1"),
    ("receipt_no", "Số biên lai", "0000007"),
    ("dossier_code", "Số hồ sơ", "H48.18.22-221205-0001"),
    ("fee_id", "Mã khoản thu", "F1"),
    ("amount_vnd", "Số tiền (đồng)", "8.000"),
    ("collected_at", "Lúc thu", "05/12/2022 08:31"),
    ("cashier", "Người thu", "LE THI D"),
    ("agency_code", "Nơi thu", "H48.18.22"),
    ("status", "Trạng thái", "Đã hủy"),
];

const AGENCIES: [(&str, &str, &str); 8] = [
    ("code", "Mã", "H48.18.22"),
    ("valid_from", "Từ ngày", "01/01/2020"),
    ("valid_to", "Đến ngày", "30/06/2025"),
    ("name", "Tên", "UBND xã Đức Chánh"),
    ("level", "Cấp", "commune"),
    ("parent_code", "Cấp trên", "H48.18"),
    ("successor_code", "Nơi tiếp nhận", "H48.99"),
    ("kind", "Loại cơ quan", "committee"),
];

/// The one row of a table in the office's columns.
fn mapped(kind: FileKind, told: &Told, more: &[(&str, &str)]) -> RegistryRows {
    let headings = told.iter().map(|(column, heading, _)| (*column, *heading));
    let pairs: Vec<(&str, &str)> = headings.chain(more.iter().copied()).collect();
    let headings: Vec<&str> = told.iter().map(|(_, heading, _)| *heading).collect();
    let cells: Vec<&str> = told.iter().map(|(_, _, cell)| *cell).collect();
    // ids and lists hold `;`, so the table is parted by tabs
    let table = format!("{}\n{}\n", headings.join("\t"), cells.join("\t"));
    let (rows, lost) = read_kind(kind, table.as_bytes(), &words(&pairs, "export")).unwrap();
    assert_eq!((&*rows.rejects, lost), (&[][..], 0));
    rows
}

#[test]
fn every_column_of_the_contract_is_among_them() {
    let all = [&FEES[..], &ORDERS, &RECEIPTS, &AGENCIES].concat();
    let mut here: Vec<&str> = all.iter().map(|(column, _, _)| *column).collect();
    let mut known = FileKind::columns(false).to_vec();
    here.sort_unstable();
    here.dedup();
    known.sort_unstable();
    assert_eq!(here, known);
}

#[test]
fn a_fee_keeps_every_column() {
    let rows = mapped(FileKind::DossierFees, &FEES, &[]);
    let header = FEES.map(|(column, _, _)| column).join(",");
    let expected = read_ours(&format!(
        "{header}\nH48.18.22-221205-0001,F1,le_phi,8000,H48.18.99,1.001612,wallet,2022-12-06,\
         TRAN THI B,paid,2022-12-05T08:30:00,2022-12-05T09:15:00,2022-12-09T16:00:00,Hộ tịch,3,\
         before,1,2022-12-05T08:31:10,YC-0001,01BLP0-001,BI-22T,0000007\n"
    ));
    assert_eq!(rows.fees, expected.fees);
    let fee = &rows.fees[0];
    let more = &fee.more;
    let at = |moment: &Option<doisoat::domain::Moment>| moment.as_ref().unwrap().text().to_string();
    assert_eq!(fee.agency_code.as_str(), "H48.18.99");
    assert_eq!(at(&more.processing_started_at), "2022-12-05T09:15:00");
    assert_eq!(at(&more.result_at), "2022-12-09T16:00:00");
    assert_eq!(more.field_code.as_deref(), Some("Hộ tịch"));
    assert_eq!(more.online_payment_flag, Some(1));
    assert_eq!(more.request_id.as_deref(), Some("YC-0001"));
    let receipt = [&more.receipt_form, &more.receipt_series, &more.receipt_no];
    let receipt = receipt.map(|part| part.as_deref().unwrap());
    assert_eq!(receipt, ["01BLP0-001", "BI-22T", "0000007"]);
}

#[test]
fn an_order_a_receipt_and_an_agency_keep_every_column() {
    let own = [("status_created", "Đã gửi")];
    let order = mapped(FileKind::PaymentOrders, &ORDERS, &own)
        .orders
        .remove(0);
    let ids: Vec<&str> = order
        .fee_ids
        .iter()
        .map(doisoat::domain::FeeId::as_str)
        .collect();
    assert_eq!((&*order.provider, &*order.order_id), ("vnpay", "A1"));
    assert_eq!((ids, order.amount.get()), (vec!["F1", "F2"], 58_000));
    assert_eq!(order.created_at.text(), "20221205101112");
    assert_eq!(order.status.id(), "created");

    let receipt = mapped(FileKind::CashReceipts, &RECEIPTS, &[])
        .receipts
        .remove(0);
    assert_eq!(&*receipt.receipt_id, "R1");
    assert_eq!(
        (&*receipt.receipt_no, receipt.fee_id.as_str()),
        ("0000007", "F1")
    );
    assert_eq!(receipt.amount.get(), 8_000);
    assert_eq!(receipt.collected_at.text(), "2022-12-05T08:31:00");
    assert_eq!(
        (&*receipt.cashier, receipt.status.id()),
        ("LE THI D", "void")
    );
    assert_eq!(receipt.agency_code.as_str(), "H48.18.22");

    let agency = mapped(FileKind::Agencies, &AGENCIES, &[])
        .agencies
        .remove(0);
    assert_eq!(
        (agency.code.as_str(), &*agency.name),
        ("H48.18.22", "UBND xã Đức Chánh")
    );
    assert_eq!(agency.valid_from, day("2020-01-01"));
    assert_eq!(agency.valid_to, Some(day("2025-06-30")));
    assert_eq!((&*agency.level, &*agency.kind), ("commune", "committee"));
    assert_eq!(agency.parent_code.unwrap().as_str(), "H48.18");
    assert_eq!(agency.successor_code.unwrap().as_str(), "H48.99");
}

/// The flag in the words that offices use; each cell against what it tells.
#[test]
fn times_are_read_as_the_office_prints_them() {
    for (form, cell, expected) in [
        (None, "2022/12/05 08:31", "2022-12-05T08:31:00"),
        (None, "05/12/2022 02:31:10 CH", "2022-12-05T14:31:10"),
        (None, "08:31:10 05/12/2022", "2022-12-05T08:31:10"),
        (None, "05/12/2022 - 08:31", "2022-12-05T08:31:00"),
        (None, "05-Dec-2022 08:31", "2022-12-05T08:31:00"),
        (
            Some("dd/MM/yy HH:mm"),
            "05/12/22 08:31",
            "2022-12-05T08:31:00",
        ),
        (
            Some("MM/dd/yyyy hh:mm a"),
            "12/05/2022 02:31 PM",
            "2022-12-05T14:31:00",
        ),
    ] {
        let mut told = RECEIPTS;
        told[5].2 = cell;
        let more: Vec<(&str, &str)> = form.map(|form| ("time_format", form)).into_iter().collect();
        let rows = mapped(FileKind::CashReceipts, &told, &more);
        assert_eq!(rows.receipts[0].collected_at.text(), expected, "{cell}");
    }
    // a year of two digits without a form is for whoever made the file
    let headings = RECEIPTS.map(|(_, heading, _)| heading).join("\t");
    let mut cells = RECEIPTS.map(|(_, _, cell)| cell);
    cells[5] = "05-12-22";
    let table = format!("{headings}\n{}\n", cells.join("\t"));
    let pairs = RECEIPTS.map(|(column, heading, _)| (column, heading));
    let words = words(&pairs, "export");
    let (rows, _) = read_kind(FileKind::CashReceipts, table.as_bytes(), &words).unwrap();
    assert_eq!(
        (rows.receipts.len(), rows.rejects.len()),
        (0, 1),
        "{rows:?}"
    );
    assert_eq!(&*rows.rejects[0].value, "05-12-22");
}

#[test]
fn the_online_flag_may_be_a_word() {
    let own = [
        ("online_payment_flag_true", "Đã nộp trên cổng; 9"),
        ("online_payment_flag_false", "Nộp tại quầy"),
    ];
    let flag = |cell: &'static str, own: &[(&str, &str)]| {
        let told = FEES.map(|(column, heading, usual)| match column {
            "online_payment_flag" => (column, heading, cell),
            _ => (column, heading, usual),
        });
        let rows = mapped(FileKind::DossierFees, &told, own);
        rows.fees[0].more.online_payment_flag
    };
    for (cell, told) in [
        ("Có", Some(1)),
        ("co", Some(1)),
        ("TRUE", Some(1)),
        ("x", Some(1)),
        ("X", Some(1)),
        ("1", Some(1)),
        ("2", Some(2)),
        ("Không", Some(0)),
        ("khong", Some(0)),
        ("false", Some(0)),
        ("0", Some(0)),
        ("", None),
    ] {
        assert_eq!(flag(cell, &[]), told, "{cell:?}");
    }
    assert_eq!(flag("đã nộp trên cổng", &own), Some(1));
    assert_eq!(flag("9", &own), Some(1));
    assert_eq!(flag("Nộp tại quầy", &own), Some(0));
}

#[test]
fn another_word_of_the_online_flag_is_a_reject_with_its_place() {
    let told = FEES.map(|(column, heading, cell)| match column {
        "online_payment_flag" => (column, heading, "Chưa rõ"),
        _ => (column, heading, cell),
    });
    let cells: Vec<String> = told.iter().map(|(_, _, cell)| (*cell).to_owned()).collect();
    let headings = told.map(|(_, heading, _)| heading.to_owned()).to_vec();
    let pairs = told.map(|(column, heading, _)| (column, heading));
    let table = as_csv(&[headings, cells]);
    let (rows, _) = read_mapped(table.as_bytes(), &words(&pairs, "export")).unwrap();
    let reject = &rows.rejects[0];
    assert_eq!((reject.line, &*reject.column), (2, "online_payment_flag"));
    assert_eq!(
        (&*reject.value, reject.code),
        ("Chưa rõ", RejectCode::UnknownWord)
    );
}

/// Thousands of dong by the heading, or by a line above it, are not taken for dong.
#[test]
fn fees_in_thousands_are_refused() {
    let read = |rows: &[Vec<String>], heading: &str| {
        let mut pairs = HEADINGS.to_vec();
        pairs[3].1 = heading;
        let words = words(&pairs, "export");
        read_mapped(as_csv(rows).as_bytes(), &words).unwrap()
    };
    let (rows, refused) = read(&cells(), HEADINGS[3].1);
    assert_eq!((rows.fees.len(), refused), (2, 0));
    for heading in ["Số tiền (nghìn đồng)", "Số tiền (USD)"] {
        let mut cells = cells();
        cells[1][3] = heading.to_owned();
        let (rows, refused) = read(&cells, heading);
        assert_eq!((rows.fees.len(), refused), (0, 2), "{heading}");
    }
    let mut cells = cells();
    cells[0][0].push_str(" (Đơn vị tính: nghìn đồng)");
    let (rows, refused) = read(&cells, HEADINGS[3].1);
    assert_eq!((rows.fees.len(), refused), (0, 2));
}
