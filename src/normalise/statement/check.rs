//! PURE: the arithmetic of a statement: opening, entries, closing, and running balances.
//!
//! Each row with a balance leads from the balance before it to its own. Read in one order or the
//! other, or in any, the rows of a whole statement make one way from the opening to the closing
//! balance; where a row is missing the way breaks.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Statement;
use crate::domain::Flaw;

/// Breaks beyond these are not told: a column that is no balance breaks at every row.
const BREAKS_MAX: usize = 20;

/// A row with its running balance.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// Its place in the table, and its line: lines of two sheets are not compared.
    pub(super) place: usize,
    pub(super) line: u64,
    /// Its place among the entries of its account.
    pub(super) nth: u64,
    /// Its account, where the rows tell one.
    pub(super) account: Box<str>,
    /// Its time as ISO text.
    pub(super) at: String,
    /// Negative when money went out.
    pub(super) amount: Decimal,
    /// The balance after it.
    pub(super) balance: Decimal,
}

impl Running {
    fn before(&self) -> Decimal {
        self.balance.saturating_sub(self.amount)
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
struct Found {
    flaw: Flaw,
    after: Option<usize>,
    before: Option<usize>,
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

    /// Follows the running balances, of each account by itself.
    pub(super) fn way(&self, rows: &[Running]) -> Way {
        let whole = u64::try_from(rows.len()).is_ok_and(|n| n == self.entries);
        let mut accounts: BTreeMap<&str, Vec<&Running>> = BTreeMap::new();
        for row in rows {
            accounts.entry(&row.account).or_default().push(row);
        }
        let compared = accounts.values().all(|rows| rows.len() > 1);
        let known = whole && compared && !rows.is_empty();
        let mut way = Way {
            is_known: known,
            all_in: known && accounts.values().all(|rows| says_all_in(rows)),
            ..Way::default()
        };
        let orders = accounts.values().map(|rows| ordered(rows));
        let file = orders.fold([false; 2], |[a, b], [c, d]| [a || c, b || d]);
        let one = accounts.len() == 1;
        for rows in accounts.values() {
            let followed = Followed::of(rows, whole, [self.opening, self.closing], file);
            let mut found = followed.breaks(rows, whole);
            if one && whole {
                way.ends = followed.ends(rows);
                found.extend(self.outer_breaks(rows, &followed));
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
            (Some(a), Some(b)) => unread.any(|at| (a.min(b)..a.max(b)).contains(at)),
            // before the first or after the last in time
            (None, Some(first)) => unread.any(|at| (*at < first) != down),
            (Some(last), None) => unread.any(|at| (*at > last) != down),
            (None, None) => false,
        }
    }

    /// A row that is missing before the first or after the last, by the balances told apart.
    fn outer_breaks(&self, rows: &[&Running], followed: &Followed) -> Vec<Found> {
        let Some((begin, end)) = followed.ends(rows) else {
            return Vec::new();
        };
        let (mut first, mut last) = (rows.first(), rows.last());
        if followed.down {
            (first, last) = (last, first);
        }
        let opening = self.opening.filter(|opening| *opening != begin);
        let closing = self.closing.filter(|closing| *closing != end);
        let opening = opening.map(|opening| {
            let amount = begin.saturating_sub(opening);
            found(None, first.copied(), amount)
        });
        let closing = closing.map(|closing| {
            let amount = closing.saturating_sub(end);
            found(last.copied(), None, amount)
        });
        opening.into_iter().chain(closing).collect()
    }
}

fn found(after: Option<&Running>, before: Option<&Running>, amount: Decimal) -> Found {
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

/// Rows that follow from each other in no order, from this pair on.
fn unchained(pair: &[&Running]) -> Found {
    let [after, before] = [pair.first(), pair.last()].map(|row| row.map(|row| row.place));
    Found {
        flaw: Flaw::Unchained {
            line: pair.last().map_or(0, |row| row.line),
        },
        after,
        before,
    }
}

/// Whether neighbours follow from each other in the order of the rows alone, and in the other.
fn ordered(rows: &[&Running]) -> [bool; 2] {
    let pairs = || rows.windows(2).filter(|w| w[0].nth + 1 == w[1].nth);
    let only = |a: Follows, b: Follows| pairs().any(|w| a(w) && !b(w));
    [only(rises, falls), only(falls, rises)]
}

type Follows = fn(&[&Running]) -> bool;

fn rises(pair: &[&Running]) -> bool {
    pair[1].before() == pair[0].balance
}

fn falls(pair: &[&Running]) -> bool {
    pair[0].before() == pair[1].balance
}

/// Whether money in alone makes the balances grow, or money out alone makes them shrink, in the
/// order of the rows, and in the other.
fn grown(rows: &[&Running]) -> [bool; 2] {
    let all = |sign: Decimal| rows.iter().all(|row| row.amount * sign > Decimal::ZERO);
    let grow = |sign: Decimal| {
        let more = |w: &[&Running]| w[1].balance * sign > w[0].balance * sign;
        all(sign.abs()) && rows.windows(2).all(more)
    };
    let shrink = |sign: Decimal| {
        let less = |w: &[&Running]| w[1].balance * sign < w[0].balance * sign;
        all(Decimal::NEGATIVE_ONE) && rows.windows(2).all(less)
    };
    let (plus, minus) = (Decimal::ONE, Decimal::NEGATIVE_ONE);
    [grow(plus) || shrink(plus), grow(minus) || shrink(minus)]
}

/// Whether the oldest row stands first, and whether it stands last, by the balances told apart,
/// else by the other accounts of the `file`, else by how the balances grow.
fn proven(rows: &[&Running], told: [Option<Decimal>; 2], file: [bool; 2]) -> [bool; 2] {
    let [opening, closing] = told;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return file;
    };
    let fits = |early: &Running, late: &Running| {
        opening == Some(early.before()) || closing == Some(late.balance)
    };
    let own = [fits(first, last), fits(last, first)];
    let known = if own[0] == own[1] { file } else { own };
    if known[0] == known[1] {
        grown(rows)
    } else {
        known
    }
}

/// True where a row is not later than another, as far as both tell.
fn in_time(early: &Running, late: &Running) -> bool {
    let [a, b] = [early, late].map(|row| row.at.as_bytes());
    let told = a.len().min(b.len());
    a[..told] <= b[..told]
}

/// True where amounts without a sign fit their balances as money in, in the order of time, and do
/// not fit them as money out.
fn says_all_in(rows: &[&Running]) -> bool {
    let fits = |sign: Decimal| {
        let signed = |row: &&Running| Running {
            amount: row.amount * sign,
            ..(*row).clone()
        };
        let mut rows: Vec<Running> = rows.iter().map(signed).collect();
        let ends: i64 = loose(&rows.iter().collect::<Vec<_>>())
            .values()
            .filter(|n| **n > 0)
            .sum();
        // money in alone only adds to the balance, money out alone only takes from it
        rows.sort_by_key(|row| row.balance * sign);
        ends <= 1 && rows.windows(2).all(|pair| in_time(&pair[0], &pair[1]))
    };
    fits(Decimal::ONE) && !fits(Decimal::NEGATIVE_ONE)
}

/// In which order the rows stand, and where they do not follow from each other.
struct Followed {
    /// Newest first.
    down: bool,
    /// True where that order is certain.
    clear: bool,
    /// Neighbours that follow in that order, and those that do not.
    agree: usize,
    differ: usize,
    /// How often a balance is left without a row that begins with it, or that ends with it; none
    /// when the rows make one way in some order.
    loose: Option<BTreeMap<Decimal, i64>>,
}

impl Followed {
    fn of(rows: &[&Running], whole: bool, told: [Option<Decimal>; 2], file: [bool; 2]) -> Self {
        let pairs = || rows.windows(2).filter(|w| w[0].nth + 1 == w[1].nth);
        let up = pairs().filter(|w| rises(w)).count();
        let down = pairs().filter(|w| falls(w)).count();
        let [only_up, only_down] = ordered(rows);
        let later = rows.first().zip(rows.last());
        let newest_first = later.is_some_and(|(first, last)| first.at > last.at);
        let [begins, ends] = proven(rows, told, file);
        let timed = rows.len() == 2 && later.is_some_and(|(first, last)| first.at != last.at);
        let untold = only_up == only_down;
        let is_down = match (begins, ends) {
            (true, false) if untold => false,
            (false, true) if untold => true,
            _ => down > up || (down == up && newest_first),
        };
        let one = only_up != only_down || (!only_up && (timed || begins != ends));
        // a break against the time may be one of blocks that stand in the other order
        let back = pairs().any(|w| {
            let (early, late) = if is_down {
                (&w[1], &w[0])
            } else {
                (&w[0], &w[1])
            };
            early.balance != late.before() && !in_time(early, late)
        });
        let clear = one && !back;
        let agree = up.max(down);
        let differ = pairs().count() - agree;
        let loose = (differ > 0).then(|| loose(rows));
        let one_way = |loose: &BTreeMap<Decimal, i64>| {
            let ends: i64 = loose.values().filter(|n| **n > 0).sum();
            whole && ends <= 1
        };
        Self {
            down: is_down,
            clear,
            agree,
            differ,
            loose: loose.filter(|loose| !one_way(loose)),
        }
    }

    /// The balances at both ends.
    fn ends(&self, rows: &[&Running]) -> Option<(Decimal, Decimal)> {
        let (first, last) = (rows.first()?, rows.last()?);
        if self.loose.is_some() && !self.clear {
            return None;
        }
        if self.differ > 0 && self.loose.is_none() {
            // one way in an order of its own
            let left = loose(rows);
            let of = |sign: i64| {
                left.iter()
                    .find(|(_, n)| n.signum() == sign)
                    .map(|(b, _)| *b)
            };
            return of(-1).zip(of(1));
        }
        Some(if self.down {
            (last.before(), first.balance)
        } else {
            (first.before(), last.balance)
        })
    }

    fn breaks(&self, rows: &[&Running], whole: bool) -> Vec<Found> {
        let Some(loose) = &self.loose else {
            return Vec::new();
        };
        if !whole && self.agree <= self.differ {
            return Vec::new();
        }
        let pairs = rows.windows(2).filter(|w| w[0].nth + 1 == w[1].nth);
        if !self.clear {
            // what is missing between which of them nobody can tell
            let apart = |w: &&[&Running]| !rises(w) && !falls(w);
            let first = rows.windows(2).find(apart).or(rows.windows(2).next());
            return first.map(unchained).into_iter().collect();
        }
        let in_time = pairs.map(|w| {
            if self.down {
                (w[1], w[0])
            } else {
                (w[0], w[1])
            }
        });
        let breaks = in_time.filter(|(earlier, later)| {
            let is_loose = |balance: &Decimal| loose.get(balance).is_some_and(|n| *n != 0);
            let loose = is_loose(&earlier.balance) || is_loose(&later.before());
            earlier.balance != later.before() && (loose || !whole)
        });
        let told = breaks.map(|(earlier, later)| {
            let amount = later.before().saturating_sub(earlier.balance);
            found(Some(earlier), Some(later), amount)
        });
        told.take(BREAKS_MAX).collect()
    }
}

fn loose(rows: &[&Running]) -> BTreeMap<Decimal, i64> {
    super::loose(rows.iter().map(|row| (row.before(), row.balance)))
}

#[cfg(test)]
mod tests;
