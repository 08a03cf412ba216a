//! Rows that are open and name a dossier, or may: what they could replace or take away.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Day, ExceptionId};
use crate::matching::desk::{Money, Standing};
use crate::matching::ledger::{Effect, Entry};
use crate::matching::pool::{Index, at, index};
use crate::matching::reading::Reading;

use super::facts::{Facts, Open};
use super::sent_back::Back;

/// Per dossier what names it, and the refunds that are open.
#[derive(Clone, Debug, Default)]
pub struct Contests {
    /// Dossiers that an open payment names.
    contested: BTreeMap<Index, Contest>,
    /// Dossiers whose money may have gone back: an open refund names them.
    doubted: BTreeMap<Index, Contest>,
    /// Open refunds that name a dossier, in order of time.
    refunds: BTreeMap<Index, Vec<Index>>,
    /// Those that name nobody, in order of time.
    nameless: Vec<Index>,
    /// Dossiers whose linked money may go back, as the registry or a repeat tells.
    pub(super) back: Back,
    /// What may move the money of each dossier with many payments: each of them asks for it.
    pub(super) crowded: BTreeMap<Index, Vec<ExceptionId>>,
    /// The same, payment by payment, of those that settle something and may be moved.
    pub(super) beside: BTreeMap<Index, Vec<(Money, Vec<ExceptionId>)>>,
    /// The lines of each dossier with many whose money nobody has seen.
    pub(super) found: BTreeMap<Index, Vec<ExceptionId>>,
}

/// More payments than this make a dossier a crowd.
pub(super) const CROWD: usize = 8;

/// About so many open rows are named for one item that hangs on them: each of the others is an
/// item of its own. No list of rows that settle something is made of what hangs.
pub(super) const NAMED_MAX: usize = 16;

/// Open rows, each once where they are very many, and of those the first.
fn named(mut open: Vec<ExceptionId>) -> Vec<ExceptionId> {
    if open.len() > NAMED_MAX {
        let mut known = BTreeSet::new();
        open.retain(|id| known.len() < NAMED_MAX && known.insert(id.clone()));
    }
    open
}

impl Contests {
    /// Collects them.
    pub fn new(facts: &Facts) -> Self {
        let mut contested = facts.naming(|open| matches!(open, Open::Fee | Open::Credit));
        facts.contested_by_receipts(&mut contested);
        facts.contested_by_doubtful(&mut contested);
        let txns = (0..facts.pool.inputs.txns.len()).map(index);
        let mut open: Vec<Index> = txns
            .filter(|txn| facts.open(*txn) == Open::Refund)
            .collect();
        open.sort_by_key(|txn| facts.pool.txn(*txn).paid_at.ms());
        let mut refunds: BTreeMap<Index, Vec<Index>> = BTreeMap::new();
        let mut nameless = Vec::new();
        for txn in open {
            let names = facts.names(txn);
            if names.is_empty() {
                nameless.push(txn);
            }
            for dossier in names {
                refunds.entry(dossier).or_default().push(txn);
            }
        }
        let mut doubted = facts.naming(|open| open == Open::Refund);
        let mut back = facts.told_back();
        for (dossier, exceptions) in &back {
            add(&mut doubted, *dossier, facts.doubted_by(exceptions));
        }
        for (dossier, exceptions) in facts.paid_twice() {
            back.entry(dossier).or_default().extend(exceptions);
        }
        Self {
            contested,
            doubted,
            refunds,
            nameless,
            back,
            ..Self::default()
        }
    }
}

/// Open rows that name a dossier: should they turn out to be its, other money of it may be the
/// repeat, or may have gone back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contest {
    /// Their exceptions.
    pub exceptions: Vec<ExceptionId>,
    /// The first and the last of their days.
    pub days: (Day, Day),
    /// What they amount to, in dong.
    pub amount: i128,
    /// Counter cash is among them.
    pub cash: bool,
}

impl Facts<'_, '_> {
    /// The dossiers that open transactions of a kind name.
    fn naming(&self, wanted: fn(Open) -> bool) -> BTreeMap<Index, Contest> {
        let mut contested: BTreeMap<Index, Contest> = BTreeMap::new();
        for txn in (0..self.pool.inputs.txns.len()).map(index) {
            if !wanted(self.open(txn)) {
                continue;
            }
            let row = self.pool.txn(txn);
            for dossier in self.names(txn) {
                let contest = Contest {
                    exceptions: self.txn_exceptions(txn),
                    days: (row.paid_on, row.paid_on),
                    amount: self.largest(txn).into(),
                    cash: false,
                };
                add(&mut contested, dossier, contest);
            }
        }
        contested
    }

