//! What was asked of each source and what came: feed days and probed orders.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::codec::{day, read_order};
use super::exec::{Bind, Tx};
use super::statement as sql;
use super::txn::load_txns;
use super::{Store, StoreError, staged};
use crate::domain::{
    Completeness, Day, OrderStatus, PaymentOrder, RowKey, Side, SourceName, TxnKind, TxnStatus,
};

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
}

impl Default for ProbeRules {
    fn default() -> Self {
        Self {
            nightly_days: 3,
            reprobe_days: 7,
            expire_days: 90,
        }
    }
}

/// An order to ask about tonight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeOrder {
    /// The order.
    pub order: PaymentOrder,
    /// The day of the money that settled it, where it is settled.
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
            let unanswered = due.get(&*order.order_id).copied().unwrap_or_default();
            is_due(&order, known, unanswered, night, rules).then_some(ProbeOrder {
                settled_on: known.settled_on,
                waited: unanswered,
                failures: failures.get(&*order.order_id).copied().unwrap_or_default(),
                order,
            })
        });
        Ok(probes.collect())
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

/// What is known of an order before the night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Known {
    /// The day of this source's money that settled it.
    settled_on: Option<Day>,
    /// Money of a feed covers it.
    fed: bool,
    /// The provider said for good that it failed.
    failed: bool,
    /// The provider told of money going back.
    returned: bool,
}

/// The rule: nightly while young, then weekly until it expires, a failed attempt or not: the payer
/// may try again with the same order, unless the registry, too, has ended it. Settled ones nightly
/// for a while, and when the registry calls them refunded; the unanswered until they expire.
fn is_due(
    order: &PaymentOrder,
    known: Known,
    unanswered: bool,
    night: Day,
    rules: ProbeRules,
) -> bool {
    let age = night.days_since(order.created_at.day());
    if unanswered {
        return age <= i64::from(rules.expire_days);
    }
    if let Some(settled) = known.settled_on {
        let refunded = order.status == OrderStatus::Refunded && !known.returned;
        return refunded || night.days_since(settled) <= i64::from(rules.reprobe_days);
    }
    // Without a payment it is a refund with an id of its own: once it came, all is told.
    if known.fed || known.returned {
        return false;
    }
    let over = order.status.is_unpaid();
    if age <= i64::from(rules.nightly_days) {
        return !(known.failed && over);
    }
    let weekly = (age - i64::from(rules.nightly_days)) % 7 == 0;
    !over && weekly && age <= i64::from(rules.expire_days)
}

/// Order ids that may be due, through indexes; true where the last asking brought no answer.
async fn due_order_ids(
    tx: &mut Tx,
    provider: &str,
    source: &SourceName,
    night: Day,
    rules: ProbeRules,
) -> Result<BTreeMap<String, bool>, StoreError> {
    let young = 0..=rules.nightly_days;
    let weekly = (rules.nightly_days..=rules.expire_days).step_by(7);
    let days: BTreeSet<String> = young
        .chain(weekly)
        .map(|age| night.minus(age).to_string())
        .collect();
    let night_text = night.to_string();
    let night_bind = Bind::Text(&night_text);
    let reprobe = night.minus(rules.reprobe_days).to_string();
    let mut due = BTreeMap::new();
    let made = tx
        .rows_of_batches(
            &sql::SELECT_ORDER_ID_BY_DAY,
            &keys(days),
            &[Bind::Text(provider), night_bind],
        )
        .await?;
    let binds = [
        Bind::Text(source.as_str()),
        Bind::Text(&reprobe),
        night_bind,
    ];
    let settled = tx.rows(&sql::SELECT_ORDER_ID_BY_PAYMENT, &binds).await?;
    let binds = [Bind::Text(provider), Bind::Text(&reprobe), night_bind];
    let refunded = tx.rows(&sql::SELECT_ORDER_ID_REFUNDED, &binds).await?;
    let binds = [Bind::Text(source.as_str()), night_bind];
    let unanswered = tx.rows(&sql::SELECT_ORDER_ID_UNANSWERED, &binds).await?;
    for (rows, column, flag) in [
        (made, "order_id", false),
        (settled, "order_id", false),
        (refunded, "order_id", false),
        (unanswered, "order_id", true),
    ] {
        for row in &rows {
            *due.entry(row.text(column)?.to_owned()).or_insert(flag) |= flag;
        }
    }
    Ok(due)
}

