//! The machine-readable files: `run.json`, `summary.json`, `timings.json` and the error document.
//!
//! Keys stand in a fixed order, dong are whole numbers, shares are texts with four decimals (the
//! point half up, the lower bound down, the upper bound up). `schema_version` is 1; a change that
//! breaks a reader raises it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::classify::Class;
use crate::domain::{Day, ExceptionId, RunId, Vnd};
use crate::kpi::Fraction;
use crate::matching::calibrate::{Calibrated, NEVER};
use crate::settle::{Inputs, Settlement};

use super::csv::night_exceptions;
use super::facts::{Calibration, Digests, Figure, KindFigure, RunFacts, SourceNight};
use super::model::{Index, NightFigures, Totals};

use balances::BalanceJson;
pub use before::told_before;
use cells::{CellJson, GreyJson};
use changes::ChangesJson;
use fees::FeesJson;
pub use gateways::told_gateways;
pub use nights::told_night;
use previous::PreviousJson;
use shares::ShareJson;
use spans::SpanJson;
pub use summary::{Sums, lean_summary, lean_sums, summary_document};
pub use timings::{Timings, seconds, timings_document};

mod balances;
mod before;
mod cells;
mod fees;
mod changes;
mod gateways;
mod nights;
mod period;
mod previous;
mod shares;
mod spans;
mod summary;
mod timings;
mod work;

/// The version of every document written here.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct RunDocument<'a> {
    schema_version: u32,
    run_id: &'a RunId,
    business_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<period::PeriodJson<'a>>,
    state: &'a str,
    version_of_night: u32,
    replaces: Option<&'a RunId>,
    exit_codes: &'a [u8],
    version: &'a str,
    digests: &'a Digests,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<ChangesJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<CalibrationJson>,
    /// Only in a night that has one before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<PreviousJson>,
    /// Only in a night that has one a month before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    month_before: Option<PreviousJson>,
    /// Only in a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_period: Option<before::BeforeJson>,
    /// Only where a night that was due never ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    nights_lacking: Option<period::LackingJson>,
    sources: Vec<SourceJson<'a>>,
    totals: Totals,
    /// None in a period of which a night does not tell its sums.
    #[serde(flatten)]
    sums: Option<nights::Blocks>,
    share: Vec<ShareJson<'a>>,
    exceptions: Vec<ClassJson>,
    breakdown: Vec<CellJson<'a>>,
    /// The periods whose cells cannot be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breakdown_lacking: Vec<&'a str>,
    grey: Vec<GreyJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee_table: Option<FeesJson>,
}

/// What the tolerated share of false pairs led to.
#[derive(Serialize)]
struct CalibrationJson {
    max_false_match: String,
    /// Pairs this far ahead are made; none: none is.
    margin: Option<u16>,
    labelled: u32,
    taken: u32,
    wrong: u32,
}

impl CalibrationJson {
    fn of(calibration: Calibration) -> Self {
        let Calibrated {
            margin,
            hidden,
            taken,
            wrong,
        } = calibration.found;
        Self {
            max_false_match: calibration.budget.half_up(8),
            margin: Some(margin).filter(|margin| *margin != NEVER),
            labelled: hidden,
            taken,
            wrong,
        }
    }
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
    /// Only where statement files tell balances.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    balances: Vec<BalanceJson<'a>>,
    /// Only where days did not come, or came cut or untied.
    #[serde(skip_serializing_if = "<[Day]>::is_empty")]
    missing_days: &'a [Day],
    /// Only where there is something that a person should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'a str>,
    /// Only in a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    nights: Option<SpanJson<'a>>,
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
    let index = Index::new(inputs);
    let figures = match facts.of_nights() {
        Some(nights) => nights.figures.clone(),
        None => Some(NightFigures::of(&index, settlement, facts)),
    };
    let told = facts.of_nights().map(|nights| nights.totals);
    let totals = told.or(figures.as_ref().map(NightFigures::totals));
    let listed = night_exceptions(settlement, facts, classes);
    let document = RunDocument {
        schema_version: SCHEMA_VERSION,
        run_id: &facts.run_id,
        business_date: facts.business_date.to_string(),
        period: period::period(facts),
        state: &facts.state,
        version_of_night: facts.version_of_night,
        replaces: facts.replaces.as_ref(),
        exit_codes: &facts.exit_codes,
        version: &facts.program_version,
        digests: &facts.digests,
        changes: facts.replaced.as_ref().map(changes::json),
        calibration: facts.calibration.map(CalibrationJson::of),
        previous: previous::of(facts),
        month_before: previous::month_of(facts),
        previous_period: before::of(facts),
        nights_lacking: period::nights_lacking(facts),
        sources: sources(facts),
        totals: totals.unwrap_or_default(),
        sums: figures.as_ref().map(nights::Blocks::of),
        share: settlement
            .shares
            .iter()
            .map(|share| ShareJson::of(&index, share, facts))
            .collect(),
        exceptions: by_class(listed.iter().map(|row| (row.class, row.amount))),
        breakdown: cells::told(settlement, facts),
        breakdown_lacking: cells::lacking(facts),
        grey: cells::grey(&settlement.grey),
        fee_table: facts.fees.as_ref().map(fees::fees),
    };
    pretty(&document)
}

/// The sources, in a period over its nights.
fn sources(facts: &RunFacts) -> Vec<SourceJson<'_>> {
    let sources = facts.told_sources();
    let mut all: Vec<SourceJson<'_>> = sources.into_iter().map(|of| source(facts, of)).collect();
    let spans = facts.of_nights().map_or(&[][..], |nights| &nights.sources);
    for (source, span) in all.iter_mut().zip(spans) {
        source.nights = Some(SpanJson::of(span));
        source.balances.clear();
    }
    all
}

fn source<'a>(facts: &'a RunFacts, source: &'a SourceNight) -> SourceJson<'a> {
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
        balances: balances::of(facts, source.facts.name.as_str()),
        missing_days: &source.facts.missing_days,
        trouble: source.facts.trouble.as_deref(),
        nights: None,
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

fn ids<'a>(list: &mut dyn Iterator<Item = &'a ExceptionId>) -> Vec<&'a str> {
    list.map(ExceptionId::as_str).collect()
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
    fn an_error_says_what_and_how_to_fix_it() {
        let text = error_document("lease_held", "another run \"x\" holds the lease", "wait");
        assert_eq!(
            text,
            "{\n  \"schema_version\": 1,\n  \"error\": {\n    \"code\": \"lease_held\",\n    \
             \"message\": \"another run \\\"x\\\" holds the lease\",\n    \"fix\": \"wait\"\n  }\n}\n"
        );
    }
}
