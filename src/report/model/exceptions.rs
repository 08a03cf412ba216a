//! Pure: the work list by money at risk, each item with what was seen, the nearest candidates and
//! what to do.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::{AtRisk, Bucket, Classified, Severity};
use crate::domain::{AgencyCode, Day, ExceptionId, Lang, Origin, RowKey, Side, Vnd};
use crate::matching::Suggestion;
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;
use crate::text;

use super::ageing::{ClassRow, age_bucket, aged, class_rows};
use super::awaited;
use super::brief::{BriefView, brief};
use super::compare::{self, CompareRow};
use super::effect;
use super::index::Index;
use super::origin::masked;
use super::row::{Fact, field, letter, row_facts};
use super::status::Handled;
use super::{BRIEF_MAX, Classes, FURTHER_MAX, OVERDUE_DAYS, SHOWN_MAX, matters, shares};

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

/// The work list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExceptionList {
    /// The first [`SHOWN_MAX`], those that move the verdict and the most money first; rejects that
    /// do not decide it stand in their own list alone.
    pub shown: Vec<ExceptionView>,
    /// The first [`FURTHER_MAX`] of those that decide the verdict after these, a line each.
    pub further: Vec<BriefView>,
    /// The next [`BRIEF_MAX`], a line each.
    pub brief: Vec<BriefView>,
    /// How many stand in `exceptions.csv` only.
    pub more: u64,
    /// All open work: warn and action, rejects included.
    pub work: Figure,
    /// Of these, those older than [`OVERDUE_DAYS`].
    pub overdue: Figure,
    /// Of the open work, how many were not open the night before.
    pub opened: u64,
    /// Of how many matters the open work is: two rows may tell of the same one.
    pub matters: u64,
    /// Every listed class, info included, the most money first.
    pub by_class: Vec<ClassRow>,
    /// Open work by age: today, 1, 2-3, 4-7, more days.
    pub by_age: Vec<(String, Figure)>,
    /// The open work of each class by the same ages, in the order of `by_class`.
    pub ageing: Vec<(ClassRow, [Figure; 5])>,
    /// Open work by agency.
    #[serde(skip)]
    pub by_agency: BTreeMap<AgencyCode, Figure>,
}

/// True when the row stands in a night's `exceptions.csv`: every open item and everything that
/// needs a person, and of the rest (excluded, informative) what is tonight's.
pub fn is_listed(row: &Classified, severity: Severity, night: Day) -> bool {
    let tonight = row.business_date == night;
    let listed = match row.bucket {
        Bucket::Excluded => tonight,
        Bucket::Open => true,
        Bucket::Matched | Bucket::Rejected => severity != Severity::Info || tonight,
    };
    row.exception_id.is_some() && listed
}

/// A row of the work list while it is sorted.
pub(super) struct Item<'s> {
    pub(super) row: &'s Classified,
    pub(super) id: &'s ExceptionId,
    pub(super) severity: Severity,
    /// Its place in the lists that decide the verdict.
    rank: usize,
    /// How far it moves the verdict, settled one way or the other.
    moves: i128,
    /// What it adds to the money at risk.
    pub(super) at_risk: Vnd,
    pub(super) opened: Day,
}

impl Item<'_> {
    /// True when it is one of those that decide the verdict.
    fn decides(&self) -> bool {
        self.rank != usize::MAX
    }
}

pub(super) fn list(
    index: &Index<'_>,
    settlement: &Settlement,
    facts: &RunFacts,
    classes: Classes<'_>,
) -> ExceptionList {
    let night = facts.business_date;
    let mut list = ExceptionList::default();
    let mut by_class: BTreeMap<&str, Figure> = BTreeMap::new();
    let mut ages = [Figure::default(); 5];
    let mut ageing: BTreeMap<&str, [Figure; 5]> = BTreeMap::new();
    let mut items = items(settlement, facts);
    let rows = items.iter().map(|item| item.row);
    let rows = rows.filter(|row| row.is_work());
    let seconds = matters::seconds(rows);
    let mut of_class: BTreeMap<&str, u64> = BTreeMap::new();
    for item in &items {
        let class = item.row.class;
        matters::add(&mut of_class, class, seconds.contains(item.id));
        by_class.entry(class).or_default().add(item.at_risk);
        if !item.row.is_work() {
            continue;
        }
        let age = night.days_since(item.opened);
        list.work.add(item.at_risk);
        list.matters += u64::from(!seconds.contains(item.id));
        list.opened += u64::from(is_new(facts, item.id));
        if age > OVERDUE_DAYS {
            list.overdue.add(item.at_risk);
        }
        for ages in [&mut ages, ageing.entry(item.row.class).or_default()] {
            if let Some(bucket) = ages.get_mut(age_bucket(age)) {
                bucket.add(item.at_risk);
            }
        }
        let dossier = item.row.dossier_code.as_ref();
        if let Some(code) = dossier.and_then(|dossier| index.agency_of(dossier)) {
            list.by_agency.entry(code).or_default().add(item.at_risk);
        }
    }
    items.retain(|item| {
        let unread = item.row.bucket == Bucket::Rejected;
        item.row.is_work() && (!unread || item.decides())
    });
    items.sort_by_key(|i| {
        let moves = Reverse(i.moves);
        (i.rank, moves, Reverse(i.at_risk), i.opened, i.id)
    });
    let suggestions = by_row(settlement);
    let view = |item: &Item<'_>| view(item, index, &suggestions, facts, classes);
    list.shown = items.iter().take(SHOWN_MAX).map(view).collect();
    let brief = |item: &Item<'_>| brief(item, index, facts, classes);
    let next = items.get(SHOWN_MAX..).unwrap_or_default();
    let deciding = next.partition_point(Item::decides);
    let (further, rest) = next.split_at(deciding.min(FURTHER_MAX));
    list.further = further.iter().map(brief).collect();
    list.brief = rest.iter().take(BRIEF_MAX).map(brief).collect();
    let more = rest.len().saturating_sub(BRIEF_MAX);
    list.more = u64::try_from(more).unwrap_or(u64::MAX);
    list.by_class = class_rows(by_class, &of_class, facts.lang, classes);
    list.ageing = aged(&list.by_class, &ageing);
    let names = ["age-today", "age-1", "age-2-3", "age-4-7", "age-more"];
    let named = names.into_iter().zip(ages);
    list.by_age = named
        .map(|(key, figure)| (text::say(facts.lang, key, &[]), figure))
        .collect();
    list
}

