//! The night as a whole, on both databases: the same inputs change nothing, one source's trouble is
//! only its own, and a kill at any step is made good by the next start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use doisoat::clock::FixedClock;
use doisoat::config::{Config, Surroundings};
use doisoat::domain::day::local;
use doisoat::domain::{Day, SourceName};
use doisoat::job::nightly::{self, Mode, Night};
use doisoat::job::report_again::{self, Span, month};
use doisoat::job::{Desk, Exit, JobError, pull};
use doisoat::sandbox::{Fault, Sandbox, SandboxOptions};
use doisoat::source::Pace;
use serde_json::Value;

use crate::database::{Database, Kind};

const FIRST: &str = "2022-12-05";
const HOUR_MS: i64 = 3_600_000;

pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A district, its simulators, a database and a folder: everything that a night needs.
pub struct Town {
    pub database: Database,
    pub sandbox: Sandbox,
    clock: Arc<FixedClock>,
}

/// What of the configuration a test changes.
type Edit<'a> = &'a dyn Fn(String) -> String;

impl Town {
    pub async fn new(kind: Kind) -> Self {
        let database = Database::empty(kind);
        database.create().await.close().await;
        let options = SandboxOptions {
            seed: 1,
            port: 0,
            fault: None,
            first_day: day(FIRST).date(),
            days: 3,
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        sandbox.set_rate_limit(false);
        let clock = Arc::new(FixedClock::new(day(FIRST).start_ms()));
        std::fs::create_dir(database.dir.path().join("inbox")).unwrap();
        Self {
            database,
            sandbox,
            clock,
        }
    }

    pub fn dir(&self) -> &Path {
        self.database.dir.path()
    }

    /// The export of `day` lies in the folder, and it is 01:30 of the next morning.
    pub fn morning_after(&self, day: Day) {
        self.sandbox
            .district()
            .write_registry(&self.dir().join("inbox"), day.date())
            .unwrap();
        self.set_now(day.plus(1).start_ms() + HOUR_MS * 3 / 2);
    }

    pub fn set_now(&self, ms: i64) {
        self.clock.set(ms).unwrap();
        self.sandbox.set_now(local(ms).unwrap());
    }

    /// The text of a configuration that reads this town.
    pub fn toml(&self, edit: Edit<'_>) -> String {
        let sources = self.sandbox.toml_sources();
        let sources = sources.replace(
            "allow_loopback = true\n",
            "allow_loopback = true\nrate_limit = \"1000/s\"\n",
        );
        edit(format!(
            "[database]\nurl = \"{}\"\n[[target]]\ndefinition = \"TX_CASHLESS\"\n\
             share = \"50%\"\nvalid_from = \"2022-12-02\"\n\n{sources}",
            self.database.url
        ))
    }

    pub async fn desk(&self, edit: Edit<'_>) -> Desk {
        let file = self.dir().join("doisoat.toml");
        let config = Config::parse(&self.toml(edit), &file).unwrap();
        let mut desk = Desk::open(config, self.clock.clone()).await.unwrap();
        let known = ["sepay", "casso", "vnpay"].map(|name| self.sandbox.credentials(name));
        let secrets = known.into_iter().flatten();
        let secrets: BTreeMap<String, String> = secrets
            .map(|c| (c.env.to_owned(), c.value.to_owned()))
            .collect();
        desk.around = Surroundings::fixed(secrets, None);
        desk.pace = Pace {
            first_wait: Duration::from_millis(1),
            ..Pace::default()
        };
        desk.file_pause = Duration::from_millis(1);
        desk
    }

    pub async fn dump(&self) -> String {
        let store = self.database.open().await;
        let dump = store.dump().await.unwrap();
        store.close().await;
        dump
    }

    /// Every published file but `timings.json`, by path inside the report folder.
    pub fn reports(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.dir().join("reports"))
    }

    pub fn folder(&self, day: &str) -> PathBuf {
        self.dir().join("reports").join(day)
    }
}

pub fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(root) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(
                files(&path)
                    .into_iter()
                    .map(|(file, b)| (format!("{name}/{file}"), b)),
            );
        } else if name != "timings.json" {
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    found
}

pub fn as_is(text: String) -> String {
    text
}

async fn night(desk: &Desk, date: &str) -> Night {
    nightly::run(desk, day(date), Mode::Publish).await.unwrap()
}

fn codes(night: &Night) -> Vec<u8> {
    night.exits.iter().map(|exit| exit.code()).collect()
}

fn document(night: &Night) -> Value {
    serde_json::from_str(&night.run.run_json).unwrap()
}

fn source<'a>(run: &'a Value, name: &str) -> &'a Value {
    run["sources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|source| source["name"] == name)
        .unwrap()
}

