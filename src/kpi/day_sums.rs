//! Bank lines that equal the sum of a day (`cash_deposit`, `batch_settlement`). They are no
//! payments because the sum is exact: while an open row may change it, bring another line or
//! another day of the same sum, or leave a dossier that lacks as much, a line may be a payment like
//! any other that names nobody.

use std::collections::BTreeMap;

use crate::domain::{Day, ExceptionId, Fee, FeeStatus, Side};
use crate::matching::Evidence;
use crate::matching::pool::{Index, at, index};

use super::facts::Facts;

/// Lines that may be payments, each with the exceptions of an open row that tells.
pub(super) type Unsure = BTreeMap<Index, Vec<ExceptionId>>;

/// A line that equals the sum of a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct DaySum {
    txn: Index,
    /// The first of the days that were summed up.
    first: Day,
    amount: i128,
    /// Of receipts; else of a gateway's payments.
    of_cash: bool,
    /// The days on which another day of the same sum may lie.
    days: (Day, Day),
    /// The last day on which another line of the same sum may come.
    until: Day,
}

/// Open rows by day: the exceptions of the first of each.
type ByDay = BTreeMap<Day, Vec<ExceptionId>>;

/// Spans of days on which something may be found, with whose exceptions.
#[derive(Default)]
struct Spans {
    /// By first day, each with the last day of all up to it.
    sorted: Vec<(Day, Day, Vec<ExceptionId>)>,
}

impl Spans {
    fn new(mut spans: Vec<(Day, Day, Vec<ExceptionId>)>) -> Self {
        spans.sort_unstable();
        for i in 1..spans.len() {
            if spans[i].1 < spans[i - 1].1 {
                let (last, why) = (spans[i - 1].1, spans[i - 1].2.clone());
                (spans[i].1, spans[i].2) = (last, why);
            }
        }
        Self { sorted: spans }
    }

    /// Whose span touches these days.
    fn touching(&self, from: Day, to: Day) -> Option<&Vec<ExceptionId>> {
        let before = self.sorted.partition_point(|(first, ..)| *first <= to);
        let (_, last, why) = self.sorted.get(before.checked_sub(1)?)?;
        (from <= *last).then_some(why)
    }
}

impl DaySum {
    /// The days on which another day of the same sum may lie.
    fn days(&self) -> (Day, Day) {
        self.days
    }

    /// The days on which another line of the same sum may come.
    fn lines(&self) -> (Day, Day) {
        (self.first, self.until)
    }
}

impl Facts<'_, '_> {
    /// The lines that the rules will hold against their days again.
    pub(super) fn day_sums(&self) -> Vec<DaySum> {
        let rules = self.pool.rules;
        let tomorrow = self.pool.inputs.business_date.map(|night| night.plus(1));
        // what the next night does not sum up again is final
        let again = tomorrow.map(|night| rules.whole_from(night));
        let again = |day: &Day| again.is_none_or(|first| first <= *day);
        let mut sums = Vec::new();
        for txn in (0..self.pool.inputs.txns.len()).map(index) {
            let Some(out) = self.desk.txns[at(txn)].out() else {
                continue;
            };
            let row = self.pool.txn(txn);
            let on = row.paid_on;
            let told = out.evidence.iter().find_map(|why| match why {
                Evidence::DepositOf(_, day, _) => {
                    let days = (on.minus(rules.deposit_days), on);
                    Some((*day, true, days, day.plus(rules.deposit_days)))
                }
                Evidence::DepositOfDays(_, of, _) => {
                    let ((first, _), (last, _)) = of.first().zip(of.last())?;
                    let days = (on.minus(rules.deposit_days), on);
                    Some((*first, true, days, last.plus(rules.deposit_days)))
                }
                why => {
                    let (_, days) = why.paid_out()?;
                    let ((first, _), (last, _)) = days.first().zip(days.last())?;
                    let until = rules.batch_until(*last);
                    // what a person called a payout may be of days long before
                    let from = rules.batch_from(on).min(*first);
                    Some((*first, false, (from, on), until))
                }
            });
            if let Some((first, of_cash, days, until)) = told.filter(|(day, ..)| again(day)) {
                sums.push(DaySum {
                    txn,
                    first,
                    amount: row.amount.wide(),
                    of_cash,
                    days,
                    until,
                });
            }
        }
        sums
    }

    /// Those that an open row of their days makes unsure, or one that has not come.
    pub(super) fn unsure_by_day(&self, sums: &[DaySum]) -> Unsure {
        let mut unsure = Unsure::new();
        if sums.is_empty() {
            return unsure;
        }
        let inputs = self.pool.inputs;
        let late = inputs.sources.iter();
        let late = late.filter(|source| !source.is_whole());
        let late = (late.count() > 0).then(Vec::new);
        let (gateways, lines) = self.open_rows();
        let cash = self.open_cash();
        let found = Spans::new(self.found_cash(false));
        let within = |rows: &ByDay, (from, to): (Day, Day)| {
            let mut rows = rows.range(from..=to);
            rows.next().map(|(_, why)| why.clone())
        };
        for sum in sums {
            let (from, to) = sum.days();
            let of_days = || {
                if sum.of_cash {
                    let found = || found.touching(from, to).cloned();
                    within(&cash, (from, to)).or_else(found)
                } else {
                    within(&gateways, (from, to))
                }
            };
            let line = || within(&lines, sum.lines());
            if let Some(why) = of_days().or_else(line).or_else(|| late.clone()) {
                unsure.insert(sum.txn, why);
            }
        }
        unsure
    }

