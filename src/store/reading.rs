//! Which raw answers belong to which night: a past run can be made again from them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::batch::batches;
use super::codec::day;
use super::exec::{Bind, Row};
use super::statement as sql;
use super::{Store, StoreError, staged};
use crate::domain::{Day, Period, RowKey, SourceName};

/// What an item that is not settled may add, numerator and denominator each, and the exceptions on
/// which it hangs.
pub type OpenItem = (Vec<(i64, i64)>, Vec<Box<str>>);

/// One answer of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The night that asked.
    pub night: Day,
    /// Who answered.
    pub source: SourceName,
    /// Answers to one listing, question or file share it.
    pub part: u32,
    /// The pull that asked, milliseconds since 1970 in UTC.
    pub pulled_at_ms: i64,
    /// `FROM/TO` of a listing, `orders` of a probe (the first answer is what was asked), empty for
    /// a file.
    pub asked: Box<str>,
    /// The request or file name, without secrets.
    pub what: Box<str>,
    /// The bytes in the archive; none where the source knows no such thing.
    pub sha256: Option<Box<str>>,
}

/// Rows as documents.
fn documents(rows: &[Row]) -> Result<Vec<Value>, StoreError> {
    let document = |row: &Row| {
        serde_json::from_str(&row.print()?).map_err(|error| StoreError::Corrupt {
            what: "a row".to_owned(),
            detail: error.to_string(),
        })
    };
    rows.iter().map(document).collect()
}

impl Store {
    /// Adds the answers of one source to one pull, in their order; `part` counts from 0 within
    /// the pull.
    pub async fn save_readings(&self, readings: &[Reading]) -> Result<(), StoreError> {
        let Some(first) = readings.first() else {
            return Ok(());
        };
        let night = first.night.to_string();
        let binds = [Bind::Text(&night), Bind::Text(first.source.as_str())];
        let mut tx = self.begin().await?;
        let places = tx.rows(&sql::SELECT_READING_PLACE, &binds).await?;
        let place = places.first();
        let seq = place.map_or(Ok(0), |row| row.int("seq"))?;
        let part = place.map_or(Ok(0), |row| row.int("part"))?;
        let rows = batches((seq + 1..).zip(readings), |row, (seq, reading)| {
            row.text("night", &night)
                .text("source", reading.source.as_str())
                .int("seq", seq)
                .int("part", part + 1 + i64::from(reading.part))
                .int("pulled_ms_wall", reading.pulled_at_ms)
                .text("asked", &reading.asked)
                .text("what", &reading.what)
                .opt_text("sha256", reading.sha256.as_deref());
        });
        let insert = (&sql::INSERT_READING, "reading");
        staged::store(&mut tx, insert, (&rows, &[]), &night).await?;
        tx.commit().await
    }

    /// The answers to `night`, by source, in the order in which they came.
    pub async fn readings(&self, night: Day) -> Result<Vec<Reading>, StoreError> {
        let night = night.to_string();
        let rows = self
            .read(&sql::SELECT_READING, &[Bind::Text(&night)])
            .await?;
        let reading = |row: &Row| {
            let reading = Reading {
                night: row.parsed("night", day)?,
                source: SourceName::new(row.text("source")?),
                part: u32::try_from(row.int("part")?).map_err(|_| row.damaged("part"))?,
                pulled_at_ms: row.int("pulled_ms_wall")?,
                asked: row.text("asked")?.into(),
                what: row.text("what")?.into(),
                sha256: row.opt_text("sha256")?.map(Into::into),
            };
            Ok((row.int("seq")?, reading))
        };
        let readings: Result<Vec<_>, StoreError> = rows.iter().map(reading).collect();
        let mut readings = readings?;
        readings.sort_by(|(i, a), (j, b)| (&a.source, i).cmp(&(&b.source, j)));
        Ok(readings.into_iter().map(|(_, reading)| reading).collect())
    }

