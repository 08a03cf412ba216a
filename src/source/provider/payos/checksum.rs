//! The checksum of an answer's `data`: `key=value` sorted by key, joined with `&`. Null, and the
//! texts "null" and "undefined", are empty; a list is compact JSON whose objects have sorted keys,
//! nulls inside staying `null`. Numbers count by their text as received. Pure.

use std::borrow::Cow;
use std::fmt::Write as _;

use secrecy::SecretString;

use crate::source::json::Json;
use crate::source::signature::{Algorithm, Layout, Recipe};

const RECIPE: Recipe = Recipe {
    algorithm: Algorithm::HmacSha256,
    layout: Layout::SortedPairs,
};

/// True when `signature` is the checksum of these members.
pub(super) fn verify(key: &SecretString, data: &[(Box<str>, Json)], signature: &str) -> bool {
    let texts: Vec<(&str, Cow<'_, str>)> = data
        .iter()
        .map(|(name, value)| (&**name, text_of(value)))
        .collect();
    let values: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, &**text)).collect();
    RECIPE.verify(key, &values, signature)
}

/// A member as the checksum sees it.
fn text_of(value: &Json) -> Cow<'_, str> {
    match value {
        Json::Null => "".into(),
        Json::Text(text) if matches!(&**text, "null" | "undefined") => "".into(),
        Json::Text(text) | Json::Number(text) => Cow::Borrowed(text),
        Json::Flag(_) | Json::List(_) | Json::Object(_) => {
            let mut out = String::new();
            compact(value, &mut out);
            out.into()
        }
    }
}

/// Compact JSON with sorted keys.
fn compact(value: &Json, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Json::Number(text) => out.push_str(text),
        Json::Text(text) => quoted(text, out),
        Json::List(all) => {
            out.push('[');
            for (n, one) in all.iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                compact(one, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            let mut sorted: Vec<&(Box<str>, Json)> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            out.push('{');
            for (n, (name, one)) in sorted.into_iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                quoted(name, out);
                out.push(':');
                compact(one, out);
            }
            out.push('}');
        }
    }
}

/// A JSON text as JavaScript writes it: neither `/` nor what is not ASCII is escaped.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if u32::from(c) < 0x20 => {
                // Writing to a text cannot fail.
                let _written = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
