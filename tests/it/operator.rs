//! Who installs once and forgets: a night that failed, stopped or did not run is told; what only
//! reads holds up no night; `check` finds what would stop one.

mod beside;
mod rights;
mod silent;
mod tls;

use std::process::Stdio;

use doisoat::clock::{Clock, SystemClock};
use doisoat::domain::Day;
use doisoat::sandbox::Fault;
use serde_json::Value;

use crate::cli::{doisoat, json, stderr, stdout};
use crate::database::Kind;
use crate::fake::{Fake, answer};
use crate::night_cli::{code, program, run};
use crate::town::{Edit, FIRST, Town, as_is, day};

/// A town whose configuration lies in its folder.
async fn town(kind: Kind, edit: Edit<'_>) -> Town {
    let town = Town::new(kind).await;
    town.morning_after(day(FIRST));
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(edit)).unwrap();
    town
}

async fn status(town: &Town, exit: i32) -> Value {
    let output = run(town, &["status", "--json"]).await;
    assert_eq!(code(&output), exit, "{}", stderr(&output));
    json(&output)
}

async fn words(town: &Town, lang: &str) -> String {
    stdout(&run(town, &["status", "--lang", lang]).await)
}

/// The paths of pings without their `rid`, and their bodies.
fn pings(switch: &Fake) -> Vec<(String, String)> {
    let requests = switch.requests();
    let one = |request: &String| {
        let path = request.split(' ').nth(1).unwrap();
        let path = path.split_once("?rid=").unwrap().0.to_owned();
        (path, request.split_once("\r\n\r\n").unwrap().1.to_owned())
    };
    requests.iter().map(one).collect()
}

