//! The least and the greatest share over every way of the components: fractional programming after
//! Dinkelbach, with integers in 128 bits. A guessed share turns the fraction into a sum, whose best
//! way is found by walking the sets of payments dossier by dossier; the share of that way is the
//! next guess, until none is better.

use std::collections::BTreeMap;

use super::{Adds, Component};
use crate::domain::Fraction;

type Pair = (i64, i64);
type Sums = (i128, i128);

/// A component as one share sees it.
#[derive(Clone, Debug)]
pub(in crate::kpi) struct Part {
    /// By dossier: the sets of payments with what they may add, each pair once.
    dossiers: Vec<Vec<(u32, Vec<Pair>)>>,
    /// By payment: what it may add alone; empty where it must be of a dossier.
    alone: Vec<Vec<Pair>>,
}

/// Which end of the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kpi) enum End {
    /// The least share.
    Least,
    /// The greatest share.
    Greatest,
}

impl Part {
    pub(super) fn new(of: &Component, sees: &impl Fn(&Adds) -> bool) -> Self {
        let seen = |ways: &[Vec<Adds>]| -> Vec<Pair> {
            let sum = |way: &Vec<Adds>| {
                let adds = way.iter().filter(|adds| sees(adds));
                adds.fold((0, 0), |(a, b), adds| (a + adds.pair.0, b + adds.pair.1))
            };
            let mut pairs: Vec<Pair> = ways.iter().map(sum).collect();
            pairs.sort_unstable();
            pairs.dedup();
            pairs
        };
        let table = |table: &super::Table| {
            let ways = table.ways.iter();
            ways.map(|(mask, ways)| (*mask, seen(ways))).collect()
        };
        Self {
            dossiers: of.dossiers.iter().map(table).collect(),
            alone: of.alone.iter().map(|ways| seen(ways)).collect(),
        }
    }

    /// The best way against a guess; none where there is no way at all.
    fn best(&self, guess: Sums, end: End) -> Option<Sums> {
        let better = |a: Option<Sums>, b: Option<Sums>| pick(a, b, guess, end);
        let of = |pairs: &[Pair]| {
            let wide = pairs
                .iter()
                .map(|(a, b)| Some((i128::from(*a), i128::from(*b))));
            wide.fold(None, better)
        };
        // the best sums by the payments that are of a dossier so far and may still be of another
        let mut best: BTreeMap<u32, Sums> = BTreeMap::from([(0, (0, 0))]);
        for (place, sets) in self.dossiers.iter().enumerate() {
            let own: Vec<(u32, Sums)> = sets
                .iter()
                .filter_map(|(mask, pairs)| Some((*mask, of(pairs)?)))
                .collect();
            let mut next = BTreeMap::new();
            for (taken, sums) in &best {
                for (mask, own) in own.iter().filter(|(mask, _)| taken & mask == 0) {
                    let with = (sums.0 + own.0, sums.1 + own.1);
                    add(&mut next, taken | mask, with, &better);
                }
            }
            // a payment that no later dossier asks for is alone unless it was taken
            for (r, pairs) in self.alone.iter().enumerate() {
                if self.last(r) == Some(place) {
                    next = settled(next, 1 << r, of(pairs), &better);
                }
            }
            best = next;
        }
        for (r, pairs) in self.alone.iter().enumerate() {
            if self.last(r).is_none() {
                best = settled(best, 1 << r, of(pairs), &better);
            }
        }
        best.into_values().map(Some).fold(None, better)
    }

    /// The last dossier that a payment may be of.
    fn last(&self, r: usize) -> Option<usize> {
        let asks = |sets: &Vec<(u32, Vec<Pair>)>| sets.iter().any(|(mask, _)| mask >> r & 1 == 1);
        self.dossiers.iter().rposition(asks)
    }
}

/// Keeps the better of what stands and what comes.
fn add(
    best: &mut BTreeMap<u32, Sums>,
    mask: u32,
    sums: Sums,
    better: &impl Fn(Option<Sums>, Option<Sums>) -> Option<Sums>,
) {
    let stands = best.get(&mask).copied();
    if let Some(sums) = better(stands, Some(sums)) {
        best.insert(mask, sums);
    }
}

/// Takes a payment out of the masks: where it was of no dossier it adds what it adds alone, and
/// where it may not be alone the way is none.
fn settled(
    best: BTreeMap<u32, Sums>,
    bit: u32,
    alone: Option<Sums>,
    better: &impl Fn(Option<Sums>, Option<Sums>) -> Option<Sums>,
) -> BTreeMap<u32, Sums> {
    let mut made = BTreeMap::new();
    for (mask, sums) in best {
        if mask & bit != 0 {
            add(&mut made, mask & !bit, sums, better);
        } else if let Some(alone) = alone {
            add(
                &mut made,
                mask,
                (sums.0 + alone.0, sums.1 + alone.1),
                better,
            );
        }
    }
    made
}

