//! What happens around a night that nobody watches: its process is stopped and woken, its log takes
//! no more, the clock jumps, another program holds the database, answers without end. After each
//! the night is run again without help, and all is as if nothing had happened.

use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use doisoat::clock::Clock;
use doisoat::job::nightly::{self, Mode};
use doisoat::sandbox::Fault;
use serde_json::Value;
use sqlx::Connection as _;

use crate::campaign::{Field, Trial, said};
use crate::database::Kind;
use crate::night_cli;
use crate::schedule_cli::{signal, until};
use crate::town::{FIRST, Town, as_is, day};

/// The night at work, once it has made so many steps.
async fn begun(field: &Field, trial: &Trial, steps: usize) -> Child {
    let log = trial.dir().join("steps.log");
    let mut command = field.program(trial);
    command
        .args(["run", "--date", FIRST])
        .env("DOISOAT_FAULT_LOG", &log)
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let made = || std::fs::read_to_string(&log).map_or(0, |text| text.lines().count());
    until(|| made() >= steps, "the step").await;
    child
}

async fn ended(child: Child) -> Output {
    let wait = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    wait.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_is_stopped_keeps_its_lease_and_ends_its_night_when_it_is_woken() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let field = Field::new(kind).await;
        let wanted = field.undisturbed().await;
        let trial = field.trial("stopped").await;
        let child = begun(&field, &trial, 60).await;
        signal(&child, "STOP");
        let other = field.night(&trial, &[]).await;
        assert_eq!(other.status.code(), Some(11), "{kind:?}: {}", said(&other));
        assert!(
            said(&other).contains(&format!("run {FIRST}")),
            "{}",
            said(&other)
        );
        signal(&child, "CONT");
        let woken = ended(child).await;
        assert_eq!(woken.status.code(), Some(0), "{kind:?}: {}", said(&woken));
        assert_eq!(wanted.difference(&trial.state().await), None, "{kind:?}");
    }
}

/// Its session ends while it is stopped, another start takes over and publishes.
#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_lost_its_lease_while_it_was_stopped_publishes_nothing() {
    let field = Field::new(Kind::Postgres).await;
    let wanted = field.undisturbed().await;
    for steps in [30, 120, 240] {
        let trial = field.trial(&format!("lost{steps}")).await;
        let child = begun(&field, &trial, steps).await;
        signal(&child, "STOP");
        let end = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        trial.database.texts(end).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let other = field.night(&trial, &[]).await;
        assert_eq!(other.status.code(), Some(0), "{steps}: {}", said(&other));
        signal(&child, "CONT");
        let woken = ended(child).await;
        assert_eq!(woken.status.code(), Some(1), "{steps}: {}", said(&woken));
        assert_eq!(wanted.difference(&trial.state().await), None, "{steps}");
    }
}

/// A clock that jumps after it was looked at so often.
#[derive(Debug)]
struct Jumping {
    now_ms: i64,
    looked: AtomicI64,
    after: i64,
    by_ms: i64,
}

impl Clock for Jumping {
    fn now_ms(&self) -> i64 {
        let jumped = self.looked.fetch_add(1, Ordering::SeqCst) >= self.after;
        self.now_ms + if jumped { self.by_ms } else { 0 }
    }
}

