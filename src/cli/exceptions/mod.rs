//! `doisoat exceptions list|show|decide|assign|import`: the work list.

mod decide;
mod import;
mod list;
mod matched;
mod origin;
mod show;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::output::{json_line, out};
use super::owner::refuse_root;
use super::{Failure, Global, Outcome, block_on, day};
use crate::classify::{self, Severity};
use crate::config::Config;
use crate::decision::{self, Entry};
use crate::domain::{Agency, AgencyCode, Day, DossierCode, Lang, Vnd};
use crate::job::work_order::WorkOrder;
use crate::job::{Exit, JobError, at_risk, lost};
use crate::store::{ExceptionFilter, ExceptionRecord, OpenMode};

/// Arguments of `exceptions`.
#[derive(Debug, Args)]
pub struct ExceptionsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What is open, in the order of the page: what decides the verdict, then most money at risk
    #[command(after_help = "\
Examples:
  doisoat exceptions list                                   everything open as of the last night
  doisoat exceptions list --class underpaid --class orphan  two classes
  doisoat exceptions list --agency H48.18.22 --min 100000   one agency, from 100,000 dong
  doisoat exceptions list --older-than 7 --json             open for more than a week, for scripts")]
    List(ListArgs),
    /// One exception: what was seen, what is near, what happened to it; or a match: why
    #[command(after_help = "\
Examples:
  doisoat exceptions show 3f2a90c1d4e5b677     by its id
  doisoat exceptions show 3f2a                 by an unambiguous beginning
  doisoat exceptions show FT22339000123        why this payment is matched as it is
  doisoat exceptions show H48.18.22-221205-0001   everything matched with this dossier
  doisoat exceptions show 3f2a --json          for scripts")]
    Show(ShowArgs),
    /// Decides one exception, with a reason; it counts from the next night on
    #[command(after_help = "\
Examples:
  doisoat exceptions decide 3f2a --pair H48.18.22-221205-0001 --reason \"phoned the payer\"
  doisoat exceptions decide 3f2a --split H48.18.22-221205-0001/F1=50000 H48.18.22-221205-0002=30000 --reason \"...\"
  doisoat exceptions decide 9c41 --paid-by bank-main/FT22339000123 --reason \"...\"
  doisoat exceptions decide 3f2a --not-fee --reason \"rent of the hall\"
  doisoat exceptions decide 3f2a --undo --reason \"wrong dossier\"
A decision is applied before every rule and is undone only by a new one. When the row under it
changes it comes back as \"decision_stale\".")]
    Decide(decide::DecideArgs),
    /// Gives one exception to somebody to settle
    #[command(after_help = "\
Examples:
  doisoat exceptions assign 3f2a binh
  doisoat exceptions assign 3f2a binh --reason \"ask the bank\" --by an")]
    Assign(decide::AssignArgs),
    /// Reads decisions back from the workbook of a night, or from a CSV with its columns
    #[command(after_help = "\
Examples:
  doisoat exceptions import doisoat.xlsx --dry-run     check every row, write nothing
  doisoat exceptions import doisoat.xlsx               write the decisions
  doisoat exceptions import decisions.csv --by an      columns exception_id, decision, target, reason
