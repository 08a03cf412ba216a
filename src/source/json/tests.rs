//! What is JSON, and what is refused.

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

/// The same value read by `serde_json`, where each key stands once and numbers are kept.
fn agrees(ours: &Json, theirs: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Flag(a), Value::Bool(b)) => a == b,
        (Json::Number(text), Value::Number(number)) => {
            serde_json::from_str::<serde_json::Number>(text).is_ok_and(|read| read == *number)
        }
        (Json::Text(a), Value::String(b)) => **a == **b,
        (Json::List(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agrees(a, b))
        }
        (Json::Object(a), Value::Object(b)) => {
            let same =
                |(key, value): &Member| b.get(&**key).is_some_and(|theirs| agrees(value, theirs));
            a.len() == b.len() && a.iter().all(same)
        }
        _ => false,
    }
}

/// Pieces of JSON, and of what is nearly JSON.
const PIECES: [&str; 36] = [
    "1",
    "-0",
    "0.50",
    "1e5",
    "1E+400",
    "99999999999999999999999",
    "01",
    "1.",
    "-",
    ".5",
    "+1",
    "1e",
    "0x1",
    "true",
    "null",
    "false",
    "nul",
    "NaN",
    "-Infinity",
    "\"\"",
    "\"a\"",
    "\"é\"",
    "\"\\u00e9\\n\\/\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\x\"",
    "\"\t\"",
    "\"\u{7f}\"",
    "{}",
    "[]",
    "[[1],[2,{}]]",
    "{\"a\":1,\"b\":[null]}",
    "{\"a\":1,\"\\u0061\":2}",
    "{\"a\"}",
    "{1:2}",
    " \r\n\t",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]

    /// Both readers of JSON accept the same texts and read the same out of them, but for what
    /// only this one refuses (keys that stand twice) and keeps (numbers that are no double).
    #[test]
    fn what_is_read_is_what_another_reader_reads(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..6),
        close in proptest::sample::select(vec!["]", "", ",]", "]]", "}"]),
        cut in 0_usize..80,
    ) {
        let mut text = format!("[{}{close}", pieces.join(","));
        if text.is_char_boundary(cut) {
            text.truncate(cut);
        }
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match (Json::parse(text.as_bytes()), theirs) {
            (Ok(ours), Ok(theirs)) => assert!(agrees(&ours, &theirs), "{text}"),
            (Err(BodyFault::DuplicateKey(_)), Ok(_)) | (Err(_), Err(_)) => {}
            (Ok(_), Err(theirs)) => {
                assert!(theirs.to_string().contains("out of range"), "{text}: {theirs}");
            }
            (Err(ours), Ok(_)) => panic!("{text}: {ours:?}"),
        }
    }
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
