//! PURE: times as statements print them: day first, unless the column itself proves that the month
//! stands first, which one slip of the pen never does; as days of a spreadsheet, where nothing else
//! stands in the column.

mod form;

use chrono::{Duration, NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::domain::{Day, Moment, RejectCode};
use form::{Cell, DAYS, MONTHS, NAMED, TIMES};

/// The form of days since the end of 1899, as a spreadsheet counts them.
const EXCEL: &str = "excel";
/// 01/01/1990 and 31/12/2099 as a spreadsheet counts them.
const EXCEL_DAYS: std::ops::RangeInclusive<i64> = 32_874..=73_050;

/// How the times of a column are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The form that most cells follow.
    pub form: Option<&'static str>,
    /// True where some cells tell that the day stands first and others that the month does, and it
    /// is no slip: a cell that fits both is no time.
    pub mixed: bool,
    /// True where the cells alone tell that the month stands first.
    pub turned: bool,
    /// True where no cell proves which of the two stands first, and some would be another day: the
    /// day was taken to.
    pub assumed: bool,
}

impl Column {
    /// The column as a mapping tells it.
    pub fn told(form: &'static str) -> Self {
        Self {
            form: Some(form),
            ..Self::default()
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

    /// What is the matter with a cell that is no time.
    pub fn fault(self, cell: &str) -> RejectCode {
        let either = self.mixed && other_day(cell).is_some();
        if either || is_turned(cell) {
            RejectCode::MonthFirst
        } else {
            RejectCode::BadTime
        }
    }
}

/// The cells of a column, of which the form is told.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// Of the cells that can be read with the day first alone: the time of the first, and whether
    /// others tell another day.
    day: Option<String>,
    days: bool,
    /// Of the cells that can be read with the month first alone: the form and the time of the
    /// first, whether others tell another day, how many they are.
    month: Option<(&'static str, String)>,
    months: bool,
    turned: u64,
    /// How many cells follow each form.
    counts: Vec<(&'static str, u64)>,
    /// How many cells would be another day with the month first.
    other: u64,
    /// Cells that hold something, and those of them that are days of a spreadsheet.
    filled: u64,
    serial: u64,
}

impl Cells {
    /// Looks at one more.
    pub fn add(&mut self, cell: &str) {
        let form = forms(cell).next();
        match (form, month_first(cell)) {
            (Some(form), None) if !self.days && is_day_first(form) => {
                let told = iso(cell, None).unwrap_or_default();
                let first = self.day.get_or_insert_with(|| told.clone());
                self.days |= first.get(..10) != told.get(..10);
            }
            (None, Some(told)) => {
                self.turned += 1;
                let first = self.month.get_or_insert_with(|| told.clone());
                self.months |= first.1.get(..10) != told.1.get(..10);
            }
            (Some(_), Some(_)) => self.other += u64::from(other_day(cell).is_some()),
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

    /// The column as they show it. The month stands first where cells of several days can be read
    /// in no other way and they are more than those that can. A single such day may be a slip: it
    /// moves none of the others.
    pub fn column(&self) -> Column {
        let proves = self.months && self.turned > self.other;
        match &self.month {
            Some((form, _)) if self.day.is_none() && proves => {
                return Column {
                    turned: true,
                    ..Column::told(form)
                };
            }
            Some(_) if self.months || (self.day.is_some() && !self.days) => {
                return Column {
                    form: self.most(),
                    mixed: true,
                    ..Column::default()
                };
            }
            _ => {}
        }
        let days = self.filled > 0 && self.filled == self.serial;
        Column {
            form: self.most().or(days.then_some(EXCEL)),
            assumed: self.day.is_none() && self.other > 0,
            ..Column::default()
        }
    }
}

/// True for a form that stands with the month first as well.
fn is_day_first(form: &str) -> bool {
    form.contains("dd/MM")
}

/// A cell as a time with the month first: the form and ISO text.
fn month_first(cell: &str) -> Option<(&'static str, String)> {
    let cell = Cell::of(cell)?;
    let mut forms = MONTHS.iter();
    forms.find_map(|form| Some((form.name, cell.iso(form)?)))
}

/// True for a cell that is a time with the month first and in no other way: `05/13/2022`.
pub fn is_turned(cell: &str) -> bool {
    forms(cell).next().is_none() && month_first(cell).is_some()
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
    let cell = Cell::of(cell).into_iter();
    let all = cell.flat_map(|cell| cell.fitting(TIMES).chain(cell.fitting(DAYS)));
    all.map(|form| form.name)
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
    let seen = Cell::of(cell);
    if let Some(named) = form.and_then(form::named)
        && let Some(text) = seen.and_then(|seen| seen.iso(named))
    {
        return Some(text);
    }
    if form.is_some_and(|form| form.contains("MM/dd/yy")) {
        // in such a column nothing is read with the day first
        if let Some((_, text)) = month_first(cell) {
            return Some(text);
        }
        if forms(cell).any(is_day_first) {
            return None;
        }
    }
    let read = seen.and_then(|seen| {
        let all = || TIMES.iter().chain(DAYS);
        let own = all().find(|known| Some(known.name) == form);
        let own = own.and_then(|own| seen.iso(own));
        own.or_else(|| all().find_map(|form| seen.iso(form)))
    });
    read.or_else(|| Moment::parse(cell).is_ok().then(|| cell.to_owned()))
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
    let short = || Cell::of(cell).is_some_and(|cell| cell.fitting(NAMED).next().is_some());
    is_time(cell) || month_first(cell).is_some() || serial(cell).is_some() || short()
}

#[cfg(test)]
mod tests;
