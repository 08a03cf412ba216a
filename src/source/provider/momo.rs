//! MoMo v2, a probe: `POST /v2/gateway/api/query`, JSON, HMAC-SHA256 over `key=value` pairs sorted
//! by key; `accessKey` is signed and never sent.
//! Source: developers.momo.vn, "Query transaction status" and "Result codes".
//!
//! `resultCode` says in one number whether the call worked and what became of the money. A refunded
//! payment keeps code 0: what went back stands in `refundTrans`, each refund with a result code of
//! its own, and becomes the row `<orderId>#<transId>`.
//!
//! **Not established by the documentation, so configuration says it.** Whether an answer is signed:
//! none is documented, so an answer counts by its TLS connection, its partner code and its order;
//! where MoMo signs, `reply_signature` names the signed fields and every answer must verify. The
//! members of `refundTrans` (`refund_map`). What a code outside the published table means
//! (`status_map`), 9000 (authorised) included, which is pending until the map says otherwise. Which
//! field tells when it was paid (`time_field`): `responseTime` is documented as the time of the
//! answer, so without the key the order's own time stands in.

mod events;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::probing::{Answer, Probing, Recital, bound, must, not_ours, refused, signature_of};
use super::states::{STATUS_MAP, States, TIME_FIELD, is_field};
use crate::clock::Clock;
use crate::config::forms::{Rate, TimeOfDay};
use crate::config::{ConfigError, SourceSettings};
use crate::domain::ids::short_hash;
use crate::domain::{Instrument, PaymentOrder, TxnStatus};
use crate::source::error::{BodyFault, Fault, SignatureFault};
use crate::source::http::{Bad, Client, Request};
use crate::source::json::Json;
use crate::source::signature::{Algorithm, Layout, Recipe};
use crate::source::{Ability, Defaults, Handle, Key, KeyForm, Opening, Protocol, Registration};

/// MoMo v2 query.
pub const REGISTRATION: Registration = Registration {
    kind: "momo",
    label: "MoMo",
    ability: Ability::Probe,
    is_gateway: true,
    carries_money: true,
    pushes: Some(Protocol::Momo),
    keys: &[
        Key {
            name: "partner_code",
            form: KeyForm::Text {
                form: "the partner code, letters, digits and underscores",
                fits: is_field,
            },
            required: Some("write the partner code that MoMo gave you: partner_code = \"…\""),
        },
        Key {
            name: "access_key",
            form: KeyForm::Secret,
            required: Some(
                "name where the key is kept: access_key = { env = \"MOMO_ACCESS_KEY\" }",
            ),
        },
        Key {
            name: "secret_key",
            form: KeyForm::Secret,
            required: Some(
                "name where the key is kept: secret_key = { env = \"MOMO_SECRET_KEY\" }",
            ),
        },
        Key {
            name: "reply_signature",
            form: KeyForm::Text {
                form: "the signed fields of an answer, blanks between them, or \"none\" where answers \
                       are not signed",
                fits: is_field_list,
            },
            required: None,
        },
        Key {
            name: "refund_map",
            form: KeyForm::Map,
            required: None,
        },
        STATUS_MAP,
        TIME_FIELD,
    ],
    defaults: Defaults {
        rate: Rate {
            count: 5,
            per: Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: Duration::from_hours(24),
        instrument: Instrument::Wallet,
        base_url: None,
    },
    open,
};

const PATH: &str = "/v2/gateway/api/query";
const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::HmacSha256,
    layout: Layout::SortedPairs,
};

/// The published result codes of a payment.
const STATES: &[(&str, TxnStatus)] = &[
    ("0", TxnStatus::Success),
    // 9000: authorised; whether capture follows by itself is the merchant's setting.
    ("9000", TxnStatus::Pending),
    ("1000", TxnStatus::Pending),
    ("7000", TxnStatus::Pending),
    ("7002", TxnStatus::Pending),
    ("8000", TxnStatus::Pending),
    ("1001", TxnStatus::Failed),
    ("1002", TxnStatus::Failed),
    ("1003", TxnStatus::Failed),
    ("1004", TxnStatus::Failed),
    ("1005", TxnStatus::Failed),
    ("1006", TxnStatus::Failed),
    ("1007", TxnStatus::Failed),
    ("1017", TxnStatus::Failed),
    ("1026", TxnStatus::Failed),
];

