//! The least and the greatest share over every resolution of the open items.
//!
//! While items are uncoupled and their outcomes are of the forms (0,0), (0,v) and (v,v) there is a
//! closed form, since numerator <= denominator throughout: adding (v,v) never lowers the share,
//! adding (0,v) never raises it. So the least share takes from each item the largest (0,v) if it
//! has one, else (0,0), else the smallest (v,v); the greatest takes the largest (v,v), else (0,0),
//! else the smallest (0,v).
//!
//! Money that went back is (0,0), (-v,-v) or (0,-v), of a payment that is there. The least share
//! takes (-v,-v) as long as there is something in the numerator, the greatest (0,-v) as long as
//! there is cash: the same argument, and the sums are cut at zero and at one.
//!
//! Money that went back of a dossier that stays in the denominator is (0,0) or (-v,0): the least
//! share takes it.
//!
//! An own definition may count what went back against its own day for certain; so a sum may fall
//! below zero, or the denominator below the numerator. It is then cut ([`cut`]), and the argument
//! still holds: with the cut, adding (v,v) never lowers a share and adding (0,v) never raises it.
//!
//! Coupled items are treated as if they were free, which can only widen
//! the interval: an outer bound, and marked as such.

use std::cmp::Reverse;

use crate::domain::Fraction;

/// Sums over items, each at its least, greatest and first outcome. Adding two of them is adding
/// their items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Every item at the outcome of the least share: (numerator, denominator).
    pub low: (i128, i128),
    /// Every item at the outcome of the greatest share.
    pub high: (i128, i128),
    /// Every item at its first outcome.
    pub point: (i128, i128),
    /// Some item can add (v, v).
    cashless: bool,
    /// Some item can add (0, v).
    cash: bool,
    /// Some item is in the denominator whatever happens.
    held: bool,
    /// Some item may turn out in several ways.
    open: bool,
    /// Some item may take back.
    back: bool,
    /// Some item's outcomes hang on another's.
    pub outer: bool,
}

/// The bounds; none when nothing can be in the denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least share.
    pub low: Fraction,
    /// The greatest share.
    pub high: Fraction,
}

impl Sums {
    /// From firm sums of earlier nights.
    pub fn firm(numerator: i128, denominator: i128) -> Self {
        let pair = (numerator, denominator);
        Self {
            low: pair,
            high: pair,
            point: pair,
            cashless: numerator > 0,
            cash: denominator > numerator.max(0),
            held: denominator > 0,
            open: false,
            back: false,
            outer: false,
        }
    }

    /// Adds one item with these outcomes; `coupled` when they hang on another item's.
    pub fn add(&mut self, outcomes: &[(i64, i64)], coupled: bool) {
        let wide = |(a, b): (i64, i64)| (i128::from(a), i128::from(b));
        plus(&mut self.low, wide(least(outcomes)));
        plus(&mut self.high, wide(greatest(outcomes)));
        plus(
            &mut self.point,
            wide(outcomes.first().copied().unwrap_or((0, 0))),
        );
        self.cashless |= outcomes.iter().any(|(a, _)| *a > 0);
        self.cash |= outcomes.iter().any(|(a, b)| *a == 0 && *b > 0);
        self.held |= outcomes.iter().all(|(_, b)| *b > 0);
        self.open |= outcomes.len() > 1;
        self.back |= outcomes.iter().any(|(a, b)| *a < 0 || *b < 0);
        self.outer |= coupled;
    }

