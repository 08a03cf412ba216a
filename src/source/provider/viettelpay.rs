//! ViettelPay (Viettel Money) order search, a probe: POST of a form, HMAC-SHA1 over the values
//! joined without a separator. No official document is public; the source is OpenCPS
//! (`PayGateIntegrationActionImpl.java`). What it does not tell is configuration: the literal of
//! the command (`command`), whether signatures are hex or base64 (`hash_encoding`), which fields of
//! an answer are signed in which order (`reply_signature`), where the time of payment stands
//! (`time_field`; without it the order's own time stands in), the whole address (`base_url`,
//! `path`). Answers are read as a form or as JSON, by how they begin.
//!
//! **Order ids over 20 characters.** ViettelPay keeps 20 and OpenCPS cuts, so that two dossiers may
//! share what is left. An answer about a cut id cannot be bound to one order, so it is no evidence:
//! such an order is not asked about and stays unanswered. The registry must export the id that was
//! sent. An id of 20 characters with which a longer one of the same night begins is left alone
//! too.
//!
//! Values without a separator are ambiguous, so the order and the merchant of an answer are
//! compared by themselves, and amounts by their own fields.

mod form;

use secrecy::{ExposeSecret, SecretString};

use super::probing::{Answer, Probing, Recital, bound, must, order_code, refused};
use super::reply::{self, Known, Meaning, Rules, Seal, Told};
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Instrument, PaymentOrder};
use crate::source::error::Fault;
use crate::source::http::{Bad, Client, Request};
use crate::source::json::Json;
use crate::source::signature::{Algorithm, Encoding, Layout, Recipe};
use crate::source::{Ability, Defaults, Handle, Key, KeyForm, Opening, Registration};
use form::json_or_form;

