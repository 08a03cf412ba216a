//! One canonical row an id.
use crate::domain::{Conflict, Txn, Vnd};

/// What a delivery adds to what is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Rows with a new id.
    pub fresh: Vec<Txn>,
    /// Stored rows that moved on (pending -> success, a field filled in): write these over them.
    pub updated: Vec<Txn>,
    /// Stored rows that came again without change.
    pub unchanged: Vec<Txn>,
    /// Ids whose versions contradict each other; the first stored version stays canonical.
    pub conflicts: Vec<Conflict>,
}

/// Within one delivery.
pub fn dedupe(_rows: Vec<Txn>) -> (Vec<Txn>, Vec<Conflict>) {
    todo!()
}

/// Against what the store holds of the same ids.
pub fn merge(_stored: &[Txn], _new: Vec<Txn>) -> Merged {
    todo!()
}

/// An amount that is exactly a hundredth or a hundred times the order's.
pub fn scale_conflict(_txn: &Txn, _order_amount: Vnd) -> Option<Conflict> {
    todo!()
}
