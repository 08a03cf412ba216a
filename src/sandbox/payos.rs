//! payOS as documented at payos.vn/docs ("Lấy thông tin link thanh toán").
//!
//! GET with two headers of identity; HMAC-SHA256 over `data`: `key=value` sorted by key, null is
//! empty, a list is compact JSON whose objects have sorted keys. Money comes as bank transfers;
//! there are no refunds.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

use super::district::{District, GatewayOrder, GatewayState};
use super::fault::rows::{self, Keys};
use super::fault::{Act, GatewayAct};
use super::gateway::{self, Gateway, Refunds, hmac_sha256};
use super::push::{Message, Push, Sending};
use super::wire::{Reply, Request};
use super::world::World;
use super::{Credential, Provider, Table};

/// The client that the simulator accepts.
const CLIENT_ID: &str = "sandbox-payos-client";
/// Its key.
const API_KEY: &str = "sandbox-payos-api-key";
/// The key of its signatures.
const CHECKSUM_KEY: &str = "SANDBOXPAYOSCHECKSUMSANDBOXPAYOS";
/// The account that links collect into.
const ACCOUNT: &str = "0440009900001";

const PATH: &str = "/payos/v2/payment-requests/";
const STAMP: &str = "%Y-%m-%dT%H:%M:%S+07:00";

const KEYS: Keys = Keys {
    id: "reference",
    amount: "amount",
    date: "transactionDateTime",
    text: "description",
    format: STAMP,
};

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "payos",
    answer,
    gateway: Some(GATEWAY),
    account: None,
    credentials: &[
        Credential {
            key: "api_key",
            env: "DOISOAT_SANDBOX_PAYOS_API_KEY",
            value: API_KEY,
        },
        Credential {
            key: "checksum_key",
            env: "DOISOAT_SANDBOX_PAYOS_CHECKSUM_KEY",
            value: CHECKSUM_KEY,
        },
    ],
    pushes: &[WEBHOOK],
    toml: Table {
        name: "payos",
        head: "",
        keys: "client_id = \"sandbox-payos-client\"\n\
               api_key = { env = \"DOISOAT_SANDBOX_PAYOS_API_KEY\" }\n\
               checksum_key = { env = \"DOISOAT_SANDBOX_PAYOS_CHECKSUM_KEY\" }\n",
    },
};

const GATEWAY: Gateway = Gateway {
    order_id: gateway::id_in_digits,
    refunds: Refunds::ByBank,
    is_signed: true,
    names_order: true,
    says_too_soon: false,
    reference: |_| None, // it stands in the address
};

/// What payOS tells the merchant's own address of a transfer into a link.
const WEBHOOK: Push = Push {
    name: "payos",
    keys: &[Credential {
        key: "checksum_key",
        env: "DOISOAT_SANDBOX_PAYOS_CHECKSUM_KEY",
        value: CHECKSUM_KEY,
    }],
    toml: "",
    messages: webhooks,
};

fn webhooks(district: &District, sending: Sending<'_>) -> Vec<Message> {
    let one = |(order, state, at): (&GatewayOrder, &GatewayState, NaiveDateTime)| {
        let id = GATEWAY.id_of(order);
        let data = json!({
            "orderCode": id.parse::<i64>().unwrap_or(0),
            "amount": state.amount,
            "description": order.info,
            "accountNumber": ACCOUNT,
            "reference": reference(at, state),
            "transactionDateTime": at.format("%Y-%m-%d %H:%M:%S").to_string(),
            "currency": "VND",
            "paymentLinkId": format!("{id:0>32}"),
            "code": "00",
            "desc": "Thành công",
            "counterAccountBankId": null,
            "counterAccountBankName": null,
            "counterAccountName": null,
            "counterAccountNumber": null,
            "virtualAccountName": null,
            "virtualAccountNumber": null,
        });
        let signature = hmac_sha256(sending.secret, &covered(&data));
        let body = json!({
            "code": "00", "desc": "success", "success": true, "data": data, "signature": signature,
        });
        Message {
            body: body.to_string(),
            ..Message::new(id, at + sending.after)
        }
    };
    gateway::payments(district).map(one).collect()
}

