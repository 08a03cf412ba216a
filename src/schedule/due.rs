//! Which nights are due. A night is due once the schedule has fired after its business day closed;
//! every closed day before it is due, too, also where the schedule rests on some days of the week.

use std::collections::BTreeSet;

use super::Cron;
use crate::domain::Day;

/// So long after its time a start still counts as on time, in milliseconds.
const ON_TIME_MS: i64 = 600_000;

/// Which missed nights are made up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// Every one, oldest first.
    All,
    /// The last one only.
    Last,
    /// None.
    None,
}

impl CatchUp {
    /// Every choice with its word in `[schedule] catch_up`.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("all", Self::All),
        ("last", Self::Last),
        ("none", Self::None),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        let is_it = |(word, choice): &(&'static str, Self)| (*choice == self).then_some(*word);
        Self::WORDS.iter().find_map(is_it).unwrap_or_default()
    }
}

/// What decides which nights are due.
#[derive(Clone, Debug)]
pub struct Nights {
    /// When the night runs.
    pub cron: Cron,
    /// Which missed nights are made up for.
    pub catch_up: CatchUp,
    /// The first business day of operation; no night before it is missed. Without it the first
    /// published night stands for it, and before there is one `installed`.
    pub start: Option<Day>,
    /// The day on which the database was made; without it nothing is missed before a night is
    /// published.
    pub installed: Option<Day>,
    /// How long after its midnight a business day is closed, in milliseconds.
    pub close_ms: i64,
}

impl Nights {
    /// The business day of a night that starts at `ms` (milliseconds since 1970 in UTC).
    pub fn day_of(&self, ms: i64) -> Day {
        Day::of_ms(ms.saturating_sub(self.close_ms))
    }

    /// When the night of `day` runs: the first fire time after the day has closed, in milliseconds
    /// since 1970 in UTC.
    pub fn due_ms(&self, day: Day) -> Option<i64> {
        let closed_ms = day.start_ms().saturating_add(self.close_ms);
        self.cron.next_after(closed_ms.saturating_sub(1))
    }

    /// The newest night that is due at `now_ms`.
    pub fn newest_due(&self, now_ms: i64) -> Option<Day> {
        Some(self.day_of(self.cron.last_until(now_ms)?))
    }

    /// Every night that is due at `now_ms` and not published, oldest first, whatever is made up
    /// for.
    pub fn lacking(&self, now_ms: i64, published: &BTreeSet<Day>) -> Vec<Day> {
        let first = self.start.or(published.first().copied());
        let first = first.or(self.installed);
        let (Some(first), Some(newest)) = (first, self.newest_due(now_ms)) else {
            return Vec::new();
        };
        let is_missed = |day: &Day| !published.contains(day);
        days(first, newest).filter(is_missed).collect()
    }

    /// Those of the lacking nights that the schedule has a time for: where it rests (weekends), a
    /// night that is not run is none that was missed.
    pub fn overdue(&self, now_ms: i64, published: &BTreeSet<Day>) -> Vec<Day> {
        let mut lacking = self.lacking(now_ms, published);
        lacking.retain(|day| self.due_ms(*day).map(|due| self.day_of(due)) == Some(*day));
        lacking
    }

    /// The missed nights that are made up for at `now_ms`, oldest first.
    pub fn missed(&self, now_ms: i64, published: &BTreeSet<Day>) -> Vec<Day> {
        let mut lacking = self.lacking(now_ms, published);
        match self.catch_up {
            CatchUp::All => lacking,
            CatchUp::Last => {
                let newest = self.newest_due(now_ms);
                lacking.retain(|day| Some(*day) == newest);
                lacking
            }
            CatchUp::None => Vec::new(),
        }
    }

    /// What runs when the schedule has fired and it is now `now_ms`. The night of the fire time
    /// runs, also when it was published before; where the program was not there on time (it was
    /// asleep, or the clock jumped), that night is a missed one. `free_ms` is the time from which
    /// the program could have started: a night that took long makes the next one late, not missed.
    pub fn fired(&self, now_ms: i64, free_ms: i64, published: &BTreeSet<Day>) -> Vec<Day> {
        let mut nights = self.missed(now_ms, published);
        let Some(fire) = self.cron.last_until(now_ms) else {
            return nights;
        };
        let newest = self.day_of(fire);
        let is_on_time = now_ms.saturating_sub(fire.max(free_ms)) <= ON_TIME_MS;
        if is_on_time && nights.last() != Some(&newest) {
            nights.push(newest);
        }
        nights
    }
}

