//! `doisoat help [COMMAND | exit-codes]`.

use clap::{Args, CommandFactory};

use super::output::{out, table};
use super::{Cli, Failure, Global, Outcome};
use crate::job::Exit;

/// Printed under `doisoat --help`.
pub(super) const TOP: &str = "\
Examples:
  doisoat demo                                 seven nights on an invented district, no configuration
  doisoat init /etc/doisoat                    configuration, folders, timer and database
  doisoat check                                is everything reachable, and what to fix
  doisoat run                                  the last closed business day
  doisoat run --date 2022-12-05                that night; again gives the same
  doisoat verify --all                         every published run proved again
  doisoat match --fees fees.csv --transactions transactions_*.csv --cash cash.csv --out out
  doisoat help exit-codes                      what the exit codes mean";

/// Arguments of `help`.
#[derive(Debug, Args)]
pub struct HelpArgs {
    /// A command (and its subcommand), or `exit-codes`
    topic: Vec<String>,
}

pub(super) fn run(global: &Global, args: &HelpArgs) -> Outcome {
    if let [topic] = args.topic.as_slice()
        && topic == "exit-codes"
    {
        let lang = global.lang(None);
        let rows: Vec<Vec<String>> = Exit::ALL
            .iter()
            .map(|exit| vec![exit.code().to_string(), exit.meaning().get(lang).to_owned()])
            .collect();
        out(table(&["", ""], &[0], &rows).trim_start_matches('\n'));
        return Ok(Exit::Done);
    }
    let mut command = Cli::command();
    command.build();
    for name in &args.topic {
        let found = command.find_subcommand(name).cloned();
        command = found.ok_or_else(|| {
            let message = format!("there is no command or topic \"{name}\"");
            Failure::new(Exit::Usage, message, "see `doisoat --help`")
        })?;
    }
    out(&command.render_long_help().to_string());
    Ok(Exit::Done)
}
