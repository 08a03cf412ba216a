//! Refunds of a dossier while its ledger is made.

use rustc_hash::FxHashMap;

use super::super::desk::{Money, Return};
use super::super::pool::{Index, Pool};
use super::{Entry, Ledger};
use crate::domain::SourceName;

/// Refunds that wait for the payments which they return.
pub(super) struct Waiting {
    /// When each went out, in order; none once it is done.
    pub(super) refunds: Vec<(i64, Option<Return>)>,
    /// Before each entry: when the last of those before it came, and the first of the others.
    between: Vec<(i64, i64)>,
    /// The entries by the whole amount of their rows.
    pub(super) equal: FxHashMap<i128, Vec<usize>>,
    /// When the first entry of each source came.
    sources: FxHashMap<SourceName, i64>,
}

impl Waiting {
    /// Refunds in order of time, before the entries of a ledger are allocated.
    pub(super) fn new(pool: &Pool, ledger: &Ledger, refunds: Vec<Return>) -> Self {
        let went = |back: Return| (pool.txn(back.txn).paid_at.ms(), Some(back));
        let mut between = Vec::new();
        let mut equal: FxHashMap<i128, Vec<usize>> = FxHashMap::default();
        let mut sources: FxHashMap<SourceName, i64> = FxHashMap::default();
        if !refunds.is_empty() {
            for (e, entry) in ledger.entries.iter().enumerate() {
                equal.entry(row_amount(pool, entry)).or_default().push(e);
                if let Money::Txn(txn) = entry.credit.money {
                    let row = pool.txn(txn);
                    let came = row.paid_at.ms();
                    let first = sources.entry(row.source.clone()).or_insert(came);
                    *first = (*first).min(came);
                }
            }
            let came = ledger.entries.iter().map(|e| e.credit.money.order(pool).0);
            let came: Vec<i64> = came.collect();
            between.resize(came.len(), (i64::MAX, i64::MAX));
            for e in 1..came.len() {
                let last = if e == 1 { i64::MIN } else { between[e - 1].0 };
                between[e].0 = last.max(came[e - 1]);
            }
            let mut next = i64::MAX;
            for e in (0..came.len()).rev() {
                next = next.min(came[e]);
                between[e].1 = next;
            }
        }
        Self {
            refunds: refunds.into_iter().map(went).collect(),
            between,
            equal,
            sources,
        }
    }

    /// True when a payment of the refund's own source had come when it went out.
    pub(super) fn has_own(&self, pool: &Pool, back: Index) -> bool {
        let row = pool.txn(back);
        let first = self.sources.get(&row.source);
        first.is_some_and(|came| *came <= row.paid_at.ms())
    }

    /// The places of those that went out before entry `e` came, and after those before it.
    pub(super) fn before(&self, e: usize) -> std::ops::Range<usize> {
        let Some((last, next)) = self.between.get(e) else {
            return 0..0;
        };
        let from = self.refunds.partition_point(|(went, _)| went < last);
        let to = self.refunds.partition_point(|(went, _)| went < next);
        from..to.max(from)
    }
}

/// The whole amount of the row behind an entry.
fn row_amount(pool: &Pool, entry: &Entry) -> i128 {
    match entry.credit.money {
        Money::Txn(txn) => pool.txn(txn).amount.wide(),
        Money::Receipt(_) => entry.credit.amount,
    }
}
