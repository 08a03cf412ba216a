//! A part of a day, for sources whose answers are cut off at a limit: cut in two until none is
//! full.

use crate::domain::Day;

const DAY_SECONDS: u32 = 86_400;

/// Seconds of a day, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) day: Day,
    from: u32,
    to: u32,
}

impl Span {
    /// The whole day.
    pub(super) fn day(day: Day) -> Self {
        Self {
            day,
            from: 0,
            to: DAY_SECONDS - 1,
        }
    }

    /// Its first second, as `YYYY-MM-DD HH:MM:SS`.
    pub(super) fn first(self) -> String {
        self.stamp(self.from)
    }

    /// Its last second.
    pub(super) fn last(self) -> String {
        self.stamp(self.to)
    }

    /// Its first millisecond since 1970 in UTC.
    pub(super) fn first_ms(self) -> i64 {
        self.day.start_ms() + i64::from(self.from) * 1_000
    }

    /// The first millisecond after it.
    pub(super) fn after_ms(self) -> i64 {
        self.day.start_ms() + i64::from(self.to) * 1_000 + 1_000
    }

    /// The end to ask for: the last millisecond of a day; elsewhere the first one of the span
    /// behind it, so that the two meet without a gap whether the source counts the end in or not,
    /// and however finely it tells times.
    pub(super) fn end_ms(self) -> i64 {
        let is_last = self.to == DAY_SECONDS - 1;
        self.after_ms() - i64::from(is_last)
    }

    /// True when it is a whole day.
    pub(super) fn is_whole(self) -> bool {
        self == Self::day(self.day)
    }

    fn stamp(self, second: u32) -> String {
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        format!("{} {hour:02}:{minute:02}:{:02}", self.day, second % 60)
    }

    /// Two halves; none for a single second.
    pub(super) fn halves(self) -> Vec<Self> {
        if self.from == self.to {
            return Vec::new();
        }
        let middle = self.from.midpoint(self.to);
        vec![
            Self { to: middle, ..self },
            Self {
                from: middle + 1,
                ..self
            },
        ]
    }
}
