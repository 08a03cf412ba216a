//! Rows between the pull that stores them and the publication that seals them: the digest of each
//! is kept with it, in one transaction, and whoever changes a row in the meantime is found out by
//! the publication, which ends there, and by `verify`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::batch::batches;
use super::codec::NEVER;
use super::exec::{Bind, Row, Tx};
use super::seal::{EVIDENCE, ORIGIN, SEALED, Sealed, SealedAs, digest};
use super::statement::{self as sql, Statement};
use super::{Store, StoreError};

/// Stands between the columns of a key.
pub(super) const BETWEEN: char = '\u{1f}';
/// The column that publications write, and nothing else does.
const DECIDED: &str = "decided_night";

/// A row as a pull stored it, while no list of seals holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// The table of the row.
    pub table: Box<str>,
    /// Its primary key, as [`staged_as`] writes it.
    pub key: Box<str>,
    /// 16 hex digits over its columns.
    pub seal: Box<str>,
}

/// The primary key of a row, U+001F between the columns, and 16 hex digits over all its columns
/// but the one that publications write.
pub fn staged_as(sealed: &Sealed, row: &Value) -> (String, String) {
    let column = |name: &&'static str| match *name {
        // of one content a row may have several versions, of one night only one
        "content" => "night",
        name => name,
    };
    let key = sealed.key.iter().map(|name| match &row[column(name)] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let key = key.collect::<Vec<_>>().join("\u{1f}");
    (key, digest(row, |name| name == DECIDED))
}

/// What people are told of a row: its table and key, without what contradictions say.
pub fn staged_name(table: &str, key: &str) -> String {
    let parts = key.split(BETWEEN).filter(|part| !part.is_empty());
    let parts: Vec<&str> = match table {
        "conflict_version" => parts.take(3).collect(),
        _ => parts.collect(),
    };
    format!("{table} {}", parts.join(" "))
}

fn of_table(table: &str) -> Result<&'static Sealed, StoreError> {
    let mut all = SEALED.iter().chain(EVIDENCE).chain([&ORIGIN]);
    let found = all.find(|sealed| sealed.table == table);
    found.ok_or_else(|| StoreError::Corrupt {
        what: format!("the stage of {table}"),
        detail: "no list seals that table".to_owned(),
    })
}

