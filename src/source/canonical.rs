//! JSON as signatures see it: no blanks, keys sorted at every depth, numbers by their text as
//! received, and nothing escaped but what must be (neither `/` nor what is not ASCII). Pure.

use std::borrow::Cow;

use super::json::{Json, Member};

/// The whole value.
pub fn canonical(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Flag(flag) => flag.to_string(),
        Json::Number(text) => text.to_string(),
        Json::Text(text) => quoted(text),
        Json::List(all) => {
            let all: Vec<String> = all.iter().map(canonical).collect();
            format!("[{}]", all.join(","))
        }
        Json::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            let pair = |(key, value): &&Member| format!("{}:{}", quoted(key), canonical(value));
            let all: Vec<String> = sorted.iter().map(pair).collect();
            format!("{{{}}}", all.join(","))
        }
    }
}

/// A value among others: nothing for null, texts as they are, the rest canonical.
pub fn flat(json: &Json) -> Cow<'_, str> {
    match json {
        Json::Null => "".into(),
        Json::Text(text) | Json::Number(text) => Cow::Borrowed(text),
        Json::Flag(_) | Json::List(_) | Json::Object(_) => canonical(json).into(),
    }
}

/// The same where the texts "null" and "undefined" stand for none (payOS, "Kiểm tra dữ liệu với
/// signature").
pub fn member(json: &Json) -> Cow<'_, str> {
    match flat(json) {
        text if matches!(&*text, "null" | "undefined") => "".into(),
        text => text,
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_at_every_depth_and_texts_kept() {
        let check = |text: &str, wanted: &str| {
            let json = Json::parse(text.as_bytes()).unwrap();
            assert_eq!(canonical(&json), wanted);
        };
        check(
            r#"{ "b" : [ {"z":1.0,"a":null} ], "a/b" : "Lệ \"phí\"\n" }"#,
            r#"{"a/b":"Lệ \"phí\"\n","b":[{"a":null,"z":1.0}]}"#,
        );
        check(
            "{\"b\":[{\"d\":null,\"c\":\"a/b ộ\\n\\u0001\"}],\"a\":1.50}",
            "{\"a\":1.50,\"b\":[{\"c\":\"a/b ộ\\n\\u0001\",\"d\":null}]}",
        );
    }

    #[test]
    fn a_member_that_is_none_is_empty() {
        let text = |text: &str| Json::Text(text.into());
        assert_eq!(member(&Json::Null), "");
        assert_eq!(member(&text("undefined")), "");
        assert_eq!(member(&text("null")), "");
        assert_eq!(flat(&text("null")), "null");
        assert_eq!(member(&Json::Flag(true)), "true");
        assert_eq!(member(&Json::List(vec![Json::Null])), "[null]");
    }
}
