//! PURE: one cell -> one value or a fault that names column, value and reason.

use chrono::Datelike;

use super::amount;
use super::memo::{stored, trimmed};
use super::texts::Texts;
use crate::domain::{
    AgencyCode, Day, DossierCode, DossierCodeError, Moment, Piece, RejectCode, Vnd,
};
use crate::format::{Column, Row, encoding::cut};
use crate::source::TimeForm;

/// Why a row is refused: the cell at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The column or field.
    pub column: &'static str,
    /// What stands there, cut at 200 characters.
    pub value: Box<str>,
    /// Why.
    pub code: RejectCode,
}

impl Fault {
    /// A fault in `column`.
    pub fn new(column: &'static str, value: &str, code: RejectCode) -> Self {
        let value = stored(cut(value)).into();
        Self {
            column,
            value,
            code,
        }
    }
}

/// Text, NFC, without blanks around it.
pub fn text(row: Row<'_>, column: Column) -> Box<str> {
    stored(trimmed(row.get(column))).into()
}

/// Text or nothing.
pub fn opt_text(row: Row<'_>, column: Column) -> Option<Box<str>> {
    Some(text(row, column)).filter(|text| !text.is_empty())
}

/// Text that must be there.
pub fn need_text(row: Row<'_>, column: Column) -> Result<Box<str>, Fault> {
    let missing = || Fault::new(column.name, "", RejectCode::MissingValue);
    opt_text(row, column).ok_or_else(missing)
}

/// Text or nothing, written down.
pub(super) fn opt_own(row: Row<'_>, column: Column, texts: &mut Texts) -> Option<Piece> {
    let raw = row.get(column);
    (!trimmed(raw).is_empty()).then(|| texts.own(raw))
}

/// Text that must be there, written down.
pub(super) fn need_own(row: Row<'_>, column: Column, texts: &mut Texts) -> Result<Piece, Fault> {
    let missing = || Fault::new(column.name, "", RejectCode::MissingValue);
    opt_own(row, column, texts).ok_or_else(missing)
}

/// The code of an agency.
pub(super) fn agency(row: Row<'_>, column: Column, texts: &mut Texts) -> Result<AgencyCode, Fault> {
    let raw = trimmed(row.get(column));
    let missing = || Fault::new(column.name, "", RejectCode::MissingValue);
    (!raw.is_empty())
        .then(|| texts.agency(raw))
        .ok_or_else(missing)
}