fn days(from: Day, to: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(from), |day| Some(day.plus(1))).take_while(move |day| *day <= to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Moment;

    fn at(text: &str) -> i64 {
        Moment::parse(text).unwrap().ms()
    }

    fn nights(line: &str, catch_up: CatchUp, start: Option<&str>) -> Nights {
        Nights {
            cron: Cron::parse(line).unwrap(),
            catch_up,
            start: start.map(|day| Day::parse(day).unwrap()),
            installed: None,
            close_ms: 86_400_000,
        }
    }

    fn told(days: &[Day]) -> String {
        let days: Vec<String> = days.iter().map(|day| day.to_string()[8..].into()).collect();
        days.join(" ")
    }

    fn published(days: &[&str]) -> BTreeSet<Day> {
        let day = |d: &&str| Day::parse(&format!("2022-12-{d}")).unwrap();
        days.iter().map(day).collect()
    }

    #[test]
    fn a_night_is_due_at_the_first_time_after_its_day_closed() {
        let check = |cron: &str, close_hours: i64, day: &str, want: &str| {
            let mut nights = nights(cron, CatchUp::All, None);
            nights.close_ms = close_hours * 3_600_000;
            let due = nights.due_ms(Day::parse(day).unwrap());
            assert_eq!(due, Some(at(want)), "{cron} {close_hours} {day}");
        };
        check("30 1 * * *", 24, "2022-12-05", "2022-12-06T01:30:00");
        check("0 0 * * *", 24, "2022-12-05", "2022-12-06T00:00:00");
        check("30 23 * * *", 23, "2022-12-05", "2022-12-05T23:30:00");
        check("30 22 * * *", 23, "2022-12-05", "2022-12-06T22:30:00");
        // a Saturday, where the schedule rests
        check("0 2 * * 1-5", 24, "2022-12-10", "2022-12-12T02:00:00");
    }

    #[test]
    fn where_the_schedule_rests_nothing_is_overdue() {
        let check = |cron: &str, want: &str| {
            let nights = nights(cron, CatchUp::All, Some("2022-12-05"));
            let overdue = nights.overdue(at("2022-12-13T12:00:00"), &published(&["07"]));
            assert_eq!(told(&overdue), want, "{cron}");
        };
        check("30 1 * * *", "05 06 08 09 10 11 12");
        // 2022-12-05 is a Monday; its night runs on Tuesday
        check("0 2 * * 2-6", "05 06 08 09 12");
        check("0 2 * * 1-5", "05 06 08 11 12");
        check("0 2 * * 7", "10");
    }

    #[test]
    fn missed_nights_are_all_the_last_or_none() {
        let check = |catch_up, start, now: &str, done: &[&str], want: &str| {
            let nights = nights("30 1 * * *", catch_up, start);
            let missed = nights.missed(at(now), &published(done));
            assert_eq!(told(&missed), want, "{catch_up:?} {start:?} {now} {done:?}");
        };
        let (all, last) = (CatchUp::All, CatchUp::Last);
        // before 01:30 the last day is closed but not due
        check(all, None, "2022-12-10T01:29:59", &["05"], "06 07 08");
        check(all, None, "2022-12-10T01:30:00", &["05"], "06 07 08 09");
        check(all, None, "2022-12-10T01:30:00", &["05", "08"], "06 07 09");
        check(last, None, "2022-12-10T02:00:00", &["05"], "09");
        check(last, None, "2022-12-10T02:00:00", &["05", "09"], "");
        check(CatchUp::None, None, "2022-12-10T02:00:00", &["05"], "");
        // nothing was published: only [start] date says what is missed
        check(all, None, "2022-12-10T02:00:00", &[], "");
        let start = Some("2022-12-07");
        check(all, start, "2022-12-10T02:00:00", &[], "07 08 09");
        check(last, start, "2022-12-10T02:00:00", &[], "09");
        check(all, start, "2022-12-06T02:00:00", &[], "");
        check(last, start, "2022-12-06T02:00:00", &[], "");
        // the day of the install counts where nothing was ever published, and only there
        let mut installed = nights("30 1 * * *", all, None);
        installed.installed = Some(Day::parse("2022-12-08").unwrap());
        let now = at("2022-12-10T02:00:00");
        assert_eq!(told(&installed.lacking(now, &published(&[]))), "08 09");
        assert_eq!(
            told(&installed.lacking(now, &published(&["06"]))),
            "07 08 09"
        );
        assert_eq!(
            told(&installed.missed(at("2022-12-08T23:00:00"), &published(&[]))),
            ""
        );
        // what is lacking is told whatever is made up for
        let rests = nights("30 1 * * *", CatchUp::None, None);
        let lacking = rests.lacking(at("2022-12-10T02:00:00"), &published(&["05", "08"]));
        assert_eq!(told(&lacking), "06 07 09");
    }

    #[test]
    fn a_schedule_that_rests_at_weekends_leaves_no_day_out() {
        // Friday the 9th, then Monday the 12th: the nights of Friday, Saturday and Sunday
        let nights = nights("30 1 * * 1-5", CatchUp::All, None);
        let now = at("2022-12-12T01:30:00");
        let done = published(&["05", "06", "07", "08"]);
        assert_eq!(told(&nights.fired(now, 0, &done)), "09 10 11");
        let sunday = at("2022-12-11T12:00:00");
        assert_eq!(told(&nights.missed(sunday, &done)), "");
    }

    #[test]
    fn a_night_on_time_runs_and_a_late_one_is_missed() {
        let check = |catch_up, now: &str, free: &str, want: &str| {
            let nights = nights("30 1 * * *", catch_up, None);
            let done = published(&["05", "06"]);
            let fired = nights.fired(at(now), at(free), &done);
            assert_eq!(told(&fired), want, "{catch_up:?} {now} {free}");
        };
        let before = "2022-12-09T00:00:00";
        check(CatchUp::None, "2022-12-09T01:30:00", before, "08");
        check(CatchUp::Last, "2022-12-09T01:30:00", before, "08");
        check(CatchUp::All, "2022-12-09T01:30:00", before, "07 08");
        check(CatchUp::None, "2022-12-09T01:40:00", before, "08");
        check(CatchUp::None, "2022-12-09T01:40:01", before, "");
        check(CatchUp::Last, "2022-12-09T01:40:01", before, "08");
        // busy until 03:00: late, not missed
        check(
            CatchUp::None,
            "2022-12-09T03:00:00",
            "2022-12-09T03:00:00",
            "08",
        );
        // published before, on time: again
        check(
            CatchUp::None,
            "2022-12-07T01:30:00",
            "2022-12-07T00:00:00",
            "06",
        );
    }
}
