//! PURE: the forms in which statements and exports print times: their names in a mapping, and how a
//! cell is read by one.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

/// A form: its name in the mapping, its pattern, and what it looks like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// What a mapping calls it.
    pub(super) name: &'static str,
    pattern: &'static str,
    shape: u16,
}

const fn form(name: &'static str, pattern: &'static str) -> Form {
    Form {
        name,
        pattern,
        shape: shape_of_pattern(pattern.as_bytes()),
    }
}

/// Forms with a time of day.
pub(super) const TIMES: &[Form] = &[
    form("dd/MM/yyyy HH:mm:ss", "%d/%m/%Y %H:%M:%S"),
    form("dd/MM/yyyy HH:mm", "%d/%m/%Y %H:%M"),
    form("dd-MM-yyyy HH:mm:ss", "%d-%m-%Y %H:%M:%S"),
    form("dd-MM-yyyy HH:mm", "%d-%m-%Y %H:%M"),
    form("dd.MM.yyyy HH:mm:ss", "%d.%m.%Y %H:%M:%S"),
    form("dd.MM.yyyy HH:mm", "%d.%m.%Y %H:%M"),
    form("yyyy-MM-dd HH:mm:ss", "%Y-%m-%d %H:%M:%S"),
    form("yyyy-MM-dd HH:mm", "%Y-%m-%d %H:%M"),
    form("yyyy-MM-ddTHH:mm:ss", "%Y-%m-%dT%H:%M:%S"),
    form("yyyy/MM/dd HH:mm:ss", "%Y/%m/%d %H:%M:%S"),
    form("yyyy/MM/dd HH:mm", "%Y/%m/%d %H:%M"),
    form("yyyyMMddHHmmss", "%Y%m%d%H%M%S"),
    form("dd/MM/yyyy hh:mm:ss a", "%d/%m/%Y %I:%M:%S %p"),
    form("dd/MM/yyyy hh:mm a", "%d/%m/%Y %I:%M %p"),
    form("dd/MM/yyyy - HH:mm:ss", "%d/%m/%Y - %H:%M:%S"),
    form("dd/MM/yyyy - HH:mm", "%d/%m/%Y - %H:%M"),
    form("HH:mm:ss dd/MM/yyyy", "%H:%M:%S %d/%m/%Y"),
    form("HH:mm dd/MM/yyyy", "%H:%M %d/%m/%Y"),
    form("dd-MMM-yyyy HH:mm:ss", "%d-%b-%Y %H:%M:%S"),
    form("dd-MMM-yyyy HH:mm", "%d-%b-%Y %H:%M"),
];

/// Forms of a day alone.
pub(super) const DAYS: &[Form] = &[
    form("dd/MM/yyyy", "%d/%m/%Y"),
    form("dd-MM-yyyy", "%d-%m-%Y"),
    form("dd.MM.yyyy", "%d.%m.%Y"),
    form("yyyy-MM-dd", "%Y-%m-%d"),
    form("yyyy/MM/dd", "%Y/%m/%d"),
    form("dd-MMM-yyyy", "%d-%b-%Y"),
    form("dd MMM yyyy", "%d %b %Y"),
];

/// Forms with the month first, which no cell is read by unless its column is. Every form with the
/// day first between slashes has one here, so that what may be either is seen.
pub(super) const MONTHS: &[Form] = &[
    form("MM/dd/yyyy HH:mm:ss", "%m/%d/%Y %H:%M:%S"),
    form("MM/dd/yyyy HH:mm", "%m/%d/%Y %H:%M"),
    form("MM/dd/yyyy hh:mm:ss a", "%m/%d/%Y %I:%M:%S %p"),
    form("MM/dd/yyyy hh:mm a", "%m/%d/%Y %I:%M %p"),
    form("MM/dd/yyyy - HH:mm:ss", "%m/%d/%Y - %H:%M:%S"),
    form("MM/dd/yyyy - HH:mm", "%m/%d/%Y - %H:%M"),
    form("HH:mm:ss MM/dd/yyyy", "%H:%M:%S %m/%d/%Y"),
    form("HH:mm MM/dd/yyyy", "%H:%M %m/%d/%Y"),
    form("MM/dd/yyyy", "%m/%d/%Y"),
];

/// Forms with two digits for the year, of which nothing says where it stands: no cell is read by
/// one that the mapping does not name.
pub(super) const NAMED: &[Form] = &[
    form("dd/MM/yy", "%d/%m/%y"),
    form("dd/MM/yy HH:mm:ss", "%d/%m/%y %H:%M:%S"),
    form("dd/MM/yy HH:mm", "%d/%m/%y %H:%M"),
    form("dd-MM-yy", "%d-%m-%y"),
    form("dd-MM-yy HH:mm:ss", "%d-%m-%y %H:%M:%S"),
    form("dd-MM-yy HH:mm", "%d-%m-%y %H:%M"),
    form("dd.MM.yy", "%d.%m.%y"),
    form("dd-MMM-yy", "%d-%b-%y"),
    form("yy-MM-dd", "%y-%m-%d"),
    form("yy/MM/dd", "%y/%m/%d"),
    form("MM/dd/yy", "%m/%d/%y"),
    form("MM/dd/yy HH:mm:ss", "%m/%d/%y %H:%M:%S"),
    form("MM/dd/yy HH:mm", "%m/%d/%y %H:%M"),
];

