//! The dossier code (mã số hồ sơ): agency code, date of receipt, sequence of the day.
//!
//! Decree 61/2018/NĐ-CP gives each dossier an identifier of three parts. Two generations of agency
//! codes coexist: `000.00.53.H48` (QCVN 102:2016/BTTTT, lowest level first) and `H48.18.22`
//! (Decision 20/2020/QĐ-TTg, province first). The sequence has four digits on provincial portals
//! and up to seven on ministry portals.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::agency::AgencyCode;
use super::day::Day;
use super::piece::Piece;

/// A well-formed dossier code in its canonical spelling: `H48.18.22-221202-0001`.
#[derive(Clone, Deserialize)]
#[serde(try_from = "Box<str>")]
pub struct DossierCode(Form);

/// Bytes that stand in the code itself: rows are sorted and grouped by it.
const SHORT: usize = 30;

#[derive(Clone)]
enum Form {
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Piece),
}

impl DossierCode {
    /// Takes a canonical text.
    fn of(text: &str) -> Self {
        let mut bytes = [0; SHORT];
        let short = bytes
            .get_mut(..text.len())
            .zip(u8::try_from(text.len()).ok());
        Self(match short {
            Some((begin, length)) => {
                begin.copy_from_slice(text.as_bytes());
                Form::Short { length, bytes }
            }
            None => Form::Long(text.into()),
        })
    }

    /// The bytes of the canonical text.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Form::Long(text) => text.as_bytes(),
        }
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl PartialEq for DossierCode {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for DossierCode {}

impl PartialOrd for DossierCode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DossierCode {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for DossierCode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for DossierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DossierCode").field(&self.as_str()).finish()
    }
}

impl Serialize for DossierCode {
    /// As a text of a row is.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.as_str())
        } else {
            serializer.serialize_bytes(self.as_bytes())
        }
    }
}

impl TryFrom<Box<str>> for DossierCode {
    type Error = DossierCodeError;

    fn try_from(raw: Box<str>) -> Result<Self, Self::Error> {
        Self::parse(&raw)
    }
}

impl From<DossierCode> for Piece {
    fn from(code: DossierCode) -> Self {
        code.as_str().into()
    }
}

/// Why a text is no dossier code.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DossierCodeError {
    /// Not `agency-yymmdd-sequence` with a known shape of agency code.
    #[error("\"{0}\" does not have the form agency-yymmdd-sequence")]
    Shape(String),
    /// The six digits in the middle are no calendar day.
    #[error("\"{0}\" holds an impossible date")]
    Date(String),
}

impl DossierCode {
    /// Reads a code; blanks around it are dropped and letters are upper-cased.
    pub fn parse(raw: &str) -> Result<Self, DossierCodeError> {
        let code = raw.trim();
        let code = if code.bytes().any(|b| b.is_ascii_lowercase()) {
            Cow::Owned(code.to_ascii_uppercase())
        } else {
            Cow::Borrowed(code)
        };
        let shape = || DossierCodeError::Shape(raw.to_owned());
        let dash = code.bytes().position(|b| b == b'-').ok_or_else(shape)?;
        let (agency, tail) = (&code[..dash], &code[dash + 1..]);
        let (Some((date, sequence)), true) = (tail.split_at_checked(6), tail.is_ascii()) else {
            return Err(shape());
        };
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let Some(sequence) = sequence.strip_prefix('-') else {
            return Err(shape());
        };
        let width = (4..=7).contains(&sequence.len());
        if !width || !digits(date) || !digits(sequence) || !is_agency_shape(agency) {
            return Err(shape());
        }
        date_of(date).ok_or_else(|| DossierCodeError::Date(raw.to_owned()))?;
        Ok(Self::of(&code))
    }

    /// A number that sorts as the code does: exact where the agency's code has at most thirteen
    /// characters, else as far as those reach.
    pub fn prefix(&self) -> u128 {
        let code = self.as_bytes();
        let dash = code.iter().position(|b| *b == b'-').unwrap_or(code.len());
        let (agency, tail) = code.split_at(dash);
        let symbols = agency
            .iter()
            .map(|b| symbol(*b))
            .chain(std::iter::repeat(0));
        let begin = symbols
            .take(AGENCY)
            .fold(0, |number, symbol| (number << 6) | u128::from(symbol));
        if agency.len() > AGENCY {
            // behind every code of the agency that is all of this one's beginning
            return (begin << 48) | 0xffff_ffff_ffff;
        }
        let digit = |byte: &u8| u128::from(symbol(*byte));
        let day = tail.iter().skip(1).take(6);
        let day = day.fold(0, |number, byte| number * 10 + digit(byte) - 3);
        let sequence = tail.iter().skip(8).map(digit);
        let sequence = sequence
            .chain(std::iter::repeat(0))
            .take(7)
            .fold(0, |number, symbol| (number << 4) | symbol);
        (begin << 48) | (day << 28) | sequence
    }

    /// The part before the first dash, as it stands.
    pub fn agency_text(&self) -> &str {
        let code = self.as_str();
        code.split('-').next().unwrap_or(code)
    }

    /// The agency's code.
    pub fn agency(&self) -> AgencyCode {
        AgencyCode::new(self.agency_text())
    }

    /// The day of receipt that the code carries.
    pub fn received_on(&self) -> Option<Day> {
        let behind = self.as_str().get(self.agency_text().len() + 1..)?;
        behind.get(..6).and_then(date_of).map(Day::new)
    }

