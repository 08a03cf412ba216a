//! Whether the statements of an account hang together: each with itself, with its other pages,
//! and with the one before it. What does not is a finding, and the days of a finding are not whole.
//!
//! - A statement is cut, its figures do not agree, or a page of it is not there.
//! - It opens with another balance than the one before it closed with, and no day between them is
//!   waited for that would explain it: the money stands in neither.
//! - Once another statement covers the days whole, a finding is of the past.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::days::{QUIET_DAYS, span};
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
            What::Apart(_) => (opens_on(self.statement), opens_on(self.statement)),
            _ => (self.statement.from, self.statement.to),
        }
    }

    /// The same, one by one.
    pub(super) fn span(&self) -> impl Iterator<Item = Day> {
        let (from, to) = self.days();
        span(from, to)
    }

    /// True once every day of it is covered.
    pub(super) fn is_past(&self, covered: &Covered<'_>) -> bool {
        let days = covered.days.get(covered.owner.of(self.statement));
        days.is_some_and(|days| self.span().all(|day| days.contains(&day)))
    }
}

/// True when one of the findings is of the statement.
pub(super) fn is_in(findings: &[Finding<'_>], statement: &AccountStatement) -> bool {
    findings.iter().any(|found| found.statement == statement)
}

/// The day with which a statement opens.
fn opens_on(statement: &AccountStatement) -> Day {
    let told = statement.checked.opens_on;
    told.unwrap_or(statement.from).max(statement.from)
}

/// Whose a statement is: where a file tells no account and the source has one only, it is that
/// one's.
#[derive(Clone, Copy, Debug)]
struct Owner<'s>(&'s str);

impl<'s> Owner<'s> {
    fn among(told: &'s [AccountStatement]) -> Self {
        let numbers: BTreeSet<&str> = told.iter().map(|s| &*s.account).collect();
        let mut named = numbers.iter().filter(|number| !number.is_empty());
        match (named.next(), named.next()) {
            (Some(only), None) => Self(only),
            _ => Self(""),
        }
    }

    fn of<'a>(self, statement: &'a AccountStatement) -> &'a str
    where
        's: 'a,
    {
        if statement.account.is_empty() {
            self.0
        } else {
            &statement.account
        }
    }
}

