//! Pure: the work list by money at risk, each item with what was seen, the nearest candidates and
//! what to do.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::{Bucket, Classified, Severity};
use crate::domain::{AgencyCode, Day, ExceptionId, Vnd};
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;
use crate::text;

use super::ageing::{ClassRow, age_bucket, aged, class_rows};
use super::brief::{BriefView, brief};
use super::effect;
use super::index::Index;
use super::view::{Beside, ExceptionView, view};
use super::{BRIEF_MAX, Classes, FURTHER_MAX, OVERDUE_DAYS, SHOWN_MAX, matters, shares};

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
    pub(super) fn decides(&self) -> bool {
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
    let beside = Beside::new(index, settlement);
    let view = |item: &Item<'_>| view(item, index, &beside, facts, classes);
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
    let beside = Beside::new(index, settlement);
    let view = |item: &Item<'_>| view(item, index, &beside, facts, classes);
    items.iter().map(view).collect()
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
