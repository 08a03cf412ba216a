//! What a run was made from and what it decided, kept in the archive as documents, so that it can
//! be made again, and compared with another, whatever arrives later.

use std::collections::BTreeMap;
use std::io::{BufReader, BufWriter, Write};

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::desk::Desk;
use super::error::JobError;
use super::nightly::Decided;
use crate::domain::Inputs;
use crate::store::{KeptFile, RunRecord};
use crate::text;

/// Every row that the night read, and the facts of its sources.
pub(super) const POOL: &str = "pool";
/// The firm sums of earlier nights.
pub(super) const PRIOR: &str = "prior";
/// The rules as the night used them.
pub(super) const RULES: &str = "rules";
/// What was decided: groups, classes, contributions, shares.
pub(super) const SETTLEMENT: &str = "settlement";

/// What procedures and fields are called; only of a night that was told it.
pub(super) const CATALOGUE: &str = "catalogue";

/// Keeps the documents of a night that is about to be published.
pub(super) fn keep(desk: &Desk, decided: &Decided) -> Result<Vec<KeptFile>, JobError> {
    // what a person is told about a source's trouble may differ each time: no digest covers it
    let mut sources = decided.pool.sources.clone();
    for facts in &mut sources {
        facts.trouble = None;
    }
    let pool = Pool {
        pool: &decided.pool,
        sources,
    };
    let mut kept = vec![
        put(desk, POOL, &pool)?,
        put(desk, PRIOR, &decided.prior)?,
        put(desk, RULES, &decided.rules)?,
        put(desk, SETTLEMENT, &decided.settlement)?,
    ];
    let catalogue = &desk.config.catalogue;
    if !catalogue.is_empty() {
        kept.push(put(desk, CATALOGUE, catalogue)?);
    }
    Ok(kept)
}

/// [`Inputs`] with other facts of the sources, without a copy of the rows.
struct Pool<'a> {
    pool: &'a Inputs,
    sources: Vec<crate::domain::SourceFacts>,
}

impl Serialize for Pool<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let pool = self.pool;
        let mut fields = serializer.serialize_struct("Inputs", 10)?;
        fields.serialize_field("business_date", &pool.business_date)?;
        fields.serialize_field("agencies", &pool.agencies)?;
        fields.serialize_field("fees", &pool.fees)?;
        fields.serialize_field("orders", &pool.orders)?;
        fields.serialize_field("receipts", &pool.receipts)?;
        fields.serialize_field("txns", &pool.txns)?;
        fields.serialize_field("rejects", &pool.rejects)?;
        fields.serialize_field("conflicts", &pool.conflicts)?;
        fields.serialize_field("decisions", &pool.decisions)?;
        fields.serialize_field("sources", &self.sources)?;
        fields.end()
    }
}

fn put(desk: &Desk, what: &str, value: &impl Serialize) -> Result<KeptFile, JobError> {
    let archived = desk.archive.put_written(|to| {
        let mut to = BufWriter::new(to);
        serde_json::to_writer(&mut to, value)?;
        to.flush()
    })?;
    Ok((what.into(), archived.sha256.into()))
}

/// The documents of a run by name; empty for one that an older program made.
pub(super) type Documents = BTreeMap<Box<str>, Box<str>>;

/// Which documents a run has.
pub(super) async fn of(desk: &Desk, run: &RunRecord) -> Result<Documents, JobError> {
    Ok(desk.store.kept(&run.id).await?)
}

/// Why a document cannot be read.
#[derive(Debug)]
pub(super) enum Gone {
    /// The run was made by a program that kept none.
    NotKept,
    /// Its bytes are not in the archive any more, or damaged: its name, and why.
    Lost(String),
}

/// The error about a document that is gone: nothing true can be told by its run. `what` names it.
pub(super) async fn erased(
    desk: &Desk,
    run: &RunRecord,
    documents: &Documents,
    what: &str,
) -> Result<JobError, JobError> {
    let pruned = desk.store.pruned().await?;
    let by_rule = documents
        .values()
        .any(|sha256| pruned.holds(sha256) && what.contains(&**sha256));
    let key = if by_rule { "kept-pruned" } else { "kept-lost" };
    let args = [("run", run.id.as_str()), ("what", what)];
    let lang = desk.config.lang;
    Ok(JobError::Erased {
        message: text::say(lang, key, &args),
        fix: text::say(lang, "kept-lost-fix", &args),
    })
}

/// Reads one document.
pub(super) fn read<T: DeserializeOwned>(
    desk: &Desk,
    documents: &Documents,
    what: &str,
) -> Result<Result<T, Gone>, JobError> {
    let Some(sha256) = documents.get(what) else {
        return Ok(Err(Gone::NotKept));
    };
    if let Err(error) = desk.archive.check(sha256) {
        return Ok(Err(Gone::Lost(format!("{what} {sha256}: {error}"))));
    }
    let content = BufReader::new(desk.archive.open_stream(sha256)?);
    let value = serde_json::from_reader(content);
    let value = value.with_context(|| format!("the {what} of a run ({sha256})"))?;
    Ok(Ok(value))
}
