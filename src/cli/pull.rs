//! `doisoat pull`: the ingestion part of a night.

use clap::Args;
use serde::Serialize;

use super::output::{is_terminal, json_line, out, table};
use super::owner::refuse_root;
use super::run::{desk, in_order};
use super::{Failure, Global, Outcome, block_on, day};
use crate::domain::{Day, Lang, SourceFacts, SourceName, Text};
use crate::job::{Desk, Exit, JobError, exits, period, pull};

/// Arguments of `pull`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doisoat pull                                      the last closed business day, every source
  doisoat pull --date 2022-12-05                    that day; ten times gives the same as once
  doisoat pull --from 2022-12-01 --to 2022-12-05    day by day
  doisoat pull --source sepay-main                  one source")]
pub struct PullArgs {
    /// The business date [default: the last closed one]
    #[arg(long, value_name = "DATE", value_parser = day, conflicts_with_all = ["from", "to"])]
    date: Option<Day>,
    /// First business date
    #[arg(long, value_name = "DATE", value_parser = day, requires = "to")]
    from: Option<Day>,
    /// Last business date
    #[arg(long, value_name = "DATE", value_parser = day, requires = "from")]
    to: Option<Day>,
    /// Only this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// One JSON document a day on stdout, one a line
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    business_date: Day,
    exit_codes: Vec<u8>,
    sources: &'a [SourceFacts],
}

pub(super) fn run(global: &Global, args: &PullArgs) -> Outcome {
    let config = global.load()?;
    let lang = global.lang(Some(&config));
    if let (Some(from), Some(to)) = (args.from, args.to) {
        in_order(from, to)?;
    }
    refuse_root(&config, lang)?;
    let exits = block_on(async {
        let desk = desk(config, global).await?;
        let exits = days(&desk, args, lang).await;
        desk.close().await;
        exits
    })??;
    Ok(Exit::strongest(&exits))
}

async fn days(desk: &Desk, args: &PullArgs, lang: Lang) -> Result<Vec<Exit>, JobError> {
    let one = args.date.unwrap_or_else(|| desk.last_closed_day());
    let (mut day, to) = (args.from.unwrap_or(one), args.to.unwrap_or(one));
    let only = args.source.as_deref().map(SourceName::new);
    let mut all = Vec::new();
    while day <= to {
        desk.checkpoint()?;
        let pulled = pull::alone(desk, day, only.as_ref()).await;
        let pulled = match args.date {
            Some(_) => Some(pulled?),
            None => period::unless_closed(day, pulled)?,
        };
        let Some(pulled) = pulled else {
            day = day.plus(1);
            continue;
        };
        let exits = exits::of_pull(&pulled.facts);
        if args.json {
            json_line(&Document {
                schema_version: 1,
                business_date: day,
                exit_codes: exits.iter().map(|exit| exit.code()).collect(),
                sources: &pulled.facts,
            });
        } else if is_terminal() {
            out(&print(day, &pulled.facts, lang));
        }
        all.extend(exits);
        day = day.plus(1);
    }
    Ok(all)
}

fn print(day: Day, facts: &[SourceFacts], lang: Lang) -> String {
    let head = match lang {
        Lang::Vi => ["ngày", "nguồn", "trạng thái", "vì sao"],
        Lang::En => ["day", "source", "state", "why"],
    };
    let row = |facts: &SourceFacts| {
        vec![
            day.to_string(),
            facts.name.to_string(),
            state(facts, lang).to_owned(),
            facts.trouble.as_deref().unwrap_or("").to_owned(),
        ]
    };
    table(&head, &[], &facts.iter().map(row).collect::<Vec<_>>())
}

/// A source's state in words.
pub(super) fn state(facts: &SourceFacts, lang: Lang) -> &'static str {
    use crate::domain::Completeness as C;
    let text = match facts.state {
        C::Complete => Text {
            vi: "đủ",
            en: "complete",
        },
        C::Late => Text {
            vi: "trễ",
            en: "late",
        },
        C::Partial => Text {
            vi: "chưa đủ",
            en: "partial",
        },
        C::Missing => Text {
            vi: "thiếu",
            en: "missing",
        },
        C::Refused => Text {
            vi: "bị từ chối",
            en: "refused",
        },
    };
    text.get(lang)
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(&error.into())
    }
}
