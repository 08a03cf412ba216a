//! Local time in whole seconds since 1970-01-01 00:00 (+07:00), and days.

use chrono::{DateTime, NaiveDateTime};

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// The calendar time.
fn naive(at: i64) -> NaiveDateTime {
    DateTime::from_timestamp(at, 0)
        .expect("years of a corpus are within the calendar")
        .naive_utc()
}

/// In any format of chrono.
pub(crate) fn form(at: i64, format: &str) -> String {
    naive(at).format(format).to_string()
}

/// `2022-12-05`.
pub(crate) fn day(at: i64) -> String {
    form(at, "%Y-%m-%d")
}

/// The number of the day.
pub(crate) fn number(at: i64) -> i64 {
    at.div_euclid(DAY)
}

/// One of the forms in which sources write an instant.
pub(crate) fn written(at: i64, style: i64) -> String {
    match style {
        0 => form(at, "%Y-%m-%d %H:%M:%S"),
        1 => form(at - 7 * 3600, "%Y-%m-%dT%H:%M:%SZ"),
        _ => form(at, "%Y-%m-%dT%H:%M:%S+07:00"),
    }
}

/// The day of a date.
pub(crate) fn of(year: i32, month: u32, day: u32) -> i64 {
    let date = chrono::NaiveDate::from_ymd_opt(year, month, day).expect("a date of ours");
    let at = date.and_hms_opt(0, 0, 0).expect("midnight");
    number(at.and_utc().timestamp())
}
