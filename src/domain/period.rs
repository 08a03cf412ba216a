//! Periods of the share and targets with validity.

use serde::Serialize;

use super::day::Day;
use super::fraction::Fraction;

/// A period of the share by `paid_on` (or the definition's own day), both ends included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Period {
    /// `YYYY-MM-DD`, `YYYY-MM`, `YYYY-Qn`, `YYYY`, `from/to`, or empty for the whole input.
    pub label: Box<str>,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

impl Period {
    /// One night.
    pub fn night(day: Day) -> Self {
        Self {
            label: day.to_string().into(),
            from: day,
            to: day,
        }
    }

    /// The month of `day`, up to `day`.
    pub fn month_to(day: Day) -> Self {
        Self {
            label: day.date().format("%Y-%m").to_string().into(),
            from: day.month_start(),
            to: day,
        }
    }

    /// The year of `day`, up to `day`.
    pub fn year_to(day: Day) -> Self {
        Self {
            label: day.date().format("%Y").to_string().into(),
            from: day.year_start(),
            to: day,
        }
    }

    /// A whole month: `2022-12`.
    pub fn month(raw: &str) -> Option<Self> {
        Some(Self::whole(raw, first_of(raw)?, 1))
    }

    /// A whole quarter: `2022-Q4`.
    pub fn quarter(raw: &str) -> Option<Self> {
        let (year, quarter) = raw.split_once("-Q")?;
        let month = match quarter {
            "1" => "01",
            "2" => "04",
            "3" => "07",
            "4" => "10",
            _ => return None,
        };
        let first = first_of(&format!("{year}-{month}"))?;
        Some(Self::whole(raw, first, 3))
    }

    /// A whole year: `2022`.
    pub fn year(raw: &str) -> Option<Self> {
        let first = first_of(&format!("{raw}-01"))?;
        Some(Self::whole(raw, first, 12))
    }

    /// The month of a periodic report, `2022-12`: from the 15th of the month before to the 14th
    /// (Decree 09/2019/NĐ-CP, article 12).
    pub fn reporting_month(raw: &str) -> Option<Self> {
        let first = first_of(raw)?;
        let (from, to) = (first.minus(1).month_start().plus(14), first.plus(13));
        Some(Self::range(from, to))
    }

    /// Days from one to another.
    pub fn range(from: Day, to: Day) -> Self {
        Self {
            label: format!("{from}/{to}").into(),
            from,
            to,
        }
    }

    /// So many months from the first day of one.
    fn whole(raw: &str, from: Day, months: u32) -> Self {
        // 31 days after the first of a month lie in the next one
        let next = (0..months).fold(from, |first, _| first.plus(31).month_start());
        Self {
            label: raw.into(),
            from,
            to: next.minus(1),
        }
    }

    /// The period before this one, of the same kind: the night, month, quarter or year before, the
    /// reporting month before; of any other range as many days, up to its eve.
    pub fn before(&self) -> Self {
        let eve = self.from.minus(1);
        let day = eve.to_string();
        let [month, year] = [7, 4].map(|end| day.get(..end).unwrap_or_default());
        let number: u32 = month.get(5..).and_then(|raw| raw.parse().ok()).unwrap_or(1);
        let quarter = format!("{year}-Q{}", number.div_ceil(3));
        let is = |known: Option<Self>| known.as_ref() == Some(self);
        let before = if self.from == self.to && *self.label == *self.from.to_string() {
            Some(Self::night(eve))
        } else if is(Self::month(&self.label)) {
            Self::month(month)
        } else if is(Self::quarter(&self.label)) {
            Self::quarter(&quarter)
        } else if is(Self::year(&self.label)) {
            Self::year(year)
        } else if self.is_reporting_month() {
            Self::reporting_month(month)
        } else {
            None
        };
        before.unwrap_or_else(|| {
            let days = u32::try_from(self.to.days_since(self.from)).unwrap_or(0);
            Self::range(eve.minus(days), eve)
        })
    }

    /// True for the days from the 15th of a month to the 14th of the next.
    pub fn is_reporting_month(&self) -> bool {
        let last = self.to.to_string();
        let month = Self::reporting_month(last.get(..7).unwrap_or_default());
        month.is_some_and(|month| (month.from, month.to) == (self.from, self.to))
    }

    /// True when a report that tells `other` tells this one too: by its label or by its days.
    pub fn is_told_by(&self, other: &Self) -> bool {
        self.label == other.label || (self.from, self.to) == (other.from, other.to)
    }

    /// True when `day` lies inside.
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// The first day of a month written `2022-12`, and nothing else.
fn first_of(raw: &str) -> Option<Day> {
    Day::parse(&format!("{raw}-01")).ok()
}

/// A target for one definition with a validity period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The definition's id.
    pub definition: Box<str>,
    /// The share to reach.
    pub share: Fraction,
    /// First day of validity.
    pub valid_from: Day,
    /// Last day of validity.
    pub valid_to: Option<Day>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_period_before_is_of_the_same_kind() {
        let day = |raw: &str| Day::parse(raw).unwrap();
        let check = |period: Option<Period>, before: &str| {
            assert_eq!(&*period.unwrap().before().label, before);
        };
        check(Period::month("2023-01"), "2022-12");
        check(Period::month("2023-03"), "2023-02");
        check(Period::quarter("2023-Q1"), "2022-Q4");
        check(Period::quarter("2022-Q4"), "2022-Q3");
        check(Period::year("2023"), "2022");
        check(Some(Period::night(day("2023-03-01"))), "2023-02-28");
        check(Period::reporting_month("2023-01"), "2022-11-15/2022-12-14");
        let range = |from, to| Some(Period::range(day(from), day(to)));
        check(range("2022-12-15", "2023-01-13"), "2022-11-15/2022-12-14");
        check(range("2022-12-01", "2022-12-31"), "2022-10-31/2022-11-30");
        check(range("2022-12-05", "2022-12-05"), "2022-12-04/2022-12-04");
    }

    #[test]
    fn whole_periods_have_their_days() {
        let check = |of: fn(&str) -> Option<Period>, raw: &str, days: &str| {
            let days = (!days.is_empty()).then(|| days.to_owned());
            let got = of(raw).map(|p| format!("{} {} {}", p.label, p.from, p.to));
            assert_eq!(got, days, "{raw}");
        };
        check(Period::month, "2022-12", "2022-12 2022-12-01 2022-12-31");
        check(Period::month, "2024-02", "2024-02 2024-02-01 2024-02-29");
        check(Period::quarter, "2022-Q4", "2022-Q4 2022-10-01 2022-12-31");
        check(Period::quarter, "2024-Q1", "2024-Q1 2024-01-01 2024-03-31");
        check(Period::year, "2022", "2022 2022-01-01 2022-12-31");
        check(
            Period::reporting_month,
            "2022-12",
            "2022-11-15/2022-12-14 2022-11-15 2022-12-14",
        );
        check(
            Period::reporting_month,
            "2023-01",
            "2022-12-15/2023-01-14 2022-12-15 2023-01-14",
        );
        for bad in ["2022-13", "2022", "2022-1", "2022-12-01", ""] {
            check(Period::month, bad, "");
        }
        for bad in ["2022-Q5", "2022-Q0", "2022-4", "Q4", "22-Q1"] {
            check(Period::quarter, bad, "");
        }
        for bad in ["2022-12", "22", "", "abcd"] {
            check(Period::year, bad, "");
        }
    }
}
