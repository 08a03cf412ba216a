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

    /// Its first and last millisecond since 1970 in UTC.
    pub(super) fn bounds_ms(self) -> (i64, i64) {
        let start = self.day.start_ms();
        let at = |second: u32| start + i64::from(second) * 1_000;
        (at(self.from), at(self.to) + 999)
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
