//! Which rows stand in the files of a night, and which in those of `match`.

use std::collections::BTreeMap;

use crate::classify::{Class, Classified};
use crate::domain::{Day, DossierCode, Lang, RowKey};
use crate::kpi::{Period, Share};
use crate::matching::{Evidence, MatchGroup};
use crate::report::facts::RunFacts;
use crate::report::model::{Classes, is_listed};
use crate::settle::Settlement;
use crate::text;

use super::ExceptionRow;

/// Every row of the settlement that is not in order: `match`.
pub fn exceptions<'a>(
    settlement: &'a Settlement,
    classes: &[Class],
    lang: Lang,
) -> Vec<ExceptionRow<'a>> {
    exceptions_of(&settlement.rows, classes, lang)
}

/// Those of these rows that are not in order.
pub fn exceptions_of<'a>(
    rows: &'a [Classified],
    classes: &[Class],
    lang: Lang,
) -> Vec<ExceptionRow<'a>> {
    let listed = rows.iter().filter(|row| row.exception_id.is_some());
    listed
        .map(|row| exception(row, Classes(classes), lang))
        .collect()
}

/// Every open item as of the night, and tonight's excluded and informative rows.
pub fn night_exceptions<'a>(
    settlement: &'a Settlement,
    facts: &'a RunFacts,
    classes: &[Class],
) -> Vec<ExceptionRow<'a>> {
    let classes = Classes(classes);
    let listed = settlement
        .rows
        .iter()
        .filter(|row| is_listed(row, row.severity, facts.business_date));
    listed
        .map(|row| ExceptionRow {
            ruled: facts.page.ruled(&row.key),
            ..exception(row, classes, facts.lang)
        })
        .collect()
}

fn exception<'a>(row: &'a Classified, classes: Classes<'_>, lang: Lang) -> ExceptionRow<'a> {
    let mut detail = classes.text(row.class, lang, |class| class.label);
    // A row that could not be read says why, and what to do about that very cell.
    for evidence in row.evidence.iter().filter(|_| row.class == "reject") {
        if let Evidence::At(file, _, column, value, code) = evidence {
            let cell = text::reject::Cell {
                code: *code,
                side: row.key.side,
                file,
                column,
                value,
            };
            let (reason, advice) = text::reject::explain_masked(cell, lang);
            detail = format!("{detail}: {reason}. {advice}");
        }
    }
    for also in &row.also {
        detail.push_str("; ");
        detail.push_str(&classes.text(also, lang, |class| class.label));
    }
    ExceptionRow {
        key: &row.key,
        class: row.class,
        amount: row.amount.get(),
        dossier_code: row.dossier_code.as_ref().map_or("", DossierCode::as_str),
        evidence: &row.evidence,
        nearest: &row.nearest,
        exception_id: row.exception_id.as_ref(),
        detail,
        severity: row.severity,
        ruled: None,
    }
}

/// The groups with a leg of tonight, and those that were decided otherwise than the night before.
pub fn night_groups<'a>(settlement: &'a Settlement, facts: &RunFacts) -> Vec<&'a MatchGroup> {
    let days: BTreeMap<&RowKey, Day> = settlement
        .rows
        .iter()
        .map(|row| (&row.key, row.business_date))
        .collect();
    let tonight = |group: &&MatchGroup| {
        let mut money = group.legs.iter().map(|leg| &leg.money);
        facts.changed_groups.contains(&group.id)
            || money.any(|key| days.get(key) == Some(&facts.business_date))
    };
    settlement.groups.iter().filter(tonight).collect()
}

/// The shares of `share.csv`: of the period asked for, else of the year to date.
pub fn night_shares<'a>(
    settlement: &'a Settlement,
    facts: &RunFacts,
) -> impl Iterator<Item = &'a Share> {
    let asked = facts.period().cloned();
    let year = asked.unwrap_or_else(|| Period::year_to(facts.business_date));
    settlement
        .shares
        .iter()
        .filter(move |share| share.period == year)
}
