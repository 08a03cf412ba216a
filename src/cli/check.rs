//! `doisoat check`: can a night run here? One line a probe, with the fix.

use std::sync::Arc;

use chrono::Datelike;
use clap::Args;
use serde::Serialize;

use super::output::{json_line, out};
use super::{
    Global, Outcome, block_on, check_closed, check_database, check_disk, check_fees, check_notify,
    check_orders, check_rules,
};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, SourceSettings, Surroundings};
use crate::domain::{Day, DossierCode, Lang, Moment, OrderStatus, PaymentOrder, SourceName, Vnd};
use crate::job::Exit;
use crate::source::{ArchiveError, BoxFuture, FileSource, Handle, Opening, Pace, Pull, RawSink};

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat check               every probe, one line each
  doisoat check --json        for monitoring
  doisoat check --offline     without asking the sources
  doisoat check --send-test   and a test message to everybody in [notify]
Ends with 0 when nothing failed (warnings do not count), else with the code that `run` would meet:
2 secrets or folders, 3 a source out of reach, 10 the database, 12 credentials refused.")]
pub struct CheckArgs {
    /// Do not ask the sources
    #[arg(long)]
    offline: bool,
    /// Send a test message to everybody in `[notify]`
    #[arg(long, conflicts_with = "offline")]
    send_test: bool,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

/// How a probe went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Fail,
}

/// One probe.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Line {
    name: String,
    state: State,
    message: String,
    fix: String,
    #[serde(skip)]
    exit: Exit,
}

impl Line {
    pub(super) fn ok(name: &str, message: impl Into<String>) -> Self {
        let (name, message) = (name.to_owned(), message.into());
        Self {
            name,
            state: State::Ok,
            message,
            fix: String::new(),
            exit: Exit::Done,
        }
    }

    pub(super) fn warn(name: &str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            state: State::Warn,
            fix: fix.into(),
            ..Self::ok(name, message)
        }
    }

    pub(super) fn fail(
        name: &str,
        exit: Exit,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            state: State::Fail,
            fix: fix.into(),
            exit,
            ..Self::ok(name, message)
        }
    }
}

