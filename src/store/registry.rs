//! The expected side, as the registry's exports told it: versions by the night that read them.

use std::collections::BTreeMap;

use super::batch::{RowText, batches};
use super::codec::{
    day, digest, read_agency, write_agency, write_fee, write_order, write_receipt, write_reject,
};
use super::exec::{Bind, Row, Tx};
use super::statement as sql;
use super::txn::{Version, save_versions, versions_of};
use super::{Store, StoreError};
use crate::domain::{
    Agency, Conflict, Day, DossierCode, Fee, Moment, PaymentOrder, Receipt, Reject, SourceName,
};

/// One export file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// The registry source.
    pub source: SourceName,
    /// 64 hex digits over its bytes.
    pub sha256: Box<str>,
    /// Its name, without folder.
    pub name: Box<str>,
    /// What it holds: `dossier_fees`, `payment_orders`, `cash_receipts`, `agencies`.
    pub kind: Box<str>,
    /// Data lines in it.
    pub lines: u64,
    /// The night that read it.
    pub night: Day,
}

/// The rows of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryRows {
    /// Agencies with validity.
    pub agencies: Vec<Agency>,
    /// Fee lines.
    pub fees: Vec<Fee>,
    /// Payment orders.
    pub orders: Vec<PaymentOrder>,
    /// Counter receipts.
    pub receipts: Vec<Receipt>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Contradictions inside the file; the kept version also stands in the list of its kind.
    pub conflicts: Vec<Conflict>,
}

impl Store {
    /// Every file of `source` read so far, by name.
    pub async fn known_files(&self, source: &SourceName) -> Result<Vec<ExportFile>, StoreError> {
        let binds = [Bind::Text(source.as_str())];
        files(&self.read(&sql::SELECT_KNOWN_FILE, &binds).await?)
    }

    /// The files of `source` that `night` read, by name.
    pub async fn files_of_night(
        &self,
        source: &SourceName,
        night: Day,
    ) -> Result<Vec<ExportFile>, StoreError> {
        let night = night.to_string();
        let binds = [Bind::Text(source.as_str()), Bind::Text(&night)];
        files(&self.read(&sql::SELECT_NIGHT_FILE, &binds).await?)
    }

