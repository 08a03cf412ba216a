//! What nobody has seen: days of which no night was published although one was due, and a night's
//! money that no source delivered.

use super::{Figure, RunFacts, SourceNight};
use crate::domain::{Day, Period};

impl RunFacts {
    /// Those of a period.
    pub fn unrun_in(&self, period: &Period) -> impl Iterator<Item = Day> {
        let to = period.to.max(period.from);
        self.unrun.range(period.from..=to).copied()
    }

    /// True where nothing came of the night's money while a source of it is not complete: what was
    /// paid is unknown, and no zero.
    pub fn is_money_unseen(&self, transactions: Figure) -> bool {
        let silent = |source: &SourceNight| {
            source.facts.carries_money && !source.is_complete() && source.rows.is_empty()
        };
        transactions.is_empty() && self.period().is_none() && self.sources.iter().any(silent)
    }
}

/// First and last days of the stretches of days in their order.
pub fn stretches(days: impl Iterator<Item = Day>) -> Vec<(Day, Day)> {
    let mut stretches: Vec<(Day, Day)> = Vec::new();
    for day in days {
        match stretches.last_mut() {
            Some((_, to)) if to.plus(1) == day => *to = day,
            _ => stretches.push((day, day)),
        }
    }
    stretches
}
