//! `doisoat match`: files in, files out; no configuration, no database.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::path::PathBuf;

use clap::Args;

use super::match_out;
use super::on_disk::{named, on_disk};
use super::{Failure, Global, Outcome, day};
use crate::clock::{Clock, Stopwatch, SystemClock};
use crate::config::rules::{
    ACCOUNT_FORM, BUDGET_FORM, CollectionAccount, NET_RATE_FORM, budget, collection_account,
    net_rate,
};
use crate::domain::rest_days::REST_REACH;
use crate::domain::{
    Calendar, Completeness, Day, Dimension, FeeTable, Fraction, Inputs, Lang, NetRate, Rules,
};
use crate::job::{Exit, digest, proof, stage};
use crate::kpi::{self, Period};
use crate::matching::calibrate::{Rounds, labelled};
use crate::normalise::{MatchFiles, MatchInputs, fee_table, read_match_inputs_on};
use crate::prove::{Violation, prove, prove_files};
use crate::report::Calibration;
use crate::report::json::Timings;
use crate::settle::{self, SettleError, Settlement};
use crate::tariff;

/// Arguments of `match`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat match --fees fees.csv --transactions transactions_*.csv --cash cash.csv --out out
  doisoat match --fees fees.csv --transactions transactions_vnpay.csv --out out \\
    --from 2022-12-01 --to 2022-12-31
  doisoat match --fees fees.csv --transactions transactions_bank.csv --out out --incomplete bank
Writes links.csv, exceptions.csv, suggestions.csv, share.csv, summary.json and timings.json
into --out; with --fee-table also fee_findings.csv. The same files give the same bytes (timings.json excepted).
Payments and receipts dated after tomorrow are rejects until their day comes.
Exit codes: 0 written, 1 cannot write or the independent checker does not prove the result
(then only failed/diagnosis.txt is written), 2 usage, a missing or repeated column, or an
unreadable file.")]
pub struct MatchArgs {
    /// Fee lines: dossier_fees*.csv
    #[arg(long, value_name = "FILE")]
    fees: PathBuf,
    /// Transactions: transactions_<source>.csv, one file or more
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    transactions: Vec<PathBuf>,
    /// Counter receipts: cash_receipts*.csv
    #[arg(long, value_name = "FILE")]
    cash: Option<PathBuf>,
    /// Agencies with validity [default: those of the fees]
    #[arg(long, value_name = "FILE")]
    agencies: Option<PathBuf>,
    /// The fee table: writes what does not fit it into fee_findings.csv; nothing else changes
    #[arg(long, value_name = "FILE")]
    fee_table: Option<PathBuf>,
    /// Folder for the results; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A provider's fee where its rows do not tell it
    #[arg(long, value_name = "RATE", num_args = 1.., value_parser = rate, default_value = "1.1% min 220")]
    net_rate: Vec<NetRate>,
    /// Definitions to measure beside TX_CASHLESS, DOSSIER_CASHLESS and AMOUNT_CASHLESS
    #[arg(long, value_name = "ID", num_args = 1..)]
    definition: Vec<String>,
    /// Break TX_CASHLESS down in summary.json: unit (with its sub-units), current (the present
    /// structure), procedure, field, source, instrument, grey
    #[arg(long, value_name = "BY", num_args = 1.., value_parser = dimension)]
    by: Vec<Dimension>,
    /// First day of the period [default: the whole input]
    #[arg(long, value_name = "DATE", value_parser = day, requires = "to")]
    from: Option<Day>,
    /// Last day of the period
    #[arg(long, value_name = "DATE", value_parser = day, requires = "from")]
    to: Option<Day>,
    /// A source whose file does not hold everything: the interval says so
    #[arg(long, value_name = "SOURCE", num_args = 1..)]
    incomplete: Vec<String>,
    /// A dedicated collection account, with its agency if it has one
    #[arg(long, value_name = "ACCOUNT[=AGENCY]", num_args = 1.., value_parser = account)]
    collection_account: Vec<CollectionAccount>,
    /// The largest tolerated share of false pairs among payments without a code: the margin of
    /// pass "scored" then follows from these files [default: a fixed margin]
    #[arg(long, value_name = "SHARE", value_parser = budgeted)]
    max_false_match: Option<Fraction>,
    /// Skip the independent checker
    #[arg(long)]
    no_proof: bool,
    /// With exit 1 or 2, print the error as a JSON document on stdout
    #[arg(long)]
    json: bool,
}

