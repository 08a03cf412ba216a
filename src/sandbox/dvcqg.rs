//! The national portal's payment platform, `QUERY`, as integrators' code shows it: POST JSON, plain
//! SHA-256 over values joined with `|` and the secret. Every second order is answered through a
//! service bus: the answer as text in `message`. The order of the answer's `MaXacThuc`, the code
//! for "no such order" and the word for a refund are not public; the table below names them.

use chrono::NaiveDateTime;
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

const PARTNER: &str = "DVCSANDBOX";
const SECRET: &str = "SANDBOXDVCQGSECRET";
/// No order of that reference.
const NOT_FOUND: &str = "02";

const REQUEST_FIELDS: [&str; 5] = [
    "LoaiBanTin",
    "PhienBan",
    "MaDoiTac",
    "MaThamChieu",
    "ThoiGianGD",
];
const ANSWER_FIELDS: [&str; 12] = [
    "MaLoi",
    "MoTaLoi",
    "MaDoiTac",
    "MaThamChieu",
    "ThoiGianGD",
    "LoaiBanTin",
    "SoTien",
    "MaTienTe",
    "MaGiaoDich",
    "MaNganHang",
    "ThongTinGiaoDich",
    "TrangThaiGD",
];
const KEYS: Keys = Keys {
    id: "MaGiaoDich",
    amount: "SoTien",
    date: "ThoiGianGD",
    text: "ThongTinGiaoDich",
    format: STAMP,
};
const WORDS: Words = Words {
    paid: "1",
    open: "3",
    failed: "4",
    refunded: "5",
    other: "7",
};

/// The simulator.
pub(crate) const PROVIDER: Provider = Provider {
    name: "dvcqg",
    answer,
    gateway: Some(GATEWAY),
    account: None,
    credentials: &[Credential {
        key: "secret_key",
        env: "DOISOAT_SANDBOX_DVCQG_SECRET_KEY",
        value: SECRET,
    }],
    pushes: &[],
    toml: Table {
        name: "dvcqg",
        head: "",
        keys: "path = \"/lgsp/thanhtoan\"\n\
               partner_code = \"DVCSANDBOX\"\n\
               secret_key = { env = \"DOISOAT_SANDBOX_DVCQG_SECRET_KEY\" }\n\
               status_map = { \"5\" = \"refunded\" }\n\
               not_found = \"02\"\n",
    },
};

const GATEWAY: Gateway = Gateway {
    order_id: reference,
    refunds: Refunds::SameOrder,
    is_signed: true,
    names_order: true,
    says_too_soon: false,
    reference: |request| gateway::body_word(request, "MaThamChieu"),
};

/// `MaThamChieu` as one published client makes it: `dvc`, the code without punctuation, the time.
fn reference(order_id: &str, created_at: NaiveDateTime) -> String {
    let plain: String = order_id
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    format!("dvc{plain}{}", created_at.format(STAMP))
}

/// Plain SHA-256 of the values and the secret.
fn sign(secret: &str, text: &str) -> String {
    hex::encode(Sha256::digest(format!("{text}|{secret}").as_bytes()))
}

fn covered(fields: &[&str], body: &Map<String, Value>) -> String {
    one_word::values(fields, body).join("|")
}

fn answer(world: &World, request: &Request, act: Option<Act>) -> Reply {
    if request.path != "/dvcqg/lgsp/thanhtoan" {
        return Reply::new(404, "text/plain", b"Not Found".to_vec());
    }
    if request.method != "POST" {
        return Reply::new(405, "text/plain", b"Method Not Allowed".to_vec());
    }
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(Value::Object(body)) => query(world, &body, act),
        _ => Reply::json(200, &json!({"error_code": "-1", "message": "bad request"})),
    }
}

fn query(world: &World, body: &Map<String, Value>, act: Option<Act>) -> Reply {
    let field = |name: &str| rows::plain(body.get(name));
    let is_ours = field("MaDoiTac") == PARTNER && field("LoaiBanTin") == "QUERY";
    if !is_ours || field("MaXacThuc") != sign(SECRET, &covered(&REQUEST_FIELDS, body)) {
        return Reply::json(200, &json!({"MaLoi": "97", "MoTaLoi": "refused"}));
    }
    if gateway::is_error_inside(act) {
        return coded("99", &field("MaThamChieu"));
    }
    let order = GATEWAY.find(world, &field("MaThamChieu"));
    let created = field("ThoiGianGD");
    let known = order.filter(|order| order.created_at.format(STAMP).to_string() == created);
    let shown = |order| gateway::shown(world, "dvcqg", order, gateway::act_of(act));
    let shown = known.and_then(shown);
    let told = |order| Some((order, one_word::say(world, order, WORDS)?));
    match shown.as_ref().and_then(told) {
        Some((order, saying)) => found(world, order, &saying, act),
        None => coded(NOT_FOUND, &field("MaThamChieu")),
    }
}

/// A signed answer without a transaction.
fn coded(code: &str, order_id: &str) -> Reply {
    let mut reply = Map::new();
    reply.insert("MaLoi".to_owned(), json!(code));
    reply.insert("MoTaLoi".to_owned(), json!("không có giao dịch"));
    reply.insert("MaDoiTac".to_owned(), json!(PARTNER));
    reply.insert("MaThamChieu".to_owned(), json!(order_id));
    let signature = sign(SECRET, &covered(&ANSWER_FIELDS, &reply));
    reply.insert("MaXacThuc".to_owned(), json!(signature));
    Reply::json(200, &Value::Object(reply))
}

fn found(world: &World, order: &GatewayOrder, saying: &Saying, act: Option<Act>) -> Reply {
    let gateway_act = gateway::act_of(act);
    let order_id = match gateway_act {
        Some(GatewayAct::Replay) => GATEWAY.other_than(world, order),
        _ => GATEWAY.id_of(order),
    };
    // the time that the question was asked with, not that of the payment
    let time = order.created_at.format(STAMP).to_string();
    let mut reply = Map::new();
    let mut put = |name: &str, value: Value| reply.insert(name.to_owned(), value);
    put("MaLoi", json!("00"));
    put("MoTaLoi", json!("Thành công"));
    put("MaDoiTac", json!(PARTNER));
    put("MaThamChieu", json!(order_id));
    put("ThoiGianGD", json!(time));
    put("LoaiBanTin", json!("QUERY"));
    put(
        "SoTien",
        json!(gateway::scaled(gateway_act, saying.amount, 1)),
    );
    put("MaTienTe", json!("VND"));
    put("MaGiaoDich", json!(saying.number));
    put("MaNganHang", json!(order.bank));
    put("ThongTinGiaoDich", json!(order.info));
    put("TrangThaiGD", json!(saying.word));
    one_word::twist(act, KEYS, (world, order), &mut reply);
    let signed = |reply: &Map<String, Value>| covered(&ANSWER_FIELDS, reply);
    one_word::seal(act, (&mut reply, "MaXacThuc"), signed, |text| {
        sign(gateway::key(gateway_act, SECRET), text)
    });
    let text = rows::unwrap_raw(&Value::Object(reply).to_string());
    if gateway::place(world, order).rank % 2 == 1 {
        return Reply::json(200, &json!({"error_code": "0", "message": text}));
    }
    Reply::new(200, "application/json", text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::one_word::tests::vector;

    #[test]
    fn the_request_is_signed_as_in_the_vector() {
        let (_, text, expected) = vector("dvcqg.query");
        let (values, secret) = text.rsplit_once('|').unwrap();
        assert_eq!(sign(secret, values), expected);
        assert_eq!(values.split('|').count(), REQUEST_FIELDS.len());
    }
}