impl Line {
    /// A night does without an optional source; that it does not come is no failure.
    fn of_optional(self) -> Self {
        match self.exit {
            Exit::Incomplete => Self {
                state: State::Warn,
                exit: Exit::Done,
                ..self
            },
            _ => self,
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    probes: &'a [Line],
}

pub(super) fn run(global: &Global, args: &CheckArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    let mut lines = vec![Line::ok("config", config.file.display().to_string())];
    lines.extend(about_config(&config));
    lines.push(zone(&SystemClock));
    let today = Day::of_ms(SystemClock.now_ms());
    lines.push(calendar(config.calendar.last_year(), today));
    lines.push(check_disk::archive(&config.archive_dir));
    lines.push(check_disk::writable("reports", &config.report_dir));
    lines.push(check_disk::disk(&config.report_dir));
    lines.extend(config.metrics.as_deref().map(check_disk::metrics));
    block_on(async {
        lines.push(check_database::line(&config).await);
        lines.extend(check_rules::lines(&config).await);
        lines.extend(check_fees::lines(&config, lang).await);
        lines.extend(check_fees::catalogue(&config, lang));
        lines.extend(check_closed::lines(&config, lang).await);
        lines.extend(check_orders::lines(&config, lang).await);
        for source in &config.sources {
            let line = about_source(source, args.offline, lang).await;
            lines.push(if source.required {
                line
            } else {
                line.of_optional()
            });
        }
        let ask = match (args.offline, args.send_test) {
            (true, _) => check_notify::Ask::Nobody,
            (_, true) => check_notify::Ask::ForTest,
            (..) => check_notify::Ask::Servers,
        };
        lines.extend(check_notify::lines(&config, ask, lang).await);
    })?;
    if args.json {
        json_line(&Document {
            schema_version: 1,
            probes: &lines,
        });
    } else {
        out(&lines.iter().map(print).collect::<String>());
    }
    Ok(strongest(&lines))
}

fn print(line: &Line) -> String {
    let word = match line.state {
        State::Ok => "ok  ",
        State::Warn => "warn",
        State::Fail => "FAIL",
    };
    let arrow = if line.fix.is_empty() {
        String::new()
    } else {
        format!(" -> {}", line.fix)
    };
    format!("{word}  {}: {}{arrow}\n", line.name, line.message)
}

/// What `run` would meet first: the database, then secrets, then what the sources say.
fn strongest(lines: &[Line]) -> Exit {
    let order = [
        Exit::Database,
        Exit::Usage,
        Exit::Failed,
        Exit::Refused,
        Exit::Incomplete,
    ];
    let failed: Vec<Exit> = lines
        .iter()
        .filter(|line| line.state == State::Fail)
        .map(|line| line.exit)
        .collect();
    order
        .into_iter()
        .find(|exit| failed.contains(exit))
        .unwrap_or(Exit::Done)
}

fn about_config(config: &Config) -> Vec<Line> {
    let mut lines = Vec::new();
    let (no_registry, no_money) = config.gaps();
    if no_registry {
        let fix = "add a [[source]] of kind \"export\"";
        lines.push(Line::warn(
            "registry",
            "no source brings dossiers: no share can be told",
            fix,
        ));
    }
    if no_money {
        let fix = "add a [[source]] that brings money, of kind \"sepay\", \"casso\", \"statement\" or a gateway's";
        lines.push(Line::warn(
            "money",
            "no source brings transactions: no share can be told",
            fix,
        ));
    }
    if config.targets.is_empty() {
        let fix = "add a [[target]] with definition, share and valid_from";
        lines.push(Line::warn(
            "target",
            "no target: nights carry no verdict",
            fix,
        ));
    }
    if config.database.holds_password() {
        let fix = "write url = { env = \"DOISOAT_DATABASE_URL\" }";
        lines.push(Line::warn("database url", "holds a password", fix));
    }
    lines
}

/// Days of rest are announced for a year at its eve: without them every holiday is a missing file.
fn calendar(last: i32, today: Day) -> Line {
    const NAME: &str = "calendar";
    let year = today.date().year();
    if last > year {
        return Line::ok(NAME, format!("days of rest known up to {last}"));
    }
    let next = last + 1;
    Line::warn(
        NAME,
        format!(
            "days of rest are known up to {last} only: on a holiday of {next} a folder without a \
             new file counts as missing"
        ),
        format!(
            "when the days of {next} are announced, write them into the file that [calendar] file \
             names, or install a newer version"
        ),
    )
}

fn zone(clock: &dyn Clock) -> Line {
    let now = Moment::of_ms(clock.now_ms());
    if now.day() < Day::of_ms(1_669_000_000_000) {
        let message = format!("the machine's clock says {}", now.text());
        return Line::warn("zone", message, "set the clock");
    }
    Line::ok("zone", format!("Asia/Ho_Chi_Minh, now {}", now.text()))
}

async fn about_source(settings: &SourceSettings, offline: bool, lang: Lang) -> Line {
    let name = format!("source {}", settings.name);
    let opening = Opening {
        settings,
        around: &Surroundings::of_process(),
        clock: Arc::new(SystemClock),
        pace: Pace::default(),
    };
    let handle = match opening.open() {
        Ok(handle) => handle,
        Err(error) => {
            let message = format!("{}: {}", error.place, error.message);
            return Line::fail(&name, Exit::Usage, message, error.fix);
        }
    };
    let label = settings.registration.label;
    let day = Day::of_ms(SystemClock.now_ms()).minus(1);
    let answer = match handle {
        Handle::Folder(path) | Handle::Files(FileSource { path, .. }) => {
            return check_disk::inbox(&name, label, &path);
        }
        Handle::Push(push) => return check_disk::inbox(&name, label, &push.path),
        _ if offline => return Line::ok(&name, format!("{label}, not asked")),
        Handle::Registry(registry) => registry.changed(day, &Nowhere).await.map(|told| Pull {
            trouble: told.trouble,
            ..Pull::empty(told.state)
        }),
        Handle::Feed(feed) => feed.list(day..=day, &Nowhere).await,
        Handle::Probe(probe) => match example_order(probe.example(day), day) {
            Some(order) => probe.ask(&[order], &Nowhere).await,
            None => return Line::warn(&name, "cannot be asked", ""),
        },
    };
    match answer {
        Ok(pull) => answered(&name, label, pull, lang),
        Err(error) => Line::fail(&name, Exit::Failed, error.to_string(), ""),
    }
}

fn answered(name: &str, label: &str, pull: Pull, lang: Lang) -> Line {
    let refused = pull.is_refused();
    match pull.trouble {
        None => Line::ok(name, format!("{label}, answers, credentials accepted")),
        Some(error) => {
            let exit = if refused {
                Exit::Refused
            } else {
                Exit::Incomplete
            };
            Line::fail(name, exit, error.what(lang), error.fix(lang))
        }
    }
}

/// An order that nobody made: "no such order", signed, proves address and credentials.
fn example_order(order_id: Box<str>, day: Day) -> Option<PaymentOrder> {
    Some(PaymentOrder {
        provider: "check".into(),
        order_id,
        dossier_code: DossierCode::parse("H48.18.22-221202-0001").ok()?,
        fee_ids: Vec::new(),
        amount: Vnd::new(1_000),
        created_at: Moment::of_day(day),
        status: OrderStatus::Pending,
    })
}

/// What a check is told is not evidence: nothing is kept.
#[derive(Debug)]
struct Nowhere;

impl RawSink for Nowhere {
    fn keep<'a>(
        &'a self,
        _source: &'a SourceName,
        _what: &'a str,
        _bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<String, ArchiveError>> {
        Box::pin(async { Ok(String::new()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_known_year_is_warned_of() {
        let state = |last: i32, today: &str| calendar(last, Day::parse(today).unwrap()).state;
        assert_eq!(state(2026, "2025-12-31"), State::Ok);
        assert_eq!(state(2026, "2026-01-01"), State::Warn);
        assert_eq!(state(2026, "2027-06-01"), State::Warn);
    }

    #[test]
    fn the_worst_probe_decides() {
        let fail = |exit| Line::fail("x", exit, "m", "f");
        assert_eq!(
            strongest(&[Line::ok("x", "m"), Line::warn("y", "m", "f")]),
            Exit::Done
        );
        assert_eq!(
            strongest(&[fail(Exit::Incomplete), fail(Exit::Refused)]),
            Exit::Refused
        );
        assert_eq!(
            strongest(&[fail(Exit::Refused), fail(Exit::Database)]),
            Exit::Database
        );
        assert_eq!(print(&fail(Exit::Failed)), "FAIL  x: m -> f\n");
    }
}
