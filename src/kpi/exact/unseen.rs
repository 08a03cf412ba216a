//! Lines that the registry calls paid and whose money nobody has seen: what may have come for them.

use crate::classify::{Bucket, Classified};
use crate::domain::Day;
use crate::matching::ledger::Ledger;

use super::super::facts::Facts;

/// The most days on which unseen money may have come.
const DAYS_MAX: usize = 31;
/// The most ways of one dossier with one set of payments.
pub(super) const WAYS_MAX: usize = 4_096;

/// A line whose money nobody has seen, and the days on which it may have come.
pub(super) struct Unseen {
    /// Its place in the ledger.
    pub(super) line: usize,
    days: Vec<Day>,
}

/// The lines of a dossier that the registry calls paid; none where something else is open.
pub(super) fn unseen(facts: &Facts, base: &Ledger) -> Option<Vec<Unseen>> {
    let mut unseen = Vec::new();
    for (l, line) in base.lines.iter().enumerate() {
        let row = facts.fee_row(line.fee);
        let open = row.is_some_and(|row| row.bucket == Bucket::Open);
        match row.map_or("", Classified::counts_as) {
            "missing_payment" | "missing_receipt" if open => {
                let (from, to) = facts.unseen_days(facts.pool.fee(line.fee));
                let mut days = vec![from];
                while days.last().is_some_and(|day| *day < to) && days.len() <= DAYS_MAX {
                    let next = days.last().map(|day| day.plus(1));
                    days.extend(next);
                }
                if days.len() > DAYS_MAX {
                    return None;
                }
                unseen.push(Unseen { line: l, days });
            }
            "pending" | "status_mismatch" | "conflict" | "receipt_mismatch" => return None,
            _ if facts.may_be_told_paid(line.fee) => return None,
            _ => {}
        }
    }
    Some(unseen)
}

/// One choice for each unseen line: none, or (day, cash).
pub(super) type Choice = Vec<Option<(Day, bool)>>;

/// The choices of the unseen lines: of those that a ledger leaves empty each may have been paid or
/// not, or (`found`) just these were.
pub(super) fn choices(
    facts: &Facts,
    ledger: &Ledger,
    unseen: &[Unseen],
    found: Option<u32>,
) -> Option<Vec<Choice>> {
    let mut choices: Vec<Choice> = vec![Vec::new()];
    for (place, one) in unseen.iter().enumerate() {
        let is_found = found.map(|found| found >> place & 1 == 1);
        let mut options = Vec::new();
        options.extend((is_found != Some(true)).then_some(None));
        if ledger.lines[one.line].paid == 0 && is_found != Some(false) {
            let kinds: &[bool] = if facts.unseen_money {
                &[true, false]
            } else {
                &[true]
            };
            let days = one.days.iter();
            options.extend(days.flat_map(|day| kinds.iter().map(move |k| Some((*day, *k)))));
        }
        let step = |choice: &Choice| {
            let longer = |option: &Option<(Day, bool)>| {
                let mut choice = choice.clone();
                choice.push(*option);
                choice
            };
            options.iter().map(longer).collect::<Vec<_>>()
        };
        choices = choices.iter().flat_map(step).collect();
        if choices.len() > WAYS_MAX {
            return None;
        }
    }
    Some(choices)
}
