//! VNPAY `querydr` as documented at sandbox.vnpayment.vn ("Truy vấn kết quả thanh toán").
//!
//! POST JSON, HMAC-SHA512 over fields joined with `|`, amounts times 100. `vnp_ResponseCode` says
//! whether the query worked, `vnp_TransactionStatus` whether money moved.

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::district::{District, GatewayOrder, GatewayState};
use super::fault::rows::{self, Keys};
use super::fault::{Act, GatewayAct};
use super::gateway::{self, Gateway, Refunds, hmac_sha512};
use super::push::{self, Message, Push, Sending};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

/// The terminal code that the simulator accepts.
pub(crate) const TMN_CODE: &str = "SANDBOX1";
/// The key of its signatures.
pub(crate) const HASH_SECRET: &str = "SANDBOXVNPAYSECRETSANDBOXVNPAY01";

const STAMP: &str = "%Y%m%d%H%M%S";

/// The fields of a request's signature, in order.
const REQUEST_FIELDS: [&str; 9] = [
    "vnp_RequestId",
    "vnp_Version",
    "vnp_Command",
    "vnp_TmnCode",
    "vnp_TxnRef",
    "vnp_TransactionDate",
    "vnp_CreateDate",
    "vnp_IpAddr",
    "vnp_OrderInfo",
];

/// The fields of an answer's signature, in order.
const ANSWER_FIELDS: [&str; 15] = [
    "vnp_ResponseId",
    "vnp_Command",
    "vnp_ResponseCode",
    "vnp_Message",
    "vnp_TmnCode",
    "vnp_TxnRef",
    "vnp_Amount",
    "vnp_BankCode",
    "vnp_PayDate",
    "vnp_TransactionNo",
    "vnp_TransactionType",
    "vnp_TransactionStatus",
    "vnp_OrderInfo",
    "vnp_PromotionCode",
    "vnp_PromotionAmount",
];

const KEYS: Keys = Keys {
    id: "vnp_TransactionNo",
    amount: "vnp_Amount",
    date: "vnp_PayDate",
    text: "vnp_OrderInfo",
    format: STAMP,
};

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "vnpay",
    answer,
    gateway: Some(GATEWAY),
    account: None,
    credentials: &[Credential {
        key: "hash_secret",
        env: "DOISOAT_SANDBOX_VNPAY_HASH_SECRET",
        value: HASH_SECRET,
    }],
    pushes: &[IPN],
    toml: Table {
        name: "vnpay",
        head: "",
        keys: "tmn_code = \"SANDBOX1\"\n\
               hash_secret = { env = \"DOISOAT_SANDBOX_VNPAY_HASH_SECRET\" }\n\
               ip_addr = \"127.0.0.1\"\n",
    },
};

const GATEWAY: Gateway = Gateway {
    order_id: gateway::own_id,
    refunds: Refunds::SameOrder,
    is_signed: true,
    names_order: true,
    says_too_soon: true,
    reference: |request| gateway::body_word(request, "vnp_TxnRef"),
};

/// What VNPAY tells the merchant's own address of a payment ("IPN"): sorted pairs of a query,
/// encoded as forms are and signed so.
const IPN: Push = Push {
    name: "vnpay",
    keys: &[Credential {
        key: "hash_secret",
        env: "DOISOAT_SANDBOX_VNPAY_HASH_SECRET",
        value: HASH_SECRET,
    }],
    toml: "tmn_code = \"SANDBOX1\"\n",
    messages: ipn,
};

fn ipn(district: &District, sending: Sending<'_>) -> Vec<Message> {
    let one = |(order, state, at): (&GatewayOrder, &GatewayState, NaiveDateTime)| {
        let id = GATEWAY.id_of(order);
        let fields = [
            ("vnp_Amount", (state.amount * 100).to_string()),
            ("vnp_BankCode", order.bank.to_owned()),
            ("vnp_BankTranNo", format!("VNP{}", state.number)),
            ("vnp_CardType", "ATM".to_owned()),
            ("vnp_OrderInfo", order.info.clone()),
            ("vnp_PayDate", at.format(STAMP).to_string()),
            ("vnp_ResponseCode", "00".to_owned()),
            ("vnp_TmnCode", TMN_CODE.to_owned()),
            ("vnp_TransactionNo", state.number.clone()),
            ("vnp_TransactionStatus", "00".to_owned()),
            ("vnp_TxnRef", id.clone()),
        ];
        let pairs = fields.map(|(name, value)| format!("{name}={}", push::form_text(&value)));
        let query = pairs.join("&");
        let signature = hmac_sha512(sending.secret, &query);
        Message {
            query: format!("{query}&vnp_SecureHash={signature}"),
            ..Message::new(id, at + sending.after)
        }
    };
    gateway::payments(district).map(one).collect()
}

