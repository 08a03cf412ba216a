//! `doisoat replay`: a past run, made again from the archive.

use clap::Args;
use serde::Serialize;

use super::output::{json_line, out};
use super::run::desk;
use super::{Global, Outcome, block_on};
use crate::domain::{Day, Lang};
use crate::job::replay::{self, Replayed};
use crate::job::{Desk, Exit, reader};

/// Arguments of `replay`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat replay 2022-12-05-0123456789ab-1     one run by its id
  doisoat replay 2022-12-05-01                 by an unambiguous beginning
  doisoat replay 2022-12-05                    the run that stands for that night
  doisoat replay 2022-12-05 --json             for scripts
Reads every raw answer and file of the night out of the archive, makes rows of them and compares
these with the stored ones; settles, proves and reports again; compares the digests, the files and
the folder with what was published. Asks nobody and changes nothing. One line a comparison, with the
first difference. It needs the sources' secrets, because signatures are verified again.
Exit codes: 0 equal, 1 anything differs, 2 no such run.")]
pub struct ReplayArgs {
    /// Run id, an unambiguous beginning of one, or a date
    #[arg(value_name = "RUN")]
    run: String,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    run_id: &'a str,
    business_date: Day,
    equal: bool,
    checks: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    what: &'static str,
    state: &'static str,
    vi: &'a str,
    en: &'a str,
}

pub(super) fn run(global: &Global, args: &ReplayArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    let replayed = block_on(async {
        // its files are made in the language of the configuration, whatever is asked for here
        let quiet = Global {
            lang: None,
            ..global.clone()
        };
        let desk = desk(config, &quiet).await?;
        let work = async |desk: &Desk| {
            let run = replay::find(desk, &args.run).await?;
            Box::pin(replay::replay(desk, &run)).await
        };
        let replayed = Box::pin(reader::read(&desk, work, Replayed::is_equal)).await;
        desk.close().await;
        replayed
    })??;
    if args.json {
        json_line(&document(&replayed));
    } else {
        out(&replayed.lines(lang));
    }
    Ok(if replayed.is_equal() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn document(replayed: &Replayed) -> Document<'_> {
    let checks = replayed.checks.iter().map(|check| One {
        what: check.what,
        state: check.state.id(),
        vi: check.say(Lang::Vi),
        en: check.say(Lang::En),
    });
    Document {
        schema_version: 1,
        run_id: replayed.run.id.as_str(),
        business_date: replayed.run.business_date,
        equal: replayed.is_equal(),
        checks: checks.collect(),
    }
}
