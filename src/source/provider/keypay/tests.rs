//! Answers of KeyPay in both versions.

use super::reply::testing::{changed, opened, order, say, vector};
use super::*;
use crate::source::signature::Recipe;

const V3: &str = "kind = \"keypay\"\nclient_id = \"KPTEST\"\nhash_key_1 = { env = \"K1\" }\n\
                  hash_key_2 = { env = \"K2\" }\n\
                  reply_signature = \"addition_fee client_id command trans_amount transaction_id version\"\n";
const V1: &str =
    "kind = \"keypay\"\napi = \"v1\"\nclient_id = \"MCTEST\"\nhash_key_1 = { env = \"K1\" }\n";
const ORDER: &str = "1001_abcdef012345678";
const PAID: [(&str, &str); 10] = [
    ("error", "0"),
    ("addition_fee", "0"),
    ("client_id", "KPTEST"),
    ("command", "PAY"),
    ("trans_amount", "45000"),
    ("transaction_id", ORDER),
    ("version", "3.0"),
    ("status", "0"),
    ("payment_fee", "1100"),
    ("transaction_code", "KP0001"),
];

fn keypay(lines: &str) -> KeyPay {
    opened(lines, &[("K1", "HK1"), ("K2", "HK2")], KeyPay::open).unwrap()
}

fn signed<'a>(
    fields: &[(&'a str, &'a str)],
    (recipe, key): (Recipe, &str),
    over: &[&'a str],
    name: &str,
) -> String {
    let of = |key: &str| {
        fields
            .iter()
            .find(|(k, _)| *k == key)
            .map_or("", |(_, v)| *v)
    };
    let values: Vec<(&str, &str)> = over.iter().map(|key| (*key, of(key))).collect();
    let signature = recipe.sign(&key.to_owned().into(), &values);
    let mut all = fields.to_vec();
    all.push((name, &signature));
    reply::flat_json(&all)
}

fn v3_answer(changes: &[(&str, &str)]) -> String {
    let fields = changed(&PAID, changes);
    signed(&fields, (v3::RECIPE, "HK2"), v3::KNOWN.signed, "check_sum")
}

fn read(source: &KeyPay, body: &str, id: &str) -> String {
    say(&source.read(body.as_bytes(), &order(id, "20240905091200"), "s: GET x"))
}

#[test]
fn the_request_of_version_3_is_that_of_the_vector() {
    // The vector's id has 21 characters: it shows the recipe, such an order is never asked about.
    let asked = order("1001_abcdef0123456789", "20240905091200");
    let (json, form) = (keypay(V3), keypay(&format!("{V3}body = \"form\"\n")));
    let sum = vector("keypay_dvcqg.detail");
    let request = json.request(&asked, 1);
    assert_eq!(
        request.body.unwrap(),
        format!(
            "{{\"client_id\":\"KPTEST\",\"command\":\"PAY\",\
             \"transaction_id\":\"1001_abcdef0123456789\",\"check_sum\":\"{sum}\"}}"
        )
    );
    let request = form.request(&asked, 1);
    assert_eq!(request.body, None);
    assert_eq!(request.query[3], ("check_sum", sum));
    let all = [asked, order("1002_abcdef012345678", "20240905091200")];
    assert_eq!(
        [0, 1].map(|at| !json.is_mistakable(&all[at], &all)),
        [false, true]
    );
}

#[test]
fn each_answer_of_version_3_is_read_as_what_it_says() {
    let source = keypay(&format!(
        "{V3}status_map = {{ \"2\" = \"failed\" }}\nnot_found = \"5\"\n"
    ));
    for (changes, expected) in [
        (vec![], "Payment Success 45000"),
        (vec![("error", "")], "Payment Success 45000"),
        (vec![("status", "2")], "Payment Failed 45000"),
        (vec![("status", "1")], "Payment Unmapped 45000"),
        (vec![("status", "")], "Payment Unmapped 45000"),
        (vec![("trans_amount", "450")], "Payment Success 450"),
        (vec![("error", "5")], "not found"),
        (vec![("error", "7")], "again OrderCode(\"7\")"),
        (vec![("transaction_id", "1002_x")], "signature OtherOrder"),
        (vec![("client_id", "OTHER")], "signature OtherMerchant"),
        (
            vec![("version", ""), ("command", "")],
            "Payment Success 45000",
        ),
    ] {
        let mut sent = changes.clone();
        // Signed as they would be had they been sent.
        if changes.iter().any(|(key, _)| *key == "version") {
            sent.clear();
        }
        let mut body = v3_answer(&sent);
        if sent.is_empty() && !changes.is_empty() {
            body = body
                .replace("\"version\":\"3.0\",", "")
                .replace("\"command\":\"PAY\",", "");
        }
        assert_eq!(read(&source, &body, ORDER), expected, "{changes:?}");
    }
    assert_eq!(
        read(&source, &reply::flat_json(&PAID), ORDER),
        "signature Missing"
    );
    let by_the_other_key = signed(&PAID, (v3::RECIPE, "HK1"), v3::KNOWN.signed, "check_sum");
    assert_eq!(read(&source, &by_the_other_key, ORDER), "signature Wrong");
    assert_eq!(
        read(&source, &v3_answer(&[]).replace("45000", "46000"), ORDER),
        "signature Wrong"
    );
}

