//! The machine-readable files: `run.json`, `summary.json`, `timings.json` and the error document.
//!
//! Keys stand in a fixed order, dong are whole numbers, shares are texts with four decimals (the
//! point half up, the lower bound down, the upper bound up). `schema_version` is 1; a change that
//! breaks a reader raises it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::classify::Class;
use crate::domain::{RunId, Vnd};
use crate::kpi::{Fraction, Share, Verdict};
use crate::settle::{Inputs, Settlement};

use super::csv::night_exceptions;
use super::facts::{Digests, Figure, KindFigure, RunFacts, SourceNight};
use super::model::{Index, TieLine, Totals, tie_out, tie_out_files, totals};

/// The version of every document written here.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct RunDocument<'a> {
    schema_version: u32,
    run_id: &'a RunId,
    business_date: String,
    state: &'a str,
    version_of_night: u32,
    replaces: Option<&'a RunId>,
    exit_codes: &'a [u8],
    version: &'a str,
    digests: &'a Digests,
    sources: Vec<SourceJson<'a>>,
    totals: Totals,
    share: Vec<ShareJson<'a>>,
    exceptions: Vec<ClassJson>,
}

#[derive(Serialize)]
struct SourceJson<'a> {
    name: &'a str,
    kind: &'a str,
    state: &'static str,
    rows: u64,
    rejects: u64,
    sum_vnd: i128,
    control: Option<ControlJson>,
    by_kind: Vec<KindJson<'a>>,
    arrived: Figure,
}

#[derive(Serialize)]
struct ControlJson {
    expected_count: u64,
    expected_sum_vnd: Option<Vnd>,
    ties: bool,
}

#[derive(Serialize)]
struct KindJson<'a> {
    kind: &'a str,
    status: &'a str,
    count: u64,
    sum_vnd: i128,
}

#[derive(Serialize)]
struct ShareJson<'a> {
    definition: &'static str,
    scope: &'a str,
    period: &'a str,
    numerator: i128,
    denominator: i128,
    share: Option<String>,
    low: Option<String>,
    high: Option<String>,
    estimated: Option<EstimateJson<'a>>,
    target: Option<String>,
    verdict: Option<Verdict>,
    deciding: Vec<&'a str>,
}

#[derive(Serialize)]
struct EstimateJson<'a> {
    low: String,
    high: String,
    basis: &'a str,
}

#[derive(Serialize)]
struct ClassJson {
    class: String,
    count: u64,
    sum_vnd: i128,
}

/// `run.json` of a night.
pub fn run_document(
    inputs: &Inputs,
    settlement: &Settlement,
    facts: &RunFacts,
    classes: &[Class],
) -> String {
    let lines = tie_out(&Index::new(inputs), settlement, facts);
    let listed = night_exceptions(settlement, facts, classes);
    let document = RunDocument {
        schema_version: SCHEMA_VERSION,
        run_id: &facts.run_id,
        business_date: facts.business_date.to_string(),
        state: &facts.state,
        version_of_night: facts.version_of_night,
        replaces: facts.replaces.as_ref(),
        exit_codes: &facts.exit_codes,
        version: &facts.program_version,
        digests: &facts.digests,
        sources: facts.sources.iter().map(source).collect(),
        totals: totals(&lines),
        share: settlement
            .shares
            .iter()
            .map(|share| share_json(share, facts))
            .collect(),
        exceptions: by_class(listed.iter().map(|row| (row.class, row.amount))),
    };
    pretty(&document)
}

fn source(source: &SourceNight) -> SourceJson<'_> {
    let control = source.facts.control.map(|control| ControlJson {
        expected_count: control.expected_count,
        expected_sum_vnd: control.expected_sum,
        ties: control.ties(),
    });
    SourceJson {
        name: source.facts.name.as_str(),
        kind: &source.facts.kind,
        state: source.facts.state.id(),
        rows: source.rows.count,
        rejects: source.rejects,
        sum_vnd: source.rows.sum_vnd,
        control,
        by_kind: source.by_kind.iter().map(kind).collect(),
        arrived: source.arrived,
    }
}

fn kind(kind: &KindFigure) -> KindJson<'_> {
    let KindFigure {
        kind,
        status,
        figure,
    } = kind;
    KindJson {
        kind,
        status,
        count: figure.count,
        sum_vnd: figure.sum_vnd,
    }
}

fn share_json<'a>(share: &'a Share, facts: &'a RunFacts) -> ShareJson<'a> {
    let scope = share.agency.as_ref().map_or("", |code| code.as_str());
    let known = |figure: Option<Fraction>| figure.filter(|_| share.enough_data);
    let estimate = facts.estimates.iter().find(|e| {
        *e.definition == *share.definition && *e.scope == *scope && e.period == share.period.label
    });
    ShareJson {
        definition: share.definition,
        scope,
        period: &share.period.label,
        numerator: share.numerator,
        denominator: share.denominator,
        share: known(share.point()).map(|f| f.half_up(4)),
        low: known(share.low).map(|f| f.down(4)),
        high: known(share.high).map(|f| f.up(4)),
        estimated: estimate.map(|e| EstimateJson {
            low: e.low.down(4),
            high: e.high.up(4),
            basis: &e.basis,
        }),
        target: share.target.map(target),
        verdict: share.verdict,
        deciding: share.deciding.iter().map(|id| id.as_str()).collect(),
    }
}

