//! KeyPay as OpenCPS shows it: version 3.0 (POST JSON, HMAC-SHA256) and, at the documented path,
//! version 1 (GET, MD5 over sorted values). What KeyPay answers to a detail is not public: here it
//! is what its callback tells, under the callback's key, and `error` for the call.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::district::{GatewayOrder, provider_fee};
use super::fault::rows::{self, Keys};
use super::fault::{Act, GatewayAct};
use super::gateway::{self, Gateway, Refunds};
use super::one_word::{self, STAMP, Saying, Words};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

const CLIENT: &str = "KPSANDBOX";
const ASK_KEY: &str = "SANDBOXKEYPAYHASHKEY1";
const ANSWER_KEY: &str = "SANDBOXKEYPAYHASHKEY2";

const REQUEST_FIELDS: [&str; 3] = ["client_id", "command", "transaction_id"];
/// The fields of a creation, and the state among them.
const ANSWER_FIELDS: [&str; 7] = [
    "addition_fee",
    "client_id",
    "command",
    "status",
    "trans_amount",
    "transaction_id",
    "version",
];
const KEYS: Keys = Keys {
    id: "transaction_code",
    amount: "trans_amount",
    date: "pay_date",
    text: "description",
    format: STAMP,
};
const WORDS: Words = Words {
    paid: "0",
    open: "1",
    failed: "2",
    refunded: "5",
    other: "7",
};

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "keypay",
    answer,
    gateway: Some(GATEWAY),
    account: None,
    credentials: &[
        Credential {
            key: "hash_key_1",
            env: "DOISOAT_SANDBOX_KEYPAY_HASH_KEY_1",
            value: ASK_KEY,
        },
        Credential {
            key: "hash_key_2",
            env: "DOISOAT_SANDBOX_KEYPAY_HASH_KEY_2",
            value: ANSWER_KEY,
        },
    ],
    pushes: &[],
    toml: Table {
        name: "keypay",
        head: "",
        keys: "path = \"/detail\"\n\
               client_id = \"KPSANDBOX\"\n\
               hash_key_1 = { env = \"DOISOAT_SANDBOX_KEYPAY_HASH_KEY_1\" }\n\
               hash_key_2 = { env = \"DOISOAT_SANDBOX_KEYPAY_HASH_KEY_2\" }\n\
               status_map = { \"1\" = \"pending\", \"2\" = \"failed\", \"5\" = \"refunded\" }\n\
               not_found = \"5\"\n\
               reply_signature = \"addition_fee client_id command status trans_amount transaction_id \
               version\"\n\
               time_field = \"pay_date\"\n",
    },
};

const GATEWAY: Gateway = Gateway {
    order_id: gateway::id_in_digits,
    refunds: Refunds::SameOrder,
    is_signed: true,
    names_order: true,
    says_too_soon: false,
    reference: |request| {
        let v1 = request.param("merchant_trans_id").map(str::to_owned);
        v1.or_else(|| gateway::body_word(request, "transaction_id"))
    },
};

/// HMAC-SHA256 in lower-case hex.
fn sign(secret: &str, text: &str) -> String {
    match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        }
        Err(_) => String::new(), // not reached: HMAC takes keys of any length
    }
}

fn covered(fields: &[&str], body: &Map<String, Value>) -> String {
    one_word::values(fields, body).join("|")
}

/// Version 1: MD5 of the secret and the values in the order of their names.
fn sign_v1(secret: &str, fields: &[(String, String)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort();
    let values: String = sorted.into_iter().map(|(_, value)| value).collect();
    hex::encode(Md5::digest(format!("{secret}{values}").as_bytes()))
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/keypay/detail") => match serde_json::from_slice::<Value>(&request.body) {
            Ok(Value::Object(body)) => detail(world, &body, act),
            _ => refused(),
        },
        ("GET", "/keypay/jsonresources/generic/QuerryBillStatus") => bill_status(world, request),
        (_, "/keypay/detail") => Reply::new(405, "text/plain", b"Method Not Allowed".to_vec()),
        _ => Reply::new(404, "text/plain", b"Not Found".to_vec()),
    }
}

/// A refusal that carries no signature: the caller is not who it says.
fn refused() -> Reply {
    Reply::json(200, &json!({"error": "1", "msg": "refused"}))
}

