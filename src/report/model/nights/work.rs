//! Pure: the work list of a night in figures, and the few to be settled first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::classify::{AtRisk, Classified, Severity};
use crate::domain::{Day, DossierCode, ExceptionId, RowKey};
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;
use crate::text;

use super::super::OVERDUE_DAYS;
use super::super::exceptions::is_listed;
use super::super::index::Index;
use super::super::{matters, shares};

/// The work list from the night before to tonight, or over a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    /// Open after the night before: how many, and the money at risk.
    pub opening: Figure,
    /// Not open then.
    pub opened: u64,
    /// Open then and no work now.
    pub settled: u64,
    /// Open then, still work under another class; the new class is among the opened.
    pub changed: u64,
    /// Open now.
    pub closing: Figure,
    /// Of these, older than [`OVERDUE_DAYS`] days.
    pub overdue: Figure,
    /// The open ones by class id: they add up to the closing.
    pub classes: BTreeMap<Box<str>, Figure>,
    /// Of how many matters the rows of each class are: one counts at the row that holds its money.
    pub matters: BTreeMap<Box<str>, u64>,
    /// The first few to be settled: those that decide the verdict before those with the most money
    /// at risk.
    pub first: Vec<FirstRow>,
    /// Of a period that a later night tells: what came and went from its last night to that one;
    /// the closing is then as that night knows it.
    pub later: Option<Later>,
}

/// What came and went of the work of a period after its last night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Later {
    /// The last night of the period.
    pub after: Day,
    /// The night that tells it.
    pub night: Day,
    /// Open after the last night of the period.
    pub at_end: Figure,
    /// Not open then and open now: rows of its days that came later, or are of another class.
    pub opened: u64,
    /// Open then and not now.
    pub settled: u64,
}

/// One of the first few exceptions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FirstRow {
    /// Its stable id.
    pub id: Box<str>,
    /// Its class id.
    pub class: Box<str>,
    /// The dossier it belongs to or names; may be empty.
    pub dossier: Box<str>,
    /// Its source; may be empty.
    pub source: Box<str>,
    /// What the bank knows a transaction by, else the row's id; empty where the program made it up.
    pub reference: Box<str>,
    /// When a transaction was, as its source tells it.
    pub paid_at: Option<Box<str>>,
    /// The money at risk that is counted at this row, dong.
    pub at_risk: i64,
    /// What is at stake, wherever it is counted.
    #[serde(skip)]
    pub counted: AtRisk,
    /// Since when it is open.
    pub opened: Day,
    /// True when it is one of those that decide the verdict.
    pub decides: bool,
}

/// So many are among the first.
const FIRST_MAX: usize = 5;

impl Work {
    /// What was open after the last night of the period, or after the night.
    pub fn at_end(&self) -> Figure {
        self.later.map_or(self.closing, |later| later.at_end)
    }

    /// The work of a period after its last night, as the later night `by` knows it: `now`, of which
    /// so many were not open then.
    pub(super) fn known_by(&mut self, (after, by): (Day, Day), now: Self, came: u64) {
        let at_end = self.closing;
        let gone = (at_end.count + came).saturating_sub(now.closing.count);
        let later = Later {
            after,
            night: by,
            at_end,
            opened: (now.closing.count + gone).saturating_sub(at_end.count),
            settled: gone,
        };
        *self = Self {
            opening: self.opening,
            opened: self.opened,
            settled: self.settled,
            changed: self.changed,
            later: Some(later),
            ..now
        };
    }

    /// How many of those open after the last night the opening and the movements do not explain.
    pub fn rest(&self) -> i128 {
        let [opened, settled, changed] = [self.opened, self.settled, self.changed].map(i128::from);
        let moved = opened - settled - changed;
        i128::from(self.opening.count) + moved - i128::from(self.at_end().count)
    }
}

/// Rank among those that decide, money at risk, first night, id, and the row.
type Ranked<'s> = (usize, Reverse<i64>, Day, &'s ExceptionId, &'s Classified);

