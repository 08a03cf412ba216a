//! Whether the statements of an account hang together: each with itself, with its other pages,
//! and with the one before it. What does not is a finding, and the days of a finding are not whole.
//!
//! - A statement is cut, its figures do not agree, or a page of it is not there.
//! - It opens with another balance than the one before it closed with, and no day between them is
//!   waited for that would explain it: the money stands in neither.
//! - Once another statement tells the same days whole, a finding is of the past ([`super::heal`]).

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::days::{QUIET_DAYS, span};
use super::heal::ties;
use super::pages;
use crate::domain::{Day, Flaw};
use crate::store::AccountStatement;

/// What is the matter with a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What<'s> {
    /// Its own figures differ by so much.
    Gap(Decimal),
    /// Something in it is cut or does not agree.
    Flaw(&'s Flaw),
    /// The page after it is not there.
    NoNext,
    /// The page before it is not there.
    NoPrevious,
    /// It and the pages after it differ by so much together.
    Pages(Decimal),
    /// It and the pages after it do not add up to what one of them tells.
    OfPages(Flaw),
    /// It does not open as this one closed.
    Apart(&'s AccountStatement),
}

/// Something the matter with a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding<'s> {
    /// The statement.
    pub(super) statement: &'s AccountStatement,
    /// What it is.
    pub(super) what: What<'s>,
}

impl Finding<'_> {
    /// The days that are not whole because of it.
    pub(super) fn days(&self) -> (Day, Day) {
        match self.what {
            // nobody waits for the days between, and the money may be of any of them
            What::Apart(before) => {
                let opens = opens_on(self.statement);
                (before.to.plus(1).min(opens), opens)
            }
            _ => (self.statement.from, self.statement.to),
        }
    }

    /// The same, one by one.
    pub(super) fn span(&self) -> impl Iterator<Item = Day> {
        let (from, to) = self.days();
        span(from, to)
    }
}

/// True when one of the findings is of the statement.
pub(super) fn is_in(findings: &[Finding<'_>], statement: &AccountStatement) -> bool {
    findings.iter().any(|found| found.statement == statement)
}

/// The day with which a statement opens.
pub(super) fn opens_on(statement: &AccountStatement) -> Day {
    let told = statement.checked.opens_on;
    told.unwrap_or(statement.from).max(statement.from)
}

/// Whose a statement is: where a file tells no account and the source has one only, it is that
/// one's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner<'s>(&'s str);

impl<'s> Owner<'s> {
    pub(super) fn among(told: &'s [AccountStatement]) -> Self {
        let numbers: BTreeSet<&str> = told.iter().map(|s| &*s.account).collect();
        let mut named = numbers.iter().filter(|number| !number.is_empty());
        match (named.next(), named.next()) {
            (Some(only), None) => Self(only),
            _ => Self(""),
        }
    }

    pub(super) fn of<'a>(self, statement: &'a AccountStatement) -> &'a str
    where
        's: 'a,
    {
        if statement.account.is_empty() {
            self.0
        } else {
            &statement.account
        }
    }

    /// Whose a stored row is, by the account that it tells.
    pub(super) fn of_row<'a>(self, account: Option<&'a str>) -> &'a str
    where
        's: 'a,
    {
        account.filter(|told| !told.is_empty()).unwrap_or(self.0)
    }
}

/// The days that each account's statements cover whole.
#[derive(Clone, Debug)]
pub(super) struct Covered<'s> {
    days: BTreeMap<&'s str, BTreeSet<Day>>,
    /// The accounts that told of days, covered or not.
    told: BTreeMap<&'s str, BTreeSet<Day>>,
}

