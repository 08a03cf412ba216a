//! The firm sums of earlier nights, as coarse as tonight's periods allow.
//!
//! Sums are kept by day and night (`firm_change`), and of all nights by half a month (`firm_half`).
//! A night takes whole halves, and single days only of the halves in which a period begins or ends.
//! So what it reads depends on its periods and on how many scopes there are, not on how many nights
//! were before it.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::identity;

use super::batch::{batches, keys};
use super::codec::day;
use super::exec::{Bind, Row};
use super::owner::owners_of_night;
use super::statement as sql;
use super::{Store, StoreError};
use crate::domain::{Agency, Day, Period};
use crate::kpi::{PriorSum, Scope};
use crate::settle::Inputs;

impl Store {
    /// Firm sums before `night`, without the items of `pool`, sorted: by spans of days of which
    /// each of `periods` holds all or none, from the first day of the earliest one on.
    pub async fn prior(
        &self,
        night: Day,
        periods: &[Period],
        pool: &Inputs,
    ) -> Result<Vec<PriorSum>, StoreError> {
        let Some(spans) = Spans::new(night, periods, &pool.agencies) else {
            return Ok(Vec::new());
        };
        let mut tx = self.begin_read().await?;
        let (night, from) = (night.to_string(), spans.first.to_string());
        let [before, since] = [Bind::Text(&night), Bind::Text(&from)];
        let mut sums = Sums::new(&spans);
        let halves = batches(spans.halves(), |row, (start, first, last)| {
            row.text("k", &start.to_string())
                .text("from", &first.to_string())
                .text("to", &last.to_string());
        });
        for row in tx
            .rows_of_batches(&sql::SELECT_FIRM_HALF, &halves, &[])
            .await?
        {
            sums.add(&row, 1, identity)?;
        }
        for row in tx.rows(&sql::SELECT_FIRM_LATER, &[before, since]).await? {
            sums.add(&row, -1, half_start)?;
        }
        let cut = batches(spans.cut(), |row, (first, last)| {
            row.text("from", &first.to_string())
                .text("to", &last.to_string());
        });
        for row in tx
            .rows_of_batches(&sql::SELECT_FIRM_DAY, &cut, &[before])
            .await?
        {
            sums.add(&row, -1, half_start)?;
            sums.add(&row, 1, identity)?;
        }
        let owners = owners_of_night(&mut tx, pool, &night).await?;
        for row in tx
            .rows_of_batches(&sql::SELECT_FIRM_OWNED, &keys(&owners), &[before, since])
            .await?
        {
            sums.add(&row, -1, identity)?;
        }
        Ok(sums.list())
    }
}

/// The first day of the half of a month (the 1st to the 14th, the 15th to the end) that holds a
/// day: months of reports begin on the 1st or on the 15th.
fn half_start(day: Day) -> Day {
    let fifteenth = day.month_start().plus(14);
    if day < fifteenth {
        return day.month_start();
    }
    fifteenth
}

/// The last day of that half.
fn half_end(day: Day) -> Day {
    let fifteenth = day.month_start().plus(14);
    if day < fifteenth {
        return fifteenth.minus(1);
    }
    day.month_start().plus(31).month_start().minus(1)
}

/// Spans of days, one after the other without a gap, the last one without an end.
struct Spans {
    first: Day,
    /// The first day of each.
    starts: BTreeSet<Day>,
}

impl Spans {
    /// Every day on which a period begins or the day after it ended, every first of a month up to
    /// the night, the 15th of the last two (so that later reports of whole months find their sums),
    /// and days from which an agency's successor is another one. None without periods.
    fn new(night: Day, periods: &[Period], agencies: &[Agency]) -> Option<Self> {
        let first = periods.iter().map(|period| period.from).min()?;
        let ends = |period: &Period| [period.from, period.to.plus(1)];
        let mut starts: BTreeSet<Day> = periods.iter().flat_map(ends).collect();
        let mut month = first.month_start();
        while month <= night {
            starts.insert(month);
            month = month.plus(31).month_start();
        }
        let this = night.month_start();
        let fifteenths = [this.minus(1).month_start().plus(14), this.plus(14)];
        starts.extend(fifteenths.into_iter().filter(|start| *start <= night));
        if agencies.iter().any(|a| a.successor_code.is_some()) {
            let changes = |agency: &Agency| {
                let ended = agency.valid_to.map(|to| to.plus(1));
                [Some(agency.valid_from), ended]
            };
            let changes = agencies.iter().flat_map(changes).flatten();
            starts.extend(changes.filter(|change| *change <= night));
        }
        starts.retain(|start| (first..=never()).contains(start));
        Some(Self { first, starts })
    }

    /// The first day of the span that holds a day; none before the first.
    fn start_of(&self, day: Day) -> Option<Day> {
        self.starts.range(..=day).next_back().copied()
    }

    /// The day after the span that begins on one.
    fn after(&self, start: Day) -> Option<Day> {
        self.starts.range(start.plus(1)..).next().copied()
    }

    /// The whole halves that begin in each span: its first day, the first and the last day on which
    /// they may begin.
    fn halves(&self) -> impl Iterator<Item = (Day, Day, Day)> {
        let last = |start: Day| self.after(start).map_or(never(), |next| next.minus(1));
        self.starts
            .iter()
            .map(move |start| (*start, *start, last(*start)))
    }

