//! What came to be known after a night: rows, decisions, and the items that they moved.

use std::collections::{BTreeMap, BTreeSet};

use super::codec::day;
use super::exec::{Bind, Row};
use super::statement as sql;
use super::txn::load_txns;
use super::{Store, StoreError};
use crate::domain::{Arrived, Day, GivenBack, Moved, Period, RowKey};

/// The end of what still holds.
const NOT_YET: &str = "9999-12-31";

impl Store {
    /// Rows of the period's days, and decisions, that came to be known after `night`, in the order
    /// in which they came.
    pub async fn arrived(&self, period: &Period, night: Day) -> Result<Vec<Arrived>, StoreError> {
        let days = [period.from, period.to, night].map(|day| day.to_string());
        let binds = days.each_ref().map(|day| Bind::Text(day));
        let since = [Bind::Text(&days[2])];
        let mut tx = self.begin_read().await?;
        let mut all = Vec::new();
        for row in &tx.rows(&sql::SELECT_ARRIVED_TXN, &binds).await? {
            all.push(txn(row)?);
        }
        for row in &tx.rows(&sql::SELECT_ARRIVED_RECEIPT, &binds).await? {
            all.push(receipt(row, &days[2])?);
        }
        for row in &tx.rows(&sql::SELECT_ARRIVED_REJECT, &binds).await? {
            all.push(reject(row)?);
        }
        for row in &tx.rows(&sql::SELECT_ARRIVED_DECISION, &since).await? {
            all.push(decision(row)?);
        }
        all.sort();
        Ok(all)
    }

    /// By which rows that came after `night` money of payments of the period's days went back: of
    /// whichever day these rows are.
    pub async fn given_back(
        &self,
        period: &Period,
        night: Day,
    ) -> Result<Vec<GivenBack>, StoreError> {
        let days = [period.from, period.to, night].map(|day| day.to_string());
        let binds = days.each_ref().map(|day| Bind::Text(day));
        let rows = self.read(&sql::SELECT_ARRIVED_REFUND, &binds).await?;
        let mut all = Vec::new();
        for row in &rows {
            let paid = format!("{}/{}", row.text("paid_source")?, row.text("paid_id")?);
            all.push(GivenBack {
                by: txn(row)?,
                paid: paid.into(),
            });
        }
        all.sort();
        all.dedup();
        Ok(all)
    }

    /// The numbers that banks gave these transactions, by key as people write it.
    pub async fn bank_numbers(
        &self,
        keys: &BTreeSet<RowKey>,
    ) -> Result<BTreeMap<Box<str>, Box<str>>, StoreError> {
        let mut tx = self.begin_read().await?;
        let rows = load_txns(&mut tx, keys, NOT_YET).await?.into_iter();
        let numbered = rows.filter_map(|txn| {
            let key = format!("{}/{}", txn.source, txn.id);
            let number: &str = txn.bank_ref.as_deref()?;
            Some((key.into(), number.into()))
        });
        Ok(numbered.collect())
    }

    /// The items of the period's days that count otherwise than on `night`, in the total.
    pub async fn moved(&self, period: &Period, night: Day) -> Result<Vec<Moved>, StoreError> {
        /// Definition and item.
        type Name = (Box<str>, Box<str>);
        let days = [period.from, period.to, night].map(|day| day.to_string());
        let binds = days.each_ref().map(|day| Bind::Text(day));
        let rows = self.read(&sql::SELECT_MOVED_ITEM, &binds).await?;
        let mut items: BTreeMap<Name, [Counts; 2]> = BTreeMap::new();
        for row in &rows {
            let key = (row.text("definition")?.into(), row.text("item")?.into());
            let [then, now] = items.entry(key).or_default();
            if row.int("live")? == 0 {
                continue;
            }
            let counts = Counts {
                point: (row.int("numerator")?, row.int("denominator")?),
                outcomes: outcomes(row.text("outcomes")?),
            };
            let (night, until) = (row.text("night")?, row.text("until")?);
            if night <= &*days[2] && until > &*days[2] {
                *then = counts.clone();
            }
            if until == NOT_YET {
                *now = counts;
            }
        }
        let all = items
            .into_iter()
            .map(|((definition, item), [then, now])| Moved {
                definition,
                item,
                then: then.point,
                now: now.point,
                outcomes_then: then.outcomes,
                outcomes_now: now.outcomes,
                bank_ref: None,
            });
        let differs =
            |moved: &Moved| moved.then != moved.now || moved.outcomes_then != moved.outcomes_now;
        Ok(all.filter(differs).collect())
    }
}

/// What an item counts as, and may count as.
#[derive(Clone, Default)]
struct Counts {
    point: (i64, i64),
    outcomes: Vec<(i64, i64)>,
}

/// `[[1,1],[0,1]]`
fn outcomes(raw: &str) -> Vec<(i64, i64)> {
    serde_json::from_str(raw).unwrap_or_default()
}

fn txn(row: &Row) -> Result<Arrived, StoreError> {
    Ok(Arrived {
        told: row.parsed("told", day)?,
        kind: "txn",
        key: format!("{}/{}", row.text("source")?, row.text("id")?).into(),
        became: "added",
        says: format!("{} {}", row.text("kind")?, row.text("status")?).into(),
        dossier: None,
        day: row.parsed("paid_on", day)?,
        amount_vnd: Some(row.int("amount_vnd")?),
        bank_ref: row.opt_text("bank_ref")?.map(Into::into),
        by: None,
        reason: None,
    })
}

fn receipt(row: &Row, night: &str) -> Result<Arrived, StoreError> {
    let known = row.text("first_told")? <= night;
    Ok(Arrived {
        told: row.parsed("told", day)?,
        kind: "receipt",
        key: row.text("receipt_id")?.into(),
        became: if known { "changed" } else { "added" },
        says: row.text("status")?.into(),
        dossier: Some(row.text("dossier_code")?.into()),
        day: row.parsed("collected_on", day)?,
        amount_vnd: Some(row.int("amount_vnd")?),
        bank_ref: None,
        by: None,
        reason: None,
    })
}

fn reject(row: &Row) -> Result<Arrived, StoreError> {
    let [side, source, id] = [row.text("side")?, row.text("source")?, row.text("id")?];
    Ok(Arrived {
        told: row.parsed("night", day)?,
        kind: "reject",
        key: format!("{side} {source}/{id}").into(),
        became: "added",
        says: row.text("code")?.into(),
        dossier: None,
        day: row.parsed("business_date", day)?,
        amount_vnd: row.opt_int("amount_vnd")?,
        bank_ref: None,
        by: None,
        reason: None,
    })
}

fn decision(row: &Row) -> Result<Arrived, StoreError> {
    let [side, source, id] = [row.text("side")?, row.text("source")?, row.text("id")?];
    let night = row.parsed("night", day)?;
    Ok(Arrived {
        told: night,
        kind: "decision",
        key: format!("{side} {source}/{id}").into(),
        became: "added",
        says: row.text("action")?.into(),
        dossier: row.opt_text("dossier_code")?.map(Into::into),
        day: night,
        amount_vnd: Some(row.int("amount_vnd")?),
        bank_ref: row.opt_text("bank_ref")?.map(Into::into),
        by: Some(row.text("decided_by")?.into()),
        reason: Some(row.text("reason")?.into()),
    })
}
