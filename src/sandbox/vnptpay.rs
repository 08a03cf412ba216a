//! VNPT Pay `QUERY` as integrators' code shows it: POST JSON, `Authorization: Bearer`, plain
//! SHA-256 over values joined with `|` and the secret. The order of the answer's signature and the
//! words of `TRANSACTION_STATUS` are not public: the order is that in which the fields are listed,
//! the words are inventions that the `status_map` of the table below names.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::district::GatewayOrder;
use super::fault::rows::{self, Keys};
use super::fault::{Act, GatewayAct};
use super::gateway::{self, Gateway, Refunds};
use super::one_word::{self, STAMP, Saying, Words};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

const MERCHANT: &str = "636";
const API_KEY: &str = "sandbox-vnptpay-api-key";
const SECRET: &str = "SANDBOXVNPTPAYSECRET";

const REQUEST_FIELDS: [&str; 5] = [
    "ACTION",
    "VERSION",
    "MERCHANT_SERVICE_ID",
    "MERCHANT_ORDER_ID",
    "CREATE_DATE",
];
const ANSWER_FIELDS: [&str; 11] = [
    "RESPONSE_CODE",
    "DESCRIPTION",
    "MERCHANT_ORDER_ID",
    "VNPTPAY_TRANSACTION_ID",
    "AMOUNT",
    "LOCALE",
    "CURRENCY_CODE",
    "PAYMENT_METHOD",
    "PAY_DATE",
    "TRANSACTION_STATUS",
    "ADDITIONAL_INFO",
];
const KEYS: Keys = Keys {
    id: "VNPTPAY_TRANSACTION_ID",
    amount: "AMOUNT",
    date: "PAY_DATE",
    text: "ADDITIONAL_INFO",
    format: STAMP,
};
const WORDS: Words = Words {
    paid: "1",
    open: "0",
    failed: "2",
    refunded: "5",
    other: "7",
};

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "vnptpay",
    answer,
    gateway: Some(GATEWAY),
    account: None,
    credentials: &[
        Credential {
            key: "api_key",
            env: "DOISOAT_SANDBOX_VNPTPAY_API_KEY",
            value: API_KEY,
        },
        Credential {
            key: "secret_key",
            env: "DOISOAT_SANDBOX_VNPTPAY_SECRET_KEY",
            value: SECRET,
        },
    ],
    pushes: &[],
    toml: Table {
        name: "vnptpay",
        head: "",
        keys: "merchant_service_id = \"636\"\n\
               api_key = { env = \"DOISOAT_SANDBOX_VNPTPAY_API_KEY\" }\n\
               secret_key = { env = \"DOISOAT_SANDBOX_VNPTPAY_SECRET_KEY\" }\n\
               status_map = { \"1\" = \"success\", \"0\" = \"pending\", \"2\" = \"failed\", \
               \"5\" = \"refunded\" }\n",
    },
};

const GATEWAY: Gateway = Gateway {
    order_id: gateway::own_id,
    refunds: Refunds::SameOrder,
    is_signed: true,
    names_order: true,
    says_too_soon: false,
    reference: |request| gateway::body_word(request, "MERCHANT_ORDER_ID"),
};

/// Plain SHA-256 of the values and the secret.
fn sign(secret: &str, text: &str) -> String {
    hex::encode(Sha256::digest(format!("{text}|{secret}").as_bytes()))
}

fn covered(fields: &[&str], body: &Map<String, Value>) -> String {
    one_word::values(fields, body).join("|")
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    if request.path != "/vnptpay/rest/payment/v1.0.5/query_transaction" {
        return Reply::new(404, "text/plain", b"Not Found".to_vec());
    }
    if request.method != "POST" {
        return Reply::new(405, "text/plain", b"Method Not Allowed".to_vec());
    }
    if request.header("authorization") != Some(&format!("Bearer {API_KEY}")) {
        return Reply::json(401, &json!({"error": "unauthorized"}));
    }
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(Value::Object(body)) => query(world, &body, act),
        _ => unsigned("99"),
    }
}

