//! `doisoat diff`: what changed between two runs, and which input did it.

use clap::Args;
use serde::Serialize;

use super::output::{json_line, out};
use super::run::desk;
use super::{Global, Outcome, block_on};
use crate::job::diff;
use crate::job::{Desk, Exit, reader, replay};
use crate::report::facts::diff::Diff;

/// Arguments of `diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat diff 2022-12-05 2022-12-06                  two nights
  doisoat diff 2022-12-05-0123456789ab-1 2022-12-05   two versions of a night
  doisoat diff 2022-12-05 2022-12-06 --json           everything, for scripts
The first lines answer why the figure changed: the share before and after, and the items that moved
it. Then rules, sources, rows of the input, matches, classes, exceptions and shares, each change
with the input that caused it where it can be told. Changes nothing.
Exit codes: 0 compared (whether or not anything differs), 2 no such run.")]
pub struct DiffArgs {
    /// The earlier run: an id, an unambiguous beginning of one, or a date
    #[arg(value_name = "RUN")]
    from: String,
    /// The later run
    #[arg(value_name = "RUN")]
    to: String,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    #[serde(flatten)]
    diff: &'a Diff,
}

pub(super) fn run(global: &Global, args: &DiffArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    let diff = block_on(async {
        let desk = desk(config, global).await?;
        let work = async |desk: &Desk| {
            let from = replay::find(desk, &args.from).await?;
            let to = replay::find(desk, &args.to).await?;
            Box::pin(diff::diff(desk, &from, &to)).await
        };
        let compared = Box::pin(reader::read(&desk, work, |_| true)).await;
        desk.close().await;
        compared
    })??;
    if args.json {
        json_line(&Document {
            schema_version: 1,
            diff: &diff,
        });
    } else {
        out(&diff.lines(lang));
    }
    Ok(Exit::Done)
}