#[test]
fn the_fee_of_an_answer_is_the_fee_of_the_payment() {
    let body = v3_answer(&[]);
    let found = keypay(V3).read(body.as_bytes(), &order(ORDER, "20240905091200"), "x");
    let Ok(Answer::Known(found)) = found else {
        panic!("{found:?}")
    };
    assert_eq!(found.told[0].fee.as_deref(), Some("1100"));
    assert_eq!(found.told[0].bank_ref.as_deref(), Some("KP0001"));
}

#[test]
fn version_3_needs_the_key_of_its_answers() {
    let lines = V3.replace("hash_key_2 = { env = \"K2\" }\n", "");
    let secrets = [("K1", "HK1")];
    let error = opened(&lines, &secrets, KeyPay::open).unwrap_err();
    assert!(
        error.to_string().contains("hash_key_2 is missing"),
        "{error}"
    );
    let (head, _) = lines.split_once("reply_signature").unwrap();
    let trusting = format!("{head}reply_signature = \"none\"\n");
    let source = opened(&trusting, &secrets, KeyPay::open).unwrap();
    assert_eq!(
        read(&source, &reply::flat_json(&PAID), ORDER),
        "Payment Success 45000"
    );
}

#[test]
fn version_3_assumes_no_signature_that_leaves_out_the_state() {
    let secrets = [("K1", "HK1"), ("K2", "HK2")];
    let (head, _) = V3.split_once("reply_signature").unwrap();
    let error = opened(head, &secrets, KeyPay::open)
        .unwrap_err()
        .to_string();
    assert!(error.contains("reply_signature is missing"), "{error}");
    let with_state = format!(
        "{head}reply_signature = \"addition_fee client_id command status trans_amount transaction_id \
         version\"\n"
    );
    let source = keypay(&with_state);
    let over = [
        "addition_fee",
        "client_id",
        "command",
        "status",
        "trans_amount",
        "transaction_id",
        "version",
    ];
    let open = changed(&PAID, &[("status", "1")]);
    let body = signed(&open, (v3::RECIPE, "HK2"), &over, "check_sum");
    assert_eq!(read(&source, &body, ORDER), "Payment Unmapped 45000");
    let forged = body.replace("\"status\":\"1\"", "\"status\":\"0\"");
    assert_ne!(forged, body);
    assert_eq!(read(&source, &forged, ORDER), "signature Wrong");
}

#[test]
fn version_1_signs_every_field_in_the_order_of_the_names() {
    let source = keypay(&format!("{V1}status_map = {{ \"00\" = \"success\" }}\n"));
    let request = source.request(&order("1001", "20240905091200"), 1);
    assert_eq!(request.path, "/jsonresources/generic/QuerryBillStatus");
    // md5("HK1" + "1001" + "MCTEST" + "1001"), the empty trans_id left out.
    let hash = ("secure_hash", "6b09eadf858ee925f49f38faee828567".to_owned());
    let sent = ["1001", "MCTEST", "1001", ""].map(str::to_owned);
    let names = [
        "good_code",
        "merchant_code",
        "merchant_trans_id",
        "trans_id",
    ];
    let mut expected: Vec<(&str, String)> = names.into_iter().zip(sent).collect();
    expected.push(hash);
    assert_eq!(request.query, expected);
    let fields = [
        ("merchant_code", "MCTEST"),
        ("merchant_trans_id", "1001"),
        ("net_cost", "45000"),
        ("trans_id", "KP7"),
        ("status", "00"),
    ];
    let over = [
        "merchant_code",
        "merchant_trans_id",
        "net_cost",
        "status",
        "trans_id",
    ];
    let right = signed(&fields, (v1::RECIPE, "HK1"), &over, "secure_hash");
    assert_eq!(read(&source, &right, "1001"), "Payment Success 45000");
    assert_eq!(read(&source, &right, "1002"), "signature OtherOrder");
    assert_eq!(
        read(&source, &right.replace("45000", "46000"), "1001"),
        "signature Wrong"
    );
    let with_more = right.replacen('{', "{\"message\":\"ok\",", 1);
    assert_eq!(
        read(&source, &with_more, "1001"),
        "signature Wrong",
        "a field that nothing covers"
    );
    assert_eq!(read(&keypay(V1), &right, "1001"), "Payment Unmapped 45000");
    assert_eq!(
        read(&source, &reply::flat_json(&fields), "1001"),
        "signature Missing"
    );
}
