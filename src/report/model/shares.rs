//! Pure: the shares as rows of a table, with names, bounds and verdict.

use std::cmp::Reverse;

use serde::Serialize;

use crate::domain::{AgencyCode, Lang, PeriodKind};
use crate::kpi::{Deciding, Fraction, Period, Share, Verdict, definition};
use crate::report::facts::{Estimate, RunFacts};
use crate::settle::Settlement;
use crate::text;
use crate::text::figure::percent_short;

use super::index::Index;

/// One share, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShareRow {
    /// The definition's id.
    pub definition: &'static str,
    /// What it counts, in a line.
    pub name: String,
    /// `Đêm 05/12/2022`, `Tháng 12/2022`, `Năm 2022`.
    pub period: String,
    /// The days that it is over.
    #[serde(skip)]
    pub over: Period,
    /// The period's label in machine output.
    pub period_label: Box<str>,
    /// Numerator of the point figure.
    pub numerator: i128,
    /// Denominator of the point figure.
    pub denominator: i128,
    /// True when the unit is dong.
    pub in_dong: bool,
    /// The point figure; none without data.
    pub point: Option<Fraction>,
    /// Proven lower bound.
    pub low: Option<Fraction>,
    /// Proven upper bound.
    pub high: Option<Fraction>,
    /// True when the bounds may be wider than the truth allows.
    pub outer: bool,
    /// False when a needed column is missing: no figure is printed.
    pub enough_data: bool,
    /// The target, where one holds.
    pub target: Option<Fraction>,
    /// The verdict, where there is a target.
    pub verdict: Option<Verdict>,
    /// The widened interval while a source is missing.
    pub estimated: Option<Estimate>,
    /// The exceptions that decide it, the weightiest first.
    pub deciding: Deciding,
}

impl ShareRow {
    /// The proven bounds, the lower rounded down and the upper up; a dash without them.
    pub fn interval(&self, lang: Lang) -> String {
        let (Some(low), Some(high)) = (self.low, self.high) else {
            return "—".to_owned();
        };
        let (low, high) = (text::percent_down(lang, low), text::percent_up(lang, high));
        format!("{low} – {high}")
    }

    /// The point figure; a dash without data.
    pub fn percent(&self, lang: Lang) -> String {
        self.point
            .map_or_else(|| "—".to_owned(), |share| text::percent(lang, share))
    }

    /// The target; a dash where none holds.
    pub fn target_short(&self, lang: Lang) -> String {
        self.target
            .map_or_else(|| "—".to_owned(), |target| percent_short(lang, target))
    }

    /// Numerator and denominator, as money where they are.
    pub fn parts(&self, lang: Lang) -> String {
        let print = |n: i128| {
            if self.in_dong {
                text::money(lang, n)
            } else {
                text::number(lang, n)
            }
        };
        format!("{} / {}", print(self.numerator), print(self.denominator))
    }
}

/// Every definition for the whole unit: that of the first target first, then by id; the period
/// asked for, then the year before the month before the night.
pub(super) fn rows(settlement: &Settlement, facts: &RunFacts) -> Vec<ShareRow> {
    let first = facts.targets.first().map(|target| &*target.definition);
    let asked = facts.period();
    let mut shares: Vec<&Share> = settlement
        .shares
        .iter()
        .filter(|s| s.agency.is_none())
        .collect();
    shares.sort_by_key(|share| {
        let span = share.period.to.days_since(share.period.from);
        (
            Some(share.definition) != first,
            share.definition,
            asked != Some(&share.period),
            Reverse(span),
            &share.period,
        )
    });
    shares.into_iter().map(|share| row(share, facts)).collect()
}

/// A share of the whole unit (no agency) or of one agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopedShare {
    /// The agency's code; none for the whole unit.
    pub agency: Option<AgencyCode>,
    /// The agency's name; empty for the whole unit.
    pub name: String,
    /// The share.
    pub row: ShareRow,
}

/// Every share, the whole unit before the agencies, in the order of `rows`.
pub fn every_share(
    index: &Index<'_>,
    settlement: &Settlement,
    facts: &RunFacts,
) -> Vec<ScopedShare> {
    let first = facts.targets.first().map(|target| &*target.definition);
    let mut shares: Vec<&Share> = settlement.shares.iter().collect();
    shares.sort_by_key(|share| {
        let span = share.period.to.days_since(share.period.from);
        (
            share.agency.is_some(),
            Some(share.definition) != first,
            share.definition,
            Reverse(span),
            &share.period,
            share.agency.as_ref(),
        )
    });
    let scoped = |share: &&Share| ScopedShare {
        agency: share.agency.clone(),
        name: share.agency.as_ref().map_or_else(String::new, |code| {
            let period = (share.period.from, share.period.to);
            index.agency_within(code, period, facts.lang)
        }),
        row: row(share, facts),
    };
    shares.iter().map(scoped).collect()
}

/// The share that carries the verdict.
pub(super) fn headline(settlement: &Settlement, facts: &RunFacts) -> Option<ShareRow> {
    headline_share(settlement, facts).map(|share| row(share, facts))
}

