//! What agencies took: the legs of payments and receipts, and what the same rows add to an
//! indicator. Both are read as of one night, so that one explains the other.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::keys;
use super::exec::{Bind, Row};
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{Added, AgencyCode, Day, Period, Taken, TakenLeg};

/// The accounting day of a payment is at most so many days before the day on which it was paid.
/// When it was read tells nothing: missed nights that are caught up read all their files at once.
const COUNTS_BEFORE: u32 = 31;

impl Store {
    /// What was paid on the days of the period, as of `night`.
    pub async fn taken(&self, period: &Period, night: Day) -> Result<Taken, StoreError> {
        let first = period.from.minus(COUNTS_BEFORE);
        let days = [period.from, period.to, night, first].map(|day| day.to_string());
        let binds = days.each_ref().map(|day| Bind::Text(day));
        let mut tx = self.begin_read().await?;
        let mut taken = Taken::default();
        let mut rows = tx.rows(&sql::SELECT_TAKEN_TXN, &binds).await?;
        rows.extend(tx.rows(&sql::SELECT_TAKEN_RECEIPT, &binds[..3]).await?);
        for row in &rows {
            let [side, place, id] = [row.text("side")?, row.text("place")?, row.text("id")?];
            let item = format!("{side}|{place}|{id}");
            let dossier = row.opt_text("dossier_code")?.unwrap_or_default();
            let went_back = row.text("role")? != "settles";
            taken
                .legs
                .push(leg(row, item.into(), dossier.into(), went_back)?);
        }
        for row in &tx.rows(&sql::SELECT_TAKEN_SET, &binds).await? {
            taken.legs.push(leg(row, "".into(), "".into(), false)?);
        }
        for row in &tx.rows(&sql::SELECT_SET_PAYMENT, &binds).await? {
            let item = format!("txn|{}|{}", row.text("source")?, row.text("id")?);
            taken.in_sets.insert(item.into());
        }
        Ok(taken)
    }

    /// What the nights after `eve` and up to `night` changed of what was paid on days before
    /// `from`: dong by kind of fee, more or less.
    pub async fn carried(
        &self,
        from: Day,
        eve: Day,
        night: Day,
    ) -> Result<BTreeMap<Box<str>, i128>, StoreError> {
        let days = [from, eve, night].map(|day| day.to_string());
        let binds = days.each_ref().map(|day| Bind::Text(day));
        let mut sums: BTreeMap<Box<str>, i128> = BTreeMap::new();
        for row in &self.read(&sql::SELECT_CARRIED, &binds).await? {
            let sum = sums.entry(row.text("kind")?.into()).or_default();
            *sum += i128::from(row.int("more_vnd")?);
        }
        Ok(sums)
    }

    /// What the items of a definition add to its total over the period, as of `night`.
    pub async fn added(
        &self,
        definition: &str,
        period: &Period,
        night: Day,
    ) -> Result<Vec<Added>, StoreError> {
        let decided = period.from.minus(COUNTS_BEFORE);
        let days = [period.from, period.to, night, decided].map(|day| day.to_string());
        let [from, to, night, decided] = days.each_ref().map(|day| Bind::Text(day));
        let binds = [Bind::Text(definition), from, to, night, decided];
        let rows = self.read(&sql::SELECT_ADDED, &binds).await?;
        let added = |row: &Row| {
            Ok(Added {
                item: row.text("item")?.into(),
                numerator: row.int("numerator")?,
                denominator: row.int("denominator")?,
            })
        };
        rows.iter().map(added).collect()
    }

    /// Those of the dossiers of which money went back, as of `night`.
    pub async fn returned(
        &self,
        dossiers: &BTreeSet<Box<str>>,
        night: Day,
    ) -> Result<BTreeSet<Box<str>>, StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(&night)];
        let mut tx = self.begin_read().await?;
        let keys = keys(dossiers);
        let rows = tx.rows_of_batches(&sql::SELECT_LEG_BY_DOSSIER, &keys, &binds);
        let mut returned = BTreeSet::new();
        for row in &rows.await? {
            if ["refund", "reversal"].contains(&row.text("role")?) {
                returned.extend(row.opt_text("dossier_code")?.map(Into::into));
            }
        }
        Ok(returned)
    }
}

fn leg(
    row: &Row,
    item: Box<str>,
    dossier: Box<str>,
    went_back: bool,
) -> Result<TakenLeg, StoreError> {
    Ok(TakenLeg {
        item,
        dossier,
        agency: AgencyCode::new(row.text("agency_code")?),
        fee_kind: row.text("kind")?.into(),
        amount: row.int("amount_vnd")?,
        went_back,
    })
}
