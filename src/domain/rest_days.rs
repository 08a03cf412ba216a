//! How far back a credit may reach for the days of a gateway, when days on which offices rest lie
//! between them: nothing is paid out then, and several days arrive together afterwards.

use super::{Day, Rules};

/// So many days around a day are asked for days off: more than any holidays last.
pub const REST_REACH: u32 = 30;

impl Rules {
    fn rests(&self, day: Day) -> bool {
        self.days_off.binary_search(&day).is_ok()
    }

    /// One of three days off or more in a row: holidays, not a weekend.
    fn is_holiday(&self, day: Day) -> bool {
        let rests = [2, 1].map(|n| self.rests(day.minus(n)));
        let after = [1, 2].map(|n| self.rests(day.plus(n)));
        let (before, behind) = (rests[1], after[0]);
        self.rests(day) && (before && (rests[0] || behind) || behind && after[1])
    }

    /// The first day that a credit of the day `on` may hand on: so many days of work before it as a
    /// gateway's batch may take, days off not counted.
    pub fn batch_from(&self, on: Day) -> Day {
        let (mut first, mut left) = (on, self.batch_days);
        loop {
            let before = first.minus(1);
            if before == first || (left == 0 && !self.rests(before)) {
                return first;
            }
            left -= u32::from(!self.rests(before));
            first = before;
        }
    }

    /// The last day on which a credit may come that hands on the day `of`.
    pub fn batch_until(&self, of: Day) -> Day {
        let (mut last, mut left) = (of, self.batch_days);
        loop {
            let next = last.plus(1);
            if next == last || (left == 0 && !self.rests(last)) {
                return last;
            }
            left -= u32::from(!self.rests(last));
            last = next;
        }
    }

    /// The first day of which a night's pool holds every gateway payment and valid receipt:
    /// `window_days` before it, of which days in a row of three days off or more are none.
    pub fn whole_from(&self, night: Day) -> Day {
        let (mut first, mut left) = (night, self.window_days);
        while left > 0 {
            let before = first.minus(1);
            if before == first {
                break;
            }
            left -= u32::from(!self.is_holiday(before));
            first = before;
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::super::Calendar;
    use super::*;

    fn day(raw: &str) -> Day {
        Day::parse(raw).unwrap()
    }

    fn rules() -> Rules {
        let days_off = Calendar::default().days_off(day("2024-12-01"), day("2025-08-01"));
        Rules {
            days_off,
            ..Rules::default()
        }
    }

    #[test]
    fn days_off_are_not_counted() {
        let rules = rules();
        // a Monday: Wednesday, Thursday and Friday are the three days of work before it
        assert_eq!(rules.batch_from(day("2025-06-23")), day("2025-06-18"));
        assert_eq!(rules.batch_from(day("2025-06-20")), day("2025-06-17"));
        // the first day of work after the nine days of Tết 2025
        assert_eq!(rules.batch_from(day("2025-02-03")), day("2025-01-22"));
        assert_eq!(rules.whole_from(day("2025-02-03")), day("2025-01-18"));
        assert_eq!(rules.whole_from(day("2025-06-23")), day("2025-06-16"));
        let none = Rules::default();
        assert_eq!(none.batch_from(day("2025-06-23")), day("2025-06-20"));
        assert_eq!(none.batch_until(day("2025-06-20")), day("2025-06-23"));
    }

    #[test]
    fn a_credit_reaches_as_far_back_as_its_day_waits() {
        let rules = rules();
        for of in day("2025-01-02").until(day("2025-07-01")) {
            let last = rules.batch_until(of);
            assert!(rules.batch_from(last) <= of, "{of}");
            assert!(rules.batch_from(last.plus(1)) > of, "{of}");
            let next = rules.whole_from(of.plus(1));
            assert!(rules.whole_from(of) <= next, "{of}: the window goes back");
        }
    }
}
