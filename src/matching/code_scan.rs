//! Dossier codes in free text.
//!
//! Banks drop punctuation, upper-case, insert blanks and wrap one bank's line into another's, so
//! the whole memo is squeezed and searched for a known agency code followed by a plausible date and
//! 4-7 digits. Prefixes are not stripped first. Which of the spellings exist is the caller's
//! question.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::domain::dossier_code::date_of;
use crate::domain::{AgencyCode, DossierCode};

/// One place in a squeezed memo where a code may stand, with every width that its digits allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot<'t> {
    /// With the longest sequence.
    longest: &'t str,
    /// The length with the shortest.
    shortest: usize,
    /// False when the six digits after the agency are no calendar day.
    pub plausible: bool,
    /// Where it begins in the squeezed memo.
    pub(super) start: usize,
}

impl<'t> Spot<'t> {
    /// The spellings, shortest sequence (4 digits) first.
    pub fn spellings(self) -> impl Iterator<Item = &'t str> {
        let Self { longest, .. } = self;
        (self.shortest..=longest.len()).filter_map(|length| longest.get(..length))
    }

    /// The spelling with the shortest sequence.
    pub fn first(self) -> &'t str {
        self.longest.get(..self.shortest).unwrap_or(self.longest)
    }
}

/// Knows the agencies' squeezed codes.
#[derive(Debug, Default)]
pub struct Scanner {
    /// Squeezed codes that begin with the province: `H481822`.
    province_first: FxHashMap<Box<str>, AgencyCode>,
    /// Squeezed codes that end with it: `0000031H48`.
    province_last: FxHashMap<Box<str>, AgencyCode>,
    /// Lengths of the first kind.
    lengths: BTreeSet<usize>,
    /// First-level codes of our own province or provinces.
    provinces: BTreeSet<String>,
}

/// The length of an old-style code without punctuation.
const OLD_LENGTH: usize = 10;
/// Digits of the date.
const DATE: usize = 6;
/// Widths of the sequence.
const SEQUENCE: std::ops::RangeInclusive<usize> = 4..=7;

impl Scanner {
    /// From the known agency codes.
    pub fn new<'a>(agencies: impl IntoIterator<Item = &'a AgencyCode>) -> Self {
        let mut scanner = Self::default();
        for code in agencies {
            let squeezed = code.squeezed();
            if let Some(province) = code.province() {
                scanner.provinces.insert(province.to_owned());
            }
            if squeezed.as_bytes().first().is_some_and(u8::is_ascii_digit) {
                scanner.province_last.insert(squeezed.into(), code.clone());
            } else {
                scanner.lengths.insert(squeezed.len());
                scanner.province_first.insert(squeezed.into(), code.clone());
            }
        }
        scanner
    }

    /// Every place in the squeezed `text` where a code of a known agency may stand, left to right.
    /// Of places that begin together the longest agency code comes first.
    pub fn spots<'t>(&self, text: &'t str) -> Vec<Spot<'t>> {
        let bytes = text.as_bytes();
        let mut spots = Vec::new();
        for at in 0..bytes.len() {
            if !is_province(bytes, at) {
                continue;
            }
            if let Some(start) = at.checked_sub(OLD_LENGTH - 3) {
                let known = text
                    .get(start..at + 3)
                    .is_some_and(|c| self.province_last.contains_key(c));
                if known {
                    spots.extend(spot(text, start, at + 3));
                    continue;
                }
            }
            for length in self.lengths.iter().rev() {
                let known = text.get(at..at + length);
                if known.is_some_and(|c| self.province_first.contains_key(c)) {
                    spots.extend(spot(text, at, at + length));
                }
            }
        }
        spots.sort_by_key(|spot| spot.start);
        spots
    }

    /// True for the squeezed code of a known agency.
    pub(super) fn is_agency(&self, squeezed: &str) -> bool {
        self.canonical(squeezed).is_some()
    }

    /// The known agency with this squeezed code.
    pub(super) fn canonical(&self, squeezed: &str) -> Option<&AgencyCode> {
        let first = self.province_first.get(squeezed);
        first.or_else(|| self.province_last.get(squeezed))
    }

    /// Lengths of the known squeezed codes that begin with the province.
    pub(super) fn lengths(&self) -> impl Iterator<Item = usize> {
        self.lengths.iter().copied()
    }

    /// True for the first letter of a province of ours.
    pub(super) fn is_province_letter(&self, byte: u8) -> bool {
        let mut provinces = self.provinces.iter();
        provinces.any(|province| province.as_bytes().first() == Some(&byte))
    }

    /// True for the first-level code of a province of ours.
    pub(super) fn is_our_province(&self, code: &str) -> bool {
        self.provinces.contains(code)
    }

    /// True when the code belongs to a province of a known agency.
    pub fn is_ours(&self, code: &DossierCode) -> bool {
        let agency = code.agency();
        agency
            .province()
            .is_some_and(|province| self.provinces.contains(province))
    }

    /// Well-formed codes in `memo` whatever their agency, as people write them (with punctuation),
    /// left to right. Words such as `HS` glued in front are tolerated.
    pub fn written_codes(memo: &str) -> Vec<DossierCode> {
        let upper = memo.to_ascii_uppercase();
        let part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let mut codes = Vec::new();
        for token in upper
            .split(|c| !part(c))
            .filter(|t| t.matches('-').count() >= 2)
        {
            codes.extend(code_in_token(token));
        }
        codes
    }
}

