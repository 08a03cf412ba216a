//! One night, from the lease to the revealed folder.
//!
//! lease, recover, pull, pool, settle, prove, stage the folder, publish in one transaction,
//! reveal. Killed anywhere, the next start makes of it what an uninterrupted night would have
//! made: before the commit nothing counts, after it the folder can be rebuilt from the database.

mod decide;
mod read;

use tracing::{info, warn};

use super::announce;
use super::before_period::leading;
use super::calibration;
use super::desk::Desk;
use super::error::JobError;
use super::exits;
use super::kept;
use super::last_run;
use super::metrics;
use super::of_nights::Telling;
use super::outcome::Exit;
use super::period;
use super::proof::{self, Prover};
use super::pull;
use super::recover;
use super::stage;
use super::unrun;
use super::what_if;
use crate::clock::Stopwatch;
use crate::domain::Day;
use crate::prove::prove;
use crate::report::csv;
use crate::store::{Lease, Publication, RunRecord, StoreError};

pub(super) use decide::{Decided, decide_again, decide_as, decide_over, decide_told};
use decide::{Making, decide};
pub(super) use read::{Read, read};

/// What a night ended with.
#[derive(Clone, Debug)]
pub struct Night {
    /// The run that stands for the night (in a dry run: that would have stood).
    pub run: RunRecord,
    /// Every way to end that applies, the deciding one first.
    pub exits: Vec<Exit>,
    /// False when the same inputs were published before, or in a dry run.
    pub published: bool,
    /// The folder of the report.
    pub folder: std::path::PathBuf,
    /// How long each stage took, in their order.
    pub times: stage::Times,
}

impl Night {
    /// How the process ends.
    pub fn exit(&self) -> Exit {
        Exit::strongest(&self.exits)
    }
}

/// Whether a night becomes visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Publish.
    Publish,
    /// Read, settle, say what would be published.
    DryRun,
}

/// Runs the night of `day`; one of a closed period is refused before any source is asked.
pub async fn run(desk: &Desk, day: Day, mode: Mode) -> Result<Night, JobError> {
    run_proved_by(desk, day, mode, prove).await
}

/// Runs the night with a checker of the caller's: for tests of what a failed proof leads to.
pub async fn run_proved_by(
    desk: &Desk,
    day: Day,
    mode: Mode,
    prover: Prover,
) -> Result<Night, JobError> {
    refuse_open_day(desk, day)?;
    let desk = &desk.with_deadline();
    let plan = Plan { day, mode, prover };
    if mode == Mode::DryRun {
        return held(desk, plan, None).await;
    }
    let config = &desk.config;
    let mut told = Told {
        switch: announce::Switch::new(config, desk.clock.now_ms(), day),
        book: last_run::Book::new(config, day, desk.clock.now_ms()),
    };
    let watch = Stopwatch::start();
    let night = held(desk, plan, Some(&mut told)).await;
    if matches!(night, Err(JobError::Closed { .. })) {
        // no night began, so none ended
        return night;
    }
    told.book.ended(night.as_ref(), desk.clock.now_ms());
    let (ended, pause) = (announce::Ended::of(&night), desk.pace.first_wait);
    told.switch.end(config.lang, &desk.stop, pause, ended).await;
    metrics::write(desk, &night, watch.elapsed()).await;
    night
}

/// Who is told that a night begins and ends.
struct Told {
    switch: announce::Switch,
    book: last_run::Book,
}

/// The night under the lease, and the sending after it.
async fn held(desk: &Desk, plan: Plan, told: Option<&mut Told>) -> Result<Night, JobError> {
    // Secrets are fetched before anything else: a missing one must not cost half a night.
    let opened = pull::open(desk, None)?;
    let mut lease = desk.lease(&format!("run {}", plan.day)).await?;
    // under the lease nobody closes; before the pull, because what is pulled is stored
    if let Err(closed) = period::refuse_closed(desk, plan.day).await {
        // what was published stands, and whoever asks for it may have lost its folder
        let shown = recover::before_a_night(desk, plan.day).await;
        desk.store.release_lease(lease).await?;
        shown?;
        return Err(closed);
    }
    if let Some(told) = told {
        told.book.begun();
        told.switch.start(desk.config.lang);
    }
    let night = Box::pin(steps(desk, &mut lease, plan, opened)).await;
    if plan.mode == Mode::Publish {
        announce::deliver(desk).await;
    }
    let released = desk.store.release_lease(lease).await;
    let night = night?;
    if let Err(error) = released {
        warn!(run.id = night.run.id.as_str(), stage = "publish", %error, "the lease was not given back; it ends by itself");
    }
    Ok(night)
}

/// A night is run for a day that has closed.
fn refuse_open_day(desk: &Desk, day: Day) -> Result<(), JobError> {
    let last = desk.last_closed_day();
    if day <= last {
        return Ok(());
    }
    Err(JobError::Usage {
        message: format!("{day} has not closed yet"),
        fix: format!("the last closed business day is {last}"),
    })
}

/// What is to be done.
#[derive(Clone, Copy)]
struct Plan {
    day: Day,
    mode: Mode,
    prover: Prover,
}

