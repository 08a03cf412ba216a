//! MoMo v2 as documented at developers.momo.vn ("Query transaction status", "Result codes").
//!
//! POST JSON, HMAC-SHA256 over `key=value` pairs sorted by key; `accessKey` is signed and never
//! sent. `responseTime` is when the question was answered. The documentation lists no signature on
//! the answer; here every answer carries one over its plain fields, which a client may check or
//! leave alone.

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::district::{District, GatewayOrder, GatewayState};
use super::fault::rows::{self, Keys};
use super::fault::{Act, GatewayAct};
use super::gateway::{self, Gateway, Refunds, epoch_ms, hmac_sha256};
use super::push::{Message, Push, Sending};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

/// The partner code that the simulator accepts.
const PARTNER_CODE: &str = "MOMOSANDBOX1";
/// The key that is signed and never sent.
const ACCESS_KEY: &str = "SANDBOXMOMOACCESS";
/// The key of its signatures.
const SECRET_KEY: &str = "SANDBOXMOMOSECRETSANDBOXMOMO0001";

const KEYS: Keys = Keys {
    id: "transId",
    amount: "amount",
    date: "responseTime",
    text: "message",
    format: "", // milliseconds: no pattern writes them
};

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "momo",
    answer,
    gateway: Some(GATEWAY),
    account: None,
    credentials: &[
        Credential {
            key: "access_key",
            env: "DOISOAT_SANDBOX_MOMO_ACCESS_KEY",
            value: ACCESS_KEY,
        },
        Credential {
            key: "secret_key",
            env: "DOISOAT_SANDBOX_MOMO_SECRET_KEY",
            value: SECRET_KEY,
        },
    ],
    pushes: &[IPN],
    toml: Table {
        name: "momo",
        head: "",
        keys: "partner_code = \"MOMOSANDBOX1\"\n\
               access_key = { env = \"DOISOAT_SANDBOX_MOMO_ACCESS_KEY\" }\n\
               secret_key = { env = \"DOISOAT_SANDBOX_MOMO_SECRET_KEY\" }\n\
               reply_signature = \"amount extraData message orderId partnerCode payType requestId \
               responseTime resultCode transId\"\n",
    },
};

const GATEWAY: Gateway = Gateway {
    order_id: gateway::own_id,
    refunds: Refunds::SameOrder,
    is_signed: true,
    names_order: true,
    says_too_soon: true,
    reference: |request| gateway::body_word(request, "orderId"),
};

/// The fields that an answer's signature covers.
const SIGNED: [&str; 10] = [
    "amount",
    "extraData",
    "message",
    "orderId",
    "partnerCode",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
];

/// `key=value` pairs in alphabetical order, `accessKey` first because it is.
fn covered(fields: &[&str], body: &Map<String, Value>) -> String {
    let mut pairs = vec![format!("accessKey={ACCESS_KEY}")];
    let value = |field: &&str| format!("{field}={}", rows::plain(body.get(*field)));
    pairs.extend(fields.iter().map(value));
    pairs.join("&")
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    if request.path != "/momo/v2/gateway/api/query" {
        return Reply::new(404, "text/plain", b"Not Found".to_vec());
    }
    if request.method != "POST" {
        return Reply::new(405, "text/plain", b"Method Not Allowed".to_vec());
    }
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(Value::Object(body)) => query(world, &body, act),
        _ => Reply::json(
            200,
            &json!({"resultCode": 20, "message": "Bad format request"}),
        ),
    }
}

fn query(world: &World, body: &Map<String, Value>, act: Option<Act>) -> Reply {
    let field = |name: &str| rows::plain(body.get(name));
    let signed = covered(&["orderId", "partnerCode", "requestId"], body);
    let right = hmac_sha256(SECRET_KEY, &signed);
    if field("partnerCode") != PARTNER_CODE || field("signature") != right {
        let refusal = json!({"resultCode": 13, "message": "Merchant authentication failed"});
        return Reply::json(200, &refusal);
    }
    let (order_id, request_id) = (field("orderId"), field("requestId"));
    if !well_formed(&order_id) || !(1..=50).contains(&request_id.len()) {
        return refusal(world, body, 20, "Bad format request");
    }
    if gateway::is_error_inside(act) {
        return refusal(world, body, 99, "Unknown error");
    }
    if !world.first_use("momo", "", &request_id) {
        return refusal(world, body, 40, "Duplicated requestId");
    }
    if gateway::act_of(act) == Some(GatewayAct::TooSoon) {
        return refusal(world, body, 40, "Duplicated requestId");
    }
    let now = world.clock.local();
    let order = GATEWAY.find(world, &order_id);
    let shown = |order| gateway::shown(world, "momo", order, gateway::act_of(act));
    let shown = order.and_then(shown);
    match shown
        .as_ref()
        .and_then(|order| Some((order, order.parts_at(now)?)))
    {
        Some((order, parts)) => found(world, body, (order, parts), act),
        None => refusal(world, body, 42, "Invalid orderId or orderId is not found"),
    }
}

