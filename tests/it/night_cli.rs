//! The night through the program itself: exit codes, output, kills, the demo.

use std::process::{Command, Stdio};
use std::time::Duration;

use doisoat::store::{Holder, OpenMode, Store};
use serde_json::Value;

use crate::cli::{doisoat, ends, stdout};
use crate::database::Kind;
use crate::report::print::{PAGES_MAX, printed};
use crate::town::{Edit, FIRST, Town, as_is, day, files, same_dump};

/// A town whose configuration lies in its folder.
async fn town(edit: Edit<'_>) -> Town {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(edit)).unwrap();
    town
}

/// The program in the town's folder, with its secrets in the environment.
pub(crate) fn program(town: &Town) -> Command {
    let mut command = doisoat(town.dir());
    for name in town.sandbox.providers() {
        let known = town.sandbox.credentials(name).iter();
        command.envs(known.map(|c| (c.env, c.value)));
    }
    command
}

/// Runs it beside the simulators, which live in this process.
pub(crate) async fn run(town: &Town, args: &[&str]) -> std::process::Output {
    let mut command = program(town);
    command.args(args);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

pub(crate) fn code(output: &std::process::Output) -> i32 {
    output.status.code().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn run_is_silent_unless_asked_and_prints_what_it_published() {
    let town = town(&as_is).await;
    let quiet = run(&town, &["run", "--date", FIRST]).await;
    assert_eq!(
        code(&quiet),
        0,
        "{}",
        String::from_utf8_lossy(&quiet.stderr)
    );
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty());
    let json = run(&town, &["run", "--date", FIRST, "--json"]).await;
    assert_eq!(code(&json), 0);
    let published = std::fs::read(town.folder(FIRST).join("run.json")).unwrap();
    assert_eq!(json.stdout, published, "the same document as run.json");
    let status = run(&town, &["status", "--json"]).await;
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status["last"]["business_date"], FIRST);
    assert_eq!(status["last"]["exit_codes"], serde_json::json!([0]));
    let list = run(&town, &["exceptions", "list", "--json"]).await;
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    let first = &list["exceptions"][0];
    let id = first["exception_id"].as_str().unwrap();
    let shown = run(&town, &["exceptions", "show", id, "--lang", "en"]).await;
    let text = stdout(&shown);
    assert!(text.starts_with(id) && text.contains("\nSeen\n"), "{text}");
    let english = run(&town, &["exceptions", "list", "--lang", "en"]).await;
    for said in [text, stdout(&english)] {
        let grouped = |sign: char| {
            said.split_whitespace()
                .any(|word| word.split_once(sign).is_some_and(|(_, rest)| rest == "000"))
        };
        assert!(grouped(',') && !grouped('.'), "{said}");
    }
    assert_eq!(
        code(&run(&town, &["exceptions", "show", "ffffffffffffffff"]).await),
        2
    );
    shows_matches(&town).await;
    assert_eq!(
        code(&run(&town, &["exceptions", "list", "--class", "underpayd"]).await),
        2
    );
    assert_eq!(code(&run(&town, &["run", "--date", "2999-01-01"]).await), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_tells_one_line_a_probe_with_the_fix() {
    let town = town(&as_is).await;
    let missing = run(&town, &["check"]).await;
    let text = stdout(&missing);
    assert!(
        text.contains("FAIL  archive:") && text.contains("-> run `doisoat init`"),
        "{text}"
    );
    std::fs::create_dir(town.dir().join("archive")).unwrap();
    std::fs::create_dir(town.dir().join("reports")).unwrap();
    let good = run(&town, &["check"]).await;
    let text = stdout(&good);
    assert_eq!(code(&good), 0, "{text}");
    for source in ["one-stop", "sepay-main", "casso-main", "vnpay"] {
        assert!(text.contains(&format!("ok    source {source}: ")), "{text}");
    }
    let mut wrong = program(&town);
    wrong
        .arg("check")
        .env("DOISOAT_SANDBOX_CASSO_TOKEN", "CANARY");
    let wrong = tokio::task::spawn_blocking(move || wrong.output().unwrap())
        .await
        .unwrap();
    let text = stdout(&wrong);
    assert_eq!(code(&wrong), 12, "{text}");
    assert!(
        text.contains("FAIL  source casso-main: ") && !text.contains("CANARY"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_and_leases_have_their_codes() {
    let town = town(&as_is).await;
    let held = {
        let store = Store::open(&town.database.url, OpenMode::Ready)
            .await
            .unwrap();
        let holder = Holder {
            name: "run 2022-12-04".into(),
            pid: std::process::id(),
            host: "other".into(),
            now_wall: "2022-12-06T01:30:00+07:00".into(),
        };
        let lease = store.acquire_lease(&holder).await.unwrap();
        let output = run(&town, &["run", "--date", FIRST, "--json"]).await;
        store.release_lease(lease).await.unwrap();
        output
    };
    assert_eq!(code(&held), 11);
    let document: Value = serde_json::from_slice(&held.stdout).unwrap();
    assert_eq!(document["error"]["code"], "locked");
    let message = document["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("run 2022-12-04") && message.contains("other"),
        "{message}"
    );
    let empty = "[database]\nurl = \"sqlite://nothing.db\"\n";
    std::fs::write(town.dir().join("empty.toml"), empty).unwrap();
    for command in ["run", "pull", "status", "migrate"] {
        let output = run(&town, &["--config", "empty.toml", command, "--json"]).await;
        assert_eq!(code(&output), 10, "{command}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["error"]["code"], "database", "{command}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_source_is_exit_3_and_backfill_goes_on() {
    let town = town(&|text: String| text.replace("/casso\"", "/nowhere\"")).await;
    let pulled = run(&town, &["pull", "--date", FIRST]).await;
    assert_eq!(code(&pulled), 3);
    assert!(
        pulled.stdout.is_empty() && !pulled.stderr.is_empty(),
        "a warning, nothing else"
    );
    let nights = run(
        &town,
        &["backfill", "--from", "2022-12-04", "--to", FIRST, "--json"],
    )
    .await;
    assert_eq!(code(&nights), 3);
    let lines = stdout(&nights);
    assert!(
        lines.contains("2022-12-04") && lines.contains(FIRST),
        "{lines}"
    );
    let log = run(&town, &["--log-format", "json", "run", "--date", FIRST]).await;
    assert_eq!(code(&log), 3);
    for line in String::from_utf8(log.stderr).unwrap().lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        assert!(
            event["source.id"].is_string() && event["level"] == "WARN",
            "{line}"
        );
    }
}

/// Waits until a process catches a signal, as the kernel tells (`proc(5)`, `SigCgt`).
async fn caught(pid: u32, signal: u32) {
    for _ in 0..2_000 {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let mask = u64::from_str_radix(mask.unwrap().trim(), 16).unwrap();
        if mask >> (signal - 1) & 1 == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("signal {signal} is never caught");
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_end_with_130_and_143_and_a_rerun_resumes() {
    let reference = town(&as_is).await;
    assert_eq!(code(&run(&reference, &["run", "--date", FIRST]).await), 0);
    for (name, expected) in [("INT", 130), ("TERM", 143)] {
        let town = town(&as_is).await;
        let mut command = program(&town);
        let mut child = command.args(["run", "--date", FIRST]).spawn().unwrap();
        let signal = if name == "INT" { 2 } else { 15 };
        caught(child.id(), signal).await;
        let sent = Command::new("kill")
            .args([format!("-{name}"), child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let status = tokio::task::spawn_blocking(move || child.wait().unwrap())
            .await
            .unwrap();
        assert_eq!(status.code(), Some(expected), "{name}");
        assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
        assert_eq!(town.reports(), reference.reports(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_instant_and_started_again_is_as_never_killed() {
    let reference = town(&as_is).await;
    assert_eq!(code(&run(&reference, &["run", "--date", FIRST]).await), 0);
    let town = town(&as_is).await;
    for ms in [30, 120, 300, 600, 900, 1_200, 1_600, 2_000] {
        let mut command = program(&town);
        let mut child = command
            .args(["run", "--date", FIRST])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(ms)).await;
        child.kill().unwrap();
        tokio::task::spawn_blocking(move || child.wait().unwrap())
            .await
            .unwrap();
    }
    assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
    assert_eq!(town.reports(), reference.reports());
    same_dump(
        &town.dump().await,
        &reference.dump().await,
        "killed and resumed",
    );
}

#[test]
fn the_same_seed_gives_the_same_demo() {
    let dir = tempfile::tempdir().unwrap();
    let demo = |out: &str, more: &[&str]| {
        let args = [&["demo", "--days", "2", "--out", out], more].concat();
        stdout(&ends(dir.path(), &args, 0))
    };
    let first = demo("a", &[]);
    assert!(first.contains("TX_CASHLESS") && first.contains("a/reports/2022-12-06/index.html"));
    let run = dir.path().join("a/reports/2022-12-06/run.json");
    let run: Value = serde_json::from_slice(&std::fs::read(run).unwrap()).unwrap();
    let closing = &run["work"]["closing"];
    let sum = i128::from(closing["sum_vnd"].as_i64().unwrap());
    let (count, sum) = (&closing["count"], doisoat::domain::vnd::grouped(sum));
    for said in [
        format!("cộng: {count}, {sum} đồng rủi ro"),
        format!("{count} ({sum} đ)"),
    ] {
        assert!(first.contains(&said), "{said}: {first}");
    }
    demo("b", &[]);
    let reports = |out: &str| files(&dir.path().join(out).join("reports"));
    assert_eq!(reports("a"), reports("b"));
    demo("b", &["--seed", "2"]);
    assert_ne!(reports("a"), reports("b"), "a demo folder is made anew");
    std::fs::create_dir(dir.path().join("mine")).unwrap();
    std::fs::write(dir.path().join("mine/letter.txt"), "dear").unwrap();
    ends(dir.path(), &["demo", "--out", "mine"], 2);
    assert!(dir.path().join("mine/letter.txt").is_file());
}

#[test]
fn init_writes_what_is_missing_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let text = stdout(&ends(dir.path(), &["init", "here", "--lang", "en"], 0));
    assert!(
        text.contains("  +  ") && text.contains("doisoat.toml"),
        "{text}"
    );
    let here = dir.path().join("here");
    for path in [
        "doisoat.toml",
        "doisoat.db",
        "systemd/doisoat.timer",
        "inbox/one-stop",
    ] {
        assert!(here.join(path).exists(), "{path}");
    }
    let edited = std::fs::read_to_string(here.join("doisoat.toml")).unwrap() + "# mine\n";
    std::fs::write(here.join("doisoat.toml"), &edited).unwrap();
    let again = stdout(&ends(dir.path(), &["init", "here"], 0));
    assert!(!again.contains("  +  "), "{again}");
    assert_eq!(
        std::fs::read_to_string(here.join("doisoat.toml")).unwrap(),
        edited
    );
    // Excel with Vietnamese settings separates lists by semicolons
    ends(dir.path(), &["init", "vi", "--lang", "vi"], 0);
    for (folder, semicolons) in [("here", false), ("vi", true)] {
        let file = dir.path().join(folder).join("doisoat.toml");
        let text = std::fs::read_to_string(file).unwrap();
        let set = text.lines().any(|line| line == "csv_separator = \";\"");
        assert_eq!(set, semicolons, "{folder}");
    }
    let check = stdout(&ends(&here, &["check"], 0));
    assert!(check.contains("warn  money: "), "{check}");
    ends(&here, &["migrate"], 0);
    // a Monday: on a day of rest nothing is missing
    ends(&here, &["run", "--date", "2022-12-05"], 3);
}

#[test]
fn a_longer_demo_begins_with_the_nights_of_a_shorter_one() {
    let dir = tempfile::tempdir().unwrap();
    for (out, days) in [("two", "2"), ("three", "3")] {
        let args = ["demo", "--days", days, "--out", out];
        stdout(&ends(dir.path(), &args, 0));
    }
    let night = |out: &str, day: &str| {
        let sums = dir
            .path()
            .join(out)
            .join("reports")
            .join(day)
            .join("SHA256SUMS");
        std::fs::read_to_string(sums).unwrap()
    };
    for day in ["2022-12-05", "2022-12-06"] {
        assert_eq!(night("two", day), night("three", day), "{day}");
    }
    // and is printed on a few pages
    let page = dir.path().join("three/reports/2022-12-07/index.html");
    let pages = printed(&page, dir.path()).pages();
    assert!(pages <= PAGES_MAX, "{pages} pages");
}

/// A payment, a dossier and a group are explained as what they were matched with.
async fn shows_matches(town: &Town) {
    let links = std::fs::read_to_string(town.folder(FIRST).join("links.csv")).unwrap();
    let row = links
        .lines()
        .find(|line| line.contains("exact_key") && line.contains("settles"))
        .unwrap();
    let cells: Vec<&str> = row.split(',').collect();
    for name in [cells[0], cells[1]] {
        let shown = run(town, &["exceptions", "show", name]).await;
        let (text, error) = (stdout(&shown), String::from_utf8_lossy(&shown.stderr));
        assert!(error.is_empty(), "{name}: {error}");
        assert!(
            text.starts_with("Đã ghép: ") && text.contains("(exact_key)"),
            "{text}"
        );
        assert!(text.contains(cells[0]) && text.contains(cells[1]), "{text}");
        assert!(text.contains("từ đêm 05/12/2022"), "{text}");
    }
    let json = run(town, &["exceptions", "show", cells[0], "--json"]).await;
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    let group = &json["groups"][0];
    assert_eq!(
        (&group["pass"], &group["since"]),
        (&"exact_key".into(), &FIRST.into())
    );
    let id = group["id"].as_str().unwrap();
    let by_group = run(town, &["exceptions", "show", id, "--json"]).await;
    let by_group: Value = serde_json::from_slice(&by_group.stdout).unwrap();
    assert_eq!(by_group["groups"].as_array().unwrap().len(), 1);
    assert_eq!(&by_group["groups"][0], group);
}
