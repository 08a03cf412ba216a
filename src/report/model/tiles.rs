//! Pure: the five numbers of the first page, each with its change since the night before.

use serde::Serialize;

use crate::report::facts::{Figure, Previous, RunFacts};
use crate::text;
use crate::text::figure::percent_short;

use super::OVERDUE_DAYS;
use super::exceptions::ExceptionList;
use super::light::lower_first;
use super::shares::ShareRow;
use super::span::{of_night, period_words};
use super::tie::Totals;

/// One number with what stands around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// The number.
    pub value: String,
    /// A second number or what it is measured against.
    pub note: String,
    /// The change since the night before; empty on the first night.
    pub change: String,
    /// The change since the night of a month ago; empty where there was none.
    pub change_month: String,
}

/// Transactions, share, open money, open exceptions, overdue money.
pub(super) fn tiles(
    facts: &RunFacts,
    totals: &Totals,
    headline: Option<&ShareRow>,
    exceptions: &ExceptionList,
) -> Vec<Tile> {
    let lang = facts.lang;
    let rows = |figure: Figure| {
        text::say(
            lang,
            "tile-rows",
            &[("n", &text::number(lang, figure.count))],
        )
    };
    let label = |key: &str, args: &[(&str, &str)]| of_night(facts, text::say(lang, key, args));
    let money = |figure: Figure| text::money(lang, figure.sum_vnd);
    let days = [("days", text::number(lang, OVERDUE_DAYS))];
    let days: Vec<(&str, &str)> = days.iter().map(|(name, n)| (*name, n.as_str())).collect();
    vec![
        transactions(facts, totals),
        share_tile(facts, headline),
        Tile {
            label: label("tile-open", &[]),
            value: money(totals.open),
            note: rows(totals.open),
            ..since(facts, |p| Some(money_change(facts, totals.open, p.open)))
        },
        Tile {
            label: label("tile-exceptions", &[]),
            value: text::number(lang, exceptions.work.count),
            note: money(exceptions.work),
            ..since(facts, |p| {
                Some(count_change(facts, exceptions.work, p.exceptions))
            })
        },
        Tile {
            label: label("tile-overdue", &days),
            value: money(exceptions.overdue),
            note: rows(exceptions.overdue),
            ..since(facts, |p| {
                Some(money_change(facts, exceptions.overdue, p.overdue))
            })
        },
    ]
}

/// The transactions of the night; in the report of a period those of its nights, which no earlier
/// night compares with.
fn transactions(facts: &RunFacts, totals: &Totals) -> Tile {
    let lang = facts.lang;
    let label = text::say(lang, "tile-transactions", &[]);
    let figure = transactions_of(facts, totals);
    let tile = match period_words(facts).filter(|_| facts.totals.is_some()) {
        Some(period) => Tile {
            label: text::say(lang, "tile-transactions-period", &[("period", &period)]),
            ..Tile::default()
        },
        None => Tile {
            label: of_night(facts, label),
            ..since(facts, |p| {
                Some(count_change(facts, totals.transactions, p.transactions))
            })
        },
    };
    Tile {
        value: text::number(lang, figure.count),
        note: text::money(lang, figure.sum_vnd),
        ..tile
    }
}

pub(super) fn transactions_of(facts: &RunFacts, totals: &Totals) -> Figure {
    let of_period = facts.period().and(facts.totals);
    of_period.map_or(totals.transactions, |all| all.transactions)
}

fn share_tile(facts: &RunFacts, headline: Option<&ShareRow>) -> Tile {
    let lang = facts.lang;
    let point = headline.and_then(|row| row.point);
    let target = headline.and_then(|row| row.target);
    let moved = |before: &Previous| {
        // the night before told the year's share
        let point = point.filter(|_| facts.period().is_none());
        let points = text::points(lang, before.share?, point?);
        Some(text::say(lang, "change-points", &[("points", &points)]))
    };
    Tile {
        label: headline.map_or_else(
            || text::say(lang, "tile-share", &[]),
            |row| match period_words(facts) {
                None => row.name.clone(),
                Some(_) => format!("{}, {}", row.name, lower_first(&row.period)),
            },
        ),
        value: point.map_or_else(|| "—".to_owned(), |share| text::percent(lang, share)),
        note: target.map_or_else(
            || text::say(lang, "tile-no-target", &[]),
            |t| text::say(lang, "tile-target", &[("target", &percent_short(lang, t))]),
        ),
        ..since(facts, moved)
    }
}

/// A tile with its changes only.
fn since(facts: &RunFacts, moved: impl Fn(&Previous) -> Option<String>) -> Tile {
    let lang = facts.lang;
    let told = |key: &str, before: Option<&Previous>| {
        let told = before.and_then(|before| {
            let day = text::day(lang, before.business_date);
            Some(text::say(
                lang,
                key,
                &[("moved", &moved(before)?), ("day", &day)],
            ))
        });
        told.unwrap_or_default()
    };
    Tile {
        change: told("change-night", facts.previous.as_ref()),
        change_month: told("change-month", facts.page.month_before.as_ref()),
        ..Tile::default()
    }
}

pub(super) fn count_change(facts: &RunFacts, now: Figure, before: Figure) -> String {
    let moved = i128::from(now.count) - i128::from(before.count);
    signed(facts, moved, |n| text::number(facts.lang, n))
}

pub(super) fn money_change(facts: &RunFacts, now: Figure, before: Figure) -> String {
    let moved = now.sum_vnd - before.sum_vnd;
    signed(facts, moved, |n| text::money(facts.lang, n))
}

pub(super) fn signed(facts: &RunFacts, moved: i128, print: impl Fn(i128) -> String) -> String {
    match moved {
        0 => text::say(facts.lang, "change-none", &[]),
        n if n > 0 => format!("+{}", print(n)),
        n => format!("−{}", print(-n)),
    }
}
