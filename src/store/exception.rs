//! The work list, as of any night.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::batch::{batches, keys};
use super::codec::{NEVER, code, day, from_json, read_key, write_key};
use super::exec::{Bind, Row, Tx};
use super::matched::{Matched, matches_of};
use super::statement as sql;
use super::txn::load_txns;
use super::{Store, StoreError};
use crate::classify::{Bucket, Severity};
use crate::domain::{
    Day, DossierCode, ExceptionId, FeeId, RowKey, RunId, Side, SourceName, Txn, Vnd,
};
use crate::matching::{Evidence, Leg, Nearest, Role};

/// After every night, before "never".
pub(super) const NOW: &str = "9999-12-30";

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExceptionFilter {
    /// As of this night; none means the latest published one.
    pub as_of: Option<Day>,
    /// Only these classes; empty means all.
    pub classes: Vec<Box<str>>,
    /// Only at least this severe.
    pub severity: Option<Severity>,
    /// Only this dossier.
    pub dossier_code: Option<DossierCode>,
    /// Only this source.
    pub source: Option<Box<str>>,
    /// Only at least this much money.
    pub amount_min: Option<Vnd>,
}

/// One open exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionRecord {
    /// Stable identity.
    pub id: ExceptionId,
    /// The row.
    pub key: RowKey,
    /// Its class.
    pub class: Box<str>,
    /// How much a person has to do.
    pub severity: Severity,
    /// The conservation bucket.
    pub bucket: Bucket,
    /// The row's own amount; see [`crate::classify::at_risk`].
    pub amount: Vnd,
    /// The dossier it belongs to or names.
    pub dossier_code: Option<DossierCode>,
    /// The accounting day it counts under.
    pub business_date: Day,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// Candidates that were not taken.
    pub nearest: Vec<Nearest>,
    /// Classes that would have applied too.
    pub also: Vec<Box<str>>,
    /// The night since which it is open without a break.
    pub opened: Day,
    /// The run that opened it.
    pub opened_run: Option<RunId>,
    /// The night that closed it; none while it is open.
    pub closed: Option<Day>,
    /// The run that closed it.
    pub closed_run: Option<RunId>,
}

/// One stretch of nights in which a row had one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spell {
    /// First night.
    pub from: Day,
    /// The night that changed it; none while it holds.
    pub until: Option<Day>,
    /// The class.
    pub class: Box<str>,
    /// The run that decided it.
    pub run: RunId,
}

/// One exception with what happened to its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionDetail {
    /// The exception.
    pub record: ExceptionRecord,
    /// Every class the row has had, oldest first.
    pub history: Vec<Spell>,
    /// The groups of its row, or of its dossier for a fee, as of the night.
    pub groups: Vec<Matched>,
    /// The transaction itself, and those that its evidence names.
    pub txns: Vec<Txn>,
}

impl ExceptionDetail {
    /// The one transaction with an id; none where there is none, or one of several sources.
    pub fn txn(&self, id: &str) -> Option<&Txn> {
        let mut found = self.txns.iter().filter(|txn| &*txn.id == id);
        found.next().filter(|_| found.next().is_none())
    }
}

impl Store {
    /// Open exceptions as of a night, those with most money at risk first, then by age and id.
    pub async fn exceptions(
        &self,
        filter: &ExceptionFilter,
    ) -> Result<Vec<ExceptionRecord>, StoreError> {
        let mut tx = self.begin_read().await?;
        let runs = runs_by_night(&mut tx).await?;
        let Some(as_of) = filter.as_of.or_else(|| runs.keys().next_back().copied()) else {
            return Ok(Vec::new());
        };
        let as_of = as_of.to_string();
        let rows = tx
            .rows(&sql::SELECT_OPEN_EXCEPTION, &[Bind::Text(&as_of)])
            .await?;
        let mut found = Vec::new();
        for row in &rows {
            let opened = row.parsed("opened", day)?;
            let mut record = read_exception(row, opened)?;
            record.opened_run = runs.get(&opened).cloned();
            if filter.takes(&record) {
                found.push(record);
            }
        }
        found.sort_by(|a, b| {
            let key = |r: &ExceptionRecord| (Reverse(r.amount), r.opened, r.id.clone());
            key(a).cmp(&key(b))
        });
        Ok(found)
    }

    /// One exception by its id or an unambiguous beginning of at least four digits, open or
    /// closed, as known on a night (none: now); none when there is no such exception.
    pub async fn exception(
        &self,
        id: &str,
        as_of: Option<Day>,
    ) -> Result<Option<ExceptionDetail>, StoreError> {
        let hex = id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !hex || !(4..=16).contains(&id.len()) {
            return Ok(None);
        }
        let as_of = as_of.map_or_else(|| NOW.to_owned(), |day| day.to_string());
        let mut tx = self.begin_read().await?;
        let after = format!("{id}g");
        let binds = [Bind::Text(id), Bind::Text(&after), Bind::Text(&as_of)];
        let rows = tx.rows(&sql::SELECT_EXCEPTION_BY_ID, &binds).await?;
        let [row] = rows.as_slice() else {
            return Ok(None);
        };
        let (key, id) = (read_key(row)?, row.text("exception_id")?.to_owned());
        let batch = batches([&key], |row, key| {
            write_key(row, key);
        });
        let binds = [Bind::Text(&as_of)];
        let decisions = tx
            .rows_of_batches(&sql::SELECT_ROW_HISTORY, &batch, &binds)
            .await?;
        let history = spells(&decisions, &as_of)?;
        let mut last = None;
        for row in &decisions {
            if row.opt_text("exception_id")? == Some(&*id) {
                last = Some(row);
            }
        }
        let Some(last) = last else {
            return Ok(None);
        };
        let night = last.parsed("night", day)?;
        let spell = history.iter().rev().find(|spell| spell.from <= night);
        let runs = runs_by_night(&mut tx).await?;
        let mut record = read_exception(last, spell.map_or(night, |spell| spell.from))?;
        record.opened_run = spell.map(|spell| spell.run.clone());
        record.closed = spell.and_then(|spell| spell.until);
        record.closed_run = record.closed.and_then(|night| runs.get(&night).cloned());
        let groups = matches_of(&mut tx, &key, &as_of).await?;
        let txns = named(&mut tx, &record, &groups, &as_of).await?;
        Ok(Some(ExceptionDetail {
            record,
            history,
            groups,
            txns,
        }))
    }
}

