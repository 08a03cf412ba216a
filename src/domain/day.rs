//! Days and instants. The business lives in Asia/Ho_Chi_Minh, which has been UTC+7 without summer
//! time since 1975; a time without an offset is therefore +07:00. The host's zone is never used.

use std::fmt;

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, TimeZone};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use super::moment::{Moment, MomentError};

/// The offset of Asia/Ho_Chi_Minh in seconds.
pub const VIETNAM_OFFSET_SECONDS: i32 = 7 * 3600;
pub(super) const DAY_MS: i64 = 86_400_000;
pub(super) const VIETNAM_OFFSET_MS: i64 = 7 * 3_600_000;

/// A calendar day in Asia/Ho_Chi_Minh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

/// The text is no calendar day `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is not a day of the form YYYY-MM-DD")]
pub struct DayError(pub String);

impl Day {
    /// From a calendar date.
    pub const fn new(date: NaiveDate) -> Self {
        Self(date)
    }

    /// Reads exactly `YYYY-MM-DD`.
    pub fn parse(raw: &str) -> Result<Self, DayError> {
        Self::read_text(raw).ok_or_else(|| DayError(raw.to_owned()))
    }

    /// The same where a text may well be no day.
    pub fn read_text(raw: &str) -> Option<Self> {
        Self::read(raw.as_bytes().try_into().ok()?)
    }

    /// The same for ten bytes.
    pub(super) fn read(b: &[u8; 10]) -> Option<Self> {
        let marks = b[4] == b'-' && b[7] == b'-';
        let year = 100 * two_digits(b[0], b[1])? + two_digits(b[2], b[3])?;
        let (month, day) = (two_digits(b[5], b[6])?, two_digits(b[8], b[9])?);
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        (marks && year >= 1900).then_some(Self(date))
    }

    /// The day that holds the instant `ms` (milliseconds since 1970 in UTC).
    pub fn of_ms(ms: i64) -> Self {
        let days = ms.saturating_add(VIETNAM_OFFSET_MS).div_euclid(DAY_MS);
        let epoch = NaiveDate::default();
        let date = i32::try_from(days).ok().and_then(|d| {
            NaiveDate::from_num_days_from_ce_opt(epoch.num_days_from_ce().saturating_add(d))
        });
        Self(date.unwrap_or(NaiveDate::MAX))
    }

    /// The calendar date.
    pub fn date(self) -> NaiveDate {
        self.0
    }

    /// `n` days later.
    pub fn plus(self, n: u32) -> Self {
        Self(
            self.0
                .checked_add_days(Days::new(u64::from(n)))
                .unwrap_or(NaiveDate::MAX),
        )
    }

    /// `n` days earlier.
    pub fn minus(self, n: u32) -> Self {
        Self(
            self.0
                .checked_sub_days(Days::new(u64::from(n)))
                .unwrap_or(NaiveDate::MIN),
        )
    }

    /// The days from this one on, before `end`.
    pub fn until(self, end: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |day| Some(day.plus(1))).take_while(move |day| *day < end)
    }

    /// The number of days from `earlier` to `self`, negative when `self` comes first.
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.signed_duration_since(earlier.0).num_days()
    }

    /// The first millisecond of the day (00:00 +07:00), as milliseconds since 1970 in UTC.
    pub fn start_ms(self) -> i64 {
        self.days_since(Self(NaiveDate::default())) * DAY_MS - VIETNAM_OFFSET_MS
    }

    /// `dd/MM/yyyy`, as people in Viet Nam write it.
    pub fn vi(self) -> String {
        self.0.format("%d/%m/%Y").to_string()
    }

    /// The first day of the month.
    pub fn month_start(self) -> Self {
        Self(self.0.with_day(1).unwrap_or(self.0))
    }

    /// The first of January of the year.
    pub fn year_start(self) -> Self {
        Self(NaiveDate::from_ymd_opt(self.0.year(), 1, 1).unwrap_or(self.0))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.0.year();
        if (0..=9999).contains(&year) {
            write!(f, "{year:04}-{:02}-{:02}", self.0.month(), self.0.day())
        } else {
            write!(f, "{}", self.0.format("%Y-%m-%d"))
        }
    }
}

impl Serialize for Day {
    /// Its text; in a digest the number of the day.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i32(self.0.num_days_from_ce())
        }
    }
}

/// The number that two digits stand for.
pub(super) fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    digits.then(|| 10 * u32::from(tens - b'0') + u32::from(ones - b'0'))
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<str>::deserialize(deserializer)?;
        Self::parse(&raw).map_err(serde::de::Error::custom)
    }
}

/// The instant in Vietnam time.
pub fn local(ms: i64) -> Option<DateTime<FixedOffset>> {
    let zone = FixedOffset::east_opt(VIETNAM_OFFSET_SECONDS)?;
    zone.timestamp_millis_opt(ms).single()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_one_form() {
        assert_eq!(Day::parse("2022-12-05").unwrap().to_string(), "2022-12-05");
        assert_eq!(Day::parse("2024-02-29").unwrap().vi(), "29/02/2024");
        for bad in [
            "2022-02-30",
            "2022-13-01",
            "0000-01-01",
            "",
            "05/12/2022",
            "2022-1-05",
            "2022-12-5 ",
        ] {
            assert!(Day::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_day_starts_at_seventeen_hours_utc() {
        let day = Day::parse("2022-12-05").unwrap();
        assert_eq!(Day::of_ms(day.start_ms()), day);
        assert_eq!(Day::of_ms(day.start_ms() - 1), day.minus(1));
        assert_eq!(
            Moment::of_ms(day.start_ms()).text(),
            "2022-12-05T00:00:00+07:00"
        );
        assert_eq!(day.plus(27).days_since(day), 27);
        assert_eq!(
            (day.month_start().to_string(), day.year_start().to_string()),
            ("2022-12-01".into(), "2022-01-01".into())
        );
    }
}
