//! The ingestion part of a night: every source is read on its own, raw bytes are archived before
//! they are parsed, and one source's failure does not stop the others.
//!
//! Order: registries first, because they bring the payment orders that probes ask about; then all
//! feeds and probes at once; then what was pushed, and what feeds listed is held against all of it.

pub mod again;
mod coverage;
mod feed;
mod file_day;
mod files;
mod folder;
mod freshness;
mod probe;
mod push;
mod raw;
mod renamed;
mod registry;
mod scale;
mod transfers;
mod unlisted;
mod withdraw;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use tokio::task::JoinSet;
use tracing::{info, warn};

use super::desk::Desk;
use super::error::JobError;
use super::period;
use crate::clock::Stopwatch;
use crate::config::SourceSettings;
use crate::domain::source::Control;
use crate::domain::{Completeness, Day, SourceFacts, SourceName};
use crate::normalise::{Cutoff, SourceContext, Window};
use crate::source::{Handle, Opening, PushSource, SourceError};
use crate::store::RunRecord;

use freshness::Freshness;
use unlisted::Listed;

/// What was read, and when.
#[derive(Clone, Debug)]
pub struct Pulled {
    /// One entry a source, in the order of the configuration.
    pub facts: Vec<SourceFacts>,
    /// Milliseconds since 1970 in UTC.
    pub at_ms: i64,
}

/// One source of tonight with its opened handle.
pub struct Opened {
    settings: SourceSettings,
    handle: Handle,
}

/// Opens every source, or the one named: secrets are fetched, nothing is sent. A missing secret
/// ends the run before anything is read.
pub fn open(desk: &Desk, only: Option<&SourceName>) -> Result<Vec<Opened>, JobError> {
    let chosen = desk
        .config
        .sources
        .iter()
        .filter(|s| only.is_none_or(|name| s.name == *name));
    let mut opened = Vec::new();
    for settings in chosen {
        let opening = Opening {
            settings,
            around: &desk.around,
            clock: desk.clock.clone(),
            pace: desk.pace.clone(),
        };
        opened.push(Opened {
            settings: settings.clone(),
            handle: opening.open()?,
        });
    }
    if let (Some(name), true) = (only, opened.is_empty()) {
        let known: Vec<&str> = desk
            .config
            .sources
            .iter()
            .map(|s| s.name.as_str())
            .collect();
        return Err(JobError::Usage {
            message: format!("there is no source \"{name}\""),
            fix: crate::config::section::suggest(name.as_str(), &known),
        });
    }
    Ok(opened)
}

/// What a source brought, and what a feed listed.
type Read = (SourceFacts, Option<(Stage, Vec<Listed>)>);

