//! A night becomes visible as a whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::again::Attempts;
use super::archive::Archive;
use super::batch::{batches, keys};
use super::codec::{NEVER, write_key};
use super::decide::{decide_contributions, decide_groups, decide_rows};
use super::exec::{Bind, Tx};
use super::later::Later;
use super::owner::owners_of_night;
use super::run::{KeptFile, insert_kept, insert_kpis, insert_run, published};
use super::seal::SealList;
use super::staged::{Stage, Unknown};
use super::statement as sql;
use super::{Lease, Outgoing, RunRecord, Store, StoreError, audit, outbox, seal};
use crate::settle::{Inputs, Settlement};

/// Everything that publishing a night writes.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    /// The run; `state`, `version` and `replaces` must follow from [`Store::published`].
    pub run: &'a RunRecord,
    /// What was read: its rows are decided from now on.
    pub pool: &'a Inputs,
    /// What was decided.
    pub settlement: &'a Settlement,
    /// The documents that it was made from, in the archive.
    pub kept: &'a [KeptFile],
    /// Where the list of seals goes; none seals nothing (tests of the store alone).
    pub archive: Option<&'a Archive>,
    /// What is to be sent of it.
    pub outbox: &'a [Outgoing],
    /// Now, RFC 3339.
    pub now_wall: &'a str,
}

impl Store {
    /// Publishes in one transaction: the decisions of the night replace those of an earlier run of
    /// the same night, the earlier run becomes `superseded`, and counts and sums are read back and
    /// compared before the commit.
    pub async fn publish(
        &self,
        lease: &Lease,
        publication: &Publication<'_>,
    ) -> Result<(), StoreError> {
        let mut attempts = Attempts::new();
        loop {
            let done = self.publish_once(lease, publication).await;
            if !attempts.again(&done).await {
                return done;
            }
        }
    }

    async fn publish_once(
        &self,
        lease: &Lease,
        publication: &Publication<'_>,
    ) -> Result<(), StoreError> {
        let Publication { run, pool, .. } = publication;
        let night = run.business_date.to_string();
        let mut tx = self.begin().await?;
        let fence = [Bind::Text(&lease.token), Bind::Text(publication.now_wall)];
        if tx.run(&sql::FENCE_LEASE, &fence).await? != 1 {
            return Err(StoreError::LeaseLost);
        }
        assert_run_follows(&mut tx, run).await?;
        tx.run(&sql::SUPERSEDE_RUN, &[Bind::Text(&night)]).await?;
        insert_run(&mut tx, run, publication.now_wall).await?;
        insert_kept(&mut tx, run, publication.kept).await?;
        insert_kpis(&mut tx, &run.id, &publication.settlement.shares).await?;

        let stood = decide(&mut tx, publication, &night).await?;
        // where a later night knows less, the next one reads what is new here with what it names
        let stays_new = if stood.is_empty() { "" } else { NEVER };
        mark_decided(&mut tx, pool, &night, stays_new).await?;
        assert_conserved(&mut tx, publication, &night).await?;
        let lists = match publication.archive {
            Some(archive) => Some(sealed(&mut tx, archive, publication, &stood).await?),
            None => None,
        };
        audit::append(&mut tx, &run.id, lists).await?;
        outbox::insert(&mut tx, publication.outbox, publication.now_wall).await?;
        tx.commit().await
    }
}

/// Writes the decisions of the night in place of those of an earlier run of it. Tells as of which
/// later nights something was written too, so that what these decided stands.
async fn decide(
    tx: &mut Tx,
    publication: &Publication<'_>,
    night: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let owners = owners_of_night(tx, publication.pool, night).await?;
    let later = Later::before(tx, night).await?;
    let mut touched = firm_nights(tx, night).await?;
    for written in &later.written {
        touched.extend(firm_nights(tx, written).await?);
        touched.insert(written.clone());
        withdraw(tx, written, night).await?;
    }
    withdraw(tx, night, night).await?;
    decide_rows(tx, publication, night).await?;
    decide_groups(tx, publication, night).await?;
    decide_contributions(tx, publication, night, &owners).await?;
    let run_id = publication.run.id.as_str();
    let stood = later.stand(tx, publication.archive, run_id).await?;
    for night in stood.iter().map(String::as_str).chain([night]) {
        touched.extend(firm_nights(tx, night).await?);
        touched.insert(night.to_owned());
    }
    for night in &touched {
        sum_up(tx, night).await?;
    }
    Ok(stood)
}

