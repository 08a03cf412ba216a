//! What a night reads: its new rows, every open item, and the settled items that they name.

use std::collections::BTreeSet;

use super::{Store, StoreError};
use crate::domain::{Day, DossierCode, SourceName};
use crate::kpi::PriorSum;
use crate::matching::Names;
use crate::settle::Inputs;

/// Rows that come into the pool by date alone, because batches and deposits name none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Days before the night.
    pub days: u32,
    /// The sources whose payments land in the bank in batches.
    pub gateways: Vec<SourceName>,
}

impl Store {
    /// Rows not decided before `night`: money with `business_date <= night`, registry versions and
    /// rejects that count by then. `sources` is left empty.
    pub async fn new_rows(&self, _night: Day) -> Result<Inputs, StoreError> {
        todo!()
    }

    /// Which of these squeezed codes (A-Z0-9 only) belong to dossiers known by `night`.
    pub async fn existing_dossiers(
        &self,
        _night: Day,
        _squeezed: &BTreeSet<String>,
    ) -> Result<Vec<DossierCode>, StoreError> {
        todo!()
    }

    /// The pool of `night`, sorted: new rows, open items, everything linked to what they and
    /// `names` name, and the window's rows. `sources` is left empty for the job to fill.
    pub async fn pool(
        &self,
        _night: Day,
        _names: &Names,
        _window: &Window,
    ) -> Result<Inputs, StoreError> {
        todo!()
    }

    /// Firm sums before `night` of the days from `from` on, without the items of `pool`.
    pub async fn prior(
        &self,
        _night: Day,
        _from: Day,
        _pool: &Inputs,
    ) -> Result<Vec<PriorSum>, StoreError> {
        todo!()
    }
}
