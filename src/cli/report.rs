//! `doisoat report`: reports again from the store.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::{json_line, out};
use super::owner::{refuse_root, refuse_root_in};
use super::run::{desk, in_order};
use super::{Failure, Global, Outcome, block_on, day};
use crate::config::Format;
use crate::domain::{Day, Lang, Named, PeriodKind, SourceName};
use crate::job::as_known::Known;
use crate::job::forms::Form;
use crate::job::report_again::{self, Asked, Span};
use crate::job::{Desk, Exit, JobError, reader};
use crate::kpi::{self, Period};
use crate::text;

/// Arguments of `report`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat report                                       the last night again, as published
  doisoat report --date 2022-12-05 --out again         into another folder
  doisoat report --month 2022-12                       the month, as of its last published night
  doisoat report --quarter 2022-Q4                     a quarter; --half 2022-H2, --nine-months 2022, --year 2022
  doisoat report --reporting-month 2022-12             15 November to 14 December (Decree 09/2019)
  doisoat report --reporting 2023-Q1                   15 December to 14 March; 2023-H1, 2023-9M, 2023 alike
  doisoat report --from 2022-12-01 --to 2022-12-15     a range
  doisoat report --month 2022-12 --as-of 2022-12-20    as known on that day, and what arrived since
  doisoat report --month 2022-12 --now                 a closed month as known today, beside what was closed
  doisoat report --month 2022-12 --form minutes        biên bản đối soát with each provider, DOCX, PDF, XLSX, CSV
  doisoat report --month 2022-12 --form minutes --as-of 2022-12-20   the same as known on that day
  doisoat report --reporting-month 2022-12 --form payments   the form of payments, 15 November to 14 December
  doisoat report --format xlsx --out again             the workbook alone (and run.json)
  doisoat report --format pdf --out paper              the summary on A4, for print and archive
  doisoat report --definition DOSSIER_CASHLESS         led by another definition
  doisoat report --csv-separator ';'                   CSV that Excel with Vietnamese settings opens in columns
