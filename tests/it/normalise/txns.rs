//! Records of providers and rows of transaction files.

use super::*;
use AmountForm::{Decimal, Digits, Hundredths};

#[test]
fn amounts_have_signs_only_where_the_source_writes_them() {
    let read = |amount: &str, form| {
        let mut record = record("T1", amount, "2022-12-05T10:00:00");
        record.amount_form = form;
        to_txn(&record, &source("s")).map(|t| (t.kind, t.amount.get(), t.net.get()))
    };
    let code = |amount: &str, form| read(amount, form).unwrap_err().code;
    assert_eq!(
        read("18067000.00", Decimal),
        Ok((TxnKind::Payment, 18_067_000, 18_067_000))
    );
    assert_eq!(
        read("-150000", Decimal),
        Ok((TxnKind::Debit, 150_000, 150_000))
    );
    assert_eq!(
        read("4500000", Hundredths),
        Ok((TxnKind::Payment, 45_000, 45_000))
    );
    assert_eq!(code("150000.10", Decimal), RejectCode::FractionOfDong);
    assert_eq!(code("150,000", Decimal), RejectCode::BadAmount);
    assert_eq!(code("4500001", Hundredths), RejectCode::FractionOfDong);
    assert_eq!(code("-1", Digits), RejectCode::NegativeAmount);
    assert_eq!(code("", Digits), RejectCode::MissingValue);
}

#[test]
fn a_reference_of_zeros_is_none() {
    let read = |reference: &str| {
        let mut record = record("T1", "45000", "2022-12-05T10:00:00");
        record.bank_ref = Some(reference.into());
        let txn = to_txn(&record, &source("s")).unwrap();
        txn.bank_ref.map(|told| told.to_string())
    };
    for (reference, wanted) in [
        ("0", None),
        (" 000 ", None),
        ("", None),
        ("14400018", Some("14400018")),
        ("00A0", Some("00A0")),
    ] {
        assert_eq!(read(reference).as_deref(), wanted, "{reference}");
    }
}

#[test]
fn fee_and_net_follow_from_each_other() {
    let read = |fee: &str, net: &str| {
        let row = format!("T1,,m,50000,{fee},{net},2022-12-05T10:00:00,success,payment,");
        let file = txns(&format!("{row}\n"));
        match file.rows.txns.first() {
            Some(txn) => (txn.fee.get(), txn.net.get()),
            None => panic!("{:?}", file.rows.rejects),
        }
    };
    assert_eq!(read("", ""), (0, 50_000));
    assert_eq!(read("550", ""), (550, 49_450));
    assert_eq!(read("", "49450"), (550, 49_450));
    assert_eq!(read("550", "50000"), (550, 50_000), "what is told is kept");
    let bad = |fee: &str, net: &str| {
        let row = format!("T1,,m,50000,{fee},{net},2022-12-05T10:00:00,success,payment,\n");
        one(&txns(&row).rows.rejects).column.to_string()
    };
    assert_eq!(bad("60000", ""), "fee_vnd");
    assert_eq!(bad("x", ""), "fee_vnd");
    assert_eq!(bad("", "1.0"), "net_vnd");
}

#[test]
fn the_day_of_a_payment_is_vietnamese_and_its_window_is_kept() {
    let mut night = source("s");
    night.cutoff = Cutoff::parse("23:00").unwrap();
    let days = |time: &str| {
        to_txn(&record("T1", "1", time), &night)
            .map(|t| format!("{} {}", t.paid_on, t.business_date))
            .map_err(|r| (r.code, r.amount))
    };
    let ok = |time: &str, days_: &str| assert_eq!(days(time).as_deref(), Ok(days_), "{time}");
    ok("2022-12-05T16:00:00Z", "2022-12-05 2022-12-06");
    ok("2022-12-05 22:59:59", "2022-12-05 2022-12-05");
    ok("2022-12-04T17:00:00Z", "2022-12-05 2022-12-05");
    ok("2022-12-04", "2022-12-04 2022-12-04");
    ok("2022-11-01T10:00:00", "2022-11-01 2022-11-01");
    ok("2022-12-06T23:30:00", "2022-12-06 2022-12-07");
    let amount = Some(Vnd::new(1));
    let bad = |time: &str, code| assert_eq!(days(time), Err((code, amount)), "{time:?}");
    bad("2022-12-07T00:00:00", RejectCode::FutureRow);
    bad("2023-01-14T00:00:00", RejectCode::FutureRow);
    bad("2022-02-30T10:00:00", RejectCode::BadTime);
    bad("2022-13-01", RejectCode::BadTime);
    bad("0000-01-01T00:00:00", RejectCode::BadTime);
    bad("05/12/2022", RejectCode::BadTime);
    bad("", RejectCode::MissingValue);
    let mut told = record("T1", "1", "2022-12-05T10:00:00");
    told.business_date = Some("2022-12-06".into());
    assert_eq!(
        to_txn(&told, &night).unwrap().business_date,
        day("2022-12-06")
    );
    told.business_date = Some("6/12".into());
    assert_eq!(to_txn(&told, &night).unwrap_err().code, RejectCode::BadDay);
}

#[test]
fn unknown_words_are_rejects_but_an_unmapped_status_is_kept() {
    let mut row = record("T1", "1", "2022-12-05T10:00:00");
    row.status = Some(TxnStatus::Unmapped);
    assert_eq!(
        to_txn(&row, &source("s")).unwrap().status,
        TxnStatus::Unmapped
    );
    row.status = None;
    row.status_text = "bay".into();
    let reject = to_txn(&row, &source("s")).unwrap_err();
    assert_eq!((&*reject.column, &*reject.value), ("status", "bay"));
    let bad = |tail: &str, column: &str| {
        let file = txns(&format!("T1,,m,1,,,2022-12-05T10:00:00,{tail},\n"));
        assert_eq!(&*one(&file.rows.rejects).column, column, "{tail}");
    };
    bad("unmapped,payment", "status");
    bad("ok,payment", "status");
    bad("success,credit", "kind");
    bad("success,", "kind");
}

#[test]
fn text_is_composed_and_long_values_are_cut() {
    let mut row = record("T1", "1", "2022-12-05T10:00:00");
    row.memo = "le\u{302}\u{323} phi\u{301}\0".into();
    assert_eq!(&*to_txn(&row, &source("s")).unwrap().memo, "lệ phí\u{fffd}");
    row.amount = Some("9".repeat(500).into());
    let reject = to_txn(&row, &source("s")).unwrap_err();
    assert_eq!(reject.value.len(), 200);
}
