//! Pure: a period as known then and as known now: shares, open items, what came between and what
//! that moved.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{Arrived, Day, Lang, Moved};
use crate::kpi::{Fraction, Share};
use crate::report::facts::{AsKnown, Figure, RunFacts};
use crate::settle::Settlement;
use crate::text;

use super::changes::kind_word;
use super::index::Index;
use super::shares::{self, ShareRow, definition_name};
pub use words::decided;
use words::{item_words, numbered, said};

mod wider;
mod words;

/// The comparison, decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownView {
    /// The night that knew it then.
    pub then: Day,
    /// The night that knows it now.
    pub now: Day,
    /// Whose report this is, in a sentence.
    pub intro: String,
    /// The shares of the whole unit.
    pub shares: Vec<KnownRow>,
    /// The shares of agencies, by definition and code.
    pub agencies: Vec<KnownRow>,
    /// Figures of the open items, and in a period the sums of its nights.
    pub figures: Vec<KnownFigure>,
    /// In a period: the nights that are added up then and now, where these are not the same.
    pub versions: Option<String>,
    /// What came between: of days that were told already first, then by amount.
    pub arrived: Vec<ArrivedRow>,
    /// Items that count otherwise: those of the leading definition first, the greatest change
    /// first.
    pub moved: Vec<MovedRow>,
    /// How many of them are of the leading definition.
    pub leading: usize,
}

/// A share then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownRow {
    /// The agency's name; empty for the whole unit.
    pub agency: String,
    /// Then.
    pub then: ShareRow,
    /// Now.
    pub now: Option<ShareRow>,
    /// Why what is proven now allows more than what was proven then; none where it does not.
    pub wider: Option<String>,
}

impl KnownRow {
    /// True where bounds of either are outer ones.
    pub fn any_outer(&self) -> bool {
        self.then.outer || self.now.as_ref().is_some_and(|now| now.outer)
    }

    /// True where anything that is shown differs.
    pub fn differs(&self) -> bool {
        let now = self.now.as_ref();
        now.is_none_or(|now| parts(now) != parts(&self.then))
    }

    /// The way of the point figure in percentage points; none without both.
    pub fn points(&self, lang: Lang) -> Option<String> {
        let now = self.now.as_ref()?;
        Some(text::points(lang, self.then.point?, now.point?))
    }
}

type Parts = (i128, i128, Option<Fraction>, Option<Fraction>);

fn parts(row: &ShareRow) -> Parts {
    (row.numerator, row.denominator, row.low, row.high)
}

/// Rows and dong then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownFigure {
    /// What they are.
    pub label: String,
    /// Then.
    pub then: Figure,
    /// Now.
    pub now: Figure,
}

/// What came between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArrivedRow {
    /// The night that told it.
    pub told: Day,
    /// What it is.
    pub kind: String,
    /// As people write it.
    pub key: String,
    /// The dossier that it names; may be empty.
    pub dossier: String,
    /// The day that it is of.
    pub day: Day,
    /// Dong; none where it could not be read.
    pub amount: Option<i64>,
    /// Why it was not known then.
    pub reason: String,
}

/// An item that counts otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MovedRow {
    /// The definition's id.
    pub definition: Box<str>,
    /// Its name.
    pub name: String,
    /// The item in words.
    pub item: String,
    /// What it counted as.
    pub then: (i64, i64),
    /// What it counts as.
    pub now: (i64, i64),
    /// What became known of it.
    pub reason: String,
}

pub(super) fn view(
    index: &Index<'_>,
    settlement: &Settlement,
    facts: &RunFacts,
) -> Option<KnownView> {
    let known = facts.known.as_ref()?;
    let lang = facts.lang;
    let first = shares::headline_share(settlement, facts).map(|share| share.definition);
    let row = |(then, now): &(Share, Option<Share>)| KnownRow {
        agency: then.agency.as_ref().map_or_else(String::new, |code| {
            let period = (then.period.from, then.period.to);
            index.agency_within(code, period, lang)
        }),
        then: shares::row(then, facts),
        now: now.as_ref().map(|now| shares::row(now, facts)),
        wider: now
            .as_ref()
            .and_then(|now| wider::say(lang, (then, now), known)),
    };
    let mut pairs: Vec<&(Share, Option<Share>)> = known.shares.iter().collect();
    pairs.sort_by_key(|(then, _)| {
        let leads = Some(then.definition) != first;
        (leads, then.definition, then.agency.as_ref())
    });
    let (whole, agencies): (Vec<_>, Vec<_>) = pairs
        .into_iter()
        .partition(|(then, _)| then.agency.is_none());
    let figure = |key: &str, (then, now): (Figure, Figure)| KnownFigure {
        label: text::say(lang, key, &[]),
        then,
        now,
    };
    let mut figures = vec![("known-open", known.open), ("known-work", known.work)];
    if let Some((then, now)) = &known.nights {
        let (then, now) = (then.totals, now.totals);
        figures.extend([
            ("known-nights-all", (then.transactions, now.transactions)),
            ("known-nights-matched", (then.matched, now.matched)),
            ("known-nights-open", (then.open, now.open)),
        ]);
    }
    let moved = moved(lang, known, first);
    Some(KnownView {
        then: known.then,
        now: known.now,
        intro: intro(facts, known),
        shares: whole.into_iter().map(row).collect(),
        agencies: agencies.into_iter().map(row).collect(),
        figures: figures
            .into_iter()
            .map(|(key, both)| figure(key, both))
            .collect(),
        versions: versions(lang, known),
        arrived: arrived(lang, known),
        leading: moved
            .iter()
            .filter(|row| Some(&*row.definition) == first)
            .count(),
        moved,
    })
}

