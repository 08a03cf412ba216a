//! The nouns of the share: contributions, exact fractions, periods, verdicts.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::fee::words;
use crate::domain::{AgencyCode, Cell, Day, ExceptionId, Fraction, Period};

/// Where a contribution counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Once in the total.
    Total,
    /// In the row of one agency.
    Agency(AgencyCode),
    /// In the row of every agency (a credit that names none may belong to any); not in the total.
    AnyAgency,
    /// In a cell of a breakdown; not in the total.
    Cell(Cell),
}

impl fmt::Display for Scope {
    /// `` (total), `*` (any agency), a cell, or the agency's code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Total => Ok(()),
            Self::AnyAgency => f.write_str("*"),
            Self::Agency(code) => write!(f, "{code}"),
            Self::Cell(cell) => write!(f, "{cell}"),
        }
    }
}

impl Scope {
    /// Reads the text of `Display`.
    pub fn parse(raw: &str) -> Self {
        match raw {
            "" => Self::Total,
            "*" => Self::AnyAgency,
            other => match Cell::parse(other) {
                Some(cell) => Self::Cell(cell),
                None => Self::Agency(AgencyCode::new(other)),
            },
        }
    }
}

/// What an item may add instead, on some day of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Elsewhere {
    /// The first day on which it may happen.
    pub from: Day,
    /// The last one.
    pub to: Day,
    /// The (numerator, denominator) pair.
    pub outcome: (i64, i64),
}

/// What one item (payment event, cash event, dossier, open row) may add to one definition in one
/// scope: one outcome when settled, several while open. The first outcome is the point figure's.
///
/// Money that is still open has its own day, so an item that hangs on it may end up in another
/// period than the one it stands in now: such outcomes are `elsewhere`.
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
    /// Outcomes that may fall on other days, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
    /// True when its outcomes depend on another item's: the interval is then an outer bound.
    pub coupled: bool,
    /// The exceptions that settling would decide; empty when it has one outcome.
    pub exceptions: Vec<ExceptionId>,
}

/// What an item may add to a period: the outcomes of its day where the period holds it, those of
/// spans that touch the period, and nothing wherever it may fall outside. None when it adds
/// nothing. Without a period all days count.
pub(super) fn within<'o>(
    day: Day,
    outcomes: &'o [(i64, i64)],
    elsewhere: &[Elsewhere],
    period: Option<&Period>,
) -> Option<Cow<'o, [(i64, i64)]>> {
    let here = period.is_none_or(|period| period.holds(day));
    if elsewhere.is_empty() {
        return here.then_some(Cow::Borrowed(outcomes));
    }
    let mut seen = if here {
        outcomes.to_vec()
    } else {
        vec![(0, 0)]
    };
    let mut add = |outcome| {
        if !seen.contains(&outcome) {
            seen.push(outcome);
        }
    };
    for span in elsewhere {
        if period.is_none_or(|period| span.from <= period.to && period.from <= span.to) {
            add(span.outcome);
        }
        if period.is_some_and(|period| span.from < period.from || period.to < span.to) {
            add((0, 0));
        }
    }
    (here || seen.len() > 1).then_some(Cow::Owned(seen))
}

impl Contribution {
    /// True while it can end in several ways, or on several days.
    pub fn is_open(&self) -> bool {
        self.outcomes.len() > 1 || !self.elsewhere.is_empty()
    }

    /// What it may add to a period; none when it adds nothing.
    pub fn within(&self, period: &Period) -> Option<Cow<'_, [(i64, i64)]>> {
        within(self.day, &self.outcomes, &self.elsewhere, Some(period))
    }

    /// What is left of it when nothing before `start` counts.
    pub fn since(mut self, start: Day) -> Option<Self> {
        if self.day < start {
            if self.elsewhere.iter().all(|span| span.to < start) {
                return None;
            }
            self.day = start;
            self.outcomes = vec![(0, 0)];
        }
        self.elsewhere.retain_mut(|span| {
            span.from = span.from.max(start);
            span.from <= span.to
        });
        // spans that began before it may be the same now, and in another order
        self.elsewhere.sort_unstable();
        self.elsewhere.dedup();
        Some(self)
    }

    /// Every pair that it may add on any day, the point figure's first.
    pub fn pairs(&self) -> Vec<(i64, i64)> {
        let mut pairs = self.outcomes.clone();
        for span in &self.elsewhere {
            if !pairs.contains(&span.outcome) {
                pairs.push(span.outcome);
            }
        }
        pairs
    }
}

/// The sum of all one-outcome contributions of earlier nights that are not in tonight's pool, over
/// a span of days of which each period holds all or none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PriorSum {
    /// The definition's id.
    pub definition: Box<str>,
    /// Where it counts.
    pub scope: Scope,
    /// The day that decides the period: the first of the span.
    pub day: Day,
    /// The last day of the span; none: it is that day alone (as every sum of a run of older
    /// programs).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Sum of numerators.
    pub numerator: i128,
    /// Sum of denominators.
    pub denominator: i128,
}

impl PriorSum {
    /// True when the period holds every day of the span, or none.
    pub fn fits(&self, period: &Period) -> bool {
        let to = self.to.unwrap_or(self.day);
        let inside = period.from <= self.day && to <= period.to;
        inside || to < period.from || period.to < self.day
    }
}

words!(
    /// What the bounds prove against the target.
    Verdict {
        /// The lower bound reaches the target, and something counts.
        Met = "met",
        /// The upper bound stays below the target, and something counts.
        Missed = "missed",
        /// The target lies between the bounds.
        Undecided = "undecided",
        /// Nothing can be in the denominator; or nothing is, and the bounds of what open items
        /// could put there lie on one side of the target.
        NoData = "no_data",
    }
);

