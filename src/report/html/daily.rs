//! Each night's own share: days of the week differ, and a month of them shows it.

use chrono::{Datelike, Weekday};

use crate::domain::Day;
use crate::text;

use super::Page;
use super::trend::Drawing;

/// The words of the days of a week, Monday first.
const WEEKDAYS: [&str; 7] = [
    "weekday-mon",
    "weekday-tue",
    "weekday-wed",
    "weekday-thu",
    "weekday-fri",
    "weekday-sat",
    "weekday-sun",
];

impl Page<'_> {
    /// The drawing of the days of a month: Mondays are named, and the weekends stand out.
    pub(super) fn daily(&self) -> Drawing {
        let rows = &self.r.trend.daily;
        let mut drawing = self.drawing(rows, &false);
        drawing.names.clear();
        for (place, row) in rows.iter().enumerate() {
            let x = super::trend::at(place, rows.len());
            match row.day.date().weekday() {
                Weekday::Mon => drawing.names.push((x, self.weekday(row.day))),
                Weekday::Sat | Weekday::Sun => drawing.rests.push(x),
                _ => {}
            }
        }
        drawing.rest_width = 664 / i128::try_from(rows.len().max(1)).unwrap_or(1);
        drawing
    }

    /// What the drawing says in a sentence.
    pub(super) fn daily_said(&self) -> String {
        self.trend_said(&self.r.trend.daily, &false)
    }

    /// A day with its day of the week: `T2 05/12`.
    pub(super) fn weekday(&self, day: impl std::borrow::Borrow<Day>) -> String {
        let date = day.borrow().date();
        let nth = usize::try_from(date.weekday().num_days_from_monday()).unwrap_or(0);
        let word = WEEKDAYS
            .get(nth)
            .map_or_else(String::new, |key| self.t(key));
        format!("{word} {}", text::day_short(self.r.lang, *day.borrow()))
    }
}
