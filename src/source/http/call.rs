//! What goes out and what comes back when a source's form is told by the configuration: method,
//! headers and body forms of its own. Nothing here can be printed that may hold a secret.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};

use super::{Client, Request};

/// One request in full.
#[derive(Clone, Default)]
pub struct Call {
    /// Path below the base address, ready for the wire: its parts are encoded.
    pub path: String,
    /// Query parameters. Messages never show them.
    pub query: Vec<(String, String)>,
    /// Headers of its own.
    pub headers: Vec<(String, SecretString)>,
    /// User and password of HTTP Basic.
    pub basic: Option<(String, SecretString)>,
    /// A body makes it a POST.
    pub body: Option<Body>,
    /// POST without a body.
    pub is_post: bool,
    /// What is asked for, for the archive and for messages; never holds a secret.
    pub what: String,
    /// The answer holds a secret (an access token): it is never archived.
    pub is_private: bool,
}

/// A body.
#[derive(Clone)]
pub enum Body {
    /// A JSON text.
    Json(String),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
}

impl fmt::Debug for Call {
    /// Without query, headers and body: they carry secrets and signatures.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("what", &self.what)
            .finish_non_exhaustive()
    }
}

impl From<Request> for Call {
    fn from(request: Request) -> Self {
        let own = |(key, value): (&'static str, String)| (key.to_owned(), value);
        Self {
            path: request.path.into_owned(),
            query: request.query.into_iter().map(own).collect(),
            body: request.body.map(Body::Json),
            what: request.what,
            ..Self::default()
        }
    }
}

/// An answer with a status of success.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The whole body.
    pub body: &'a [u8],
    headers: &'a HeaderMap,
    /// Names of the headers that were looked for.
    read: &'a RefCell<BTreeSet<String>>,
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Answer<'_> {
    /// A header's value; the name is read without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.read.borrow_mut().insert(name.to_ascii_lowercase());
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl<'a> Answer<'a> {
    /// What `check` says of a body, and the headers that it read, as the archive keeps them.
    pub(super) fn checked<T>(
        body: &'a [u8],
        headers: &'a HeaderMap,
        check: &(dyn Fn(Answer<'_>) -> T + Sync),
    ) -> (T, Option<Vec<u8>>) {
        let read = RefCell::default();
        let checked = check(Answer {
            body,
            headers,
            read: &read,
        });
        let value = |name: &String| Some((name.clone(), headers.get(name)?.to_str().ok()?));
        let read: BTreeMap<String, &str> = read.borrow().iter().filter_map(value).collect();
        let kept = serde_json::to_vec(&read).ok().filter(|_| !read.is_empty());
        (checked, kept)
    }
}

/// Headers as the archive keeps them.
pub(super) fn headers_from(kept: &[u8]) -> HeaderMap {
    let read: BTreeMap<String, String> = serde_json::from_slice(kept).unwrap_or_default();
    let header = |(name, value): (String, String)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(&value).ok()?))
    };
    read.into_iter().filter_map(header).collect()
}

#[cfg(test)]
impl Answer<'_> {
    /// An answer that nobody sent.
    pub(in crate::source) fn with_headers<T>(
        body: &[u8],
        headers: &[(&str, &str)],
        then: impl FnOnce(Answer<'_>) -> T,
    ) -> T {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.insert(name, HeaderValue::from_str(value).unwrap());
        }
        then(Answer {
            body,
            headers: &map,
            read: &RefCell::default(),
        })
    }
}

impl Call {
    /// `GET` or `POST`.
    pub(super) fn method(&self) -> &'static str {
        if self.is_post || self.body.is_some() {
            "POST"
        } else {
            "GET"
        }
    }
}

/// True when `name` can be the name of a header.
pub fn is_header_name(name: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok()
}

/// The request of a call; none when a header's value holds a character that no header may hold.
pub(super) fn build(client: &Client, mut url: Url, call: &Call) -> Option<RequestBuilder> {
    if !call.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&call.query);
    }
    let mut built = match (&call.body, call.method()) {
        (None, "POST") => client.inner.post(url),
        (None, _) => client.inner.get(url),
        (Some(Body::Json(json)), _) => client
            .inner
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .body(json.clone()),
        (Some(Body::Form(pairs)), _) => client
            .inner
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(pairs)),
    };
    for (name, value) in &call.headers {
        let mut value = HeaderValue::from_str(value.expose_secret()).ok()?;
        value.set_sensitive(true);
        built = built.header(name, value);
    }
    Some(match &call.basic {
        Some((user, password)) => built.basic_auth(user, Some(password.expose_secret())),
        None => built,
    })
}

/// Pairs as a form is written.
pub(super) fn form(pairs: &[(String, String)]) -> String {
    let pair = |(key, value): &(String, String)| format!("{}={}", form_text(key), form_text(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// A text as forms and queries write it: a blank is `+`. WHATWG URL, 5.2.
pub fn form_text(raw: &str) -> String {
    encoded(raw, |byte| match byte {
        b' ' => Some('+'),
        b'*' | b'-' | b'.' | b'_' => Some(char::from(byte)),
        _ => None,
    })
}

/// A text as one part of a path: whatever is not plain is encoded, `/` and `%` included.
pub fn path_text(raw: &str) -> String {
    encoded(raw, |byte| match byte {
        b'-' | b'.' | b'_' | b'~' => Some(char::from(byte)),
        _ => None,
    })
}

fn encoded(raw: &str, plain: impl Fn(u8) -> Option<char>) -> String {
    let mut out = String::with_capacity(raw.len());
    for byte in raw.bytes() {
        match plain(byte) {
            Some(as_is) => out.push(as_is),
            None if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            None => {
                out.push('%');
                out.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_as_forms_and_as_parts_of_a_path() {
        assert_eq!(form_text("Lệ phí a/b:c"), "L%E1%BB%87+ph%C3%AD+a%2Fb%3Ac");
        assert_eq!(form_text("a*-._:/~"), "a*-._%3A%2F%7E");
        assert_eq!(path_text("a/../b c?d#e%2f"), "a%2F..%2Fb%20c%3Fd%23e%252f");
        assert_eq!(path_text("HS-1_a.b~c"), "HS-1_a.b~c");
    }

    #[test]
    fn nothing_of_a_call_but_its_purpose_can_be_printed() {
        let call = Call {
            path: "/CANARY".to_owned(),
            query: vec![("key".to_owned(), "CANARY".to_owned())],
            headers: vec![("x".to_owned(), "CANARY".into())],
            body: Some(Body::Json("CANARY".to_owned())),
            what: "payments".to_owned(),
            ..Call::default()
        };
        assert_eq!(format!("{call:?}"), "Call { what: \"payments\", .. }");
    }
}
