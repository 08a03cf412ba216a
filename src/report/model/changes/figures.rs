//! The five numbers of the first page before and after, with what caused the change.

use crate::domain::{Fraction, Lang};
use crate::report::facts::diff::{Amount, Became, Diff, FigureChange};
use crate::report::model::{OVERDUE_DAYS, definition_name};
use crate::text;

use super::{ChangeLine, said_once, share_causes};

/// A line each, in the order of the page.
pub(super) fn lines(diff: &Diff, lang: Lang) -> Vec<ChangeLine> {
    let line = |change: &FigureChange| ChangeLine {
        became: Became::Changed,
        what: figure_word(change, lang),
        before: amount_word(change.before, lang),
        after: amount_word(change.after, lang),
        amount: None,
        cause: cause(diff, change, lang),
    };
    diff.figures.iter().map(line).collect()
}

/// What the number is called, as on the page.
pub fn figure_word(change: &FigureChange, lang: Lang) -> String {
    let days = text::number(lang, OVERDUE_DAYS);
    let key = match change.figure {
        "transactions" => "tile-transactions",
        "share" => return definition_name(lang, &change.definition),
        "open" => "tile-open",
        "exceptions" => "tile-exceptions",
        _ => "tile-overdue",
    };
    text::say(lang, key, &[("days", &days)])
}

/// What it tells: rows and their money, or a share; a dash for nothing.
pub fn amount_word(amount: Option<Amount>, lang: Lang) -> String {
    match amount {
        None => "—".to_owned(),
        Some(Amount::Rows(figure)) => {
            let n = text::number(lang, figure.count);
            let rows = text::say(lang, "tile-rows", &[("n", &n)]);
            format!("{rows}, {}", text::money(lang, figure.sum_vnd))
        }
        Some(Amount::Share {
            numerator,
            denominator,
        }) => Fraction::new(numerator, denominator)
            .map_or_else(|| "—".to_owned(), |share| text::percent(lang, share)),
    }
}

/// Of the transactions what changed the totals of the sources, of the share what changed that, of
/// what is open whatever changed links, classes and exceptions.
fn cause(diff: &Diff, change: &FigureChange, lang: Lang) -> String {
    match change.figure {
        "transactions" => {
            // a registry tells no money of its own
            let money = diff.totals.iter().filter(|total| total.figure == "sum_vnd");
            said_once(money.map(|total| &total.cause), lang).join("; ")
        }
        "share" => {
            let is_it = |definition: &str| definition == &*change.definition;
            let mut whole = diff.shares.iter().filter(|share| share.scope.is_empty());
            let share = whole.find(|share| is_it(&share.definition) && share.period.1.len() == 4);
            share.map_or_else(String::new, |share| share_causes(share, lang))
        }
        _ => {
            let links = diff.matches.iter().map(|change| &change.cause);
            let classes = diff.classes.iter().map(|change| &change.cause);
            let exceptions = diff.exceptions.iter().map(|change| &change.cause);
            said_once(links.chain(classes).chain(exceptions), lang).join("; ")
        }
    }
}
