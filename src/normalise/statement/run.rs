//! PURE: the running balances of one account, as its rows come: what neighbours tell of each other,
//! and which balances no other row leads on from. No row is held but the first and the last.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::adding::{Room, takes};
use super::check::{BREAKS_MAX, Followed, Found, Running, found};
use super::loose;
use crate::domain::Flaw;

/// Of neighbours that do not follow so many are held for each order of the rows.
const HELD_MAX: usize = 512;

/// Neighbours that do not follow, read in one order.
#[derive(Default)]
struct Broken {
    /// Each with the balance after the earlier and the one before the later.
    held: Vec<(Found, Decimal, Decimal)>,
    /// There are more.
    more: bool,
}

/// The rows of one account.
pub(super) struct Run {
    /// Entries, and those of them with a balance.
    entries: u64,
    pub(super) rows: u64,
    first: Option<Running>,
    last: Option<Running>,
    /// Neighbours: all, those that follow in the order of the rows, and in the other.
    pairs: u64,
    up: u64,
    down: u64,
    /// Those that would follow in either order if money in were money out.
    turned: [u64; 2],
    /// Whether some follow in the order of the rows alone, and in the other.
    pub(super) only: [bool; 2],
    /// Whether some do not follow against the time, in each order.
    back: [bool; 2],
    /// Whether all amounts are above zero, and below.
    signs: [bool; 2],
    /// Whether every balance is above the one before, and below.
    strict: [bool; 2],
    /// Of each balance how many rows more end with it than begin with it, where it is no zero; none
    /// where these are too many.
    loose: Option<BTreeMap<Decimal, i64>>,
    /// The first neighbours that follow in neither order, and the first of all.
    apart: Option<Found>,
    pair: Option<Found>,
    /// Those that do not follow in the order of the rows, and in the other.
    broken: [Broken; 2],
    /// Amount, balance and time of every row, where the balances may have to tell the direction;
    /// none where these are too many.
    held: Option<Vec<(Decimal, Decimal, Box<str>)>>,
}

impl Run {
    pub(super) fn new(bare: bool) -> Self {
        Self {
            entries: 0,
            rows: 0,
            first: None,
            last: None,
            pairs: 0,
            up: 0,
            down: 0,
            turned: [0; 2],
            only: [false; 2],
            back: [false; 2],
            signs: [true; 2],
            strict: [true; 2],
            loose: Some(BTreeMap::new()),
            apart: None,
            pair: None,
            broken: [Broken::default(), Broken::default()],
            held: bare.then(Vec::new),
        }
    }

    /// Adds an entry, with its balance where it tells one.
    pub(super) fn add(&mut self, row: Option<Running>, room: &mut Room) {
        self.entries += 1;
        let Some(mut row) = row else { return };
        row.nth = self.entries;
        self.rows += 1;
        self.signs[0] &= row.amount > Decimal::ZERO;
        self.signs[1] &= row.amount < Decimal::ZERO;
        self.loosen(row.balance, 1, room);
        self.loosen(row.before(), -1, room);
        if let Some(held) = &mut self.held {
            held.push((row.amount, row.balance, row.at.as_str().into()));
            if !takes(&mut room.rows) {
                room.rows += held.len();
                self.held = None;
            }
        }
        if let Some(last) = self.last.take() {
            self.follow(&last, &row, room);
        } else {
            self.first = Some(row.clone());
        }
        self.last = Some(row);
    }

    fn loosen(&mut self, balance: Decimal, by: i64, room: &mut Room) {
        let Some(loose) = &mut self.loose else { return };
        let count = loose.entry(balance).or_insert_with(|| {
            // what it is short of is seen below
            room.balances = room.balances.saturating_sub(1);
            0
        });
        *count += by;
        if *count == 0 {
            loose.remove(&balance);
            room.balances += 1;
        }
        if room.balances == 0 {
            room.balances += loose.len();
            self.loose = None;
        }
    }

    /// Two rows that stand one after the other.
    fn follow(&mut self, a: &Running, b: &Running, room: &mut Room) {
        let (rises, falls) = (b.before() == a.balance, a.before() == b.balance);
        self.strict[0] &= b.balance > a.balance;
        self.strict[1] &= b.balance < a.balance;
        let both = || Found {
            flaw: Flaw::Unchained { line: b.line },
            after: Some(a.place),
            before: Some(b.place),
        };
        self.pair.get_or_insert_with(both);
        if !rises && !falls {
            self.apart.get_or_insert_with(both);
        }
        if a.nth + 1 != b.nth {
            return;
        }
        self.pairs += 1;
        self.up += u64::from(rises);
        self.down += u64::from(falls);
        let turned = |early: &Running, late: &Running| {
            late.balance.saturating_add(late.amount) == early.balance
        };
        self.turned[0] += u64::from(turned(a, b));
        self.turned[1] += u64::from(turned(b, a));
        self.only[0] |= rises && !falls;
        self.only[1] |= falls && !rises;
        for (order, (early, late)) in [(a, b), (b, a)].into_iter().enumerate() {
            if early.balance == late.before() {
                continue;
            }
            self.back[order] |= !in_time(&early.at, &late.at);
            let broken = &mut self.broken[order];
            if broken.held.len() >= HELD_MAX || !takes(&mut room.breaks) {
                broken.more = true;
                continue;
            }
            let amount = late.before().saturating_sub(early.balance);
            let found = found(Some(early), Some(late), amount);
            broken.held.push((found, early.balance, late.before()));
        }
    }

