//! The desk: where passes put what they decided. Each row has one standing at any time; a later
//! pass sees only what is still waiting.

use crate::domain::{Receipt, Txn};

use super::evidence::{Evidence, Nearest};
use super::pool::{Index, Payer, Pool, at, index};
use super::reading::{Reading, read};

/// A row that is money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Money {
    /// A transaction.
    Txn(Index),
    /// A counter receipt.
    Receipt(Index),
}

/// What a transaction or receipt turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No pass has decided yet.
    Waiting,
    /// Decided without a dossier: excluded, or open with a class.
    Out {
        /// The class id.
        class: &'static str,
        /// What was seen.
        evidence: Vec<Evidence>,
        /// What is near.
        nearest: Vec<Nearest>,
        /// The dossiers that its readings name.
        named: Vec<Index>,
    },
    /// The same payment as this transaction.
    Sighting(Index, Evidence),
    /// Credited to dossiers; the ledger says what became of it.
    Credited,
    /// Returns money of a dossier; the ledger says of which payment.
    Returns(Index),
}

/// Money put to a dossier's credit.
#[derive(Clone, Debug)]
pub struct Credit {
    /// The row.
    pub money: Money,
    /// The part of it for this dossier, in dong.
    pub amount: i128,
    /// The pass that decided it.
    pub pass: &'static str,
    /// Why.
    pub why: Evidence,
    /// The lines it is for; none means all.
    pub lines: Option<Vec<Index>>,
    /// By a person's decision: these exact parts.
    pub decided: Option<Vec<(Index, i64)>>,
    /// True when the row pays several dossiers.
    pub shared: bool,
    /// Does the payer agree?
    pub payer: Payer,
}

/// Money that went back.
#[derive(Clone, Copy, Debug)]
pub struct Return {
    /// The transaction.
    pub txn: Index,
    /// True when the provider undid the payment.
    pub reversal: bool,
    /// The payment of several dossiers that it returns whole, by its native id: each one's part.
    pub of: Option<Index>,
}

/// Where passes work.
pub struct Desk<'p, 'a> {
    /// The rows and indexes.
    pub pool: &'p Pool<'a>,
    /// What each transaction's text says.
    pub readings: Vec<Reading<'a>>,
    /// Standing of each transaction.
    pub txns: Vec<Standing>,
    /// Standing of each receipt.
    pub receipts: Vec<Standing>,
    /// Credits by dossier; gone when all passes have run.
    pub credits: Vec<Vec<Credit>>,
    /// Returns by dossier.
    pub returns: Vec<Vec<Return>>,
    /// What the ledgers say, by dossier; filled by the sums pass.
    pub ledgers: Vec<super::ledger::Ledger>,
    /// Decisions whose rows changed: positions in `Inputs::decisions`.
    pub stale: Vec<usize>,
}

impl<'p, 'a> Desk<'p, 'a> {
    /// An empty desk.
    pub fn new(pool: &'p Pool<'a>) -> Self {
        let inputs = pool.inputs;
        Self {
            pool,
            readings: inputs.txns.iter().map(|txn| read(pool, txn)).collect(),
            txns: vec![Standing::Waiting; inputs.txns.len()],
            receipts: vec![Standing::Waiting; inputs.receipts.len()],
            credits: vec![Vec::new(); pool.dossiers.len()],
            returns: vec![Vec::new(); pool.dossiers.len()],
            ledgers: Vec::new(),
            stale: Vec::new(),
        }
    }

    /// The transactions that no pass has decided yet, in their order.
    pub fn waiting(&self) -> Vec<Index> {
        let waiting =
            |(i, standing): (usize, &Standing)| (*standing == Standing::Waiting).then(|| index(i));
        self.txns.iter().enumerate().filter_map(waiting).collect()
    }

    /// Decides a transaction without a dossier.
    pub fn out(&mut self, txn: Index, class: &'static str, evidence: Vec<Evidence>) {
        let (nearest, named) = (Vec::new(), Vec::new());
        self.txns[at(txn)] = Standing::Out {
            class,
            evidence,
            nearest,
            named,
        };
    }

    /// Puts a transaction, or a part of it, to a dossier's credit.
    pub fn credit(&mut self, txn: Index, dossier: Index, credit: Credit) {
        self.txns[at(txn)] = Standing::Credited;
        let credits = &mut self.credits[at(dossier)];
        if credits.is_empty() {
            // nearly always the only one
            credits.reserve_exact(1);
        }
        credits.push(credit);
    }

    /// The money already credited to a dossier.
    pub fn credited(&self, dossier: Index) -> i128 {
        self.credits[at(dossier)]
            .iter()
            .map(|credit| credit.amount)
            .sum()
    }

    /// True while a dossier lacks money: what is credited, less what went back, is less than due.
    pub fn lacks(&self, dossier: Index) -> bool {
        let returns = self.returns[at(dossier)].iter();
        let returned: i128 = returns.map(|r| self.pool.txn(r.txn).amount.wide()).sum();
        self.credited(dossier) - returned < self.pool.dossier(dossier).due()
    }

    /// True while a dossier has had less credited than is due.
    pub fn is_open(&self, dossier: Index) -> bool {
        self.credited(dossier) < self.pool.dossier(dossier).due()
    }
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
