//! Every provider's vector verifies, and nothing else does.

use std::collections::BTreeMap;

use super::*;
use crate::domain::{TxnKind, TxnStatus};
use serde_json::{Value, json};

const VECTORS: &str = include_str!("../../../fixtures/provider-vectors.json");

fn vector(id: &str) -> (String, String, String) {
    let all: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let found = all.iter().find(|vector| vector["id"] == id).unwrap();
    let text = |key: &str| found[key].as_str().unwrap().to_owned();
    (text("key"), text("text"), text("sig"))
}

fn source(provider: &'static str, keys: Provider) -> PushSource {
    PushSource {
        path: PathBuf::new(),
        provider,
        is_gateway: true,
        instrument: Instrument::Qr,
        into: None,
        keys,
    }
}

fn key(text: &str) -> SecretString {
    SecretString::from(text)
}

/// Reads a file and shows what it tells: id, amount, time, reference, state.
fn told(source: &PushSource, file: &str) -> Result<Vec<String>, PushFault> {
    let records = source.read("x", file.as_bytes(), None)?;
    let show = |record: &Record| {
        let text = |value: &Option<Box<str>>| value.as_deref().unwrap_or("-").to_owned();
        format!(
            "{} {} {} {} {}",
            text(&record.id),
            text(&record.amount),
            text(&record.time),
            text(&record.bank_ref),
            record.status.map_or("?", TxnStatus::id)
        )
    };
    Ok(records.iter().map(show).collect())
}

/// The file is read as told; with one character of the signature or of the amount changed it is
/// not.
fn verifies(source: &PushSource, file: &str, signature: &str, amount: &str, expected: &str) {
    assert_eq!(
        told(source, file).as_deref(),
        Ok(&[expected.to_owned()][..])
    );
    let (head, tail) = signature.split_at(signature.len() - 1);
    let other = if tail == "0" { "1" } else { "0" };
    let more = format!("1{amount}");
    for (from, to) in [
        (signature, format!("{head}{other}")),
        (signature, String::new()),
        (signature, head.to_owned()),
        (amount, more),
    ] {
        let spoiled = file.replace(from, &to);
        assert_ne!(spoiled, file);
        let fault = told(source, &spoiled);
        assert!(
            matches!(fault, Err(PushFault::Unverified(_))),
            "{fault:?} {spoiled}"
        );
    }
}

/// A vector of sorted pairs as members.
fn members(text: &str) -> BTreeMap<String, Value> {
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(k, v)| (k.to_owned(), Value::from(v))).collect()
}

fn envelope(headers: &Value, body: &str) -> String {
    json!({"headers": headers, "body": body}).to_string()
}

#[test]
fn payos_signs_its_data() {
    let (secret, text, signature) = vector("payos.webhook (official sample key and data)");
    let source = source(
        "payos",
        Provider::Payos {
            checksum_key: key(&secret),
        },
    );
    let mut data = members(&text);
    for number in ["amount", "orderCode"] {
        let value: i64 = data[number].as_str().unwrap().parse().unwrap();
        data.insert(number.to_owned(), value.into());
    }
    data.insert("virtualAccountName".to_owned(), Value::Null);
    let file = json!({"code": "00", "success": true, "data": data, "signature": signature});
    let expected = "123 3000 2023-02-04 18:25:00 TF230204212323 success";
    verifies(&source, &file.to_string(), &signature, "3000", expected);
    // in an envelope, too
    let in_envelope = envelope(&json!({}), &file.to_string());
    assert!(told(&source, &in_envelope).is_ok());
}

#[test]
fn casso_signs_a_sorted_body_or_sends_a_token() {
    let (secret, text, signature) = vector("casso.webhook_v2.diacritics");
    let (at, body) = text.split_once('.').unwrap();
    let by_key = |token: Option<&str>| {
        source(
            "casso",
            Provider::Casso {
                token: token.map(key),
                key: Some(key(&secret)),
            },
        )
    };
    // the receiver keeps the body as it came, in whatever order
    let body = body.replacen("{\"data\":", "{ \"error\" : 0,\"data\":", 1);
    let body = body.replace(",\"error\":0}", "}");
    let header = format!("t={at},v1={signature}");
    let file = envelope(&json!({"X-Casso-Signature": header}), &body);
    let expected = "501 45000 2024-10-03 15:06:37 FT24249123456 success";
    verifies(&by_key(None), &file, &signature, "45000", expected);
    let (secret, text, signature) = vector("casso.webhook_v2 (published sample)");
    let (at, body) = text.split_once('.').unwrap();
    let published = source(
        "casso",
        Provider::Casso {
            token: None,
            key: Some(key(&secret)),
        },
    );
    let header = format!("t={at}, v1={signature}");
    // the published sample is that of a test call, which is verified and no money
    let sample = envelope(&json!({"x-casso-signature": [header]}), body);
    assert_eq!(told(&published, &sample), Ok(Vec::new()));
    // v1: a list, and a token
    let row = r#"{"id":7,"tid":"FT1","description":"x","amount":-5000,"when":"2022-12-05","bank_sub_acc_id":"88"}"#;
    let body = format!(
        r#"{{"error":0,"data":[{row},{}]}}"#,
        row.replace(":7", ":8")
    );
    let v1 = source(
        "casso",
        Provider::Casso {
            token: Some(key("CANARY-TOKEN")),
            key: None,
        },
    );
    let good = envelope(&json!({"Secure-Token": "CANARY-TOKEN"}), &body);
    let all = told(&v1, &good).unwrap();
    assert_eq!(all[0], "7 -5000 2022-12-05 FT1 success");
    assert_eq!(all.len(), 2);
    let unverified = Err(PushFault::Unverified("secure-token"));
    for token in ["CANARY-TOKE", "CANARY-TOKENS", ""] {
        let bad = envelope(&json!({"Secure-Token": token}), &body);
        assert_eq!(told(&v1, &bad), unverified);
    }
    assert_eq!(told(&v1, &envelope(&json!({}), &body)), unverified);
}

