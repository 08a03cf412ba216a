//! Which run was published after which. The chain of runs tells it: clocks stand still and go back.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::desk::Desk;
use super::error::JobError;
use super::late;
use crate::domain::{Day, RunId};
use crate::store::archive::Archive;
use crate::store::{Closing, Reading, RunPlace, RunRecord, SealList, Store};

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

    /// True of a run published here where all up to `by` is known.
    fn is_by(self, by: Self) -> bool {
        match (self.seq, by.seq) {
            (Some(seq), Some(by)) => seq <= by,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => self.at_ms <= by.at_ms,
        }
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

/// A run, with all that it holds or without.
pub(super) trait Placed {
    fn id(&self) -> &RunId;
    fn pulled_at_ms(&self) -> i64;
}

impl<P: Placed> Placed for &P {
    fn id(&self) -> &RunId {
        (*self).id()
    }

    fn pulled_at_ms(&self) -> i64 {
        (*self).pulled_at_ms()
    }
}

impl Placed for RunRecord {
    fn id(&self) -> &RunId {
        &self.id
    }

    fn pulled_at_ms(&self) -> i64 {
        self.pulled_at_ms
    }
}

impl Placed for RunPlace {
    fn id(&self) -> &RunId {
        &self.id
    }

    fn pulled_at_ms(&self) -> i64 {
        self.pulled_at_ms
    }
}

/// The places of all publications in the chain.
#[derive(Debug)]
pub(super) struct Order(BTreeMap<RunId, i64>);

impl Order {
    pub(super) async fn read(desk: &Desk) -> Result<Self, JobError> {
        Ok(Self(desk.store.publications().await?))
    }

    fn known(&self, run: &impl Placed) -> Known {
        Known {
            seq: self.0.get(run.id()).copied(),
            at_ms: run.pulled_at_ms(),
        }
    }

    /// True of a run that was published by then. Of runs from before the chain the pulls tell.
    pub(super) fn is_known(&self, run: &impl Placed, by: Known) -> bool {
        self.known(run).is_by(by)
    }

    /// True of a run that was published after another one.
    pub(super) fn is_after(&self, run: &impl Placed, other: &impl Placed) -> bool {
        run.id() != other.id() && !self.is_known(run, self.known(other))
    }
}

/// The nights that were published by then; none named: those that stand today.
pub(super) async fn nights(
    desk: &Desk,
    known_at: Option<Known>,
) -> Result<BTreeSet<Day>, JobError> {
    let Some(by) = known_at else {
        return Ok(desk.store.published_nights().await?);
    };
    let order = Order::read(desk).await?;
    let places = desk.store.run_places().await?;
    let known = places.iter().filter(|run| order.is_known(run, by));
    Ok(known.map(|run| run.business_date).collect())
}

/// A night before that of the run was published after it: its sums to date were others then.
pub(super) async fn earlier_night_since(desk: &Desk, run: &RunRecord) -> Result<bool, JobError> {
    let order = Order::read(desk).await?;
    let places = desk.store.run_places().await?;
    let earlier = |other: &&RunPlace| other.business_date < run.business_date;
    let mut earlier = places.iter().filter(earlier);
    Ok(earlier.any(|other| order.is_after(other, run)))
}

/// A night up to that of the run was published, or published again, between the run and a closing
/// with it: the closing knew it, and the run did not.
pub(super) async fn again_before(
    desk: &Desk,
    run: &RunRecord,
    closing: &Closing,
) -> Result<bool, JobError> {
    let order = Order::read(desk).await?;
    let by = Known::at(closing);
    let places = desk.store.run_places().await?;
    let up_to = |other: &&RunPlace| other.business_date <= run.business_date;
    let mut up_to = places.iter().filter(up_to);
    Ok(up_to.any(|other| order.is_after(other, run) && order.is_known(other, by)))
}

/// The answers to the night of a run that came before it was published, and those that came later:
/// the list that seals them tells, of older runs the pulls. To a run that is being made all came
/// before.
pub(super) async fn answers_of(
    desk: &Desk,
    run: &RunRecord,
) -> Result<(Vec<Reading>, Vec<Reading>), JobError> {
    let readings = desk.store.readings(run.business_date).await?;
    let Some(listed) = listed(&desk.store, &desk.archive, &run.id).await? else {
        let is_there = desk.store.run(&run.id).await?.is_some();
        let before = |reading: &Reading| !is_there || reading.pulled_at_ms <= run.pulled_at_ms;
        return Ok(readings.into_iter().partition(before));
    };
    let told = named(readings).map(|(name, reading)| (listed.contains(&name), reading));
    Ok(parted(told))
}

/// The names of the answers that the list of a publication seals; none of an older run, or where
/// the list is gone.
async fn listed(
    store: &Store,
    archive: &Archive,
    run: &RunId,
) -> Result<Option<BTreeSet<String>>, JobError> {
    let list = store.sealed_evidence(run).await?;
    let bytes = list.and_then(|sha256| archive.get(&sha256).ok());
    let names = |bytes: Vec<u8>| SealList::read(&bytes).lines.remove("reading");
    Ok(bytes.map(|bytes| names(bytes).unwrap_or_default().into_keys().collect()))
}

/// Answers with the names under which a list seals them: night, source and place.
fn named(readings: Vec<Reading>) -> impl Iterator<Item = (String, Reading)> {
    let mut places: BTreeMap<Box<str>, u64> = BTreeMap::new();
    readings.into_iter().map(move |reading| {
        let place = places.entry(reading.source.as_str().into()).or_default();
        *place += 1;
        let name = format!("{} {} {place}", reading.night, reading.source);
        (name, reading)
    })
}

fn parted(all: impl Iterator<Item = (bool, Reading)>) -> (Vec<Reading>, Vec<Reading>) {
    let (told, later): (Vec<_>, Vec<_>) = all.partition(|(is_told, _)| *is_told);
    let only = |some: Vec<(bool, Reading)>| some.into_iter().map(|(_, reading)| reading).collect();
    (only(told), only(later))
}

/// Which answers were part of what had been published when something happened: a period was closed,
/// another run was published.
pub(super) struct Answers<'s> {
    store: &'s Store,
    archive: &'s Archive,
    order: Order,
    places: Vec<RunPlace>,
}