/// The text that a signature covers: absent fields are empty, the bars stay.
fn covered(fields: &[&str], body: &Map<String, Value>) -> String {
    let values: Vec<String> = fields
        .iter()
        .map(|field| rows::plain(body.get(*field)))
        .collect();
    values.join("|")
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    if request.path != "/vnpay/merchant_webapi/api/transaction" {
        return Reply::new(404, "text/plain", b"Not Found".to_vec());
    }
    if request.method != "POST" {
        return Reply::new(405, "text/plain", b"Method Not Allowed".to_vec());
    }
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(Value::Object(body)) => query(world, &body, act),
        _ => unsigned("99", "Invalid request"),
    }
}

/// A refusal that carries no signature: the caller is not who it says.
fn unsigned(code: &str, message: &str) -> Reply {
    Reply::json(
        200,
        &json!({"vnp_ResponseCode": code, "vnp_Message": message}),
    )
}

fn query(world: &World, body: &Map<String, Value>, act: Option<Act>) -> Reply {
    let field = |name: &str| rows::plain(body.get(name));
    if field("vnp_TmnCode") != TMN_CODE {
        return unsigned("02", "Invalid TmnCode");
    }
    let right = hmac_sha512(HASH_SECRET, &covered(&REQUEST_FIELDS, body));
    if field("vnp_SecureHash") != right {
        return unsigned("97", "Invalid Checksum");
    }
    if !well_formed(body) {
        return refusal(world, body, "03", "Invalid data format");
    }
    if gateway::is_error_inside(act) {
        return refusal(world, body, "99", "Unknown error");
    }
    let day: String = field("vnp_CreateDate").chars().take(8).collect();
    if !world.first_use("vnpay", &day, &field("vnp_RequestId")) {
        return refusal(world, body, "94", "Duplicate request");
    }
    if gateway::act_of(act) == Some(GatewayAct::TooSoon) {
        return refusal(world, body, "94", "Duplicate request");
    }
    let order = GATEWAY.find(world, &field("vnp_TxnRef"));
    let asked = field("vnp_TransactionDate");
    let known = order.filter(|order| order.created_at.format(STAMP).to_string() == asked);
    let now = world.clock.local();
    let shown = |order| gateway::shown(world, "vnpay", order, gateway::act_of(act));
    let shown = known.and_then(shown);
    match shown
        .as_ref()
        .and_then(|order| Some((order, order.state_at(now)?)))
    {
        Some((order, state)) => found(world, body, (order, state), act),
        None => refusal(world, body, "91", "Transaction not found"),
    }
}

