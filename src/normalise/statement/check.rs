//! PURE: the arithmetic of a statement: opening, entries, closing, and running balances.
//!
//! Each row with a balance leads from the balance before it to its own. Read in one order or the
//! other, or in any, the rows of a whole statement make one way from the opening to the closing
//! balance; where a row is missing the way breaks.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Statement;
use super::adding::Room;
use super::run::Run;
use crate::domain::Flaw;

/// Breaks beyond these are not told: a column that is no balance breaks at every row.
pub(super) const BREAKS_MAX: usize = 20;

/// More accounts than these are in no statement: their balances are not followed.
const ACCOUNTS_MAX: usize = 1_000;

/// A row with its running balance.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// Its place in the table, and its line: lines of two sheets are not compared.
    pub(super) place: usize,
    pub(super) line: u64,
    /// Its place among the entries of its account.
    pub(super) nth: u64,
    /// Its time as ISO text.
    pub(super) at: String,
    /// Negative when money went out.
    pub(super) amount: Decimal,
    /// The balance after it.
    pub(super) balance: Decimal,
}

impl Running {
    pub(super) fn before(&self) -> Decimal {
        self.balance.saturating_sub(self.amount)
    }
}

/// The running balances of a statement, of each account by itself, as its rows come.
pub(super) struct Follow {
    runs: BTreeMap<Box<str>, Run>,
    /// True where the balances may have to tell which way money went.
    bare: bool,
    /// Rows with a balance.
    rows: u64,
    /// More accounts than are followed.
    many: bool,
}

impl Follow {
    pub(super) fn new(bare: bool) -> Self {
        Self {
            runs: BTreeMap::new(),
            bare,
            rows: 0,
            many: false,
        }
    }

    /// Adds an entry of an account, with its balance where it tells one.
    pub(super) fn add(&mut self, account: &str, row: Option<Running>, room: &mut Room) {
        self.rows += u64::from(row.is_some());
        if self.many {
            return;
        }
        if !self.runs.contains_key(account) {
            if self.runs.len() >= ACCOUNTS_MAX {
                self.many = true;
                self.runs.clear();
                return;
            }
            self.runs.insert(account.into(), Run::new(self.bare));
        }
        if let Some(run) = self.runs.get_mut(account) {
            run.add(row, room);
        }
    }

    /// True where no entry tells a balance.
    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

/// What the running balances tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    /// The balances before the first and after the last entry, where each entry has one.
    pub(super) ends: Option<(Decimal, Decimal)>,
    /// Where a row is missing.
    pub(super) breaks: Vec<Flaw>,
    /// True when every entry has a balance that is compared with that of another.
    is_known: bool,
    /// True when the balances say that every amount came in, and cannot say that it went out.
    pub(super) all_in: bool,
}

/// A break, and the places of the rows on both sides.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) flaw: Flaw,
    pub(super) after: Option<usize>,
    pub(super) before: Option<usize>,
}

impl Statement {
    /// See [`Statement::balanced`].
    pub(super) fn check(&self, way: &Way) -> Option<bool> {
        let runs = (way.is_known || !way.breaks.is_empty()).then_some(way.breaks.is_empty());
        let Some((opening, closing)) = self.opening.zip(self.closing) else {
            return runs;
        };
        let end = opening
            .checked_add(self.credits.sum)?
            .checked_sub(self.debits.sum)?;
        Some(end == closing && runs != Some(false))
    }

    /// What the running balances tell, those of each account by themselves.
    pub(super) fn way(&self, follow: &Follow) -> Way {
        let whole = follow.rows == self.entries;
        let runs: Vec<&Run> = follow.runs.values().filter(|run| run.rows > 0).collect();
        if runs.is_empty() {
            return Way::default();
        }
        let known = whole && runs.iter().all(|run| run.rows > 1);
        let mut way = Way {
            is_known: known,
            all_in: known && runs.iter().all(|run| run.says_all_in()),
            ..Way::default()
        };
        let orders = runs.iter().map(|run| run.only);
        let file = orders.fold([false; 2], |[a, b], [c, d]| [a || c, b || d]);
        let one = runs.len() == 1;
        for run in runs {
            let followed = run.followed(whole, [self.opening, self.closing], file);
            let mut found = run.breaks(&followed, whole);
            if one && whole {
                way.ends = run.ends(&followed);
                found.extend(self.outer_breaks(run, &followed));
            }
            let left = found
                .into_iter()
                .filter(|found| !self.explains(found, followed.down));
            way.breaks.extend(left.map(|found| found.flaw));
        }
        way.breaks.truncate(BREAKS_MAX);
        way
    }

    /// True where a row that cannot be read stands where the way breaks. `down`: newest first.
    fn explains(&self, found: &Found, down: bool) -> bool {
        let mut unread = self.unread.iter();
        match (found.after, found.before) {
            (Some(a), Some(b)) => unread.any(|at| (a.min(b)..a.max(b)).contains(&at)),
            // before the first or after the last in time
            (None, Some(first)) => unread.any(|at| (at < first) != down),
            (Some(last), None) => unread.any(|at| (at > last) != down),
            (None, None) => false,
        }
    }

    /// A row that is missing before the first or after the last, by the balances told apart.
    fn outer_breaks(&self, run: &Run, followed: &Followed) -> Vec<Found> {
        let (Some((begin, end)), Some((mut first, mut last))) = (run.ends(followed), run.outer())
        else {
            return Vec::new();
        };
        if followed.down {
            (first, last) = (last, first);
        }
        let opening = self.opening.filter(|opening| *opening != begin);
        let closing = self.closing.filter(|closing| *closing != end);
        let opening = opening.map(|opening| {
            let amount = begin.saturating_sub(opening);
            found(None, Some(first), amount)
        });
        let closing = closing.map(|closing| {
            let amount = closing.saturating_sub(end);
            found(Some(last), None, amount)
        });
        opening.into_iter().chain(closing).collect()
    }
}

pub(super) fn found(after: Option<&Running>, before: Option<&Running>, amount: Decimal) -> Found {
    let flaw = Flaw::Break {
        after: after.map(|row| row.line),
        before: before.map(|row| row.line),
        amount,
    };
    Found {
        flaw,
        after: after.map(|row| row.place),
        before: before.map(|row| row.place),
    }
}

/// In which order rows stand, and whether they follow from each other.
pub(super) struct Followed {
    /// Newest first.
    pub(super) down: bool,
    /// True where that order is certain.
    pub(super) clear: bool,
    /// Neighbours that follow in that order, and those that do not.
    pub(super) agree: u64,
    pub(super) differ: u64,
    /// True when the rows make no one way in any order.
    pub(super) loose: bool,
}

#[cfg(test)]
mod tests;
