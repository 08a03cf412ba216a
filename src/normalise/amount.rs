//! PURE: the text of an amount -> whole dong and a direction, by the form in which the source
//! writes amounts. Nothing is rounded and no separator is guessed.

use crate::domain::{RejectCode, Vnd, VndError};
use crate::source::AmountForm;

/// An amount without sign, and the sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Never negative.
    pub amount: Vnd,
    /// True when the text carried a minus: money went out.
    pub negative: bool,
}

/// Reads an amount.
pub fn read(raw: &str, form: AmountForm) -> Result<Signed, RejectCode> {
    let plain = |amount: Vnd| Signed {
        amount,
        negative: false,
    };
    match form {
        AmountForm::Digits => digits(raw).map(plain),
        AmountForm::Hundredths => {
            let hundredths = digits_wide(raw)?;
            let amount = Vnd::from_hundredths(hundredths).map_err(code_of)?;
            if amount > Vnd::ROW_MAX {
                return Err(RejectCode::AmountTooLarge);
            }
            Ok(plain(amount))
        }
        AmountForm::Decimal => {
            let amount = Vnd::parse_decimal(raw).map_err(code_of)?;
            let negative = amount < Vnd::ZERO;
            let amount = if negative {
                Vnd::ZERO.checked_sub(amount).map_err(code_of)?
            } else {
                amount
            };
            Ok(Signed { amount, negative })
        }
    }
}

/// `^[0-9]{1,15}$`, the form of our own files.
pub fn digits(raw: &str) -> Result<Vnd, RejectCode> {
    Vnd::parse_digits(raw).map_err(|error| {
        let rest = raw.strip_prefix('-').unwrap_or("");
        match Vnd::parse_digits(rest) {
            Ok(_) => RejectCode::NegativeAmount,
            Err(_) => code_of(error),
        }
    })
}

/// Hundredths have two digits more than the dong they stand for.
fn digits_wide(raw: &str) -> Result<i64, RejectCode> {
    if raw.is_empty() || !raw.bytes().all(|b| b.is_ascii_digit()) {
        return Err(digits(raw).err().unwrap_or(RejectCode::BadAmount));
    }
    raw.parse().map_err(|_| RejectCode::AmountTooLarge)
}

fn code_of(error: VndError) -> RejectCode {
    match error {
        VndError::NotAnAmount => RejectCode::BadAmount,
        VndError::Fraction => RejectCode::FractionOfDong,
        VndError::ThreeDecimals => RejectCode::ThreeDecimals,
        VndError::Negative => RejectCode::NegativeAmount,
        VndError::TooLarge => RejectCode::AmountTooLarge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AmountForm::{Decimal, Digits, Hundredths};

    #[test]
    fn an_amount_has_the_form_of_its_source() {
        let ok = |raw: &str, form, dong, negative| {
            let amount = Vnd::new(dong);
            assert_eq!(read(raw, form), Ok(Signed { amount, negative }), "{raw}");
        };
        ok("45000", Digits, 45_000, false);
        ok("4500000", Hundredths, 45_000, false);
        ok("99999999999999900", Hundredths, 999_999_999_999_999, false);
        ok("18067000.00", Decimal, 18_067_000, false);
        ok("-150000", Decimal, 150_000, true);
        ok("-0", Decimal, 0, false);
        let bad = |raw: &str, form, code| assert_eq!(read(raw, form), Err(code), "{raw}");
        bad("1.250.00", Digits, RejectCode::BadAmount);
        bad("1.250.00", Decimal, RejectCode::BadAmount);
        bad("50000.00", Digits, RejectCode::BadAmount);
        bad("-1", Digits, RejectCode::NegativeAmount);
        bad("-100", Hundredths, RejectCode::NegativeAmount);
        bad("", Digits, RejectCode::BadAmount);
        bad("150000.10", Decimal, RejectCode::FractionOfDong);
        bad("4500001", Hundredths, RejectCode::FractionOfDong);
        bad("150,000", Decimal, RejectCode::BadAmount);
        bad("1e400", Decimal, RejectCode::BadAmount);
        bad("9223372036854775807", Decimal, RejectCode::AmountTooLarge);
        bad(
            "99999999999999999999999",
            Decimal,
            RejectCode::AmountTooLarge,
        );
        bad("1000000000000000", Digits, RejectCode::AmountTooLarge);
        bad("100000000000000000", Hundredths, RejectCode::AmountTooLarge);
    }
}
