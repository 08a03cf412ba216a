//! Answers of VNPT Pay, signed here as the configuration says that VNPT Pay signs them.

use super::reply::testing::{changed, opened, order, say, vector};
use super::*;

const LINES: &str = "kind = \"vnptpay\"\nmerchant_service_id = \"636\"\napi_key = { env = \"A\" }\n\
                     secret_key = { env = \"S\" }\n";
const MAP: &str = "status_map = { \"1\" = \"success\", \"0\" = \"pending\", \"2\" = \"failed\", \
                   \"5\" = \"refunded\" }\n";
const SECRET: &str = "TESTVNPTPAYSECRET";
const ORDER: &str = "HS2409050001";
const CREATED: &str = "20240905091200";
const PAID: [(&str, &str); 11] = [
    ("RESPONSE_CODE", "00"),
    ("DESCRIPTION", "Success"),
    ("MERCHANT_ORDER_ID", ORDER),
    ("VNPTPAY_TRANSACTION_ID", "VP240905000123"),
    ("AMOUNT", "45000"),
    ("LOCALE", "vi-VN"),
    ("CURRENCY_CODE", "VND"),
    ("PAYMENT_METHOD", "VNPTPAY"),
    ("PAY_DATE", "20240905091530"),
    ("TRANSACTION_STATUS", "1"),
    ("ADDITIONAL_INFO", "Le phi"),
];

fn vnptpay(more: &str) -> VnptPay {
    let secrets = [("A", "API-KEY"), ("S", SECRET)];
    opened(&format!("{LINES}{more}"), &secrets, VnptPay::open).unwrap()
}

/// The answer of a paid order with some fields changed, signed after that over `signed`.
fn answer(changes: &[(&str, &str)], signed: &[&str]) -> String {
    let mut fields = changed(&PAID, changes);
    let of = |key: &str| {
        fields
            .iter()
            .find(|(k, _)| *k == key)
            .map_or("", |(_, v)| *v)
    };
    let values: Vec<(&str, &str)> = signed.iter().map(|key| (*key, of(key))).collect();
    let signature = RECIPE.sign(&SECRET.to_owned().into(), &values);
    fields.push(("SECURE_CODE", &signature));
    reply::flat_json(&fields)
}

fn read(source: &VnptPay, body: &str) -> String {
    say(&source.read(body.as_bytes(), &order(ORDER, CREATED), "s: POST x"))
}

#[test]
fn the_request_is_that_of_the_vector() {
    let request = vnptpay("").request(&order(ORDER, CREATED), 1);
    assert_eq!(request.path, "/rest/payment/v1.0.5/query_transaction");
    assert_eq!(
        request.body.unwrap(),
        format!(
            "{{\"ACTION\":\"QUERY\",\"VERSION\":\"1.0.5\",\"MERCHANT_SERVICE_ID\":\"636\",\
             \"MERCHANT_ORDER_ID\":\"HS2409050001\",\"CREATE_DATE\":\"20240905091200\",\
             \"SECURE_CODE\":\"{}\"}}",
            vector("vnptpay.query")
        )
    );
    let newer = vnptpay("version = \"1.0.6\"").request(&order(ORDER, CREATED), 1);
    assert_eq!(newer.path, "/query");
    let placed = vnptpay("path = \"/a/b\"").request(&order(ORDER, CREATED), 1);
    assert_eq!(placed.path, "/a/b");
}

