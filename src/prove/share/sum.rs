//! What adds to one share over one period: every item with what it may add there, taken freely.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::Pair;
use super::bounds::{End, Sums, optimum, share};
use crate::domain::{Fraction, Period};
use crate::kpi::Contribution;

/// The sums of one share.
#[derive(Default)]
pub(super) struct Sum<'a> {
    firm: Sums,
    pub(super) point: Sums,
    open: Vec<Cow<'a, [Pair]>>,
    pub(super) coupled: bool,
    /// Some item may take back.
    back: bool,
    /// Some settled item adds something without cash; some of cash.
    adds: (bool, bool),
}

impl<'a> Sum<'a> {
    pub(super) fn add_firm(&mut self, pair: Sums) {
        self.note(pair);
        plus(&mut self.firm, pair);
        plus(&mut self.point, pair);
    }

    fn note(&mut self, pair: Sums) {
        self.adds.0 |= pair.0 > 0;
        self.adds.1 |= pair.1 > pair.0.max(0);
    }

    /// Of which more went back than came: cut at nothing, and at the numerator.
    pub(super) fn cut_point(&mut self) {
        let a = self.point.0.max(0);
        self.point = (a, self.point.1.max(a));
    }

    pub(super) fn add(&mut self, item: &'a Contribution, period: &Period, is_point: bool) {
        let seen = seen(item, period);
        let Some(first) = seen.first() else { return };
        if is_point {
            plus(&mut self.point, wide(*first));
        }
        self.coupled |= item.coupled;
        self.back |= seen.iter().any(|(a, b)| *a < 0 || *b < 0);
        if seen.len() == 1 {
            self.note(wide(*first));
            plus(&mut self.firm, wide(*first));
        } else {
            self.open.push(seen);
        }
    }

    /// Adds everything of another sum as one: in the numerator where anything of it is.
    pub(super) fn add_once(&mut self, all: &Sum) {
        let pick = |pair: &Pair| (i64::from(pair.0 > 0), i64::from(pair.1 > 0));
        let firm = (all.firm.0 > 0, all.firm.1 > 0);
        let mut ways: BTreeSet<Pair> = BTreeSet::from([(i64::from(firm.0), i64::from(firm.1))]);
        if all.back {
            let cashless = firm.0 || all.pairs().any(|(a, _)| *a > 0);
            ways = BTreeSet::from([pick(&(
                i64::from(all.point.0 > 0),
                i64::from(all.point.1 > 0),
            ))]);
            ways.extend(cashless.then_some((1, 1)));
            if all.least_sums().0 <= 0 {
                ways.extend([(0, 0), (0, 1)]);
            }
        }
        for pairs in all.open.iter().filter(|_| !all.back) {
            let step = |(a, b): &Pair| {
                let (a, b) = (*a, *b);
                pairs
                    .iter()
                    .map(pick)
                    .map(move |(c, d)| (a.max(c), b.max(d)))
            };
            ways = ways.iter().flat_map(step).collect::<BTreeSet<_>>();
        }
        let point = (i128::from(all.point.0 > 0), i128::from(all.point.1 > 0));
        plus(&mut self.point, point);
        self.coupled |= all.coupled;
        let ways: Vec<Pair> = ways.into_iter().collect();
        match ways.as_slice() {
            [only] => {
                self.note(wide(*only));
                plus(&mut self.firm, wide(*only));
            }
            _ => self.open.push(Cow::Owned(ways)),
        }
    }

    /// Something can be in the denominator.
    pub(super) fn counts(&self) -> bool {
        self.adds.0 || self.adds.1 || self.pairs().any(|(_, b)| *b > 0)
    }

    fn pairs(&self) -> impl Iterator<Item = &Pair> {
        self.open.iter().flat_map(|pairs| pairs.iter())
    }