async fn steps(
    desk: &Desk,
    lease: &mut Lease,
    plan: Plan,
    opened: Vec<pull::Opened>,
) -> Result<Night, JobError> {
    let Plan { day, mode, prover } = plan;
    let mut times = stage::Times::default();
    recover::before_a_night(desk, day).await?;
    let watch = Stopwatch::start();
    let standing = desk.store.published(day).await?;
    let mut pulled = pull::pull(desk, day, opened, standing.as_ref()).await?;
    unrun::mark(desk, day, &mut pulled.facts).await?;
    times.add("pull", watch.elapsed());
    desk.store.heartbeat(lease, &desk.now_wall()).await?;
    desk.checkpoint()?;
    let watch = Stopwatch::start();
    let calibration = calibration::before(desk, day).await?;
    let mut read = read(desk, day, &pulled, calibration).await?;
    times.add("read", watch.elapsed());
    if let Some(run) = standing.as_ref().filter(|run| read.is_of(run)) {
        info!(run.id = run.id.as_str(), business_date = %day, stage = "settle", "same inputs: nothing changes");
        let exits = exits::of_run(run);
        return Ok(Night {
            run: run.clone(),
            exits,
            published: false,
            folder: stage::folder(desk, day),
            times,
        });
    }
    if standing.is_some() {
        pulled.judge_anew(desk, day);
        read.tell(&pulled)?;
    }
    let watch = Stopwatch::start();
    let making = Making {
        version: standing.as_ref().map_or(1, |run| run.version + 1),
        replaces: standing.map(|run| run.id),
        pulled_at_ms: pulled.at_ms,
        over: None,
        prior: None,
        counts: None,
        known_at: None,
        telling: Telling::default(),
    };
    let decided = Box::pin(decide(desk, day, read, making)).await?;
    times.add("settle", watch.elapsed());
    desk.checkpoint()?;
    desk.progress.step(format!("{day} prove"));
    let watch = Stopwatch::start();
    proof::demand(desk, &decided, prover)?;
    times.add("prove", watch.elapsed());
    Box::pin(publish(desk, lease, decided, mode, times)).await
}

/// The error of a publication; of rows that somebody changed, and of what a later night kept, what
/// to do about them.
fn said(desk: &Desk, day: Day, error: StoreError) -> JobError {
    let lang = desk.config.lang;
    if let StoreError::LaterLost {
        night,
        sha256,
        detail,
    } = &error
    {
        let args = [
            ("night", night.as_str()),
            ("sha256", sha256),
            ("detail", detail),
        ];
        return JobError::Erased {
            message: crate::text::say(lang, "later-lost", &args),
            fix: crate::text::say(lang, "later-lost-fix", &args),
        };
    }
    let StoreError::Altered(rows) = &error else {
        return error.into();
    };
    let shown = rows.iter().take(5).map(String::as_str);
    let (shown, count) = (shown.collect::<Vec<_>>().join(", "), rows.len().to_string());
    let day = crate::text::day(lang, day);
    let args = [("rows", shown.as_str()), ("count", &count), ("day", &day)];
    JobError::Altered {
        message: crate::text::say(lang, "rows-altered", &args),
        fix: crate::text::say(lang, "rows-altered-fix", &args),
    }
}

/// Stages the folder, commits, reveals.
async fn publish(
    desk: &Desk,
    lease: &Lease,
    mut decided: Decided,
    mode: Mode,
    mut times: stage::Times,
) -> Result<Night, JobError> {
    let day = decided.run.business_date;
    let folder = stage::folder(desk, day);
    if mode == Mode::DryRun {
        return Ok(Night {
            run: decided.run,
            exits: decided.exits,
            published: false,
            folder,
            times,
        });
    }
    desk.progress.step(format!("{day} publish"));
    let watch = Stopwatch::start();
    let files = stage::files(desk, &decided)?;
    decided.run.files = stage::keep(desk, &files)?;
    let kept = kept::keep(desk, &decided)?;
    let staged = stage::write(desk, &decided, files, &times)?;
    let Decided { run, exits, .. } = &decided;
    let publication = Publication {
        run,
        pool: &decided.pool,
        settlement: &decided.settlement,
        kept: &kept,
        archive: Some(&desk.archive),
        outbox: &announce::of_publication(&desk.config.notify, run),
        now_wall: &desk.now_wall(),
    };
    let published = desk.store.publish(lease, &publication).await;
    published.map_err(|error| said(desk, day, error))?;
    stage::reveal(&staged)?;
    times.add("publish", watch.elapsed());
    info!(
        run.id = run.id.as_str(),
        business_date = %day,
        stage = "publish",
        exit_code = Exit::strongest(exits).code(),
        share = &*csv::figures(what_if::headline(&decided.settlement, leading(desk)))[2],
        duration_ms = times.total_ms(),
        peak_memory_bytes = stage::peak_memory_bytes(),
        "published"
    );
    // published is published: what fails from here on is no failed night
    if let Err(error) = desk.store.tidy().await {
        warn!(run.id = run.id.as_str(), stage = "publish", %error, "the database was not tidied");
    }
    Ok(Night {
        run: run.clone(),
        exits: exits.clone(),
        published: true,
        folder,
        times,
    })
}
