//! Which orders a gateway is asked about on a night.

use std::collections::{BTreeMap, BTreeSet};

use super::ProbeRules;
use crate::domain::{Day, OrderStatus, PaymentOrder, RowKey, Side, SourceName, TxnKind, TxnStatus};
use crate::store::StoreError;
use crate::store::batch::keys;
use crate::store::exec::{Bind, Tx};
use crate::store::statement as sql;
use crate::store::txn::load_txns;

/// What is known of an order before the night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// The day of this source's money that settled it.
    settled_on: Option<Day>,
    /// The day of the last money of other sources, where that covers it.
    fed_on: Option<Day>,
    /// The provider's last word was no end: it waits, or nobody could read it.
    pub(super) waits: bool,
    /// The provider said for good that it failed.
    failed: bool,
    /// The provider told of money going back.
    returned: bool,
}

impl Known {
    /// The day of the last money that settled the order, whoever told it.
    pub(super) fn settled(&self) -> Option<Day> {
        self.settled_on.max(self.fed_on)
    }
}

/// The rule: nightly while young, then weekly until it expires, a failed attempt or not: the payer
/// may try again with the same order, unless the registry, too, has ended it. Settled ones nightly
/// for a while, and when the registry calls them refunded, whoever told the money; after that those
/// of which the provider's last word was no end, as if they were open. The unanswered until they
/// expire.
pub(super) fn is_due(
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
    // Without a payment it is a refund with an id of its own: once it came, all is told.
    if known.settled_on.is_none() && known.returned {
        return false;
    }
    if let Some(settled) = known.settled() {
        let refunded = order.status == OrderStatus::Refunded && !known.returned;
        if refunded || night.days_since(settled) <= i64::from(rules.reprobe_days) {
            return true;
        }
        if !known.waits {
            return false;
        }
    }
    let over = order.status.is_unpaid();
    if age <= i64::from(rules.nightly_days) {
        return !(known.failed && over);
    }
    let weekly = (age - i64::from(rules.nightly_days)) % 7 == 0;
    !over && weekly && age <= i64::from(rules.expire_days)
}

/// Order ids that may be due, through indexes; true where the last asking brought no answer.
pub(super) async fn due_order_ids(
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
    let binds = [
        Bind::Text(source.as_str()),
        Bind::Text(provider),
        Bind::Text(&reprobe),
        night_bind,
    ];
    let fed = tx.rows(&sql::SELECT_ORDER_ID_FED, &binds).await?;
    let binds = [Bind::Text(provider), Bind::Text(&reprobe), night_bind];
    let refunded = tx.rows(&sql::SELECT_ORDER_ID_REFUNDED, &binds).await?;
    let binds = [Bind::Text(source.as_str()), night_bind];
    let unanswered = tx.rows(&sql::SELECT_ORDER_ID_UNANSWERED, &binds).await?;
    for (rows, column, flag) in [
        (made, "order_id", false),
        (settled, "order_id", false),
        (fed, "order_id", false),
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
pub(super) async fn known_of_orders(
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
            (TxnKind::Payment, TxnStatus::Pending | TxnStatus::Unmapped) => known.waits = true,
            (TxnKind::Refund | TxnKind::Reversal, TxnStatus::Success) => known.returned = true,
            _ => {}
        }
    }
    fed(tx, source, (&*before, orders), &mut known).await?;
    Ok(known)
}

/// One leg of other money: the fee, the amount and the row.
type Part = (Box<str>, i128, RowKey);

/// Which of the orders the money of other sources covers as of the night, and the day of the last
/// of it.
async fn fed(
    tx: &mut Tx,
    source: &SourceName,
    (before, orders): (&str, &BTreeMap<Box<str>, PaymentOrder>),
    known: &mut BTreeMap<Box<str>, Known>,
) -> Result<(), StoreError> {
    let dossiers: BTreeSet<&str> = orders.values().map(|o| o.dossier_code.as_str()).collect();
    let legs = tx
        .rows_of_batches(
            &sql::SELECT_LEG_BY_DOSSIER,
            &keys(dossiers),
            &[Bind::Text(before)],
        )
        .await?;
    let mut paid: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
    for leg in &legs {
        let from = leg.text("source")?;
        let counts = leg.text("side")? == Side::Txn.id() && from != source.as_str();
        if let (true, Some(fee)) = (counts, leg.opt_text("fee_id")?) {
            let row = RowKey::txn(&SourceName::new(from), leg.text("id")?);
            let part = (fee.into(), i128::from(leg.int("amount_vnd")?), row);
            paid.entry(leg.text("dossier_code")?)
                .or_default()
                .push(part);
        }
    }
    let mut covered: Vec<(&Box<str>, BTreeSet<RowKey>)> = Vec::new();
    for order in orders.values() {
        let ours = |part: &&Part| {
            order.fee_ids.is_empty() || order.fee_ids.iter().any(|id| id.as_str() == &*part.0)
        };
        let parts = paid.get(order.dossier_code.as_str()).into_iter().flatten();
        let parts: Vec<&Part> = parts.filter(ours).collect();
        let sum: i128 = parts.iter().map(|(_, sum, _)| sum).sum();
        if sum > 0 && sum >= order.amount.wide() {
            let rows = parts.iter().map(|(.., row)| row.clone()).collect();
            covered.push((&order.order_id, rows));
        }
    }
    let rows: BTreeSet<RowKey> = covered.iter().flat_map(|(_, rows)| rows).cloned().collect();
    let days: BTreeMap<RowKey, Day> = load_txns(tx, &rows, before)
        .await?
        .iter()
        .map(|txn| (txn.key(), txn.business_date))
        .collect();
    for (order_id, rows) in covered {
        let last = rows.iter().filter_map(|row| days.get(row)).max();
        known.entry(order_id.clone()).or_default().fed_on = last.copied();
    }
    Ok(())
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
        // whoever told the money that settled it: nightly for a while, and after that the calendar
        // of open orders where the provider's own last word was no end
        let fed = |ago: u32, waits: bool| Known {
            settled_on: None,
            fed_on: settled(ago).settled_on,
            waits,
            ..open
        };
        check(Pending, 1, fed(1, false), false, true);
        check(Pending, 20, fed(7, false), false, true);
        check(Pending, 10, fed(8, false), false, false);
        check(Pending, 10, fed(8, true), false, true);
        check(Pending, 11, fed(8, true), false, false);
        check(Pending, 94, fed(8, true), false, false);
        check(Expired, 10, fed(8, true), false, false);
        check(Refunded, 40, fed(30, false), false, true);
        let in_part = Known {
            waits: true,
            ..settled(8)
        };
        check(Paid, 10, in_part, false, true);
        check(Paid, 11, in_part, false, false);
        let own_refund = Known {
            returned: true,
            ..open
        };
        check(Refunded, 1, open, false, true);
        check(Refunded, 1, own_refund, false, false);
    }
}
