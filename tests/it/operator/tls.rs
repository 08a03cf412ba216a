//! `sandbox --tls`: what it prints is a configuration that works, and in every bad mode nothing is
//! sent.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use doisoat::sandbox::TLS_MODES;

use crate::cli::{doisoat, ends, stderr, stdout};
use crate::night_cli::code;

/// The sandbox of a mode, and what it printed up to its last table.
fn started(dir: &Path, mode: &str) -> (Child, String) {
    let mut command = doisoat(dir);
    command.args(["sandbox", "--tls", mode, "--registry", "inbox"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut text = String::new();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines {
        let line = line.unwrap();
        if line.starts_with("# The other gateways") {
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    (child, text)
}

/// Variables that the sandbox names in `#   export NAME=VALUE`.
fn secrets(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines();
    let exports = lines.filter_map(|line| line.strip_prefix("#   export ")?.split_once('='));
    exports.collect()
}

fn check(dir: &Path, mode: &str) -> (i32, String, String) {
    let (mut child, text) = started(dir, mode);
    std::fs::write(dir.join("doisoat.toml"), &text).unwrap();
    let output = doisoat(dir)
        .args(["check", "--lang", "en"])
        .envs(secrets(&text))
        .output()
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    (code(&output), stdout(&output) + &stderr(&output), text)
}

#[test]
fn every_mode_is_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    ends(dir.path(), &["init"], 0);
    for mode in TLS_MODES {
        let (exit, said, text) = check(dir.path(), mode.name);
        let authority = std::fs::read_to_string(dir.path().join("doisoat-sandbox-ca.pem"));
        assert_eq!(authority.unwrap(), mode.ca);
        assert!(
            text.contains("base_url = \"https://localhost:")
                && text.contains("doisoat-sandbox-ca.pem\"\n"),
            "{text}"
        );
        for source in ["sepay-main", "casso-main", "vnpay"] {
            let wanted = if mode.good { "ok    " } else { "FAIL  " };
            let line = format!("{wanted}source {source}: ");
            assert!(said.contains(&line), "{}: {said}", mode.name);
        }
        assert_eq!(exit, if mode.good { 0 } else { 3 }, "{}: {said}", mode.name);
        let refused = said.matches("nothing was sent").count();
        let wanted = if mode.good { 0 } else { 3 };
        assert_eq!(refused, wanted, "{}: {said}", mode.name);
    }
}

#[test]
fn modes_are_listed_and_an_unknown_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let list = stdout(&ends(dir.path(), &["sandbox", "--tls", "list"], 0));
    for mode in TLS_MODES {
        assert!(list.contains(mode.name), "{list}");
    }
    let said = stderr(&ends(dir.path(), &["sandbox", "--tls", "expird"], 2));
    assert!(said.contains("did you mean \"expired\"?"), "{said}");
}