/// Seals the rows of the night, the answers that it read and where rows stood in them; tells how
/// many of these, and the digests of their lists, for the chain.
async fn sealed(
    tx: &mut Tx,
    archive: &Archive,
    publication: &Publication<'_>,
    stood: &BTreeSet<String>,
) -> Result<Value, StoreError> {
    let night = publication.run.business_date.to_string();
    let before = [Bind::Text(&night)];
    let before = tx.rows(&sql::SELECT_NIGHT_BEFORE, &before).await?;
    let after = before.first().map_or(Ok(""), |row| row.text("night"))?;
    let contested = &publication.pool.conflicts;
    let mut stage = Stage::read(tx).await?;
    let mut seals = seal::of_night(tx, (&night, after), contested, &mut stage).await?;
    for later in stood {
        seals.extend(seal::of_later(tx, later, publication.run.id.as_str()).await?);
    }
    let seals = [("seals".into(), archive.put(&seals)?.sha256.into())];
    insert_kept(tx, publication.run, &seals).await?;
    let lines = seal::of_evidence(tx, (&night, after), &mut stage).await?;
    let origins = seal::of_origins(tx, (&night, after), &mut stage).await?;
    as_pulled(tx, archive, publication.run, (stage, after)).await?;
    let list = archive.put(lines.concat().as_bytes())?;
    let evidence = json!([lines.len(), list.sha256, seal::EVIDENCE_FORM]);
    let list = archive.put(origins.concat().as_bytes())?;
    Ok(json!({ "evidence": evidence, "origin": [origins.len(), list.sha256] }))
}

/// Nothing is sealed that is not as its pull stored it, or as an earlier list holds it.
async fn as_pulled(
    tx: &mut Tx,
    archive: &Archive,
    run: &RunRecord,
    (mut stage, after): (Stage, &str),
) -> Result<(), StoreError> {
    let night = run.business_date.to_string();
    let replaces = run.replaces.as_ref().map_or("", |id| id.as_str());
    let binds = [Bind::Text(&night), Bind::Text(replaces)];
    let mut last = night.clone();
    let mut lists = Vec::new();
    for row in &tx.rows(&sql::SELECT_SEAL_LIST, &binds).await? {
        row.text("business_date")?.clone_into(&mut last);
        lists.push(row.opt_text("sha256")?.map(str::to_owned));
    }
    if !stage.unknown().is_empty() {
        let altered = nowhere(archive, &lists, stage.unknown());
        stage.alter(&altered);
    }
    if last == night {
        stage.missing(tx, (&night, after)).await?;
    }
    stage.end(tx, &last).await
}

/// Those of the rows that no list holds as they are; none where a list says less or is not there:
/// `verify` tells of one that is gone.
fn nowhere(archive: &Archive, lists: &[Option<String>], rows: &[Unknown]) -> Vec<usize> {
    let read = |sha256: &Option<String>| {
        let list = SealList::read(&archive.get(sha256.as_deref()?).ok()?);
        (list.form >= seal::FORM).then_some(list)
    };
    let Some(lists) = lists.iter().map(read).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    let holds = |row: &Unknown| {
        let has = |table: &str, (key, value): &(String, String)| {
            let mut told = lists
                .iter()
                .filter_map(|list| list.lines.get(table)?.get(key));
            told.any(|told| told.contains(value))
        };
        let open = format!("{}+", row.sealed.table);
        has(row.sealed.table, &row.line) && row.told.as_ref().is_none_or(|told| has(&open, told))
    };
    let rows = rows.iter().enumerate();
    rows.filter(|(_, row)| !holds(row))
        .map(|(at, _)| at)
        .collect()
}

/// A run is the first of its night, or replaces the one that stands.
async fn assert_run_follows(tx: &mut Tx, run: &RunRecord) -> Result<(), StoreError> {
    let night = run.business_date.to_string();
    let stands = published(tx, &night).await?;
    let (version, replaces) = match &stands {
        Some(old) => (old.version + 1, Some(&old.id)),
        None => (1, None),
    };
    if run.version == version && run.replaces.as_ref() == replaces && &*run.state == "published" {
        return Ok(());
    }
    Err(StoreError::Conservation(format!(
        "run {} does not follow {}",
        run.id,
        stands.map_or_else(|| "nothing".to_owned(), |old| old.id.to_string())
    )))
}

/// Takes what earlier runs of the night `of` decided as of `night` back, as if they had not been.
async fn withdraw(tx: &mut Tx, night: &str, of: &str) -> Result<(), StoreError> {
    for statement in [
        &sql::RESTORE_ROW_STATE,
        &sql::DELETE_ROW_STATE,
        &sql::RESTORE_MATCH_GROUP,
        &sql::DELETE_MATCH_LEG,
        &sql::DELETE_MATCH_GROUP,
        &sql::RESTORE_CONTRIBUTION,
        &sql::DELETE_CONTRIBUTION,
    ] {
        tx.run(statement, &[Bind::Text(night), Bind::Text(of)])
            .await?;
    }
    Ok(())
}

