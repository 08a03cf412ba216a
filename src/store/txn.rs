//! Transactions: the version first stored is canonical; a later final status is an update; other
//! content under the same id is a conflict kept for a person.

use std::collections::{BTreeMap, BTreeSet};

use super::again::Attempts;
use super::batch::batches;
use super::codec::{NEVER, day, read_key, read_txn, write_key, write_reject, write_txn};
use super::exec::{Bind, Row, Tx, clean};
use super::statement as sql;
use super::{FeedDay, Store, StoreError, origin, spelling, staged};
use crate::domain::{
    Conflict, Day, Piece, Reject, RowKey, Side, SourceName, ToldBy, Txn, TxnKind, TxnStatus, Vnd,
};
use crate::normalise::Merged;

/// What one pull of one source brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Transactions of whole days or answered orders only; an id may come twice.
    pub txns: Vec<Txn>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Contradictions found already: inside the pull, or with the order; the kept version also
    /// stands in `txns`.
    pub conflicts: Vec<Conflict>,
    /// How complete each day of the window is.
    pub days: Vec<FeedDay>,
    /// The files or answers in which the rows stood.
    pub files: Vec<ToldBy>,
}

/// What a pull changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Rows never seen before.
    pub new: u64,
    /// Rows whose status or late details were updated.
    pub updated: u64,
    /// Rows with contradicting content.
    pub conflicts: u64,
    /// Rejects never seen before.
    pub rejects: u64,
}

/// Canonical rows of one source by kind and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCount {
    /// The source.
    pub source: SourceName,
    /// What the rows do.
    pub kind: TxnKind,
    /// The money's state.
    pub status: TxnStatus,
    /// Rows whose business date is the night's.
    pub count: u64,
    /// Their sum in dong, without sign.
    pub sum: i128,
    /// Rows of earlier days first seen by this night's pull.
    pub arrived_count: u64,
    /// Their sum in dong, without sign.
    pub arrived_sum: i128,
}

/// How a delivery compares with the stored rows of the same ids: `normalise::merge`.
pub type Merge = fn(&[Txn], Vec<Txn>) -> Merged;

/// One version of a row that contradicts itself.
pub(super) struct Version {
    key: RowKey,
    /// Of a registry row, the night of the version that it contradicts.
    night: Option<Day>,
    says: String,
    amount: Vnd,
    business_date: Day,
}

impl Store {
    /// Stores a pull of `source` made for `night`, in one transaction. Idempotent: the same rows
    /// again, in any overlap, change nothing.
    pub async fn save_transactions(
        &self,
        source: &SourceName,
        night: Day,
        delivery: &Delivery,
        merge: Merge,
    ) -> Result<Saved, StoreError> {
        let mut attempts = Attempts::new();
        loop {
            let done = self.save_once(source, night, delivery, merge).await;
            if !attempts.again(&done).await {
                return done;
            }
        }
    }

