//! VNPAY `querydr`, a probe: `POST /merchant_webapi/api/transaction`, JSON, HMAC-SHA512 both ways.
//! Source: sandbox.vnpayment.vn, "Truy vấn kết quả thanh toán và hoàn tiền".
//!
//! `vnp_ResponseCode` says whether the query worked, `vnp_TransactionStatus` what became of the
//! money; 00 in the first with 01 or 02 in the second is the ordinary answer for an unpaid order.
//! An answer is read only after its signature verifies and it names the order and the merchant that
//! were asked about: a valid old answer would otherwise be a replay.
//!
//! **Refunds.** VNPAY tells a refund only in the answer to the same order: `vnp_TransactionType` 02
//! (full) or 03 (partial), and then `vnp_Amount`, `vnp_PayDate` and `vnp_TransactionNo` are those
//! of the refund. Such an answer proves two events. The refund is `<TxnRef>#<TransactionNo>` with
//! the answer's amount. The payment is `<TxnRef>`; what the payer paid is no longer told, and it is
//! the order's amount, because the gateway takes exactly that; nor is its time, and the order's own
//! time stands in for it. A payment so derived is `implied`: it fills a gap when the payment was
//! never seen, and says nothing where it is stored already. While a refund is asked for it may have
//! no number (`vnp_TransactionNo` 0): nothing has moved, and it is no row until it has one.

mod events;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use secrecy::SecretString;

use crate::clock::Clock;
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::ids::short_hash;
use crate::domain::{Instrument, Moment, PaymentOrder};
use crate::source::error::{Fault, SignatureFault};
use crate::source::http::{Bad, Client, Request};
use crate::source::json::Json;
use crate::source::signature::{Algorithm, Layout, Recipe};
use crate::source::{Ability, Defaults, Handle, Key, KeyForm, Opening, Protocol, Registration};

use super::probing::{Answer, Probing, Recital, bound, must, not_ours, refused, signature_of};
use super::states::order_time;
use events::found;

/// VNPAY querydr.
pub const REGISTRATION: Registration = Registration {
    kind: "vnpay",
    label: "VNPAY",
    ability: Ability::Probe,
    is_gateway: true,
    carries_money: true,
    pushes: Some(Protocol::Vnpay),
    keys: &[
        Key {
            name: "tmn_code",
            form: KeyForm::Text {
                form: "the terminal code, letters and digits",
                fits: is_code,
            },
            required: Some("write the terminal code that VNPAY gave you: tmn_code = \"…\""),
        },
        Key {
            name: "hash_secret",
            form: KeyForm::Secret,
            required: Some("name where the key is kept: hash_secret = { env = \"VNPAY_SECRET\" }"),
        },
        Key {
            name: "ip_addr",
            form: KeyForm::Text {
                form: "this server's IP address",
                fits: is_ip,
            },
            required: None,
        },
    ],
    defaults: Defaults {
        rate: Rate {
            count: 5,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(24),
        instrument: Instrument::Card,
        base_url: None,
    },
    open,
};

const PATH: &str = "/merchant_webapi/api/transaction";
const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::HmacSha512,
    layout: Layout::Ordered("|"),
};

/// The fields of a request that are signed, in the documented order.
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

/// The fields of an answer that are signed, in the documented order; absent is empty.
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

/// Requests made by this process: VNPAY refuses a request id that it has seen on the same day.
static REQUESTS: AtomicU64 = AtomicU64::new(0);

#[derive(Debug)]
struct Vnpay {
    client: Client,
    tmn_code: Box<str>,
    hash_secret: SecretString,
    ip_addr: Box<str>,
    clock: Arc<dyn Clock>,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    let tmn_code = settings.text("tmn_code").unwrap_or_default();
    Ok(Handle::Probe(Box::new(Probing(Vnpay {
        client: Client::open(settings, None, None, opening.pace.clone())?,
        tmn_code: tmn_code.into(),
        hash_secret: settings.secret("hash_secret", opening.around)?,
        ip_addr: settings.text("ip_addr").unwrap_or("127.0.0.1").into(),
        clock: Arc::clone(&opening.clock),
    }))))
}

fn is_code(raw: &str) -> bool {
    (1..=20).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_ip(raw: &str) -> bool {
    raw.parse::<std::net::IpAddr>().is_ok()
}

impl Recital for Vnpay {
    fn client(&self) -> &Client {
        &self.client
    }

    fn request(&self, order: &PaymentOrder, attempt: u32) -> Request {
        let now = Moment::of_ms(self.clock.now_ms()).compact();
        let sequence = match attempt {
            0 => 0, // never sent: only its address is wanted
            _ => REQUESTS.fetch_add(1, Ordering::Relaxed),
        };
        let seed = format!(
            "{}|{}|{now}|{attempt}|{sequence}",
            self.tmn_code, order.order_id
        );
        let values = [
            short_hash(seed.as_bytes(), 32),
            "2.1.0".to_owned(),
            "querydr".to_owned(),
            self.tmn_code.to_string(),
            order.order_id.to_string(),
            // `vnp_CreateDate` of the original payment: fourteen digits go out as they came in.
            order_time(order).into(),
            now,
            self.ip_addr.to_string(),
            format!("Truy van giao dich {}", order.order_id),
        ];
        let pairs: Vec<(&str, &str)> = REQUEST_FIELDS
            .into_iter()
            .zip(values.iter().map(String::as_str))
            .collect();
        let signature = RECIPE.sign(&self.hash_secret, &pairs);
        let mut body = serde_json::Map::new();
        for (field, value) in pairs
            .into_iter()
            .chain([("vnp_SecureHash", signature.as_str())])
        {
            body.insert(field.to_owned(), value.into());
        }
        Request {
            path: PATH.into(),
            query: Vec::new(),
            body: Some(serde_json::Value::Object(body).to_string()),
            what: format!("querydr {}", order.order_id),
        }
    }

    fn read(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        let json = Json::parse(body)?;
        let field = |key: &str| json.text_of(key).unwrap_or_default();
        let code = must(&json, "vnp_ResponseCode")?;
        if matches!(code, "02" | "97") {
            return Err(refused(at, code));
        }
        let signature = signature_of(&json, "vnp_SecureHash", at)?;
        let values = ANSWER_FIELDS.into_iter();
        let values = values.map(|key| Some((key, json.signed_of(key)?)));
        let values: Option<Vec<(&str, &str)>> = values.collect();
        if !values.is_some_and(|v| RECIPE.verify(&self.hash_secret, &v, signature)) {
            return Err(not_ours(at, SignatureFault::Wrong));
        }
        bound(
            at,
            (field("vnp_TmnCode"), &self.tmn_code),
            (field("vnp_TxnRef"), &order.order_id),
        )?;
        match code {
            "00" => Ok(Answer::Known(Box::new(found(&json, order)))),
            "91" => Ok(Answer::NotFound),
            "03" => Ok(Answer::BadOrder),
            // 94: asked again too soon; 99: other. Both pass, with a new request id.
            _ => Err(Bad::Again(Fault::ErrorInside(super::plain_code(code)))),
        }
    }
}

#[cfg(test)]
mod tests;
