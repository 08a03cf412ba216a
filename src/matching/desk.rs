//! The desk: where passes put what they decided. Each row has one standing at any time; a later
//! pass sees only what is still waiting.

use std::collections::BTreeMap;

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
    /// Of a certified set.
    InSet(usize),
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

/// A pairing for a person to look at.
#[derive(Clone, Debug)]
pub struct Hint {
    /// The transaction.
    pub txn: Index,
    /// The dossier it may pay.
    pub dossier: Index,
    /// 0-1000.
    pub score: u16,
    /// Why it is near.
    pub reason: Vec<Evidence>,
}

/// How a pair was chosen among others.
#[derive(Clone, Debug)]
pub struct Assigned {
    /// The dossier.
    pub dossier: Index,
    /// 0-1000.
    pub score: u16,
    /// Distance to the best other pairing, 0-1000.
    pub margin: u16,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// The pair that came second.
    pub runner_up: Option<Nearest>,
}

/// Payments and dossiers that nothing can tell apart, as many of the one as of the other.
#[derive(Clone, Debug)]
pub struct CertifiedSet {
    /// The payments.
    pub txns: Vec<Index>,
    /// The dossiers.
    pub dossiers: Vec<Index>,
    /// The day of all of them.
    pub day: crate::domain::Day,
    /// What each of them pays and lacks.
    pub amount: crate::domain::Vnd,
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
    /// How scored pairs were chosen, by transaction.
    pub assigned: BTreeMap<Index, Assigned>,
    /// What looser passes saw on transactions that stay open.
    pub notes: BTreeMap<Index, (Vec<Evidence>, Vec<Nearest>)>,
    /// Pairings for a person to look at.
    pub hints: Vec<Hint>,
    /// Certified sets.
    pub sets: Vec<CertifiedSet>,
    /// The set of each dossier that is in one.
    pub set_of: BTreeMap<Index, usize>,
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
            assigned: BTreeMap::new(),
            notes: BTreeMap::new(),
            hints: Vec::new(),
            sets: Vec::new(),
            set_of: BTreeMap::new(),
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

    /// Notes what was seen on a transaction that stays open, and what is near.
    pub fn note(&mut self, txn: Index, said: Evidence, near: Option<Nearest>) {
        let (evidence, nearest) = self.notes.entry(txn).or_default();
        evidence.push(said);
        nearest.extend(near);
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

    /// Settles a dossier again, once a later pass put money to its credit.
    pub fn settle_again(&mut self, dossier: Index) {
        self.ledgers[at(dossier)] = super::ledger::settle_dossier(self, dossier);
    }

    /// True when the ledger lacks exactly the amount of the transaction, or that much more than it
    /// as the provider keeps: on one line, on all fees, or on everything.
    pub fn lacks_amount(&self, txn: Index, dossier: Index) -> bool {
        let row = self.pool.txn(txn);
        let amount = row.amount.wide();
        let lines = &self.ledgers[at(dossier)].lines;
        let lacking = || lines.iter().map(super::ledger::Line::lacking);
        let fees: i128 = lines.iter().filter(|l| !l.land).map(|l| l.lacking()).sum();
        let mut open = lacking().chain([fees, lacking().sum()]).filter(|l| *l > 0);
        open.any(|due| due == amount || self.pool.net_fee(row, due, amount).is_some())
    }

    /// True when nothing in the dossier waits for a person: no contradictory line, no stranger's
    /// payment before the payer's own. (A refund without a payment speaks for one not read.)
    pub fn is_undisputed(&self, dossier: Index) -> bool {
        let ledger = &self.ledgers[at(dossier)];
        let doubtful =
            |e: &super::ledger::Entry| matches!(e.effect, super::ledger::Effect::Doubtful { .. });
        let fees = self.pool.dossier(dossier).fees.clone();
        let mut fees = self.pool.inputs.fees[fees].iter();
        !ledger.entries.iter().any(doubtful)
            && !fees.any(|fee| self.pool.is_fee_conflict(fee).is_some())
    }

    /// True while what a dossier got from a provisional pass may still be taken back: the night
    /// lies in the days in which another payment or dossier could come between.
    pub fn is_provisional(&self, dossier: Index) -> bool {
        let Some(tonight) = self.pool.inputs.business_date else {
            return false;
        };
        let provisional = |pass: &str| super::pass::PROVISIONAL.contains(&pass);
        let entries = self.ledgers[at(dossier)].entries.iter();
        let mut entries = entries
            .filter(|entry| provisional(entry.credit.pass))
            .peekable();
        let by_window = self.pool.window(dossier).map(|(_, last)| last);
        let until = |entry: &super::ledger::Entry| {
            let paid = entry.credit.money.day(self.pool);
            by_window.max(Some(paid.plus(self.pool.rules.pairing_days)))
        };
        entries.peek().is_some() && entries.any(|entry| Some(tonight) <= until(entry))
    }

    /// True while another payment or dossier could still come into a certified set.
    pub fn is_set_provisional(&self, set: usize) -> bool {
        let last = self.sets[set].day.plus(self.pool.rules.pairing_days);
        self.pool
            .inputs
            .business_date
            .is_some_and(|tonight| tonight <= last)
    }

    /// The agency that a payment in a certified set is for; none for other payments.
    pub fn certified_agency(&self, txn: Index) -> Option<crate::domain::AgencyCode> {
        let Standing::InSet(set) = self.txns[at(txn)] else {
            return None;
        };
        let first = self.sets[set].dossiers.first();
        first.map(|dossier| self.pool.dossier(*dossier).agency.clone())
    }

    /// What is said of the rows of a certified set.
    pub fn set_evidence(&self, set: usize) -> Evidence {
        let set = &self.sets[set];
        let number = u32::try_from(set.txns.len()).unwrap_or(u32::MAX);
        let first = set.dossiers.first();
        let agency = first.map_or("", |d| self.pool.dossier(*d).agency.as_str());
        Evidence::InSet(agency.into(), set.day, number, set.amount)
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
