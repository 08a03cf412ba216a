//! What the campaigns share: one field of simulators, a fresh folder and database a trial, the
//! program as it is run at night, and the state that must come out of it.
//!
//! `DOISOAT_CAMPAIGN_COUNT` says how many trials, `DOISOAT_CAMPAIGN_FIRST` with which to begin,
//! `DOISOAT_CAMPAIGN_SEED` from which seed they are drawn, `DOISOAT_CAMPAIGN_AT_ONCE` how many run
//! side by side (a night waits more than it works).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use doisoat::clock::Clock;
use doisoat::config::{Config, Surroundings};
use doisoat::job::Desk;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use crate::cli::doisoat;
use crate::database::{Database, Kind};
use crate::fake::{Fake, answer};
use crate::notify::mail::Server;
use crate::town::{FIRST, Town, as_is, day, files};

/// A number from the environment.
pub(crate) fn setting(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(format!("DOISOAT_CAMPAIGN_{name}")).ok();
    set.map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The numbers of a trial, from the campaign's seed and its own.
pub(crate) fn numbers(trial: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(setting("SEED", 1) * 1_000_003 + trial)
}

/// What a night leaves behind.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) dump: String,
    pub(crate) reports: BTreeMap<String, Vec<u8>>,
}

impl State {
    /// The first difference in words.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        let lines = |dump: &str| dump.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        let (left, right) = (lines(&self.dump), lines(&other.dump));
        if let Some(line) = left.symmetric_difference(&right).next() {
            let side = if left.contains(line) { "lost" } else { "added" };
            let line: String = line.chars().take(300).collect();
            return Some(format!("{side} in the database: {line}"));
        }
        let names = self.reports.keys().chain(other.reports.keys());
        let differs = |name: &&String| self.reports.get(*name) != other.reports.get(*name);
        let differing: BTreeSet<&String> = names.filter(differs).collect();
        (!differing.is_empty()).then(|| format!("other reports: {differing:?}"))
    }
}

/// The simulators, somebody who is told, and the state of an uninterrupted night.
pub(crate) struct Field {
    town: Town,
    hook: Fake,
    post: Server,
    kind: Kind,
    more: String,
}

/// One folder with its database, in which a night is run.
pub(crate) struct Trial {
    pub(crate) database: Database,
    name: String,
}

impl Field {
    pub(crate) async fn new(kind: Kind) -> Arc<Self> {
        Self::with(kind, "").await
    }

    /// The same whose configuration begins with `more`.
    pub(crate) async fn with(kind: Kind, more: &str) -> Arc<Self> {
        let town = Town::new(Kind::Sqlite).await;
        town.morning_after(day(FIRST));
        let hook = Fake::answering(|_| answer(200, &[], "")).await;
        Arc::new(Self {
            town,
            hook,
            post: Server::plain(),
            kind,
            more: more.to_owned(),
        })
    }

    /// A fresh folder and database; `name` tells the trials apart where they are told of.
    pub(crate) async fn trial(&self, name: &str) -> Trial {
        self.trial_in(name, Database::empty(self.kind)).await
    }

    /// The same in a database that is given.
    pub(crate) async fn trial_in(&self, name: &str, database: Database) -> Trial {
        let (dir, from) = (database.dir.path(), self.town.dir());
        match self.kind {
            Kind::Sqlite => {
                std::fs::copy(from.join("test.db"), dir.join("test.db")).unwrap();
            }
            Kind::Postgres => database.create().await.close().await,
        }
        let name = name.to_owned();
        let trial = Trial { database, name };
        trial.write_config(self, &trial.database.url);
        std::fs::create_dir(trial.dir().join("inbox")).unwrap();
        for entry in std::fs::read_dir(from.join("inbox")).unwrap() {
            let entry = entry.unwrap();
            let to = trial.dir().join("inbox").join(entry.file_name());
            std::fs::copy(entry.path(), to).unwrap();
        }
        std::fs::write(trial.dir().join("secret"), "whsec").unwrap();
        private(&trial.dir().join("secret"));
        trial
    }

