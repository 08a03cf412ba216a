//! `doisoat verify`: past runs, proved again.

use clap::Args;
use serde::Serialize;

use super::output::{json_line, out};
use super::places::elsewhere;
use super::run::desk;
use super::{Global, Outcome, block_on, day};
use crate::domain::{Day, RunId};
use crate::job::verify::{self, Verification, Verified, Which};
use crate::job::{Desk, Exit, reader};
use crate::prove::Violation;

/// Arguments of `verify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat verify                        the last published night, and the seals of all others
  doisoat verify --date 2022-12-05      the run that stands for that night
  doisoat verify --run 2022-12-05-0123456789ab-1
  doisoat verify --all                  every run that stands
Reads the run's rows from the store, settles and proves them again, and compares the result with
 database and the published folder. Changes nothing, and may run beside a night. One line a run:
 what was checked, what could not be, and what does not hold. Chain, seals, answers and books are
 checked each time, for all runs; without --date and --run their folders too. --all also settles
 every run again and reads all of the archive that they name.
 Where database or archive do not lie in the folder of doisoat.toml, a line says which were read.
 Exit codes: 0 all that was checked holds, 1 something does not, 2 no such date or run, or no night
 to verify.")]
pub struct VerifyArgs {
    /// The run that stands for a night [default: the last one]
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with_all = ["run", "all"])]
    date: Option<Day>,
    /// One run by its id, also one that was replaced
    #[arg(long, value_name = "RUN", conflicts_with = "all")]
    run: Option<String>,
    /// Every run that stands
    #[arg(long)]
    all: bool,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    database: &'a str,
    archive: &'a str,
    holds: bool,
    runs: Vec<OneRun<'a>>,
    /// What concerns all runs; stands with each of them too.
    violations: &'a [Violation],
    notes: Vec<&'a str>,
}

#[derive(Serialize)]
struct OneRun<'a> {
    run_id: &'a str,
    business_date: Day,
    holds: bool,
    checked: Vec<&'static str>,
    not_checked: Vec<&'static str>,
    violations: &'a [Violation],
}

pub(super) fn run(global: &Global, args: &VerifyArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    let elsewhere = elsewhere(&config, lang);
    let places = (
        config.database.label(),
        config.archive_dir.display().to_string(),
    );
    let which = match (args.date, &args.run, args.all) {
        (Some(day), ..) => Which::Night(day),
        (_, Some(run), _) => Which::Run(RunId::new(run)),
        (_, _, true) => Which::All,
        _ => Which::Last,
    };
    let verified = block_on(async {
        let desk = desk(config, global).await?;
        let work = async |desk: &Desk| Box::pin(verify::verify(desk, &which)).await;
        let verified = Box::pin(reader::read(&desk, work, Verification::holds)).await;
        desk.close().await;
        verified
    })??;
    let holds = verified.holds();
    if args.json {
        let runs = verified.runs.iter().map(one).collect();
        json_line(&Document {
            schema_version: 1,
            database: &places.0,
            archive: &places.1,
            holds,
            runs,
            violations: &verified.found,
            notes: verified.notes.iter().map(|(_, en)| en.as_str()).collect(),
        });
    } else {
        out(&verified.lines(lang));
        out(&elsewhere);
    }
    Ok(if holds { Exit::Done } else { Exit::Failed })
}

fn one(run: &Verified) -> OneRun<'_> {
    let words = |texts: &[crate::domain::Text]| texts.iter().map(|text| text.en).collect();
    OneRun {
        run_id: run.run.id.as_str(),
        business_date: run.run.business_date,
        holds: run.found.is_empty(),
        checked: words(&run.checked),
        not_checked: words(&run.left_out),
        violations: &run.found,
    }
}
