//! What people say that gateways paid out: a bank line over days of a gateway. No day hands on more
//! than it took in, all lines together; a day that the pool does not hold whole is taken as it was
//! when the decision was made.

use std::collections::BTreeMap;

use crate::domain::{Day, Ruling, SourceName, Txn, TxnKind, Vnd};
use crate::matching::evidence::Evidence;
use crate::matching::pass::chain::{gateway_rows, is_bank_line};
use crate::matching::pool::Pool;

/// What the days that decisions name have left to hand on, in dong.
pub(super) struct Days<'p, 'a> {
    pool: &'p Pool<'a>,
    left: BTreeMap<(&'p str, Day), i128>,
}

impl<'p, 'a> Days<'p, 'a> {
    pub(super) fn of(pool: &'p Pool<'a>) -> Self {
        let mut left = BTreeMap::new();
        for decision in &pool.inputs.decisions {
            if let Ruling::Payout { source, days } = &decision.ruling {
                let whole = days.iter().filter(|(day, _)| pool.holds_whole_day(*day));
                left.extend(whole.map(|(day, _)| ((source.as_str(), *day), 0)));
            }
        }
        if !left.is_empty() {
            for (_, row) in gateway_rows(pool) {
                if let Some(left) = left.get_mut(&(row.source.as_str(), row.paid_on)) {
                    let pays = row.kind == TxnKind::Payment;
                    *left += if pays {
                        row.amount.wide()
                    } else {
                        -row.amount.wide()
                    };
                }
            }
        }
        Self { pool, left }
    }

    /// What tells that the line is these days, each with its part; none where the parts are not the
    /// line, or a day has not as much left.
    pub(super) fn take(
        &mut self,
        line: &Txn,
        source: &'p SourceName,
        parts: &[(Day, Vnd)],
    ) -> Option<Evidence> {
        let sum: i128 = parts.iter().map(|(_, part)| part.wide()).sum();
        let fits = is_bank_line(line)
            && line.kind == TxnKind::Payment
            && sum == line.amount.wide()
            && parts.iter().all(|(_, part)| part.get() > 0)
            && parts.is_sorted_by(|a, b| a.0 < b.0);
        let key = |day: &Day| (source.as_str(), *day);
        let has = |(day, part): &(Day, Vnd)| {
            let left = self.left.get(&key(day)).copied();
            let whole = self.pool.holds_whole_day(*day);
            !whole || left.is_some_and(|left| left >= part.wide())
        };
        if parts.is_empty() || !fits || !parts.iter().all(has) {
            return None;
        }
        for (day, part) in parts {
            if let Some(left) = self.left.get_mut(&(source.as_str(), *day)) {
                *left -= part.wide();
            }
        }
        Some(match parts {
            [(day, part)] => Evidence::BatchOf(source.as_str().into(), *day, *part),
            days => Evidence::BatchOfDays(source.as_str().into(), days.into(), line.amount),
        })
    }
}
