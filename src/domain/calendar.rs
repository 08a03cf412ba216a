//! On which days offices rest: Saturdays, Sundays and public holidays, but for the Saturdays that
//! make up for a bridged day. The days of each year are announced, so they are data:
//! `holidays.csv` beside this file, and what an operator adds.

use std::collections::BTreeMap;

use chrono::{Datelike, Weekday};

use super::Day;

const SHIPPED: &str = include_str!("holidays.csv");

/// The calendar of offices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar(BTreeMap<Day, Told>);

/// What is told of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    /// True when offices rest.
    rests: bool,
    /// What the day is called; may be empty.
    name: Box<str>,
}

/// A line of a file of days that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line, the first is 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// The earlier line that says the other of the day.
    pub against: Option<usize>,
}

impl Default for Calendar {
    /// The days that the program knows.
    fn default() -> Self {
        let mut shipped = Self(BTreeMap::new());
        // a test reads the file
        let _read = shipped.add(SHIPPED);
        shipped
    }
}

impl Calendar {
    /// Adds lines `day,kind,name`, which hold against those added before; `kind` is `holiday` or
    /// `work`, the name may be missing. Empty lines, the heading and lines that begin with `#` are
    /// none.
    ///
    /// # Errors
    /// The first line that is none of these, or that says the other of a day; the lines before it
    /// are added.
    pub fn add(&mut self, text: &str) -> Result<(), BadLine> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut said: BTreeMap<Day, (bool, usize)> = BTreeMap::new();
        for (raw, line) in text.lines().zip(1..) {
            let raw = raw.trim();
            if raw.is_empty() || raw.starts_with('#') || raw.starts_with("day,") {
                continue;
            }
            let mut cells = raw.splitn(3, ',').map(str::trim);
            let day = cells.next().and_then(|cell| Day::parse(cell).ok());
            let rests = match cells.next() {
                Some("holiday") => Some(true),
                Some("work") => Some(false),
                _ => None,
            };
            let (Some(day), Some(rests)) = (day, rests) else {
                return Err(BadLine {
                    line,
                    text: raw.to_owned(),
                    against: None,
                });
            };
            let (before, against) = *said.entry(day).or_insert((rests, line));
            if before != rests {
                return Err(BadLine {
                    line,
                    text: raw.to_owned(),
                    against: Some(against),
                });
            }
            let name = cells.next().unwrap_or_default().into();
            self.0.insert(day, Told { rests, name });
        }
        Ok(())
    }

    /// True when offices rest on the day: nothing is due from them.
    pub fn rests(&self, day: Day) -> bool {
        let weekend = matches!(day.date().weekday(), Weekday::Sat | Weekday::Sun);
        self.0.get(&day).map_or(weekend, |told| told.rests)
    }

    /// The days from `from` on, before `end`, on which offices rest, in order.
    pub fn days_off(&self, from: Day, end: Day) -> Vec<Day> {
        from.until(end).filter(|day| self.rests(*day)).collect()
    }

    /// The days of the year of `day` that stand in the calendar, in order, with their names: those
    /// on which offices rest, or those on which they work although it is a weekend.
    pub fn of_year(&self, day: Day, rests: bool) -> impl Iterator<Item = (Day, &str)> {
        let year = day.date().year();
        let days = self.0.iter();
        let days = days.filter(move |(day, told)| day.date().year() == year && told.rests == rests);
        days.map(|(day, told)| (*day, &*told.name))
    }

    /// The last year of which it knows holidays.
    pub fn last_year(&self) -> i32 {
        self.0.keys().next_back().map_or(0, |day| day.date().year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(raw: &str) -> Day {
        Day::parse(raw).unwrap()
    }

    #[test]
    fn the_shipped_file_is_read_to_its_end() {
        let mut calendar = Calendar(BTreeMap::new());
        assert_eq!(calendar.add(SHIPPED), Ok(()));
        assert_eq!(calendar, Calendar::default());
        let lines = SHIPPED
            .lines()
            .filter(|line| line.starts_with("20"))
            .count();
        assert_eq!(calendar.0.len(), lines, "no day stands twice");
        assert_eq!(calendar.last_year(), 2026);
        for (day, told) in &calendar.0 {
            let weekend = matches!(day.date().weekday(), Weekday::Sat | Weekday::Sun);
            assert_eq!(
                weekend, !told.rests,
                "{day}: a holiday on a working day, or the reverse"
            );
            assert!(!told.name.is_empty(), "{day}");
        }
        // eleven days a year by law, and what was swapped
        for (year, days) in [(2022, 11), (2023, 11), (2024, 11), (2025, 11), (2026, 11)] {
            let of_year = calendar
                .0
                .iter()
                .filter(|(day, _)| day.date().year() == year);
            let off: i32 = of_year
                .map(|(_, told)| if told.rests { 1 } else { -1 })
                .sum();
            assert!((days - 1..=days).contains(&off), "{year}: {off}");
        }
    }

    /// Each block of rest as it was announced, from its first day to its last, weekends included;
    /// offices worked on the days before and after it. Sources: the head of each year in the file.
    const BLOCKS: [(&str, &str, u32); 26] = [
        ("2022-01-01", "2022-01-03", 3),
        ("2022-01-29", "2022-02-06", 9),
        ("2022-04-09", "2022-04-11", 3),
        ("2022-04-30", "2022-05-03", 4),
        ("2022-09-01", "2022-09-04", 4),
        ("2022-12-31", "2023-01-02", 3),
        ("2023-01-20", "2023-01-26", 7),
        ("2023-04-29", "2023-05-03", 5),
        ("2023-09-01", "2023-09-04", 4),
        ("2023-12-30", "2024-01-01", 3),
        ("2024-02-08", "2024-02-14", 7),
        ("2024-04-18", "2024-04-18", 1),
        ("2024-04-27", "2024-05-01", 5),
        ("2024-05-05", "2024-05-05", 1), // the Saturday before it made up for 29/4
        ("2024-08-31", "2024-09-03", 4),
        ("2025-01-01", "2025-01-01", 1),
        ("2025-01-25", "2025-02-02", 9),
        ("2025-04-05", "2025-04-07", 3),
        ("2025-04-27", "2025-04-27", 1), // the Saturday before it made up for 2/5
        ("2025-04-30", "2025-05-04", 5),
        ("2025-08-30", "2025-09-02", 4),
        ("2026-01-01", "2026-01-04", 4),
        ("2026-02-14", "2026-02-22", 9),
        ("2026-04-25", "2026-04-27", 3),
        ("2026-04-30", "2026-05-03", 4),
        ("2026-08-29", "2026-09-02", 5),
    ];

    #[test]
    fn each_years_blocks_are_as_announced() {
        let calendar = Calendar::default();
        let mut told = std::collections::BTreeSet::new();
        for (first, last, days) in BLOCKS {
            let (first, last) = (day(first), day(last));
            let block: Vec<Day> = (0..days).map(|n| first.plus(n)).collect();
            assert_eq!(block.last(), Some(&last), "{first}");
            assert!(block.iter().all(|day| calendar.rests(*day)), "{first}");
            let around = [first.minus(1), last.plus(1)];
            assert!(!around.iter().any(|day| calendar.rests(*day)), "{first}");
            told.extend(block);
        }
        // no other working day rests, and the Saturdays on which offices work are these
        let unlike = calendar
            .0
            .iter()
            .filter(|(day, of)| of.rests && !told.contains(day));
        assert_eq!(unlike.count(), 0);
        let work: Vec<String> = calendar
            .0
            .iter()
            .filter(|(_, of)| !of.rests)
            .map(|(day, _)| day.to_string())
            .collect();
        let expected = ["2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22"];
        assert_eq!(work, expected);
    }

    #[test]
    fn offices_rest_on_weekends_and_holidays() {
        let calendar = Calendar::default();
        let check = |raw: &str, rests: bool| assert_eq!(calendar.rests(day(raw)), rests, "{raw}");
        check("2022-12-05", false); // Monday
        check("2022-12-10", true); // Saturday
        check("2022-12-11", true); // Sunday
        check("2022-02-01", true); // Tet
        check("2024-04-29", true); // swapped
        check("2024-05-04", false); // made up for, a Saturday
        check("2026-04-27", true); // Gio To fell on a Sunday
        check("2026-08-22", false);
    }

    #[test]
    fn an_operator_adds_days() {
        let mut calendar = Calendar::default();
        let text = "day,kind,name\n# ours\n2026-11-24,holiday,x\n2026-12-12,work\n";
        assert_eq!(calendar.add(text), Ok(()));
        assert!(calendar.rests(day("2026-11-24")) && !calendar.rests(day("2026-12-12")));
        let bad = calendar
            .add("2026-11-24,holiday\n24/11/2026,holiday\n")
            .unwrap_err();
        assert_eq!((bad.line, &*bad.text), (2, "24/11/2026,holiday"));
        assert!(calendar.add("2026-11-24,rest").is_err());
        let both = "2026-11-24,holiday,x\n2026-11-24,holiday,y\n2026-11-24,work\n";
        let bad = calendar.add(both).unwrap_err();
        assert_eq!((bad.line, bad.against), (3, Some(1)));
    }
}