fn rate(raw: &str) -> Result<NetRate, String> {
    net_rate(raw).ok_or_else(|| format!("write {NET_RATE_FORM}"))
}

fn dimension(raw: &str) -> Result<Dimension, String> {
    let all = || Dimension::ALL.iter().map(|known| known.id());
    let known = all().collect::<Vec<_>>().join(", ");
    Dimension::parse(raw).ok_or_else(|| format!("write one of: {known}"))
}

fn budgeted(raw: &str) -> Result<Fraction, String> {
    budget(raw).ok_or_else(|| format!("write {BUDGET_FORM}"))
}

fn account(raw: &str) -> Result<CollectionAccount, String> {
    collection_account(raw).ok_or_else(|| format!("write {ACCOUNT_FORM}"))
}

pub(super) fn run(global: &Global, args: &MatchArgs) -> Outcome {
    let lang = global.lang(None);
    let mut times = Timings::default();
    let watch = Stopwatch::start();
    let mut read = read(args, lang)?;
    times.stages.push(("read".into(), watch.elapsed()));
    mark_incomplete(&mut read, &args.incomplete)?;
    let mut rules = rules(args, &read)?;
    rules.fee_table = fee_table(args, lang)?;
    let watch = Stopwatch::start();
    let budget = args.max_false_match;
    let calibration = budget.map(|budget| calibrate(&read.inputs, &mut rules, budget));
    let calibration = calibration.transpose()?;
    // what looks at every row needs them all
    let asked = rules.definitions.iter();
    let asked_more = asked.map(|id| &**id).any(|id| !kpi::ALWAYS.contains(&id));
    if kpi::looks_at_each(&rules) || (asked_more && !args.no_proof) {
        let told = (&mut read, &rules, calibration);
        held(args, told, lang, watch, &mut times)?;
    } else {
        lean(args, (&read, &rules, calibration), lang, watch, &mut times)?;
    }
    if !rules.fee_table.is_empty() {
        let checks = tariff::judge(&read.inputs.fees, &rules.fee_table, None);
        match_out::write_fees(&args.out, &checks, lang).map_err(|error| unwritable(&error))?;
    }
    times.rows = match_out::rows(&read.inputs);
    times.peak_memory_bytes = stage::peak_memory_bytes();
    match_out::write_timings(&args.out, &times).map_err(|error| unwritable(&error))?;
    // the program ends here: the system takes everything back at once, row by row takes seconds
    std::mem::forget(read);
    Ok(Exit::Done)
}

