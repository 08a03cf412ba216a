//! What storing a delivery again would change: nothing, where the store still holds what the
//! archived answers told. Reads only.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::batch::{RowText, batches};
use super::codec::{
    NEVER, write_agency, write_fee, write_key, write_order, write_receipt, write_reject, write_txn,
};
use super::exec::{Bind, Row, Tx};
use super::statement::{self as sql, Statement};
use super::txn::{load_txns, scrubbed};
use super::{Delivery, ExportFile, Merge, RegistryRows, Store, StoreError};
use crate::domain::{Conflict, Day, RowKey, SourceName, Txn};

/// Where the store differs from what an answer told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row.
    pub key: String,
    /// The first column that differs; empty where the whole row is not there.
    pub column: String,
    /// What the store holds.
    pub stored: String,
    /// What was told.
    pub told: String,
}

impl Difference {
    fn missing(table: &'static str, key: String) -> Self {
        Self {
            table,
            key,
            column: String::new(),
            stored: String::new(),
            told: String::new(),
        }
    }

    /// The first column in which two rows differ, in the order of `told`.
    fn of(table: &'static str, key: &str, stored: &Value, told: &Value) -> Option<Self> {
        let differs = |(name, value): &(&String, &Value)| stored[name.as_str()] != **value;
        let (column, value) = told.as_object()?.iter().find(differs)?;
        Some(Self {
            table,
            key: key.to_owned(),
            column: column.clone(),
            stored: shown(column, &stored[column.as_str()]),
            told: shown(column, value),
        })
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A value for people: names of persons stay where they are.
fn shown(column: &str, value: &Value) -> String {
    if matches!(column, "payer" | "payer_name" | "cashier") {
        return "***".to_owned();
    }
    plain(value)
}

fn damaged(detail: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        what: "a row".to_owned(),
        detail: detail.to_string(),
    }
}

/// A row of ours as the document that a batch holds.
fn document<T>(row: &T, write: impl Fn(&mut RowText<'_>, &T)) -> Result<Value, StoreError> {
    let text = batches([row], |text, row| write(text, row)).concat();
    let mut document: Value = serde_json::from_str(&text).map_err(|e| damaged(&e))?;
    Ok(document["0"].take())
}

fn stored(row: &Row) -> Result<Value, StoreError> {
    serde_json::from_str(&row.print()?).map_err(|e| damaged(&e))
}

impl Store {
    /// What of a delivery of `source` on `night` the store does not hold as told. A row that moved
    /// on since, by the answers of a later night, is no difference.
    pub async fn differences(
        &self,
        (source, night): (&SourceName, Day),
        delivery: &Delivery,
        merge: Merge,
    ) -> Result<Vec<Difference>, StoreError> {
        let mut tx = self.begin_read().await?;
        let incoming: Vec<Txn> = delivery.txns.iter().map(scrubbed).collect();
        let keys: BTreeSet<RowKey> = incoming.iter().map(Txn::key).collect();
        let held = load_txns(&mut tx, &keys, NEVER).await?;
        let mut found = Vec::new();
        let known: BTreeMap<RowKey, &Txn> = held.iter().map(|txn| (txn.key(), txn)).collect();
        let told: BTreeMap<RowKey, &Txn> = incoming.iter().map(|txn| (txn.key(), txn)).collect();
        let mut differing: BTreeSet<RowKey> = BTreeSet::new();
        let merged = merge(&held, incoming.clone());
        differing.extend(merged.fresh.iter().chain(&merged.updated).map(Txn::key));
        let conflicts = merged.conflicts.iter().chain(&delivery.conflicts);
        differing.extend(unknown_conflicts(&mut tx, conflicts).await?);
        let later = decided_after(&mut tx, &differing, night).await?;
        for key in differing {
            let moved_on = |held: &Txn, told: &Txn| {
                let merged = merge(std::slice::from_ref(told), vec![held.clone()]);
                let mut rows = merged.updated.iter().chain(&merged.unchanged);
                merged.conflicts.is_empty() && rows.any(|row| row == held)
            };
            let pair = known.get(&key).zip(told.get(&key));
            if later.contains(&key) && pair.is_some_and(|(held, told)| moved_on(held, told)) {
                continue;
            }
            let name = format!("{source}/{}", key.id);
            let difference = match pair {
                Some((held, told)) => {
                    let (held, told) = (document(*held, write_txn)?, document(*told, write_txn)?);
                    Difference::of("txn", &name, &held, &told)
                }
                None => None,
            };
            found.push(difference.unwrap_or_else(|| Difference::missing("txn", name)));
        }
        found.extend(rejects(&mut tx, delivery.rejects.iter()).await?);
        found.sort();
        Ok(found)
    }

    /// What of a registry's file the store does not hold as told.
    pub async fn registry_differences(
        &self,
        file: &ExportFile,
        rows: &RegistryRows,
    ) -> Result<Vec<Difference>, StoreError> {
        let mut tx = self.begin_read().await?;
        let mut found = Vec::new();
        let fees = Kind(
            "fee_version",
            &["dossier_code", "fee_id"],
            &sql::SELECT_FEE_VERSION,
        );
        found.extend(versions(&mut tx, file, &fees, &rows.fees, write_fee).await?);
        let orders = Kind(
            "order_version",
            &["provider", "order_id"],
            &sql::SELECT_ORDER_VERSION,
        );
        found.extend(versions(&mut tx, file, &orders, &rows.orders, write_order).await?);
        let receipts = Kind(
            "receipt_version",
            &["receipt_id"],
            &sql::SELECT_RECEIPT_VERSION,
        );
        found.extend(versions(&mut tx, file, &receipts, &rows.receipts, write_receipt).await?);
        let agencies = Kind(
            "agency_version",
            &["code", "valid_from"],
            &sql::SELECT_AGENCY_VERSION,
        );
        found.extend(versions(&mut tx, file, &agencies, &rows.agencies, write_agency).await?);
        found.extend(rejects(&mut tx, rows.rejects.iter()).await?);
        found.sort();
        Ok(found)
    }
}

/// Of these rows those whose present content a later night decided first.
async fn decided_after(
    tx: &mut Tx,
    keys: &BTreeSet<RowKey>,
    night: Day,
) -> Result<BTreeSet<RowKey>, StoreError> {
    let batch = batches(keys, |row, key| {
        write_key(row, key);
    });
    let night = night.to_string();
    let binds = [Bind::Text(&night)];
    let rows = tx
        .rows_of_batches(&sql::SELECT_TXN_DECIDED_AFTER, &batch, &binds)
        .await?;
    let key = |row: &Row| {
        Ok(RowKey::txn(
            &SourceName::new(row.text("source")?),
            row.text("id")?,
        ))
    };
    rows.iter().map(key).collect()
}

/// The rows of contradictions of which a version is not stored.
async fn unknown_conflicts<'a>(
    tx: &mut Tx,
    conflicts: impl Iterator<Item = &'a Conflict>,
) -> Result<BTreeSet<RowKey>, StoreError> {
    let conflicts: Vec<&Conflict> = conflicts.collect();
    let keys: BTreeSet<&RowKey> = conflicts.iter().map(|conflict| &conflict.key).collect();
    let batch = batches(keys, |row, key| {
        write_key(row, key);
    });
    let mut known: BTreeSet<(RowKey, String)> = BTreeSet::new();
    for row in &tx
        .rows_of_batches(&sql::SELECT_CONFLICT_BY_ROW, &batch, &[])
        .await?
    {
        known.insert((super::codec::read_key(row)?, row.text("says")?.to_owned()));
    }
    let is_known = |conflict: &&&Conflict| {
        let mut versions = conflict.versions.iter();
        versions.all(|says| known.contains(&(conflict.key.clone(), says.to_string())))
    };
    let unknown = conflicts.iter().filter(|conflict| !is_known(conflict));
    Ok(unknown.map(|conflict| conflict.key.clone()).collect())
}

/// Bad rows that are not stored as told: of the same identity the one read first stays.
async fn rejects<'a>(
    tx: &mut Tx,
    rejects: impl Iterator<Item = &'a crate::domain::Reject>,
) -> Result<Vec<Difference>, StoreError> {
    let told: Vec<_> = rejects.collect();
    let write = |row: &mut RowText<'_>, reject: &&crate::domain::Reject| {
        write_reject(row, reject, reject.business_date);
    };
    let batch = batches(&told, |row, reject| write(row, reject));
    let rows = tx
        .rows_of_batches(&sql::SELECT_REJECT_BY_KEY, &batch, &[])
        .await?;
    let name = |row: &Value| {
        let part = |column: &str| plain(&row[column]);
        format!("{} {}/{}", part("side"), part("source"), part("id"))
    };
    let mut held = BTreeMap::new();
    for row in &rows {
        let row = stored(row)?;
        held.insert(name(&row), row);
    }
    let mut found = Vec::new();
    for reject in &told {
        let mut told = document(reject, write)?;
        let key = name(&told);
        // which file and line told it first, and from which night it counts, is not this answer's
        if let Some(columns) = told.as_object_mut() {
            for column in ["file", "line", "night", "business_date"] {
                columns.remove(column);
            }
        }
        match held.get(&key) {
            None => found.push(Difference::missing("reject_row", key)),
            Some(held) => found.extend(Difference::of("reject_row", &key, held, &told)),
        }
    }
    Ok(found)
}

