//! Exact fractions: shares and rates are never floating-point numbers.

use std::cmp::Ordering;

use serde::Serialize;

/// An exact fraction with a denominator above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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

    /// Exact comparison.
    pub fn compare(self, other: Self) -> Ordering {
        (self.num * other.den).cmp(&(other.num * self.den))
    }

    /// `0.4231`: `digits` decimals, rounded half up.
    pub fn half_up(self, digits: u32) -> String {
        self.print(digits, |scaled, den| (2 * scaled + den).div_euclid(2 * den))
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
}
