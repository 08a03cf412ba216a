//! Money that is still open, by day: from when on it could have paid so much, and until when.

use crate::domain::{Day, ExceptionId, Side};
use crate::matching::desk::Money;
use crate::matching::ledger::{Effect, Entry};
use crate::matching::pool::{Index, index};

use super::facts::{Facts, Open};
use super::item::{no_fees, reject_name};

/// One row that may still turn out to be a payment of some fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// The day on which it was paid.
    pub day: Day,
    /// The most that it could pay, in dong.
    pub amount: i128,
    /// The exceptions of the row.
    pub exceptions: Vec<ExceptionId>,
}

/// All of them, in order of day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credits {
    /// Each day with what had come up to its end.
    sums: Vec<(Day, i128)>,
    largest: Option<Credit>,
}

impl Credits {
    /// Collects what is above zero; of equal amounts the first of the list is the largest, of those
    /// with an exception.
    pub fn new(credits: impl IntoIterator<Item = Credit>) -> Self {
        let mut all: Vec<Credit> = credits.into_iter().filter(|c| c.amount > 0).collect();
        let mut largest: Option<&Credit> = None;
        for credit in all.iter().filter(|credit| !credit.exceptions.is_empty()) {
            if largest.is_none_or(|l| l.amount < credit.amount) {
                largest = Some(credit);
            }
        }
        let largest = largest.cloned();
        all.sort_by_key(|credit| credit.day);
        let mut sums: Vec<(Day, i128)> = Vec::new();
        let mut sum = 0_i128;
        for credit in all {
            sum = sum.saturating_add(credit.amount);
            match sums.last_mut() {
                Some(last) if last.0 == credit.day => last.1 = sum,
                _ => sums.push((credit.day, sum)),
            }
        }
        Self { sums, largest }
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// The first day, and the last: the last payment of a sum lies between them.
    pub fn days(&self) -> Option<(Day, Day)> {
        Some((self.sums.first()?.0, self.sums.last()?.0))
    }

    /// The first day by whose end they reach an amount; none when all together do not.
    pub fn reach(&self, amount: i128) -> Option<Day> {
        let first = self.sums.partition_point(|(_, sum)| *sum < amount);
        self.sums.get(first).map(|(day, _)| *day)
    }

    /// The exceptions of the largest that has some.
    pub fn of_largest(&self) -> &[ExceptionId] {
        self.largest.as_ref().map_or(&[], |l| &l.exceptions)
    }
}

impl Facts<'_, '_> {
    /// Collects what may still turn out to be a payment. What may be put elsewhere is open money
    /// too, and the first of it may free more.
    pub(super) fn add_credits(&mut self) {
        let open = self.open_credits();
        self.contests.crowded.clear();
        self.contests.beside.clear();
        self.credits = Credits::new(open.iter().cloned());
        let mut movable = self.movable();
        if open.is_empty() && !movable.is_empty() {
            self.credits = Credits::new(movable);
            movable = self.movable();
        }
        self.moves = !movable.is_empty();
        self.open_money = open.len() + movable.len() + self.other_money();
        self.credits = Credits::new(open.into_iter().chain(movable));
        self.contests.crowded = self.crowded();
        self.contests.beside = self.crowds_beside();
    }

    /// Every credit that may still turn out to be a payment of some fee.
    fn open_credits(&self) -> Vec<Credit> {
        let credit = |txn: Index| {
            let amount = self.may_still_pay(txn);
            (amount > 0).then(|| Credit {
                day: self.pool.txn(txn).paid_on,
                amount,
                exceptions: self.txn_exceptions(txn),
            })
        };
        let txns = 0..self.pool.inputs.txns.len();
        let mut credits: Vec<Credit> = txns.filter_map(|txn| credit(index(txn))).collect();
        credits.extend(self.unread(Side::Txn));
        credits
    }

    /// Rows of a side that could not be read; of an amount that could not be read it is any.
    pub(super) fn unread(&self, side: Side) -> Vec<Credit> {
        let rejects = self.pool.inputs.rejects.iter();
        let rejects = rejects.filter(|reject| reject.side == side);
        let (inputs, no_fees) = (self.pool.inputs, no_fees(self.pool.inputs));
        let new = rejects.filter(|reject| reject_name(inputs, &no_fees, reject).is_some());
        new.map(|reject| Credit {
            day: reject.business_date,
            amount: reject
                .amount
                .map_or(i64::MAX.into(), |v| self.gross_of(v.wide(), 0)),
            exceptions: self.exceptions(&reject.key()),
        })
        .collect()
    }

    /// What a transaction may still pay: the whole of an open credit, or a repeat that may be none.
    fn may_still_pay(&self, txn: Index) -> i128 {
        match self.open(txn) {
            Open::Fee | Open::Credit => {
                i128::from(self.largest(txn)) + self.pool.txn(txn).fee.wide()
            }
            Open::Refund => 0,
            Open::Nothing => {
                let perhaps = |e: &&Entry| match e.effect {
                    Effect::Duplicate { certain, .. } => !certain && !e.reversed,
                    Effect::Doubtful { .. } => !e.reversed,
                    Effect::Settles => false,
                };
                let entries = self.entries(Money::Txn(txn)).map(|(_, _, e)| e);
                entries
                    .filter(perhaps)
                    .map(|e| e.credit.amount - e.returned)
                    .sum()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_that_has_an_exception_is_asked_for_the_first_of_equal_ones() {
        let source = crate::domain::SourceName::new("bank");
        let exception = |n: usize| {
            let key = crate::domain::RowKey::txn(&source, &n.to_string());
            ExceptionId::of("unidentified", &key)
        };
        let credit = |n: usize, amount: i128| Credit {
            day: Day::of_ms(0),
            amount,
            exceptions: vec![exception(n)],
        };
        let bare = Credit {
            exceptions: Vec::new(),
            ..credit(0, 900)
        };
        let all = [
            credit(1, 20),
            bare,
            credit(2, 70),
            credit(3, 70),
            credit(4, -1),
        ];
        assert_eq!(Credits::new(all).of_largest(), [exception(2)]);
        assert!(Credits::new([credit(5, 0)]).of_largest().is_empty());
    }

    #[test]
    fn the_first_day_that_reaches_an_amount() {
        let day = |n: u32| Day::of_ms(0).plus(n);
        let credit = |n: u32, amount: i128| Credit {
            day: day(n),
            amount,
            exceptions: Vec::new(),
        };
        let credits = Credits::new([credit(5, 30), credit(2, 20), credit(5, 1), credit(9, 0)]);
        assert_eq!(credits.days(), Some((day(2), day(5))));
        let check = |amount: i128, expected: Option<u32>| {
            assert_eq!(credits.reach(amount), expected.map(day), "{amount}");
        };
        check(1, Some(2));
        check(20, Some(2));
        check(21, Some(5));
        check(51, Some(5));
        check(52, None);
        assert_eq!(Credits::new([]).reach(1), None);
        assert!(Credits::new([]).is_empty());
    }
}
