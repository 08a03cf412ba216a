//! What was known then against what is known now: the shares, and what arrived between.

use std::io::{self, Write};

use super::Style;
use super::table::Table;
use crate::domain::{AgencyCode, Arrived, Lang, Moved, RejectCode};
use crate::kpi::{Fraction, Share};
use crate::report::model::{decided, kind_word};
use crate::text;

/// A share of the period as known then and as known now.
#[derive(Clone, Copy, Debug)]
pub struct KnownShare<'a> {
    /// Then.
    pub then: &'a Share,
    /// Now; none where the definition is not measured any more.
    pub now: Option<&'a Share>,
}

const KNOWN: [&str; 14] = [
    "agency_code",
    "definition",
    "numerator_then",
    "denominator_then",
    "share_then",
    "low_then",
    "high_then",
    "numerator_now",
    "denominator_now",
    "share_now",
    "low_now",
    "high_now",
    "outer_then",
    "outer_now",
];

/// `known.csv`: a row a definition and agency, by definition, the total last.
pub fn write_known(to: impl Write, mut rows: Vec<KnownShare<'_>>, style: Style) -> io::Result<()> {
    rows.sort_by_key(|row| {
        let share = row.then;
        (
            share.definition,
            share.agency.is_none(),
            share.agency.clone(),
        )
    });
    let mut table = Table::new(to, style, &KNOWN)?;
    for row in rows {
        table.text(row.then.agency.as_ref().map_or("", AgencyCode::as_str));
        table.text(row.then.definition);
        for share in [Some(row.then), row.now] {
            for figure in &figures(share) {
                table.number(figure);
            }
        }
        for share in [Some(row.then), row.now] {
            table.text(outer(share).map_or("", |outer| if outer { "true" } else { "false" }));
        }
        table.end_row()?;
    }
    table.finish()
}

/// Whether the bounds are outer ones, which may be wider than the truth allows; none where there
/// are no bounds.
pub fn outer(share: Option<&Share>) -> Option<bool> {
    let share = share.filter(|share| share.enough_data && share.low.is_some())?;
    Some(share.outer)
}

/// Numerator, denominator, share, bounds; empty where there are none.
pub fn figures(share: Option<&Share>) -> [String; 5] {
    let Some(share) = share.filter(|share| share.enough_data) else {
        return Default::default();
    };
    let part = |share: Option<Fraction>, round: fn(Fraction, u32) -> String| {
        share.map_or_else(String::new, |share| round(share, 4))
    };
    [
        share.numerator.to_string(),
        share.denominator.to_string(),
        part(share.point(), Fraction::half_up),
        part(share.low, Fraction::down),
        part(share.high, Fraction::up),
    ]
}

const ARRIVED: [&str; 14] = [
    "told",
    "kind",
    "key",
    "became",
    "says",
    "dossier_code",
    "day",
    "amount_vnd",
    "kind_label",
    "became_label",
    "says_label",
    "bank_ref",
    "decided_by",
    "reason",
];

/// `arrived.csv`: rows and decisions in the order in which they came; the stable words first, and
/// what they are for people, in `lang`, behind them.
pub fn write_arrived(to: impl Write, rows: &[Arrived], lang: Lang, style: Style) -> io::Result<()> {
    let mut table = Table::new(to, style, &ARRIVED)?;
    for row in rows {
        table.number(&row.told.to_string());
        table.text(row.kind);
        table.text(&row.key);
        table.text(row.became);
        table.text(&row.says);
        table.text(row.dossier.as_deref().unwrap_or_default());
        table.number(&row.day.to_string());
        table.number(&row.amount_vnd.map_or_else(String::new, |n| n.to_string()));
        table.text(&kind_word(row.kind, lang));
        table.text(&word(lang, "became", row.became));
        table.text(&says_word(row, lang));
        for told in [&row.bank_ref, &row.by, &row.reason] {
            table.text(told.as_deref().unwrap_or_default());
        }
        table.end_row()?;
    }
    table.finish()
}

/// The message of a stable word; the word itself where there is none.
fn word(lang: Lang, of: &str, id: &str) -> String {
    let key = format!("{of}-{}", id.replace('_', "-"));
    text::lookup(lang, &key, &[]).unwrap_or_else(|| id.to_owned())
}

/// The state of a receipt, for people.
fn receipt_word(state: &str, lang: Lang) -> String {
    let key = match state {
        "valid" => "receipt-valid",
        "void" => "receipt-void",
        "replaced" => "receipt-replaced",
        _ => return state.to_owned(),
    };
    text::say(lang, key, &[])
}

/// What a row says, for people: kind and state of a transaction, state of a receipt, why a row
/// could not be read, what a person decided.
fn says_word(row: &Arrived, lang: Lang) -> String {
    match row.kind {
        "txn" => {
            let (kind, state) = row.says.split_once(' ').unwrap_or((&*row.says, ""));
            let (state, told) = state.split_once(": ").unwrap_or((state, ""));
            let said = format!(
                "{}, {}",
                word(lang, "kind", kind),
                word(lang, "status", state)
            );
            if told.is_empty() {
                said
            } else {
                format!("{said}: {told}")
            }
        }
        "receipt" => receipt_word(&row.says, lang),
        "reject" => RejectCode::parse(&row.says).map_or_else(
            || row.says.to_string(),
            |code| text::reject::what(code, lang),
        ),
        _ => decided(lang, &row.says),
    }
}

const MOVED: [&str; 9] = [
    "definition",
    "item",
    "numerator_then",
    "denominator_then",
    "numerator_now",
    "denominator_now",
    "outcomes_then",
    "outcomes_now",
    "bank_ref",
];

/// `moved.csv`: the items of the total that count otherwise, by definition and item; with all that
/// each may count as, `[1/1] [0/1]`, of which the bounds of the shares are made; in brackets, or a
/// spreadsheet would see a day.
pub fn write_moved(to: impl Write, rows: &[Moved], style: Style) -> io::Result<()> {
    let mut table = Table::new(to, style, &MOVED)?;
    for row in rows {
        table.text(&row.definition);
        table.text(&row.item);
        for (numerator, denominator) in [row.then, row.now] {
            table.whole(numerator);
            table.whole(denominator);
        }
        for outcomes in [&row.outcomes_then, &row.outcomes_now] {
            let each = outcomes
                .iter()
                .map(|(part, whole)| format!("[{part}/{whole}]"));
            table.text(&each.collect::<Vec<_>>().join(" "));
        }
        table.text(row.bank_ref.as_deref().unwrap_or_default());
        table.end_row()?;
    }
    table.finish()
}
