//! Answers of MoMo, and the request by the published formula.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::clock::FixedClock;
use crate::config::Surroundings;
use crate::config::source::tests::read as settings;
use crate::domain::{DossierCode, OrderStatus, TxnKind, Vnd};
use crate::source::error::{BodyFault, SourceError};
use crate::source::provider::probing::Found;
use crate::source::{Pace, TimeForm};

const ORDER: &str = "HS240905-0001";

fn momo(more: &str) -> Momo {
    let text = format!(
        "[[source]]\nname = \"momo\"\nkind = \"momo\"\nbase_url = \"https://momo.example\"\n\
         partner_code = \"TESTPARTNER\"\naccess_key = {{ env = \"A\" }}\n\
         secret_key = {{ env = \"S\" }}\n{more}\n"
    );
    let settings = settings(&text).unwrap();
    let fields = settings
        .text("reply_signature")
        .filter(|text| *text != "none");
    Momo {
        client: Client::open(&settings, None, None, Pace::default()).unwrap(),
        partner_code: "TESTPARTNER".into(),
        access_key: SecretString::from("TESTACCESSKEY"),
        secret_key: SecretString::from("TESTMOMOSECRET"),
        signed: signed_fields(&settings, fields).unwrap(),
        rules: Rules::read(&settings).unwrap(),
        // 06/09/2024 01:00:00 in Viet Nam.
        clock: Arc::new(FixedClock::new(1_725_559_200_000)),
    }
}