    /// Stores one file's rows in one transaction; a known file changes nothing (`false`). A row
    /// counts from the night that read it or from its own date, whichever is later; a later row of
    /// the same identity replaces the earlier one from then on.
    pub async fn save_registry(
        &self,
        file: &ExportFile,
        rows: &RegistryRows,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        if !save_file(&mut tx, file).await? {
            return Ok(false);
        }
        save_agencies(&mut tx, file, &rows.agencies).await?;
        save_fees(&mut tx, file, &rows.fees).await?;
        save_orders(&mut tx, file, &rows.orders).await?;
        save_receipts(&mut tx, file, &rows.receipts).await?;
        let batch = batches(&rows.rejects, |row, reject| {
            write_reject(row, reject, file.night);
        });
        tx.run_batches(&sql::INSERT_REJECT_ROW, &batch, &[]).await?;
        let versions: Vec<Version> = rows
            .conflicts
            .iter()
            .flat_map(|conflict| versions_of(conflict, Some(counts_from(file, rows, conflict))))
            .collect();
        save_versions(&mut tx, &versions).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The agencies as of `night`, by code and first day.
    pub async fn agencies(&self, night: Day) -> Result<Vec<Agency>, StoreError> {
        let mut tx = self.begin_read().await?;
        load_agencies(&mut tx, night).await
    }
}

/// Export files out of their rows, by name.
fn files(rows: &[Row]) -> Result<Vec<ExportFile>, StoreError> {
    let file = |row: &Row| {
        Ok(ExportFile {
            source: SourceName::new(row.text("source")?),
            sha256: row.text("sha256")?.into(),
            name: row.text("name")?.into(),
            kind: row.text("kind")?.into(),
            lines: u64::try_from(row.int("lines")?).map_err(|_| row.damaged("lines"))?,
            night: row.parsed("night", day)?,
        })
    };
    let files: Result<Vec<_>, StoreError> = rows.iter().map(file).collect();
    let mut files = files?;
    files.sort_by(|a, b| (&a.name, &a.sha256).cmp(&(&b.name, &b.sha256)));
    Ok(files)
}

/// The agencies as of `night`, by code and first day.
pub(super) async fn load_agencies(tx: &mut Tx, night: Day) -> Result<Vec<Agency>, StoreError> {
    let night = night.to_string();
    let rows = tx.rows(&sql::SELECT_AGENCY, &[Bind::Text(&night)]).await?;
    let mut agencies: Vec<Agency> = rows.iter().map(read_agency).collect::<Result<_, _>>()?;
    agencies.sort();
    Ok(agencies)
}

/// The night from which a fee counts: read, and its dossier received.
fn fee_night(file: &ExportFile, fee: &Fee) -> Day {
    let received = fee.more.received_at.as_ref().map(Moment::day);
    let own = received.or_else(|| fee.dossier_code.received_on());
    own.map_or(file.night, |own| own.max(file.night))
}

fn order_night(file: &ExportFile, order: &PaymentOrder) -> Day {
    order.created_at.day().max(file.night)
}

fn receipt_night(file: &ExportFile, receipt: &Receipt) -> Day {
    receipt.collected_at.day().max(file.night)
}

/// The night of the version that a contradiction inside the file concerns.
fn counts_from(file: &ExportFile, rows: &RegistryRows, conflict: &Conflict) -> Day {
    let fee = rows.fees.iter().find(|fee| fee.key() == conflict.key);
    let receipt = rows.receipts.iter().find(|r| r.key() == conflict.key);
    fee.map(|fee| fee_night(file, fee))
        .or_else(|| receipt.map(|receipt| receipt_night(file, receipt)))
        .unwrap_or(file.night)
}

async fn save_file(tx: &mut Tx, file: &ExportFile) -> Result<bool, StoreError> {
    let lines = i64::try_from(file.lines).map_err(|_| StoreError::Overflow("lines"))?;
    let batch = batches([file], |row, file| {
        row.text("source", file.source.as_str())
            .text("sha256", &file.sha256)
            .text("name", &file.name)
            .text("kind", &file.kind)
            .int("lines", lines)
            .text("night", &file.night.to_string());
    });
    Ok(tx
        .run_batches(&sql::INSERT_EXPORT_FILE, &batch, &[])
        .await?
        == 1)
}

async fn save_agencies(
    tx: &mut Tx,
    file: &ExportFile,
    agencies: &[Agency],
) -> Result<(), StoreError> {
    let by_key: BTreeMap<_, _> = agencies
        .iter()
        .map(|a| ((&a.code, a.valid_from), a))
        .collect();
    let batch = batches(by_key.values(), |row, agency| {
        write_agency(row, agency);
        row.text("night", &file.night.to_string());
    });
    tx.run_batches(&sql::UPSERT_AGENCY_VERSION, &batch, &[])
        .await?;
    Ok(())
}

/// Rows with the digest of their content, in key order, a later row of the same key winning.
fn by_key<'a, T: serde::Serialize, K: Ord>(
    rows: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Result<BTreeMap<K, (&'a T, String)>, StoreError> {
    rows.iter()
        .map(|row| Ok((key(row), (row, digest(row)?))))
        .collect()
}

async fn save_fees(tx: &mut Tx, file: &ExportFile, fees: &[Fee]) -> Result<(), StoreError> {
    let mut dossiers: BTreeMap<&DossierCode, Day> = BTreeMap::new();
    for fee in fees {
        let night = fee_night(file, fee);
        let known = dossiers.entry(&fee.dossier_code).or_insert(night);
        *known = night.min(*known);
    }
    let batch = batches(dossiers, |row, (code, night)| {
        row.text("dossier_code", code.as_str())
            .text("squeezed", &code.squeezed())
            .text("night", &night.to_string());
    });
    tx.run_batches(&sql::UPSERT_DOSSIER, &batch, &[]).await?;
    let rows = by_key(fees, |fee| (&fee.dossier_code, &fee.fee_id))?;
    let batch = batches(rows.into_values(), |row, (fee, content)| {
        write_fee(row, fee);
        write_version(row, file, fee_night(file, fee), &content);
    });
    tx.run_batches(&sql::UPSERT_FEE_VERSION, &batch, &[])
        .await?;
    Ok(())
}

async fn save_orders(
    tx: &mut Tx,
    file: &ExportFile,
    orders: &[PaymentOrder],
) -> Result<(), StoreError> {
    let rows = by_key(orders, |order| (&order.provider, &order.order_id))?;
    let batch = batches(rows.into_values(), |row, (order, content)| {
        write_order(row, order);
        write_version(row, file, order_night(file, order), &content);
    });
    tx.run_batches(&sql::UPSERT_ORDER_VERSION, &batch, &[])
        .await?;
    Ok(())
}

async fn save_receipts(
    tx: &mut Tx,
    file: &ExportFile,
    receipts: &[Receipt],
) -> Result<(), StoreError> {
    let rows = by_key(receipts, |receipt| &receipt.receipt_id)?;
    let batch = batches(rows.into_values(), |row, (receipt, content)| {
        write_receipt(row, receipt);
        write_version(row, file, receipt_night(file, receipt), &content);
    });
    tx.run_batches(&sql::UPSERT_RECEIPT_VERSION, &batch, &[])
        .await?;
    Ok(())
}

fn write_version(row: &mut RowText<'_>, file: &ExportFile, night: Day, content: &str) {
    row.text("night", &night.to_string())
        .text("content", content)
        .text("file_sha256", &file.sha256);
}
