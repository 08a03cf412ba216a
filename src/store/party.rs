//! What papers for others tell: the rows of one provider with their class.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::codec::{day, from_json};
use super::exec::{Bind, Row, Tx};
use super::left_over::left_over;
use super::statement as sql;
use super::{Store, StoreError};
use crate::classify::{Bucket, OK};
use crate::domain::{
    Day, MissingPayment, OrderStatus, Ordered, OwnOrder, Period, ProviderRow, SourceName, Txn, Vnd,
};
use crate::matching::Evidence;

impl Store {
    /// The source's rows that counted under a day of the period on `night`, as classed then, by day
    /// and id: also one that counts under another day by now.
    pub async fn provider_rows(
        &self,
        source: &SourceName,
        period: &Period,
        night: Day,
    ) -> Result<Vec<ProviderRow>, StoreError> {
        let days = [period.from, period.to, night].map(|day| day.to_string());
        let [from, to, as_of] = days.each_ref().map(|day| Bind::Text(day));
        let binds = [Bind::Text(source.as_str()), from, to, as_of];
        let mut tx = self.begin_read().await?;
        let keys = tx.rows(&sql::SELECT_PROVIDER_KEY, &binds).await?;
        let mut rows = classed(&mut tx, &keys, night).await?;
        rows.retain(|row| period.holds(row.business_date));
        Ok(rows)
    }

    /// The fees that the nights of the period found kept before the source told its payments, each
    /// night of those of its own day: how many, and dong. It is what their reports add to what
    /// people paid.
    pub async fn kept_before(
        &self,
        source: &SourceName,
        period: &Period,
    ) -> Result<(u64, i128), StoreError> {
        let days = [period.from, period.to].map(|day| day.to_string());
        let [from, to] = days.each_ref().map(|day| Bind::Text(day));
        let binds = [Bind::Text(source.as_str()), from, to];
        let mut kept = (0, 0);
        for row in self.read(&sql::SELECT_KEPT_BEFORE, &binds).await? {
            let evidence: Vec<Evidence> = from_json(&row, "evidence")?;
            let fee = evidence.iter().find_map(|seen| match seen {
                Evidence::NetOfFee(fee) => Some(fee.wide()),
                _ => None,
            });
            if let Some(fee) = fee {
                kept = (kept.0 + 1, kept.1 + fee);
            }
        }
        Ok(kept)
    }

    /// The source's rows from before `before` that were open on `night`, each on its day of then,
    /// by day and id.
    pub async fn open_provider_rows(
        &self,
        source: &SourceName,
        before: Day,
        night: Day,
    ) -> Result<Vec<ProviderRow>, StoreError> {
        let days = [before, night].map(|day| day.to_string());
        let [before, night] = days.each_ref().map(|day| Bind::Text(day));
        let binds = [Bind::Text(source.as_str()), before, night];
        let rows = self.read(&sql::SELECT_OPEN_PROVIDER_ROW, &binds).await?;
        read(&rows)
    }

    /// The source's rows from before `before` that a night after `eve` and up to `night` decided:
    /// as classed on `night`, with what they were on `eve`; none where no night knew them then. By
    /// day and id.
    pub async fn decided_since(
        &self,
        source: &SourceName,
        before: Day,
        eve: Day,
        night: Day,
    ) -> Result<Vec<(Option<ProviderRow>, ProviderRow)>, StoreError> {
        let days = [before, eve, night].map(|day| day.to_string());
        let [first, from, until] = days.each_ref().map(|day| Bind::Text(day));
        let binds = [Bind::Text(source.as_str()), first, from, until];
        let mut tx = self.begin_read().await?;
        let keys = tx.rows(&sql::SELECT_DECIDED_PROVIDER_KEY, &binds).await?;
        let was = classed(&mut tx, &keys, eve).await?;
        let mut was: BTreeMap<Box<str>, ProviderRow> =
            was.into_iter().map(|row| (row.id.clone(), row)).collect();
        let now = classed(&mut tx, &keys, night).await?;
        Ok(now
            .into_iter()
            .map(|row| (was.remove(&row.id), row))
            .collect())
    }

    /// The registry's word, as of `night`, on the orders made in the period at the provider that
    /// its orders call `provider`.
    pub async fn ordered(
        &self,
        provider: &str,
        period: &Period,
        night: Day,
    ) -> Result<Ordered, StoreError> {
        let days = [period.from, period.to, night].map(|day| day.to_string());
        let [from, to, night] = days.each_ref().map(|day| Bind::Text(day));
        let binds = [Bind::Text(provider), from, to, night];
        let mut all = Ordered::default();
        for row in self.read(&sql::SELECT_ORDERED, &binds).await? {
            let count = row.int("orders")?;
            let count = u64::try_from(count).map_err(|_| StoreError::Overflow("orders"))?;
            all.orders = all.orders.saturating_add(count);
            if row.text("status")? == OrderStatus::Paid.id() {
                all.paid = count;
                all.paid_vnd = row.int("amount_vnd")?;
            }
        }
        Ok(all)
    }

