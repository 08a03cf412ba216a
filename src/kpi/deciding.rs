//! The exceptions that decide an open verdict: the fewest that prove it one way, and the other.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::domain::{ExceptionId, Fraction, Period};

use super::interval::{Sums, greatest, least};
use super::share::{Contribution, Deciding, Scope};

/// The shortest list that, settled at best, proves `met`, and the shortest that, settled at
/// worst, proves `missed`. What one item moves is independent of the others, so taking the
/// largest first is shortest.
pub(super) fn deciding(
    target: Fraction,
    period: &Period,
    total: &Sums,
    items: &[&Contribution],
) -> Deciding {
    let worth = |(a, b): (i64, i64)| target.den * i128::from(a) - target.num * i128::from(b);
    let balance = |(a, b): (i128, i128)| target.den * a - target.num * b;
    let open = || {
        let total = items
            .iter()
            .copied()
            .filter(|item| item.scope == Scope::Total);
        let seen = total.filter_map(|item| Some((item, item.within(period)?)));
        seen.filter(|(_, outcomes)| outcomes.len() > 1)
    };
    let best = |all: &[(i64, i64)]| all.iter().map(|o| worth(*o)).max().unwrap_or(0);
    let worst = |all: &[(i64, i64)]| all.iter().map(|o| worth(*o)).min().unwrap_or(0);
    let up = open().map(|(item, all)| (best(&all) - worth(least(&all)), item));
    let down = open().map(|(item, all)| (worth(greatest(&all)) - worst(&all), item));
    let lacking = -balance(total.low);
    let beyond = balance(total.high) + 1;
    Deciding {
        met: shortest(up.collect(), lacking),
        missed: shortest(down.collect(), beyond),
    }
}

/// The fewest items whose gains reach `needed`, largest first; empty when all together do not.
fn shortest(mut gains: Vec<(i128, &Contribution)>, needed: i128) -> Vec<ExceptionId> {
    gains.retain(|(gain, _)| *gain > 0);
    gains.sort_by_key(|(gain, item)| (Reverse(*gain), item.exceptions.len(), item.item.clone()));
    let mut rest = needed;
    let (mut list, mut seen) = (Vec::new(), BTreeSet::new());
    for (gain, item) in gains {
        if rest <= 0 {
            break;
        }
        rest -= gain;
        let new = item.exceptions.iter().filter(|id| seen.insert(*id));
        list.extend(new.cloned());
    }
    if rest > 0 { Vec::new() } else { list }
}