Writes <YYYY-MM-DD>, <YYYY-MM>, <YYYY-Qn>, <YYYY-Hn>, <YYYY-9M>, <YYYY> or <from>_<to> into the report folder and
changes nothing else. A
choice of formats or of a definition is added to the folder's name: 2022-12-05_DOSSIER_CASHLESS; so is the language of
--lang, where the night was published in the other one: 2022-12-05_en. What a past night was not published in is made
with the figures that it published, or refused. With --as-of and
--now the page and the workbook have a part \"Lúc đó và bây giờ\" (then and now): shares, open items, what came
between with the reason, what counts otherwise. The folder (2022-12_as-of-2022-12-20, 2022-12_now) also holds
known.csv (shares and bounds then and now), arrived.csv (rows and decisions that came between), moved.csv (the items
that count otherwise, with all that each may count as, of which the bounds are made) and all of it in known.json;
counts of sources are those of the run that it tells of.
A period is told by its last night; where rows of its days came later, by the last night of all, cut to the work and
the sources of the period (\"theo số liệu biết đến đêm ...\").
A period that was closed (doisoat period close) is reported as it was closed, and says so. Minutes are as of the last
night of their period: what waited then is due in the next ones. The form of payments is of one state: nights that were
published again since are named in it, or it is refused with what to run. With --as-of a paper
says below its title as of which day it is and what came since, row by row in arrived.csv, and stands in a folder of
its own (2022-12_minutes_as-of-2022-12-20); where nights of then were published again since, it is refused. A paper
with --now is refused: it has no second state beside the one that stands.")]
pub struct ReportArgs {
    /// One night, as published [default: the last one]
    #[arg(long, value_name = "DATE", value_parser = day, group = "span", conflicts_with_all = ["from", "to"])]
    date: Option<Day>,
    /// A month
    #[arg(long, value_name = "YYYY-MM", value_parser = read_month, group = "span", conflicts_with_all = ["from", "to"])]
    month: Option<Period>,
    /// A month from the 15th of the one before to the 14th
    #[arg(long, value_name = "YYYY-MM", value_parser = read_reporting_month, group = "span", conflicts_with_all = ["from", "to"])]
    reporting_month: Option<Period>,
    /// A quarter
    #[arg(long, value_name = "YYYY-Qn", value_parser = read_quarter, group = "span", conflicts_with_all = ["from", "to"])]
    quarter: Option<Period>,
    /// Six months: H1 or H2
    #[arg(long, value_name = "YYYY-Hn", value_parser = read_half, group = "span", conflicts_with_all = ["from", "to"])]
    half: Option<Period>,
    /// The first nine months of a year
    #[arg(long, value_name = "YYYY", value_parser = read_nine_months, group = "span", conflicts_with_all = ["from", "to"])]
    nine_months: Option<Period>,
    /// A year
    #[arg(long, value_name = "YYYY", value_parser = read_year, group = "span", conflicts_with_all = ["from", "to"])]
    year: Option<Period>,
    /// A reporting period of Decree 09/2019: a month, quarter, six or nine months (2023-H1,
    /// 2023-9M) or year, from the 15th of the month before it to the 14th of its last month
    #[arg(long, value_name = "REPORTING_PERIOD", value_parser = read_reporting, group = "span", conflicts_with_all = ["from", "to"])]
    reporting: Option<Period>,
    /// First day of a range
    #[arg(long, value_name = "DATE", value_parser = day, requires = "to")]
    from: Option<Day>,
    /// Last day of a range
    #[arg(long, value_name = "DATE", value_parser = day, requires = "from")]
    to: Option<Day>,
    /// As known on the last night up to this day, beside what is known now
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with = "now")]
    as_of: Option<Day>,
    /// As known now, beside what was closed or published
    #[arg(long)]
    now: bool,
    /// A paper to sign instead of the report; minutes: one a money source
    #[arg(long, value_name = "FORM", value_enum, conflicts_with_all = ["format", "definition"])]
    form: Option<FormWord>,
    /// Minutes with this source only
    #[arg(long, value_name = "NAME", requires = "form")]
    source: Option<String>,
    /// Which files: html, xlsx, csv, pdf, json [default: the configured ones]; run.json always
    #[arg(long, value_name = "FORMAT,...", value_delimiter = ',', num_args = 1.., value_parser = read_format)]
    format: Option<Vec<Format>>,
    /// The definition that leads the report [default: the first target's]
    #[arg(long, value_name = "ID", value_parser = read_definition)]
    definition: Option<Box<str>>,
    /// Separator of CSV: "," or ";" (then decimals get a comma) [default: as it was published]
    #[arg(long, value_name = "CHAR", value_parser = read_separator)]
    csv_separator: Option<char>,
    /// Folder to write into [default: the report folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// One JSON document on stdout: where the report is
    #[arg(long)]
    json: bool,
}

fn read_format(raw: &str) -> Result<Format, String> {
    let known = Format::WORDS.iter().find(|(word, _)| *word == raw.trim());
    known
        .map(|(_, format)| *format)
        .ok_or_else(|| format!("\"{raw}\" is no format; write html, xlsx, csv, pdf or json"))
}

fn read_separator(raw: &str) -> Result<char, String> {
    match raw {
        "," => Ok(','),
        ";" => Ok(';'),
        _ => Err(format!("\"{raw}\" is no separator; write \",\" or \";\"")),
    }
}

fn read_definition(raw: &str) -> Result<Box<str>, String> {
    let upper = raw.trim().to_uppercase();
    let known: Vec<&str> = kpi::DEFINITIONS.iter().map(|known| known.id).collect();
    let found = known.iter().find(|id| id.to_uppercase() == upper);
    found.map(|id| (*id).into()).ok_or_else(|| {
        let known = known.join(", ");
        format!("there is no definition \"{raw}\"; choose one of {known}")
    })
}

fn read_month(raw: &str) -> Result<Period, String> {
    Period::month(raw).ok_or_else(|| format!("\"{raw}\" is not a month of the form YYYY-MM"))
}

fn read_reporting_month(raw: &str) -> Result<Period, String> {
    let month = Period::reporting_month(raw);
    month.ok_or_else(|| format!("\"{raw}\" is not a month of the form YYYY-MM"))
}

fn read_quarter(raw: &str) -> Result<Period, String> {
    Period::quarter(raw).ok_or_else(|| format!("\"{raw}\" is not a quarter of the form YYYY-Q4"))
}

fn read_half(raw: &str) -> Result<Period, String> {
    let half = Period::named(raw, &[PeriodKind::Half]);
    half.ok_or_else(|| format!("\"{raw}\" is not half a year of the form YYYY-H1"))
}

