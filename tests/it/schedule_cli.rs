//! `schedule` and the lease through the program itself, and what `init` writes for schedulers.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use doisoat::sandbox::Fault;
use serde_json::Value;

use crate::cli::{ends, json, stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, program, run};
use crate::shipped::holder;
use crate::town::{Edit, FIRST, Town, as_is, day};

/// A town whose configuration lies in its folder.
async fn town(edit: Edit<'_>) -> Town {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(edit)).unwrap();
    town
}

/// Service managers and containers kill ten seconds after they asked. Waiting for a checkpoint ends
/// after six, which leaves a busy machine four.
const STOPS_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Waits until something holds, as long as it takes a busy machine.
pub(crate) async fn until(mut holds: impl FnMut() -> bool, what: &str) {
    for _ in 0..6_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{what} never comes");
}

/// How it ended: within ten seconds of the signal, whatever it was at.
async fn ended(mut child: Child) -> Option<i32> {
    let watch = doisoat::clock::Stopwatch::start();
    let wait = tokio::task::spawn_blocking(move || child.wait().unwrap());
    let code = wait.await.unwrap().code();
    let took = watch.elapsed();
    assert!(took < STOPS_WITHIN, "it took {took:?} to stop");
    code
}

#[test]
fn schedule_next_is_the_same_in_every_zone_of_the_host() {
    let dir = tempfile::tempdir().unwrap();
    let toml = "[schedule]\ncron = \"30 1 29 2 *\"\ndeadline = \"05:30\"\n";
    std::fs::write(dir.path().join("doisoat.toml"), toml).unwrap();
    let mut told = Vec::new();
    for zone in [
        "UTC",
        "Asia/Ho_Chi_Minh",
        "America/New_York",
        "Pacific/Apia",
    ] {
        let mut command = crate::cli::doisoat(dir.path());
        let output = command
            .args(["schedule", "next", "-n", "2", "--json"])
            .env("TZ", zone)
            .output()
            .unwrap();
        told.push(stdout(&output));
    }
    assert!(told.windows(2).all(|two| two[0] == two[1]), "{told:?}");
    let next: Value = serde_json::from_str(&told[0]).unwrap();
    assert_eq!(next["schema_version"], 1);
    assert_eq!(next["cron"], "30 1 29 2 *");
    assert_eq!(
        (&next["catch_up"], &next["deadline"]),
        (&"all".into(), &"05:30".into())
    );
    let fires = next["next"].as_array().unwrap();
    assert_eq!(fires.len(), 2);
    for fire in fires {
        assert!(
            fire["at"]
                .as_str()
                .unwrap()
                .ends_with("-02-29T01:30:00+07:00")
        );
        assert!(fire["business_date"].as_str().unwrap().ends_with("-02-28"));
    }
    let words = stdout(&ends(dir.path(), &["schedule", "next", "-n", "1"], 0));
    assert!(
        words.starts_with("01:30 ") && words.contains("cho ngày 28/02/"),
        "{words}"
    );
}

#[test]
fn a_cron_line_that_never_fires_is_refused_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let toml = "[schedule]\ncron = \"0 0 30 2 *\"\n";
    std::fs::write(dir.path().join("doisoat.toml"), toml).unwrap();
    for args in [&["schedule"][..], &["schedule", "next"], &["status"]] {
        let text = stderr(&ends(dir.path(), args, 2));
        assert!(
            text.contains("doisoat.toml:2:8")
                && text.contains("never fires: no month that it names"),
            "{text}"
        );
    }
    std::fs::write(dir.path().join("doisoat.toml"), "").unwrap();
    let document = json(&ends(dir.path(), &["schedule", "--json"], 10));
    assert_eq!(document["error"]["code"], "database");
}

