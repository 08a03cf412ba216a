//! A money row by its place: transaction or receipt.

use crate::domain::{Receipt, Txn};

use super::pool::{Index, Pool, at};

/// A row that is money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Money {
    /// A transaction.
    Txn(Index),
    /// A counter receipt.
    Receipt(Index),
}

impl Money {
    /// The transaction, if it is one.
    pub fn txn(self) -> Option<Index> {
        match self {
            Self::Txn(i) => Some(i),
            Self::Receipt(_) => None,
        }
    }

    /// When the money moved, then source and id: the order in which payments are taken.
    pub fn order<'a>(self, pool: &Pool<'a>) -> (i64, &'a str, &'a str) {
        match self {
            Self::Txn(i) => {
                let txn: &'a Txn = pool.txn(i);
                (txn.paid_at.ms(), txn.source.as_str(), &txn.id)
            }
            Self::Receipt(i) => {
                let receipt: &'a Receipt = &pool.inputs.receipts[at(i)];
                (receipt.collected_at.ms(), "cash", &receipt.receipt_id)
            }
        }
    }

    /// The calendar day on which the money moved.
    pub fn day(self, pool: &Pool) -> crate::domain::Day {
        match self {
            Self::Txn(i) => pool.txn(i).paid_on,
            Self::Receipt(i) => pool.inputs.receipts[at(i)].collected_at.day(),
        }
    }

    /// The row's amount.
    pub fn amount(self, pool: &Pool) -> i128 {
        match self {
            Self::Txn(i) => pool.txn(i).amount.wide(),
            Self::Receipt(i) => pool.inputs.receipts[at(i)].amount.wide(),
        }
    }

    /// The row's key.
    pub fn key(self, pool: &Pool) -> crate::domain::RowKey {
        match self {
            Self::Txn(i) => pool.txn(i).key(),
            Self::Receipt(i) => pool.inputs.receipts[at(i)].key(),
        }
    }

    /// The row's id.
    pub fn id<'a>(self, pool: &Pool<'a>) -> &'a str {
        self.order(pool).2
    }
}
