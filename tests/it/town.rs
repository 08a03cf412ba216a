//! A district, its simulators, a database and a folder: what the tests of a night need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use doisoat::clock::FixedClock;
use doisoat::config::{Config, Surroundings};
use doisoat::domain::Day;
use doisoat::domain::day::local;
use doisoat::job::Desk;
use doisoat::job::nightly::{self, Mode, Night};
use doisoat::sandbox::{Sandbox, SandboxOptions};
use doisoat::source::Pace;
use serde_json::Value;

use crate::database::{Database, Kind};
use crate::report::schema::keeps_to_schema;

pub(crate) const FIRST: &str = "2022-12-05";
const HOUR_MS: i64 = 3_600_000;

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A district, its simulators, a database and a folder: everything that a night needs.
pub(crate) struct Town {
    pub(crate) database: Database,
    pub(crate) sandbox: Sandbox,
    clock: Arc<FixedClock>,
}

/// What of the configuration a test changes.
pub(crate) type Edit<'a> = &'a dyn Fn(String) -> String;

impl Town {
    pub(crate) async fn new(kind: Kind) -> Self {
        let options = SandboxOptions {
            seed: 1,
            port: 0,
            fault: None,
            first_day: day(FIRST).date(),
            days: 3,
        };
        Self::around(kind, Sandbox::start(options).await.unwrap()).await
    }

    /// A town whose simulators run already.
    pub(crate) async fn around(kind: Kind, sandbox: Sandbox) -> Self {
        let database = Database::empty(kind);
        database.create().await.close().await;
        sandbox.set_rate_limit(false);
        let clock = Arc::new(FixedClock::new(day(FIRST).start_ms()));
        std::fs::create_dir(database.dir.path().join("inbox")).unwrap();
        Self {
            database,
            sandbox,
            clock,
        }
    }

    pub(crate) fn dir(&self) -> &Path {
        self.database.dir.path()
    }

    /// The export of `day` lies in the folder, and it is 01:30 of the next morning.
    pub(crate) fn morning_after(&self, day: Day) {
        self.sandbox
            .district()
            .write_registry(&self.dir().join("inbox"), day.date())
            .unwrap();
        self.set_now(day.plus(1).start_ms() + HOUR_MS * 3 / 2);
    }

    pub(crate) fn set_now(&self, ms: i64) {
        self.clock.set(ms).unwrap();
        self.sandbox.set_now(local(ms).unwrap());
    }

    /// The text of a configuration that reads this town.
    pub(crate) fn toml(&self, edit: Edit<'_>) -> String {
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

    pub(crate) async fn desk(&self, edit: Edit<'_>) -> Desk {
        let file = self.dir().join("doisoat.toml");
        let config = Config::parse(&self.toml(edit), &file).unwrap();
        let mut desk = Desk::open(config, self.clock.clone()).await.unwrap();
        let known = self.sandbox.providers();
        let secrets = known.flat_map(|name| self.sandbox.credentials(name));
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

    pub(crate) async fn dump(&self) -> String {
        let store = self.database.open().await;
        let dump = store.dump().await.unwrap();
        store.close().await;
        dump
    }

    /// Every published file but `timings.json`, by path inside the report folder.
    pub(crate) fn reports(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.dir().join("reports"))
    }

    pub(crate) fn folder(&self, day: &str) -> PathBuf {
        self.dir().join("reports").join(day)
    }
}

pub(crate) fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
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
            let bytes = std::fs::read(&path).unwrap();
            keeps_to_schema(&name, &bytes);
            found.insert(name, bytes);
        }
    }
    found
}

pub(crate) fn as_is(text: String) -> String {
    text
}

pub(crate) async fn night(desk: &Desk, date: &str) -> Night {
    let night = nightly::run(desk, day(date), Mode::Publish).await.unwrap();
    keeps_to_schema("run.json", night.run.run_json.as_bytes());
    night
}

pub(crate) fn codes(night: &Night) -> Vec<u8> {
    night.exits.iter().map(|exit| exit.code()).collect()
}

pub(crate) fn document(night: &Night) -> Value {
    serde_json::from_str(&night.run.run_json).unwrap()
}

pub(crate) fn source<'a>(run: &'a Value, name: &str) -> &'a Value {
    run["sources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|source| source["name"] == name)
        .unwrap()
}

/// The year's share of the first target.
pub(crate) fn headline(run: &Value) -> &Value {
    let all = run["share"].as_array().unwrap();
    let is_it =
        |s: &&Value| s["definition"] == "TX_CASHLESS" && s["scope"] == "" && s["period"] == "2022";
    all.iter().find(is_it).unwrap()
}

/// Compares two dumps and shows the lines that only one of them has, cut.
pub(crate) fn same_dump(left: &str, right: &str, what: &str) {
    let lines = |dump: &str| {
        dump.lines()
            .map(str::to_owned)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let (left, right) = (lines(left), lines(right));
    let cut = |line: &String| line.chars().take(300).collect::<String>();
    let differing: Vec<String> = left.symmetric_difference(&right).map(cut).take(6).collect();
    assert!(differing.is_empty(), "{what}:\n{}", differing.join("\n"));
}

/// The dong that the one line of what is outside tells as told by no night.
pub(crate) fn amount_of(run: &Value) -> i64 {
    run["period"]["outside"][0]["untold"]["sum_vnd"]
        .as_i64()
        .unwrap()
}
