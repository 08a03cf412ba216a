//! The texts that webhooks sign: JSON with sorted keys, and forms. Pure. Numbers count by their
//! text as received.

use std::fmt::Write as _;

use crate::source::json::Json;

/// A member as payOS signs it: null, and the texts "null" and "undefined", are empty; lists are
/// compact JSON with sorted keys, nulls inside staying `null` (payos.vn/docs).
pub(super) fn member(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Text(text) if matches!(&**text, "null" | "undefined") => String::new(),
        Json::Text(text) | Json::Number(text) => text.to_string(),
        Json::Flag(_) | Json::List(_) | Json::Object(_) => compact(value),
    }
}

/// Compact JSON with keys sorted at every depth; neither `/` nor what is not ASCII is escaped.
pub(super) fn compact(value: &Json) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Json, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Json::Number(text) => out.push_str(text),
        Json::Text(text) => quoted(text, out),
        Json::List(all) => {
            out.push('[');
            for (n, one) in all.iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                write(one, out);
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
                write(one, out);
            }
            out.push('}');
        }
    }
}

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
                // writing to a text cannot fail
                let _written = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The pairs of a query, decoded; none where it is no UTF-8.
pub(super) fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    let query = query.trim().trim_start_matches('?');
    let parts = query.split('&').filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        Some((decoded(key)?, decoded(value)?))
    };
    parts.map(pair).collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let code = [rest.next()?, rest.next()?];
                let code = str::from_utf8(&code).ok()?;
                bytes.push(u8::from_str_radix(code, 16).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

/// A value as forms write it: a blank is `+`, letters, digits and `*-._` stay.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b if b.is_ascii_alphanumeric() || b"*-._".contains(&b) => out.push(char::from(b)),
            b => {
                let _written = write!(out, "%{b:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_and_written_again() {
        let pairs = pairs("?a=L%E1%BB%87+ph%C3%AD&b=x%3A1&c=").unwrap();
        assert_eq!(pairs[0].1, "Lệ phí");
        assert_eq!((&*pairs[1].1, &*pairs[2].1), ("x:1", ""));
        assert_eq!(encoded("Lệ phí"), "L%E1%BB%87+ph%C3%AD");
        assert_eq!(encoded("a*-._:/~"), "a*-._%3A%2F%7E");
        for bad in ["a=%4", "a=%zz", "a=%FF"] {
            assert_eq!(super::pairs(bad), None, "{bad}");
        }
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let json = Json::parse("{\"b\":[{\"d\":null,\"c\":\"a/b ộ\\n\"}],\"a\":1.50}".as_bytes());
        let text = "{\"a\":1.50,\"b\":[{\"c\":\"a/b ộ\\n\",\"d\":null}]}";
        assert_eq!(compact(&json.unwrap()), text);
        assert_eq!(member(&Json::Null), "");
        assert_eq!(member(&Json::Text("undefined".into())), "");
    }
}
