//! `doisoat exceptions show ID`: what was seen, what is near, what happened to the row; of what is
//! matched, why.

use serde::Serialize;

use super::matched::{self, MatchJson, MatchesDocument};
use super::origin::{OriginJson, came_from, print_origin};
use super::{Open, ShowArgs, decide, groups, label, print_day};
use crate::classify::{self, AtRisk};
use crate::cli::output::{json_line, out};
use crate::cli::{Failure, Outcome, block_on};
use crate::config::Config;
use crate::decision::{self, Entry};
use crate::domain::{Day, DossierCode, Lang, RowKey, Side, Text, Txn};
use crate::job::origin::Found as Came;
use crate::job::{Exit, JobError, lost};
use crate::matching::{Evidence, Nearest};
use crate::store::{ExceptionDetail, ExceptionRecord, Matched, OpenMode, Spell};
use crate::text::{self, letter::Matter};

pub(super) fn show(config: &Config, args: &ShowArgs, lang: Lang) -> Outcome {
    let read = block_on(read_one(config, &args.id, args.as_of))??;
    let (detail, decisions, came) = match read {
        Found::Exception(detail, decisions, came) => (detail, decisions, came),
        Found::Matches(groups) => return show_matches(&groups, args, lang),
    };
    if args.json {
        let owner = decision::owners(&decisions).into_values().next();
        json_line(&ShowDocument {
            schema_version: 1,
            exception: Open::new(&detail.record, args.as_of, owner),
            origin: came.as_ref().map(OriginJson::new),
            nearest: &detail.record.nearest,
            history: detail.history.iter().map(Past::new).collect(),
            groups: detail.groups.iter().map(MatchJson::new).collect(),
            decisions: &decisions,
        });
    } else {
        out(&print_detail(&detail, &decisions, lang));
        let came = came.iter().flat_map(|came| print_origin(came, lang));
        out(&came.map(|line| line + "\n").collect::<String>());
    }
    Ok(Exit::Done)
}

/// What an id or a name stands for.
enum Found {
    Exception(Box<ExceptionDetail>, Vec<Entry>, Option<Came>),
    /// Nothing of the work list: what was matched of a payment, a receipt or a dossier.
    Matches(Vec<Matched>),
}

async fn read_one(config: &Config, id: &str, as_of: Option<Day>) -> Result<Found, JobError> {
    let store = lost::open(config, OpenMode::Ready).await?;
    let found = if let Some(detail) = store.exception(id, as_of).await? {
        let decisions = store.decisions_of(&detail.record.key).await?;
        let came = came_from(config, &store, &detail, as_of).await?;
        Found::Exception(Box::new(detail), decisions, came)
    } else {
        Found::Matches(store.matches(id, as_of).await?)
    };
    store.close().await;
    Ok(found)
}

/// Why the rows of a name were matched.
fn show_matches(groups: &[Matched], args: &ShowArgs, lang: Lang) -> Outcome {
    if groups.is_empty() {
        let message = format!("there is no exception and no match \"{}\"", args.id);
        let fix = "see `doisoat exceptions list`; a match is shown by the id of its payment or \
            receipt, or by the code of its dossier";
        return Err(Failure::new(Exit::Usage, message, fix));
    }
    if args.json {
        json_line(&MatchesDocument {
            schema_version: 1,
            groups: groups.iter().map(MatchJson::new).collect(),
        });
    } else {
        let lines = matched::print(groups, lang, &|said| said.say(lang));
        out(&(lines.join("\n").trim_start().to_owned() + "\n"));
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct ShowDocument<'a> {
    schema_version: u32,
    exception: Open<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<OriginJson<'a>>,
    nearest: &'a [Nearest],
    history: Vec<Past<'a>>,
    groups: Vec<MatchJson<'a>>,
    decisions: &'a [Entry],
}

#[derive(Serialize)]
struct Past<'a> {
    from: Day,
    until: Option<Day>,
    class: &'a str,
    run_id: &'a str,
}

impl<'a> Past<'a> {
    fn new(spell: &'a Spell) -> Self {
        let (from, until) = (spell.from, spell.until);
        Self {
            from,
            until,
            class: &spell.class,
            run_id: spell.run.as_str(),
        }
    }
}

fn print_detail(detail: &ExceptionDetail, decisions: &[Entry], lang: Lang) -> String {
    let record = &detail.record;
    let mut lines = vec![format!(
        "{}  {}  {}",
        record.id,
        label(&record.class, lang),
        money(record, lang)
    )];
    let dossier = record
        .dossier_code
        .as_ref()
        .map_or_else(String::new, |code| format!(", {code}"));
    let known = own(detail).filter(|txn| txn.bank_ref.is_some());
    let known = known.map_or_else(String::new, |txn| {
        format!(", {}", text::letter::called(lang, txn))
    });
    lines.push(format!("  {}{known}{dossier}", print_key(&record.key)));
    if let Some(class) = classify::class(&record.class) {
        lines.push(format!(
            "\n{}\n{}",
            class.explanation.get(lang),
            classify::advice(&record.evidence)
                .unwrap_or(class.advice)
                .get(lang)
        ));
    }
    let seen = record
        .evidence
        .iter()
        .map(|e| seen(&called(detail, lang, e), record.key.side, lang))
        .collect();
    lines.extend(part(
        Text {
            vi: "Đã thấy",
            en: "Seen",
        },
        seen,
        lang,
    ));
    let nearest = record.nearest.iter();
    let nearest = nearest.map(|near| {
        let known = reference(detail, lang, &near.candidate);
        known.map_or_else(
            || near.say(lang),
            |known| {
                let candidate = known.into();
                Nearest {
                    candidate,
                    ..near.clone()
                }
                .say(lang)
            },
        )
    });
    let nearest = nearest.collect();
    lines.extend(part(
        Text {
            vi: "Gần nhất",
            en: "Nearest",
        },
        nearest,
        lang,
    ));
    lines.extend(print_letter(detail, lang));
    lines.extend(print_past(detail, decisions, lang));
    lines.join("\n") + "\n"
}

