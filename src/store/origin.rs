//! Where rows stood in what told them: evidence that leads a person from a row to the line of the
//! archived bytes. No business state: it decides nothing, and the first telling stays.

use std::collections::BTreeMap;

use serde_json::Value;

use super::batch::batches;
use super::codec::{code, read_key, write_key};
use super::exec::{Bind, Row, Tx};
use super::seal::ORIGIN;
use super::statement as sql;
use super::{Store, StoreError, staged};
use crate::domain::{Day, DossierCode, Origin, RowKey, Side, SourceName, Spot, ToldBy};

/// A transaction: of all tellings the first.
pub(super) const TXN: &str = "";
/// A row that could not be read: its id may be that of another row.
pub(super) const REJECT: &str = "reject";

/// What a version of a registry row is told by: the beginning of the digest of its file.
pub(super) fn version(file_sha256: &str) -> &str {
    file_sha256.get(..16).unwrap_or(file_sha256)
}

/// Keeps where rows stood among the `files` of their delivery to the pull of `night`, as far as
/// that is known.
pub(super) async fn keep(
    tx: &mut Tx,
    (told_by, night): (&str, &str),
    files: &[ToldBy],
    rows: impl Iterator<Item = (RowKey, Spot)>,
) -> Result<(), StoreError> {
    let place = |(key, spot): (RowKey, Spot)| Some((key, spot.among(files)?));
    let known = rows.filter_map(place);
    let known = known.filter(|(_, origin)| !origin.sha256.is_empty());
    let batch = batches(known, |row, (key, origin)| {
        write_key(row, &key)
            .text("sha256", &origin.sha256)
            .text("name", &origin.name)
            .int("line", i64::try_from(origin.line).unwrap_or(i64::MAX));
    });
    let (insert, told_by) = ((&sql::INSERT_ORIGIN, ORIGIN.table), [Bind::Text(told_by)]);
    staged::store(tx, insert, (&batch, &told_by), night).await?;
    Ok(())
}

fn read(row: &Row) -> Result<(RowKey, (Box<str>, Origin)), StoreError> {
    let origin = Origin {
        name: row.text("name")?.into(),
        sha256: row.text("sha256")?.into(),
        line: u64::try_from(row.int("line")?).map_err(|_| row.damaged("line"))?,
    };
    Ok((read_key(row)?, (row.text("told_by")?.into(), origin)))
}

impl Store {
    /// Where every row stood, as [`ORIGIN`] lists its columns.
    pub async fn all_origins(&self) -> Result<Vec<Value>, StoreError> {
        let rows = self.read(&sql::DUMP_ORIGIN, &[]).await?;
        rows.iter().map(Row::object).collect()
    }

    /// Where these rows stood, as of `night`: of a fee or a receipt the line that told the version
    /// of that night, of a transaction the first. A row that older programs stored has no entry.
    pub async fn origins<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k RowKey>,
        night: Day,
    ) -> Result<BTreeMap<RowKey, Origin>, StoreError> {
        let documents = batches(keys, |row, key| {
            write_key(row, key);
        });
        let mut tx = self.begin_read().await?;
        let rows = tx
            .rows_of_batches(&sql::SELECT_ORIGIN, &documents, &[])
            .await?;
        let mut told: BTreeMap<RowKey, BTreeMap<Box<str>, Origin>> = BTreeMap::new();
        for row in &rows {
            let (key, (by, origin)) = read(row)?;
            told.entry(key).or_default().insert(by, origin);
        }
        let versions = versions(&mut tx, told.keys(), night).await?;
        let mut origins = BTreeMap::new();
        for (key, mut told) in told {
            let by = match key.side {
                Side::Txn => Some(TXN),
                Side::Fee | Side::Receipt => versions.get(&key).map(|sha256| version(sha256)),
            };
            // what is no row of the registry could not be read
            let found = by.and_then(|by| told.remove(by));
            if let Some(origin) = found.or_else(|| told.remove(REJECT)) {
                origins.insert(key, origin);
            }
        }
        Ok(origins)
    }
}

/// The files that told the versions of registry rows which hold as of `night`.
async fn versions<'k>(
    tx: &mut Tx,
    keys: impl Iterator<Item = &'k RowKey>,
    night: Day,
) -> Result<BTreeMap<RowKey, Box<str>>, StoreError> {
    let (fees, receipts): (Vec<_>, Vec<_>) = keys
        .filter(|key| key.side != Side::Txn)
        .partition(|key| key.side == Side::Fee);
    let fees = batches(fees, |row, key| {
        let dossier = key.dossier.as_ref().map_or("", DossierCode::as_str);
        row.text("dossier_code", dossier).text("fee_id", &key.id);
    });
    let receipts = batches(receipts, |row, key| {
        row.text("receipt_id", &key.id);
    });
    let mut told = Vec::new();
    for row in &tx
        .rows_of_batches(&sql::SELECT_FEE_VERSION, &fees, &[])
        .await?
    {
        let key = RowKey {
            side: Side::Fee,
            source: SourceName::none(),
            id: row.text("fee_id")?.into(),
            dossier: Some(row.parsed("dossier_code", code)?),
        };
        told.push((key, of_version(row)?));
    }
    let read = tx.rows_of_batches(&sql::SELECT_RECEIPT_VERSION, &receipts, &[]);
    for row in &read.await? {
        let key = RowKey::receipt(row.text("receipt_id")?);
        told.push((key, of_version(row)?));
    }
    let night = night.to_string();
    told.retain(|(_, (from, _))| **from <= *night);
    // the latest of a row comes last and stays
    told.sort();
    let held = told.into_iter().map(|(key, (_, sha256))| (key, sha256));
    Ok(held.collect())
}

/// From which night a version counts, and the file that told it.
fn of_version(row: &Row) -> Result<(Box<str>, Box<str>), StoreError> {
    Ok((row.text("night")?.into(), row.text("file_sha256")?.into()))
}
