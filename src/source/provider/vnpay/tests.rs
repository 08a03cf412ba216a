//! Answers of VNPAY, signed here as VNPAY signs them.

use std::collections::BTreeMap;

use super::*;
use crate::clock::FixedClock;
use crate::config::Surroundings;
use crate::config::source::tests::read as settings;
use crate::domain::{DossierCode, OrderStatus, TxnKind, TxnStatus, Vnd};
use crate::source::error::SourceError;
use crate::source::provider::probing::Found;
use crate::source::{AmountForm, Pace, TimeForm};

const SECRET: &str = "TESTSECRETTESTSECRETTESTSECRET01";
const ORDER: &str = "000.00.29.H15-240905-0001-01";

fn vnpay() -> Vnpay {
    let text = "[[source]]\nname = \"vnpay\"\nkind = \"vnpay\"\nbase_url = \"https://vnpay.example\"\n\
                tmn_code = \"TESTTMN1\"\nhash_secret = { env = \"S\" }\n";
    let settings = settings(text).unwrap();
    let env = BTreeMap::from([("S".to_owned(), SECRET.to_owned())]);
    let around = Surroundings::fixed(env, None);
    let client = Client::open(&settings, None, None, Pace::default()).unwrap();
    Vnpay {
        client,
        tmn_code: "TESTTMN1".into(),
        hash_secret: settings.secret("hash_secret", &around).unwrap(),
        ip_addr: "127.0.0.1".into(),
        // 06/09/2024 01:00:00 in Viet Nam.
        clock: Arc::new(FixedClock::new(1_725_559_200_000)),
    }
}