/// ViettelPay order search.
pub const REGISTRATION: Registration = Registration {
    kind: "viettelpay",
    label: "ViettelPay",
    ability: Ability::Probe,
    is_gateway: true,
    carries_money: true,
    pushes: None,
    keys: &[
        Key {
            name: "merchant_code",
            form: KeyForm::Text {
                form: "the merchant code of the contract",
                fits: is_code,
            },
            required: Some("write the merchant code that Viettel gave you: merchant_code = \"…\""),
        },
        Key {
            name: "access_code",
            form: KeyForm::Secret,
            required: Some(
                "name where it is kept: access_code = { env = \"VIETTEL_ACCESS_CODE\" }",
            ),
        },
        Key {
            name: "hash_key",
            form: KeyForm::Secret,
            required: Some("name where the key is kept: hash_key = { env = \"VIETTEL_HASH_KEY\" }"),
        },
        Key {
            name: "hash_encoding",
            form: KeyForm::Words(&["hex", "base64"]),
            required: None,
        },
        Key {
            name: "command",
            form: KeyForm::Text {
                form: "the cmd of the search: \"TRANS_INQUIRY\"",
                fits: is_code,
            },
            required: None,
        },
        Key {
            name: "version",
            form: KeyForm::Text {
                form: "the version of the search: \"2.0\"",
                fits: is_code,
            },
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

const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::HmacSha1,
    layout: Layout::Ordered(""),
};

/// The longest order id that ViettelPay keeps whole.
const ORDER_ID_MAX: usize = 20;

/// Every signed message that OpenCPS shows has its fields in alphabetical order.
const KNOWN: Known = Known {
    signed: &[
        "access_code",
        "error_code",
        "merchant_code",
        "order_id",
        "payment_status",
        "trans_amount",
        "vt_transaction_id",
    ],
    must_cover: &[
        "error_code",
        "merchant_code",
        "order_id",
        "payment_status",
        "trans_amount",
    ],
    words: &[("1", Meaning::Paid)],
    // 01 is "bad merchant or bill": no evidence that there is no such order.
    not_found: &[],
};

#[derive(Debug)]
struct ViettelPay {
    client: Client,
    merchant: Box<str>,
    access_code: SecretString,
    hash_key: SecretString,
    encoding: Encoding,
    command: Box<str>,
    version: Box<str>,
    path: Box<str>,
    rules: Rules,
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    Ok(Handle::Probe(Box::new(Probing(ViettelPay::open(opening)?))))
}

fn is_code(raw: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    (1..=50).contains(&raw.len()) && raw.bytes().all(plain)
}

impl ViettelPay {
    fn open(opening: &Opening<'_>) -> Result<Self, ConfigError> {
        let settings = opening.settings;
        let text = |key: &str, default: &str| settings.text(key).unwrap_or(default).into();
        Ok(Self {
            client: Client::open(settings, None, None, opening.pace.clone())?.with_forms(),
            merchant: text("merchant_code", ""),
            access_code: settings.secret("access_code", opening.around)?,
            hash_key: settings.secret("hash_key", opening.around)?,
            encoding: match settings.text("hash_encoding") {
                Some("base64") => Encoding::Base64,
                _ => Encoding::Hex,
            },
            command: text("command", "TRANS_INQUIRY"),
            version: text("version", "2.0"),
            path: text("path", ""),
            rules: Rules::read(settings, &KNOWN)?,
        })
    }
}

impl Recital for ViettelPay {
    fn client(&self) -> &Client {
        &self.client
    }

    fn is_mistakable(&self, order: &PaymentOrder, all: &[PaymentOrder]) -> bool {
        reply::is_cut(order, all, ORDER_ID_MAX)
    }

    fn request(&self, order: &PaymentOrder, _attempt: u32) -> Request {
        let fields = [
            ("cmd", &*self.command),
            ("merchant_code", &*self.merchant),
            ("order_id", &*order.order_id),
            ("version", &*self.version),
        ];
        let signed: Vec<(&str, &str)> = [("access_code", self.access_code.expose_secret())]
            .into_iter()
            .chain(fields)
            .collect();
        let signature = RECIPE.sign_in(self.encoding, &self.hash_key, &signed);
        let sent = fields.into_iter().chain([("check_sum", &*signature)]);
        Request {
            path: self.path.to_string().into(),
            query: sent.map(|(key, value)| (key, value.to_owned())).collect(),
            what: format!("{} {}", self.command, order.order_id),
            ..Request::default()
        }
    }

    fn read(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        let json = json_or_form(body)?;
        let field = |key: &str| json.word_of(key).unwrap_or_default();
        let code = must(&json, "error_code")?;
        if code == "02" {
            return Err(refused(at, code));
        }
        let seal = Seal {
            recipe: RECIPE,
            encoding: self.encoding,
            secret: &self.hash_key,
            field: "check_sum",
            unsent: &[("access_code", self.access_code.expose_secret())],
        };
        self.rules.verify(seal, &json, at)?;
        bound(
            at,
            (field("merchant_code"), &self.merchant),
            (field("order_id"), &order.order_id),
        )?;
        match code {
            "00" => Ok(Answer::Known(Box::new(self.told(&json, order).events()))),
            _ if self.rules.is_not_found(code) => Ok(Answer::NotFound),
            "03" => Err(Bad::Again(Fault::ErrorInside(super::plain_code(code)))),
            _ => Err(order_code(code)),
        }
    }
}

impl ViettelPay {
    /// What an answer with code 00 tells.
    fn told<'a>(&'a self, json: &'a Json, order: &'a PaymentOrder) -> Told<'a> {
        let field = |key: &str| json.word_of(key).unwrap_or_default();
        let word = field("payment_status");
        Told {
            order,
            asked: &self.command,
            meaning: self.rules.meaning(word),
            word,
            amount: field("trans_amount"),
            amount_column: "trans_amount",
            time: self.rules.time(json, ""),
            time_column: "time_field",
            number: field("vt_transaction_id"),
            memo: field("return_other_info"),
            currency: "",
            fee: "",
            instrument: None,
        }
    }
}

#[cfg(test)]
mod tests;