/// The money at risk; beside it the row's own amount where that is another, and at which row it is
/// counted where it is not here.
fn money(record: &ExceptionRecord, lang: Lang) -> String {
    let (amount, class) = (record.amount, &record.class);
    let counted = classify::at_risk(class, &record.key, amount, &record.evidence);
    let at_risk = counted.here();
    let mut said = format!("{} đ", groups(at_risk.wide(), lang));
    if at_risk != amount {
        let row = Text {
            vi: "số tiền của dòng",
            en: "the row's amount",
        };
        let amount = groups(amount.wide(), lang);
        said.extend([format!(" ({}: {amount} đ)", row.get(lang))]);
    }
    let elsewhere = match counted {
        AtRisk::Here(_) => return said,
        AtRisk::AtFee(_) => "at-risk-at-fee",
        AtRisk::AtMoney(_) => "at-risk-at-money",
    };
    format!("{said}. {}", text::say(lang, elsewhere, &[]))
}

/// The transaction that the exception is about.
pub(super) fn own(detail: &ExceptionDetail) -> Option<&Txn> {
    let key = &detail.record.key;
    detail.txns.iter().find(|txn| txn.key() == *key)
}

/// What the bank knows another row by, and when it was.
fn reference(detail: &ExceptionDetail, lang: Lang, id: &str) -> Option<String> {
    let txn = detail.txn(id).filter(|txn| txn.bank_ref.is_some())?;
    Some(text::letter::called(lang, txn))
}

/// The evidence with the other row called by that.
fn called(detail: &ExceptionDetail, lang: Lang, evidence: &Evidence) -> Evidence {
    evidence.called(|id| reference(detail, lang, id))
}

/// To whom to write, and what.
fn print_letter(detail: &ExceptionDetail, lang: Lang) -> Vec<String> {
    let record = &detail.record;
    let dossier = record.dossier_code.as_ref().map_or("", DossierCode::as_str);
    let (amount, day) = (record.amount, record.business_date);
    let own = own(detail);
    let matter = Matter::of(&record.class, &record.key, dossier, amount, day);
    let place = record.evidence.iter().find_map(Evidence::place);
    let matter = matter.with(own).standing(place);
    if record.evidence.contains(&Evidence::RefundAgreed) {
        return Vec::new();
    }
    let own = classify::advice(&detail.record.evidence);
    let own = own.map(|advice| text::letter::note(lang, advice.get(lang)));
    let Some((to, letter)) = own.or_else(|| text::letter::letter(lang, &matter)) else {
        return Vec::new();
    };
    let title = text::say(lang, "letter-heading", &[]);
    vec![format!("\n{title}\n  {to}\n  {letter}")]
}

/// What is linked, what the row was on which nights, and what people decided.
fn print_past(detail: &ExceptionDetail, decisions: &[Entry], lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(matched::print(&detail.groups, lang, &|said| {
        called(detail, lang, said).say(lang)
    }));
    let history = detail
        .history
        .iter()
        .map(|spell| print_spell(spell, lang))
        .collect();
    lines.extend(part(
        Text {
            vi: "Diễn biến",
            en: "History",
        },
        history,
        lang,
    ));
    let decisions = decisions.iter().map(|entry| print_entry(entry, lang));
    lines.extend(part(
        Text {
            vi: "Quyết định",
            en: "Decisions",
        },
        decisions.collect(),
        lang,
    ));
    lines
}

/// What was seen; of an unreadable cell also why, and what to do about it.
fn seen(evidence: &Evidence, side: Side, lang: Lang) -> String {
    let said = crate::report::model::mask_seen(evidence).say(lang);
    match evidence {
        Evidence::At(file, _, column, value, code) => {
            let cell = text::reject::Cell {
                code: *code,
                side,
                file,
                column,
                value,
            };
            let (reason, advice) = text::reject::explain_masked(cell, lang);
            format!("{said}: {reason}. {advice}")
        }
        _ => said,
    }
}

/// A title and its lines; nothing when there are none.
fn part(title: Text, lines: Vec<String>, lang: Lang) -> Vec<String> {
    if lines.is_empty() {
        return lines;
    }
    let title = format!("\n{}", title.get(lang));
    let lines = lines.into_iter().map(|line| format!("  - {line}"));
    std::iter::once(title).chain(lines).collect()
}

/// When, what, who, why; and from which night on it counts.
fn print_entry(entry: &Entry, lang: Lang) -> String {
    let (at, night) = (&entry.draft.at_wall, print_day(entry.draft.night, lang));
    let from = Text {
        vi: "từ đêm",
        en: "from the night of",
    };
    format!(
        "{at}  {}; {} {night}",
        decide::say(entry, lang),
        from.get(lang)
    )
}

fn print_spell(spell: &Spell, lang: Lang) -> String {
    let until = spell
        .until
        .map_or_else(String::new, |day| print_day(day, lang));
    let (from, class) = (print_day(spell.from, lang), label(&spell.class, lang));
    format!("{from} .. {until}  {class}  ({})", spell.run)
}

pub(super) fn print_key(key: &RowKey) -> String {
    match key.source.as_str() {
        "" => format!("{} {}", key.side.id(), key.id),
        source => format!("{} {source} {}", key.side.id(), key.id),
    }
}
