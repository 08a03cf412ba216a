//! The sandbox's own "now": providers show only what had happened and reached them by then.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta};

/// +07:00 in seconds.
const LOCAL_SECONDS: i64 = 7 * 3600;

/// A clock that stands still until it is set; the real time plays no part.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    ms: AtomicI64,
}

impl VirtualClock {
    /// A clock that shows a local (+07:00) time.
    pub(crate) fn new(local: NaiveDateTime) -> Self {
        let utc = local - TimeDelta::seconds(LOCAL_SECONDS);
        Self {
            ms: AtomicI64::new(utc.and_utc().timestamp_millis()),
        }
    }

    /// Sets the clock, forwards or backwards.
    pub(crate) fn set(&self, now: DateTime<FixedOffset>) {
        self.ms.store(now.timestamp_millis(), Ordering::SeqCst);
    }

    /// Now in UTC.
    pub(crate) fn utc(&self) -> NaiveDateTime {
        let ms = self.ms.load(Ordering::SeqCst);
        DateTime::from_timestamp_millis(ms)
            .map(|at| at.naive_utc())
            .unwrap_or_default()
    }

    /// Now at +07:00.
    pub(crate) fn local(&self) -> NaiveDateTime {
        self.utc() + TimeDelta::seconds(LOCAL_SECONDS)
    }

    /// Now, `ahead` seconds later, as an HTTP date.
    pub(crate) fn http_date(&self, ahead: i64) -> String {
        let at = self.utc() + TimeDelta::seconds(ahead);
        at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_is_seven_hours_ahead() {
        let clock = VirtualClock::new("2022-12-06T01:30:00".parse().unwrap());
        assert_eq!(clock.utc().to_string(), "2022-12-05 18:30:00");
        assert_eq!(clock.local().to_string(), "2022-12-06 01:30:00");
        assert_eq!(clock.http_date(3), "Mon, 05 Dec 2022 18:30:03 GMT");
        clock.set("2022-12-07T00:00:01+07:00".parse().unwrap());
        assert_eq!(clock.local().to_string(), "2022-12-07 00:00:01");
    }
}
