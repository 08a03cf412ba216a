//! The small forms of configuration values: durations, rates, times of day, shares.

use std::time::Duration;

use crate::domain::Fraction;

/// How a duration is written, for messages.
pub const DURATION_FORM: &str = "a number and s, m, h or d: \"30s\", \"15m\", \"26h\", \"3d\"";
/// How a rate is written, for messages.
pub const RATE_FORM: &str = "a number per second or minute: \"2/s\", \"60/m\"";
/// How an amount of bytes is written, for messages.
pub const BYTES_FORM: &str = "a number and KiB or MiB, up to 256 MiB: \"64MiB\"";
/// How a time of day is written, for messages.
pub const TIME_FORM: &str = "HH:MM, from \"00:00\" to \"23:59\"";
/// How a share is written, for messages.
pub const SHARE_FORM: &str = "a percentage from 0% to 100%: \"50%\", \"1.1%\"";

/// At most `count` requests in each `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests, above zero.
    pub count: u32,
    /// One second or one minute.
    pub per: Duration,
}

/// A time of day in minutes since midnight, +07:00.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// 00:00.
    pub const MIDNIGHT: Self = Self(0);

    /// Reads `HH:MM`.
    pub fn parse(raw: &str) -> Option<Self> {
        let (hour, minute) = raw.split_once(':')?;
        if hour.len() != 2 || minute.len() != 2 {
            return None;
        }
        let (hour, minute) = (digits(hour)?, digits(minute)?);
        (hour < 24 && minute < 60).then(|| u16::try_from(hour * 60 + minute).map(Self).ok())?
    }

    /// Minutes since midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// Milliseconds since midnight.
    pub fn ms(self) -> i64 {
        i64::from(self.0) * 60_000
    }
}

/// Reads `30s`, `15m`, `26h`, `3d`.
pub fn duration(raw: &str) -> Option<Duration> {
    let unit = raw.chars().last()?;
    let count = digits(raw.strip_suffix(unit)?)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    count.checked_mul(seconds).map(Duration::from_secs)
}

/// Reads `512KiB`, `64MiB`, up to 256 MiB; what is read is held in memory.
pub fn bytes(raw: &str) -> Option<u64> {
    size(raw, 256 << 20)
}

/// Reads `512KiB`, `64MiB`, `2GiB`, up to `most` bytes.
pub fn size(raw: &str, most: u64) -> Option<u64> {
    let units = [("KiB", 1_u64 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];
    let (count, unit) = units
        .iter()
        .find_map(|(name, unit)| Some((raw.strip_suffix(name)?, *unit)))?;
    let bytes = digits(count.trim_end())?.checked_mul(unit)?;
    (1..=most).contains(&bytes).then_some(bytes)
}

/// Reads `2/s`, `60/m`.
pub fn rate(raw: &str) -> Option<Rate> {
    let (count, unit) = raw.split_once('/')?;
    let per = match unit {
        "s" => Duration::from_secs(1),
        "m" => Duration::from_mins(1),
        _ => return None,
    };
    let count = u32::try_from(digits(count)?).ok().filter(|n| *n > 0)?;
    Some(Rate { count, per })
}

/// Reads `50%`, `1.1%` as an exact fraction, at most six decimals.
pub fn share(raw: &str) -> Option<Fraction> {
    let number = raw.strip_suffix('%')?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    if part.len() > 6 || whole.len() > 3 {
        return None;
    }
    let scale = 10_i128.pow(u32::try_from(part.len()).ok()?);
    let units = i128::from(digits(whole)?) * scale + i128::from(digits(part)?);
    let (num, den) = (units, 100 * scale);
    let common = gcd(num.max(1), den);
    let (num, den) = if num == 0 {
        (0, 1)
    } else {
        (num / common, den / common)
    };
    Fraction::new(num, den).filter(|share| share.num <= share.den)
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn digits(raw: &str) -> Option<u64> {
    let plain = !raw.is_empty() && raw.len() <= 9 && raw.bytes().all(|b| b.is_ascii_digit());
    raw.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_strict() {
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("3d"), Some(Duration::from_hours(72)));
        for bad in [
            "",
            "30",
            "s",
            "1.5h",
            "-1s",
            "3 d",
            "3w",
            "9999999999s",
            "3đ",
        ] {
            assert_eq!(duration(bad), None, "{bad:?}");
        }
        assert_eq!(
            rate("60/m"),
            Some(Rate {
                count: 60,
                per: Duration::from_mins(1)
            })
        );
        for bad in ["0/s", "2", "2/h", "/s", "2/s "] {
            assert_eq!(rate(bad), None, "{bad:?}");
        }
        assert_eq!(TimeOfDay::parse("05:30").map(TimeOfDay::minutes), Some(330));
        for bad in ["24:00", "5:30", "05:60", "0530", "05:30:00"] {
            assert_eq!(TimeOfDay::parse(bad), None, "{bad:?}");
        }
        let of = |num, den| Fraction::new(num, den);
        assert_eq!(share("50%"), of(1, 2));
        assert_eq!(share("1.1%"), of(11, 1000));
        assert_eq!(share("100%"), of(1, 1));
        assert_eq!(share("0%"), of(0, 1));
        for bad in ["50", "101%", "%", "-1%", "0,5%", "5.%", "100.000001%"] {
            assert_eq!(share(bad), None, "{bad:?}");
        }
    }
}
