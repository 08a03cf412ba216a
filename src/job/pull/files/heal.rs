//! When a finding is of the past: another statement tells whole what the flawed one lacks.
//!
//! - Another statement of the account, or several that hang together by their balances, tell the
//!   same days, tie with themselves, and hold at least what the flawed one held: its entries and
//!   money in, or what lies between its opening and closing balance.
//! - Where the flawed one tells no figure of its own to tie to, as many entries and as much money
//!   in are enough.
//! - A gap between two statements is told by nobody but statements with an opening balance: they
//!   must tell of every day from the one to the other.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::chain::{Finding, Owner, What, opens_on};
use super::days::span;
use crate::domain::Day;
use crate::store::AccountStatement;

/// The statements of an account with which nothing is the matter.
#[derive(Clone, Debug)]
pub(super) struct Sound<'s>(Vec<&'s AccountStatement>);

/// What several statements hold together.
#[derive(Clone, Copy, Debug)]
struct Held {
    entries: u64,
    credits: Decimal,
    ends: [Option<Decimal>; 2],
}

impl<'s> Sound<'s> {
    /// Those of the account of `statement`; one that lies apart from the one before it is whole
    /// in itself.
    fn beside(
        told: &'s [AccountStatement],
        findings: &[Finding<'s>],
        statement: &AccountStatement,
    ) -> Self {
        let owner = Owner::among(told);
        let itself = |s: &AccountStatement| {
            let of = |f: &Finding<'_>| f.statement == s && !matches!(f.what, What::Apart(_));
            findings.iter().any(of)
        };
        let same = told.iter().filter(|s| {
            *s != statement && owner.of(s) == owner.of(statement) && s.from <= s.whole_to
        });
        Self(same.filter(|s| !itself(s)).collect())
    }

    /// The one statement that tells whole what a flawed one lacks, or the first of several.
    fn instead_of(&self, flawed: &AccountStatement) -> Option<Vec<&'s AccountStatement>> {
        let told = [flawed.opening, flawed.closing, flawed.gap];
        let is_bare = told.iter().all(Option::is_none);
        let one = self.0.iter().copied().find(|other| {
            let spans = other.from <= flawed.from && flawed.to <= other.whole_to;
            let held = Held {
                entries: other.entries,
                credits: other.credits,
                ends: [other.opening, other.closing],
            };
            let is_more = is_bare && other.entries > 0 && held.holds(flawed);
            spans && (is_more || ties(other) && (held.holds(flawed) || held.brackets(flawed)))
        });
        one.map(|one| vec![one]).or_else(|| self.run(flawed))
    }

    /// Statements within the days of the flawed one, each of which opens as the last closed.
    fn run(&self, flawed: &AccountStatement) -> Option<Vec<&'s AccountStatement>> {
        let within = |s: &&AccountStatement| flawed.from <= s.from && s.to <= flawed.to && ties(s);
        let mut left: Vec<&AccountStatement> = self.0.iter().copied().filter(within).collect();
        left.retain(|s| s.opening.is_some() && s.closing.is_some());
        let first = |s: &&AccountStatement| match flawed.opening {
            Some(opening) => s.opening == Some(opening),
            None => s.from == flawed.from,
        };
        let mut taken = vec![left.remove(left.iter().position(first)?)];
        while let Some(at) = left.iter().position(|next| {
            let last = taken.last();
            last.is_some_and(|last| last.closing == next.opening && last.from <= next.from)
        }) {
            taken.push(left.remove(at));
        }
        let held = Held {
            entries: taken.iter().map(|s| s.entries).sum(),
            credits: taken.iter().map(|s| s.credits).sum(),
            ends: [
                taken.first().and_then(|s| s.opening),
                taken.last().and_then(|s| s.closing),
            ],
        };
        let days: BTreeSet<Day> = taken
            .iter()
            .flat_map(|s| span(s.from, s.whole_to))
            .collect();
        let ends = days.contains(&flawed.from) && days.contains(&flawed.to);
        (ends && (held.holds(flawed) || held.brackets(flawed))).then_some(taken)
    }
}

impl Held {
    /// At least as many entries, and as much money in.
    fn holds(&self, flawed: &AccountStatement) -> bool {
        self.entries >= flawed.entries && self.credits >= flawed.credits
    }

    /// The same balances at both ends.
    fn brackets(&self, flawed: &AccountStatement) -> bool {
        let told = [flawed.opening, flawed.closing];
        told.iter().all(Option::is_some) && told == self.ends
    }
}

/// True when its balances or its totals agree with its entries.
pub(super) fn ties(statement: &AccountStatement) -> bool {
    statement.gap.is_some_and(|gap| gap.is_zero())
}

/// The statements that tell whole what the finding's statement lacks; none while it stands.
pub(super) fn healed<'s>(
    finding: &Finding<'s>,
    told: &'s [AccountStatement],
    findings: &[Finding<'s>],
) -> Option<Vec<&'s AccountStatement>> {
    let flawed = finding.statement;
    let sound = Sound::beside(told, findings, flawed);
    let What::Apart(before) = finding.what else {
        return sound.instead_of(flawed);
    };
    let apart = |s: &AccountStatement| findings.iter().any(|f| f.statement == s);
    let hung = sound.0.iter().copied();
    let hung = hung.filter(|s| s.opening.is_some() && ties(s) && !apart(s));
    let hung: Vec<&AccountStatement> = hung.collect();
    let last = opens_on(flawed);
    if before.to >= last {
        // two of one day: one that tells of both ends as the later one does
        let both = |s: &&AccountStatement| {
            s.closing == flawed.closing && s.from <= last && last <= s.whole_to
        };
        return hung.into_iter().find(both).map(|s| vec![s]);
    }
    // what opens as the earlier one closed tells of the days between, too
    let goes_on = |s: &AccountStatement| s.opening == before.closing && before.to < s.from;
    let first = |s: &AccountStatement| {
        if goes_on(s) {
            before.to.plus(1)
        } else {
            s.from
        }
    };
    let links = hung.iter().any(|s| {
        first(s) <= before.to.plus(1)
            && before.to < s.whole_to
            && (goes_on(s) || s.from <= before.to)
    });
    let covers = |day: Day| hung.iter().any(|s| first(s) <= day && day <= s.whole_to);
    let mut days = span(before.to.plus(1), last);
    (links && days.all(covers)).then_some(hung)
}
