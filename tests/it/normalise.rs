//! Files and records in, nouns, rejects and conflicts out; and what a person reads of them.

use doisoat::domain::{
    Day, Instrument, Lang, Reject, RejectCode, SourceName, Txn, TxnKind, TxnStatus, Vnd,
};
use doisoat::format::{FileError, FormatError};
use doisoat::normalise::say::{say_file, sentence};
use doisoat::normalise::{
    Cutoff, MatchFiles, MatchInputs, RegistryRows, SourceContext, Window, dedupe, merge,
    read_match_inputs, read_records, registry, scale_conflict, to_txn, transactions,
};
use doisoat::source::registry::FileKind;
use doisoat::source::{AmountForm, At, Record, TimeForm};
use proptest::prelude::*;

const FEES: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
                    declared_method,due_at,payer_name,status";
const TXNS: &str =
    "provider_txn_id,order_ref,memo,amount_vnd,fee_vnd,net_vnd,paid_at,status,kind,payer";

fn day(raw: &str) -> Day {
    Day::parse(raw).unwrap()
}

fn source(name: &str) -> SourceContext {
    SourceContext {
        name: SourceName::new(name),
        kind: name.into(),
        instrument: Instrument::Transfer,
        cutoff: Cutoff::MIDNIGHT,
        window: Some(Window {
            from: day("2022-12-03"),
            to: day("2022-12-05"),
        }),
        reject_day: day("2022-12-05"),
        is_gateway: false,
    }
}

fn record(id: &str, amount: &str, time: &str) -> Record {
    Record {
        at: At {
            file: "transactions page 2".into(),
            line: 7,
        },
        id: Some(id.into()).filter(|_| !id.is_empty()),
        memo: "H48.18.22-221202-0001".into(),
        amount: Some(amount.into()),
        amount_column: "amount",
        amount_form: AmountForm::Decimal,
        time: Some(time.into()),
        time_column: "when",
        time_form: TimeForm::IsoOrDay,
        status: Some(TxnStatus::Success),
        kind: Some(TxnKind::Payment),
        ..Record::default()
    }
}

fn registry_rows(kind: FileKind, text: &str) -> Result<RegistryRows, FileError> {
    let name = "file.csv";
    let source = SourceName::new("one-stop");
    registry::read(name, kind, text.as_bytes(), &source, day("2022-12-05"))
}

fn fees(rows: &str) -> RegistryRows {
    registry_rows(FileKind::DossierFees, &format!("{FEES}\n{rows}")).unwrap()
}

fn txns(rows: &str) -> transactions::TxnFile {
    let text = format!("{TXNS}\n{rows}");
    transactions::read("transactions_bank.csv", text.as_bytes(), day("2022-12-31")).unwrap()
}

fn one(rejects: &[Reject]) -> &Reject {
    assert_eq!(rejects.len(), 1, "{rejects:?}");
    &rejects[0]
}

mod sample {
    use super::*;

