//! Answers of ViettelPay, signed in hex and in base64.

use super::reply::testing::{changed, opened, order, say, vector};
use super::*;

const LINES: &str = "kind = \"viettelpay\"\nmerchant_code = \"MCTEST\"\naccess_code = { env = \"A\" }\n\
                     hash_key = { env = \"H\" }\n";
const ORDER: &str = "1001___HS0001";
const PAID: [(&str, &str); 6] = [
    ("error_code", "00"),
    ("merchant_code", "MCTEST"),
    ("order_id", ORDER),
    ("payment_status", "1"),
    ("trans_amount", "45000"),
    ("vt_transaction_id", "VT0001"),
];

fn viettelpay(more: &str) -> ViettelPay {
    let secrets = [("A", "AC"), ("H", "HKEY")];
    opened(&format!("{LINES}{more}"), &secrets, ViettelPay::open).unwrap()
}

/// The answer of a paid order with some fields changed, signed after that.
fn answer(changes: &[(&str, &str)], encoding: Encoding) -> String {
    let mut fields = changed(&PAID, changes);
    let of = |key: &str| match key {
        "access_code" => "AC",
        _ => fields
            .iter()
            .find(|(k, _)| *k == key)
            .map_or("", |(_, v)| *v),
    };
    let values: Vec<(&str, &str)> = KNOWN.signed.iter().map(|key| (*key, of(key))).collect();
    let signature = RECIPE.sign_in(encoding, &"HKEY".to_owned().into(), &values);
    fields.push(("check_sum", &signature));
    reply::flat_json(&fields)
}

fn read(source: &ViettelPay, body: &str) -> String {
    say(&source.read(
        body.as_bytes(),
        &order(ORDER, "20240905091200"),
        "s: POST x",
    ))
}

#[test]
fn the_request_is_that_of_the_vector() {
    let form = |more: &str| {
        viettelpay(more)
            .request(&order(ORDER, "20240905091200"), 1)
            .query
    };
    let sent = |fields: [(&'static str, &str); 5]| fields.map(|(k, v)| (k, v.to_owned())).to_vec();
    let hex = vector("viettelpay.search");
    assert_eq!(
        form(""),
        sent([
            ("cmd", "TRANS_INQUIRY"),
            ("merchant_code", "MCTEST"),
            ("order_id", ORDER),
            ("version", "2.0"),
            ("check_sum", &hex),
        ])
    );
    let base64 = form("hash_encoding = \"base64\"\n");
    assert_eq!(base64[4].1, "/KSP4nOfF2/naniExaaO6oNJuWE=");
    let other = form("command = \"TRANS_QUERY\"\n");
    assert_eq!(other[0].1, "TRANS_QUERY");
    assert_ne!(other[4].1, hex);
}

#[test]
fn each_answer_is_read_as_what_it_says() {
    for (encoding, more) in [
        (Encoding::Hex, ""),
        (Encoding::Base64, "hash_encoding = \"base64\"\n"),
    ] {
        let source = viettelpay(&format!("{more}status_map = {{ \"0\" = \"pending\" }}\n"));
        for (changes, expected) in [
            (vec![], "Payment Success 45000"),
            (vec![("payment_status", "0")], "Payment Pending 45000"),
            (vec![("payment_status", "2")], "Payment Unmapped 45000"),
            (vec![("trans_amount", "4500000")], "Payment Success 4500000"),
            (vec![("error_code", "02")], "refused 02"),
            (vec![("error_code", "03")], "again ErrorInside(\"03\")"),
            (vec![("error_code", "01")], "again OrderCode(\"01\")"),
            (vec![("order_id", "1001___HS0002")], "signature OtherOrder"),
            (vec![("merchant_code", "OTHER")], "signature OtherMerchant"),
        ] {
            let body = answer(&changes, encoding);
            assert_eq!(read(&source, &body), expected, "{changes:?}");
        }
        assert_eq!(read(&source, &reply::flat_json(&PAID)), "signature Missing");
        // Without a separator the same text can be cut in another way: the amount and the number
        // may change places with their neighbours, order and merchant may not.
        let shifted = answer(&[], encoding).replace("\"45000\"", "\"45000V\"");
        assert_eq!(read(&source, &shifted), "signature Wrong");
    }
}

#[test]
fn no_such_order_is_a_setting_and_a_wrong_way_of_writing_is_refused() {
    let body = answer(&[("error_code", "01")], Encoding::Hex);
    assert_eq!(
        read(&viettelpay("not_found = \"01\"\n"), &body),
        "not found"
    );
    let base64 = answer(&[], Encoding::Base64);
    assert_eq!(read(&viettelpay(""), &base64), "signature Wrong");
}

#[test]
fn the_time_of_payment_is_a_setting() {
    let time = |source: &ViettelPay, more: &str| {
        let body = answer(&[], Encoding::Hex).replacen('{', more, 1);
        match source.read(body.as_bytes(), &order(ORDER, "20240905091200"), "x") {
            Ok(Answer::Known(found)) => found.told[0].time.clone().unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let told = "{\"trans_time\":\"2024-09-05 09:15:30\",";
    assert_eq!(
        &*time(&viettelpay(""), told),
        "20240905091200",
        "the order's own"
    );
    let source = viettelpay("time_field = \"trans_time\"\n");
    assert_eq!(&*time(&source, told), "2024-09-05 09:15:30");
    assert_eq!(&*time(&source, "{"), "20240905091200");
}

#[test]
fn an_id_over_twenty_characters_is_not_asked_about() {
    let source = viettelpay("");
    let all = [
        "1001___000.00.29.H15-240905-0001",
        "1001___000.00.29.H15",
        "1002___000.00.29.H15",
    ]
    .map(|id| order(id, "20240905091200"));
    let asked: Vec<bool> = all
        .iter()
        .map(|one| !source.is_mistakable(one, &all))
        .collect();
    assert_eq!(asked, [false, false, true]);
}

#[test]
fn an_answer_may_be_a_form() {
    let source = viettelpay("");
    let json: serde_json::Value = serde_json::from_str(&answer(&[], Encoding::Hex)).unwrap();
    let fields = json.as_object().unwrap().iter();
    let fields = fields.map(|(key, value)| format!("{key}={}", value.as_str().unwrap()));
    let form = fields.collect::<Vec<_>>().join("&");
    for (body, expected) in [
        (form.clone(), "Payment Success 45000"),
        (form.replace("HS0001", "%48S0001"), "Payment Success 45000"),
        (form.replace("HS0001", "HS+001"), "signature Wrong"),
        (
            format!("{form}&order_id=1001___HS0001"),
            "again Body(DuplicateKey(\"order_id\"))",
        ),
        (form.replace("45000", "4%"), "again Body(Truncated)"),
        (
            form.replace("45000", "4%zz"),
            "again Body(Shape(\"a form\"))",
        ),
        (format!("{form}&more"), "again Body(Truncated)"),
        ("error_code=02".to_owned(), "refused 02"),
        (
            "login".to_owned(),
            "again Body(NotJson { line: 1, column: 1 })",
        ),
    ] {
        assert_eq!(read(&source, &body), expected, "{body}");
    }
}