fn order(id: &str) -> PaymentOrder {
    PaymentOrder {
        provider: "momo".into(),
        order_id: id.into(),
        dossier_code: DossierCode::parse("000.00.29.H15-240905-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: crate::domain::Moment::parse_compact("20240905091200").unwrap(),
        status: OrderStatus::Pending,
    }
}

/// The answer for a paid order with some members replaced.
fn answer(changes: &Value) -> Value {
    let mut body = json!({
        "partnerCode": "TESTPARTNER",
        "requestId": "RQ-1725472800-1",
        "orderId": ORDER,
        "extraData": "",
        "amount": 45_000,
        "transId": 4_088_878_653_i64,
        "payType": "qr",
        "resultCode": 0,
        "refundTrans": [],
        "message": "Thành công.",
        "responseTime": 1_725_502_530_000_i64,
    });
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn read_with(momo: &Momo, body: &Value) -> Result<Answer, Bad> {
    momo.read(body.to_string().as_bytes(), &order(ORDER), "momo: POST x")
}

fn read(changes: &Value) -> Result<Answer, Bad> {
    read_with(&momo(""), &answer(changes))
}

fn told(answer: Result<Answer, Bad>) -> Found {
    match answer {
        Ok(Answer::Known(found)) => *found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_request_is_signed_as_the_vector_says() {
    let momo = momo("");
    let values = [
        ("accessKey", "TESTACCESSKEY"),
        ("orderId", ORDER),
        ("partnerCode", "TESTPARTNER"),
        ("requestId", "RQ-1725472800-1"),
    ];
    let published = "008c6bd621359b21bc464a07a9633b2917592342b7dccb35ba5cab14542fb097";
    assert_eq!(RECIPE.sign(&momo.secret_key, &values), published);
    let body = |attempt| -> BTreeMap<String, String> {
        let request = momo.request(&order(ORDER), attempt);
        serde_json::from_str(&request.body.unwrap()).unwrap()
    };
    let (one, two) = (body(1), body(1));
    assert_ne!(one["requestId"], two["requestId"], "an id is used once");
    let signed = [
        ("accessKey", "TESTACCESSKEY"),
        ("orderId", ORDER),
        ("partnerCode", "TESTPARTNER"),
        ("requestId", &one["requestId"]),
    ];
    assert!(RECIPE.verify(&momo.secret_key, &signed, &one["signature"]));
    assert_eq!(one.len(), 5, "the access key is not sent: {one:?}");
    assert!(!format!("{:?}", momo.request(&order(ORDER), 1)).contains("signature"));
}

#[test]
fn a_paid_order_is_a_payment_and_the_time_of_the_answer_is_not_its_time() {
    let [row] = told(read(&json!({}))).told.try_into().unwrap();
    assert_eq!(
        (row.id.as_deref(), row.order_ref.as_deref()),
        (Some(ORDER), Some(ORDER))
    );
    assert_eq!(
        (row.amount.as_deref(), row.status),
        (Some("45000"), Some(TxnStatus::Success))
    );
    assert_eq!(
        (row.kind, row.bank_ref.as_deref()),
        (Some(TxnKind::Payment), Some("4088878653"))
    );
    assert_eq!(
        (row.time.as_deref(), row.time_form),
        (Some("20240905091200"), TimeForm::OrderTime)
    );
    // where the contract says that it is
    let own = momo("time_field = \"responseTime\"");
    let [row] = told(read_with(&own, &answer(&json!({}))))
        .told
        .try_into()
        .unwrap();
    assert_eq!(
        (row.time.as_deref(), row.time_form),
        (Some("1725502530000"), TimeForm::EpochMs)
    );
}

#[test]
fn every_result_code_is_paid_pending_failed_or_for_a_person() {
    let status = |momo: &Momo, code: i64| {
        let body = answer(&json!({"resultCode": code, "transId": 0, "amount": 45_000}));
        told(read_with(momo, &body)).told[0].status.unwrap()
    };
    let plain = momo("");
    for code in [1000, 7000, 7002, 8000, 9000] {
        assert_eq!(status(&plain, code), TxnStatus::Pending, "{code}");
    }
    for code in [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1017, 1026] {
        assert_eq!(status(&plain, code), TxnStatus::Failed, "{code}");
    }
    for code in [4, 1080, 1081, 1088, 9999, -1] {
        assert_eq!(status(&plain, code), TxnStatus::Unmapped, "{code}");
    }
    let capturing = momo("status_map = { \"9000\" = \"success\" }");
    assert_eq!(status(&capturing, 9000), TxnStatus::Success);
    assert_eq!(status(&capturing, 9001), TxnStatus::Unmapped);
    // An unpaid order keeps its own time, and names no transaction.
    let [row] = told(read(&json!({"resultCode": 1000, "transId": 0})))
        .told
        .try_into()
        .unwrap();
    assert_eq!(
        (row.time.as_deref(), row.bank_ref),
        (Some("20240905091200"), None)
    );
}

#[test]
fn what_is_wrong_with_the_call_is_no_state_of_the_money() {
    for code in [10, 12, 40, 41, 43, 45, 47, 98, 99] {
        let again = Bad::Again(Fault::ErrorInside(code.to_string().into()));
        assert_eq!(read(&json!({"resultCode": code})), Err(again));
    }
    for code in [11, 13] {
        let bare = json!({"resultCode": code, "message": "x"});
        let refused = SourceError::RefusedByCode {
            at: "momo: POST x".into(),
            code: code.to_string().into(),
        };
        assert_eq!(read_with(&momo(""), &bare), Err(Bad::Stop(refused)));
    }
    assert_eq!(read(&json!({"resultCode": 42})), Ok(Answer::NotFound));
    for code in [20, 21, 22] {
        assert_eq!(read(&json!({"resultCode": code})), Ok(Answer::BadOrder));
    }
}

#[test]
fn an_answer_must_be_about_our_order_and_ours() {
    let refused = |why| Err(not_ours("momo: POST x", why));
    assert_eq!(
        read(&json!({"orderId": "OTHER"})),
        refused(SignatureFault::OtherOrder)
    );
    assert_eq!(
        read(&json!({"partnerCode": "OTHER"})),
        refused(SignatureFault::OtherMerchant)
    );
    let other_not_found = json!({"orderId": "OTHER", "resultCode": 42});
    assert_eq!(read(&other_not_found), refused(SignatureFault::OtherOrder));
    let missing = read(&json!({"orderId": null}));
    assert_eq!(missing, Err(BodyFault::Shape("orderId").into()));
}

#[test]
fn where_answers_are_signed_each_must_verify() {
    let signing = momo("reply_signature = \"orderId partnerCode amount resultCode message\"");
    let refused = |why| Err(not_ours("momo: POST x", why));
    let mut body = answer(&json!({}));
    assert_eq!(read_with(&signing, &body), refused(SignatureFault::Missing));
    let text = "accessKey=TESTACCESSKEY&amount=45000&message=Thành công.&orderId=HS240905-0001&\
                partnerCode=TESTPARTNER&resultCode=0";
    let whole = Recipe {
        algorithm: Algorithm::HmacSha256,
        layout: Layout::Ordered(""),
    };
    let right = whole.sign(&signing.secret_key, &[("", text)]);
    body["signature"] = json!(right);
    assert!(read_with(&signing, &body).is_ok());
    body["signature"] = json!(right.to_uppercase());
    assert!(read_with(&signing, &body).is_ok());
    body["signature"] = json!(right[..32]);
    assert_eq!(read_with(&signing, &body), refused(SignatureFault::Wrong));
    body["signature"] = json!(right);
    body["amount"] = json!(4_500_000);
    assert_eq!(read_with(&signing, &body), refused(SignatureFault::Wrong));
    let text = "[[source]]\nname = \"m\"\nkind = \"momo\"\nbase_url = \"https://m.example\"\n\
                partner_code = \"P\"\naccess_key = { env = \"A\" }\nsecret_key = { env = \"S\" }\n";
    let error = signed_fields(&settings(text).unwrap(), Some("orderId resultCode")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("reply_signature leaves out amount"),
        "{error}"
    );
}

#[test]
fn refunds_are_rows_of_their_own_and_the_payment_stays_paid() {
    let refund = |code: i64, amount: i64, number: i64| {
        json!({
            "orderId": format!("RF{number}"), "amount": amount, "resultCode": code,
            "transId": number, "createdTime": 1_725_559_200_000_i64,
        })
    };
    let all = json!([
        refund(0, 20_000, 71),
        refund(7002, 5_000, 72),
        refund(1081, 45_000, 73)
    ]);
    let found = told(read(&json!({"refundTrans": all})));
    let rows: Vec<_> = found
        .told
        .iter()
        .map(|row| {
            (
                row.id.as_deref().unwrap(),
                row.kind.unwrap(),
                row.status.unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            (ORDER, TxnKind::Payment, TxnStatus::Success),
            ("HS240905-0001#71", TxnKind::Refund, TxnStatus::Success),
            ("HS240905-0001#72", TxnKind::Refund, TxnStatus::Pending),
            ("HS240905-0001#73", TxnKind::Refund, TxnStatus::Failed),
        ]
    );
    let part = &found.told[1];
    assert_eq!(
        (part.amount.as_deref(), part.order_amount),
        (Some("20000"), None)
    );
    assert_eq!(
        (part.time.as_deref(), part.time_form),
        (Some("1725559200000"), TimeForm::EpochMs)
    );
    // A refund in progress has no number yet; one whose code is unknown is for a person.
    assert_eq!(
        told(read(&json!({"refundTrans": [refund(7000, 1, 0)]})))
            .told
            .len(),
        1
    );
    let strange = told(read(&json!({"refundTrans": [refund(77, 1_000, 74)]})));
    assert_eq!(strange.told[1].status, Some(TxnStatus::Unmapped));
    let odd = read(&json!({"refundTrans": {"a": 1}}));
    assert_eq!(odd, Err(BodyFault::Shape("refundTrans").into()));
}

/// What stands in `transId` of a refund is not established; were it the payment's own, two orders
/// to refund would have one number.
#[test]
fn two_orders_to_refund_under_one_number_are_two_rows() {
    let refund = |order: &str, amount: i64, at: i64| {
        json!({"orderId": order, "amount": amount, "resultCode": 0, "transId": 4088,
               "createdTime": at})
    };
    let ids = |all: &[Value]| -> String {
        let found = told(read(&json!({"refundTrans": all})));
        let rows = found.told.iter().skip(1);
        let ids = rows.map(|row| row.id.as_deref().unwrap().rsplit_once('#').unwrap().1);
        ids.collect::<Vec<_>>().join(" ")
    };
    let (first, second) = (refund("R2", 20_000, 5), refund("R1", 20_000, 6));
    assert_eq!(ids(std::slice::from_ref(&first)), "4088");
    // the earlier keeps the number under which it is stored, wherever it stands
    assert_eq!(ids(&[first.clone(), second.clone()]), "4088 R1");
    assert_eq!(ids(&[second, first.clone()]), "R1 4088");
    assert_eq!(
        ids(&[first.clone(), first]),
        "4088 4088",
        "one order told twice"
    );
}

#[test]
fn the_members_of_a_refund_are_configuration() {
    let mapped = momo("refund_map = { id = \"refundId\", time = \"refundTime\" }");
    let one = json!({"refundId": 9, "amount": 1_000, "resultCode": 0, "refundTime": 5});
    let body = answer(&json!({"refundTrans": [one]}));
    let found = told(read_with(&mapped, &body));
    assert_eq!(found.told[1].id.as_deref(), Some("HS240905-0001#9"));
    assert_eq!(found.told[1].time.as_deref(), Some("5"));
    let text = "[[source]]\nname = \"m\"\nkind = \"momo\"\nbase_url = \"https://m.example\"\n\
                partner_code = \"P\"\naccess_key = { env = \"A\" }\nsecret_key = { env = \"S\" }\n\
                refund_map = { number = \"x\" }\n";
    let error = Rules::read(&settings(text).unwrap()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("refund_map has no key \"number\""),
        "{error}"
    );
}

#[test]
fn ids_that_momo_cannot_have_are_not_asked_about() {
    let momo = momo("");
    for (id, can) in [
        ("000.00.29.H15-240905-0001-01", true),
        ("A_1", true),
        ("a b", false),
        ("a/b", false),
        ("-a", false),
        ("a.", false),
        ("", false),
    ] {
        assert_eq!(momo.can_ask(&order(id)), can, "{id}");
    }
}

#[test]
fn secrets_stand_in_no_text_of_the_source() {
    let env = BTreeMap::from(["A", "S"].map(|name| (name.to_owned(), "CANARY".to_owned())));
    let text = "[[source]]\nname = \"momo\"\nkind = \"momo\"\nbase_url = \"https://momo.example\"\n\
                partner_code = \"P\"\naccess_key = { env = \"A\" }\nsecret_key = { env = \"S\" }\n";
    let settings = settings(text).unwrap();
    let around = Surroundings::fixed(env, None);
    let opening = Opening {
        settings: &settings,
        around: &around,
        clock: Arc::new(FixedClock::new(0)),
        pace: Pace::default(),
    };
    let handle = opening.open().unwrap();
    assert!(!format!("{handle:?}").contains("CANARY"));
    let nothing = Surroundings::fixed(BTreeMap::new(), None);
    let error = Opening {
        around: &nothing,
        ..opening
    }
    .open()
    .unwrap_err();
    assert!(error.to_string().contains('A'), "{error}");
}
