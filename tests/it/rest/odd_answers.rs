//! Answers that no document tells of: every field of an answer with every odd value that a program
//! may write there, to the adapter that is built in and to the tables of `docs/REST.md`. Both must
//! make the same rows and the same rejects of it, and money of none that nobody listed.

mod known;

use doisoat::domain::{DossierCode, Moment, OrderStatus, PaymentOrder, TxnKind, TxnStatus, Vnd};
use doisoat::sandbox::{District, Sandbox};
use doisoat::source::Handle;
use doisoat::source::signature::Encoding;
use serde_json::{Map, Value, json as value};

use super::dialects::{Outcome, outcome, pace};
use super::{example, open, read};
use crate::fake::{Fake, Kept, day, json};
use known::{CASSO, DVCQG, Dialect, MOMO, UNREAD, VNPAY, VNPTPAY, dvcqg, odd_values};

const ORDER: &str = "HS0001";

/// The id of a request, which an answer by tables is not held against.
const REQUEST_ID: &str = "requestId";

/// An answer with a field changed, and what was changed.
fn changed(dialect: &Dialect) -> Vec<(String, Value)> {
    let whole = (dialect.answer)();
    let mut all = vec![("as it should be".to_owned(), whole.clone())];
    let fields: Vec<String> = whole.as_object().unwrap().keys().cloned().collect();
    for field in fields.iter().filter(|field| *field != REQUEST_ID) {
        let unread = UNREAD.contains(&field.as_str());
        let odd = odd_values().into_iter();
        let odd = odd.filter(|(name, _)| !unread || ["nothing", "9", "a list"].contains(name));
        for (name, odd) in odd {
            let mut answer: Map<String, Value> = whole.as_object().unwrap().clone();
            match odd {
                Some(odd) => answer.insert(field.clone(), odd),
                None => answer.remove(field),
            };
            all.push((format!("{field}: {name}"), answer.into()));
        }
    }
    all
}

/// A value as it is signed: a text, a number as written, `true` and `false`, else nothing.
fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// The answer with its seal.
fn sealed(dialect: &Dialect, mut answer: Value, secrets: &[(String, String)]) -> Value {
    let secret = |name: &str| {
        let found = secrets.iter().find(|(known, _)| known.ends_with(name));
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (Some(recipe), Some(members)) = (dialect.recipe, answer.as_object_mut()) else {
        return answer;
    };
    let pair = |field: &&'static str| match field.strip_prefix('=') {
        Some(unsent) => (unsent, secret("ACCESS_KEY")),
        None => (*field, text_of(members.get(*field))),
    };
    let values: Vec<(&str, String)> = dialect.signed.iter().map(pair).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, &**text)).collect();
    let seal = recipe.sign_in(Encoding::Hex, &secret(dialect.secret).into(), &values);
    members.insert(dialect.seal.to_owned(), seal.into());
    answer
}

/// The answer with the id of the request that it answers, where the provider repeats it.
fn echoed(dialect: &Dialect, mut answer: Value, sent: &str, secrets: &[(String, String)]) -> Value {
    let sent = serde_json::from_str::<Value>(sent).unwrap_or_default();
    match answer.get_mut("requestId") {
        Some(id) if *id == "1" => {
            *id = sent["requestId"].clone();
            sealed(dialect, answer, secrets)
        }
        _ => answer,
    }
}

fn order() -> PaymentOrder {
    PaymentOrder {
        provider: "s".into(),
        order_id: ORDER.into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: Moment::parse_compact("20221205080000").unwrap(),
        status: OrderStatus::Pending,
    }
}

/// What the source of a text makes of an answer.
async fn told(
    dialect: &'static Dialect,
    text: &str,
    secrets: &[(String, String)],
    answer: &Value,
) -> Outcome {
    let (answer, keys) = (answer.clone(), secrets.to_vec());
    let fake = Fake::reading(move |request| {
        let (_, sent) = request.split_once("\r\n\r\n").unwrap();
        json(echoed(dialect, answer.clone(), sent, &keys).to_string())
    })
    .await;
    let line = text
        .lines()
        .find(|line| line.starts_with("base_url = "))
        .unwrap();
    let here = format!(
        "base_url = \"http://127.0.0.1:{}\"\nretries = 1\nrate_limit = \"1000/s\"",
        fake.port
    );
    let text = text
        .replace("rate_limit = \"5/s\"\n", "")
        .replacen(line, &here, 1);
    let pairs: Vec<(&str, &str)> = secrets
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let now_ms = day("2022-12-10").start_ms();
    match open(&read(&text).unwrap(), &pairs, pace(), now_ms).unwrap() {
        Handle::Feed(feed) => {
            let days = day("2022-12-05")..=day("2022-12-05");
            outcome(&feed.list(days, &Kept::default()).await.unwrap(), false)
        }
        Handle::Probe(probe) => outcome(
            &probe.ask(&[order()], &Kept::default()).await.unwrap(),
            true,
        ),
        other => panic!("{other:?}"),
    }
}

