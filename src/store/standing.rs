//! What earlier nights decided of the money of gateways: which of their rows were there, and which
//! lines of banks were taken for what they hand on.

use std::collections::BTreeMap;

use super::batch::{batches, keys};
use super::codec::{day, from_json, write_key};
use super::exec::{Bind, Row};
use super::statement as sql;
use super::{Store, StoreError};
use crate::classify::StandingRow;
use crate::domain::{Day, RowKey, SourceName, Vnd};

impl Store {
    /// The rows of these gateways, and the lines that hand on what they took or tell a payment
    /// again, of the days from `from` to `night`, and the `named` ones whatever their day: as they
    /// stood before `night`, in the order of their keys. What it reads follows the days and the
    /// names, not how many nights were before.
    pub async fn standing(
        &self,
        (from, night): (Day, Day),
        gateways: &[SourceName],
        named: &[RowKey],
    ) -> Result<Vec<StandingRow>, StoreError> {
        let mut tx = self.begin_read().await?;
        let (from, night) = (from.to_string(), night.to_string());
        let days = [Bind::Text(&from), Bind::Text(&night)];
        let sources = keys(gateways.iter().map(SourceName::as_str));
        let mut rows = tx
            .rows_of_batches(&sql::SELECT_STANDING_ROW, &sources, &days)
            .await?;
        let named = batches(named, |row, key| {
            write_key(row, key);
        });
        let before = [Bind::Text(&night)];
        rows.extend(
            tx.rows_of_batches(&sql::SELECT_STANDING_BY_KEY, &named, &before)
                .await?,
        );
        let mut all = BTreeMap::new();
        for row in &rows {
            let row = read(row)?;
            all.insert(row.key.clone(), row);
        }
        Ok(all.into_values().collect())
    }
}

fn read(row: &Row) -> Result<StandingRow, StoreError> {
    let source = SourceName::new(row.text("source")?);
    Ok(StandingRow {
        key: RowKey::txn(&source, row.text("id")?),
        class: row.text("class")?.into(),
        evidence: from_json(row, "evidence")?,
        amount: Vnd::new(row.int("amount_vnd")?),
        paid_on: row.parsed("paid_on", day)?,
        business_date: row.parsed("business_date", day)?,
        bank_ref: row.opt_text("bank_ref")?.map(Into::into),
    })
}
