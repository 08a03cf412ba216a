//! Strict JSON for answers that carry money. Numbers keep their text (an amount of 23 digits, or
//! `1e400`, is a row to put aside, not a reason to lose the page, and signatures are made over the
//! text); a key that stands twice is an error, because which value counts is anyone's guess.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::BodyFault;

/// Nested deeper than this is no answer of a provider.
const DEPTH_MAX: u32 = 32;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Json {
    /// `null`.
    Null,
    /// `true`, `false`.
    Flag(bool),
    /// A number by its text as received.
    Number(Box<str>),
    /// A text.
    Text(Box<str>),
    /// A list.
    List(Vec<Json>),
    /// An object in the order received, every key once.
    Object(Vec<(Box<str>, Json)>),
}

impl Json {
    /// Reads a body: UTF-8 with or without a byte-order mark, nothing else.
    pub fn parse(body: &[u8]) -> Result<Self, BodyFault> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let start = body.iter().copied().find(|b| !b.is_ascii_whitespace());
        if start.is_none() {
            return Err(BodyFault::Empty);
        }
        if body.starts_with(b"\xFF\xFE") || body.starts_with(b"\xFE\xFF") || body.contains(&0) {
            return Err(BodyFault::NotUtf8);
        }
        if start == Some(b'<') {
            return Err(BodyFault::Html);
        }
        let text = std::str::from_utf8(body).map_err(|_| BodyFault::NotUtf8)?;
        // What encloses others is read to its end by its own reading, which sees every byte of it.
        match start {
            Some(b'{') => object(text, 0),
            Some(b'[') => list(text, 0),
            _ => read(serde_json::from_str(text).map_err(|e| fault(&e))?, 0),
        }
    }

    /// The member of an object; none for anything else.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(k, _)| &**k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The member of an object, which keeps null in its place; none for anything else.
    pub fn take(&mut self, key: &str) -> Option<Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let member = members.iter_mut().find(|(k, _)| &**k == key);
        member.map(|(_, value)| std::mem::replace(value, Self::Null))
    }

    /// The elements of a list, as their own.
    pub fn into_list(self) -> Option<Vec<Self>> {
        match self {
            Self::List(all) => Some(all),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(all) => Some(all),
            _ => None,
        }
    }

    /// A text or a number by its text; none for null, flags, lists and objects.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The text or number of a member.
    pub fn word_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::word)
    }

    /// The texts and numbers among an object's members, in the order received.
    pub fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        let members = match self {
            Self::Object(members) => members.as_slice(),
            _ => &[],
        };
        let all = members.iter();
        all.filter_map(|(key, value)| Some((&**key, value.word()?)))
    }

    /// A member as a whole number, written as a number or as a text.
    pub fn count_of(&self, key: &str) -> Option<u64> {
        let word = self.word_of(key)?;
        word.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| word.parse().ok())
            .flatten()
    }
}

/// An object's members with their raw values, repeated keys included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

fn read(raw: &RawValue, depth: u32) -> Result<Json, BodyFault> {
    if depth > DEPTH_MAX {
        return Err(BodyFault::TooDeep);
    }
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'{') => object(text, depth)?,
        Some(b'[') => list(text, depth)?,
        Some(b'"') => Json::Text(match plain(text) {
            Some(plain) => plain.into(),
            None => serde_json::from_str(text).map_err(|e| fault(&e))?,
        }),
        Some(b't') => Json::Flag(true),
        Some(b'f') => Json::Flag(false),
        Some(b'n') => Json::Null,
        _ => Json::Number(text.into()),
    })
}

/// What stands between the quotes of a text that was read already, where nothing is escaped.
fn plain(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inside.contains('\\')).then_some(inside)
}

fn list(text: &str, depth: u32) -> Result<Json, BodyFault> {
    let all: Vec<&RawValue> = serde_json::from_str(text).map_err(|e| fault(&e))?;
    let read = |raw| read(raw, depth + 1);
    Ok(Json::List(
        all.into_iter().map(read).collect::<Result<_, _>>()?,
    ))
}

fn object(text: &str, depth: u32) -> Result<Json, BodyFault> {
    let Members(members) = serde_json::from_str(text).map_err(|e| fault(&e))?;
    let mut keys: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    if let Some(twice) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(BodyFault::DuplicateKey(twice[0].into()));
    }
    let read = |(key, raw): (String, &RawValue)| Ok((key.into(), read(raw, depth + 1)?));
    Ok(Json::Object(
        members.into_iter().map(read).collect::<Result<_, _>>()?,
    ))
}

fn fault(error: &serde_json::Error) -> BodyFault {
    if error.is_eof() {
        BodyFault::Truncated
    } else {
        BodyFault::NotJson {
            line: error.line(),
            column: error.column(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(body: &[u8], why: BodyFault) {
        assert_eq!(
            Json::parse(body),
            Err(why),
            "{:?}",
            String::from_utf8_lossy(body)
        );
    }

    #[test]
    fn numbers_keep_their_text() {
        let body = br#"{"a":99999999999999999999999,"b":1e400,"c":150000.10,"d":"18067000.00"}"#;
        let json = Json::parse(body).unwrap();
        for (key, text) in [
            ("a", "99999999999999999999999"),
            ("b", "1e400"),
            ("c", "150000.10"),
            ("d", "18067000.00"),
        ] {
            assert_eq!(json.word_of(key), Some(text));
        }
        assert_eq!(json.count_of("a"), None);
    }

    #[test]
    fn what_is_not_strict_json_is_refused() {
        fails(b"", BodyFault::Empty);
        fails(b" \r\n", BodyFault::Empty);
        fails(b"<!doctype html><p>login", BodyFault::Html);
        fails(b"\xFF\xFE{\0}\0", BodyFault::NotUtf8);
        fails(b"{\0}\0", BodyFault::NotUtf8);
        fails(b"{\"a\":\"\xFF\xC0\"}", BodyFault::NotUtf8);
        fails(b"{\"a\":[1,2", BodyFault::Truncated);
        fails(b"{\"a\":NaN}", BodyFault::NotJson { line: 1, column: 6 });
        fails(b"{\"a\":1} x", BodyFault::NotJson { line: 1, column: 9 });
        fails(
            b"{\"a\":[{\"amount\":1,\"amount\":2}]}",
            BodyFault::DuplicateKey("amount".into()),
        );
    }

    #[test]
    fn a_byte_order_mark_is_accepted() {
        assert_eq!(
            Json::parse(b"\xEF\xBB\xBF[true,null]"),
            Ok(Json::List(vec![Json::Flag(true), Json::Null]))
        );
    }

    #[test]
    fn a_hundred_thousand_arrays_do_not_overflow_the_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        fails(deep.as_bytes(), BodyFault::TooDeep);
        fails("[".repeat(100_000).as_bytes(), BodyFault::Truncated);
        fails(
            format!("{{\"error\":0,\"data\":{deep}}}").as_bytes(),
            BodyFault::TooDeep,
        );
    }
}
