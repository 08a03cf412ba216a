//! The command line: exit codes one by one, help with examples, error texts, and what stdout holds.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;

/// The program, in a folder, without the caller's configuration.
pub(crate) fn doisoat(dir: &Path) -> Command {
    let mut command = Command::cargo_bin("doisoat").unwrap();
    command
        .current_dir(dir)
        .env_remove("DOISOAT_CONFIG")
        .env("NO_COLOR", "1");
    command
}

/// Runs it and checks the exit code; on another one prints what it said.
pub(crate) fn ends(dir: &Path, args: &[&str], code: i32) -> Output {
    let output = doisoat(dir).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    output
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_str(&stdout(output)).unwrap()
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

const COMMANDS: [&[&str]; 17] = [
    &[],
    &["demo"],
    &["init"],
    &["migrate"],
    &["check"],
    &["status"],
    &["run"],
    &["pull"],
    &["backfill"],
    &["report"],
    &["match"],
    &["inspect"],
    &["exceptions", "list"],
    &["exceptions", "show"],
    &["sandbox"],
    &["schedule"],
    &["schedule", "next"],
];

#[test]
fn every_help_has_examples() {
    let dir = tempfile::tempdir().unwrap();
    for command in COMMANDS {
        let by_flag = ends(dir.path(), &[command, &["--help"]].concat(), 0);
        let by_word = ends(dir.path(), &[&["help"], command].concat(), 0);
        for output in [by_flag, by_word] {
            let text = stdout(&output);
            assert!(text.contains("Examples:\n  doisoat"), "{command:?}: {text}");
            assert!(output.stderr.is_empty());
        }
    }
}

#[test]
fn help_exit_codes_lists_every_code() {
    let dir = tempfile::tempdir().unwrap();
    let text = stdout(&ends(
        dir.path(),
        &["help", "exit-codes", "--lang", "en"],
        0,
    ));
    let codes: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(
        codes,
        ["0", "1", "2", "3", "4", "5", "10", "11", "12", "130", "143"]
    );
    assert!(
        text.contains(" 11  another run holds the lease\n"),
        "{text}"
    );
    let text = stdout(&ends(dir.path(), &["help", "exit-codes"], 0));
    assert!(
        text.contains(" 11  một lần chạy khác đang giữ khóa\n"),
        "{text}"
    );
}

#[test]
fn usage_is_exit_2_and_says_so_in_json_too() {
    let dir = tempfile::tempdir().unwrap();
    let check = |args: &[&str], message: &str| {
        let output = ends(dir.path(), args, 2);
        assert!(
            stderr(&output).contains(message),
            "{args:?}: {}",
            stderr(&output)
        );
        assert!(output.stdout.is_empty(), "{args:?}");
        let document = json(&ends(dir.path(), &[args, &["--json"]].concat(), 2));
        assert_eq!(document["schema_version"], 1);
        assert_eq!(document["error"]["code"], "usage");
        assert!(
            document["error"]["message"]
                .as_str()
                .unwrap()
                .contains(message),
            "{document}"
        );
        assert!(document["error"]["fix"].is_string());
    };
    check(
        &["run", "--date", "2022-13-01"],
        "\"2022-13-01\" is not a day of the form YYYY-MM-DD",
    );
    check(&["runn"], "unrecognized subcommand");
    check(
        &["run"],
        "doisoat.toml: there is no such configuration file",
    );
    check(
        &["--config", "x/y.toml", "status"],
        "x/y.toml: there is no such configuration file",
    );
    check(
        &["backfill", "--from", "2022-12-02", "--to", "2022-12-01"],
        "--from 2022-12-02 is after --to 2022-12-01",
    );
    check(&["pull", "--from", "2022-12-02"], "--to");
    check(
        &["report", "--month", "2022-13"],
        "\"2022-13\" is not a month of the form YYYY-MM",
    );
}

/// Finance staff are told in their language what they wrote wrong; it is exit 2 in both.
#[test]
fn finance_is_told_of_wrong_arguments_in_its_language() {
    let dir = tempfile::tempdir().unwrap();
    let check = |args: &[&str], vi: &str, en: &str| {
        for (more, wanted) in [(&[][..], vi), (&["--lang", "en"], en), (&["--lang=en"], en)] {
            let said = stderr(&ends(dir.path(), &[args, more].concat(), 2));
            assert!(said.starts_with("doisoat: "), "{args:?}: {said}");
            assert!(said.contains(wanted), "{args:?}: {said}");
        }
        let json_too = ends(dir.path(), &[args, &["--json"]].concat(), 2);
        assert_eq!(json(&json_too)["error"]["code"], "usage", "{args:?}");
    };
    check(
        &["report", "--month", "2022-13"],
        "giá trị \"2022-13\" không dùng được cho --month <YYYY-MM> (",
        "the value \"2022-13\" cannot be used for --month <YYYY-MM> (",
    );
    check(
        &["period", "close", "2022-12"],
        "còn thiếu tham số bắt buộc: --reason <TEXT>\n  xem cách viết: `doisoat period close --help`",
        "a required argument is missing: --reason <TEXT>",
    );
    check(
        &["exceptions", "lst"],
        "không có tham số hay lệnh \"lst\"\n  có phải ý bạn là list?",
        "did you mean list?",
    );
    check(
        &["report", "--moth", "2022-12"],
        "có phải ý bạn là --month?\n  xem cách viết: `doisoat report --help`",
        "there is no argument or command \"--moth\"",
    );
    check(
        &["report", "--month", "2022-12", "--year", "2022"],
        "không dùng cùng với --",
        "cannot be used with --",
    );
    std::fs::write(dir.path().join("doisoat.toml"), "lang = \"en\"\n").unwrap();
    let said = stderr(&ends(dir.path(), &["period", "close"], 2));
    assert!(said.contains("is missing: "), "as configured: {said}");
    assert!(stderr(&ends(dir.path(), &["runn"], 2)).starts_with("error: "));
}

#[test]
fn a_configuration_error_has_its_place_and_a_suggestion() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("doisoat.toml"),
        "lang = \"vi\"\n[databse]\n",
    )
    .unwrap();
    let output = ends(dir.path(), &["run"], 2);
    assert_eq!(
        stderr(&output),
        "doisoat: doisoat.toml:2:2: unknown key \"databse\"\n  did you mean \"database\"?\n"
    );
    let document = json(&ends(dir.path(), &["run", "--json"], 2));
    assert_eq!(
        document,
        serde_json::json!({"schema_version": 1, "error": {
            "code": "usage",
            "message": "doisoat.toml:2:2: unknown key \"databse\"",
            "fix": "did you mean \"database\"?",
        }})
    );
}

