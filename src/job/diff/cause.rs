//! Which input caused a change: the one that touches the same row or dossier, where there is only
//! one; else what changed for all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::documents::{Documents, key_of, list, text};
use super::{Became, Cause, Diff, RowChange};

/// What may have caused something, by what it touches.
pub(super) struct Causes {
    inputs: Vec<RowChange>,
    touching: BTreeMap<String, BTreeSet<usize>>,
    linked: BTreeMap<String, BTreeSet<String>>,
    /// What changed for all: the rules, or the program alone.
    all: Option<Cause>,
    sources: Vec<Box<str>>,
    same_night: bool,
}

impl Causes {
    pub(super) fn new(diff: &Diff, before: &Documents, after: &Documents) -> Self {
        let mut touching: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let linked = linked(&[before, after]);
        for (at, change) in diff.inputs.iter().enumerate() {
            let mut tags = BTreeSet::new();
            let own = match change.kind {
                "decision" | "conflict" => change.key.to_string(),
                kind => format!("{kind} {}", change.key),
            };
            tags.extend(linked.get(&own).into_iter().flatten().cloned());
            tags.insert(own);
            tags.extend(
                change
                    .dossier
                    .as_ref()
                    .map(|code| format!("dossier {code}")),
            );
            for tag in tags {
                touching.entry(tag).or_default().insert(at);
            }
        }
        let mut sources: Vec<Box<str>> = diff.sources.iter().map(|s| s.key.clone()).collect();
        sources.dedup();
        Self {
            inputs: diff.inputs.clone(),
            touching,
            linked,
            all: if diff.rules.is_empty() {
                diff.program.as_ref().map(|_| Cause::Program)
            } else {
                Some(Cause::Rules)
            },
            sources,
            same_night: diff.same_night,
        }
    }

    /// What caused a change of something with these tags: its rows and dossiers.
    pub(super) fn of(&self, tags: &BTreeSet<String>) -> Cause {
        let touching = tags.iter().filter_map(|tag| self.touching.get(tag));
        self.one_of(&touching.flatten().copied().collect())
    }

    /// What caused another finding: the fee table where that is another one, or the row.
    pub(super) fn of_finding(&self, tags: &BTreeSet<String>, table: Option<Cause>) -> Cause {
        let touching = tags.iter().filter_map(|tag| self.touching.get(tag));
        let found: BTreeSet<usize> = touching.flatten().copied().collect();
        match table {
            None => self.one_of(&found),
            Some(table) if found.is_empty() => table,
            Some(_) => Cause::NotSingle {
                count: found.len() + 1,
            },
        }
    }

    /// The one of these inputs, else what changed for all. A row that was there before and is only
    /// read again causes nothing beside one that is new.
    fn one_of(&self, found: &BTreeSet<usize>) -> Cause {
        let is_new = |at: &&usize| {
            let change = self.inputs.get(**at);
            change.is_some_and(|change| change.became != Became::Entered)
        };
        let new: BTreeSet<usize> = found.iter().filter(is_new).copied().collect();
        let found = if new.is_empty() { found } else { &new };
        let count = found.len() + usize::from(self.all.is_some());
        if count > 1 {
            return Cause::NotSingle { count };
        }
        if let Some(change) = found.first().and_then(|at| self.inputs.get(*at)) {
            return Cause::Input {
                kind: change.kind,
                key: change.key.clone(),
                told_by: change.told_by.clone(),
            };
        }
        if let Some(all) = &self.all {
            return all.clone();
        }
        match self.sources.as_slice() {
            _ if !self.same_night => Cause::Time,
            [] => Cause::Unknown,
            [name] => Cause::Source { name: name.clone() },
            several => Cause::NotSingle {
                count: several.len(),
            },
        }
    }
}

impl Causes {
    /// What caused a change of the totals of a source: a row of its own.
    pub(super) fn of_source(&self, name: &str) -> Cause {
        let own = |change: &RowChange| match change.kind {
            // `txn/sepay-main/123`
            "reject" => change.key.split('/').nth(1) == Some(name),
            "txn" | "order" => change.key.split('/').next() == Some(name),
            _ => false,
        };
        let own = (0..).zip(&self.inputs).filter(|(_, change)| own(change));
        self.one_of(&own.map(|(at, _)| at).collect())
    }

    /// What caused a change of an item of the shares, by its name.
    pub(super) fn of_item(&self, item: &str) -> Cause {
        let parts: Vec<&str> = item.split('|').collect();
        let mut tags = BTreeSet::new();
        match parts.as_slice() {
            ["txn", source, id, ..] => {
                let own = format!("txn {source}/{id}");
                tags.extend(self.linked.get(&own).into_iter().flatten().cloned());
                tags.insert(own);
            }
            [_, rest @ ..] => tags.extend(rest.iter().map(|part| format!("dossier {part}"))),
            [] => {}
        }
        self.of(&tags)
    }
}

/// The dossiers that each money row was linked to, in either run.
fn linked(runs: &[&Documents]) -> BTreeMap<String, BTreeSet<String>> {
    let mut linked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for run in runs {
        for group in list(&run.settlement, "groups") {
            for leg in list(group, "legs") {
                let dossier = text(&leg["dossier_code"]);
                if !dossier.is_empty() {
                    let of_row = linked.entry(key_of(&leg["money"])).or_default();
                    of_row.insert(format!("dossier {dossier}"));
                }
            }
        }
    }
    linked
}

/// What a row of a settlement is tagged with.
pub(super) fn tags(key: &Value, dossiers: &[String]) -> BTreeSet<String> {
    let mut tags = BTreeSet::from([key_of(key)]);
    let own = text(&key["dossier"]);
    let all = dossiers.iter().chain([&own]);
    tags.extend(
        all.filter(|d| !d.is_empty())
            .map(|d| format!("dossier {d}")),
    );
    tags
}