    /// The least and the greatest share.
    pub(super) fn bounds(&self) -> (Option<Fraction>, Option<Fraction>) {
        if !self.counts() {
            return (None, None);
        }
        if self.open.is_empty() {
            let a = self.firm.0.max(0);
            let only = share((a, self.firm.1.max(a)));
            return (only, only);
        }
        if self.back || self.firm.0 < 0 || self.firm.1 < self.firm.0 {
            return (Some(self.least()), Some(self.greatest()));
        }
        let open: Vec<&[Pair]> = self.open.iter().map(AsRef::as_ref).collect();
        let of = |end| optimum(self.firm, &open, end).and_then(share);
        (of(End::Least), of(End::Greatest))
    }

    /// The least share where money may go back: every open item as cash if it can be, else as
    /// little as it can be, and everything that may go back without cash gone, as long as some is
    /// there. Where nothing is left, what came without cash counts in full unless something else
    /// could be there.
    fn least(&self) -> Fraction {
        let cash = self.adds.1 || self.pairs().any(is_cash);
        let (a, b) = self.least_sums();
        let none = i128::from(!cash && b >= 0);
        share((a.max(0), b.max(a).max(0))).unwrap_or(Fraction { num: none, den: 1 })
    }

    fn least_sums(&self) -> Sums {
        let chosen = self.open.iter().map(|pairs| {
            let cash = pairs
                .iter()
                .copied()
                .filter(is_cash)
                .max_by_key(|(_, b)| *b);
            let rest = pairs.iter().copied().filter(|(_, b)| *b >= 0);
            let little = rest.min_by_key(|(a, b)| (*b, *a));
            let back = pairs.iter().copied().filter(|(_, b)| *b < 0).min();
            [cash.or(little), back]
        });
        self.with(chosen)
    }

    /// The greatest: the other way round, and what may go back is counter cash.
    fn greatest(&self) -> Fraction {
        let cashless = self.adds.0 || self.pairs().any(|(a, _)| *a > 0);
        let chosen = self.open.iter().map(|pairs| {
            let most = pairs.iter().copied().filter(|(a, _)| *a > 0);
            let rest = pairs.iter().copied().filter(|(_, b)| *b >= 0);
            let little = rest.min_by_key(|(a, b)| (*b, -*a));
            let back = pairs.iter().copied().filter(|(a, b)| *a == 0 && *b < 0);
            let most = most.max_by_key(|(a, _)| *a);
            [most.or(little), back.min_by_key(|(_, b)| *b)]
        });
        let (a, b) = self.with(chosen);
        let all = i128::from(cashless);
        share((a.max(0), b.max(a).max(0))).unwrap_or(Fraction { num: all, den: 1 })
    }

    fn with(&self, chosen: impl Iterator<Item = [Option<Pair>; 2]>) -> Sums {
        let mut sum = self.firm;
        for pair in chosen.flatten().flatten() {
            plus(&mut sum, wide(pair));
        }
        sum
    }
}

/// Dong or events of cash.
fn is_cash((a, b): &Pair) -> bool {
    *a == 0 && *b > 0
}

fn wide((a, b): Pair) -> Sums {
    (i128::from(a), i128::from(b))
}

fn plus(sum: &mut Sums, pair: Sums) {
    *sum = (sum.0 + pair.0, sum.1 + pair.1);
}

/// What an item may add to a period, its point figure first: the outcomes of its day, those of
/// other days that the period touches, and nothing wherever one of them may fall outside.
fn seen<'a>(item: &'a Contribution, period: &Period) -> Cow<'a, [Pair]> {
    let here = period.from <= item.day && item.day <= period.to;
    if item.elsewhere.is_empty() {
        let outcomes = if here { &item.outcomes[..] } else { &[] };
        return Cow::Borrowed(outcomes);
    }
    let mut seen = if here {
        item.outcomes.clone()
    } else {
        vec![(0, 0)]
    };
    for span in &item.elsewhere {
        let outside = span.to < period.from || period.to < span.from;
        let inside = period.from <= span.from && span.to <= period.to;
        seen.extend((!outside).then_some(span.outcome));
        seen.extend((!inside).then_some((0, 0)));
    }
    let mut once: Vec<Pair> = Vec::new();
    for pair in seen {
        if !once.contains(&pair) {
            once.push(pair);
        }
    }
    if !here && once.len() == 1 {
        once.clear();
    }
    Cow::Owned(once)
}
