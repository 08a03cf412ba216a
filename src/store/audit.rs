//! The chain over runs and decisions: each publication is an entry, sealed with the one before it
//! and with the last decision that was written before it. What the rule of retention removes is an
//! entry of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::archive::Archive;
use super::batch::batches;
use super::codec::{NEVER, from_json};
use super::exec::{Bind, Tx};
use super::run::KeptFile;
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{Day, RunId};

/// One entry of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Its place, from 1.
    pub seq: i64,
    /// The run; of a removal by rule the one from which the rule counted.
    pub run_id: RunId,
    /// What was published, or removed, as JSON.
    pub says: Box<str>,
    /// 64 hex digits.
    pub seal: Box<str>,
}

/// The seal of an entry after the seal `before` (empty for the first): SHA-256 over that seal, its
/// place, its run and what it says, a line each.
pub fn chain_seal(before: &str, seq: i64, run_id: &str, says: &str) -> Box<str> {
    let content = format!("{before}\n{seq}\n{run_id}\n{says}");
    hex::encode(Sha256::digest(content)).into()
}

fn corrupt(error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        what: "the chain of runs".to_owned(),
        detail: error.to_string(),
    }
}

/// The run's row and its documents, as an entry tells them.
async fn of_run(tx: &mut Tx, run_id: &str) -> Result<Option<Value>, StoreError> {
    let binds = [Bind::Text(run_id)];
    let rows = tx.rows(&sql::SELECT_AUDIT_RUN, &binds).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let mut run: Value = serde_json::from_str(&row.print()?).map_err(|e| corrupt(&e))?;
    // long texts by their digests
    for column in ["run_json", "sources_json", "calibration_json"] {
        let digest = hex::encode(Sha256::digest(run[column].as_str().unwrap_or_default()));
        run[column] = digest.into();
    }
    let mut kept = BTreeMap::new();
    for row in &tx.rows(&sql::SELECT_RUN_KEPT, &binds).await? {
        kept.insert(row.text("what")?.to_owned(), row.text("sha256")?.to_owned());
    }
    Ok(Some(json!({ "run": run, "kept": kept })))
}

/// Lists that the chain alone names: what the answers of each night were, and where rows stood in
/// them.
const LISTS: [&str; 2] = ["evidence", "origin"];

/// Appends the entry of a run that was just inserted. `lists` tells of each of [`LISTS`] how many
/// lines it has and its digest, of the answers its form, too; none where nothing is sealed.
pub(super) async fn append(
    tx: &mut Tx,
    run_id: &RunId,
    lists: Option<Value>,
) -> Result<(), StoreError> {
    let Some(mut says) = of_run(tx, run_id.as_str()).await? else {
        return Err(StoreError::Conservation(format!(
            "run {run_id} is not there"
        )));
    };
    let last = tx.rows(&sql::SELECT_LAST_DECISION, &[]).await?;
    if let Some(row) = last.first() {
        says["decision"] = json!([row.int("seq")?, row.text("seal_wall")?]);
    }
    let last = tx.rows(&sql::SELECT_LAST_CLOSING, &[]).await?;
    if let Some(row) = last.first() {
        says["closing"] = json!([row.int("seq")?, row.text("seal_wall")?]);
    }
    for (name, list) in LISTS.into_iter().zip(lists.iter().cycle()) {
        says[name] = list[name].clone();
    }
    let last = Last::read(tx).await?;
    says["pruned"] = match last.says.get("pruned") {
        Some(pruned) => pruned.clone(),
        // an entry of an older program tells nothing of it
        None => removed(tx).await?.says(),
    };
    chain(tx, &last, run_id, &says).await
}

/// Appends that the book of closings has an entry more: place and seal. Else the newest one could
/// be taken away until the next publication told it.
pub(super) async fn append_closing(
    tx: &mut Tx,
    run_id: &RunId,
    (seq, seal): (i64, &str),
) -> Result<(), StoreError> {
    let last = Last::read(tx).await?;
    let mut says = json!({ "closing": [seq, seal] });
    says["pruned"] = match last.says.get("pruned") {
        Some(pruned) => pruned.clone(),
        None => removed(tx).await?.says(),
    };
    chain(tx, &last, run_id, &says).await
}

/// The last entry of the chain.
#[derive(Default)]
struct Last {
    seq: i64,
    seal: Box<str>,
    says: Value,
}

