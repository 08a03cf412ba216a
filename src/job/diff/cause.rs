//! Which input caused a change: the one that touches the same row or dossier, where there is only
//! one; else what changed for all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::documents::{Documents, key_of, list, text};
use super::{Became, Cause, Diff, RowChange};
use crate::domain::Day;

/// What may have caused something, by what it touches.
pub(super) struct Causes {
    inputs: Vec<RowChange>,
    touching: BTreeMap<String, BTreeSet<usize>>,
    linked: BTreeMap<String, BTreeSet<String>>,
    /// What changed for all: the rules, or the program alone.
    all: Option<Cause>,
    sources: Vec<Box<str>>,
    /// The sources that carry no money: the registry's files.
    registries: BTreeSet<Box<str>>,
    /// Transactions of the inputs that are of another day than the night, in both runs: the night
    /// read them, and no figure of its day counts them.
    other_days: BTreeSet<Box<str>>,
    same_night: bool,
}

impl Causes {
    /// Of two runs; `night` is that of the later one.
    pub(super) fn new(diff: &Diff, (before, after): (&Documents, &Documents), night: Day) -> Self {
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
            registries: registries(&[before, after]),
            other_days: other_days(&[before, after], night),
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
            Some(table) => self.several(&found, Some(table)),
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
            return self.several(found, self.all.clone());
        }
        if let Some(change) = found.first().and_then(|at| self.inputs.get(*at)) {
            return input(change);
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
                each: several
                    .iter()
                    .map(|name| Cause::Source { name: name.clone() })
                    .collect(),
            },
        }
    }

    /// These inputs together, each by itself where they are few, and what else changed.
    fn several(&self, found: &BTreeSet<usize>, also: Option<Cause>) -> Cause {
        let changes = || found.iter().filter_map(|at| self.inputs.get(*at));
        let count = found.len() + usize::from(also.is_some());
        let mut each: Vec<Cause> = if found.len() <= EACH_MAX {
            changes().map(input).collect()
        } else {
            let mut origins: BTreeMap<_, usize> = BTreeMap::new();
            for change in changes() {
                *origins.entry(origin(change)).or_default() += 1;
            }
            let inputs = |((kind, source, told_by), count): (Origin, usize)| Cause::Inputs {
                kind,
                source,
                told_by,
                count,
            };
            origins.into_iter().map(inputs).collect()
        };
        each.extend(also);
        Cause::NotSingle { count, each }
    }
}

/// So many inputs are told each by itself.
const EACH_MAX: usize = 3;

