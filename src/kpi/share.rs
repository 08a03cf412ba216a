//! The nouns of the share: contributions, exact fractions, periods, verdicts.

use std::cmp::Ordering;
use std::fmt;

use serde::Serialize;

use crate::domain::fee::words;
use crate::domain::{AgencyCode, Day, ExceptionId};

/// An exact fraction with a denominator above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fraction {
    /// Numerator.
    pub num: i128,
    /// Denominator, above zero.
    pub den: i128,
}

impl Fraction {
    /// `num / den`; none when the denominator is not above zero.
    pub fn new(num: i128, den: i128) -> Option<Self> {
        (den > 0).then_some(Self { num, den })
    }

    /// Exact comparison.
    pub fn compare(self, other: Self) -> Ordering {
        (self.num * other.den).cmp(&(other.num * self.den))
    }

    /// `0.4231`: `digits` decimals, rounded half up.
    pub fn half_up(self, digits: u32) -> String {
        self.print(digits, |scaled, den| (2 * scaled + den).div_euclid(2 * den))
    }

    /// Rounded towards minus infinity: a lower bound stays one.
    pub fn down(self, digits: u32) -> String {
        self.print(digits, i128::div_euclid)
    }

    /// Rounded towards plus infinity: an upper bound stays one.
    pub fn up(self, digits: u32) -> String {
        self.print(digits, |scaled, den| -(-scaled).div_euclid(den))
    }

    fn print(self, digits: u32, round: impl Fn(i128, i128) -> i128) -> String {
        let scale = 10_i128.pow(digits);
        let units = round(self.num * scale, self.den);
        let sign = if units < 0 { "-" } else { "" };
        let (whole, part) = (units.abs() / scale, units.abs() % scale);
        let width = usize::try_from(digits).unwrap_or(0);
        if width == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{part:0width$}")
        }
    }
}

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

    /// True when `day` lies inside.
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Where a contribution counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Once in the total.
    Total,
    /// In the row of one agency.
    Agency(AgencyCode),
    /// In the row of every agency (a credit that names none may belong to any); not in the total.
    AnyAgency,
}

impl fmt::Display for Scope {
    /// `` (total), `*` (any agency), or the agency's code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Total => Ok(()),
            Self::AnyAgency => f.write_str("*"),
            Self::Agency(code) => write!(f, "{code}"),
        }
    }
}

impl Scope {
    /// Reads the text of `Display`.
    pub fn parse(raw: &str) -> Self {
        match raw {
            "" => Self::Total,
            "*" => Self::AnyAgency,
            code => Self::Agency(AgencyCode::new(code)),
        }
    }
}

/// What one item (payment event, cash event, dossier, open row) may add to one definition in one
/// scope: one outcome when settled, several while open. The first outcome is the point figure's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Contribution {
    /// The definition's id.
    pub definition: &'static str,
    /// Stable name of the item: unique per definition and scope, e.g. `txn|sepay-main|123`,
    /// `cash|<dossier>|<cashier>|<time>`, `dossier|<code>`.
    pub item: Box<str>,
    /// Where it counts.
    pub scope: Scope,
    /// The day that decides its period.
    pub day: Day,
    /// Possible (numerator, denominator) pairs, at least one.
    pub outcomes: Vec<(i64, i64)>,
    /// True when its outcomes depend on another item's: the interval is then an outer bound.
    pub coupled: bool,
    /// The exceptions that settling would decide; empty when it has one outcome.
    pub exceptions: Vec<ExceptionId>,
}

/// The sum of all one-outcome contributions of earlier nights that are not in tonight's pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PriorSum {
    /// The definition's id.
    pub definition: Box<str>,
    /// Where it counts.
    pub scope: Scope,
    /// The day that decides the period.
    pub day: Day,
    /// Sum of numerators.
    pub numerator: i128,
    /// Sum of denominators.
    pub denominator: i128,
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

words!(
    /// What the bounds prove against the target.
    Verdict {
        /// The lower bound reaches the target.
        Met = "met",
        /// The upper bound stays below the target.
        Missed = "missed",
        /// The target lies between the bounds.
        Undecided = "undecided",
        /// Nothing can be in the denominator.
        NoData = "no_data",
    }
);

/// One share: a definition in a scope over a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The definition's id.
    pub definition: &'static str,
    /// None for the total.
    pub agency: Option<AgencyCode>,
    /// The period.
    pub period: Period,
    /// Point figure: numerator, each open item at its first outcome.
    pub numerator: i128,
    /// Point figure: denominator.
    pub denominator: i128,
    /// Least share over every resolution; none without data.
    pub low: Option<Fraction>,
    /// Greatest share over every resolution; none without data.
    pub high: Option<Fraction>,
    /// True when the bounds may be wider than the truth allows (coupled rows).
    pub outer: bool,
    /// False when the input lacks a column that the definition needs: no figure is printed.
    pub enough_data: bool,
    /// The target that holds on the last day of the period.
    pub target: Option<Fraction>,
    /// The verdict, where there is a target.
    pub verdict: Option<Verdict>,
    /// The exceptions that decide it, those that move the share most first.
    pub deciding: Vec<ExceptionId>,
}

impl Share {
    /// The point figure; none when the denominator is not above zero.
    pub fn point(&self) -> Option<Fraction> {
        Fraction::new(self.numerator, self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_keeps_a_bound_a_bound() {
        let f = |num, den| Fraction::new(num, den).unwrap();
        assert_eq!(f(1, 3).half_up(4), "0.3333");
        assert_eq!(f(2, 3).half_up(4), "0.6667");
        assert_eq!(f(2, 3).down(4), "0.6666");
        assert_eq!(f(1, 3).up(4), "0.3334");
        assert_eq!(f(1, 2).up(4), "0.5000");
        assert_eq!(f(9999, 10000).half_up(2), "1.00");
        assert_eq!(f(1, 1).down(4), "1.0000");
        assert_eq!(f(1, 20000).half_up(4), "0.0001");
        assert_eq!(Fraction::new(1, 0), None);
        assert_eq!(f(1, 2).compare(f(500_000, 1_000_000)), Ordering::Equal);
    }
}
