//! The breakdowns in `run.json` and `summary.json`, and how the grey zones are set.

use serde::Serialize;

use crate::domain::{Cell, Grey};
use crate::kpi::{Fraction, Share, Verdict};
use crate::report::facts::RunFacts;
use crate::settle::Settlement;

#[derive(Serialize)]
pub(super) struct CellJson<'a> {
    definition: &'a str,
    by: &'static str,
    value: &'a str,
    period: &'a str,
    numerator: i128,
    denominator: i128,
    share: Option<String>,
    low: Option<String>,
    high: Option<String>,
    verdict: Option<Verdict>,
    outer: bool,
}

#[derive(Serialize)]
pub(super) struct GreyJson<'a> {
    zone: &'static str,
    /// `cashless`, `cash` or `out`.
    count_as: &'static str,
    words: &'a [Box<str>],
    together_min: u32,
}

/// Every cell of every period.
pub(super) fn cells(breakdown: &[Share]) -> Vec<CellJson<'_>> {
    let told = breakdown.iter();
    told.filter_map(|share| Some(cell_json(share.cell.as_ref()?, share)))
        .collect()
}

/// The same without those that cannot be told: earlier nights kept the cells of another definition.
pub(super) fn told<'s>(settlement: &'s Settlement, facts: &RunFacts) -> Vec<CellJson<'s>> {
    let cells = settlement.breakdown.iter();
    let told = cells.filter(|share| !facts.page.lacks_cells(&share.period));
    told.filter_map(|share| Some(cell_json(share.cell.as_ref()?, share)))
        .collect()
}

/// The labels of the periods whose cells cannot be told.
pub(super) fn lacking(facts: &RunFacts) -> Vec<&str> {
    let periods = facts.page.cells_lacking.iter();
    periods.map(|period| &*period.label).collect()
}

fn cell_json<'a>(cell: &'a Cell, share: &'a Share) -> CellJson<'a> {
    let known = |figure: Option<Fraction>| figure.filter(|_| share.enough_data);
    CellJson {
        definition: share.definition,
        by: cell.dimension.id(),
        value: &cell.value,
        period: &share.period.label,
        numerator: share.numerator,
        denominator: share.denominator,
        share: known(share.point()).map(|f| f.half_up(4)),
        low: known(share.low).map(|f| f.down(4)),
        high: known(share.high).map(|f| f.up(4)),
        verdict: share.verdict,
        outer: share.outer,
    }
}

/// Every zone.
pub(super) fn grey(grey: &Grey) -> Vec<GreyJson<'_>> {
    let rules = grey.rules.iter();
    rules
        .map(|rule| GreyJson {
            zone: rule.zone.id(),
            count_as: rule.treat.id(),
            words: &rule.words,
            together_min: rule.together,
        })
        .collect()
}