#[tokio::test(flavor = "multi_thread")]
async fn schedule_waits_in_silence_and_signals_end_it() {
    // Fires on a day that is years away at most times.
    let rare = |text: String| format!("[schedule]\ncron = \"0 0 29 2 *\"\n{text}");
    let town = town(&rare).await;
    for (name, expected) in [("TERM", 143), ("INT", 130)] {
        let mut command = program(&town);
        command.args(["schedule", "-v"]);
        let log = town.dir().join(format!("{name}.log"));
        command
            .stderr(std::fs::File::create(&log).unwrap())
            .stdout(Stdio::piped());
        let child = command.spawn().unwrap();
        let text = || std::fs::read_to_string(&log).unwrap();
        until(
            || text().contains("waiting for the night"),
            "its first wait",
        )
        .await;
        signal(&child, name);
        assert_eq!(ended(child).await, Some(expected), "{}", text());
        assert!(!text().contains("error"), "{}", text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_a_night_whose_sources_do_not_answer() {
    let start = |text: String| format!("[start]\ndate = \"{FIRST}\"\n{text}");
    let town = town(&start).await;
    town.sandbox.set_fault(Fault::named("hang_always"));
    let mut command = program(&town);
    let child = command
        .args(["schedule"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until(|| holder(&town).is_some(), "the night").await;
    signal(&child, "TERM");
    assert_eq!(ended(child).await, Some(143));
    assert!(town.reports().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_what_waits_for_a_database_that_does_not_answer() {
    use sqlx::Connection as _;
    let town = town(&as_is).await;
    town.sandbox.set_fault(Fault::named("hang_always"));
    let mut command = program(&town);
    command
        .args(["run", "--date", FIRST])
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    until(|| holder(&town).is_some(), "the lease").await;
    // another program writes and does not end: not even the lease can be given back
    let url = &town.database.url;
    let mut writer = sqlx::SqliteConnection::connect(url).await.unwrap();
    let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut writer);
    begun.await.unwrap();
    signal(&child, "TERM");
    let watch = doisoat::clock::Stopwatch::start();
    let wait = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    let stopped = wait.await.unwrap();
    assert_eq!(code(&stopped), 143);
    let took = watch.elapsed();
    assert!(took < STOPS_WITHIN, "it took {took:?} to stop");
    let said = stderr(&stopped);
    assert!(said.contains("stopped before a checkpoint"), "{said}");
    writer.close().await.unwrap();
    town.sandbox.set_fault(None);
    assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_holder_left_blocks_nobody_and_names_nobody() {
    let town = town(&as_is).await;
    town.sandbox.set_fault(Fault::named("hang_always"));
    let mut command = program(&town);
    let child = command
        .args(["run", "--date", FIRST])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until(|| holder(&town).is_some(), "the lease").await;
    let held = run(&town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&held), 11);
    assert!(
        stderr(&held).contains(&format!("process {} ", child.id())),
        "{}",
        stderr(&held)
    );
    signal(&child, "KILL");
    ended(child).await;
    town.sandbox.set_fault(None);
    assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_holder_that_wakes_up_cannot_publish() {
    let town = town(&as_is).await;
    town.sandbox.set_fault(Fault::named("hang_always"));
    let mut command = program(&town);
    command
        .args(["run", "--date", FIRST])
        .stderr(Stdio::piped());
    let paused = command.spawn().unwrap();
    until(|| holder(&town).is_some(), "the lease").await;
    let row = || async {
        let lease = town.database.open().await;
        let held = lease
            .acquire_lease(&crate::store_open::holder("test"))
            .await;
        lease.close().await;
        held.unwrap_err().to_string()
    };
    assert!(row().await.contains("run 2022-12-05"));
    signal(&paused, "STOP");
    assert_eq!(
        code(&run(&town, &["run", "--date", FIRST]).await),
        11,
        "it still holds"
    );
    // Somebody takes its lock away, as a file system that lost it would.
    std::fs::remove_file(town.dir().join("test.db.lock")).unwrap();
    town.sandbox.set_fault(None);
    assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
    let published = town.reports();
    signal(&paused, "CONT");
    let wait = tokio::task::spawn_blocking(move || paused.wait_with_output().unwrap());
    let woken = wait.await.unwrap();
    assert_eq!(code(&woken), 1);
    assert!(
        stderr(&woken).contains("the lease was lost"),
        "{}",
        stderr(&woken)
    );
    assert_eq!(town.reports(), published);
}

fn init(cron: &str) -> (tempfile::TempDir, impl Fn(&str) -> String) {
    let dir = tempfile::tempdir().unwrap();
    let toml = format!("[schedule]\ncron = \"{cron}\"\n");
    std::fs::write(dir.path().join("doisoat.toml"), toml).unwrap();
    ends(dir.path(), &["init"], 0);
    let root = dir.path().to_owned();
    (dir, move |name: &str| {
        std::fs::read_to_string(root.join(name)).unwrap()
    })
}

fn has_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(
            text.lines().any(|l| l == *line),
            "no line {line} in\n{text}"
        );
    }
}

#[test]
fn init_writes_units_a_cron_line_and_logrotate_by_the_schedule() {
    let (dir, read) = init("15 2 13 * fri");
    has_lines(
        &read("systemd/doisoat.timer"),
        &[
            "OnCalendar=*-*-13 02:15:00 Asia/Ho_Chi_Minh",
            "OnCalendar=Fri *-*-* 02:15:00 Asia/Ho_Chi_Minh",
            "Persistent=true",
        ],
    );
    let here = dir.path().canonicalize().unwrap();
    let here = here.display();
    has_lines(
        &read("systemd/doisoat.service"),
        &[
            &format!("ReadWritePaths={here}"),
            "SuccessExitStatus=3 4",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "CapabilityBoundingSet=",
            "TimeoutStopSec=15s",
        ],
    );
    let cron = read("cron/doisoat.cron");
    has_lines(&cron, &["CRON_TZ=Asia/Ho_Chi_Minh"]);
    let line = cron.lines().last().unwrap();
    let user = Command::new("id").arg("-un").output().unwrap();
    let user = stdout(&user).trim().to_owned();
    let wanted = format!("15 2 13 * fri  {user}  \"/");
    assert!(line.starts_with(&wanted), "{line}");
    assert!(
        line.contains(&format!("2>>\"{here}/log/doisoat.log\" || echo")),
        "{line}"
    );
    has_lines(
        &read("cron/doisoat.logrotate"),
        &[
            &format!("\"{here}/log/*.log\" {{"),
            "    missingok",
            "    notifempty",
        ],
    );
    assert!(dir.path().join("log").is_dir());
    for name in [
        "systemd/doisoat.timer",
        "systemd/doisoat.service",
        "cron/doisoat.cron",
    ] {
        assert!(
            !read(name).contains("{dir}") && !read(name).contains("{program}"),
            "{name}"
        );
    }
    systemd_agrees(dir.path());
}

/// What systemd itself says of the units, where it is there.
fn systemd_agrees(dir: &Path) {
    let analyze = |args: &[&str]| {
        let output = Command::new("systemd-analyze")
            .args(args)
            .current_dir(dir.join("systemd"))
            .output();
        output
            .ok()
            .map(|o| (o.status.success(), stdout(&o) + &stderr(&o)))
    };
    let timer = std::fs::read_to_string(dir.join("systemd/doisoat.timer")).unwrap();
    for calendar in timer
        .lines()
        .filter_map(|line| line.strip_prefix("OnCalendar="))
    {
        if let Some((good, said)) = analyze(&["calendar", calendar]) {
            assert!(good, "{said}");
        }
    }
    let verify = ["verify", "--man=no", "./doisoat.service", "./doisoat.timer"];
    if let Some((_, said)) = analyze(&verify) {
        assert!(!said.contains("doisoat."), "{said}");
    }
}

#[test]
fn a_folder_with_a_percent_sign_and_a_space_is_written_so_that_it_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().canonicalize().unwrap().join("p%d x");
    let at = here.display().to_string();
    ends(dir.path(), &["init", &at], 0);
    let read = |name: &str| std::fs::read_to_string(here.join(name)).unwrap();
    let unit = at.replace('%', "%%");
    has_lines(
        &read("systemd/doisoat.service"),
        &[
            &format!("ReadWritePaths=\"{unit}\""),
            &format!("WorkingDirectory={unit}"),
        ],
    );
    assert!(read("systemd/doisoat.service").contains(&format!("\"{unit}/doisoat.toml\"")));
    let cron = read("cron/doisoat.cron");
    let line = cron.lines().last().unwrap();
    let escaped = at.replace('%', "\\%");
    assert!(
        line.contains(&format!("2>>\"{escaped}/log/doisoat.log\"")),
        "{line}"
    );
    assert_eq!(
        line.matches('%').count(),
        line.matches("\\%").count(),
        "{line}"
    );
    has_lines(
        &read("cron/doisoat.logrotate"),
        &[&format!("\"{at}/log/*.log\" {{")],
    );
    let quoted = dir.path().join("a\"b");
    let said = stderr(&ends(
        dir.path(),
        &["init", &quoted.display().to_string()],
        2,
    ));
    assert!(said.contains("give the folder another name"), "{said}");
}
