//! The work list in `run.json`, written and read again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Day;
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
    at_risk_vnd: i64,
    opened: Day,
    decides: bool,
}

impl FirstJson {
    fn of(row: &FirstRow) -> Self {
        Self {
            exception_id: row.id.clone(),
            class: row.class.clone(),
            dossier_code: row.dossier.clone(),
            source: row.source.clone(),
            at_risk_vnd: row.at_risk,
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
            at_risk: self.at_risk_vnd,
            opened: self.opened,
            decides: self.decides,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct OfClassJson {
    class: Box<str>,
    count: u64,
    sum_vnd: i128,
}

impl WorkJson {
    pub(super) fn of(work: &Work) -> Self {
        let classes = work.classes.iter().map(|(class, figure)| OfClassJson {
            class: class.clone(),
            count: figure.count,
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
        let classes = self.classes.into_iter();
        let classes: BTreeMap<_, _> = classes
            .map(|of| (of.class, Figure::new(of.count, of.sum_vnd)))
            .collect();
        Work {
            classes,
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