/// The published result codes of a refund.
const REFUND_STATES: &[(&str, TxnStatus)] = &[
    ("0", TxnStatus::Success),
    ("7000", TxnStatus::Pending),
    ("7002", TxnStatus::Pending),
    ("1080", TxnStatus::Failed),
    ("1081", TxnStatus::Failed),
    ("1088", TxnStatus::Failed),
];

/// Members of an element of `refundTrans` under the names of `refund_map`.
const REFUND_FIELDS: [(&str, &str); 5] = [
    ("id", "transId"),
    ("order_id", "orderId"),
    ("amount", "amount"),
    ("status", "resultCode"),
    ("time", "createdTime"),
];

/// Requests made by this process: a request id is used once.
static REQUESTS: AtomicU64 = AtomicU64::new(0);

#[derive(Debug)]
struct Momo {
    client: Client,
    partner_code: Box<str>,
    access_key: SecretString,
    secret_key: SecretString,
    /// The signed fields of an answer; none where answers are not signed.
    signed: Option<Vec<Box<str>>>,
    rules: Rules,
    clock: Arc<dyn Clock>,
}

/// How the money of an answer is read.
#[derive(Clone, Debug)]
struct Rules {
    states: States,
    refund_states: States,
    /// Members of `refundTrans` by the names of `refund_map`.
    refund_fields: BTreeMap<&'static str, Box<str>>,
    /// The field that tells when it was paid; none takes the order's own time.
    time_field: Option<Box<str>>,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    let settings = opening.settings;
    let fields = settings
        .text("reply_signature")
        .filter(|text| *text != "none");
    Ok(Handle::Probe(Box::new(Probing(Momo {
        client: Client::open(settings, None, None, opening.pace.clone())?,
        partner_code: settings.text("partner_code").unwrap_or_default().into(),
        access_key: settings.secret("access_key", opening.around)?,
        secret_key: settings.secret("secret_key", opening.around)?,
        signed: signed_fields(settings, fields)?,
        rules: Rules::read(settings)?,
        clock: Arc::clone(&opening.clock),
    }))))
}

/// The fields of `reply_signature`. Without the order, the amount and the result a signature would
/// prove nothing.
fn signed_fields(
    settings: &SourceSettings,
    text: Option<&str>,
) -> Result<Option<Vec<Box<str>>>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    let fields: Vec<Box<str>> = text.split(' ').map(Into::into).collect();
    for needed in ["orderId", "amount", "resultCode"] {
        if !fields.iter().any(|field| **field == *needed) {
            return Err(settings.fail(
                format!("reply_signature leaves out {needed}: nothing would prove it"),
                "write every signed field, or \"none\" where answers are not signed",
            ));
        }
    }
    Ok(Some(fields))
}

fn is_field_list(raw: &str) -> bool {
    raw.split(' ').all(is_field)
}

/// The documented form of `orderId`: letters and digits, with `-`, `_` and `.` between them.
fn is_order_id(raw: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric();
    let ends = raw.bytes().next().is_some_and(plain) && raw.bytes().last().is_some_and(plain);
    ends && raw.bytes().all(|b| plain(b) || b"-_.".contains(&b))
}

impl Rules {
    fn read(settings: &SourceSettings) -> Result<Self, ConfigError> {
        let mut refund_fields: BTreeMap<&str, Box<str>> = REFUND_FIELDS
            .iter()
            .map(|(name, member)| (*name, (*member).into()))
            .collect();
        for (name, member) in settings.map("refund_map").into_iter().flatten() {
            match refund_fields.get_mut(name.as_str()) {
                Some(known) => *known = member.as_str().into(),
                None => {
                    return Err(settings.fail(
                        format!("refund_map has no key \"{name}\""),
                        "write id, order_id, amount, status or time",
                    ));
                }
            }
        }
        let time_field = settings.text(TIME_FIELD.name).unwrap_or("none");
        Ok(Self {
            states: States::read(settings, STATES)?,
            refund_states: States::read(settings, REFUND_STATES)?,
            refund_fields,
            time_field: (time_field != "none").then(|| time_field.into()),
        })
    }
}