fn detail(world: &World, body: &Map<String, Value>, act: Option<Act>) -> Reply {
    let field = |name: &str| rows::plain(body.get(name));
    let is_ours = field("client_id") == CLIENT && field("transaction_id").len() <= 20;
    if !is_ours || field("check_sum") != sign(ASK_KEY, &covered(&REQUEST_FIELDS, body)) {
        return refused();
    }
    if gateway::is_error_inside(act) {
        return coded("99", &field("transaction_id"));
    }
    let order = GATEWAY.find(world, &field("transaction_id"));
    let shown = |order| gateway::shown(world, "keypay", order, gateway::act_of(act));
    let shown = order.and_then(shown);
    let told = |order| Some((order, one_word::say(world, order, WORDS)?));
    match shown.as_ref().and_then(told) {
        Some((order, saying)) => found(world, order, &saying, act),
        None => coded("5", &field("transaction_id")),
    }
}

/// A signed answer without a transaction.
fn coded(error: &str, order_id: &str) -> Reply {
    let mut reply = Map::new();
    let mut put = |name: &str, value: &str| reply.insert(name.to_owned(), json!(value));
    put("error", error);
    put("client_id", CLIENT);
    put("command", "PAY");
    put("transaction_id", order_id);
    put("version", "3.0");
    let signature = sign(ANSWER_KEY, &covered(&ANSWER_FIELDS, &reply));
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
    put("error", json!("0"));
    put("addition_fee", json!("0"));
    put("client_id", json!(CLIENT));
    put("command", json!("PAY"));
    put(
        "trans_amount",
        json!(gateway::scaled(gateway_act, saying.amount, 1)),
    );
    put("transaction_id", json!(order_id));
    put("version", json!("3.0"));
    put("status", json!(saying.word));
    put("transaction_code", json!(saying.number));
    let fee = if saying.word == WORDS.paid {
        provider_fee(saying.amount)
    } else {
        0
    };
    put("payment_fee", json!(fee.to_string()));
    put("currency_code", json!("VND"));
    put("description", json!(order.info));
    put("pay_date", json!(saying.time(STAMP)));
    one_word::twist(act, KEYS, (world, order), &mut reply);
    let signed = |reply: &Map<String, Value>| covered(&ANSWER_FIELDS, reply);
    one_word::seal(act, (&mut reply, "check_sum"), signed, |text| {
        sign(gateway::key(gateway_act, ANSWER_KEY), text)
    });
    let text = rows::unwrap_raw(&Value::Object(reply).to_string());
    Reply::new(200, "application/json", text.into_bytes())
}

/// Version 1: no words of its own are public, so it speaks those of version 3.
fn bill_status(world: &World, request: &Request) -> Reply {
    let sent = request.query.iter();
    let sent = sent.filter(|(name, value)| name != "secure_hash" && !value.is_empty());
    let sent: Vec<(String, String)> = sent.cloned().collect();
    let hash = request.param("secure_hash").unwrap_or_default();
    if request.param("merchant_code") != Some(CLIENT) || hash != sign_v1(ASK_KEY, &sent) {
        return refused();
    }
    let id = request.param("merchant_trans_id").unwrap_or_default();
    let order = GATEWAY.find(world, id);
    let saying = order.and_then(|order| one_word::say(world, order, WORDS));
    let mut fields = vec![
        ("merchant_code".to_owned(), CLIENT.to_owned()),
        ("merchant_trans_id".to_owned(), id.to_owned()),
    ];
    match saying {
        Some(saying) => fields.extend([
            ("net_cost".to_owned(), saying.amount.to_string()),
            ("pay_date".to_owned(), saying.time(STAMP)),
            ("status".to_owned(), saying.word.to_owned()),
            ("trans_id".to_owned(), saying.number),
        ]),
        None => fields.push(("status".to_owned(), "9".to_owned())),
    }
    fields.push(("secure_hash".to_owned(), sign_v1(ASK_KEY, &fields)));
    let members = fields.into_iter().map(|(name, value)| (name, json!(value)));
    Reply::json(200, &Value::Object(members.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::one_word::tests::vector;

    #[test]
    fn the_request_is_signed_as_in_the_vector() {
        let (key, text, expected) = vector("keypay_dvcqg.detail");
        assert_eq!(sign(&key, &text), expected);
        assert_eq!(text.split('|').count(), REQUEST_FIELDS.len());
        let (key, text, expected) = vector("keypay_dvcqg.create");
        assert_eq!(sign(&key, &text), expected);
        // a creation has no state yet
        assert_eq!(text.split('|').count() + 1, ANSWER_FIELDS.len());
    }
}
