//! PURE: times as statements print them: day first, unless the column itself proves that the month
//! stands first; as days of a spreadsheet, where nothing else stands in the column.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

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

/// Forms with the month first, which no cell is read by unless its column is.
const MONTHS: &[(&str, &str)] = &[
    ("MM/dd/yyyy HH:mm:ss", "%m/%d/%Y %H:%M:%S"),
    ("MM/dd/yyyy HH:mm", "%m/%d/%Y %H:%M"),
    ("MM/dd/yyyy", "%m/%d/%Y"),
];

/// The form of days since the end of 1899, as a spreadsheet counts them.
const EXCEL: &str = "excel";
/// 01/01/1990 and 31/12/2099 as a spreadsheet counts them.
const EXCEL_DAYS: std::ops::RangeInclusive<i64> = 32_874..=73_050;

/// How the times of a column are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The form that most cells follow.
    pub form: Option<&'static str>,
    /// True where some cells prove that the day stands first and others that the month does: a cell
    /// that fits both is no time.
    pub mixed: bool,
    /// True where no cell proves which of the two stands first, and some would be another day: the
    /// day was taken to.
    pub assumed: bool,
}

impl Column {
    /// The column as a mapping tells it.
    pub fn told(form: &'static str) -> Self {
        Self {
            form: Some(form),
            mixed: false,
            assumed: false,
        }
    }

    /// A cell of the column as ISO text.
    pub fn iso(self, cell: &str) -> Option<String> {
        let both = || forms(cell).next().is_some() && month_first(cell).is_some();
        if self.mixed && both() {
            return None;
        }
        iso(cell, self.form)
    }
}

/// The cells of a column, of which the form is told.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// A cell proves that the day stands first.
    day: bool,
    /// The form of a cell that proves that the month does.
    month: Option<&'static str>,
    /// How many cells follow each form.
    counts: Vec<(&'static str, u64)>,
    /// A cell would be another day with the month first.
    other: bool,
    /// Cells that hold something, and those of them that are days of a spreadsheet.
    filled: u64,
    serial: u64,
}

impl Cells {
    /// Looks at one more.
    pub fn add(&mut self, cell: &str) {
        let form = forms(cell).next();
        match (form, month_first(cell)) {
            (Some(_), None) if cell.contains('/') => self.day = true,
            (None, Some((form, _))) => self.month = Some(form),
            (Some(_), Some(_)) => self.other = self.other || other_day(cell).is_some(),
            _ => {}
        }
        if let Some(form) = form {
            match self.counts.iter_mut().find(|(known, _)| *known == form) {
                Some((_, count)) => *count += 1,
                None => self.counts.push((form, 1)),
            }
        }
        self.filled += u64::from(!cell.is_empty());
        self.serial += u64::from(form.is_none() && serial(cell).is_some());
    }

    /// The form that the most of them follow, none when none follows any.
    fn most(&self) -> Option<&'static str> {
        let best = self.counts.iter().rev().max_by_key(|(_, count)| *count);
        best.map(|(form, _)| *form)
    }

    /// The column as they show it.
    pub fn column(&self) -> Column {
        match (self.day, self.month) {
            (false, Some(form)) => return Column::told(form),
            (true, Some(_)) => {
                return Column {
                    form: self.most(),
                    mixed: true,
                    assumed: false,
                };
            }
            _ => {}
        }
        let days = self.filled > 0 && self.filled == self.serial;
        Column {
            form: self.most().or(days.then_some(EXCEL)),
            mixed: false,
            assumed: !self.day && self.other,
        }
    }
}

/// A cell as a time with the month first: the form and ISO text.
fn month_first(cell: &str) -> Option<(&'static str, String)> {
    let cell = cell.trim();
    let real = |year: i32| (1900..=9999).contains(&year);
    MONTHS.iter().find_map(|(name, form)| {
        let text = if form.contains("%H") {
            let at = NaiveDateTime::parse_from_str(cell, form).ok()?;
            real(at.year()).then(|| at.format("%Y-%m-%dT%H:%M:%S").to_string())
        } else {
            let day = NaiveDate::parse_from_str(cell, form).ok()?;
            real(day.year()).then(|| day.format("%Y-%m-%d").to_string())
        };
        Some((*name, text?))
    })
}

/// The form with the month first by which a cell would be another day than with the day first.
pub fn other_day(cell: &str) -> Option<&'static str> {
    forms(cell).next()?;
    let (form, other) = month_first(cell)?;
    (iso(cell, None)? != other).then_some(form)
}

