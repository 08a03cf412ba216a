//! What an own definition must add, against what it adds.

use std::collections::BTreeMap;

use super::super::super::books::Books;
use super::super::super::violation::{Findings, Invariant, text};
use super::super::{Pair, pairs, shown, told};
use super::{Made, Wanted};
use crate::domain::Day;
use crate::domain::custom::CountUnit;
use crate::kpi::{Contribution, Scope};

/// Every item that is wanted is there and at least as wide; whatever else is there only widens.
pub(super) fn compare(books: &Books, wanted: &Wanted, last: Day, findings: &mut Findings) {
    let mut found: BTreeMap<(&str, &Scope), Vec<&Contribution>> = BTreeMap::new();
    for item in books.settlement.contributions.iter().copied() {
        if item.definition == "CUSTOM" && is_own(books, &item.scope) {
            found
                .entry((&item.item, &item.scope))
                .or_default()
                .push(item);
        }
    }
    let mut say = |name: &str, what, wanted: String, was: &[&Contribution]| {
        findings.add(
            Invariant::Item,
            told("CUSTOM", name),
            what,
            wanted,
            shown(was),
        );
    };
    let follows = text(
        "định nghĩa riêng phải theo đúng các tham số của nó",
        "an own definition follows from its parameters",
    );
    for item in found.values().flatten() {
        let far = |s: &crate::kpi::Elsewhere| s.to > last.max(item.day);
        if item.elsewhere.iter().any(far) {
            say(&item.item, follows, last.to_string(), &[item]);
        }
    }
    for (name, scopes) in wanted {
        for (scope, made) in scopes {
            let mine = found.remove(&(name.as_str(), scope)).unwrap_or_default();
            if !fits(books, made, &mine) {
                let (a, b) = made.point;
                let firm = if made.firm { "" } else { " .." };
                say(
                    name,
                    follows,
                    format!("[{scope}] {} {a}/{b}{firm}", made.day),
                    &mine,
                );
            }
        }
    }
    for ((name, _), rest) in found {
        let widens = |item: &&Contribution| {
            let late = books.rules.start == Some(item.day);
            item.outcomes.first() == Some(&(0, 0)) && (late || item.coupled)
        };
        if rest.len() > 1 || !rest.iter().all(widens) {
            let what = text(
                "dòng không được tính thì không đóng góp vào tỷ lệ",
                "what does not count adds nothing",
            );
            say(name, what, "-".into(), &rest);
        }
    }
}

/// The scopes in which an own definition counts: cells where it counts procedures.
fn is_own(books: &Books, scope: &Scope) -> bool {
    let unit = books.rules.custom.map(|custom| custom.unit);
    let procedure = unit == Some(CountUnit::Procedure);
    match scope {
        Scope::Cell(cell) => procedure && (cell.is_any() || cell.value.contains('@')),
        _ => !procedure,
    }
}

fn fits(books: &Books, made: &Made, found: &[&Contribution]) -> bool {
    if made.any {
        return found.len() <= 1;
    }
    let start = books.rules.start;
    let from = |day: Day| start.map_or(day, |start| day.max(start));
    let early = start.is_some_and(|start| made.day < start);
    let spans = || {
        made.spans
            .iter()
            .filter(|(_, to, _)| start.is_none_or(|start| start <= *to))
    };
    let item = match found {
        [item] => item,
        // nothing of it can still count
        [] => return (early && spans().next().is_none()) || is_nothing(made),
        _ => return false,
    };
    let settled = item.outcomes.len() == 1 && item.elsewhere.is_empty();
    if early {
        return true;
    }
    if !made.loose && (item.day != made.day || item.outcomes.first() != Some(&made.point)) {
        return false;
    }
    if made.firm && !made.loose {
        return settled || item.coupled;
    }
    let covered = |&(first, last, pair): &(Day, Day, Pair)| {
        let here = first == last && first == item.day && item.outcomes.contains(&pair);
        let over =
            |s: &crate::kpi::Elsewhere| s.outcome == pair && s.from <= from(first) && last <= s.to;
        here || item.elsewhere.iter().any(over)
    };
    let can = |pair: &Pair| pairs(item).any(|seen| seen == *pair);
    // what may only have come before go-live is cut off; a point that nobody can tell is not asked
    let asked = |pair: &&Pair| start.is_none() && !(made.loose && **pair == made.point);
    let needed = made.pairs.iter().filter(asked);
    needed.into_iter().all(can) && (made.loose || spans().all(covered))
}

fn is_nothing(made: &Made) -> bool {
    made.loose || made.pairs.iter().all(|pair| *pair == (0, 0))
}
