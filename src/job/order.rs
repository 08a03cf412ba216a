//! Which run was published after which. The chain of runs tells it: clocks stand still and go back.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::desk::Desk;
use super::error::JobError;
use super::late;
use crate::domain::RunId;
use crate::store::{Closing, Reading, RunRecord, SealList};

/// Up to where something was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// The place in the chain; none of what was there before it began.
    seq: Option<i64>,
    /// Milliseconds since 1970 in UTC, for runs from before the chain.
    at_ms: i64,
}

impl Known {
    /// What was known when a run was published.
    pub(super) async fn of(desk: &Desk, run: &RunRecord) -> Result<Self, JobError> {
        Ok(Order::read(desk).await?.known(run))
    }

    /// What was known when a period was closed.
    pub(super) fn at(closing: &Closing) -> Self {
        let says: Value = serde_json::from_str(&closing.says).unwrap_or_default();
        Self {
            seq: says["audit"][0].as_i64(),
            at_ms: late::at_ms(closing),
        }
    }
}

/// The places of all publications in the chain.
#[derive(Debug)]
pub(super) struct Order(BTreeMap<RunId, i64>);

impl Order {
    pub(super) async fn read(desk: &Desk) -> Result<Self, JobError> {
        Ok(Self(desk.store.publications().await?))
    }

    fn known(&self, run: &RunRecord) -> Known {
        Known {
            seq: self.0.get(&run.id).copied(),
            at_ms: run.pulled_at_ms,
        }
    }

    /// True of a run that was published by then. Of runs from before the chain the pulls tell.
    pub(super) fn is_known(&self, run: &RunRecord, by: Known) -> bool {
        match (self.known(run).seq, by.seq) {
            (Some(seq), Some(by)) => seq <= by,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => run.pulled_at_ms <= by.at_ms,
        }
    }

    /// True of a run that was published after another one.
    pub(super) fn is_after(&self, run: &RunRecord, other: &RunRecord) -> bool {
        run.id != other.id && !self.is_known(run, self.known(other))
    }
}

/// The answers to the night of a run that came before it was published, and those that came later:
/// the list that seals them tells, of older runs the pulls. To a run that is being made all came
/// before.
pub(super) async fn answers_of(
    desk: &Desk,
    run: &RunRecord,
) -> Result<(Vec<Reading>, Vec<Reading>), JobError> {
    let readings = desk.store.readings(run.business_date).await?;
    let list = desk.store.sealed_evidence(&run.id).await?;
    let list = list.and_then(|sha256| desk.archive.get(&sha256).ok());
    let Some(bytes) = list else {
        let is_there = desk.store.run(&run.id).await?.is_some();
        let before = |reading: &Reading| !is_there || reading.pulled_at_ms <= run.pulled_at_ms;
        return Ok(readings.into_iter().partition(before));
    };
    let mut list = SealList::read(&bytes);
    let listed = list.lines.remove("reading").unwrap_or_default();
    let mut places: BTreeMap<Box<str>, u64> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for (at, reading) in readings.iter().enumerate() {
        let place = places.entry(reading.source.as_str().into()).or_default();
        *place += 1;
        let name = format!("{} {} {place}", reading.night, reading.source);
        known.extend(listed.contains_key(&name).then_some(at));
    }
    let (mut told, mut later) = (Vec::new(), Vec::new());
    for (at, reading) in readings.into_iter().enumerate() {
        let of = if known.contains(&at) {
            &mut told
        } else {
            &mut later
        };
        of.push(reading);
    }
    Ok((told, later))
}
