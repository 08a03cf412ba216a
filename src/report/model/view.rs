//! Pure: one exception with what was seen, the nearest candidates, what was ruled and what to do.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::{AtRisk, Classified, Severity};
use crate::domain::{Day, Lang, Origin, RowKey, Side, Vnd};
use crate::matching::Suggestion;
use crate::report::facts::RunFacts;
use crate::settle::Settlement;
use crate::text;

use super::Classes;
use super::awaited;
use super::compare::{self, CompareRow};
use super::exceptions::{Item, is_new};
use super::index::Index;
use super::origin::masked;
use super::row::{Fact, field, letter, row_facts};
use super::ruled::{self, Asked, RuledView, Since};
use super::status::Handled;

/// One exception, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExceptionView {
    /// Stable id.
    pub id: Box<str>,
    /// Class id.
    pub class: Box<str>,
    /// Short name of the class.
    pub label: String,
    /// What the class means.
    pub explanation: String,
    /// What to do, and who does it.
    pub advice: String,
    /// To whom to write and what; none where nobody has to do anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter: Option<(String, String)>,
    /// How much a person has to do.
    pub severity: Severity,
    /// What kind of row.
    pub side: Side,
    /// The row's id.
    pub row_id: Box<str>,
    /// What others know the row by: the bank's reference, else its id.
    #[serde(skip)]
    pub reference: String,
    /// The dossier it belongs to or names.
    pub dossier: String,
    /// The dossier's agency.
    pub agency: String,
    /// The money at risk, counted once for a matter that two rows tell of.
    pub amount: Vnd,
    /// Where it is counted.
    #[serde(skip)]
    pub counted: AtRisk,
    /// The row's own amount, in dong, as `exceptions.csv` and `run.json` tell it.
    #[serde(skip)]
    pub own: Vnd,
    /// When it was first seen.
    pub opened_on: Day,
    /// Days since.
    pub age_days: i64,
    /// True when it was not open the night before.
    pub is_new: bool,
    /// True when it is one of those that decide the verdict.
    pub deciding: bool,
    /// True when somebody has to look at it.
    #[serde(skip)]
    pub work: bool,
    /// The source of the row.
    #[serde(skip)]
    pub source: Box<str>,
    /// The dossier's field (lĩnh vực); empty where none is told.
    #[serde(skip)]
    pub field: String,
    /// Who is to settle it; empty for nobody.
    #[serde(skip)]
    pub assignee: Box<str>,
    /// What was last noted of it and by whom; empty for nothing.
    #[serde(skip)]
    pub note: String,
    /// What was ruled on its handling, where that holds.
    #[serde(skip)]
    pub handled: Option<Handled>,
    /// What was ruled on it last, by whom, when and why.
    #[serde(skip)]
    pub ruled: Option<RuledView>,
    /// Where a refund was asked for: the last day on which nobody has to ask where it is.
    #[serde(skip)]
    pub waits_until: Option<Day>,
    /// The row itself: memo, payer, account, times.
    pub facts: Vec<Fact>,
    /// Where it came from; account numbers in the name are masked.
    #[serde(skip)]
    pub origin: Option<Origin>,
    /// What was seen.
    pub evidence: Vec<String>,
    /// The nearest candidates, each with the first test it failed.
    pub nearest: Vec<String>,
    /// Pairings that a person might accept.
    pub suggestions: Vec<String>,
    /// The row beside its candidates.
    pub compare: Vec<CompareRow>,
    /// Labels of classes that apply too.
    pub also: Vec<String>,
}

type Suggestions<'s> = BTreeMap<&'s RowKey, Vec<&'s Suggestion>>;

/// What a row is told with beside itself.
pub(super) struct Beside<'s> {
    suggestions: Suggestions<'s>,
    asked: Asked<'s>,
}

impl<'s> Beside<'s> {
    pub(super) fn new(index: &Index<'_>, settlement: &'s Settlement) -> Self {
        Self {
            suggestions: by_row(settlement),
            asked: Asked::new(index, settlement),
        }
    }
}

fn by_row(settlement: &Settlement) -> Suggestions<'_> {
    let mut by_row = Suggestions::new();
    for suggestion in &settlement.suggestions {
        by_row.entry(&suggestion.txn).or_default().push(suggestion);
    }
    by_row
}