/// Reads all opened sources for the night; `standing` is the run that it has already.
pub async fn pull(
    desk: &Desk,
    night: Day,
    opened: Vec<Opened>,
    standing: Option<&RunRecord>,
) -> Result<Pulled, JobError> {
    let at_ms = desk.clock.now_ms();
    let freshness = Arc::new(Freshness::of(desk, night, at_ms, standing)?);
    let mut facts = Vec::new();
    let mut later: JoinSet<Result<Read, JobError>> = JoinSet::new();
    let (mut pushed, mut lists) = (Vec::new(), Vec::new());
    // the orders that gateways are asked about stand in the registries, wherever those stand in the
    // configuration
    let is_registry =
        |source: &Opened| matches!(source.handle, Handle::Folder(_) | Handle::Registry(_));
    let (registries, others): (Vec<Opened>, Vec<Opened>) =
        opened.into_iter().partition(is_registry);
    for source in registries.into_iter().chain(others) {
        desk.checkpoint()?;
        let stage = Stage::new(desk, &source.settings, night, &freshness);
        match source.handle {
            Handle::Folder(path) => {
                facts.push(stage.timed(Box::pin(folder::read(&stage, &path))).await?);
            }
            Handle::Registry(handle) => {
                let reading = Box::pin(registry::read(&stage, &*handle));
                facts.push(stage.timed(reading).await?);
            }
            Handle::Files(files) => {
                let read = async move { stage.timed(Box::pin(files::read(&stage, &files))).await };
                later.spawn(async move { Ok((read.await?, None)) });
            }
            Handle::Push(handle) => pushed.push((stage, handle)),
            Handle::Feed(handle) => {
                later.spawn(async move {
                    let mut listed = Vec::new();
                    let reading = Box::pin(feed::read(&stage, &*handle, &mut listed));
                    let facts = stage.timed(reading).await?;
                    Ok((facts, Some((stage, listed))))
                });
            }
            Handle::Probe(handle) => {
                let read =
                    async move { stage.timed(Box::pin(probe::read(&stage, &*handle))).await };
                later.spawn(async move { Ok((read.await?, None)) });
            }
        }
    }
    while let Some(done) = later.join_next().await {
        let done = done.map_err(|error| anyhow::anyhow!("a source's task ended: {error}"));
        let (read, list) = done??;
        facts.push(read);
        lists.extend(list);
    }
    afterwards(pushed, lists, &mut facts).await?;
    let place = |facts: &SourceFacts| {
        desk.config
            .sources
            .iter()
            .position(|settings| settings.name == facts.name)
    };
    facts.sort_by_key(place);
    Ok(Pulled { facts, at_ms })
}

/// What comes after the sources that are asked.
async fn afterwards(
    pushed: Vec<(Stage, Box<PushSource>)>,
    lists: Vec<(Stage, Vec<Listed>)>,
    facts: &mut Vec<SourceFacts>,
) -> Result<(), JobError> {
    // What was pushed comes last: of an event that was pulled, too, the pulled row is the first.
    for (stage, handle) in pushed {
        facts.push(stage.timed(Box::pin(push::read(&stage, &handle))).await?);
    }
    for (stage, listed) in lists {
        let own = facts
            .iter_mut()
            .find(|facts| facts.name == stage.settings.name);
        if let Some(facts) = own {
            unlisted::judge(&stage, &listed, facts).await?;
        }
    }
    Ok(())
}

/// Only the ingestion part: takes the lease, reads, stores; nothing of a closed period.
pub async fn alone(desk: &Desk, night: Day, only: Option<&SourceName>) -> Result<Pulled, JobError> {
    let opened = open(desk, only)?;
    let lease = desk.lease(&format!("pull {night}")).await?;
    let pulled = match period::refuse_closed(desk, night).await {
        Ok(()) => pull(desk, night, opened, None).await,
        Err(closed) => Err(closed),
    };
    let released = desk.store.release_lease(lease).await;
    let pulled = pulled?;
    released?;
    Ok(pulled)
}

/// A number of rows.
fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// What reading one source for one night needs.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    desk: Desk,
    settings: SourceSettings,
    night: Day,
    at_ms: i64,
    freshness: Arc<Freshness>,
    /// What ended the source: for the log, with its address, and for the report, without.
    ended: OnceLock<[String; 2]>,
}

impl Stage {
    fn new(desk: &Desk, settings: &SourceSettings, night: Day, freshness: &Arc<Freshness>) -> Self {
        Self {
            desk: desk.clone(),
            settings: settings.clone(),
            night,
            at_ms: freshness.now_ms,
            freshness: Arc::clone(freshness),
            ended: OnceLock::new(),
        }
    }

