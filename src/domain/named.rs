//! Periods that offices have a name for: by the calendar, and by Decree 09/2019/NĐ-CP, article 12,
//! which counts from the 15th of the month before to the 14th of the last month.

use chrono::Datelike;

use super::day::Day;
use super::period::Period;

/// What kind of period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// The first or the last six months of a year.
    Half,
    /// The first nine months of a year.
    NineMonths,
    /// A year.
    Year,
}

impl Kind {
    /// How many months it has.
    fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Half => 6,
            Self::NineMonths => 9,
            Self::Year => 12,
        }
    }

    /// How many of them a year has that are told apart by a number.
    fn in_year(self) -> u32 {
        match self {
            Self::NineMonths => 1,
            other => 12 / other.months(),
        }
    }
}

/// A period with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// What kind.
    pub kind: Kind,
    /// True where it is counted from the 15th to the 14th.
    pub reporting: bool,
    /// Its year.
    pub year: i32,
    /// Which of its year, from 1.
    pub number: u32,
}

impl Named {
    /// The name of these days; none where offices have none for them.
    pub fn of(from: Day, to: Day) -> Option<Self> {
        let (first, last) = (from.date(), to.date());
        let reporting = first.day() == 15 && last.day() == 14;
        let is_whole = first.day() == 1 && to.plus(1).date().day() == 1;
        if !reporting && !is_whole {
            return None;
        }
        // a period of the decree belongs to the months of its 14ths
        let begins = if reporting {
            from.plus(31).month_start().date()
        } else {
            first
        };
        let months = (last.month() + 1).checked_sub(begins.month())?;
        let number = begins.month().div_ceil(months.max(1));
        let kinds = [
            Kind::Month,
            Kind::Quarter,
            Kind::Half,
            Kind::NineMonths,
            Kind::Year,
        ];
        let kind = kinds.into_iter().find(|kind| kind.months() == months)?;
        let named = Self {
            kind,
            reporting,
            year: begins.year(),
            number,
        };
        let period = named.period()?;
        ((period.from, period.to) == (from, to)).then_some(named)
    }

    /// Its days, under its label: `2022-12`, `2022-Q4`, `2022-H2`, `2022-9M`, `2022`; of the decree
    /// `from/to`.
    pub fn period(self) -> Option<Period> {
        if !(1..=self.kind.in_year()).contains(&self.number) {
            return None;
        }
        let (year, number) = (self.year, self.number);
        let month = (number - 1) * self.kind.months() + 1;
        let label = match self.kind {
            Kind::Month => format!("{year:04}-{number:02}"),
            Kind::Quarter => format!("{year:04}-Q{number}"),
            Kind::Half => format!("{year:04}-H{number}"),
            Kind::NineMonths => format!("{year:04}-9M"),
            Kind::Year => format!("{year:04}"),
        };
        let first = Day::parse(&format!("{year:04}-{month:02}-01")).ok()?;
        // 31 days after the first of a month lie in the next one
        let months = 0..self.kind.months();
        let next = months.fold(first, |first, _| first.plus(31).month_start());
        if self.reporting {
            let from = first.minus(1).month_start().plus(14);
            return Some(Period::range(from, next.minus(1).month_start().plus(13)));
        }
        Some(Period {
            label: label.into(),
            from: first,
            to: next.minus(1),
        })
    }

    /// The one before it, of the same kind; of nine months those of the year before.
    pub fn before(self) -> Self {
        if self.number > 1 {
            return Self {
                number: self.number - 1,
                ..self
            };
        }
        Self {
            year: self.year - 1,
            number: self.kind.in_year(),
            ..self
        }
    }

