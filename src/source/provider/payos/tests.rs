//! Answers of payOS, signed here as payOS signs them.

use serde_json::{Value, json};

use super::*;
use crate::config::source::tests::read as settings;
use crate::domain::{DossierCode, Moment, OrderStatus, TxnKind, Vnd};
use crate::source::json::Member;
use crate::source::provider::probing::Found;
use crate::source::signature::{Algorithm, Layout, Recipe};
use crate::source::{Pace, Record};

const KEY: &str = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675";
const ORDER: &str = "2409050001";

fn payos(more: &str) -> Payos {
    let text = format!(
        "[[source]]\nname = \"payos\"\nkind = \"payos\"\nclient_id = \"c\"\n\
         api_key = {{ env = \"A\" }}\nchecksum_key = {{ env = \"K\" }}\n{more}\n"
    );
    let settings = settings(&text).unwrap();
    let not_found = settings.text("not_found").unwrap_or("101");
    Payos {
        client: Client::open(&settings, None, None, Pace::default()).unwrap(),
        checksum_key: SecretString::from(KEY),
        not_found: not_found.split(' ').map(Into::into).collect(),
        states: States::read(&settings, STATES).unwrap(),
    }
}

fn order() -> PaymentOrder {
    PaymentOrder {
        provider: "payos".into(),
        order_id: ORDER.into(),
        dossier_code: DossierCode::parse("000.00.29.H15-240905-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: Moment::parse_compact("20240905091200").unwrap(),
        status: OrderStatus::Pending,
    }
}

fn transfer(reference: &str, amount: i64, at: &str) -> Value {
    json!({
        "accountNumber": "12345678", "amount": amount, "counterAccountBankId": null,
        "counterAccountBankName": null, "counterAccountName": null, "counterAccountNumber": null,
        "description": "HS240905 0001", "reference": reference, "transactionDateTime": at,
        "virtualAccountName": null, "virtualAccountNumber": null,
    })
}

/// `data` of the published answer with some members replaced.
fn data(changes: &Value) -> Value {
    let mut data = json!({
        "id": "124c33293c43417ab7879e14c8d9eb18", "orderCode": 2_409_050_001_i64,
        "amount": 45_000, "amountPaid": 45_000, "amountRemaining": 0, "status": "PAID",
        "createdAt": "2024-09-05T09:12:00+07:00",
        "transactions": [transfer("FT24249123456", 45_000, "2024-09-05T09:15:30+07:00")],
        "cancellationReason": null, "canceledAt": null,
    });
    for (key, value) in changes.as_object().unwrap() {
        data[key] = value.clone();
    }
    data
}

/// The signature of `data`, for lists whose objects were built with sorted keys.
fn sign(data: &Value) -> String {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let members = data.as_object().unwrap();
    let texts: Vec<(&str, String)> = members.iter().map(|(k, v)| (k.as_str(), text(v))).collect();
    let pairs: Vec<(&str, &str)> = texts.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let recipe = Recipe {
        algorithm: Algorithm::HmacSha256,
        layout: Layout::SortedPairs,
    };
    recipe.sign(&SecretString::from(KEY), &pairs)
}

fn body(changes: &Value) -> Value {
    let data = data(changes);
    json!({"code": "00", "desc": "success", "signature": sign(&data), "data": data})
}

fn read_body(payos: &Payos, body: &Value) -> Result<Answer, Bad> {
    payos.read(body.to_string().as_bytes(), &order(), "payos: GET x")
}

fn told(changes: &Value) -> Vec<Record> {
    match read_body(&payos(""), &body(changes)) {
        Ok(Answer::Known(found)) => {
            let Found { told, implied } = *found;
            assert!(implied.is_empty());
            told
        }
        other => panic!("{other:?}"),
    }
}

/// Id, amount and state of every row.
fn rows(changes: &Value) -> Vec<(String, String, TxnStatus)> {
    let one = |row: Record| {
        let (id, amount) = (row.id.unwrap(), row.amount.unwrap_or_default());
        (id.into(), amount.into(), row.status.unwrap())
    };
    told(changes).into_iter().map(one).collect()
}

fn row(id: &str, amount: &str, status: TxnStatus) -> (String, String, TxnStatus) {
    (id.to_owned(), amount.to_owned(), status)
}

#[test]
fn the_published_answer_verifies_whatever_the_order_of_its_keys() {
    let published = "3abafc5c98b933a7ac0b74bf93ee94200c8bdc79d3e4733f8f5884f46c0c52ce";
    assert_eq!(sign(&data(&json!({}))), published);
    let shuffled = format!(
        "{{\"signature\":\"{published}\",\"data\":{{\"transactions\":[{{\"reference\":\"FT24249123456\",\
         \"transactionDateTime\":\"2024-09-05T09:15:30+07:00\",\"amount\":45000,\
         \"virtualAccountName\":null,\"virtualAccountNumber\":null,\"counterAccountBankId\":null,\
         \"counterAccountNumber\":null,\"counterAccountBankName\":null,\"counterAccountName\":null,\
         \"description\":\"HS240905 0001\",\"accountNumber\":\"12345678\"}}],\"status\":\"PAID\",\
         \"orderCode\":2409050001,\"id\":\"124c33293c43417ab7879e14c8d9eb18\",\"amount\":45000,\
         \"amountPaid\":45000,\"amountRemaining\":0,\"cancellationReason\":\"null\",\
         \"canceledAt\":null,\"createdAt\":\"2024-09-05T09:12:00+07:00\"}},\"code\":\"00\"}}"
    );
    let read = payos("").read(shuffled.as_bytes(), &order(), "x");
    assert!(matches!(read, Ok(Answer::Known(_))), "{read:?}");
}

#[test]
fn the_published_webhook_verifies_as_text() {
    // The same checksum with Vietnamese text and empty values.
    let mut members: Vec<Member> = [
        ("accountNumber", "12345678"),
        ("code", "00"),
        ("desc", "Thành công"),
        ("description", "VQRIO123"),
        ("currency", "VND"),
        ("paymentLinkId", "124c33293c43417ab7879e14c8d9eb18"),
        ("reference", "TF230204212323"),
        ("transactionDateTime", "2023-02-04 18:25:00"),
        ("counterAccountBankId", ""),
        ("counterAccountBankName", "undefined"),
        ("virtualAccountName", "null"),
    ]
    .map(|(name, text)| (name.into(), Json::Text(text.into())))
    .into();
    for (name, number) in [("amount", "3000"), ("orderCode", "123")] {
        members.push((name.into(), Json::Number(number.into())));
    }
    for name in [
        "counterAccountName",
        "counterAccountNumber",
        "virtualAccountNumber",
    ] {
        members.push((name.into(), Json::Null));
    }
    let published = "412e915d2871504ed31be63c8f62a149a4410d34c4c42affc9006ef9917eaa03";
    assert!(checksum::verify(
        &SecretString::from(KEY),
        &members,
        published
    ));
    members[0].1 = Json::Text("12345679".into());
    assert!(!checksum::verify(
        &SecretString::from(KEY),
        &members,
        published
    ));
}

#[test]
fn an_answer_that_is_not_ours_refuses_the_pull() {
    let payos = payos("");
    let refused = |why| Err(not_ours("payos: GET x", why));
    let right = body(&json!({}));
    let with = |signature: Value| {
        let mut body = right.clone();
        body["signature"] = signature;
        read_body(&payos, &body)
    };
    let hex = right["signature"].as_str().unwrap();
    assert_eq!(with(json!(null)), refused(SignatureFault::Missing));
    assert_eq!(with(json!("")), refused(SignatureFault::Missing));
    assert_eq!(with(json!(hex[..32])), refused(SignatureFault::Wrong));
    assert_eq!(
        with(json!(hex.replace('a', "b"))),
        refused(SignatureFault::Wrong)
    );
    assert!(with(json!(hex.to_uppercase())).is_ok());
    let mut altered = right.clone();
    altered["data"]["transactions"][0]["amount"] = json!(4_500_000);
    assert_eq!(read_body(&payos, &altered), refused(SignatureFault::Wrong));
    let other = body(&json!({"orderCode": 2_409_050_002_i64}));
    assert_eq!(
        read_body(&payos, &other),
        refused(SignatureFault::OtherOrder)
    );
}

#[test]
fn the_outer_code_tells_what_became_of_the_call() {
    let coded = |payos: &Payos, code: &str| {
        read_body(payos, &json!({"code": code, "desc": "x", "data": null}))
    };
    let plain = payos("");
    assert_eq!(coded(&plain, "101"), Ok(Answer::NotFound));
    assert_eq!(
        coded(&payos("not_found = \"14 231\""), "231"),
        Ok(Answer::NotFound)
    );
    for code in ["20", "429", "999"] {
        let again = Bad::Again(Fault::ErrorInside(code.into()));
        assert_eq!(coded(&plain, code), Err(again));
    }
    for code in ["401", "403"] {
        assert_eq!(coded(&plain, code), Err(refused("payos: GET x", code)));
    }
    let empty = json!({"code": "00", "data": null, "signature": "x"});
    assert_eq!(
        read_body(&plain, &empty),
        Err(BodyFault::Shape("data").into())
    );
}

#[test]
fn one_transfer_of_the_whole_amount_is_the_payment() {
    let [paid] = told(&json!({})).try_into().unwrap();
    assert_eq!(
        (paid.id.as_deref(), paid.kind),
        (Some(ORDER), Some(TxnKind::Payment))
    );
    assert_eq!(
        (paid.amount.as_deref(), paid.status),
        (Some("45000"), Some(TxnStatus::Success))
    );
    assert_eq!(
        (paid.account.as_deref(), paid.bank_ref.as_deref()),
        (Some("12345678"), Some("FT24249123456"))
    );
    assert_eq!(paid.time.as_deref(), Some("2024-09-05T09:15:30+07:00"));
    assert_eq!(paid.order_amount, Some(Vnd::new(45_000)));
}

#[test]
fn a_link_without_money_is_its_status() {
    let status = |word: &str| {
        let all = rows(&json!({"status": word, "amountPaid": 0, "transactions": []}));
        let [(id, amount, status)] = all.try_into().unwrap();
        assert_eq!((id.as_str(), amount.as_str()), (ORDER, "45000"));
        status
    };
    for word in ["PENDING", "PROCESSING"] {
        assert_eq!(status(word), TxnStatus::Pending, "{word}");
    }
    for word in ["CANCELLED", "EXPIRED", "FAILED"] {
        assert_eq!(status(word), TxnStatus::Failed, "{word}");
    }
    // A paid link without a transfer contradicts itself; a new word is for a person.
    for word in ["PAID", "UNDERPAID", "REFUNDED", ""] {
        assert_eq!(status(word), TxnStatus::Unmapped, "{word}");
    }
}

#[test]
fn several_transfers_are_several_rows_in_the_order_of_time() {
    let (early, late) = ("2024-09-05T09:15:30+07:00", "2024-09-05T10:00:00+07:00");
    let (a, b) = (
        transfer("FTA", 20_000, early),
        transfer("FTB", 25_000, late),
    );
    for list in [json!([a, b]), json!([b, a])] {
        assert_eq!(
            rows(&json!({"transactions": list})),
            [
                row(ORDER, "45000", TxnStatus::Void),
                row("2409050001#FTA", "20000", TxnStatus::Success),
                row("2409050001#FTB", "25000", TxnStatus::Success),
            ],
            "paid in two parts"
        );
    }
    let under = json!({
        "status": "UNDERPAID", "amountPaid": 20_000, "amountRemaining": 25_000, "transactions": [a],
    });
    assert_eq!(
        rows(&under),
        [
            row(ORDER, "45000", TxnStatus::Pending),
            row("2409050001#FTA", "20000", TxnStatus::Success),
        ]
    );
    let again = transfer("FTC", 45_000, late);
    let over = json!({
        "amountPaid": 90_000, "transactions": [again, transfer("FT1", 45_000, early)],
    });
    assert_eq!(
        rows(&over),
        [
            row(ORDER, "45000", TxnStatus::Success),
            row("2409050001#FTC", "45000", TxnStatus::Success),
        ],
        "the first whole transfer is the payment, the second a row of its own"
    );
}

#[test]
fn of_a_link_with_a_transfer_that_cannot_be_read_nothing_is_said() {
    let early = "2024-09-05T09:15:30+07:00";
    for amount in [
        "99999999999999999999999",
        "1e400",
        "9223372036854775807",
        "",
    ] {
        let mut unread = transfer("FTA", 45_000, early);
        unread["amount"] = json!(amount);
        // not void, as if it had been paid in other parts: a later answer would contradict it
        let all = rows(&json!({"transactions": [unread]}));
        let ids: Vec<&str> = all.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(ids, ["2409050001#FTA"], "{amount}");
    }
}

#[test]
fn an_answer_that_contradicts_itself_is_for_a_person() {
    let one = transfer("FTA", 45_000, "2024-09-05T09:15:30+07:00");
    for changes in [
        json!({"amountPaid": 40_000}),
        json!({"amountPaid": null}),
        json!({"status": "CANCELLED", "transactions": [one]}),
        json!({"status": "EXPIRED"}),
        json!({"status": "SOMETHING"}),
    ] {
        let all = rows(&changes);
        assert_eq!(all, [row(ORDER, "45000", TxnStatus::Unmapped)], "{changes}");
    }
    // Money in a link that ended is never failed, and the link itself is over.
    let part = json!({
        "status": "EXPIRED", "amountPaid": 20_000,
        "transactions": [transfer("FTA", 20_000, "2024-09-05T09:15:30+07:00")],
    });
    assert_eq!(
        rows(&part),
        [
            row(ORDER, "45000", TxnStatus::Failed),
            row("2409050001#FTA", "20000", TxnStatus::Unmapped),
        ]
    );
    let nameless = json!({"transactions": [transfer("", 1, "2024-09-05T09:15:30+07:00")]});
    let read = read_body(&payos(""), &body(&nameless));
    assert_eq!(read, Err(BodyFault::Shape("transactions.reference").into()));
}

#[test]
fn only_whole_numbers_are_asked_about() {
    let payos = payos("");
    for (id, can) in [
        ("1", true),
        ("9007199254740991", true),
        ("9007199254740992", false),
        ("01", false),
        ("", false),
        ("H48.18.22-221205-0001-01", false),
        ("../cancel", false),
    ] {
        let order = PaymentOrder {
            order_id: id.into(),
            ..order()
        };
        assert_eq!(payos.can_ask(&order), can, "{id}");
    }
    let example = payos.example(Day::parse("2024-09-05").unwrap());
    assert_eq!(&*example, "9007199254740991");
    assert_eq!(
        payos.request(&order(), 1).path,
        "/v2/payment-requests/2409050001"
    );
}
