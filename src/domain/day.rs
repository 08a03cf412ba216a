//! Days and instants. The business lives in Asia/Ho_Chi_Minh, which has been UTC+7 without summer
//! time since 1975; a time without an offset is therefore +07:00. The host's zone is never used.

use std::fmt;

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, TimeZone};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The offset of Asia/Ho_Chi_Minh in seconds.
pub const VIETNAM_OFFSET_SECONDS: i32 = 7 * 3600;
const DAY_MS: i64 = 86_400_000;
const VIETNAM_OFFSET_MS: i64 = 7 * 3_600_000;

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
        let raw_bytes = raw.as_bytes();
        let day = |b: &[u8; 10]| {
            let marks = b[4] == b'-' && b[7] == b'-';
            let year = 100 * two_digits(b[0], b[1])? + two_digits(b[2], b[3])?;
            let (month, day) = (two_digits(b[5], b[6])?, two_digits(b[8], b[9])?);
            let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
            date.filter(|_| marks && year >= 1900)
        };
        let date = <&[u8; 10]>::try_from(raw_bytes).ok().and_then(day);
        date.map(Self).ok_or_else(|| DayError(raw.to_owned()))
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
fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    digits.then(|| 10 * u32::from(tens - b'0') + u32::from(ones - b'0'))
}

/// The instant of a day and a time of the forms in which nearly all times come: `HH:MM:SS`, alone
/// or with `Z` or a whole `+07:00`. None for any other, which may be a time all the same.
fn ms_of_clock(day: Day, clock: &[u8]) -> Option<i64> {
    let (time, offset) = clock.split_first_chunk::<8>()?;
    let shifted = match offset {
        [] | b"+07:00" => true,
        b"Z" => false,
        _ => return None,
    };
    let part =
        |at: usize, below: u32| two_digits(time[at], time[at + 1]).filter(|number| *number < below);
    let (hours, minutes, seconds) = (part(0, 24)?, part(3, 60)?, part(6, 60)?);
    let marks = time[2] == b':' && time[5] == b':';
    let seconds = i64::from(3600 * hours + 60 * minutes + seconds);
    let zone = if shifted { 0 } else { VIETNAM_OFFSET_MS };
    marks.then(|| day.start_ms() + zone + 1000 * seconds)
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<str>::deserialize(deserializer)?;
        Self::parse(&raw).map_err(serde::de::Error::custom)
    }
}

/// An instant that keeps the text it was read from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Moment {
    /// Milliseconds since 1970 in UTC.
    ms: i64,
    /// The text as received.
    text: Box<str>,
}

/// The text is no instant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is not a time of the form YYYY-MM-DDTHH:MM:SS, with or without an offset")]
pub struct MomentError(pub String);

impl Moment {
    /// Reads RFC 3339 with `T` or a blank, with offset, `Z` or none (+07:00).
    pub fn parse(raw: &str) -> Result<Self, MomentError> {
        let fail = || MomentError(raw.to_owned());
        let bytes = raw.as_bytes();
        if bytes.len() < 19 || !raw.is_ascii() || !matches!(bytes[10], b'T' | b't' | b' ') {
            return Err(fail());
        }
        let day = Day::parse(&raw[..10]).map_err(|_| fail())?;
        if let Some(ms) = ms_of_clock(day, &bytes[11..]) {
            return Ok(Self {
                ms,
                text: raw.into(),
            });
        }
        let joined = format!("{}T{}", &raw[..10], &raw[11..]);
        let ms = if let Ok(at) = DateTime::parse_from_rfc3339(&joined) {
            at.timestamp_millis()
        } else {
            let at = NaiveDateTime::parse_from_str(&joined, "%Y-%m-%dT%H:%M:%S%.f")
                .map_err(|_| fail())?;
            at.and_utc().timestamp_millis() - VIETNAM_OFFSET_MS
        };
        Ok(Self {
            ms,
            text: raw.into(),
        })
    }

