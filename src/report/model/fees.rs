//! Pure: what the fee table says of tonight's fees: lines that no rate in force gives, and which of
//! the two zeros a fee of 0 is, by which rule.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::fee_table::WHOLE;
use crate::domain::{
    Day, FeeChecks, FeeNote, FeeRate, FeeWord, FilingChannel, Fraction, Lang, RateUnit, Vnd,
};
use crate::report::facts::{Figure, RunFacts};
use crate::text;

use super::SHOWN_MAX;
use super::index::Index;

/// A line names this many of the rates that apply; more would say less.
const RATES_SAID: usize = 4;

/// The part of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FeeSection {
    /// Lines to look at: the first ones, tonight's before the others, by kind of finding.
    pub shown: Vec<FeeView>,
    /// All of them.
    pub all: Figure,
    /// Those that came or were paid tonight, or in the period.
    pub tonight: u64,
    /// The zeros that the table explains, by rule.
    pub zeros: Vec<ZeroRow>,
    /// How many lines a rate confirms, and of how many the table says nothing, and why.
    pub notes: Vec<String>,
}

/// One fee line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeeView {
    /// The finding's id.
    pub word: &'static str,
    /// What it is, for people.
    pub label: String,
    /// True for what finance has to look at.
    pub is_finding: bool,
    /// The dossier.
    pub dossier: String,
    /// The line in it.
    pub fee_id: String,
    /// `phi` or `le_phi`.
    pub kind: &'static str,
    /// The procedure.
    pub procedure: String,
    /// The code of the agency that collects.
    pub agency_code: String,
    /// Its name, or the code.
    pub agency: String,
    /// The day the dossier was received.
    pub received_on: Day,
    /// The code of the way of filing; empty where it is not told.
    pub channel: &'static str,
    /// The registry's word on collecting; empty where it is not told.
    pub mode: &'static str,
    /// What the registry says is due.
    pub amount: Vnd,
    /// The rates that apply.
    pub due: String,
    /// The rates that give the amount and do not apply; may be empty.
    pub used: String,
    /// Where they are laid down.
    pub basis: String,
    /// What to do.
    pub advice: String,
}

/// Fees of 0 by one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ZeroRow {
    /// Which of the two zeros it is.
    pub label: String,
    /// The procedure.
    pub procedure: String,
    /// The rule, with the classes of persons.
    pub rule: String,
    /// Where it is laid down.
    pub basis: String,
    /// How many lines.
    pub count: u64,
}

/// What the table says of tonight; none without a table.
pub(super) fn section(index: &Index<'_>, facts: &RunFacts) -> Option<FeeSection> {
    let checks = facts.fees.as_ref()?;
    let lang = facts.lang;
    let mut found: Vec<&FeeNote> = checks.findings().collect();
    let tonight = |note: &FeeNote| match facts.period() {
        None => note.last_on == facts.business_date,
        Some(period) => period.holds(note.last_on),
    };
    found.sort_by_key(|note| (!tonight(note), note.word));
    let fresh = found.iter().filter(|note| tonight(note)).count();
    let view = |note: &&FeeNote| {
        let name = index.agency_name(&note.agency_code, facts.business_date);
        view(checks, note, name, lang)
    };
    Some(FeeSection {
        shown: found.iter().take(SHOWN_MAX).map(view).collect(),
        all: found.iter().map(|note| note.amount).collect(),
        tonight: u64::try_from(fresh).unwrap_or(u64::MAX),
        zeros: zeros(checks, lang),
        notes: notes(checks, lang),
    })
}

/// Every line that the table does not simply confirm, by dossier and line; `name` tells an agency.
pub fn every_fee(
    checks: &FeeChecks,
    lang: Lang,
    name: impl Fn(&FeeNote) -> String,
) -> impl Iterator<Item = FeeView> {
    let notes = checks.notes.iter();
    notes.map(move |note| view(checks, note, name(note), lang))
}

fn view(checks: &FeeChecks, note: &FeeNote, agency: String, lang: Lang) -> FeeView {
    let (label, advice) = keys(note.word);
    FeeView {
        word: note.word.id(),
        label: text::say(lang, label, &[]),
        is_finding: note.word.is_finding(),
        dossier: note.dossier_code.to_string(),
        fee_id: note.fee_id.to_string(),
        kind: note.kind.id(),
        procedure: note.procedure_code.to_string(),
        agency_code: note.agency_code.to_string(),
        agency,
        received_on: note.received_on,
        channel: note.channel.map_or("", FilingChannel::id),
        mode: note.mode.map_or("", |mode| mode.id()),
        amount: note.amount,
        due: said(checks, &note.due, lang),
        used: said(checks, &note.used, lang),
        basis: basis(checks, note),
        advice: advice.map_or_else(String::new, |key| text::say(lang, key, &[])),
    }
}

/// What a word means, and what to do about it.
fn keys(word: FeeWord) -> (&'static str, Option<&'static str>) {
    match word {
        FeeWord::Exempt => ("fee-exempt", None),
        FeeWord::ZeroRate => ("fee-zero-rate", None),
        FeeWord::PayableZero => ("fee-payable-zero", Some("fee-payable-zero-advice")),
        FeeWord::WrongZero => ("fee-wrong-zero", Some("fee-wrong-zero-advice")),
        FeeWord::OtherChannel => ("fee-other-channel", Some("fee-other-channel-advice")),
        FeeWord::EndedRate => ("fee-ended-rate", Some("fee-ended-rate-advice")),
        FeeWord::EarlyRate => ("fee-early-rate", Some("fee-early-rate-advice")),
        FeeWord::NoRate => ("fee-no-rate", Some("fee-no-rate-advice")),
    }
}

