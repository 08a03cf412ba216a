//! What was asked of each source and what came: feed days and probed orders.

mod due;

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::codec::{day, read_order};
use super::exec::{Bind, Tx};
use super::statement as sql;
use super::{Store, StoreError, staged};
use crate::domain::{Completeness, Day, PaymentOrder, SourceName};
use due::{Asked, due_order_ids, is_due, known_of_orders};

/// How complete one day of one feed is. A day once complete stays complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedDay {
    /// The day.
    pub day: Day,
    /// Its state.
    pub state: Completeness,
}

/// When an order is asked about again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProbeRules {
    /// Nightly for so many days after it was made (3), then weekly.
    pub nightly_days: u32,
    /// Nightly for so many days after it settled (7).
    pub reprobe_days: u32,
    /// Without a word of the registry an order expires after so many days (90).
    pub expire_days: u32,
    /// The office's first night: an order made since then that nobody asked about yet is asked
    /// about whatever its age.
    pub start: Option<Day>,
}

impl Default for ProbeRules {
    fn default() -> Self {
        Self {
            nightly_days: 3,
            reprobe_days: 7,
            expire_days: 90,
            start: None,
        }
    }
}

/// An order to ask about tonight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeOrder {
    /// The order.
    pub order: PaymentOrder,
    /// The day of the money that settled it, this source's or a feed's; none where the source's own
    /// last answer was no end.
    pub settled_on: Option<Day>,
    /// True when the last asking brought no answer, or it had to wait.
    pub waited: bool,
    /// In how many nights of late it was asked about itself and failed, with no answer since.
    pub failures: u64,
}

/// The outcome of asking about one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeOutcome {
    /// The order.
    pub order_id: Box<str>,
    /// True when an answer came (also "unknown order"); false keeps it on the list.
    pub answered: bool,
}

impl Store {
    /// Days of `source` that did not come completely, in order.
    pub async fn incomplete_days(&self, source: &SourceName) -> Result<Vec<Day>, StoreError> {
        let binds = [Bind::Text(source.as_str())];
        let rows = self.read(&sql::SELECT_INCOMPLETE_DAY, &binds).await?;
        rows.iter().map(|row| row.parsed("day", day)).collect()
    }

    /// Those of the days of a feed that came completely by what the nights up to `until` were told.
    pub async fn complete_days(
        &self,
        source: &SourceName,
        days: &BTreeSet<Day>,
        until: Day,
    ) -> Result<BTreeSet<Day>, StoreError> {
        let (Some(from), Some(to)) = (days.first(), days.last()) else {
            return Ok(BTreeSet::new());
        };
        let [from, to, until] = [*from, *to, until].map(|day| day.to_string());
        let binds = [source.as_str(), &from, &to, &until].map(Bind::Text);
        let rows = self.read(&sql::SELECT_COMPLETE_DAY, &binds).await?;
        let mut told = BTreeSet::new();
        for row in &rows {
            told.insert(row.parsed("day", day)?);
        }
        told.retain(|day| days.contains(day));
        Ok(told)
    }

    /// Those of the days on which an order of the provider was made of which the source answered
    /// nothing by the night `until`.
    pub async fn days_unanswered(
        &self,
        (provider, source): (&str, &SourceName),
        days: &BTreeSet<Day>,
        until: Day,
    ) -> Result<BTreeSet<Day>, StoreError> {
        let until = until.to_string();
        let binds = [provider, source.as_str(), &until].map(Bind::Text);
        let asked = keys(days.iter().map(Day::to_string));
        let mut tx = self.begin_read().await?;
        let rows = tx
            .rows_of_batches(&sql::SELECT_DAY_UNANSWERED, &asked, &binds)
            .await?;
        rows.iter()
            .map(|row| row.parsed("created_on", day))
            .collect()
    }

