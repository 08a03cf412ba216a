//! No credential leaves: nights at the highest log level with good and wrong secrets, refusals,
//! wrong signatures, redirects and answers that repeat our own request, then a search through
//! everything that was said and written.

use std::path::Path;

use doisoat::sandbox::Fault;

use super::*;
use crate::fake::{Fake, answer};
use crate::night_cli::program;

/// Wrong secrets with characters that look different in a URL.
pub(super) const WRONG: [(&str, &str); 3] = [
    ("DOISOAT_SANDBOX_SEPAY_TOKEN", "CANARY+5f1d/sepay=="),
    ("DOISOAT_SANDBOX_CASSO_TOKEN", "CANARY+77aa/casso=="),
    ("DOISOAT_SANDBOX_VNPAY_HASH_SECRET", "CANARY+0b9c/vnpay=="),
];

/// Base64 without padding.
fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let all = byte(0) << 16 | byte(1) << 8 | byte(2);
        for sextet in 0..=three.len() {
            let index = all >> (18 - 6 * sextet) & 63;
            out.push(alphabet[usize::try_from(index).unwrap()].into());
        }
    }
    out
}

/// Every form in which a secret might stand somewhere.
fn forms(secret: &str) -> Vec<String> {
    const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bytes = secret.as_bytes();
    let encoded: String = secret
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c.to_string()
            } else {
                format!("%{:02X}", u32::from(c))
            }
        })
        .collect();
    let mut forms = vec![
        secret.to_owned(),
        hex::encode(bytes),
        hex::encode_upper(bytes),
        encoded.to_lowercase(),
        encoded,
    ];
    // Inside a longer text the secret begins at any of three places of a group; the characters
    // that it shares with its neighbours are left away.
    for before in 0..3 {
        let text = [vec![0; before], bytes.to_vec()].concat();
        let whole = (text.len() / 3) * 4;
        for alphabet in [STANDARD, URL] {
            let all = base64(&text, alphabet);
            forms.push(all[(before * 8).div_ceil(6)..whole.min(all.len())].to_owned());
        }
    }
    forms
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let secret = WRONG[0].1;
    let standard = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for before in ["", "x", "xy", "Bearer ", "Apikey "] {
        let text = format!("{before}{secret} and more");
        let hidden = base64(text.as_bytes(), standard);
        assert!(
            forms(secret).iter().any(|form| hidden.contains(form)),
            "{before:?}"
        );
    }
    assert!(forms(secret).iter().all(|form| form.len() >= 16));
    assert!(forms(secret).contains(&"CANARY%2B5f1d%2Fsepay%3D%3D".to_owned()));
}

/// Every file below a folder, the opened archive, and what the program said.
fn everything(town: &Town, said: &[Output]) -> Vec<(String, String)> {
    fn walk(dir: &Path, all: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, all);
            } else {
                all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut all = Vec::new();
    walk(town.dir(), &mut all);
    all.extend(
        archived(town)
            .into_iter()
            .map(|body| ("archive".to_owned(), body)),
    );
    for output in said {
        all.push(("stdout".to_owned(), output.stdout.clone()));
        all.push(("stderr".to_owned(), output.stderr.clone()));
    }
    // Bytes that are no text become a sign that no form of a secret holds.
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    all.into_iter()
        .map(|(name, bytes)| (name, text(bytes)))
        .collect()
}

pub(super) fn no_canary(town: &Town, said: &[Output], secrets: &[&str]) {
    let all = everything(town, said);
    assert!(
        all.iter().any(|(name, _)| name.ends_with("test.db")),
        "the database is searched"
    );
    assert!(
        all.iter().any(|(name, _)| name.ends_with("index.html")),
        "the reports are searched"
    );
    for secret in secrets {
        for form in forms(secret) {
            let found: Vec<_> = all
                .iter()
                .filter(|(_, text)| text.contains(&form))
                .map(|(name, _)| name)
                .collect();
            assert!(found.is_empty(), "{form} in {found:?}");
        }
    }
}

/// Everything that can be said about a night.
pub(super) const ALL: &[&[&str]] = &[
    &["-vvv", "run", "--date", FIRST, "--json"],
    &[
        "-vvv",
        "--log-format",
        "json",
        "pull",
        "--date",
        FIRST,
        "--json",
    ],
    &["-vvv", "check", "--json"],
    &["status", "--json"],
];

/// Says it with the right secrets or with the wrong ones.
pub(super) async fn say(town: &Town, all: &[&[&str]], wrong: bool) -> Vec<Output> {
    let mut said = Vec::new();
    for args in all {
        let mut command = program(town);
        command
            .args(*args)
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "1");
        if wrong {
            command.envs(WRONG);
        }
        said.push(
            tokio::task::spawn_blocking(move || command.output().unwrap())
                .await
                .unwrap(),
        );
    }
    said
}

fn once(toml: &str) -> String {
    toml.replace("rate_limit =", "retries = 1\nrate_limit =")
}

/// The run ends with a code, or says of a night whose answers an earlier run has that nobody
/// answered now.
pub(super) fn is_seen(ended: &std::process::Output) -> bool {
    let log = String::from_utf8_lossy(&ended.stderr);
    code(ended) != 0 || log.contains("asked again without an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn accepted_secrets_stay_inside_whatever_the_sources_answer() {
    let town = morning().await;
    configure(&town, &|toml| once(&toml));
    let known = ["sepay", "casso", "vnpay"].map(|name| town.sandbox.credentials(name)[0].value);
    let mut said = say(&town, ALL, false).await;
    let log = String::from_utf8_lossy(&said[0].stderr);
    assert!(log.contains(" INFO "), "{log}");
    for fault in [
        "http_401",
        "wrong_signature",
        "redirect_other",
        "redirect_same",
        "http_400",
    ] {
        town.sandbox.set_fault(Some(Fault::named(fault).unwrap()));
        let ended = say(&town, &ALL[..1], false).await;
        assert!(is_seen(&ended[0]), "{fault} is seen");
        said.extend(ended);
        let counters = town.sandbox.counters();
        assert_eq!(
            (counters.redirect_followed, counters.leaked_credentials),
            (0, 0),
            "{fault}"
        );
    }
    no_canary(&town, &said, &known);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_secrets_stay_inside_too() {
    let town = morning().await;
    configure(&town, &|toml| once(&toml));
    let said = say(&town, ALL, true).await;
    assert_eq!(code(&said[0]), 12, "the canaries are refused");
    no_canary(&town, &said, &WRONG.map(|(_, secret)| secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_page_that_repeats_our_request_is_not_repeated_by_us() {
    for status in [401, 400, 302, 500] {
        let town = morning().await;
        // Whatever the page says, a redirect's target included, is theirs.
        let echo = WRONG.map(|(_, secret)| secret).join(" ");
        let location = format!("Location: http://127.0.0.1:1/?token={echo}");
        let fake = Fake::answering(move |_| {
            let headers = ["Content-Type: application/json", &location];
            answer(
                status,
                &headers,
                format!("{{\"error\":\"{echo}\",\"message\":\"{echo}\"}}"),
            )
        })
        .await;
        let base = format!("127.0.0.1:{}/", town.sandbox.address().port());
        let other = format!("127.0.0.1:{}/", fake.port);
        configure(&town, &|toml| once(&toml).replace(&base, &other));
        let said = say(&town, &[ALL[0], ALL[2]], true).await;
        assert!(!fake.requests().is_empty());
        no_canary(&town, &said, &WRONG.map(|(_, secret)| secret));
    }
}
