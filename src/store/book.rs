//! The book of decisions: appended to by people at any time, read by nights.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::codec::{NEVER, code, day, from_json, json, read_fee, read_key, write_key};
use super::exec::{Bind, Row, Tx};
use super::statement as sql;
use super::txn::load_txns;
use super::{Store, StoreError};
use crate::decision::{Action, Draft, Entry, in_force, owners, seal};
use crate::domain::{Day, Decision, DossierCode, Fee, Receipt, Reject, RowKey, Ruling, Txn, Vnd};
use crate::settle::Inputs;

/// How often a place in the book may be taken by somebody else before giving up.
const TRIES: u32 = 50;

/// How an attempt to append ended.
enum Appended {
    Written(Vec<Entry>),
    /// The row has a newer entry than was seen.
    Overtaken,
    /// Somebody else took the place in the book.
    PlaceTaken,
}

impl Store {
    /// Every entry, in order.
    pub async fn decisions(&self) -> Result<Vec<Entry>, StoreError> {
        entries(&self.read(&sql::SELECT_DECISION, &[]).await?)
    }

    /// The entries about one row, in order.
    pub async fn decisions_of(&self, row: &RowKey) -> Result<Vec<Entry>, StoreError> {
        of_rows(&mut self.begin_read().await?, [row], NEVER).await
    }

    /// Appends an entry about a row whose last entry is `seen`; none when somebody was faster.
    pub async fn append_decision(
        &self,
        draft: &Draft,
        seen: Option<u64>,
    ) -> Result<Option<Entry>, StoreError> {
        let written = self.append_decisions(&[(draft, seen)]).await?;
        Ok(written.and_then(|entries| entries.into_iter().next()))
    }

