//! The least and the greatest share over every assignment. A bound is believed when no way lies
//! beyond it and one lies on it: then the sum of `a - bound * b` over the best way is exactly zero,
//! and something of that way is in the denominator.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::super::Pair;
use super::super::bounds::{End, Sums, share, worth};
use super::super::sum::Sum;
use super::Component;
use super::ways::{Add, Way};
use crate::domain::Fraction;

/// A component as one share sees it.
struct Part {
    /// Of each dossier the sets of payments that may be of it, with what each set may add.
    dossiers: Vec<Vec<(u32, Vec<Pair>)>>,
    /// What each payment may add alone.
    alone: Vec<Vec<Pair>>,
    /// The last dossier that asks for each payment.
    last: Vec<Option<usize>>,
}

impl super::Components {
    /// True where no component can be enumerated: then nothing is resolved.
    pub(in crate::prove::share) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// A share over every way of its components, beside what is free.
pub(in crate::prove::share) struct Resolved<'s> {
    free: Sum<'s>,
    parts: Vec<Part>,
}

/// The steps through a component: at each dossier every set of its payments, for every set of those
/// that earlier dossiers may have taken and this or a later one may take. Payments are told by
/// their position.
pub(super) fn steps(asked: &[Vec<usize>], payments: usize) -> usize {
    let asks = |place: usize, p: usize| asked[place].contains(&p);
    let at = |place: usize| {
        let under_way = (0..payments).filter(|p| {
            let begun = (0..=place).any(|before| asks(before, *p));
            begun && (place..asked.len()).any(|later| asks(later, *p))
        });
        1_usize << (under_way.count() + asked[place].len()).min(40)
    };
    (0..asked.len()).map(at).sum()
}

impl Part {
    fn new(of: &Component, sees: &impl Fn(&Add) -> bool) -> Self {
        let pairs = |ways: &Vec<Way>| -> Vec<Pair> {
            let sum = |way: &Way| {
                let seen = way.iter().filter(|add| sees(add)).map(|add| add.pair);
                seen.fold((0, 0), |(a, b), (c, d)| (a + c, b + d))
            };
            let mut pairs: Vec<Pair> = ways.iter().map(sum).collect();
            pairs.sort_unstable();
            pairs.dedup();
            pairs
        };
        let sets = |(asked, sets): &(Vec<usize>, Vec<Vec<Way>>)| {
            let bits = |set: usize| {
                let chosen = asked.iter().enumerate();
                let chosen = chosen.filter(|(bit, _)| set >> bit & 1 == 1);
                chosen.fold(0_u32, |all, (_, p)| all | 1 << p)
            };
            let each = sets.iter().enumerate();
            each.map(|(set, ways)| (bits(set), pairs(ways))).collect()
        };
        let asks = |p: usize| {
            of.dossiers
                .iter()
                .rposition(|(asked, _)| asked.contains(&p))
        };
        Self {
            dossiers: of.dossiers.iter().map(sets).collect(),
            alone: of.alone.iter().map(pairs).collect(),
            last: (0..of.alone.len()).map(asks).collect(),
        }
    }
}

/// The best sums against a bound.
struct Walk<'p> {
    part: &'p Part,
    guess: Sums,
    end: End,
    /// The best of the dossiers from a place on, by the payments that are not placed yet.
    known: BTreeMap<(usize, u32), Option<Sums>>,
}

/// The better of two against a bound; of equals the one with more in the denominator.
fn better(a: Sums, b: Sums, guess: Sums, end: End) -> Option<Sums> {
    let (x, y) = (worth(a, guess)?, worth(b, guess)?);
    let order = match end {
        End::Least => x.cmp(&y),
        End::Greatest => y.cmp(&x),
    };
    let first = order.then(b.1.cmp(&a.1)) != Ordering::Greater;
    Some(if first { a } else { b })
}

fn best(all: impl Iterator<Item = Sums>, guess: Sums, end: End) -> Option<Sums> {
    all.map(Some)
        .reduce(|a, b| better(a?, b?, guess, end))
        .flatten()
}

fn wide((a, b): Pair) -> Sums {
    (i128::from(a), i128::from(b))
}

fn plus(a: Sums, b: Sums) -> Sums {
    (a.0 + b.0, a.1 + b.1)
}

