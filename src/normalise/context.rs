//! What normalising needs to know of the source that a record came from.

use crate::domain::{Day, Instrument, Moment, SourceName};

/// The source of the records at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceContext {
    /// Configured name.
    pub name: SourceName,
    /// Kind: `sepay`, `casso`, `vnpay`, ... or `file`.
    pub kind: Box<str>,
    /// Means of payment where the record does not tell.
    pub instrument: Instrument,
    /// The source's accounting cut-off.
    pub cutoff: Cutoff,
    /// The window that was asked for; none where the source was not asked for days (files, probes).
    pub window: Option<Window>,
    /// The day that rows count under which cannot be read: the window's last day or the file's.
    pub reject_day: Day,
    /// True for payment gateways, false for bank feeds and statements.
    pub is_gateway: bool,
}

/// Days asked for, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

/// The time of day from which payments count for the next business date. `00:00` means that the
/// business date is the calendar day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cutoff {
    /// Minutes since midnight, below 1440.
    minutes: u16,
}

impl Cutoff {
    /// The calendar day.
    pub const MIDNIGHT: Self = Self { minutes: 0 };

    /// Reads `HH:MM`.
    pub fn parse(raw: &str) -> Option<Self> {
        let (hours, minutes) = raw.split_once(':')?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        (hours < 24 && minutes < 60).then(|| Self {
            minutes: hours * 60 + minutes,
        })
    }

    /// When a business day begins: milliseconds since 1970 in UTC.
    pub fn start_ms(self, day: Day) -> i64 {
        if self.minutes == 0 {
            return day.start_ms();
        }
        day.minus(1).start_ms() + i64::from(self.minutes) * 60_000
    }

    /// The business date of a payment at `at`.
    pub fn business_date(self, at: &Moment) -> Day {
        let day = at.day();
        if self.minutes == 0 {
            return day;
        }
        let since_midnight = at.ms() - day.start_ms();
        if since_midnight >= i64::from(self.minutes) * 60_000 {
            day.plus(1)
        } else {
            day
        }
    }
}

impl std::fmt::Display for Cutoff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_at_the_cut_off_counts_for_the_next_day() {
        let check = |cutoff: &str, at: &str, day: &str| {
            let at = Moment::parse(at).unwrap();
            let date = Cutoff::parse(cutoff).unwrap().business_date(&at);
            assert_eq!(date.to_string(), day, "{cutoff} {}", at.text());
        };
        check("00:00", "2022-12-05T00:00:00", "2022-12-05");
        check("00:00", "2022-12-05T23:59:59", "2022-12-05");
        check("23:00", "2022-12-05T22:59:59.999", "2022-12-05");
        check("23:00", "2022-12-05T23:00:00", "2022-12-06");
        check("23:00", "2022-12-05T16:00:00Z", "2022-12-06");
        check("17:30", "2022-12-31T17:30:00", "2023-01-01");
    }

    #[test]
    fn a_cut_off_is_written_hh_mm() {
        for bad in ["", "24:00", "9:00", "09:60", "0900", "+9:00"] {
            assert_eq!(Cutoff::parse(bad), None, "{bad:?}");
        }
        assert_eq!(Cutoff::parse("09:05").unwrap().to_string(), "09:05");
    }
}