/// What the source's own rows and the links made by feeds tell of these orders.
async fn known_of_orders(
    tx: &mut Tx,
    source: &SourceName,
    night: Day,
    orders: &BTreeMap<Box<str>, PaymentOrder>,
) -> Result<BTreeMap<Box<str>, Known>, StoreError> {
    let mut known: BTreeMap<Box<str>, Known> = BTreeMap::new();
    let before = night.minus(1).to_string();
    let as_of = [Bind::Text(&before)];
    let rows = tx
        .rows_of_batches(
            &sql::SELECT_TXN_KEY_BY_ORDER_REF,
            &keys(orders.keys()),
            &as_of,
        )
        .await?;
    let mut txn_keys: BTreeSet<RowKey> = orders.keys().map(|id| RowKey::txn(source, id)).collect();
    for row in &rows {
        let from = SourceName::new(row.text("source")?);
        txn_keys.insert(RowKey::txn(&from, row.text("id")?));
    }
    for txn in load_txns(tx, &txn_keys, &before).await? {
        let named = txn
            .order_ref
            .as_ref()
            .filter(|id| orders.contains_key(&***id));
        let order_id = named.unwrap_or(&txn.id);
        if txn.source != *source || !orders.contains_key(&**order_id) {
            continue;
        }
        let known = known.entry(order_id.into()).or_default();
        match (txn.kind, txn.status) {
            (TxnKind::Payment, TxnStatus::Success) => known.settled_on = Some(txn.business_date),
            (TxnKind::Payment, TxnStatus::Failed | TxnStatus::Void) => known.failed = true,
            (TxnKind::Refund | TxnKind::Reversal, TxnStatus::Success) => known.returned = true,
            _ => {}
        }
    }
    let dossiers: BTreeSet<&str> = orders.values().map(|o| o.dossier_code.as_str()).collect();
    let legs = tx
        .rows_of_batches(&sql::SELECT_LEG_BY_DOSSIER, &keys(dossiers), &as_of)
        .await?;
    let mut paid: BTreeMap<&str, Vec<(&str, i128)>> = BTreeMap::new();
    for leg in &legs {
        let counts = leg.text("side")? == Side::Txn.id() && leg.text("source")? != source.as_str();
        if let (true, Some(fee)) = (counts, leg.opt_text("fee_id")?) {
            let part = (fee, i128::from(leg.int("amount_vnd")?));
            paid.entry(leg.text("dossier_code")?)
                .or_default()
                .push(part);
        }
    }
    for order in orders.values() {
        let ours = |fee: &str| {
            order.fee_ids.is_empty() || order.fee_ids.iter().any(|id| id.as_str() == fee)
        };
        let parts = paid.get(order.dossier_code.as_str()).into_iter().flatten();
        let sum: i128 = parts.filter(|(fee, _)| ours(fee)).map(|(_, sum)| sum).sum();
        if sum > 0 && sum >= order.amount.wide() {
            known.entry(order.order_id.clone()).or_default().fed = true;
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DossierCode, Moment, Vnd};

    fn check(status: OrderStatus, age: u32, known: Known, unanswered: bool, expected: bool) {
        let night = Day::parse("2022-12-31").unwrap();
        let order = PaymentOrder {
            provider: "vnpay".into(),
            order_id: "O1".into(),
            dossier_code: DossierCode::parse("H48.18.22-221202-0001").unwrap(),
            fee_ids: Vec::new(),
            amount: Vnd::new(50_000),
            created_at: Moment::of_day(night.minus(age)),
            status,
        };
        let found = is_due(&order, known, unanswered, night, ProbeRules::default());
        assert_eq!(found, expected, "{status:?} {age} {known:?} {unanswered}");
    }

    #[test]
    fn an_order_is_asked_about_by_the_calendar() {
        use OrderStatus::{Expired, Failed, Paid, Pending, Refunded};
        let open = Known::default();
        let failed = Known {
            failed: true,
            ..open
        };
        let settled = |ago: u32| Known {
            settled_on: Some(Day::parse("2022-12-31").unwrap().minus(ago)),
            ..open
        };
        let returned = Known {
            returned: true,
            ..settled(30)
        };
        for (age, due) in [
            (0, true),
            (3, true),
            (4, false),
            (10, true),
            (11, false),
            (17, true),
        ] {
            check(Pending, age, open, false, due);
            check(Paid, age, open, false, due);
        }
        check(Pending, 87, open, false, true);
        check(Pending, 94, open, false, false);
        check(Expired, 3, open, false, true);
        check(Expired, 10, open, false, false);
        check(Pending, 1, failed, false, true);
        check(Pending, 10, failed, false, true);
        check(Failed, 1, failed, false, false);
        check(Pending, 5, open, true, true);
        check(Pending, 91, open, true, false);
        check(Paid, 20, settled(7), false, true);
        check(Paid, 20, settled(8), false, false);
        check(Refunded, 40, settled(30), false, true);
        check(Refunded, 40, returned, false, false);
        check(Pending, 1, Known { fed: true, ..open }, false, false);
        let own_refund = Known {
            returned: true,
            ..open
        };
        check(Refunded, 1, open, false, true);
        check(Refunded, 1, own_refund, false, false);
    }
}
