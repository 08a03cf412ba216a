//! What people decided. A decision is applied before every pass and never overruled by a rule.

use serde::Serialize;

use super::dossier_code::DossierCode;
use super::ids::{FeeId, RowKey};
use super::vnd::Vnd;

/// A part of a money row given to one fee line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Share {
    /// The dossier.
    pub dossier_code: DossierCode,
    /// The line.
    pub fee_id: FeeId,
    /// The amount.
    pub amount: Vnd,
}

/// What was ruled about one money row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// It pays these lines (one: a pair; several: a split). The parts are at most its amount.
    Pays(Vec<Share>),
    /// It is no fee.
    NotFee,
}

/// One decision in force.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Decision {
    /// The money row.
    pub row: RowKey,
    /// What was ruled.
    pub ruling: Ruling,
    /// The amount the row had when it was ruled upon; another amount makes the decision stale.
    pub amount_then: Vnd,
    /// Who decided.
    pub by: Box<str>,
    /// Why.
    pub reason: Box<str>,
}
