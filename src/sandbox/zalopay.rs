//! ZaloPay v2 as documented at docs.zalopay.vn ("Order query", "Query refund").
//!
//! POST JSON, HMAC-SHA256 with key1 over values joined with `|`; answers carry no mac and do not
//! name the order. A refund is known only by its own `m_refund_id`.

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

/// The application that the simulator accepts.
const APP_ID: &str = "2553";
/// The key of requests.
const KEY1: &str = "SANDBOXZALOPAYKEY1SANDBOXZALO001";

const KEYS: Keys = Keys {
    id: "zp_trans_id",
    amount: "amount",
    date: "server_time",
    text: "return_message",
    format: "", // milliseconds: no pattern writes them
};

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "zalopay",
    answer,
    gateway: Some(GATEWAY),
    account: None,
    credentials: &[Credential {
        key: "key1",
        env: "DOISOAT_SANDBOX_ZALOPAY_KEY1",
        value: KEY1,
    }],
    pushes: &[CALLBACK],
    toml: Table {
        name: "zalopay",
        head: "",
        keys: "app_id = \"2553\"\nkey1 = { env = \"DOISOAT_SANDBOX_ZALOPAY_KEY1\" }\n",
    },
};

const GATEWAY: Gateway = Gateway {
    order_id: app_trans_id,
    refunds: Refunds::OwnId(m_refund_id),
    is_signed: false,
    names_order: false,
    says_too_soon: true,
    reference: |request| {
        let order = gateway::body_word(request, "app_trans_id");
        order.or_else(|| gateway::body_word(request, "m_refund_id"))
    },
};

/// The key of callbacks.
const KEY2: &str = "SANDBOXZALOPAYKEY2SANDBOXZALO002";

/// What ZaloPay tells the merchant's own address of a paid order ("callback"): the data is a text,
/// and signed as it stands.
const CALLBACK: Push = Push {
    name: "zalopay",
    keys: &[Credential {
        key: "key2",
        env: "DOISOAT_SANDBOX_ZALOPAY_KEY2",
        value: KEY2,
    }],
    toml: "",
    messages: callback,
};

fn callback(district: &District, sending: Sending<'_>) -> Vec<Message> {
    let one = |(order, state, at): (&GatewayOrder, &GatewayState, NaiveDateTime)| {
        let id = GATEWAY.id_of(order);
        let data = json!({
            "app_id": APP_ID.parse::<i64>().unwrap_or(0),
            "app_trans_id": id,
            "app_time": epoch_ms(order.created_at),
            "app_user": "motcua",
            "amount": state.amount,
            "embed_data": "{}",
            "item": "[]",
            "zp_trans_id": zp_trans_id(at, state).parse::<i64>().unwrap_or(0),
            "server_time": epoch_ms(at),
            "channel": 38,
            "merchant_user_id": "",
            "user_fee_amount": 0,
            "discount_amount": 0,
        });
        let data = data.to_string();
        let mac = hmac_sha256(sending.secret, &data);
        Message {
            body: json!({"data": data, "mac": mac, "type": 1}).to_string(),
            ..Message::new(id, at + sending.after)
        }
    };
    gateway::payments(district).map(one).collect()
}

/// ZaloPay's number of a payment: its day, then the number.
fn zp_trans_id(at: NaiveDateTime, state: &GatewayState) -> String {
    format!("{}{:0>9}", at.format("%y%m%d"), state.number)
}

/// The day of creation, then the district's own id.
fn app_trans_id(order_id: &str, created_at: NaiveDateTime) -> String {
    format!("{}_{order_id}", created_at.format("%y%m%d"))
}

/// The day on which the refund was asked for, the application, and a number.
fn m_refund_id(order: &GatewayOrder, refund: &GatewayState) -> String {
    let asked = order.states.iter().find(|state| state.kind != "01");
    let day = asked.unwrap_or(refund).at.format("%y%m%d");
    format!("{day}_{APP_ID}_{:0>10}", refund.number)
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    if !matches!(
        &*request.path,
        "/zalopay/v2/query" | "/zalopay/v2/query_refund"
    ) {
        return Reply::new(404, "text/plain", b"Not Found".to_vec());
    }
    if request.method != "POST" {
        return Reply::new(405, "text/plain", b"Method Not Allowed".to_vec());
    }
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&request.body) else {
        return refusal("-401", "Du lieu yeu cau khong hop le");
    };
    let field = |name: &str| rows::plain(body.get(name));
    let app_id = field("app_id");
    let is_refund = request.path.ends_with("query_refund");
    let signed = if is_refund {
        let (id, timestamp) = (field("m_refund_id"), field("timestamp"));
        format!("{app_id}|{id}|{timestamp}")
    } else {
        format!("{app_id}|{}|{KEY1}", field("app_trans_id"))
    };
    let right = hmac_sha256(KEY1, &signed);
    if app_id != APP_ID || field("mac") != right {
        return refusal("-402", "Chung thuc khong hop le");
    }
    if gateway::is_error_inside(act) {
        return refusal("-500", "Loi he thong");
    }
    if gateway::act_of(act) == Some(GatewayAct::TooSoon) {
        return refusal("-429", "Gui qua nhieu yeu cau");
    }
    if is_refund {
        refund(world, &field("m_refund_id"), gateway::act_of(act))
    } else {
        payment(world, &field("app_trans_id"), act)
    }
}