impl Walk<'_> {
    fn pairs(&self, pairs: &[Pair]) -> Option<Sums> {
        best(pairs.iter().copied().map(wide), self.guess, self.end)
    }

    /// The best of the dossiers from `place` on, with these payments to place; none where a payment
    /// that must be of one of them is left over.
    fn from(&mut self, place: usize, waiting: u32) -> Option<Sums> {
        let (part, mut waiting, mut sums) = (self.part, waiting, (0, 0));
        // what nobody asks for any more stays alone
        for (p, last) in part.last.iter().enumerate() {
            let over = last.is_none_or(|last| last < place);
            if over && waiting >> p & 1 == 1 {
                sums = plus(sums, self.pairs(&part.alone[p])?);
                waiting &= !(1 << p);
            }
        }
        if place == part.dossiers.len() {
            return Some(sums);
        }
        if let Some(known) = self.known.get(&(place, waiting)) {
            return known.map(|known| plus(sums, known));
        }
        let (guess, end) = (self.guess, self.end);
        let mut found: Vec<Sums> = Vec::new();
        for (set, pairs) in &part.dossiers[place] {
            if set & !waiting != 0 {
                continue;
            }
            let own = self.pairs(pairs);
            let rest = self.from(place + 1, waiting & !set);
            found.extend(own.zip(rest).map(|(own, rest)| plus(own, rest)));
        }
        let found = best(found.into_iter(), guess, end);
        self.known.insert((place, waiting), found);
        found.map(|found| plus(sums, found))
    }
}

impl<'s> Resolved<'s> {
    /// None where nothing can be in the denominator.
    pub(super) fn new(
        components: &[Component],
        sees: &impl Fn(&Add) -> bool,
        free: Sum<'s>,
    ) -> Option<Self> {
        let parts = components.iter().map(|of| Part::new(of, sees)).collect();
        let resolved = Self { free, parts };
        // a share beyond every other prefers whatever has a denominator
        let most = resolved.best((2, 1), End::Least)?;
        (most.1 > 0).then_some(resolved)
    }

    fn best(&self, guess: Sums, end: End) -> Option<Sums> {
        let mut sums = self
            .free
            .best(|pairs| best(pairs.iter().copied().map(wide), guess, end))?;
        for part in &self.parts {
            let mut walk = Walk {
                part,
                guess,
                end,
                known: BTreeMap::new(),
            };
            let all = (1_u64 << part.alone.len()) - 1;
            let all = u32::try_from(all).ok()?;
            sums = plus(sums, walk.from(0, all)?);
        }
        Some(sums)
    }

    /// True when no way lies beyond the bound, and one lies on it.
    pub(in crate::prove::share) fn proves(&self, bound: Option<Fraction>, end: End) -> bool {
        let Some(bound) = bound else { return false };
        let guess = (bound.num, bound.den);
        let best = self.best(guess, end);
        best.is_some_and(|sums| sums.1 > 0 && worth(sums, guess) == Some(0))
    }

