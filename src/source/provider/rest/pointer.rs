//! JSON pointers (RFC 6901): where a value stands in an answer.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::source::json::Json;

/// Where a value stands, and the names that messages use for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    steps: Vec<Box<str>>,
    /// `data.records`.
    pub(super) path: &'static str,
    /// `records`.
    pub(super) name: &'static str,
}

impl Pointer {
    /// Reads `/data/records`; none when it does not begin with `/` or holds a bad escape.
    pub(super) fn parse(raw: &str) -> Option<Self> {
        let rest = raw.strip_prefix('/')?;
        let steps: Vec<Box<str>> = rest.split('/').map(step).collect::<Option<_>>()?;
        if steps.iter().any(|step| step.is_empty()) {
            return None;
        }
        let name = known(steps.last().map_or("", |step| step));
        let path = known(&steps.join("."));
        Some(Self { steps, path, name })
    }

    /// The answer itself.
    pub(super) fn whole() -> Self {
        Self {
            steps: Vec::new(),
            path: "the list",
            name: "",
        }
    }

    /// The value, when it is there.
    pub(super) fn find<'j>(&self, json: &'j Json) -> Option<&'j Json> {
        let mut at = json;
        for step in &self.steps {
            at = match at {
                Json::List(all) => all.get(index(step)?)?,
                other => other.get(step)?,
            };
        }
        Some(at)
    }

    /// Its text: a text, a number as written, or `true` and `false`.
    pub(super) fn word<'j>(&self, json: &'j Json) -> Option<&'j str> {
        self.find(json)?.text()
    }

    /// Its text unless it is empty.
    pub(super) fn text<'j>(&self, json: &'j Json) -> Option<&'j str> {
        self.word(json).filter(|text| !text.is_empty())
    }

    /// A whole number, written as a number or a text.
    pub(super) fn count(&self, json: &Json) -> Option<u64> {
        let word = self.word(json)?;
        let digits = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
        word.parse().ok().filter(|_| digits)
    }

    /// True and false, also as text or as 1 and 0.
    pub(super) fn flag(&self, json: &Json) -> Option<bool> {
        match self.word(json)? {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
}

/// A place in a list: digits without a leading zero (RFC 6901, 4).
fn index(step: &str) -> Option<usize> {
    let digits = step.bytes().all(|b| b.is_ascii_digit());
    let fits = digits && (step == "0" || !step.starts_with('0'));
    step.parse().ok().filter(|_| fits)
}

/// Undoes `~1` and `~0`.
fn step(raw: &str) -> Option<Box<str>> {
    let is_escape = |(at, _): (usize, &str)| {
        let next = raw.as_bytes().get(at + 1);
        matches!(next, Some(b'0' | b'1'))
    };
    let fine = raw.match_indices('~').all(is_escape);
    fine.then(|| raw.replace("~1", "/").replace("~0", "~").into())
}

/// The one copy of a name that lives as long as the program: messages about a record hold names of
/// columns, and there are as many as the configuration has pointers.
pub(super) fn known(name: &str) -> &'static str {
    static NAMES: OnceLock<Mutex<BTreeSet<&'static str>>> = OnceLock::new();
    let names = NAMES.get_or_init(Mutex::default);
    let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.into());
    names.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_pointer_finds_what_rfc_6901_says() {
        let doc = json(r#"{"a":{"b":[{"c":1.50},{"c":"x"}]},"d/e":true,"f~g":null,"h":""}"#);
        let check = |raw: &str, found: Option<&str>| {
            let pointer = Pointer::parse(raw).unwrap();
            assert_eq!(pointer.word(&doc), found, "{raw}");
        };
        check("/a/b/0/c", Some("1.50"));
        check("/a/b/1/c", Some("x"));
        check("/d~1e", Some("true"));
        check("/f~0g", None);
        check("/h", Some(""));
        check("/a/b/2/c", None);
        check("/a/b/01/c", None);
        check("/a/b/+1/c", None);
        check("/a/x", None);
        let named = Pointer::parse("/a/b").unwrap();
        assert_eq!((named.path, named.name), ("a.b", "b"));
        for bad in ["", "a", "/", "/a//b", "/a~2", "/a~", "#/a"] {
            assert_eq!(Pointer::parse(bad), None, "{bad}");
        }
    }
}