    /// What the items are worth when all of them together count once: one in the numerator where
    /// any of them is. What may go back leaves nothing certain but what is more than that.
    pub fn once(&self) -> Vec<(i64, i64)> {
        let one = |n: i128| i64::from(n > 0);
        let mut pairs = vec![(one(self.point.0), one(self.point.1))];
        let mut ways = Vec::new();
        if self.low.0 <= 0 {
            ways.extend((!self.held || self.back).then_some((0, 0)));
            ways.extend((self.cash || self.back).then_some((0, 1)));
        }
        ways.extend(self.cashless.then_some((1, 1)));
        for pair in ways {
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
        pairs
    }

    /// Adds the items of another sum.
    pub fn merge(&mut self, other: &Self) {
        plus(&mut self.low, other.low);
        plus(&mut self.high, other.high);
        plus(&mut self.point, other.point);
        self.cashless |= other.cashless;
        self.cash |= other.cash;
        self.held |= other.held;
        self.open |= other.open;
        self.back |= other.back;
        self.outer |= other.outer;
    }

    /// True when some resolution has something in the denominator.
    pub fn can_count(&self) -> bool {
        self.cashless || self.cash
    }

    /// The bounds. A resolution with an empty denominator is left out: where every item of the
    /// least share is (0,0), the only other resolutions are of (v,v), and the reverse.
    pub fn bounds(&self) -> Option<Bounds> {
        if !self.can_count() {
            return None;
        }
        if !self.open {
            let (a, b) = cut(self.low);
            let only = Fraction::new(a, b)?;
            return Some(Bounds {
                low: only,
                high: only,
            });
        }
        let (zero, one) = (Fraction { num: 0, den: 1 }, Fraction { num: 1, den: 1 });
        let (a, b) = cut(self.low);
        let low = Fraction::new(a, b).unwrap_or(if self.cash || self.low.1 < 0 {
            zero
        } else {
            one
        });
        let (a, b) = cut(self.high);
        let high = Fraction::new(a, b).unwrap_or(if self.cashless { one } else { zero });
        Some(Bounds { low, high })
    }
}

/// Sums of which more went back than came: the numerator at least zero, the denominator at least
/// the numerator.
pub fn cut((numerator, denominator): (i128, i128)) -> (i128, i128) {
    let numerator = numerator.max(0);
    (numerator, denominator.max(numerator))
}

fn plus(sum: &mut (i128, i128), pair: (i128, i128)) {
    sum.0 += pair.0;
    sum.1 += pair.1;
}

/// The outcome of the least share. One that could both take money back and add some does both: an
/// outer bound.
pub fn least(outcomes: &[(i64, i64)]) -> (i64, i64) {
    if let [only] = outcomes {
        return *only;
    }
    let back = outcomes.iter().filter(|(_, b)| *b < 0).min();
    let cash = outcomes
        .iter()
        .filter(|(a, b)| *a == 0 && *b > 0)
        .max_by_key(|(_, b)| *b);
    let rest = outcomes.iter().filter(|(_, b)| *b >= 0);
    both(cash.or(rest.min_by_key(|(a, b)| (*b, *a))), back)
}

/// The outcome of the greatest share; as for the least, money that went back comes on top.
pub fn greatest(outcomes: &[(i64, i64)]) -> (i64, i64) {
    if let [only] = outcomes {
        return *only;
    }
    let back = outcomes.iter().filter(|(a, b)| *a == 0 && *b < 0);
    let back = back.min_by_key(|(_, b)| *b);
    let cashless = outcomes
        .iter()
        .filter(|(a, _)| *a > 0)
        .max_by_key(|(a, _)| *a);
    let rest = outcomes.iter().filter(|(_, b)| *b >= 0);
    both(
        cashless.or(rest.min_by_key(|(a, b)| (*b, Reverse(*a)))),
        back,
    )
}

fn both(one: Option<&(i64, i64)>, other: Option<&(i64, i64)>) -> (i64, i64) {
    let (one, other) = (
        one.copied().unwrap_or((0, 0)),
        other.copied().unwrap_or((0, 0)),
    );
    (one.0 + other.0, one.1 + other.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    /// Every resolution, one by one.
    fn enumerate(items: &[Vec<(i64, i64)>]) -> Option<(Fraction, Fraction)> {
        let mut sums = vec![(0_i128, 0_i128)];
        for outcomes in items {
            let step = |(n, d): &(i128, i128)| {
                let (n, d) = (*n, *d);
                outcomes
                    .iter()
                    .map(move |(a, b)| (n + i128::from(*a), d + i128::from(*b)))
            };
            sums = sums.iter().flat_map(step).collect();
        }
        let shares: Vec<Fraction> = sums
            .iter()
            .filter_map(|(n, d)| Fraction::new(*n, *d))
            .collect();
        let low = shares.iter().copied().min_by(|a, b| a.compare(*b))?;
        let high = shares.iter().copied().max_by(|a, b| a.compare(*b))?;
        Some((low, high))
    }

    fn outcomes((v, kind): &(i64, usize)) -> Vec<(i64, i64)> {
        match kind {
            0 => vec![(*v, *v)],
            1 => vec![(0, *v)],
            2 => vec![(0, 0), (*v, *v)],
            3 => vec![(0, 0), (0, *v)],
            4 => vec![(0, 0), (0, *v), (*v, *v)],
            5 => vec![(0, *v), (0, *v + 1)],
            6 => vec![(0, 0)],
            _ => vec![(0, 0), (-*v, -*v), (0, -*v)],
        }
    }

    fn added(items: &[Vec<(i64, i64)>], coupled: bool) -> Sums {
        let mut sums = Sums::default();
        for outcomes in items {
            sums.add(outcomes, coupled);
        }
        sums
    }

    proptest! {
        #[test]
        fn adding_two_sums_is_adding_their_items(
            items in prop::collection::vec((1_i64..5, 0_usize..8), 0..6),
            from in 0_usize..6,
            coupled in any::<[bool; 2]>()
        ) {
            let items: Vec<Vec<(i64, i64)>> = items.iter().map(outcomes).collect();
            let (first, second) = items.split_at(from.min(items.len()));
            let mut sums = added(first, coupled[0]);
            sums.merge(&added(second, coupled[1]));
            let mut all = added(first, coupled[0]);
            for outcomes in second {
                all.add(outcomes, coupled[1]);
            }
            prop_assert_eq!(sums, all);
        }

        #[test]
        fn what_counts_once_is_what_enumeration_finds(
            items in prop::collection::vec((1_i64..3, 0_usize..7), 0..6)
        ) {
            let items: Vec<Vec<(i64, i64)>> = items.iter().map(outcomes).collect();
            let mut ways = vec![(0, 0)];
            for outcomes in &items {
                let step = |(n, d): &(i64, i64)| {
                    let (n, d) = (*n, *d);
                    outcomes.iter().map(move |(a, b)| (n + a, d + b))
                };
                ways = ways.iter().flat_map(step).collect();
            }
            let one = |(n, d): &(i64, i64)| (i64::from(*n > 0), i64::from(*d > 0));
            let first = ways.first().map(one);
            let mut ways: Vec<(i64, i64)> = ways.iter().map(one).collect();
            ways.sort_unstable();
            ways.dedup();
            let mut once = added(&items, false).once();
            prop_assert_eq!(once.first().copied(), first);
            once.sort_unstable();
            prop_assert_eq!(once, ways);
        }

        #[test]
        fn the_closed_form_is_what_enumeration_finds(
            items in prop::collection::vec((1_i64..5, 0_usize..7), 0..8)
        ) {
            let items: Vec<Vec<(i64, i64)>> = items.iter().map(outcomes).collect();
            let sums = added(&items, false);
            let bounds = sums.bounds();
            match enumerate(&items) {
                None => prop_assert_eq!(bounds, None),
                Some((low, high)) => {
                    let bounds = bounds.unwrap();
                    prop_assert_eq!(bounds.low.compare(low), Ordering::Equal);
                    prop_assert_eq!(bounds.high.compare(high), Ordering::Equal);
                }
            }
        }
    }

    #[test]
    fn what_went_back_for_certain_is_taken_off_at_both_ends() {
        // paid and returned in one period, and cash: nothing is left of the payment
        let mut sums = Sums::default();
        for outcome in [(1, 1), (-1, -1), (0, 1)] {
            sums.add(&[outcome], false);
        }
        let bounds = sums.bounds().unwrap();
        let zero = Fraction { num: 0, den: 1 };
        assert_eq!(bounds.low.compare(zero), Ordering::Equal);
        assert_eq!(bounds.high.compare(zero), Ordering::Equal);
        // more went back than came: nothing is left to share
        let mut sums = Sums::default();
        sums.add(&[(1, 1)], false);
        sums.add(&[(-2, -2)], false);
        assert_eq!(sums.bounds(), None);
        assert_eq!(cut((-1, 1)), (0, 1));
        assert_eq!(cut((1, 0)), (1, 1));
    }

    #[test]
    fn where_all_may_have_gone_back_nothing_is_certain() {
        let (zero, one) = (Fraction { num: 0, den: 1 }, Fraction { num: 1, den: 1 });
        let check = |refunds: usize, low: Fraction| {
            let mut sums = Sums::firm(1, 1);
            for _ in 0..refunds {
                sums.add(&[(0, 0), (-1, -1)], true);
            }
            let bounds = sums.bounds().unwrap();
            let ends = [bounds.low.compare(low), bounds.high.compare(one)];
            assert_eq!(ends, [Ordering::Equal; 2], "{refunds}");
        };
        // one may take all there is, then nothing counts; two may take more than that
        check(1, one);
        check(2, zero);
        // what went back for certain is neither cash nor without
        assert!(!Sums::firm(-1, 0).can_count());
        assert!(Sums::firm(-1, 1).can_count() && Sums::firm(1, 1).can_count());
    }

    #[test]
    fn what_may_go_back_leaves_nothing_certain_of_what_counts_once() {
        let mut sums = Sums::firm(1, 1);
        assert_eq!(sums.once(), [(1, 1)]);
        sums.add(&[(0, 0), (-1, -1), (0, -1)], true);
        assert_eq!(sums.once(), [(1, 1), (0, 0), (0, 1)]);
        // nothing firm holds nothing, neither in the denominator nor in the numerator
        let mut sums = Sums::firm(0, 0);
        assert!(!sums.can_count());
        sums.add(&[(1, 1), (0, 0)], false);
        assert_eq!(sums.once(), [(1, 1), (0, 0)]);
        assert_eq!(Sums::firm(0, 1).once(), [(0, 1)]);
    }

    #[test]
    fn an_unlinked_refund_can_only_widen() {
        let mut sums = Sums::firm(1, 2);
        sums.add(&[(0, 0), (-1, -1), (0, -1)], true);
        let bounds = sums.bounds().unwrap();
        assert_eq!(
            bounds.low.compare(Fraction { num: 0, den: 1 }),
            Ordering::Equal
        );
        assert_eq!(
            bounds.high.compare(Fraction { num: 1, den: 1 }),
            Ordering::Equal
        );
    }
}
