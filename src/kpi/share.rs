//! The nouns of the share: contributions, exact fractions, periods, verdicts.

use std::fmt;

use serde::Serialize;

use crate::domain::fee::words;
use crate::domain::{AgencyCode, Day, ExceptionId, Fraction, Period};

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