    /// The program in the trial's folder, with its secrets.
    pub(crate) fn program(&self, trial: &Trial) -> Command {
        let mut command = doisoat(trial.dir());
        for known in ["sepay", "casso", "vnpay"].map(|name| self.town.sandbox.credentials(name)) {
            command.envs(known.iter().map(|c| (c.env, c.value)));
        }
        command.stdin(Stdio::null());
        command
    }

    /// The night, with more in its environment.
    pub(crate) async fn night(&self, trial: &Trial, more: &[(&str, &str)]) -> Output {
        let mut command = self.program(trial);
        command
            .args(["run", "--date", FIRST])
            .envs(more.iter().copied());
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    /// The same in this process, by another clock.
    pub(crate) async fn desk(&self, trial: &Trial, clock: Arc<dyn Clock>) -> Desk {
        let file = trial.dir().join("doisoat.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let config = Config::parse(&text, &file).unwrap();
        let mut desk = Desk::open(config, clock).await.unwrap();
        let known = ["sepay", "casso", "vnpay"].map(|name| self.town.sandbox.credentials(name));
        let secrets = known.into_iter().flatten();
        let secrets = secrets.map(|c| (c.env.to_owned(), c.value.to_owned()));
        desk.around = Surroundings::fixed(secrets.collect(), None);
        desk.file_pause = Duration::from_millis(1);
        desk
    }

    /// What the night leaves when nothing happens.
    pub(crate) async fn undisturbed(&self) -> State {
        let trial = self.trial("reference").await;
        let output = self.night(&trial, &[]).await;
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        trial.state().await
    }

    /// The number of steps that could fail in a night, and how often each kind of step comes.
    pub(crate) async fn steps(&self) -> (u64, BTreeMap<String, u64>) {
        let trial = self.trial("steps").await;
        let log = trial.dir().join("steps.log");
        let log_text = log.display().to_string();
        let output = self
            .night(&trial, &[("DOISOAT_FAULT_LOG", &log_text)])
            .await;
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let mut steps = BTreeMap::new();
        for line in std::fs::read_to_string(log).unwrap().lines() {
            *steps.entry(line.to_owned()).or_default() += 1;
        }
        (steps.values().sum(), steps)
    }

    /// Runs the night until nothing is left to do, and says what is not as it must be. `kills` may
    /// each have repeated what was sent.
    pub(crate) async fn heals(&self, trial: &Trial, wanted: &State, kills: usize) -> Vec<String> {
        let mut wrong = Vec::new();
        let output = self.night(trial, &[]).await;
        if output.status.code() != Some(0) {
            wrong.push(format!("{:?}: {}", output.status, said(&output)));
        }
        wrong.extend(wanted.difference(&trial.state().await));
        wrong.extend(trial.leftovers().map(|left| format!("left: {left}")));
        let told = self.told(trial);
        let keys: BTreeSet<&String> = told.iter().collect();
        if keys.len() != 1 || told.len() > 1 + kills {
            wrong.push(format!("told after {kills} kills: {told:?}"));
        }
        // a mail that came twice is one mail: the same id and the same bytes
        let mails = self.mails(trial);
        let all: BTreeSet<&String> = mails.iter().collect();
        if all.len() != 1 || mails.len() > 1 + kills {
            let ids = mails
                .iter()
                .map(|raw| raw.lines().find(|line| line.starts_with("Message-ID")));
            let ids: Vec<_> = ids.collect();
            wrong.push(format!("mails after {kills} kills: {ids:?}"));
        }
        wrong
    }

    /// Each mail that came from the trial, as it came.
    fn mails(&self, trial: &Trial) -> Vec<String> {
        let to = trial.mailbox();
        let mails = self.post.mails().into_iter();
        let ours = mails.filter(|mail| mail.to.contains(&to));
        ours.map(|mail| mail.raw).collect()
    }

    /// The key of each notification that came from the trial.
    fn told(&self, trial: &Trial) -> Vec<String> {
        let path = format!("POST /hook/{} ", trial.name);
        let requests = self.hook.requests();
        let ours = requests.iter().filter(|r| r.starts_with(&path));
        let key = |request: &String| {
            let mut lines = request.lines().filter_map(|line| line.split_once(": "));
            let found = lines.find(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"));
            found.unwrap().1.to_owned()
        };
        ours.map(key).collect()
    }
}

impl Trial {
    pub(crate) fn dir(&self) -> &Path {
        self.database.dir.path()
    }

    /// To whom its mail goes.
    fn mailbox(&self) -> String {
        format!("{}@example.vn", self.name)
    }

    /// Writes `doisoat.toml` with another address of the database.
    pub(crate) fn write_config(&self, field: &Field, url: &str) {
        let port = field.hook.port;
        let text = field
            .town
            .toml(&as_is)
            .replace(&field.town.database.url, url);
        let notify = format!(
            "\n[[notify.webhook]]\nurl = \"http://127.0.0.1:{port}/hook/{}\"\n\
             allow_loopback = true\nsecret = {{ file = \"secret\" }}\n{}",
            self.name,
            crate::notify::email_to(field.post.port, &self.mailbox())
        );
        let text = format!("{}{text}{notify}", field.more);
        std::fs::write(self.dir().join("doisoat.toml"), text).unwrap();
    }

    /// Database and reports; the database itself must be sound.
    pub(crate) async fn state(&self) -> State {
        let store = self.database.open().await;
        store.check().await.unwrap();
        let dump = store.dump().await.unwrap();
        store.close().await;
        let reports = files(&self.dir().join("reports"));
        State { dump, reports }
    }

    /// Half files that nobody removed.
    fn leftovers(&self) -> impl Iterator<Item = String> {
        let all = ["archive", "reports"].map(|folder| files(&self.dir().join(folder)));
        let names = all.into_iter().flat_map(BTreeMap::into_keys);
        let is_half = |part: &str| Path::new(part).extension().is_some_and(|end| end == "tmp");
        names.filter(move |name| name.split('/').any(is_half))
    }
}

fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What is wrong with one trial, in words.
pub(crate) type Wrong = Vec<String>;

/// Runs trials side by side and fails with all that is wrong.
pub(crate) async fn campaign<F>(
    name: &str,
    trials: impl Iterator<Item = u64>,
    trial: impl Fn(u64) -> F,
) where
    F: Future<Output = Wrong> + Send + 'static,
{
    let at_once = usize::try_from(setting("AT_ONCE", 3)).unwrap();
    let gate = Arc::new(tokio::sync::Semaphore::new(at_once));
    let mut running = tokio::task::JoinSet::new();
    for nth in trials {
        let (gate, work) = (Arc::clone(&gate), trial(nth));
        running.spawn(async move {
            let _turn = gate.acquire_owned().await.unwrap();
            (nth, work.await)
        });
    }
    let (mut ran, mut wrong) = (0, Vec::new());
    while let Some(done) = running.join_next().await {
        let (nth, found) = done.unwrap();
        ran += 1;
        for text in found {
            eprintln!("{name}: trial {nth}: {text}");
            wrong.push(format!("trial {nth}: {text}"));
        }
    }
    let seed = setting("SEED", 1);
    eprintln!(
        "{name}: seed {seed}, {ran} trials, {} things wrong",
        wrong.len()
    );
    assert!(
        ran > 0 && wrong.is_empty(),
        "{name}, seed {seed}:\n{}",
        wrong.join("\n")
    );
}

/// The trials of a long campaign, `count` where the environment does not say.
pub(crate) fn trials(count: u64) -> std::ops::Range<u64> {
    let first = setting("FIRST", 0);
    first..first + setting("COUNT", count)
}

/// Whether this process may mount in a namespace of its own.
pub(crate) fn may_mount() -> bool {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command
        .args(["-m", "mount", "-t", "tmpfs", "tmpfs"])
        .arg(dir.path())
        .stderr(Stdio::null());
    let may = command.status().is_ok_and(|status| status.success());
    if !may {
        eprintln!("skipped: small disks need the right to mount (root and unshare)");
    }
    may
}
