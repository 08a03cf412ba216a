//! What is known about dossiers before a night reads them: which exist, what is linked to them.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::codec::{code, read_fee};
use super::exec::Bind;
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{Day, DossierCode, Fee, FeeId, RowKey, SourceName};

impl Store {
    /// Which of these squeezed codes (A-Z0-9 only) belong to dossiers known by `night`, in order.
    pub async fn existing_dossiers(
        &self,
        night: Day,
        squeezed: &BTreeSet<String>,
    ) -> Result<Vec<DossierCode>, StoreError> {
        let mut tx = self.begin_read().await?;
        let night = night.to_string();
        let binds = [Bind::Text(&night)];
        let rows = tx
            .rows_of_batches(&sql::SELECT_DOSSIER_BY_SQUEEZED, &keys(squeezed), &binds)
            .await?;
        let codes: BTreeSet<DossierCode> = rows
            .iter()
            .map(|row| row.parsed("dossier_code", code))
            .collect::<Result<_, _>>()?;
        Ok(codes.into_iter().collect())
    }

    /// Which of these beginnings, four characters short of a squeezed code, some dossier has.
    pub async fn begun_dossiers(
        &self,
        heads: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut tx = self.begin_read().await?;
        let rows = tx
            .rows_of_batches(&sql::SELECT_DOSSIER_BEGUN, &keys(heads), &[])
            .await?;
        rows.iter()
            .map(|row| Ok(row.text("head")?.to_owned()))
            .collect()
    }

    /// The squeezed codes of the dossiers known by `night` that begin so.
    pub async fn squeezed_begun(
        &self,
        night: Day,
        heads: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let mut tx = self.begin_read().await?;
        let night = night.to_string();
        let binds = [Bind::Text(&night)];
        let rows = tx
            .rows_of_batches(&sql::SELECT_SQUEEZED_BEGUN, &keys(heads), &binds)
            .await?;
        rows.iter()
            .map(|row| Ok(row.text("squeezed")?.to_owned()))
            .collect()
    }

    /// Which of these squeezed codes belong to dossiers with linked transactions, and their payers.
    pub async fn settled_payers(
        &self,
        night: Day,
        squeezed: impl Iterator<Item = &String>,
    ) -> Result<Vec<(DossierCode, Box<str>)>, StoreError> {
        let mut tx = self.begin_read().await?;
        let night = night.to_string();
        let binds = [Bind::Text(&night)];
        let rows = tx
            .rows_of_batches(&sql::SELECT_SETTLED_PAYER, &keys(squeezed), &binds)
            .await?;
        rows.iter()
            .map(|row| Ok((row.parsed("dossier_code", code)?, row.text("payer")?.into())))
            .collect()
    }

    /// The fees of these dossiers that money was linked to before `night`.
    pub async fn linked_fees(
        &self,
        night: Day,
        dossiers: &BTreeSet<DossierCode>,
    ) -> Result<BTreeSet<RowKey>, StoreError> {
        let mut tx = self.begin_read().await?;
        let before = night.minus(1).to_string();
        let codes = keys(dossiers.iter().map(DossierCode::as_str));
        let rows = tx
            .rows_of_batches(&sql::SELECT_LEG_BY_DOSSIER, &codes, &[Bind::Text(&before)])
            .await?;
        let mut linked = BTreeSet::new();
        for row in &rows {
            if let Some(fee) = row.opt_text("fee_id")? {
                let dossier = row.parsed("dossier_code", code)?;
                linked.insert(RowKey::fee(&dossier, &FeeId::new(fee)));
            }
        }
        Ok(linked)
    }

    /// The fees of these dossiers that hold by the word of `source` on the day of each and are not
    /// cancelled.
    pub async fn fees_told(
        &self,
        source: &SourceName,
        dossiers: &BTreeMap<DossierCode, Day>,
    ) -> Result<Vec<Fee>, StoreError> {
        let mut tx = self.begin_read().await?;
        let wanted = batches(dossiers, |row, (code, day)| {
            row.text("k", code.as_str()).text("day", &day.to_string());
        });
        let binds = [Bind::Text(source.as_str())];
        let rows = tx
            .rows_of_batches(&sql::SELECT_FEE_TOLD, &wanted, &binds)
            .await?;
        rows.iter().map(read_fee).collect()
    }
}
