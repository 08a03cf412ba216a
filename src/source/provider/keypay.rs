//! KeyPay, a probe in two versions. The source is OpenCPS (2020); no official document is public.
//!
//! **KeyPay-DVCQG 3.0** (`api = "v3"`): detail of a `transaction_id` of at most 20 characters;
//! HMAC-SHA256 over values joined with `|`, `hash_key_1` for what we ask. Of what KeyPay sends only
//! its callback is known: `hash_key_2`, the field order of the creation, which leaves out `status`,
//! and `status` 0 = paid. What an answer's signature covers is not published, and one that leaves
//! out the state proves no payment: `reply_signature` must be written, nothing is assumed. A list
//! without the state, or "none", is the operator's word that TLS alone protects it.
//!
//! **KeyPay v1** (`api = "v1"`): `GET …/QuerryBillStatus` (their spelling), MD5 over the secret and
//! the values sorted by field name, empty ones left out. Its words of state are not published:
//! `status_map`. It was offered over plain http, which this program speaks to its own machine only:
//! a TLS address of KeyPay's or a TLS tunnel is needed.
//!
//! `payment_fee` is the provider's fee: the one gateway that tells it by payment.

mod v1;
mod v3;

use secrecy::SecretString;

use super::probing::{Answer, Probing, Recital};
use super::reply::{self, Rules};
use crate::config::ConfigError;
use crate::config::forms::{Rate, TimeOfDay};
use crate::domain::{Instrument, PaymentOrder};
use crate::source::http::{Bad, Client, Request};
use crate::source::{Ability, Defaults, Handle, Key, KeyForm, Opening, Registration};

/// KeyPay.
pub const REGISTRATION: Registration = Registration {
    kind: "keypay",
    label: "KeyPay",
    ability: Ability::Probe,
    is_gateway: true,
    carries_money: true,
    pushes: None,
    keys: &[
        Key {
            name: "api",
            form: KeyForm::Words(&["v3", "v1"]),
            required: None,
        },
        Key {
            name: "client_id",
            form: KeyForm::Text {
                form: "the client_id of the contract (v1: the merchant_code)",
                fits: is_code,
            },
            required: Some("write the client_id that KeyPay gave you: client_id = \"…\""),
        },
        Key {
            name: "hash_key_1",
            form: KeyForm::Secret,
            required: Some(
                "name where the key is kept: hash_key_1 = { env = \"KEYPAY_HASH_KEY_1\" }",
            ),
        },
        Key {
            name: "hash_key_2",
            form: KeyForm::Secret,
            required: None,
        },
        Key {
            name: "body",
            form: KeyForm::Words(&["json", "form"]),
            required: None,
        },
        Key {
            name: "good_code",
            form: KeyForm::Text {
                form: "the good_code that every v1 order was made with",
                fits: is_code,
            },
            required: None,
        },
        Key {
            name: "status_field",
            form: KeyForm::Text {
                form: "the name of the field that tells the state",
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
        instrument: Instrument::Card,
        base_url: None,
    },
    open,
};

#[derive(Debug)]
struct KeyPay {
    client: Client,
    merchant: Box<str>,
    /// Signs what we ask.
    ask_key: SecretString,
    /// Signs what KeyPay answers.
    answer_key: SecretString,
    version: Version,
    path: Box<str>,
    status_field: Box<str>,
    rules: Rules,
}

/// What only one version has.
#[derive(Debug)]
enum Version {
    V1 { good_code: Option<Box<str>> },
    V3 { form: bool },
}

fn open(opening: &Opening<'_>) -> Result<Handle, ConfigError> {
    Ok(Handle::Probe(Box::new(Probing(KeyPay::open(opening)?))))
}

fn is_code(raw: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    (1..=50).contains(&raw.len()) && raw.bytes().all(plain)
}

impl KeyPay {
    fn open(opening: &Opening<'_>) -> Result<Self, ConfigError> {
        let settings = opening.settings;
        let text = |key: &str, default: &str| settings.text(key).unwrap_or(default).into();
        let is_v1 = settings.text("api") == Some("v1");
        if !is_v1 && settings.text(reply::REPLY_SIGNATURE.name).is_none() {
            return Err(settings.fail(
                "reply_signature is missing: KeyPay publishes no signature of its answers",
                "write the signed fields by the contract in their order, the field of the state among \
                 them: reply_signature = \"addition_fee client_id command status trans_amount \
                 transaction_id version\"; a list without it, or \"none\", leaves the state to TLS \
                 alone",
            ));
        }
        let known = if is_v1 { &v1::KNOWN } else { &v3::KNOWN };
        let rules = Rules::read(settings, known)?;
        let ask_key = settings.secret("hash_key_1", opening.around)?;
        let answer_key = if is_v1 {
            // Version 1 has one key.
            ask_key.clone()
        } else if settings.has_secret("hash_key_2") {
            settings.secret("hash_key_2", opening.around)?
        } else if !rules.are_signed() {
            ask_key.clone()
        } else {
            return Err(settings.fail(
                "hash_key_2 is missing: KeyPay signs with it what it sends",
                "name where it is kept: hash_key_2 = { env = \"KEYPAY_HASH_KEY_2\" }; write \
                 reply_signature = \"none\" only where KeyPay says that it signs no answers",
            ));
        };
        let version = if is_v1 {
            let good_code = settings.text("good_code").map(Into::into);
            Version::V1 { good_code }
        } else {
            let form = settings.text("body") == Some("form");
            Version::V3 { form }
        };
        let mut client = Client::open(settings, None, None, opening.pace.clone())?;
        if matches!(version, Version::V3 { form: true }) {
            client = client.with_forms();
        }
        Ok(Self {
            client,
            merchant: text("client_id", ""),
            ask_key,
            answer_key,
            version,
            path: text("path", if is_v1 { v1::PATH } else { "" }),
            status_field: text("status_field", "status"),
            rules,
        })
    }
}

impl Recital for KeyPay {
    fn client(&self) -> &Client {
        &self.client
    }

    fn is_mistakable(&self, order: &PaymentOrder, all: &[PaymentOrder]) -> bool {
        match self.version {
            Version::V1 { .. } => false,
            Version::V3 { .. } => reply::is_cut(order, all, v3::ORDER_ID_MAX),
        }
    }

    fn request(&self, order: &PaymentOrder, _attempt: u32) -> Request {
        match &self.version {
            Version::V1 { good_code } => v1::request(self, good_code.as_deref(), order),
            Version::V3 { form } => v3::request(self, *form, order),
        }
    }

    fn read(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        match &self.version {
            Version::V1 { .. } => v1::read(self, body, order, at),
            Version::V3 { .. } => v3::read(self, body, order, at),
        }
    }
}

#[cfg(test)]
mod tests;
