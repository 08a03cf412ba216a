//! Small questions and notes of the job: which of these are known, where bytes came from.

use std::collections::{BTreeMap, BTreeSet};

use super::archive::Archived;
use super::batch::{batches, keys};
use super::codec::{NEVER, day, write_key};
use super::exec::{Bind, Row};
use super::statement as sql;
use super::txn::load_txns;
use super::{Store, StoreError, staged};
use crate::domain::{Day, RowKey, SourceName, Txn, TxnStatus, Vnd};

/// What came on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Daily {
    /// Payments, or cash events.
    pub count: i128,
    /// Dong.
    pub sum: i128,
    /// Refunds and reversals.
    pub back_count: i128,
    /// Dong that went back.
    pub back_sum: i128,
}

/// What a gateway took in on one day, less what went back; dong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayDaySum {
    /// The day of payment.
    pub day: Day,
    /// Before its fees.
    pub gross: i128,
    /// After them, as its rows tell them.
    pub net: i128,
}

/// A payment may count under a day so much later or earlier than its own.
const SHIFT: u32 = 31;

fn daily(rows: &[Row]) -> Result<Vec<(Day, Daily)>, StoreError> {
    let of_day = |row: &Row| {
        let of = row.parsed("day", day)?;
        let came = Daily {
            count: row.int("counted")?.into(),
            sum: row.int("sum_vnd")?.into(),
            back_count: row.int("back")?.into(),
            back_sum: row.int("back_vnd")?.into(),
        };
        Ok((of, came))
    };
    rows.iter().map(of_day).collect()
}

impl Store {
    /// Successful payments of `source` by accounting day; days without any are left out.
    pub async fn daily_payments(
        &self,
        source: &SourceName,
        from: Day,
        to: Day,
    ) -> Result<Vec<(Day, Daily)>, StoreError> {
        let (from, to) = (from.to_string(), to.to_string());
        let binds = [
            Bind::Text(source.as_str()),
            Bind::Text(&from),
            Bind::Text(&to),
        ];
        daily(&self.read(&sql::SELECT_DAILY_PAYMENT, &binds).await?)
    }

    /// What the gateway `source` took in on its days of payment; days without any are left out.
    pub async fn gateway_days(
        &self,
        source: &SourceName,
        (from, to): (Day, Day),
    ) -> Result<Vec<GatewayDaySum>, StoreError> {
        let days = [from, to, from.minus(SHIFT), to.plus(SHIFT)].map(|day| day.to_string());
        let mut binds = vec![Bind::Text(source.as_str())];
        binds.extend(days.iter().map(|day| Bind::Text(day)));
        let rows = self.read(&sql::SELECT_GATEWAY_DAY, &binds).await?;
        let of_day = |row: &Row| {
            Ok(GatewayDaySum {
                day: row.parsed("day", day)?,
                gross: row.int("gross_vnd")?.into(),
                net: row.int("net_vnd")?.into(),
            })
        };
        rows.iter().map(of_day).collect()
    }

    /// Cash events by day; days without any are left out.
    pub async fn daily_cash(&self, from: Day, to: Day) -> Result<Vec<(Day, Daily)>, StoreError> {
        let (from, to) = (from.to_string(), to.to_string());
        let binds = [Bind::Text(&from), Bind::Text(&to)];
        daily(&self.read(&sql::SELECT_DAILY_CASH, &binds).await?)
    }

    /// The stored rows of `source` with these bank references, whatever their day.
    pub async fn txns_with_references(
        &self,
        source: &SourceName,
        references: &BTreeSet<&str>,
    ) -> Result<Vec<Txn>, StoreError> {
        let references: Vec<&str> = references.iter().copied().collect();
        let mut tx = self.begin_read().await?;
        let whenever = [Bind::Text(NEVER)];
        let statement = &sql::SELECT_TXN_KEY_BY_BANK_REF;
        let found = tx
            .rows_of_batches(statement, &keys(&references), &whenever)
            .await?;
        let mut of_source = BTreeSet::new();
        for row in &found {
            if row.text("source")? == source.as_str() {
                of_source.insert(RowKey::txn(source, row.text("id")?));
            }
        }
        load_txns(&mut tx, &of_source, NEVER).await
    }