    /// The bound: the best way against a guess is the next guess, until none is better.
    pub(in crate::prove::share) fn bound(&self, end: End) -> Option<Fraction> {
        let mut guess = match end {
            End::Least => (2, 1),
            End::Greatest => (-1, 1),
        };
        let mut found = None;
        loop {
            let sums = self.best(guess, end)?;
            let better = match end {
                End::Least => worth(sums, guess)? < 0,
                End::Greatest => worth(sums, guess)? > 0,
            };
            if !better || sums.1 <= 0 {
                return found;
            }
            (guess, found) = (sums, share(sums));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Day;
    use crate::kpi::{Contribution, Scope};
    use proptest::prelude::*;

    fn ways(pairs: &[Pair]) -> Vec<Way> {
        let add = |pair: &Pair| Add {
            definition: "TX_CASHLESS",
            scope: Scope::Total,
            day: Day::of_ms(0),
            pair: (pair.0, pair.0 + pair.1),
        };
        pairs.iter().map(|pair| vec![add(pair)]).collect()
    }

    /// Every assignment of the payments, one after the other, each to a dossier that asks for it or
    /// to none; then every way of every dossier with what it got.
    fn enumerate(free: &[Sums], component: &Component) -> Vec<Sums> {
        let payments = component.alone.len();
        let mut assigned: Vec<Vec<Option<usize>>> = vec![Vec::new()];
        for p in 0..payments {
            let mut more = Vec::new();
            for so_far in &assigned {
                for place in 0..component.dossiers.len() {
                    if component.dossiers[place].0.contains(&p) {
                        more.push([&so_far[..], &[Some(place)]].concat());
                    }
                }
                more.push([&so_far[..], &[None]].concat());
            }
            assigned = more;
        }
        let mut all = Vec::new();
        for of in assigned {
            let mut sums = free.to_vec();
            let mut step = |ways: &[Way]| {
                let sum = |way: &Way| {
                    way.iter()
                        .fold((0, 0), |all, add| plus(all, wide(add.pair)))
                };
                let step = |so_far: &Sums| {
                    ways.iter()
                        .map(|way| plus(*so_far, sum(way)))
                        .collect::<Vec<_>>()
                };
                sums = sums.iter().flat_map(step).collect();
            };
            for (place, (asked, sets)) in component.dossiers.iter().enumerate() {
                let got = asked.iter().enumerate();
                let got = got.filter(|(_, p)| of[**p] == Some(place));
                step(&sets[got.fold(0, |set, (bit, _)| set | 1 << bit)]);
            }
            for p in (0..payments).filter(|p| of[*p].is_none()) {
                step(&component.alone[p]);
            }
            all.extend(sums);
        }
        all
    }

    fn pairs() -> impl Strategy<Value = Vec<Pair>> {
        prop::collection::vec((0_i64..4, 0_i64..4), 1..3)
    }

    proptest! {
        #[test]
        fn a_bound_is_believed_where_every_assignment_says_so(
            free in pairs(),
            asked in prop::collection::vec(prop::collection::btree_set(0_usize..3, 0..3), 1..4),
            sets in prop::collection::vec(pairs(), 4 * 4),
            alone in prop::collection::vec(prop::collection::vec((0_i64..3, 0_i64..3), 0..3), 3),
            claimed in (0_i128..5, 1_i128..5),
        ) {
            let mut sets = sets.iter().cycle().map(|pairs| ways(pairs));
            let dossier = |asked: &std::collections::BTreeSet<usize>| {
                let of = sets.by_ref().take(1 << asked.len()).collect();
                (asked.iter().copied().collect(), of)
            };
            let component = Component {
                dossiers: asked.iter().map(dossier).collect(),
                alone: alone.iter().map(|pairs| ways(pairs)).collect(),
            };
            let proper: Vec<Pair> = free.iter().map(|(a, more)| (*a, a + more)).collect();
            let item = Contribution {
                definition: "TX_CASHLESS",
                item: "txn|bank|1".into(),
                scope: Scope::Total,
                day: Day::of_ms(0),
                outcomes: proper.clone(),
                elsewhere: Vec::new(),
                coupled: false,
                exceptions: Vec::new(),
            };
            let period = crate::domain::Period {
                label: "".into(),
                from: Day::of_ms(0),
                to: Day::of_ms(0),
            };
            let mut sum = Sum::default();
            sum.add(&item, &period, true);
            let wide: Vec<Sums> = proper.iter().copied().map(wide).collect();
            let all: Vec<Fraction> = enumerate(&wide, &component)
                .into_iter()
                .filter_map(|(a, b)| Fraction::new(a, b))
                .collect();
            let found = Resolved::new(&[component], &|_| true, sum);
            prop_assert_eq!(found.is_some(), !all.is_empty());
            let Some(found) = found else { return Ok(()) };
            let claimed = Fraction::new(claimed.0, claimed.1);
            for end in [End::Least, End::Greatest] {
                let own = all.iter().copied().reduce(|a, b| match (end, a.compare(b)) {
                    (End::Least, Ordering::Greater) | (End::Greatest, Ordering::Less) => b,
                    _ => a,
                });
                let same = |a: Option<Fraction>| {
                    let both = a.zip(own);
                    both.is_some_and(|(a, b)| a.compare(b).is_eq())
                };
                prop_assert!(same(found.bound(end)), "{:?} {:?}", found.bound(end), own);
                prop_assert!(found.proves(own, end));
                prop_assert_eq!(found.proves(claimed, end), same(claimed));
            }
        }
    }
}