/// Runs a statement that stores rows of `table` for the pull of `night`, and keeps the digest of
/// each that it says it stored. Tells how many.
pub(super) async fn store(
    tx: &mut Tx,
    (statement, table): (&'static Statement, &'static str),
    (batches, more): (&[String], &[Bind<'_>]),
    night: &str,
) -> Result<u64, StoreError> {
    let mut stored = 0;
    for batch in batches {
        let rows = tx
            .rows_of_batches(statement, std::slice::from_ref(batch), more)
            .await?;
        note(tx, (&sql::STAGE_ROW, table), &rows, night).await?;
        stored += u64::try_from(rows.len()).unwrap_or(u64::MAX);
    }
    Ok(stored)
}

/// Keeps the digests of these rows.
pub(super) async fn note(
    tx: &mut Tx,
    (how, table): (&'static Statement, &'static str),
    rows: &[Row],
    night: &str,
) -> Result<(), StoreError> {
    let sealed = of_table(table)?;
    let mut told = BTreeMap::new();
    for row in rows {
        let (key, seal) = staged_as(sealed, &row.object()?);
        told.insert(key, seal);
    }
    let rows = batches(&told, |row, (key, seal)| {
        row.text("table_name", table)
            .text("row_key", key)
            .text("seal", seal);
    });
    tx.run_batches(how, &rows, &[Bind::Text(night)]).await?;
    Ok(())
}

/// Forgets these rows: they stand under another key, or a list holds them.
pub(super) async fn forget(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = (&str, &str)>,
) -> Result<(), StoreError> {
    let rows = batches(rows, |row, (table, key)| {
        row.text("table_name", table).text("row_key", key);
    });
    tx.run_batches(&sql::UNSTAGE_ROW, &rows, &[]).await?;
    Ok(())
}

impl Store {
    /// Every row that a pull stored and no list of seals holds yet.
    pub async fn staged(&self) -> Result<Vec<Staged>, StoreError> {
        let rows = self.read(&sql::DUMP_STAGED, &[]).await?;
        let mut all = Vec::new();
        for row in &rows {
            if row.text("table_name")?.is_empty() {
                continue;
            }
            all.push(Staged {
                table: row.text("table_name")?.into(),
                key: row.text("row_key")?.into(),
                seal: row.text("seal")?.into(),
            });
        }
        Ok(all)
    }
}

impl Store {
    /// True where older programs pulled into the database and nothing was published since: what
    /// they stored has no digest.
    pub async fn pulled_by_older(&self) -> Result<bool, StoreError> {
        let rows = self.read(&sql::DUMP_STAGED, &[]).await?;
        let tables: Result<Vec<_>, _> = rows.iter().map(|row| row.text("table_name")).collect();
        Ok(tables?.contains(&""))
    }
}

/// What a pull told of a row.
struct Told {
    seal: Box<str>,
    night: Box<str>,
}

/// A row that a publication seals although no pull stored it since the last one.
pub(super) struct Unknown {
    pub(super) sealed: &'static Sealed,
    /// Its place in a list of seals, and its hash there.
    pub(super) line: (String, String),
    /// What it tells in the open: its place, and the values.
    pub(super) told: Option<(String, String)>,
    key: String,
}

/// The stage, as a publication finds it.
pub(super) struct Stage {
    rows: BTreeMap<Box<str>, BTreeMap<Box<str>, Told>>,
    /// Older programs pulled into the database, and nothing was published since.
    older: bool,
    covered: BTreeSet<(&'static str, String)>,
    unknown: Vec<Unknown>,
    altered: BTreeSet<String>,
}

impl Stage {
    pub(super) async fn read(tx: &mut Tx) -> Result<Self, StoreError> {
        let mut stage = Self {
            rows: BTreeMap::new(),
            older: false,
            covered: BTreeSet::new(),
            unknown: Vec::new(),
            altered: BTreeSet::new(),
        };
        for row in &tx.rows(&sql::DUMP_STAGED, &[]).await? {
            let table = row.text("table_name")?;
            if table.is_empty() {
                stage.older = true;
                continue;
            }
            let told = Told {
                seal: row.text("seal")?.into(),
                night: row.text("night")?.into(),
            };
            let of_table = stage.rows.entry(table.into()).or_default();
            of_table.insert(row.text("row_key")?.into(), told);
        }
        Ok(stage)
    }

    /// Holds a row that the publication of `night` seals against what its pull told.
    pub(super) fn hold(
        &mut self,
        sealed: &'static Sealed,
        row: &Value,
        night: &str,
        line: (String, String),
        told: Option<(String, String)>,
    ) {
        if sealed.kind == SealedAs::Decided || sealed.table == "decision" {
            return;
        }
        let (key, seal) = staged_as(sealed, row);
        let is_facts = sealed.kind == SealedAs::Facts;
        let stays_new = is_facts && row[sealed.marker] == NEVER;
        let staged = self.rows.get(sealed.table).and_then(|t| t.get(&*key));
        match staged {
            Some(told) if *told.seal != *seal => {
                self.altered.insert(staged_name(sealed.table, &key));
            }
            Some(_) if !stays_new => {
                self.covered.insert((sealed.table, key));
            }
            Some(_) => {}
            None => {
                let mine = !is_facts || row[sealed.marker] == night;
                // of other tables a night lists rows again that older lists hold
                if mine && !sealed.marker.is_empty() && sealed.table != "reading" {
                    self.unknown.push(Unknown {
                        sealed,
                        line,
                        told,
                        key,
                    });
                }
            }
        }
    }

    /// Keys of the rows of `table` that the pulls of the nights after `after` up to `night` stored.
    pub(super) fn waiting(&self, table: &str, (night, after): (&str, &str)) -> BTreeSet<String> {
        let rows = self.rows.get(table).into_iter().flatten();
        let mine = rows.filter(|(_, told)| *told.night > *after && *told.night <= *night);
        mine.map(|(key, _)| key.to_string()).collect()
    }

    /// Rows of these keys are not there any more.
    pub(super) fn gone(&mut self, table: &str, keys: &BTreeSet<String>) {
        let names = keys.iter().map(|key| staged_name(table, key));
        self.altered.extend(names);
    }

    /// Rows that no pull stored since the last publication: some earlier list has to hold them.
    pub(super) fn unknown(&self) -> &[Unknown] {
        if self.older { &[] } else { &self.unknown }
    }

    /// No list holds the row as it is.
    pub(super) fn alter(&mut self, rows: &[usize]) {
        for row in rows.iter().filter_map(|at| self.unknown.get(*at)) {
            self.altered.insert(staged_name(row.sealed.table, &row.key));
        }
    }

    /// Rows that the pulls of the nights after `after` up to `night` stored and the publication
    /// does not seal are there still, for a later night.
    pub(super) async fn missing(
        &mut self,
        tx: &mut Tx,
        (night, after): (&str, &str),
    ) -> Result<(), StoreError> {
        for sealed in SEALED.iter().filter(|sealed| !sealed.marker.is_empty()) {
            let Some(staged) = self.rows.get(sealed.table) else {
                continue;
            };
            let of_night = |told: &Told| *told.night > *after && *told.night <= *night;
            let mut left: BTreeMap<&str, &Told> = staged
                .iter()
                .filter(|(_, told)| of_night(told))
                .map(|(key, told)| (&**key, told))
                .collect();
            left.retain(|key, _| !self.covered.contains(&(sealed.table, (*key).to_owned())));
            if left.is_empty() {
                continue;
            }
            for row in left_over(tx, sealed, &left, night).await? {
                let (key, seal) = staged_as(sealed, &row.object()?);
                let same = |told: &&Told| *told.seal == *seal;
                if left.get(&*key).is_some_and(same) {
                    left.remove(&*key);
                }
            }
            let gone = left.keys().map(|key| staged_name(sealed.table, key));
            self.altered.extend(gone.collect::<Vec<_>>());
        }
        Ok(())
    }

    /// Ends the publication where a row is not as its pull stored it; else what is sealed now
    /// leaves the stage.
    pub(super) async fn end(self, tx: &mut Tx, last: &str) -> Result<(), StoreError> {
        if !self.altered.is_empty() {
            return Err(StoreError::Altered(self.altered.into_iter().collect()));
        }
        let covered = self.covered.iter();
        forget(tx, covered.map(|(table, key)| (*table, key.as_str()))).await?;
        if !self.older {
            return Ok(());
        }
        // what older programs pulled for nights to come has no digest yet
        for sealed in SEALED.iter().filter(|sealed| {
            let of_pull = sealed.kind != SealedAs::Decided && sealed.table != "decision";
            of_pull && !sealed.marker.is_empty()
        }) {
            let rows = after(tx, sealed, last).await?;
            note(tx, (&sql::STAGE_UNTOLD_ROW, sealed.table), &rows, "").await?;
        }
        forget(tx, [("", "")]).await
    }
}

/// Rows of these keys that no list holds.
async fn left_over(
    tx: &mut Tx,
    sealed: &'static Sealed,
    left: &BTreeMap<&str, &Told>,
    night: &str,
) -> Result<Vec<Row>, StoreError> {
    let (statement, columns): (_, &[&'static str]) = match sealed.table {
        "fee_version" => (&sql::SELECT_FEE_VERSION, &["dossier_code", "fee_id"]),
        "order_version" => (&sql::SELECT_ORDER_VERSION, &["provider", "order_id"]),
        "receipt_version" => (&sql::SELECT_RECEIPT_VERSION, &["receipt_id"]),
        _ => return after(tx, sealed, night).await,
    };
    let identity = |key: &&str| {
        let parts = key.split(BETWEEN).take(columns.len());
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    let identities: BTreeSet<Vec<String>> = left.keys().map(identity).collect();
    let keys = batches(&identities, |row, identity| {
        for (column, value) in columns.iter().zip(identity) {
            row.text(column, value);
        }
    });
    tx.rows_of_batches(statement, &keys, &[]).await
}

/// Rows of nights after `night`, and such that are not decided yet.
async fn after(tx: &mut Tx, sealed: &'static Sealed, night: &str) -> Result<Vec<Row>, StoreError> {
    let binds = [Bind::Text(NEVER), Bind::Text(night)];
    let binds = binds.get(..sealed.of_night.binds).unwrap_or(&binds);
    tx.rows(sealed.of_night, binds).await
}
