//! The arguments of `doisoat inspect`.

use std::path::PathBuf;

use clap::Args;

use super::inspect::{inspect, render, unreadable};
use super::output::{json_line, out};
use super::{Global, Outcome};
use crate::job::Exit;

/// Arguments of `inspect`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat inspect statement.csv                 what it is and holds, and a [[source]] to paste
  doisoat inspect saoke.xls                     whatever the name: the bytes tell what it is
  doisoat inspect *.csv --json                  one JSON document a file, one a line
  doisoat inspect export.txt --format tsv       when the bytes suggest something else
Reads only; changes nothing. Exit code 1 when a file cannot be read.")]
pub struct InspectArgs {
    /// Statement, settlement or export files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// csv, tsv, mt940, mt942, camt.052, camt.053 or camt.054, whatever the bytes suggest
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// One JSON document a file, one a line
    #[arg(long)]
    json: bool,
}

#[expect(clippy::unnecessary_wraps, reason = "the form of every command")]
pub(super) fn run(global: &Global, args: &InspectArgs) -> Outcome {
    let lang = global.lang(None);
    let inspections = inspect(&args.files, args.format.as_deref(), lang);
    if args.json {
        inspections.iter().for_each(json_line);
    } else {
        out(&render(&inspections, lang));
    }
    Ok(if unreadable(&inspections) {
        Exit::Failed
    } else {
        Exit::Done
    })
}
