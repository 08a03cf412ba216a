//! Runs: who published which night from which inputs.

use super::{Store, StoreError};
use crate::domain::{Day, RunId};

/// One run of one night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// `<business date>-<12 hex>-<version>`.
    pub id: RunId,
    /// The night.
    pub business_date: Day,
    /// First run of the night is 1.
    pub version: u32,
    /// `published` or `superseded`.
    pub state: Box<str>,
    /// The run it replaces.
    pub replaces: Option<RunId>,
    /// Digest over the canonical inputs, source facts included.
    pub input_digest: Box<str>,
    /// Digest over the rules and the program's version.
    pub rules_digest: Box<str>,
    /// Digest over the settlement.
    pub output_digest: Box<str>,
    /// Every exit code that applies, the deciding one first.
    pub exit_codes: Vec<u8>,
    /// The program's version.
    pub program: Box<str>,
    /// The instant of the pull by which freshness was judged, milliseconds since 1970 in UTC.
    pub pulled_at_ms: i64,
    /// The source facts as JSON.
    pub sources_json: Box<str>,
    /// `run.json` as published.
    pub run_json: Box<str>,
}

impl Store {
    /// The run that stands for `night`.
    pub async fn published(&self, _night: Day) -> Result<Option<RunRecord>, StoreError> {
        todo!()
    }

    /// Every run, by night and version.
    pub async fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        todo!()
    }

    /// The run that stands for the latest published night.
    pub async fn last_run(&self) -> Result<Option<RunRecord>, StoreError> {
        todo!()
    }

    /// One run by id.
    pub async fn run(&self, _id: &RunId) -> Result<Option<RunRecord>, StoreError> {
        todo!()
    }
}
