//! PURE: times as statements print them: day first.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

/// Forms with a time of day: the name in the mapping and the pattern.
const TIMES: &[(&str, &str)] = &[
    ("dd/MM/yyyy HH:mm:ss", "%d/%m/%Y %H:%M:%S"),
    ("dd/MM/yyyy HH:mm", "%d/%m/%Y %H:%M"),
    ("dd-MM-yyyy HH:mm:ss", "%d-%m-%Y %H:%M:%S"),
    ("yyyy-MM-dd HH:mm:ss", "%Y-%m-%d %H:%M:%S"),
    ("yyyy-MM-ddTHH:mm:ss", "%Y-%m-%dT%H:%M:%S"),
    ("yyyyMMddHHmmss", "%Y%m%d%H%M%S"),
];

/// Forms of a day alone.
const DAYS: &[(&str, &str)] = &[
    ("dd/MM/yyyy", "%d/%m/%Y"),
    ("dd-MM-yyyy", "%d-%m-%Y"),
    ("dd.MM.yyyy", "%d.%m.%Y"),
    ("yyyy-MM-dd", "%Y-%m-%d"),
];

/// The forms that fit a cell.
fn forms(cell: &str) -> impl Iterator<Item = &'static str> {
    let cell = cell.trim();
    let real = |year: i32| (1900..=9999).contains(&year);
    let times = TIMES.iter().filter(move |(_, form)| {
        NaiveDateTime::parse_from_str(cell, form).is_ok_and(|at| real(at.year()))
    });
    let days = DAYS.iter().filter(move |(_, form)| {
        NaiveDate::parse_from_str(cell, form).is_ok_and(|day| real(day.year()))
    });
    times.chain(days).map(|(name, _)| *name)
}

/// True for a cell that is a time in any known form; an offset may follow.
pub fn is_time(cell: &str) -> bool {
    forms(cell).next().is_some() || crate::domain::Moment::parse(cell.trim()).is_ok()
}

/// The form that the most cells follow, none when no cell follows any.
pub fn format_of<'a>(cells: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    for cell in cells {
        if let Some(form) = forms(cell).next() {
            match counts.iter_mut().find(|(known, _)| *known == form) {
                Some((_, count)) => *count += 1,
                None => counts.push((form, 1)),
            }
        }
    }
    let best = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    best.map(|(form, _)| form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_first_and_must_exist() {
        let check = |cell: &str, form: &str| {
            assert_eq!(format_of([cell].into_iter()).unwrap_or(""), form, "{cell}");
        };
        check("05/12/2022", "dd/MM/yyyy");
        check("05/12/2022 10:11:12", "dd/MM/yyyy HH:mm:ss");
        check("5/12/2022 10:11", "dd/MM/yyyy HH:mm");
        check("2022-12-05", "yyyy-MM-dd");
        check("20221205101112", "yyyyMMddHHmmss");
        for bad in [
            "",
            "12/25/2022",
            "30/02/2022",
            "05/12/22",
            "0000-01-01",
            "abc",
        ] {
            check(bad, "");
        }
        assert!(is_time("2022-12-05T10:11:12+07:00"));
    }
}
