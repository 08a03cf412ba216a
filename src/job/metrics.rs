//! `[metrics] textfile`: what node_exporter's textfile collector serves, in the text format of
//! Prometheus (version 0.0.4). Names and units stand in docs/OPERATIONS.md. Whatever goes wrong
//! here is logged and changes neither the night nor its exit code.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use tracing::warn;

use super::desk::Desk;
use super::error::JobError;
use super::nightly::Night;
use super::outcome::Exit;
use super::replace::replace;
use super::stage::peak_memory_bytes;
use crate::config::Config;
use crate::report::json::seconds;
use crate::store::{Delivered, RunRecord};

/// Every metric: its name, and what it is. All are gauges.
pub const METRICS: [(&str, &str); 16] = [
    ("build_info", "1, with the version of the program."),
    (
        "run_end_timestamp_seconds",
        "When the last run ended, Unix time.",
    ),
    ("run_exit_code", "The exit code of the last run."),
    (
        "run_duration_seconds",
        "How long the last run took, waiting included.",
    ),
    (
        "stage_duration_seconds",
        "How long each stage of the last run took.",
    ),
    (
        "peak_memory_bytes",
        "The most memory that the program held.",
    ),
    (
        "night_timestamp_seconds",
        "Midnight (+07:00) of the last published business date, Unix time.",
    ),
    (
        "night_exit_code",
        "1 for each exit code of the last published night.",
    ),
    (
        "source_state",
        "1 for the state of each source in the last published night.",
    ),
    (
        "source_rows",
        "Rows of each source in the last published night.",
    ),
    (
        "source_rejects",
        "Rows of each source that could not be read.",
    ),
    (
        "open_items",
        "Open exceptions of the last published night, by class.",
    ),
    (
        "open_vnd",
        "Money at risk in open exceptions, by class, in dong.",
    ),
    (
        "share_ratio",
        "The share of the year to date with its proven bounds, by definition.",
    ),
    (
        "nights_lacking",
        "Days of the year before the last published night without a night.",
    ),
    (
        "notifications_waiting",
        "Messages that could not be sent so far.",
    ),
];

/// From here on they tell of the last published night, not of the run.
const FIRST_OF_NIGHT: &str = "night_timestamp_seconds";

/// What is known at the end of a run.
#[derive(Debug)]
pub struct Known<'a> {
    /// Now; milliseconds since 1970 in UTC.
    pub now_ms: i64,
    /// How the run ended.
    pub exit: Exit,
    /// The whole run.
    pub took: Duration,
    /// Its stages, where it came to its end.
    pub stages: &'a [(Box<str>, Duration)],
    /// The last published night, of this run or of an earlier one.
    pub last: Option<&'a RunRecord>,
    /// How many messages wait.
    pub waiting: Option<usize>,
}

/// Writes the file after a run. A start that another run turned away is none.
pub(super) async fn write(desk: &Desk, night: &Result<Night, JobError>, took: Duration) {
    if desk.config.metrics.is_none() {
        return;
    }
    let (exit, stages) = match night {
        Ok(night) => (night.exit(), night.times.stages()),
        Err(error) => (error.exit(), &[][..]),
    };
    // a night that a clock running ahead published must not hide that no other night runs
    let open = desk.last_closed_day().plus(1);
    let last = desk.store.published_before(open).await.ok().flatten();
    let waiting = desk.store.outbox(Delivered::Waiting).await.ok();
    let known = Known {
        now_ms: desk.clock.now_ms(),
        exit,
        took,
        stages,
        last: last.as_ref(),
        waiting: waiting.map(|all| all.len()),
    };
    put(&desk.config, &known);
}

/// Writes the file of a run that could not open its database.
pub(super) fn unopened(config: &Config, now_ms: i64, exit: Exit) {
    let known = Known {
        now_ms,
        exit,
        took: Duration::ZERO,
        stages: &[],
        last: None,
        waiting: None,
    };
    put(config, &known);
}

/// Puts the file in place as a whole: the collector never reads half of it. It is readable by all,
/// for the collector has a user of its own; it holds no row and nobody's name.
fn put(config: &Config, known: &Known<'_>) {
    let Some(file) = &config.metrics else {
        return;
    };
    if known.exit == Exit::Locked {
        return;
    }
    let mut text = document(known);
    if known.last.is_none() {
        let before = fs::read_to_string(file).unwrap_or_default();
        text.push_str(&of_last_night(&before));
    }
    if let Err(error) = replace(file, &text, 0o644) {
        let file = file.display();
        warn!(stage = "metrics", %error, "{file} cannot be written");
    }
}

