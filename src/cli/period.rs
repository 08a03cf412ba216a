//! `doisoat period`: closes the figures of a period (chốt số liệu), and opens them again.

use clap::{Args, Subcommand, builder::NonEmptyStringValueParser};
use serde_json::json;

use super::output::{json_line, out};
use super::owner::refuse_root;
use super::run::desk;
use super::who::WhoArgs;
use super::{Global, Outcome, block_on};
use crate::config::Config;
use crate::domain::{Day, Lang, Period};
use crate::job::period::{self, Word};
use crate::job::{Exit, JobError, late};
use crate::store::Closing;
use crate::text;

/// Arguments of `period`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat period close 2022-12 --reason \"gửi Sở Tài chính\"     the month as it is known today
  doisoat period close 2022-11-15/2022-12-14 --reason \"...\"    a month of Decree 09/2019
  doisoat period reopen 2022-12 --reason \"thiếu một sao kê\"    a decision, in the sealed book
  doisoat period list
A closed period is reported as it was closed, to the byte: `doisoat report --month 2022-12`. What
arrives later shows in `doisoat report --month 2022-12 --now`, on the page of the night that reads it,
in `doisoat status` and in `doisoat check`. A night of a closed period is not published anew. Opened
again, its folder says who opened it and why. `doisoat verify` checks the book.")]
pub struct PeriodArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Close a period: its report stays as it is now
    Close(WordArgs),
    /// Open a closed period again
    Reopen(WordArgs),
    /// Every closing and reopening, with who and why
    List {
        /// One JSON document on stdout
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct WordArgs {
    /// YYYY-MM, YYYY-Qn, YYYY, or FROM/TO
    #[arg(value_name = "PERIOD", value_parser = read_period)]
    period: Period,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    who: WhoArgs,
}

fn read_period(raw: &str) -> Result<Period, String> {
    let days = |(from, to): (&str, &str)| {
        let (from, to) = (Day::parse(from).ok()?, Day::parse(to).ok()?);
        (from <= to).then(|| Period::range(from, to))
    };
    let period = Period::month(raw).or_else(|| Period::quarter(raw));
    let period = period.or_else(|| Period::year(raw));
    let period = period.or_else(|| raw.split_once('/').and_then(days));
    period.ok_or_else(|| {
        format!("\"{raw}\" is no period; write 2022-12, 2022-Q4, 2022 or 2022-11-15/2022-12-14")
    })
}

pub(super) fn run(global: &Global, args: &PeriodArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    match &args.what {
        What::Close(word) => decide(global, config, word, true),
        What::Reopen(word) => decide(global, config, word, false),
        What::List { json } => list(global, config, *json, lang),
    }
}

fn decide(global: &Global, config: Config, args: &WordArgs, closes: bool) -> Outcome {
    refuse_root(&config, global.lang(Some(&config)))?;
    let folder = block_on(async {
        let desk = desk(config, global).await?;
        let name = if closes {
            "period close"
        } else {
            "period reopen"
        };
        let lease = desk.lease(name).await?;
        let word = Word {
            by: args.who.name().into(),
            reason: args.reason.as_str().into(),
        };
        let done = if closes {
            let closed = period::close(&desk, &lease, &args.period, &word).await;
            closed.map(Some)
        } else {
            let opened = period::reopen(&desk, &lease, &args.period, &word).await;
            opened.map(|()| None)
        };
        let released = desk.store.release_lease(lease).await;
        desk.clone().close().await;
        let done = done?;
        released?;
        Ok::<_, JobError>(done)
    })??;
    if let Some(folder) = folder {
        out(&format!("{}\n", folder.display()));
    }
    Ok(Exit::Done)
}

fn list(global: &Global, config: Config, json: bool, lang: Lang) -> Outcome {
    let book = block_on(async {
        let desk = desk(config, global).await?;
        let book = desk.store.closings().await;
        desk.clone().close().await;
        Ok::<_, JobError>(book?)
    })??;
    if json {
        let entries: Vec<_> = book.iter().map(entry).collect();
        json_line(&json!({ "schema_version": 1, "periods": entries }));
        return Ok(Exit::Done);
    }
    for closing in &book {
        let key = if closing.closes {
            "period-closed"
        } else {
            "period-reopened"
        };
        let args = [
            ("period", &*closing.period.label),
            ("by", &*closing.by),
            ("at", &*late::at(lang, closing)),
            ("reason", &*closing.reason),
            ("run", closing.run_id.as_str()),
        ];
        out(&format!("{}\n", text::say(lang, key, &args)));
    }
    Ok(Exit::Done)
}

fn entry(closing: &Closing) -> serde_json::Value {
    json!({
        "seq": closing.seq,
        "period": closing.period.label,
        "from": closing.period.from.to_string(),
        "to": closing.period.to.to_string(),
        "action": closing.action(),
        "run_id": closing.run_id.as_str(),
        "by": closing.by,
        "reason": closing.reason,
        "at": closing.at_wall,
    })
}
