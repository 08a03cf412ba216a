//! The night by `[schedule]`, for a machine or container without cron: waits for the fire time,
//! runs the nights that are due, and makes up for missed ones. A night that fails does not end it.

use std::convert::Infallible;
use std::time::Duration;

use tracing::{error, info, warn};

use super::desk::Desk;
use super::error::JobError;
use super::nightly::{self, Mode, Night};
use super::outcome::Exit;
use super::period;
use super::unopened;
use crate::domain::Moment;
use crate::schedule::Nights;

/// The clock is looked at this often while waiting: it may be set, and the machine may sleep.
const LOOK: Duration = Duration::from_secs(30);
/// The pause before another try where the lease is held or the database does not open.
const RETRY: Duration = Duration::from_mins(1);

/// Tells a published night.
pub type Tell<'a> = &'a mut (dyn FnMut(&Night) + Send);

/// Stays until somebody asks to stop, which is how it ends.
pub async fn run(desk: &Desk, tell: Tell<'_>) -> Result<Exit, JobError> {
    match stay(desk, tell).await {
        Err(JobError::Stopped(exit)) => Ok(exit),
        Err(error) => Err(error),
        Ok(never) => match never {},
    }
}

async fn stay(desk: &Desk, tell: Tell<'_>) -> Result<Infallible, JobError> {
    let nights = desk.config.nights();
    let mut batch = Batch {
        nights: &nights,
        at_ms: desk.clock.now_ms(),
        free_ms: None,
    };
    loop {
        batch.work(desk, tell).await?;
        let free_ms = desk.clock.now_ms();
        batch = Batch {
            nights: &nights,
            at_ms: fired(desk, &nights, batch.at_ms).await?,
            free_ms: Some(free_ms),
        };
    }
}

/// Waits for the first fire time after `seen_ms` and tells what time it is then. Times that came
/// together, because a night took long or the clock jumped, count once; when the clock was set
/// back, the times that come again count again: a night that runs twice changes nothing.
async fn fired(desk: &Desk, nights: &Nights, mut seen_ms: i64) -> Result<i64, JobError> {
    let mut told = None;
    loop {
        desk.checkpoint()?;
        let now = desk.clock.now_ms();
        seen_ms = seen_ms.min(now);
        let next = nights.cron.next_after(seen_ms).unwrap_or(i64::MAX);
        if next <= now {
            return Ok(now);
        }
        if told != Some(next) {
            told = Some(next);
            let (at, day) = (Moment::of_ms(next), nights.day_of(next));
            info!(business_date = %day, stage = "schedule", at = &*at.text(), "waiting for the night");
            desk.progress.step(format!("{day}: {}", at.text()));
        }
        let left = u64::try_from(next - now).unwrap_or(0);
        wait(desk, LOOK.min(Duration::from_millis(left))).await?;
    }
}

/// Waits unless somebody asks to stop.
async fn wait(desk: &Desk, length: Duration) -> Result<(), JobError> {
    let nap = async {
        desk.clock.nap(length).await;
        Ok(())
    };
    desk.or_stop(nap).await
}

/// What is to be run at a start or at a fire time.
struct Batch<'a> {
    nights: &'a Nights,
    /// The instant that decides what is due.
    at_ms: i64,
    /// Since when the program could have run it; none at the start.
    free_ms: Option<i64>,
}

impl Batch<'_> {
    /// Runs its nights. While another run holds the lease or the database does not open, tries
    /// again until the schedule fires the next time.
    async fn work(&self, desk: &Desk, tell: Tell<'_>) -> Result<(), JobError> {
        let until = self.nights.cron.next_after(self.at_ms).unwrap_or(i64::MAX);
        let mut is_told = false;
        loop {
            let Err(problem) = self.once(desk, tell).await else {
                return Ok(());
            };
            if let JobError::Stopped(_) = problem {
                return Err(problem);
            }
            if problem.exit() != Exit::Locked && !is_told {
                is_told = true;
                let day = self.nights.day_of(self.at_ms);
                let told = unopened::tell(&desk.config, &*desk.clock, day, &problem);
                Box::pin(told).await;
            }
            let (message, fix) = problem.message_and_fix();
            if desk.clock.now_ms() >= until {
                error!(
                    stage = "schedule",
                    exit_code = problem.exit().code(),
                    fix,
                    "{message}"
                );
                return Ok(());
            }
            warn!(
                stage = "schedule",
                fix, "{message}; trying again in a minute"
            );
            wait(desk, RETRY).await?;
        }
    }

    async fn once(&self, desk: &Desk, tell: Tell<'_>) -> Result<(), JobError> {
        let desk = desk.reopened().await?;
        let done = self.nights(&desk, tell).await;
        desk.store.close().await;
        done
    }

    async fn nights(&self, desk: &Desk, tell: Tell<'_>) -> Result<(), JobError> {
        let published = desk.store.published_nights().await?;
        let mut nights = self.nights.clone();
        nights.installed = desk.store.installed().await?;
        let due = match self.free_ms {
            None => nights.missed(self.at_ms, &published),
            Some(free_ms) => nights.fired(self.at_ms, free_ms, &published),
        };
        for day in due {
            desk.checkpoint()?;
            let night = nightly::run(desk, day, Mode::Publish).await;
            match period::unless_closed(day, night) {
                Ok(night) => night.iter().for_each(&mut *tell),
                Err(problem @ JobError::Stopped(_)) => return Err(problem),
                Err(problem) if problem.exit() == Exit::Locked => return Err(problem),
                Err(problem) => {
                    let (message, fix) = problem.message_and_fix();
                    let exit_code = problem.exit().code();
                    error!(business_date = %day, stage = "schedule", exit_code, fix, "{message}");
                }
            }
        }
        Ok(())
    }
}
