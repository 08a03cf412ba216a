//! What the public material of some gateways leaves open about their answers, as the configuration
//! says it: which fields the signature covers, what the words of state mean, which codes mean "no
//! such order", where the time of payment stands. Pure.
//!
//! Nothing is taken on trust that was not written down: an answer without a signature is refused
//! unless `reply_signature = "none"` says that the provider signs none, and a word of state that
//! stands in no map goes to a person and is never money.

mod told;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use secrecy::{ExposeSecret, SecretString};

use super::probing::{not_ours, signature_of};
use super::states::is_field;
pub(super) use super::states::{STATUS_MAP, TIME_FIELD};
use crate::config::{ConfigError, SourceSettings};
use crate::domain::PaymentOrder;
use crate::source::error::SignatureFault;
use crate::source::http::Bad;
use crate::source::json::Json;
use crate::source::signature::{Encoding, Recipe};
use crate::source::{Key, KeyForm, Opening};
pub(super) use told::Told;

/// `reply_signature`: the signed fields of an answer, in their order.
pub(super) const REPLY_SIGNATURE: Key = Key {
    name: "reply_signature",
    form: KeyForm::Text {
        form: "the signed fields of an answer in their order, blanks between them, or \"none\" where \
               the provider signs no answers",
        fits: is_field_list,
    },
    required: None,
};

/// `not_found`: codes that mean "no such order".
pub(super) const NOT_FOUND: Key = Key {
    name: "not_found",
    form: KeyForm::Text {
        form: "the codes that mean \"no such order\", blanks between them",
        fits: is_field_list,
    },
    required: None,
};

/// `path`: what follows `base_url`.
pub(super) const PATH: Key = Key {
    name: "path",
    form: KeyForm::Text {
        form: "what follows base_url, from its slash on: \"/query\"; \"\" where base_url is the whole \
               address",
        fits: is_path,
    },
    required: None,
};

/// The word of `reply_signature` for a provider that signs no answers.
const UNSIGNED: &str = "none";

pub(super) fn is_field_list(raw: &str) -> bool {
    let mut fields = raw.split(' ').peekable();
    fields.peek().is_some() && fields.all(is_field)
}

fn is_path(raw: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b);
    let steps = raw.split('/').all(|step| step != "..");
    raw.is_empty() || (raw.starts_with('/') && raw.len() <= 200 && steps && raw.bytes().all(plain))
}

/// What a word of state means for the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The payer's money came.
    Paid,
    /// Nothing final yet.
    Pending,
    /// Final: no money came.
    Failed,
    /// Money came and went back: the amount that is told is what went back.
    Refunded,
}

/// The words of `status_map`.
const MEANINGS: [(&str, Meaning); 4] = [
    ("success", Meaning::Paid),
    ("pending", Meaning::Pending),
    ("failed", Meaning::Failed),
    ("refunded", Meaning::Refunded),
];

/// What is known of a provider's answers where the configuration does not say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// Signed fields in their order; empty means every field but the signature. An order that is
    /// wrong refuses answers, it never accepts one.
    pub(super) signed: &'static [&'static str],
    /// Fields that a signature must cover, or it proves nothing.
    pub(super) must_cover: &'static [&'static str],
    /// Words of state with a published meaning.
    pub(super) words: &'static [(&'static str, Meaning)],
    /// Codes that mean "no such order".
    pub(super) not_found: &'static [&'static str],
}

/// What the signature of an answer covers.
#[derive(Debug)]
enum Signed {
    /// The provider signs no answers.
    Nothing,
    /// These fields in this order.
    Fields(Vec<Box<str>>),
    /// Every field but the signature.
    Everything,
}

/// How answers are read.
#[derive(Debug)]
pub(super) struct Rules {
    signed: Signed,
    words: BTreeMap<Box<str>, Meaning>,
    not_found: BTreeSet<Box<str>>,
    time_field: Option<Box<str>>,
}

/// How a provider seals its answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seal<'s> {
    pub(super) recipe: Recipe,
    pub(super) encoding: Encoding,
    pub(super) secret: &'s SecretString,
    /// The field that holds the signature.
    pub(super) field: &'static str,
    /// Values that are signed and that an answer need not repeat.
    pub(super) unsent: &'s [(&'s str, &'s str)],
}