/// The bank's number of the transfer that paid a link.
fn reference(at: NaiveDateTime, state: &GatewayState) -> String {
    format!("FT{}{}", at.format("%y%j"), state.number)
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    let Some(code) = request.path.strip_prefix(PATH) else {
        return Reply::new(404, "text/plain", b"Not Found".to_vec());
    };
    if request.method != "GET" {
        return Reply::new(405, "text/plain", b"Method Not Allowed".to_vec());
    }
    let known = request.header("x-client-id") == Some(CLIENT_ID)
        && request.header("x-api-key") == Some(API_KEY);
    if !known {
        return Reply::json(
            401,
            &json!({"code": "401", "desc": "Unauthorized", "data": null}),
        );
    }
    if gateway::is_error_inside(act) {
        return Reply::json(
            200,
            &json!({"code": "20", "desc": "Loi he thong", "data": null}),
        );
    }
    let now = world.clock.local();
    let order = GATEWAY.find(world, code);
    let shown = |order| gateway::shown(world, "payos", order, gateway::act_of(act));
    let shown = order.and_then(shown);
    let parts = shown
        .as_ref()
        .and_then(|order| Some((order, order.parts_at(now)?)));
    if let Some((order, (state, _))) = parts {
        return found(world, (order, state), act);
    }
    let desc = "Ma thanh toan khong ton tai";
    Reply::json(200, &json!({"code": "101", "desc": desc, "data": null}))
}

fn found(world: &World, (order, state): (&GatewayOrder, &GatewayState), act: Option<Act>) -> Reply {
    let gateway = gateway::act_of(act);
    let order_code = match gateway {
        Some(GatewayAct::Replay) => GATEWAY.other_than(world, order),
        _ => GATEWAY.id_of(order),
    };
    let status = match state.status {
        "00" if gateway == Some(GatewayAct::Underpaid) => "UNDERPAID",
        "00" => "PAID",
        "01" => "PENDING",
        "02" => "CANCELLED",
        // Returned by the bank: the documentation has no status for it.
        _ => "REVERSED",
    };
    let amount = gateway::scaled(gateway, state.amount, 1);
    let transfers = transfers(world, (order, state), amount, act);
    let paid = match gateway {
        _ if transfers.is_empty() => 0,
        Some(GatewayAct::PaidTwice) => 2 * amount,
        Some(GatewayAct::Underpaid) => amount / 2,
        _ => amount,
    };
    let cancelled = (status == "CANCELLED").then(|| state.at.format(STAMP).to_string());
    let data = json!({
        "id": format!("{:0>32}", GATEWAY.id_of(order)),
        "orderCode": order_code.parse::<i64>().unwrap_or(0),
        "amount": amount,
        "amountPaid": paid,
        "amountRemaining": amount - paid,
        "status": status,
        "createdAt": order.created_at.format(STAMP).to_string(),
        "transactions": transfers,
        "cancellationReason": null,
        "canceledAt": cancelled,
    });
    let sign = |text: &str| hmac_sha256(gateway::key(gateway, CHECKSUM_KEY), text);
    let signature = gateway::seal(gateway, sign(&covered(&data)), sign);
    let mut reply = Map::new();
    reply.insert("code".to_owned(), json!("00"));
    reply.insert("desc".to_owned(), json!("success"));
    reply.insert("data".to_owned(), data);
    if let Some(signature) = signature {
        reply.insert("signature".to_owned(), json!(signature));
    }
    let text = rows::unwrap_raw(&Value::Object(reply).to_string());
    Reply::new(200, "application/json", text.into_bytes())
}