#[test]
fn each_answer_is_read_as_what_it_says() {
    let source = vnptpay(MAP);
    for (changes, expected) in [
        (vec![], "Payment Success 45000"),
        (vec![("TRANSACTION_STATUS", "0")], "Payment Pending 45000"),
        (
            vec![("TRANSACTION_STATUS", "0"), ("AMOUNT", "")],
            "Payment Pending 45000",
        ),
        (
            vec![("TRANSACTION_STATUS", "2"), ("AMOUNT", "0")],
            "Payment Failed 45000",
        ),
        (vec![("TRANSACTION_STATUS", "7")], "Payment Unmapped 45000"),
        (vec![("TRANSACTION_STATUS", "")], "Payment Unmapped 45000"),
        (vec![("AMOUNT", "")], "Payment Success ?"),
        (vec![("AMOUNT", "4500000")], "Payment Success 4500000"),
        (
            vec![("TRANSACTION_STATUS", "5"), ("AMOUNT", "20000")],
            "Refund Success 20000 (Payment Success 45000)",
        ),
        (vec![("RESPONSE_CODE", "01")], "not found"),
        (vec![("RESPONSE_CODE", "99")], "again ErrorInside(\"99\")"),
        (vec![("RESPONSE_CODE", "42")], "again OrderCode(\"42\")"),
        (vec![("RESPONSE_CODE", "97")], "refused 97"),
        (
            vec![("RESPONSE_CODE", "")],
            "again Body(Shape(\"RESPONSE_CODE\"))",
        ),
        (
            vec![("MERCHANT_ORDER_ID", "HS2409050002")],
            "signature OtherOrder",
        ),
        (vec![("MERCHANT_ORDER_ID", "")], "signature OtherOrder"),
        (
            vec![("RESPONSE_CODE", "01"), ("MERCHANT_ORDER_ID", "X")],
            "signature OtherOrder",
        ),
        (
            vec![("MERCHANT_SERVICE_ID", "637")],
            "signature OtherMerchant",
        ),
        (
            vec![("MERCHANT_SERVICE_ID", "636")],
            "Payment Success 45000",
        ),
    ] {
        assert_eq!(
            read(&source, &answer(&changes, KNOWN.signed)),
            expected,
            "{changes:?}"
        );
    }
}

#[test]
fn without_a_status_map_nothing_is_paid() {
    let source = vnptpay("");
    for status in ["00", "1", "SUCCESS", ""] {
        let body = answer(&[("TRANSACTION_STATUS", status)], KNOWN.signed);
        assert_eq!(read(&source, &body), "Payment Unmapped 45000", "{status}");
    }
}

#[test]
fn whether_the_code_alone_means_paid_is_a_setting() {
    let signed = ["RESPONSE_CODE", "MERCHANT_ORDER_ID", "AMOUNT"];
    let lines = "paid_by = \"response_code\"\n\
                 reply_signature = \"RESPONSE_CODE MERCHANT_ORDER_ID AMOUNT\"\n";
    let source = vnptpay(lines);
    let body = answer(&[("TRANSACTION_STATUS", "")], &signed);
    assert_eq!(read(&source, &body), "Payment Success 45000");
    let body = answer(&[("TRANSACTION_STATUS", "9")], &signed);
    assert_eq!(
        read(&source, &body),
        "Payment Unmapped 45000",
        "a status that is there counts"
    );
}

#[test]
fn an_unsigned_answer_is_refused_unless_answers_are_not_signed() {
    let unsigned = reply::flat_json(&PAID);
    assert_eq!(read(&vnptpay(MAP), &unsigned), "signature Missing");
    let wrong = answer(&[], KNOWN.signed).replace("45000", "450000");
    assert_eq!(read(&vnptpay(MAP), &wrong), "signature Wrong");
    let elsewhere = answer(&[], &["AMOUNT", "RESPONSE_CODE"]);
    assert_eq!(
        read(&vnptpay(MAP), &elsewhere),
        "signature Wrong",
        "another order of fields"
    );
    let trusting = vnptpay(&format!("{MAP}reply_signature = \"none\"\n"));
    assert_eq!(read(&trusting, &unsigned), "Payment Success 45000");
    let other = reply::flat_json(&changed(&PAID, &[("MERCHANT_ORDER_ID", "X")]));
    assert_eq!(
        read(&trusting, &other),
        "signature OtherOrder",
        "bound all the same"
    );
}

#[test]
fn numbers_are_signed_by_their_text_and_a_pay_date_may_be_missing() {
    let source = vnptpay(MAP);
    let body = answer(&[], KNOWN.signed).replace("\"45000\"", "45000");
    let body = body.replace('{', "{\"MORE\":null,");
    assert_eq!(read(&source, &body), "Payment Success 45000");
    let told = |changes: &[(&str, &str)]| {
        let body = answer(changes, KNOWN.signed);
        match source.read(body.as_bytes(), &order(ORDER, CREATED), "x") {
            Ok(Answer::Known(found)) => found.told[0].clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(told(&[]).time.as_deref(), Some("20240905091530"));
    assert_eq!(told(&[("PAY_DATE", "")]).time.as_deref(), Some(CREATED));
    assert_eq!(told(&[]).bank_ref.as_deref(), Some("VP240905000123"));
    assert_eq!(
        told(&[("CURRENCY_CODE", "USD")]).currency.as_deref(),
        Some("USD")
    );
}