const HOUR_MS: i64 = 3_600_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_during_the_night_changes_nothing() {
    let field = Field::new(Kind::Sqlite).await;
    let run = async |name: String, after: i64, by_ms: i64| {
        let trial = field.trial(&name).await;
        let clock = Arc::new(Jumping {
            // every limit of freshness has passed, before and after: that one is an input
            now_ms: day(FIRST).plus(4).start_ms() + 3 * HOUR_MS,
            looked: AtomicI64::new(0),
            after,
            by_ms,
        });
        let desk = field.desk(&trial, clock.clone()).await;
        let night = nightly::run(&desk, day(FIRST), Mode::Publish)
            .await
            .unwrap();
        assert!(night.published, "{name}");
        desk.close().await;
        (trial.state().await, clock.looked.load(Ordering::SeqCst))
    };
    let (wanted, looks) = run("steady".into(), i64::MAX, 0).await;
    assert!(looks > 8, "{looks}");
    for by_ms in [-2 * HOUR_MS, 30 * 24 * HOUR_MS] {
        for after in [1, 2, 3, looks / 4, looks / 2, looks - 2] {
            let (state, _) = run(format!("jump{after}by{by_ms}"), after, by_ms).await;
            assert_eq!(
                wanted.difference(&state),
                None,
                "{by_ms} ms after {after} of {looks}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_takes_no_more_costs_no_night() {
    let field = Field::new(Kind::Sqlite).await;
    let wanted = field.undisturbed().await;
    for format in ["text", "json"] {
        let trial = field.trial(&format!("log{format}")).await;
        let full = || std::fs::OpenOptions::new().write(true).open("/dev/full");
        let mut command = field.program(&trial);
        command
            .args(["--log-format", format, "run", "--date", FIRST])
            .stdout(full().unwrap())
            .stderr(full().unwrap());
        let output = ended(command.spawn().unwrap()).await;
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert_eq!(wanted.difference(&trial.state().await), None, "{format}");
    }
}

/// A limit on the size of a file: the kernel ends the process that writes beyond it.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_may_write_no_large_file_heals_without_the_limit() {
    let field = Field::new(Kind::Sqlite).await;
    let wanted = field.undisturbed().await;
    for blocks in [8, 200, 2_000] {
        let trial = field.trial(&format!("blocks{blocks}")).await;
        let plain = field.program(&trial);
        let mut command = Command::new("sh");
        let limited = format!("ulimit -f {blocks} && exec \"$0\" run --date {FIRST}");
        command.args(["-c", &limited]).arg(plain.get_program());
        command.current_dir(trial.dir());
        command.envs(
            plain
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let output = ended(command.spawn().unwrap()).await;
        assert_ne!(output.status.code(), Some(0), "{blocks}: {}", said(&output));
        let wrong = field.heals(&trial, &wanted, 1).await;
        assert!(wrong.is_empty(), "{blocks}: {wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_waits_a_second_for_another_writer_and_not_for_ever() {
    let field = Field::new(Kind::Sqlite).await;
    let wanted = field.undisturbed().await;
    for is_short in [true, false] {
        let trial = field.trial(&format!("writer{is_short}")).await;
        let mut writer = sqlx::SqliteConnection::connect(&trial.database.url)
            .await
            .unwrap();
        let begin = sqlx::query("BEGIN IMMEDIATE").execute(&mut writer);
        begin.await.unwrap();
        let mut command = field.program(&trial);
        command
            .args(["run", "--date", FIRST])
            .stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        if is_short {
            tokio::time::sleep(Duration::from_secs(1)).await;
            writer.close().await.unwrap();
            let output = ended(child).await;
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        } else {
            let output = ended(child).await;
            let text = said(&output);
            assert_eq!(output.status.code(), Some(1), "{text}");
            assert!(text.contains("the database is busy"), "{text}");
            writer.close().await.unwrap();
            assert_eq!(field.night(&trial, &[]).await.status.code(), Some(0));
        }
        assert_eq!(wanted.difference(&trial.state().await), None, "{is_short}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_another_session_holds_ends_the_night_and_a_rerun_heals() {
    let field = Field::new(Kind::Postgres).await;
    let wanted = field.undisturbed().await;
    let trial = field.trial("held").await;
    let mut other = sqlx::PgConnection::connect(&trial.database.url)
        .await
        .unwrap();
    for sql in ["BEGIN", "LOCK TABLE txn IN ACCESS EXCLUSIVE MODE"] {
        sqlx::query(sql).execute(&mut other).await.unwrap();
    }
    let output = field.night(&trial, &[]).await;
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("the database is busy"), "{text}");
    other.close().await.unwrap();
    assert_eq!(field.night(&trial, &[]).await.status.code(), Some(0));
    assert_eq!(wanted.difference(&trial.state().await), None);
}

/// A log of changes that belongs to no database, beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_wal_beside_the_database_is_no_part_of_it() {
    let field = Field::new(Kind::Sqlite).await;
    let wanted = field.undisturbed().await;
    let trial = field.trial("foreign").await;
    std::fs::write(trial.dir().join("test.db-wal"), vec![0x5a_u8; 65_536]).unwrap();
    let output = field.night(&trial, &[]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(wanted.difference(&trial.state().await), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_end_cost_bounded_memory() {
    const MAX: u64 = 256 << 20;
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    for fault in ["huge_body", "gzip_bomb", "deep_json"] {
        town.sandbox.set_fault(Fault::named(fault));
        let output = night_cli::run(&town, &["run", "--date", FIRST]).await;
        assert!(output.status.code().is_some(), "{fault}: {}", said(&output));
        let text = std::fs::read(town.folder(FIRST).join("timings.json")).unwrap();
        let timings: Value = serde_json::from_slice(&text).unwrap();
        let peak = timings["peak_memory_bytes"].as_u64().unwrap();
        assert!(peak > 0 && peak <= MAX, "{fault}: {peak}");
    }
}