/// The transfers that paid a link: one, none, two where the order is split, or as the fault wants
/// it.
fn transfers(
    world: &World,
    (order, state): (&GatewayOrder, &GatewayState),
    amount: i64,
    act: Option<Act>,
) -> Vec<Value> {
    let Some(at) = state.paid_at else {
        return Vec::new();
    };
    let reference = reference(at, state);
    let one = |amount, reference: &str, at| transfer(world, order, (amount, reference, at), act);
    let (half, later) = (amount / 2, at + chrono::TimeDelta::minutes(3));
    let second = format!("{reference}B");
    match gateway::act_of(act) {
        Some(GatewayAct::PaidInParts) => vec![
            one(half, &reference, at),
            one(amount - half, &second, later),
        ],
        Some(GatewayAct::PaidTwice) => {
            vec![one(amount, &reference, at), one(amount, &second, later)]
        }
        Some(GatewayAct::Underpaid) => vec![one(half, &reference, at)],
        _ if world.is_split(&GATEWAY.id_of(order)) => vec![
            one(amount - amount / 3, &reference, at),
            one(amount / 3, &second, at),
        ],
        _ => vec![one(amount, &reference, at)],
    }
}

fn transfer(
    world: &World,
    order: &GatewayOrder,
    (amount, reference, at): (i64, &str, NaiveDateTime),
    act: Option<Act>,
) -> Value {
    let mut one = Map::new();
    let mut put = |name: &str, value: Value| one.insert(name.to_owned(), value);
    put("reference", json!(reference));
    put("amount", json!(amount));
    put("accountNumber", json!(ACCOUNT));
    put("description", json!(order.info));
    put("transactionDateTime", json!(at.format(STAMP).to_string()));
    for name in [
        "virtualAccountName",
        "virtualAccountNumber",
        "counterAccountBankId",
        "counterAccountBankName",
        "counterAccountName",
        "counterAccountNumber",
    ] {
        put(name, Value::Null);
    }
    if let Some(Act::Rows(rows_act)) = act {
        rows::twist(rows_act, KEYS, gateway::place(world, order), &mut one);
    }
    Value::Object(one)
}

/// The text that a signature covers.
fn covered(data: &Value) -> String {
    let members: BTreeMap<&String, &Value> = data.as_object().into_iter().flatten().collect();
    let pair = |(name, value): (&String, &Value)| {
        let text = match value {
            Value::Array(all) => rows::unwrap_raw(&list(all)),
            other => rows::plain(Some(other)),
        };
        format!("{name}={text}")
    };
    members.into_iter().map(pair).collect::<Vec<_>>().join("&")
}

/// A list as compact JSON whose objects have sorted keys.
fn list(all: &[Value]) -> String {
    let sorted = |one: &Value| match one {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort();
            let members: Vec<String> = keys
                .into_iter()
                .map(|key| format!("{}:{}", json!(key), members[key]))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    };
    format!("[{}]", all.iter().map(sorted).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_text_is_that_of_the_vector() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/fixtures/provider-vectors.json"
        );
        let all: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let one = all
            .iter()
            .find(|one| one["id"] == "payos.get_response")
            .unwrap();
        let text = |name: &str| one[name].as_str().unwrap();
        let data = json!({
            "id": "124c33293c43417ab7879e14c8d9eb18", "orderCode": 2_409_050_001_i64,
            "amount": 45_000, "amountPaid": 45_000, "amountRemaining": 0, "status": "PAID",
            "createdAt": "2024-09-05T09:12:00+07:00",
            "transactions": [{
                "reference": "FT24249123456", "amount": 45_000, "accountNumber": "12345678",
                "description": "HS240905 0001", "transactionDateTime": "2024-09-05T09:15:30+07:00",
                "virtualAccountName": null, "virtualAccountNumber": null,
                "counterAccountBankId": null, "counterAccountBankName": null,
                "counterAccountName": null, "counterAccountNumber": null,
            }],
            "cancellationReason": null, "canceledAt": null,
        });
        assert_eq!(covered(&data), text("text"));
        assert_eq!(hmac_sha256(text("key"), &covered(&data)), text("sig"));
    }
}
