//! Payments that a memo, a score or a repair put to a dossier. They are decided again with every
//! other row of it, so while something open touches the dossier they are open money themselves: for
//! their own dossier, and for every other one.

use std::collections::{BTreeMap, BTreeSet};

use crate::classify::{Bucket, Classified};
use crate::domain::{Day, ExceptionId, Fee, FeeStatus};
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry, Ledger};
use crate::matching::pool::{Index, at};
use crate::matching::reading::{Key, Reading};

use super::contest::CROWD;
use super::credits::Credit;
use super::facts::Facts;

impl Facts<'_, '_> {
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

    /// True for a payment whose own text, as it stands, names one dossier.
    fn is_named(&self, money: Money) -> bool {
        let reading = money.txn().map(|txn| &self.desk.readings[at(txn)]);
        matches!(reading, Some(Reading::One { .. }))
    }

    /// True for an entry that the rules may put elsewhere: neither its own reference nor a person
    /// put it where it is.
    pub fn is_loose(&self, entry: &Entry) -> bool {
        entry.credit.decided.is_none() && !self.is_referred(entry.credit.money)
    }

    /// The open rows by which a payment that the rules put to a dossier may be put elsewhere: those
    /// that name the dossier, money that went back too; any open money where it lacks some; lines
    /// whose money may be found, unless its own text names the dossier and it fits its lines
    /// whatever is found.
    pub fn freed_by(&self, dossier: Index, entry: &Entry) -> Vec<ExceptionId> {
        if entry.reversed || !self.is_loose(entry) {
            return Vec::new();
        }
        let naming = [self.contest(dossier), self.doubt(dossier)];
        let naming = naming.into_iter().flatten();
        let mut open: Vec<ExceptionId> = naming
            .flat_map(|contest| contest.exceptions.iter().cloned())
            .collect();
        if self.may_lack(dossier) > 0 {
            open.extend(self.credits.of_largest().iter().cloned());
        }
        let ledger = self.desk.ledgers.of(dossier);
        let on_land = entry.parts.iter().any(|(l, _)| ledger.lines[*l].land);
        let exact = entry.effect == Effect::Settles && entry.surplus == 0 && !entry.short;
        if on_land || !exact || !self.is_named(entry.credit.money) {
            open.extend(self.may_be_found(dossier));
        }
        open
    }

    /// The exceptions of lines that the registry calls paid, and whose money nobody has seen.
    fn may_be_found(&self, dossier: Index) -> Vec<ExceptionId> {
        if let Some(known) = self.contests.found.get(&dossier) {
            return known.clone();
        }
        let rows = self.desk.ledgers.of(dossier);
        let rows = rows.lines.iter().filter_map(|line| self.fee_row(line.fee));
        let missing = |row: &&Classified| {
            let told = ["missing_payment", "missing_receipt"];
            row.bucket == Bucket::Open && told.contains(&row.counts_as())
        };
        rows.filter(missing)
            .filter_map(|row| row.exception_id.clone())
            .collect()
    }

    /// The same of the dossiers with many lines: each of their payments asks for it.
    pub(super) fn found(&self) -> BTreeMap<Index, Vec<ExceptionId>> {
        let ledgers = self.desk.ledgers.iter();
        let many = ledgers.filter(|(_, ledger)| ledger.lines.len() > CROWD);
        let found = many.map(|(dossier, _)| (dossier, self.may_be_found(dossier)));
        found.collect()
    }

    /// What may be put elsewhere, as open money.
    pub(super) fn movable(&self) -> Vec<Credit> {
        let mut movable = Vec::new();
        for (dossier, ledger) in self.desk.ledgers.iter() {
            for entry in &ledger.entries {
                let Some(txn) = entry.credit.money.txn().filter(|_| !is_open(&entry.effect)) else {
                    continue;
                };
                let exceptions = self.freed_by(dossier, entry);
                if exceptions.is_empty() {
                    continue;
                }
                let row = self.pool.txn(txn);
                movable.push(Credit {
                    day: row.paid_on,
                    amount: entry.credit.amount - entry.returned + row.fee.wide(),
                    exceptions,
                });
            }
        }
        movable
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

    /// True where counter cash may have paid a dossier: it has a receipt, counter cash that could
    /// not be read or is contradictory may be its, or the registry calls a line of it paid that
    /// nobody saw paid, or that a payment paid which may be of another dossier.
    pub fn may_be_cash(&self, dossier: Index) -> bool {
        let ledger = self.desk.ledgers.of(dossier);
        let mut entries = ledger.entries.iter();
        let unread = !self.unread_cash.is_empty();
        let cash = self.contest(dossier).is_some_and(|contest| contest.cash);
        let mut lines = ledger.lines.iter().filter(|line| !line.land);
        unread
            || cash
            || lines.any(|line| self.told_paid(line.fee).is_some_and(|told| told.by_cash()))
            || entries.any(|entry| {
                // a receipt stays on the line that it names
                let lines = entry.credit.lines.as_ref();
                let fee = lines.is_none_or(|of| of.iter().any(|line| !self.pool.is_land(*line)));
                let cash = entry.credit.money.txn().is_none() && fee;
                cash || self.cash_instead(ledger, entry).is_some()
            })
    }

    /// The open rows by which a dossier may turn out otherwise; none where it hangs on none.
    pub(super) fn touching(&self, dossier: Index) -> Option<Vec<ExceptionId>> {
        let naming = [self.contest(dossier), self.doubt(dossier)];
        let mut touched = naming.iter().any(Option::is_some);
        let naming = naming.into_iter().flatten();
        let mut open: Vec<ExceptionId> = naming
            .flat_map(|contest| contest.exceptions.iter().cloned())
            .collect();
        open.extend(self.moving(dossier));
        if self.paid_again(dossier) {
            touched = true;
            open.extend(self.of_refunds(dossier));
        }
        if self.may_lack(dossier) > 0 {
            touched |= !self.credits.is_empty() || !self.unread_cash.is_empty();
            let any = [&self.credits, &self.unread_cash];
            let largest = any.map(|credits| credits.of_largest());
            open.extend(largest.into_iter().flatten().cloned());
        }
        (touched || !open.is_empty()).then_some(open)
    }

    /// From the first to the last day on which anything happened, or may have, that a dossier may
    /// hang on.
    pub fn days_of(&self, dossier: Index) -> Option<(Day, Day)> {
        let ledger = self.desk.ledgers.of(dossier);
        let money = ledger.entries.iter();
        let money = money.map(|entry| entry.credit.money.day(self.pool));
        let lines = ledger.lines.iter().filter(|line| !line.land);
        let told = lines.filter(|line| self.is_told(line.fee));
        let unseen = told.map(|line| self.unseen_days(self.pool.fee(line.fee)));
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
}

/// A repeat that may be none: open money as it stands.
fn is_open(effect: &Effect) -> bool {
    match effect {
        Effect::Settles => false,
        Effect::Duplicate { certain, .. } => !certain,
        Effect::Doubtful { .. } => true,
    }
}
