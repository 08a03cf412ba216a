//! VNPT Pay (VNPT Money) `QUERY`, a probe: POST, JSON, plain SHA-256 with the secret as last value,
//! `Authorization: Bearer`. No official document is public; the source is integrators' published
//! code of versions 1.0.5 and 1.0.6. What that code does not tell is configuration:
//!
//! - the order of an answer's `SECURE_CODE` (`reply_signature`; without it the order in which the
//!   fields of an answer are listed). A wrong order refuses answers, it never accepts one;
//! - the values of `TRANSACTION_STATUS` (`status_map`; without it every payment goes to a person);
//! - whether `RESPONSE_CODE` 00 without a status is a payment (`paid_by`; no).
//!
//! An answer names the order but no merchant: the secret, which is the merchant's own, binds it.
//! Where an answer does name a merchant, it must be ours.

use secrecy::SecretString;

use super::probing::{Answer, Probing, Recital, bound, must, order_code, refused};
use super::reply::{self, Known, Meaning, Rules, Seal, Told};
use super::states::order_time;
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Instrument, PaymentOrder};
use crate::source::error::Fault;
use crate::source::http::{Bad, Client, Request};
use crate::source::json::Json;
use crate::source::signature::{Algorithm, Encoding, Layout, Recipe};
use crate::source::{Ability, Defaults, Handle, Key, KeyForm, Opening, Registration};

/// VNPT Pay QUERY.
pub const REGISTRATION: Registration = Registration {
    kind: "vnptpay",
    label: "VNPT Pay",
    ability: Ability::Probe,
    is_gateway: true,
    carries_money: true,
    pushes: None,
    keys: &[
        Key {
            name: "merchant_service_id",
            form: KeyForm::Text {
                form: "the MERCHANT_SERVICE_ID of the contract, letters and digits",
                fits: is_code,
            },
            required: Some(
                "write the MERCHANT_SERVICE_ID that VNPT gave you: merchant_service_id = \"…\"",
            ),
        },
        Key {
            name: "api_key",
            form: KeyForm::Secret,
            required: Some("name where the key is kept: api_key = { env = \"VNPTPAY_API_KEY\" }"),
        },
        Key {
            name: "secret_key",
            form: KeyForm::Secret,
            required: Some("name where the key is kept: secret_key = { env = \"VNPTPAY_SECRET\" }"),
        },
        Key {
            name: "version",
            form: KeyForm::Words(&["1.0.5", "1.0.6"]),
            required: None,
        },
        Key {
            name: "paid_by",
            form: KeyForm::Words(&["status", "response_code"]),
            required: None,
        },
        reply::PATH,
        reply::REPLY_SIGNATURE,
        reply::STATUS_MAP,
        reply::NOT_FOUND,
        reply::TIME_FIELD,
    ],
    defaults: Defaults {
        rate: Rate {
            count: 5,
            per: std::time::Duration::from_secs(1),
        },
        cutoff: TimeOfDay::MIDNIGHT,
        freshness: std::time::Duration::from_hours(24),
        instrument: Instrument::Wallet,
        base_url: None,
    },
    open,
};

/// Where version 1.0.5 is asked; 1.0.6 is asked at `/query` below a configured address.
const PATHS: [(&str, &str); 2] = [
    ("1.0.5", "/rest/payment/v1.0.5/query_transaction"),
    ("1.0.6", "/query"),
];
const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::Sha256Appended,
    layout: Layout::Ordered("|"),
};

/// The fields of a request that are signed, in the order of integrators' code.
const REQUEST_FIELDS: [&str; 5] = [
    "ACTION",
    "VERSION",
    "MERCHANT_SERVICE_ID",
    "MERCHANT_ORDER_ID",
    "CREATE_DATE",
];

const KNOWN: Known = Known {
    signed: &[
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
    ],
    must_cover: &[
        "RESPONSE_CODE",
        "MERCHANT_ORDER_ID",
        "AMOUNT",
        "TRANSACTION_STATUS",
    ],
    words: &[],
    not_found: &["01"],
};

#[derive(Debug)]
struct VnptPay {
    client: Client,
    merchant: Box<str>,
    secret: SecretString,
    version: Box<str>,
    path: Box<str>,
    /// `RESPONSE_CODE` 00 without a status is a payment.
    code_is_enough: bool,
    rules: Rules,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    Ok(Handle::Probe(Box::new(Probing(VnptPay::open(opening)?))))
}