pub(super) fn work(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Work {
    let rows = settlement.rows.iter();
    let seconds = matters::seconds(rows.filter(|row| is_open_work(row, facts.business_date)));
    let mut work = Work {
        opening: facts
            .previous
            .as_ref()
            .map(|before| before.exceptions)
            .unwrap_or_default(),
        closing: open_work(settlement, facts.business_date),
        first: first(index, settlement, facts),
        ..Work::default()
    };
    let closed = facts
        .changes
        .as_ref()
        .map_or(&[][..], |changes| &changes.closed);
    let keys: BTreeSet<&RowKey> = closed.iter().map(|closed| &closed.key).collect();
    let mut still: BTreeSet<&RowKey> = BTreeSet::new();
    for row in &settlement.rows {
        let Some(id) = &row.exception_id else {
            continue;
        };
        if row.severity != Severity::Info && keys.contains(&row.key) {
            still.insert(&row.key);
        }
        if !is_open_work(row, facts.business_date) {
            continue;
        }
        let at_risk = row.at_risk().here();
        work.classes
            .entry(row.class.into())
            .or_default()
            .add(at_risk);
        matters::add(&mut work.matters, row.class.into(), seconds.contains(id));
        let is_new = facts
            .changes
            .as_ref()
            .is_none_or(|changes| changes.opened.contains(id));
        work.opened += u64::from(is_new);
        let opened = facts
            .opened_on
            .get(id)
            .copied()
            .unwrap_or(facts.business_date);
        if facts.business_date.days_since(opened) > OVERDUE_DAYS {
            work.overdue.add(at_risk);
        }
    }
    for closed in closed {
        if still.contains(&closed.key) {
            work.changed += 1;
        } else {
            work.settled += 1;
        }
    }
    work
}

/// What is open after a night: how many rows, and the money at risk in them, dong. The one figure
/// of open work: page, workbook, mail, webhook, metrics and `[gates] open_vnd_max` tell it.
pub fn open_work(settlement: &Settlement, night: Day) -> Figure {
    let rows = settlement.rows.iter();
    let open = rows.filter(|row| is_open_work(row, night));
    open.map(|row| row.at_risk().here()).collect()
}

/// True for a row of the work list of the night.
pub(in crate::report::model) fn is_open_work(row: &Classified, night: Day) -> bool {
    is_listed(row, row.severity, night) && row.is_work()
}

/// The first few of the work list.
fn first(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Vec<FirstRow> {
    let headline = shares::headline_share(settlement, facts);
    let deciding = headline.into_iter().flat_map(|share| share.deciding.each());
    let ranks: BTreeMap<&ExceptionId, usize> = deciding.zip(0..).collect();
    let mut rows: Vec<Ranked<'_>> = Vec::new();
    for row in settlement
        .rows
        .iter()
        .filter(|row| is_open_work(row, facts.business_date))
    {
        let Some(id) = &row.exception_id else {
            continue;
        };
        let rank = ranks.get(id).copied().unwrap_or(usize::MAX);
        let opened = facts.opened_on.get(id).copied();
        let opened = opened.unwrap_or(facts.business_date);
        let at_risk = Reverse(row.at_risk().here().get());
        rows.push((rank, at_risk, opened, id, row));
    }
    rows.sort_by_key(|(rank, at_risk, opened, id, _)| (*rank, *at_risk, *opened, *id));
    rows.truncate(FIRST_MAX);
    let view = |(rank, at_risk, opened, id, row): Ranked<'_>| {
        let dossier = row.dossier_code.as_ref().map_or("", DossierCode::as_str);
        let reference = index.reference(&row.key);
        let is_made = text::letter::is_made(&reference);
        let paid_at = index.txn(&row.key).map(|txn| txn.paid_at.text().into());
        FirstRow {
            id: id.as_str().into(),
            class: row.class.into(),
            dossier: dossier.into(),
            source: row.key.source.as_str().into(),
            reference: if is_made { "".into() } else { reference.into() },
            paid_at,
            at_risk: at_risk.0,
            counted: row.at_risk(),
            opened,
            decides: rank != usize::MAX,
        }
    };
    rows.into_iter().map(view).collect()
}
