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
    fn at(dir: &Path, gateway: &str, more: &[&str]) -> Self {
        let mut child = doisoat(dir)
            .args(["sandbox", "--days", "1", "--gateway", gateway])
            .args(["--registry", "inbox"])
            .args(more)
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
        let sandbox = Running::at(dir.path(), gateway, &[]);
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
    let sandbox = Running::at(dir.path(), "vnpay", &[]);
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

#[test]
fn the_webhooks_that_it_writes_are_read_as_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let push = ["--push", "pushed", "--fault", "push_forged"];
    let sandbox = Running::at(dir.path(), "momo", &push);
    let pasted = sandbox.pasted();
    for provider in ["sepay", "casso", "momo"] {
        assert!(
            pasted.contains(&format!("provider = \"{provider}\"")),
            "{pasted}"
        );
    }
    let migrated = sandbox.run(dir.path(), &pasted, &["init"]);
    assert_eq!(migrated.status.code(), Some(0), "{}", said(&migrated));
    let checked = sandbox.run(dir.path(), &pasted, &["check"]);
    assert_eq!(checked.status.code(), Some(0), "{}", said(&checked));
    let done = sandbox.run(dir.path(), &pasted, &["run", "--date", FIRST, "--json"]);
    let run: Value = serde_json::from_slice(&done.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", said(&done)));
    for name in ["sepay-push", "casso-push", "momo-push"] {
        let source = crate::town::source(&run, name);
        // what the provider signed is evidence, what it did not sign is shown by its file
        assert_eq!(source["rejects"], 1, "{source}");
    }
    let report = dir.path().join("reports").join(FIRST);
    let listed = std::fs::read_to_string(report.join("exceptions.csv")).unwrap();
    assert_eq!(listed.matches("-forged.json").count(), 3, "{listed}");
}

/// The addresses that are printed are those that answer.
#[tokio::test]
async fn the_switches_that_are_printed_work() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().to_owned();
    let start = move || Running::at(&here, "vnpay", &[]);
    let sandbox = tokio::task::spawn_blocking(start).await.unwrap();
    let lines = sandbox.text.lines();
    let curls: Vec<&str> = lines.filter_map(|l| l.strip_prefix("#   curl ")).collect();
    assert_eq!(curls.len(), 3, "{}", sandbox.text);
    for (line, told) in curls.iter().zip(["\"requests\"", "\"hang\"", "\"now\""]) {
        let (method, address) = match line.strip_prefix("-X POST ") {
            Some(address) => ("POST", address),
            None => ("GET", *line),
        };
        let address = address.replace("NAME", "hang");
        let (host, path) = address
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once('/'))
            .unwrap();
        let answer = exchange(host, &format!("{method} /{path}")).await;
        assert!(
            answer.contains("200 OK") && answer.contains(told),
            "{answer}"
        );
    }
}

async fn exchange(host: &str, line: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[test]
fn a_fault_of_pushes_needs_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let args = ["sandbox", "--fault", "push_forged"];
    let output = doisoat(dir.path()).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("add --push DIR"),
        "{}",
        said(&output)
    );
}

#[test]
fn what_it_cannot_invent_or_write_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = doisoat(dir.path()).arg("sandbox").args(args).output();
        let output = output.unwrap();
        (output.status.code(), said(&output))
    };
    for first_day in ["2020-09-14", "2015-06-01", "1900-01-01"] {
        let (code, text) = run(&["--first-day", first_day]);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("--first-day from 2020-09-15 on"), "{text}");
        assert!(!text.contains("panicked"), "{text}");
    }
    std::fs::write(dir.path().join("taken"), "").unwrap();
    for what in ["--push", "--registry"] {
        let (code, text) = run(&["--days", "1", what, "taken"]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("choose another folder"), "{text}");
    }
}
