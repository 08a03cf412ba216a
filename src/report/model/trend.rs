//! Pure: the headline's share night by night. A day without a published night is a gap, not a zero.

use serde::Serialize;

use crate::domain::{Day, Fraction, Lang};
use crate::kpi::Period;
use crate::report::facts::{RunFacts, TrendPoint};
use crate::settle::Settlement;
use crate::text;

use super::{ShareRow, Totals, shares};

/// The trend by days goes back this many days.
const DAYS: u32 = 30;
/// The trend by months has this many, the present one included.
const MONTHS: usize = 13;

/// The headline's share over time. A day or month without a published night is a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Trend {
    /// The year to date as each night published it, from the first night of the last 30 days.
    pub days: Vec<TrendRow>,
    /// The share of each month as its last night published it, tonight's month as of tonight. The
    /// transactions and open rows of a point are of that night alone: nothing shows them here.
    pub months: Vec<TrendRow>,
    /// The share of each night's own day as that night published it, over the same days as `days`:
    /// the days of a week differ. Payments that came later are in `days` alone.
    #[serde(skip)]
    pub daily: Vec<TrendRow>,
}

/// One day of the trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrendRow {
    /// The day.
    pub day: Day,
    /// The night's figures; none where no night was published.
    pub point: Option<TrendPoint>,
}

impl TrendRow {
    /// The day or month in full.
    pub fn name(&self, lang: Lang, months: bool) -> String {
        if months {
            return self.day.date().format("%m/%Y").to_string();
        }
        text::day(lang, self.day)
    }

    /// The proven interval; a dash without one.
    pub fn interval(&self, lang: Lang) -> String {
        let bounds = self.point.as_ref().and_then(|p| Some((p.low?, p.high?)));
        bounds.map_or_else(
            || "—".to_owned(),
            |(low, high)| {
                let low = text::percent_down(lang, low);
                format!("{low} – {}", text::percent_up(lang, high))
            },
        )
    }
}

/// The year of a row of days, where the row before it is of another: the year to date begins anew.
pub fn new_year(rows: &[TrendRow], at: usize, months: bool) -> Option<String> {
    let (before, row) = (rows.get(at.checked_sub(1)?)?, rows.get(at)?);
    let is_new = !months && before.day.year_start() != row.day.year_start();
    is_new.then(|| row.day.date().format("%Y").to_string())
}

/// The day or month of a row in full, with a word where the year to date begins anew.
pub fn trend_name(lang: Lang, rows: &[TrendRow], at: usize, months: bool) -> String {
    let name = rows
        .get(at)
        .map_or_else(String::new, |row| row.name(lang, months));
    match new_year(rows, at, months) {
        None => name,
        Some(_) => format!("{name} ({})", text::say(lang, "change-other-year", &[])),
    }
}

/// What the rows say in a sentence: the first and the last share, and how many are missing. Of days
/// those of the last year alone: shares of two years to date are not compared.
pub fn trend_said(lang: Lang, rows: &[TrendRow], months: bool) -> String {
    let anew = (0..rows.len()).rfind(|at| new_year(rows, *at, months).is_some());
    let said = said_of(
        lang,
        rows.get(anew.unwrap_or(0)..).unwrap_or_default(),
        months,
    );
    let Some(before) = anew.and_then(|at| rows.get(at.checked_sub(1)?)) else {
        return said;
    };
    let year = before.day.date().format("%Y").to_string();
    let more = text::say(lang, "trend-new-year", &[("year", &year)]);
    format!("{said} {more}")
}

fn said_of(lang: Lang, rows: &[TrendRow], months: bool) -> String {
    let known = |row: &&TrendRow| row.point.as_ref().is_some_and(|p| p.share.is_some());
    let mut seen = rows.iter().filter(known);
    let first = seen.next();
    let last = seen.next_back().or(first);
    let gaps = rows.len() - rows.iter().filter(known).count();
    let told = |row: Option<&TrendRow>| {
        let share = row.and_then(|row| Some((row, row.point.as_ref()?.share?)));
        share.map_or_else(
            || ("—".to_owned(), "—".to_owned()),
            |(row, share)| (row.name(lang, months), text::percent(lang, share)),
        )
    };
    let ((from, share_from), (to, share_to)) = (told(first), told(last));
    let args = [
        ("from", &*from),
        ("first", &*share_from),
        ("to", &*to),
        ("last", &*share_to),
        ("gaps", &*gaps.to_string()),
    ];
    text::say(lang, "trend-said", &args)
}