    /// The stored rows of `source` of these accounting days whose ids are `wanted`.
    pub async fn txns_of_days(
        &self,
        source: &SourceName,
        (from, to): (Day, Day),
        wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Txn>, StoreError> {
        let (from, to) = (from.to_string(), to.to_string());
        let days = [Bind::Text(&from), Bind::Text(&to)];
        let mut tx = self.begin_read().await?;
        let statement = &sql::SELECT_TXN_KEY_BY_WINDOW;
        let names = keys([source.as_str()]);
        let found = tx.rows_of_batches(statement, &names, &days).await?;
        let mut named = BTreeSet::new();
        for row in &found {
            let id = row.text("id")?;
            if wanted(id) {
                named.insert(RowKey::txn(source, id));
            }
        }
        load_txns(&mut tx, &named, NEVER).await
    }

    /// Which of these transaction ids of `source` are stored, and in which state.
    pub async fn known_txns(
        &self,
        source: &SourceName,
        ids: &[&str],
    ) -> Result<BTreeMap<Box<str>, TxnStatus>, StoreError> {
        let rows = ids.iter().map(|id| RowKey::txn(source, id));
        let batches = batches(rows, |row, key| {
            write_key(row, &key);
        });
        let mut tx = self.begin_read().await?;
        let whenever = [Bind::Text(NEVER)];
        let found = tx
            .rows_of_batches(&sql::SELECT_TXN_BY_KEY, &batches, &whenever)
            .await?;
        let state = |row: &Row| {
            let (status, _) = row.parsed("status", Txn::read_state)?;
            Ok((row.text("id")?.into(), status))
        };
        found.iter().map(state).collect()
    }

    /// The rows of `source` that name these orders, whenever they came.
    pub async fn txns_of_orders(
        &self,
        source: &SourceName,
        order_refs: &BTreeSet<&str>,
    ) -> Result<Vec<Txn>, StoreError> {
        let whenever = [Bind::Text(NEVER)];
        let mut tx = self.begin_read().await?;
        let rows = tx
            .rows_of_batches(
                &sql::SELECT_TXN_KEY_BY_ORDER_REF,
                &keys(order_refs),
                &whenever,
            )
            .await?;
        let mut found = BTreeSet::new();
        for row in &rows {
            if row.text("source")? == source.as_str() {
                found.insert(RowKey::txn(source, row.text("id")?));
            }
        }
        load_txns(&mut tx, &found, NEVER).await
    }

    /// Which of these match groups stood just like this before `night`.
    pub async fn known_groups(
        &self,
        night: Day,
        ids: &[&str],
    ) -> Result<BTreeSet<Box<str>>, StoreError> {
        let night = night.to_string();
        let mut tx = self.begin_read().await?;
        let before = [Bind::Text(&night)];
        let found = tx
            .rows_of_batches(&sql::SELECT_GROUP_BEFORE, &keys(ids), &before)
            .await?;
        found
            .iter()
            .map(|row| Ok(row.text("group_id")?.into()))
            .collect()
    }

    /// Every amount that a fee line has had.
    pub async fn tariffs(&self) -> Result<BTreeSet<Vnd>, StoreError> {
        let rows = self.read(&sql::SELECT_TARIFF, &[]).await?;
        rows.iter()
            .map(|row| Ok(Vnd::new(row.int("amount_vnd")?)))
            .collect()
    }

    /// How many orders that are not ended each provider has, by the registry's word on it.
    pub async fn order_providers(&self) -> Result<BTreeMap<Box<str>, u64>, StoreError> {
        let rows = self.read(&sql::SELECT_ORDER_PROVIDER, &[]).await?;
        let count = |row: &Row| {
            let orders = row.int("orders")?;
            let orders = u64::try_from(orders).map_err(|_| StoreError::Overflow("orders"))?;
            Ok((row.text("provider")?.into(), orders))
        };
        rows.iter().map(count).collect()
    }

    /// Every procedure of which a fee line was told.
    pub async fn procedures(&self) -> Result<BTreeSet<Box<str>>, StoreError> {
        let rows = self.read(&sql::SELECT_PROCEDURE, &[]).await?;
        rows.iter()
            .map(|row| Ok(row.text("procedure_code")?.into()))
            .collect()
    }

    /// How many bad rows of `source` count from `night` on.
    pub async fn rejects_of_night(
        &self,
        source: &SourceName,
        night: Day,
    ) -> Result<u64, StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(source.as_str()), Bind::Text(&night)];
        let rows = self.read(&sql::SELECT_REJECT_COUNT, &binds).await?;
        let count = rows.first().map_or(Ok(0), |row| row.int("n"))?;
        u64::try_from(count).map_err(|_| StoreError::Overflow("rejects"))
    }

    /// Records where archived bytes came from, many at once; `what` names the request or file and
    /// never holds a secret.
    pub async fn save_raws(
        &self,
        source: &SourceName,
        kept: &[(Archived, Box<str>)],
        at_wall: &str,
    ) -> Result<(), StoreError> {
        if kept.is_empty() {
            return Ok(());
        }
        let rows = batches(kept, |row, (archived, what)| {
            row.text("sha256", &archived.sha256)
                .text("source", source.as_str())
                .text("what", what)
                .int("bytes", i64::try_from(archived.bytes).unwrap_or(i64::MAX))
                .text("at_wall", at_wall);
        });
        let mut tx = self.begin().await?;
        let insert = (&sql::INSERT_RAW, "raw");
        staged::store(&mut tx, insert, (&rows, &[]), "").await?;
        tx.commit().await
    }
}
