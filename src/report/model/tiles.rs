//! Pure: the five numbers of the first page, each with its change since the night before and the
//! night of a month ago; of a period since the period before.

use serde::Serialize;

use crate::domain::Lang;
use crate::report::facts::{Figure, Previous, RunFacts};
use crate::text;
use crate::text::figure::percent_short;

use super::OVERDUE_DAYS;
use super::before;
use super::exceptions::ExceptionList;
use super::light::lower_first;
use super::shares::ShareRow;
use super::span::{self, at_end, period_words};
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
    /// The change since the night of a month ago, or of a period since the period before; empty
    /// where there was none.
    pub change_month: String,
}

impl Tile {
    /// With the change since the period before, in the report of a period.
    fn beside(mut self, change: String) -> Self {
        if !change.is_empty() {
            self.change_month = change;
        }
        self
    }
}

/// Transactions, share, open money, open exceptions, overdue money; of a period the sum of its
/// nights, and what was open after its last one.
pub(super) fn tiles(
    facts: &RunFacts,
    (totals, open, paid): (&Totals, Figure, i128),
    headline: Option<&ShareRow>,
    exceptions: &ExceptionList,
) -> Vec<Tile> {
    let lang = facts.lang;
    let say = |key: &str, args: &[(&str, &str)]| text::say(lang, key, args);
    let rows = |figure: Figure| say("tile-rows", &[("n", &text::number(lang, figure.count))]);
    let label = |key: &str, args: &[(&str, &str)]| at_end(facts, say(key, args));
    let money = |figure: Figure| text::money(lang, figure.sum_vnd);
    let days = text::number(lang, OVERDUE_DAYS);
    let open_key = match facts.period() {
        Some(_) => "tile-open-period",
        None => "tile-open",
    };
    vec![
        unless_unseen(facts, totals, transactions(facts, totals, paid)),
        share_tile(facts, headline),
        unless_unseen(
            facts,
            totals,
            Tile {
                label: label(open_key, &[]),
                value: money(open),
                note: rows(open),
                ..since(facts, |p| Some(money_change(facts, open, p.open)))
            }
            .beside(before::money(facts, open, |end| end.open)),
        ),
        Tile {
            label: label("tile-exceptions", &[]),
            value: text::number(lang, exceptions.work.count),
            note: work_note(facts, exceptions),
            ..work_moved(facts, exceptions)
        }
        .beside(before::rows(facts, exceptions.work, |end| end.exceptions)),
        Tile {
            label: label("tile-overdue", &[("days", &days)]),
            value: money(exceptions.overdue),
            note: rows(exceptions.overdue),
            ..since(facts, |p| {
                Some(money_change(facts, exceptions.overdue, p.overdue))
            })
        }
        .beside(before::money(facts, exceptions.overdue, |end| end.overdue)),
    ]
}

/// A figure of the night's money; a gap where no source of it has delivered.
fn unless_unseen(facts: &RunFacts, totals: &Totals, tile: Tile) -> Tile {
    if !facts.is_money_unseen(totals.transactions) {
        return tile;
    }
    Tile {
        label: tile.label,
        value: "—".to_owned(),
        note: text::say(facts.lang, "tile-unseen", &[]),
        ..Tile::default()
    }
}

/// Of how many matters the rows are, and their money.
fn work_note(facts: &RunFacts, exceptions: &ExceptionList) -> String {
    let lang = facts.lang;
    let sum = text::money(lang, exceptions.work.sum_vnd);
    match exceptions.matters_word(lang) {
        Some(matters) => format!("{matters}, {sum}"),
        None => sum,
    }
}

/// The work list since the night before; in a period what came and went in it.
fn work_moved(facts: &RunFacts, exceptions: &ExceptionList) -> Tile {
    let change = match facts.period() {
        Some(_) => span::work_moved(facts).unwrap_or_default(),
        None => {
            return since(facts, |p| {
                Some(count_change(facts, exceptions.work, p.exceptions))
            });
        }
    };
    Tile {
        change,
        ..Tile::default()
    }
}

/// The transactions of the night, or of the nights of the period, with what is in none of them.
/// The sum of all rows is a turnover, with what went back and what gateways handed on; `paid` of it
/// is what people paid, dong.
fn transactions(facts: &RunFacts, night: &Totals, paid: i128) -> Tile {
    let lang = facts.lang;
    let (figure, tile) = if let Some(nights) = facts.of_nights() {
        let period = period_words(facts).unwrap_or_default();
        let tile = Tile {
            label: text::say(lang, "tile-transactions-period", &[("period", &period)]),
            change: span::of_how_many(facts, nights),
            change_month: before::transactions(facts, nights.totals.transactions),
            ..Tile::default()
        };
        (nights.totals.transactions, tile)
    } else {
        let tile = Tile {
            label: text::say(lang, "tile-transactions", &[]),
            ..since(facts, |p| {
                Some(count_change(facts, night.transactions, p.transactions))
            })
        };
        (night.transactions, tile)
    };
    Tile {
        value: text::number(lang, figure.count),
        note: turnover(lang, figure.sum_vnd, paid),
        ..tile
    }
}

/// The sum of all rows, named as the turnover that it is, and what people paid; both in dong.
pub fn turnover(lang: Lang, all: i128, paid: i128) -> String {
    let [all, paid] = [all, paid].map(|dong| text::money(lang, dong));
    text::say(lang, "tile-turnover", &[("sum", &all), ("paid", &paid)])
}

fn share_tile(facts: &RunFacts, headline: Option<&ShareRow>) -> Tile {
    let lang = facts.lang;
    let point = headline.and_then(|row| row.point);
    let target = headline.and_then(|row| row.target);
    let moved = |before: &Previous| {
        if facts.begins_anew(before.business_date) {
            return None;
        }
        let points = text::points(lang, before.share?, point?);
        Some(text::say(lang, "change-points", &[("points", &points)]))
    };
    let tile = Tile {
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
    };
    if facts.period().is_some() {
        return tile.beside(before::share(facts, point));
    }
    if point.is_none() {
        return tile;
    }
    let anew = |before: Option<&Previous>| {
        let before = before.filter(|before| facts.begins_anew(before.business_date))?;
        let day = text::day(lang, before.business_date);
        Some(text::say(lang, "change-new-year", &[("day", &day)]))
    };
    Tile {
        change: anew(facts.previous.as_ref()).unwrap_or(tile.change),
        change_month: anew(facts.page.month_before.as_ref()).unwrap_or(tile.change_month),
        ..tile
    }
}

/// A tile with its changes only; no night compares with a period.
fn since(facts: &RunFacts, moved: impl Fn(&Previous) -> Option<String>) -> Tile {
    if facts.period().is_some() {
        return Tile::default();
    }
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
