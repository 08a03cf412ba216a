//! Asking a gateway about its open orders, one by one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, anyhow};
use tracing::warn;

use super::raw::{self, Digests, Evidence};
use super::transfers::{self, By};
use super::{Stage, count};
use crate::domain::{Completeness, PaymentOrder, SourceFacts, TxnStatus, Vnd};
use crate::job::error::JobError;
use crate::normalise;
use crate::source::{Probe, Pull, RawSink, SourceError};
use crate::store::{Delivery, ProbeOrder, ProbeOutcome, ProbeRules};
use crate::text::say;

/// What the archive calls the list of the orders asked about.
pub(super) const ORDERS: &str = "orders";

pub(super) async fn read(stage: &Stage, probe: &dyn Probe) -> Result<SourceFacts, JobError> {
    let desk = &stage.desk;
    let rules = ProbeRules {
        reprobe_days: desk.config.rules.reprobe_days,
        start: desk.config.start,
        ..ProbeRules::default()
    };
    let provider = desk.config.provider_word(&stage.settings);
    let mut due = desk
        .store
        .orders_to_probe(provider, &stage.settings.name, stage.night, rules)
        .await?;
    due.sort_by(|a, b| turn(a).cmp(&turn(b)));
    let waiting = beyond(&mut due, stage.settings.orders_max);
    let orders: Vec<PaymentOrder> = due.iter().map(|due| due.order.clone()).collect();
    let raw = Evidence::new(stage);
    if !orders.is_empty() {
        raw.asks(ORDERS);
        let asked = serde_json::to_vec(&orders).context("the orders do not serialise")?;
        raw.put(ORDERS, &asked).await?;
    }
    let pull = probe
        .ask(&orders, &raw)
        .await
        .map_err(|error| anyhow!(error))?;
    for order_id in &pull.failed {
        raw.absent(&ProbeOutcome::failed(order_id));
    }
    let digests = raw.digests();
    raw.record(stage).await?;
    let (rows, rejects) = save(stage, (&pull, &digests), &orders).await?;
    if !pull.is_refused() {
        let unanswered: BTreeSet<&str> = pull.unanswered.iter().map(AsRef::as_ref).collect();
        let outcomes: Vec<ProbeOutcome> = orders
            .iter()
            .map(|order| ProbeOutcome {
                order_id: order.order_id.clone(),
                answered: !unanswered.contains(order.order_id.as_ref()),
            })
            .chain(waiting.iter().map(|due| ProbeOutcome {
                order_id: due.order.order_id.clone(),
                answered: false,
            }))
            .collect();
        desk.store
            .save_probes(&stage.settings.name, stage.night, &outcomes)
            .await?;
    }
    let lists = (orders.is_empty(), &*waiting);
    let mut facts = judged(stage, pull, lists).await?;
    stage.judge_rejects(&mut facts, rows, rejects);
    Ok(facts)
}

/// What the asking comes to; `nothing_due` where no order was to be asked about.
async fn judged(
    stage: &Stage,
    pull: Pull,
    (nothing_due, waiting): (bool, &[ProbeOrder]),
) -> Result<SourceFacts, JobError> {
    // What an earlier run of the night was told is told: a provider that cannot be reached now
    // takes nothing from it.
    let answered = stage
        .desk
        .store
        .answered(&stage.settings.name, stage.night)
        .await?;
    let left = pull.unanswered.len();
    let unanswered = pull.unanswered.iter().map(AsRef::as_ref);
    let waits = waiting.iter().map(|due| &*due.order.order_id);
    let lacking = unanswered.chain(waits).filter(|id| !answered.contains(*id));
    let lacking = lacking.count();
    let mut facts = stage.facts(match pull.state {
        _ if nothing_due && waiting.is_empty() => Completeness::Complete,
        Completeness::Refused => Completeness::Refused,
        _ if lacking == 0 => Completeness::Complete,
        Completeness::Missing if lacking < left + waiting.len() => Completeness::Partial,
        Completeness::Complete => Completeness::Partial,
        state => state,
    });
    facts.missing_orders = count(lacking);
    let trouble = pull.trouble.map(|error| say_ended(stage, &error, left));
    let trouble = trouble.or_else(|| say_waiting(stage, waiting.len()));
    match trouble {
        Some(trouble) if facts.state == Completeness::Complete => {
            warn!(
                source.id = stage.settings.name.as_str(),
                stage = "pull",
                error = trouble,
                "asked again without an answer; an earlier run of the night has it"
            );
        }
        trouble => facts.trouble = trouble.map(Into::into),
    }
    Ok(facts)
}

/// Whose turn it is: open orders before those that are asked about again for a refund, those that
/// had to wait before the others, those that failed when they were asked about last, the often
/// failed ones last, and then the oldest first.
fn turn(due: &ProbeOrder) -> (bool, u64, bool, i64, &str) {
    let made = due.order.created_at.ms();
    (
        due.settled_on.is_some(),
        due.failures,
        !due.waited,
        made,
        &due.order.order_id,
    )
}