#[test]
fn a_configuration_comes_from_the_flag_the_environment_or_here() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.toml"), "wrong_a = 1\n").unwrap();
    std::fs::write(dir.path().join("b.toml"), "wrong_b = 1\n").unwrap();
    let flag = doisoat(dir.path())
        .args(["--config", "a.toml", "status"])
        .env("DOISOAT_CONFIG", "b.toml")
        .output()
        .unwrap();
    assert!(stderr(&flag).contains("\"wrong_a\""), "{}", stderr(&flag));
    let env = doisoat(dir.path())
        .arg("status")
        .env("DOISOAT_CONFIG", "b.toml")
        .output()
        .unwrap();
    assert!(stderr(&env).contains("\"wrong_b\""), "{}", stderr(&env));
}

pub(crate) const FEES: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
declared_method,due_at,payer_name,status\n\
H48.18.22-221202-0001,F1,phi,50000,H48.18.22,P1,qr,2022-12-02,NGUYEN VAN A,paid\n";
pub(crate) const TRANSACTIONS: &str = "provider_txn_id,order_ref,memo,amount_vnd,fee_vnd,net_vnd,paid_at,\
status,kind,payer\n\
T1,H48.18.22-221202-0001,,50000,0,50000,2022-12-02T09:00:00,success,payment,NGUYEN VAN A\n";

pub(crate) fn match_files(dir: &Path) {
    std::fs::write(dir.join("fees.csv"), FEES).unwrap();
    std::fs::write(dir.join("transactions_vnpay.csv"), TRANSACTIONS).unwrap();
}