    /// Reads fourteen digits `yyyyMMddHHmmss`, Vietnam time.
    pub fn parse_compact(raw: &str) -> Result<Self, MomentError> {
        let digits = raw.len() == 14 && raw.bytes().all(|b| b.is_ascii_digit());
        let at = NaiveDateTime::parse_from_str(raw, "%Y%m%d%H%M%S")
            .ok()
            .filter(|_| digits);
        let at = at
            .filter(|t| t.year() >= 1900)
            .ok_or_else(|| MomentError(raw.to_owned()))?;
        Ok(Self {
            ms: at.and_utc().timestamp_millis() - VIETNAM_OFFSET_MS,
            text: raw.into(),
        })
    }

    /// The start of a calendar day, keeping the text of the day.
    pub fn of_day(day: Day) -> Self {
        Self {
            ms: day.start_ms(),
            text: day.to_string().into(),
        }
    }

    /// Puts a stored pair together again.
    pub fn from_parts(ms: i64, text: &str) -> Self {
        Self {
            ms,
            text: text.into(),
        }
    }

    /// The instant as RFC 3339 at +07:00, for instants that come without a text.
    pub fn of_ms(ms: i64) -> Self {
        let text = local(ms).map_or_else(String::new, |at| {
            at.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
        });
        Self {
            ms,
            text: text.into(),
        }
    }

    /// Milliseconds since 1970 in UTC.
    pub fn ms(&self) -> i64 {
        self.ms
    }

    /// The text as received.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The calendar day in Asia/Ho_Chi_Minh.
    pub fn day(&self) -> Day {
        Day::of_ms(self.ms)
    }

    /// `HH:mm:ss dd/MM/yyyy` in Vietnam time.
    pub fn vi(&self) -> String {
        local(self.ms).map_or_else(
            || self.text.to_string(),
            |at| at.format("%H:%M:%S %d/%m/%Y").to_string(),
        )
    }

    /// `yyyyMMddHHmmss` in Vietnam time.
    pub fn compact(&self) -> String {
        local(self.ms).map_or_else(String::new, |at| at.format("%Y%m%d%H%M%S").to_string())
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
    fn a_time_without_offset_is_vietnam_time() {
        let check = |raw: &str, day: &str| {
            let at = Moment::parse(raw).unwrap();
            assert_eq!(
                (at.day().to_string().as_str(), at.text()),
                (day, raw),
                "{raw}"
            );
        };
        check("2022-12-02T23:58:00", "2022-12-02");
        check("2022-12-02 23:58:00", "2022-12-02");
        check("2022-12-02T23:58:00+07:00", "2022-12-02");
        check("2022-12-02T17:00:00Z", "2022-12-03");
        check("2022-12-02T16:59:59.999Z", "2022-12-02");
        check("1994-10-23T17:00:00.000+00:00", "1994-10-24");
        for bad in [
            "2022-12-02",
            "2022-12-02T25:00:00",
            "02/12/2022 10:00:00",
            "2022-12-02T10:00",
            "",
        ] {
            assert!(Moment::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            Moment::parse_compact("20240905091530")
                .unwrap()
                .day()
                .to_string(),
            "2024-09-05"
        );
        assert!(Moment::parse_compact("20240230091530").is_err());
    }

    #[test]
    fn the_usual_times_are_read_as_the_library_reads_them() {
        let check = |raw: &str| {
            let at = Moment::parse(&format!("{raw}+07:00")).unwrap();
            let library = DateTime::parse_from_rfc3339(&format!("{raw}+07:00")).unwrap();
            assert_eq!(at.ms(), library.timestamp_millis(), "{raw}");
            assert_eq!(Moment::parse(raw).unwrap().ms(), at.ms(), "{raw}");
            let utc = Moment::parse(&format!("{raw}Z")).unwrap().ms();
            assert_eq!(utc - at.ms(), VIETNAM_OFFSET_MS, "{raw}");
        };
        check("2022-12-02T23:58:01");
        check("1969-12-31T00:00:00");
        check("1900-01-01T12:34:56");
        check("2024-02-29T23:59:59");
        for bad in [
            "T24:00:00",
            "T23:60:00",
            "T2:00:000",
            "T23-58-00",
            "T23:58:0a",
        ] {
            assert!(Moment::parse(&format!("2022-12-02{bad}")).is_err(), "{bad}");
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
