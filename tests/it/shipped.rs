//! The command that `init` writes for cron and systemd, as it stands there: what it says of a good
//! night and of one that was stopped, and to whom.

use std::process::{Command, Stdio};
use std::time::Duration;

use doisoat::clock::Stopwatch;
use doisoat::sandbox::Fault;
use serde_json::Value;

use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, program, run};
use crate::schedule_cli::{signal, until};
use crate::town::{FIRST, Town, as_is, day};

/// A town with what `init` writes into its folder.
async fn installed() -> Town {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    let made = run(&town, &["init", "."]).await;
    assert_eq!(code(&made), 0, "{made:?}");
    town
}

/// Who holds the lease: its process, by the file lock that the kernel tells (`/proc/locks`).
pub(crate) fn holder(town: &Town) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let lock = std::fs::metadata(town.dir().join("test.db.lock")).ok()?;
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    let inode = format!(":{}", lock.ino());
    let line = locks.lines().find(|line| {
        let mut words = line.split_whitespace();
        line.contains("FLOCK") && words.any(|word| word.ends_with(&inode))
    })?;
    line.split_whitespace().nth(4)?.parse().ok()
}

fn events(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The published events of a log hold what tells of a night.
fn told(events: &[Value]) -> &Value {
    let published: Vec<&Value> = events
        .iter()
        .filter(|event| event["message"] == "published")
        .collect();
    assert_eq!(published.len(), 1, "{events:?}");
    let event = published[0];
    assert_eq!(event["business_date"], FIRST);
    assert!(event["run.id"].as_str().unwrap().starts_with(FIRST));
    assert_eq!(event["exit_code"], 0);
    assert!(
        event["share"].as_str().unwrap().starts_with("0."),
        "{event}"
    );
    assert!(event["duration_ms"].as_u64().unwrap() > 0);
    assert!(event["peak_memory_bytes"].as_u64().unwrap() > 1 << 20);
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_night_is_told_in_the_log_and_mails_nobody() {
    let town = installed().await;
    let cron = std::fs::read_to_string(town.dir().join("cron/doisoat.cron")).unwrap();
    let line = cron.lines().last().unwrap();
    let (_, command) = line.split_once("  \"").unwrap();
    let command = format!("\"{command}").replace(" run 2>>", &format!(" run --date {FIRST} 2>>"));
    assert!(command.contains(FIRST), "{command}");
    let plain = program(&town);
    let mut shell = Command::new("sh");
    let set = plain
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    shell
        .args(["-c", &command])
        .envs(set)
        .env_remove("DOISOAT_CONFIG")
        .current_dir("/");
    let output = tokio::task::spawn_blocking(move || shell.output().unwrap())
        .await
        .unwrap();
    // what cron would mail
    assert_eq!((stdout(&output), output.stderr.len()), (String::new(), 0));
    let log = std::fs::read_to_string(town.dir().join("log/doisoat.log")).unwrap();
    let events = events(&log);
    told(&events);
    assert!(events.iter().all(|event| event["level"] == "INFO"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unit_tells_the_journal_and_a_stop_is_an_event() {
    let town = installed().await;
    let unit = std::fs::read_to_string(town.dir().join("systemd/doisoat.service")).unwrap();
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="))
        .unwrap();
    let args: Vec<&str> = start.split_whitespace().skip(1).collect();
    assert!(
        args.ends_with(&["--log-format", "json", "-v", "run"]),
        "{start}"
    );
    // the deadline of a night is at most a day after its start, then it is settled
    assert!(
        unit.lines().any(|line| line == "TimeoutStartSec=25h"),
        "{unit}"
    );
    town.sandbox.set_fault(Fault::named("hang_always"));
    let mut command = program(&town);
    command.args(&args[2..]).args(["--date", FIRST]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until(|| holder(&town).is_some(), "the night").await;
    let watch = Stopwatch::start();
    signal(&child, "TERM");
    let wait = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    let stopped = wait.await.unwrap();
    assert!(
        watch.elapsed() < Duration::from_secs(10),
        "{:?}",
        watch.elapsed()
    );
    assert_eq!((code(&stopped), stopped.stdout.len()), (143, 0));
    let log = String::from_utf8(stopped.stderr).unwrap();
    let events = events(&log);
    let asked = events.iter().find(|event| {
        event["message"]
            .as_str()
            .unwrap()
            .starts_with("asked to stop")
    });
    let asked = asked.unwrap_or_else(|| panic!("{log}"));
    assert_eq!(asked["exit_code"], 143);
    town.sandbox.set_fault(None);
    let mut command = program(&town);
    command.args(&args[2..]).args(["--date", FIRST]);
    let healed = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    assert_eq!((code(&healed), healed.stdout.len()), (0, 0));
    told(&self::events(&String::from_utf8(healed.stderr).unwrap()));
}
