//! How long to wait before the next attempt: our own backoff, and what the provider asks for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime};

use crate::clock::Clock;
use crate::source::BoxFuture;

/// A time of day by which all sources must have answered.
#[derive(Clone, Debug)]
pub struct Until {
    /// Tells when it has come.
    pub clock: Arc<dyn Clock>,
    /// The instant, milliseconds since 1970 in UTC.
    pub at_ms: i64,
    /// `HH:MM`, for messages.
    pub time: Box<str>,
}

impl Until {
    /// What is left of the time; zero once it has come.
    pub fn left(&self) -> Duration {
        let left = self.at_ms.saturating_sub(self.clock.now_ms());
        Duration::from_millis(u64::try_from(left).unwrap_or(0))
    }
}

/// The pace of attempts. Tests make it quick; nothing else changes it.
#[derive(Clone)]
pub struct Pace {
    /// Wait before the second attempt; doubles with each further one, plus jitter.
    pub first_wait: Duration,
    /// Our own wait is never longer than this.
    pub longest_wait: Duration,
    /// A provider's request to wait is honoured up to here; a longer one ends the source.
    pub asked_wait_max: Duration,
    /// Seed of the jitter; none draws a new one each time.
    pub jitter_seed: Option<u64>,
    /// The deadline of the night, besides each source's own.
    pub until: Option<Until>,
    /// Waits.
    pub sleep: Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(20),
            asked_wait_max: Duration::from_mins(1),
            jitter_seed: None,
            until: None,
            sleep: Arc::new(|wait| Box::pin(tokio::time::sleep(wait))),
        }
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace")
            .field("first_wait", &self.first_wait)
            .field("longest_wait", &self.longest_wait)
            .field("asked_wait_max", &self.asked_wait_max)
            .field("jitter_seed", &self.jitter_seed)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

/// What a `Retry-After` asks for: seconds (a fraction, which the standard does not know, is rounded
/// up), or an HTTP date in one of its three forms, counted from the answer's own `Date` (so a
/// skewed clock on either side does no harm). Anything else, a negative number or a date in the
/// past asks for nothing. RFC 9110, 5.6.7 and 10.2.3.
pub(super) fn asked_wait(retry_after: &str, date: Option<&str>, now_ms: i64) -> Option<Duration> {
    let raw = retry_after.trim();
    if !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(raw.parse().unwrap_or(u64::MAX)));
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if let Some((whole, part)) = raw.split_once('.').filter(|(a, b)| digits(a) && digits(b)) {
        let more = u64::from(part.bytes().any(|b| b != b'0'));
        let seconds: u64 = whole.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds.saturating_add(more)));
    }
    let until_ms = http_date_ms(raw)?;
    let from_ms = date.and_then(http_date_ms).unwrap_or(now_ms);
    u64::try_from(until_ms.checked_sub(from_ms)?)
        .ok()
        .map(Duration::from_millis)
}

fn http_date_ms(raw: &str) -> Option<i64> {
    let raw = raw.trim();
    if let Ok(at) = DateTime::parse_from_rfc2822(raw) {
        return Some(at.timestamp_millis());
    }
    // the two obsolete forms that a recipient has to know: RFC 850, and that of asctime
    let forms = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let at = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(raw, form).ok())?;
    Some(at.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_has_many_forms() {
        let check = |raw: &str, seconds: Option<u64>| {
            let wait = asked_wait(raw, Some("Mon, 05 Dec 2022 18:30:00 GMT"), 0);
            assert_eq!(wait, seconds.map(Duration::from_secs), "{raw:?}");
        };
        check("2", Some(2));
        check(" 2 ", Some(2));
        check("0", Some(0));
        check("86400", Some(86_400));
        check("99999999999999999999999", Some(u64::MAX));
        check("Mon, 05 Dec 2022 18:30:03 GMT", Some(3));
        check("Mon, 05 Dec 2022 18:29:00 GMT", None);
        check("Monday, 05-Dec-22 18:30:03 GMT", Some(3));
        check("Mon Dec  5 18:30:03 2022", Some(3));
        check("2.5", Some(3));
        check("2.0", Some(2));
        for garbage in ["soon", "-5", "2.", ".5", "2.5.1", "", "2s", "٢"] {
            check(garbage, None);
        }
    }

    #[test]
    fn without_a_date_header_our_own_clock_counts() {
        let now = http_date_ms("Mon, 05 Dec 2022 18:30:00 GMT").unwrap();
        let wait = asked_wait("Mon, 05 Dec 2022 18:30:10 GMT", None, now);
        assert_eq!(wait, Some(Duration::from_secs(10)));
    }
}