pub(super) fn view(
    item: &Item<'_>,
    index: &Index<'_>,
    beside: &Beside<'_>,
    facts: &RunFacts,
    classes: Classes<'_>,
) -> ExceptionView {
    let (row, lang) = (item.row, facts.lang);
    let evidence = evidence(lang, index, row);
    let agency = row
        .dossier_code
        .as_ref()
        .and_then(|dossier| index.agency_of(dossier));
    let suggested = beside.suggestions.get(&row.key);
    let suggested = suggested.map_or(&[][..], Vec::as_slice);
    let since = ruled::since(index, facts, &beside.asked, row);
    let handled = since.as_ref().map(|since| since.handled);
    let waits_until = since.as_ref().and_then(|since| since.waits_until);
    let (advice, letter) = next_step((index, facts, classes), row, since);
    ExceptionView {
        id: item.id.as_str().into(),
        class: row.class.into(),
        label: classes.text(row.class, lang, |c| c.label),
        explanation: classes.text(row.class, lang, |c| c.explanation),
        letter,
        advice,
        severity: item.severity,
        side: row.key.side,
        row_id: (&*row.key.id).into(),
        reference: index.person_reference(lang, &row.key),
        dossier: row
            .dossier_code
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        agency: agency.map_or_else(String::new, |c| index.agency_name(&c, facts.business_date)),
        amount: item.at_risk,
        counted: row.at_risk(),
        own: row.amount,
        opened_on: item.opened,
        age_days: facts.business_date.days_since(item.opened).max(0),
        is_new: is_new(facts, item.id),
        deciding: item.decides(),
        work: row.is_work(),
        source: row.key.source.as_str().into(),
        field: field(index, row),
        assignee: facts.page.assignee(&row.key).into(),
        note: note(facts, row),
        handled,
        ruled: (facts.page.ruled(&row.key)).map(|ruled| RuledView::new(lang, ruled)),
        waits_until,
        facts: row_facts(facts, index, &row.key),
        origin: facts.page.origin(&row.key).map(masked),
        nearest: row
            .nearest
            .iter()
            .map(|n| index.say_near(lang, n))
            .collect(),
        suggestions: compare::suggestions(index, lang, suggested, &row.nearest, &evidence),
        evidence,
        compare: compare::rows(index, facts, &row.key, suggested, &row.nearest),
        also: row
            .also
            .iter()
            .map(|id| classes.text(id, lang, |c| c.label))
            .collect(),
    }
}

/// What to do about a row, and what to write to whom: since somebody ruled on it, while a source
/// has yet to tell, else by its class.
fn next_step(
    (index, facts, classes): (&Index<'_>, &RunFacts, Classes<'_>),
    row: &Classified,
    since: Option<Since>,
) -> (String, Option<(String, String)>) {
    let lang = facts.lang;
    if let Some(since) = since {
        return (since.advice, since.letter);
    }
    if let Some(advice) = awaited::advice(facts, row) {
        // asking others is too early, or not needed
        let note = (!row.is_agreed()).then(|| text::letter::note(lang, &advice));
        return (advice, note);
    }
    let advice = classes.text(row.class, lang, |c| c.advice);
    (advice, letter(index, lang, row))
}

/// What was last noted of a row, and by whom.
fn note(facts: &RunFacts, row: &Classified) -> String {
    let note = facts.page.note(&row.key);
    note.map_or_else(String::new, |note| {
        let args = [("by", &*note.by), ("text", &*note.text)];
        text::say(facts.lang, "note-by", &args)
    })
}

/// What was seen, and where the money at risk is counted when it is not here.
fn evidence(lang: Lang, index: &Index<'_>, row: &Classified) -> Vec<String> {
    let seen = row.evidence.iter().map(|e| index.say(lang, e));
    let elsewhere = match row.at_risk() {
        AtRisk::Here(_) => None,
        AtRisk::AtFee(_) => Some("at-risk-at-fee"),
        AtRisk::AtMoney(_) => Some("at-risk-at-money"),
    };
    seen.chain(elsewhere.map(|key| text::say(lang, key, &[])))
        .collect()
}
