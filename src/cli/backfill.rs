//! `doisoat backfill`: nights in order.

use clap::Args;

use super::owner::refuse_root;
use super::run::{desk_for_a_night, in_order, show};
use super::{Global, Outcome, block_on, day};
use crate::config::NotifyConfig;
use crate::domain::Day;
use crate::job::nightly::{self, Mode};
use crate::job::{Exit, JobError, period};

/// Arguments of `backfill`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat backfill --from 2022-12-01 --to 2022-12-31    every night of the month, oldest first
  doisoat backfill --from 2022-12-01 --to 2022-12-31    again: resumes; finished nights change nothing
Nights of a closed period stay as they are: each is named, the others run. The exit code is the strongest
of all nights; a night that fails ends it.")]
pub struct BackfillArgs {
    /// First business date
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Day,
    /// Last business date
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Day,
    /// One JSON document a night on stdout, one a line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &BackfillArgs) -> Outcome {
    in_order(args.from, args.to)?;
    let mut config = global.read()?;
    // somebody sits here and sees each night end: a year of nights is not a year of mails
    config.notify = NotifyConfig::default();
    let lang = global.lang(Some(&config));
    refuse_root(&config, lang)?;
    let exits = block_on(async {
        let desk = desk_for_a_night(config, global, args.from).await?;
        let mut exits = Vec::new();
        let mut day = args.from;
        while day <= args.to {
            desk.checkpoint()?;
            let night = nightly::run(&desk, day, Mode::Publish).await;
            if let Some(night) = period::unless_closed(day, night)? {
                show(&night, args.json, lang);
                exits.extend(night.exits);
            }
            day = day.plus(1);
        }
        desk.close().await;
        Ok::<_, JobError>(exits)
    })??;
    Ok(Exit::strongest(&exits))
}
