//! Days of one gateway that one line of the bank may hand on. After days on which offices rest
//! several arrive together: days behind each other, none of the gateway's days between them left
//! out.

use crate::domain::{Day, Txn, Vnd};

use super::super::super::evidence::Evidence;
use super::super::super::pool::Pool;
use super::{Sums, sources};

/// One day, or several behind each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span<'s> {
    /// The gateway: its first source.
    pub(super) gateway: &'s str,
    pub(super) first: Day,
    pub(super) last: Day,
    /// The source whose rows add up to it.
    pub(super) source: &'s str,
    /// Of the net sums of each day the one that adds up to it.
    way: usize,
}

impl Span<'_> {
    /// True for a single day.
    pub(super) fn is_day(&self) -> bool {
        self.first == self.last
    }

    /// True when both hand on a day of one gateway.
    pub(super) fn touches(&self, other: &Self) -> bool {
        let apart = self.last < other.first || other.last < self.first;
        self.gateway == other.gateway && !apart
    }
}

impl<'s> Sums<'s> {
    /// A single day of a source.
    pub(super) fn day(&self, source: &'s str, day: Day) -> Option<Span<'s>> {
        let known = self.sessions.contains_key(&(source, day));
        known.then(|| Span {
            gateway: self.gateway(source),
            first: day,
            last: day,
            source,
            way: 0,
        })
    }

    /// Every day, and all days behind each other, that a line equals in time, days off not counted;
    /// what two sources tell of one gateway once.
    pub(super) fn readings(&self, pool: &Pool, row: &Txn) -> Vec<Span<'s>> {
        let (from, on) = (pool.rules.batch_from(row.paid_on), row.paid_on);
        let days = self.by_sum.get(&row.amount.wide()).into_iter().flatten();
        let days = days.filter(|(_, day)| (from..=on).contains(day));
        let mut all: Vec<Span> = days.filter_map(|(of, day)| self.day(of, *day)).collect();
        for source in sources(self.sessions) {
            self.runs(source, (from, on), row.amount.wide(), &mut all);
        }
        all.sort_unstable();
        all.dedup_by_key(|span| (span.gateway, span.first, span.last));
        all
    }

    /// The days of a source behind each other that together come to `sum`: two payments at least,
    /// the first and the last day not without effect.
    fn runs(&self, source: &'s str, (from, on): (Day, Day), sum: i128, all: &mut Vec<Span<'s>>) {
        let days = self.sessions.range((source, from)..=(source, on));
        let days: Vec<_> = days.map(|((_, day), of)| (*day, of)).collect();
        let ways = days.first().map_or(0, |(_, of)| of.nets.len());
        for way in 0..ways {
            for (i, (first, of)) in days.iter().enumerate() {
                let (mut net, mut payments) = (of.nets[way], of.payments);
                if net == 0 {
                    continue;
                }
                for (last, of) in &days[i + 1..] {
                    net += of.nets[way];
                    payments += of.payments;
                    if net == sum && of.nets[way] != 0 && payments >= 2 {
                        all.push(Span {
                            gateway: self.gateway(source),
                            first: *first,
                            last: *last,
                            source,
                            way,
                        });
                    }
                }
            }
        }
    }

    /// The only one of these that a line can be: a single day only within the days that a batch
    /// takes, days off counted; several days only where no single day is as much.
    pub(super) fn only(pool: &Pool, row: &Txn, all: &[Span<'s>]) -> Option<Span<'s>> {
        let limit = i64::from(pool.rules.batch_days);
        let late = |span: &Span| span.is_day() && row.paid_on.days_since(span.first) > limit;
        if let [only] = all {
            return Some(*only).filter(|only| !late(only));
        }
        let mut timely = all.iter().copied().filter(|span| !late(span));
        let only = timely.next().filter(Span::is_day)?;
        timely.next().is_none().then_some(only)
    }

    /// What tells that a line over `sum` is these days: each with its own sum.
    pub(super) fn evidence(&self, of: &Span<'s>, sum: Vnd) -> Evidence {
        if of.is_day() {
            return Evidence::BatchOf(of.source.into(), of.first, sum);
        }
        let sums = self
            .sessions
            .range((of.source, of.first)..=(of.source, of.last));
        let dong = |sum: i128| Vnd::from_wide(sum).unwrap_or_default();
        let days: Box<[(Day, Vnd)]> = sums
            .map(|((_, day), session)| (*day, dong(session.nets[of.way])))
            .collect();
        Evidence::BatchOfDays(of.source.into(), days, sum)
    }
}