/// Kind, source and file.
type Origin = (&'static str, Box<str>, Option<Box<str>>);

/// Where an input came from; who decided what stands in the decision itself.
fn origin(change: &RowChange) -> Origin {
    let is_txn = change.kind == "txn";
    let source = change.key.split('/').next().filter(|_| is_txn);
    let told_by = change.told_by.clone();
    let told_by = told_by.filter(|_| change.kind != "decision");
    (change.kind, source.unwrap_or_default().into(), told_by)
}

fn input(change: &RowChange) -> Cause {
    Cause::Input {
        kind: change.kind,
        key: change.key.clone(),
        told_by: change.told_by.clone(),
    }
}

impl Causes {
    /// What caused a change of the totals of a source: a row of its own, or its own state; what
    /// another source told is no cause, and of rows and money no row of another day.
    pub(super) fn of_source(&self, name: &str, figure: &str) -> Cause {
        let is_registry = self.registries.contains(name);
        let of_day = figure != "rejects";
        let own = |change: &RowChange| match change.kind {
            "txn" if of_day && self.other_days.contains(&change.key) => false,
            // `txn/sepay-main/123`
            "reject" => change.key.split('/').nth(1) == Some(name),
            "fee" | "receipt" | "agency" => is_registry,
            "order" if is_registry => true,
            "txn" | "order" => change.key.split('/').next() == Some(name),
            _ => false,
        };
        let own = (0..).zip(&self.inputs).filter(|(_, change)| own(change));
        let own: BTreeSet<usize> = own.map(|(at, _)| at).collect();
        if !own.is_empty() || self.all.is_some() {
            return self.one_of(&own);
        }
        if self.sources.iter().any(|source| **source == *name) {
            return Cause::Source { name: name.into() };
        }
        Cause::Unknown
    }

    /// What caused a change of a share that no item moved by its first outcome: its bounds or its
    /// verdict are others. Between two versions that is how complete the sources were, else what
    /// came in.
    pub(super) fn of_bounds(&self) -> Cause {
        let quiet = self.same_night && self.sources.is_empty() && self.all.is_none();
        let came = if quiet { self.inputs.len() } else { 0 };
        self.one_of(&(0..came).collect())
    }

    /// The sources of which the state is another; none where something changed for all.
    pub(super) fn of_states(&self) -> Option<Cause> {
        let told = self.same_night && self.all.is_none() && !self.sources.is_empty();
        told.then(|| self.one_of(&BTreeSet::new()))
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

/// The sources that carry no money, in either run.
fn registries(runs: &[&Documents]) -> BTreeSet<Box<str>> {
    let sources = runs.iter().flat_map(|run| list(&run.pool, "sources"));
    let own = sources.filter(|source| source["carries_money"] == false);
    own.map(|source| text(&source["name"]).into()).collect()
}

/// The transactions that are of another day than the night in every run that knows them.
fn other_days(runs: &[&Documents], night: Day) -> BTreeSet<Box<str>> {
    let night = night.to_string();
    let txns = || runs.iter().flat_map(|run| list(&run.pool, "txns"));
    let key = |txn: &Value| format!("{}/{}", text(&txn["source"]), text(&txn["id"]));
    let own = txns().filter(|txn| text(&txn["business_date"]) == night);
    let own: BTreeSet<String> = own.map(key).collect();
    let all = txns().map(key).filter(|key| !own.contains(key));
    all.map(Into::into).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Lang;

    fn row(kind: &'static str, key: &str, told_by: Option<&str>) -> RowChange {
        RowChange {
            kind,
            key: key.into(),
            became: Became::Added,
            column: "".into(),
            before: "".into(),
            after: "".into(),
            dossier: None,
            told_by: told_by.map(Into::into),
        }
    }

    #[test]
    fn the_totals_of_a_source_are_changed_by_what_is_its_own() {
        let mut causes = Causes {
            inputs: vec![
                row("fee", "H48.18.21-221205-0001/F1", Some("fees.csv")),
                row("receipt", "R1", Some("cash.csv")),
                row("txn", "vnpay/1", None),
                row("txn", "vnpay/2", None),
            ],
            touching: BTreeMap::new(),
            linked: BTreeMap::new(),
            all: None,
            sources: ["bank".into(), "vnpay".into()].to_vec(),
            registries: BTreeSet::from(["one-stop".into()]),
            other_days: BTreeSet::from(["vnpay/2".into()]),
            same_night: true,
        };
        let say = |causes: &Causes, name: &str| causes.of_source(name, "rows").say(Lang::Vi);
        assert_eq!(
            say(&causes, "one-stop"),
            "khoản thu H48.18.21-221205-0001/F1 (fees.csv); biên lai R1 (cash.csv)"
        );
        assert_eq!(say(&causes, "vnpay"), "giao dịch vnpay/1");
        let of = |name: &str| Cause::Source { name: name.into() };
        assert_eq!(causes.of_source("bank", "sum_vnd"), of("bank"));
        assert_eq!(causes.of_source("momo", "rows"), Cause::Unknown);
        // bounds: the states of the sources, or where they are the same what came in
        let each = vec![of("bank"), of("vnpay")];
        assert_eq!(causes.of_bounds(), Cause::NotSingle { count: 2, each });
        causes.sources.clear();
        causes.inputs.truncate(1);
        let fee = "khoản thu H48.18.21-221205-0001/F1 (fees.csv)";
        assert_eq!(causes.of_bounds().say(Lang::Vi), fee);
    }

    #[test]
    fn several_causes_are_told_each() {
        let mut inputs = vec![
            row("txn", "bank/1", None),
            row("fee", "H48.18.21-221205-0001/F1", Some("fees.csv")),
        ];
        let of = |inputs: &[RowChange], all: Option<Cause>| {
            let causes = Causes {
                inputs: inputs.to_vec(),
                touching: BTreeMap::new(),
                linked: BTreeMap::new(),
                all,
                sources: Vec::new(),
                registries: BTreeSet::new(),
                other_days: BTreeSet::new(),
                same_night: true,
            };
            let cause = causes.one_of(&(0..inputs.len()).collect());
            cause.say(Lang::Vi)
        };
        assert_eq!(
            of(&inputs, Some(Cause::Rules)),
            "giao dịch bank/1; khoản thu H48.18.21-221205-0001/F1 (fees.csv); quy tắc đổi"
        );
        inputs.extend((2..5).map(|n| row("txn", &format!("bank/{n}"), None)));
        assert_eq!(
            of(&inputs, None),
            "khoản thu (fees.csv): 1; giao dịch bank: 4"
        );
    }
}
