//! Money put to the credit of dossiers, before their ledgers are made. Nearly every credit is the
//! whole of a row, by a key that tells the rest: it takes a few bytes, and becomes a value of its
//! own only where a ledger is made of it.

use rustc_hash::FxHashMap;

use super::desk::{Credit, Money};
use super::evidence::Evidence;
use super::pass;
use super::pool::{Index, Payer, Pool, at, index};

/// Where a list ends.
const END: Index = Index::MAX;

/// What put a row to a dossier's credit, and with it everything else about the credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A structured reference.
    Reference,
    /// A memo that is nothing but the code.
    WholeMemo,
    /// A code read out of the memo.
    Extracted,
    /// A receipt for this line.
    Receipt(Index),
    /// Anything else: a position among the values.
    Other(Index),
}

/// One credit.
#[derive(Clone, Copy, Debug)]
pub struct Put {
    /// The row.
    pub money: Money,
    /// What put it there.
    pub by: By,
    /// The one before it of the same dossier.
    before: Index,
}

/// Every credit, by dossier.
#[derive(Debug, Default)]
pub struct Credits {
    /// The newest of each dossier.
    newest: Vec<Index>,
    all: Vec<Put>,
    others: Vec<Credit>,
    /// The sum of each dossier with many.
    crowded: FxHashMap<Index, i128>,
}

/// With more credits than this a dossier has many.
const FEW: usize = 16;

impl Credits {
    /// None yet; nearly every row will be one.
    pub(super) fn new(dossiers: usize, rows: usize) -> Self {
        Self {
            newest: vec![END; dossiers],
            all: Vec::with_capacity(rows),
            ..Self::default()
        }
    }

    /// Puts the whole of a row to a dossier's credit.
    pub(super) fn put(&mut self, pool: &Pool, dossier: Index, money: Money, by: By) {
        self.enter(dossier, money, by);
        self.add_up(pool, dossier);
    }

    /// Takes note of the newest of a dossier with many.
    fn add_up(&mut self, pool: &Pool, dossier: Index) {
        if let Some(sum) = self.crowded.get_mut(&dossier) {
            if let Some(put) = self.all.last() {
                *sum += amount_of(&self.others, pool, put);
            }
        } else if self.of(dossier).nth(FEW).is_some() {
            let sum = self
                .of(dossier)
                .map(|put| amount_of(&self.others, pool, put));
            let sum = sum.sum();
            self.crowded.insert(dossier, sum);
        }
    }

    fn enter(&mut self, dossier: Index, money: Money, by: By) {
        let newest = &mut self.newest[at(dossier)];
        let before = std::mem::replace(newest, index(self.all.len()));
        self.all.push(Put { money, by, before });
    }

    /// Puts anything else there.
    pub(super) fn push(&mut self, pool: &Pool, dossier: Index, credit: Credit) {
        let by = By::Other(index(self.others.len()));
        self.enter(dossier, credit.money, by);
        self.others.push(credit);
        self.add_up(pool, dossier);
    }

    /// Those of a dossier, the newest first.
    pub fn of(&self, dossier: Index) -> impl Iterator<Item = &Put> {
        let first = self.all.get(at(self.newest[at(dossier)]));
        std::iter::successors(first, |put| self.all.get(at(put.before)))
    }

    /// The sum of those of a dossier.
    pub(super) fn sum(&self, pool: &Pool, dossier: Index) -> i128 {
        if let Some(sum) = self.crowded.get(&dossier) {
            return *sum;
        }
        let amount = |put: &Put| amount_of(&self.others, pool, put);
        self.of(dossier).map(amount).sum()
    }

    /// Those of a dossier as values, in the order in which they came.
    pub(super) fn values(&self, pool: &Pool, dossier: Index) -> Vec<Credit> {
        let mut values: Vec<Credit> = self
            .of(dossier)
            .map(|put| self.value(pool, dossier, put))
            .collect();
        values.reverse();
        values
    }

    fn value(&self, pool: &Pool, dossier: Index, put: &Put) -> Credit {
        let code = || pool.dossier(dossier).code.clone();
        let (why, line) = match put.by {
            By::Other(other) => return self.others[at(other)].clone(),
            By::Reference => (Evidence::OrderRef(code()), None),
            By::WholeMemo => (Evidence::MemoIsCode(code()), None),
            By::Extracted => (Evidence::MemoHolds(code()), None),
            By::Receipt(line) => (Evidence::ReceiptNames(code()), Some(line)),
        };
        let payer = match put.money {
            Money::Txn(txn) => pool.payer(pool.txn(txn), dossier),
            Money::Receipt(_) => Payer::Unknown,
        };
        Credit {
            money: put.money,
            amount: put.money.amount(pool),
            pass: put.by.pass(),
            why,
            lines: line.map(|line| vec![line]),
            decided: None,
            shared: false,
            payer,
        }
    }
}

/// What a credit comes to, in dong.
fn amount_of(others: &[Credit], pool: &Pool, put: &Put) -> i128 {
    match put.by {
        By::Other(other) => others[at(other)].amount,
        _ => put.money.amount(pool),
    }
}

impl By {
    /// The pass that decides by this; the values tell their own.
    pub fn pass(self) -> &'static str {
        match self {
            Self::Extracted => pass::EXTRACTED,
            Self::Reference | Self::WholeMemo | Self::Receipt(_) | Self::Other(_) => pass::EXACT,
        }
    }
}