    /// The first and the last row.
    pub(super) fn outer(&self) -> Option<(&Running, &Running)> {
        Some((self.first.as_ref()?, self.last.as_ref()?))
    }

    /// Whether money in alone makes the balances grow, or money out alone makes them shrink, in the
    /// order of the rows, and in the other.
    fn grown(&self) -> [bool; 2] {
        let ([plus, minus], [more, less]) = (self.signs, self.strict);
        [plus && more || minus && less, plus && less || minus && more]
    }

    /// Whether the oldest row stands first, and whether it stands last, by the balances told apart,
    /// else by the other accounts of the `file`, else by how the balances grow.
    fn proven(&self, told: [Option<Decimal>; 2], file: [bool; 2]) -> [bool; 2] {
        let [opening, closing] = told;
        let Some((first, last)) = self.outer() else {
            return file;
        };
        let fits = |early: &Running, late: &Running| {
            opening == Some(early.before()) || closing == Some(late.balance)
        };
        let own = [fits(first, last), fits(last, first)];
        let known = if own[0] == own[1] { file } else { own };
        if known[0] == known[1] {
            self.grown()
        } else {
            known
        }
    }

    /// The order of the rows; `whole`: every entry has a balance.
    pub(super) fn followed(
        &self,
        whole: bool,
        told: [Option<Decimal>; 2],
        file: [bool; 2],
    ) -> Followed {
        let [only_up, only_down] = self.only;
        let outer = self.outer();
        let newest_first = outer.is_some_and(|(first, last)| first.at > last.at);
        let [begins, ends] = self.proven(told, file);
        let timed = self.rows == 2 && outer.is_some_and(|(first, last)| first.at != last.at);
        let untold = only_up == only_down;
        let down = match (begins, ends) {
            (true, false) if untold => false,
            (false, true) if untold => true,
            _ => self.down > self.up || (self.down == self.up && newest_first),
        };
        let one = only_up != only_down || (!only_up && (timed || begins != ends));
        let agree = self.up.max(self.down);
        let differ = self.pairs - agree;
        let one_way = self.loose.as_ref().is_some_and(|loose| {
            let ends: i64 = loose.values().filter(|n| **n > 0).sum();
            whole && ends <= 1
        });
        Followed {
            down,
            // a break against the time may be one of blocks that stand in the other order
            clear: one && !self.back[usize::from(down)] && self.loose.is_some(),
            agree,
            differ,
            loose: differ > 0 && !one_way,
        }
    }

    /// The balances at both ends.
    pub(super) fn ends(&self, followed: &Followed) -> Option<(Decimal, Decimal)> {
        let (first, last) = self.outer()?;
        if followed.loose && !followed.clear {
            return None;
        }
        if followed.differ > 0 && !followed.loose {
            // one way in an order of its own
            let left = self.loose.as_ref()?;
            let of = |sign: i64| {
                left.iter()
                    .find(|(_, n)| n.signum() == sign)
                    .map(|(b, _)| *b)
            };
            return of(-1).zip(of(1));
        }
        Some(if followed.down {
            (last.before(), first.balance)
        } else {
            (first.before(), last.balance)
        })
    }

    /// Where rows do not follow.
    pub(super) fn breaks(&self, followed: &Followed, whole: bool) -> Vec<Found> {
        if !followed.loose || (!whole && followed.agree <= followed.differ) {
            return Vec::new();
        }
        // what is missing between which of them nobody can tell
        let unchained = || self.apart.as_ref().or(self.pair.as_ref()).cloned();
        if self.pairs > 1 && self.turned.contains(&self.pairs) {
            let exchanged = |found: Found| match found.flaw {
                Flaw::Unchained { line } => Found {
                    flaw: Flaw::Exchanged { line },
                    ..found
                },
                _ => found,
            };
            return unchained().map(exchanged).into_iter().collect();
        }
        let Some(loose) = self.loose.as_ref().filter(|_| followed.clear) else {
            return unchained().into_iter().collect();
        };
        let broken = &self.broken[usize::from(followed.down)];
        let is_loose = |balance: &Decimal| loose.contains_key(balance);
        let breaks = broken
            .held
            .iter()
            .filter(|(_, after, before)| !whole || is_loose(after) || is_loose(before));
        let breaks = breaks.take(BREAKS_MAX).map(|(found, ..)| found.clone());
        let breaks: Vec<Found> = breaks.collect();
        if breaks.is_empty() && broken.more {
            return unchained().into_iter().collect();
        }
        breaks
    }

    /// True where amounts without a sign fit their balances as money in, in the order of time, and
    /// do not fit them as money out.
    pub(super) fn says_all_in(&self) -> bool {
        let Some(held) = &self.held else { return false };
        let fits = |sign: Decimal| {
            let steps = held
                .iter()
                .map(|(amount, balance, _)| (balance.saturating_sub(amount * sign), *balance));
            let ends: i64 = loose(steps).values().filter(|n| **n > 0).sum();
            // money in alone only adds to the balance, money out alone only takes from it
            let mut rows: Vec<&(Decimal, Decimal, Box<str>)> = held.iter().collect();
            rows.sort_by_key(|row| row.1 * sign);
            ends <= 1 && rows.windows(2).all(|pair| in_time(&pair[0].2, &pair[1].2))
        };
        fits(Decimal::ONE) && !fits(Decimal::NEGATIVE_ONE)
    }
}

/// True where a row is not later than another, as far as both tell.
fn in_time(early: &str, late: &str) -> bool {
    let [a, b] = [early, late].map(str::as_bytes);
    let told = a.len().min(b.len());
    a[..told] <= b[..told]
}