    /// The period that is written so: `2022-12`, `2022-Q4`, `2022-H2`, `2022-9M` or `2022`.
    pub fn read(raw: &str) -> Option<Self> {
        let (year, rest) = raw.split_at_checked(4)?;
        if !raw.is_ascii() || !year.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let one_digit = |raw: &str| match raw.as_bytes() {
            [digit @ b'1'..=b'9'] => Some(u32::from(digit - b'0')),
            _ => None,
        };
        let two_digits = |raw: &str| {
            let digits = raw.len() == 2 && raw.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| raw.parse().ok()).flatten()
        };
        let (kind, number) = match rest.strip_prefix('-') {
            None if rest.is_empty() => (Kind::Year, 1),
            None => return None,
            Some("9M") => (Kind::NineMonths, 1),
            Some(rest) => match (rest.strip_prefix('Q'), rest.strip_prefix('H')) {
                (Some(quarter), _) => (Kind::Quarter, one_digit(quarter)?),
                (_, Some(half)) => (Kind::Half, one_digit(half)?),
                (None, None) => (Kind::Month, two_digits(rest)?),
            },
        };
        let named = Self {
            kind,
            reporting: false,
            year: year.parse().ok()?,
            number,
        };
        named.period().map(|_| named)
    }

    /// The same months counted from the 15th to the 14th.
    pub fn reporting(self) -> Self {
        Self {
            reporting: true,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(named: Named) -> String {
        let period = named.period().unwrap();
        format!("{} {} {}", period.label, period.from, period.to)
    }

    #[test]
    fn a_period_that_is_written_has_its_days() {
        let check = |raw: &str, calendar: &str, decree: &str| {
            let named = Named::read(raw).unwrap();
            assert_eq!(days(named), format!("{raw} {calendar}"));
            let [from, to] = [&decree[..10], &decree[11..]];
            assert_eq!(days(named.reporting()), format!("{from}/{to} {from} {to}"));
            for named in [named, named.reporting()] {
                let period = named.period().unwrap();
                assert_eq!(Named::of(period.from, period.to), Some(named));
            }
        };
        check("2023-01", "2023-01-01 2023-01-31", "2022-12-15 2023-01-14");
        check("2024-02", "2024-02-01 2024-02-29", "2024-01-15 2024-02-14");
        check("2023-Q1", "2023-01-01 2023-03-31", "2022-12-15 2023-03-14");
        check("2023-Q4", "2023-10-01 2023-12-31", "2023-09-15 2023-12-14");
        check("2023-H1", "2023-01-01 2023-06-30", "2022-12-15 2023-06-14");
        check("2023-H2", "2023-07-01 2023-12-31", "2023-06-15 2023-12-14");
        check("2023-9M", "2023-01-01 2023-09-30", "2022-12-15 2023-09-14");
        check("2023", "2023-01-01 2023-12-31", "2022-12-15 2023-12-14");
        for bad in [
            "2023-00",
            "2023-13",
            "2023-1",
            "2023-Q5",
            "2023-Q0",
            "2023-H3",
            "2023-6M",
            "23",
            "2023-",
            "2023-12-01",
            "",
            "năm1",
            "2023-Q",
            "+023-01",
        ] {
            assert_eq!(Named::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_without_a_name_have_none() {
        let day = |raw: &str| Day::parse(raw).unwrap();
        for (from, to) in [
            ("2023-01-01", "2023-02-28"),
            ("2023-02-01", "2023-04-30"),
            ("2023-04-01", "2023-09-30"),
            ("2023-04-01", "2023-12-31"),
            ("2022-12-01", "2023-01-31"),
            ("2022-01-01", "2023-12-31"),
            ("2022-12-15", "2023-02-14"),
            ("2022-12-15", "2024-01-14"),
            ("2022-12-15", "2023-01-13"),
            ("2023-01-01", "2023-01-01"),
        ] {
            assert_eq!(Named::of(day(from), day(to)), None, "{from} {to}");
        }
    }

    #[test]
    fn the_one_before_is_of_the_same_kind() {
        for (raw, before) in [
            ("2023-01", "2022-12"),
            ("2023-Q1", "2022-Q4"),
            ("2023-H1", "2022-H2"),
            ("2023-H2", "2023-H1"),
            ("2023-9M", "2022-9M"),
            ("2023", "2022"),
        ] {
            let before = Named::read(before).unwrap();
            let named = Named::read(raw).unwrap();
            assert_eq!(named.before(), before, "{raw}");
            assert_eq!(named.reporting().before(), before.reporting(), "{raw}");
        }
    }
}
