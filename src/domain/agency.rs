//! Agencies are data with validity periods: the district level ended on 01/07/2025, codes were
//! issued again, and one code can name different bodies at different times.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::day::Day;
use super::piece::Piece;

/// The electronic identifier of an agency, upper case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AgencyCode(Piece);

impl AgencyCode {
    /// Takes a code; blanks around it are dropped and letters are upper-cased.
    pub fn new(raw: &str) -> Self {
        let code = raw.trim();
        if code.bytes().any(|b| b.is_ascii_lowercase()) {
            return Self(code.to_ascii_uppercase().into());
        }
        Self(code.into())
    }

    /// The bytes of the canonical text.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code without punctuation, as it appears in squeezed memos.
    pub fn squeezed(&self) -> String {
        self.0.chars().filter(char::is_ascii_alphanumeric).collect()
    }

    /// The first-level code inside it (`H48`), wherever the generation puts it.
    pub fn province(&self) -> Option<&str> {
        let province = |group: &&str| {
            matches!(group.as_bytes(), [l, d1, d2]
                if l.is_ascii_uppercase() && d1.is_ascii_digit() && d2.is_ascii_digit())
        };
        let first = self.0.split('.').next().filter(province);
        first.or_else(|| self.0.rsplit('.').next().filter(province))
    }
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One agency during one period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Agency {
    /// Electronic identifier.
    pub code: AgencyCode,
    /// First day of validity.
    pub valid_from: Day,
    /// Last day of validity; none while it is valid.
    pub valid_to: Option<Day>,
    /// Name as people write it.
    pub name: Box<str>,
    /// `province`, `district`, `commune`, `office`; unknown words are kept.
    pub level: Box<str>,
    /// The agency above.
    pub parent_code: Option<AgencyCode>,
    /// The agency that took over.
    pub successor_code: Option<AgencyCode>,
    /// `committee`, `department`, `centre`; unknown words are kept.
    pub kind: Box<str>,
}

/// All known agencies by code, periods in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AgencyDirectory {
    by_code: BTreeMap<AgencyCode, Vec<Agency>>,
}

impl AgencyDirectory {
    /// Builds the directory; of two rows with the same code and first day the later one wins.
    pub fn new(agencies: impl IntoIterator<Item = Agency>) -> Self {
        let mut by_code: BTreeMap<AgencyCode, Vec<Agency>> = BTreeMap::new();
        for agency in agencies {
            let periods = by_code.entry(agency.code.clone()).or_default();
            periods.retain(|known| known.valid_from != agency.valid_from);
            periods.push(agency);
            periods.sort();
        }
        Self { by_code }
    }

    /// Adds a bare code (an agency known only from its fees) unless it is known already.
    pub fn add_code(&mut self, code: &AgencyCode) {
        self.by_code.entry(code.clone()).or_default();
    }

    /// True when the code is known, whatever the day.
    pub fn knows(&self, code: &AgencyCode) -> bool {
        self.by_code.contains_key(code)
    }

    /// All known codes in byte order.
    pub fn codes(&self) -> impl Iterator<Item = &AgencyCode> {
        self.by_code.keys()
    }

    /// All known periods, by code and first day.
    pub fn agencies(&self) -> impl Iterator<Item = &Agency> {
        self.by_code.values().flatten()
    }

    /// The agency that bore the code on `day`; else its last period that began before, else its
    /// first.
    pub fn on(&self, code: &AgencyCode, day: Day) -> Option<&Agency> {
        let periods = self.by_code.get(code)?;
        let valid = |a: &&Agency| a.valid_from <= day && a.valid_to.is_none_or(|to| day <= to);
        let begun = periods.iter().rev().find(|a| a.valid_from <= day);
        periods.iter().find(valid).or(begun).or(periods.first())
    }

    /// The first-level codes (provinces) of the known agencies: what counts as "our own province".
    pub fn provinces(&self) -> std::collections::BTreeSet<&str> {
        self.by_code
            .keys()
            .filter_map(AgencyCode::province)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agency(code: &str, from: &str, to: &str, name: &str) -> Agency {
        Agency {
            code: AgencyCode::new(code),
            valid_from: Day::parse(from).unwrap(),
            valid_to: Day::parse(to).ok(),
            name: name.into(),
            level: "commune".into(),
            parent_code: None,
            successor_code: None,
            kind: "committee".into(),
        }
    }

    #[test]
    fn one_code_can_name_two_bodies() {
        let directory = AgencyDirectory::new([
            agency("H48.21", "2025-07-01", "", "xã Mộ Đức"),
            agency("h48.21", "2015-01-01", "2025-06-30", "thị trấn Mộ Đức"),
        ]);
        let name = |day: &str| {
            let code = AgencyCode::new("H48.21");
            directory
                .on(&code, Day::parse(day).unwrap())
                .unwrap()
                .name
                .to_string()
        };
        assert_eq!(name("2022-12-05"), "thị trấn Mộ Đức");
        assert_eq!(name("2025-07-01"), "xã Mộ Đức");
        assert_eq!(name("2010-01-01"), "thị trấn Mộ Đức");
    }

    #[test]
    fn the_province_is_found_in_both_generations() {
        for (code, province) in [
            ("000.00.31.H48", Some("H48")),
            ("H48.18.22", Some("H48")),
            ("X", None),
        ] {
            assert_eq!(AgencyCode::new(code).province(), province, "{code}");
        }
    }
}
