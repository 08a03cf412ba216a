//! Pure: sources of which a fee is not known yet: what they kept and what was received is no
//! figure, and no total holds it.

use std::collections::BTreeMap;

use crate::text;

use super::{FlowRow, KeptRow, Report};

impl Report {
    /// Payments whose fee nobody told, by source; nothing of a source that told all of them.
    fn unknown_by_source(&self) -> BTreeMap<&str, u64> {
        let mut sources: BTreeMap<&str, u64> = BTreeMap::new();
        for row in self.kept.iter().filter(|row| row.untold > 0) {
            *sources.entry(&row.source).or_default() += row.untold;
        }
        sources
    }

    /// True where the fee of a payment of the source is not known: nor is then what was received.
    pub fn is_fee_unknown(&self, source: &str) -> bool {
        let mut rows = self.kept.iter();
        rows.any(|row| row.untold > 0 && *row.source == *source)
    }

    /// Of which sources, how many payments each, and that the totals leave them out; none where
    /// every fee is known.
    pub fn unknown_fees(&self) -> Option<String> {
        let said = self.unknown_by_source();
        let said = said.into_iter().map(|(source, n)| {
            let n = text::number(self.lang, n);
            let args = [("source", source), ("n", n.as_str())];
            text::say(self.lang, "kept-untold-of", &args)
        });
        let said: Vec<String> = said.collect();
        let sources = said.join("; ");
        (!said.is_empty()).then(|| text::say(self.lang, "kept-untold", &[("sources", &sources)]))
    }

    /// What the source is known to have kept of the payments of a row, in dong; none where that is
    /// nothing so far.
    pub fn known_fee(&self, row: &KeptRow) -> Option<i128> {
        let unknown = self.is_fee_unknown(&row.source) && row.fee == 0;
        (!unknown).then_some(row.fee)
    }

    /// The parts of a source's money in the order of [`FlowRow::parts`], in dong; none for what is
    /// not known.
    pub fn known_parts(&self, row: &FlowRow) -> [Option<i128>; 8] {
        let unknown = self.is_fee_unknown(&row.source);
        let mut parts = row.parts().map(Some);
        if unknown {
            let [_, _, _, fees, _, _, net, _] = &mut parts;
            *fees = fees.filter(|fee| *fee != 0);
            *net = None;
        }
        parts
    }

    /// The same over all sources: the fees that are known, and what was received of those sources
    /// alone that told every fee.
    pub fn known_totals(&self) -> [i128; 8] {
        let mut sums = [0; 8];
        for row in &self.flows {
            let mut parts = row.parts();
            if self.is_fee_unknown(&row.source) {
                let [_, _, _, _, _, _, net, _] = &mut parts;
                *net = 0;
            }
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += part;
            }
        }
        sums
    }
}
