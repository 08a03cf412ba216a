//! The work list in `run.json`, written and read again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::classify::AtRisk;
use crate::domain::{Day, Vnd};
use crate::report::facts::Figure;
use crate::report::model::{FirstRow, Later, Work};

#[derive(Serialize, Deserialize)]
pub(super) struct WorkJson {
    opening: Figure,
    opened: u64,
    settled: u64,
    changed: u64,
    closing: Figure,
    overdue: Figure,
    #[serde(skip_deserializing)]
    rest: i128,
    /// An older program told none.
    #[serde(default)]
    classes: Vec<OfClassJson>,
    #[serde(default)]
    first: Vec<FirstJson>,
    /// Only in a period that a later night tells.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    later: Option<LaterJson>,
}

#[derive(Serialize)]
struct LaterJson {
    after: Day,
    night: Day,
    at_end: Figure,
    opened: u64,
    settled: u64,
}

impl LaterJson {
    fn of(later: Later) -> Self {
        Self {
            after: later.after,
            night: later.night,
            at_end: later.at_end,
            opened: later.opened,
            settled: later.settled,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct FirstJson {
    exception_id: Box<str>,
    class: Box<str>,
    dossier_code: Box<str>,
    source: Box<str>,
    /// An older program told none of these four.
    #[serde(default)]
    reference: Box<str>,
    #[serde(default)]
    paid_at: Option<Box<str>>,
    at_risk_vnd: i64,
    #[serde(default)]
    stake_vnd: Option<i64>,
    #[serde(default)]
    counted: Counted,
    opened: Day,
    decides: bool,
}

/// At which row of a matter its money is counted.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Counted {
    /// At this one.
    #[default]
    Here,
    /// At the fee line.
    Fee,
    /// At the payment, receipt or refund.
    Money,
}

impl Counted {
    fn of(counted: AtRisk) -> Self {
        match counted {
            AtRisk::Here(_) => Self::Here,
            AtRisk::AtFee(_) => Self::Fee,
            AtRisk::AtMoney(_) => Self::Money,
        }
    }

    fn told(self, here: i64, stake: Option<i64>) -> AtRisk {
        match self {
            Self::Here => AtRisk::Here(Vnd::new(here)),
            Self::Fee => AtRisk::AtFee(Vnd::new(stake.unwrap_or(here))),
            Self::Money => AtRisk::AtMoney(stake.map(Vnd::new)),
        }
    }
}

impl FirstJson {
    fn of(row: &FirstRow) -> Self {
        Self {
            exception_id: row.id.clone(),
            class: row.class.clone(),
            dossier_code: row.dossier.clone(),
            source: row.source.clone(),
            reference: row.reference.clone(),
            paid_at: row.paid_at.clone(),
            at_risk_vnd: row.at_risk,
            stake_vnd: row.counted.amount().map(Vnd::get),
            counted: Counted::of(row.counted),
            opened: row.opened,
            decides: row.decides,
        }
    }

    fn told(self) -> FirstRow {
        FirstRow {
            id: self.exception_id,
            class: self.class,
            dossier: self.dossier_code,
            source: self.source,
            reference: self.reference,
            paid_at: self.paid_at,
            at_risk: self.at_risk_vnd,
            counted: self.counted.told(self.at_risk_vnd, self.stake_vnd),
            opened: self.opened,
            decides: self.decides,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct OfClassJson {
    class: Box<str>,
    count: u64,
    /// An older program told none.
    #[serde(default)]
    matters: Option<u64>,
    sum_vnd: i128,
}

impl WorkJson {
    pub(super) fn of(work: &Work) -> Self {
        let classes = work.classes.iter().map(|(class, figure)| OfClassJson {
            class: class.clone(),
            count: figure.count,
            matters: work.matters.get(class).copied(),
            sum_vnd: figure.sum_vnd,
        });
        Self {
            classes: classes.collect(),
            first: work.first.iter().map(FirstJson::of).collect(),
            opening: work.opening,
            opened: work.opened,
            settled: work.settled,
            changed: work.changed,
            closing: work.closing,
            overdue: work.overdue,
            rest: work.rest(),
            later: work.later.map(LaterJson::of),
        }
    }

    pub(super) fn told(self) -> Work {
        let mut classes = BTreeMap::new();
        let mut matters = BTreeMap::new();
        for of in self.classes {
            matters.insert(of.class.clone(), of.matters.unwrap_or(of.count));
            classes.insert(of.class, Figure::new(of.count, of.sum_vnd));
        }
        Work {
            classes,
            matters,
            first: self.first.into_iter().map(FirstJson::told).collect(),
            opening: self.opening,
            opened: self.opened,
            settled: self.settled,
            changed: self.changed,
            closing: self.closing,
            overdue: self.overdue,
            later: None,
        }
    }
}
