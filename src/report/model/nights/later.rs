//! Pure: the end of a period as a night after it knows it. What came and went in its nights stays;
//! what is open is of its days, and what changed since its last night is a step of its own.

use crate::domain::Day;
use crate::report::facts::RunFacts;
use crate::report::model::bridge::{self, Break, CarryRow};
use crate::report::model::index::Index;
use crate::settle::Settlement;

use super::OfNights;
use super::work;

impl OfNights {
    /// Puts the end as the night of `facts` knows it, by what its settlement has of the days of
    /// the period and before.
    pub(in crate::report::model) fn known_later(
        &mut self,
        index: &Index<'_>,
        settlement: &Settlement,
        facts: &RunFacts,
    ) {
        let (Some(after), Some(figures)) = (self.nights.last().copied(), &mut self.figures) else {
            return;
        };
        let by = facts.business_date;
        let rows = settlement.rows.iter();
        let came = rows.filter(|row| {
            let opened = row
                .exception_id
                .as_ref()
                .and_then(|id| facts.opened_on.get(id));
            work::is_open_work(row, by) && opened.is_none_or(|opened| *opened > after)
        });
        let came = u64::try_from(came.count()).unwrap_or(u64::MAX);
        let now = work::work(index, settlement, facts);
        figures.work.known_by((after, by), now, came);
        let mut now = bridge::carries(settlement, facts);
        for row in &mut figures.carries {
            let is_it = |one: &CarryRow| (one.money, &one.source) == (row.money, &row.source);
            let at = now.iter().position(is_it);
            let told = at.map(|at| now.remove(at)).unwrap_or_default();
            end(row, &told, (after, by));
        }
        for told in now {
            let mut row = CarryRow {
                source: told.source.clone(),
                money: told.money,
                ..CarryRow::default()
            };
            end(&mut row, &told, (after, by));
            figures.carries.push(row);
        }
        let place = |row: &CarryRow| (!row.money, row.source.clone());
        figures.carries.sort_by_key(place);
    }
}

/// The row with the closing of another, and the difference as a step.
fn end(row: &mut CarryRow, told: &CarryRow, (after, before): (Day, Day)) {
    let count = i128::from(told.closing.count) - i128::from(row.closing.count);
    let sum_vnd = told.closing.sum_vnd - row.closing.sum_vnd;
    row.closing = told.closing;
    if (count, sum_vnd) != (0, 0) {
        row.breaks.push(Break {
            after,
            before,
            count,
            sum_vnd,
            later: true,
        });
    }
}