/// A word of a closed list.
pub fn word<T>(
    row: Row<'_>,
    column: Column,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, Fault> {
    let raw = row.get(column);
    let code = if trimmed(raw).is_empty() {
        RejectCode::MissingValue
    } else {
        RejectCode::UnknownWord
    };
    parse(raw).ok_or_else(|| Fault::new(column.name, raw, code))
}

/// A word of a closed list or nothing.
pub fn opt_word<T>(
    row: Row<'_>,
    column: Column,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Fault> {
    if trimmed(row.get(column)).is_empty() {
        return Ok(None);
    }
    word(row, column, parse).map(Some)
}

/// An amount of our own files: `^[0-9]{1,15}$`.
pub fn dong(row: Row<'_>, column: Column) -> Result<Vnd, Fault> {
    let raw = row.get(column);
    if raw.is_empty() {
        return Err(Fault::new(column.name, "", RejectCode::MissingValue));
    }
    amount::digits(raw).map_err(|code| Fault::new(column.name, raw, code))
}

/// A dossier code.
pub fn dossier(row: Row<'_>, column: Column) -> Result<DossierCode, Fault> {
    let raw = row.get(column);
    DossierCode::parse(raw).map_err(|error| no_code(column, raw, &error))
}

/// The same, written down.
pub(super) fn code(row: Row<'_>, column: Column, texts: &mut Texts) -> Result<DossierCode, Fault> {
    let raw = row.get(column);
    texts
        .code(raw)
        .map_err(|error| no_code(column, raw, &error))
}

fn no_code(column: Column, raw: &str, error: &DossierCodeError) -> Fault {
    let code = match error {
        _ if trimmed(raw).is_empty() => RejectCode::MissingValue,
        DossierCodeError::Shape(_) => RejectCode::BadDossierCode,
        DossierCodeError::Date(_) => RejectCode::ImpossibleDossierDate,
    };
    Fault::new(column.name, raw, code)
}

/// A time that must be there.
pub fn time(row: Row<'_>, column: Column) -> Result<Moment, Fault> {
    moment(column.name, row.get(column), TimeForm::Iso)
}

/// Years in which money can have moved: before them nobody kept electronic records, after them the
/// year is a slip (a deadline may lie there, and means that there is none).
const YEARS: std::ops::Range<i32> = 1990..2100;

/// A time at which money moved, in a year in which that can be.
pub fn plausible(at: Moment, column: &'static str, raw: &str) -> Result<Moment, Fault> {
    if YEARS.contains(&at.day().date().year()) {
        Ok(at)
    } else {
        Err(Fault::new(column, raw, RejectCode::ImplausibleYear))
    }
}

/// A time or nothing.
pub fn opt_time(row: Row<'_>, column: Column) -> Result<Option<Moment>, Fault> {
    if trimmed(row.get(column)).is_empty() {
        return Ok(None);
    }
    time(row, column).map(Some)
}

/// A time, a day alone (its last millisecond: what is due on a day is due until its end) or
/// nothing.
pub fn opt_deadline(row: Row<'_>, column: Column) -> Result<Option<Moment>, Fault> {
    let raw = row.get(column);
    match Day::read_text(raw) {
        Some(day) => {
            let end = day.plus(1).start_ms() - 1;
            Ok(Some(Moment::from_parts(end, raw)))
        }
        None => opt_time(row, column),
    }
}

/// A day that must be there.
pub fn day(row: Row<'_>, column: Column) -> Result<Day, Fault> {
    let raw = trimmed(row.get(column));
    let code = if raw.is_empty() {
        RejectCode::MissingValue
    } else {
        RejectCode::BadDay
    };
    Day::parse(raw).map_err(|_| Fault::new(column.name, raw, code))
}

/// A day or nothing.
pub fn opt_day(row: Row<'_>, column: Column) -> Result<Option<Day>, Fault> {
    if trimmed(row.get(column)).is_empty() {
        return Ok(None);
    }
    day(row, column).map(Some)
}

/// A time by the form in which the source writes times.
pub fn moment(column: &'static str, raw: &str, form: TimeForm) -> Result<Moment, Fault> {
    let fault = |code| Fault::new(column, raw, code);
    let raw = trimmed(raw);
    if raw.is_empty() {
        return Err(fault(RejectCode::MissingValue));
    }
    let read = match form {
        TimeForm::Iso => Moment::parse(raw),
        TimeForm::Compact => Moment::parse_compact(raw),
        // the instant is kept, the text tells the day alone: see dedupe
        TimeForm::OrderTime => {
            Moment::parse_compact(raw).map(|at| Moment::from_parts(at.ms(), &at.day().to_string()))
        }
        TimeForm::EpochMs => return epoch_ms(raw).ok_or_else(|| fault(RejectCode::BadTime)),
        TimeForm::IsoOrDay => match Day::parse(raw) {
            Ok(day) => Ok(Moment::of_day(day)),
            Err(_) => Moment::parse(raw),
        },
    };
    read.map_err(|_| fault(RejectCode::BadTime))
}

/// Milliseconds since 1970 in digits; at most 14 of them, which reaches far enough.
fn epoch_ms(raw: &str) -> Option<Moment> {
    let digits = (1..=14).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_digit());
    let ms = digits.then(|| raw.parse().ok()).flatten()?;
    Some(Moment::of_ms(ms))
}