/// The year's share of the first target.
fn headline(run: &Value) -> &Value {
    let all = run["share"].as_array().unwrap();
    let is_it =
        |s: &&Value| s["definition"] == "TX_CASHLESS" && s["scope"] == "" && s["period"] == "2022";
    all.iter().find(is_it).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_twice_changes_nothing_and_both_databases_agree() {
    let mut results = Vec::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        for date in [FIRST, "2022-12-06"] {
            town.morning_after(day(date));
            let first = night(&desk, date).await;
            assert_eq!(
                (codes(&first), first.published),
                (vec![0], true),
                "{kind:?} {date}"
            );
            let (dump, reports) = (town.dump().await, town.reports());
            let again = night(&desk, date).await;
            assert!(!again.published);
            assert_eq!(
                (&again.run.id, codes(&again)),
                (&first.run.id, vec![0]),
                "{kind:?} {date}"
            );
            assert_eq!(town.dump().await, dump, "{kind:?}: the same state");
            assert_eq!(town.reports(), reports, "{kind:?}: the same files");
        }
        // An earlier night again, after a later one: its deadlines have passed since, which is an
        // input, so it is published once more, with the same tables; from then on nothing changes.
        let second = night(&desk, FIRST).await;
        assert_eq!(
            (second.run.version, codes(&second)),
            (2, vec![0]),
            "{kind:?}"
        );
        let reports = town.reports();
        for file in ["exceptions.csv", "links.csv", "share.csv"] {
            let (old, new) = (format!("{FIRST}.v1/{file}"), format!("{FIRST}/{file}"));
            assert_eq!(reports[&old], reports[&new], "{kind:?} {file}");
        }
        let dump = town.dump().await;
        assert!(!night(&desk, FIRST).await.published, "{kind:?}");
        assert_eq!(
            (town.dump().await, town.reports()),
            (dump, reports),
            "{kind:?}"
        );
        results.push((town.dump().await, town.reports()));
    }
    let postgres = results.pop().unwrap();
    assert_eq!(results.pop().unwrap(), postgres, "SQLite and PostgreSQL");
}