    /// The registry's word, as of `night`, on each order at the provider that was made in the
    /// period or has one of the ids `named`; by id.
    pub async fn own_orders(
        &self,
        provider: &str,
        period: &Period,
        named: &BTreeSet<&str>,
        night: Day,
    ) -> Result<Vec<OwnOrder>, StoreError> {
        let days = [period.from, period.to, night].map(|day| day.to_string());
        let [from, to, night] = days.each_ref().map(|day| Bind::Text(day));
        let mut tx = self.begin_read().await?;
        let made = [Bind::Text(provider), from, to, night];
        let mut rows = tx.rows(&sql::SELECT_MADE_ORDER, &made).await?;
        let (named, binds) = (keys(named), [Bind::Text(provider), night]);
        rows.extend(
            tx.rows_of_batches(&sql::SELECT_NAMED_ORDER, &named, &binds)
                .await?,
        );
        let mut orders = BTreeMap::new();
        for row in &rows {
            let order = own_order(row)?;
            orders.insert(order.id.clone(), order);
        }
        Ok(orders.into_values().collect())
    }

    /// Fees up to the day `to` that the registry calls paid and whose money was not there on
    /// `night`, by day and dossier.
    pub async fn missing_payments(
        &self,
        to: Day,
        night: Day,
    ) -> Result<Vec<MissingPayment>, StoreError> {
        let days = [to, night].map(|day| day.to_string());
        let binds = days.each_ref().map(|day| Bind::Text(day));
        let mut all: BTreeMap<(Box<str>, Box<str>), MissingPayment> = BTreeMap::new();
        for row in self.read(&sql::SELECT_MISSING_PAYMENT, &binds).await? {
            let fee: (Box<str>, Box<str>) = (row.text("dossier")?.into(), row.text("id")?.into());
            let known = all.entry(fee.clone()).or_insert(MissingPayment {
                business_date: row.parsed("business_date", day)?,
                dossier: fee.0,
                fee_id: fee.1,
                amount: Vnd::new(row.int("amount_vnd")?),
                orders: Vec::new(),
            });
            let Some(provider) = row.opt_text("provider")? else {
                continue;
            };
            let ids: Vec<Box<str>> = from_json(&row, "fee_ids")?;
            if ids.is_empty() || ids.contains(&known.fee_id) {
                let order = row.opt_text("order_id")?.unwrap_or_default();
                known.orders.push((provider.into(), order.into()));
            }
        }
        let mut all: Vec<MissingPayment> = all.into_values().collect();
        for fee in &mut all {
            fee.orders.sort();
        }
        all.sort();
        Ok(all)
    }
}

/// The rows with these keys, as classed on `night`.
async fn classed(tx: &mut Tx, keys: &[Row], night: Day) -> Result<Vec<ProviderRow>, StoreError> {
    let keys: Vec<[&str; 2]> = keys
        .iter()
        .map(|row| Ok([row.text("source")?, row.text("id")?]))
        .collect::<Result<_, StoreError>>()?;
    let keys = batches(keys, |row, [source, id]| {
        row.text("source", source).text("id", id);
    });
    let night = night.to_string();
    let binds = [Bind::Text(&night)];
    let rows = tx.rows_of_batches(&sql::SELECT_PROVIDER_ROW, &keys, &binds);
    let rows = rows.await?;
    let mut apart = Vec::new();
    for row in &rows {
        if row.text("bucket")? == Bucket::Matched.id() && row.text("class")? != OK {
            apart.push((row.text("source")?, row.text("id")?));
        }
    }
    let left = left_over(tx, &apart, &night).await?;
    let mut rows = read(&rows)?;
    for row in &mut rows {
        row.difference = left.get(&row.id).copied();
    }
    Ok(rows)
}

fn own_order(row: &Row) -> Result<OwnOrder, StoreError> {
    Ok(OwnOrder {
        id: row.text("order_id")?.into(),
        dossier: row.text("dossier_code")?.into(),
        made_on: row.parsed("created_on", day)?,
        amount: Vnd::new(row.int("amount_vnd")?),
        status: row.parsed("status", OrderStatus::parse)?,
    })
}

fn read(rows: &[Row]) -> Result<Vec<ProviderRow>, StoreError> {
    let row = |row: &Row| {
        let business_date = row.parsed("business_date", day)?;
        Ok(ProviderRow {
            id: row.text("id")?.into(),
            order_ref: row.opt_text("order_ref")?.map(Into::into),
            bank_ref: row.opt_text("bank_ref")?.map(Into::into),
            kind: row.text("kind")?.into(),
            status: row.parsed("status", Txn::read_state)?.0.id().into(),
            amount: Vnd::new(row.int("amount_vnd")?),
            fee: Vnd::new(row.int("fee_vnd")?),
            net: Vnd::new(row.int("net_vnd")?),
            business_date,
            class: row.text("class")?.into(),
            bucket: row.text("bucket")?.into(),
            dossier: row.opt_text("dossier_code")?.map(Into::into),
            in_set: row.int("in_set")? == 1,
            went_back: row.int("went_back")? == 1,
            difference: None,
            since: Some(row.parsed("now_on", day)?).filter(|now| *now != business_date),
        })
    };
    let mut all: Vec<ProviderRow> = rows.iter().map(row).collect::<Result<_, StoreError>>()?;
    all.sort_by(|a, b| (a.business_date, &a.id).cmp(&(b.business_date, &b.id)));
    Ok(all)
}
