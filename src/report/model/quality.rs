//! Pure: how good the data of a night were, source by source: what could not be read, what
//! contradicts itself, what came a second time, what had to be repaired, and what came late.

use std::collections::{BTreeMap, BTreeSet};

use crate::classify::Bucket;
use crate::domain::{Day, Lang, RowKey};
use crate::report::facts::{Figure, RunFacts, SourceFile};
use crate::settle::Settlement;
use crate::text;

use super::ended::{EndedAgency, ended};
use super::index::Index;
use super::source_word;

/// The pass that reads a code with one slip in it.
const REPAIRED: &str = "repaired_key";

/// One source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualityRow {
    /// Its name.
    pub name: String,
    /// Rows of the night; for an export the lines of its files.
    pub rows: u64,
    /// Rows that could not be read.
    pub rejects: u64,
    /// Ids that came with different contents.
    pub conflicts: u64,
    /// Rows whose payment stands in another source already.
    pub again: u64,
    /// Payments that were paired after one slip in their code was put right.
    pub repaired: u64,
    /// Rows of earlier days that came with the night.
    pub late: Figure,
    /// Files of earlier days that came with the night, each with its day.
    pub late_files: Vec<(SourceFile, Day)>,
    /// Days that did not come.
    pub missing: Vec<Day>,
    /// Codes under which fees were received after their agency had ended.
    pub ended: Vec<EndedAgency>,
}

impl QualityRow {
    /// True when there is nothing to tell but rows.
    pub fn is_clean(&self) -> bool {
        let counts = self.rejects + self.conflicts + self.again + self.repaired;
        let came = self.late.is_empty() && self.late_files.is_empty();
        counts == 0 && came && self.missing.is_empty() && self.ended.is_empty()
    }

    /// The late files, the missing days and the codes that ended in words; empty without any.
    pub fn notes(&self, lang: Lang) -> Vec<String> {
        let file = |(file, of): &(SourceFile, Day)| {
            let (name, of) = (text::mask_file(&file.name), text::day(lang, *of));
            let lines = text::number(lang, file.lines);
            let args = [("file", &*name), ("day", &*of), ("n", &*lines)];
            text::say(lang, "quality-late-file", &args)
        };
        let mut notes: Vec<String> = self.late_files.iter().map(file).collect();
        if !self.missing.is_empty() {
            let days = self.missing.iter().map(|day| text::day(lang, *day));
            let days = days.collect::<Vec<_>>().join(", ");
            notes.push(text::say(lang, "source-missing-days", &[("days", &days)]));
        }
        notes.extend(self.ended.iter().map(|agency| agency.said(lang)));
        notes
    }
}

/// Every source in the order of the configuration, then what is of no source; none in a period,
/// whose nights tell it.
pub(super) fn rows(
    index: &Index<'_>,
    settlement: &Settlement,
    facts: &RunFacts,
) -> Option<Vec<QualityRow>> {
    if facts.period().is_some() {
        return None;
    }
    let lang = facts.lang;
    let legs = settlement.groups.iter().flat_map(|group| &group.legs);
    let repaired = legs.filter(|leg| leg.pass == REPAIRED);
    let repaired: BTreeSet<&RowKey> = repaired.map(|leg| &leg.money).collect();
    let mut found: BTreeMap<&str, QualityRow> = BTreeMap::new();
    for row in &settlement.rows {
        if row.business_date != facts.business_date || row.bucket == Bucket::Rejected {
            continue;
        }
        let conflicts = u64::from(row.counts_as() == "conflict");
        let again = u64::from(row.class == "sighting");
        let repaired = u64::from(repaired.contains(&row.key));
        if conflicts + again + repaired > 0 {
            let of = found.entry(row.key.source.as_str()).or_default();
            of.conflicts += conflicts;
            of.again += again;
            of.repaired += repaired;
        }
    }
    let ended = ended(index);
    if !ended.is_empty() {
        found.entry("").or_default().ended = ended;
    }
    let mut rows = Vec::new();
    for night in &facts.sources {
        let name = night.facts.name.as_str();
        let late = facts.page.late_files.iter();
        rows.push(QualityRow {
            name: name.to_owned(),
            rows: night.rows.count,
            rejects: night.rejects,
            late: night.arrived,
            late_files: late
                .filter(|(file, _)| *file.source == *name)
                .cloned()
                .collect(),
            missing: night.facts.missing_days.clone(),
            ..found.remove(name).unwrap_or_default()
        });
    }
    // fee lines and counter receipts belong to the registry, whichever of its exports told them
    rows.extend(found.into_iter().map(|(name, row)| QualityRow {
        name: source_word(lang, name),
        ..row
    }));
    Some(rows)
}