fn watched(port: u16) -> impl Fn(String) -> String {
    move |text| {
        format!(
            "{text}\n[notify.ping]\nurl = \"http://127.0.0.1:{port}/uuid\"\n\
             allow_loopback = true\n[metrics]\ntextfile = \"doisoat.prom\"\n"
        )
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_without_its_database_is_told_to_everybody() {
    let switch = Fake::answering(|_| answer(200, &[], "OK")).await;
    let town = town(Kind::Sqlite, &watched(switch.port)).await;
    assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
    let told = status(&town, 0).await;
    assert_eq!(told["last_start"]["state"], "published");
    assert_eq!(told["last_start"]["run_id"], told["last"]["run_id"]);
    assert_eq!(told["last_start"]["exit_code"], 0);
    let database = town.dir().join("test.db");
    std::fs::rename(&database, town.dir().join("away.db")).unwrap();
    let failed = run(&town, &["run", "--date", "2022-12-06"]).await;
    assert_eq!(code(&failed), 10, "{}", stderr(&failed));
    // the switch
    let told = pings(&switch);
    let paths: Vec<&str> = told.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["/uuid/start", "/uuid/0", "/uuid/10"]);
    let body = &told[2].1;
    assert!(
        body.starts_with("2022-12-06\n") && body.contains("không thấy cơ sở dữ liệu"),
        "{body}"
    );
    // the metrics: this run failed, and the last good night is still known
    let metrics = std::fs::read_to_string(town.dir().join("doisoat.prom")).unwrap();
    let midnight = day(FIRST).start_ms() / 1000;
    for line in [
        "doisoat_run_exit_code 10\n".to_owned(),
        format!("doisoat_night_timestamp_seconds {midnight}\n"),
        "doisoat_source_state{source=\"vnpay\",state=\"complete\"} 1\n".to_owned(),
    ] {
        assert_eq!(metrics.matches(&line).count(), 1, "{line}{metrics}");
    }
    // status, with the code that `run` met
    let told = status(&town, 10).await;
    assert_eq!(told["error"]["code"], "database");
    let start = &told["last_start"];
    assert_eq!(
        (
            &start["state"],
            &start["exit_code"],
            &start["business_date"]
        ),
        (&"failed".into(), &10.into(), &"2022-12-06".into())
    );
    let text = words(&town, "vi").await;
    assert!(
        text.contains("đêm 06/12/2022: HỎNG lúc") && text.contains("mã thoát 10"),
        "{text}"
    );
    // also once the database is there again
    std::fs::rename(town.dir().join("away.db"), &database).unwrap();
    let told = status(&town, 0).await;
    assert_eq!(told["last_start"]["state"], "failed");
    assert_eq!(told["last"]["business_date"], FIRST);
    // a start that is turned away is none, and a dry run neither
    let dry = run(&town, &["run", "--date", FIRST, "--dry-run"]).await;
    assert_eq!(code(&dry), 0);
    assert_eq!(status(&town, 0).await["last_start"], told["last_start"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_that_is_gone_is_told_too() {
    let switch = Fake::answering(|_| answer(200, &[], "OK")).await;
    let town = town(Kind::Postgres, &watched(switch.port)).await;
    let gone = town.toml(&watched(switch.port));
    let gone = gone.replace(&town.database.url, "postgres://doisoat@127.0.0.1:1/nothing");
    std::fs::write(town.dir().join("doisoat.toml"), gone).unwrap();
    std::fs::create_dir_all(town.dir().join("archive")).unwrap();
    let failed = run(&town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&failed), 1, "{}", stderr(&failed));
    assert_eq!(pings(&switch)[0].0, "/uuid/1");
    assert!(town.dir().join("archive/last-run.json").exists());
    let told = status(&town, 1).await;
    assert_eq!(told["last_start"]["state"], "failed");
    let plain = run(&town, &["status", "--lang", "en"]).await;
    assert!(
        stdout(&plain).contains("night 2022-12-05: FAILED at "),
        "{}",
        stdout(&plain)
    );
    assert!(
        stderr(&plain).starts_with("doisoat: "),
        "{}",
        stderr(&plain)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_stopped_from_broken_off_and_running() {
    let town = town(Kind::Sqlite, &as_is).await;
    town.sandbox.set_fault(Fault::named("hang_always"));
    for (signal, wanted, word) in [
        ("TERM", "stopped", "BỊ DỪNG lúc"),
        ("KILL", "broken_off", "BỊ NGẮT GIỮA CHỪNG"),
    ] {
        let _gone = std::fs::remove_file(town.dir().join("test.db.last-run.json"));
        let mut command = program(&town);
        command.args(["run", "--date", FIRST]).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        while !town.dir().join("test.db.last-run.json").exists() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(status(&town, 0).await["last_start"]["state"], "running");
        let pid = child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([format!("-{signal}"), pid])
            .status();
        assert!(sent.unwrap().success());
        let ended = tokio::task::spawn_blocking(move || child.wait().unwrap());
        ended.await.unwrap();
        assert_eq!(status(&town, 0).await["last_start"]["state"], wanted);
        let text = words(&town, "vi").await;
        assert!(text.contains(word), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_the_nights_that_are_lacking() {
    let start = Day::of_ms(SystemClock.now_ms()).minus(4);
    let town = town(Kind::Sqlite, &|text| {
        format!("[start]\ndate = \"{start}\"\n[schedule]\ncatch_up = \"none\"\n{text}")
    })
    .await;
    let missed = status(&town, 0).await["missed"].clone();
    let missed: Vec<&str> = missed
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d.as_str().unwrap())
        .collect();
    // before 01:30 the night of yesterday is not due yet
    assert!((3..=4).contains(&missed.len()), "{missed:?}");
    assert_eq!(missed[0], start.to_string());
    let text = words(&town, "en").await;
    let line = format!(
        "! Nights due and not published: {} ({start}, ",
        missed.len()
    );
    assert!(text.contains(&line), "{text}");
    assert!(
        text.contains(&format!("→ doisoat backfill --from {start} --to ")),
        "{text}"
    );
}

#[test]
fn an_empty_name_of_the_configuration_is_told_as_that() {
    let dir = tempfile::tempdir().unwrap();
    for command in ["run", "status", "check"] {
        let output = doisoat(dir.path())
            .arg(command)
            .env("DOISOAT_CONFIG", "")
            .output()
            .unwrap();
        assert_eq!(code(&output), 2);
        assert_eq!(
            stderr(&output),
            "doisoat: --config or $DOISOAT_CONFIG: is empty: it names no configuration file\n  \
             name the file, or unset DOISOAT_CONFIG to take ./doisoat.toml\n"
        );
    }
}

/// What an optional source does not bring is told, and earns no exit code.
#[tokio::test(flavor = "multi_thread")]
async fn an_optional_source_that_does_not_come_leaves_the_exit_code() {
    let optional = |text: String| {
        let text = text.replace("/casso\"", "/nowhere\"");
        text.replace("kind = \"casso\"", "required = false\nkind = \"casso\"")
    };
    let town = town(Kind::Sqlite, &optional).await;
    for folder in ["archive", "reports"] {
        std::fs::create_dir(town.dir().join(folder)).unwrap();
    }
    let checked = run(&town, &["check"]).await;
    let text = stdout(&checked);
    assert_eq!(code(&checked), 0, "{text}");
    assert!(text.contains("warn  source casso-main: "), "{text}");
    let night = run(&town, &["run", "--date", FIRST, "--json"]).await;
    assert_eq!(code(&night), 0, "{}", stderr(&night));
    let document = json(&night);
    assert_eq!(document["exit_codes"], serde_json::json!([0]));
    let state = &crate::town::source(&document, "casso-main")["state"];
    assert!(
        ["missing", "late"].contains(&state.as_str().unwrap()),
        "{state}"
    );
    let page = std::fs::read_to_string(town.folder(FIRST).join("index.html")).unwrap();
    assert!(
        page.contains("không bắt buộc"),
        "the page says that nobody waits for it"
    );
}

/// The first target leads, whatever the alphabet says.
#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_is_led_by_the_first_target() {
    let second = "[[target]]\ndefinition = \"DOSSIER_CASHLESS\"\nshare = \"80%\"\n\
                  valid_from = \"2022-12-02\"\n\n";
    let at = "[[source]]\nname = \"one-stop\"";
    let town = town(Kind::Sqlite, &|text| {
        text.replace(at, &format!("{second}{at}"))
    })
    .await;
    assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
    town.morning_after(day("2022-12-06"));
    assert_eq!(code(&run(&town, &["run", "--date", "2022-12-06"]).await), 0);
    let diff = json(&run(&town, &["diff", FIRST, "2022-12-06", "--json"]).await);
    let led: Vec<&str> = diff["shares"]
        .as_array()
        .unwrap()
        .iter()
        .map(|share| share["definition"].as_str().unwrap())
        .collect();
    assert_eq!(led[0], "TX_CASHLESS", "{led:?}");
    assert!(led.contains(&"DOSSIER_CASHLESS"), "{led:?}");
}