    fn read(name: &str) -> Vec<u8> {
        let path = format!("{}/fixtures/sample/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    fn inputs() -> MatchInputs {
        let names = ["bank", "momo", "portal", "vnpay", "zalopay"];
        let names = names.map(|source| format!("transactions_{source}.csv"));
        let bytes = names.each_ref().map(|name| read(name));
        let (fees, cash) = (read("dossier_fees.csv"), read("cash_receipts.csv"));
        let files = MatchFiles {
            fees: ("dossier_fees.csv", &fees),
            transactions: names
                .iter()
                .map(String::as_str)
                .zip(bytes.iter().map(Vec::as_slice))
                .collect(),
            cash: Some(("cash_receipts.csv", &cash)),
            agencies: None,
        };
        read_match_inputs(&files).unwrap()
    }

    #[test]
    fn every_row_of_the_sample_is_read() {
        let MatchInputs {
            inputs,
            columns,
            counts,
        } = inputs();
        let read = (inputs.fees.len(), inputs.receipts.len(), inputs.txns.len());
        assert_eq!(read, (4140, 1001, 2639));
        assert_eq!(inputs.rejects, []);
        assert_eq!(inputs.conflicts, []);
        let rows: Vec<u64> = counts.iter().map(|file| file.rows).collect();
        assert_eq!(rows, [4140, 1204, 337, 412, 430, 256, 1001]);
        let sources: Vec<&str> = inputs.sources.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(
            sources,
            ["registry", "bank", "momo", "portal", "vnpay", "zalopay"]
        );
        assert!(columns.has("due_at") && !columns.has("filing_channel"));
        let due: i128 = inputs.fees.iter().map(|fee| fee.amount.wide()).sum();
        assert!(due > 0);
        let agencies = inputs.fees.iter().map(|fee| &fee.agency_code);
        let agencies: std::collections::BTreeSet<_> = agencies.collect();
        assert_eq!(inputs.agencies.len(), agencies.len());
    }
}

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
        fees: ("fees.csv", b"x\n"),
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
fn fee_rows_follow_the_contract() {
    let ok = |row: &str| {
        let rows = fees(&format!("{row}\n"));
        assert_eq!(rows.rejects, [], "{row}");
        rows.fees[0].clone()
    };
    let fee =
        ok("h48.18.22-221202-0001, F1 ,LE_PHI,000500,h48.18.22,P,QR,2022-12-05,Le\u{302} B,PAID");
    assert_eq!(fee.dossier_code.as_str(), "H48.18.22-221202-0001");
    assert_eq!(
        (fee.fee_id.as_str(), fee.amount.get(), &*fee.payer_name),
        ("F1", 500, "Lê B")
    );
    let due = fee.due_at.unwrap();
    assert_eq!((due.day(), due.text()), (day("2022-12-05"), "2022-12-05"));
    assert_eq!(
        due.ms(),
        day("2022-12-06").start_ms() - 1,
        "due until the end of the day"
    );
    assert!(
        ok("H48-221202-0001,F1,phi,0,H48,,,,,unpaid")
            .due_at
            .is_none()
    );
    let bad = |row: &str, column: &str, code: RejectCode| {
        let rows = fees(&format!("{row}\n"));
        let reject = one(&rows.rejects);
        assert_eq!((&*reject.column, reject.code), (column, code), "{row}");
    };
    use RejectCode::{
        BadDossierCode, BadTime, MissingValue, NegativeAmount, UnknownWord, WrongFieldCount,
    };
    bad(
        "H48-221202-1,F1,phi,1,H48,,,,,paid",
        "dossier_code",
        BadDossierCode,
    );
    bad(
        "H48-221202-0001,,phi,1,H48,,,,,paid",
        "fee_id",
        MissingValue,
    );
    bad(
        "H48-221202-0001,F1,fee,1,H48,,,,,paid",
        "fee_kind",
        UnknownWord,
    );
    bad(
        "H48-221202-0001,F1,phi,,H48,,,,,paid",
        "amount_vnd",
        MissingValue,
    );
    bad(
        "H48-221202-0001,F1,phi,-1,H48,,,,,paid",
        "amount_vnd",
        NegativeAmount,
    );
    bad(
        "H48-221202-0001,F1,phi,1,,,,,,paid",
        "agency_code",
        MissingValue,
    );
    bad(
        "H48-221202-0001,F1,phi,1,H48,,barter,,,paid",
        "declared_method",
        UnknownWord,
    );
    bad(
        "H48-221202-0001,F1,phi,1,H48,,,05/12/2022,,paid",
        "due_at",
        BadTime,
    );
    bad("H48-221202-0001,F1,phi,1,H48,,,,,", "status", MissingValue);
    bad("H48-221202-0001,F1,phi,1,H48,,,,paid", "", WrongFieldCount);
}

#[test]
fn optional_columns_are_read_and_reported() {
    let header = format!("{FEES},filing_channel,collection_mode,online_payment_flag,paid_at");
    let read = |tail: &str| {
        let row = format!("H48-221202-0001,F1,phi,1,H48,,,,,paid,{tail}");
        registry_rows(FileKind::DossierFees, &format!("{header}\n{row}\n")).unwrap()
    };
    let rows = read("2,AFTER,1,2022-12-05 10:00:00");
    assert!(rows.columns.has("filing_channel") && !rows.columns.has("result_at"));
    let more = &rows.fees[0].more;
    assert_eq!(
        (more.filing_channel.unwrap().id(), more.online_payment_flag),
        ("2", Some(1))
    );
    assert_eq!(
        read(",,,").fees[0].more,
        doisoat::domain::fee::FeeMore::default()
    );
    for bad in ["9,,,", ",never,,", ",,yes,", ",,,2022-12-05"] {
        assert_eq!(read(bad).rejects.len(), 1, "{bad}");
    }
}

#[test]
fn orders_keep_the_text_of_their_time() {
    let header = "provider,order_id,dossier_code,fee_ids,amount_vnd,created_at,status";
    let read =
        |row: &str| registry_rows(FileKind::PaymentOrders, &format!("{header}\n{row}\n")).unwrap();
    let rows = read("VNPAY,A1,H48-221202-0001,F2; F1;,50000,20221205101112,Created");
    let order = &rows.orders[0];
    let ids: Vec<&str> = order.fee_ids.iter().map(|id| id.as_str()).collect();
    assert_eq!((&*order.provider, ids), ("vnpay", vec!["F2", "F1"]));
    assert_eq!(order.created_at.text(), "20221205101112");
    assert_eq!(order.created_at.day(), day("2022-12-05"));
    let iso = read("vnpay,A1,H48-221202-0001,,5,2022-12-05T10:11:12,paid");
    assert_eq!(iso.orders[0].created_at.compact(), "20221205101112");
    for bad in [
        "",
        "20220230101112",
        "202212051011",
        "05/12/2022",
        "2022-12-05",
    ] {
        let rows = read(&format!("vnpay,A1,H48-221202-0001,,5,{bad},paid"));
        assert_eq!(&*one(&rows.rejects).column, "created_at", "{bad:?}");
    }
    let twice = read(
        "vnpay,A1,H48-221202-0001,,5,20221205101112,paid\n\
         vnpay,A1,H48-221202-0001,,5,20221205101112,paid\n\
         vnpay,A1,H48-221202-0001,,6,20221205101112,paid",
    );
    assert_eq!((twice.orders.len(), twice.orders[0].amount.get()), (1, 5));
    assert_eq!(one(&twice.rejects).code, RejectCode::RepeatedId);
}

#[test]
fn agencies_keep_words_that_the_program_does_not_know() {
    let text = "code,valid_from,valid_to,name,level,parent_code,successor_code,kind\n\
                h48.21,2025-07-01,,xã Mộ Đức,Commune,H48,,committee\n\
                H48.21,2015-01-01,2025-06-30,thị trấn Mộ Đức,town,H48,H48.21,committee\n\
                H48.22,2015-13-01,,x,commune,,,committee\n\
                H48.23,2015-01-01,2014-01-01,x,commune,,,committee\n";
    let rows = registry_rows(FileKind::Agencies, text).unwrap();
    let said: Vec<_> = rows
        .agencies
        .iter()
        .map(|a| (a.code.as_str(), &*a.level))
        .collect();
    assert_eq!(said, [("H48.21", "town"), ("H48.21", "commune")]);
    let faults: Vec<_> = rows.rejects.iter().map(|r| (&*r.id, &*r.column)).collect();
    assert_eq!(faults, [("H48.22", "valid_from"), ("H48.23", "valid_to")]);
}

#[test]
fn receipts_with_one_id_and_two_contents_are_a_conflict() {
    let header = "receipt_id,receipt_no,dossier_code,fee_id,amount_vnd,collected_at,cashier,\
                  agency_code,status";
    let row = |amount: &str| {
        format!("R1,1,H48-221202-0001,F1,{amount},2022-12-05T08:00:00,TRAN THI B,H48,valid\n")
    };
    let text = format!(
        "{header}\n{}{}{}{}",
        row("9000"),
        row("10000"),
        row("9000"),
        row("x")
    );
    let rows = registry_rows(FileKind::CashReceipts, &text).unwrap();
    assert_eq!(rows.receipts.len(), 1);
    let conflict = &rows.conflicts[0];
    assert_eq!(
        conflict.kept.get(),
        10_000,
        "the smallest content in byte order stays"
    );
    assert_eq!(conflict.largest.get(), 10_000);
    let versions: Vec<&str> = conflict.versions.iter().map(|v| &**v).collect();
    assert_eq!(versions, ["amount_vnd=10000", "amount_vnd=9000"]);
    let reject = one(&rows.rejects);
    assert!(
        reject.id.starts_with("R1~"),
        "the id is taken by a readable row: {}",
        reject.id
    );
    assert_eq!(reject.key().source, SourceName::cash());
}

#[test]
fn amounts_have_signs_only_where_the_source_writes_them() {
    let read = |amount: &str, form| {
        let mut record = record("T1", amount, "2022-12-05T10:00:00");
        record.amount_form = form;
        to_txn(&record, &source("s")).map(|t| (t.kind, t.amount.get(), t.net.get()))
    };
    let code = |amount: &str, form| read(amount, form).unwrap_err().code;
    use AmountForm::{Decimal, Digits, Hundredths};
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

#[test]
fn twins_stay_two_and_copies_stay_one() {
    let at = "2022-12-05T10:00:00";
    let pull = |rows: &[Record]| read_records(rows, &source("s")).txns;
    let (a, b) = (record("", "50000", at), record("", "60000", at));
    let first = pull(&[a.clone(), a.clone(), b.clone()]);
    let (rows, conflicts) = dedupe(first.clone());
    assert_eq!((rows.len(), conflicts.len()), (3, 0));
    // the next pull overlaps, in another order
    let merged = merge(&rows, pull(&[b.clone(), a.clone(), a.clone()]));
    assert_eq!((merged.fresh.len(), merged.unchanged.len()), (0, 3));
    // with a third twin there is one new row
    let merged = merge(&rows, pull(&[a.clone(), b, a.clone(), a.clone()]));
    assert_eq!((merged.fresh.len(), merged.unchanged.len()), (1, 3));
    assert!(merged.fresh[0].id.ends_with("-3"));
    // pending -> success of a row without id is the same row
    let mut pending = a;
    pending.status = Some(TxnStatus::Pending);
    let merged = merge(&pull(&[pending]), pull(&[record("", "50000", at)]));
    assert_eq!(merged.updated[0].status, TxnStatus::Success);
}

/// One pull of rows `(id, amount)` at ten o'clock.
fn pull(rows: &[(&str, &str)]) -> Vec<Txn> {
    let at = "2022-12-05T10:00:00";
    let records: Vec<Record> = rows
        .iter()
        .map(|(id, amount)| record(id, amount, at))
        .collect();
    read_records(&records, &source("s")).txns
}

#[test]
fn the_same_id_with_another_amount_is_a_conflict() {
    let (rows, conflicts) = dedupe(pull(&[
        ("1", "50000"),
        ("1", "40000"),
        ("1", "50000"),
        ("2", "7"),
    ]));
    assert_eq!(rows.len(), 2);
    let conflict = &conflicts[0];
    let versions: Vec<&str> = conflict.versions.iter().map(|v| &**v).collect();
    assert_eq!(
        (
            &*conflict.key.id,
            conflict.kept.get(),
            conflict.largest.get()
        ),
        ("1", 40_000, 50_000)
    );
    assert_eq!(
        versions,
        [
            "amount_vnd=40000; net_vnd=40000",
            "amount_vnd=50000; net_vnd=50000"
        ]
    );
    // what is stored first stays, whatever comes later
    let merged = merge(&pull(&[("1", "50000")]), pull(&[("1", "40000")]));
    assert_eq!(
        (merged.fresh.len(), merged.unchanged[0].amount.get()),
        (0, 50_000)
    );
    assert_eq!(merged.conflicts[0].kept.get(), 50_000);
    // and again tomorrow: the same conflict
    let again = merge(
        &pull(&[("1", "50000")]),
        pull(&[("1", "40000"), ("1", "50000")]),
    );
    assert_eq!(again.conflicts, merged.conflicts);
}

#[test]
fn a_state_that_moves_on_is_an_update() {
    use TxnStatus::{Failed, Pending, Success, Unmapped, Void};
    let row = |status| {
        let mut row = pull(&[("1", "50000")]).remove(0);
        row.status = status;
        row
    };
    let check = |stored, new, expected: &str| {
        let merged = merge(&[row(stored)], vec![row(new)]);
        let said = match (&*merged.updated, &*merged.unchanged, merged.conflicts.len()) {
            ([txn], [], 0) => txn.status.id(),
            ([], [_], 0) => "same",
            ([], [_], 1) => "conflict",
            other => panic!("{other:?}"),
        };
        assert_eq!(said, expected, "{stored:?} {new:?}");
    };
    check(Pending, Success, "success");
    check(Pending, Failed, "failed");
    check(Pending, Pending, "same");
    check(Success, Pending, "same");
    check(Success, Void, "void");
    check(Success, Unmapped, "unmapped");
    check(Unmapped, Success, "success");
    check(Success, Failed, "conflict");
    check(Failed, Success, "conflict");
    check(Void, Success, "conflict");
}

#[test]
fn an_untold_field_is_filled_in_and_a_changed_one_contradicts() {
    let stored = pull(&[("1", "50000")]).remove(0);
    let with = |change: fn(&mut Txn)| {
        let mut row = stored.clone();
        change(&mut row);
        merge(std::slice::from_ref(&stored), vec![row])
    };
    let filled = with(|t| t.bank_ref = Some("FT1".into()));
    assert_eq!(filled.updated[0].bank_ref.as_deref(), Some("FT1"));
    assert_eq!(with(|t| t.memo = "".into()).unchanged.len(), 1);
    assert_eq!(with(|t| t.memo = "other".into()).conflicts.len(), 1);
    assert_eq!(with(|t| t.payer = "NGUYEN VAN A".into()).updated.len(), 1);
    let fee = with(|t| (t.fee, t.net) = (Vnd::new(550), Vnd::new(49_450)));
    assert_eq!(fee.updated[0].fee.get(), 550);
    let moved =
        with(|t| t.paid_at = doisoat::domain::Moment::parse("2022-12-05T11:00:00").unwrap());
    assert_eq!(moved.conflicts.len(), 1);
    assert_eq!(with(|t| t.instrument = Instrument::Qr).unchanged.len(), 1);
}

#[test]
fn persons_in_a_conflict_are_masked() {
    let mut a = pull(&[("1", "50000")]).remove(0);
    a.payer = "NGUYEN VAN A".into();
    let mut b = a.clone();
    b.payer = "TRAN THI B".into();
    let merged = merge(&[a], vec![b]);
    let versions: Vec<&str> = merged.conflicts[0].versions.iter().map(|v| &**v).collect();
    assert_eq!(versions, ["payer=N*** V*** A***", "payer=T*** T*** B***"]);
}

#[test]
fn a_hundredth_or_a_hundred_times_the_order_is_a_conflict() {
    let txn = pull(&[("1", "50000")]).remove(0);
    let conflict = |due| scale_conflict(&txn, Vnd::new(due));
    assert_eq!(conflict(500).unwrap().largest.get(), 50_000);
    assert_eq!(conflict(5_000_000).unwrap().largest.get(), 5_000_000);
    assert_eq!(conflict(50_000), None);
    assert_eq!(conflict(0), None);
}

#[test]
fn broken_rows_of_one_file_have_one_identity_each() {
    let file = txns(
        "T1,,m,x,,,2022-12-05T10:00:00,success,payment,\n\
         T1,,m,x,,,2022-12-05T10:00:00,success,payment,\n\
         T1,,m,y,,,2022-12-05T10:00:00,success,payment,\n\
         T2,,m,5,,,2022-12-05T10:00:00,success,payment,\n\
         T2,,m,z,,,2022-12-05T10:00:00,success,payment,\n\
         ,,m,z,,,2022-12-05T10:00:00,success,payment,\n\
         ,,m,z,,,2022-12-05T10:00:00,success,payment,\n",
    );
    let ids: Vec<&str> = file.rows.rejects.iter().map(|r| &*r.id).collect();
    assert_eq!(ids.len(), 5, "{ids:?}");
    assert!(ids[0].starts_with("T1~") && ids[1].starts_with("T1~") && ids[2].starts_with("T2~"));
    assert!(ids[3].ends_with("-1") && ids[4].ends_with("-2"));
    assert!(
        file.rows
            .rejects
            .iter()
            .all(|r| r.business_date == day("2022-12-05"))
    );
}

#[test]
fn two_files_of_one_source_are_two_deliveries() {
    let fees = format!("{FEES}\nH48-221202-0001,F1,phi,1,H48,,,,,paid\n");
    let a = format!(
        "{TXNS}\n,,m,5,,,2022-12-05T10:00:00,success,payment,\nT1,,m,x,,,,success,payment,\n"
    );
    let b = format!("{a}T2,,m,6,,,2022-12-06T10:00:00,success,payment,\n");
    let files = MatchFiles {
        fees: ("fees.csv", fees.as_bytes()),
        transactions: vec![
            ("a/transactions_bank.csv", a.as_bytes()),
            ("b/transactions_bank.csv", b.as_bytes()),
        ],
        ..MatchFiles::default()
    };
    let read = read_match_inputs(&files).unwrap();
    assert_eq!(read.inputs.txns.len(), 2);
    assert_eq!(one(&read.inputs.rejects).business_date, day("2022-12-05"));
    assert_eq!(read.inputs.sources.len(), 2);
    assert_eq!(read.inputs.agencies[0].code.as_str(), "H48");
}

#[test]
fn a_snapshot_withdraws_what_it_no_longer_holds() {
    let row = |id: &str| format!("H48-221202-0001,{id},phi,1,H48,,,,,unpaid\n");
    let old = fees(&(row("F1") + &row("F2")));
    let new = fees(&(row("F2") + &row("F3")));
    let open: Vec<_> = old.fees.iter().map(|fee| fee.key()).collect();
    let gone = doisoat::normalise::withdrawn(&open, &new.fees);
    assert_eq!(gone.iter().map(|key| &*key.id).collect::<Vec<_>>(), ["F1"]);
}

/// A row of a small world in which ids, amounts and twins collide all the time.
fn any_row() -> impl Strategy<Value = String> {
    let id = prop_oneof![Just(""), Just("T1"), Just("T2")];
    let amount = prop_oneof![Just("5"), Just("7"), Just("x"), Just("")];
    let status = prop_oneof![
        Just("success"),
        Just("pending"),
        Just("failed"),
        Just("odd")
    ];
    let hour = 8..11;
    (id, amount, status, hour).prop_map(|(id, amount, status, hour)| {
        format!("{id},,m,{amount},,,2022-12-05T{hour:02}:00:00,{status},payment,\n")
    })
}

/// Without file and line, the one thing that order may change.
fn placeless(rejects: Vec<Reject>) -> Vec<Reject> {
    let without = rejects.into_iter().map(|mut reject| {
        (reject.file, reject.line) = ("".into(), 0);
        reject
    });
    without.collect()
}

fn read_all(files: &[String]) -> (Vec<Txn>, Vec<Reject>, Vec<doisoat::domain::Conflict>) {
    let fees = format!("{FEES}\n");
    let texts: Vec<String> = files.iter().map(|rows| format!("{TXNS}\n{rows}")).collect();
    let files = MatchFiles {
        fees: ("fees.csv", fees.as_bytes()),
        transactions: texts
            .iter()
            .map(|t| ("transactions_bank.csv", t.as_bytes()))
            .collect(),
        ..MatchFiles::default()
    };
    let inputs = read_match_inputs(&files).unwrap().inputs;
    (inputs.txns, placeless(inputs.rejects), inputs.conflicts)
}

proptest! {
    #[test]
    fn the_order_of_rows_changes_nothing(
        (rows, shuffled) in proptest::collection::vec(any_row(), 0..20)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()))
    ) {
        prop_assert_eq!(read_all(&[rows.concat()]), read_all(&[shuffled.concat()]));
    }