pub(crate) const MATCH: [&str; 7] = [
    "match",
    "--fees",
    "fees.csv",
    "--transactions",
    "transactions_vnpay.csv",
    "--out",
    "out",
];

#[test]
fn match_writes_the_files_of_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    match_files(dir.path());
    let output = ends(dir.path(), &MATCH, 0);
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    let mut names: Vec<String> = std::fs::read_dir(dir.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "exceptions.csv",
        "links.csv",
        "share.csv",
        "suggestions.csv",
        "summary.json",
        "timings.json",
    ];
    assert_eq!(names, expected);
    let read = |name: &str| std::fs::read_to_string(dir.path().join("out").join(name)).unwrap();
    assert!(
        read("links.csv").contains("T1,H48.18.22-221202-0001,F1,50000,"),
        "{}",
        read("links.csv")
    );
    assert!(read("share.csv").contains(",TX_CASHLESS,1,1,1.0000,1.0000,1.0000\n"));
    let before: Vec<String> = expected[..5].iter().map(|name| read(name)).collect();
    ends(dir.path(), &MATCH, 0);
    let after: Vec<String> = expected[..5].iter().map(|name| read(name)).collect();
    assert_eq!(before, after, "the same files give the same bytes");
}

#[test]
fn match_ends_with_1_or_2_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    match_files(dir.path());
    let check = |more: &[&str], code: i32, message: &str| {
        let output = ends(dir.path(), &[&MATCH, more].concat(), code);
        assert!(
            stderr(&output).contains(message),
            "{more:?}: {}",
            stderr(&output)
        );
    };
    check(&["--incomplete", "vnpai"], 2, "did you mean \"vnpay\"?");
    check(
        &["--definition", "TX_CASHLES"],
        2,
        "did you mean \"TX_CASHLESS\"?",
    );
    check(&["--net-rate", "1,1%"], 2, "1.1% min 220");
    check(
        &["--from", "2022-12-02", "--to", "2022-12-01"],
        2,
        "put the earlier day first",
    );
    check(&["--cash", "nowhere.csv"], 2, "nowhere.csv cannot be read");
    check(&["--no-proof"], 0, "");
    std::fs::write(
        dir.path().join("fees.csv"),
        FEES.replace("amount_vnd", "amount"),
    )
    .unwrap();
    check(&[], 2, "amount_vnd");
    match_files(dir.path());
    std::fs::write(dir.path().join("file"), "").unwrap();
    let blocked = [&MATCH[..6], &["file/out"]].concat();
    let output = ends(dir.path(), &blocked, 1);
    assert!(
        stderr(&output).contains("file/out cannot be made"),
        "{}",
        stderr(&output)
    );
    let document = json(&ends(
        dir.path(),
        &[blocked.as_slice(), &["--json"]].concat(),
        1,
    ));
    assert_eq!(document["error"]["code"], "failed");
}

#[test]
fn inspect_ends_with_1_when_a_file_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    match_files(dir.path());
    ends(dir.path(), &["inspect", "transactions_vnpay.csv"], 0);
    let output = ends(
        dir.path(),
        &["inspect", "transactions_vnpay.csv", "nowhere.csv", "--json"],
        1,
    );
    assert_eq!(stdout(&output).lines().count(), 2, "one document a file");
}

#[test]
fn sandbox_serves_until_a_signal() {
    use std::io::{BufRead, BufReader};
    let dir = tempfile::tempdir().unwrap();
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let mut child = doisoat(dir.path())
            .args(["sandbox", "--days", "1"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let tables: Vec<String> = lines
            .by_ref()
            .map(Result::unwrap)
            .take_while(|line| !line.contains("ip_addr"))
            .collect();
        assert!(tables.iter().any(|line| line == "[[source]]"), "{tables:?}");
        assert!(
            tables.iter().any(|line| line.contains("http://127.0.0.1:")),
            "{tables:?}"
        );
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
    let output = ends(dir.path(), &["sandbox", "--fault", "nope"], 2);
    assert!(stderr(&output).contains("there is no fault \"nope\""));
}