/// What settles an undecided verdict, each list with the exceptions that move the share most first.
/// A list is empty when nothing that is open can prove its verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deciding {
    /// A list that, settled at best, proves `met`: the shortest where nothing hangs on others.
    pub met: Vec<ExceptionId>,
    /// A list that, settled at worst, proves `missed`: the shortest where nothing hangs on others.
    pub missed: Vec<ExceptionId>,
    /// True where they prove it for certain: they hold all that is open, no item hangs on another,
    /// so that each is settled for itself, and something counts however all of it turns out. Else
    /// the bounds may be outer ones after them, and the lists say what may do.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub proved: bool,
}

impl Deciding {
    /// Every exception of both lists once, in the order in which people should work them: those
    /// of the shorter list that proves something first.
    pub fn each(&self) -> Vec<&ExceptionId> {
        let (first, then) = if self.met.is_empty()
            || (!self.missed.is_empty() && self.missed.len() < self.met.len())
        {
            (&self.missed, &self.met)
        } else {
            (&self.met, &self.missed)
        };
        let mut each: Vec<&ExceptionId> = first.iter().collect();
        let known: BTreeSet<&ExceptionId> = first.iter().collect();
        each.extend(then.iter().filter(|id| !known.contains(id)));
        each
    }

    /// True when nothing that is open can prove a verdict.
    pub fn is_empty(&self) -> bool {
        self.met.is_empty() && self.missed.is_empty()
    }
}

/// One share: a definition in a scope over a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The definition's id.
    pub definition: &'static str,
    /// None for the total, and for a cell.
    pub agency: Option<AgencyCode>,
    /// The cell of a breakdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<Cell>,
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
    /// The exceptions that decide it.
    pub deciding: Deciding,
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

    fn day(n: u32) -> Day {
        Day::parse("2022-12-01").unwrap().plus(n - 1)
    }

    fn item() -> Contribution {
        Contribution {
            definition: "DOSSIER_CASHLESS",
            item: "dossier|X".into(),
            scope: Scope::Total,
            day: day(5),
            outcomes: vec![(0, 1)],
            elsewhere: vec![Elsewhere {
                from: day(7),
                to: day(9),
                outcome: (1, 1),
            }],
            coupled: true,
            exceptions: Vec::new(),
        }
    }

    #[test]
    fn a_sum_of_an_older_program_is_that_of_a_day() {
        let old = r#"{"definition":"TX_CASHLESS","scope":"total","day":"2022-12-05",
            "numerator":1,"denominator":2}"#;
        let old: PriorSum = serde_json::from_str(old).unwrap();
        assert_eq!((old.day, old.to), (day(5), None));
        let new = PriorSum {
            to: Some(day(9)),
            ..old.clone()
        };
        let text = serde_json::to_string(&new).unwrap();
        assert_eq!(serde_json::from_str::<PriorSum>(&text).unwrap(), new);
        let check = |sum: &PriorSum, from: u32, to: u32, expected: bool| {
            let period = Period::range(day(from), day(to));
            assert_eq!(sum.fits(&period), expected, "{sum:?} {from} {to}");
        };
        check(&old, 5, 5, true);
        check(&old, 1, 4, true);
        check(&new, 5, 9, true);
        check(&new, 1, 4, true);
        check(&new, 10, 12, true);
        check(&new, 5, 8, false);
        check(&new, 6, 9, false);
        check(&new, 7, 7, false);
        check(&new, 9, 12, false);
    }

    #[test]
    fn a_period_sees_what_may_fall_into_it_and_that_it_may_not() {
        let check = |from: u32, to: u32, expected: Option<&[(i64, i64)]>| {
            let (from, to) = (day(from), day(to));
            let label = "".into();
            let seen = item()
                .within(&Period { label, from, to })
                .map(Cow::into_owned);
            assert_eq!(seen.as_deref(), expected, "{from} {to}");
        };
        check(1, 4, None);
        check(5, 5, Some(&[(0, 1), (0, 0)]));
        check(6, 6, None);
        check(8, 8, Some(&[(0, 0), (1, 1)]));
        check(9, 12, Some(&[(0, 0), (1, 1)]));
        check(5, 7, Some(&[(0, 1), (1, 1), (0, 0)]));
        check(5, 9, Some(&[(0, 1), (1, 1)]));
        check(10, 31, None);
    }

    #[test]
    fn what_is_from_before_the_start_may_still_fall_behind_it() {
        let check = |start: u32, expected: Option<(u32, u32)>| {
            let left = item().since(day(start));
            let got = left.map(|item| (item.day, item.elsewhere[0].from));
            assert_eq!(
                got,
                expected.map(|(d, from)| (day(d), day(from))),
                "{start}"
            );
        };
        check(5, Some((5, 7)));
        check(6, Some((6, 7)));
        check(9, Some((9, 9)));
        check(10, None);
    }

    #[test]
    fn spans_that_begin_at_the_start_are_in_order_and_once() {
        let span = |from: u32, outcome| Elsewhere {
            from: day(from),
            to: day(9),
            outcome,
        };
        let mut item = item();
        item.elsewhere = vec![span(1, (1, 1)), span(2, (0, 1)), span(7, (1, 1))];
        let left = item.since(day(7)).unwrap();
        assert_eq!(left.elsewhere, [span(7, (0, 1)), span(7, (1, 1))]);
    }
}