/// The days from the first known night to tonight, at most `days` of them.
pub fn trend(
    facts: &RunFacts,
    headline: Option<&ShareRow>,
    totals: &Totals,
    days: u32,
) -> Vec<TrendRow> {
    rows_of(facts, &facts.trend, headline, (totals, days))
}

/// The same of the points of other shares.
fn rows_of(
    facts: &RunFacts,
    before: &[TrendPoint],
    headline: Option<&ShareRow>,
    (totals, days): (&Totals, u32),
) -> Vec<TrendRow> {
    let tonight = facts.end_night();
    let point = tonight_of(facts, headline, totals);
    let first = tonight.minus(days.saturating_sub(1));
    // the last night of a period that a later one tells is one of those that were published
    let is_told = |day: Day| day < tonight || (day == tonight && facts.is_told_later());
    let mut known: Vec<&TrendPoint> = before
        .iter()
        .filter(|point| first <= point.business_date && is_told(point.business_date))
        .collect();
    known.extend((!facts.is_told_later()).then_some(&point));
    known.sort_by_key(|point| point.business_date);
    let mut rows = Vec::new();
    for point in known {
        let before = rows.last().map(|row: &TrendRow| row.day.plus(1));
        let mut day = before.unwrap_or(point.business_date);
        while day < point.business_date {
            rows.push(TrendRow { day, point: None });
            day = day.plus(1);
        }
        rows.push(TrendRow {
            day: point.business_date,
            point: Some(point.clone()),
        });
    }
    rows
}

/// Days and months.
pub(super) fn both(
    settlement: &Settlement,
    facts: &RunFacts,
    headline: Option<&ShareRow>,
    totals: &Totals,
) -> Trend {
    Trend {
        days: trend(facts, headline, totals, DAYS),
        months: months(settlement, facts, totals),
        daily: daily(settlement, facts, totals),
    }
}

/// Each night's own day.
fn daily(settlement: &Settlement, facts: &RunFacts, totals: &Totals) -> Vec<TrendRow> {
    let definition = shares::headline_share(settlement, facts).map(|share| share.definition);
    let night = Period::night(facts.end_night());
    let mine = definition.and_then(|id| shares::whole_unit(settlement, id, &night));
    let mine = mine.map(|share| shares::row(share, facts));
    let mut rows = rows_of(facts, &facts.page.days, mine.as_ref(), (totals, DAYS));
    // of a day without its money only what was paid in cash is known: no share of the day
    for point in rows.iter_mut().filter_map(|row| row.point.as_mut()) {
        if point.unseen {
            (point.share, point.low, point.high) = (None, None, None);
        }
    }
    rows
}

/// From the first known month to tonight's, named by their first days.
fn months(settlement: &Settlement, facts: &RunFacts, totals: &Totals) -> Vec<TrendRow> {
    let tonight = facts.end_night();
    let definition = shares::headline_share(settlement, facts).map(|share| share.definition);
    let period = Period::month_to(tonight);
    let mine = definition.and_then(|id| shares::whole_unit(settlement, id, &period));
    let mine = mine.map(|share| shares::row(share, facts));
    let now = tonight_of(facts, mine.as_ref(), totals);
    let mut rows = Vec::new();
    let mut month = tonight.month_start();
    for _ in 0..MONTHS {
        let now = (!facts.is_told_later()).then_some(&now);
        let known = facts.page.months.iter().chain(now);
        let of_month = |point: &&TrendPoint| point.business_date.month_start() == month;
        rows.push(TrendRow {
            day: month,
            point: known
                .filter(of_month)
                .max_by_key(|p| p.business_date)
                .cloned(),
        });
        month = month.minus(1).month_start();
    }
    while rows.last().is_some_and(|row| row.point.is_none()) {
        rows.pop();
    }
    rows.reverse();
    rows
}

fn tonight_of(facts: &RunFacts, headline: Option<&ShareRow>, totals: &Totals) -> TrendPoint {
    let of = |pick: fn(&ShareRow) -> Option<Fraction>| headline.and_then(pick);
    TrendPoint {
        business_date: facts.end_night(),
        share: of(|row| row.point),
        low: of(|row| row.low),
        high: of(|row| row.high),
        target: of(|row| row.target),
        transactions: totals.transactions,
        open: totals.open,
        unseen: facts.is_money_unseen(totals.transactions),
    }
}