#[tokio::test(flavor = "multi_thread")]
async fn pulling_ten_times_in_overlaps_changes_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        town.morning_after(day("2022-12-06"));
        pull::alone(&desk, day(FIRST), None).await.unwrap();
        pull::alone(&desk, day("2022-12-06"), None).await.unwrap();
        let once = town.dump().await;
        let sepay = SourceName::new("sepay-main");
        for n in 0..10 {
            let date = if n % 3 == 0 { "2022-12-06" } else { FIRST };
            let only = (n % 4 == 1).then_some(&sepay);
            pull::alone(&desk, day(date), only).await.unwrap();
            assert_eq!(town.dump().await, once, "{kind:?}: pull {n}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_down_is_exit_3_and_the_others_are_read() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        town.morning_after(day(FIRST));
        let base = town.sandbox.base_url("sepay");
        let down = |text: String| text.replace(&base, "http://127.0.0.1:1/sepay");
        let desk = town.desk(&down).await;
        let late = night(&desk, FIRST).await;
        assert_eq!(codes(&late), [3], "{kind:?}");
        let run = document(&late);
        assert_eq!(source(&run, "sepay-main")["state"], "late");
        assert_eq!(source(&run, "casso-main")["state"], "complete");
        assert_eq!(source(&run, "vnpay")["state"], "complete");
        assert_eq!(headline(&run)["verdict"], "undecided");
        // Past its freshness it is missing: source states are inputs, so this is a new run.
        town.set_now(day(FIRST).plus(4).start_ms());
        let missing = night(&desk, FIRST).await;
        assert_eq!(
            source(&document(&missing), "sepay-main")["state"],
            "missing"
        );
        assert_eq!(
            (missing.run.version, missing.run.replaces),
            (2, Some(late.run.id))
        );
        assert!(
            town.folder("2022-12-05.v1").is_dir(),
            "the replaced folder stays"
        );
        // Once it answers, the night heals.
        let desk = town.desk(&as_is).await;
        let healed = night(&desk, FIRST).await;
        assert_eq!(
            (codes(&healed), healed.run.version),
            (vec![0], 3),
            "{kind:?}"
        );
        assert_eq!(
            source(&document(&healed), "sepay-main")["state"],
            "complete"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_credential_is_exit_12_and_no_row_of_it_is_stored() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let mut desk = town.desk(&as_is).await;
    let known = ["sepay", "casso", "vnpay"].map(|name| town.sandbox.credentials(name));
    let wrong = known.into_iter().flatten().map(|c| {
        let value = if c.env.contains("CASSO") {
            "CANARY-WRONG"
        } else {
            c.value
        };
        (c.env.to_owned(), value.to_owned())
    });
    desk.around = Surroundings::fixed(wrong.collect(), None);
    let refused = night(&desk, FIRST).await;
    assert_eq!(codes(&refused), [12, 3]);
    let run = document(&refused);
    let casso = source(&run, "casso-main");
    assert_eq!(
        (&casso["state"], &casso["rows"]),
        (&"refused".into(), &0.into())
    );
    assert_eq!(source(&run, "sepay-main")["state"], "complete");
    for (name, bytes) in town.reports() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("CANARY"), "{name} shows a credential");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_is_exit_12() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    town.sandbox
        .set_fault(Some(Fault::named("wrong_signature").unwrap()));
    let refused = night(&desk, FIRST).await;
    assert_eq!(codes(&refused), [12, 3]);
    let run = document(&refused);
    let vnpay = source(&run, "vnpay");
    assert_eq!(
        (&vnpay["state"], &vnpay["rows"]),
        (&"refused".into(), &0.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn open_money_above_the_gate_is_exit_4() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let gate = |text: String| format!("[gates]\nopen_vnd_max = 0\n{text}");
    let desk = town.desk(&gate).await;
    assert_eq!(codes(&night(&desk, FIRST).await), [4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_secret_ends_before_anything_is_read() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let mut desk = town.desk(&as_is).await;
    desk.around = Surroundings::fixed(BTreeMap::new(), None);
    let before = town.dump().await;
    let error = nightly::run(&desk, day(FIRST), Mode::Publish)
        .await
        .unwrap_err();
    assert_eq!(error.exit(), Exit::Usage);
    let (message, fix) = error.message_and_fix();
    assert!(message.contains("DOISOAT_SANDBOX_SEPAY_TOKEN"), "{message}");
    assert!(!fix.is_empty());
    assert_eq!(town.dump().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_has_not_closed_is_refused() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    assert_eq!(desk.last_closed_day(), day(FIRST));
    let error = nightly::run(&desk, day("2022-12-06"), Mode::Publish)
        .await
        .unwrap_err();
    assert!(matches!(error, JobError::Usage { .. }), "{error}");
    let (message, fix) = error.message_and_fix();
    assert_eq!(message, "2022-12-06 has not closed yet");
    assert_eq!(fix, "the last closed business day is 2022-12-05");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_publishes_nothing() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    let dry = nightly::run(&desk, day(FIRST), Mode::DryRun).await.unwrap();
    assert!(!dry.published && town.reports().is_empty());
    assert!(desk.store.last_run().await.unwrap().is_none());
    let real = night(&desk, FIRST).await;
    assert_eq!(
        dry.run.run_json, real.run.run_json,
        "what it said is what is published"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_around_the_commit_is_made_good_by_the_next_start() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        let run = night(&desk, FIRST).await.run;
        let (dump, reports) = (town.dump().await, town.reports());
        let hidden = town.dir().join(format!("reports/.{FIRST}.{}.tmp", run.id));
        let check = async |what: &str| {
            let again = night(&desk, FIRST).await;
            assert!(!again.published, "{kind:?}, {what}");
            assert_eq!(town.reports(), reports, "{kind:?}, {what}");
            assert_eq!(town.dump().await, dump, "{kind:?}, {what}");
        };
        // Between the commit and the rename: the folder is there under its hidden name.
        std::fs::rename(town.folder(FIRST), &hidden).unwrap();
        check("committed, not revealed").await;
        // The folder was lost altogether.
        std::fs::remove_dir_all(town.folder(FIRST)).unwrap();
        check("committed, no folder").await;
        // Between staging and the commit of another run: its folder is a leftover.
        let other = town
            .dir()
            .join(format!("reports/.{FIRST}.{FIRST}-0123456789ab-2.tmp"));
        std::fs::create_dir(&other).unwrap();
        std::fs::write(other.join("run.json"), "{}").unwrap();
        check("staged, not committed").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn being_asked_to_stop_leaves_a_state_that_resumes() {
    let town = Town::new(Kind::Sqlite).await;
    let reference = Town::new(Kind::Sqlite).await;
    reference.morning_after(day(FIRST));
    night(&reference.desk(&as_is).await, FIRST).await;
    town.morning_after(day(FIRST));
    let desk = town.desk(&as_is).await;
    let (stop, running) = (desk.stop.clone(), desk.clone());
    let task = tokio::spawn(async move { nightly::run(&running, day(FIRST), Mode::Publish).await });
    tokio::time::sleep(Duration::from_millis(40)).await;
    stop.ask(Exit::Terminated);
    let error = task.await.unwrap().unwrap_err();
    assert_eq!(error.exit(), Exit::Terminated, "{error}");
    assert!(town.reports().is_empty());
    night(&town.desk(&as_is).await, FIRST).await;
    assert_eq!(town.reports(), reference.reports());
    assert_eq!(town.dump().await, reference.dump().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_come_again_from_the_store() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, "2022-12-06"] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    let out = town.dir().join("again");
    let span = Span::Night(day("2022-12-06"));
    let folder = report_again::write(&desk, &span, &out).await.unwrap();
    assert_eq!(
        files(&folder),
        files(&town.folder("2022-12-06")),
        "as published"
    );
    let span = Span::Days(month("2022-12").unwrap());
    let folder = report_again::write(&desk, &span, &out).await.unwrap();
    assert!(folder.ends_with("2022-12") && folder.join("index.html").is_file());
    let span = Span::Night(day("2022-12-07"));
    let error = report_again::write(&desk, &span, &out).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Usage);
}
