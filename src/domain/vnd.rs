//! Money: whole Vietnamese dong. The dong has no minor unit in use, so a fraction is never rounded
//! away, it is refused.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An amount in whole dong. Arithmetic is checked; sums of many rows are made in `i128`
/// ([`Vnd::wide`]) and brought back with [`Vnd::from_wide`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Vnd(i64);

/// Why a text or number is no amount in dong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VndError {
    /// The text is not `[0-9]{1,15}` (or not a plain decimal where decimals are allowed).
    #[error("not a whole amount of dong")]
    NotAnAmount,
    /// A part of a dong: `1000.50`.
    #[error("a fraction of a dong")]
    Fraction,
    /// `45.000`: forty-five thousand with a separator of groups, or forty-five with three decimals.
    #[error("three digits behind the decimal sign, which may be a group of thousands")]
    ThreeDecimals,
    /// Below zero where the kind of the row carries the sign.
    #[error("a negative amount")]
    Negative,
    /// Beyond 15 digits, or a sum beyond 64 bits.
    #[error("an amount beyond 15 digits")]
    TooLarge,
}

impl Vnd {
    /// Zero dong.
    pub const ZERO: Self = Self(0);
    /// The largest amount a single row may carry: fifteen digits.
    pub const ROW_MAX: Self = Self(999_999_999_999_999);

    /// An amount from a number of dong.
    pub const fn new(dong: i64) -> Self {
        Self(dong)
    }

    /// The number of dong.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number of dong, wide enough to add up any number of rows.
    pub fn wide(self) -> i128 {
        i128::from(self.0)
    }

    /// Back from a wide sum; an error when it does not fit.
    pub fn from_wide(sum: i128) -> Result<Self, VndError> {
        i64::try_from(sum).map(Self).map_err(|_| VndError::TooLarge)
    }

    /// Reads `^[0-9]{1,15}$`, the form of our own files.
    pub fn parse_digits(raw: &str) -> Result<Self, VndError> {
        if raw.is_empty() || !raw.bytes().all(|b| b.is_ascii_digit()) {
            return Err(VndError::NotAnAmount);
        }
        if raw.len() > 15 {
            return Err(VndError::TooLarge);
        }
        raw.parse().map(Self).map_err(|_| VndError::NotAnAmount)
    }

    /// Reads a plain decimal with a point such as `18067000.00`, as providers write it: digits, at
    /// most one point, an optional leading minus. Exponents, group separators and signs inside are
    /// refused, a fraction other than zero too, and so is what may be a group of thousands
    /// ([`has_three_decimals`]).
    pub fn parse_decimal(raw: &str) -> Result<Self, VndError> {
        let digits = raw.strip_prefix('-').unwrap_or(raw);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) {
            return Err(VndError::NotAnAmount);
        }
        if has_three_decimals(digits, '.') {
            return Err(VndError::ThreeDecimals);
        }
        if fraction.bytes().any(|b| b != b'0') {
            return Err(VndError::Fraction);
        }
        let whole = whole.trim_start_matches('0');
        let amount = if whole.is_empty() {
            Self::ZERO
        } else {
            Self::parse_digits(whole)?
        };
        Ok(if raw.starts_with('-') {
            Self(-amount.0)
        } else {
            amount
        })
    }

    /// From a decimal; a fraction of a dong is an error, never rounded.
    pub fn from_decimal(amount: Decimal) -> Result<Self, VndError> {
        if !amount.fract().is_zero() {
            return Err(VndError::Fraction);
        }
        let dong = amount.to_i64().ok_or(VndError::TooLarge)?;
        if dong.abs() > Self::ROW_MAX.0 {
            Err(VndError::TooLarge)
        } else {
            Ok(Self(dong))
        }
    }

    /// From hundredths of a dong (VNPAY's `x 100`).
    pub fn from_hundredths(hundredths: i64) -> Result<Self, VndError> {
        if hundredths % 100 == 0 {
            Ok(Self(hundredths / 100))
        } else {
            Err(VndError::Fraction)
        }
    }

    /// `self + other`.
    pub fn checked_add(self, other: Self) -> Result<Self, VndError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(VndError::TooLarge)
    }

    /// `self - other`, possibly negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, VndError> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or(VndError::TooLarge)
    }

    /// True for exactly zero dong.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Vnd {
    /// Plain digits, as in machine output; people read [`Vnd::grouped`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Vnd {
    /// `1.234.567`, the Vietnamese way.
    pub fn grouped(self) -> String {
        grouped(i128::from(self.0))
    }
}

/// True for `45.000` where `decimal` is the decimal sign: one to three digits, the sign, three
/// digits. The dong has no such fraction, and Vietnamese write forty-five thousand so: which of the
/// two is meant a person must tell. What cannot be a group of thousands (`1250.000`, `0.500`) is
/// none of these, and neither is `45.00`.
pub fn has_three_decimals(amount: &str, decimal: char) -> bool {
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let parts = amount.split_once(decimal);
    parts.is_some_and(|(whole, fraction)| {
        let group = matches!(whole.len(), 1..=3) && !whole.starts_with('0');
        group && digits(whole) && fraction.len() == 3 && digits(fraction)
    })
}