    /// Receipts that came with different content: they may be the first payment of their fee.
    fn contested_by_receipts(&self, contested: &mut BTreeMap<Index, Contest>) {
        for (i, receipt) in self.pool.inputs.receipts.iter().enumerate() {
            let row = self.receipt_row(index(i));
            let open = row.filter(|row| row.class == "conflict");
            let Some(dossier) = open.and_then(|_| self.pool.find(&receipt.dossier_code)) else {
                continue;
            };
            let day = receipt.collected_at.day();
            let contest = Contest {
                exceptions: self.receipt_exceptions(index(i)),
                days: (day, day),
                amount: i64::MAX.into(),
                cash: true,
            };
            add(contested, dossier, contest);
        }
    }

    /// Payments that a person is asked about and that went back: where such a one is no fee, what
    /// went back is other money of its dossier.
    fn contested_by_doubtful(&self, contested: &mut BTreeMap<Index, Contest>) {
        for (dossier, ledger) in self.desk.ledgers.iter() {
            let doubtful = |e: &&Entry| matches!(e.effect, Effect::Doubtful { .. });
            let mut back = ledger.entries.iter().filter(|e| e.returned > 0);
            let Some(entry) = back.find(doubtful) else {
                continue;
            };
            let (money, day) = (entry.credit.money, entry.credit.money.day(self.pool));
            let contest = Contest {
                exceptions: money
                    .txn()
                    .map_or_else(Vec::new, |t| self.txn_exceptions(t)),
                days: (day, day),
                amount: i64::MAX.into(),
                cash: false,
            };
            add(contested, dossier, contest);
        }
    }

    /// The dossiers that a transaction without a credit names, or may name.
    pub fn names(&self, txn: Index) -> BTreeSet<Index> {
        let refund = self.open(txn) == Open::Refund;
        let read: &[Index] = match &self.desk.readings[at(txn)] {
            Reading::One { dossier, .. } => std::slice::from_ref(dossier),
            Reading::Many(several) => several,
            Reading::Glued(several) if !refund => several,
            _ => &[],
        };
        let (named, returned) = match &self.desk.txns[at(txn)] {
            Standing::Out(out) => (out.named.as_slice(), None),
            Standing::Returns(dossier) => (&[][..], Some(*dossier)),
            _ => (&[][..], None),
        };
        named.iter().chain(read).copied().chain(returned).collect()
    }

    /// True for a dossier that was paid again for certain, where the repeat may be the payment.
    pub fn paid_again(&self, dossier: Index) -> bool {
        let mut entries = self.desk.ledgers.of(dossier).entries.iter();
        entries.any(|entry| self.may_be_again(dossier, entry))
    }

    /// True for a repeat that may be the payment: it came after an open refund which may have been
    /// the first money, or an open row may move what is there.
    pub fn may_be_again(&self, dossier: Index, entry: &Entry) -> bool {
        !self.again(dossier, entry).is_empty()
    }

    /// The exceptions of the open rows by which a repeat may be the payment.
    pub fn again(&self, dossier: Index, entry: &Entry) -> Vec<ExceptionId> {
        if !matches!(entry.effect, Effect::Duplicate { certain: true, .. }) {
            return Vec::new();
        }
        let (when, ..) = entry.credit.money.order(self.pool);
        let early = |txn: &Index| self.pool.txn(*txn).paid_at.ms() <= when;
        let mut open = Vec::new();
        for refunds in self.refunds_of(dossier) {
            let early = refunds.iter().take_while(|txn| early(txn));
            let early = early.take(NAMED_MAX);
            open.extend(early.flat_map(|txn| self.txn_exceptions(*txn)));
        }
        open.extend(self.moving(dossier));
        open.extend(self.freed_by(dossier, entry));
        named(open)
    }

    /// What may move the money of the dossiers with many payments, once all else is known.
    pub(super) fn crowded(&self) -> BTreeMap<Index, Vec<ExceptionId>> {
        let ledgers = self.desk.ledgers.iter();
        let crowded = ledgers.filter(|(_, ledger)| ledger.entries.len() > CROWD);
        let moved = crowded.map(|(dossier, _)| (dossier, named(self.moving(dossier))));
        moved.collect()
    }

    /// What may move each of those payments of a dossier that settle something.
    pub(super) fn moved_beside(&self, dossier: Index) -> Vec<(Money, Vec<ExceptionId>)> {
        if let Some(known) = self.contests.beside.get(&dossier) {
            return known.clone();
        }
        let entries = self.desk.ledgers.of(dossier).entries.iter();
        let settles = entries.filter(|e| !e.parts.is_empty() && e.effect == Effect::Settles);
        let moved = settles.map(|e| (e.credit.money, self.displacing(dossier, e)));
        moved.filter(|(_, open)| !open.is_empty()).collect()
    }

    /// The same of the dossiers with many payments, of two each: one of them is another's.
    pub(super) fn crowds_beside(&self) -> BTreeMap<Index, Vec<(Money, Vec<ExceptionId>)>> {
        let crowds = self.contests.crowded.keys();
        let moved = crowds.map(|dossier| {
            let mut moved = self.moved_beside(*dossier);
            moved.truncate(2);
            (*dossier, moved)
        });
        moved.collect()
    }

