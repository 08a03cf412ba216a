//! Rows of registry files, against the file contract.

use super::*;

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
    assert_eq!((due.day(), &*due.text()), (day("2022-12-05"), "2022-12-05"));
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
}

#[test]
fn a_bad_cell_of_a_fee_is_named() {
    use RejectCode as Code;
    let check = |column: &str, row: &str, code: Code| {
        let rows = fees(&format!("{row}\n"));
        let reject = one(&rows.rejects);
        assert_eq!((&*reject.column, reject.code), (column, code), "{row}");
    };
    let dossier = |row: &str, code| check("dossier_code", row, code);
    dossier("H48-221202-1,F1,phi,1,H48,,,,,paid", Code::BadDossierCode);
    dossier(",F1,phi,1,H48,,,,,paid", Code::MissingValue);
    let code = "H48-221202-0001";
    let bad = |column, rest: &str, why| check(column, &format!("{code},{rest}"), why);
    bad("fee_id", ",phi,1,H48,,,,,paid", Code::MissingValue);
    bad("fee_kind", "F1,fee,1,H48,,,,,paid", Code::UnknownWord);
    bad("amount_vnd", "F1,phi,,H48,,,,,paid", Code::MissingValue);
    bad("amount_vnd", "F1,phi,-1,H48,,,,,paid", Code::NegativeAmount);
    bad(
        "amount_vnd",
        "F1,phi,50000.00,H48,,,,,paid",
        Code::BadAmount,
    );
    bad("agency_code", "F1,phi,1,,,,,,paid", Code::MissingValue);
    bad(
        "declared_method",
        "F1,phi,1,H48,,barter,,,paid",
        Code::UnknownWord,
    );
    bad("due_at", "F1,phi,1,H48,,,05/12/2022,,paid", Code::BadTime);
    bad("status", "F1,phi,1,H48,,,,,", Code::MissingValue);
    bad("", "F1,phi,1,H48,,,,paid", Code::WrongFieldCount);
}

#[test]
fn a_rate_of_zero_with_an_amount_is_refused() {
    let header = format!("{FEES},collection_mode");
    let read = |dong: &str, mode: &str| {
        let row = format!("H48-221202-0001,F1,phi,{dong},H48,,,,,unpaid,{mode}");
        registry_rows(FileKind::DossierFees, &format!("{header}\n{row}\n")).unwrap()
    };
    let rows = read("45000", "zero");
    let reject = one(&rows.rejects);
    let told = (&*reject.column, reject.code, reject.amount.is_some());
    assert_eq!(told, ("amount_vnd", RejectCode::ZeroWithAmount, true));
    for (dong, mode) in [("0", "zero"), ("45000", "exempt"), ("45000", "before")] {
        let rows = read(dong, mode);
        assert_eq!((rows.fees.len(), rows.rejects.len()), (1, 0), "{mode}");
    }
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
    // an empty filing channel is told, the other columns tell nothing
    let empty = doisoat::domain::fee::FeeMore {
        filing_channel: Some(doisoat::domain::FilingChannel::Empty),
        ..Default::default()
    };
    assert_eq!(*read(",,,").fees[0].more, empty);
    for bad in ["9,,,", ",never,,", ",,yes,", ",,3,", ",,,2022-12-05"] {
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
    let ids: Vec<&str> = order
        .fee_ids
        .iter()
        .map(doisoat::domain::FeeId::as_str)
        .collect();
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
fn a_snapshot_withdraws_what_it_no_longer_holds() {
    let row = |id: &str| format!("H48-221202-0001,{id},phi,1,H48,,,,,unpaid\n");
    let old = fees(&(row("F1") + &row("F2")));
    let new = fees(&(row("F2") + &row("F3")));
    let open: Vec<_> = old.fees.iter().map(doisoat::domain::Fee::key).collect();
    let gone = doisoat::normalise::withdrawn(&open, &new.fees);
    assert_eq!(gone.iter().map(|key| &*key.id).collect::<Vec<_>>(), ["F1"]);
}
