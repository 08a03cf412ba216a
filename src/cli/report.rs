//! `doisoat report`: reports again from the store.

use std::path::PathBuf;

use clap::Args;

use super::output::{json_line, out};
use super::run::{desk, in_order};
use super::{Global, Outcome, block_on, day};
use crate::domain::Day;
use crate::job::report_again::{self, Span, month, range};
use crate::job::{Exit, JobError};
use crate::kpi::Period;

/// Arguments of `report`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat report                                       the last night again, as published
  doisoat report --date 2022-12-05 --out again         into another folder
  doisoat report --month 2022-12                       the month, as of its last published night
  doisoat report --from 2022-12-01 --to 2022-12-15     a range
Writes <YYYY-MM-DD>, <YYYY-MM> or <from>_<to> into the report folder and changes nothing else.")]
pub struct ReportArgs {
    /// One night, as published [default: the last one]
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with_all = ["month", "from", "to"])]
    date: Option<Day>,
    /// A month
    #[arg(long, value_name = "YYYY-MM", value_parser = read_month, conflicts_with_all = ["from", "to"])]
    month: Option<Period>,
    /// First day of a range
    #[arg(long, value_name = "DATE", value_parser = day, requires = "to")]
    from: Option<Day>,
    /// Last day of a range
    #[arg(long, value_name = "DATE", value_parser = day, requires = "from")]
    to: Option<Day>,
    /// Folder to write into [default: the report folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// One JSON document on stdout: where the report is
    #[arg(long)]
    json: bool,
}

fn read_month(raw: &str) -> Result<Period, String> {
    month(raw).ok_or_else(|| format!("\"{raw}\" is not a month of the form YYYY-MM"))
}

pub(super) fn run(global: &Global, args: &ReportArgs) -> Outcome {
    if let (Some(from), Some(to)) = (args.from, args.to) {
        in_order(from, to)?;
    }
    let config = global.load()?;
    let folder = block_on(async {
        let desk = desk(config, global).await?;
        let span = match (args.date, &args.month, args.from, args.to) {
            (Some(day), ..) => Span::Night(day),
            (_, Some(month), ..) => Span::Days(month.clone()),
            (_, _, Some(from), Some(to)) => Span::Days(range(from, to)),
            _ => Span::Night(last(&desk).await?),
        };
        let root = args
            .out
            .clone()
            .unwrap_or_else(|| desk.config.report_dir.clone());
        let lease = desk.lease("report").await?;
        let written = report_again::write(&desk, &span, &root).await;
        let released = desk.store.release_lease(lease).await;
        desk.clone().close().await;
        let written = written?;
        released?;
        Ok::<_, JobError>(written)
    })??;
    if args.json {
        json_line(&serde_json::json!({ "schema_version": 1, "report": folder }));
    } else {
        out(&format!("{}\n", folder.display()));
    }
    Ok(Exit::Done)
}

async fn last(desk: &crate::job::Desk) -> Result<Day, JobError> {
    let last = desk.store.last_run().await?;
    last.map(|run| run.business_date)
        .ok_or_else(|| JobError::Usage {
            message: "no night has been published yet".into(),
            fix: "run `doisoat run`".into(),
        })
}
