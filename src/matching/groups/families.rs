//! Dossiers that belong together because a payment is of several of them.

use std::collections::BTreeMap;

use super::super::desk::{Desk, Money};
use super::super::pool::{Index, at, index};
use super::find;

/// Dossiers that share a payment.
pub(super) struct Families {
    /// The first of each dossier's family.
    first: Vec<Index>,
    /// The others of a family by its first, in order.
    others: BTreeMap<Index, Vec<Index>>,
}

impl Families {
    pub(super) fn new(desk: &Desk) -> Self {
        let mut root: Vec<Index> = (0..desk.ledgers.len()).map(index).collect();
        let mut seen: BTreeMap<Money, Index> = BTreeMap::new();
        for (dossier, ledger) in desk.ledgers.iter() {
            for entry in ledger.entries.iter().filter(|e| e.credit.shared) {
                let other = *seen.entry(entry.credit.money).or_insert(dossier);
                let (a, b) = (find(&mut root, other), find(&mut root, dossier));
                let (low, high) = (a.min(b), a.max(b));
                root[at(high)] = low;
            }
        }
        let mut others: BTreeMap<Index, Vec<Index>> = BTreeMap::new();
        for d in (0..root.len()).map(index) {
            let top = find(&mut root, d);
            if top != d {
                others.entry(top).or_default().push(d);
            }
        }
        Self {
            first: root,
            others,
        }
    }

    /// The others of the family that a dossier is the first of; none where it is not.
    pub(super) fn behind(&self, dossier: Index) -> Option<&[Index]> {
        let others = || self.others.get(&dossier).map_or(&[][..], Vec::as_slice);
        (self.first[at(dossier)] == dossier).then(others)
    }
}
