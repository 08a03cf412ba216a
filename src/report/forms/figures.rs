//! The figures of the minutes: every row of the period stands in exactly one part of the turnover
//! (paid, gone back, other) and in exactly one part of the comparison (exact, apart, open, left
//! out), so that both add up to the rows of the period.

use std::collections::{BTreeMap, BTreeSet};

use super::minutes::{Minutes, Table};
use crate::classify::OK;
use crate::domain::ProviderRow;
use crate::report::facts::Figure;

/// Rows by class.
pub type ByClass = BTreeMap<Box<str>, Figure>;

/// The figures of the paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Rows of the period.
    pub rows: Figure,
    /// Of these the rows of earlier days that came after those days were told.
    pub late: Figure,
    /// Successful payments that take part in the comparison.
    pub paid: Figure,
    /// What went back: successful refunds and reversals, and rows of any kind that are linked as
    /// such (a bank tells them as debits).
    pub back: Figure,
    /// The rest of the rows: pending, failed, void, debits, and what is left out.
    pub other: Figure,
    /// Matched and in order.
    pub exact: Figure,
    /// Of these the payments of certified sets: certain as a sum, not one by one.
    pub in_set: Figure,
    /// Matched, but not as it should be, by class.
    pub apart: ByClass,
    /// Open rows by class.
    pub open: ByClass,
    /// Rows left out by class.
    pub excluded: ByClass,
    /// What the provider kept of the payments that tell a fee, those taken up among them; none
    /// where none does.
    pub fees: Option<Figure>,
    /// Rows of earlier days that an earlier paper counted less of, as due, than they are now: a
    /// payment that waited and succeeded.
    pub taken_up: Figure,
    /// Rows of earlier days that an earlier paper counted more of: a payment that is a second
    /// sighting, or was voided.
    pub taken_back: Figure,
    /// Payments, less what went back, with what is taken up and less what is taken back of earlier
    /// papers, less the fees told and those kept at settlement, dong.
    pub due: i128,
}

/// The part of the turnover that a row stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Paid,
    Back,
    Other,
}

/// True for a row that had succeeded when it was classed so: the store holds its last status only,
/// which may be a later one.
pub(super) fn succeeded(row: &ProviderRow) -> bool {
    match &*row.class {
        "failed" | "void" | "pending" | "status_mismatch" => false,
        "conflict" | "decision_stale" => &*row.status == "success",
        _ => true,
    }
}

fn part(row: &ProviderRow) -> Part {
    let success = succeeded(row);
    let back = row.went_back || (success && matches!(&*row.kind, "refund" | "reversal"));
    if &*row.bucket == "excluded" {
        Part::Other
    } else if back {
        Part::Back
    } else if success && &*row.kind == "payment" {
        Part::Paid
    } else {
        Part::Other
    }
}

impl Sums {
    /// What was paid, with what earlier papers counted otherwise, dong.
    fn counted(&self) -> i128 {
        self.paid.sum_vnd + self.taken_up.sum_vnd - self.taken_back.sum_vnd
    }

    /// The sum over the classes.
    pub fn total(of: &ByClass) -> Figure {
        let mut sum = Figure::default();
        for figure in of.values() {
            sum.plus(*figure);
        }
        sum
    }
}

/// True for a successful payment that takes part in the comparison.
pub(super) fn is_paid(row: &ProviderRow) -> bool {
    part(row) == Part::Paid
}

/// True for a row that waited, and of which the store tells by now that it was paid on another day.
pub(super) fn is_paid_since(row: &ProviderRow) -> bool {
    row.since.is_some() && &*row.kind == "payment" && &*row.status == "success"
}

/// True for a row that is matched without any difference.
pub(super) fn is_exact(row: &ProviderRow) -> bool {
    &*row.bucket == "matched" && &*row.class == OK && !row.went_back
}

/// True for a row that is matched, but not as it should be.
pub(super) fn is_apart(row: &ProviderRow) -> bool {
    &*row.bucket == "matched" && !is_exact(row)
}

impl Table<'_> {
    /// The fees: those of the rows, and beside them what only the settlements show. Nobody counts
    /// the payments of the latter, so a sum of both has no count.
    pub(super) fn fees(&mut self, told: Option<Figure>) {
        let Some(withheld) = self.of.withheld else {
            self.head("VIII", "form-minutes-fees", told);
            return;
        };
        let of_rows = told.unwrap_or_default();
        let all = of_rows.sum_vnd + withheld;
        self.cells(
            "VIII",
            self.of.say("form-minutes-fees"),
            [None, Some(all)],
            true,
        );
        let said = told.map(|of_rows| [Some(of_rows.count.into()), Some(of_rows.sum_vnd)]);
        let said = said.unwrap_or_default();
        self.cells("1", self.of.say("form-minutes-fees-told"), said, false);
        let said = [None, Some(withheld)];
        self.cells("2", self.of.say("form-minutes-withheld"), said, false);
    }
}