impl<'s> Answers<'s> {
    pub(super) async fn new(store: &'s Store, archive: &'s Archive) -> Result<Self, JobError> {
        Ok(Self {
            store,
            archive,
            order: Order(store.publications().await?),
            places: store.run_places().await?,
        })
    }

    /// What was known when a run was published.
    pub(super) fn known(&self, run: &RunRecord) -> Known {
        self.order.known(run)
    }

    /// True of a run that is stored and was published by then; one that is being made was not.
    pub(super) fn was_published(&self, run: &RunRecord, by: Known) -> bool {
        let is_there = self.places.iter().any(|place| place.id == run.id);
        is_there && self.order.is_known(run, by)
    }

    /// The answers to a night that some publication by then rests on, and those that came later.
    /// Those of a night that was not published are sealed by the next one that was.
    pub(super) async fn by(
        &self,
        night: Day,
        by: Known,
    ) -> Result<(Vec<Reading>, Vec<Reading>), JobError> {
        let readings = self.store.readings(night).await?;
        let in_time = |reading: &Reading| reading.pulled_at_ms <= by.at_ms;
        if by.seq.is_none() {
            return Ok(readings.into_iter().partition(in_time));
        }
        let since = self.places.iter().filter(|run| run.business_date >= night);
        let (then, later): (Vec<_>, Vec<_>) = since.partition(|run| self.order.is_known(run, by));
        let own = |run: &&&RunPlace| run.business_date == night;
        // nothing of the night was published later, and its clock says the same
        let has = |runs: &[&RunPlace]| runs.iter().any(|run| own(&run));
        if has(&then) && !has(&later) && readings.iter().all(in_time) {
            return Ok((readings, Vec::new()));
        }
        let next = then
            .iter()
            .filter(|run| !own(run))
            .map(|run| run.business_date);
        let next = next.min();
        let is_told = |run: &&&RunPlace| own(run) || Some(run.business_date) == next;
        let (mut told, mut pulled) = (BTreeSet::new(), None);
        for run in then.iter().filter(is_told) {
            match listed(self.store, self.archive, &run.id).await? {
                Some(names) => told.extend(names),
                None => pulled = pulled.max(Some(run.pulled_at_ms)),
            }
        }
        let is_known = |(name, reading): (String, Reading)| {
            let of_older = pulled.is_some_and(|at| reading.pulled_at_ms <= at);
            (of_older || told.contains(&name), reading)
        };
        Ok(parted(named(readings).map(is_known)))
    }
}