    /// The orders of `provider` (a source's kind or name) that `source` should be asked about on
    /// `night`, by order id. Depends on what was known before the night, so that a rerun asks the
    /// same orders.
    pub async fn orders_to_probe(
        &self,
        provider: &str,
        source: &SourceName,
        night: Day,
        rules: ProbeRules,
    ) -> Result<Vec<ProbeOrder>, StoreError> {
        let mut tx = self.begin_read().await?;
        let due = due_order_ids(&mut tx, provider, source, night, rules).await?;
        let night_text = night.to_string();
        let as_of = [Bind::Text(&night_text)];
        let ids = keys(due.keys());
        let mut orders = BTreeMap::new();
        for row in tx
            .rows_of_batches(&sql::SELECT_ORDER_BY_ID, &ids, &as_of)
            .await?
        {
            let order = read_order(&row)?;
            if &*order.provider == provider && order.created_at.day() <= night {
                orders.insert(order.order_id.clone(), order);
            }
        }
        let failures = failures(&mut tx, source, night).await?;
        let known = known_of_orders(&mut tx, source, night, &orders).await?;
        let probes = orders.into_values().filter_map(|order| {
            let known = known.get(&order.order_id).copied().unwrap_or_default();
            let asked = due.get(&*order.order_id).copied();
            let asked = asked.unwrap_or(Asked::Answered);
            is_due(&order, known, asked, night, rules).then_some(ProbeOrder {
                settled_on: known.settled().filter(|_| !known.waits),
                waited: asked == Asked::Unanswered,
                failures: failures.get(&*order.order_id).copied().unwrap_or_default(),
                order,
            })
        });
        Ok(probes.collect())
    }

    /// The orders about which `source` answered on `night`, in whichever run of it.
    pub async fn answered(
        &self,
        source: &SourceName,
        night: Day,
    ) -> Result<BTreeSet<Box<str>>, StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(source.as_str()), Bind::Text(&night)];
        let rows = self.read(&sql::SELECT_ANSWERED, &binds).await?;
        let ids = rows.iter().map(|row| row.text("order_id").map(Into::into));
        ids.collect()
    }

    /// Remembers which orders were answered on `night`.
    pub async fn save_probes(
        &self,
        source: &SourceName,
        night: Day,
        outcomes: &[ProbeOutcome],
    ) -> Result<(), StoreError> {
        let outcomes: BTreeMap<_, _> = outcomes
            .iter()
            .map(|outcome| (&outcome.order_id, outcome.answered))
            .collect();
        let rows = batches(outcomes, |row, (order_id, answered)| {
            row.text("source", source.as_str())
                .text("order_id", order_id)
                .text("night", &night.to_string())
                .flag("answered", answered);
        });
        let mut tx = self.begin().await?;
        let upsert = (&sql::UPSERT_PROBE, "probe");
        staged::store(&mut tx, upsert, (&rows, &[]), &night.to_string()).await?;
        tx.commit().await
    }
}

/// What a reading is called that tells that an order was asked about and failed.
const FAILED: &str = "unanswered ";

/// So many nights a failure is remembered: an order that was not asked about again until then is
/// one that waits.
const FAILURE_NIGHTS: u32 = 14;

impl ProbeOutcome {
    /// What the reading is called that remembers that an order was asked about and failed.
    pub fn failed(order_id: &str) -> String {
        format!("{FAILED}{order_id}")
    }
}

/// In how many nights before `night` each order failed, with no answer since.
async fn failures(
    tx: &mut Tx,
    source: &SourceName,
    night: Day,
) -> Result<BTreeMap<Box<str>, u64>, StoreError> {
    let (from, night) = (night.minus(FAILURE_NIGHTS).to_string(), night.to_string());
    let binds = [
        Bind::Text(source.as_str()),
        Bind::Text(&from),
        Bind::Text(&night),
    ];
    let rows = tx.rows(&sql::SELECT_ORDER_FAILED, &binds).await?;
    let mut all = BTreeMap::new();
    for row in &rows {
        let order_id = row.text("what")?.strip_prefix(FAILED).unwrap_or_default();
        let nights = u64::try_from(row.int("nights")?).unwrap_or_default();
        all.insert(order_id.into(), nights);
    }
    Ok(all)
}
