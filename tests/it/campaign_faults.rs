//! The fault matrix: every fault of the sandbox x every dialect that can show it x three seeds.
//!
//! Each case is one reading and three nights. Looked at are the outcome word of the table, the
//! message, what was said and written anywhere (no secret, no account, no name), the sandbox's own
//! counters, and what a clean night afterwards comes to. A fixed sample runs with the other tests;
//! `cargo test --test it campaign_faults -- --ignored --nocapture` runs them all
//! (`FAULTS=name,name` and `DIALECTS=name,name` choose some of them).

mod night;
mod reading;
mod sample;

use std::collections::{BTreeSet, VecDeque};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use doisoat::domain::Lang;
use doisoat::sandbox::{Counters, District, Fault, Sandbox};
use doisoat::source::Pace;
use doisoat::source::error::SourceError;
use tokio::runtime::{Builder, Runtime};
use tracing::Level;
use tracing::dispatcher::{self, Dispatch};

pub(super) const FIRST_DAY: &str = "2022-12-05";
const SEEDS: [u64; 3] = [1, 2, 3];
/// Cases at once: most of their time is waiting.
const AT_ONCE: usize = 12;

/// Every dialect of the sandbox, and two of them read by the tables of `docs/REST.md` alone.
pub(crate) const DIALECTS: [&str; 14] = [
    "casso",
    "rest-casso",
    "sepay",
    "sepay2",
    "vnpay",
    "rest-vnpay",
    "momo",
    "zalopay",
    "payos",
    "vnptpay",
    "dvcqg",
    "keypay",
    "viettelpay",
    "igate",
];

/// Whose wire a dialect speaks: that of the connector by tables is the provider's.
pub(crate) fn wire(dialect: &str) -> &str {
    dialect.strip_prefix("rest-").unwrap_or(dialect)
}

/// The `[[source]]` of a case.
pub(super) fn source_table(sandbox: &Sandbox, case: Case) -> String {
    let (wait, wire) = (timeout(case.fault), wire(case.dialect));
    let is_slow = case.fault.name == "rate_limit" && wire.starts_with("sepay");
    let rate = if is_slow { "2/s" } else { "1000/s" };
    let limits = format!("timeout = \"{wait}\"\nrate_limit = \"{rate}\"\n");
    if wire == case.dialect {
        return format!("{}{limits}", sandbox.toml_source(wire));
    }
    let table = crate::rest::example(wire, &sandbox.base_url(wire));
    table
        .replace("rate_limit = \"5/s\"\n", &limits)
        .replace("env = \"", "env = \"DOISOAT_SANDBOX_")
}

/// One cell of the matrix with its seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    pub(super) fault: Fault,
    pub(super) dialect: &'static str,
    pub(super) seed: u64,
}

/// What was said while a case ran, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A runtime whose threads write every event of every library to `log`; this thread is to do the
/// same.
fn listened_to(log: &Log) -> (Runtime, Dispatch) {
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let dispatch = Dispatch::new(subscriber);
    let own = dispatch.clone();
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        // for the life of the thread, which is that of the case
        .on_thread_start(move || std::mem::forget(dispatcher::set_default(&own)))
        .build()
        .unwrap();
    (runtime, dispatch)
}

/// What must stand nowhere: secrets; and what must not be told aloud: accounts, payers.
pub(super) struct Canaries {
    secrets: Vec<&'static str>,
    people: BTreeSet<String>,
}

impl Canaries {
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let all = sandbox.providers();
        let secrets = all.flat_map(|name| sandbox.credentials(name));
        let district = sandbox.district();
        let rows = district.sepay.iter().chain(&district.casso);
        let mut people: BTreeSet<String> = rows.map(|row| row.payer.clone()).collect();
        people.extend(district.dossiers.iter().map(|one| one.payer.name.clone()));
        let accounts = sandbox.providers().filter_map(|name| sandbox.account(name));
        people.extend(accounts.map(str::to_owned));
        people.insert("0440009900001".to_owned()); // where payOS collects
        people.retain(|known| known.len() >= 6);
        Self {
            secrets: secrets.map(|known| known.value).collect(),
            people,
        }
    }

    /// What of it a text holds. `aloud`: a log or a message, where nobody is named.
    pub(super) fn found_in(&self, what: &str, text: &str, aloud: bool) -> Vec<String> {
        let mut found = Vec::new();
        for secret in &self.secrets {
            let forms = [
                (*secret).to_owned(),
                hex::encode(secret),
                secret.replace('-', "%2D"),
            ];
            if forms.iter().any(|form| text.contains(form)) {
                found.push(format!("{what} holds the secret {secret}"));
            }
        }
        let named = self
            .people
            .iter()
            .filter(|one| aloud && text.contains(*one));
        found.extend(named.map(|one| format!("{what} names {one}")));
        found
    }
}

/// The message names the source, what was asked, what came and what to do.
pub(super) fn unclear(error: &SourceError, source: &str) -> Vec<String> {
    let mut all = Vec::new();
    for lang in [Lang::Vi, Lang::En] {
        let said = error.say(lang);
        let asked = said.starts_with(&format!("{source}: ")) && said.contains("http://127.0.0.1");
        let verb = ["GET ", "POST "].iter().any(|verb| said.contains(verb));
        let advice = said.split_once("\n  ").map_or("", |(_, advice)| advice);
        let came = error.what(lang);
        if !asked || !verb || advice.len() < 20 || came.len() < 20 {
            all.push(format!("unclear message: {said}"));
        }
    }
    all
}

