//! Places in a memo where a code almost stands: the agency is known and one letter that looks like
//! a digit hides among the digits, or the digits are all there and the agency is one edit away from
//! a known one. Codes of other provinces are never taken for a slip of ours.

use super::code_scan::Scanner;
use super::edit::one_edit;
use crate::domain::AgencyCode;
use crate::domain::dossier_code::date_of;

/// A place where a code almost stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Almost {
    /// Where it begins in the squeezed memo.
    pub start: usize,
    /// What is written there, with every width that the digits allow, the shortest first.
    pub written: Vec<String>,
}

/// A code that ends before its sequence does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What is written, squeezed.
    pub written: String,
    /// How the canonical code begins: `H48.18.22-221202-00`.
    pub begins: String,
}

/// The length of an old-style agency code without punctuation: `0000031H48`.
const OLD_LENGTH: usize = 10;
/// Digits of the date.
const DATE: usize = 6;
/// Digits of the date and of the shortest and the longest sequence.
const TAIL: std::ops::RangeInclusive<usize> = 10..=13;

impl Scanner {
    /// Every place in the squeezed `text` where a code almost stands, left to right.
    pub fn almost(&self, text: &str) -> Vec<Almost> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for (at, byte) in bytes.iter().enumerate() {
            if !self.is_province_letter(*byte) {
                continue;
            }
            // the letter may have changed places with a neighbour
            for start in [Some(at), at.checked_sub(1)].into_iter().flatten() {
                for length in self.lengths() {
                    found.extend(self.almost_at(text, start, start + length, start));
                }
            }
            for ahead in OLD_LENGTH - 4..=OLD_LENGTH - 2 {
                if let Some(start) = at.checked_sub(ahead) {
                    let end = start + OLD_LENGTH;
                    found.extend(self.almost_at(text, start, end, end - 3));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// The last place in the squeezed `text` where a code of a known agency begins and ends before
    /// its sequence has four digits. An agency without any digit behind it counts at the end only.
    pub fn cut(&self, text: &str) -> Option<Cut> {
        let bytes = text.as_bytes();
        let letters = (0..bytes.len()).filter(|at| self.is_province_letter(bytes[*at]));
        let mut found = None;
        for at in letters {
            let new = self.lengths().map(|length| (at, at + length));
            let old = at.checked_sub(OLD_LENGTH - 3).map(|start| (start, at + 3));
            for (start, end) in new.chain(old) {
                let agency = text.get(start..end).and_then(|s| self.canonical(s));
                found = agency.and_then(|a| begun(text, start, end, a)).or(found);
            }
        }
        found
    }

    /// The places that codes take in the squeezed `text`, exact or almost: (start, end) of the
    /// shortest width.
    pub fn places(&self, text: &str) -> Vec<(usize, usize)> {
        let exact = self.spots(text);
        let exact = exact.iter().filter(|spot| spot.plausible);
        let exact = exact.map(|spot| (spot.start, spot.start + spot.first().len()));
        let almost = self.almost(text);
        let almost = almost
            .iter()
            .map(|a| (a.start, a.start + a.written[0].len()));
        let mut places: Vec<(usize, usize)> = exact.chain(almost).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// An agency code at `start..end`, its province at `province`, and the digits behind it.
    fn almost_at(&self, text: &str, start: usize, end: usize, province: usize) -> Option<Almost> {
        let prefix = text.get(start..end)?;
        let digits = tail(text.as_bytes(), end);
        let written = if self.is_agency(prefix) {
            let date = text.get(end..end + DATE)?;
            date_of(&date.replace('O', "0").replace(['I', 'L'], "1"))?;
            widths(text, start, end, digits.with_letter?)
        } else {
            let told = text.get(province..province + 3)?;
            let foreign = is_province(told) && !self.is_our_province(told);
            if foreign || digits.plain < *TAIL.start() {
                return None;
            }
            // the edit may reach over into the date
            let mut near = false;
            one_edit(text.get(start..end + DATE)?, |spelling, _| {
                let agency = spelling
                    .get(..end - start)
                    .is_some_and(|s| self.is_agency(s));
                near |= agency && spelling.get(end - start..).and_then(date_of).is_some();
            });
            if !near {
                return None;
            }
            widths(text, start, end, digits.plain)
        };
        (!written.is_empty()).then_some(Almost { start, written })
    }
}

/// A code that begins at `start` with the agency up to `end` and stops too early.
fn begun(text: &str, start: usize, end: usize, agency: &AgencyCode) -> Option<Cut> {
    let digits = tail(text.as_bytes(), end).plain;
    if digits >= *TAIL.start() || (digits == 0 && end < text.len()) {
        return None;
    }
    let (date, sequence) = text[end..end + digits].split_at(digits.min(DATE));
    if date.len() == DATE {
        date_of(date)?;
    }
    let dash = if date.len() == DATE { "-" } else { "" };
    Some(Cut {
        written: text[start..end + digits].to_owned(),
        begins: format!("{agency}-{date}{dash}{sequence}"),
    })
}

/// What is written from `start`, with every width of the `digits` behind the agency code.
fn widths(text: &str, start: usize, end: usize, digits: usize) -> Vec<String> {
    let widths = TAIL.filter(|width| *width <= digits);
    widths
        .map(|width| text[start..end + width].to_owned())
        .collect()
}

/// How far the digits behind an agency code reach.
struct Tail {
    /// Digits only.
    plain: usize,
    /// With exactly one letter that looks like a digit; none without one.
    with_letter: Option<usize>,
}

fn tail(bytes: &[u8], from: usize) -> Tail {
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let run = |at: usize| (at..at + *TAIL.end()).take_while(|i| is_digit(*i)).count();
    let plain = run(from);
    let letter = bytes.get(from + plain);
    let hidden = letter.is_some_and(|b| matches!(b, b'O' | b'I' | b'L'));
    let all = plain + 1 + if hidden { run(from + plain + 1) } else { 0 };
    Tail {
        plain,
        with_letter: (hidden && all >= *TAIL.start() && plain < *TAIL.end()).then_some(all),
    }
}

/// A letter and two digits.
fn is_province(text: &str) -> bool {
    matches!(text.as_bytes(), [l, a, b]
        if l.is_ascii_uppercase() && a.is_ascii_digit() && b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AgencyCode;

    fn check(text: &str, expected: &[&str]) {
        let codes = ["H48.18.22", "H48.18", "000.00.31.H48"].map(AgencyCode::new);
        let found = Scanner::new(codes.iter()).almost(text);
        let first: Vec<&str> = found.iter().map(|a| a.written[0].as_str()).collect();
        assert_eq!(first, expected, "{text}");
    }

    #[test]
    fn a_letter_among_the_digits_or_a_slip_in_the_agency() {
        check("NOPPHIH481822221202O001", &["H481822221202O001"]);
        check("H4818222212I20001", &["H4818222212I20001"]);
        check("0000031H48221201OO02", &[]);
        check("0000031H482212010O02", &["0000031H482212010O02"]);
        // the agency itself: a digit wrong, two swapped
        check("HSH4818322212020001", &["H4818322212020001"]);
        check("HSH4881222212020001", &["H4881222212020001"]);
        check("0000013H482212010002", &["0000013H482212010002"]);
    }

    #[test]
    fn the_last_digit_may_be_the_letter() {
        let codes = [AgencyCode::new("H48.18.22")];
        let found = Scanner::new(codes.iter()).almost("H481822221202018000INOP");
        let written: Vec<&str> = found
            .iter()
            .flat_map(|a| &a.written)
            .map(|s| &s[7..])
            .collect();
        assert_eq!(
            written,
            ["2212020180", "22120201800", "221202018000", "221202018000I"]
        );
    }

    #[test]
    fn a_code_that_was_cut_says_how_it_begins() {
        let codes = ["H48.18.22", "H48.18", "000.00.31.H48"].map(AgencyCode::new);
        let scanner = Scanner::new(codes.iter());
        let begins = |text| scanner.cut(text).map(|cut| cut.begins);
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(begins("NOPPHIH48182222120200"), is("H48.18.22-221202-00"));
        assert_eq!(begins("0000031H48221201"), is("000.00.31.H48-221201-"));
        assert_eq!(begins("NOPPHIH4818222212"), is("H48.18.22-2212"));
        assert_eq!(begins("NOPPHI0000031H48"), is("000.00.31.H48-"));
        assert_eq!(begins("NOPPHI0000031H48TAIQUAY"), None);
        assert_eq!(begins("H4818222212020001"), None);
        assert_eq!(begins("H48182222130200"), None);
    }

    #[test]
    fn exact_codes_other_provinces_and_other_numbers_are_not_almost() {
        check("H4818222212020001", &[]);
        check("H2918222212020001", &[]);
        check("CHUYENKHOANFT22336000123456", &[]);
        check("NOPPHI0912345678", &[]);
    }
}