/// A number of days, and what it has of the next as a fraction, as ISO text.
fn serial(cell: &str) -> Option<String> {
    let (days, rest) = cell
        .trim()
        .split_once(['.', ','])
        .unwrap_or((cell.trim(), ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if days.len() != 5 || !digits(days) || !digits(rest) {
        return None;
    }
    let days: i64 = days.parse().ok().filter(|days| EXCEL_DAYS.contains(days))?;
    let start = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    let day = start.checked_add_signed(Duration::days(days))?;
    if rest.bytes().all(|b| b == b'0') {
        return Some(day.format("%Y-%m-%d").to_string());
    }
    let part: Decimal = format!("0.{rest:.20}").parse().ok()?;
    let second = (part * Decimal::from(86_400)).round().to_i64()?;
    let at = day.and_time(NaiveTime::MIN) + Duration::seconds(second);
    Some(at.format("%Y-%m-%dT%H:%M:%S").to_string())
}

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
    if form == Some(EXCEL)
        && let Some(text) = serial(cell)
    {
        return Some(text);
    }
    if MONTHS.iter().any(|(name, _)| Some(*name) == form) {
        // in such a column nothing is read with the day first
        if let Some((_, text)) = month_first(cell) {
            return Some(text);
        }
        if cell.contains('/') {
            return None;
        }
    }
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

/// True for a cell that is a time by some form, whatever stands in the other cells.
pub(super) fn may_be(cell: &str) -> bool {
    is_time(cell) || month_first(cell).is_some() || serial(cell).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column_of(cells: &[&str]) -> Column {
        let mut seen = Cells::default();
        for cell in cells {
            seen.add(cell);
        }
        seen.column()
    }

    #[test]
    fn days_come_first_and_must_exist() {
        let check = |cell: &str, form: &str| {
            let column = column_of(&[cell]);
            let found = column.form.filter(|found| !found.starts_with("MM"));
            assert_eq!(found.unwrap_or(""), form, "{cell}");
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
    fn a_column_decides_whether_the_month_comes_first() {
        let check = |cells: &[&str], expected: &[&str]| {
            let column = column_of(cells);
            let said: Vec<String> = cells
                .iter()
                .map(|cell| column.iso(cell).unwrap_or_default())
                .collect();
            assert_eq!(said, expected, "{cells:?}");
        };
        // nothing proves anything: day first, as everybody writes here
        check(&["05/12/2022", "06/12/2022"], &["2022-12-05", "2022-12-06"]);
        check(&["05/12/2022", "13/12/2022"], &["2022-12-05", "2022-12-13"]);
        // one row proves it for all
        check(&["12/05/2022", "12/13/2022"], &["2022-12-05", "2022-12-13"]);
        // both proved: what fits both is no time; what fits the month first alone is none, either
        check(
            &["12/05/2022", "12/13/2022", "31/12/2022"],
            &["", "", "2022-12-31"],
        );
        // a form that is told leaves no choice
        let month = Column::told("MM/dd/yyyy");
        assert_eq!(month.iso("05/12/2022").as_deref(), Some("2022-05-12"));
        assert_eq!(month.iso("25/12/2022"), None);
        assert_eq!(month.iso("2022-12-05").as_deref(), Some("2022-12-05"));
        assert_eq!(Column::told("dd/MM/yyyy").iso("12/25/2022"), None);
    }

    #[test]
    fn what_no_cell_proves_is_assumed() {
        let assumed = |cells: &[&str]| column_of(cells).assumed;
        assert!(assumed(&["05/12/2022", "12/12/2022"]));
        assert!(assumed(&["5/12/2022 08:00", ""]));
        assert!(!assumed(&["05/12/2022", "13/12/2022"]), "proved");
        assert!(!assumed(&["12/05/2022", "12/13/2022"]), "proved");
        assert!(!assumed(&["12/12/2022"]), "the same day");
        assert!(!assumed(&["2022-12-05", "05-12-2022", ""]));
        assert_eq!(other_day("05/12/2022"), Some("MM/dd/yyyy"));
    }

    #[test]
    fn days_of_a_spreadsheet_are_read_where_nothing_else_stands() {
        let check = |cells: &[&str], expected: &[&str]| {
            let column = column_of(cells);
            let said: Vec<String> = cells
                .iter()
                .map(|cell| column.iso(cell).unwrap_or_default())
                .collect();
            assert_eq!(said, expected, "{cells:?}");
        };
        check(&["44900", "", "44901"], &["2022-12-05", "", "2022-12-06"]);
        check(
            &["44900.5", "44900,25"],
            &["2022-12-05T12:00:00", "2022-12-05T06:00:00"],
        );
        check(&["44900.999999"], &["2022-12-06T00:00:00"]);
        check(&["44900.00"], &["2022-12-05"]);
        check(&["45992"], &["2025-12-01"]);
        // beside dates a number may be a date that a spreadsheet turned round
        check(&["44900", "25/12/2022"], &["", "2022-12-25"]);
        check(&["12345", "00123"], &["", ""]);
        assert_eq!(days_in("44900 45992"), []);
    }

    #[test]
    fn every_form_of_the_mapping_is_known() {
        let known = TIMES.iter().chain(DAYS).chain(MONTHS);
        for name in known.map(|(name, _)| *name).chain([EXCEL]) {
            let table = [("time_format".to_owned(), name.to_owned())].into();
            let mapping = crate::source::Mapping::parse(&table).unwrap();
            assert_eq!(mapping.time_format, Some(name));
        }
    }
}