/// Which nights are added up in another version now, and which came since.
fn versions(lang: Lang, known: &AsKnown) -> Option<String> {
    let (then, now) = known.nights.as_ref()?;
    let said = now.versions.iter().filter_map(|(day, version)| {
        let day_text = text::day(lang, *day);
        let was = then.versions.get(day);
        if was == Some(version) {
            return None;
        }
        let (was, is) = (was.map(u32::to_string), version.to_string());
        let key = if was.is_some() {
            "known-night-version"
        } else {
            "known-night-new"
        };
        let args = [
            ("day", &*day_text),
            ("then", was.as_deref().unwrap_or("")),
            ("now", &*is),
        ];
        Some(text::say(lang, key, &args))
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty())
        .then(|| text::say(lang, "known-nights-differ", &[("nights", &said.join("; "))]))
}

fn intro(facts: &RunFacts, known: &AsKnown) -> String {
    let lang = facts.lang;
    let key = if facts.business_date == known.then {
        "known-intro-then"
    } else {
        "known-intro-now"
    };
    let day = |day| text::day(lang, day);
    let args = [("then", &*day(known.then)), ("now", &*day(known.now))];
    text::say(lang, key, &args)
}

/// What is of days that were told already first, then by amount, the greatest first, then in the
/// order in which they came.
fn arrived(lang: Lang, known: &AsKnown) -> Vec<ArrivedRow> {
    let mut rows: Vec<&Arrived> = known.arrived.iter().collect();
    rows.sort_by_key(|row| {
        let is_new = row.day > known.then && row.kind != "decision";
        (is_new, Reverse(row.amount_vnd.unwrap_or(i64::MAX)), *row)
    });
    let row = |row: &Arrived| ArrivedRow {
        told: row.told,
        kind: kind_word(row.kind, lang),
        key: said(lang, row),
        dossier: row.dossier.as_deref().unwrap_or_default().to_owned(),
        day: row.day,
        amount: row.amount_vnd,
        reason: why(lang, row, known.then),
    };
    rows.into_iter().map(row).collect()
}

/// Why a row was not known then: it is of a later day, it came late, it was told otherwise, or a
/// person decided.
fn why(lang: Lang, row: &Arrived, then: Day) -> String {
    let key = match (row.kind, row.became) {
        ("decision", _) => "known-why-decision",
        (_, "changed") => "known-why-changed",
        _ if row.day > then => "known-why-later",
        _ => "known-why-late",
    };
    let late = text::number(lang, row.told.days_since(row.day).max(0));
    if let (Some(by), Some(reason)) = (&row.by, &row.reason) {
        let args = [
            ("what", &*decided(lang, &row.says)),
            ("by", by),
            ("reason", reason),
            ("then", &*text::day(lang, then)),
        ];
        return text::say(lang, "known-why-decided", &args);
    }
    let args = [
        ("day", &*text::day(lang, row.day)),
        ("then", &*text::day(lang, then)),
        ("n", &*late),
    ];
    text::say(lang, key, &args)
}

fn moved(lang: Lang, known: &AsKnown, first: Option<&str>) -> Vec<MovedRow> {
    let mut by_name: BTreeMap<&str, &Arrived> = BTreeMap::new();
    for row in &known.arrived {
        // of a decision the row that it is about
        let key = row.key.strip_prefix("txn ");
        let key = key.filter(|_| row.kind == "decision");
        by_name.entry(key.unwrap_or(&row.key)).or_insert(row);
        if let Some(dossier) = &row.dossier {
            by_name.entry(dossier).or_insert(row);
        }
    }
    let mut items: Vec<&Moved> = known.moved.iter().collect();
    let part = |then: i64, now: i64| i128::from(now) - i128::from(then);
    items.sort_by_key(|item| {
        let moved = part(item.then.0, item.now.0).abs() + part(item.then.1, item.now.1).abs();
        (Some(&*item.definition) != first, Reverse(moved), *item)
    });
    let row = |item: &Moved| {
        let (mut words, name) = item_words(lang, &item.item);
        if item.item.starts_with("txn|") {
            let number = item.bank_ref.as_deref();
            words = words.replace(&*name, &numbered(lang, &name, number));
        }
        let mut reason = text::say(lang, became(item), &[]);
        if let Some((by, night)) = known.given_back.get(&*name) {
            let number = by_name.get(&**by).and_then(|row| row.bank_ref.as_deref());
            let made = by
                .split_once('/')
                .is_some_and(|(_, id)| text::letter::is_made(id));
            let by = numbered(lang, by, number.filter(|_| made));
            let args = [("by", &*by), ("day", &*text::day(lang, *night))];
            reason = text::say(lang, "known-became-returned", &args);
        } else if let Some(cause) = by_name.get(&*name) {
            let kind = kind_word(cause.kind, lang);
            let args = [
                ("what", &*format!("{kind} {}", said(lang, cause))),
                ("day", &*text::day(lang, cause.told)),
            ];
            reason = format!("{reason}: {}", text::say(lang, "known-because", &args));
        }
        MovedRow {
            definition: item.definition.clone(),
            name: definition_name(lang, &item.definition),
            item: words,
            then: item.then,
            now: item.now,
            reason,
        }
    };
    items.into_iter().map(row).collect()
}

/// What became of an item, as a key.
fn became(item: &Moved) -> &'static str {
    match (item.outcomes_then.len(), item.outcomes_now.len()) {
        (0, _) => "known-became-new",
        (_, 0) => "known-became-gone",
        (2.., 1) => "known-became-settled",
        (1, 2..) => "known-became-open",
        _ => "known-became-other",
    }
}
