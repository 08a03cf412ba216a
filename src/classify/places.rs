//! Where rows stand: money rows in the ledgers, and every row among the classified ones. Rows are
//! found by position, not by the texts of their keys.

use rustc_hash::FxHashMap;

use crate::domain::sorting;
use crate::matching::desk::{Desk, Money};
use crate::matching::pool::{Index, at, index};

use super::class::Classified;

/// Where each money row stands in the ledgers.
pub struct Places {
    /// Entries of each transaction: (dossier, position).
    pub txns: Entries,
    /// Entries of each receipt.
    pub receipts: Entries,
    /// The return of each transaction.
    returns: FxHashMap<Index, (Index, usize)>,
}

/// The entries of each row, one row behind the other.
#[derive(Debug, Default)]
pub struct Entries {
    /// Where the entries of each row begin, and the end.
    begin: Vec<Index>,
    all: Vec<(Index, Index)>,
}

impl Entries {
    /// Those of a row, in order of the dossiers.
    pub fn of(&self, row: Index) -> &[(Index, Index)] {
        let (from, to) = (self.begin[at(row)], self.begin[at(row) + 1]);
        &self.all[at(from)..at(to)]
    }

    /// The greatest number of entries of one row.
    pub fn most(&self) -> usize {
        let lengths = self.begin.windows(2).map(|ends| at(ends[1] - ends[0]));
        lengths.max().unwrap_or(0)
    }

    /// From (row, entry) pairs, of which those of one row come in order.
    fn new(rows: usize, pairs: impl Iterator<Item = (Index, (Index, Index))> + Clone) -> Self {
        let mut begin: Vec<Index> = vec![0; rows + 1];
        for (row, _) in pairs.clone() {
            begin[at(row) + 1] += 1;
        }
        let mut sum = 0;
        for count in &mut begin {
            sum += *count;
            *count = sum;
        }
        let mut next = begin.clone();
        let mut all = vec![(0, 0); at(sum)];
        for (row, entry) in pairs {
            all[at(next[at(row)])] = entry;
            next[at(row)] += 1;
        }
        Self { begin, all }
    }
}

impl Places {
    /// The return of a transaction: dossier and position.
    pub fn return_of(&self, txn: Index) -> Option<(Index, usize)> {
        self.returns.get(&txn).copied()
    }

    /// Looks through the ledgers.
    pub fn new(desk: &Desk) -> Self {
        let entries = || {
            let ledgers = desk.ledgers.iter();
            ledgers.flat_map(|(dossier, ledger)| {
                let entries = ledger.entries.iter().enumerate();
                entries.map(move |(e, entry)| (entry.credit.money, (dossier, index(e))))
            })
        };
        let txns = entries().filter_map(|(money, entry)| Some((money.txn()?, entry)));
        let receipts = entries().filter_map(|(money, entry)| match money {
            Money::Receipt(receipt) => Some((receipt, entry)),
            Money::Txn(_) => None,
        });
        let mut returns = FxHashMap::default();
        for (dossier, ledger) in desk.ledgers.iter() {
            for (r, back) in ledger.returns.iter().enumerate() {
                returns.insert(back.txn, (dossier, r));
            }
        }
        Self {
            txns: Entries::new(desk.txns.len(), txns),
            receipts: Entries::new(desk.receipts.len(), receipts),
            returns,
        }
    }
}

/// The place of each input row among the classified rows.
#[derive(Clone, Debug, Default)]
pub struct RowPlaces {
    /// Of each fee.
    pub fees: Vec<Index>,
    /// Of each receipt.
    pub receipts: Vec<Index>,
    /// Of each transaction.
    pub txns: Vec<Index>,
}

/// The place of a row that is not held: of a plain dossier, and in order.
pub(super) const NOWHERE: Index = Index::MAX;

impl RowPlaces {
    /// Brings the rows into the order of their keys.
    pub(super) fn sort(&mut self, rows: &mut [Classified]) {
        let order = |a: &Classified, b: &Classified| a.key.cmp(&b.key);
        let Some(places) = sorting::order_of(rows, |_| 0, order) else {
            return;
        };
        let mut moved = vec![0; places.len()];
        for (to, from) in places.iter().enumerate() {
            moved[at(*from)] = index(to);
        }
        sorting::permute(rows, places);
        let lists = [&mut self.fees, &mut self.receipts, &mut self.txns];
        for place in lists.into_iter().flatten() {
            *place = moved.get(at(*place)).copied().unwrap_or(NOWHERE);
        }
    }
}