fn well_formed(body: &Map<String, Value>) -> bool {
    let field = |name: &str| rows::plain(body.get(name));
    let stamp = |name: &str| {
        let text = field(name);
        text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let request_id = field("vnp_RequestId");
    field("vnp_Version") == "2.1.0"
        && field("vnp_Command") == "querydr"
        && (1..=32).contains(&request_id.len())
        && request_id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (1..=100).contains(&field("vnp_TxnRef").len())
        && stamp("vnp_TransactionDate")
        && stamp("vnp_CreateDate")
        && !field("vnp_IpAddr").is_empty()
        && !field("vnp_OrderInfo").is_empty()
}

/// The head that every answer to a query has.
fn begin(
    world: &World,
    body: &Map<String, Value>,
    code: &str,
    message: &str,
) -> Map<String, Value> {
    let number = world.desk().asked;
    let mut reply = Map::new();
    let mut put = |name: &str, value: String| reply.insert(name.to_owned(), Value::String(value));
    put("vnp_ResponseId", format!("{number:032x}"));
    put("vnp_Command", "querydr".to_owned());
    put("vnp_ResponseCode", code.to_owned());
    put("vnp_Message", message.to_owned());
    put("vnp_TmnCode", TMN_CODE.to_owned());
    put("vnp_TxnRef", rows::plain(body.get("vnp_TxnRef")));
    reply
}

fn refusal(world: &World, body: &Map<String, Value>, code: &str, message: &str) -> Reply {
    let mut reply = begin(world, body, code, message);
    let signature = hmac_sha512(HASH_SECRET, &covered(&ANSWER_FIELDS, &reply));
    reply.insert("vnp_SecureHash".to_owned(), Value::String(signature));
    Reply::json(200, &Value::Object(reply))
}

fn found(
    world: &World,
    body: &Map<String, Value>,
    (order, state): (&GatewayOrder, &GatewayState),
    act: Option<Act>,
) -> Reply {
    let gateway = gateway::act_of(act);
    let mut reply = begin(world, body, "00", "QueryDR Success");
    if gateway == Some(GatewayAct::Replay) {
        let reference = GATEWAY.other_than(world, order);
        reply.insert("vnp_TxnRef".to_owned(), json!(reference));
    }
    let amount = gateway::scaled(gateway, state.amount, 100);
    let paid_at = state
        .paid_at
        .map(|at| at.format(STAMP).to_string())
        .unwrap_or_default();
    let mut put = |name: &str, value: &str| reply.insert(name.to_owned(), json!(value));
    put("vnp_Amount", &amount.to_string());
    put("vnp_BankCode", order.bank);
    put("vnp_PayDate", &paid_at);
    put("vnp_TransactionNo", &state.number);
    put("vnp_TransactionType", state.kind);
    put("vnp_TransactionStatus", state.status);
    put("vnp_OrderInfo", &order.info);
    if let Some(Act::Rows(rows_act)) = act {
        let place = gateway::place(world, order);
        rows::twist(rows_act, KEYS, place, &mut reply);
    }
    seal(gateway, &mut reply);
    let text = rows::unwrap_raw(&Value::Object(reply).to_string());
    Reply::new(200, "application/json", text.into_bytes())
}

fn seal(gateway: Option<GatewayAct>, reply: &mut Map<String, Value>) {
    let sign = |text: &str| hmac_sha512(gateway::key(gateway, HASH_SECRET), text);
    let right = sign(&covered(&ANSWER_FIELDS, reply));
    if let Some(signature) = gateway::seal(gateway, right, sign) {
        reply.insert("vnp_SecureHash".to_owned(), Value::String(signature));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vector of `fixtures/provider-vectors.json`: (key, text, signature).
    fn vector(id: &str) -> (String, String, String) {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/fixtures/provider-vectors.json"
        );
        let all: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let one = all.iter().find(|one| one["id"] == id).unwrap();
        let text = |name: &str| one[name].as_str().unwrap().to_owned();
        (text("key"), text("text"), text("sig"))
    }

    #[test]
    fn signatures_agree_with_the_vectors() {
        for id in [
            "vnpay.querydr.request",
            "vnpay.querydr.response",
            "vnpay.refund.request",
            "vnpay.ipn",
        ] {
            let (key, text, expected) = vector(id);
            assert_eq!(hmac_sha512(&key, &text), expected, "{id}");
        }
    }

    #[test]
    fn the_fields_stand_in_the_order_of_the_vectors() {
        let check = |id: &str, fields: &[&str]| {
            let (_, text, _) = vector(id);
            let values: Vec<&str> = text.split('|').collect();
            assert_eq!(values.len(), fields.len(), "{id}");
            let mut body = Map::new();
            for (field, value) in fields
                .iter()
                .zip(values)
                .filter(|(_, value)| !value.is_empty())
            {
                body.insert((*field).to_owned(), json!(value));
            }
            assert_eq!(covered(fields, &body), text, "{id}");
        };
        check("vnpay.querydr.request", &REQUEST_FIELDS);
        check("vnpay.querydr.response", &ANSWER_FIELDS);
    }
}
