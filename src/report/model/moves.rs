//! Pure: the five numbers beside those of the night before, of the same weekday a week ago and of a
//! month ago. A night that was not published has no column.

use serde::Serialize;

use crate::report::facts::{Figure, Previous, RunFacts};
use crate::text;

use super::exceptions::ExceptionList;
use super::shares::ShareRow;
use super::tie::Totals;
use super::tiles::{count_change, money_change};

/// An earlier night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MoveColumn {
    /// Which night it was.
    pub label: String,
    /// In the order of the tiles: its number, and how far tonight's is from it.
    pub cells: Vec<(String, String)>,
}

pub(super) fn columns(
    facts: &RunFacts,
    (totals, open): (&Totals, Figure),
    headline: Option<&ShareRow>,
    exceptions: &ExceptionList,
) -> Vec<MoveColumn> {
    if facts.period().is_some() {
        // no night compares with the nights of a period together
        return Vec::new();
    }
    let nights = [
        ("change-before-night", facts.previous.as_ref()),
        ("change-before-week", facts.page.week_before.as_deref()),
        ("change-before-month", facts.page.month_before.as_ref()),
    ];
    let column = |(key, before): (&str, Option<&Previous>)| {
        let before = before?;
        let day = text::day(facts.lang, before.business_date);
        Some(MoveColumn {
            label: text::say(facts.lang, key, &[("day", &day)]),
            cells: cells(facts, (totals, open), headline, exceptions, before),
        })
    };
    nights.into_iter().filter_map(column).collect()
}

fn cells(
    facts: &RunFacts,
    (totals, open): (&Totals, Figure),
    headline: Option<&ShareRow>,
    exceptions: &ExceptionList,
    before: &Previous,
) -> Vec<(String, String)> {
    let lang = facts.lang;
    let counts = |now, then: Figure| {
        let value = text::number(lang, then.count);
        (value, count_change(facts, now, then))
    };
    let sums = |now, then: Figure| {
        let value = text::money(lang, then.sum_vnd);
        (value, money_change(facts, now, then))
    };
    // a night of which no money was seen moved nowhere
    let seen = |(then, way): (String, String)| {
        let unseen = facts.is_money_unseen(totals.transactions);
        (then, if unseen { "—".to_owned() } else { way })
    };
    vec![
        seen(counts(totals.transactions, before.transactions)),
        share(facts, headline, before),
        seen(sums(open, before.open)),
        counts(exceptions.work, before.exceptions),
        sums(exceptions.overdue, before.overdue),
    ]
}

/// The year's share of that night; a dash where there was none.
fn share(facts: &RunFacts, headline: Option<&ShareRow>, before: &Previous) -> (String, String) {
    let lang = facts.lang;
    let Some(then) = before.share else {
        return ("—".to_owned(), String::new());
    };
    let way = headline.and_then(|row| row.point).map(|now| {
        if facts.begins_anew(before.business_date) {
            return text::say(lang, "change-other-year", &[]);
        }
        let points = text::points(lang, then, now);
        text::say(lang, "change-points", &[("points", &points)])
    });
    (text::percent(lang, then), way.unwrap_or_default())
}
