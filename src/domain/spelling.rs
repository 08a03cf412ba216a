//! Where dossier codes may stand in a text, whatever agencies and dossiers are known: what is kept
//! with a transaction, so that a dossier told of later finds it.

use std::collections::BTreeSet;

use super::dossier_code::{DossierCode, date_of};
use super::fold::squeeze;

/// Digits of the date, and of the shortest and the longest sequence.
const DATE: usize = 6;
const SEQUENCE_MIN: usize = 4;
const SEQUENCE_MAX: usize = 7;
/// Characters of a squeezed agency code that begins with its province: `H48`, and up to five groups
/// of three behind it.
const AGENCY: std::ops::RangeInclusive<usize> = 3..=18;
/// The same of one that ends with its province: `0000031H48`.
const OLD_AGENCY: usize = 10;

/// Every squeezed code that the memo or the structured reference may spell, each with all digits
/// that may belong to its sequence: a code is spelled where one of these begins with it.
///
/// ```
/// use doisoat::domain::spelling::spelled;
/// let told = spelled("NOP PHI HS H48.18-221202-0001", None);
/// assert!(told.contains("H48182212020001"));
/// ```
pub fn spelled(memo: &str, order_ref: Option<&str>) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    let reference = order_ref.map(DossierCode::parse);
    told.extend(reference.and_then(Result::ok).map(|code| code.squeezed()));
    let text = squeeze(memo);
    let bytes = text.as_bytes();
    for date in 0..bytes.len() {
        let plausible = text.get(date..date + DATE).and_then(date_of);
        let digits = digits_from(bytes, date, DATE + SEQUENCE_MAX);
        if plausible.is_none() || digits < DATE + SEQUENCE_MIN {
            continue;
        }
        let starts = AGENCY.filter_map(|length| date.checked_sub(length));
        let new = starts.filter(|start| is_province(bytes, *start));
        let old = date.checked_sub(OLD_AGENCY).filter(|start| {
            let province = start + OLD_AGENCY - 3;
            digits_from(bytes, *start, OLD_AGENCY) == OLD_AGENCY - 3 && is_province(bytes, province)
        });
        for start in new.chain(old) {
            told.extend(text.get(start..date + digits).map(str::to_owned));
        }
    }
    told
}

/// How many digits stand from here on, at most `most`.
fn digits_from(bytes: &[u8], at: usize, most: usize) -> usize {
    let behind = bytes.iter().skip(at).take(most);
    behind.take_while(|b| b.is_ascii_digit()).count()
}

/// A letter and two digits.
fn is_province(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 3), Some([l, a, b])
        if l.is_ascii_uppercase() && a.is_ascii_digit() && b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(memo: &str, order_ref: Option<&str>, expected: &[&str]) {
        let told = spelled(memo, order_ref);
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        assert_eq!(told, expected, "{memo}");
    }

    #[test]
    fn codes_are_found_whoever_the_agency_is() {
        let code = "H4818222212020001";
        check("nộp lệ phí h48.18.22-221202-0001", None, &[code]);
        // `N50` may be a province too
        check(
            "CT DEN:5001HSH48.18.22-2212 02-0001; Napas",
            None,
            &[code, "N5001HSH4818222212020001"],
        );
        check("", Some("H48.18.22-221202-0001"), &[code]);
        check("NOP PHI", Some("TX-00012"), &[]);
        check(
            "H48.BX.22-221202-00017 H48.18.22-221302-0001",
            None,
            &["H48BX2222120200017", "X2222120200017"],
        );
    }

    #[test]
    fn the_digits_behind_belong_to_it_and_both_generations_are_told() {
        check(
            "REM 000.00.31.H48-221201-0002_346021",
            None,
            &[
                "0000031H482212010002346",
                "H482212010002346",
                "M0000031H482212010002346",
            ],
        );
    }

    proptest! {
        #[test]
        fn a_code_is_spelled_wherever_it_stands(
            code in "(H48(\\.[0-9]{2,3}|\\.[A-Z][0-9]){0,5}|000\\.[0-9]{2}\\.[0-9]{2}\\.H48)\
                     -2212[0-2][1-8]-[0-9]{4,7}",
            before in "[A-Z0-9 .;-]{0,12}",
            behind in "([ _-][A-Z0-9 ]{0,8})?",
        ) {
            let squeezed = DossierCode::parse(&code).unwrap().squeezed();
            let told = spelled(&format!("{before}{code}{behind}"), None);
            prop_assert!(told.iter().any(|t| t.starts_with(&squeezed)), "{code}: {told:?}");
        }
    }
}