/// A whole number with dots between groups of three: `-1.234.567`.
pub fn grouped(number: i128) -> String {
    let mut out = String::new();
    write_grouped(number, '.', &mut out);
    out
}

/// Writes a whole number with a mark between groups of three behind what stands in `out`.
pub fn write_grouped(number: i128, mark: char, out: &mut String) {
    // 39 digits at most
    let (mut digits, mut rest) = ([0_u8; 40], number.unsigned_abs());
    let mut count = 0;
    while count == 0 || rest > 0 {
        if let Ok(small) = u64::try_from(rest) {
            digits[count] = u8::try_from(small % 10).unwrap_or(0);
            rest = u128::from(small / 10);
        } else {
            digits[count] = u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        count += 1;
    }
    if number < 0 {
        out.push('-');
    }
    for (left, digit) in digits[..count].iter().enumerate().rev() {
        out.push(char::from(b'0' + digit));
        if left > 0 && left.is_multiple_of(3) {
            out.push(mark);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: Result<i64, VndError>) {
        assert_eq!(Vnd::parse_digits(raw).map(Vnd::get), expected, "{raw:?}");
    }

    #[test]
    fn own_files_hold_plain_digits_only() {
        check("0", Ok(0));
        check("45000", Ok(45_000));
        check("000045000", Ok(45_000));
        check("999999999999999", Ok(999_999_999_999_999));
        check("1000000000000000", Err(VndError::TooLarge));
        for bad in [
            "", " 45000", "45000.00", "1.250.00", "-1", "+1", "４５", "1e3", "45,000",
        ] {
            check(bad, Err(VndError::NotAnAmount));
        }
    }

    #[test]
    fn provider_decimals_lose_nothing() {
        let ok = |raw: &str, dong| assert_eq!(Vnd::parse_decimal(raw), Ok(Vnd::new(dong)), "{raw}");
        let bad = |raw: &str, why| assert_eq!(Vnd::parse_decimal(raw), Err(why), "{raw}");
        ok("18067000.00", 18_067_000);
        ok("0.00", 0);
        ok("-150000", -150_000);
        ok("007.0", 7);
        bad("150000.10", VndError::Fraction);
        bad("1.250.00", VndError::NotAnAmount);
        bad("150,000", VndError::NotAnAmount);
        bad("1.5e5", VndError::NotAnAmount);
        bad("1.", VndError::NotAnAmount);
        bad(".5", VndError::NotAnAmount);
        bad("99999999999999999999999", VndError::TooLarge);
        bad("45.000", VndError::ThreeDecimals);
        bad("-1.250", VndError::ThreeDecimals);
        ok("1250.000", 1_250);
        ok("0.000", 0);
        ok("45.0", 45);
        assert_eq!(Vnd::from_hundredths(4_500_000), Ok(Vnd::new(45_000)));
        assert_eq!(Vnd::from_hundredths(4_500_001), Err(VndError::Fraction));
    }

    #[test]
    fn an_amount_ends_at_fifteen_digits_and_a_sum_at_64_bits() {
        let max = Vnd::ROW_MAX.get();
        let decimal = |dong: i64| Vnd::from_decimal(Decimal::from(dong)).map(Vnd::get);
        for (dong, expected) in [
            (max, Ok(max)),
            (-max, Ok(-max)),
            (max + 1, Err(VndError::TooLarge)),
            (-max - 1, Err(VndError::TooLarge)),
        ] {
            assert_eq!(decimal(dong), expected, "{dong}");
        }
        let half = Decimal::new(5, 1);
        assert_eq!(Vnd::from_decimal(half), Err(VndError::Fraction));
        assert_eq!(Vnd::from_hundredths(-4_500), Ok(Vnd::new(-45)));
        let (least, most) = (Vnd::new(i64::MIN), Vnd::new(i64::MAX));
        let one = Vnd::new(1);
        assert_eq!(most.checked_add(one), Err(VndError::TooLarge));
        assert_eq!(least.checked_sub(one), Err(VndError::TooLarge));
        assert_eq!(one.checked_sub(Vnd::new(3)), Ok(Vnd::new(-2)));
        assert_eq!(Vnd::from_wide(most.wide()), Ok(most));
        assert_eq!(Vnd::from_wide(most.wide() + 1), Err(VndError::TooLarge));
        assert_eq!(Vnd::from_wide(least.wide() - 1), Err(VndError::TooLarge));
    }

    #[test]
    fn three_digits_behind_the_sign_may_be_thousands() {
        let check = |amount: &str, decimal, expected: bool| {
            assert_eq!(has_three_decimals(amount, decimal), expected, "{amount}");
        };
        for doubtful in ["45.000", "1.250", "999.999"] {
            check(doubtful, '.', true);
            check(doubtful, ',', false);
        }
        check("45,000", ',', true);
        for plain in [
            "",
            "45",
            "45.0",
            "45.00",
            "45.0000",
            "1250.000",
            "0.500",
            "1.250.000",
            "45.00a",
            "x.000",
        ] {
            check(plain, '.', false);
        }
    }

    #[test]
    fn groups_are_dots() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1.000"),
            (-1_234_567, "-1.234.567"),
            (
                i128::MIN,
                "-170.141.183.460.469.231.731.687.303.715.884.105.728",
            ),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