fn order(created_at: &str) -> PaymentOrder {
    let created_at = Moment::parse_compact(created_at)
        .or_else(|_| Moment::parse(created_at))
        .unwrap();
    PaymentOrder {
        provider: "vnpay".into(),
        order_id: ORDER.into(),
        dossier_code: DossierCode::parse("000.00.29.H15-240905-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at,
        status: OrderStatus::Pending,
    }
}

/// The answer for a paid order with some fields replaced, signed after that.
fn answer(changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut fields: BTreeMap<String, String> = [
        ("vnp_ResponseId", "RSP0001"),
        ("vnp_Command", "querydr"),
        ("vnp_ResponseCode", "00"),
        ("vnp_Message", "QueryDR Success"),
        ("vnp_TmnCode", "TESTTMN1"),
        ("vnp_TxnRef", ORDER),
        ("vnp_Amount", "4500000"),
        ("vnp_OrderInfo", "Le phi ho so 000.00.29.H15-240905-0001"),
        ("vnp_BankCode", "NCB"),
        ("vnp_PayDate", "20240905091530"),
        ("vnp_TransactionNo", "14422574"),
        ("vnp_TransactionType", "01"),
        ("vnp_TransactionStatus", "00"),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .collect();
    for (key, value) in changes {
        fields.insert((*key).to_owned(), (*value).to_owned());
    }
    let values: Vec<(&str, &str)> = ANSWER_FIELDS
        .into_iter()
        .map(|key| (key, fields.get(key).map_or("", String::as_str)))
        .collect();
    let signature = RECIPE.sign(&SECRET.to_owned().into(), &values);
    fields.insert("vnp_SecureHash".to_owned(), signature);
    fields
}

fn read(fields: &BTreeMap<String, String>) -> Result<Answer, Bad> {
    let body = serde_json::to_string(fields).unwrap();
    vnpay().read(body.as_bytes(), &order("20240905091200"), "vnpay: POST x")
}

fn events(changes: &[(&str, &str)]) -> Found {
    match read(&answer(changes)) {
        Ok(Answer::Known(found)) => *found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_published_answer_verifies() {
    let fields = answer(&[]);
    let published = "38ae567722cbeec4344804b89f6d8d42b8cb4e17313045ece981576a55177f116c4b7db98c4cf79be5b47d4d85a03eac74161b27d3c8db5ef2aa5598d92d1e58";
    assert_eq!(fields["vnp_SecureHash"], published);
    let [record] = events(&[]).told.try_into().unwrap();
    assert_eq!(record.id.as_deref(), Some(ORDER));
    assert_eq!(
        (record.amount.as_deref(), record.amount_form),
        (Some("4500000"), AmountForm::Hundredths)
    );
    assert_eq!(
        (record.kind, record.status),
        (Some(TxnKind::Payment), Some(TxnStatus::Success))
    );
    assert_eq!(
        (record.time.as_deref(), record.time_form),
        (Some("20240905091530"), TimeForm::Compact)
    );
    assert_eq!(record.order_amount, Some(Vnd::new(45_000)));
}

#[test]
fn numbers_are_signed_by_their_text() {
    let fields = answer(&[("vnp_PromotionAmount", "0")]);
    let body = serde_json::to_string(&fields)
        .unwrap()
        .replace("\"4500000\"", "4500000")
        .replace("\"0\"", "0")
        .replace('{', "{\"vnp_PromotionCode\":null,");
    let read = vnpay().read(body.as_bytes(), &order("20240905091200"), "x");
    assert!(matches!(read, Ok(Answer::Known(_))), "{read:?}");
}

#[test]
fn the_request_is_signed_and_never_the_same() {
    let vnpay = vnpay();
    let of = |request: Request| -> BTreeMap<String, String> {
        serde_json::from_str(&request.body.unwrap()).unwrap()
    };
    let order = order("20240905091200");
    let (one, two) = (of(vnpay.request(&order, 1)), of(vnpay.request(&order, 2)));
    assert_ne!(one["vnp_RequestId"], two["vnp_RequestId"]);
    assert_ne!(
        of(vnpay.request(&order, 1))["vnp_RequestId"],
        one["vnp_RequestId"]
    );
    assert_eq!(one["vnp_RequestId"].len(), 32);
    assert_eq!(one["vnp_TransactionDate"], "20240905091200");
    assert_eq!(one["vnp_CreateDate"], "20240906010000");
    let values: Vec<(&str, &str)> = REQUEST_FIELDS
        .into_iter()
        .map(|key| (key, one[key].as_str()))
        .collect();
    assert!(RECIPE.verify(&vnpay.hash_secret, &values, &one["vnp_SecureHash"]));
}

#[test]
fn the_order_time_goes_out_as_it_came_in_or_in_vietnam_time() {
    for (created, sent) in [
        ("20240905091200", "20240905091200"),
        ("2024-09-05T09:12:00", "20240905091200"),
        ("2024-09-05T02:12:00Z", "20240905091200"),
        ("2024-09-04T20:12:00-06:00", "20240905091200"),
    ] {
        assert_eq!(&*order_time(&order(created)), sent, "{created}");
    }
}

#[test]
fn an_answer_that_is_not_ours_refuses_the_pull() {
    let check = |fields: &BTreeMap<String, String>, why: SignatureFault| {
        let at: Box<str> = "vnpay: POST x".into();
        assert_eq!(
            read(fields),
            Err(Bad::Stop(SourceError::Signature { at, why })),
            "{fields:?}"
        );
    };
    let with_hash = |hash: &str| {
        let mut fields = answer(&[]);
        fields.insert("vnp_SecureHash".to_owned(), hash.to_owned());
        fields
    };
    let right = answer(&[])["vnp_SecureHash"].clone();
    check(&with_hash(""), SignatureFault::Missing);
    check(&with_hash(&right[..64]), SignatureFault::Wrong);
    check(&with_hash(&right.replace('3', "4")), SignatureFault::Wrong);
    assert!(read(&with_hash(&right.to_uppercase())).is_ok());
    let mut altered = answer(&[]);
    altered.insert("vnp_Amount".to_owned(), "450000000".to_owned());
    check(&altered, SignatureFault::Wrong);
    check(
        &answer(&[("vnp_TxnRef", "ANOTHER-ORDER")]),
        SignatureFault::OtherOrder,
    );
    check(
        &answer(&[("vnp_TmnCode", "OTHERTMN")]),
        SignatureFault::OtherMerchant,
    );
    // A refusal to find must be bound too: an old "not found" would hide a payment.
    check(
        &answer(&[("vnp_ResponseCode", "91"), ("vnp_TxnRef", "X")]),
        SignatureFault::OtherOrder,
    );
    let error = SourceError::Signature {
        at: "vnpay: POST x".into(),
        why: SignatureFault::Wrong,
    };
    assert_eq!(
        error.to_string(),
        "vnpay: POST x: the answer's signature does not verify\n  No row of this pull is used. Check the \
         keys of this source in doisoat.toml; if they are right, tell the provider: somebody may have altered the answer."
    );
    assert!(error.is_refusal());
}

#[test]
fn the_code_of_the_call_is_not_the_state_of_the_money() {
    let coded = |code: &str| read(&answer(&[("vnp_ResponseCode", code)]));
    assert_eq!(coded("91"), Ok(Answer::NotFound));
    assert_eq!(coded("03"), Ok(Answer::BadOrder));
    for code in ["94", "99", "42"] {
        assert_eq!(
            coded(code),
            Err(Bad::Again(Fault::ErrorInside(code.into())))
        );
    }
    for code in ["02", "97"] {
        let unsigned = BTreeMap::from([("vnp_ResponseCode".to_owned(), code.to_owned())]);
        let at: Box<str> = "vnpay: POST x".into();
        let refused = SourceError::RefusedByCode {
            at,
            code: code.into(),
        };
        assert_eq!(read(&unsigned), Err(Bad::Stop(refused)));
    }
    let state = |status: &str| events(&[("vnp_TransactionStatus", status)]).told[0].status;
    for (status, expected) in [
        ("00", TxnStatus::Success),
        ("01", TxnStatus::Pending),
        ("02", TxnStatus::Failed),
        ("04", TxnStatus::Unmapped),
        ("05", TxnStatus::Unmapped),
        ("06", TxnStatus::Unmapped),
        ("07", TxnStatus::Unmapped),
        ("09", TxnStatus::Success),
        ("8", TxnStatus::Unmapped),
        ("", TxnStatus::Unmapped),
    ] {
        assert_eq!(state(status), Some(expected), "{status}");
    }
}

#[test]
fn a_refund_proves_a_payment_of_the_order_and_a_refund_of_the_answer() {
    let check = |kind: &str, amount: &str, status: &str, refund: TxnStatus| {
        let found = events(&[
            ("vnp_TransactionType", kind),
            ("vnp_Amount", amount),
            ("vnp_TransactionNo", "14422580"),
            ("vnp_PayDate", "20240906010501"),
            ("vnp_TransactionStatus", status),
        ]);
        let [told] = found.told.try_into().unwrap();
        assert_eq!(
            told.id.as_deref(),
            Some("000.00.29.H15-240905-0001-01#14422580")
        );
        assert_eq!(
            (told.kind, told.status),
            (Some(TxnKind::Refund), Some(refund))
        );
        assert_eq!(
            (told.amount.as_deref(), told.order_amount),
            (Some(amount), None)
        );
        let [payment] = found.implied.try_into().unwrap();
        assert_eq!(payment.id.as_deref(), Some(ORDER));
        assert_eq!(
            (payment.kind, payment.status),
            (Some(TxnKind::Payment), Some(TxnStatus::Success))
        );
        assert_eq!(payment.amount.as_deref(), Some("4500000"));
        assert_eq!(
            payment.time.as_deref(),
            Some("20240905091200"),
            "the order's time"
        );
    };
    check("02", "4500000", "00", TxnStatus::Success);
    check("03", "1000000", "00", TxnStatus::Success);
    check("02", "4500000", "05", TxnStatus::Pending);
    check("03", "1000000", "06", TxnStatus::Pending);
    check("02", "4500000", "09", TxnStatus::Failed);
    check("02", "4500000", "04", TxnStatus::Unmapped);
}

#[test]
fn a_refund_without_a_number_is_a_row_once_money_moved() {
    let ids = |number: &str, status: &str| -> Vec<String> {
        let found = events(&[
            ("vnp_TransactionType", "02"),
            ("vnp_TransactionNo", number),
            ("vnp_TransactionStatus", status),
        ]);
        assert_eq!(found.implied.len(), 1, "the payment stands");
        let ids = found.told.iter().filter_map(|told| told.id.as_deref());
        ids.map(|id| id.replace(ORDER, "")).collect()
    };
    for number in ["", "0", "00"] {
        assert!(ids(number, "05").is_empty() && ids(number, "06").is_empty());
        assert_eq!(ids(number, "00"), ["#refund"]);
    }
    assert_eq!(ids("990", "05"), ["#990"]);
    assert_eq!(ids("990", "00"), ["#990"]);
}

#[test]
fn an_unpaid_order_keeps_its_own_time_and_an_unknown_type_goes_to_a_person() {
    let unpaid = events(&[
        ("vnp_TransactionStatus", "01"),
        ("vnp_PayDate", ""),
        ("vnp_TransactionNo", "0"),
        ("vnp_TransactionType", ""),
    ]);
    assert_eq!(unpaid.told[0].time.as_deref(), Some("20240905091200"));
    assert_eq!(unpaid.told[0].status, Some(TxnStatus::Pending));
    let strange = events(&[("vnp_TransactionType", "77")]);
    assert_eq!(
        (strange.told[0].kind, &*strange.told[0].kind_text),
        (None, "77")
    );
    let untold = events(&[("vnp_TransactionType", "")]);
    assert_eq!(
        (untold.told[0].kind, &*untold.told[0].kind_text),
        (None, "")
    );
}