impl Momo {
    /// Refuses an answer whose signature is missing or wrong, where answers are signed.
    fn verify(&self, json: &Json, at: &str) -> Result<(), Bad> {
        let Some(fields) = &self.signed else {
            return Ok(());
        };
        let signature = signature_of(json, "signature", at)?;
        let sent = fields.iter().filter(|field| ***field != *"accessKey");
        let sent = sent.map(|field| Some((&**field, json.signed_of(field)?)));
        let key = [Some(("accessKey", self.access_key.expose_secret()))];
        let values: Option<Vec<(&str, &str)>> = sent.chain(key).collect();
        if values.is_some_and(|v| RECIPE.verify(&self.secret_key, &v, signature)) {
            Ok(())
        } else {
            Err(not_ours(at, SignatureFault::Wrong))
        }
    }
}

impl Recital for Momo {
    fn client(&self) -> &Client {
        &self.client
    }

    fn can_ask(&self, order: &PaymentOrder) -> bool {
        is_order_id(&order.order_id)
    }

    fn request(&self, order: &PaymentOrder, attempt: u32) -> Request {
        let sequence = match attempt {
            0 => 0, // never sent: only its address is wanted
            _ => REQUESTS.fetch_add(1, Ordering::Relaxed),
        };
        let (now, order_id) = (self.clock.now_ms(), &order.order_id);
        let seed = format!(
            "{}|{order_id}|{now}|{attempt}|{sequence}",
            self.partner_code
        );
        let request_id = short_hash(seed.as_bytes(), 32);
        let signature = RECIPE.sign(
            &self.secret_key,
            &[
                ("accessKey", self.access_key.expose_secret()),
                ("orderId", order_id),
                ("partnerCode", &self.partner_code),
                ("requestId", &request_id),
            ],
        );
        let body = serde_json::json!({
            "partnerCode": &*self.partner_code,
            "requestId": request_id,
            "orderId": &**order_id,
            "lang": "vi",
            "signature": signature,
        });
        Request {
            path: PATH.into(),
            query: Vec::new(),
            body: Some(body.to_string()),
            what: format!("query {order_id}"),
        }
    }

    /// `requestId` comes back as it was sent; another one is that of an old answer.
    fn is_answer_to(&self, body: &[u8], sent: &Request) -> Result<bool, BodyFault> {
        let sent = Json::parse(sent.body.as_deref().unwrap_or_default().as_bytes())?;
        let json = Json::parse(body)?;
        let told = json.text_of("requestId").filter(|id| !id.is_empty());
        let told = told.ok_or(BodyFault::Shape("requestId"))?;
        Ok(sent.text_of("requestId") == Some(told))
    }

    fn read(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        let json = Json::parse(body)?;
        let code = must(&json, "resultCode")?;
        // 11: access denied; 13: merchant authentication failed.
        if matches!(code, "11" | "13") {
            return Err(refused(at, code));
        }
        self.verify(&json, at)?;
        // what is signed and names nobody is another's
        let named = |name| match self.signed {
            Some(_) => Ok(json.text_of(name).unwrap_or_default()),
            None => must(&json, name),
        };
        bound(
            at,
            (named("partnerCode")?, &self.partner_code),
            (named("orderId")?, &order.order_id),
        )?;
        match code {
            "42" => Ok(Answer::NotFound),
            // 20: bad request; 21, 22: bad amount. About this order only.
            "20" | "21" | "22" => Ok(Answer::BadOrder),
            // 10: maintenance; 40, 41, 43: repeated or conflicting; 12, 45, 47, 98, 99: other.
            "10" | "12" | "40" | "41" | "43" | "45" | "47" | "98" | "99" => {
                Err(Bad::Again(Fault::ErrorInside(super::plain_code(code))))
            }
            _ => Ok(Answer::Known(Box::new(events::found(
                &json,
                order,
                &self.rules,
            )?))),
        }
    }
}

#[cfg(test)]
mod tests;