/// What the sandbox noticed that a client must never do.
pub(super) fn misdeeds(fault: Fault, counters: &Counters) -> Vec<String> {
    let mut all = Vec::new();
    let never = [
        ("early retries", counters.early_retries),
        ("redirects followed", counters.redirect_followed),
        ("credentials leaked", counters.leaked_credentials),
    ];
    for (what, count) in never {
        if count > 0 {
            all.push(format!("{count} {what}"));
        }
    }
    let refused = ["http_400", "http_401", "http_403", "http_404"];
    if refused.contains(&fault.name) && counters.attempts.values().any(|count| *count > 1) {
        all.push("a 4xx was tried again".to_owned());
    }
    all
}

/// Waits really, but begins small.
pub(super) fn pace() -> Pace {
    Pace {
        first_wait: Duration::from_millis(20),
        jitter_seed: Some(1),
        ..Pace::default()
    }
}

/// Short where silence is what is tested; long elsewhere, so that a busy machine is no fault.
pub(super) fn timeout(fault: Fault) -> &'static str {
    match fault.name {
        "hang" | "hang_always" | "hang_body" | "slow_loris" | "slow_loris_always"
        | "slow_reply" => "2s",
        _ => "30s",
    }
}

/// A district of one day, as large as the fault needs to show.
pub(super) fn district(dialect: &str, seed: u64, permille: u32) -> District {
    let gateway = Sandbox::gateways().find(|name| *name == wire(dialect));
    let first = FIRST_DAY.parse().unwrap();
    District::sized_at(gateway.unwrap_or("vnpay"), seed, first, 1, permille).unwrap()
}

fn run(case: Case) -> Vec<String> {
    let log = Log::default();
    let (runtime, dispatch) = listened_to(&log);
    let listening = dispatcher::set_default(&dispatch);
    let both = async {
        let mut all = reading::complaints(case).await;
        all.extend(Box::pin(night::complaints(case)).await);
        all
    };
    let done = catch_unwind(AssertUnwindSafe(|| runtime.block_on(both)));
    drop(listening);
    let mut all = done.unwrap_or_else(|_| vec!["ended in the middle".to_owned()]);
    runtime.shutdown_timeout(Duration::from_secs(1));
    let said = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    all.extend(canaries_of(case).found_in("the log", &said, true));
    // a reading alone says nothing; it is the nights that do
    let heard = said.contains("doisoat") || said.contains("sqlx") || !night::is_run(case);
    if !heard {
        all.push("nothing was logged: the canary test sees nothing".to_owned());
    }
    let Case {
        fault,
        dialect,
        seed,
    } = case;
    let name = |text: String| format!("{} {dialect} seed {seed}: {text}", fault.name);
    all.into_iter().map(name).collect()
}

/// The canaries of a case.
fn canaries_of(case: Case) -> Canaries {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let district = district(case.dialect, case.seed, night::permille(case.fault));
        let sandbox = Sandbox::start_in(district, 0, None).await.unwrap();
        Canaries::of(&sandbox)
    })
}

/// Runs the cases; tells what was wrong.
fn run_all(cases: Vec<Case>) -> Vec<String> {
    let total = cases.len();
    let waiting = Arc::new(Mutex::new(VecDeque::from(cases)));
    let wrong = Arc::new(Mutex::new(Vec::new()));
    let worker = || {
        let (waiting, wrong) = (Arc::clone(&waiting), Arc::clone(&wrong));
        thread::spawn(move || {
            loop {
                let Some(case) = waiting.lock().unwrap().pop_front() else {
                    return;
                };
                let all = run(case);
                for one in &all {
                    println!("{one}");
                }
                wrong.lock().unwrap().extend(all);
            }
        })
    };
    let workers: Vec<_> = (0..AT_ONCE).map(|_| worker()).collect();
    for worker in workers {
        worker.join().unwrap();
    }
    let mut wrong = wrong.lock().unwrap().clone();
    wrong.sort();
    println!("{total} cases, {} complaints", wrong.len());
    wrong
}

/// Every case of the chosen faults and dialects.
fn cases(seeds: &[u64]) -> Vec<Case> {
    let chosen = |variable: &str, name: &str| {
        let names = std::env::var(variable).unwrap_or_default();
        names.is_empty() || names.split(',').any(|one| one == name)
    };
    let mut all = Vec::new();
    for &seed in seeds {
        for fault in Fault::all().iter().filter(|one| chosen("FAULTS", one.name)) {
            let shows =
                |dialect: &&&str| fault.applies_to(wire(dialect)) && chosen("DIALECTS", dialect);
            all.extend(DIALECTS.iter().filter(shows).map(|dialect| Case {
                fault: *fault,
                dialect,
                seed,
            }));
        }
    }
    all
}

fn sample() -> Vec<Case> {
    let one = |(name, dialect): (&str, &'static str)| {
        let fault = Fault::named(name).unwrap();
        assert!(fault.applies_to(wire(dialect)), "{name} {dialect}");
        Case {
            fault,
            dialect,
            seed: 1,
        }
    };
    sample::SAMPLE.into_iter().map(one).collect()
}

#[test]
fn a_sample_of_the_matrix_comes_out_as_the_table_says() {
    let sample = sample();
    let dialects: BTreeSet<&str> = sample.iter().map(|case| case.dialect).collect();
    let words: BTreeSet<&str> = sample
        .iter()
        .map(|case| case.fault.outcome.word())
        .collect();
    assert_eq!((dialects.len(), words.len()), (14, 6));
    let wrong = run_all(sample);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "a campaign: docs/campaigns/faults.md"]
fn campaign_of_the_whole_matrix() {
    let seeds = std::env::var("SEEDS").unwrap_or_default();
    let seeds: Vec<u64> = seeds
        .split(',')
        .filter_map(|seed| seed.parse().ok())
        .collect();
    let seeds = if seeds.is_empty() { &SEEDS[..] } else { &seeds };
    let wrong = run_all(cases(seeds));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
