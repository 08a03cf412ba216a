//! The request of one page or one order, put together from its settings. Pure.

use std::sync::atomic::{AtomicU64, Ordering};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::facts::Facts;
use super::sign::sign;
use super::spec::{Ask, Field, SealAt};
use crate::source::http::{Body, Call};

/// Requests made by this process: no two have the same id.
static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// An id for one attempt: 64 hex digits that neither another attempt nor another night has.
pub(super) fn request_id(now_ms: i64, about: &str, attempt: u32) -> String {
    let sequence = match attempt {
        0 => 0, // never sent: only its address is wanted
        _ => REQUESTS.fetch_add(1, Ordering::Relaxed),
    };
    let seed = format!(
        "{about}|{now_ms}|{attempt}|{sequence}|{}",
        std::process::id()
    );
    hex::encode(Sha256::digest(seed.as_bytes()))
}

/// A field with its value.
struct Filled<'a> {
    field: &'a Field,
    value: String,
}

/// The request; none when a value would lead its path elsewhere.
pub(super) fn call(ask: &Ask, facts: &Facts<'_>, what: String) -> Option<Call> {
    let path = ask.path.fill_path(facts)?;
    let query = filled(&ask.query, facts);
    let body = filled(&ask.body, facts);
    let signed = filled(&ask.signed, facts);
    let headers = filled(&ask.headers, facts);
    let mut pairs: Vec<(String, String)> = texts(&query);
    let mut header_texts = secrets(headers);
    let mut signature: Option<(String, String)> = None;
    if let Some(signing) = &ask.signature {
        let all = || body.iter().chain(&query).chain(&signed);
        let value = |name: &str| {
            let found = all().find(|filled| &*filled.field.name == name);
            found.map(|filled| filled.value.as_str())
        };
        let seal = sign(signing, facts.secrets, value);
        match &signing.at {
            SealAt::Header { name, .. } => header_texts.push((name.to_string(), seal.into())),
            SealAt::Field(name) => signature = Some((name.to_string(), seal)),
            SealAt::Pointer(_) => {}
        }
    }
    let has_body = ask.is_post && !ask.body.is_empty();
    let body = if has_body {
        Some(body_of(ask, &body, signature))
    } else {
        pairs.extend(signature);
        None
    };
    Some(Call {
        path,
        query: pairs,
        headers: header_texts,
        body,
        is_post: ask.is_post,
        what,
        ..Call::default()
    })
}

fn filled<'a>(fields: &'a [Field], facts: &Facts<'_>) -> Vec<Filled<'a>> {
    let one = |field: &'a Field| {
        let value = field.value.fill(facts)?;
        Some(Filled { field, value })
    };
    fields.iter().filter_map(one).collect()
}

fn texts(fields: &[Filled<'_>]) -> Vec<(String, String)> {
    let pair = |filled: &Filled<'_>| (filled.field.name.to_string(), filled.value.clone());
    fields.iter().map(pair).collect()
}

fn secrets(fields: Vec<Filled<'_>>) -> Vec<(String, SecretString)> {
    let pair = |filled: Filled<'_>| (filled.field.name.to_string(), filled.value.into());
    fields.into_iter().map(pair).collect()
}

fn body_of(ask: &Ask, fields: &[Filled<'_>], signature: Option<(String, String)>) -> Body {
    let as_json = || json_text(fields, signature.as_ref());
    match (&ask.wrap, ask.as_form) {
        (None, false) => Body::Json(as_json()),
        (Some(field), true) => Body::Form(vec![(field.to_string(), as_json())]),
        (Some(field), false) => {
            let mut outer = serde_json::Map::new();
            outer.insert(field.to_string(), as_json().into());
            Body::Json(serde_json::Value::Object(outer).to_string())
        }
        (None, true) => {
            let mut pairs = texts(fields);
            pairs.extend(signature);
            Body::Form(pairs)
        }
    }
}

/// The fields as a JSON object. A number that is none is sent as a text, and the source says so.
fn json_text(fields: &[Filled<'_>], signature: Option<&(String, String)>) -> String {
    let mut object = serde_json::Map::new();
    for Filled { field, value } in fields {
        let number = field.is_number.then(|| value.parse::<i64>().ok()).flatten();
        let value = number.map_or_else(|| value.as_str().into(), Into::into);
        object.insert(field.name.to_string(), value);
    }
    if let Some((name, seal)) = signature {
        object.insert(name.clone(), seal.as_str().into());
    }
    serde_json::Value::Object(object).to_string()
}

/// A body of fields for a token, as a form or as JSON.
pub(super) fn token_body(fields: &[Field], facts: &Facts<'_>, as_json: bool) -> Body {
    let fields = filled(fields, facts);
    if as_json {
        Body::Json(json_text(&fields, None))
    } else {
        Body::Form(texts(&fields))
    }
}

/// `Authorization` of a word and a secret.
pub(super) fn authorization(word: &str, secret: &SecretString) -> (String, SecretString) {
    let value = format!("{word} {}", secret.expose_secret());
    ("Authorization".to_owned(), value.into())
}