fn is_code(raw: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=50).contains(&raw.len()) && raw.bytes().all(plain)
}

impl VnptPay {
    fn open(opening: &Opening<'_>) -> Result<Self, ConfigError> {
        let settings = opening.settings;
        let text = |key: &str| settings.text(key);
        let version = text("version").unwrap_or("1.0.5");
        let documented = PATHS.iter().find(|(known, _)| *known == version);
        let documented = documented.map_or("", |(_, path)| *path);
        let bearer = reply::bearer(opening, "api_key")?;
        let code_is_enough = text("paid_by") == Some("response_code");
        let mut known = KNOWN;
        if code_is_enough {
            // Then an answer need have no status, and its signature cannot cover one.
            known.must_cover = &["RESPONSE_CODE", "MERCHANT_ORDER_ID", "AMOUNT"];
        }
        Ok(Self {
            client: Client::open(settings, bearer.as_ref(), None, opening.pace.clone())?,
            merchant: text("merchant_service_id").unwrap_or_default().into(),
            secret: settings.secret("secret_key", opening.around)?,
            version: version.into(),
            path: text("path").unwrap_or(documented).into(),
            code_is_enough,
            rules: Rules::read(settings, &known)?,
        })
    }
}

impl Recital for VnptPay {
    fn client(&self) -> &Client {
        &self.client
    }

    fn request(&self, order: &PaymentOrder, _attempt: u32) -> Request {
        let created = order_time(order);
        let values = [
            "QUERY",
            &*self.version,
            &*self.merchant,
            &*order.order_id,
            &*created,
        ];
        let mut pairs: Vec<(&str, &str)> = REQUEST_FIELDS.into_iter().zip(values).collect();
        let signature = RECIPE.sign(&self.secret, &pairs);
        pairs.push(("SECURE_CODE", &signature));
        Request {
            path: self.path.to_string().into(),
            body: Some(reply::flat_json(&pairs)),
            what: format!("QUERY {}", order.order_id),
            ..Request::default()
        }
    }

    fn read(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        let json = Json::parse(body)?;
        let field = |key: &str| json.text_of(key).unwrap_or_default();
        let code = must(&json, "RESPONSE_CODE")?;
        if code == "97" {
            return Err(refused(at, code));
        }
        let seal = Seal {
            recipe: RECIPE,
            encoding: Encoding::Hex,
            secret: &self.secret,
            field: "SECURE_CODE",
            unsent: &[],
        };
        self.rules.verify(seal, &json, at)?;
        let merchant = match field("MERCHANT_SERVICE_ID") {
            "" => &*self.merchant,
            named => named,
        };
        bound(
            at,
            (merchant, &self.merchant),
            (field("MERCHANT_ORDER_ID"), &order.order_id),
        )?;
        match code {
            "00" => Ok(Answer::Known(Box::new(self.told(&json, order).events()))),
            _ if self.rules.is_not_found(code) => Ok(Answer::NotFound),
            "99" => Err(Bad::Again(Fault::ErrorInside(super::plain_code(code)))),
            _ => Err(order_code(code)),
        }
    }
}

impl VnptPay {
    /// What an answer with code 00 tells.
    fn told<'a>(&self, json: &'a Json, order: &'a PaymentOrder) -> Told<'a> {
        let field = |key: &str| json.text_of(key).unwrap_or_default();
        let word = field("TRANSACTION_STATUS");
        let meaning = if word.is_empty() && self.code_is_enough {
            Some(Meaning::Paid)
        } else {
            self.rules.meaning(word)
        };
        Told {
            order,
            asked: "QUERY",
            meaning,
            word,
            amount: field("AMOUNT"),
            amount_column: "AMOUNT",
            time: self.rules.time(json, "PAY_DATE"),
            time_column: "PAY_DATE",
            number: field("VNPTPAY_TRANSACTION_ID"),
            memo: field("ADDITIONAL_INFO"),
            currency: field("CURRENCY_CODE"),
            fee: "",
            instrument: None,
        }
    }
}

#[cfg(test)]
mod tests;