/// Settles, proves and writes without holding what can be told from the rows. The digest of the
/// inputs is made beside it.
fn lean(
    args: &MatchArgs,
    (read, rules, calibration): (&MatchInputs, &Rules, Option<Calibration>),
    lang: Lang,
    watch: Stopwatch,
    times: &mut Timings,
) -> Result<(), Failure> {
    std::thread::scope(|threads| {
        let input = threads.spawn(|| digest::of_sorted(&read.inputs));
        let pool = settle::pool(&read.inputs, rules);
        let keep = if args.no_proof {
            settle::Keep::Sums
        } else {
            settle::Keep::Others
        };
        let lean = settle::lean_with(&pool, &Vec::new(), keep);
        let mut lean = lean.map_err(|error| defect(&error))?;
        times.stages.push(("settle".into(), watch.elapsed()));
        let watch = Stopwatch::start();
        if !args.no_proof {
            let plain = lean.plain_rows();
            let found = prove_files(&read.inputs, rules, &Vec::new(), &lean.settled, &plain);
            demand_none(args, &found, lang)?;
            // nobody asks for them any more
            lean.settled.contributions = Vec::new();
            times.stages.push(("prove".into(), watch.elapsed()));
        }
        let watch = Stopwatch::start();
        let input = input.join();
        let input = input.unwrap_or_else(|panic| resume_unwind(panic));
        let written = input.and_then(|input| {
            let told = match_out::Told {
                input,
                rules,
                calibration,
            };
            match_out::write_lean(&args.out, &lean, told, lang)
        });
        written.map_err(|error| unwritable(&error))?;
        times.stages.push(("write".into(), watch.elapsed()));
        std::mem::forget(lean);
        std::mem::forget(pool);
        Ok(())
    })
}

/// The same where what is asked for looks at every row, leg and contribution.
fn held(
    args: &MatchArgs,
    (read, rules, calibration): (&mut MatchInputs, &Rules, Option<Calibration>),
    lang: Lang,
    watch: Stopwatch,
    times: &mut Timings,
) -> Result<(), Failure> {
    let settlement = settle(&read.inputs, rules, settle::Keep::Each)?;
    times.stages.push(("settle".into(), watch.elapsed()));
    let watch = Stopwatch::start();
    if !args.no_proof {
        let found = prove(&read.inputs, rules, &Vec::new(), &settlement);
        demand_none(args, &found, lang)?;
    }
    times.stages.push(("prove".into(), watch.elapsed()));
    let watch = Stopwatch::start();
    let settled = match_out::Settled {
        settlement: &settlement,
        calibration,
    };
    match_out::write(&args.out, read, rules, settled, lang).map_err(|e| unwritable(&e))?;
    times.stages.push(("write".into(), watch.elapsed()));
    std::mem::forget(settlement);
    Ok(())
}

fn defect(error: &SettleError) -> Failure {
    let fix = "report this with the files";
    Failure::new(Exit::Failed, error.to_string(), fix)
}

fn settle(inputs: &Inputs, rules: &Rules, keep: settle::Keep) -> Result<Settlement, Failure> {
    let settled = settle::settle_keeping(inputs, rules, &Vec::new(), keep);
    settled.map_err(|error| defect(&error))
}

/// The margin that the budget allows, by the payments of these files whose codes are hidden and
/// asked for again.
fn calibrate(inputs: &Inputs, rules: &mut Rules, budget: Fraction) -> Result<Calibration, Failure> {
    // the links by which the payers themselves told what they paid do not depend on the margin
    let told = settle(inputs, rules, settle::Keep::Open)?;
    let found = labelled(inputs, rules, &told.groups, Rounds::All).calibrate(budget);
    rules.margin_min = found.margin;
    Ok(Calibration { budget, found })
}

/// What is not proved is not written.
fn demand_none(args: &MatchArgs, found: &[Violation], lang: Lang) -> Result<(), Failure> {
    if found.is_empty() {
        return Ok(());
    }
    let place = proof::write(&args.out.join("failed"), "match", found)?;
    let message = proof::summary(found, lang, &place);
    Err(Failure::new(Exit::Failed, message, proof::FIX))
}

fn unwritable(error: &anyhow::Error) -> Failure {
    Failure::new(
        Exit::Failed,
        format!("{error:#}"),
        "make room and give the right to write there, or name another folder with --out",
    )
}

