//! Money that is linked and may still go back, as open rows tell it: the registry calls its fee
//! refunded while no refund was seen, or somebody paid twice and one of the two is to be returned.

use std::collections::BTreeMap;

use crate::domain::{ExceptionId, FeeStatus};
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry, Ledger, Line};
use crate::matching::pool::{Index, at};

use super::contest::{Contest, NAMED_MAX};
use super::facts::Facts;

/// The dossiers whose linked money may go back, with the exceptions that say so.
pub(super) type Back = BTreeMap<Index, Vec<ExceptionId>>;

impl Facts<'_, '_> {
    /// Dossiers with money and a line that the registry calls refunded, while nothing was seen to
    /// go back of it: the refund may come, and takes whichever payment of the dossier it fits, also
    /// where none is on that line; or the registry is wrong.
    pub(super) fn told_back(&self) -> Back {
        let mut told = Back::new();
        let has_money = |ledger: &Ledger| !ledger.entries.iter().all(is_gone);
        for (dossier, ledger) in self.of_fees().filter(|(_, ledger)| has_money(ledger)) {
            let lines = ledger.lines.iter().filter(|line| self.is_told_back(line));
            for row in lines.filter_map(|line| self.fee_row(line.fee)) {
                let open = told.entry(dossier).or_default();
                if open.len() < NAMED_MAX {
                    open.extend(row.exception_id.clone());
                }
            }
        }
        told
    }

    /// The ledgers that count: those of land obligations alone do not.
    fn of_fees(&self) -> impl Iterator<Item = (Index, &Ledger)> {
        let ledgers = self.desk.ledgers.iter();
        ledgers.filter(|(_, ledger)| ledger.lines.iter().any(|line| !line.land))
    }

    fn is_told_back(&self, line: &Line) -> bool {
        let refunded = self.pool.fee(line.fee).status == FeeStatus::Refunded;
        refunded && line.refunded == 0
    }

    /// Dossiers that were paid again, where the repeat is no like of the first: with cash and
    /// without, on another day, by another source, or one of the receipts of a cash event.
    /// Whichever of the two is sent back, the other is the payment then.
    pub(super) fn paid_twice(&self) -> Back {
        let mut twice = Back::new();
        for (dossier, ledger) in self.of_fees() {
            let mut events = None;
            for entry in &ledger.entries {
                let (Effect::Duplicate { of, .. } | Effect::Doubtful { of }) = entry.effect else {
                    continue;
                };
                let first = &ledger.entries[of];
                let events = events.get_or_insert_with(|| self.cash_events(ledger));
                // with others in its cash event, the first aside, it adds no event of its own
                let event = self.cash_event(entry.credit.money);
                let same = self.cash_event(first.credit.money) == event;
                let lone = event.is_none_or(|event| same || events.get(&event) == Some(&1));
                let alike = lone && self.is_alike(first, entry);
                if is_gone(entry) || is_gone(first) || alike {
                    continue;
                }
                let open = twice.entry(dossier).or_default();
                if open.len() < NAMED_MAX {
                    open.extend(match entry.credit.money {
                        Money::Txn(txn) => self.txn_exceptions(txn),
                        Money::Receipt(receipt) => self.receipt_exceptions(receipt),
                    });
                }
            }
        }
        twice
    }

    /// Cashier and moment of a receipt: together with the dossier its cash event.
    fn cash_event(&self, money: Money) -> Option<(&str, i64)> {
        match money {
            Money::Txn(_) => None,
            Money::Receipt(receipt) => {
                let row = &self.pool.inputs.receipts[at(receipt)];
                Some((&*row.cashier, row.collected_at.ms()))
            }
        }
    }

    /// The number of receipts of each cash event of a dossier.
    fn cash_events(&self, ledger: &Ledger) -> BTreeMap<(&str, i64), usize> {
        let mut events = BTreeMap::new();
        let money = ledger.entries.iter().map(|entry| entry.credit.money);
        for event in money.filter_map(|money| self.cash_event(money)) {
            *events.entry(event).or_default() += 1;
        }
        events
    }

    /// True of two payments of which each counts as the other would.
    fn is_alike(&self, one: &Entry, other: &Entry) -> bool {
        let (one, other) = (one.credit.money, other.credit.money);
        let source = |money: Money| money.txn().map(|txn| &self.pool.txn(txn).source);
        let same_day = one.day(self.pool) == other.day(self.pool);
        same_day && source(one) == source(other)
    }

    /// What the registry tells of refunds, as open money that went back.
    pub(super) fn doubted_by(&self, exceptions: &[ExceptionId]) -> Contest {
        Contest {
            exceptions: exceptions.to_vec(),
            days: (self.last_day, self.last_day),
            amount: i64::MAX.into(),
            cash: false,
        }
    }

    /// True of a payment in whose stead unseen money may come: something else than its way back may
    /// take its place.
    pub(super) fn is_replaced(&self, dossier: Index, entry: &Entry) -> bool {
        let back = self.may_go_back(dossier);
        let displacing = || self.displacing(dossier, entry);
        !self.freed_by(dossier, entry).is_empty()
            || displacing().iter().any(|id| !back.contains(id))
    }

    /// The open rows by which what settles lines of a dossier may go back.
    pub(super) fn may_go_back(&self, dossier: Index) -> &[ExceptionId] {
        let open = self.contests.back.get(&dossier);
        open.map_or(&[], Vec::as_slice)
    }
}

fn is_gone(entry: &Entry) -> bool {
    entry.reversed || entry.returned >= entry.credit.amount
}
