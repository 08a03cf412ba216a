//! Signing a request and verifying an answer by a configured recipe. Pure.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::facts::Facts;
use super::spec::{Layout, SealAt, Signed, Signing, Stamp};
use crate::source::canonical::{canonical, flat, member};
use crate::source::error::SignatureFault;
use crate::source::http::{Answer, form_text};
use crate::source::json::Json;
use crate::source::signature::{is_seal, seal};

type Secrets = BTreeMap<Box<str>, SecretString>;

/// The signature of a request as it is sent; `value` tells the value of a field.
pub(super) fn sign<'v>(
    signing: &Signing,
    secrets: &Secrets,
    value: impl Fn(&str) -> Option<&'v str>,
) -> String {
    let of = |signed: &Signed| value(&signed.name).unwrap_or_default().to_owned();
    let text = match &signing.layout {
        Layout::Values(fields) => signing.values(fields.iter().map(of)),
        Layout::Pairs(fields) => signing.pairs(
            fields
                .iter()
                .map(|field| (field.name.to_string(), of(field))),
        ),
        // Settings of requests are refused with any other layout.
        Layout::Members(_) | Layout::Json(_) | Layout::Body => String::new(),
    };
    format!(
        "{}{}",
        signing.prefix,
        hex::encode(signing.digest(secrets, &text))
    )
}

/// Verifies an answer: an absent signature is as bad as a wrong one.
pub(super) fn verify(
    signing: &Signing,
    facts: &Facts<'_>,
    answer: Answer<'_>,
    json: &Json,
) -> Result<(), SignatureFault> {
    let secrets = facts.secrets;
    let given = given(signing, &answer, json).ok_or(SignatureFault::Missing)?;
    let given = given
        .strip_prefix(&*signing.prefix)
        .ok_or(SignatureFault::Wrong)?;
    let mut text = match &signing.stamp {
        None => String::new(),
        Some(stamp) => {
            let stamp = stamp_of(signing, stamp, &answer).ok_or(SignatureFault::Missing)?;
            format!("{stamp}.")
        }
    };
    let of = |signed: &Signed| {
        let found = signed.pointer.as_ref().and_then(|at| at.find(json));
        found.map(flat).unwrap_or_default().into_owned()
    };
    match &signing.layout {
        Layout::Values(fields) => text.push_str(&signing.values(fields.iter().map(of))),
        Layout::Pairs(fields) => {
            let told = fields
                .iter()
                .map(|field| (field.name.to_string(), of(field)));
            let unsent = signing.unsent.iter().map(|field| {
                let value = field.value.fill(facts).unwrap_or_default();
                (field.name.to_string(), value)
            });
            let mut pairs: Vec<(String, String)> = told.chain(unsent).collect();
            pairs.sort();
            text.push_str(&signing.pairs(pairs.into_iter()));
        }
        Layout::Members(object) => {
            let Some(Json::Object(members)) = object.find(json) else {
                return Err(SignatureFault::Wrong);
            };
            let mut pairs: Vec<(String, String)> = members
                .iter()
                .map(|(key, value)| (key.to_string(), member(value).into_owned()))
                .collect();
            pairs.sort();
            text.push_str(&signing.pairs(pairs.into_iter()));
        }
        Layout::Json(object) => {
            let object = object.find(json).ok_or(SignatureFault::Wrong)?;
            text.push_str(&canonical(object));
        }
        Layout::Body => {
            let body = std::str::from_utf8(answer.body).map_err(|_| SignatureFault::Wrong)?;
            text.push_str(body);
        }
    }
    if is_seal(&signing.digest(secrets, &text), given) {
        Ok(())
    } else {
        Err(SignatureFault::Wrong)
    }
}

fn given<'a>(signing: &Signing, answer: &'a Answer<'_>, json: &'a Json) -> Option<&'a str> {
    let found = match &signing.at {
        SealAt::Pointer(at) => at.text(json),
        SealAt::Header { name, part } => {
            let whole = answer.header(name)?;
            match part {
                None => Some(whole),
                Some(part) => part_of(whole, part),
            }
        }
        SealAt::Field(_) => None,
    };
    found.filter(|text| !text.is_empty())
}

fn stamp_of<'a>(signing: &Signing, stamp: &Stamp, answer: &'a Answer<'_>) -> Option<&'a str> {
    match (stamp, &signing.at) {
        (Stamp::Header(name), _) => answer.header(name),
        (Stamp::Part(part), SealAt::Header { name, .. }) => part_of(answer.header(name)?, part),
        (Stamp::Part(_), _) => None,
    }
}

/// One part of `t=1670259600,v1=ab12`.
fn part_of<'a>(whole: &'a str, part: &str) -> Option<&'a str> {
    let named = |pair: &'a str| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == part).then_some(value)
    };
    whole.split(',').find_map(named)
}

impl Signing {
    fn digest(&self, secrets: &Secrets, text: &str) -> Vec<u8> {
        let none = SecretString::default();
        // Names of secrets are checked when the settings are read.
        let secret = secrets.get(&self.secret).unwrap_or(&none);
        let separator = match self.layout {
            Layout::Values(_) => &*self.join,
            _ => "",
        };
        seal(self.hash, self.place, secret, text, separator)
    }

    fn values(&self, values: impl Iterator<Item = String>) -> String {
        let kept = values.filter(|value| !(self.skip_empty && value.is_empty()));
        let all: Vec<String> = kept.map(|value| self.encoded(value)).collect();
        all.join(&self.join)
    }

    fn pairs(&self, pairs: impl Iterator<Item = (String, String)>) -> String {
        let kept = pairs.filter(|(_, value)| !(self.skip_empty && value.is_empty()));
        let pair = |(key, value): (String, String)| {
            format!("{}={}", self.encoded(key), self.encoded(value))
        };
        kept.map(pair).collect::<Vec<_>>().join(&self.join)
    }

    fn encoded(&self, value: String) -> String {
        if self.as_form {
            form_text(&value)
        } else {
            value
        }
    }
}

#[cfg(test)]
mod tests;