/// Nights whose firm changes the contributions of `night` reach into: those that ended them.
async fn firm_nights(tx: &mut Tx, night: &str) -> Result<BTreeSet<String>, StoreError> {
    let binds = [Bind::Text(night)];
    let rows = tx.rows(&sql::SELECT_CONTRIBUTION_UNTIL, &binds).await?;
    rows.iter()
        .map(|row| Ok(row.text("until")?.to_owned()))
        .collect()
}

/// Makes the firm sums of a night anew from its contributions, and those of half months with them.
async fn sum_up(tx: &mut Tx, night: &str) -> Result<(), StoreError> {
    for statement in [
        &sql::TAKE_FIRM_HALF,
        &sql::DELETE_EMPTY_FIRM_HALF,
        &sql::DELETE_FIRM_CHANGE,
        &sql::INSERT_FIRM_CHANGE,
        &sql::ADD_FIRM_HALF,
        &sql::DELETE_EMPTY_FIRM_HALF,
    ] {
        tx.run(statement, &[Bind::Text(night)]).await?;
    }
    Ok(())
}

/// From now on the rows of the pool count as decided by this night, but for those that count as
/// decided by `stays`.
async fn mark_decided(
    tx: &mut Tx,
    pool: &Inputs,
    night: &str,
    stays: &str,
) -> Result<(), StoreError> {
    let decided = [Bind::Text(night)];
    let night = [Bind::Text(night), Bind::Text(stays)];
    let rows = batches(&pool.txns, |row, txn| {
        row.text("source", txn.source.as_str()).text("id", &txn.id);
    });
    tx.run_batches(&sql::DECIDE_TXN, &rows, &night).await?;
    let rows = batches(&pool.fees, |row, fee| {
        row.text("dossier_code", fee.dossier_code.as_str())
            .text("fee_id", fee.fee_id.as_str());
    });
    tx.run_batches(&sql::DECIDE_FEE_VERSION, &rows, &night)
        .await?;
    let rows = batches(&pool.orders, |row, order| {
        row.text("provider", &order.provider)
            .text("order_id", &order.order_id);
    });
    tx.run_batches(&sql::DECIDE_ORDER_VERSION, &rows, &night)
        .await?;
    let rows = batches(&pool.receipts, |row, receipt| {
        row.text("receipt_id", &receipt.receipt_id);
    });
    tx.run_batches(&sql::DECIDE_RECEIPT_VERSION, &rows, &night)
        .await?;
    let rows = batches(&pool.rejects, |row, reject| {
        row.text("side", reject.side.id())
            .text("source", reject.source.as_str())
            .text("id", &reject.id);
    });
    tx.run_batches(&sql::DECIDE_REJECT_ROW, &rows, &night)
        .await?;
    tx.run(&sql::DECIDE_DECISION, &decided).await?;
    Ok(())
}

/// Reads back what the night now says and compares it with what was to be written.
async fn assert_conserved(
    tx: &mut Tx,
    publication: &Publication<'_>,
    night: &str,
) -> Result<(), StoreError> {
    let settlement = publication.settlement;
    let mut wanted: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for row in &settlement.rows {
        let sum = wanted.entry(row.bucket.id()).or_default();
        *sum = (sum.0 + 1, sum.1 + row.amount.wide());
    }
    let batch = batches(settlement.rows.iter().map(|row| &row.key), |row, key| {
        write_key(row, key);
    });
    let as_of = [Bind::Text(night)];
    let mut found: BTreeMap<String, (i128, i128)> = BTreeMap::new();
    for row in tx
        .rows_of_batches(&sql::CHECK_ROW_STATE, &batch, &as_of)
        .await?
    {
        let sum = found.entry(row.text("bucket")?.to_owned()).or_default();
        sum.0 += i128::from(row.int("counted")?);
        sum.1 += i128::from(row.int("sum_vnd")?);
    }
    compare(
        "rows",
        &wanted,
        &found.iter().map(|(k, v)| (k.as_str(), *v)).collect(),
    )?;

    let legs = settlement.groups.iter().flat_map(|group| &group.legs);
    let wanted = legs.fold((0, 0), |sum: (i128, i128), leg| {
        (sum.0 + 1, sum.1 + leg.amount.wide())
    });
    let ids = keys(settlement.groups.iter().map(|group| &group.id));
    let mut found = (0, 0);
    for row in tx
        .rows_of_batches(&sql::CHECK_MATCH_LEG, &ids, &as_of)
        .await?
    {
        found.0 += i128::from(row.int("counted")?);
        found.1 += i128::from(row.int("sum_vnd")?);
    }
    compare("legs", &[("all", wanted)].into(), &[("all", found)].into())
}

/// The error that says what differs.
fn compare(
    what: &str,
    wanted: &BTreeMap<&str, (i128, i128)>,
    found: &BTreeMap<&str, (i128, i128)>,
) -> Result<(), StoreError> {
    if wanted == found {
        return Ok(());
    }
    Err(StoreError::Conservation(format!(
        "{what}: wrote {wanted:?}, read {found:?} (count, dong)"
    )))
}
