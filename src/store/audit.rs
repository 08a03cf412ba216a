//! The chain over runs and decisions: each publication is an entry, sealed with the one before it
//! and with the last decision that was written before it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::archive::Archive;
use super::batch::batches;
use super::exec::{Bind, Tx};
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{Day, RunId};

/// One entry of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Its place, from 1.
    pub seq: i64,
    /// The run.
    pub run_id: RunId,
    /// What was published, as JSON.
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

/// Appends the entry of a run that was just inserted.
pub(super) async fn append(tx: &mut Tx, run_id: &RunId) -> Result<(), StoreError> {
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
    let says = says.to_string();
    let last = tx.rows(&sql::SELECT_LAST_AUDIT, &[]).await?;
    let (seq, before) = match last.first() {
        Some(row) => (row.int("seq")?, row.text("seal_wall")?),
        None => (0, ""),
    };
    let seq = seq.saturating_add(1);
    let seal = chain_seal(before, seq, run_id.as_str(), &says);
    let batch = batches([()], |row, ()| {
        row.int("seq", seq)
            .text("run_id", run_id.as_str())
            .text("says_wall", &says)
            .text("seal_wall", &seal);
    });
    tx.run_batches(&sql::INSERT_AUDIT, &batch, &[]).await?;
    Ok(())
}

impl Store {
    /// The whole chain, in order.
    pub async fn audits(&self) -> Result<Vec<Audit>, StoreError> {
        let rows = self.read(&sql::DUMP_AUDIT_CHAIN, &[]).await?;
        let audits = rows.iter().map(|row| {
            Ok(Audit {
                seq: row.int("seq")?,
                run_id: RunId::new(row.text("run_id")?),
                says: row.text("says_wall")?.into(),
                seal: row.text("seal_wall")?.into(),
            })
        });
        let mut audits: Vec<Audit> = audits.collect::<Result<_, StoreError>>()?;
        audits.sort_by_key(|audit| audit.seq);
        Ok(audits)
    }

    /// What an entry of today would tell of a run; none where it is not there.
    pub async fn audit_of(&self, run_id: &RunId) -> Result<Option<Value>, StoreError> {
        of_run(&mut self.begin_read().await?, run_id.as_str()).await
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
        for run in self.runs().await? {
            let day = run.business_date.to_string();
            run.files.iter().for_each(|(_, sha256)| need(sha256, &day));
        }
        // the figures of a closed period are kept for good
        for closing in self.closings().await? {
            let files = closing.files.iter();
            files.for_each(|(_, sha256)| need(sha256, "9999-12-31"));
        }
        Ok(needed)
    }

    /// What was removed from the archive by rule, with the day before which it was.
    pub async fn pruned(&self) -> Result<BTreeMap<Box<str>, Box<str>>, StoreError> {
        let rows = self.read(&sql::DUMP_PRUNED, &[]).await?;
        let pruned =
            |row: &super::exec::Row| Ok((row.text("sha256")?.into(), row.text("before")?.into()));
        rows.iter().map(pruned).collect()
    }

    /// Remembers that bytes are removed by rule, then removes them.
    pub async fn prune(
        &self,
        archive: &Archive,
        objects: &[Box<str>],
        before: Day,
    ) -> Result<(), StoreError> {
        let before = before.to_string();
        let rows = batches(objects, |row, sha256| {
            row.text("sha256", sha256).text("before", &before);
        });
        let mut tx = self.begin().await?;
        tx.run_batches(&sql::INSERT_PRUNED, &rows, &[]).await?;
        tx.commit().await?;
        for sha256 in objects {
            archive.remove(sha256)?;
        }
        Ok(())
    }
}
