//! Periods of the share and targets with validity.

use serde::Serialize;

use super::day::Day;
use super::fraction::Fraction;
use super::named::{Kind, Named};

/// A period of the share by `paid_on` (or the definition's own day), both ends included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Period {
    /// `YYYY-MM-DD`, `YYYY-MM`, `YYYY-Qn`, `YYYY-Hn`, `YYYY-9M`, `YYYY`, `from/to`, or empty for
    /// the whole input.
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
        Self::named(raw, &[Kind::Month])
    }

    /// A whole quarter: `2022-Q4`.
    pub fn quarter(raw: &str) -> Option<Self> {
        Self::named(raw, &[Kind::Quarter])
    }

    /// A whole year: `2022`.
    pub fn year(raw: &str) -> Option<Self> {
        Self::named(raw, &[Kind::Year])
    }

    /// A period of the calendar of one of these kinds, by its label.
    pub fn named(raw: &str, kinds: &[Kind]) -> Option<Self> {
        let named = Named::read(raw)?;
        kinds.contains(&named.kind).then(|| named.period())?
    }

    /// The same months, by its label, as a periodic report counts them: `2022-12` from the 15th of
    /// the month before to the 14th (Decree 09/2019/NĐ-CP, article 12).
    pub fn reporting(raw: &str, kinds: &[Kind]) -> Option<Self> {
        let named = Named::read(raw)?;
        kinds
            .contains(&named.kind)
            .then(|| named.reporting().period())?
    }

    /// The month of a periodic report, `2022-12`.
    pub fn reporting_month(raw: &str) -> Option<Self> {
        Self::reporting(raw, &[Kind::Month])
    }

    /// Days from one to another.
    pub fn range(from: Day, to: Day) -> Self {
        Self {
            label: format!("{from}/{to}").into(),
            from,
            to,
        }
    }

    /// The period before this one, of the same kind: the night, month, quarter, half year or year
    /// before, the reporting period before, nine months of the year before; of any other range as
    /// many days, up to its eve.
    pub fn before(&self) -> Self {
        let eve = self.from.minus(1);
        if self.from == self.to && *self.label == *self.from.to_string() {
            return Self::night(eve);
        }
        let before = self.name().and_then(|named| named.before().period());
        before.unwrap_or_else(|| {
            let days = u32::try_from(self.to.days_since(self.from)).unwrap_or(0);
            Self::range(eve.minus(days), eve)
        })
    }

    /// The name that offices have for it; none of a free range, also where its days have one by the
    /// calendar: it was asked for by its days.
    pub fn name(&self) -> Option<Named> {
        let named = Named::of(self.from, self.to)?;
        let is_own = named.period().is_some_and(|own| own.label == self.label);
        is_own.then_some(named)
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