/// The days that each account's statements cover whole.
#[derive(Clone, Debug)]
pub(super) struct Covered<'s> {
    days: BTreeMap<&'s str, BTreeSet<Day>>,
    /// The accounts that told of days, covered or not.
    told: BTreeMap<&'s str, BTreeSet<Day>>,
    owner: Owner<'s>,
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
            let lost = found.first().map(|finding| finding.days().0);
            let of_account = days.entry(number).or_default();
            of_account.extend(span(from, statement.whole_to).filter(|day| Some(*day) != lost));
            let known = closed.get(number);
            if known.is_none_or(|known| known.to <= statement.to) {
                closed.insert(number, statement);
            }
        }
        Self {
            days,
            told: all,
            owner,
        }
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
        if checked.goes_on && !told.iter().any(|next| goes_over(owner, statement, next)) {
            add(What::NoNext);
        }
        if checked.follows && !told.iter().any(|last| goes_over(owner, last, statement)) {
            add(What::NoPrevious);
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
fn goes_over(owner: Owner<'_>, last: &AccountStatement, next: &AccountStatement) -> bool {
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
    statement: &AccountStatement,
    is_due: &dyn Fn(Day) -> bool,
) -> Option<&'s AccountStatement> {
    let opening = statement.opening.filter(|_| !statement.checked.follows)?;
    let first = opens_on(statement);
    let others = || same.iter().copied().filter(|other| *other != statement);
    if others().any(|other| other.from < first && other.to >= first) {
        return None;
    }
    let before = || others().filter(|other| other.to < first);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Checked, SourceName};

    fn december(n: u32) -> Day {
        Day::parse("2022-12-01").unwrap().plus(n - 1)
    }

    fn statement(account: &str, from: u32, to: u32, balances: [i64; 2]) -> AccountStatement {
        AccountStatement {
            source: SourceName::new("bank"),
            sha256: "x".into(),
            name: "x".into(),
            seq: 0,
            account: account.into(),
            from: december(from),
            to: december(to),
            whole_to: december(to),
            entries: 0,
            rejects: 0,
            credits: 0.into(),
            opening: Some(balances[0].into()),
            closing: Some(balances[1].into()),
            gap: None,
            night: december(8),
            checked: Checked::default(),
        }
    }

    #[test]
    fn every_account_must_cover_a_day() {
        let check = |told: &[AccountStatement], day: u32, expected: bool| {
            let found = findings(told, &|_| true);
            let covered = Covered::by(told, &found);
            assert_eq!(covered.is_whole(december(day)), expected, "{day} {told:?}");
        };
        let one = [statement("A", 2, 3, [0, 5])];
        check(&one, 1, false);
        check(&one, 3, true);
        check(&one, 4, false);
        let two = [statement("A", 2, 3, [0, 5]), statement("B", 2, 2, [0, 5])];
        check(&two, 2, true);
        check(&two, 3, false);
        // a weekend in which the balance stayed, and one in which it did not
        let quiet = [statement("A", 2, 2, [0, 5]), statement("A", 5, 5, [5, 6])];
        check(&quiet, 4, true);
        let moved = [statement("A", 2, 2, [0, 5]), statement("A", 5, 5, [9, 6])];
        check(&moved, 4, false);
        // a file without account belongs to the only one
        let untold = [statement("", 3, 3, [5, 9]), statement("A", 2, 2, [0, 5])];
        check(&untold, 3, true);
    }

    #[test]
    fn a_statement_hangs_on_the_one_before_it() {
        let check = |told: &[AccountStatement], due: bool, expected: &[(u32, &str)]| {
            let is_due = |_| due;
            let said = |f: &Finding<'_>| {
                let what = match f.what {
                    What::Apart(_) => "apart",
                    What::NoNext => "no next",
                    What::NoPrevious => "no previous",
                    What::Gap(_) | What::Flaw(_) => "itself",
                };
                (f.statement.from, what)
            };
            let found: Vec<_> = findings(told, &is_due).iter().map(said).collect();
            let expected: Vec<_> = expected.iter().map(|(n, w)| (december(*n), *w)).collect();
            assert_eq!(found, expected, "{told:?}");
        };
        let one = |from, to, balances| statement("A", from, to, balances);
        check(&[one(2, 2, [0, 5]), one(3, 3, [5, 6])], true, &[]);
        let moved = [one(2, 2, [0, 5]), one(3, 3, [9, 6])];
        check(&moved, true, &[(3, "apart")]);
        // days between them are missing, or nobody waits for them
        let later = [one(2, 2, [0, 5]), one(5, 5, [9, 6])];
        check(&later, true, &[]);
        check(&later, false, &[(5, "apart")]);
        // another statement tells of the time between, or closes as this one opens
        let between = [one(2, 2, [0, 5]), one(3, 5, [5, 9]), one(5, 5, [9, 6])];
        check(&between, true, &[]);
        let again = [one(2, 2, [0, 5]), one(2, 2, [0, 9]), one(3, 3, [9, 6])];
        check(&again, true, &[]);
        // the day had not ended when the first was written
        let mut early = moved.clone();
        early[0].whole_to = december(1);
        check(&early, true, &[]);
        let mut pages = [one(2, 2, [0, 5]), one(2, 2, [5, 7]), one(2, 2, [6, 7])];
        pages[0].checked.goes_on = true;
        pages[2].checked.follows = true;
        check(&pages, true, &[(2, "no next"), (2, "no previous")]);
        pages[1].checked.follows = true;
        check(&pages, true, &[(2, "no previous")]);
    }
}
