//! Instants that keep the text they were read from. Nearly all texts have one of a few forms and
//! follow from the instant; only others are held.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Datelike, NaiveDateTime};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::day::{DAY_MS, Day, VIETNAM_OFFSET_MS, local, two_digits};

/// An instant that keeps the text it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// Milliseconds since 1970 in UTC, and how the text follows from them.
    Usual { ms: i64, written: Written },
    /// The text does not follow from the instant.
    Own(Box<(i64, Box<str>)>),
}

/// How the text follows from the instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// `2022-12-02T23:58:00+07:00`.
    Offset,
    /// `2022-12-02T23:58:00`.
    Bare,
    /// `2022-12-02 23:58:00`.
    Blank,
    /// `2022-12-02T16:58:00Z`.
    Zulu,
    /// `2022-12-02`, for an instant of that day.
    Day,
}

/// The longest text that follows from an instant.
type Buffer = [u8; 25];

/// The text is no instant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is not a time of the form YYYY-MM-DDTHH:MM:SS, with or without an offset")]
pub struct MomentError(pub String);

impl Moment {
    /// Reads RFC 3339 with `T` or a blank, with offset, `Z` or none (+07:00).
    pub fn parse(raw: &str) -> Result<Self, MomentError> {
        usual(raw.as_bytes()).map_or_else(|| Self::parse_any(raw), Ok)
    }

    fn parse_any(raw: &str) -> Result<Self, MomentError> {
        let fail = || MomentError(raw.to_owned());
        let bytes = raw.as_bytes();
        if bytes.len() < 19 || !raw.is_ascii() || !matches!(bytes[10], b'T' | b't' | b' ') {
            return Err(fail());
        }
        Day::parse(&raw[..10]).map_err(|_| fail())?;
        let joined = format!("{}T{}", &raw[..10], &raw[11..]);
        let ms = if let Ok(at) = DateTime::parse_from_rfc3339(&joined) {
            at.timestamp_millis()
        } else {
            let at = NaiveDateTime::parse_from_str(&joined, "%Y-%m-%dT%H:%M:%S%.f")
                .map_err(|_| fail())?;
            at.and_utc().timestamp_millis() - VIETNAM_OFFSET_MS
        };
        Ok(Self::from_parts(ms, raw))
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
        let ms = at.and_utc().timestamp_millis() - VIETNAM_OFFSET_MS;
        Ok(Self::from_parts(ms, raw))
    }

    /// The start of a calendar day, keeping the text of the day.
    pub fn of_day(day: Day) -> Self {
        Self::from_parts(day.start_ms(), &day.to_string())
    }

    /// Puts a stored pair together again.
    pub fn from_parts(ms: i64, text: &str) -> Self {
        let written = match (text.len(), text.as_bytes().get(10)) {
            (25, _) => Written::Offset,
            (20, _) => Written::Zulu,
            (19, Some(b' ')) => Written::Blank,
            (19, _) => Written::Bare,
            _ => Written::Day,
        };
        if follows(ms, written, &mut Buffer::default()) == Some(text) {
            return Self(Form::Usual { ms, written });
        }
        Self(Form::Own(Box::new((ms, text.into()))))
    }

    /// The instant as RFC 3339 at +07:00, for instants that come without a text.
    pub fn of_ms(ms: i64) -> Self {
        let text = local(ms).map_or_else(String::new, |at| {
            at.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
        });
        Self::from_parts(ms, &text)
    }

    /// Milliseconds since 1970 in UTC.
    pub fn ms(&self) -> i64 {
        match &self.0 {
            Form::Usual { ms, .. } => *ms,
            Form::Own(own) => own.0,
        }
    }

    /// The text as received.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.0 {
            Form::Own(own) => Cow::Borrowed(&own.1),
            Form::Usual { ms, written } => {
                let mut buffer = Buffer::default();
                let text = follows(*ms, *written, &mut buffer).unwrap_or_default();
                Cow::Owned(text.to_owned())
            }
        }
    }

    /// The calendar day in Asia/Ho_Chi_Minh.
    pub fn day(&self) -> Day {
        Day::of_ms(self.ms())
    }

    /// `HH:mm:ss dd/MM/yyyy` in Vietnam time.
    pub fn vi(&self) -> String {
        local(self.ms()).map_or_else(
            || self.text().into_owned(),
            |at| at.format("%H:%M:%S %d/%m/%Y").to_string(),
        )
    }

    /// `yyyyMMddHHmmss` in Vietnam time.
    pub fn compact(&self) -> String {
        local(self.ms()).map_or_else(String::new, |at| at.format("%Y%m%d%H%M%S").to_string())
    }
}