    /// How the items of the shares changed with `night`, as documents: what ended, and what began.
    pub async fn changed_items(&self, night: Day) -> Result<(Vec<Value>, Vec<Value>), StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(&night)];
        let mut tx = self.begin_read().await?;
        let ended = tx.rows(&sql::SELECT_CONTRIBUTION_ENDED, &binds).await?;
        let begun = tx.rows(&sql::SELECT_CONTRIBUTION_OF_NIGHT, &binds).await?;
        Ok((documents(&ended)?, documents(&begun)?))
    }

    /// What the items of the year up to a night may add to a definition in the total, where that
    /// is not settled, each with the exceptions on which it hangs.
    pub async fn open_items(
        &self,
        definition: &str,
        night: Day,
    ) -> Result<Vec<OpenItem>, StoreError> {
        let days = [night, Period::year_to(night).from].map(|day| day.to_string());
        let binds = [definition, &days[0], &days[1]].map(Bind::Text);
        let rows = self.read(&sql::SELECT_CONTRIBUTION_OPEN, &binds).await?;
        let item = |row: &Row| {
            let outcomes = serde_json::from_str(row.text("outcomes")?).unwrap_or_default();
            let ids = serde_json::from_str(row.text("exceptions")?).unwrap_or_default();
            Ok((outcomes, ids))
        };
        rows.iter().map(item).collect()
    }

    /// The files that told versions of a fee line, an order or a receipt, the latest last: the
    /// identity is its parts in the order of the key.
    pub async fn told_by(
        &self,
        table: &str,
        identity: &[&str],
        until: Day,
    ) -> Result<Vec<Box<str>>, StoreError> {
        let (statement, columns): (_, &[&'static str]) = match table {
            "fee" => (&sql::SELECT_FEE_VERSION, &["dossier_code", "fee_id"]),
            "order" => (&sql::SELECT_ORDER_VERSION, &["provider", "order_id"]),
            "receipt" => (&sql::SELECT_RECEIPT_VERSION, &["receipt_id"]),
            _ => return Ok(Vec::new()),
        };
        let batch = batches([identity], |row, identity| {
            for (column, value) in columns.iter().zip(identity) {
                row.text(column, value);
            }
        });
        let mut tx = self.begin_read().await?;
        let rows = tx.rows_of_batches(statement, &batch, &[]).await?;
        let until = until.to_string();
        let mut told: Vec<(String, Box<str>)> = Vec::new();
        for row in &rows {
            if row.text("night")? <= until.as_str() {
                let said = row.text("told")?.to_owned();
                told.push((said, row.text("file_sha256")?.into()));
            }
        }
        told.sort();
        Ok(told.into_iter().map(|(_, sha256)| sha256).collect())
    }

    /// The first nights that these transactions count in, by source and id.
    pub async fn first_nights(
        &self,
        keys: &[RowKey],
    ) -> Result<BTreeMap<(Box<str>, Box<str>), Day>, StoreError> {
        let batches = batches(keys, |row, key| {
            row.text("source", key.source.as_str()).text("id", &key.id);
        });
        let mut tx = self.begin_read().await?;
        let rows = tx
            .rows_of_batches(&sql::SELECT_TXN_SEEN_NIGHT, &batches, &[])
            .await?;
        let seen = |row: &Row| {
            let key = (row.text("source")?.into(), row.text("id")?.into());
            Ok((key, row.parsed("told", day)?))
        };
        rows.iter().map(seen).collect()
    }

    /// The ids of the rows of `source` that the pull of `night` brought first, in their order.
    pub async fn seen_first(
        &self,
        source: &SourceName,
        night: Day,
    ) -> Result<Vec<Box<str>>, StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(&night), Bind::Text(source.as_str())];
        let rows = self.read(&sql::SELECT_TXN_SEEN, &binds).await?;
        let ids = rows.iter().map(|row| Ok(row.text("id")?.into()));
        let mut ids: Vec<Box<str>> = ids.collect::<Result<_, StoreError>>()?;
        ids.sort();
        Ok(ids)
    }
}
