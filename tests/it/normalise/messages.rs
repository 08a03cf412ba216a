//! What a person reads of a bad row or file: the exact texts.

use super::*;

#[test]
fn a_bad_amount_is_said_with_place_reason_and_advice() {
    let rows = fees(
        "H48.18.22-221202-0001,F1,phi,50000,H48.18.22,P,qr,,NGUYEN VAN A,paid\n\
         H48.18.22-221202-0002,F2,phi,1.250.00,H48.18.22,P,qr,,NGUYEN VAN A,paid\n\
         H48.18.22-221202-0003,F3,phi,7000,H48.18.22,P,qr,,NGUYEN VAN A,paid\n",
    );
    let reject = one(&rows.rejects);
    assert_eq!(
        sentence(reject, Lang::Vi),
        "one-stop file.csv dòng 3, cột \"amount_vnd\": \"1.250.00\" không phải là số tiền. Dòng \
         này không được đưa vào đối chiếu (mã F2). Đề nghị nơi lập dữ liệu gửi lại số tiền đúng \
         (chỉ gồm chữ số), rồi chạy lại."
    );
    assert_eq!(
        sentence(reject, Lang::En),
        "one-stop file.csv line 3, column \"amount_vnd\": \"1.250.00\" is not an amount. This row \
         is left out of matching (id F2). Ask whoever made the data for the right amount (digits \
         only), then run again."
    );
    assert_eq!(
        (rows.fees.len(), rows.lines),
        (2, 3),
        "nothing else is lost"
    );
}

#[test]
fn a_word_that_is_not_allowed_is_answered_with_those_that_are() {
    let rows = fees(
        "H48.18.22-221202-0001,F1,phi,50000,H48.18.22,P,qr,,,roi\n\
         H48.18.22-221202-0002,F1,phi,50000,H48.18.22,P,bitcoin,,,paid\n",
    );
    let [status, method] = rows.rejects.as_slice() else {
        panic!("{:?}", rows.rejects)
    };
    let vi = "\"roi\" không thuộc các giá trị được phép của cột; được phép: paid (đã thu), \
              pending (chờ thanh toán), unpaid (chưa thu), refunded (đã hoàn), cancelled (đã hủy). ";
    assert!(sentence(status, Lang::Vi).contains(vi), "{status:?}");
    let en = "\"roi\" is not one of the words allowed in the column: paid (paid), pending ";
    assert!(sentence(status, Lang::En).contains(en));
    let vi = "\"bitcoin\" không thuộc các giá trị được phép của cột; được phép: cash (tiền mặt), ";
    assert!(sentence(method, Lang::Vi).contains(vi));
}

#[test]
fn an_impossible_date_in_a_dossier_code_is_said() {
    let rows = fees("H48.18.22-221302-0001,F1,phi,50000,H48.18.22,P,qr,,,paid\n");
    assert_eq!(
        sentence(one(&rows.rejects), Lang::Vi),
        "one-stop file.csv dòng 2, cột \"dossier_code\": mã hồ sơ \"H48.18.22-221302-0001\" chứa \
         ngày không có thật. Dòng này không được đưa vào đối chiếu (mã F1, 50.000 đồng). Tra mã \
         đúng trên hệ thống một cửa (ví dụ H48.18.22-221202-0001), sửa ở nguồn, rồi chạy lại."
    );
}

#[test]
fn another_currency_is_said_and_counts_no_dong() {
    let mut dollars = record("T1", "45.00", "2022-12-05T10:00:00");
    dollars.currency = Some("USD".into());
    let reject = to_txn(&dollars, &source("sepay-main")).unwrap_err();
    assert_eq!(reject.amount, None);
    assert_eq!(
        sentence(&reject, Lang::Vi),
        "sepay-main transactions page 2 dòng 7, cột \"currency\": loại tiền \"USD\" không phải là \
         VND. Dòng này không được đưa vào đối chiếu (mã T1). Chương trình chỉ đối soát VND và \
         không quy đổi; hãy xử lý khoản này thủ công."
    );
    for dong in ["VND", "vnd", " VND ", "VNĐ", ""] {
        dollars.currency = Some(dong.into());
        assert!(to_txn(&dollars, &source("s")).is_ok(), "{dong:?}");
    }
}

#[test]
fn a_missing_or_repeated_column_is_an_error_of_the_file() {
    let check = |header: &str, vi: &str, en: &str| {
        let error = registry_rows(FileKind::DossierFees, &format!("{header}\n")).unwrap_err();
        assert_eq!(say_file(&error, Lang::Vi), vi);
        assert_eq!(say_file(&error, Lang::En), en);
    };
    check(
        &FEES.replace("amount_vnd,", "").replace(",status", ""),
        "file.csv: thiếu cột \"amount_vnd\", \"status\". Hãy thêm cột vào dòng tiêu đề, rồi chạy lại.",
        "file.csv: missing column \"amount_vnd\", \"status\". Add it to the header row, then run again.",
    );
    check(
        &format!("{FEES},Fee_ID"),
        "file.csv: cột \"fee_id\" xuất hiện hai lần. Hãy giữ lại một cột, rồi chạy lại.",
        "file.csv: the column \"fee_id\" stands there twice. Keep one of them, then run again.",
    );
    let error = registry_rows(FileKind::Agencies, &FEES.replace(',', ";")).unwrap_err();
    assert!(say_file(&error, Lang::Vi).contains("có vẻ dùng \";\" để ngăn ô"));
    let files = MatchFiles {
        fees: ("fees.csv", b"x\n".as_slice()),
        ..MatchFiles::default()
    };
    let error = read_match_inputs(&files).unwrap_err();
    assert!(matches!(error.error, FormatError::MissingColumns { .. }));
}

#[test]
fn every_message_is_complete_in_both_languages() {
    let mut reject = to_txn(&record("", "x", ""), &source("s")).unwrap_err();
    assert!(reject.id.starts_with('~'));
    for code in RejectCode::ALL {
        reject.code = *code;
        for lang in [Lang::Vi, Lang::En] {
            let said = sentence(&reject, lang);
            assert!(said.ends_with('.') && !said.contains("{}"), "{said}");
            assert!(
                !said.contains('~'),
                "a made id says nothing to a person: {said}"
            );
        }
    }
    reject.value = "\u{202e}evil\n".into();
    assert!(sentence(&reject, Lang::Vi).contains("\\u{202e}evil\\u{a}"));
}

#[test]
fn a_webhook_says_whose_it_is_and_what_its_file_lacks() {
    use doisoat::text::reject::{Cell, explain};
    let said = |code, column: &str, lang| {
        let cell = Cell {
            code,
            side: doisoat::domain::Side::Txn,
            file: "a.json",
            column,
            value: "",
        };
        let (reason, advice) = explain(cell, lang);
        format!("{reason}. {advice}")
    };
    let other = said(RejectCode::Unverified, "partnerCode", Lang::En);
    assert!(other.starts_with("the signature is right, but"), "{other}");
    let wrong = said(RejectCode::Unverified, "signature", Lang::En);
    assert!(
        wrong.starts_with("the provider's signature is wrong"),
        "{wrong}"
    );
    let object = said(RejectCode::BadRecord, "body", Lang::En);
    assert!(object.contains("write body and query as texts"), "{object}");
    assert!(!object.contains("\"\""), "{object}");
    let object = said(RejectCode::BadRecord, "body", Lang::Vi);
    assert!(object.contains("không phải đối tượng JSON"), "{object}");
}