impl Minutes<'_> {
    /// The figures.
    pub fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        let mut fees = Figure::default();
        for row in &self.rows {
            sums.rows.add(row.amount);
            if row.business_date < self.period.from {
                sums.late.add(row.amount);
            }
            compared(&mut sums, row);
            match part(row) {
                Part::Other => sums.other.add(row.amount),
                Part::Back => sums.back.add(row.amount),
                Part::Paid => {
                    sums.paid.add(row.amount);
                    if !row.fee.is_zero() {
                        fees.add(row.fee);
                    }
                }
            }
        }
        for (before, after) in &self.changed {
            let ((was, fee_was), (now, fee_now)) = (self.worth(before), self.worth(after));
            let more = now - was;
            match more.signum() {
                1 => sums.taken_up.plus(Figure::new(1, more)),
                -1 => sums.taken_back.plus(Figure::new(1, -more)),
                _ => {}
            }
            if fee_was != fee_now {
                fees.plus(Figure::new(1, fee_now - fee_was));
            }
        }
        let kept = fees.sum_vnd + self.withheld.unwrap_or(0);
        sums.due = sums.counted() - sums.back.sum_vnd - kept;
        sums.fees = (!fees.is_empty()).then_some(fees);
        sums
    }

    /// What a row adds to what was paid less what went back, and the fee that it tells, dong. A
    /// feed of party A's own account tells what was credited: what went back is no part of that.
    fn worth(&self, row: &ProviderRow) -> (i128, i128) {
        match part(row) {
            Part::Paid => (row.amount.wide(), row.fee.wide()),
            Part::Back if self.collects => (-row.amount.wide(), 0),
            Part::Back | Part::Other => (0, 0),
        }
    }

    /// Rows that counted as paid in the night of their day and were left out by a later one: line
    /// II.1 is so much less than what the report of the period says that people paid.
    pub fn dropped(&self) -> Figure {
        let dropped = self
            .since
            .iter()
            .filter(|(was, now)| part(was) == Part::Paid && &*now.bucket == "excluded");
        dropped.map(|(was, _)| was.amount).collect()
    }

    /// What was open before the period and is not any more, as a row of a day before it.
    pub fn settled(&self) -> Figure {
        let still = self.closing.iter();
        let still = still.filter(|row| row.business_date < self.period.from);
        let still: BTreeSet<&str> = still.map(|row| &*row.id).collect();
        let gone = self.opening.iter().filter(|row| !still.contains(&*row.id));
        gone.map(|row| row.amount).collect()
    }

    /// What waits for the provider at the end: the next paper that finds it paid takes it up.
    pub fn waiting(&self) -> Figure {
        let waits = self.closing.iter().filter(|row| &*row.class == "pending");
        waits.map(|row| row.amount).collect()
    }

    /// What waited at the end and is of a later day by now: the paper of that day tells how it
    /// ended.
    pub fn paid_since(&self) -> Figure {
        let since = self.closing.iter().filter(|row| row.since.is_some());
        since.map(|row| row.amount).collect()
    }

    /// What is open at the end, of before the period, and was not open then: matched once and
    /// opened again, or from before the first night.
    pub fn reopened(&self) -> Figure {
        let mut known = ids(&self.opening);
        known.extend(ids(&self.rows));
        let new = self.closing.iter().filter(|row| !known.contains(&*row.id));
        new.map(|row| row.amount).collect()
    }
}

fn ids(rows: &[ProviderRow]) -> BTreeSet<&str> {
    rows.iter().map(|row| &*row.id).collect()
}

/// Puts a row into its part of the comparison.
fn compared(sums: &mut Sums, row: &ProviderRow) {
    if is_exact(row) {
        sums.exact.add(row.amount);
        if row.in_set {
            sums.in_set.add(row.amount);
        }
        return;
    }
    let part = match &*row.bucket {
        "matched" => &mut sums.apart,
        "excluded" => &mut sums.excluded,
        _ => &mut sums.open,
    };
    part.entry(row.class.clone()).or_default().add(row.amount);
}