fn refusal(sub_code: &str, message: &str) -> Reply {
    let sub_code: i64 = sub_code.parse().unwrap_or_default();
    let body = json!({
        "return_code": 2,
        "return_message": "Giao dich that bai",
        "sub_return_code": sub_code,
        "sub_return_message": message,
    });
    Reply::json(200, &body)
}

/// The head that every answer has.
fn begin(code: i64, message: &str) -> Map<String, Value> {
    let mut reply = Map::new();
    let mut put = |name: &str, value: Value| reply.insert(name.to_owned(), value);
    put("return_code", json!(code));
    put("return_message", json!(message));
    put("sub_return_code", json!(code));
    put("sub_return_message", json!(message));
    reply
}

fn payment(world: &World, id: &str, act: Option<Act>) -> Reply {
    let now = world.clock.local();
    let order = GATEWAY.find(world, id);
    let shown = |order| gateway::shown(world, "zalopay", order, gateway::act_of(act));
    let shown = order.and_then(shown);
    let known = shown.as_ref();
    let Some((order, (state, _))) = known.and_then(|order| Some((order, order.parts_at(now)?)))
    else {
        return refusal("-101", "Khong tim thay don hang");
    };
    let (code, message) = match state.status {
        "00" => (1, "Giao dich thanh cong"),
        "01" => (3, "Giao dich chua duoc thuc hien"),
        "02" => (2, "Giao dich that bai"),
        // Debited and returned by the bank: the documentation has no code for it.
        _ => (4, "Trang thai khac"),
    };
    let mut reply = begin(code, message);
    let mut put = |name: &str, value: Value| reply.insert(name.to_owned(), value);
    let amount = gateway::scaled(gateway::act_of(act), state.amount, 1);
    let number = match state.paid_at {
        Some(at) => zp_trans_id(at, state),
        None => "0".to_owned(),
    };
    let is_processing = gateway::is_endless(gateway::act_of(act)) && code == 3;
    put("is_processing", json!(is_processing));
    put("amount", json!(amount));
    put("discount_amount", json!(0));
    put("zp_trans_id", json!(number.parse::<i64>().unwrap_or(0)));
    put("server_time", json!(epoch_ms(state.paid_at.unwrap_or(now))));
    if let Some(Act::Rows(rows_act)) = act {
        rows::twist(rows_act, KEYS, gateway::place(world, order), &mut reply);
    }
    let text = rows::unwrap_raw(&Value::Object(reply).to_string());
    Reply::new(200, "application/json", text.into_bytes())
}

fn refund(world: &World, id: &str, act: Option<GatewayAct>) -> Reply {
    let now = world.clock.local();
    let pool = world.district.gateway_orders.iter();
    let mut refunds = pool.filter_map(|order| {
        let mut known = order.states.iter().rev().filter(|state| state.at <= now);
        let refund = known.find(|state| state.kind != "01")?;
        (m_refund_id(order, refund) == id).then_some(refund)
    });
    let refund = refunds.next().filter(|_| act != Some(GatewayAct::Unknown));
    let is_open = matches!(
        act,
        Some(GatewayAct::PendingForever | GatewayAct::PendingFirst)
    );
    match refund {
        Some(_) if act == Some(GatewayAct::Unmapped) => {
            Reply::json(200, &Value::Object(begin(4, "Trang thai khac")))
        }
        Some(refund)
            if is_open
                && (gateway::is_endless(act) || world.first_poll("zalopay", &refund.number)) =>
        {
            Reply::json(200, &Value::Object(begin(3, "Giao dich dang duoc xu ly")))
        }
        Some(refund) if refund.status == "00" => {
            Reply::json(200, &Value::Object(begin(1, "Giao dich thanh cong")))
        }
        Some(_) => Reply::json(200, &Value::Object(begin(3, "Giao dich dang duoc xu ly"))),
        None => refusal("-101", "Khong tim thay giao dich hoan tien"),
    }
}
