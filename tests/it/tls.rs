//! Certificates are checked before anything is sent, and nothing turns that off.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use doisoat::domain::Completeness;
use doisoat::source::error::SourceError;
use doisoat::source::{Handle, Pull};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::fake::{Fake, TOKEN, answer, list_one, open, quick, settings_at, try_open};

const GOOD: &str = r#"{"error":0,"data":{"totalRecords":1,"nextPage":null,
"records":[{"id":501,"amount":45000,"when":"2022-12-05"}]}}"#;

/// One pull over https from `localhost`; returns what it brought.
async fn over_tls(port: u16, more: &str) -> Pull {
    let https = settings_at("casso", &format!("https://localhost:{port}"), more, "");
    let Handle::Feed(feed) = open(&https, quick().0) else {
        panic!("a feed")
    };
    let (pull, _) = list_one(feed.as_ref()).await;
    pull
}

#[tokio::test]
async fn a_server_without_tls_gets_no_request() {
    let fake = Fake::doing(vec![answer(400, &[], "")]).await;
    let trouble = over_tls(fake.port, "").await.trouble.unwrap();
    assert!(matches!(trouble, SourceError::Tls { .. }), "{trouble}");
    let text = trouble.to_string();
    assert!(
        text.contains("(the other side does not speak TLS); nothing was sent\n"),
        "{text}"
    );
    assert_eq!(fake.requests(), ["TLS hello"]);
}

#[tokio::test]
async fn only_a_known_authority_is_believed() {
    let (port, seen) = tls_server(GOOD);
    let trouble = over_tls(port, "").await.trouble.unwrap();
    let text = trouble.to_string().replace(&format!(":{port}"), "");
    assert_eq!(
        text,
        "s: GET https://localhost/v2/transactions: the TLS connection is not acceptable (certificate \
         of an unknown issuer); nothing was sent\n  Check base_url and the machine's clock; a private \
         certificate authority is named with ca_file. Checking cannot be turned off."
    );
    assert!(
        seen.lock().unwrap().is_empty(),
        "no request line before the certificate is checked"
    );
    let ca = concat!(
        "ca_file = \"",
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/tls/ca.pem\""
    );
    let pull = over_tls(port, ca).await;
    assert_eq!(
        (pull.state, pull.records.len()),
        (Completeness::Complete, 1),
        "{:?}",
        pull.trouble
    );
    assert!(seen.lock().unwrap()[0].contains(TOKEN));
}

#[test]
fn a_ca_file_that_is_none_is_a_configuration_error() {
    let fixture = concat!("ca_file = \"", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml\"");
    for (ca, why) in [
        ("ca_file = \"/nowhere.pem\"", "cannot be read"),
        (fixture, "holds no certificate"),
    ] {
        let https = settings_at("casso", "https://localhost:1", ca, "");
        let error = try_open(&https, quick().0).unwrap_err();
        assert!(error.message.contains(why), "{error}");
        assert_eq!(error.fix, "name a readable file of PEM certificates");
    }
}

/// Whatever is wrong with a certificate or a protocol, the server sees no request, no credential.
#[tokio::test]
async fn what_is_not_acceptable_gets_no_request() {
    let ca = concat!(
        "ca_file = \"",
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/tls/other-ca.pem\""
    );
    for (certificate, why) in [("expired.pem", "expired"), ("wronghost.pem", "name")] {
        let (port, seen) = tls_server_of(certificate, "other.key", GOOD);
        let trouble = over_tls(port, ca).await.trouble.unwrap();
        assert!(matches!(trouble, SourceError::Tls { .. }), "{trouble}");
        let text = trouble.to_string();
        assert!(
            text.contains(why) && text.contains("nothing was sent"),
            "{text}"
        );
        assert!(seen.lock().unwrap().is_empty(), "{certificate}");
    }
    let (port, seen) = tls_of_1999();
    let trouble = over_tls(port, ca).await.trouble.unwrap();
    assert!(
        trouble.to_string().contains("nothing was sent"),
        "{trouble}"
    );
    let seen = seen.lock().unwrap();
    assert!(!seen.is_empty() && !seen.iter().any(|heard| heard.contains(TOKEN)));
}

/// A server that knows nothing newer than TLS 1.0: whatever is offered, it answers with a
/// `ServerHello` of version 3.1 (RFC 2246 7.4.1.3).
fn tls_of_1999() -> (u16, Arc<Mutex<Vec<String>>>) {
    let mut hello = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend([7; 32]);
    // no session, TLS_RSA_WITH_AES_128_CBC_SHA, no compression
    hello.extend([0, 0, 0x2f, 0]);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = stream.read(&mut bytes) {
                let heard = String::from_utf8_lossy(&bytes[..read]).into_owned();
                log.lock().unwrap().push(heard);
                let _ = stream.write_all(&hello);
            }
        }
    });
    (port, seen)
}

/// A TLS server with the certificate of `fixtures/tls` that answers every request with `body`.
pub(crate) fn tls_server(body: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    tls_server_of("server.pem", "server.key", body)
}

fn tls_server_of(
    certificate: &str,
    key: &str,
    body: &'static str,
) -> (u16, Arc<Mutex<Vec<String>>>) {
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
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = rustls::StreamOwned::new(connection, stream);
            let mut head = [0; 4096];
            let Ok(read) = tls.read(&mut head) else {
                continue;
            };
            log.lock()
                .unwrap()
                .push(String::from_utf8_lossy(&head[..read]).into_owned());
            let length = body.len();
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            let _ = tls.write_all(&[head.as_bytes(), body.as_bytes()].concat());
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
    });
    (port, seen)
}
