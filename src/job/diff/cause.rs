//! Which input caused a change: the one that touches the same row or dossier, where there is only
//! one; else what changed for all.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::documents::{Documents, key_of, list, text};
use super::{Diff, RowChange};
use crate::domain::Lang;

/// What caused a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "cause")]
pub enum Cause {
    /// One row of the input, or one decision.
    Input {
        /// Its kind, e.g. `txn`.
        kind: &'static str,
        /// Its key.
        key: Box<str>,
        /// The file that told it, or who decided.
        told_by: Option<Box<str>>,
    },
    /// The rules, or the program's version.
    Rules,
    /// How complete a source was.
    Source {
        /// Its name.
        name: Box<str>,
    },
    /// Nothing but the days between the two nights: a deadline passed, a window closed.
    Time,
    /// More than one of these.
    NotSingle {
        /// How many.
        count: usize,
    },
    /// None of these.
    Unknown,
}

impl Cause {
    /// In words.
    pub fn say(&self, lang: Lang) -> String {
        let vi = lang == Lang::Vi;
        match self {
            Self::Input { kind, key, told_by } => {
                let by = told_by.as_ref().map(|by| format!(" ({by})"));
                let word = super::say::kind(kind, lang);
                format!("{word} {key}{}", by.unwrap_or_default())
            }
            Self::Rules if vi => "quy tắc hoặc phiên bản chương trình".to_owned(),
            Self::Rules => "the rules or the program's version".to_owned(),
            Self::Source { name } if vi => format!("tình trạng nguồn {name}"),
            Self::Source { name } => format!("the state of source {name}"),
            Self::Time if vi => "ngày trôi qua (đến hạn, hết cửa sổ)".to_owned(),
            Self::Time => "days passed (a deadline, a window)".to_owned(),
            Self::NotSingle { count } if vi => format!("không chỉ một nguyên nhân ({count})"),
            Self::NotSingle { count } => format!("cause not single ({count})"),
            Self::Unknown if vi => "chưa rõ".to_owned(),
            Self::Unknown => "not known".to_owned(),
        }
    }
}

/// What may have caused something, by what it touches.
pub(super) struct Causes {
    inputs: Vec<RowChange>,
    touching: BTreeMap<String, BTreeSet<usize>>,
    linked: BTreeMap<String, BTreeSet<String>>,
    rules: bool,
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
            rules: !diff.rules.is_empty() || diff.program.is_some(),
            sources,
            same_night: diff.same_night,
        }
    }

    /// What caused a change of something with these tags: its rows and dossiers.
    pub(super) fn of(&self, tags: &BTreeSet<String>) -> Cause {
        let touching = tags.iter().filter_map(|tag| self.touching.get(tag));
        let found: BTreeSet<usize> = touching.flatten().copied().collect();
        let count = found.len() + usize::from(self.rules);
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
        match self.sources.as_slice() {
            _ if self.rules => Cause::Rules,
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