/// What a word means.
pub fn fee_label(word: FeeWord, lang: Lang) -> String {
    text::say(lang, keys(word).0, &[])
}

fn channel_key(channel: FilingChannel) -> &'static str {
    match channel {
        FilingChannel::Counter | FilingChannel::Empty => "fee-channel-counter",
        FilingChannel::Online => "fee-channel-online",
        FilingChannel::Post => "fee-channel-post",
    }
}

/// Some rates in words; none applies: a dash.
fn said(checks: &FeeChecks, places: &[usize], lang: Lang) -> String {
    let rates = places.iter().filter_map(|at| checks.rates.get(*at));
    let mut texts: Vec<String> = rates.map(|rate| rate_text(rate, lang)).collect();
    texts.dedup();
    let more = texts.len().saturating_sub(RATES_SAID);
    texts.truncate(RATES_SAID);
    if more > 0 {
        let more = more.to_string();
        texts.push(text::say(lang, "fee-rates-more", &[("n", &more)]));
    }
    texts.join("; ")
}

/// The sources of the rates that apply, and of those that give the amount, each once.
fn basis(checks: &FeeChecks, note: &FeeNote) -> String {
    let places = note.due.iter().chain(&note.used);
    let rates = places.filter_map(|at| checks.rates.get(*at));
    let mut all: Vec<&str> = Vec::new();
    for rate in rates {
        if !all.contains(&&*rate.legal_basis) {
            all.push(&rate.legal_basis);
        }
    }
    all.join("; ")
}

/// A rate in words: what for, how much, for whom, since when.
pub fn rate_text(rate: &FeeRate, lang: Lang) -> String {
    let say = |key: &str, args: &[(&str, &str)]| text::say(lang, key, args);
    let mut parts: Vec<String> = Vec::new();
    let dong = text::money_of(lang, rate.rate);
    let amount = match rate.unit {
        _ if rate.is_zero() => text::money_of(lang, Vnd::ZERO),
        RateUnit::Case => dong,
        RateUnit::Copy => say("fee-rate-copy", &[("rate", &dong)]),
        RateUnit::Page => say("fee-rate-page", &[("rate", &dong)]),
    };
    parts.push(if rate.item.is_empty() {
        amount
    } else {
        format!("{} {amount}", rate.item)
    });
    if !rate.is_zero() {
        if let (Some(first), Some(next)) = (rate.first_pages, rate.next_rate) {
            let (page, next) = ((first + 1).to_string(), text::money_of(lang, next));
            parts.push(say("fee-rate-next", &[("page", &page), ("rate", &next)]));
        }
        if let Some(most) = rate.most {
            let most = text::money_of(lang, most);
            parts.push(say("fee-rate-max", &[("rate", &most)]));
        }
        if rate.part < WHOLE {
            let part = Fraction {
                num: rate.part.into(),
                den: WHOLE.into(),
            };
            let part = text::figure::percent_short(lang, part);
            parts.push(say("fee-rate-part", &[("part", &part)]));
        }
    }
    if let Some(channel) = rate.channel {
        parts.push(say(channel_key(channel), &[]));
    }
    if !rate.applicant.is_empty() {
        parts.push(say("fee-rate-for", &[("who", &rate.applicant)]));
    }
    let from = text::day(lang, rate.valid_from);
    parts.push(match rate.valid_to {
        None => say("fee-rate-from", &[("from", &from)]),
        Some(to) => {
            let to = text::day(lang, to);
            say("fee-rate-until", &[("from", &from), ("to", &to)])
        }
    });
    parts.join(", ")
}

fn zeros(checks: &FeeChecks, lang: Lang) -> Vec<ZeroRow> {
    let mut rows: BTreeMap<(FeeWord, &str, &[usize]), (u64, &FeeNote)> = BTreeMap::new();
    for note in checks.notes.iter().filter(|note| !note.word.is_finding()) {
        let key = (note.word, &*note.procedure_code, &*note.due);
        rows.entry(key).or_insert((0, note)).0 += 1;
    }
    let row = |((word, procedure, due), (count, note)): (_, (u64, &FeeNote))| {
        let word: FeeWord = word;
        let (procedure, due): (&str, &[usize]) = (procedure, due);
        ZeroRow {
            label: text::say(lang, keys(word).0, &[]),
            procedure: procedure.to_owned(),
            rule: said(checks, due, lang),
            basis: basis(checks, note),
            count,
        }
    };
    rows.into_iter().map(row).collect()
}

fn notes(checks: &FeeChecks, lang: Lang) -> Vec<String> {
    let none = checks.unjudged;
    let told = [
        ("fee-confirmed", checks.confirmed),
        ("fee-unlisted", none.unlisted),
        ("fee-not-in-force", none.not_in_force),
        ("fee-unread", none.unread),
        ("fee-undated", none.undated),
    ];
    let told = told.into_iter().filter(|(_, count)| *count > 0);
    told.map(|(key, count)| text::say(lang, key, &[("n", &text::number(lang, count))]))
        .collect()
}