/// A kind of registry rows: its table, its identity, and how versions are read.
struct Kind(&'static str, &'static [&'static str], &'static Statement);

/// Rows of a file of which no version says what was told, unless another file has spoken since.
async fn versions<T>(
    tx: &mut Tx,
    file: &ExportFile,
    kind: &Kind,
    rows: &[T],
    write: impl Fn(&mut RowText<'_>, &T),
) -> Result<Vec<Difference>, StoreError> {
    let Kind(table, identity, statement) = kind;
    let name = |row: &Value| {
        let parts = identity.iter().map(|column| plain(&row[*column]));
        parts.collect::<Vec<_>>().join("/")
    };
    let batch = batches(rows, |text, row| write(text, row));
    let mut held: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in &tx.rows_of_batches(statement, &batch, &[]).await? {
        let row = stored(row)?;
        held.entry(name(&row)).or_default().push(row);
    }
    let mut told = BTreeMap::new();
    for row in rows {
        // of one identity the last row of the file counts
        let row = document(row, &write)?;
        told.insert(name(&row), row);
    }
    let day = file.day.to_string();
    let mut found = Vec::new();
    for (key, told) in &told {
        let versions = held.get(key).map_or(&[][..], Vec::as_slice);
        let differs = |held: &Value| Difference::of(table, key, held, told);
        if versions.iter().any(|held| differs(held).is_none()) {
            continue;
        }
        let is_of_file = |held: &&Value| held["file_sha256"] == *file.sha256;
        if let Some(held) = versions.iter().find(is_of_file) {
            found.extend(differs(held));
            continue;
        }
        // a version of the same day or a later one took its place
        let spoken = |held: &Value| {
            let said = held["said_last"].as_str().or(held["night"].as_str());
            said.is_some_and(|said| said >= day.as_str())
        };
        if !versions.iter().any(spoken) {
            let nearest = versions.last().and_then(differs);
            let missing = || Difference::missing(table, key.clone());
            found.push(nearest.unwrap_or_else(missing));
        }
    }
    Ok(found)
}