Rows without a decision, an assignment or a note are skipped; a note (column note) is kept as the
reason or behind it. Each row is written as a whole or refused with sheet, row, column
and what to do; the same file twice changes nothing. Formulas are refused.
Exit codes: 0 every row was good, 2 some were refused (the others are written) or the file is none.")]
    Import(import::ImportArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only this class (repeat for more)
    #[arg(long, value_name = "CLASS")]
    class: Vec<String>,
    /// Only dossiers of this agency or of agencies below it
    #[arg(long, value_name = "CODE")]
    agency: Option<String>,
    /// Only rows of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Only from this many dong at risk on
    #[arg(long, value_name = "DONG", value_parser = dong)]
    min: Option<Vnd>,
    /// Only what has been open for more days than this
    #[arg(long, value_name = "DAYS")]
    older_than: Option<u32>,
    /// As of this night [default: the last published one]
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Day>,
    /// What asks nothing of anybody too: unpaid, exempt, land obligations, excluded rows
    #[arg(long)]
    all: bool,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// The id, or at least four of its first digits; else a payment, receipt or dossier
    id: String,
    /// As of this night [default: the last published one]
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Day>,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

fn dong(raw: &str) -> Result<Vnd, String> {
    Vnd::parse_digits(raw).map_err(|error| error.to_string())
}

pub(super) fn run(global: &Global, args: &ExceptionsArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    if !matches!(args.what, What::List(_) | What::Show(_)) {
        refuse_root(&config, lang)?;
    }
    match &args.what {
        What::List(args) => list(&config, args, lang),
        What::Show(args) => show::show(&config, args, lang),
        What::Decide(args) => decide::decide(&config, args, lang),
        What::Import(args) => import::import(&config, args, lang),
        What::Assign(args) => decide::assign(&config, args, lang),
    }
}

fn list(config: &Config, args: &ListArgs, lang: Lang) -> Outcome {
    for class in &args.class {
        if classify::class(class).is_none() {
            let known: Vec<&str> = classify::CLASSES.iter().map(|class| class.id).collect();
            let fix = crate::config::section::suggest(class, &known);
            return Err(Failure::new(
                Exit::Usage,
                format!("there is no class \"{class}\""),
                fix,
            ));
        }
    }
    let filter = ExceptionFilter {
        as_of: args.as_of,
        classes: args
            .class
            .iter()
            .map(|class| class.as_str().into())
            .collect(),
        severity: (!args.all && args.class.is_empty()).then_some(Severity::Warn),
        source: args.source.as_deref().map(Into::into),
        ..ExceptionFilter::default()
    };
    if let Some(source) = &args.source {
        known_source(config, source)?;
    }
    let Listed {
        night,
        published,
        agencies,
        mut records,
        book,
    } = block_on(read_list(config, filter))??;
    if !published {
        let day = args.as_of.map_or_else(String::new, |day| day.to_string());
        let message = format!("no night {day} was published");
        let fix = "`doisoat status` names the last one";
        return Err(Failure::new(Exit::Usage, message, fix));
    }
    if let Some(agency) = &args.agency {
        let agency = AgencyCode::new(agency);
        known_agency(&agencies, &agency)?;
        records.retain(|record| is_of(record, &agency));
    }
    if let Some(least) = args.min {
        records.retain(|record| at_risk(record) >= least);
    }
    if let (Some(days), Some(night)) = (args.older_than, night) {
        records.retain(|record| night.days_since(record.opened) > i64::from(days));
    }
    let owners = decision::owners(&book);
    if args.json {
        let exceptions = records
            .iter()
            .map(|record| Open::new(record, night, owners.get(&record.key).copied()))
            .collect();
        json_line(&ListDocument {
            schema_version: 1,
            as_of: night,
            exceptions,
        });
    } else {
        out(&list::print_list(&records, &owners, night, lang));
    }
    Ok(Exit::Done)
}

/// What the store says of the list.
struct Listed {
    night: Option<Day>,
    published: bool,
    agencies: Vec<Agency>,
    records: Vec<ExceptionRecord>,
    book: Vec<Entry>,
}

async fn read_list(config: &Config, filter: ExceptionFilter) -> Result<Listed, JobError> {
    let store = lost::open(config, OpenMode::Ready).await?;
    let run = match filter.as_of {
        Some(day) => store.published(day).await?,
        None => store.last_run().await?,
    };
    let published = run.is_some() || filter.as_of.is_none();
    let night = filter.as_of.or(run.as_ref().map(|run| run.business_date));
    let agencies = match night {
        Some(day) => store.agencies(day).await?,
        None => Vec::new(),
    };
    let mut records = store.exceptions(&filter).await?;
    let order = match &run {
        Some(run) => WorkOrder::of(&store, run).await?,
        None => WorkOrder::default(),
    };
    order.sort(&mut records);
    let book = store.decisions().await?;
    store.close().await;
    Ok(Listed {
        night,
        published,
        agencies,
        records,
        book,
    })
}

/// A source that the configuration does not name is a slip, not an empty list.
fn known_source(config: &Config, name: &str) -> Result<(), Failure> {
    let mut known: Vec<&str> = config.sources.iter().map(|s| s.name.as_str()).collect();
    known.push("cash");
    if known.contains(&name) {
        return Ok(());
    }
    let fix = crate::config::section::suggest(name, &known);
    let message = format!("there is no source \"{name}\"");
    Err(Failure::new(Exit::Usage, message, fix))
}

/// An agency code that begins no known agency's is a slip, not an empty list.
fn known_agency(agencies: &[Agency], code: &AgencyCode) -> Result<(), Failure> {
    let begins = |known: &Agency| {
        let rest = known.code.as_str().strip_prefix(code.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if agencies.is_empty() || agencies.iter().any(begins) {
        return Ok(());
    }
    let known: Vec<&str> = agencies.iter().map(|agency| agency.code.as_str()).collect();
    let fix = crate::config::section::suggest(code.as_str(), &known);
    let message = format!("there is no agency \"{code}\"");
    Err(Failure::new(Exit::Usage, message, fix))
}

/// True when the dossier's code begins with the agency's, whole groups only.
fn is_of(record: &ExceptionRecord, agency: &AgencyCode) -> bool {
    record.dossier_code.as_ref().is_some_and(|code| {
        let rest = code.as_str().strip_prefix(agency.as_str());
        rest.is_some_and(|rest| rest.starts_with(['.', '-']))
    })
}

#[derive(Serialize)]
struct ListDocument<'a> {
    schema_version: u32,
    as_of: Option<Day>,
    exceptions: Vec<Open<'a>>,
}

#[derive(Serialize)]
struct Open<'a> {
    exception_id: &'a str,
    class: &'a str,
    severity: Severity,
    side: &'static str,
    source: &'a str,
    id: &'a str,
    dossier_code: Option<&'a str>,
    amount_vnd: Vnd,
    at_risk_vnd: Vnd,
    business_date: Day,
    opened: Day,
    closed: Option<Day>,
    age_days: Option<i64>,
    owner: Option<&'a str>,
    evidence: Vec<String>,
}

impl<'a> Open<'a> {
    fn new(record: &'a ExceptionRecord, night: Option<Day>, owner: Option<&'a str>) -> Self {
        Self {
            exception_id: record.id.as_str(),
            class: &record.class,
            severity: record.severity,
            side: record.key.side.id(),
            source: record.key.source.as_str(),
            id: &record.key.id,
            dossier_code: record.dossier_code.as_ref().map(DossierCode::as_str),
            amount_vnd: record.amount,
            at_risk_vnd: at_risk(record),
            business_date: record.business_date,
            opened: record.opened,
            closed: record.closed,
            age_days: night.map(|night| night.days_since(record.opened)),
            owner,
            evidence: record.evidence.iter().map(|e| e.say(Lang::En)).collect(),
        }
    }
}

fn label(class: &str, lang: Lang) -> String {
    classify::class(class).map_or_else(|| class.to_owned(), |c| c.label.get(lang).to_owned())
}

/// An amount in groups of three digits, as the language has them.
fn groups(dong: i128, lang: Lang) -> String {
    let said = crate::domain::vnd::grouped(dong);
    match lang {
        Lang::Vi => said,
        Lang::En => said.replace('.', ","),
    }
}

fn print_day(day: Day, lang: Lang) -> String {
    if lang == Lang::Vi {
        day.vi()
    } else {
        day.to_string()
    }
}