/// A target with at least two decimals and no further zeros: `0.50`, `0.625`.
fn target(share: Fraction) -> String {
    let mut text = share.half_up(4);
    while text.ends_with('0') && text.len() > "0.50".len() {
        text.pop();
    }
    text
}

fn by_class<'a>(rows: impl Iterator<Item = (&'a str, i64)>) -> Vec<ClassJson> {
    let mut classes: BTreeMap<&str, Figure> = BTreeMap::new();
    for (class, amount) in rows {
        classes.entry(class).or_default().add(Vnd::new(amount));
    }
    let json = |(class, figure): (&str, Figure)| ClassJson {
        class: class.to_owned(),
        count: figure.count,
        sum_vnd: figure.sum_vnd,
    };
    classes.into_iter().map(json).collect()
}

#[derive(Serialize)]
struct SummaryDocument<'a> {
    schema_version: u32,
    version: &'a str,
    digests: &'a Digests,
    counts: Counts,
    totals: Totals,
    control_totals: Vec<TieJson<'a>>,
    passes: Vec<PassJson<'a>>,
    classes: Vec<SideClassJson>,
    certified_sets: [(); 0],
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
) -> String {
    let index = Index::new(inputs);
    let lines = tie_out_files(&index, settlement);
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
        counts: counts(inputs, settlement),
        totals: totals(&lines),
        control_totals: lines.iter().map(tie).collect(),
        passes: passes(settlement),
        classes: classes.into_iter().map(class).collect(),
        certified_sets: [],
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
        legs: settlement.groups.iter().map(|group| group.legs.len()).sum(),
        in_order: settlement.rows.len() - exceptions,
        exceptions,
        suggestions: settlement.suggestions.len(),
    }
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
        entry
            .1
            .plus(group.legs.iter().map(|leg| leg.amount).collect());
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

/// The document that exits 1, 2, 10 and 11 print with `--json`: what happened and how to fix it.
pub fn error_document(code: &str, message: &str, fix: &str) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        code: &'a str,
        message: &'a str,
        fix: &'a str,
    }
    #[derive(Serialize)]
    struct Document<'a> {
        schema_version: u32,
        error: Body<'a>,
    }
    pretty(&Document {
        schema_version: SCHEMA_VERSION,
        error: Body { code, message, fix },
    })
}

/// What `timings.json` says; the one file with wall-clock figures, covered by no digest.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    /// Stages in their order.
    pub stages: Vec<(Box<str>, Duration)>,
    /// Input rows handled.
    pub rows: u64,
    /// Peak resident memory in bytes, where the system tells it.
    pub peak_memory_bytes: Option<u64>,
}

/// `timings.json`: seconds per stage, rows per second, peak memory.
pub fn timings_document(timings: &Timings) -> String {
    let stage = |(name, took): &(Box<str>, Duration)| {
        let name = serde_json::Value::from(&**name);
        format!("    {{\"stage\": {name}, \"seconds\": {}}}", seconds(*took))
    };
    let stages: Vec<String> = timings.stages.iter().map(stage).collect();
    let total: Duration = timings.stages.iter().map(|(_, took)| *took).sum();
    let rate = u128::from(timings.rows) * 1000 / total.as_millis().max(1);
    let memory = timings
        .peak_memory_bytes
        .map_or_else(|| "null".to_owned(), |b| b.to_string());
    format!(
        "{{\n  \"schema_version\": {SCHEMA_VERSION},\n  \"stages\": [\n{}\n  ],\n  \
         \"seconds\": {},\n  \"rows\": {},\n  \"rows_per_second\": {rate},\n  \
         \"peak_memory_bytes\": {memory}\n}}\n",
        stages.join(",\n"),
        seconds(total),
        timings.rows,
    )
}

/// Seconds with three decimals, without floats.
fn seconds(took: Duration) -> String {
    format!("{}.{:03}", took.as_secs(), took.subsec_millis())
}

/// Two blanks of indentation and a line feed at the end.
fn pretty(document: &impl Serialize) -> String {
    // Our documents hold maps with text keys, texts and whole numbers only: none can fail.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_keeps_two_decimals() {
        let check = |num, den, text| assert_eq!(target(Fraction { num, den }), text);
        check(1, 2, "0.50");
        check(5, 8, "0.625");
        check(1, 1, "1.00");
        check(1, 3, "0.3333");
    }

    #[test]
    fn timings_hold_no_float() {
        let timings = Timings {
            stages: vec![
                ("pull".into(), Duration::from_millis(1500)),
                ("settle".into(), Duration::from_millis(500)),
            ],
            rows: 4000,
            peak_memory_bytes: None,
        };
        let document: serde_json::Value =
            serde_json::from_str(&timings_document(&timings)).unwrap();
        assert_eq!(document["rows_per_second"], 2000);
        assert_eq!(document["seconds"].to_string(), "2.0");
        assert_eq!(document["stages"][0]["seconds"].to_string(), "1.5");
        assert!(
            serde_json::from_str::<serde_json::Value>(&timings_document(&Timings::default()))
                .is_ok()
        );
    }

    #[test]
    fn an_error_says_what_and_how_to_fix_it() {
        let text = error_document("lease_held", "another run \"x\" holds the lease", "wait");
        assert_eq!(
            text,
            "{\n  \"schema_version\": 1,\n  \"error\": {\n    \"code\": \"lease_held\",\n    \
             \"message\": \"another run \\\"x\\\" holds the lease\",\n    \"fix\": \"wait\"\n  }\n}\n"
        );
    }
}