/// The text that follows from an instant, in a year of four digits.
fn follows(ms: i64, written: Written, buffer: &mut Buffer) -> Option<&str> {
    let (length, zone) = match written {
        Written::Offset => (25, VIETNAM_OFFSET_MS),
        Written::Zulu => (20, 0),
        Written::Bare | Written::Blank => (19, VIETNAM_OFFSET_MS),
        Written::Day => (10, VIETNAM_OFFSET_MS),
    };
    let ms = ms.checked_add(zone)?;
    let date = Day::of_ms(ms.checked_sub(VIETNAM_OFFSET_MS)?).date();
    let year = u32::try_from(date.year()).ok().filter(|y| *y <= 9999)?;
    let seconds = u32::try_from(ms.rem_euclid(DAY_MS) / 1000).ok()?;
    buffer.copy_from_slice(b"0000-00-00T00:00:00+07:00");
    let numbers = [
        (0, year / 100),
        (2, year % 100),
        (5, date.month()),
        (8, date.day()),
        (11, seconds / 3600),
        (14, seconds / 60 % 60),
        (17, seconds % 60),
    ];
    for (at, number) in numbers {
        let digit = |value: u32| b'0' + u8::try_from(value % 10).unwrap_or(0);
        buffer[at] = digit(number / 10);
        buffer[at + 1] = digit(number);
    }
    match written {
        Written::Blank => buffer[10] = b' ',
        Written::Zulu => buffer[19] = b'Z',
        _ => {}
    }
    str::from_utf8(&buffer[..length]).ok()
}

/// An instant in one of the forms in which nearly all come: a day and `HH:MM:SS`, alone or with `Z`
/// or a whole `+07:00`. None for any other, which may be an instant all the same.
fn usual(raw: &[u8]) -> Option<Moment> {
    let (day, clock) = raw.split_first_chunk::<10>()?;
    let (time, offset) = clock.split_first_chunk::<9>()?;
    let written = match (time[0], offset) {
        (b'T', b"+07:00") => Written::Offset,
        (b'T', b"") => Written::Bare,
        (b' ', b"") => Written::Blank,
        (b'T', b"Z") => Written::Zulu,
        _ => return None,
    };
    let day = Day::read(day)?;
    let part =
        |at: usize, below: u32| two_digits(time[at], time[at + 1]).filter(|number| *number < below);
    let (hours, minutes, seconds) = (part(1, 24)?, part(4, 60)?, part(7, 60)?);
    let marks = time[3] == b':' && time[6] == b':';
    let seconds = i64::from(3600 * hours + 60 * minutes + seconds);
    let zone = match written {
        Written::Zulu => VIETNAM_OFFSET_MS,
        _ => 0,
    };
    let ms = day.start_ms() + zone + 1000 * seconds;
    marks.then_some(Moment(Form::Usual { ms, written }))
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        let texts = || self.text().cmp(&other.text());
        self.ms().cmp(&other.ms()).then_with(texts)
    }
}

impl Hash for Moment {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ms().hash(state);
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Moment", 2)?;
        fields.serialize_field("ms", &self.ms())?;
        match &self.0 {
            Form::Own(own) => fields.serialize_field("text", &*own.1)?,
            Form::Usual { ms, written } => {
                let mut buffer = Buffer::default();
                let text = follows(*ms, *written, &mut buffer).unwrap_or_default();
                fields.serialize_field("text", text)?;
            }
        }
        fields.end()
    }
}

/// As `serialize` writes it.
#[derive(Deserialize)]
struct Parts {
    ms: i64,
    text: Box<str>,
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = Parts::deserialize(deserializer)?;
        Ok(Self::from_parts(parts.ms, &parts.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_offset_is_vietnam_time() {
        let check = |raw: &str, day: &str| {
            let at = Moment::parse(raw).unwrap();
            assert_eq!(
                (at.day().to_string().as_str(), &*at.text()),
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
    fn the_text_comes_back_whether_it_is_held_or_not() {
        assert_eq!((size_of::<Moment>(), size_of::<Option<Moment>>()), (16, 16));
        let check = |raw: &str, held: bool| {
            let at = Moment::parse(raw).unwrap();
            assert_eq!(at.text(), raw);
            assert_eq!(matches!(at.0, Form::Own(_)), held, "{raw}");
            assert_eq!(Moment::from_parts(at.ms(), raw), at);
        };
        check("2022-12-02T23:58:01+07:00", false);
        check("1900-01-01T00:00:00", false);
        check("9999-12-31 23:59:59", false);
        check("2022-12-02T16:58:01Z", false);
        check("2022-12-02t16:58:01Z", true);
        check("2022-12-02 16:58:01+07:00", true);
        check("2022-12-02T16:58:01.5+07:00", true);
        check("2022-12-02T16:58:01+06:00", true);
        let day = Day::parse("2022-12-02").unwrap();
        let last = Moment::from_parts(day.plus(1).start_ms() - 1, "2022-12-02");
        assert_eq!((&*last.text(), last.day()), ("2022-12-02", day));
        assert!(Moment::of_day(day) < last);
        let other = Moment::from_parts(day.start_ms(), "2022-12-03");
        assert_eq!(other.text(), "2022-12-03");
        assert_eq!(Moment::from_parts(i64::MAX, "x").text(), "x");
        let canonical = |at: &Moment| serde_json::to_string(at).unwrap();
        assert_eq!(
            canonical(&other),
            format!("{{\"ms\":{},\"text\":\"2022-12-03\"}}", day.start_ms())
        );
    }
}
