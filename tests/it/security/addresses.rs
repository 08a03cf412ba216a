//! S4: every address that the configuration can name obeys the same rules; the table of addresses
//! stands with `BaseUrl`, here is shown that each key goes through it.

use std::path::Path;

use doisoat::config::Config;

use crate::cli::{doisoat, stdout};
use crate::fake::{quick, settings_of, try_open};

const FORBIDDEN: [&str; 12] = [
    "https://169.254.169.254/latest",
    "https://[::ffff:169.254.169.254]/",
    "https://2852039166/",
    "https://0xa9fe.0xa9fe/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://localhost/",
    "http://example.vn/",
    "https://user:secret@example.vn/",
    "file:///etc/passwd",
    "gopher://example.vn/",
];

fn refused(toml: &str) -> String {
    let error = Config::parse(toml, Path::new("doisoat.toml")).unwrap_err();
    assert!(error.message.contains("not allowed"), "{toml}: {error}");
    error.to_string()
}

#[test]
fn every_configured_address_is_judged() {
    for url in FORBIDDEN {
        refused(&format!(
            "[[source]]\nname = \"s\"\nkind = \"casso\"\nbase_url = \"{url}\"\n\
             token = {{ env = \"T\" }}\n"
        ));
        refused(&format!(
            "[[notify.webhook]]\nurl = \"{url}\"\nsecret = {{ env = \"T\" }}\n"
        ));
        refused(&format!("[notify.ping]\nurl = \"{url}\"\n"));
        let igate = settings_of(&format!(
            "[[source]]\nname = \"s\"\nkind = \"igate\"\nbase_url = \"https://igate.example.vn\"\n\
             token_url = \"{url}\"\nclient_id = \"c\"\nclient_secret = {{ env = \"T\" }}\n"
        ));
        let error = try_open(&igate, quick().0).unwrap_err();
        assert!(
            error.message.contains("token_url is not allowed"),
            "{url}: {error}"
        );
    }
    let told = refused("[notify.ping]\nurl = \"https://user:CANARY@example.vn/\"\n");
    assert!(!told.contains("CANARY"), "{told}");
}

#[test]
fn a_mail_server_is_no_special_address_either() {
    let email = |host: &str| {
        format!(
            "[[notify.email]]\nhost = \"{host}\"\nfrom = \"a@example.vn\"\nto = [\"b@example.vn\"]\n"
        )
    };
    for host in [
        "169.254.169.254",
        "fe80::1",
        "0.0.0.0",
        "224.0.0.1",
        "::ffff:169.254.1.1",
    ] {
        refused(&email(host));
    }
    // a name, or a number that resolves to such an address, is refused before a connection
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("doisoat.toml"), email("2852039166")).unwrap();
    let output = doisoat(dir.path())
        .args(["check", "--lang", "en"])
        .output()
        .unwrap();
    let text = stdout(&output);
    let line = "warn  notify email: 2852039166 leads to an address that is not allowed -> ";
    assert!(text.contains(line), "{text}");
}
