//! What papers for others tell: rows of one provider with their class, and what agencies took.

use std::collections::BTreeMap;

use super::codec::day;
use super::exec::{Bind, Row};
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{AgencyCode, Day, Period, ProviderRow, SourceName, Taken, Vnd};

/// A payment is seen at the earliest so many days before the day that it is of, by cut-offs.
const SEEN_BEFORE: u32 = 3;

impl Store {
    /// The source's rows of the period, as classed on `night`, by day and id.
    pub async fn provider_rows(
        &self,
        source: &SourceName,
        period: &Period,
        night: Day,
    ) -> Result<Vec<ProviderRow>, StoreError> {
        let days = [period.from, period.to, night].map(|day| day.to_string());
        let [from, to, night] = days.each_ref().map(|day| Bind::Text(day));
        let binds = [Bind::Text(source.as_str()), from, to, night];
        let rows = self.read(&sql::SELECT_PROVIDER_ROW, &binds).await?;
        read(&rows)
    }

    /// The source's rows from before `before` that were open on `night`, by day and id.
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

    /// What was paid on the days of the period for each kind of fee of each agency, as of `night`.
    pub async fn taken(&self, period: &Period, night: Day) -> Result<Vec<Taken>, StoreError> {
        let seen = period.from.minus(SEEN_BEFORE);
        let days = [period.from, period.to, night, seen].map(|day| day.to_string());
        let binds = days.each_ref().map(|day| Bind::Text(day));
        let mut tx = self.begin_read().await?;
        let mut rows = tx.rows(&sql::SELECT_TAKEN_TXN, &binds).await?;
        rows.extend(tx.rows(&sql::SELECT_TAKEN_SET, &binds).await?);
        rows.extend(tx.rows(&sql::SELECT_TAKEN_RECEIPT, &binds[..3]).await?);
        let mut sums: BTreeMap<(AgencyCode, Box<str>), i64> = BTreeMap::new();
        for row in &rows {
            let key = (
                AgencyCode::new(row.text("agency_code")?),
                row.text("kind")?.into(),
            );
            let sum = sums.entry(key).or_default();
            let more = sum.checked_add(row.int("amount_vnd")?);
            *sum = more.ok_or(StoreError::Overflow("a sum of payments"))?;
        }
        let taken = |((agency, fee_kind), amount)| Taken {
            agency,
            fee_kind,
            amount,
        };
        Ok(sums.into_iter().map(taken).collect())
    }
}

fn read(rows: &[Row]) -> Result<Vec<ProviderRow>, StoreError> {
    let row = |row: &Row| {
        Ok(ProviderRow {
            id: row.text("id")?.into(),
            order_ref: row.opt_text("order_ref")?.map(Into::into),
            kind: row.text("kind")?.into(),
            status: row.text("status")?.into(),
            amount: Vnd::new(row.int("amount_vnd")?),
            fee: Vnd::new(row.int("fee_vnd")?),
            net: Vnd::new(row.int("net_vnd")?),
            business_date: row.parsed("business_date", day)?,
            class: row.text("class")?.into(),
            bucket: row.text("bucket")?.into(),
            dossier: row.opt_text("dossier_code")?.map(Into::into),
            in_set: row.int("in_set")? == 1,
        })
    };
    let mut all: Vec<ProviderRow> = rows.iter().map(row).collect::<Result<_, StoreError>>()?;
    all.sort_by(|a, b| (a.business_date, &a.id).cmp(&(b.business_date, &b.id)));
    Ok(all)
}
