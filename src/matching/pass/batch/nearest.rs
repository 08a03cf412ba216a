//! The days of gateways that come nearest to a line of the bank which stays open.

use crate::domain::{Day, Txn, Vnd};

use super::super::super::desk::Desk;
use super::super::super::evidence::{Nearest, Test};
use super::super::super::pool::Pool;
use super::{SHOWN, Session, Sessions, Sums, sources};

/// What lines may be of gateways.
pub(in crate::matching::pass) struct NearDays<'s>(Sums<'s>);

impl<'s> NearDays<'s> {
    /// Of all days that the pool holds whole.
    pub(in crate::matching::pass) fn new<'p: 's>(
        desk: &Desk<'_, 'p>,
        sessions: &'s Sessions<'p>,
    ) -> Self {
        Self(Sums::new(desk, sessions))
    }

    /// The gateway's days that an unread bank line equals, shown where it has another reading; else
    /// the day whose sum comes nearest to a line that names the gateway.
    pub(in crate::matching::pass) fn of(&self, pool: &Pool, txn: &Txn) -> Vec<Nearest> {
        let exact = self.0.readings(pool, txn);
        if exact.is_empty() {
            let near = nearest_day(pool, self.0.sessions, txn);
            return near.into_iter().collect();
        }
        let exact = exact.iter().take(SHOWN).map(|span| {
            let days = if span.is_day() {
                format!("{} {}", span.source, span.first)
            } else {
                format!("{} {} – {}", span.source, span.first, span.last)
            };
            Nearest {
                candidate: days.into(),
                amount: Some(txn.amount),
                failed: Test::Unique,
            }
        });
        exact.collect()
    }
}

/// The gateway's day whose sum comes nearest to an unread bank line that names the gateway.
fn nearest_day(pool: &Pool, sessions: &Sessions, txn: &Txn) -> Option<Nearest> {
    let memo = txn.memo.to_ascii_uppercase();
    let earliest = txn.paid_on.minus(pool.rules.batch_days);
    let fits = |((source, _), session): &(&(&str, Day), &Session)| {
        session.payments >= 2 && memo.contains(&source.to_ascii_uppercase())
    };
    let distance = |net: i128| (net - txn.amount.wide()).abs();
    let in_time = |source| sessions.range((source, earliest)..=(source, txn.paid_on));
    let sums = sources(sessions).flat_map(in_time).filter(fits);
    let sums = sums.flat_map(|(key, session)| session.nets.iter().map(move |net| (key, *net)));
    let ((source, day), net) = sums.min_by_key(|(key, net)| (distance(*net), *key))?;
    Some(Nearest {
        candidate: format!("{source} {day}").into(),
        amount: Vnd::from_wide(net).ok(),
        failed: Test::Sum,
    })
}