/// `a - guess * b`, times the guess's denominator; the guess is in lowest terms.
fn worth((a, b): Sums, (p, q): Sums) -> i128 {
    a.saturating_mul(q).saturating_sub(b.saturating_mul(p))
}

/// The better of two against a guess; of equals the one with less in the denominator.
fn pick(a: Option<Sums>, b: Option<Sums>, guess: Sums, end: End) -> Option<Sums> {
    let (Some(x), Some(y)) = (a, b) else {
        return a.or(b);
    };
    let (wx, wy) = (worth(x, guess), worth(y, guess));
    let first = match end {
        End::Least => (wx, x.1) <= (wy, y.1),
        End::Greatest => (wx, -x.1) >= (wy, -y.1),
    };
    Some(if first { x } else { y })
}

/// The optimum of the free sums with every component; none where nothing can be in the denominator.
pub(in crate::kpi) fn optimum(free: Sums, parts: &[Part], end: End) -> Option<Fraction> {
    // beyond every share, so that the first way has something in the denominator
    let mut guess: Sums = match end {
        End::Least => (2, 1),
        End::Greatest => (-1, 1),
    };
    let mut found = None;
    loop {
        let mut sums = free;
        for part in parts {
            let (a, b) = part.best(guess, end)?;
            sums = (sums.0 + a, sums.1 + b);
        }
        let share = Fraction::new(sums.0, sums.1).filter(|_| sums.1 > 0);
        let better = match end {
            End::Least => worth(sums, guess) < 0,
            End::Greatest => worth(sums, guess) > 0,
        };
        let Some(share) = share.filter(|_| better) else {
            return found;
        };
        found = Some(share);
        let divisor = common(sums.0, sums.1);
        guess = (sums.0 / divisor, sums.1 / divisor);
    }
}

fn common(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every way of a part, one by one.
    fn enumerate(free: Sums, part: &Part) -> Vec<Fraction> {
        let mut ways: Vec<(u32, Sums)> = vec![(0, free)];
        let add = |s: Sums, p: &Pair| (s.0 + i128::from(p.0), s.1 + i128::from(p.1));
        for sets in &part.dossiers {
            let mut next = Vec::new();
            for (taken, sums) in &ways {
                for (mask, pairs) in sets.iter().filter(|(mask, _)| mask & taken == 0) {
                    next.extend(pairs.iter().map(|pair| (taken | mask, add(*sums, pair))));
                }
            }
            ways = next;
        }
        for (r, pairs) in part.alone.iter().enumerate() {
            let mut next = Vec::new();
            for (taken, sums) in &ways {
                if taken >> r & 1 == 1 {
                    next.push((*taken, *sums));
                } else {
                    next.extend(pairs.iter().map(|pair| (*taken, add(*sums, pair))));
                }
            }
            ways = next;
        }
        let shares = ways.iter().filter(|(_, sums)| sums.1 > 0);
        shares
            .filter_map(|(_, s)| Fraction::new(s.0, s.1))
            .collect()
    }

    proptest! {
        #[test]
        fn the_optimum_is_what_enumeration_finds(
            free in (0_i128..4, 0_i128..4),
            tables in prop::collection::vec(
                prop::collection::vec(prop::collection::vec((0_i64..4, 0_i64..4), 1..3), 4),
                1..4,
            ),
            alone in prop::collection::vec(prop::collection::vec((0_i64..3, 0_i64..3), 0..3), 2),
        ) {
            let proper = |pairs: &Vec<Pair>| -> Vec<Pair> {
                pairs.iter().map(|(a, more)| (*a, a + more)).collect()
            };
            let free = (free.0, free.0 + free.1);
            let table = |sets: &Vec<Vec<Pair>>| (0_u32..4).zip(sets.iter().map(proper)).collect();
            let part = Part {
                dossiers: tables.iter().map(table).collect(),
                alone: alone.iter().map(proper).collect(),
            };
            let all = enumerate(free, &part);
            let ends = [
                (End::Least, all.iter().min_by(|a, b| a.compare(**b))),
                (End::Greatest, all.iter().max_by(|a, b| a.compare(**b))),
            ];
            for (end, wanted) in ends {
                let found = optimum(free, std::slice::from_ref(&part), end);
                match (found, wanted) {
                    (None, None) => {}
                    (Some(found), Some(wanted)) => {
                        prop_assert!(found.compare(*wanted).is_eq(), "{end:?} {found:?} {wanted:?}");
                    }
                    other => prop_assert!(false, "{other:?}"),
                }
            }
        }
    }
}
