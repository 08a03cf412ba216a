//! What every job works with: configuration, database, archive, clock, the wish to stop.

use std::sync::Arc;
use std::time::Duration;

use super::error::JobError;
use super::lost;
use super::progress::Progress;
use super::stop::Stop;
use crate::clock::{Clock, Stopwatch};
use crate::config::section::suggest;
use crate::config::{Config, ConfigError, Surroundings};
use crate::domain::{Day, Moment};
use crate::kpi;
use crate::source::{Pace, Until};
use crate::store::archive::Archive;
use crate::store::{Holder, Lease, OpenMode, Store, StoreError};

/// Who holds the lease for moments only: everybody else waits for them, above all a night.
pub const BRIEF: [&str; 4] = ["report", "period close", "period reopen", "prune"];
/// So long at most.
const BRIEF_MAX: Duration = Duration::from_mins(5);
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Everything that a job needs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The validated configuration.
    pub config: Arc<Config>,
    /// The database.
    pub store: Store,
    /// The raw bytes.
    pub archive: Archive,
    /// The time; fixed in the demo and in tests.
    pub clock: Arc<dyn Clock>,
    /// Where secrets are fetched.
    pub around: Surroundings,
    /// The pace of attempts.
    pub pace: Pace,
    /// The pause between two looks at a file that may still be growing.
    pub file_pause: Duration,
    /// Set by SIGINT and SIGTERM.
    pub stop: Stop,
    /// What a person at a terminal sees.
    pub progress: Progress,
}

impl Desk {
    /// Opens the database and the archive that the configuration names.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, JobError> {
        known_definitions(&config)?;
        let store = lost::open(&config, OpenMode::Ready).await?;
        let archive = Archive::open(&config.archive_dir)?;
        Ok(Self {
            config: Arc::new(config),
            store,
            archive,
            clock,
            around: Surroundings::of_process(),
            pace: Pace::default(),
            file_pause: Duration::from_secs(1),
            stop: Stop::default(),
            progress: Progress::silent(),
        })
    }

    /// Takes the progress line away and closes the database.
    pub async fn close(self) {
        self.progress.clear();
        self.store.close().await;
    }

    /// The same with the database opened again: what waits for a day must not hold on to a file
    /// that was moved away or restored meanwhile.
    pub async fn reopened(&self) -> Result<Self, JobError> {
        let store = lost::open(&self.config, OpenMode::Ready).await?;
        Ok(Self {
            store,
            ..self.clone()
        })
    }

    /// The same, whose sources are cut at the next `[schedule] deadline`.
    pub fn with_deadline(&self) -> Self {
        let mut desk = self.clone();
        desk.pace.until = self.config.schedule.deadline.map(|time| {
            let (now, minutes) = (self.clock.now_ms(), time.minutes());
            let today = Day::of_ms(now);
            let at_ms = today.start_ms().saturating_add(time.ms());
            let tomorrow = today.plus(1).start_ms().saturating_add(time.ms());
            Until {
                clock: self.clock.clone(),
                at_ms: if at_ms > now { at_ms } else { tomorrow },
                time: format!("{:02}:{:02}", minutes / 60, minutes % 60).into(),
            }
        });
        desk
    }

    /// Now, RFC 3339 at +07:00.
    pub fn now_wall(&self) -> String {
        Moment::of_ms(self.clock.now_ms()).text().into_owned()
    }

    /// Takes the lease for what is about to happen (`run 2022-12-05`); waits for those who hold it
    /// briefly.
    pub async fn lease(&self, name: &str) -> Result<Lease, JobError> {
        let holder = Holder {
            name: name.to_owned(),
            pid: std::process::id(),
            host: host(),
            now_wall: self.now_wall(),
        };
        let watch = Stopwatch::start();
        let mut again = true;
        let lease = loop {
            match self.store.acquire_lease(&holder).await {
                Err(StoreError::Held { holder, pid, .. })
                    if pid != 0 && BRIEF.contains(&&*holder) && watch.elapsed() < BRIEF_MAX =>
                {
                    self.or_stop(async {
                        tokio::time::sleep(BETWEEN_TRIES).await;
                        Ok(())
                    })
                    .await?;
                }
                // who was there may have gone before it was asked for its name
                Err(StoreError::Held { pid: 0, .. } | StoreError::HeldByGone { .. }) if again => {
                    again = false;
                    self.or_stop(async {
                        tokio::time::sleep(BETWEEN_TRIES).await;
                        Ok(())
                    })
                    .await?;
                }
                taken => break taken?,
            }
        };
        if let Err(foreign) = self.own_archive().await {
            self.store.release_lease(lease).await?;
            return Err(foreign);
        }
        self.archive.sweep()?;
        Ok(lease)
    }

    /// A clean checkpoint: ends here when somebody asked to stop.
    pub fn checkpoint(&self) -> Result<(), JobError> {
        self.stop
            .asked()
            .map_or(Ok(()), |exit| Err(JobError::Stopped(exit)))
    }

    /// Does `work` unless somebody asks to stop first; what was begun is rolled back.
    pub async fn or_stop<T>(
        &self,
        work: impl Future<Output = Result<T, JobError>>,
    ) -> Result<T, JobError> {
        tokio::select! {
            biased;
            exit = self.stop.wait() => Err(JobError::Stopped(exit)),
            done = work => done,
        }
    }

    /// The last business day that every source's cut-off has closed.
    pub fn last_closed_day(&self) -> Day {
        last_closed_day_of(&self.config, &*self.clock)
    }
}

