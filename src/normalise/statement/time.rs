//! PURE: times as statements print them: day first.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use crate::domain::{Day, Moment};

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

/// A cell as ISO text, with a time of day where it tells one. `form` is the form of the file: cells
/// that fit it are read so, others by whatever form fits.
pub fn iso(cell: &str, form: Option<&str>) -> Option<String> {
    let cell = cell.trim();
    let name = forms(cell)
        .find(|name| Some(*name) == form)
        .or_else(|| forms(cell).next());
    let Some(name) = name else {
        let known = Moment::parse(cell).is_ok();
        return known.then(|| cell.to_owned());
    };
    let pattern = |all: &[(&'static str, &'static str)]| {
        let found = all.iter().find(|(known, _)| *known == name);
        found.map(|(_, pattern)| *pattern)
    };
    if let Some(pattern) = pattern(TIMES) {
        let at = NaiveDateTime::parse_from_str(cell, pattern).ok()?;
        return Some(at.format("%Y-%m-%dT%H:%M:%S").to_string());
    }
    let day = NaiveDate::parse_from_str(cell, pattern(DAYS)?).ok()?;
    Some(day.format("%Y-%m-%d").to_string())
}

/// The day of an ISO text, in Viet Nam.
pub fn day_of(iso: &str) -> Option<Day> {
    let moment = || Moment::parse(iso).ok().map(|at| at.day());
    Day::read_text(iso).or_else(moment)
}

/// Every day that stands in a text, as people write days.
pub fn days_in(text: &str) -> Vec<Day> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '/' | '-' | '.')));
    let words = words.map(|word| word.trim_matches(['.', '-', '/']));
    let days = words.filter_map(|word| iso(word, None));
    days.filter_map(|iso| day_of(&iso)).collect()
}

/// True for a cell that is a time in any known form; an offset may follow.
pub fn is_time(cell: &str) -> bool {
    forms(cell).next().is_some() || Moment::parse(cell.trim()).is_ok()
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

    #[test]
    fn cells_become_iso_text() {
        let check = |cell: &str, form: Option<&str>, expected: &str| {
            assert_eq!(iso(cell, form).unwrap_or_default(), expected, "{cell}");
        };
        check("05/12/2022 8:15:30", None, "2022-12-05T08:15:30");
        check(" 05/12/2022 ", Some("dd/MM/yyyy HH:mm"), "2022-12-05");
        check("2022-12-05T10:11:12Z", None, "2022-12-05T10:11:12Z");
        check("12/25/2022", None, "");
        let said: Vec<String> = days_in("Từ ngày 01/12/2022 đến ngày: 05-12-2022.")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(said, ["2022-12-01", "2022-12-05"]);
        assert_eq!(days_in("0071000000001 MB 22.12.5"), []);
    }

    #[test]
    fn every_form_of_the_mapping_is_known() {
        let known = TIMES.iter().chain(DAYS).map(|(name, _)| *name);
        for name in known {
            let table = [("time_format".to_owned(), name.to_owned())].into();
            let mapping = crate::source::Mapping::parse(&table).unwrap();
            assert_eq!(mapping.time_format, Some(name));
        }
    }
}
