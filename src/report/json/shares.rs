//! Pure: a share as `run.json` tells it.

use serde::Serialize;

use super::{ids, target};
use crate::domain::{Agency, Day};
use crate::kpi::{Fraction, Share, Verdict};
use crate::report::facts::RunFacts;
use crate::report::model::Index;

#[derive(Serialize)]
pub(super) struct ShareJson<'a> {
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
    /// Both lists together, in the order in which to work them.
    deciding: Vec<&'a str>,
    /// A list that, settled at best, proves `met`: the shortest where nothing hangs on others.
    deciding_met: Vec<&'a str>,
    /// A list that, settled at worst, proves `missed`: the shortest where nothing hangs on others.
    deciding_missed: Vec<&'a str>,
    deciding_proved: bool,
    /// The bounds may be wider than the truth allows, because rows are coupled.
    outer: bool,
    /// Where several agencies bore the code of `scope` in the period, each of them: the figures are
    /// theirs together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    agencies: Vec<BodyJson>,
}

#[derive(Serialize)]
struct EstimateJson<'a> {
    low: String,
    high: String,
    basis: &'a str,
}

impl<'a> ShareJson<'a> {
    pub(super) fn of(index: &Index<'_>, share: &'a Share, facts: &'a RunFacts) -> Self {
        let scope = share.agency.as_ref().map_or("", |code| code.as_str());
        let known = |figure: Option<Fraction>| figure.filter(|_| share.enough_data);
        Self {
            definition: share.definition,
            scope,
            period: &share.period.label,
            numerator: share.numerator,
            denominator: share.denominator,
            share: known(share.point()).map(|f| f.half_up(4)),
            low: known(share.low).map(|f| f.down(4)),
            high: known(share.high).map(|f| f.up(4)),
            estimated: facts.estimate(share).map(|e| EstimateJson {
                low: e.low.down(4),
                high: e.high.up(4),
                basis: &e.basis,
            }),
            target: share.target.map(target),
            verdict: facts.verdict(share),
            deciding: ids(&mut share.deciding.each().into_iter()),
            deciding_met: ids(&mut share.deciding.met.iter()),
            deciding_missed: ids(&mut share.deciding.missed.iter()),
            deciding_proved: share.deciding.proved,
            outer: share.outer,
            agencies: bodies(index, share),
        }
    }
}

/// One of several agencies that bore a code, and the days between which it did.
#[derive(Serialize)]
struct BodyJson {
    name: String,
    valid_from: Day,
    valid_to: Option<Day>,
}

/// The agencies whose figures a share sums under one code; none where it was one.
fn bodies(index: &Index<'_>, share: &Share) -> Vec<BodyJson> {
    let period = (share.period.from, share.period.to);
    let all = share.agency.iter();
    let all = all.flat_map(|code| index.bodies(code, period));
    let body = |agency: &Agency| BodyJson {
        name: agency.name.to_string(),
        valid_from: agency.valid_from,
        valid_to: agency.valid_to,
    };
    all.map(body).collect()
}