/// The shortest cell that is a day, and the shortest with two digits for the year.
const CHARS_MIN: usize = "1/1/1990".len();
const SHORT_MIN: usize = "1/1/90".len();

const SLASH: u16 = 1;
const COLON: u16 = 1 << 1;
const DASH: u16 = 1 << 2;
const POINT: u16 = 1 << 3;
/// The letter between day and time of ISO text.
const LETTER_T: u16 = 1 << 4;
/// The year stands first, with four digits and a mark behind it.
const YEAR_FIRST: u16 = 1 << 5;
/// The time of day stands first.
const TIME_FIRST: u16 = 1 << 6;
/// A month in letters.
const WORD: u16 = 1 << 7;
/// `AM` or `PM` at the end.
const HALF: u16 = 1 << 8;
const MARKS: u16 = SLASH | COLON | DASH | POINT;

const fn mark(byte: u8) -> u16 {
    match byte {
        b'/' => SLASH,
        b':' => COLON,
        b'-' => DASH,
        b'.' => POINT,
        _ => 0,
    }
}

const fn shape_of_pattern(pattern: &[u8]) -> u16 {
    let (mut at, mut found) = (0, 0);
    while at < pattern.len() {
        let byte = pattern[at];
        if byte == b'%' {
            found |= match pattern[at + 1] {
                b'b' => WORD,
                b'p' => HALF,
                b'Y' if at == 0 && mark(pattern[2]) != 0 => YEAR_FIRST,
                _ => 0,
            };
            at += 2;
            continue;
        }
        if byte == b':' && found & MARKS == 0 {
            found |= TIME_FIRST;
        }
        found |= mark(byte);
        if byte == b'T' {
            found |= LETTER_T;
        }
        at += 1;
    }
    found
}

/// What a cell looks like. It is cheap, and no form of another shape can fit: a file has millions
/// of cells, and the patterns are read anew for each.
fn shape_of(cell: &str) -> u16 {
    let bytes = cell.as_bytes();
    let (mut found, mut letters) = (0, 0);
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b':' && found & MARKS == 0 {
            found |= TIME_FIRST;
        }
        found |= mark(*byte);
        let letter = byte.is_ascii_alphabetic() || !byte.is_ascii();
        letters = if letter { letters + 1 } else { 0 };
        let next = bytes.get(at + 1);
        let ends = next.is_none_or(|next| !next.is_ascii_alphabetic() && next.is_ascii());
        if letters > 0 && ends {
            found |= match letters {
                1 if *byte == b'T' && next.is_some_and(u8::is_ascii_digit) => LETTER_T,
                2 if next.is_none() => HALF,
                _ => WORD,
            };
        }
    }
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    if digits.count() == 4 && bytes.get(4).is_some_and(|byte| mark(*byte) != 0) {
        found |= YEAR_FIRST;
    }
    found
}

/// A cell, looked at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    text: &'a str,
    shape: u16,
}

impl<'a> Cell<'a> {
    /// Looks at a cell; none where it can be no time.
    pub(super) fn of(cell: &'a str) -> Option<Self> {
        let text = cell.trim();
        let may_be = text.len() >= SHORT_MIN && text.starts_with(|c: char| c.is_ascii_digit());
        may_be.then(|| Self {
            text,
            shape: shape_of(text),
        })
    }

    /// The forms of a list that fit it.
    pub(super) fn fitting(self, all: &'static [Form]) -> impl Iterator<Item = &'static Form> {
        all.iter().filter(move |form| self.iso(form).is_some())
    }

    /// The cell as ISO text by a form, with a time of day where the form has one.
    pub(super) fn iso(self, form: &Form) -> Option<String> {
        let short = form.pattern.contains("%y");
        if self.shape != form.shape || (!short && self.text.len() < CHARS_MIN) {
            return None;
        }
        let real = |year: i32| (1900..=9999).contains(&year);
        let halved = (form.shape & HALF != 0)
            .then(|| halved(self.text))
            .flatten();
        let text = halved.as_deref().unwrap_or(self.text);
        if form.pattern.contains("%M") {
            let at = NaiveDateTime::parse_from_str(text, form.pattern).ok()?;
            return real(at.year()).then(|| at.format("%Y-%m-%dT%H:%M:%S").to_string());
        }
        let day = NaiveDate::parse_from_str(text, form.pattern).ok()?;
        real(day.year()).then(|| day.format("%Y-%m-%d").to_string())
    }
}

/// A time of twelve hours with the half of its day in English: `SA` and `CH` are `AM` and `PM`.
fn halved(text: &str) -> Option<String> {
    let (time, half) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let half = match half.to_ascii_uppercase().as_str() {
        "AM" | "SA" => "AM",
        "PM" | "CH" => "PM",
        _ => return None,
    };
    Some(format!("{} {half}", time.trim_end()))
}

/// A form by its name, of those that a mapping alone makes readable.
pub(super) fn named(name: &str) -> Option<&'static Form> {
    NAMED.iter().find(|form| form.name == name)
}
