//! Pure: the five numbers of the first page, each with its change since the night before.

use serde::Serialize;

use crate::report::facts::{Figure, RunFacts};
use crate::text;
use crate::text::figure::percent_short;

use super::OVERDUE_DAYS;
use super::exceptions::ExceptionList;
use super::shares::ShareRow;
use super::tie::Totals;

/// One number with what stands around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// The number.
    pub value: String,
    /// A second number or what it is measured against.
    pub note: String,
    /// The change since the night before; empty on the first night.
    pub change: String,
}

/// Transactions, share, open money, open exceptions, overdue money.
pub(super) fn tiles(
    facts: &RunFacts,
    totals: &Totals,
    headline: Option<&ShareRow>,
    exceptions: &ExceptionList,
) -> Vec<Tile> {
    let lang = facts.lang;
    let before = facts.previous.as_ref();
    let rows = |figure: Figure| {
        text::say(
            lang,
            "tile-rows",
            &[("n", &text::number(lang, figure.count))],
        )
    };
    let money = |figure: Figure| text::money(lang, figure.sum_vnd);
    let days = [("days", text::number(lang, OVERDUE_DAYS))];
    let days: Vec<(&str, &str)> = days.iter().map(|(name, n)| (*name, n.as_str())).collect();
    vec![
        Tile {
            label: text::say(lang, "tile-transactions", &[]),
            value: text::number(lang, totals.transactions.count),
            note: money(totals.transactions),
            change: count_change(facts, totals.transactions, before.map(|p| p.transactions)),
        },
        share_tile(facts, headline),
        Tile {
            label: text::say(lang, "tile-open", &[]),
            value: money(totals.open),
            note: rows(totals.open),
            change: money_change(facts, totals.open, before.map(|p| p.open)),
        },
        Tile {
            label: text::say(lang, "tile-exceptions", &[]),
            value: text::number(lang, exceptions.work.count),
            note: money(exceptions.work),
            change: count_change(facts, exceptions.work, before.map(|p| p.exceptions)),
        },
        Tile {
            label: text::say(lang, "tile-overdue", &days),
            value: money(exceptions.overdue),
            note: rows(exceptions.overdue),
            change: money_change(facts, exceptions.overdue, before.map(|p| p.overdue)),
        },
    ]
}

fn share_tile(facts: &RunFacts, headline: Option<&ShareRow>) -> Tile {
    let lang = facts.lang;
    let point = headline.and_then(|row| row.point);
    let target = headline.and_then(|row| row.target);
    let change = match (facts.previous.as_ref().and_then(|p| p.share), point) {
        (Some(before), Some(now)) => text::say(
            lang,
            "change-points",
            &[("points", &text::points(lang, before, now))],
        ),
        _ => String::new(),
    };
    Tile {
        label: headline.map_or_else(
            || text::say(lang, "tile-share", &[]),
            |row| row.name.clone(),
        ),
        value: point.map_or_else(|| "—".to_owned(), |share| text::percent(lang, share)),
        note: target.map_or_else(
            || text::say(lang, "tile-no-target", &[]),
            |t| text::say(lang, "tile-target", &[("target", &percent_short(lang, t))]),
        ),
        change,
    }
}

fn count_change(facts: &RunFacts, now: Figure, before: Option<Figure>) -> String {
    let moved = before.map(|b| i128::from(now.count) - i128::from(b.count));
    change(facts, moved, |n| text::number(facts.lang, n))
}

fn money_change(facts: &RunFacts, now: Figure, before: Option<Figure>) -> String {
    let moved = before.map(|b| now.sum_vnd - b.sum_vnd);
    change(facts, moved, |n| text::money(facts.lang, n))
}

fn change(facts: &RunFacts, moved: Option<i128>, print: impl Fn(i128) -> String) -> String {
    let text = match moved {
        None => return String::new(),
        Some(0) => return text::say(facts.lang, "change-none", &[]),
        Some(n) if n > 0 => format!("+{}", print(n)),
        Some(n) => format!("−{}", print(-n)),
    };
    text::say(facts.lang, "change-night", &[("moved", &text)])
}
