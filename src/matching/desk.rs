//! The desk: where passes put what they decided. Each row has one standing at any time; a later
//! pass sees only what is still waiting.

use std::collections::BTreeMap;
use std::panic::resume_unwind;

use rustc_hash::FxHashMap;

pub use super::money::Money;

use super::credits::{By, Credits};

use super::evidence::{Evidence, Nearest};
use super::lane::Lane;
use super::ledger::Ledgers;
use super::part::Part;
use super::pool::{Index, Payer, Pool, at, index};
use super::reading::{Reading, read};

/// Fewer rows than this are not worth a second thread.
pub(super) const WORTH_A_THREAD: usize = 10_000;

/// What a transaction or receipt turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No pass has decided yet.
    Waiting,
    /// Decided without a dossier: excluded, or open with a class.
    Out(Box<Out>),
    /// The same payment as this transaction.
    Sighting(Index, Box<Evidence>),
    /// Of a certified set.
    InSet(Index),
    /// Credited to dossiers; the ledger says what became of it.
    Credited,
    /// Pays a plain dossier: its lines exactly, alone, or one row a line, and nothing
    /// is the matter with any of them.
    Plain(Index),
    /// Returns money of a dossier; the ledger says of which payment.
    Returns(Index),
}

/// A row that is decided without a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Out {
    /// The class id.
    pub class: &'static str,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// What is near.
    pub nearest: Vec<Nearest>,
    /// The dossiers that its readings name.
    pub named: Vec<Index>,
}

impl Out {
    /// With a class and what was seen.
    pub fn new(class: &'static str, evidence: Vec<Evidence>) -> Self {
        let (nearest, named) = (Vec::new(), Vec::new());
        Self {
            class,
            evidence,
            nearest,
            named,
        }
    }
}

impl Standing {
    /// What it is decided to be without a dossier.
    pub fn out(&self) -> Option<&Out> {
        match self {
            Self::Out(out) => Some(out),
            _ => None,
        }
    }
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
    /// What the score is made of.
    pub parts: Vec<Part>,
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
    /// Credits by dossier.
    pub credits: Credits,
    /// Returns by dossier.
    pub returns: FxHashMap<Index, Vec<Return>>,
    /// What the ledgers say, by dossier; filled by the sums pass.
    pub ledgers: Ledgers,
    /// Which dossiers go without a ledger.
    pub lane: Lane,
    /// How scored pairs were chosen, by transaction.
    pub assigned: BTreeMap<Index, Assigned>,
    /// What looser passes saw on transactions that stay open.
    pub notes: BTreeMap<Index, (Vec<Evidence>, Vec<Nearest>)>,
    /// Pairings for a person to look at.
    pub hints: Vec<Hint>,
    /// Certified sets.
    pub sets: Vec<CertifiedSet>,
    /// The set of each dossier that is in one.
    pub set_of: BTreeMap<Index, Index>,
    /// Decisions whose rows changed: positions in `Inputs::decisions`, and what changed where that
    /// can be told.
    pub stale: Vec<(usize, Option<Evidence>)>,
}

/// One value for each row: one half of them is made beside the other.
pub(super) fn in_halves<R: Sync, T: Send>(rows: &[R], make: impl Fn(&R) -> T + Sync) -> Vec<T> {
    if rows.len() < WORTH_A_THREAD {
        return rows.iter().map(make).collect();
    }
    let (first, second) = rows.split_at(rows.len() / 2);
    std::thread::scope(|threads| {
        let second = threads.spawn(|| second.iter().map(&make).collect::<Vec<T>>());
        let mut all = Vec::with_capacity(rows.len());
        all.extend(first.iter().map(&make));
        let second = second.join();
        all.append(&mut second.unwrap_or_else(|panic| resume_unwind(panic)));
        all
    })
}

