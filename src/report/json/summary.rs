//! `summary.json` of `match`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::matching::Evidence;
use crate::report::facts::{Calibration, Digests, Figure};
use crate::report::model::{TieLine, Totals, tie_out_files, totals};
use crate::settle::{Inputs, Settlement};

use super::{CalibrationJson, SCHEMA_VERSION, pretty};

#[derive(Serialize)]
struct SummaryDocument<'a> {
    schema_version: u32,
    version: &'a str,
    digests: &'a Digests,
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<CalibrationJson>,
    counts: Counts,
    totals: Totals,
    control_totals: Vec<TieJson<'a>>,
    passes: Vec<PassJson<'a>>,
    classes: Vec<SideClassJson>,
    certified_sets: Vec<SetJson<'a>>,
    outer_bounds: Vec<OuterJson<'a>>,
    sources: Vec<SourceStateJson<'a>>,
}

#[derive(Serialize)]
struct Counts {
    fees: usize,
    orders: usize,
    receipts: usize,
    transactions: usize,
    rejects: usize,
    conflicts: usize,
    groups: usize,
    legs: usize,
    in_order: usize,
    exceptions: usize,
    suggestions: usize,
}

#[derive(Serialize)]
struct TieJson<'a> {
    source: &'a str,
    business_date: Option<String>,
    kind: &'a str,
    rows_in: Figure,
    matched: Figure,
    open: Figure,
    rejected: Figure,
    excluded: Figure,
    difference: DifferenceJson,
}

#[derive(Serialize)]
struct DifferenceJson {
    count: i128,
    sum_vnd: i128,
}

#[derive(Serialize)]
struct PassJson<'a> {
    pass: &'a str,
    groups: u64,
    legs: u64,
    sum_vnd: i128,
}

#[derive(Serialize)]
struct SideClassJson {
    side: &'static str,
    class: String,
    count: u64,
    sum_vnd: i128,
}

/// As many payments as dossiers that nothing tells apart: certain as a sum, not one by one.
#[derive(Serialize)]
struct SetJson<'a> {
    set: &'a str,
    agency_code: &'a str,
    day: String,
    payments: usize,
    fees: usize,
    amount_vnd: i64,
    sum_vnd: i128,
}

/// A share whose bounds may be wider than the truth allows, because rows are coupled.
#[derive(Serialize)]
struct OuterJson<'a> {
    definition: &'a str,
    agency_code: &'a str,
}

#[derive(Serialize)]
struct SourceStateJson<'a> {
    name: &'a str,
    kind: &'a str,
    state: &'static str,
}

/// `summary.json` of `match`: counts, sums, control totals, digests.
pub fn summary_document(
    inputs: &Inputs,
    settlement: &Settlement,
    program_version: &str,
    digests: &Digests,
    calibration: Option<Calibration>,
) -> String {
    let lines = tie_out_files(inputs, settlement);
    let mut classes: BTreeMap<(&'static str, &str), Figure> = BTreeMap::new();
    for row in &settlement.rows {
        classes
            .entry((row.key.side.id(), row.class))
            .or_default()
            .add(row.amount);
    }
    let class = |((side, class), figure): ((&'static str, &str), Figure)| SideClassJson {
        side,
        class: class.to_owned(),
        count: figure.count,
        sum_vnd: figure.sum_vnd,
    };
    let document = SummaryDocument {
        schema_version: SCHEMA_VERSION,
        version: program_version,
        digests,
        calibration: calibration.map(CalibrationJson::of),
        counts: counts(inputs, settlement),
        totals: totals(&lines),
        control_totals: lines.iter().map(tie).collect(),
        passes: passes(settlement),
        classes: classes.into_iter().map(class).collect(),
        certified_sets: certified_sets(settlement),
        outer_bounds: outer_bounds(settlement),
        sources: inputs
            .sources
            .iter()
            .map(|s| SourceStateJson {
                name: s.name.as_str(),
                kind: &s.kind,
                state: s.state.id(),
            })
            .collect(),
    };
    pretty(&document)
}

fn outer_bounds(settlement: &Settlement) -> Vec<OuterJson<'_>> {
    let outer = settlement.shares.iter().filter(|share| share.outer);
    outer
        .map(|share| OuterJson {
            definition: share.definition,
            agency_code: share.agency.as_ref().map_or("", |code| code.as_str()),
        })
        .collect()
}

fn counts(inputs: &Inputs, settlement: &Settlement) -> Counts {
    let exceptions = settlement
        .rows
        .iter()
        .filter(|row| row.exception_id.is_some())
        .count();
    Counts {
        fees: inputs.fees.len(),
        orders: inputs.orders.len(),
        receipts: inputs.receipts.len(),
        transactions: inputs.txns.len(),
        rejects: inputs.rejects.len(),
        conflicts: inputs.conflicts.len(),
        groups: settlement.groups.len(),
        legs: settlement
            .groups
            .iter()
            .map(|group| group.links().count())
            .sum(),
        in_order: settlement.rows.len() - exceptions,
        exceptions,
        suggestions: settlement.suggestions.len(),
    }
}

fn certified_sets(settlement: &Settlement) -> Vec<SetJson<'_>> {
    let sets = settlement.groups.iter().filter(|group| group.is_set());
    sets.filter_map(|group| {
        let payments = group.legs.iter().filter(|leg| leg.fee_id.is_none()).count();
        let (agency, day, each) = group.evidence.iter().find_map(|said| match said {
            Evidence::InSet(agency, day, _, each) => Some((agency, day, each)),
            _ => None,
        })?;
        Some(SetJson {
            set: &group.id,
            agency_code: agency,
            day: day.to_string(),
            payments,
            fees: group.legs.len() - payments,
            amount_vnd: each.get(),
            sum_vnd: each.wide() * i128::try_from(payments).unwrap_or(0),
        })
    })
    .collect()
}

fn tie(line: &TieLine) -> TieJson<'_> {
    let (count, sum_vnd) = line.difference();
    TieJson {
        source: &line.source,
        business_date: line.business_date.map(|day| day.to_string()),
        kind: line.kind,
        rows_in: line.rows_in,
        matched: line.matched,
        open: line.open,
        rejected: line.rejected,
        excluded: line.excluded,
        difference: DifferenceJson { count, sum_vnd },
    }
}

fn passes(settlement: &Settlement) -> Vec<PassJson<'_>> {
    let mut passes: BTreeMap<&str, (u64, Figure)> = BTreeMap::new();
    for group in &settlement.groups {
        let entry = passes.entry(group.pass).or_default();
        entry.0 += 1;
        entry.1.plus(group.links().map(|leg| leg.amount).collect());
    }
    passes
        .into_iter()
        .map(|(pass, (groups, legs))| PassJson {
            pass,
            groups,
            legs: legs.count,
            sum_vnd: legs.sum_vnd,
        })
        .collect()
}
