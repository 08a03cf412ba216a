//! Rows that are open and name a dossier, or may: what they could replace or take away.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Day, ExceptionId, Fee, FeeStatus};
use crate::matching::desk::{Money, Standing};
use crate::matching::ledger::{Effect, Entry, Ledger};
use crate::matching::pool::{Index, at, index};
use crate::matching::reading::{Key, Reading};

use super::facts::{Facts, Open};

/// Per dossier what names it, and the refunds that are open.
#[derive(Clone, Debug, Default)]
pub struct Contests {
    /// Dossiers that an open payment names.
    contested: BTreeMap<Index, Contest>,
    /// Dossiers whose money may have gone back: an open refund names them.
    doubted: BTreeMap<Index, Contest>,
    /// Open refunds, with the dossiers that they name.
    refunds: Vec<(Index, BTreeSet<Index>)>,
}

impl Contests {
    /// Collects them.
    pub fn new(facts: &Facts) -> Self {
        let mut contested = facts.naming(|open| matches!(open, Open::Fee | Open::Credit));
        facts.contested_by_receipts(&mut contested);
        let txns = (0..facts.pool.inputs.txns.len()).map(index);
        let refunds = txns.filter(|txn| facts.open(*txn) == Open::Refund);
        Self {
            contested,
            doubted: facts.naming(|open| open == Open::Refund),
            refunds: refunds.map(|txn| (txn, facts.names(txn))).collect(),
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

/// Open rows that may take the place of money that is linked.
#[derive(Clone, Debug, Default)]
pub struct Displacing {
    /// Their exceptions; none where there are no such rows.
    pub exceptions: Vec<ExceptionId>,
    /// Counter cash is among them.
    pub cash: bool,
}

impl Displacing {
    /// Adds those of another entry.
    pub fn extend(&mut self, more: Self) {
        self.exceptions.extend(more.exceptions);
        self.cash |= more.cash;
    }
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

    /// The last day on which a dossier was paid again for certain, where the repeat may be the
    /// payment.
    pub fn paid_again(&self, dossier: Index) -> Option<Day> {
        let entries = self.desk.ledgers.of(dossier).entries.iter();
        let again = entries.filter(|entry| self.may_be_again(dossier, entry));
        again.map(|entry| entry.credit.money.day(self.pool)).max()
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
        let refunds = self.refunds_of(dossier).filter(early);
        let mut open: Vec<ExceptionId> = refunds.flat_map(|txn| self.txn_exceptions(txn)).collect();
        open.extend(self.moving(dossier));
        open
    }

    /// The open rows that may take the place of anything that is on a dossier, or move it, or have
    /// given it back.
    pub fn moving(&self, dossier: Index) -> Vec<ExceptionId> {
        let entries = self.desk.ledgers.of(dossier).entries.iter();
        let open = entries.flat_map(|entry| self.displacing(dossier, entry).exceptions);
        open.collect()
    }

    /// From the first to the last day on which anything happened, or may have, that a dossier may
    /// hang on.
    pub fn days_of(&self, dossier: Index) -> Option<(Day, Day)> {
        let ledger = self.desk.ledgers.of(dossier);
        let money = ledger.entries.iter();
        let money = money.map(|entry| entry.credit.money.day(self.pool));
        let lines = ledger.lines.iter().filter(|line| !line.land);
        let unseen = lines.map(|line| self.unseen_days(self.pool.fee(line.fee)));
        let open = [
            self.credits.days(),
            self.unread_cash.days(),
            self.contest(dossier).map(|contest| contest.days),
        ];
        let spans = open.into_iter().flatten().chain(unseen);
        let days = spans.flat_map(|(from, to)| [from, to]).chain(money);
        let days: BTreeSet<Day> = days.collect();
        days.first().copied().zip(days.last().copied())
    }

    /// The exceptions of the open refunds that may be of a dossier.
    pub fn of_refunds(&self, dossier: Index) -> Vec<ExceptionId> {
        let refunds = self.refunds_of(dossier);
        refunds.flat_map(|txn| self.txn_exceptions(txn)).collect()
    }

    fn refunds_of(&self, dossier: Index) -> impl Iterator<Item = Index> {
        let of = move |(_, names): &&(Index, BTreeSet<Index>)| {
            names.is_empty() || names.contains(&dossier)
        };
        self.contests.refunds.iter().filter(of).map(|(txn, _)| *txn)
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
    /// of them, nothing is paid twice, unless the entry is bound to a line. What a memo or a score
    /// put there is decided again with whatever else is of the dossier, money that went back too.
    pub fn displacing(&self, dossier: Index, entry: &Entry) -> Displacing {
        let bound = entry.credit.lines.is_some();
        let mut displacing = self.may_come_back(dossier, entry);
        if entry.reversed || entry.effect != Effect::Settles {
            return displacing;
        }
        let loose = self.is_loose(entry);
        if let Some(doubt) = self.doubt(dossier).filter(|_| loose) {
            let refunds = doubt.exceptions.iter();
            displacing.exceptions.extend(refunds.cloned());
        }
        let contest = self.contest(dossier);
        let takes = |c: &&Contest| bound || loose || c.amount > self.lacking(dossier);
        if let Some(open) = contest.filter(takes) {
            displacing
                .exceptions
                .extend(open.exceptions.iter().cloned());
            displacing.cash = open.cash;
        }
        // what pays the line that an entry is bound to leaves no room for it
        let open = self.may_lack(dossier) > 0 && self.credits.reach(1).is_some();
        if ((bound || loose) && open) || self.may_be_overpaid(dossier) {
            let largest = self.credits.of_largest().iter();
            displacing.exceptions.extend(largest.cloned());
        }
        displacing
    }

    /// The open rows by which money of a dossier that went back may be there after all: what went
    /// back may be theirs, should they be payments of it.
    pub fn may_come_back(&self, dossier: Index, entry: &Entry) -> Displacing {
        let mut open = Displacing::default();
        if entry.returned == 0 && !entry.reversed {
            return open;
        }
        if let Some(contest) = self.contest(dossier) {
            open.exceptions.extend(contest.exceptions.iter().cloned());
        }
        if self.may_lack(dossier) > 0 {
            open.exceptions
                .extend(self.credits.of_largest().iter().cloned());
        }
        open
    }

    /// True for a payment that its own reference puts where it is; what a memo or a score put there
    /// is decided again once more of its dossier is known.
    pub fn is_referred(&self, money: Money) -> bool {
        match money {
            Money::Txn(txn) => matches!(
                self.desk.readings[at(txn)],
                Reading::One {
                    key: Key::Reference,
                    ..
                }
            ),
            Money::Receipt(_) => true,
        }
    }

    /// True for an entry that the rules may put elsewhere: neither its own reference nor a person
    /// put it where it is.
    pub fn is_loose(&self, entry: &Entry) -> bool {
        entry.credit.decided.is_none() && !self.is_referred(entry.credit.money)
    }

    /// What counter cash may stand in an entry's stead, once the entry turns out to be of another
    /// dossier: of the lines that it settled and the registry calls paid their number, the sum of
    /// their dues, and the days.
    pub fn cash_instead(&self, ledger: &Ledger, entry: &Entry) -> Option<(i64, i64, (Day, Day))> {
        if self.is_referred(entry.credit.money) {
            return None;
        }
        let lines = entry.parts.iter().map(|(l, _)| &ledger.lines[*l]);
        let lines = lines
            .filter(|line| !line.land)
            .map(|line| self.pool.fee(line.fee));
        let paid = |fee: &&Fee| fee.status == FeeStatus::Paid;
        let mut all: Option<(i64, i64, (Day, Day))> = None;
        for fee in lines.filter(paid) {
            let (from, to) = self.unseen_days(fee);
            let (n, due, days) = all.unwrap_or((0, 0, (from, to)));
            let days = (days.0.min(from), days.1.max(to));
            all = Some((n + 1, due.saturating_add(fee.amount.get()), days));
        }
        all
    }

    /// True where counter cash may have paid a dossier that was paid without: it has a receipt that
    /// settles nothing now, or a payment that may be of another dossier.
    pub fn may_be_cash(&self, dossier: Index) -> bool {
        let ledger = self.desk.ledgers.of(dossier);
        let mut entries = ledger.entries.iter();
        entries.any(|entry| {
            let cash = entry.credit.money.txn().is_none();
            cash || self.cash_instead(ledger, entry).is_some()
        })
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
            contest.exceptions.extend(more.exceptions);
            contest.amount += more.amount;
            contest.cash |= more.cash;
        }
    }
}