#[test]
fn sepay_signs_the_raw_body_or_sends_a_key() {
    let (secret, text, signature) = vector("sepay.webhook");
    let (at, body) = text.split_once('.').unwrap();
    let signed = source(
        "sepay",
        Provider::Sepay {
            token: None,
            key: Some(key(&secret)),
        },
    );
    let headers = json!({
        "X-SePay-Timestamp": at,
        "X-SePay-Signature": format!("sha256={signature}"),
    });
    let expected = "92704 45000 2024-09-05 09:15:30 MBVCB.1000000017 success";
    verifies(
        &signed,
        &envelope(&headers, body),
        &signature,
        "45000",
        expected,
    );
    let by_key = source(
        "sepay",
        Provider::Sepay {
            token: Some(key("CANARY")),
            key: None,
        },
    );
    let file = |header: &str| envelope(&json!({"Authorization": header}), body);
    assert!(told(&by_key, &file("Apikey CANARY")).is_ok());
    for header in ["Bearer CANARY", "Apikey CANAR", "CANARY", ""] {
        let unverified = Err(PushFault::Unverified("Authorization"));
        assert_eq!(told(&by_key, &file(header)), unverified, "{header}");
    }
    // an amount with a sign contradicts "in"
    let minus = body.replace("45000", "-45000");
    let odd = envelope(&json!({"Authorization": "Apikey CANARY"}), &minus);
    let kinds = |file: &str| {
        let records = by_key.read("x", file.as_bytes(), None).unwrap();
        let kinds = records.into_iter().map(|record| record.kind);
        kinds.collect::<Vec<_>>()
    };
    assert_eq!(kinds(&odd), [None]);
    assert_eq!(kinds(&file("Apikey CANARY")), [Some(TxnKind::Payment)]);
}

#[test]
fn vnpay_signs_its_query() {
    let (secret, text, signature) = vector("vnpay.ipn");
    let source = |tmn_code: Option<&str>| {
        source(
            "vnpay",
            Provider::Vnpay {
                hash_secret: key(&secret),
                tmn_code: tmn_code.map(Into::into),
            },
        )
    };
    let file =
        format!("{text}&vnp_Empty=&vnp_SecureHashType=HMACSHA512&vnp_SecureHash={signature}");
    let expected = "000.00.29.H15-240905-0001-01 4500000 20240905091530 14422574 success";
    verifies(
        &source(Some("TESTTMN1")),
        &file,
        &signature,
        "4500000",
        expected,
    );
    let as_query = json!({"query": format!("?{file}")}).to_string();
    assert!(told(&source(None), &as_query).is_ok());
    assert_eq!(
        told(&source(Some("OTHER")), &file),
        Err(PushFault::Unverified("vnp_TmnCode"))
    );
    let twice = format!("{file}&vnp_Amount=1");
    assert_eq!(told(&source(None), &twice), Err(PushFault::Form("query")));
}

#[test]
fn momo_signs_named_fields() {
    let (secret, text, signature) = vector("momo.ipn");
    let mut body = members(&text);
    let access = body.remove("accessKey").unwrap();
    for number in ["amount", "responseTime", "resultCode", "transId"] {
        let value: i64 = body[number].as_str().unwrap().parse().unwrap();
        body.insert(number.to_owned(), value.into());
    }
    body.insert("signature".to_owned(), signature.as_str().into());
    let source = source(
        "momo",
        Provider::Momo {
            access_key: key(access.as_str().unwrap()),
            secret_key: key(&secret),
            partner_code: None,
        },
    );
    let expected = "HS240905-0001 45000 20240905091530 4088878653 success";
    verifies(
        &source,
        &json!(body).to_string(),
        &signature,
        "45000",
        expected,
    );
}

#[test]
fn zalopay_signs_the_text_of_its_data() {
    let (secret, text, signature) = vector("zalopay.callback");
    let source = source(
        "zalopay",
        Provider::Zalopay {
            key2: key(&secret),
            app_id: None,
        },
    );
    let file = json!({"data": text, "mac": signature, "type": 1}).to_string();
    let expected = "240905_HS0001 45000 2024-09-05T09:15:30+07:00 240905000000123 success";
    verifies(&source, &file, &signature, "45000", expected);
    let other = file.replace("\"type\":1", "\"type\":2");
    assert_eq!(told(&source, &other), Err(PushFault::Form("type")));
}

#[test]
fn what_is_no_webhook_is_said_by_its_part() {
    let source = source(
        "zalopay",
        Provider::Zalopay {
            key2: key("k"),
            app_id: None,
        },
    );
    let check = |file: &[u8], part: &'static str| {
        assert_eq!(source.read("x", file, None), Err(PushFault::Form(part)));
    };
    check(b"\xff\xfe", "UTF-8");
    check(b"{\"data\":", "JSON");
    check(b"{\"body\":{\"data\":\"x\"}}", "body");
    check(b"{\"body\":\"no json\"}", "body");
    check(b"{\"type\":1}", "data");
    check(b"", "body");
}