/// Both sources of a dialect and their secrets.
async fn sources(dialect: &str) -> (String, String, Vec<(String, String)>) {
    let sandbox = Sandbox::start_in(District::generate(1, day("2022-12-05").date(), 5), 0, None)
        .await
        .unwrap();
    let built_in = sandbox.toml_source(dialect);
    let tables = example(dialect, "http://127.0.0.1:1");
    let mut secrets = Vec::new();
    for known in sandbox.credentials(dialect) {
        secrets.push((
            known.env.replace("DOISOAT_SANDBOX_", ""),
            known.value.to_owned(),
        ));
        secrets.push((known.env.to_owned(), known.value.to_owned()));
    }
    (built_in, tables, secrets)
}

/// A page of a listing around a row.
fn page(row: &Value) -> Value {
    value!({"error": 0, "data": {"totalRecords": 1, "nextPage": null, "records": [row]}})
}

/// What is not the same with both, and what counts as paid although nobody listed it.
async fn differing(dialect: &'static Dialect, answers: Vec<(String, Value)>) -> Vec<String> {
    let (built_in, tables, secrets) = sources(dialect.name).await;
    let mut complaints = Vec::new();
    for (about, answer) in answers {
        let one = told(dialect, &built_in, &secrets, &answer).await;
        let other = told(dialect, &tables, &secrets, &answer).await;
        if one != other {
            complaints.push(format!(
                "{}: {about}\n{}",
                dialect.name,
                one.against(&other)
            ));
        }
    }
    complaints
}