fn read_nine_months(raw: &str) -> Result<Period, String> {
    let nine = Period::year(raw)
        .and_then(|year| Period::named(&format!("{}-9M", year.label), &[PeriodKind::NineMonths]));
    nine.ok_or_else(|| format!("\"{raw}\" is not a year of the form YYYY"))
}

fn read_year(raw: &str) -> Result<Period, String> {
    Period::year(raw).ok_or_else(|| format!("\"{raw}\" is not a year of the form YYYY"))
}

fn read_reporting(raw: &str) -> Result<Period, String> {
    let named = Named::read(raw).and_then(|named| named.reporting().period());
    named.ok_or_else(|| {
        format!(
            "\"{raw}\" is no reporting period; write 2023-01, 2023-Q1, 2023-H1, 2023-9M or 2023"
        )
    })
}

/// The whole period asked for, if one was.
fn whole(args: &ReportArgs) -> Option<&Period> {
    let asked = [
        &args.month,
        &args.reporting_month,
        &args.reporting,
        &args.quarter,
        &args.half,
        &args.nine_months,
        &args.year,
    ];
    asked.into_iter().find_map(Option::as_ref)
}

/// The papers that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormWord {
    /// Biên bản đối soát
    Minutes,
    /// Theo dõi thanh toán trực tuyến (766)
    Payments,
}

fn form(args: &ReportArgs) -> Option<Form> {
    let source = args.source.as_deref().map(SourceName::new);
    args.form.map(|form| match form {
        FormWord::Minutes => Form::Minutes(source),
        FormWord::Payments => Form::Payments,
    })
}

fn known(args: &ReportArgs) -> Known {
    match args.as_of {
        Some(day) => Known::On(day),
        None if args.now => Known::Now,
        None => Known::Standing,
    }
}

pub(super) fn run(global: &Global, args: &ReportArgs) -> Outcome {
    if let (Some(from), Some(to)) = (args.from, args.to) {
        in_order(from, to)?;
    }
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    match &args.out {
        Some(dir) => refuse_root_in(&[dir], lang)?,
        None => refuse_root(&config, lang)?,
    }
    let folder = block_on(async {
        let desk = desk(config, global).await?;
        let work = async |desk: &Desk| {
            let asked = asked(desk, args, global.lang).await?;
            Box::pin(report_again::make(desk, &asked)).await
        };
        let made = Box::pin(reader::read(&desk, work, |_| true)).await;
        let written = async {
            match &args.out {
                Some(dir) => report_again::show(dir, &made?),
                None => report_again::put(&desk, &made?).await,
            }
        };
        let written = written.await;
        desk.close().await;
        written.map_err(or_elsewhere)
    })??;
    if args.json {
        json_line(&serde_json::json!({ "schema_version": 1, "report": folder }));
    } else {
        out(&format!("{}\n", folder.display()));
    }
    Ok(Exit::Done)
}

/// A night at work keeps the report folder to itself, and no other one.
fn or_elsewhere(problem: JobError) -> Failure {
    let mut failure = Failure::from(problem);
    if failure.exit == Exit::Locked {
        failure.fix += "; or write it elsewhere at once: --out DIR";
    }
    failure
}

async fn asked(desk: &Desk, args: &ReportArgs, lang: Option<Lang>) -> Result<Asked, JobError> {
    let span = match (args.date, whole(args), args.from, args.to) {
        (Some(day), ..) => Span::Night(day),
        (_, Some(period), ..) => Span::Days(period.clone()),
        (_, _, Some(from), Some(to)) => Span::Days(Period::range(from, to)),
        _ => Span::Night(last(desk).await?),
    };
    Ok(Asked {
        span,
        formats: args.format.clone(),
        definition: args.definition.clone(),
        known: known(args),
        form: form(args),
        semicolons: args.csv_separator.map(|separator| separator == ';'),
        mark: None,
        lang,
    })
}

async fn last(desk: &Desk) -> Result<Day, JobError> {
    let last = desk.store.last_run().await?;
    last.map(|run| run.business_date)
        .ok_or_else(|| JobError::Usage {
            message: text::say(desk.config.lang, "report-nothing", &[]),
            fix: text::say(desk.config.lang, "report-nothing-fix", &[]),
        })
}