    /// The code without punctuation, as it appears in squeezed memos: `H4818222212020001`.
    pub fn squeezed(&self) -> String {
        self.as_str()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect()
    }
}

impl fmt::Display for DossierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Characters of an agency's code in [`DossierCode::prefix`].
const AGENCY: usize = 13;

/// A number that sorts as the character does, of the 38 that a code may hold.
fn symbol(byte: u8) -> u8 {
    match byte {
        b'-' => 1,
        b'.' => 2,
        b'0'..=b'9' => 3 + byte - b'0',
        _ => 13 + byte.wrapping_sub(b'A') % 26,
    }
}

/// True for the two generations of agency codes: `ddd.dd.dd.Ldd`, or `Ldd` followed by up to five
/// groups of two or three letters or digits.
pub fn is_agency_shape(agency: &str) -> bool {
    let digits = |s: &[u8], n: usize| s.len() == n && s.iter().all(u8::is_ascii_digit);
    let split = || agency.as_bytes().split(|b| *b == b'.');
    let mut groups = split();
    let first = groups.next().unwrap_or_default();
    if !is_province(first) {
        let widths = [3, 2, 2].iter();
        let mut all = split();
        let lowest_first = widths.zip(&mut all).filter(|(n, s)| digits(s, **n)).count() == 3;
        return lowest_first && all.next().is_some_and(is_province) && all.next().is_none();
    }
    let group = |s: &[u8]| {
        let all = s
            .iter()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        (2..=3).contains(&s.len()) && all
    };
    groups.clone().count() <= 5 && groups.all(group)
}

/// True for a first-level code: a letter and two digits (`H48` is Quảng Ngãi).
fn is_province(group: &[u8]) -> bool {
    let [letter, digits @ ..] = group else {
        return false;
    };
    letter.is_ascii_uppercase() && digits.len() == 2 && digits.iter().all(u8::is_ascii_digit)
}

/// The calendar day of six digits `yymmdd` of this century.
pub fn date_of(yymmdd: &str) -> Option<NaiveDate> {
    let digits = yymmdd.as_bytes();
    let digit = |at: usize| {
        let digit = digits.get(at).filter(|b| b.is_ascii_digit())?;
        Some(u32::from(digit - b'0'))
    };
    let number = |at: usize| Some(10 * digit(at)? + digit(at + 1)?);
    let year = i32::try_from(2000 + number(0)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(2)?, number(4)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &str) {
        assert_eq!(
            DossierCode::parse(raw).unwrap().as_str(),
            expected,
            "{raw:?}"
        );
    }

    #[test]
    fn both_generations_are_read() {
        check(" h48.18.22-221202-0001 ", "H48.18.22-221202-0001");
        check("000.00.53.H48-220921-0099", "000.00.53.H48-220921-0099");
        check("H15.50.05.13-261008-0975", "H15.50.05.13-261008-0975");
        check("H55.242-250801-1234567", "H55.242-250801-1234567");
        check("H48-221202-0001", "H48-221202-0001");
    }

    #[test]
    fn other_texts_are_refused_with_the_reason() {
        for bad in [
            "",
            "H48.18.22",
            "H48.18.22-221202",
            "H48.18.22-221202-001",
            "48.18-221202-0001",
            "H48.1-221202-0001",
            "000.00.53-220921-0099",
            "H48.18.22-22120A-0001",
            "H48-221202-00000001",
        ] {
            assert_eq!(
                DossierCode::parse(bad),
                Err(DossierCodeError::Shape(bad.into())),
                "{bad:?}"
            );
        }
        let bad = "H48.18.22-221302-0001";
        assert_eq!(
            DossierCode::parse(bad),
            Err(DossierCodeError::Date(bad.into()))
        );
    }

    #[test]
    fn the_parts_can_be_told() {
        let code = DossierCode::parse("000.00.53.H48-220921-0099").unwrap();
        assert_eq!(code.agency().as_str(), "000.00.53.H48");
        assert_eq!(code.received_on().unwrap().to_string(), "2022-09-21");
        assert_eq!(code.squeezed(), "0000053H482209210099");
    }

    #[test]
    fn long_codes_are_codes_too() {
        assert_eq!(size_of::<DossierCode>(), 32);
        let raw = "H15.50.05.13.AB-261008-0975123";
        check(raw, raw);
        check(
            "H15.505.05.13.ABC-261008-0975123",
            "H15.505.05.13.ABC-261008-0975123",
        );
    }

    #[test]
    fn prefixes_sort_as_the_codes_do() {
        let codes = [
            "000.00.53.H48-220921-0099",
            "H48-221202-0001",
            "H48.18.22-221202-0001",
            "H48.18.22-221202-00010",
            "H48.18.AZ-221202-0001",
            "H48.18.AZ.18-221202-0001",
            "H48.18.AZ.181-221201-0001",
            "H48.18.AZ.182-221201-0001",
            "H48.18.AZ.182-221202-0001",
            "H48.18.AZ.19-221202-0001",
            "H55.242-250801-1234567",
        ];
        let codes = codes.map(|raw| DossierCode::parse(raw).unwrap());
        assert!(codes.is_sorted());
        assert!(codes.is_sorted_by_key(DossierCode::prefix));
    }
}
