//! Gateways that are asked in more than one way, and answers that are not to the question asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use doisoat::clock::FixedClock;
use doisoat::config::Surroundings;
use doisoat::domain::{
    Completeness, DossierCode, Moment, OrderStatus, PaymentOrder, TxnKind, TxnStatus, Vnd,
};
use doisoat::source::{Handle, Opening, Probe, Pull};

use crate::fake::{Fake, Kept, answer, json, quick, settings_of};

fn order(id: &str, status: OrderStatus) -> PaymentOrder {
    PaymentOrder {
        provider: "s".into(),
        order_id: id.into(),
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
        fee_ids: Vec::new(),
        amount: Vnd::new(45_000),
        created_at: Moment::parse("2022-12-05T08:00:00").unwrap(),
        status,
    }
}

fn opened(keys: &str, port: u16) -> Box<dyn Probe> {
    let settings = settings_of(&format!(
        "[[source]]\nname = \"s\"\n{keys}base_url = \"http://127.0.0.1:{port}\"\n\
         allow_loopback = true\nretries = 2\nrate_limit = \"1000/s\"\n"
    ));
    let env = ["A", "B"].map(|name| (name.to_owned(), name.repeat(8)));
    let opening = Opening {
        settings: &settings,
        around: &Surroundings::fixed(BTreeMap::from(env), None),
        clock: Arc::new(FixedClock::new(1_670_259_600_000)),
        pace: quick().0,
    };
    match opening.open().unwrap() {
        Handle::Probe(probe) => probe,
        other => panic!("{other:?}"),
    }
}

async fn ask(keys: &str, fake: &Fake, orders: &[PaymentOrder]) -> Pull {
    let probe = opened(keys, fake.port);
    probe.ask(orders, &Kept::default()).await.unwrap()
}

const ZALOPAY: &str = "kind = \"zalopay\"\napp_id = \"2553\"\nkey1 = { env = \"A\" }\n";
const PAYOS: &str = "kind = \"payos\"\nclient_id = \"c\"\napi_key = { env = \"A\" }\n\
                     checksum_key = { env = \"B\" }\n";
const MOMO: &str = "kind = \"momo\"\npartner_code = \"P\"\naccess_key = { env = \"A\" }\n\
                    secret_key = { env = \"B\" }\n";

const UNKNOWN: &str = r#"{"return_code":2,"sub_return_code":-101}"#;
const PAID: &str = r#"{"return_code":1,"sub_return_code":1,"amount":45000,"zp_trans_id":7,"server_time":1670209200000}"#;

#[tokio::test]
async fn a_refunded_payment_whose_id_looks_like_a_refund_stays_a_payment() {
    let fake = Fake::answering(|line| {
        json(if line.contains("refund") {
            UNKNOWN
        } else {
            PAID
        })
    })
    .await;
    let orders = [order("221205_2553_HS0001", OrderStatus::Refunded)];
    let pull = ask(ZALOPAY, &fake, &orders).await;
    let [row] = &pull.records[..] else {
        panic!("{pull:?}")
    };
    assert_eq!(
        (row.kind, row.status),
        (Some(TxnKind::Payment), Some(TxnStatus::Success))
    );
    assert_eq!(fake.requests().len(), 1);
    // an id that no paid order has is that of a refund
    let refund = r#"{"return_code":1,"sub_return_code":1}"#;
    let unpaid = r#"{"return_code":2,"sub_return_code":-63}"#;
    for first in [UNKNOWN, unpaid] {
        let fake = Fake::answering(move |line| {
            json(if line.contains("refund") {
                refund
            } else {
                first
            })
        })
        .await;
        let pull = ask(ZALOPAY, &fake, &orders).await;
        let [row] = &pull.records[..] else {
            panic!("{pull:?}")
        };
        assert_eq!(
            (row.kind, row.status),
            (Some(TxnKind::Refund), Some(TxnStatus::Success))
        );
        assert_eq!(row.amount.as_deref(), Some("45000"));
    }
    // known as neither: what was told of the payment stands
    let fake = Fake::answering(|_| json(UNKNOWN)).await;
    let pull = ask(ZALOPAY, &fake, &orders).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 0)
    );
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn a_404_of_payos_is_a_wrong_address_unless_the_documented_code_comes_with_it() {
    let ids = ["11", "12", "13", "14", "15", "16", "17"];
    let orders = ids.map(|id| order(id, OrderStatus::Pending));
    for body in [
        "Not Found",
        "",
        r#"{"message":"no route"}"#,
        r#"{"code":"20","desc":"x"}"#,
    ] {
        let fake = Fake::answering(move |_| answer(404, &["Content-Type: text/plain"], body)).await;
        let pull = ask(PAYOS, &fake, &orders).await;
        assert_eq!(
            (pull.state, pull.answered),
            (Completeness::Missing, 0),
            "{body}"
        );
        assert_eq!(fake.requests().len(), 5, "never asked twice: {body}");
        let trouble = pull.trouble.unwrap();
        assert_eq!(trouble.code(), "not_found", "{body}");
        let said = trouble.say(doisoat::domain::Lang::En);
        assert!(said.contains("base_url"), "{said}");
    }
    let fake = Fake::answering(|line| {
        let known = r#"{"code":"101","desc":"x","data":null}"#;
        let body = if line.contains("/12 ") {
            "Not Found"
        } else {
            known
        };
        answer(404, &["Content-Type: application/json"], body)
    })
    .await;
    let pull = ask(PAYOS, &fake, &orders).await;
    assert_eq!((pull.state, pull.answered), (Completeness::Partial, 6));
    assert_eq!(pull.failed, ["12".into()]);
}

#[tokio::test]
async fn an_old_answer_of_momo_is_none() {
    let old = r#"{"partnerCode":"P","requestId":"OLD","orderId":"O-1","amount":45000,"transId":7,"resultCode":0,"responseTime":1670209200000}"#;
    let fake = Fake::answering(move |_| json(old)).await;
    let orders = [order("O-1", OrderStatus::Pending)];
    let pull = ask(MOMO, &fake, &orders).await;
    assert_eq!((pull.state, pull.records.len()), (Completeness::Refused, 0));
    assert_eq!(pull.trouble.unwrap().code(), "signature");
    let fake = Fake::answering(move |_| json(old.replace("\"requestId\":\"OLD\",", ""))).await;
    let pull = ask(MOMO, &fake, &orders).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Missing, 0),
        "it names none"
    );
}