    #[test]
    fn a_split_into_files_changes_nothing_while_twins_stay_together(
        rows in proptest::collection::vec(any_row(), 0..20),
    ) {
        // a delivery holds whole hours; within one file twins are counted
        let hour = |row: &&String, early| row.contains("T08") == early;
        let early: String = rows.iter().filter(|r| hour(r, true)).cloned().collect();
        let later: String = rows.iter().filter(|r| hour(r, false)).cloned().collect();
        let whole = read_all(&[rows.concat()]);
        let (a, b) = (read_all(&[early.clone(), later.clone()]), read_all(&[later, early]));
        prop_assert_eq!(&a, &b, "the order of files plays no part");
        prop_assert_eq!(&a.0, &whole.0);
        prop_assert_eq!(&a.2, &whole.2);
        // and a file that is delivered again adds nothing
        prop_assert_eq!(read_all(&[rows.concat(), rows.concat()]), whole);
    }

    #[test]
    fn every_line_is_counted_once(rows in proptest::collection::vec(any_row(), 0..20)) {
        let text = format!("{TXNS}\n{}", rows.concat());
        let file = transactions::read("t.csv", text.as_bytes(), day("2022-12-05")).unwrap();
        prop_assert_eq!(file.lines, u64::try_from(rows.len()).unwrap());
        let distinct: std::collections::BTreeSet<_> =
            file.rows.rejects.iter().map(|r| r.key()).chain(file.rows.txns.iter().map(|t| t.key())).collect();
        let (txns, _) = dedupe(file.rows.txns.clone());
        prop_assert_eq!(distinct.len(), txns.len() + file.rows.rejects.len(), "no key stands for two");
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for kind in [FileKind::Agencies, FileKind::DossierFees, FileKind::PaymentOrders, FileKind::CashReceipts] {
            let source = SourceName::new("s");
            let _ = registry::read("f", kind, &bytes, &source, day("2022-12-05"));
        }
        let mut text = format!("{TXNS}\n").into_bytes();
        text.extend(&bytes);
        if let Ok(file) = transactions::read("f", &text, day("2022-12-05")) {
            for reject in &file.rows.rejects {
                sentence(reject, Lang::Vi);
            }
        }
    }

    #[test]
    fn any_cells_are_read_without_a_panic(cells in proptest::collection::vec("[\\PC\"\u{0}]{0,12}", 10)) {
        let row = cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect::<Vec<_>>();
        let file = txns(&format!("{}\n", row.join(",")));
        prop_assert_eq!(file.rows.txns.len() + file.rows.rejects.len(), 1);
    }
}