    /// The open rows that may take the place of anything that is on a dossier, or move it, or have
    /// given it back.
    pub fn moving(&self, dossier: Index) -> Vec<ExceptionId> {
        if let Some(known) = self.contests.crowded.get(&dossier) {
            return known.clone();
        }
        let entries = self.desk.ledgers.of(dossier).entries.iter();
        let open = entries.flat_map(|entry| self.displacing(dossier, entry));
        open.collect()
    }

    /// The exceptions of the open refunds that may be of a dossier.
    pub fn of_refunds(&self, dossier: Index) -> Vec<ExceptionId> {
        let refunds = self.refunds_of(dossier);
        let first = refunds.into_iter().flat_map(|of| of.iter().take(NAMED_MAX));
        first.flat_map(|txn| self.txn_exceptions(*txn)).collect()
    }

    /// Those that name nobody, and those that name the dossier, each in order of time.
    fn refunds_of(&self, dossier: Index) -> [&[Index]; 2] {
        let named = self.contests.refunds.get(&dossier);
        let named = named.map_or(&[][..], Vec::as_slice);
        [&self.contests.nameless, named]
    }

    /// True for money that went back and that names nobody.
    pub fn is_nameless_refund(&self, txn: Index) -> bool {
        self.open(txn) == Open::Refund && self.names(txn).is_empty()
    }

    /// Open payments that name a dossier.
    pub fn contest(&self, dossier: Index) -> Option<&Contest> {
        self.contests.contested.get(&dossier)
    }

    /// Open refunds that name a dossier.
    pub fn doubt(&self, dossier: Index) -> Option<&Contest> {
        self.contests.doubted.get(&dossier)
    }

    /// The open rows whose money may take the place of an entry, which then is the repeat, or too
    /// much: those that name its dossier, or any where it lacks money. Where there is room for all
    /// of them, nothing is paid twice, unless the entry is bound to a line. What may be put
    /// elsewhere needs no money in its place.
    pub fn displacing(&self, dossier: Index, entry: &Entry) -> Vec<ExceptionId> {
        let bound = entry.credit.lines.is_some();
        let mut displacing = self.may_come_back(dossier, entry);
        if entry.reversed || entry.effect != Effect::Settles {
            return displacing;
        }
        displacing.extend(self.freed_by(dossier, entry));
        let contest = self.contest(dossier);
        let takes = |c: &&Contest| bound || c.amount > self.lacking(dossier);
        if let Some(open) = contest.filter(takes) {
            displacing.extend(open.exceptions.iter().cloned());
        }
        // what pays the line that an entry is bound to leaves no room for it
        let open = self.may_lack(dossier) > 0 && self.credits.reach(1).is_some();
        if (bound && open) || self.may_be_overpaid(dossier) {
            let largest = self.credits.of_largest().iter();
            displacing.extend(largest.cloned());
        }
        displacing.extend(self.may_go_back(dossier).iter().cloned());
        named(displacing)
    }

    /// The open rows by which money of a dossier that went back may be there after all: what went
    /// back may be theirs, should they be payments of it.
    pub fn may_come_back(&self, dossier: Index, entry: &Entry) -> Vec<ExceptionId> {
        let mut open = Vec::new();
        if entry.returned == 0 && !entry.reversed {
            return open;
        }
        if let Some(contest) = self.contest(dossier) {
            open.extend(contest.exceptions.iter().cloned());
        }
        if self.may_lack(dossier) > 0 {
            open.extend(self.credits.of_largest().iter().cloned());
        }
        open
    }

    /// The open rows by which money that is gone may count all the same: it comes back, or what
    /// took its place, or stands beside it, goes, and what went back is other money then.
    pub fn back_again(&self, dossier: Index, entry: &Entry) -> Vec<ExceptionId> {
        let mut open = self.displacing(dossier, entry);
        open.extend(self.again(dossier, entry));
        named(open)
    }

    /// True where a dossier lacks money and open credits hold more than that.
    pub fn may_be_overpaid(&self, dossier: Index) -> bool {
        let lacking = self.may_lack(dossier);
        lacking > 0 && self.credits.reach(lacking + 1).is_some()
    }
}

/// Adds open rows to those that name a dossier.
fn add(contested: &mut BTreeMap<Index, Contest>, dossier: Index, more: Contest) {
    match contested.get_mut(&dossier) {
        None => {
            contested.insert(dossier, more);
        }
        Some(contest) => {
            let (from, to) = contest.days;
            contest.days = (from.min(more.days.0), to.max(more.days.1));
            if contest.exceptions.len() < NAMED_MAX {
                contest.exceptions.extend(more.exceptions);
            }
            contest.amount += more.amount;
            contest.cash |= more.cash;
        }
    }
}
