//! Exact fractions: shares and rates are never floating-point numbers.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// An exact fraction with a denominator above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fraction {
    /// Numerator.
    pub num: i128,
    /// Denominator, above zero.
    pub den: i128,
}

impl Fraction {
    /// `num / den`; none when the denominator is not above zero.
    pub fn new(num: i128, den: i128) -> Option<Self> {
        (den > 0).then_some(Self { num, den })
    }

    /// Exact comparison, of any two fractions: whole parts first, then the rests turned upside
    /// down, so that no product is needed that could overflow.
    pub fn compare(self, other: Self) -> Ordering {
        let (mut a, mut b) = (self, other);
        loop {
            let whole = |f: Self| (f.num.div_euclid(f.den), f.num.rem_euclid(f.den));
            let ((whole_a, rest_a), (whole_b, rest_b)) = (whole(a), whole(b));
            match whole_a.cmp(&whole_b) {
                Ordering::Equal if rest_a == 0 || rest_b == 0 => return rest_a.cmp(&rest_b),
                Ordering::Equal => {}
                decided => return decided,
            }
            // rest_a / a.den against rest_b / b.den is b.den / rest_b against a.den / rest_a
            let turned = |den, rest| Self {
                num: den,
                den: rest,
            };
            (a, b) = (turned(b.den, rest_b), turned(a.den, rest_a));
        }
    }

    /// `0.4231`: `digits` decimals, rounded half up.
    pub fn half_up(self, digits: u32) -> String {
        self.print(digits, half_up)
    }

    /// The same as a whole number of units of the last decimal.
    pub fn rounded(self, digits: u32) -> i128 {
        half_up(self.num * 10_i128.pow(digits), self.den)
    }

    /// Rounded towards minus infinity: a lower bound stays one.
    pub fn down(self, digits: u32) -> String {
        self.print(digits, i128::div_euclid)
    }

    /// Rounded towards plus infinity: an upper bound stays one.
    pub fn up(self, digits: u32) -> String {
        self.print(digits, |scaled, den| -(-scaled).div_euclid(den))
    }

    fn print(self, digits: u32, round: impl Fn(i128, i128) -> i128) -> String {
        let scale = 10_i128.pow(digits);
        let units = round(self.num * scale, self.den);
        let sign = if units < 0 { "-" } else { "" };
        let (whole, part) = (units.abs() / scale, units.abs() % scale);
        let width = usize::try_from(digits).unwrap_or(0);
        if width == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{part:0width$}")
        }
    }
}

fn half_up(scaled: i128, den: i128) -> i128 {
    (2 * scaled + den).div_euclid(2 * den)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_keeps_a_bound_a_bound() {
        let f = |num, den| Fraction::new(num, den).unwrap();
        assert_eq!(f(1, 3).half_up(4), "0.3333");
        assert_eq!(f(2, 3).half_up(4), "0.6667");
        assert_eq!(f(2, 3).down(4), "0.6666");
        assert_eq!(f(1, 3).up(4), "0.3334");
        assert_eq!(f(1, 2).up(4), "0.5000");
        assert_eq!(f(9999, 10000).half_up(2), "1.00");
        assert_eq!(f(1, 1).down(4), "1.0000");
        assert_eq!(f(1, 20000).half_up(4), "0.0001");
        assert_eq!(Fraction::new(1, 0), None);
        assert_eq!(f(1, 2).compare(f(500_000, 1_000_000)), Ordering::Equal);
    }

    #[test]
    fn huge_sums_are_compared_exactly() {
        let check = |a: (i128, i128), b: (i128, i128), expected: Ordering| {
            let f = |(num, den)| Fraction { num, den };
            assert_eq!(f(a).compare(f(b)), expected, "{a:?} {b:?}");
            assert_eq!(f(b).compare(f(a)), expected.reverse(), "{b:?} {a:?}");
        };
        let max = i128::MAX;
        check((max - 1, max), (max - 2, max - 1), Ordering::Greater);
        check((max / 2, max), (1, 2), Ordering::Less);
        check((max, max), (1, 1), Ordering::Equal);
        check((max / 3 * 2, max / 3 * 3), (2, 3), Ordering::Equal);
        check((max, 2), (max, 3), Ordering::Greater);
        check((i128::MIN, max), (-1, 1), Ordering::Less);
        check((i128::MIN, 1), (0, max), Ordering::Less);
        check((-1, 3), (-1, 2), Ordering::Greater);
        check((0, 7), (0, max), Ordering::Equal);
        for (a, b, c, d) in (0..6_561).map(|n| (n % 9, n / 9 % 9, n / 81 % 9, n / 729 % 9)) {
            let by_product = ((a - 4) * (d + 1)).cmp(&((c - 4) * (b + 1)));
            check((a - 4, b + 1), (c - 4, d + 1), by_product);
        }
    }
}
