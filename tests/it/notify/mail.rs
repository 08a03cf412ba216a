//! A mail server on loopback that keeps what it is sent, and a reader of MIME for the tests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// One mail as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) raw: String,
    pub(crate) secure: bool,
}

/// A part that holds no other parts.
pub(crate) struct Part {
    pub(crate) kind: String,
    pub(crate) body: Vec<u8>,
}

/// The server.
pub(crate) struct Server {
    pub(crate) port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    said: Arc<Mutex<Vec<String>>>,
    rules: Arc<Mutex<Rules>>,
}

/// What the server does not take.
#[derive(Default)]
pub(crate) struct Rules {
    /// Recipients, each with the answer that it gets.
    pub(crate) refused: Vec<(&'static str, &'static str)>,
    /// The size of a mail above which the answer is 552; 0: any is taken.
    pub(crate) largest: usize,
}

impl Server {
    pub(crate) fn plain() -> Self {
        Self::start(None)
    }

    /// With the certificate of `fixtures/tls`, made for `localhost`.
    pub(crate) fn starttls() -> Self {
        Self::showing("server.pem", "server.key")
    }

    /// With another certificate of `fixtures/tls`.
    pub(crate) fn showing(certificate: &str, key: &str) -> Self {
        let file = |name: &str| format!("{}/fixtures/tls/{name}", env!("CARGO_MANIFEST_DIR"));
        let certificates = CertificateDer::pem_file_iter(file(certificate)).unwrap();
        let key = PrivateKeyDer::from_pem_file(file(key)).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certificates.map(Result::unwrap).collect(), key)
            .unwrap();
        Self::start(Some(Arc::new(config)))
    }

    fn start(tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            mails: Arc::default(),
            said: Arc::default(),
            rules: Arc::default(),
        };
        let (mails, said) = (Arc::clone(&server.mails), Arc::clone(&server.said));
        let rules = Arc::clone(&server.rules);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, tls.clone(), (&mails, &said, &rules));
            }
        });
        server
    }

    /// From now on.
    pub(crate) fn set(&self, rules: Rules) {
        *self.rules.lock().unwrap() = rules;
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// Every command so far.
    pub(crate) fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }
}

type Books<'b> = (
    &'b Mutex<Vec<Mail>>,
    &'b Mutex<Vec<String>>,
    &'b Mutex<Rules>,
);

fn serve(mut stream: TcpStream, tls: Option<Arc<rustls::ServerConfig>>, books: Books<'_>) {
    if stream.write_all(b"220 test\r\n").is_err() {
        return;
    }
    if talk(&mut stream, tls.is_some(), false, books)
        && let Some(config) = tls
    {
        let connection = rustls::ServerConnection::new(config).unwrap();
        let mut secure = rustls::StreamOwned::new(connection, stream);
        talk(&mut secure, false, true, books);
    }
}

/// Talks until the client leaves; true when TLS is to begin.
fn talk<S: Read + Write>(
    stream: &mut S,
    offers_tls: bool,
    secure: bool,
    (mails, said, rules): Books<'_>,
) -> bool {
    let mut mail = Mail {
        secure,
        ..Mail::default()
    };
    loop {
        let Some(line) = line(stream) else {
            return false;
        };
        said.lock().unwrap().push(line.clone());
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let answer = match line.to_ascii_uppercase().split([' ', ':']).next().unwrap() {
            "EHLO" if offers_tls => "250-test\r\n250 STARTTLS",
            "EHLO" if secure => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
            "EHLO" => "250-test\r\n250 8BITMIME",
            "STARTTLS" => {
                let _ = stream.write_all(b"220 go\r\n");
                return true;
            }
            "AUTH" => "235 yes",
            "MAIL" => {
                mail.to.clear();
                mail.from = address();
                "250 ok"
            }
            "RCPT" => {
                let rules = rules.lock().unwrap();
                let known = rules.refused.iter().find(|(who, _)| *who == address());
                if let Some((_, answer)) = known {
                    answer
                } else {
                    mail.to.push(address());
                    "250 ok"
                }
            }
            "RSET" => {
                mail.to.clear();
                "250 ok"
            }
            "DATA" => {
                let _ = stream.write_all(b"354 go\r\n");
                let Some(raw) = data(stream) else {
                    return false;
                };
                let largest = rules.lock().unwrap().largest;
                if largest > 0 && raw.len() > largest {
                    mail.to.clear();
                    "552 5.3.4 too large"
                } else {
                    mail.raw = raw;
                    mails.lock().unwrap().push(std::mem::take(&mut mail));
                    mail.secure = secure;
                    "250 kept"
                }
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        if stream
            .write_all(format!("{answer}\r\n").as_bytes())
            .is_err()
        {
            return false;
        }
    }
}

/// One line, byte by byte, so that nothing of what follows STARTTLS is taken.
fn line<S: Read>(stream: &mut S) -> Option<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    loop {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.push(byte[0]);
        if bytes.ends_with(b"\r\n") {
            bytes.truncate(bytes.len() - 2);
            return Some(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

fn data<S: Read>(stream: &mut S) -> Option<String> {
    let mut raw = String::new();
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// A header's value, unfolded.
fn header(head: &str, name: &str) -> Option<String> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded.lines().find_map(|line| {
        let (known, value) = line.split_once(": ")?;
        known.eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}

impl Mail {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        header(self.raw.split_once("\r\n\r\n").unwrap().0, name)
    }

    /// The subject with its encoded words read (RFC 2047, base64).
    pub(crate) fn subject(&self) -> String {
        let raw = self.header("Subject").unwrap();
        let mut out = Vec::new();
        let mut last_was_encoded = false;
        for word in raw.split(' ').filter(|word| !word.is_empty()) {
            let inner = word
                .strip_prefix("=?utf-8?b?")
                .and_then(|w| w.strip_suffix("?="));
            if !(out.is_empty() || last_was_encoded && inner.is_some()) {
                out.push(b' ');
            }
            last_was_encoded = inner.is_some();
            match inner {
                Some(inner) => out.extend(STANDARD.decode(inner).unwrap()),
                None => out.extend(word.as_bytes()),
            }
        }
        String::from_utf8(out).unwrap()
    }

    /// The parts that hold no other parts, in order.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let mut found = Vec::new();
        walk(&self.raw, &mut found);
        found
    }
}

impl Part {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

fn walk(raw: &str, found: &mut Vec<Part>) {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let kind = header(head, "Content-Type").unwrap();
    if let Some((_, rest)) = kind.split_once("boundary=") {
        let boundary = rest.trim_matches('"').split('"').next().unwrap();
        let marked = format!("\r\n{body}");
        let all: Vec<&str> = marked.split(&format!("\r\n--{boundary}")).collect();
        for part in &all[1..all.len() - 1] {
            walk(part.strip_prefix("\r\n").unwrap(), found);
        }
        return;
    }
    let body = match header(head, "Content-Transfer-Encoding").unwrap().as_str() {
        "base64" => STANDARD.decode(body.replace("\r\n", "")).unwrap(),
        "quoted-printable" => quoted(body),
        _ => body.as_bytes().to_vec(),
    };
    let kind = kind.split(';').next().unwrap().to_owned();
    found.push(Part { kind, body });
}

fn quoted(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut out = Vec::new();
    let mut bytes = joined.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'=' {
            let pair = [bytes.next().unwrap(), bytes.next().unwrap()];
            out.extend(hex::decode(pair).unwrap());
        } else {
            out.push(byte);
        }
    }
    out
}