impl Last {
    /// Reads it; place 0 and no seal where there is none.
    async fn read(tx: &mut Tx) -> Result<Self, StoreError> {
        let last = tx.rows(&sql::SELECT_LAST_AUDIT, &[]).await?;
        let Some(row) = last.first() else {
            return Ok(Self::default());
        };
        Ok(Self {
            seq: row.int("seq")?,
            seal: row.text("seal_wall")?.into(),
            says: serde_json::from_str(row.text("says_wall")?).unwrap_or_default(),
        })
    }
}

/// Writes an entry after the last one.
async fn chain(tx: &mut Tx, last: &Last, run_id: &RunId, says: &Value) -> Result<(), StoreError> {
    let says = says.to_string();
    let seq = last.seq.saturating_add(1);
    let seal = chain_seal(&last.seal, seq, run_id.as_str(), &says);
    let batch = batches([()], |row, ()| {
        row.int("seq", seq)
            .text("run_id", run_id.as_str())
            .text("says_wall", &says)
            .text("seal_wall", &seal);
    });
    tx.run_batches(&sql::INSERT_AUDIT, &batch, &[]).await?;
    Ok(())
}

/// What was removed from the archive by rule: digests of the bytes, each with the day before which
/// nothing was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed(BTreeMap<Box<str>, Box<str>>);

impl Removed {
    /// True for bytes that were removed by rule.
    pub fn holds(&self, sha256: &str) -> bool {
        self.0.contains_key(sha256)
    }

    /// As the chain tells it: how many, and the digest over all.
    pub fn says(&self) -> Value {
        let lines = self
            .0
            .iter()
            .map(|(sha256, before)| format!("{sha256} {before}\n"));
        let digest = hex::encode(Sha256::digest(lines.collect::<String>()));
        json!([self.0.len(), digest])
    }
}

async fn removed(tx: &mut Tx) -> Result<Removed, StoreError> {
    let rows = tx.rows(&sql::DUMP_PRUNED, &[]).await?;
    let pruned =
        |row: &super::exec::Row| Ok((row.text("sha256")?.into(), row.text("before")?.into()));
    let rows: Result<_, StoreError> = rows.iter().map(pruned).collect();
    Ok(Removed(rows?))
}

/// True for bytes that the rule of retention removed, as the chain tells it too.
pub(super) async fn is_pruned(tx: &mut Tx, sha256: &str) -> Result<bool, StoreError> {
    let removed = removed(tx).await?;
    let last = Last::read(tx).await?;
    Ok(removed.holds(sha256) && last.says.get("pruned") == Some(&removed.says()))
}

/// The digest of a list that the chain alone names.
fn list_of(audit: &Audit, name: &str) -> Option<Box<str>> {
    let says: Value = serde_json::from_str(&audit.says).ok()?;
    Some(says[name][1].as_str()?.into())
}

fn entries(rows: &[super::exec::Row]) -> Result<Vec<Audit>, StoreError> {
    let audit = |row: &super::exec::Row| {
        Ok(Audit {
            seq: row.int("seq")?,
            run_id: RunId::new(row.text("run_id")?),
            says: row.text("says_wall")?.into(),
            seal: row.text("seal_wall")?.into(),
        })
    };
    let audits: Result<Vec<Audit>, StoreError> = rows.iter().map(audit).collect();
    let mut audits = audits?;
    audits.sort_by_key(|audit| audit.seq);
    Ok(audits)
}

impl Store {
    /// The whole chain, in order.
    pub async fn audits(&self) -> Result<Vec<Audit>, StoreError> {
        entries(&self.read(&sql::DUMP_AUDIT_CHAIN, &[]).await?)
    }

    /// What the chain tells of one run, in order.
    async fn audits_of(&self, run_id: &RunId) -> Result<Vec<Audit>, StoreError> {
        let binds = [Bind::Text(run_id.as_str())];
        entries(&self.read(&sql::SELECT_AUDIT_ENTRY, &binds).await?)
    }

    /// Every run that the chain tells of, with the place of its publication.
    pub async fn publications(&self) -> Result<BTreeMap<RunId, i64>, StoreError> {
        let rows = self.read(&sql::SELECT_PUBLICATION, &[]).await?;
        let place = |row: &super::exec::Row| Ok((RunId::new(row.text("run_id")?), row.int("seq")?));
        rows.iter().map(place).collect()
    }

    /// What an entry of today would tell of a run; none where it is not there.
    pub async fn audit_of(&self, run_id: &RunId) -> Result<Option<Value>, StoreError> {
        of_run(&mut self.begin_read().await?, run_id.as_str()).await
    }