    /// Appends entries together or not at all; none when somebody was faster about any of the rows.
    pub async fn append_decisions(
        &self,
        drafts: &[(&Draft, Option<u64>)],
    ) -> Result<Option<Vec<Entry>>, StoreError> {
        for _ in 0..TRIES {
            match self.try_append(drafts).await {
                // somebody wrote at the same moment: look again
                Err(StoreError::Busy(_) | StoreError::GaveWay(_)) | Ok(Appended::PlaceTaken) => {}
                Ok(Appended::Overtaken) => return Ok(None),
                Ok(Appended::Written(entries)) => return Ok(Some(entries)),
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Busy("the book of decisions".to_owned()))
    }

    async fn try_append(&self, drafts: &[(&Draft, Option<u64>)]) -> Result<Appended, StoreError> {
        let mut tx = self.begin().await?;
        for (draft, seen) in drafts {
            let of_row = of_rows(&mut tx, [&draft.row], NEVER).await?;
            if of_row.last().map(|entry| entry.seq) != *seen {
                return Ok(Appended::Overtaken);
            }
        }
        let last = entries(&tx.rows(&sql::SELECT_LAST_DECISION, &[]).await?)?;
        let last = last.into_iter().next_back();
        let (mut before, mut seq) = last.map_or(("".into(), 0), |entry| (entry.seal, entry.seq));
        let mut written = Vec::new();
        for (draft, _) in drafts {
            seq += 1;
            let sealed = seal(&before, seq, draft).map_err(|error| StoreError::Corrupt {
                what: "a decision".to_owned(),
                detail: error.to_string(),
            })?;
            before.clone_from(&sealed);
            let entry = Entry {
                seq,
                draft: (*draft).clone(),
                seal: sealed,
            };
            let rows = write(&entry)?;
            if tx.run_batches(&sql::INSERT_DECISION, &rows, &[]).await? != 1 {
                return Ok(Appended::PlaceTaken);
            }
            written.push(entry);
        }
        tx.commit().await?;
        Ok(Appended::Written(written))
    }

    /// Who of these rows was given to whom by `night`, in order of the rows.
    pub async fn assigned(
        &self,
        rows: impl IntoIterator<Item = &RowKey>,
        night: Day,
    ) -> Result<Vec<(RowKey, Box<str>)>, StoreError> {
        let mut tx = self.begin_read().await?;
        let entries = of_rows(&mut tx, rows, &night.to_string()).await?;
        let owners: BTreeMap<&RowKey, &str> = owners(&entries);
        let owned = owners.into_iter();
        Ok(owned.map(|(row, to)| (row.clone(), to.into())).collect())
    }

    /// The entries about these rows that count by `night`, in order.
    pub async fn entries_of(
        &self,
        rows: impl IntoIterator<Item = &RowKey>,
        night: Day,
    ) -> Result<Vec<Entry>, StoreError> {
        of_rows(&mut self.begin_read().await?, rows, &night.to_string()).await
    }

    /// A transaction by its key, as it is known now.
    pub async fn txn(&self, key: &RowKey) -> Result<Option<Txn>, StoreError> {
        let mut tx = self.begin_read().await?;
        let found = load_txns(&mut tx, &BTreeSet::from([key.clone()]), NEVER).await?;
        Ok(found.into_iter().next())
    }

    /// The fee lines of dossiers as they are known now.
    pub async fn fees_of(&self, dossiers: &BTreeSet<DossierCode>) -> Result<Vec<Fee>, StoreError> {
        let codes = keys(dossiers.iter().map(DossierCode::as_str));
        let mut tx = self.begin_read().await?;
        let whenever = [Bind::Text(NEVER)];
        let rows = tx
            .rows_of_batches(&sql::SELECT_FEE_BY_DOSSIER, &codes, &whenever)
            .await?;
        let mut fees: Vec<Fee> = rows.iter().map(read_fee).collect::<Result<_, _>>()?;
        fees.sort_by_cached_key(|fee| (fee.dossier_code.clone(), fee.kind, fee.fee_id.clone()));
        Ok(fees)
    }
}

/// The rulings in force on `night` about rows of the pool.
pub(super) async fn rulings(
    tx: &mut Tx,
    pool: &Inputs,
    night: Day,
) -> Result<Vec<Decision>, StoreError> {
    let fees = pool.fees.iter().map(Fee::key);
    let txns = pool.txns.iter().map(Txn::key);
    let receipts = pool.receipts.iter().map(Receipt::key);
    let unread = pool.rejects.iter().map(Reject::key);
    let here = fees.chain(txns).chain(receipts).chain(unread);
    let here: BTreeSet<RowKey> = here.collect();
    Ok(in_force(&of_rows(tx, &here, &night.to_string()).await?))
}

/// The entries about these rows that count by `night`, in order.
async fn of_rows(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = &RowKey>,
    night: &str,
) -> Result<Vec<Entry>, StoreError> {
    let batch = batches(rows, |row, key| {
        write_key(row, key);
    });
    let found = tx
        .rows_of_batches(&sql::SELECT_DECISION_BY_ROW, &batch, &[Bind::Text(night)])
        .await?;
    entries(&found)
}

/// The rows that entries not applied before `night` are about, and the dossiers that they name.
pub(super) async fn decided_anew(
    tx: &mut Tx,
    night: &str,
) -> Result<(BTreeSet<RowKey>, BTreeSet<DossierCode>), StoreError> {
    let (mut rows, mut dossiers) = (BTreeSet::new(), BTreeSet::new());
    for row in &tx
        .rows(&sql::SELECT_NEW_DECISION, &[Bind::Text(night)])
        .await?
    {
        let key = read_key(row)?;
        dossiers.extend(key.dossier.clone());
        dossiers.extend(row.opt_parsed("dossier_code", code)?);
        if let Action::Rule(Ruling::Pays(shares)) = from_json(row, "action")? {
            dossiers.extend(shares.into_iter().map(|share| share.dossier_code));
        }
        rows.insert(key);
    }
    Ok((rows, dossiers))
}

fn write(entry: &Entry) -> Result<Vec<String>, StoreError> {
    let draft = &entry.draft;
    let seq = i64::try_from(entry.seq).map_err(|_| StoreError::Overflow("decisions"))?;
    let action = json(&draft.action)?;
    Ok(batches([draft], |row, draft| {
        write_key(row, &draft.row)
            .int("seq", seq)
            .opt_text(
                "dossier_code",
                draft.dossier_code.as_ref().map(DossierCode::as_str),
            )
            .text("night", &draft.night.to_string())
            .text("action", &action)
            .int("amount_vnd", draft.amount_then.get())
            .text("class", &draft.class_then)
            .text("decided_by", &draft.by)
            .text("reason", &draft.reason)
            .text("at_wall", &draft.at_wall)
            .text("seal_wall", &entry.seal);
    }))
}

fn entries(rows: &[Row]) -> Result<Vec<Entry>, StoreError> {
    let entry = |row: &Row| {
        Ok(Entry {
            seq: u64::try_from(row.int("seq")?).map_err(|_| row.damaged("seq"))?,
            draft: Draft {
                row: read_key(row)?,
                dossier_code: row.opt_parsed("dossier_code", code)?,
                action: from_json(row, "action")?,
                amount_then: Vnd::new(row.int("amount_vnd")?),
                class_then: row.text("class")?.into(),
                by: row.text("decided_by")?.into(),
                reason: row.text("reason")?.into(),
                night: row.parsed("night", day)?,
                at_wall: row.text("at_wall")?.into(),
            },
            seal: row.text("seal_wall")?.into(),
        })
    };
    let mut entries: Vec<Entry> = rows.iter().map(entry).collect::<Result<_, StoreError>>()?;
    entries.sort_by_key(|entry| entry.seq);
    Ok(entries)
}
