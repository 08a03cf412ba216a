//! S1, S13: no secret and nobody's name in logs, error texts, reports, database, archive, backup
//! or metrics, whatever the providers do.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use doisoat::sandbox::{Fault, Sandbox, SandboxOptions};
use tracing_subscriber::fmt::MakeWriter;

use super::town;
use crate::night_cli::{code, program};
use crate::source_faults::pull;
use crate::town::{FIRST, day};

/// The forms in which a secret could leave: as it is, base64 in each of its three alignments, hex,
/// and percent-encoded.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned(), hex::encode(secret)];
    for shift in 0..3 {
        let shifted = [&vec![b'x'; shift], secret.as_bytes()].concat();
        let text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(shifted);
        // the ends depend on what stands around the secret
        forms.push(text[shift * 2..text.len() - 2].to_owned());
    }
    let percent: Vec<String> = secret.bytes().map(|b| format!("%{b:02X}")).collect();
    forms.push(percent.concat());
    forms
}

fn found(text: &str, secrets: &[String]) -> Option<String> {
    let folded = text.to_lowercase();
    let is_in = |form: &&String| folded.contains(&form.to_lowercase());
    secrets.iter().find(is_in).cloned()
}

fn secrets(sandbox: &Sandbox, providers: &[&str]) -> Vec<String> {
    let known = providers.iter().flat_map(|name| sandbox.credentials(name));
    known.flat_map(|known| forms(known.value)).collect()
}

#[test]
fn a_planted_secret_is_found_in_each_form() {
    let secrets = forms("CANARY-5f1d7c");
    for text in [
        "Bearer CANARY-5f1d7c".to_owned(),
        hex::encode("key=CANARY-5f1d7c"),
        base64::engine::general_purpose::STANDARD.encode("user:CANARY-5f1d7c!"),
        base64::engine::general_purpose::STANDARD.encode("u:CANARY-5f1d7c!"),
        base64::engine::general_purpose::STANDARD.encode("us:CANARY-5f1d7c!"),
        "%43%41%4e%41%52%59%2d%35%66%31%64%37%63".to_owned(),
    ] {
        assert!(found(&text, &secrets).is_some(), "{text}");
    }
    assert_eq!(found("CANARY-5f1d7", &secrets), None);
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Heard {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Every fault at two providers that show it, with every event of every library at trace level.
/// All run on one thread, so that all their events are heard.
#[tokio::test(flavor = "current_thread")]
async fn no_fault_brings_a_secret_into_log_or_message() {
    let heard = Heard::default();
    let all = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(heard.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(all);
    // what these log is what quicker ones log
    let slow = ["slow_loris", "hang", "rate_limit", "chaos", "429"];
    let quick = Fault::all()
        .iter()
        .filter(|fault| !slow.iter().any(|word| fault.name.contains(word)));
    let tasks = tokio::task::LocalSet::new();
    let mut tried = Vec::new();
    for fault in quick {
        let shows = |provider: &&str| fault.applies_to(provider);
        let providers = ["casso", "vnpay", "sepay"].into_iter();
        for provider in providers.filter(shows).take(2) {
            tried.push(tasks.spawn_local(asked(*fault, provider)));
        }
    }
    assert!(tried.len() > 60, "{} faults were tried", tried.len());
    tasks.await;
    let mut secrets = Vec::new();
    for tried in tried {
        secrets.extend(tried.await.unwrap());
    }
    let log = std::mem::take(&mut *heard.0.lock().unwrap());
    let log = String::from_utf8_lossy(&log);
    assert!(log.contains("connecting"), "the libraries are heard, too");
    secrets.sort();
    secrets.dedup();
    for line in log.lines() {
        assert_eq!(found(line, &secrets), None, "{line}");
    }
}

/// One fault at one provider; returns what must not have been heard.
async fn asked(fault: Fault, provider: &'static str) -> Vec<String> {
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: Some(fault),
        first_day: day(FIRST).date(),
        days: 2,
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let secrets = secrets(&sandbox, &[provider]);
    let pull = pull(&sandbox, provider, fault.name).await;
    let told = pull.trouble.map(|why| format!("{why}\n{why:?}"));
    let name = fault.name;
    assert_eq!(found(&told.unwrap_or_default(), &secrets), None, "{name}");
    sandbox.stop().await;
    secrets
}

/// Everything under a folder, archived bytes unpacked.
fn everything(dir: &Path, see: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            everything(&path, see);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        match zstd::decode_all(&*bytes) {
            Ok(plain) => see(&path, &plain),
            Err(_) => see(&path, &bytes),
        }
    }
}

/// Names of payers in the town's exports, of two words at least.
fn payers(dir: &Path) -> Vec<String> {
    let file = dir.join(format!("inbox/dossier_fees_{FIRST}.csv"));
    let mut reader = csv::Reader::from_path(file).unwrap();
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|h| h == "payer_name");
    let rows = reader
        .records()
        .map(|row| row.unwrap()[at.unwrap()].to_owned());
    rows.filter(|name| name.contains(' ')).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_the_program_writes_or_says_holds_a_secret() {
    for fault in [None, Some("naughty_text"), Some("http_401")] {
        let metrics = |text| format!("{text}\n[metrics]\ntextfile = \"m.prom\"\n");
        let town = town(fault, &metrics).await;
        let secrets = secrets(&town.sandbox, &["sepay", "casso", "vnpay"]);
        let people = payers(town.dir());
        assert!(people.len() > 100);
        for args in [
            &["run", "--date", FIRST][..],
            &["run", "--date", FIRST, "--json"],
            &["check"],
            &["status", "--json"],
            &["backup", "b"],
            &["replay", FIRST],
            &["verify", "--all"],
            &["run", "--date", "2999-01-01"],
        ] {
            let mut command = program(&town);
            command.args(["-vvv", "--log-format", "json"]).args(args);
            command
                .env("RUST_BACKTRACE", "full")
                .env("RUST_LOG", "trace");
            let output = tokio::task::spawn_blocking(move || command.output().unwrap());
            let output = output.await.unwrap();
            let (out, log) = (&output.stdout, &output.stderr);
            let (out, log) = (String::from_utf8_lossy(out), String::from_utf8_lossy(log));
            for text in [&out, &log] {
                assert_eq!(found(text, &secrets), None, "{fault:?} {args:?}");
            }
            // a log is no report: nobody's name, no whole account number
            assert_eq!(found(&log, &people), None, "{fault:?} {args:?}");
            assert!(!log.contains("panicked"), "{log}");
            assert!(code(&output) != 101);
        }
        let mut seen = 0;
        everything(town.dir(), &mut |path, bytes| {
            seen += 1;
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(found(&text, &secrets), None, "{fault:?} {}", path.display());
        });
        assert!(seen > 20, "{seen} files");
        let metrics = std::fs::read_to_string(town.dir().join("m.prom")).unwrap();
        assert_eq!(found(&metrics, &people), None);
    }
}
