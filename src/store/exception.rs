//! The work list, as of any night.

use super::{Store, StoreError};
use crate::classify::{Bucket, Severity};
use crate::domain::{Day, DossierCode, ExceptionId, RowKey, RunId, Vnd};
use crate::matching::{Evidence, Leg, Nearest};

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
    /// Money at risk.
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
    /// The links of its row, or of its dossier for a fee, as of the night.
    pub legs: Vec<Leg>,
}

impl Store {
    /// Open exceptions as of a night, those with most money at risk first, then by age and id.
    pub async fn exceptions(
        &self,
        _filter: &ExceptionFilter,
    ) -> Result<Vec<ExceptionRecord>, StoreError> {
        todo!()
    }

    /// One exception by its id or an unambiguous beginning of at least four digits, open or
    /// closed; none when there is no such exception.
    pub async fn exception(
        &self,
        _id: &str,
        _as_of: Option<Day>,
    ) -> Result<Option<ExceptionDetail>, StoreError> {
        todo!()
    }
}
