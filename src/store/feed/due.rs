//! Which orders a gateway is asked about on a night.

use std::collections::{BTreeMap, BTreeSet};

use super::ProbeRules;
use crate::domain::{Day, OrderStatus, PaymentOrder, RowKey, Side, SourceName, TxnKind, TxnStatus};
use crate::store::StoreError;
use crate::store::batch::keys;
use crate::store::exec::{Bind, Tx};
use crate::store::statement as sql;
use crate::store::txn::load_txns;

/// What the source said when it was asked about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nobody asked yet.
    Never,
    /// The last asking brought no answer, or it had to wait.
    Unanswered,
    /// It answered.
    Answered,
}

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
/// expire. One that nobody asked about yet, because the registry told it late, at once: until it
/// expires, and from the office's first night on whatever its age.
pub(super) fn is_due(
    order: &PaymentOrder,
    known: Known,
    asked: Asked,
    night: Day,
    rules: ProbeRules,
) -> bool {
    let made = order.created_at.day();
    let age = night.days_since(made);
    if asked == Asked::Unanswered {
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
    let in_time = age <= i64::from(rules.expire_days);
    if asked == Asked::Never && (in_time || rules.start.is_some_and(|start| start <= made)) {
        return !(known.failed && over);
    }
    if age <= i64::from(rules.nightly_days) {
        return !(known.failed && over);
    }
    let weekly = (age - i64::from(rules.nightly_days)) % 7 == 0;
    !over && weekly && in_time
}

/// Order ids that may be due, through indexes, and what came of asking about them.
pub(super) async fn due_order_ids(
    tx: &mut Tx,
    provider: &str,
    source: &SourceName,
    night: Day,
    rules: ProbeRules,
) -> Result<BTreeMap<String, Asked>, StoreError> {
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
    let since = night.minus(rules.expire_days).to_string();
    let binds = [
        Bind::Text(provider),
        Bind::Text(&since),
        night_bind,
        Bind::Text(source.as_str()),
    ];
    let never = tx.rows(&sql::SELECT_ORDER_ID_UNASKED, &binds).await?;
    let binds = [Bind::Text(source.as_str()), night_bind];
    let unanswered = tx.rows(&sql::SELECT_ORDER_ID_UNANSWERED, &binds).await?;
    for (rows, asked) in [
        (made, Asked::Answered),
        (settled, Asked::Answered),
        (fed, Asked::Answered),
        (refunded, Asked::Answered),
        (never, Asked::Never),
        (unanswered, Asked::Unanswered),
    ] {
        for row in &rows {
            let id = row.text("order_id")?.to_owned();
            let of = due.entry(id).or_insert(asked);
            if asked != Asked::Answered {
                *of = asked;
            }
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

    const RULES: ProbeRules = ProbeRules {
        nightly_days: 3,
        reprobe_days: 7,
        expire_days: 90,
        start: None,
    };

    fn check(status: OrderStatus, age: u32, known: Known, asked: Asked, expected: bool) {
        check_by(RULES, (status, age), known, asked, expected);
    }

    fn check_by(
        rules: ProbeRules,
        (status, age): (OrderStatus, u32),
        known: Known,
        asked: Asked,
        expected: bool,
    ) {
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
        let found = is_due(&order, known, asked, night, rules);
        assert_eq!(found, expected, "{status:?} {age} {known:?} {asked:?}");
    }

    #[test]
    fn an_order_is_asked_about_by_the_calendar() {
        use Asked::{Answered, Unanswered};
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
            check(Pending, age, open, Answered, due);
            check(Paid, age, open, Answered, due);
        }
        check(Pending, 87, open, Answered, true);
        check(Pending, 94, open, Answered, false);
        check(Expired, 3, open, Answered, true);
        check(Expired, 10, open, Answered, false);
        check(Pending, 1, failed, Answered, true);
        check(Pending, 10, failed, Answered, true);
        check(Failed, 1, failed, Answered, false);
        check(Pending, 5, open, Unanswered, true);
        check(Pending, 91, open, Unanswered, false);
        check(Paid, 20, settled(7), Answered, true);
        check(Paid, 20, settled(8), Answered, false);
        check(Refunded, 40, settled(30), Answered, true);
        check(Refunded, 40, returned, Answered, false);
        // whoever told the money that settled it: nightly for a while, and after that the calendar
        // of open orders where the provider's own last word was no end
        let fed = |ago: u32, waits: bool| Known {
            settled_on: None,
            fed_on: settled(ago).settled_on,
            waits,
            ..open
        };
        check(Pending, 1, fed(1, false), Answered, true);
        check(Pending, 20, fed(7, false), Answered, true);
        check(Pending, 10, fed(8, false), Answered, false);
        check(Pending, 10, fed(8, true), Answered, true);
        check(Pending, 11, fed(8, true), Answered, false);
        check(Pending, 94, fed(8, true), Answered, false);
        check(Expired, 10, fed(8, true), Answered, false);
        check(Refunded, 40, fed(30, false), Answered, true);
        let in_part = Known {
            waits: true,
            ..settled(8)
        };
        check(Paid, 10, in_part, Answered, true);
        check(Paid, 11, in_part, Answered, false);
        let own_refund = Known {
            returned: true,
            ..open
        };
        check(Refunded, 1, open, Answered, true);
        check(Refunded, 1, own_refund, Answered, false);
    }

    #[test]
    fn an_order_that_is_told_late_is_asked_about_at_once() {
        use Asked::Never;
        use OrderStatus::{Expired, Failed, Paid, Pending};
        let open = Known::default();
        let failed = Known {
            failed: true,
            ..open
        };
        let settled = Known {
            settled_on: Some(Day::parse("2022-12-23").unwrap()),
            ..open
        };
        // told late: at once, off the weekly grid, too; not where it is known to have ended
        for status in [Pending, Paid, Expired] {
            check(status, 4, open, Never, true);
            check(status, 90, open, Never, true);
            check(status, 91, open, Never, false);
        }
        check(Failed, 4, failed, Never, false);
        check(Paid, 20, settled, Never, false);
        let start = Some(Day::parse("2022-09-01").unwrap());
        let rules = ProbeRules { start, ..RULES };
        check_by(rules, (Paid, 121), open, Never, true);
        check_by(rules, (Paid, 122), open, Never, false);
    }
}
