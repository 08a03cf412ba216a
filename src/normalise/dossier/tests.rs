//! Dossiers of an interface: amounts, days, words, rejects.

use super::*;
use std::collections::BTreeMap;

fn day(raw: &str) -> Day {
    Day::parse(raw).unwrap()
}

fn fee(amount: &str, quantity: &str, paid: &str) -> FeeRecord {
    FeeRecord {
        id: "F1".into(),
        kind: vec!["Lệ phí".into()],
        amount: amount.into(),
        quantity: quantity.into(),
        paid: paid.into(),
        came: crate::domain::Aside::default(),
    }
}

fn dossier(fee: FeeRecord) -> DossierRecord {
    DossierRecord {
        id: "0123456789abcdef01234567".into(),
        code: "H48.18.22-221205-0001".into(),
        applicant: "NGUYEN VAN A".into(),
        procedure: "1.001612".into(),
        received: "2022-12-04T17:30:00.000+0000".into(),
        paid: "2022-12-05T16:59:59.000+0000".into(),
        updated: "2022-12-05T17:00:00.000+0000".into(),
        fees: vec![fee],
        ..DossierRecord::default()
    }
}

fn rows(dossier: &DossierRecord, words: &Words) -> DossierRows {
    let days = (day("2022-12-07"), day("2022-12-05"));
    read(dossier, words, &SourceName::new("igate"), days)
}

#[test]
fn instants_become_local_days() {
    let read = rows(&dossier(fee("45000.0", "1", "45000.0")), &Words::default());
    assert_eq!(read.day, Some(day("2022-12-06")));
    let fee = &read.rows.fees[0];
    let times = [&fee.more.received_at, &fee.more.paid_at];
    let texts = times.map(|at| at.as_ref().unwrap().text().into_owned());
    assert_eq!(
        texts,
        ["2022-12-05T00:30:00+07:00", "2022-12-05T23:59:59+07:00"]
    );
    assert_eq!(fee.agency_code.as_str(), "H48.18.22");
}

#[test]
fn amounts_are_decimal_texts() {
    let check = |amount: &str, quantity: &str, paid: &str, dong: i64, status| {
        let read = rows(&dossier(fee(amount, quantity, paid)), &Words::default());
        let fee = &read.rows.fees[0];
        assert_eq!(
            (fee.amount, fee.status),
            (Vnd::new(dong), status),
            "{amount}"
        );
    };
    check("45000.0", "1", "45000.0", 45_000, FeeStatus::Paid);
    check("45000", "1", "0.0", 45_000, FeeStatus::Unpaid);
    check("2000.0", "7", "13999.0", 14_000, FeeStatus::Unpaid);
    check("1.0E7", "1", "1.0E7", 10_000_000, FeeStatus::Paid);
    check("1.23456789E9", "1", "", 1_234_567_890, FeeStatus::Unpaid);
    check(
        "9007199254740.0",
        "1",
        "0",
        9_007_199_254_740,
        FeeStatus::Unpaid,
    );
    check("0.0", "1", "0.0", 0, FeeStatus::Unpaid);
    let bad = |amount: &str, quantity: &str, code| {
        let read = rows(&dossier(fee(amount, quantity, "0")), &Words::default());
        assert_eq!(read.rows.rejects[0].code, code, "{amount} {quantity}");
        assert!(read.rows.fees.is_empty());
    };
    bad("45000.5", "1", RejectCode::FractionOfDong);
    bad("1.5E0", "1", RejectCode::FractionOfDong);
    bad("0.1", "3", RejectCode::FractionOfDong);
    bad("-1.0", "1", RejectCode::NegativeAmount);
    bad("", "1", RejectCode::MissingValue);
    bad("45.000,0", "1", RejectCode::BadAmount);
    bad("NaN", "1", RejectCode::BadAmount);
    bad("1.0E16", "1", RejectCode::AmountTooLarge);
    bad("1000000000000000", "1", RejectCode::AmountTooLarge);
    bad("1", "x", RejectCode::BadAmount);
}

#[test]
fn kinds_are_the_offices_words_or_the_usual_ones() {
    let table = BTreeMap::from([
        ("fee_kind_phi".to_owned(), "7; Tiền dịch vụ".to_owned()),
        ("status_cancelled".to_owned(), "6".to_owned()),
    ]);
    let known: Vec<String> = table.keys().cloned().collect();
    let words = Words::parse(&table, &known).unwrap();
    let check = |kind: &str, expected: Option<FeeKind>| {
        let fee = FeeRecord {
            kind: vec![kind.into()],
            ..fee("1", "1", "1")
        };
        let read = rows(&dossier(fee), &words);
        assert_eq!(
            read.rows.fees.first().map(|fee| fee.kind),
            expected,
            "{kind}"
        );
    };
    check("Lệ phí hộ tịch", Some(FeeKind::LePhi));
    check("PHÍ", Some(FeeKind::Phi));
    check("Lệ phí trước bạ", Some(FeeKind::LandObligation));
    check("Nghĩa vụ tài chính", Some(FeeKind::LandObligation));
    check("7", Some(FeeKind::Phi));
    check("tiền dịch vụ", Some(FeeKind::Phi));
    check("Khác", None);
    let mut gone = dossier(fee("1", "1", "0"));
    gone.status = vec!["6".into(), "Đã rút".into()];
    assert_eq!(
        rows(&gone, &words).rows.fees[0].status,
        FeeStatus::Cancelled
    );
}

#[test]
fn what_cannot_be_read_is_a_reject_with_its_amount() {
    let mut bad = dossier(fee("45000.0", "1", "0"));
    bad.code = "123/2022/BNHS".into();
    let read = rows(&bad, &Words::default());
    let reject = &read.rows.rejects[0];
    assert_eq!(
        (reject.code, &*reject.column),
        (RejectCode::BadDossierCode, "code")
    );
    assert_eq!(
        (reject.amount, read.rows.lines),
        (Some(Vnd::new(45_000)), 1)
    );
    assert_eq!((read.day, reject.business_date), (None, day("2022-12-05")));
    bad.fees.clear();
    assert_eq!(rows(&bad, &Words::default()).rows.rejects.len(), 1);
    let mut far = dossier(fee("1", "1", "0"));
    far.updated = "2023-12-05T17:00:00.000+0000".into();
    let read = rows(&far, &Words::default());
    assert_eq!(read.rows.rejects[0].code, RejectCode::FutureRow);
    let mut twice = dossier(fee("1", "1", "0"));
    twice.fees.push(fee("2", "1", "0"));
    let read = rows(&twice, &Words::default());
    assert_eq!((read.rows.fees.len(), read.rows.conflicts.len()), (1, 1));
}