impl<'s> Covered<'s> {
    /// The days of `told` but for those of `findings`.
    pub(super) fn by(told: &'s [AccountStatement], findings: &[Finding<'s>]) -> Self {
        let owner = Owner::among(told);
        let mut days: BTreeMap<&str, BTreeSet<Day>> = BTreeMap::new();
        let mut all = days.clone();
        let mut closed: BTreeMap<&str, &AccountStatement> = BTreeMap::new();
        for statement in told.iter().filter(|s| s.from <= s.whole_to) {
            let number = owner.of(statement);
            let found = findings.iter().filter(|f| f.statement == statement);
            let found: Vec<&Finding> = found.collect();
            let apart = |f: &&Finding| matches!(f.what, What::Apart(_));
            let own = span(statement.from, statement.whole_to);
            all.entry(number).or_default().extend(own);
            if !found.iter().all(apart) {
                continue;
            }
            let before = closed.get(number).filter(|before| {
                let known = before.closing.is_some() && before.closing == statement.opening;
                known && before.whole_to == before.to && before.to < statement.from
            });
            let from = before.map_or(statement.from, |before| before.to.plus(1));
            let lost: BTreeSet<Day> = found.iter().flat_map(|finding| finding.span()).collect();
            let of_account = days.entry(number).or_default();
            of_account.extend(span(from, statement.whole_to).filter(|day| !lost.contains(day)));
            let known = closed.get(number);
            if known.is_none_or(|known| known.to <= statement.to) {
                closed.insert(number, statement);
            }
        }
        Self { days, told: all }
    }

    /// True when every account that told of a day within a month before, or of this one, covers
    /// it.
    pub(super) fn is_whole(&self, day: Day) -> bool {
        let lately = day.minus(QUIET_DAYS);
        let mut waited = self
            .told
            .iter()
            .filter(|(_, days)| days.range(lately..=day).next().is_some())
            .map(|(number, _)| self.days.get(number))
            .peekable();
        waited.peek().is_some() && waited.all(|days| days.is_some_and(|days| days.contains(&day)))
    }
}

/// Everything the matter with `told`, in their order. `is_due` tells whether a file of a day is
/// waited for.
pub(super) fn findings<'s>(
    told: &'s [AccountStatement],
    is_due: &dyn Fn(Day) -> bool,
) -> Vec<Finding<'s>> {
    let owner = Owner::among(told);
    let mut accounts: BTreeMap<&str, Vec<&AccountStatement>> = BTreeMap::new();
    for statement in told {
        let of_account = accounts.entry(owner.of(statement)).or_default();
        of_account.push(statement);
    }
    let mut found = Vec::new();
    for statement in told {
        let mut add = |what| found.push(Finding { statement, what });
        let checked = &statement.checked;
        // a gap without balances is that of the sums
        let balances = statement.opening.is_some() && statement.closing.is_some();
        let told_apart = checked
            .flaws
            .iter()
            .any(|flaw| matches!(flaw, Flaw::Sum { .. }));
        let gap = statement.gap.filter(|_| balances || !told_apart);
        if let Some(gap) = gap.filter(|gap| !gap.is_zero()) {
            add(What::Gap(gap));
        }
        for flaw in &checked.flaws {
            add(What::Flaw(flaw));
        }
        if checked.goes_on
            && !told
                .iter()
                .any(|next| pages::is_next(owner, told, statement, next))
        {
            add(What::NoNext);
        }
        if checked.follows
            && !told
                .iter()
                .any(|last| pages::is_next(owner, told, last, statement))
        {
            add(What::NoPrevious);
        }
        if let Some(gap) = pages::gap(owner, told, statement).filter(|gap| !gap.is_zero()) {
            add(What::Pages(gap));
        }
        for flaw in pages::flaws(owner, told, statement) {
            add(What::OfPages(flaw));
        }
        let same = accounts
            .get(owner.of(statement))
            .map_or(&[][..], Vec::as_slice);
        if let Some(before) = apart(same, statement, is_due) {
            add(What::Apart(before));
        }
    }
    found
}

/// True when `next` is the page after `last`: by the numbers of the pages, or by the balance with
/// which the one ends and the other begins.
pub(super) fn goes_over(
    owner: Owner<'_>,
    last: &AccountStatement,
    next: &AccountStatement,
) -> bool {
    let (a, b) = (&last.checked, &next.checked);
    let near = next.from.days_since(last.to).abs() <= i64::from(QUIET_DAYS);
    if !near || !a.goes_on || !b.follows {
        return false;
    }
    let one = owner.of(last) == owner.of(next);
    match (a.page, b.page) {
        (Some(a), Some(b)) => {
            let counted = a.of_message && b.of_message;
            b.number == a.number + 1 && (one || counted)
        }
        _ => one && last.closing.is_some() && last.closing == next.opening,
    }
}