    /// True of a run that the chain tells of, if it and its documents are as they were published.
    pub async fn is_as_chained(&self, run_id: &RunId) -> Result<bool, StoreError> {
        let Some(now) = self.audit_of(run_id).await? else {
            return Ok(false);
        };
        let mine = self.audits_of(run_id).await?.into_iter();
        let says = mine.filter_map(|entry| serde_json::from_str::<Value>(&entry.says).ok());
        let mut published = says.filter(|says| says["run"].is_object());
        Ok(published.any(|says| says["run"] == now["run"] && says["kept"] == now["kept"]))
    }

    /// Archived bytes that the database names, each with the last day that needs it.
    pub async fn evidence(&self) -> Result<BTreeMap<Box<str>, Box<str>>, StoreError> {
        let mut needed: BTreeMap<Box<str>, Box<str>> = BTreeMap::new();
        let mut need = |sha256: &str, day: &str| {
            let known = needed.entry(sha256.into()).or_default();
            if **known < *day {
                *known = day.into();
            }
        };
        for row in &self.read(&sql::DUMP_EVIDENCE, &[]).await? {
            need(row.text("sha256")?, row.text("day")?);
        }
        for row in &self.read(&sql::SELECT_RUN_FILE, &[]).await? {
            let files: Vec<KeptFile> = from_json(row, "files_json")?;
            let day = row.text("business_date")?;
            for (_, sha256) in &files {
                need(sha256, day);
            }
        }
        // what seals rows that stay, and the figures of a closed period, are kept for good
        let chain = self.audits().await?;
        for entry in &chain {
            let lists = LISTS.into_iter().filter_map(|name| list_of(entry, name));
            lists.for_each(|list| need(&list, "9999-12-31"));
        }
        for closing in self.closings().await? {
            let files = closing.files.iter();
            files.for_each(|(_, sha256)| need(sha256, "9999-12-31"));
        }
        Ok(needed)
    }

    /// What was removed from the archive by rule.
    pub async fn pruned(&self) -> Result<Removed, StoreError> {
        removed(&mut self.begin_read().await?).await
    }

    /// Remembers that bytes are removed by rule, in the chain too, then removes them. `last` is the
    /// run from which the rule counted.
    pub async fn prune(
        &self,
        archive: &Archive,
        objects: &[Box<str>],
        (before, last): (Day, &RunId),
    ) -> Result<(), StoreError> {
        if objects.is_empty() {
            return Ok(());
        }
        let before = before.to_string();
        let rows = batches(objects, |row, sha256| {
            row.text("sha256", sha256).text("before", &before);
        });
        let mut tx = self.begin().await?;
        tx.run_batches(&sql::INSERT_PRUNED, &rows, &[]).await?;
        let says = json!({ "pruned": removed(&mut tx).await?.says() });
        let end = Last::read(&mut tx).await?;
        chain(&mut tx, &end, last, &says).await?;
        tx.commit().await?;
        for sha256 in objects {
            archive.remove(sha256)?;
        }
        Ok(())
    }

    /// The digest of the list that seals the answers of a run's night; none where the chain tells
    /// none.
    pub async fn sealed_evidence(&self, run_id: &RunId) -> Result<Option<Box<str>>, StoreError> {
        let mine = self.audits_of(run_id).await?;
        Ok(mine.iter().find_map(|entry| list_of(entry, "evidence")))
    }

    /// Every answer of every night, as [`super::EVIDENCE`] lists its columns.
    pub async fn answers(&self) -> Result<Vec<Value>, StoreError> {
        let binds = [Bind::Text(NEVER), Bind::Text("")];
        let rows = self.read(&sql::SELECT_SEALED_READING, &binds).await?;
        rows.iter().map(super::exec::Row::object).collect()
    }

    /// Where all archived bytes came from, as [`super::EVIDENCE`] lists its columns.
    pub async fn raws(&self) -> Result<Vec<Value>, StoreError> {
        let rows = self.read(&sql::DUMP_RAW, &[]).await?;
        rows.iter().map(super::exec::Row::object).collect()
    }

    /// The answers of the nights after `after` up to `night`, and where their bytes came from, by
    /// table; evidence as [`super::EVIDENCE`] lists it.
    pub async fn evidence_of(
        &self,
        night: Day,
        after: &str,
    ) -> Result<Vec<(&'static super::Sealed, Vec<Value>)>, StoreError> {
        let night = night.to_string();
        let mut tx = self.begin_read().await?;
        let mut tables = Vec::new();
        for sealed in super::EVIDENCE {
            let binds = [Bind::Text(&night), Bind::Text(after)];
            let rows = tx.rows(sealed.of_night, &binds).await?;
            let rows: Result<Vec<Value>, _> = rows.iter().map(|row| row.object()).collect();
            tables.push((sealed, rows?));
        }
        Ok(tables)
    }
}