/// Reads every file; one that is no table of the contract ends with exit 2.
fn read(args: &MatchArgs, lang: Lang) -> Result<MatchInputs, Failure> {
    let fees = on_disk(&args.fees)?;
    let transactions = args.transactions.iter().map(|path| on_disk(path));
    let transactions = transactions.collect::<Result<Vec<_>, _>>()?;
    let cash = args.cash.as_deref().map(on_disk).transpose()?;
    let agencies = args.agencies.as_deref().map(on_disk).transpose()?;
    let files = MatchFiles {
        fees: named(&fees),
        transactions: transactions.iter().map(named).collect(),
        cash: cash.as_ref().map(named),
        agencies: agencies.as_ref().map(named),
    };
    let today = Day::of_ms(SystemClock.now_ms());
    let mut read = read_match_inputs_on(&files, Some(today)).map_err(|error| {
        let (what, fix) = crate::text::reject::explain_file(&error, lang);
        Failure::new(Exit::Usage, what, fix)
    })?;
    read.inputs.sort();
    Ok(read)
}

/// The fee table; one with a line that cannot be read ends with exit 2.
fn fee_table(args: &MatchArgs, lang: Lang) -> Result<FeeTable, Failure> {
    let Some(path) = &args.fee_table else {
        return Ok(FeeTable::default());
    };
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        let message = format!("{name} cannot be read: {error}");
        Failure::new(Exit::Usage, message, "name a file that can be read")
    })?;
    let table = fee_table::read(&name, &bytes, Day::of_ms(0)).map_err(|error| {
        let (what, fix) = crate::text::reject::explain_file(&error, lang);
        Failure::new(Exit::Usage, what, fix)
    })?;
    match table.problems.first() {
        None => Ok(table),
        Some(problem) => {
            let (what, fix) = super::check_fees::line_at_fault(problem, lang);
            Err(Failure::new(Exit::Usage, what, fix))
        }
    }
}

/// Sources named by `--incomplete` came only in part.
fn mark_incomplete(read: &mut MatchInputs, names: &[String]) -> Result<(), Failure> {
    for name in names {
        let mut known = read.inputs.sources.iter_mut();
        let Some(facts) = known.find(|facts| facts.name.as_str() == name) else {
            let all: Vec<&str> = read
                .inputs
                .sources
                .iter()
                .map(|s| s.name.as_str())
                .collect();
            let fix = crate::config::section::suggest(name, &all);
            let message = format!("--incomplete {name}: there is no such source");
            return Err(Failure::new(Exit::Usage, message, fix));
        };
        facts.state = Completeness::Partial;
    }
    Ok(())
}

/// The days on which offices rest, around the days of payments.
fn days_off(read: &MatchInputs) -> Vec<Day> {
    let days: BTreeSet<Day> = read.inputs.txns.iter().map(|txn| txn.paid_on).collect();
    let calendar = Calendar::default();
    let around = |day: &Day| calendar.days_off(day.minus(REST_REACH), day.plus(REST_REACH));
    let off: BTreeSet<Day> = days.iter().flat_map(around).collect();
    off.into_iter().collect()
}

fn rules(args: &MatchArgs, read: &MatchInputs) -> Result<Rules, Failure> {
    let known: Vec<&str> = kpi::DEFINITIONS
        .iter()
        .map(|definition| definition.id)
        .collect();
    let mut definitions: BTreeSet<&str> = kpi::ALWAYS.into();
    for id in &args.definition {
        if !known.contains(&id.as_str()) {
            let fix = crate::config::section::suggest(id, &known);
            let message = format!("--definition {id}: there is no such definition");
            return Err(Failure::new(Exit::Usage, message, fix));
        }
        definitions.insert(id);
    }
    let mut periods = Vec::new();
    if let (Some(from), Some(to)) = (args.from, args.to) {
        super::run::in_order(from, to)?;
        periods.push(Period {
            label: format!("{from}/{to}").into(),
            from,
            to,
        });
    }
    Ok(Rules {
        days_off: days_off(read),
        net_rates: args.net_rate.clone(),
        collection_accounts: args.collection_account.clone(),
        definitions: definitions.into_iter().map(Into::into).collect(),
        periods,
        e_receipts: read.columns.has("receipt_no"),
        breakdowns: args
            .by
            .iter()
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        ..Rules::default()
    })
}
