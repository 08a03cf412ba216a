//! Fee lines of whose payment the registry tells and that nobody has seen: what they may stand for.

use crate::classify::Bucket;
use crate::domain::{Day, ExceptionId, FeeStatus, OrderStatus};
use crate::matching::ledger::Entry;
use crate::matching::pool::{Index, at};

use super::facts::Facts;

/// What a line may stand for.
#[derive(Debug)]
pub(super) struct ToldPaid {
    /// The ways in which it may count, each for one line: (without cash, at all).
    pub(super) ways: &'static [(i64, i64)],
    /// The day of the row.
    pub(super) day: Day,
    /// The first and the last day on which the money may have come.
    pub(super) days: (Day, Day),
    /// The exceptions that decide it.
    pub(super) exceptions: Vec<ExceptionId>,
    /// It stands for nothing as long as money of its dossier is spread over other lines.
    pub(super) hangs: bool,
}

impl ToldPaid {
    /// True where counter cash may have paid it.
    pub(super) fn by_cash(&self) -> bool {
        self.ways.contains(&(0, 1))
    }
}

impl Facts<'_, '_> {
    /// What a line may stand for; none where it is not told to be paid, or was seen paid.
    pub(super) fn told_paid(&self, fee: Index) -> Option<ToldPaid> {
        let row = self.fee_row(fee)?;
        let open = row.bucket == Bucket::Open;
        let (ways, hangs): (&'static [(i64, i64)], bool) = match row.counts_as() {
            "missing_payment" | "missing_receipt" if open => (self.unseen_ways(), false),
            "pending" | "status_mismatch" if open => (&[(0, 0), (1, 1)], false),
            _ if self.may_be_told_paid(fee) || self.may_be_left(fee) => {
                (self.ways_told(fee)?, true)
            }
            _ => return None,
        };
        let days = self.unseen_days(self.pool.fee(fee));
        let one = days.0 == days.1;
        let mut exceptions: Vec<ExceptionId> = row.exception_id.clone().into_iter().collect();
        if hangs {
            exceptions.extend(self.credits.of_largest().iter().cloned());
        }
        Some(ToldPaid {
            ways,
            day: if one { days.0 } else { row.business_date },
            days,
            exceptions,
            hangs,
        })
    }

    /// Counter cash; where a source is not complete also money without.
    fn unseen_ways(&self) -> &'static [(i64, i64)] {
        if self.unseen_money {
            &[(0, 0), (0, 1), (1, 1)]
        } else {
            &[(0, 0), (0, 1)]
        }
    }

    /// True for a line without any money of a dossier that has some and lacks some: what is spread
    /// over it now may pay other lines once open money comes, and nobody saw this one paid then.
    pub(super) fn may_be_told_paid(&self, fee: Index) -> bool {
        let Some(dossier) = self.pool.find(&self.pool.fee(fee).dossier_code) else {
            return false;
        };
        let ledger = self.desk.ledgers.of(dossier);
        let without = ledger.line_of(at(fee));
        let short = without.is_some_and(|line| !line.land && line.paid <= 0 && line.lacking() > 0);
        let touched = || {
            let named = self.contest(dossier).is_some() || self.doubt(dossier).is_some();
            named || !self.credits.is_empty()
        };
        short && !ledger.entries.is_empty() && touched() && self.ways_told(fee).is_some()
    }

    /// True for a line that the registry calls refunded and whose money may go otherwise than by a
    /// refund: its receipt falls, its payment is put elsewhere, also one that was sent back, as the
    /// refund may have taken other money. Then the registry's word is left.
    fn may_be_left(&self, fee: Index) -> bool {
        let row = self.pool.fee(fee);
        let dossier = self.pool.find(&row.dossier_code);
        let Some(dossier) = dossier.filter(|_| row.status == FeeStatus::Refunded) else {
            return false;
        };
        let ledger = self.desk.ledgers.of(dossier);
        let place = ledger.place(fee);
        let Some(l) = place.filter(|l| !ledger.lines[*l].land) else {
            return false;
        };
        let untouched = ledger.lines[l].refunded == 0;
        let falls = |entry: &Entry| untouched && entry.credit.money.txn().is_none();
        let goes = |entry: &Entry| falls(entry) || !self.freed_by(dossier, entry).is_empty();
        let mut entries = ledger.on(l).map(|on| &ledger.entries[on.entry]);
        entries.any(|entry| !entry.reversed && goes(entry))
    }

    /// True for a line that may be paid by the registry's word alone, once its money stands
    /// elsewhere.
    pub(super) fn is_told(&self, fee: Index) -> bool {
        self.ways_told(fee).is_some() || self.told_paid(fee).is_some()
    }

    /// What the registry tells of a line without any money.
    fn ways_told(&self, fee: Index) -> Option<&'static [(i64, i64)]> {
        let fee = self.pool.fee(fee);
        let mut orders = self.pool.orders_for(fee);
        match fee.status {
            FeeStatus::Paid => Some(self.unseen_ways()),
            FeeStatus::Refunded => Some(&[(0, 0), (1, 1)]),
            FeeStatus::Unpaid | FeeStatus::Pending
                if orders.any(|order| order.status == OrderStatus::Paid) =>
            {
                Some(&[(0, 0), (1, 1)])
            }
            _ => None,
        }
    }
}