/// A refusal that carries no signature: the caller is not who it says.
fn unsigned(code: &str) -> Reply {
    Reply::json(
        200,
        &json!({"RESPONSE_CODE": code, "DESCRIPTION": "refused"}),
    )
}

fn query(world: &World, body: &Map<String, Value>, act: Option<Act>) -> Reply {
    let field = |name: &str| rows::plain(body.get(name));
    let is_ours = field("MERCHANT_SERVICE_ID") == MERCHANT && field("ACTION") == "QUERY";
    if !is_ours || field("SECURE_CODE") != sign(SECRET, &covered(&REQUEST_FIELDS, body)) {
        return unsigned("97");
    }
    if gateway::is_error_inside(act) {
        return coded("99", &field("MERCHANT_ORDER_ID"));
    }
    let order = GATEWAY.find(world, &field("MERCHANT_ORDER_ID"));
    let created = field("CREATE_DATE");
    let known = order.filter(|order| order.created_at.format(STAMP).to_string() == created);
    let shown = |order| gateway::shown(world, "vnptpay", order, gateway::act_of(act));
    let shown = known.and_then(shown);
    let told = |order| Some((order, one_word::say(world, order, WORDS)?));
    match shown.as_ref().and_then(told) {
        Some((order, saying)) => found(world, order, &saying, act),
        None => coded("01", &field("MERCHANT_ORDER_ID")),
    }
}

/// A signed answer without a transaction.
fn coded(code: &str, order_id: &str) -> Reply {
    let mut reply = Map::new();
    reply.insert("RESPONSE_CODE".to_owned(), json!(code));
    reply.insert("DESCRIPTION".to_owned(), json!("no transaction"));
    reply.insert("MERCHANT_ORDER_ID".to_owned(), json!(order_id));
    let signature = sign(SECRET, &covered(&ANSWER_FIELDS, &reply));
    reply.insert("SECURE_CODE".to_owned(), json!(signature));
    Reply::json(200, &Value::Object(reply))
}

fn found(world: &World, order: &GatewayOrder, saying: &Saying, act: Option<Act>) -> Reply {
    let gateway_act = gateway::act_of(act);
    let order_id = match gateway_act {
        Some(GatewayAct::Replay) => GATEWAY.other_than(world, order),
        _ => GATEWAY.id_of(order),
    };
    let mut reply = Map::new();
    let mut put = |name: &str, value: Value| reply.insert(name.to_owned(), value);
    put("RESPONSE_CODE", json!("00"));
    put("DESCRIPTION", json!("Success"));
    put("MERCHANT_ORDER_ID", json!(order_id));
    put("VNPTPAY_TRANSACTION_ID", json!(saying.number));
    let amount = gateway::scaled(gateway_act, saying.amount, 1);
    put("AMOUNT", json!(amount.to_string()));
    put("LOCALE", json!("vi-VN"));
    put("CURRENCY_CODE", json!("VND"));
    put("PAYMENT_METHOD", json!("VNPTPAY"));
    put("PAY_DATE", json!(saying.time(STAMP)));
    put("TRANSACTION_STATUS", json!(saying.word));
    put("ADDITIONAL_INFO", json!(order.info));
    one_word::twist(act, KEYS, (world, order), &mut reply);
    let signed = |reply: &Map<String, Value>| covered(&ANSWER_FIELDS, reply);
    one_word::seal(act, (&mut reply, "SECURE_CODE"), signed, |text| {
        sign(gateway::key(gateway_act, SECRET), text)
    });
    let text = rows::unwrap_raw(&Value::Object(reply).to_string());
    Reply::new(200, "application/json", text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::one_word::tests::vector;

    #[test]
    fn the_request_is_signed_as_in_the_vector() {
        let (_, text, expected) = vector("vnptpay.query");
        let (values, secret) = text.rsplit_once('|').unwrap();
        assert_eq!(sign(secret, values), expected);
        assert_eq!(values.split('|').count(), REQUEST_FIELDS.len());
    }
}
