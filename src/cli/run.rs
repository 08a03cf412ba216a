//! `doisoat run`: the whole night.

use std::sync::Arc;

use clap::Args;

use super::output::{is_terminal, out};
use super::owner::refuse_root;
use super::{Failure, Global, Outcome, block_on, day, summary};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::domain::Day;
use crate::job::desk::last_closed_day_of;
use crate::job::nightly::{self, Mode, Night};
use crate::job::{Desk, Exit, JobError, Progress, Stop, period, unopened};

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat run                       the last closed business day
  doisoat run --date 2022-12-05     that night; the same inputs give the same result and change nothing
  doisoat run --dry-run -v          read and settle, publish nothing
  doisoat run --json                the document of run.json on stdout
A night of a closed period stays as it is: without --date that is said and ends with 0, with it it is
refused with 2. Silent when stdout is no terminal. `doisoat help exit-codes` tells what the exit code means.")]
pub struct RunArgs {
    /// The business date [default: the last closed one]
    #[arg(long, value_name = "DATE", value_parser = day)]
    date: Option<Day>,
    /// Read and settle, but publish and send nothing
    #[arg(long)]
    dry_run: bool,
    /// One JSON document on stdout, the same as run.json
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &RunArgs) -> Outcome {
    let config = global.read()?;
    let lang = global.lang(Some(&config));
    refuse_root(&config, lang)?;
    let mode = if args.dry_run {
        Mode::DryRun
    } else {
        Mode::Publish
    };
    let night = block_on(async {
        let named = args.date;
        let day = named.unwrap_or_else(|| last_closed_day_of(&config, &SystemClock));
        let desk = match mode {
            Mode::Publish => desk_for_a_night(config, global, day).await?,
            Mode::DryRun => desk(config, global).await?,
        };
        let night = nightly::run(&desk, day, mode).await;
        desk.close().await;
        match named {
            Some(_) => night.map(Some),
            // nobody named it: a timer that fires again is no reason for an alarm
            None => period::unless_closed(day, night),
        }
    })??;
    let Some(night) = night else {
        return Ok(Exit::Done);
    };
    show(&night, args.json, lang);
    Ok(night.exit())
}

/// The document with `--json`, the summary at a terminal, else nothing.
pub(super) fn show(night: &Night, json: bool, lang: crate::domain::Lang) {
    if json {
        out(night.run.run_json.trim_end());
        out("\n");
    } else if is_terminal() {
        out(&summary::of_night(night, lang));
        out(&summary::of_times(night, lang));
    }
}

/// The desk of a command that a person or a timer starts: real time, signals, progress.
pub(super) async fn desk(mut config: Config, global: &Global) -> Result<Desk, JobError> {
    config.lang = global.lang(Some(&config));
    let mut desk = Desk::open(config, Arc::new(SystemClock)).await?;
    desk.stop = Stop::on_signals().map_err(|error| JobError::Other(error.into()))?;
    desk.progress = Progress::on_terminal(global.quiet);
    Ok(desk)
}

/// The same for nights that are to be published, the first of them `day`: where it cannot be
/// opened, everybody hears of it who would have heard of a night that fails.
pub(super) async fn desk_for_a_night(
    config: Config,
    global: &Global,
    day: Day,
) -> Result<Desk, JobError> {
    let opened = desk(config.clone(), global).await;
    if let Err(problem) = &opened {
        Box::pin(unopened::tell(&config, &SystemClock, day, problem)).await;
    }
    opened
}

/// Two days in order.
pub(super) fn in_order(from: Day, to: Day) -> Result<(), Failure> {
    if from <= to {
        return Ok(());
    }
    let message = format!("--from {from} is after --to {to}");
    Err(Failure::new(
        Exit::Usage,
        message,
        "put the earlier day first",
    ))
}
