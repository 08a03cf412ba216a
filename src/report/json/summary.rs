//! `summary.json` of `match`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::{Classified, OK};
use crate::domain::{Grey, Side};
use crate::kpi::Share;
use crate::matching::{Evidence, MatchGroup};
use crate::report::facts::{Calibration, Digests, Figure};
use crate::report::model::{TieLine, Totals, tie_out_files, tie_out_lean, totals};
use crate::settle::{Inputs, Lean, Settlement};

use super::cells::{self, CellJson, GreyJson};
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
    breakdown: Vec<CellJson<'a>>,
    grey: Vec<GreyJson<'a>>,
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

/// What a settlement says of all its rows and groups together.
pub struct Sums<'a> {
    lines: Vec<TieLine>,
    classes: Classes,
    passes: Passes,
    groups: usize,
    legs: usize,
    exceptions: usize,
    sets: Vec<SetJson<'a>>,
    shares: &'a [Share],
    breakdown: &'a [Share],
    grey: &'a Grey,
    suggestions: usize,
}

type Classes = BTreeMap<(&'static str, &'static str), Figure>;
/// Groups and legs by pass.
type Passes = BTreeMap<&'static str, (u64, Figure)>;

/// `summary.json` of `match`: counts, sums, control totals, digests.
pub fn summary_document(
    inputs: &Inputs,
    settlement: &Settlement,
    program_version: &str,
    digests: &Digests,
    calibration: Option<Calibration>,
) -> String {
    let mut classes = Classes::new();
    add_rows(&settlement.rows, &mut classes);
    let mut passes = Passes::new();
    add_groups(&settlement.groups, &mut passes);
    let sums = Sums {
        lines: tie_out_files(inputs, settlement),
        classes,
        passes,
        groups: settlement.groups.len(),
        legs: legs(&settlement.groups),
        exceptions: exceptions(&settlement.rows),
        sets: certified_sets(&settlement.groups),
        shares: &settlement.shares,
        breakdown: &settlement.breakdown,
        grey: &settlement.grey,
        suggestions: settlement.suggestions.len(),
    };
    document(inputs, sums, (program_version, digests, calibration))
}

/// The sums of files that were settled without holding every row.
pub fn lean_sums<'a>(lean: &'a Lean) -> Sums<'a> {
    let inputs = lean.inputs;
    let mut classes = Classes::new();
    add_rows(&lean.settled.rows, &mut classes);
    let mut passes = Passes::new();
    add_groups(&lean.settled.groups, &mut passes);
    let (mut groups, mut plain_legs) = (lean.settled.groups.len(), 0);
    lean.each_plain(|group, legs| {
        groups += 1;
        plain_legs += legs;
        let (of_pass, figure) = passes.entry(group.pass).or_default();
        *of_pass += 1;
        figure.plus(Figure {
            count: u64::try_from(legs).unwrap_or(u64::MAX),
            sum_vnd: group.due.wide(),
        });
    });
    let fees = inputs.fees.iter().map(|fee| (Side::Fee, fee.amount));
    let receipts = inputs.receipts.iter();
    let receipts = receipts.map(|receipt| (Side::Receipt, receipt.amount));
    let txns = inputs.txns.iter().map(|txn| (Side::Txn, txn.amount));
    let all = fees
        .enumerate()
        .chain(receipts.enumerate())
        .chain(txns.enumerate());
    let mut in_order = [Figure::default(); 3];
    for (i, (side, amount)) in all {
        if lean.row_of(side, i).is_none() {
            in_order[usize::from(side > Side::Fee) + usize::from(side > Side::Receipt)].add(amount);
        }
    }
    for (side, figure) in [Side::Fee, Side::Receipt, Side::Txn]
        .into_iter()
        .zip(in_order)
    {
        if figure.count > 0 {
            classes.entry((side.id(), OK)).or_default().plus(figure);
        }
    }
    Sums {
        lines: tie_out_lean(lean),
        classes,
        passes,
        groups,
        legs: legs(&lean.settled.groups) + plain_legs,
        exceptions: exceptions(&lean.settled.rows),
        sets: certified_sets(&lean.settled.groups),
        shares: &lean.settled.shares,
        // whoever asks for a breakdown looks at every row
        breakdown: &[],
        grey: lean.grey(),
        suggestions: lean.settled.suggestions.len(),
    }
}

/// `summary.json` of these sums.
pub fn lean_summary(
    lean: &Lean,
    sums: Sums<'_>,
    program_version: &str,
    digests: &Digests,
    calibration: Option<Calibration>,
) -> String {
    document(lean.inputs, sums, (program_version, digests, calibration))
}

fn add_rows(rows: &[Classified], classes: &mut Classes) {
    for row in rows {
        let class = classes.entry((row.key.side.id(), row.class));
        class.or_default().add(row.amount);
    }
}

fn add_groups(groups: &[MatchGroup], passes: &mut Passes) {
    for group in groups {
        let entry = passes.entry(group.pass).or_default();
        entry.0 += 1;
        entry.1.plus(group.links().map(|leg| leg.amount).collect());
    }
}

fn legs(groups: &[MatchGroup]) -> usize {
    groups.iter().map(|group| group.links().count()).sum()
}

fn exceptions(rows: &[Classified]) -> usize {
    let exceptions = rows.iter().filter(|row| row.exception_id.is_some());
    exceptions.count()
}

fn document(
    inputs: &Inputs,
    sums: Sums<'_>,
    (program_version, digests, calibration): (&str, &Digests, Option<Calibration>),
) -> String {
    let counts = counts(inputs, &sums);
    let Sums {
        lines,
        classes,
        passes,
        sets,
        shares,
        breakdown,
        grey,
        ..
    } = sums;
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
        counts,
        totals: totals(&lines),
        control_totals: lines.iter().map(tie).collect(),
        passes: passes.into_iter().map(pass).collect(),
        classes: classes.into_iter().map(class).collect(),
        certified_sets: sets,
        outer_bounds: outer_bounds(shares),
        sources: inputs
            .sources
            .iter()
            .map(|s| SourceStateJson {
                name: s.name.as_str(),
                kind: &s.kind,
                state: s.state.id(),
            })
            .collect(),
        breakdown: cells::cells(breakdown),
        grey: cells::grey(grey),
    };
    pretty(&document)
}

fn outer_bounds(shares: &[Share]) -> Vec<OuterJson<'_>> {
    let outer = shares.iter().filter(|share| share.outer);
    outer
        .map(|share| OuterJson {
            definition: share.definition,
            agency_code: share.agency.as_ref().map_or("", |code| code.as_str()),
        })
        .collect()
}

fn counts(inputs: &Inputs, sums: &Sums<'_>) -> Counts {
    let rows = inputs.fees.len() + inputs.receipts.len() + inputs.txns.len() + inputs.rejects.len();
    Counts {
        fees: inputs.fees.len(),
        orders: inputs.orders.len(),
        receipts: inputs.receipts.len(),
        transactions: inputs.txns.len(),
        rejects: inputs.rejects.len(),
        conflicts: inputs.conflicts.len(),
        groups: sums.groups,
        legs: sums.legs,
        in_order: rows - sums.exceptions,
        exceptions: sums.exceptions,
        suggestions: sums.suggestions,
    }
}

fn certified_sets(groups: &[MatchGroup]) -> Vec<SetJson<'_>> {
    let sets = groups.iter().filter(|group| group.is_set());
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

fn pass((pass, (groups, legs)): (&'static str, (u64, Figure))) -> PassJson<'static> {
    PassJson {
        pass,
        groups,
        legs: legs.count,
        sum_vnd: legs.sum_vnd,
    }
}
