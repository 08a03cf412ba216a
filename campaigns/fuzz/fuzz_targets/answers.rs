//! What providers answer and push: JSON is read or refused, and what it says of itself agrees.
#![no_main]

use doisoat::source::json::Json;
use libfuzzer_sys::fuzz_target;

fn walk(json: &Json, depth: usize) -> usize {
    assert!(depth < 1_000, "deeper than a stack bears");
    let listed = json.list().into_iter().flatten();
    let inside: usize = listed.map(|one| walk(one, depth + 1)).sum();
    for (key, word) in json.words() {
        assert_eq!(json.word_of(key), Some(word));
    }
    inside + 1
}

fuzz_target!(|data: &[u8]| {
    if let Ok(json) = Json::parse(data) {
        walk(&json, 0);
        // what we read, the common reader reads: nothing is accepted that is no JSON
        let body = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
        assert!(serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok());
    }
});
