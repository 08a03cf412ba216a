//! Agencies are data with validity periods: the district level ended on 01/07/2025, codes were
//! issued again, and one code can name different bodies at different times.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::piece::Piece;

/// The electronic identifier of an agency, upper case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

impl AgencyCode {
    /// The code of the unit above, as both generations of codes are built: the new one loses its
    /// last group, the old one its lowest group that is not zero.
    fn parent(&self) -> Option<Self> {
        let groups: Vec<&str> = self.0.split('.').collect();
        let (last, above) = groups.split_last()?;
        let zero = |group: &str| group.bytes().all(|b| b == b'0');
        if above.is_empty() {
            return None;
        }
        if self.province() == groups.first().copied() {
            return Some(Self::new(&above.join(".")));
        }
        if self.province() != Some(*last) {
            return None;
        }
        let lowest = above.iter().position(|group| !zero(group))?;
        let mut raised: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        raised[lowest] = "0".repeat(above[lowest].len());
        Some(Self::new(&raised.join(".")))
    }
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One agency during one period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

    /// The agencies that bore the code on some day from `from` to `to`, in order: a commune that is
    /// formed may be given the code of a town that ended.
    pub fn within(&self, code: &AgencyCode, (from, to): (Day, Day)) -> Vec<&Agency> {
        let periods = self.by_code.get(code).into_iter().flatten();
        let meets = |a: &&Agency| a.valid_from <= to && a.valid_to.is_none_or(|end| from <= end);
        periods.filter(meets).collect()
    }

    /// The units above an agency, the nearest first: by the directory where it names a parent, else
    /// by the code itself (`H48.18` is above `H48.18.22`).
    pub fn above(&self, code: &AgencyCode, day: Day) -> Vec<AgencyCode> {
        let parent = |code: &AgencyCode| {
            let known = self.on(code, day);
            let named = known.and_then(|agency| agency.parent_code.clone());
            named.or_else(|| code.parent())
        };
        let mut above: Vec<AgencyCode> = Vec::new();
        let mut next = parent(code);
        while let Some(unit) = next.filter(|unit| unit != code && !above.contains(unit)) {
            next = parent(&unit);
            above.push(unit);
        }
        above
    }

    /// The agency that does on `today` the work of the one that bore the code on `day`: itself
    /// while it is valid, else its successor's successor. One that ended without a successor stays.
    pub fn current(&self, code: &AgencyCode, day: Day, today: Day) -> AgencyCode {
        let (mut code, mut day) = (code.clone(), day);
        let mut seen = std::collections::BTreeSet::new();
        while let Some(agency) = self.on(&code, day) {
            let ended = agency.valid_to.filter(|to| *to < today);
            let (Some(to), Some(next)) = (ended, &agency.successor_code) else {
                break;
            };
            if !seen.insert((code.clone(), agency.valid_from)) {
                break;
            }
            (code, day) = (next.clone(), to.plus(1));
        }
        code
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
    fn a_unit_stands_over_its_sub_units() {
        let mut child = agency("H48.21", "2015-01-01", "", "xã");
        child.parent_code = Some(AgencyCode::new("H48.18"));
        let directory = AgencyDirectory::new([child]);
        let check = |code: &str, expected: &[&str]| {
            let day = Day::parse("2022-12-05").unwrap();
            let above = directory.above(&AgencyCode::new(code), day);
            let above: Vec<&str> = above.iter().map(AgencyCode::as_str).collect();
            assert_eq!(above, expected, "{code}");
        };
        check("H48.18.22", &["H48.18", "H48"]);
        check("H48.21", &["H48.18", "H48"]);
        check("000.09.23.H34", &["000.00.23.H34", "000.00.00.H34"]);
        check("H48", &[]);
        check("X", &[]);
    }

    #[test]
    fn successors_take_over() {
        let ended = |code: &str, next: &str| Agency {
            successor_code: Some(AgencyCode::new(next)),
            ..agency(code, "2015-01-01", "2025-06-30", code)
        };
        let directory = AgencyDirectory::new([
            ended("H48.21", "H48.21"),
            ended("H48.22", "H48.21"),
            agency("H48.21", "2025-07-01", "", "xã Mộ Đức"),
            ended("H48.30", "H48.31"),
            ended("H48.31", "H48.30"),
        ]);
        let check = |code: &str, on: &str, today: &str, expected: &str| {
            let [on, today] = [on, today].map(|day| Day::parse(day).unwrap());
            let current = directory.current(&AgencyCode::new(code), on, today);
            assert_eq!(current.as_str(), expected, "{code} {on} {today}");
        };
        check("H48.22", "2025-03-01", "2025-05-01", "H48.22");
        check("H48.22", "2025-03-01", "2025-07-01", "H48.21");
        check("H48.21", "2025-03-01", "2025-08-01", "H48.21");
        check("H48.99", "2025-03-01", "2025-08-01", "H48.99");
        // two that name each other end somewhere
        directory.current(
            &AgencyCode::new("H48.30"),
            Day::parse("2025-03-01").unwrap(),
            Day::parse("2026-01-01").unwrap(),
        );
    }

    #[test]
    fn a_period_over_a_change_meets_every_agency_that_bore_the_code() {
        let directory = AgencyDirectory::new([
            agency("H48.21", "2025-07-01", "", "xã Mộ Đức"),
            agency("H48.21", "2015-01-01", "2025-06-30", "thị trấn Mộ Đức"),
        ]);
        let check = |from: &str, to: &str, expected: &[&str]| {
            let period = (Day::parse(from).unwrap(), Day::parse(to).unwrap());
            let all = directory.within(&AgencyCode::new("H48.21"), period);
            let names: Vec<&str> = all.iter().map(|agency| &*agency.name).collect();
            assert_eq!(names, expected, "{from} {to}");
        };
        check("2025-06-01", "2025-06-30", &["thị trấn Mộ Đức"]);
        check(
            "2025-06-30",
            "2025-07-01",
            &["thị trấn Mộ Đức", "xã Mộ Đức"],
        );
        check("2025-07-01", "2025-07-01", &["xã Mộ Đức"]);
        check("2014-01-01", "2014-12-31", &[]);
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
