//! What the fee table says of the fees of a night, in two versions of it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde::Deserialize as _;

use super::cause::Causes;
use super::documents::Documents;
use super::{Became, Cause, Diff, FindingChange, JobError, RunRecord, Said, TableFacts};
use crate::domain::{Day, Fee, FeeChecks, FeeNote, FeeTable};
use crate::job::{digest, told};
use crate::tariff;

/// One version: its table, and what it says of the fees that the version read.
struct Side {
    table: Option<TableFacts>,
    checks: FeeChecks,
}

/// Puts the changes into `diff`.
pub(super) fn changed(
    (from, before): (&RunRecord, &Documents),
    (to, after): (&RunRecord, &Documents),
    causes: &Causes,
    diff: &mut Diff,
) -> Result<(), JobError> {
    let (was, now) = (side(before)?, side(after)?);
    // what each run recorded decides; a run of an older program recorded nothing
    let is_other = told::changed_table(from, to)?.is_some() || was.table != now.table;
    let (old, new) = (notes(&was.checks), notes(&now.checks));
    for fee in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let of = |side: &BTreeMap<String, &FeeNote>, checks: &FeeChecks| {
            side.get(fee).map(|note| said(checks, note))
        };
        let (before, after) = (of(&old, &was.checks), of(&new, &now.checks));
        let became = match (&before, &after) {
            (None, _) => Became::Added,
            (_, None) => Became::Removed,
            (Some(before), Some(after)) if before == after => continue,
            _ => Became::Changed,
        };
        let Some(note) = new.get(fee).or(old.get(fee)) else {
            continue;
        };
        let dossier = format!("dossier {}", note.dossier_code);
        let tags = BTreeSet::from([format!("fee {fee}"), dossier]);
        diff.findings.push(FindingChange {
            fee: fee.as_str().into(),
            became,
            before,
            after,
            amount_vnd: note.amount.get(),
            cause: causes.of_finding(&tags, is_other.then_some(Cause::FeeTable)),
        });
    }
    diff.fee_table = is_other.then_some([was.table, now.table]);
    Ok(())
}

fn side(documents: &Documents) -> Result<Side, JobError> {
    let damaged = "the fee table or the fees that a run kept";
    let table = &documents.rules["fee_table"];
    if table.is_null() {
        return Ok(Side {
            table: None,
            checks: FeeChecks::default(),
        });
    }
    let table = FeeTable::deserialize(table).context(damaged)?;
    let fees = Vec::<Fee>::deserialize(&documents.pool["fees"]).context(damaged)?;
    let start = Option::<Day>::deserialize(&documents.rules["start"]).context(damaged)?;
    Ok(Side {
        table: Some(TableFacts {
            rates: table.rates.len(),
            digest: digest::of(&table)?,
        }),
        checks: tariff::judge(&fees, &table, start),
    })
}

fn notes(checks: &FeeChecks) -> BTreeMap<String, &FeeNote> {
    let key = |note: &FeeNote| format!("{}/{}", note.dossier_code, note.fee_id);
    checks.notes.iter().map(|note| (key(note), note)).collect()
}

fn said(checks: &FeeChecks, note: &FeeNote) -> Said {
    let places = note.due.iter().chain(&note.used);
    let rates = places.filter_map(|at| checks.rates.get(*at));
    Said {
        word: note.word,
        rates: rates.cloned().collect(),
    }
}
