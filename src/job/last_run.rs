//! The last start of a night and how it ended, in a small file of its own: `status` tells it also
//! where the database could not be opened, or where the start was killed. It holds no business
//! state; a start that another run turned away leaves the file as it is.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::desk::host;
use super::error::JobError;
use super::nightly::Night;
use super::outcome::Exit;
use super::replace::replace;
use crate::config::Config;
use crate::domain::{Day, Moment};

/// Only its own user may read it: a message may name files.
const MODE: u32 = 0o600;

/// What is known of the last start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    /// 1.
    pub schema_version: u32,
    /// The night that it was for.
    pub business_date: Day,
    /// When it began, RFC 3339 at +07:00.
    pub started: String,
    /// Its process.
    pub pid: u32,
    /// When that process began, in the kernel's count: tells it from a later one of its number.
    pub pid_since: u64,
    /// Its machine.
    pub host: String,
    /// When it ended; none while it runs, and for ever where it was killed.
    pub ended: Option<String>,
    /// Its exit code.
    pub exit_code: Option<u8>,
    /// The run that stands for the night.
    pub run_id: Option<String>,
    /// What went wrong, where nothing was published.
    pub message: Option<String>,
    /// What to do then.
    pub fix: Option<String>,
}

/// How a start stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// At work.
    Running,
    /// Its night is published.
    Published,
    /// Asked to stop by a signal.
    Stopped,
    /// Nothing was published.
    Failed,
    /// It never came to its end: killed, or the machine went off.
    BrokenOff,
}

impl LastRun {
    /// The one that the configuration's file tells; none where there is none or it says nothing.
    pub fn read(config: &Config) -> Option<Self> {
        let text = std::fs::read(config.last_run_file()).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// How it stands, seen from this machine: a start of another one counts as running.
    pub fn standing(&self) -> Standing {
        match self.exit_code.map(Exit::from_code) {
            Some(Some(Exit::Interrupted | Exit::Terminated)) => Standing::Stopped,
            Some(_) if self.run_id.is_some() => Standing::Published,
            Some(_) => Standing::Failed,
            None if self.host != host() => Standing::Running,
            None if process_since(self.pid) == Some(self.pid_since) => Standing::Running,
            None => Standing::BrokenOff,
        }
    }
}

/// When a process of this machine began, in clock ticks since the machine did (`proc(5)`, field
/// 22).
fn process_since(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    let stat = stat.ok()?;
    // the name in parentheses may hold anything
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(19)?.parse().ok()
}

/// The file while a start writes it.
pub(super) struct Book {
    file: PathBuf,
    told: LastRun,
}

impl Book {
    /// For a start that begins now; nothing is written yet.
    pub(super) fn new(config: &Config, day: Day, now_ms: i64) -> Self {
        let pid = std::process::id();
        Self {
            file: config.last_run_file(),
            told: LastRun {
                schema_version: 1,
                business_date: day,
                started: Moment::of_ms(now_ms).text().into_owned(),
                pid,
                pid_since: process_since(pid).unwrap_or_default(),
                host: host(),
                ended: None,
                exit_code: None,
                run_id: None,
                message: None,
                fix: None,
            },
        }
    }

    /// It holds the lease and works.
    pub(super) fn begun(&self) {
        let text = serde_json::to_string(&self.told).unwrap_or_default();
        if let Err(error) = replace(&self.file, &(text + "\n"), MODE) {
            let file = self.file.display();
            warn!(stage = "status", %error, "{file} cannot be written");
        }
    }

    /// It ended.
    pub(super) fn ended(mut self, night: Result<&Night, &JobError>, now_ms: i64) {
        let exit = match night {
            Ok(night) => {
                self.told.run_id = Some(night.run.id.to_string());
                night.exit()
            }
            Err(problem) => {
                let (message, fix) = problem.message_and_fix();
                (self.told.message, self.told.fix) = (Some(message), Some(fix));
                problem.exit()
            }
        };
        if exit == Exit::Locked {
            return;
        }
        self.told.exit_code = Some(exit.code());
        self.told.ended = Some(Moment::of_ms(now_ms).text().into_owned());
        self.begun();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told() -> LastRun {
        let config = Config::parse("", Path::new("doisoat.toml")).unwrap();
        Book::new(&config, Day::parse("2022-12-05").unwrap(), 0).told
    }

    #[test]
    fn how_a_start_stands_follows_from_its_end_or_its_process() {
        let check = |edit: &dyn Fn(&mut LastRun), wanted| {
            let mut told = told();
            edit(&mut told);
            assert_eq!(told.standing(), wanted, "{told:?}");
        };
        check(&|_| (), Standing::Running);
        check(&|told| told.pid_since += 1, Standing::BrokenOff);
        check(&|told| told.pid = u32::MAX, Standing::BrokenOff);
        check(&|told| told.exit_code = Some(10), Standing::Failed);
        check(&|told| told.exit_code = Some(143), Standing::Stopped);
        let published = |told: &mut LastRun| {
            (told.exit_code, told.run_id) = (Some(3), Some("r".to_owned()));
        };
        check(&published, Standing::Published);
    }

    #[test]
    fn a_postgres_database_keeps_it_in_the_archive() {
        let file = |url: &str| {
            let text = format!("[database]\nurl = \"{url}\"\n");
            let config = Config::parse(&text, Path::new("/srv/doisoat.toml")).unwrap();
            config.last_run_file().display().to_string()
        };
        assert_eq!(file("sqlite://a.db"), "/srv/a.db.last-run.json");
        assert_eq!(file("postgres://u@h/d"), "/srv/archive/last-run.json");
    }
}