/// The last business day that every source's cut-off has closed.
pub fn last_closed_day_of(config: &Config, clock: &dyn Clock) -> Day {
    last_closed_day(clock.now_ms(), config.latest_close_ms())
}

/// Every definition that the configuration names must exist.
pub fn known_definitions(config: &Config) -> Result<(), ConfigError> {
    for (id, place) in &config.definitions {
        if kpi::definition(id).is_none() {
            let known: Vec<&str> = kpi::DEFINITIONS.iter().map(|known| known.id).collect();
            let message = format!("there is no definition \"{id}\"");
            return Err(ConfigError::new(place, message, suggest(id, &known)));
        }
    }
    Ok(())
}

/// The last day whose end, `close_ms` after its midnight (24 hours without a cut-off), lies before
/// `now_ms`.
fn last_closed_day(now_ms: i64, close_ms: i64) -> Day {
    Day::of_ms(now_ms.saturating_sub(close_ms))
}

/// The machine's name, for the message about who holds the lease.
pub(super) fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() {
        "localhost".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_that_does_not_exist_is_named_with_its_place() {
        let text = "[rules]\ndefinitions = [\"TX_CASHLESS\", \"TX_CASHLES\"]\n";
        let config = Config::parse(text, std::path::Path::new("doisoat.toml")).unwrap();
        assert_eq!(
            known_definitions(&config).unwrap_err().to_string(),
            "doisoat.toml:2:31: there is no definition \"TX_CASHLES\"\n  \
             did you mean \"TX_CASHLESS\"?"
        );
    }

    #[test]
    fn the_last_closed_day_follows_clock_and_cut_off() {
        let check = |now: &str, close_hours: i64, day: &str| {
            let now = Moment::parse(now).unwrap().ms();
            assert_eq!(
                last_closed_day(now, close_hours * 3_600_000).to_string(),
                day,
                "{now}"
            );
        };
        check("2022-12-06T01:30:00", 24, "2022-12-05");
        check("2022-12-06T00:00:00", 24, "2022-12-05");
        check("2022-12-05T23:59:59", 24, "2022-12-04");
        check("2022-12-05T23:30:00", 23, "2022-12-05");
        check("2022-12-05T22:30:00", 23, "2022-12-04");
        check("2022-12-31T18:00:00Z", 24, "2022-12-31");
    }
}