/// What MoMo tells the merchant's own address of a payment ("IPN"). The time in it is that of the
/// message.
const IPN: Push = Push {
    name: "momo",
    keys: &[
        Credential {
            key: "secret_key",
            env: "DOISOAT_SANDBOX_MOMO_SECRET_KEY",
            value: SECRET_KEY,
        },
        Credential {
            key: "access_key",
            env: "DOISOAT_SANDBOX_MOMO_ACCESS_KEY",
            value: ACCESS_KEY,
        },
    ],
    toml: "",
    messages: ipn,
};

/// The fields that a message's signature covers.
const IPN_SIGNED: [&str; 12] = [
    "amount",
    "extraData",
    "message",
    "orderId",
    "orderInfo",
    "orderType",
    "partnerCode",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
];

fn ipn(district: &District, sending: Sending<'_>) -> Vec<Message> {
    let one = |(order, state, paid_at): (&GatewayOrder, &GatewayState, NaiveDateTime)| {
        let (id, at) = (GATEWAY.id_of(order), paid_at + sending.after);
        let fields = json!({
            "partnerCode": PARTNER_CODE,
            "orderId": id,
            "requestId": format!("{id}-pay"),
            "amount": state.amount,
            "orderInfo": order.info,
            "orderType": "momo_wallet",
            "transId": state.number.parse::<i64>().unwrap_or(0),
            "resultCode": 0,
            "message": "Thành công.",
            "payType": "qr",
            "responseTime": epoch_ms(at),
            "extraData": "",
        });
        let mut body = fields.as_object().cloned().unwrap_or_default();
        let signature = hmac_sha256(sending.secret, &covered(&IPN_SIGNED, &body));
        body.insert("signature".to_owned(), json!(signature));
        Message {
            body: Value::Object(body).to_string(),
            ..Message::new(id, at)
        }
    };
    gateway::payments(district).map(one).collect()
}

/// `^[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*$`
fn well_formed(order_id: &str) -> bool {
    let alphanumeric = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    alphanumeric(order_id.chars().next())
        && alphanumeric(order_id.chars().last())
        && order_id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The head that every answer has.
fn begin(world: &World, body: &Map<String, Value>, code: i64, message: &str) -> Map<String, Value> {
    let mut reply = Map::new();
    let mut put = |name: &str, value: Value| reply.insert(name.to_owned(), value);
    put("partnerCode", json!(PARTNER_CODE));
    put("orderId", json!(rows::plain(body.get("orderId"))));
    put("requestId", json!(rows::plain(body.get("requestId"))));
    put("extraData", json!(""));
    put("amount", json!(0));
    put("transId", json!(0));
    put("payType", json!(""));
    put("resultCode", json!(code));
    put("refundTrans", json!([]));
    put("message", json!(message));
    put("responseTime", json!(epoch_ms(world.clock.local())));
    reply
}

fn refusal(world: &World, body: &Map<String, Value>, code: i64, message: &str) -> Reply {
    send(None, begin(world, body, code, message))
}

fn found(
    world: &World,
    body: &Map<String, Value>,
    (order, (payment, refund)): (&GatewayOrder, (&GatewayState, Option<&GatewayState>)),
    act: Option<Act>,
) -> Reply {
    let gateway = gateway::act_of(act);
    let (code, message) = match payment.status {
        "00" => (0, "Thành công."),
        "01" if gateway::is_endless(gateway) => (7002, "Giao dịch đang được xử lý."),
        "01" => (
            1000,
            "Giao dịch đã được khởi tạo, chờ người dùng xác nhận thanh toán.",
        ),
        "02" => (1006, "Giao dịch bị từ chối bởi người dùng."),
        // Debited and returned by the bank: the table of result codes has none for it.
        _ => (9999, "Trạng thái khác"),
    };
    let mut reply = begin(world, body, code, message);
    let mut put = |name: &str, value: Value| reply.insert(name.to_owned(), value);
    if gateway == Some(GatewayAct::Replay) {
        put("orderId", json!(GATEWAY.other_than(world, order)));
    }
    put("amount", json!(gateway::scaled(gateway, payment.amount, 1)));
    if let (Some(_), Ok(number)) = (payment.paid_at, payment.number.parse::<i64>()) {
        put("transId", json!(number));
        put("payType", json!("qr"));
    }
    if let Some(refund) = refund {
        let code = if refund.status == "00" { 0 } else { 7002 };
        let one = json!({
            "orderId": format!("RF{}", refund.number),
            "amount": gateway::scaled(gateway, refund.amount, 1),
            "resultCode": code,
            "transId": refund.number.parse::<i64>().unwrap_or(0),
            "createdTime": epoch_ms(refund.at),
        });
        put("refundTrans", json!([one]));
    }
    if let Some(Act::Rows(rows_act)) = act {
        rows::twist(rows_act, KEYS, gateway::place(world, order), &mut reply);
    }
    send(gateway, reply)
}

fn send(act: Option<GatewayAct>, mut reply: Map<String, Value>) -> Reply {
    let sign = |text: &str| hmac_sha256(gateway::key(act, SECRET_KEY), text);
    let right = sign(&covered(&SIGNED, &reply));
    if let Some(signature) = gateway::seal(act, right, sign) {
        reply.insert("signature".to_owned(), json!(signature));
    }
    let text = rows::unwrap_raw(&Value::Object(reply).to_string());
    Reply::new(200, "application/json", text.into_bytes())
}