    /// Payments of gateways and lines of banks that have not come for good, by day.
    fn open_rows(&self) -> (ByDay, ByDay) {
        let (mut gateways, mut lines) = (ByDay::new(), ByDay::new());
        for txn in (0..self.pool.inputs.txns.len()).map(index) {
            let waits = ["conflict", "pending", "status_mismatch"];
            let out = self.desk.txns[at(txn)].out();
            if out.is_none_or(|out| !waits.contains(&out.class)) {
                continue;
            }
            let row = self.pool.txn(txn);
            let rows = if row.order_ref.is_some() {
                &mut gateways
            } else {
                &mut lines
            };
            let why = rows.entry(row.paid_on);
            why.or_insert_with(|| self.txn_exceptions(txn));
        }
        for unread in self.unread(Side::Txn) {
            for rows in [&mut gateways, &mut lines] {
                let why = rows.entry(unread.day);
                why.or_insert_with(|| unread.exceptions.clone());
            }
        }
        (gateways, lines)
    }

    /// Receipts that are contradictory or could not be read, by day.
    fn open_cash(&self) -> ByDay {
        let mut cash = ByDay::new();
        for (i, standing) in self.desk.receipts.iter().enumerate() {
            if standing.out().is_some_and(|out| out.class == "conflict") {
                let why = cash.entry(self.pool.inputs.receipts[i].collected_at.day());
                why.or_insert_with(|| self.receipt_exceptions(index(i)));
            }
        }
        for unread in self.unread(Side::Receipt) {
            let why = cash.entry(unread.day);
            why.or_insert_with(|| unread.exceptions.clone());
        }
        cash
    }

    /// The days on which a receipt may be found of a line that the registry calls paid; `moved`:
    /// also of lines that may be told so once money of their dossiers stands elsewhere.
    fn found_cash(&self, moved: bool) -> Vec<(Day, Day, Vec<ExceptionId>)> {
        let mut spans = Vec::new();
        for (d, dossier) in self.pool.dossiers.iter().enumerate() {
            let paid = |fee: &Fee| fee.status == FeeStatus::Paid;
            let fees = &self.pool.inputs.fees[dossier.fees.clone()];
            let moves = moved && fees.iter().any(paid);
            let moves = moves.then(|| self.touching(index(d))).flatten();
            let moves = moves.map(|why| why.into_iter().take(1).collect::<Vec<_>>());
            for i in dossier.fees.clone() {
                let fee = &self.pool.inputs.fees[i];
                let row = self.fee_row(index(i));
                let missing = row.filter(|row| row.counts_as().starts_with("missing_"));
                let own = missing.map(|row| row.exception_id.iter().cloned().collect());
                if let Some(why) = own.or_else(|| moves.clone().filter(|_| paid(fee))) {
                    let (from, to) = self.unseen_days(fee);
                    spans.push((from, to, why));
                }
            }
        }
        spans
    }

    /// Those of the rest that a dossier makes unsure which open rows touch: it may lack exactly as
    /// much, or be told paid in cash that nobody saw.
    pub(super) fn unsure_by_dossiers(&self, sums: &[DaySum]) -> Unsure {
        let rest = || {
            sums.iter()
                .filter(|s| !self.unsure_sums.contains_key(&s.txn))
        };
        let mut unsure = Unsure::new();
        let Some(least) = rest().map(|sum| sum.amount).min() else {
            return unsure;
        };
        let refunds = (0..self.pool.inputs.txns.len()).map(index);
        let refunds = refunds.filter(|txn| self.is_nameless_refund(*txn));
        let refunds: Vec<ExceptionId> = refunds.flat_map(|txn| self.txn_exceptions(txn)).collect();
        let mut largest: Option<(i128, Vec<ExceptionId>)> = None;
        for (d, dossier) in self.pool.dossiers.iter().enumerate() {
            let fees = &self.pool.inputs.fees[dossier.fees.clone()];
            let due: i128 = fees.iter().map(|fee| fee.amount.wide()).sum();
            if due < least || largest.as_ref().is_some_and(|(most, _)| due <= *most) {
                continue;
            }
            let touched = self.touching(index(d));
            let touched = touched.or_else(|| (!refunds.is_empty()).then(|| refunds.clone()));
            if let Some(mut why) = touched {
                why.truncate(1);
                largest = Some((due, why));
            }
        }
        let of_cash = rest().any(|sum| sum.of_cash);
        let found = Spans::new(if of_cash {
            self.found_cash(true)
        } else {
            Vec::new()
        });
        for sum in rest() {
            let (from, to) = sum.days();
            let rival = largest.as_ref().filter(|(due, _)| sum.amount <= *due);
            let rival = rival.map(|(_, why)| why.clone());
            let cash = || found.touching(from, to).filter(|_| sum.of_cash).cloned();
            if let Some(why) = rival.or_else(cash) {
                unsure.insert(sum.txn, why);
            }
        }
        unsure
    }

    /// True for a line that equals the sum of a day and may be a payment all the same.
    pub(super) fn is_unsure_sum(&self, txn: Index) -> bool {
        self.unsure_sums.contains_key(&txn)
    }

    /// True for one whose worth hangs on an open row.
    pub(super) fn hangs_on_sum(&self, txn: Index) -> bool {
        self.unsure_sums
            .get(&txn)
            .is_some_and(|why| !why.is_empty())
    }
}
