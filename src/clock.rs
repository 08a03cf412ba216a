//! The only reader of the time. Everything else is given a [`Clock`] or a day: a night is addressed
//! by its business date, and the host's zone is never used.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use thiserror::Error;

/// Tells the time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Milliseconds since 1970 in UTC.
    fn now_ms(&self) -> i64;

    /// Waits for `length`, or less: who waits looks at the clock again, since a clock may be set
    /// and a machine may sleep.
    fn nap(&self, length: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(length))
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's time"
    )]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// A clock that stands still until it is set; for the demo and for tests.
#[derive(Debug, Default)]
pub struct FixedClock(AtomicI64);

/// A clock was asked to go backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the clock stands at {now_ms} ms and cannot go back to {asked_ms} ms")]
pub struct BackInTime {
    /// Where it stands.
    pub now_ms: i64,
    /// Where it should have gone.
    pub asked_ms: i64,
}

impl FixedClock {
    /// Stands at `ms` (milliseconds since 1970 in UTC).
    pub const fn new(ms: i64) -> Self {
        Self(AtomicI64::new(ms))
    }

    /// Moves the clock forward to `ms`; an earlier time is refused and changes nothing.
    pub fn set(&self, ms: i64) -> Result<(), BackInTime> {
        let before = self.0.fetch_max(ms, Ordering::SeqCst);
        if before > ms {
            Err(BackInTime {
                now_ms: before,
                asked_ms: ms,
            })
        } else {
            Ok(())
        }
    }
}

impl Clock for FixedClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Measures how long something takes, independent of any clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's time"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// What is left of `limit`; zero once it has passed.
    pub fn left_of(&self, limit: Duration) -> Duration {
        limit.saturating_sub(self.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_never_goes_backwards() {
        let clock = FixedClock::new(1_000);
        assert_eq!(clock.set(5_000), Ok(()));
        assert_eq!(clock.set(5_000), Ok(()));
        let refused = clock.set(4_999).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the clock stands at 5000 ms and cannot go back to 4999 ms"
        );
        assert_eq!(clock.now_ms(), 5_000);
    }

    #[test]
    fn a_stopwatch_runs_out() {
        let watch = Stopwatch::start();
        assert_eq!(watch.left_of(Duration::ZERO), Duration::ZERO);
        assert!(watch.left_of(Duration::from_hours(1)) > Duration::from_mins(50));
    }
}
