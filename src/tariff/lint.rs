//! What of a fee table cannot be meant so: rates that overlap, days without a rate, procedures that
//! nobody knows, amounts that are no whole dong.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fee_table::WHOLE;
use crate::domain::{Day, FeeKind, FeeRate, FeeTable, FilingChannel};

use super::national;

/// Something wrong with the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// True when it cannot be meant so.
    pub refused: bool,
}

/// Looks at every rate. `known` are the procedures that the registry has told or the rules list,
/// national codes; none where nobody told any.
pub fn lint(table: &FeeTable, known: &BTreeSet<Box<str>>, today: Day) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut of: BTreeMap<Identity<'_>, Vec<&FeeRate>> = BTreeMap::new();
    for rate in &table.rates {
        of.entry(identity(rate)).or_default().push(rate);
        flaws.extend(fraction(rate));
    }
    for rates in of.values_mut() {
        rates.sort_by_key(|rate| rate.valid_from);
        for pair in rates.windows(2) {
            flaws.extend(between(pair[0], pair[1]));
        }
    }
    flaws.extend(procedures(table, known, today));
    flaws
}

/// What a rate is for; two rates with the same identity follow each other.
type Identity<'t> = (
    &'t str,
    &'t str,
    FeeKind,
    &'t str,
    Option<FilingChannel>,
    &'t str,
);

fn identity(rate: &FeeRate) -> Identity<'_> {
    (
        rate.procedure.as_deref().unwrap_or_default(),
        rate.field.as_deref().unwrap_or_default(),
        rate.kind,
        &rate.item,
        rate.channel,
        &rate.applicant,
    )
}

fn named(rate: &FeeRate) -> String {
    let code = rate.procedure.as_deref().or(rate.field.as_deref());
    let mut parts = vec![code.unwrap_or_default(), rate.kind.id()];
    parts.extend(
        [&*rate.item, &*rate.applicant]
            .into_iter()
            .filter(|part| !part.is_empty()),
    );
    parts.join(", ")
}

/// A later rate against the one before it.
fn between(before: &FeeRate, after: &FeeRate) -> Option<Flaw> {
    let name = named(before);
    let next = after.valid_from;
    let overlap = before.valid_to.is_none_or(|to| next <= to);
    if overlap {
        let until = match before.valid_to {
            None => "for ever".to_owned(),
            Some(to) => format!("until {to}"),
        };
        return Some(Flaw {
            message: format!(
                "{name}: the rate from {} holds {until} and the next begins on {next}: both apply \
                 on the same days",
                before.valid_from
            ),
            fix: format!("write valid_to {} for the earlier one", next.minus(1)),
            refused: true,
        });
    }
    let to = before.valid_to?;
    (to.plus(1) < next).then(|| Flaw {
        message: format!(
            "{name}: no rate from {} to {}: dossiers received then are not held against it",
            to.plus(1),
            next.minus(1)
        ),
        fix: "fill the gap, or leave it if nothing was collected".into(),
        refused: false,
    })
}

/// What is collected must be whole dong.
fn fraction(rate: &FeeRate) -> Option<Flaw> {
    let mut amounts = [Some(rate.rate), rate.next_rate, rate.most]
        .into_iter()
        .flatten();
    let part = i128::from(rate.part);
    let broken = amounts.find(|amount| amount.wide() * part % i128::from(WHOLE) != 0)?;
    Some(Flaw {
        message: format!(
            "{}: {} at {}.{:02}% is no whole dong, so no amount can fit",
            named(rate),
            broken.grouped(),
            rate.part / 100,
            rate.part % 100
        ),
        fix: "write the reduced rate itself in rate_vnd, as the resolution rounds it".into(),
        refused: true,
    })
}

/// Codes that do not look like one, that nobody knows, or of which every rate has ended.
fn procedures(table: &FeeTable, known: &BTreeSet<Box<str>>, today: Day) -> Vec<Flaw> {
    let mut last: BTreeMap<&str, Option<Day>> = BTreeMap::new();
    for rate in &table.rates {
        let Some(code) = rate.procedure.as_deref() else {
            continue;
        };
        let end = last.entry(code).or_insert(rate.valid_to);
        // none is for ever
        *end = end.zip(rate.valid_to).map(|(a, b)| a.max(b));
    }
    let mut flaws = Vec::new();
    let mut warn = |message: String, fix: &str| {
        let fix = fix.into();
        flaws.push(Flaw {
            message,
            fix,
            refused: false,
        });
    };
    for (code, end) in last {
        if !is_procedure(code) {
            let message = format!("{code} does not look like a procedure's code (1.001612)");
            warn(
                message,
                "compare it with the national database of procedures",
            );
        } else if !known.is_empty() && !known.contains(national(code)) {
            let message =
                format!("{code} compares nothing: no fee of this procedure was ever told");
            warn(
                message,
                "compare the code with the registry's, or leave it for the day it comes",
            );
        }
        if let Some(end) = end.filter(|end| *end < today) {
            let message = format!("{code}: the last rate ended on {end}");
            warn(message, "add the rate that holds now");
        }
    }
    flaws
}

/// `d.dddddd`, and what an office adds behind a dot.
fn is_procedure(code: &str) -> bool {
    let Some((digit, rest)) = national(code).split_once('.') else {
        return false;
    };
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    digits(digit, 1) && digits(rest, 6)
}