/// Every row of a night's `exceptions.csv`, ready to be printed: the work first, in the order in
/// which to do it, then what only informs.
pub fn every(
    index: &Index<'_>,
    settlement: &Settlement,
    facts: &RunFacts,
    classes: Classes<'_>,
) -> Vec<ExceptionView> {
    let mut items = items(settlement, facts);
    items.sort_by_key(|i| {
        let moves = Reverse(i.moves);
        let informs = !i.row.is_work();
        (informs, i.rank, moves, Reverse(i.at_risk), i.opened, i.id)
    });
    let suggestions = by_row(settlement);
    let view = |item: &Item<'_>| view(item, index, &suggestions, facts, classes);
    items.iter().map(view).collect()
}

type Suggestions<'s> = BTreeMap<&'s RowKey, Vec<&'s Suggestion>>;

fn by_row(settlement: &Settlement) -> Suggestions<'_> {
    let mut by_row = Suggestions::new();
    for suggestion in &settlement.suggestions {
        by_row.entry(&suggestion.txn).or_default().push(suggestion);
    }
    by_row
}

fn items<'s>(settlement: &'s Settlement, facts: &RunFacts) -> Vec<Item<'s>> {
    let headline = shares::headline_share(settlement, facts);
    let deciding = headline.map(|share| &share.deciding);
    let ranks: BTreeMap<&ExceptionId, usize> = deciding
        .into_iter()
        .flat_map(crate::kpi::Deciding::each)
        .enumerate()
        .map(|(rank, id)| (id, rank))
        .collect();
    let moves = headline.map(|share| effect::moves(settlement, share));
    let moves = moves.unwrap_or_default();
    let item = |row: &'s Classified| {
        let id = row.exception_id.as_ref()?;
        let severity = row.severity;
        let rank = ranks.get(id).copied().unwrap_or(usize::MAX);
        let opened = facts.opened_on.get(id).copied();
        let opened = opened.unwrap_or(facts.business_date);
        is_listed(row, severity, facts.business_date).then_some(Item {
            row,
            id,
            severity,
            rank,
            moves: moves.get(id).copied().unwrap_or(0),
            at_risk: row.at_risk().here(),
            opened,
        })
    };
    settlement.rows.iter().filter_map(item).collect()
}

pub(super) fn is_new(facts: &RunFacts, id: &ExceptionId) -> bool {
    facts
        .changes
        .as_ref()
        .is_some_and(|changes| changes.opened.contains(id))
        && !facts.opened_on.contains_key(id)
}

fn view(
    item: &Item<'_>,
    index: &Index<'_>,
    suggestions: &Suggestions<'_>,
    facts: &RunFacts,
    classes: Classes<'_>,
) -> ExceptionView {
    let (row, lang) = (item.row, facts.lang);
    let evidence = evidence(lang, index, row);
    let agency = row
        .dossier_code
        .as_ref()
        .and_then(|dossier| index.agency_of(dossier));
    let suggested = suggestions.get(&row.key).map_or(&[][..], Vec::as_slice);
    let awaited = awaited::advice(facts, row);
    ExceptionView {
        id: item.id.as_str().into(),
        class: row.class.into(),
        label: classes.text(row.class, lang, |c| c.label),
        explanation: classes.text(row.class, lang, |c| c.explanation),
        letter: match &awaited {
            // asking others is too early
            Some(advice) => Some(text::letter::note(lang, advice)),
            None => letter(index, lang, row),
        },
        advice: awaited.unwrap_or_else(|| classes.text(row.class, lang, |c| c.advice)),
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
        handled: Handled::of(index, row),
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
