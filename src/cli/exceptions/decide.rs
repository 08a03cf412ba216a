//! `doisoat exceptions decide|assign ID`: a person's word, written into the book of decisions.

use clap::{Args, builder::NonEmptyStringValueParser};
use serde::Serialize;

use super::print_day;
use crate::cli::output::{json_line, out};
use crate::cli::who::WhoArgs;
use crate::cli::{Failure, Outcome, block_on};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::decision::{Action, Entry};
use crate::domain::vnd::grouped;
use crate::domain::{Lang, Ruling, SourceName, Text, Vnd};
use crate::job::by_hand::{self, Ask, Choice, PayoutDay, Target};
use crate::job::{Exit, JobError, lost};
use crate::store::OpenMode;

#[derive(Debug, Args)]
pub(super) struct DecideArgs {
    /// The id, or at least four of its first digits
    id: String,
    #[command(flatten)]
    choice: ChoiceArgs,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    who: WhoArgs,
    /// Decide anew what was decided since the last night
    #[arg(long)]
    replace: bool,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct ChoiceArgs {
    /// The payment is for this dossier, or this line of it
    #[arg(long, value_name = "DOSSIER[/FEE]", value_parser = by_hand::read_target)]
    pair: Option<Target>,
    /// The payment is for several lines, so much each (in dong)
    #[arg(long, value_name = "DOSSIER[/FEE]=AMOUNT", num_args = 1.., value_parser = by_hand::read_part)]
    split: Vec<(Target, Vnd)>,
    /// The fee was paid by this transaction
    #[arg(long, value_name = "SOURCE/ID", value_parser = by_hand::read_row)]
    paid_by: Option<(SourceName, Box<str>)>,
    /// The bank line is what a gateway paid out of these days (of one source); so much each, where
    /// it is not the sum of the day
    #[arg(long, value_name = "SOURCE/DAY[=AMOUNT]", num_args = 1.., value_parser = by_hand::read_payout)]
    payout_of: Vec<PayoutDay>,
    /// The transaction is no fee; an unreadable row is none, or came in good order under another id
    #[arg(long)]
    not_fee: bool,
    /// Nothing more is expected: off the work list; the shares do not move
    #[arg(long)]
    write_off: bool,
    /// The refund was asked for; the row waits for it
    #[arg(long)]
    refund_requested: bool,
    /// Take an earlier decision back: the program's rules decide again
    #[arg(long)]
    undo: bool,
}

#[derive(Debug, Args)]
pub(super) struct AssignArgs {
    /// The id, or at least four of its first digits
    id: String,
    /// Who is to settle it
    #[arg(value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    to: String,
    /// What to tell them
    #[arg(long, value_name = "TEXT", default_value = "-")]
    reason: String,
    #[command(flatten)]
    who: WhoArgs,
    /// One JSON document on stdout
    #[arg(long)]
    json: bool,
}

impl ChoiceArgs {
    fn choice(&self) -> Choice {
        match self {
            Self { pair: Some(to), .. } => Choice::Pair(to.clone()),
            Self {
                paid_by: Some((source, id)),
                ..
            } => Choice::PaidBy(source.clone(), id.clone()),
            Self { not_fee: true, .. } => Choice::Rule(Ruling::NotFee),
            Self {
                write_off: true, ..
            } => Choice::Rule(Ruling::WriteOff),
            Self {
                refund_requested: true,
                ..
            } => Choice::Rule(Ruling::RefundRequested),
            Self { undo: true, .. } => Choice::Undo,
            Self { payout_of, .. } if !payout_of.is_empty() => Choice::Payout(payout_of.clone()),
            Self { split, .. } => Choice::Split(split.clone()),
        }
    }
}

pub(super) fn decide(config: &Config, args: &DecideArgs, lang: Lang) -> Outcome {
    let ask = Ask {
        id: args.id.as_str().into(),
        choice: args.choice.choice(),
        by: args.who.name().into(),
        reason: args.reason.as_str().into(),
        replace: args.replace,
        lang,
    };
    append(config, &ask, args.json, lang)
}

pub(super) fn assign(config: &Config, args: &AssignArgs, lang: Lang) -> Outcome {
    let ask = Ask {
        id: args.id.as_str().into(),
        choice: Choice::Assign(args.to.as_str().into()),
        by: args.who.name().into(),
        reason: args.reason.as_str().into(),
        replace: false,
        lang,
    };
    append(config, &ask, args.json, lang)
}

fn append(config: &Config, ask: &Ask, json: bool, lang: Lang) -> Outcome {
    let entry = block_on(async {
        let store = lost::open(config, OpenMode::Ready).await?;
        let entry = by_hand::decide(&store, &SystemClock, ask).await;
        store.close().await;
        Ok::<_, JobError>(entry)
    })?
    .map_err(Failure::from)??;
    if json {
        json_line(&Document {
            schema_version: 1,
            decision: &entry,
        });
    } else {
        out(&print(&entry, lang));
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    decision: &'a Entry,
}

/// What was written, and when it shows.
fn print(entry: &Entry, lang: Lang) -> String {
    let text = match entry.draft.action {
        Action::Assign(_) => Text {
            vi: "Đã ghi: {what}.\n",
            en: "Written: {what}.\n",
        },
        _ => Text {
            vi: "Đã ghi: {what}. Có hiệu lực từ đêm {night}.\n",
            en: "Written: {what}. It counts from the night of {night} on.\n",
        },
    };
    text.get(lang)
        .replace("{what}", &say(entry, lang))
        .replace("{night}", &print_day(entry.draft.night, lang))
}

/// An entry of the book in words.
pub(super) fn say(entry: &Entry, lang: Lang) -> String {
    let draft = &entry.draft;
    let what = match &draft.action {
        Action::Assign(to) if to.is_empty() => Text {
            vi: "không giao cho ai nữa",
            en: "assigned to nobody any more",
        }
        .get(lang)
        .to_owned(),
        Action::Assign(to) => Text {
            vi: "giao cho {to}",
            en: "assigned to {to}",
        }
        .get(lang)
        .replace("{to}", to),
        Action::Undo => undone().get(lang).to_owned(),
        Action::Rule(ruling) => ruled(ruling, lang),
    };
    format!("{what} ({}: {})", draft.by, draft.reason)
}

fn undone() -> Text {
    Text {
        vi: "hủy quyết định trước, để chương trình tự đối soát",
        en: "the earlier decision taken back, the rules decide",
    }
}

fn ruled(ruling: &Ruling, lang: Lang) -> String {
    let text = match ruling {
        Ruling::Pays(shares) => {
            let part = |share: &crate::domain::DecidedShare| {
                let amount = grouped(share.amount.wide());
                format!("{}/{} {amount} đ", share.dossier_code, share.fee_id)
            };
            let parts: Vec<String> = shares.iter().map(part).collect();
            let text = Text {
                vi: "khoản nộp của",
                en: "it pays",
            };
            return format!("{} {}", text.get(lang), parts.join(", "));
        }
        Ruling::Payout { source, days } => {
            let part = |(day, part): &(crate::domain::Day, Vnd)| {
                format!("{} {} đ", print_day(*day, lang), grouped(part.wide()))
            };
            let parts: Vec<String> = days.iter().map(part).collect();
            let text = Text {
                vi: "tiền cổng trả của",
                en: "paid out by the gateway",
            };
            return format!("{} {source}: {}", text.get(lang), parts.join(", "));
        }
        Ruling::NotFee => Text {
            vi: "không phải khoản thu phí, lệ phí",
            en: "it is no fee",
        },
        Ruling::WriteOff => Text {
            vi: "không theo dõi tiếp, tỷ lệ giữ nguyên",
            en: "written off, the shares do not move",
        },
        Ruling::RefundRequested => Text {
            vi: "đã đề nghị hoàn tiền, chờ tiền về",
            en: "a refund was asked for",
        },
    };
    text.get(lang).to_owned()
}
