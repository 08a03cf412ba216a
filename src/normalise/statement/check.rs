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
        let one = accounts.len() == 1;
        for rows in accounts.values() {
            let followed = Followed::of(rows, whole);
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
        let in_time = rows.windows(2).all(|pair| {
            let [a, b] = [&pair[0], &pair[1]].map(|row| row.at.as_bytes());
            let told = a.len().min(b.len());
            a[..told] <= b[..told]
        });
        ends <= 1 && in_time
    };
    fits(Decimal::ONE) && !fits(Decimal::NEGATIVE_ONE)
}

/// In which order the rows stand, and where they do not follow from each other.
struct Followed {
    /// Newest first.
    down: bool,
    /// Neighbours that follow in that order, and those that do not.
    agree: usize,
    differ: usize,
    /// How often a balance is left without a row that begins with it, or that ends with it; none
    /// when the rows make one way in some order.
    loose: Option<BTreeMap<Decimal, i64>>,
}

impl Followed {
    fn of(rows: &[&Running], whole: bool) -> Self {
        let pairs = || rows.windows(2).filter(|w| w[0].nth + 1 == w[1].nth);
        let up = pairs().filter(|w| w[1].before() == w[0].balance).count();
        let down = pairs().filter(|w| w[0].before() == w[1].balance).count();
        let later = rows.first().zip(rows.last());
        let newest_first = later.is_some_and(|(first, last)| first.at > last.at);
        let is_down = down > up || (down == up && newest_first);
        let agree = up.max(down);
        let differ = pairs().count() - agree;
        let loose = (differ > 0).then(|| loose(rows));
        let one_way = |loose: &BTreeMap<Decimal, i64>| {
            let ends: i64 = loose.values().filter(|n| **n > 0).sum();
            whole && ends <= 1
        };
        Self {
            down: is_down,
            agree,
            differ,
            loose: loose.filter(|loose| !one_way(loose)),
        }
    }

    /// The balances at both ends.
    fn ends(&self, rows: &[&Running]) -> Option<(Decimal, Decimal)> {
        let (first, last) = (rows.first()?, rows.last()?);
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

/// Of each balance how many rows more end with it than begin with it.
fn loose(rows: &[&Running]) -> BTreeMap<Decimal, i64> {
    let mut loose: BTreeMap<Decimal, i64> = BTreeMap::new();
    for row in rows {
        *loose.entry(row.balance).or_default() += 1;
        *loose.entry(row.before()).or_default() -= 1;
    }
    loose.retain(|_, n| *n != 0);
    loose
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tables::Forms;
    use crate::normalise::statement::{open, read_tables};
    use crate::source::Mapping;

    /// Rows of amount and balance, or what the last one stands for.
    fn way(rows: &[(i64, &str)]) -> (Option<bool>, Vec<String>) {
        let lines = rows.iter().enumerate().map(|(at, (amount, balance))| {
            let (debit, credit) = ((-amount).max(0), (*amount).max(0));
            format!("05/12/2022;{at};{debit};{credit};{balance};x\n")
        });
        let head = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Số dư;Nội dung\n";
        let text = format!("{head}{}", lines.collect::<String>());
        let tables = crate::format::tables::read(text.as_bytes(), Forms::default()).unwrap();
        let table = open::gather(tables, &Mapping::default());
        let read = read_tables(&table, &Mapping::default()).unwrap();
        let [statement] = read.statements.try_into().unwrap();
        let said = statement.breaks.iter().map(|flaw| match flaw {
            Flaw::Break {
                after,
                before,
                amount,
            } => {
                let [after, before] = [after, before].map(|line| line.unwrap_or(0));
                format!("{after}-{before} {}", amount.normalize())
            }
            other => format!("{other:?}"),
        });
        (statement.balanced, said.collect())
    }

    #[test]
    fn running_balances_are_followed_in_the_order_of_the_file() {
        let check = |rows: &[(i64, &str)], balanced: Option<bool>, breaks: &[&str]| {
            let (found, said) = way(rows);
            assert_eq!(
                (found, said),
                (balanced, breaks.iter().map(|b| (*b).into()).collect()),
                "{rows:?}"
            );
        };
        let (a, b, c, d) = ((50, "50"), (20, "70"), (-30, "40"), (5, "45"));
        check(&[a, b, c, d], Some(true), &[]);
        check(&[d, c, b, a], Some(true), &[]);
        // the newest day first, within a day the oldest first
        check(&[c, d, a, b], Some(true), &[]);
        // a row is missing in the middle: between lines 2 and 3
        check(&[a, c, d], Some(false), &["2-3 20"]);
        check(&[d, c, a], Some(false), &["4-3 20"]);
        check(&[a, b, d], Some(false), &["3-4 -30"]);
        // a row twice
        check(&[a, b, b, c], Some(false), &["3-4 -20"]);
        // not every row tells a balance: neighbours are compared, and none is made up
        check(&[a, b, (-30, ""), d], None, &[]);
        check(&[a, b, c, d, (7, "59"), (1, "")], Some(false), &["5-6 7"]);
        check(&[a], None, &[]);
    }
}
