//! A night becomes visible as a whole or not at all.

use super::{Lease, RunRecord, Store, StoreError};
use crate::classify::Severity;
use crate::settle::{Inputs, Settlement};

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
        _lease: &Lease,
        _publication: &Publication<'_>,
    ) -> Result<(), StoreError> {
        todo!()
    }
}
