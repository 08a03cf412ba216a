//! Answers of ZaloPay, and the requests by the published formulas.

use serde_json::Value;

use super::*;
use crate::clock::FixedClock;
use crate::config::source::tests::read as settings;
use crate::domain::{DossierCode, Vnd};
use crate::source::Pace;
use crate::source::error::SourceError;

const ORDER: &str = "240905_HS0001";
const REFUND: &str = "240906_2553_RF0001";

fn zalopay(more: &str) -> Zalopay {
    let text = format!(
        "[[source]]\nname = \"zalopay\"\nkind = \"zalopay\"\nbase_url = \"https://zalo.example\"\n\
         app_id = \"2553\"\nkey1 = {{ env = \"K\" }}\n{more}\n"
    );
    let settings = settings(&text).unwrap();
    let time_field = settings.text("time_field").unwrap_or("server_time");
    let not_found = settings.text("not_found").unwrap_or(NOT_FOUND_CODES);
    Zalopay {
        client: Client::open(&settings, None, None, Pace::default()).unwrap(),
        app_id: "2553".into(),
        key1: SecretString::from("TESTKEY1"),
        not_found: not_found.split(' ').map(Into::into).collect(),
        states: States::read(&settings, STATES).unwrap(),
        time_field: (time_field != "none").then(|| time_field.into()),
        clock: Arc::new(FixedClock::new(1_725_559_260_000)),
    }
}

