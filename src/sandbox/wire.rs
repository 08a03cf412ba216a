//! Just enough HTTP/1.1 to answer a client, close enough to the wire to break the rules on purpose.

use std::io;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Longest request head that is read.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Longest request body that is read.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// `GET`, `POST`.
    pub(crate) method: String,
    /// Path without the query, as sent.
    pub(crate) path: String,
    /// Decoded query parameters in order.
    pub(crate) query: Vec<(String, String)>,
    /// Headers with lower-case names.
    pub(crate) headers: Vec<(String, String)>,
    /// Body.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header's value by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A query parameter; empty ones count as absent.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Method, path and query in one line: the same request again has the same line.
    pub(crate) fn line(&self) -> String {
        let mut query = self.query.clone();
        query.sort();
        let query: Vec<String> = query
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        format!("{} {}?{}", self.method, self.path, query.join("&"))
    }
}

/// An answer before it goes to the wire.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    /// Status code.
    pub(crate) status: u16,
    /// Headers besides Date, Content-Length and Connection.
    pub(crate) headers: Vec<(String, String)>,
    /// Body.
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A JSON document.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json", value.to_string().into_bytes())
    }

    /// A body of some type.
    pub(crate) fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self {
            status,
            headers,
            body,
        }
    }

    /// The same with one header more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Status line and headers, without the empty line that ends them.
    pub(crate) fn head(&self, date: &str) -> String {
        let mut head = format!(
            "HTTP/1.1 {} {}\r\nDate: {date}\r\n",
            self.status,
            reason(self.status)
        );
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head
    }

    /// The whole answer with its right length.
    pub(crate) fn bytes(&self, date: &str) -> Vec<u8> {
        let mut head = self.head(date);
        if self.status != 204 {
            let length = self.body.len().to_string();
            head.extend(["Content-Length: ", &length, "\r\n"]);
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        302 => "Found",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unknown",
    }
}

/// Reads one request; `None` when the client has closed the connection.
///
/// # Errors
/// The connection broke, or the request is longer or stranger than a client of ours sends.
pub(crate) async fn read_request(
    stream: &mut (impl AsyncRead + Unpin),
    pending: &mut Vec<u8>,
) -> io::Result<Option<Request>> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let end = loop {
        if let Some(at) = find(pending, b"\r\n\r\n") {
            break at;
        }
        if pending.len() > HEAD_BYTES_MAX {
            return Err(invalid("request head too long"));
        }
        if stream.read_buf(pending).await? == 0 {
            return if pending.is_empty() {
                Ok(None)
            } else {
                Err(invalid("request cut short"))
            };
        }
    };
    let head = String::from_utf8_lossy(&pending[..end]).into_owned();
    let mut request = parse_head(&head).ok_or_else(|| invalid("no HTTP request"))?;
    let length: usize = match request.header("content-length") {
        Some(text) => text.parse().map_err(|_| invalid("bad Content-Length"))?,
        None => 0,
    };
    if length > BODY_BYTES_MAX || request.header("transfer-encoding").is_some() {
        return Err(invalid("request body too long or chunked"));
    }
    let body_from = end + 4;
    while pending.len() < body_from + length {
        if stream.read_buf(pending).await? == 0 {
            return Err(invalid("request body cut short"));
        }
    }
    request.body = pending[body_from..body_from + length].to_vec();
    pending.drain(..body_from + length);
    Ok(Some(request))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn parse_head(head: &str) -> Option<Request> {
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    if !words.next()?.starts_with("HTTP/1.") {
        return None;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        ..Request::default()
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        request.query.push((decode(key), decode(value)));
    }
    for line in lines {
        let (name, value) = line.split_once(':')?;
        request
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Some(request)
}

/// A field of a posted form; empty ones count as absent.
pub(crate) fn form_word(request: &Request, field: &str) -> Option<String> {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| decode(name) == field);
    named
        .next()
        .map(|(_, value)| decode(value))
        .filter(|value| !value.is_empty())
}

/// Undoes `%XX` and `+`.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let code: Vec<u8> = rest.by_ref().take(2).collect();
                let hex = String::from_utf8_lossy(&code).into_owned();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_requests_of_one_connection_are_read_apart() {
        let mut bytes: &[u8] =
            b"POST /vnpay/a HTTP/1.1\r\nContent-Length: 2\r\nX-A: 1\r\n\r\n{}GET /b?c=d%20e+f&g= HTTP/1.1\r\n\r\n";
        let mut pending = Vec::new();
        let first = read_request(&mut bytes, &mut pending)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (first.method.as_str(), first.body.as_slice()),
            ("POST", b"{}".as_slice())
        );
        let second = read_request(&mut bytes, &mut pending)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (second.param("c"), second.param("g")),
            (Some("d e f"), None)
        );
        assert!(
            read_request(&mut bytes, &mut pending)
                .await
                .unwrap()
                .is_none()
        );
    }

    #[tokio::test]
    async fn what_is_no_request_is_refused() {
        for text in [
            "hello\r\n\r\n",
            "GET /a HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "GET /a",
        ] {
            let mut bytes = text.as_bytes();
            assert!(
                read_request(&mut bytes, &mut Vec::new()).await.is_err(),
                "{text}"
            );
        }
    }
}
