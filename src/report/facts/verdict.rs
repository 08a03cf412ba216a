//! The verdict that may be published.

use super::{Estimate, RunFacts, SourceNight};
use crate::kpi::{Share, Verdict};

impl RunFacts {
    /// The verdict that may be published. What the bounds prove holds for the data that came: while
    /// totals do not tie, a night of the period never ran, or a required source is not complete and
    /// the estimate does not decide too, the verdict is undecided.
    pub fn verdict(&self, share: &Share) -> Option<Verdict> {
        let verdict = share.verdict?;
        if verdict == Verdict::NoData {
            return Some(verdict);
        }
        if self.unrun_in(&share.period).next().is_some() {
            return Some(Verdict::Undecided);
        }
        let missing = |source: &SourceNight| source.facts.required && !source.is_complete();
        // while data is missing the widened interval decides, where there is one
        let decided = if self.sources.iter().any(missing) {
            let by_estimate = || {
                let (estimate, target) = (self.estimate(share)?, share.target?);
                let met = estimate.low.compare(target).is_ge();
                let missed = estimate.high.compare(target).is_lt();
                met.then_some(Verdict::Met)
                    .or(missed.then_some(Verdict::Missed))
            };
            by_estimate()
        } else {
            Some(verdict)
        };
        Some(
            decided
                .filter(|_| self.ties())
                .unwrap_or(Verdict::Undecided),
        )
    }

    /// The widened interval of a share, where there is one.
    pub fn estimate(&self, share: &Share) -> Option<&Estimate> {
        let scope = share.agency.as_ref().map_or("", |code| code.as_str());
        self.estimates.iter().find(|e| {
            *e.definition == *share.definition
                && *e.scope == *scope
                && e.period == share.period.label
        })
    }

    /// True unless a source's own totals contradict what we hold: then no export is published.
    pub fn ties(&self) -> bool {
        self.sources.iter().all(SourceNight::ties)
    }
}