impl Rules {
    /// Reads the keys of a source; what it does not say is `known`.
    pub(super) fn read(settings: &SourceSettings, known: &Known) -> Result<Self, ConfigError> {
        let list = |text: &str| -> Vec<Box<str>> { text.split(' ').map(Into::into).collect() };
        let signed = match settings.text(REPLY_SIGNATURE.name) {
            Some(UNSIGNED) => Signed::Nothing,
            Some(text) => Signed::Fields(list(text)),
            None if known.signed.is_empty() => Signed::Everything,
            None => Signed::Fields(known.signed.iter().map(|field| (*field).into()).collect()),
        };
        if let Signed::Fields(fields) = &signed {
            let covers = |field: &str| fields.iter().any(|own| **own == *field);
            if let Some(missing) = known.must_cover.iter().find(|field| !covers(field)) {
                return Err(settings.fail(
                    format!("reply_signature leaves out {missing}: nothing would prove it"),
                    "write every signed field in its order, or reply_signature = \"none\" where \
                     the provider signs no answers",
                ));
            }
        }
        let mut words: BTreeMap<Box<str>, Meaning> = known
            .words
            .iter()
            .map(|(word, meaning)| ((*word).into(), *meaning))
            .collect();
        for (word, told) in settings.map(STATUS_MAP.name).into_iter().flatten() {
            let meaning = MEANINGS.iter().find(|(name, _)| name == told);
            let (_, meaning) = meaning.ok_or_else(|| {
                let message = format!("status_map has no meaning \"{told}\" for \"{word}\"");
                settings.fail(
                    message,
                    "write success, pending, failed or refunded; leave a word out and a person decides",
                )
            })?;
            words.insert(word.as_str().into(), *meaning);
        }
        let not_found = match settings.text(NOT_FOUND.name) {
            Some(text) => list(text).into_iter().collect(),
            None => known.not_found.iter().map(|code| (*code).into()).collect(),
        };
        Ok(Self {
            signed,
            words,
            not_found,
            time_field: settings.text(TIME_FIELD.name).map(Into::into),
        })
    }

    /// Refuses an answer whose signature is missing or wrong.
    pub(super) fn verify(&self, seal: Seal<'_>, json: &Json, at: &str) -> Result<(), Bad> {
        if !self.are_signed() {
            return Ok(());
        }
        let signature = signature_of(json, seal.field, at)?;
        let values: Option<Vec<(&str, &str)>> = match &self.signed {
            Signed::Nothing => Some(Vec::new()),
            Signed::Fields(fields) => {
                let value = |field| value_of(json, field, seal.unsent);
                let all = fields.iter();
                all.map(|field| Some((&**field, value(field)?))).collect()
            }
            Signed::Everything => {
                let all = json.words().filter(|(field, _)| *field != seal.field);
                Some(all.collect())
            }
        };
        let (recipe, encoding) = (seal.recipe, seal.encoding);
        let verifies = |v: Vec<_>| recipe.verify_in(encoding, seal.secret, &v, signature);
        if values.is_some_and(verifies) {
            Ok(())
        } else {
            Err(not_ours(at, SignatureFault::Wrong))
        }
    }

    /// Whether answers carry a signature.
    pub(super) fn are_signed(&self) -> bool {
        !matches!(self.signed, Signed::Nothing)
    }

    /// What a word of state means; none sends the payment to a person.
    pub(super) fn meaning(&self, word: &str) -> Option<Meaning> {
        self.words.get(word).copied()
    }

    /// Whether a code means "no such order".
    pub(super) fn is_not_found(&self, code: &str) -> bool {
        self.not_found.contains(code)
    }

    /// When the order was paid, by the configured field, else by the documented one.
    pub(super) fn time<'j>(&self, json: &'j Json, documented: &str) -> &'j str {
        let field = self.time_field.as_deref().unwrap_or(documented);
        json.text_of(field).unwrap_or_default()
    }
}

/// A field of the answer, or what is signed without being sent; none for what cannot be signed so.
fn value_of<'v>(json: &'v Json, field: &str, unsent: &'v [(&'v str, &'v str)]) -> Option<&'v str> {
    let own = unsent.iter().find(|(name, _)| *name == field);
    match own {
        Some((_, value)) if json.text_of(field).is_none() => Some(value),
        _ => json.signed_of(field),
    }
}

/// `Authorization: Bearer` with the secret of a key, where the source has that key.
pub(super) fn bearer(
    opening: &Opening<'_>,
    key: &str,
) -> Result<Option<SecretString>, ConfigError> {
    if !opening.settings.has_secret(key) {
        return Ok(None);
    }
    let token = opening.settings.secret(key, opening.around)?;
    let value = format!("Bearer {}", token.expose_secret());
    Ok(Some(value.into()))
}

/// A JSON object of texts.
pub(super) fn flat_json(pairs: &[(&str, &str)]) -> String {
    let members = pairs.iter();
    let members = members.map(|(key, value)| ((*key).to_owned(), (*value).into()));
    serde_json::Value::Object(members.collect()).to_string()
}

/// Whether a provider that keeps `max` characters of an order id may mistake the order for another.
/// Longer ids are cut on the way, and an answer about a cut id may be about any order that begins
/// alike; so may one about an id of full length with which a longer one of `all` begins.
pub(super) fn is_cut(order: &PaymentOrder, all: &[PaymentOrder], max: usize) -> bool {
    let id = &*order.order_id;
    let begins_with_it =
        |other: &PaymentOrder| other.order_id.len() > id.len() && other.order_id.starts_with(id);
    match id.chars().count().cmp(&max) {
        Ordering::Less => false,
        Ordering::Equal => all.iter().any(begins_with_it),
        Ordering::Greater => true,
    }
}

#[cfg(test)]
pub(super) mod testing;

#[cfg(test)]
mod tests;
