//! Writing what a night decided: row states, groups with their legs, contributions. Each is an
//! entry `(key, night, until)`; what holds already is not repeated, what is not decided again ends.

use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::codec::{digest, json, read_key, write_key};
use super::exec::{Bind, Row, Tx};
use super::owner::Owner;
use super::statement as sql;
use super::{Publication, StoreError};
use crate::classify::{Bucket, Severity};
use crate::domain::{DossierCode, ExceptionId, FeeId, Receipt, RowKey, Txn};
use crate::kpi::Contribution;
use crate::matching::MatchGroup;
use crate::settle::Inputs;

/// The content of an entry that says that something ended.
pub(super) const ENDED: &str = "ended";

pub(super) async fn decide_rows(
    tx: &mut Tx,
    publication: &Publication<'_>,
    night: &str,
) -> Result<(), StoreError> {
    let mut rows = BTreeMap::new();
    for row in &publication.settlement.rows {
        let severity = row.severity;
        let open = row.is_open();
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
    let mut batch = batch;
    batch.extend(readable_at_last(tx, publication, night).await?);
    let binds = [Bind::Text(night), Bind::Text(publication.run.id.as_str())];
    tx.run_batches(&sql::INSERT_ROW_STATE, &batch, &binds)
        .await?;
    tx.run(&sql::CLOSE_ROW_STATE, &[Bind::Text(night)]).await?;
    Ok(())
}

/// Bad rows that came in good order under another key: a fee's tells its dossier, which the bad
/// row's does not. They end here.
async fn readable_at_last(
    tx: &mut Tx,
    publication: &Publication<'_>,
    night: &str,
) -> Result<Vec<String>, StoreError> {
    let mut ended = BTreeMap::new();
    for row in tx
        .rows(&sql::SELECT_OPEN_REJECT_KEY, &[Bind::Text(night)])
        .await?
    {
        ended.insert(read_key(&row)?, row.text("business_date")?.to_owned());
    }
    for row in &publication.settlement.rows {
        ended.remove(&row.key);
    }
    for reject in &publication.pool.rejects {
        ended.remove(&reject.key());
    }
    Ok(batches(ended, |text, (key, business_date)| {
        write_key(text, &key)
            .text("class", "ok")
            .text("severity", Severity::Info.id())
            .text("bucket", Bucket::Excluded.id())
            .flag("open", false)
            .int("amount_vnd", 0)
            .text("business_date", &business_date)
            .text("evidence", "[]")
            .text("nearest", "[]")
            .text("also", "[]")
            .text("content", ENDED);
    }))
}

pub(super) async fn decide_groups(
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

/// What becomes of one contribution: who owns it, its day, and what it adds; none has ended.
struct Fate<'a> {
    owner: String,
    day: String,
    made: Option<(&'a Contribution, [String; 3])>,
}

/// Contributions by (definition, item, scope).
type Fates<'a> = BTreeMap<(String, String, String), Fate<'a>>;

pub(super) async fn decide_contributions(
    tx: &mut Tx,
    publication: &Publication<'_>,
    night: &str,
    owners: &BTreeSet<String>,
) -> Result<(), StoreError> {
    let mut fates = contributions_before(tx, night, owners).await?;
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
        let texts = texts(&owner, contribution)?;
        let fate = Fate {
            owner,
            day: contribution.day.to_string(),
            made: Some((contribution, texts)),
        };
        if fates
            .insert(key, fate)
            .is_some_and(|old| old.made.is_some())
        {
            let message = format!("contribution {item} was made twice");
            return Err(StoreError::Conservation(message));
        }
    }
    let batch = batches(&fates, |text, ((definition, item, scope), fate)| {
        text.text("definition", definition)
            .text("item", item)
            .text("scope", scope)
            .flag("live", fate.made.is_some())
            .text("owner", &fate.owner)
            .text("day", &fate.day);
        let Some((made, [outcomes, exceptions, content])) = &fate.made else {
            text.int("numerator", 0).int("denominator", 0);
            text.flag("firm", true).text("outcomes", "[]");
            text.flag("coupled", false).text("exceptions", "[]");
            text.text("content", ENDED);
            return;
        };
        let (numerator, denominator) = made.outcomes.first().copied().unwrap_or_default();
        text.int("numerator", numerator)
            .int("denominator", denominator)
            .flag("firm", !made.is_open())
            .text("outcomes", outcomes)
            .flag("coupled", made.coupled)
            .text("exceptions", exceptions)
            .text("content", content);
    });
    let binds = [Bind::Text(night), Bind::Text(publication.run.id.as_str())];
    tx.run_batches(&sql::INSERT_CONTRIBUTION, &batch, &binds)
        .await?;
    tx.run(&sql::CLOSE_CONTRIBUTION, &[Bind::Text(night)])
        .await?;
    Ok(())
}

/// Outcomes, exceptions and the digest of all. The days on which open outcomes may fall follow
/// from what is open beside them: they are made again with the pool, and would change every night.
fn texts(owner: &str, contribution: &Contribution) -> Result<[String; 3], StoreError> {
    let stored = Contribution {
        outcomes: contribution.pairs(),
        elsewhere: Vec::new(),
        ..contribution.clone()
    };
    Ok([
        json(&stored.outcomes)?,
        json(&stored.exceptions)?,
        digest(&(owner, &stored))?,
    ])
}

/// What the owners' rows contributed before the night: ended, unless it is made again.
async fn contributions_before<'a>(
    tx: &mut Tx,
    night: &str,
    owners: &BTreeSet<String>,
) -> Result<Fates<'a>, StoreError> {
    let rows = tx
        .rows_of_batches(
            &sql::SELECT_CONTRIBUTION_KEY,
            &keys(owners),
            &[Bind::Text(night)],
        )
        .await?;
    let mut fates = Fates::new();
    for row in &rows {
        let text = |column| Ok::<_, StoreError>(row.text(column)?.to_owned());
        let key = (text("definition")?, text("item")?, text("scope")?);
        let fate = Fate {
            owner: text("owner")?,
            day: text("day")?,
            made: None,
        };
        fates.insert(key, fate);
    }
    Ok(fates)
}
