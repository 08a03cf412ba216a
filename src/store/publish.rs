//! A night becomes visible as a whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::codec::{digest, json, write_key};
use super::exec::{Bind, Row, Tx};
use super::owner::{Owner, owners};
use super::run::{insert_kpis, insert_run, published};
use super::statement as sql;
use super::{Lease, RunRecord, Store, StoreError};
use crate::classify::{Bucket, Classified, Severity};
use crate::domain::{DossierCode, ExceptionId, FeeId, Receipt, RowKey, Txn};
use crate::kpi::Contribution;
use crate::matching::MatchGroup;
use crate::settle::{Inputs, Settlement};

/// The content of an entry that says that something ended.
const ENDED: &str = "ended";

/// Everything that publishing a night writes.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    /// The run; `state`, `version` and `replaces` must follow from [`Store::published`].
    pub run: &'a RunRecord,
    /// What was read: its rows are decided from now on.
    pub pool: &'a Inputs,
    /// What was decided.
    pub settlement: &'a Settlement,
    /// How much a class asks of a person; all but `info` stays open until it is settled.
    pub severity: fn(&str) -> Severity,
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
        insert_kpis(&mut tx, &run.id, &publication.settlement.shares).await?;

        let owners = owners(pool);
        let mut touched = firm_nights(&mut tx, &night).await?;
        withdraw(&mut tx, &night).await?;
        decide_rows(&mut tx, publication, &night).await?;
        decide_groups(&mut tx, publication, &night).await?;
        decide_contributions(&mut tx, publication, &night, &owners).await?;
        touched.extend(firm_nights(&mut tx, &night).await?);
        touched.insert(night.clone());
        for night in &touched {
            let binds = [Bind::Text(night)];
            tx.run(&sql::DELETE_FIRM_CHANGE, &binds).await?;
            tx.run(&sql::INSERT_FIRM_CHANGE, &binds).await?;
        }
        mark_decided(&mut tx, pool, &night).await?;
        assert_conserved(&mut tx, publication, &night).await?;
        tx.commit().await
    }
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