impl ExceptionFilter {
    fn takes(&self, record: &ExceptionRecord) -> bool {
        let class = self.classes.is_empty() || self.classes.contains(&record.class);
        let source = self.source.as_deref();
        class
            && self.severity.is_none_or(|least| record.severity >= least)
            && self.amount_min.is_none_or(|least| record.amount >= least)
            && source.is_none_or(|name| record.key.source.as_str() == name)
            && (self.dossier_code.is_none() || self.dossier_code == record.dossier_code)
    }
}

/// The transaction of an exception, and those that what is told of it names.
async fn named(
    tx: &mut Tx,
    record: &ExceptionRecord,
    groups: &[Matched],
    as_of: &str,
) -> Result<Vec<Txn>, StoreError> {
    let groups = groups.iter().map(|matched| &matched.group);
    let legs = groups.clone().flat_map(|group| &group.legs);
    let said = groups.flat_map(|group| &group.evidence);
    let said = said.chain(legs.clone().map(|leg| &leg.why));
    let ids = said.chain(&record.evidence).filter_map(Evidence::names);
    let near = record.nearest.iter().map(|near| &*near.candidate);
    let ids: BTreeSet<&str> = ids.chain(near).collect();
    let found = tx
        .rows_of_batches(&sql::SELECT_TXN_KEY_BY_ID, &keys(ids), &[Bind::Text(as_of)])
        .await?;
    let mut txns: BTreeSet<RowKey> = legs.map(|leg| leg.money.clone()).collect();
    txns.insert(record.key.clone());
    txns.retain(|key| key.side == Side::Txn);
    for row in &found {
        txns.insert(RowKey {
            side: Side::Txn,
            source: SourceName::new(row.text("source")?),
            id: row.text("id")?.into(),
            dossier: None,
        });
    }
    load_txns(tx, &txns, as_of).await
}

/// Which run stands for which night.
pub(super) async fn runs_by_night(tx: &mut Tx) -> Result<BTreeMap<Day, RunId>, StoreError> {
    let rows = tx.rows(&sql::SELECT_PUBLISHED_NIGHT, &[]).await?;
    rows.iter()
        .map(|row| {
            let night = row.parsed("business_date", day)?;
            Ok((night, RunId::new(row.text("run_id")?)))
        })
        .collect()
}

fn read_exception(row: &Row, opened: Day) -> Result<ExceptionRecord, StoreError> {
    Ok(ExceptionRecord {
        id: row.parsed("exception_id", |raw| Some(ExceptionId::read(raw)))?,
        key: read_key(row)?,
        class: row.text("class")?.into(),
        severity: row.parsed("severity", Severity::parse)?,
        bucket: row.parsed("bucket", Bucket::parse)?,
        amount: Vnd::new(row.int("amount_vnd")?),
        dossier_code: row.opt_parsed("dossier_code", code)?,
        business_date: row.parsed("business_date", day)?,
        evidence: from_json(row, "evidence")?,
        nearest: from_json(row, "nearest")?,
        also: from_json(row, "also")?,
        opened,
        opened_run: None,
        closed: None,
        closed_run: None,
    })
}

/// Joins decisions in a row of the same class.
fn spells(decisions: &[Row], as_of: &str) -> Result<Vec<Spell>, StoreError> {
    let mut spells: Vec<Spell> = Vec::new();
    for row in decisions {
        let until = row.text("until")?;
        let until = (until <= as_of && until != NEVER)
            .then(|| row.parsed("until", day))
            .transpose()?;
        let class = row.text("class")?;
        match spells.last_mut() {
            Some(last) if &*last.class == class => last.until = until,
            _ => spells.push(Spell {
                from: row.parsed("night", day)?,
                until,
                class: class.into(),
                run: RunId::new(row.text("run_id")?),
            }),
        }
    }
    Ok(spells)
}

/// One leg of a group.
pub(super) fn read_leg(row: &Row) -> Result<Leg, StoreError> {
    let money = RowKey {
        side: row.parsed("side", Side::parse)?,
        source: SourceName::new(row.text("source")?),
        id: row.text("id")?.into(),
        dossier: None,
    };
    Ok(Leg {
        money,
        dossier_code: row.opt_parsed("dossier_code", code)?,
        fee_id: row.opt_text("fee_id")?.map(FeeId::new),
        amount: Vnd::new(row.int("amount_vnd")?),
        role: row.parsed("role", Role::parse)?,
        pass: row.parsed("pass", crate::matching::pass::id)?,
        why: from_json(row, "why")?,
    })
}