impl<'p, 'a> Desk<'p, 'a> {
    /// An empty desk.
    pub fn new(pool: &'p Pool<'a>, lane: Lane) -> Self {
        let inputs = pool.inputs;
        Self {
            pool,
            readings: in_halves(&inputs.txns, |txn| read(pool, txn)),
            txns: vec![Standing::Waiting; inputs.txns.len()],
            receipts: vec![Standing::Waiting; inputs.receipts.len()],
            credits: Credits::new(
                pool.dossiers.len(),
                inputs.txns.len() + inputs.receipts.len(),
            ),
            returns: FxHashMap::default(),
            ledgers: Ledgers::default(),
            lane,
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
        self.leave(txn, Out::new(class, evidence));
    }

    /// The same, with everything that was seen.
    pub fn leave(&mut self, txn: Index, out: Out) {
        self.txns[at(txn)] = Standing::Out(Box::new(out));
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
        self.credits.push(self.pool, dossier, credit);
    }

    /// Puts a whole transaction to a dossier's credit.
    pub fn credit_by(&mut self, txn: Index, dossier: Index, by: By) {
        self.txns[at(txn)] = Standing::Credited;
        self.credits.put(self.pool, dossier, Money::Txn(txn), by);
    }

    /// The money already credited to a dossier.
    pub fn credited(&self, dossier: Index) -> i128 {
        self.credits.sum(self.pool, dossier)
    }

    /// The money that went back from a dossier.
    pub fn returns_of(&self, dossier: Index) -> &[Return] {
        self.returns.get(&dossier).map_or(&[], Vec::as_slice)
    }

    /// True while a dossier lacks money: what is credited, less what went back, is less than due.
    pub fn lacks(&self, dossier: Index) -> bool {
        let returns = self.returns_of(dossier).iter();
        let returned: i128 = returns.map(|r| self.pool.txn(r.txn).amount.wide()).sum();
        self.credited(dossier) - returned < self.pool.due(dossier)
    }

    /// Settles a dossier again, once a later pass put money to its credit.
    pub fn settle_again(&mut self, dossier: Index) {
        let ledger = super::ledger::settle_dossier(self, dossier);
        self.ledgers.set(dossier, ledger);
    }

    /// True when the ledger lacks exactly the amount of the transaction, or that much more than it
    /// as the provider keeps: on one line, on all fees, or on everything.
    pub fn lacks_amount(&self, txn: Index, dossier: Index) -> bool {
        let row = self.pool.txn(txn);
        let amount = row.amount.wide();
        let ledger = self.ledgers.of(dossier);
        if let Some(lacking) = ledger.lackings() {
            let all: i128 = lacking.iter().sum();
            let whole = [ledger.lacking(), all].map(|due| {
                due > 0 && (due == amount || self.pool.net_fee(row, due, amount).is_some())
            });
            let open = &lacking[lacking.partition_point(|due| *due <= 0)..];
            return whole.contains(&true) || self.pool.is_any(row, open, amount);
        }
        let lines = &ledger.lines;
        let lacking = || lines.iter().map(super::ledger::Line::lacking);
        let fees: i128 = lines.iter().filter(|l| !l.land).map(|l| l.lacking()).sum();
        let mut open = lacking().chain([fees, lacking().sum()]).filter(|l| *l > 0);
        open.any(|due| due == amount || self.pool.net_fee(row, due, amount).is_some())
    }

    /// True when a payment, once put to a dossier's credit, settles with its whole amount: nothing
    /// of it repeats what is there, or is too much.
    pub fn takes_whole(&self, dossier: Index, credit: &Credit) -> bool {
        let mut credits = self.credits.values(self.pool, dossier);
        credits.push(credit.clone());
        let gone = self.returns_of(dossier);
        let ledger = super::ledger::settle_with(self.pool, dossier, credits, gone);
        let mut entries = ledger.entries.iter();
        let mine = entries.find(|entry| entry.credit.money == credit.money);
        let settles = |e: &super::ledger::Entry| e.effect == super::ledger::Effect::Settles;
        mine.is_some_and(|entry| settles(entry) && entry.surplus == 0)
    }

    /// True when nothing in the dossier waits for a person: no contradictory line, no stranger's
    /// payment before the payer's own. (A refund without a payment speaks for one not read.)
    pub fn is_undisputed(&self, dossier: Index) -> bool {
        let ledger = self.ledgers.of(dossier);
        let doubtful =
            |e: &super::ledger::Entry| matches!(e.effect, super::ledger::Effect::Doubtful { .. });
        let mut fees = self.pool.fees_of(dossier).iter();
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
        let entries = self.ledgers.of(dossier).entries.iter();
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
    pub fn is_set_provisional(&self, set: Index) -> bool {
        let last = self.sets[at(set)].day.plus(self.pool.rules.pairing_days);
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
        let first = self.sets[at(set)].dossiers.first();
        first.map(|dossier| self.pool.dossier(*dossier).agency.clone())
    }

    /// What is said of the rows of a certified set.
    pub fn set_evidence(&self, set: Index) -> Evidence {
        let set = &self.sets[at(set)];
        let number = u32::try_from(set.txns.len()).unwrap_or(u32::MAX);
        let first = set.dossiers.first();
        let agency = first.map_or("", |d| self.pool.dossier(*d).agency.as_str());
        Evidence::InSet(agency.into(), set.day, number, set.amount)
    }

    /// True while a dossier has had less credited than is due.
    pub fn is_open(&self, dossier: Index) -> bool {
        self.credited(dossier) < self.pool.due(dossier)
    }
}
