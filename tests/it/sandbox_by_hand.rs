//! What `doisoat sandbox` prints is what `doisoat check` and `doisoat pull` read.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Output, Stdio};

use serde_json::Value;

use crate::cli::doisoat;
use crate::town::FIRST;

/// A running sandbox and what it printed. Killed when dropped.
struct Running {
    child: Child,
    text: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Running {
    /// Starts it and reads until the last table is printed.
    fn at(dir: &Path, gateway: &str) -> Self {
        let mut child = doisoat(dir)
            .args([
                "sandbox",
                "--days",
                "1",
                "--gateway",
                gateway,
                "--registry",
                "inbox",
            ])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut text, mut is_last) = (String::new(), false);
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            is_last |= line.contains("kind = \"igate\"");
            text.push_str(&line);
            text.push('\n');
            if is_last && line.contains("client_secret") {
                break;
            }
        }
        Self { child, text }
    }

    /// The secrets that it says to export.
    fn secrets(&self) -> BTreeMap<&str, &str> {
        let lines = self.text.lines();
        let exports = lines.filter_map(|line| line.strip_prefix("#   export "));
        exports.filter_map(|line| line.split_once('=')).collect()
    }

    /// What stands there to be pasted.
    fn pasted(&self) -> String {
        let plain = self.text.lines().filter(|line| !line.starts_with('#'));
        plain.flat_map(|line| [line, "\n"]).collect()
    }

    /// The tables that stand there as comments, by name.
    fn others(&self) -> Vec<String> {
        let lines = self.text.lines().filter_map(|line| line.strip_prefix("# "));
        let text: String = lines.flat_map(|line| [line, "\n"]).collect();
        let tables = text.split("[[source]]\n").skip(1);
        let is_toml = |line: &&str| line.contains(" = ");
        tables
            .map(|table| {
                let keys: Vec<&str> = table.lines().take_while(is_toml).collect();
                format!("[[source]]\n{}\n", keys.join("\n"))
            })
            .collect()
    }

    /// The program with these sources, and the secrets in its environment.
    fn run(&self, dir: &Path, sources: &str, args: &[&str]) -> Output {
        let head = "[database]\nurl = \"sqlite://doisoat.db\"\n\n";
        std::fs::write(dir.join("doisoat.toml"), format!("{head}{sources}")).unwrap();
        let mut command = doisoat(dir);
        command.envs(self.secrets()).args(args).output().unwrap()
    }
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}

/// The state of every source after a pull of the first day.
fn states(output: &Output) -> BTreeMap<String, String> {
    let document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", said(output)));
    let sources = document["sources"].as_array().unwrap().iter();
    let one = |source: &Value| {
        let text = |key: &str| source[key].as_str().unwrap_or_default().to_owned();
        (text("name"), text("state"))
    };
    sources.map(one).collect()
}

#[test]
fn the_tables_for_each_gateway_pass_check_and_pull() {
    for gateway in doisoat::sandbox::Sandbox::gateways() {
        let dir = tempfile::tempdir().unwrap();
        let sandbox = Running::at(dir.path(), gateway);
        let pasted = sandbox.pasted();
        assert!(
            pasted.contains(&format!("kind = \"{gateway}\"")),
            "{pasted}"
        );
        let migrated = sandbox.run(dir.path(), &pasted, &["init"]);
        assert_eq!(migrated.status.code(), Some(0), "{}", said(&migrated));
        let checked = sandbox.run(dir.path(), &pasted, &["check"]);
        assert_eq!(
            checked.status.code(),
            Some(0),
            "{gateway}: {}",
            said(&checked)
        );
        let pulled = sandbox.run(dir.path(), &pasted, &["pull", "--date", FIRST, "--json"]);
        let states = states(&pulled);
        assert_eq!(states.len(), 4, "{states:?}");
        assert!(
            states.values().all(|state| state == "complete"),
            "{}",
            said(&pulled)
        );
    }
}

#[test]
fn the_tables_that_are_printed_as_comments_work_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Running::at(dir.path(), "vnpay");
    let others = sandbox.others();
    assert_eq!(
        others.len(),
        9,
        "seven gateways, SePay 2, iGate: {others:?}"
    );
    let export = "[[source]]\nname = \"one-stop\"\nkind = \"export\"\npath = \"inbox\"\n";
    let all = format!("{export}{}", others.concat());
    let migrated = sandbox.run(dir.path(), &all, &["init"]);
    assert_eq!(migrated.status.code(), Some(0), "{}", said(&migrated));
    let checked = sandbox.run(dir.path(), &all, &["check"]);
    assert_eq!(checked.status.code(), Some(0), "{}", said(&checked));
    let pulled = sandbox.run(dir.path(), &all, &["pull", "--date", FIRST, "--json"]);
    let states = states(&pulled);
    assert_eq!(states.len(), 10, "{states:?}");
    assert!(
        states.values().all(|state| state == "complete"),
        "{}",
        said(&pulled)
    );
}