    /// Runs the reading of one source and tells how it went.
    async fn timed(
        &self,
        reading: impl Future<Output = Result<SourceFacts, JobError>>,
    ) -> Result<SourceFacts, JobError> {
        let watch = Stopwatch::start();
        self.desk
            .progress
            .step(format!("{} {}", self.night, self.settings.name));
        let mut facts = self.desk.or_stop(reading).await?;
        if facts.missing_orders > 0 || !facts.missing_days.is_empty() {
            // nobody may wait for what lacks once its time is over
            facts.deadline_passed = self.freshness.passed(&self.settings, self.night, true);
        }
        let duration_ms = u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (source, state) = (facts.name.as_str(), facts.state.id());
        if facts.state == Completeness::Complete {
            info!(source.id = source, business_date = %self.night, stage = "pull", state, duration_ms, "source read");
        } else {
            let trouble = facts.trouble.as_deref().unwrap_or("nothing came");
            let trouble = self.ended.get().map_or_else(
                || trouble.to_owned(),
                |[whole, words]| trouble.replacen(words, whole, 1),
            );
            warn!(source.id = source, business_date = %self.night, stage = "pull", state, duration_ms, error = trouble, "source is not complete");
        }
        Ok(facts)
    }

    /// What ended the source, as the report says it: the page goes out by mail, so it names no
    /// address; the log does.
    fn trouble(&self, error: &SourceError) -> String {
        let lang = self.desk.config.lang;
        let words = error.words(lang);
        let ended = || [error.sentence(lang), words.clone()];
        self.ended.get_or_init(ended);
        words
    }

    /// What normalising needs to know.
    fn context(&self, window: Option<Window>) -> SourceContext {
        let minutes = self.settings.cutoff.minutes();
        let cutoff = Cutoff::parse(&format!("{:02}:{:02}", minutes / 60, minutes % 60));
        SourceContext {
            name: self.settings.name.clone(),
            kind: self.settings.kind().into(),
            instrument: self.settings.instrument,
            cutoff: cutoff.unwrap_or(Cutoff::MIDNIGHT),
            window,
            reject_day: self.night,
            is_gateway: self.settings.registration.is_gateway,
        }
    }

    /// Facts of a source that delivered in the state given.
    fn facts(&self, state: Completeness) -> SourceFacts {
        let nothing = matches!(state, Completeness::Missing | Completeness::Refused);
        let deadline_passed = self.freshness.passed(&self.settings, self.night, nothing);
        let state = match state {
            Completeness::Missing if !deadline_passed => Completeness::Late,
            other => other,
        };
        SourceFacts {
            name: self.settings.name.clone(),
            kind: self.settings.kind().into(),
            carries_money: self.settings.registration.carries_money,
            required: self.settings.required,
            state,
            missing_days: Vec::new(),
            missing_orders: 0,
            deadline_passed,
            control: None::<Control>,
            trouble: None,
            unrun: Vec::new(),
        }
    }

    /// A folder as the configuration writes it.
    fn folder(&self, folder: &Path) -> String {
        let folder = folder.strip_prefix(&self.desk.config.dir).unwrap_or(folder);
        folder.display().to_string()
    }

    /// What to do where no file of a folder tells of the days. The folder as the configuration
    /// writes it.
    fn no_file(&self, folder: &Path, days: &[Day]) -> String {
        let (lang, folder) = (self.desk.config.lang, self.folder(folder));
        let days: Vec<String> = days
            .iter()
            .map(|day| crate::text::day(lang, *day))
            .collect();
        let args = [("folder", &*folder), ("days", &*days.join(", "))];
        crate::text::say(lang, "folder-no-file", &args)
    }

    /// Complete becomes partial when too many rows could not be read.
    fn judge_rejects(&self, facts: &mut SourceFacts, rows: u64, rejects: u64) {
        let max = self.desk.config.rules.reject_share_max;
        let all = rows.saturating_add(rejects);
        let too_many = i128::from(rejects) * max.den > i128::from(all) * max.num;
        if too_many && facts.state == Completeness::Complete {
            facts.state = Completeness::Partial;
            let [bad, all] = [rejects, all].map(|n| n.to_string());
            let args = [("bad", bad.as_str()), ("all", all.as_str())];
            let lang = self.desk.config.lang;
            let said = crate::text::say(lang, "source-unreadable", &args);
            facts.trouble = Some(match facts.trouble.take() {
                Some(before) => format!("{before}; {said}").into(),
                None => said.into(),
            });
        }
    }
}
