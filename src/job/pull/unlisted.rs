//! Stored rows of a feed that its whole list of their day does not have. The source took them back,
//! or they are rows of the list under another name, or a webhook told them and the list lacks them.
//!
//! Each is put before a person as a `conflict`, which counts for nothing until it is decided. Until
//! then the night does not tie with the source's count, unless a webhook with the provider's own
//! signature told the row: then the list is what may lack it, and the source is `partial`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Stage, count};
use crate::config::SourceSettings;
use crate::domain::{Completeness, Conflict, Day, SourceFacts, Txn, Vnd};
use crate::job::error::JobError;
use crate::normalise::{self, TxnRows};
use crate::source::Pull;
use crate::store::Delivery;
use crate::text;

/// The kind of a source of webhooks.
const INBOX: &str = "push";
/// So many rows of a day, and days, are told one by one.
const TOLD: usize = 4;

/// What a feed listed tonight: the days that it counts, with the ids of their rows.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    days: BTreeSet<Day>,
    ids: BTreeSet<Box<str>>,
}

impl Listed {
    /// Of one listing; none where the source counts nothing, or where rows of the list cannot be
    /// read: what is stored may be these.
    pub(super) fn of(pull: &Pull, rows: &TxnRows) -> Option<Self> {
        if pull.control.is_empty() || !rows.rejects.is_empty() {
            return None;
        }
        Some(Self {
            days: pull.control.keys().copied().collect(),
            ids: rows.txns.iter().map(|txn| txn.id.as_ref().into()).collect(),
        })
    }
}

/// Holds what is stored, webhooks of tonight included, against what a feed listed.
pub(super) async fn judge(
    stage: &Stage,
    listed: &[Listed],
    facts: &mut SourceFacts,
) -> Result<(), JobError> {
    let mut open = Vec::new();
    for list in listed {
        open.extend(undecided(stage, stored(stage, list).await?).await?);
    }
    if open.is_empty() {
        return Ok(());
    }
    let webhooks = webhooks(stage).await?;
    let keys: Vec<_> = open.iter().map(Txn::key).collect();
    let origins = stage.desk.store.origins(&keys, stage.night).await?;
    let is_pushed = |txn: &Txn| {
        let origin = origins.get(&txn.key());
        origin.is_some_and(|origin| webhooks.contains(&*origin.sha256))
    };
    let (pushed, beside): (Vec<Txn>, Vec<Txn>) = open.into_iter().partition(is_pushed);
    put_before_person(stage, pushed.iter().chain(&beside)).await?;
    add_to_control(stage, &beside, facts);
    let mut said: Vec<String> = facts.trouble.iter().map(ToString::to_string).collect();
    said.extend(say(stage, "feed-unlisted", &beside));
    said.extend(say(stage, "feed-unlisted-pushed", &pushed));
    facts.trouble = Some(said.join("; ").into());
    if !pushed.is_empty() {
        if facts.state == Completeness::Complete {
            facts.state = Completeness::Partial;
        }
        let days = pushed.iter().map(|txn| txn.paid_on);
        let days: BTreeSet<Day> = facts.missing_days.drain(..).chain(days).collect();
        facts.missing_days = days.into_iter().collect();
        facts.deadline_passed = stage.freshness.passed(&stage.settings, stage.night, true);
    }
    Ok(())
}

/// The stored rows of the days listed that the list does not have.
async fn stored(stage: &Stage, list: &Listed) -> Result<Vec<Txn>, JobError> {
    let (Some(first), Some(last)) = (list.days.first(), list.days.last()) else {
        return Ok(Vec::new());
    };
    let settings = &stage.settings;
    // what came after the office's last hour counts for the day after
    let days = (*first, last.plus(1));
    let wanted = |id: &str| !list.ids.contains(id);
    let store = &stage.desk.store;
    let mut found = store.txns_of_days(&settings.name, days, &wanted).await?;
    let own = |txn: &Txn| {
        settings.account.is_none() || settings.account.as_deref() == txn.account.as_deref()
    };
    found.retain(|txn| list.days.contains(&txn.paid_on) && own(txn));
    Ok(found)
}

/// Those of the rows of which nobody has decided anything. A decision counts from the next night; a
/// night that is run again waits for nobody once it is there, and keeps its own figures.
async fn undecided(stage: &Stage, rows: Vec<Txn>) -> Result<Vec<Txn>, JobError> {
    let mut open = Vec::new();
    for row in rows {
        let book = stage.desk.store.decisions_of(&row.key()).await?;
        if crate::decision::in_force(&book).is_empty() {
            open.push(row);
        }
    }
    Ok(open)
}

/// The digests of the webhooks that were read and whose signature was right.
async fn webhooks(stage: &Stage) -> Result<BTreeSet<Box<str>>, JobError> {
    let sources = stage.desk.config.sources.iter();
    let inboxes = sources.filter(|source| source.kind() == INBOX);
    let mut all = BTreeSet::new();
    for inbox in inboxes.map(|source: &SourceSettings| &source.name) {
        let known = stage.desk.store.known_files(inbox).await?;
        let read = known
            .into_iter()
            .filter(|file| &*file.kind == super::push::READ);
        all.extend(read.map(|file| file.sha256));
    }
    Ok(all)
}

/// Stores what a person has to decide.
async fn put_before_person<'t>(
    stage: &Stage,
    rows: impl Iterator<Item = &'t Txn>,
) -> Result<(), JobError> {
    let conflict = |row: &Txn| -> Conflict {
        normalise::amount_conflict(row, Vnd::ZERO, &format!("list {}", row.paid_on))
    };
    let delivery = Delivery {
        conflicts: rows.map(conflict).collect(),
        ..Delivery::default()
    };
    let (store, merge) = (&stage.desk.store, normalise::merge);
    store
        .save_transactions(&stage.settings.name, stage.night, &delivery, merge)
        .await?;
    Ok(())
}

/// What is stored beside the list of tonight counts against what the source counts.
fn add_to_control(stage: &Stage, beside: &[Txn], facts: &mut SourceFacts) {
    let Some(control) = &mut facts.control else {
        return;
    };
    let tonight = beside.iter().filter(|txn| txn.paid_on == stage.night);
    control.count += count(tonight.count());
    let counted = beside.iter().filter(|txn| txn.business_date == stage.night);
    let sum: i128 = counted.map(|txn| txn.amount.wide()).sum();
    control.sum = Vnd::from_wide(control.sum.wide() + sum).unwrap_or(Vnd::ZERO);
}

/// A sentence for each of the first days.
fn say(stage: &Stage, key: &str, rows: &[Txn]) -> Vec<String> {
    let lang = stage.desk.config.lang;
    let mut days: BTreeMap<Day, Vec<&str>> = BTreeMap::new();
    for row in rows {
        days.entry(row.paid_on).or_default().push(row.id.as_ref());
    }
    let one = |(day, ids): (&Day, &Vec<&str>)| {
        let first: Vec<&str> = ids.iter().take(TOLD).copied().collect();
        let (n, ids) = (ids.len().to_string(), first.join(", "));
        let (day, source) = (text::day(lang, *day), stage.settings.name.as_str());
        let args = [
            ("n", &*n),
            ("day", &*day),
            ("ids", &*ids),
            ("source", source),
        ];
        text::say(lang, key, &args)
    };
    days.iter().take(TOLD).map(one).collect()
}
