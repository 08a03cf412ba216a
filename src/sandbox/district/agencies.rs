//! The agencies of the invented district as data with validity periods.
//!
//! Names follow the public structure of Mộ Đức (Quảng Ngãi) before and after 01/07/2025, when the
//! district level ended (Resolution 202/2025/QH15, Resolution 1677/NQ-UBTVQH15). All codes are
//! invented; some have the shape of QCVN 102:2016 (`000.NN.31.H48`), some that of Decision
//! 20/2020/QĐ-TTg (`H48.18.NN`).

use chrono::NaiveDate;

/// An agency during one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agency {
    /// Electronic identifier.
    pub code: &'static str,
    /// First day on which the code is valid.
    pub valid_from: NaiveDate,
    /// Last day, where it has ended.
    pub valid_to: Option<NaiveDate>,
    /// Vietnamese name.
    pub name: &'static str,
    /// `province`, `district`, `commune` or `office`.
    pub level: &'static str,
    /// Code of the agency above; empty at the top.
    pub parent: &'static str,
    /// Code of the agency that took over; empty where there is none or several.
    pub successor: &'static str,
    /// `committee`, `department` or `centre`.
    pub kind: &'static str,
}

impl Agency {
    /// Whether the code is valid on `day`.
    pub fn valid_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// Code of the district committee before the district level ended.
pub(crate) const DISTRICT: &str = "H48.18";
/// Code of the district's one-stop office (land dossiers are filed there).
pub(crate) const LAND_OFFICE: &str = "000.00.31.H48";

const BEFORE: [(&str, &str, &str); 13] = [
    ("H48.18.21", "UBND thị trấn Mộ Đức", "H48.401"),
    ("H48.18.22", "UBND xã Đức Lợi", "H48.402"),
    ("H48.18.23", "UBND xã Đức Thắng", "H48.402"),
    ("H48.18.24", "UBND xã Đức Nhuận", "H48.402"),
    ("H48.18.25", "UBND xã Đức Chánh", "H48.403"),
    ("H48.18.26", "UBND xã Đức Hiệp", "H48.402"),
    ("H48.18.27", "UBND xã Đức Minh", "H48.403"),
    ("000.28.31.H48", "UBND xã Đức Thạnh", "H48.403"),
    ("000.29.31.H48", "UBND xã Đức Hòa", "H48.401"),
    ("000.30.31.H48", "UBND xã Đức Tân", "H48.401"),
    ("000.31.31.H48", "UBND xã Đức Phú", "H48.401"),
    ("000.32.31.H48", "UBND xã Đức Phong", "H48.404"),
    ("000.33.31.H48", "UBND xã Đức Lân", "H48.404"),
];

const AFTER: [(&str, &str); 4] = [
    ("H48.401", "UBND xã Mộ Đức"),
    ("H48.402", "UBND xã Long Phụng"),
    ("H48.403", "UBND xã Mỏ Cày"),
    ("H48.404", "UBND xã Lân Phong"),
];

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MIN)
}

/// The first day of the oldest agencies: before it nobody can file anything.
pub(crate) fn opened() -> NaiveDate {
    day(2020, 9, 15)
}

/// Every agency of the story, in byte order of (code, valid from).
pub(crate) fn all() -> Vec<Agency> {
    let (opened, ended, reform) = (self::opened(), day(2025, 6, 30), day(2025, 7, 1));
    let old = |code, name, level, parent, successor, kind| Agency {
        code,
        valid_from: opened,
        valid_to: Some(ended),
        name,
        level,
        parent,
        successor,
        kind,
    };
    let mut agencies = vec![
        Agency {
            code: "H48",
            valid_from: opened,
            valid_to: None,
            name: "UBND tỉnh Quảng Ngãi",
            level: "province",
            parent: "",
            successor: "",
            kind: "committee",
        },
        old(
            DISTRICT,
            "UBND huyện Mộ Đức",
            "district",
            "H48",
            "",
            "committee",
        ),
        old(
            LAND_OFFICE,
            "Bộ phận Một cửa huyện Mộ Đức",
            "office",
            DISTRICT,
            "",
            "centre",
        ),
    ];
    for (code, name, successor) in BEFORE {
        agencies.push(old(code, name, "commune", DISTRICT, successor, "committee"));
    }
    for (code, name) in AFTER {
        agencies.push(Agency {
            code,
            valid_from: reform,
            valid_to: None,
            name,
            level: "commune",
            parent: "H48",
            successor: "",
            kind: "committee",
        });
    }
    agencies.sort_by_key(|agency| (agency.code, agency.valid_from));
    agencies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_district_level_ends_on_30_june_2025() {
        let on = |date| all().iter().filter(|agency| agency.valid_on(date)).count();
        assert_eq!(on(day(2022, 12, 5)), 16);
        assert_eq!(on(day(2025, 6, 30)), 16);
        assert_eq!(on(day(2025, 7, 1)), 5);
    }

    #[test]
    fn every_commune_has_a_successor_that_exists() {
        let agencies = all();
        for agency in agencies
            .iter()
            .filter(|one| one.level == "commune" && one.valid_to.is_some())
        {
            assert!(
                agencies.iter().any(|one| one.code == agency.successor),
                "{}",
                agency.code
            );
        }
    }
}