/// Of a budget of orders the part that those get which failed before, whatever else waits.
const SHARE_OF_FAILED: usize = 8;

/// Takes away what is beyond the source's budget of orders.
fn beyond(due: &mut Vec<ProbeOrder>, max: Option<u32>) -> Vec<ProbeOrder> {
    let max = max.map_or(due.len(), |max| usize::try_from(max).unwrap_or(usize::MAX));
    if max >= due.len() {
        return Vec::new();
    }
    let (mut failed, mut first): (Vec<ProbeOrder>, Vec<ProbeOrder>) = std::mem::take(due)
        .into_iter()
        .partition(|due| due.failures > 0);
    let share = if max > 1 {
        (max / SHARE_OF_FAILED).max(1)
    } else {
        0
    };
    let failed_now = share.max(max.saturating_sub(first.len())).min(failed.len());
    let mut waiting = first.split_off((max - failed_now).min(first.len()));
    waiting.extend(failed.split_off(failed_now));
    first.extend(failed);
    first.sort_by(|a, b| turn(a).cmp(&turn(b)));
    *due = first;
    waiting
}

/// Says why the source ended, and how many orders have no answer.
fn say_ended(stage: &Stage, error: &SourceError, left: usize) -> String {
    let said = stage.trouble(error);
    // these tell it themselves
    let told = matches!(
        error,
        SourceError::NotAskable { .. } | SourceError::Unusable { .. }
    );
    if told || left == 0 || error.is_refusal() {
        return said;
    }
    let n = left.to_string();
    let args = [("n", n.as_str())];
    let left = say(stage.desk.config.lang, "source-left-orders", &args);
    format!("{said} {left}")
}

/// Says how many orders wait for the next night, and why.
fn say_waiting(stage: &Stage, waiting: usize) -> Option<String> {
    let (n, max) = (waiting.to_string(), stage.settings.orders_max?.to_string());
    let args = [("n", n.as_str()), ("max", max.as_str())];
    (waiting > 0).then(|| say(stage.desk.config.lang, "source-waiting-orders", &args))
}

/// Normalises the answers; `known` are the ids of payments whose end is stored. Tells how many rows
/// were readable and how many were not.
pub(super) async fn delivery(
    stage: &Stage,
    pull: &Pull,
    orders: &[PaymentOrder],
    known: &BTreeSet<Box<str>>,
) -> Result<(Delivery, (u64, u64)), JobError> {
    let context = stage.context(None);
    let whose = (&stage.settings.name, stage.settings.kind());
    let stored = transfers::stored(stage, whose, &pull.records).await?;
    let mut rows = normalise::read_records(&pull.records, &context);
    transfers::name(&mut rows.txns, whose.1, By::Link, &stored);
    // A payment that only its refund's answer proves fills a gap, ends what was not ended, and
    // never contradicts what is known.
    let mut implied = normalise::read_records(&pull.implied, &context);
    implied.txns.retain(|txn| !known.contains(&*txn.id));
    rows.append(implied);
    let counts = (count(rows.txns.len()), count(rows.rejects.len()));
    let (txns, mut conflicts) = normalise::dedupe(rows.txns);
    let asked: BTreeMap<&str, Vnd> = orders
        .iter()
        .map(|order| (order.order_id.as_ref(), order.amount))
        .collect();
    conflicts.extend(txns.iter().filter_map(|txn| {
        let amount = asked.get(txn.order_ref.as_deref()?)?;
        normalise::scale_conflict(txn, *amount)
    }));
    let delivery = Delivery {
        txns,
        rejects: rows.rejects,
        conflicts,
        days: Vec::new(),
        files: rows.files,
    };
    Ok((delivery, counts))
}

/// Normalises and stores the answers; tells how many rows were readable and how many were not.
async fn save(
    stage: &Stage,
    (pull, digests): (&Pull, &Digests),
    orders: &[PaymentOrder],
) -> Result<(u64, u64), JobError> {
    let implied = normalise::read_records(&pull.implied, &stage.context(None));
    let ids: Vec<&str> = implied.txns.iter().map(|txn| txn.id.as_ref()).collect();
    let stored = stage
        .desk
        .store
        .known_txns(&stage.settings.name, &ids)
        .await?;
    // what went back was paid before: a payment seen as pending, or in a state that nobody could
    // read, is one by its refund's answer
    let is_open = |status: &TxnStatus| matches!(status, TxnStatus::Pending | TxnStatus::Unmapped);
    let known = stored.into_iter().filter(|(_, status)| !is_open(status));
    let known: BTreeSet<Box<str>> = known.map(|(id, _)| id).collect();
    let (mut delivery, counts) = delivery(stage, pull, orders, &known).await?;
    raw::name_bytes(&mut delivery.files, digests);
    stage
        .desk
        .store
        .save_transactions(
            &stage.settings.name,
            stage.night,
            &delivery,
            normalise::merge,
        )
        .await?;
    Ok(counts)
}
