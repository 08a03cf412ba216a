//! `doisoat period`: closes the figures of a period (chốt số liệu), and opens them again.

use clap::{Args, Subcommand, builder::NonEmptyStringValueParser};
use serde_json::json;

use super::output::{json_line, out};
use super::owner::refuse_root;
use super::run::desk;
use super::who::WhoArgs;
use super::{Global, Outcome, block_on};
use crate::config::Config;
use crate::domain::{Day, Lang, Named, Period};
use crate::job::period::beside::{self, Pair};
use crate::job::period::{self, Waiting, Word};
use crate::job::{Exit, JobError, late};
use crate::store::Closing;
use crate::text;

/// Arguments of `period`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat period close 2022-12 --reason \"gửi Sở Tài chính\"     the month as it is known today
  doisoat period close reporting:2022-12 --reason \"...\"        15 November to 14 December (Decree 09/2019)
  doisoat period reopen 2022-12 --reason \"thiếu một sao kê\"    a decision, in the sealed book
  doisoat period close 2022-12 --leave-decisions --reason \"...\"   without decisions that wait for their night
  doisoat period list
It is closed as the last night knows it, whatever came or was decided since the last night in it: with the
figures of `doisoat report --month 2022-12 --now`. Decisions that no night has counted yet are in no figure:
nothing is closed while there are any that can change the period, unless --leave-decisions says so. Days
that another closed period holds too are named in both, in `period list` and in `doisoat status`, and
whether the two tell the same of them. A closed period is reported as it was closed, to the byte: `doisoat report --month 2022-12`. What
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
    Close(CloseArgs),
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
    /// YYYY-MM, YYYY-Qn, YYYY-Hn, YYYY-9M, YYYY, these behind "reporting:" (15th to 14th), FROM/TO
    #[arg(value_name = "PERIOD", value_parser = read_period)]
    period: Period,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    who: WhoArgs,
}

#[derive(Debug, Args)]
struct CloseArgs {
    #[command(flatten)]
    word: WordArgs,
    /// Close without the decisions that no night has counted yet; the report says how many
    #[arg(long)]
    leave_decisions: bool,
}

fn read_period(raw: &str) -> Result<Period, String> {
    let days = |(from, to): (&str, &str)| {
        let (from, to) = (Day::parse(from).ok()?, Day::parse(to).ok()?);
        (from <= to).then(|| Period::range(from, to))
    };
    let reporting = || {
        let named = Named::read(raw.strip_prefix("reporting:")?)?;
        named.reporting().period()
    };
    let period = Named::read(raw).and_then(Named::period).or_else(reporting);
    let period = period.or_else(|| raw.split_once('/').and_then(days));
    period.ok_or_else(|| {
        format!(
            "\"{raw}\" is no period; write 2022-12, 2022-Q4, 2022-H2, 2022-9M, 2022, \
             reporting:2022-12 or 2022-11-15/2022-12-14"
        )
    })
}

pub(super) fn run(global: &Global, args: &PeriodArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    match &args.what {
        What::Close(args) => {
            let waiting = if args.leave_decisions {
                Waiting::Leave
            } else {
                Waiting::Refuse
            };
            decide(global, config, &args.word, Some(waiting))
        }
        What::Reopen(word) => decide(global, config, word, None),
        What::List { json } => list(global, config, *json, lang),
    }
}

/// Closes; with none opens again.
fn decide(global: &Global, config: Config, args: &WordArgs, closes: Option<Waiting>) -> Outcome {
    refuse_root(&config, global.lang(Some(&config)))?;
    let folder = block_on(async {
        let desk = desk(config, global).await?;
        let name = if closes.is_some() {
            "period close"
        } else {
            "period reopen"
        };
        let lease = desk.lease(name).await?;
        let word = Word {
            by: args.who.name().into(),
            reason: args.reason.as_str().into(),
        };
        let done = if let Some(waiting) = closes {
            let word = (&word, waiting);
            let closed = period::close_with(&desk, &lease, &args.period, word).await;
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
    let (book, pairs) = block_on(async {
        let desk = desk(config, global).await?;
        let book = desk.store.closings().await;
        let pairs = beside::pairs(&desk.store).await;
        desk.clone().close().await;
        Ok::<_, JobError>((book?, pairs?))
    })??;
    if json {
        let entries: Vec<_> = book.iter().map(entry).collect();
        let pairs: Vec<_> = pairs.iter().map(Pair::json).collect();
        json_line(&json!({ "schema_version": 1, "periods": entries, "shared_days": pairs }));
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
    for pair in &pairs {
        out(&format!("! {}\n", pair.say(lang)));
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
        "decisions_left": closing.left,
    })
}
