//! The value of a cell that could not be read, for papers that leave the finance office: what
//! stands in the wrong place may be anybody's name or account.

use crate::domain::fold::fold_name;
use crate::domain::{Lang, Reject, RejectCode};
use crate::text::mask_memo;
use crate::text::memo::is_family;

use super::{Cell, explain_as, left_out};

/// The value without names, accounts and telephone numbers. A word alone that a column does not
/// allow stays, for a person has to know which it is; a family name does not.
pub fn mask_value(code: RejectCode, value: &str) -> String {
    let is_word = !value.is_empty() && value.chars().all(|c| c.is_alphabetic() || c == '_');
    if code == RejectCode::UnknownWord && is_word && !is_family(&fold_name(value)) {
        return value.to_owned();
    }
    if is_plain(code, value) {
        return value.to_owned();
    }
    mask_memo(value, "", None)
}

/// True for a number where an amount stands, and the code of a currency: they name nobody.
fn is_plain(code: RejectCode, value: &str) -> bool {
    use RejectCode::{
        AmountTooLarge, BadAmount, FractionOfDong, NegativeAmount, NotVnd, ThreeDecimals,
    };
    match code {
        NotVnd => {
            let of_unit = |b: u8| b.is_ascii_digit();
            let unit = value.strip_suffix(" VND");
            value.len() == 3 && value.bytes().all(|b| b.is_ascii_uppercase())
                || unit.is_some_and(|unit| unit.bytes().all(of_unit))
        }
        AmountTooLarge | BadAmount | FractionOfDong | NegativeAmount | ThreeDecimals => {
            let of_number = |b: u8| b.is_ascii_digit() || b"+-.,".contains(&b);
            value.bytes().all(of_number)
        }
        _ => false,
    }
}

/// What is wrong, and what to do, without names and accounts.
pub fn say_masked(reject: &Reject, lang: Lang) -> (String, String) {
    let (reason, advice) = explain_masked(Cell::of(reject), lang);
    (reason, format!("{} {advice}", left_out(reject, lang)))
}

/// The same of a value alone.
pub fn explain_masked(cell: Cell<'_>, lang: Lang) -> (String, &'static str) {
    explain_as(cell, &mask_value(cell.code, cell.value), lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_in_the_wrong_place_names_nobody() {
        let check = |code, value: &str, masked: &str| assert_eq!(mask_value(code, value), masked);
        check(
            RejectCode::WrongFieldCount,
            "RC1,1,45000,2022-12-05,TRAN CANARY NAME,000.00.31.H48",
            "RC1,1,45000,2022-12-05,T*** C***** N***,000.00.31.H48",
        );
        check(
            RejectCode::BadAmount,
            "TRAN CANARY NAME 0123455555",
            "T*** C***** N*** ******5555",
        );
        check(RejectCode::BadAmount, "45.000,50", "45.000,50");
        let long = "99999999999999999999";
        check(RejectCode::AmountTooLarge, long, long);
        check(RejectCode::LostDigits, "123456789012", "********9012");
        check(RejectCode::NotVnd, "USD", "USD");
        check(RejectCode::NotVnd, "Nguyen", "N*****");
        check(
            RejectCode::BadDossierCode,
            "H48.18.22-22-1",
            "H48.18.22-22-1",
        );
        check(RejectCode::UnknownWord, "paidd", "paidd");
        check(RejectCode::UnknownWord, "Nguyen", "N*****");
        check(RejectCode::UnknownWord, "Canary Name", "C***** N***");
    }
}