/// Takes the decisions of an earlier run of the night back, as if it had not been.
async fn withdraw(tx: &mut Tx, night: &str) -> Result<(), StoreError> {
    for statement in [
        &sql::RESTORE_ROW_STATE,
        &sql::DELETE_ROW_STATE,
        &sql::RESTORE_MATCH_GROUP,
        &sql::DELETE_MATCH_LEG,
        &sql::DELETE_MATCH_GROUP,
        &sql::RESTORE_CONTRIBUTION,
        &sql::DELETE_CONTRIBUTION,
    ] {
        tx.run(statement, &[Bind::Text(night)]).await?;
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

/// True when every night looks at the row again until somebody settles it.
fn is_open(row: &Classified, severity: Severity) -> bool {
    let waits = row.carried || row.bucket == Bucket::Rejected;
    waits || (row.exception_id.is_some() && severity != Severity::Info)
}

async fn decide_rows(
    tx: &mut Tx,
    publication: &Publication<'_>,
    night: &str,
) -> Result<(), StoreError> {
    let mut rows = BTreeMap::new();
    for row in &publication.settlement.rows {
        let severity = (publication.severity)(row.class);
        let open = is_open(row, severity);
        let facts = (row.class, severity, row.bucket, open, row.amount);
        let links = (&row.dossier_code, row.business_date, &row.exception_id);
        let why = (&row.evidence, &row.nearest, &row.also);
        let content = digest(&(facts, links, why))?;
        let why = (json(why.0)?, json(why.1)?, json(why.2)?);
        if rows
            .insert(&row.key, (row, severity, open, why, content))
            .is_some()
        {
            let message = format!("row {:?} has two classes", row.key);
            return Err(StoreError::Conservation(message));
        }
    }
    let batch = batches(rows, |text, (key, (row, severity, open, why, content))| {
        write_key(text, key)
            .text("class", row.class)
            .text("severity", severity.id())
            .text("bucket", row.bucket.id())
            .flag("open", open)
            .int("amount_vnd", row.amount.get())
            .opt_text(
                "dossier_code",
                row.dossier_code.as_ref().map(DossierCode::as_str),
            )
            .text("business_date", &row.business_date.to_string())
            .text("evidence", &why.0)
            .text("nearest", &why.1)
            .text("also", &why.2)
            .opt_text(
                "exception_id",
                row.exception_id.as_ref().map(ExceptionId::as_str),
            )
            .text("content", &content);
    });
    let binds = [Bind::Text(night), Bind::Text(publication.run.id.as_str())];
    tx.run_batches(&sql::INSERT_ROW_STATE, &batch, &binds)
        .await?;
    tx.run(&sql::CLOSE_ROW_STATE, &[Bind::Text(night)]).await?;
    Ok(())
}

async fn decide_groups(
    tx: &mut Tx,
    publication: &Publication<'_>,
    night: &str,
) -> Result<(), StoreError> {
    let mut groups: BTreeMap<Box<str>, Option<(&MatchGroup, [String; 3])>> = BTreeMap::new();
    // a group that had rows of the pool and is not decided again has ended
    for id in groups_before(tx, publication.pool, night).await? {
        groups.insert(id.into(), None);
    }
    for group in &publication.settlement.groups {
        let evidence = json(&group.evidence)?;
        let runner_up = json(&group.runner_up)?;
        let texts = [evidence, runner_up, digest(group)?];
        if let Some(Some(_)) = groups.insert(group.id.clone(), Some((group, texts))) {
            let message = format!("group {} was decided twice", group.id);
            return Err(StoreError::Conservation(message));
        }
    }
    let batch = batches(&groups, |text, (id, group)| {
        text.text("group_id", id).flag("live", group.is_some());
        let Some((group, [evidence, runner_up, content])) = group else {
            text.text("pass", "").int("score", 0).text("evidence", "[]");
            text.text("content", ENDED);
            return;
        };
        text.text("pass", group.pass)
            .int("score", i64::from(group.score))
            .opt_int("margin", group.margin.map(i64::from))
            .text("evidence", evidence)
            .opt_text("runner_up", group.runner_up.is_some().then_some(runner_up))
            .opt_text("difference_class", group.difference.map(|d| d.class))
            .opt_int("difference_vnd", group.difference.map(|d| d.amount.get()))
            .text("content", content);
    });
    let binds = [Bind::Text(night), Bind::Text(publication.run.id.as_str())];
    tx.run_batches(&sql::INSERT_MATCH_GROUP, &batch, &binds)
        .await?;
    tx.run(&sql::CLOSE_MATCH_GROUP, &[Bind::Text(night)])
        .await?;
    let live = groups.values().flatten();
    let mut legs = Vec::new();
    for (group, _) in live {
        for (seq, leg) in (0_i64..).zip(&group.legs) {
            legs.push((group, seq, leg, json(&leg.why)?));
        }
    }
    let batch = batches(legs, |text, (group, seq, leg, why)| {
        text.text("group_id", &group.id)
            .int("seq", seq)
            .text("side", leg.money.side.id())
            .text("source", leg.money.source.as_str())
            .text("id", &leg.money.id)
            .opt_text(
                "dossier_code",
                leg.dossier_code.as_ref().map(DossierCode::as_str),
            )
            .opt_text("fee_id", leg.fee_id.as_ref().map(FeeId::as_str))
            .int("amount_vnd", leg.amount.get())
            .text("role", leg.role.id())
            .text("pass", leg.pass)
            .text("why", &why);
    });
    tx.run_batches(&sql::INSERT_MATCH_LEG, &batch, &[Bind::Text(night)])
        .await?;
    Ok(())
}

/// Groups that held before the night and touch a row of the pool.
async fn groups_before(
    tx: &mut Tx,
    pool: &Inputs,
    night: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let as_of = [Bind::Text(night)];
    let dossiers: BTreeSet<&str> = pool.fees.iter().map(|f| f.dossier_code.as_str()).collect();
    let codes = keys(dossiers);
    let mut rows = tx
        .rows_of_batches(&sql::SELECT_LINK_BY_DOSSIER, &codes, &as_of)
        .await?;
    let money = pool.txns.iter().map(Txn::key);
    let money: BTreeSet<RowKey> = money
        .chain(pool.receipts.iter().map(Receipt::key))
        .collect();
    let batch = batches(&money, |row, key| {
        write_key(row, key);
    });
    rows.extend(
        tx.rows_of_batches(&sql::SELECT_LINK_BY_MONEY, &batch, &as_of)
            .await?,
    );
    let id = |row: &Row| Ok(row.text("group_id")?.to_owned());
    rows.iter().map(id).collect()
}

async fn decide_contributions(
    tx: &mut Tx,
    publication: &Publication<'_>,
    night: &str,
    owners: &BTreeSet<String>,
) -> Result<(), StoreError> {
    type Key = (String, String, String);
    let mut items: BTreeMap<Key, (String, Option<(&Contribution, [String; 3])>, String)> =
        BTreeMap::new();
    let before = tx
        .rows_of_batches(
            &sql::SELECT_CONTRIBUTION_KEY,
            &keys(owners),
            &[Bind::Text(night)],
        )
        .await?;
    for row in &before {
        let text = |column| Ok::<_, StoreError>(row.text(column)?.to_owned());
        let key = (text("definition")?, text("item")?, text("scope")?);
        items.insert(key, (text("owner")?, None, text("day")?));
    }
    for contribution in &publication.settlement.contributions {
        let item = &contribution.item;
        let owner = Owner::of_item(item).map(|owner| owner.text());
        let owner = owner
            .filter(|owner| owners.contains(owner))
            .ok_or_else(|| {
                StoreError::Conservation(format!(
                    "contribution {item} belongs to no row of the pool"
                ))
            })?;
        let key = (
            contribution.definition.to_owned(),
            item.to_string(),
            contribution.scope.to_string(),
        );
        let texts = [
            json(&contribution.outcomes)?,
            json(&contribution.exceptions)?,
            digest(&(&owner, contribution))?,
        ];
        let day = contribution.day.to_string();
        if let Some((_, Some(_), _)) = items.insert(key, (owner, Some((contribution, texts)), day))
        {
            let message = format!("contribution {item} was made twice");
            return Err(StoreError::Conservation(message));
        }
    }
    let batch = batches(
        &items,
        |text, ((definition, item, scope), (owner, made, day))| {
            text.text("definition", definition)
                .text("item", item)
                .text("scope", scope)
                .flag("live", made.is_some())
                .text("owner", owner)
                .text("day", day);
            let outcomes = made.as_ref().map_or(&[][..], |(made, _)| &made.outcomes);
            let (numerator, denominator) = outcomes.first().copied().unwrap_or_default();
            let ended = ["[]".to_owned(), "[]".to_owned(), ENDED.to_owned()];
            let texts = made.as_ref().map_or(&ended, |(_, texts)| texts);
            text.int("numerator", numerator)
                .int("denominator", denominator)
                .flag("firm", outcomes.len() <= 1)
                .text("outcomes", &texts[0])
                .flag(
                    "coupled",
                    made.as_ref().is_some_and(|(made, _)| made.coupled),
                )
                .text("exceptions", &texts[1])
                .text("content", &texts[2]);
        },
    );
    let binds = [Bind::Text(night), Bind::Text(publication.run.id.as_str())];
    tx.run_batches(&sql::INSERT_CONTRIBUTION, &batch, &binds)
        .await?;
    tx.run(&sql::CLOSE_CONTRIBUTION, &[Bind::Text(night)])
        .await?;
    Ok(())
}

/// From now on the rows of the pool count as decided by this night.
async fn mark_decided(tx: &mut Tx, pool: &Inputs, night: &str) -> Result<(), StoreError> {
    let night = [Bind::Text(night)];
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
