//! What is certain of an open payment, and what hangs on other rows that are open. Nothing is taken
//! for certain because another open row has not turned out otherwise yet.

use crate::classify::{Bucket, Classified};
use crate::domain::{AgencyCode, ExceptionId, FeeStatus, Side};
use crate::matching::desk::{Money, Standing};
use crate::matching::ledger::{Effect, Entry, Ledger, Line};
use crate::matching::pool::{Index, at, index};

use super::agencies::Agencies;
use super::facts::{Facts, Open};

/// What money that was too much may settle, once other money of its dossier makes room.
#[derive(Debug, Default)]
pub(super) struct Room<'a> {
    /// The most that it may settle then, in dong.
    pub(super) dong: i128,
    /// The agencies of the lines that it may settle.
    pub(super) agencies: Agencies<'a>,
    /// The open rows by which the other money may go.
    pub(super) exceptions: Vec<ExceptionId>,
}

impl<'a> Facts<'_, 'a> {
    /// What of a payment or receipt was too much, and may settle lines once an open row takes the
    /// place of other money there, makes it another dossier's, or has taken it back.
    pub(super) fn may_find_room(&self, money: Money) -> Room<'a> {
        let mut room = Room::default();
        for (dossier, ledger, entry) in self.entries(money) {
            let much = entry.surplus > 0 || entry.receipt_differs;
            if !much || entry.effect != Effect::Settles || entry.reversed {
                continue;
            }
            let doubt = self.doubt(dossier).into_iter();
            let mut exceptions: Vec<ExceptionId> = doubt
                .flat_map(|doubt| doubt.exceptions.iter().cloned())
                .collect();
            let others = self.moved_beside(dossier).into_iter();
            let others = others.filter(|(other, _)| *other != money);
            exceptions.extend(others.flat_map(|(_, open)| open));
            let lines = || for_entry(ledger, entry).filter(|line| !line.land);
            let due: i128 = lines().map(|line| line.due).sum();
            if exceptions.is_empty() || due == 0 {
                continue;
            }
            // a receipt over another amount counts as its line or as itself
            let amount = entry.credit.amount;
            room.dong += if entry.receipt_differs {
                due.max(amount)
            } else {
                due.min(amount)
            };
            let agency = |line: &Line| -> &'a AgencyCode { &self.pool.fee(line.fee).agency_code };
            room.agencies.extend(lines().map(agency));
            room.exceptions.extend(exceptions);
        }
        room
    }

    /// True for a payment seen twice of which the row that carries it came with two contents: the
    /// source may tell that it was none, or another amount.
    pub fn is_carried_by_open(&self, txn: Index) -> bool {
        let mut carrier = txn;
        while let Standing::Sighting(of, _) = &self.desk.txns[at(carrier)] {
            carrier = *of;
        }
        let out = self.desk.txns[at(carrier)].out();
        let waits = ["conflict", "pending", "status_mismatch"];
        carrier != txn && out.is_some_and(|out| waits.contains(&out.class))
    }

    /// True for an open payment whose worth hangs on other rows: it names dossiers, or is seen
    /// elsewhere.
    pub fn hangs(&self, txn: Index) -> bool {
        !self.names(txn).is_empty() || self.is_carried_by_open(txn)
    }

    /// Rows of the money side that are open, and no credits: money that went back, receipts.
    pub(super) fn other_money(&self) -> usize {
        let inputs = self.pool.inputs;
        let txns = (0..inputs.txns.len()).map(index);
        let refunds = txns.filter(|txn| self.open(*txn) == Open::Refund).count();
        let conflicts = inputs.conflicts.iter();
        let conflicts = conflicts.filter(|c| c.key.side == Side::Receipt).count();
        refunds + conflicts + self.unread(Side::Receipt).len()
    }

    /// True where a payment that is a fee as things stand ([`Open::Fee`]) is one whatever else
    /// turns out: no other money is open that could pay one of its dossiers, or make a linked
    /// payment of one doubtful, and no line of theirs waits for money that the registry tells of.
    /// A dossier that is paid otherwise leaves it a repeat, perhaps.
    pub fn is_fee_whatever_comes(&self, txn: Index) -> bool {
        let waits = |fee: usize| {
            let row = self.fee_row(index(fee));
            let open = row.filter(|row| row.bucket == Bucket::Open);
            let class = open.map_or("", Classified::counts_as);
            let told = [
                "missing_payment",
                "missing_receipt",
                "pending",
                "status_mismatch",
            ];
            told.contains(&class)
        };
        let names = self.names(txn);
        let mut lines = names
            .iter()
            .flat_map(|d| self.pool.dossier(*d).fees.clone());
        // put to what the registry calls refunded, it may go back
        let goes = |dossier: &Index| {
            let fees = self.pool.dossier(*dossier).fees.clone();
            let mut fees = self.pool.inputs.fees[fees].iter();
            let called = fees.any(|fee| fee.status == FeeStatus::Refunded);
            called || !self.may_go_back(*dossier).is_empty()
        };
        self.open_money == 1 && !names.iter().any(goes) && !lines.any(waits)
    }
}

/// The lines that an entry may settle.
fn for_entry<'l>(ledger: &'l Ledger, entry: &'l Entry) -> impl Iterator<Item = &'l Line> {
    let only = entry.credit.lines.as_ref();
    let wanted = move |line: &&Line| only.is_none_or(|lines| lines.contains(&line.fee));
    ledger.lines.iter().filter(wanted)
}