    async fn save_once(
        &self,
        source: &SourceName,
        night: Day,
        delivery: &Delivery,
        merge: Merge,
    ) -> Result<Saved, StoreError> {
        let mut tx = self.begin().await?;
        let incoming: Vec<Txn> = delivery.txns.iter().map(scrubbed).collect();
        let keys: BTreeSet<RowKey> = incoming.iter().map(Txn::key).collect();
        let stored = load_txns(&mut tx, &keys, NEVER).await?;
        let merged = merge(&stored, incoming);
        let conflicts = merged.conflicts.iter().chain(&delivery.conflicts);
        let versions: Vec<Version> = conflicts.flat_map(|c| versions_of(c, None)).collect();
        let mut saved = Saved::default();
        let rows = batches(&merged.fresh, write_txn);
        let night_text = night.to_string();
        let binds = [Bind::Text(&night_text)];
        saved.new = staged::store(
            &mut tx,
            (&sql::INSERT_TXN, "txn"),
            (&rows, &binds),
            &night_text,
        )
        .await?;
        let rows = batches(&merged.updated, write_txn);
        let update = (&sql::UPDATE_TXN, "txn");
        saved.updated = staged::store(&mut tx, update, (&rows, &[]), &night_text).await?;
        spelling::keep(&mut tx, &stored, (&merged.fresh, &merged.updated)).await?;
        let files = &delivery.files;
        let fresh = merged.fresh.iter().map(|txn| (txn.key(), txn.spot.0));
        origin::keep(&mut tx, (origin::TXN, &night_text), files, fresh).await?;
        saved.conflicts = save_versions(&mut tx, &versions, &night_text).await?;
        let rows = batches(&delivery.rejects, |row, reject| {
            write_reject(row, reject, reject.business_date);
        });
        let insert = (&sql::INSERT_REJECT_ROW, "reject_row");
        saved.rejects = staged::store(&mut tx, insert, (&rows, &[]), &night_text).await?;
        let rejects = delivery.rejects.iter().map(|row| (row.key(), row.spot.0));
        origin::keep(&mut tx, (origin::REJECT, &night_text), files, rejects).await?;
        let rows = batches(&delivery.days, |row, day| {
            row.text("source", source.as_str())
                .text("day", &day.day.to_string())
                .text("state", day.state.id());
        });
        let upsert = (&sql::UPSERT_FEED_DAY, "feed_day");
        staged::store(&mut tx, upsert, (&rows, &binds), &night_text).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// The canonical rows of `night` (and those of earlier days that arrived with it), by source,
    /// kind and status, in that order.
    pub async fn source_counts(&self, night: Day) -> Result<Vec<SourceCount>, StoreError> {
        let night = night.to_string();
        let rows = self
            .read(&sql::SELECT_SOURCE_COUNT, &[Bind::Text(&night)])
            .await?;
        let count = |row: &Row, column| -> Result<u64, StoreError> {
            u64::try_from(row.int(column)?).map_err(|_| row.damaged(column))
        };
        let mut counts = rows
            .iter()
            .map(|row| {
                Ok(SourceCount {
                    source: SourceName::new(row.text("source")?),
                    kind: row.parsed("kind", TxnKind::parse)?,
                    status: row.parsed("status", TxnStatus::parse)?,
                    count: count(row, "counted")?,
                    sum: row.int("sum_vnd")?.into(),
                    arrived_count: count(row, "arrived")?,
                    arrived_sum: row.int("arrived_vnd")?.into(),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        counts.sort_by(|a, b| (&a.source, a.kind, a.status).cmp(&(&b.source, b.kind, b.status)));
        Ok(counts)
    }

    /// The money rows of these days that a night up to `night` has decided, each with the first
    /// night that did; in no order.
    pub async fn period_rows(
        &self,
        (from, to): (Day, Day),
        night: Day,
    ) -> Result<Vec<(PeriodRow, Day)>, StoreError> {
        let [from, to, night] = [from, to, night].map(|day| day.to_string());
        let binds = [Bind::Text(&from), Bind::Text(&to), Bind::Text(&night)];
        let rows = self.read(&sql::SELECT_PERIOD_ROW, &binds).await?;
        let one = |row: &Row| {
            let told = PeriodRow {
                key: RowKey {
                    side: Side::Txn,
                    source: SourceName::new(row.text("source")?),
                    id: row.text("id")?.into(),
                    dossier: None,
                },
                kind: row.parsed("kind", TxnKind::parse)?,
                day: row.parsed("business_date", day)?,
                amount: Vnd::new(row.int("amount_vnd")?),
            };
            Ok((told, row.parsed("since", day)?))
        };
        rows.iter().map(one).collect()
    }
}

/// A money row under its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodRow {
    /// The row.
    pub key: RowKey,
    /// What it is.
    pub kind: TxnKind,
    /// Its business date.
    pub day: Day,
    /// Dong, without sign.
    pub amount: Vnd,
}

/// The row without U+0000, as the database holds it.
pub(super) fn scrubbed(txn: &Txn) -> Txn {
    let piece = |text: &str| -> Piece { (*clean(text)).into() };
    let option = |text: &Option<Piece>| text.as_deref().map(piece);
    Txn {
        id: piece(&txn.id),
        order_ref: option(&txn.order_ref),
        memo: piece(&txn.memo),
        status_word: txn.status_word.as_deref().map(|word| Box::new(piece(word))),
        payer: piece(&txn.payer),
        account: option(&txn.account),
        bank_ref: option(&txn.bank_ref),
        ..txn.clone()
    }
}

/// The versions of a contradiction that another stage found; `night` is that of the registry
/// version it concerns.
pub(super) fn versions_of(conflict: &Conflict, night: Option<Day>) -> Vec<Version> {
    let versions = conflict.versions.iter();
    versions
        .map(|says| Version {
            key: conflict.key.clone(),
            night,
            says: says.to_string(),
            amount: conflict.largest,
            business_date: conflict.business_date,
        })
        .collect()
}

/// Stores versions; a transaction with a new one is looked at again. Tells how many rows have one.
pub(super) async fn save_versions(
    tx: &mut Tx,
    versions: &[Version],
    pulled_for: &str,
) -> Result<u64, StoreError> {
    let rows = batches(versions, |row, version| {
        let night = version.night.map(|night| night.to_string());
        write_key(row, &version.key)
            .text("night", night.as_deref().unwrap_or_default())
            .text("says", &version.says)
            .int("amount_vnd", version.amount.get())
            .text("business_date", &version.business_date.to_string());
    });
    let found = tx
        .rows_of_batches(&sql::INSERT_CONFLICT_VERSION, &rows, &[])
        .await?;
    let new = (&sql::STAGE_ROW, "conflict_version");
    staged::note(tx, new, &found, pulled_for).await?;
    let mut touched = BTreeSet::new();
    for row in &found {
        touched.insert((
            row.text("side")?.to_owned(),
            row.text("source")?.to_owned(),
            row.text("id")?.to_owned(),
        ));
    }
    let txns = touched.iter().filter(|(side, ..)| side == Side::Txn.id());
    let rows = batches(txns, |row, (_, source, id)| {
        row.text("source", source).text("id", id);
    });
    let reopened = tx.rows_of_batches(&sql::REOPEN_TXN, &rows, &[]).await?;
    let untold = (&sql::STAGE_UNTOLD_ROW, "txn");
    staged::note(tx, untold, &reopened, pulled_for).await?;
    Ok(u64::try_from(touched.len()).unwrap_or(u64::MAX))
}

/// The canonical rows of these keys that count by `night`, in key order.
pub(super) async fn load_txns(
    tx: &mut Tx,
    keys: &BTreeSet<RowKey>,
    night: &str,
) -> Result<Vec<Txn>, StoreError> {
    let documents = batches(keys, |row, key| {
        write_key(row, key);
    });
    let as_of = [Bind::Text(night)];
    tx.read_batches(&sql::SELECT_TXN_BY_KEY, &documents, &as_of, read_txn)
        .await
}

/// A contradiction put together again from its versions.
pub(super) fn assemble(
    rows: &[Row],
    kept: &BTreeMap<RowKey, (Vnd, Option<Day>)>,
) -> Result<Vec<Conflict>, StoreError> {
    let mut found: BTreeMap<RowKey, Conflict> = BTreeMap::new();
    for row in rows {
        let key = read_key(row)?;
        let Some((amount, on)) = kept.get(&key) else {
            continue;
        };
        let business_date = match on {
            Some(on) => *on,
            None => row.parsed("business_date", day)?,
        };
        let conflict = found.entry(key.clone()).or_insert_with(|| Conflict {
            key,
            kept: *amount,
            largest: *amount,
            versions: Vec::new(),
            business_date,
        });
        conflict.largest = conflict.largest.max(Vnd::new(row.int("amount_vnd")?));
        conflict.business_date = conflict.business_date.min(business_date);
        conflict.versions.push(row.text("says")?.into());
    }
    for conflict in found.values_mut() {
        conflict.versions.sort();
        conflict.versions.dedup();
    }
    Ok(found.into_values().collect())
}