/// What the file said of the last published night. Where the database cannot be asked, that night
/// is still the last one, and an alarm on its age must go on counting.
fn of_last_night(before: &str) -> String {
    let names = METRICS.iter().map(|(name, _)| *name);
    let of_night: Vec<&str> = names.skip_while(|name| *name != FIRST_OF_NIGHT).collect();
    let head = "# HELP doisoat_";
    let blocks = before.split(head).skip(1);
    let kept = blocks.filter(|block| {
        let name = block.split(' ').next().unwrap_or_default();
        of_night.contains(&name)
    });
    kept.flat_map(|block| [head, block]).collect()
}

/// The whole file.
pub fn document(known: &Known<'_>) -> String {
    let mut lines = Lines::default();
    let version = env!("CARGO_PKG_VERSION");
    lines.add("build_info", &[("version", version)], "1");
    let ended = known.now_ms.div_euclid(1000).to_string();
    lines.add("run_end_timestamp_seconds", &[], &ended);
    lines.add("run_exit_code", &[], &known.exit.code().to_string());
    lines.add("run_duration_seconds", &[], &seconds(known.took));
    for (stage, took) in known.stages {
        lines.add(
            "stage_duration_seconds",
            &[("stage", stage)],
            &seconds(*took),
        );
    }
    if let Some(bytes) = peak_memory_bytes() {
        lines.add("peak_memory_bytes", &[], &bytes.to_string());
    }
    if let Some(run) = known.last {
        night(&mut lines, run);
    }
    if let Some(waiting) = known.waiting {
        lines.add("notifications_waiting", &[], &waiting.to_string());
    }
    lines.0
}

/// The figures of the last published night, from its `run.json`.
fn night(lines: &mut Lines, run: &RunRecord) {
    let midnight = run.business_date.start_ms().div_euclid(1000);
    lines.add("night_timestamp_seconds", &[], &midnight.to_string());
    for code in &run.exit_codes {
        lines.add("night_exit_code", &[("code", &code.to_string())], "1");
    }
    let Ok(run) = serde_json::from_str::<Value>(&run.run_json) else {
        return;
    };
    let list = |key: &str| run[key].as_array().cloned().unwrap_or_default();
    let sources = list("sources");
    let word = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    for source in &sources {
        let (name, state) = (word(source, "name"), word(source, "state"));
        lines.add("source_state", &[("source", &name), ("state", &state)], "1");
    }
    for (metric, key) in [("source_rows", "rows"), ("source_rejects", "rejects")] {
        for source in &sources {
            let name = word(source, "name");
            lines.add(metric, &[("source", &name)], &source[key].to_string());
        }
    }
    for (metric, key) in [("open_items", "count"), ("open_vnd", "sum_vnd")] {
        // the work list, as page and mail tell it; an older program told none
        for class in run["work"]["classes"].as_array().into_iter().flatten() {
            let name = word(class, "class");
            lines.add(metric, &[("class", &name)], &class[key].to_string());
        }
    }
    let lacking = run["nights_lacking"]["count"].as_u64().unwrap_or(0);
    lines.add("nights_lacking", &[], &lacking.to_string());
    let year = word(&run, "business_date");
    let year = year.get(..4).unwrap_or_default();
    for share in &list("share") {
        if share["scope"] != "" || share["period"] != *year {
            continue;
        }
        let definition = word(share, "definition");
        for bound in ["low", "share", "high"] {
            // a share is told as decimal text; null where nothing is in the denominator
            if let Some(value) = share[bound].as_str() {
                let labels = [("definition", &*definition), ("bound", bound)];
                lines.add("share_ratio", &labels, value);
            }
        }
    }
}

/// The lines so far; a metric's own head stands before its first one.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, metric: &str, labels: &[(&str, &str)], value: &str) {
        let head = format!("# TYPE doisoat_{metric} gauge\n");
        if !self.0.contains(&head) {
            let known = METRICS.iter().find(|(name, _)| *name == metric);
            let help = known.map_or("", |(_, help)| help);
            self.0
                .extend(["# HELP doisoat_", metric, " ", help, "\n", &head]);
        }
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", label(value)))
            .collect();
        let labels = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", labels.join(","))
        };
        self.0
            .extend(["doisoat_", metric, &labels, " ", value, "\n"]);
    }
}

/// A label value as the format wants it.
fn label(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