/// The share of the first target's definition, else of `TX_CASHLESS`, for the whole unit: that of
/// the period asked for where it is measured, else of the year to date.
pub(super) fn headline_share<'s>(
    settlement: &'s Settlement,
    facts: &RunFacts,
) -> Option<&'s Share> {
    let asked = facts.period();
    let of_period = asked.and_then(|period| leading(settlement, facts, period));
    of_period.or_else(|| year_share(settlement, facts))
}

/// The leading definition over the year to date.
pub(super) fn year_share<'s>(settlement: &'s Settlement, facts: &RunFacts) -> Option<&'s Share> {
    leading(settlement, facts, &Period::year_to(facts.business_date))
}

fn leading<'s>(settlement: &'s Settlement, facts: &RunFacts, period: &Period) -> Option<&'s Share> {
    let definition = facts
        .targets
        .first()
        .map_or("TX_CASHLESS", |target| &target.definition);
    whole_unit(settlement, definition, period)
}

/// The share of a definition over a period for the whole unit. In the report of a period the month
/// or year to date may stand there under the period that was asked for.
pub(super) fn whole_unit<'s>(
    settlement: &'s Settlement,
    definition: &str,
    period: &Period,
) -> Option<&'s Share> {
    let of_unit = |share: &&Share| share.agency.is_none() && share.definition == definition;
    let mut shares = settlement.shares.iter().filter(of_unit);
    let exact = shares.clone().find(|share| share.period == *period);
    exact.or_else(|| shares.find(|share| share.period.is_told_by(period)))
}

pub(super) fn row(share: &Share, facts: &RunFacts) -> ShareRow {
    ShareRow {
        definition: share.definition,
        name: definition_name(facts.lang, share.definition),
        period: period_name(facts.lang, &share.period),
        over: share.period.clone(),
        period_label: share.period.label.clone(),
        numerator: share.numerator,
        denominator: share.denominator,
        in_dong: share.definition.starts_with("AMOUNT_"),
        point: share.point().filter(|_| share.enough_data),
        low: share.low.filter(|_| share.enough_data),
        high: share.high.filter(|_| share.enough_data),
        outer: share.outer,
        enough_data: share.enough_data,
        target: share.target,
        verdict: facts.verdict(share),
        estimated: facts.estimate(share).cloned(),
        deciding: share.deciding.clone(),
    }
}

/// The name of a definition; an unknown one is named by its id.
pub fn definition_name(lang: Lang, id: &str) -> String {
    definition(id).map_or_else(|| id.to_owned(), |known| known.name.get(lang).to_owned())
}

/// `Đêm 05/12/2022`, `Tháng 12/2022`, `Năm 2022`; other periods by their days.
pub fn period_name(lang: Lang, period: &Period) -> String {
    let day = period.to;
    if let Some(named) = whole_name(lang, period) {
        named
    } else if *period == Period::year_to(day) {
        let year = day.date().format("%Y").to_string();
        text::say(lang, "period-year", &[("year", &year)])
    } else if *period == Period::month_to(day) {
        let month = day.date().format("%m/%Y").to_string();
        text::say(lang, "period-month", &[("month", &month)])
    } else if *period == Period::night(day) {
        text::say(lang, "period-night", &[("day", &text::day(lang, day))])
    } else {
        let (from, to) = (text::day(lang, period.from), text::day(lang, day));
        text::say(lang, "period-range", &[("from", &from), ("to", &to)])
    }
}

/// The name of a whole period that ended on its last day.
fn whole_name(lang: Lang, period: &Period) -> Option<String> {
    let named = period.name()?;
    let key = match (named.kind, named.number, named.reporting) {
        (PeriodKind::Month, _, false) => "period-whole-month",
        (PeriodKind::Quarter, _, false) => "period-whole-quarter",
        (PeriodKind::Half, 1, false) => "period-first-half",
        (PeriodKind::Half, _, false) => "period-second-half",
        (PeriodKind::NineMonths, _, false) => "period-nine-months",
        (PeriodKind::Year, _, false) => "period-whole-year",
        (PeriodKind::Month, _, true) => "period-reporting-month",
        (PeriodKind::Quarter, _, true) => "period-reporting-quarter",
        (PeriodKind::Half, 1, true) => "period-reporting-first-half",
        (PeriodKind::Half, _, true) => "period-reporting-second-half",
        (PeriodKind::NineMonths, _, true) => "period-reporting-nine-months",
        (PeriodKind::Year, _, true) => "period-reporting-year",
    };
    let month = period.to.date().format("%m/%Y").to_string();
    let [quarter, year] = [named.number.to_string(), named.year.to_string()];
    let [from, to] = [period.from, period.to].map(|day| text::day(lang, day));
    let args = [
        ("month", &*month),
        ("quarter", &*quarter),
        ("year", &*year),
        ("from", &*from),
        ("to", &*to),
    ];
    Some(text::say(lang, key, &args))
}

/// The word of a verdict.
pub fn verdict_word(lang: Lang, verdict: Verdict) -> String {
    let key = match verdict {
        Verdict::Met => "verdict-met",
        Verdict::Missed => "verdict-missed",
        Verdict::Undecided => "verdict-undecided",
        Verdict::NoData => "verdict-no-data",
    };
    text::say(lang, key, &[])
}