/// Among those of the same account the statement before this one, where it closed with another
/// balance, nothing tells of the days between them and none of these is waited for.
fn apart<'s>(
    same: &[&'s AccountStatement],
    statement: &'s AccountStatement,
    is_due: &dyn Fn(Day) -> bool,
) -> Option<&'s AccountStatement> {
    let opening = statement.opening.filter(|_| !statement.checked.follows)?;
    let first = opens_on(statement);
    let others = || same.iter().copied().filter(|other| *other != statement);
    // one without a balance of its own knows nothing of what was before
    let tells = |other: &AccountStatement| {
        let sound = other.gap.is_none_or(|gap| gap.is_zero()) && other.checked.flaws.is_empty();
        other.opening.is_some() && sound
    };
    if others().any(|other| other.from < first && other.to >= first && tells(other)) {
        return None;
    }
    let before = || others().filter(|other| other.to < first);
    // of several in one day each goes on where another ended, but for the first of them
    let day = (statement.from, statement.to);
    let is_part = |other: &&AccountStatement| {
        day.0 == day.1 && (other.from, other.to) == day && tells(other) && ties(other)
    };
    let parts = || others().filter(is_part);
    if parts().any(|other| other.closing == Some(opening)) {
        return None;
    }
    let begins = |other: &&AccountStatement| {
        let earlier = other.sha256 == statement.sha256 && other.seq < statement.seq;
        let follows = |last: &AccountStatement| last.closing == other.opening;
        let is_first = !follows(statement) && !parts().any(follows);
        earlier && other.opening != Some(opening) && is_first
    };
    if ties(statement)
        && let Some(earlier) = parts().find(begins)
    {
        return Some(earlier);
    }
    let of_day: Vec<&AccountStatement> = parts().chain([statement]).collect();
    if ties(statement)
        && day.0 == day.1
        && let Some(earlier) = gap_in_day(&of_day, statement)
    {
        return Some(earlier);
    }
    let last = before().map(|other| other.to).max()?;
    let closing = |other: &&AccountStatement| {
        let whole = other.whole_to == other.to && !other.checked.goes_on;
        other.to == last && whole && other.closing.is_some()
    };
    let mut candidates = before().filter(closing).peekable();
    let found = *candidates.peek()?;
    let explained = span(last.plus(1), first.minus(1)).any(is_due);
    let fits = candidates.any(|other| other.closing == Some(opening));
    (!explained && !fits).then_some(found)
}

/// Of the parts of a day that files of their own tell, the one after which money moved that stands
/// in none, and before `statement`. Of the two ways in which two runs of parts can follow each
/// other the one with the smaller gap is the day's; parts with an end in common tell of the same
/// time.
fn gap_in_day<'s>(
    parts: &[&'s AccountStatement],
    statement: &AccountStatement,
) -> Option<&'s AccountStatement> {
    let run = run_of(parts, statement);
    let (own, mut others): (Vec<&AccountStatement>, Vec<&AccountStatement>) =
        parts.iter().copied().partition(|part| run.contains(part));
    let shares = |other: &AccountStatement| {
        let ends = |part: &&AccountStatement| {
            part.opening == other.opening || part.closing == other.closing
        };
        own.iter().any(ends)
    };
    others.retain(|other| {
        let of_file = other.sha256 == statement.sha256;
        !of_file && !run_of(parts, other).into_iter().any(shares)
    });
    let gap = |first: &AccountStatement, then: &AccountStatement| {
        let (closing, opening) = (first.closing?, then.opening?);
        Some((opening - closing).abs())
    };
    let before = others
        .iter()
        .filter_map(|other| Some((gap(other, statement)?, *other)));
    let (least, before) = before.min_by_key(|(gap, other)| (*gap, &other.name))?;
    // the other way round
    let then = run_of(parts, before);
    let ways = own.iter().flat_map(|own| {
        let then = then.iter();
        then.filter_map(|then| gap(own, then)).collect::<Vec<_>>()
    });
    let least_back = ways.min()?;
    let is_later = (&before.name, before.seq) < (&statement.name, statement.seq);
    (least < least_back || (least == least_back && is_later)).then_some(before)
}

/// The parts that hang together with `part` by their balances, itself among them.
fn run_of<'s>(
    parts: &[&'s AccountStatement],
    part: &AccountStatement,
) -> Vec<&'s AccountStatement> {
    let links = |a: &AccountStatement, b: &AccountStatement| {
        a.closing == b.opening || b.closing == a.opening
    };
    let (mut run, mut left): (Vec<_>, Vec<_>) =
        parts.iter().copied().partition(|other| *other == part);
    while let Some(at) = left
        .iter()
        .position(|other| run.iter().any(|known| links(known, other)))
    {
        run.push(left.swap_remove(at));
    }
    run
}

#[cfg(test)]
mod tests;