fn order(id: &str, status: OrderStatus) -> PaymentOrder {
    PaymentOrder {
        provider: "zalopay".into(),
        order_id: id.into(),
        dossier_code: DossierCode::parse("000.00.29.H15-240905-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: Moment::parse_compact("20240905091200").unwrap(),
        status,
    }
}

fn asked() -> PaymentOrder {
    order(ORDER, OrderStatus::Pending)
}

fn answer(changes: &Value) -> Value {
    let mut body = json!({
        "return_code": 1, "return_message": "Giao dịch thành công", "sub_return_code": 1,
        "sub_return_message": "", "is_processing": false, "amount": 45_000, "discount_amount": 0,
        "zp_trans_id": 240_905_000_000_123_i64, "server_time": 1_725_502_530_000_i64,
    });
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn read(changes: &Value) -> Result<Answer, Bad> {
    read_about(&asked(), &zalopay(""), &answer(changes))
}

fn read_about(order: &PaymentOrder, zalopay: &Zalopay, body: &Value) -> Result<Answer, Bad> {
    zalopay.read(body.to_string().as_bytes(), order, "zalopay: POST x")
}

fn row(answer: Result<Answer, Bad>) -> Record {
    match answer {
        Ok(Answer::Known(found)) => found.told.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn requests_are_signed_as_the_vectors_say() {
    let zalopay = zalopay("");
    let body = |request: Request| -> (String, Value) {
        (
            request.path.into(),
            serde_json::from_str(&request.body.unwrap()).unwrap(),
        )
    };
    let (path, query) = body(zalopay.request(&asked(), 1));
    assert_eq!(
        (path.as_str(), query),
        (
            "/v2/query",
            json!({
                "app_id": 2553, "app_trans_id": ORDER,
                "mac": "d7fae8d83d95b05ee68a5ed29de7192817d69053d15b88c87a9b1d03cad7f975",
            })
        )
    );
    let (path, query) = body(zalopay.second(&order(REFUND, OrderStatus::Refunded), 1));
    assert_eq!(
        (path.as_str(), query),
        (
            "/v2/query_refund",
            json!({
                "app_id": 2553, "m_refund_id": REFUND, "timestamp": 1_725_559_260_000_i64,
                "mac": "5fdca55f37c504cc38063c3df329778b953f74e58e5e4ddd9fb9739f2ca939a7",
            })
        )
    );
}

#[test]
fn the_return_code_is_the_state_of_the_money() {
    let paid = row(read(&json!({})));
    assert_eq!(
        (paid.id.as_deref(), paid.kind),
        (Some(ORDER), Some(TxnKind::Payment))
    );
    assert_eq!(
        (paid.amount.as_deref(), paid.bank_ref.as_deref()),
        (Some("45000"), Some("240905000000123"))
    );
    assert_eq!(
        (paid.time.as_deref(), paid.time_form),
        (Some("1725502530000"), TimeForm::EpochMs)
    );
    for (code, status) in [
        (1, TxnStatus::Success),
        (2, TxnStatus::Failed),
        (3, TxnStatus::Pending),
        (4, TxnStatus::Unmapped),
        (0, TxnStatus::Unmapped),
        (-1, TxnStatus::Unmapped),
    ] {
        let body = json!({"return_code": code, "sub_return_code": code});
        assert_eq!(row(read(&body)).status, Some(status), "{code}");
    }
    // -54: the order ran out of time; -63: the balance was too small.
    for sub_code in [-54, -63, -68] {
        let body = json!({"return_code": 2, "sub_return_code": sub_code, "amount": 0});
        let failed = row(read(&body));
        assert_eq!(
            (failed.status, failed.amount.as_deref()),
            (Some(TxnStatus::Failed), Some("45000"))
        );
        assert_eq!(
            failed.time.as_deref(),
            Some("20240905091200"),
            "the order's own time"
        );
    }
    // Paid without an amount is not the order's amount: normalising refuses the row.
    assert_eq!(row(read(&json!({"amount": 0}))).amount, None);
    let mapped = zalopay("status_map = { \"4\" = \"failed\" }\ntime_field = \"none\"");
    let body = answer(&json!({"return_code": 4, "sub_return_code": 4}));
    assert_eq!(
        row(read_about(&asked(), &mapped, &body)).status,
        Some(TxnStatus::Failed)
    );
    let own_time = row(read_about(&asked(), &mapped, &answer(&json!({}))));
    assert_eq!(own_time.time.as_deref(), Some("20240905091200"));
}

#[test]
fn sub_codes_tell_what_is_wrong_with_the_call() {
    let coded = |sub_code: i64| read(&json!({"return_code": 2, "sub_return_code": sub_code}));
    assert_eq!(coded(-101), Ok(Answer::NotFound));
    assert_eq!(coded(-49), Ok(Answer::NotFound));
    assert_eq!(coded(-401), Ok(Answer::BadOrder));
    for code in [-429, -500, -999] {
        assert!(
            matches!(coded(code), Err(Bad::Again(Fault::ErrorInside(_)))),
            "{code}"
        );
    }
    for code in [-402, -53] {
        let Err(Bad::Stop(SourceError::RefusedByCode { .. })) = coded(code) else {
            panic!("{code}");
        };
    }
    let other = zalopay("not_found = \"-7\"");
    let body = answer(&json!({"return_code": 2, "sub_return_code": -7}));
    assert_eq!(read_about(&asked(), &other, &body), Ok(Answer::NotFound));
}

#[test]
fn an_answer_that_names_another_order_is_refused() {
    let refused = Err(not_ours("zalopay: POST x", SignatureFault::OtherOrder));
    assert_eq!(read(&json!({"app_trans_id": "240905_OTHER"})), refused);
    assert!(read(&json!({"app_trans_id": ORDER})).is_ok());
}

#[test]
fn a_refund_is_asked_about_by_its_own_id() {
    let refund = order(REFUND, OrderStatus::Refunded);
    let (zalopay, bare) = (zalopay(""), |code: i64| {
        json!({"return_code": code}).to_string()
    });
    let read = |body: String| zalopay.read_second(body.as_bytes(), &refund, "zalopay: POST x");
    for (code, status) in [
        (1, TxnStatus::Success),
        (2, TxnStatus::Failed),
        (3, TxnStatus::Pending),
        (9, TxnStatus::Unmapped),
    ] {
        let told = row(read(bare(code)));
        assert_eq!(
            (told.kind, told.status),
            (Some(TxnKind::Refund), Some(status)),
            "{code}"
        );
        assert_eq!(told.id.as_deref(), Some(REFUND));
    }
    let told = row(read(bare(1)));
    assert_eq!(
        (told.amount.as_deref(), told.order_amount),
        (Some("45000"), None)
    );
    assert_eq!(
        told.time.as_deref(),
        Some("20240905091200"),
        "when it was asked for"
    );
    // The same id is a payment where the registry does not call it refunded.
    assert!(!zalopay.may_be_refund(&order(REFUND, OrderStatus::Paid)));
    assert!(!zalopay.may_be_refund(&order("240906_9999_RF0001", OrderStatus::Refunded)));
}

#[test]
fn ids_that_zalopay_cannot_have_are_not_asked_about() {
    let zalopay = zalopay("");
    for (id, can) in [
        (ORDER, true),
        ("240905_H48.18.22-240905-0001-01", true),
        ("HS0001", false),
        ("240905_", false),
        ("24090_HS0001", false),
        ("240905_1234567890123456789012345678901234", false),
    ] {
        assert_eq!(
            zalopay.can_ask(&order(id, OrderStatus::Pending)),
            can,
            "{id}"
        );
    }
    let example = zalopay.example(Day::parse("2024-09-05").unwrap());
    assert_eq!(&*example, "240905_DOISOATCHECK");
}
