//! The least and the greatest share by Dinkelbach's method: guess a share, let every item choose
//! the outcome that is best against the guess, take the share that comes out as the next guess. It
//! ends at the optimum over every resolution of uncoupled items, whatever their outcomes are.

use std::collections::BTreeMap;

use super::Pair;
use crate::domain::Fraction;

/// Which end of the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Least,
    Greatest,
}

/// The sums at one end.
pub(super) type Sums = (i128, i128);

/// The firm sums and the open items' outcomes at their optimum; none when nothing can be in the
/// denominator, or a product leaves 128 bits.
pub(super) fn optimum(firm: Sums, open: &[&[Pair]], end: End) -> Option<Sums> {
    let any = firm.1 > 0 || open.iter().any(|pairs| pairs.iter().any(|(_, b)| *b > 0));
    if !any {
        return None;
    }
    // beyond every share, so that the first resolution has something in the denominator
    let mut guess: Sums = match end {
        End::Least => (2, 1),
        End::Greatest => (-1, 1),
    };
    // most items may end in the same ways as many others
    let mut alike: BTreeMap<&[Pair], i128> = BTreeMap::new();
    for pairs in open {
        *alike.entry(pairs).or_default() += 1;
    }
    for _ in 0..1000 {
        let sums = best(firm, &alike, guess, end)?;
        let better = worth(sums, guess)?;
        let done = match end {
            End::Least => better >= 0,
            End::Greatest => better <= 0,
        };
        if done || sums.1 <= 0 {
            return Some(if sums.1 > 0 { sums } else { guess });
        }
        guess = sums;
    }
    None
}

/// `a - guess * b`, times the guess's denominator.
pub(super) fn worth(pair: Sums, guess: Sums) -> Option<i128> {
    product(pair, reduced(guess))
}

/// A guess in lowest terms.
fn reduced((p, q): Sums) -> Sums {
    let divisor = common(p, q);
    (p / divisor, q / divisor)
}

fn product((a, b): Sums, (p, q): Sums) -> Option<i128> {
    a.checked_mul(q)?.checked_sub(b.checked_mul(p)?)
}

fn common(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// Every item at the outcome that is best against the guess; of equals the one that keeps the
/// denominator small.
fn best(firm: Sums, open: &BTreeMap<&[Pair], i128>, guess: Sums, end: End) -> Option<Sums> {
    let guess = reduced(guess);
    let mut sums = firm;
    for (pairs, count) in open {
        let mut chosen: Option<(i128, Sums)> = None;
        for (a, b) in *pairs {
            let pair = (i128::from(*a), i128::from(*b));
            let value = product(pair, guess)?;
            let better = chosen.is_none_or(|(best, at)| match end {
                End::Least => value < best || (value == best && pair.1 < at.1),
                End::Greatest => value > best || (value == best && pair.1 < at.1),
            });
            if better {
                chosen = Some((value, pair));
            }
        }
        let (_, pair) = chosen?;
        sums = (sums.0 + pair.0 * count, sums.1 + pair.1 * count);
    }
    Some(sums)
}

/// The share of sums.
pub(super) fn share((a, b): Sums) -> Option<Fraction> {
    Fraction::new(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    fn enumerate(firm: Sums, open: &[&[Pair]]) -> Vec<Fraction> {
        let mut sums = vec![firm];
        for pairs in open {
            let step = |(n, d): &Sums| {
                let (n, d) = (*n, *d);
                let wide = move |(a, b): &Pair| (n + i128::from(*a), d + i128::from(*b));
                pairs.iter().map(wide)
            };
            sums = sums.iter().flat_map(step).collect();
        }
        sums.into_iter().filter_map(share).collect()
    }

    proptest! {
        #[test]
        fn dinkelbach_finds_what_enumeration_finds(
            firm in (0_i128..5, 0_i128..5),
            items in prop::collection::vec((1_i64..6, 1_i64..6, 0_usize..6), 0..7)
        ) {
            let firm = (firm.0, firm.0 + firm.1);
            let outcomes: Vec<Vec<Pair>> = items
                .iter()
                .map(|(v, w, kind)| match kind {
                    0 => vec![(*v, *v)],
                    1 => vec![(0, 0), (*v, *v)],
                    2 => vec![(0, *v), (0, 0), (*w, *w)],
                    3 => vec![(*v, *v + *w), (0, *w)],
                    4 => vec![(0, *v), (0, *w)],
                    _ => vec![(*v, *v), (*w, *w)],
                })
                .collect();
            let open: Vec<&[Pair]> = outcomes.iter().map(Vec::as_slice).collect();
            let all = enumerate(firm, &open);
            for (end, wanted) in [
                (End::Least, all.iter().min_by(|a, b| a.compare(**b))),
                (End::Greatest, all.iter().max_by(|a, b| a.compare(**b))),
            ] {
                let found = optimum(firm, &open, end).and_then(share);
                match (found, wanted) {
                    (None, None) => {}
                    (Some(found), Some(wanted)) => {
                        prop_assert_eq!(found.compare(*wanted), Ordering::Equal);
                    }
                    other => prop_assert!(false, "{other:?}"),
                }
            }
        }
    }
}
