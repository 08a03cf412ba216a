//! ViettelPay order search as OpenCPS shows it: POST of a form, HMAC-SHA1 in hex over values joined
//! without a separator. It keeps 20 characters of an order id and knows no longer one. The fields
//! of the answer's signature and most words are not public: the order is alphabetical, as in every
//! message that is, and the table below names the words.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha1::Sha1;

use super::district::GatewayOrder;
use super::fault::rows::{self, Keys};
use super::fault::{Act, GatewayAct};
use super::gateway::{self, Gateway, Refunds};
use super::one_word::{self, Saying, Words};
use super::wire::{self, Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

const MERCHANT: &str = "VTSANDBOX";
const ACCESS_CODE: &str = "SANDBOXACCESSCODE";
const HASH_KEY: &str = "SANDBOXVIETTELHASHKEY";
const COMMAND: &str = "TRANS_INQUIRY";

const REQUEST_FIELDS: [&str; 4] = ["cmd", "merchant_code", "order_id", "version"];
const ANSWER_FIELDS: [&str; 6] = [
    "error_code",
    "merchant_code",
    "order_id",
    "payment_status",
    "trans_amount",
    "vt_transaction_id",
];
const KEYS: Keys = Keys {
    id: "vt_transaction_id",
    amount: "trans_amount",
    date: "trans_time",
    text: "return_other_info",
    format: "%Y-%m-%d %H:%M:%S",
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
    name: "viettelpay",
    answer,
    gateway: Some(GATEWAY),
    account: None,
    credentials: &[
        Credential {
            key: "access_code",
            env: "DOISOAT_SANDBOX_VIETTELPAY_ACCESS_CODE",
            value: ACCESS_CODE,
        },
        Credential {
            key: "hash_key",
            env: "DOISOAT_SANDBOX_VIETTELPAY_HASH_KEY",
            value: HASH_KEY,
        },
    ],
    pushes: &[],
    toml: Table {
        name: "viettelpay",
        head: "",
        keys: "path = \"/search\"\n\
               merchant_code = \"VTSANDBOX\"\n\
               access_code = { env = \"DOISOAT_SANDBOX_VIETTELPAY_ACCESS_CODE\" }\n\
               hash_key = { env = \"DOISOAT_SANDBOX_VIETTELPAY_HASH_KEY\" }\n\
               status_map = { \"0\" = \"pending\", \"2\" = \"failed\", \"5\" = \"refunded\" }\n\
               not_found = \"01\"\n\
               time_field = \"trans_time\"\n",
    },
};

const GATEWAY: Gateway = Gateway {
    order_id: gateway::id_in_digits,
    refunds: Refunds::SameOrder,
    is_signed: true,
    names_order: true,
    says_too_soon: false,
    reference: |request| wire::form_word(request, "order_id"),
};

/// HMAC-SHA1 in lower-case hex.
fn sign(secret: &str, text: &str) -> String {
    match Hmac::<Sha1>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        }
        Err(_) => String::new(), // not reached: HMAC takes keys of any length
    }
}

/// The access code, which is never sent, and the values.
fn covered(fields: &[&str], body: &Map<String, Value>) -> String {
    format!("{ACCESS_CODE}{}", one_word::values(fields, body).concat())
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    if request.path != "/viettelpay/search" {
        return Reply::new(404, "text/plain", b"Not Found".to_vec());
    }
    if request.method != "POST" {
        return Reply::new(405, "text/plain", b"Method Not Allowed".to_vec());
    }
    let sent = |field: &str| wire::form_word(request, field).unwrap_or_default();
    let body: Map<String, Value> = REQUEST_FIELDS
        .into_iter()
        .map(|field| (field.to_owned(), json!(sent(field))))
        .collect();
    let is_ours = sent("merchant_code") == MERCHANT && sent("cmd") == COMMAND;
    if !is_ours || sent("check_sum") != sign(HASH_KEY, &covered(&REQUEST_FIELDS, &body)) {
        return Reply::json(200, &json!({"error_code": "02"}));
    }
    if gateway::is_error_inside(act) {
        return coded("03", &sent("order_id"));
    }
    let order = GATEWAY.find(world, &sent("order_id"));
    let shown = |order| gateway::shown(world, "viettelpay", order, gateway::act_of(act));
    let shown = order.and_then(shown);
    let told = |order| Some((order, one_word::say(world, order, WORDS)?));
    match shown.as_ref().and_then(told) {
        Some((order, saying)) => found(world, order, &saying, act),
        None => coded("01", &sent("order_id")),
    }
}

/// A signed answer without a transaction.
fn coded(code: &str, order_id: &str) -> Reply {
    let mut reply = Map::new();
    let mut put = |name: &str, value: &str| reply.insert(name.to_owned(), json!(value));
    put("error_code", code);
    put("merchant_code", MERCHANT);
    put("order_id", order_id);
    let signature = sign(HASH_KEY, &covered(&ANSWER_FIELDS, &reply));
    reply.insert("check_sum".to_owned(), json!(signature));
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
    put("error_code", json!("00"));
    put("merchant_code", json!(MERCHANT));
    put("order_id", json!(order_id));
    put("payment_status", json!(saying.word));
    put(
        "trans_amount",
        json!(gateway::scaled(gateway_act, saying.amount, 1)),
    );
    put("vt_transaction_id", json!(saying.number));
    put("trans_time", json!(saying.time(KEYS.format)));
    put("return_other_info", json!(order.info));
    one_word::twist(act, KEYS, (world, order), &mut reply);
    let signed = |reply: &Map<String, Value>| covered(&ANSWER_FIELDS, reply);
    one_word::seal(act, (&mut reply, "check_sum"), signed, |text| {
        sign(gateway::key(gateway_act, HASH_KEY), text)
    });
    let text = rows::unwrap_raw(&Value::Object(reply).to_string());
    Reply::new(200, "application/json", text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::one_word::tests::vector;

    #[test]
    fn requests_are_signed_as_in_the_vectors() {
        for id in [
            "viettelpay.search",
            "viettelpay.confirm",
            "viettelpay.result_reply",
        ] {
            let (key, text, expected) = vector(id);
            assert_eq!(sign(&key, &text), expected, "{id}");
        }
    }
}
