//! Every amount that a rate can come to, whatever the number of pages and copies.

use crate::domain::fee_table::WHOLE;
use crate::domain::{FeeRate, RateUnit, Vnd};

/// The amounts of one rate.
pub(super) struct Amounts {
    /// The part of the formula's amount that is collected, in ten-thousandths.
    part: i128,
    form: Form,
}

enum Form {
    /// Nothing, or this much.
    Once(i128),
    /// Any sum of copies: for each remainder by `rate` the least sum that has it. Any greater one
    /// with the same remainder is that sum and copies of one page.
    Sums { rate: i128, least: Vec<i128> },
}

impl Amounts {
    pub(super) fn of(rate: &FeeRate) -> Self {
        let one = rate.rate.wide();
        let form = match rate.unit {
            _ if rate.is_zero() => Form::Once(0),
            RateUnit::Case => Form::Once(one),
            RateUnit::Copy => Form::Sums {
                rate: one,
                least: vec![0],
            },
            RateUnit::Page => pages(rate, one),
        };
        Self {
            part: i128::from(rate.part),
            form,
        }
    }

    /// True when the rate can give the amount.
    pub(super) fn allow(&self, amount: Vnd) -> bool {
        let whole = amount.wide() * i128::from(WHOLE);
        match &self.form {
            Form::Once(0) => amount.is_zero(),
            Form::Once(once) => *once * self.part == whole,
            Form::Sums { rate, least } => {
                if whole % self.part != 0 || amount.is_zero() {
                    return false;
                }
                let sum = whole / self.part;
                // remainders are counted in grains, of which every amount is a whole number
                let grains = i128::try_from(least.len()).unwrap_or(1);
                let grain = rate / grains;
                let at = usize::try_from(sum % rate / grain).unwrap_or(0);
                sum % grain == 0 && least.get(at).is_some_and(|least| *least <= sum)
            }
        }
    }
}

/// One page costs `rate`; up to `first_pages` a copy costs so much a page, then `next_rate` a
/// page more, and no copy costs more than `most`.
fn pages(rate: &FeeRate, one: i128) -> Form {
    let next = rate.next_rate.map_or(0, Vnd::wide);
    let most = rate.most.map(Vnd::wide);
    let grain = gcd(gcd(one, next), most.unwrap_or(0));
    let grains = one / grain;
    let mut copies = vec![one];
    copies.extend(most);
    if let Some(first) = rate.first_pages {
        let base = one * i128::from(first);
        // one more page than there are remainders brings no new one
        let longer = (1..=grains).map(|more| base + next * more);
        copies.extend(longer.take_while(|copy| most.is_none_or(|most| *copy < most)));
    }
    Form::Sums {
        rate: one,
        least: least_sums(one, grain, &copies),
    }
}

/// For each remainder by `one`, in grains, the least sum of copies that has it.
fn least_sums(one: i128, grain: i128, copies: &[i128]) -> Vec<i128> {
    let place = |sum: i128| usize::try_from(sum % one / grain).unwrap_or(0);
    let grains = usize::try_from(one / grain).unwrap_or(1);
    let mut least = vec![i128::MAX; grains];
    least[0] = 0;
    let mut changed = true;
    while changed {
        changed = false;
        for at in 0..grains {
            let sum = least[at];
            if sum == i128::MAX {
                continue;
            }
            for copy in copies {
                let (more, to) = (sum + copy, place(sum + copy));
                if more < least[to] {
                    least[to] = more;
                    changed = true;
                }
            }
        }
    }
    least
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
