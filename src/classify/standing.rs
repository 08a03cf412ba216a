//! A row as earlier nights left it.

use serde::Serialize;

use crate::domain::{Day, RowKey, Vnd};
use crate::matching::Evidence;

/// A money row as it stood decided before the night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StandingRow {
    /// The row.
    pub key: RowKey,
    /// Its class.
    pub class: Box<str>,
    /// Why, where it is a line that was taken for a sum or tells a payment again, or a row whose
    /// state was no final one.
    pub evidence: Vec<Evidence>,
    /// Dong, without sign.
    pub amount: Vnd,
    /// Its calendar day.
    pub paid_on: Day,
    /// Its accounting day.
    pub business_date: Day,
    /// The bank's own reference.
    pub bank_ref: Option<Box<str>>,
}