async fn equal(dialect: &'static Dialect) {
    let secrets = sources(dialect.name).await.2;
    let wrap = |answer: Value| match dialect.recipe {
        Some(_) => sealed(dialect, answer, &secrets),
        None => page(&answer),
    };
    let all = changed(dialect).into_iter();
    let all: Vec<_> = all.map(|(about, answer)| (about, wrap(answer))).collect();
    assert!(all.len() > 200, "{}", all.len());
    let complaints = differing(dialect, all).await;
    assert!(
        complaints.is_empty(),
        "{} differ\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_answers_of_vnpay_are_read_alike() {
    equal(&VNPAY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_answers_of_momo_are_read_alike() {
    equal(&MOMO).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_answers_of_vnpt_pay_are_read_alike() {
    equal(&VNPTPAY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_answers_of_the_national_portal_are_read_alike() {
    equal(&DVCQG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_rows_of_casso_are_read_alike() {
    equal(&CASSO).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_shapes_are_read_alike() {
    let shapes = ["[]", "null", "\"x\"", "{}", "1", "[{}]"];
    for dialect in [&VNPAY, &MOMO, &VNPTPAY, &DVCQG, &CASSO] {
        let secrets = sources(dialect.name).await.2;
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let mut all: Vec<(String, Value)> = shapes
            .iter()
            .map(|text| ((*text).to_owned(), parse(text)))
            .collect();
        let whole = (dialect.answer)();
        match dialect.name {
            "casso" => {
                for data in [
                    "null",
                    "[]",
                    "{}",
                    "{\"records\": null}",
                    "{\"records\": {}}",
                ] {
                    all.push((data.to_owned(), value!({"error": 0, "data": parse(data)})));
                }
                for row in ["null", "[]", "17", "\"x\"", "{}"] {
                    all.push((row.to_owned(), page(&parse(row))));
                }
                for error in [
                    "null", "\"0\"", "false", "true", "\"\"", "\"401\"", "403", "500", "[]",
                ] {
                    let mut answer = page(&whole);
                    answer["error"] = parse(error);
                    all.push((format!("error {error}"), answer));
                }
            }
            "momo" => {
                let refunds = [
                    "null",
                    "{}",
                    "\"\"",
                    "[null]",
                    "[[]]",
                    "[{}]",
                    "[{\"orderId\":\"R1\"}]",
                    "[{\"orderId\":\"R1\",\"amount\":0,\"resultCode\":0,\"transId\":0}]",
                    "[{\"amount\":5000,\"resultCode\":0}]",
                    "[{\"orderId\":\"R1\",\"amount\":\"5000\",\"resultCode\":\"0\",\"transId\":\"7\"}]",
                    "[{\"orderId\":\"R1\",\"amount\":5000,\"resultCode\":77,\"transId\":7}]",
                    "[{\"orderId\":\"R1\",\"amount\":5000,\"resultCode\":7000}]",
                    "[{\"orderId\":\"0\",\"amount\":1,\"resultCode\":0,\"transId\":7},{\"amount\":2,\"resultCode\":0,\"transId\":7}]",
                    "[{\"orderId\":\"R1\",\"amount\":5000,\"resultCode\":0,\"transId\":true,\"createdTime\":\"x\"}]",
                ];
                for refund in refunds {
                    let mut answer = whole.clone();
                    answer["refundTrans"] = parse(refund);
                    all.push((refund.to_owned(), sealed(dialect, answer, &secrets)));
                }
            }
            "dvcqg" => {
                let inner = sealed(dialect, whole, &secrets);
                for code in [
                    "0", "\"0\"", "\"-1\"", "-1", "\"\"", "null", "true", "\"00\"", "[]",
                ] {
                    for message in [Value::from(inner.to_string()), inner.clone()] {
                        let answer = value!({"error_code": parse(code), "message": message});
                        all.push((format!("error_code {code}"), answer));
                    }
                    let bare = value!({"error_code": parse(code), "message": "het gio"});
                    all.push((format!("error_code {code} alone"), bare));
                    let mut plain = inner.clone();
                    plain["error_code"] = parse(code);
                    all.push((format!("error_code {code} beside"), plain));
                }
                for message in ["[]", "null", "\"{\"", "\"[]\"", "7"] {
                    let answer = value!({"error_code": "0", "message": parse(message)});
                    all.push((format!("message {message}"), answer));
                }
            }
            _ => {}
        }
        let complaints = differing(dialect, all).await;
        assert!(
            complaints.is_empty(),
            "{} differ\n{}",
            complaints.len(),
            complaints.join("\n")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_refunds_under_one_number_are_rows_of_their_own() {
    let (built_in, tables, secrets) = sources("momo").await;
    let back = |order: &str, amount: u32, at: u64| value!({"orderId": order, "amount": amount, "resultCode": 0, "transId": 4_088, "createdTime": at});
    let (early, late) = (1_670_212_800_000, 1_670_216_400_000);
    for (refunds, ids) in [
        (
            vec![back("R1", 20_000, early), back("R2", 20_000, late)],
            ["HS0001#4088", "HS0001#R2"],
        ),
        (
            vec![back("R1", 20_000, late), back("R2", 5_000, early)],
            ["HS0001#4088", "HS0001#R1"],
        ),
        (
            vec![back("R2", 1_000, early), back("R1", 2_000, early)],
            ["HS0001#4088", "HS0001#R2"],
        ),
    ] {
        let mut answer = (MOMO.answer)();
        answer["refundTrans"] = refunds.into();
        for text in [&built_in, &tables] {
            let told = told(&MOMO, text, &secrets, &answer).await;
            let rows = told
                .rows
                .txns
                .iter()
                .filter(|row| row.kind == TxnKind::Refund);
            let found: Vec<&str> = rows.map(|row| row.id.as_ref()).collect();
            assert_eq!(found, ids, "{answer}");
            assert!(told.rows.rejects.is_empty(), "{told:?}");
        }
    }
}

#[test]
fn a_wrapper_without_the_codes_of_success_is_refused() {
    let text = example("dvcqg", "http://127.0.0.1:1");
    let wrong = text.replacen(", ok = [\"0\"] }", " }", 1);
    assert_ne!(text, wrong);
    let error = read(&wrong).expect_err("no code of success").to_string();
    assert!(
        error.contains("source.answer.wrapper.ok is missing\n  write wrapper = { at"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_contradicts_itself_is_never_paid() {
    let (built_in, tables, secrets) = sources("dvcqg").await;
    let with = |field: &str, odd: Value| {
        let mut answer = dvcqg();
        answer[field] = odd;
        sealed(&DVCQG, answer, &secrets)
    };
    let inner = sealed(&DVCQG, dvcqg(), &secrets).to_string();
    let odd = [
        with("SoTien", "0".into()),
        with("SoTien", 0.into()),
        with("TrangThaiGD", " 1".into()),
        with("TrangThaiGD", true.into()),
        value!({"error_code": "-1", "message": inner}),
    ];
    for answer in odd {
        for text in [&built_in, &tables] {
            let told = told(&DVCQG, text, &secrets, &answer).await;
            let paid = told
                .rows
                .txns
                .iter()
                .filter(|row| row.status == TxnStatus::Success)
                .count();
            assert_eq!(paid, 0, "{answer}");
            // it is for a person: a row of no known state, a reject, or an order that stays open
            let unmapped = told
                .rows
                .txns
                .iter()
                .any(|row| row.status == TxnStatus::Unmapped);
            let waits = unmapped || !told.rows.rejects.is_empty() || told.unanswered.len() == 1;
            assert!(waits, "{answer}: {told:?}");
        }
    }
}