    /// The days from which on halves are cut by the beginning of a span, to the end of the half.
    fn cut(&self) -> impl Iterator<Item = (Day, Day)> {
        let inside = |start: &&Day| half_start(**start) != **start;
        let mut cut: BTreeMap<Day, Day> = BTreeMap::new();
        for start in self.starts.iter().filter(inside) {
            let from = cut.entry(half_end(*start)).or_insert(*start);
            *from = (*from).min(*start);
        }
        cut.into_iter().map(|(end, from)| (from, end))
    }
}

/// The last day that can be written.
fn never() -> Day {
    Day::of_ms(0).plus(2_932_896)
}

/// The sums by definition, scope and first day of the span.
struct Sums<'a> {
    spans: &'a Spans,
    sums: BTreeMap<(Box<str>, Scope, Day), (i128, i128)>,
}

impl<'a> Sums<'a> {
    fn new(spans: &'a Spans) -> Self {
        Self {
            spans,
            sums: BTreeMap::new(),
        }
    }

    /// Adds a row, or takes it away, in the span of the day that `of` makes of its own.
    fn add(
        &mut self,
        row: &Row,
        sign: i128,
        of: impl FnOnce(Day) -> Day,
    ) -> Result<(), StoreError> {
        let day = row.parsed("day", day)?;
        let Some(start) = self.spans.start_of(of(day)) else {
            return Ok(());
        };
        let key = (
            row.text("definition")?.into(),
            Scope::parse(row.text("scope")?),
            start,
        );
        let sum = self.sums.entry(key).or_default();
        sum.0 += sign * i128::from(row.int("numerator")?);
        sum.1 += sign * i128::from(row.int("denominator")?);
        Ok(())
    }

    fn list(self) -> Vec<PriorSum> {
        let spans = self.spans;
        let sums = self.sums.into_iter().filter(|(_, sum)| *sum != (0, 0));
        let sums = sums.map(|((definition, scope, day), sum)| {
            let last = spans.after(day).map_or(never(), |next| next.minus(1));
            PriorSum {
                definition,
                scope,
                day,
                to: (last != day).then_some(last),
                numerator: sum.0,
                denominator: sum.1,
            }
        });
        sums.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(raw: &str) -> Day {
        Day::parse(raw).unwrap()
    }

    fn told(periods: &[Period], night: &str) -> (String, String) {
        let spans = Spans::new(d(night), periods, &[]).unwrap();
        let starts = spans.starts.iter().map(|start| start.to_string());
        let cut = spans.cut().map(|(from, to)| format!("{from}/{to}"));
        let join = |texts: Vec<String>| texts.join(" ");
        (join(starts.collect()), join(cut.collect()))
    }

    fn of_night(night: &str) -> [Period; 3] {
        let night = d(night);
        [
            Period::night(night),
            Period::month_to(night),
            Period::year_to(night),
        ]
    }

    #[test]
    fn a_night_needs_days_only_of_its_own_half_month() {
        let check = |night: &str, starts: &str, cut: &str| {
            let found = told(&of_night(night), night);
            assert_eq!(found, (starts.to_owned(), cut.to_owned()), "{night}");
        };
        check(
            "2022-01-01",
            "2022-01-01 2022-01-02",
            "2022-01-02/2022-01-14",
        );
        check(
            "2022-02-20",
            "2022-01-01 2022-01-15 2022-02-01 2022-02-15 2022-02-20 2022-02-21",
            "2022-02-20/2022-02-28",
        );
        check(
            "2022-03-31",
            "2022-01-01 2022-02-01 2022-02-15 2022-03-01 2022-03-15 2022-03-31 2022-04-01",
            "2022-03-31/2022-03-31",
        );
    }

    #[test]
    fn a_period_that_cuts_a_half_is_read_by_day_there() {
        let range = Period::range(d("2021-12-30"), d("2022-01-03"));
        let (starts, cut) = told(&[range], "2022-01-10");
        assert_eq!(starts, "2021-12-30 2022-01-01 2022-01-04");
        assert_eq!(cut, "2021-12-30/2021-12-31 2022-01-04/2022-01-14");
    }

    #[test]
    fn a_period_may_end_on_the_last_day_that_can_be_written() {
        let range = Period::range(d("2022-12-05"), d("9999-12-31"));
        let (starts, cut) = told(&[range], "2022-12-10");
        assert_eq!(starts, "2022-12-05");
        assert_eq!(cut, "2022-12-05/2022-12-14");
    }

    #[test]
    fn a_successor_begins_a_span() {
        let agency = Agency {
            code: crate::domain::AgencyCode::new("H48.18"),
            valid_from: d("2020-01-01"),
            valid_to: Some(d("2022-02-09")),
            name: "X".into(),
            level: "commune".into(),
            parent_code: None,
            successor_code: Some(crate::domain::AgencyCode::new("H48.19")),
            kind: "committee".into(),
        };
        let periods = of_night("2022-03-10");
        let spans = Spans::new(d("2022-03-10"), &periods, &[agency]).unwrap();
        assert!(spans.starts.contains(&d("2022-02-10")));
        assert_eq!(spans.start_of(d("2022-02-12")), Some(d("2022-02-10")));
    }

    #[test]
    fn the_last_day_can_be_written() {
        assert_eq!(never().to_string(), "9999-12-31");
        assert_eq!(half_end(d("2024-02-20")), d("2024-02-29"));
    }
}