/// The well-formed code that a token ends with, or that stands in it. Banks put numbers and dashes
/// in front, so each dash may be the one behind the agency.
fn code_in_token(token: &str) -> Option<DossierCode> {
    let mut dashes = token.match_indices('-');
    dashes.find_map(|(dash, _)| code_around(token, dash))
}

/// The well-formed code whose agency ends at `dash`.
fn code_around(token: &str, dash: usize) -> Option<DossierCode> {
    let tail: String = {
        let mut parts = token[dash + 1..].splitn(3, '-');
        let (date, sequence) = (parts.next()?, parts.next()?);
        let digits = sequence
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count()
            .min(7);
        format!("{date}-{}", &sequence[..digits])
    };
    (0..dash).find_map(|start| {
        let agency = token.get(start..dash)?;
        DossierCode::parse(&format!("{agency}-{tail}")).ok()
    })
}

/// A letter and two digits.
fn is_province(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 3), Some([l, a, b])
        if l.is_ascii_uppercase() && a.is_ascii_digit() && b.is_ascii_digit())
}

/// The spellings that begin at `start`, whose agency code ends at `end`.
fn spot(text: &str, start: usize, end: usize) -> Option<Spot<'_>> {
    let digits = text.as_bytes()[end..]
        .iter()
        .take(DATE + SEQUENCE.end())
        .take_while(|b| b.is_ascii_digit())
        .count();
    if digits < DATE + SEQUENCE.start() {
        return None;
    }
    Some(Spot {
        longest: text.get(start..end + digits)?,
        shortest: end - start + DATE + SEQUENCE.start(),
        plausible: text.get(end..end + DATE).and_then(date_of).is_some(),
        start,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fold::squeeze;

    fn scanner() -> Scanner {
        let codes = ["H48.18.22", "H48.18", "000.00.31.H48", "H48.07"].map(AgencyCode::new);
        Scanner::new(codes.iter())
    }

    fn check(memo: &str, expected: &[&str]) {
        let squeezed = squeeze(memo);
        let spots = scanner().spots(&squeezed);
        let plausible = spots.iter().filter(|spot| spot.plausible);
        let first: Vec<&str> = plausible.map(|spot| spot.first()).collect();
        assert_eq!(first, expected, "{memo}");
    }

    #[test]
    fn bank_layouts_hide_the_code_in_many_ways() {
        let code = "H4818222212020001";
        check("H48.18.22-221202-0001", &[code]);
        check(
            "MBVCB.1000000017.H48 18 22 221202 0001.CT tu 0123499999 NGUYEN VAN A",
            &[code],
        );
        check(
            "CT DEN:500000000001HSH48.18.22-2212 02-0001; tai Napas",
            &[code],
        );
        check("nộp lệ phí h48.18.22-221202-0001", &[code]);
        check(
            "REM Tfr Ac:03460215 O@L_000.00.31.H48-221201-0002_346021",
            &["0000031H482212010002"],
        );
        check("NOP PHI HS 000.00.31.H48-221202-000", &[]);
        check("TT DVC", &[]);
        check("H48.18.22-221302-0001", &[]);
    }

    #[test]
    fn glued_digits_give_every_width() {
        let squeezed = squeeze("H48.18.22-221202-0001_346021");
        let spots = scanner().spots(&squeezed);
        let widths: Vec<usize> = spots[0].spellings().map(str::len).collect();
        assert_eq!(widths, [17, 18, 19, 20]);
    }

    #[test]
    fn two_codes_are_two_spots() {
        check(
            "nop phi H48.07-221202-0001 000.00.31.H48-221202-0002",
            &[
                "H482212020001".replace("H48", "H4807").as_str(),
                "0000031H482212020002",
            ],
        );
    }

    #[test]
    fn written_codes_of_other_provinces_are_seen() {
        let codes = |memo| {
            Scanner::written_codes(memo)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(codes("H29.23.21-221201-0002"), ["H29.23.21-221201-0002"]);
        assert_eq!(
            codes("Thanh toan HS000.00.01.h29-221202-0001."),
            ["000.00.01.H29-221202-0001"]
        );
        assert_eq!(
            codes("40005297720-000.04.35.H45-230803-1202 chuyen tien qua MoMo-CHUYEN TIEN"),
            ["000.04.35.H45-230803-1202"]
        );
        assert_eq!(
            codes("CUSTOMER -H29.23.21-221201-0002- Trace12345"),
            ["H29.23.21-221201-0002"]
        );
        assert_eq!(codes("chuyen-tien-an"), Vec::<String>::new());
        let ours = scanner();
        assert!(!ours.is_ours(&DossierCode::parse("H29.23.21-221201-0002").unwrap()));
        assert!(ours.is_ours(&DossierCode::parse("H48.99-221201-0002").unwrap()));
    }
}
