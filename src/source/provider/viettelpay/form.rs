//! An answer that is JSON or a form. Pure.

use crate::source::error::BodyFault;
use crate::source::json::{Json, Member};

/// A body that is JSON or the fields of a form, by how it begins.
pub(super) fn json_or_form(body: &[u8]) -> Result<Json, BodyFault> {
    let begins_a_field = body.first().is_some_and(u8::is_ascii_alphabetic);
    if !begins_a_field || !body.contains(&b'=') {
        return Json::parse(body);
    }
    let text = std::str::from_utf8(body).map_err(|_| BodyFault::NotUtf8)?;
    let mut members: Vec<Member> = Vec::new();
    for field in text.trim_end().split('&') {
        let (name, value) = field.split_once('=').ok_or(BodyFault::Truncated)?;
        let (name, value) = (decoded(name)?, decoded(value)?);
        if members.iter().any(|(known, _)| **known == *name) {
            return Err(BodyFault::twice(&name));
        }
        members.push((name.into(), Json::Text(value)));
    }
    Ok(Json::Object(members))
}

/// Undoes `%XX` and `+`.
fn decoded(raw: &str) -> Result<Box<str>, BodyFault> {
    let raw = raw.replace('+', " ");
    let mut bytes = Vec::with_capacity(raw.len());
    let mut parts = raw.split('%');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let code = part.get(..2).ok_or(BodyFault::Truncated)?;
        bytes.extend(hex::decode(code).map_err(|_| BodyFault::Shape("a form"))?);
        bytes.extend(part.bytes().skip(2));
    }
    String::from_utf8(bytes)
        .map(Into::into)
        .map_err(|_| BodyFault::NotUtf8)
}
