//! Plain dossiers are proved from their rows alone: what is right is proved, and whatever is
//! changed in what is said of them, or in their rows, is caught as where every row is held.

mod changes;
mod lies;

use std::collections::{BTreeMap, BTreeSet};

use doisoat::domain::{Inputs, Rules};
use doisoat::prove::{Violation, prove, prove_files};
use doisoat::settle::{Keep, Plain, Settlement, lean_with, pool, settle};

use super::plants::plants;
use super::{small_town, told};
use crate::cases::cases;
use crate::sample::sample;
use changes::CHANGES;
use lies::LIES;

/// Files without rulings, in order, and how they are settled.
struct Files {
    inputs: Inputs,
    rules: Rules,
    settled: Settlement,
    plain: Plain,
}

impl Files {
    fn new(inputs: &Inputs, rules: &Rules) -> Self {
        let mut inputs = inputs.clone();
        inputs.decisions.clear();
        inputs.business_date = None;
        inputs.sort();
        let (settled, plain) = {
            let pool = pool(&inputs, rules);
            let lean = lean_with(&pool, &Vec::new(), Keep::Others).unwrap();
            let plain = lean.plain_rows();
            (lean.settled, plain)
        };
        let rules = rules.clone();
        Self {
            inputs,
            rules,
            settled,
            plain,
        }
    }

    fn found(&self) -> Vec<Violation> {
        self.found_in(&self.inputs, &self.plain)
    }

    fn found_in(&self, inputs: &Inputs, plain: &Plain) -> Vec<Violation> {
        prove_files(inputs, &self.rules, &Vec::new(), &self.settled, plain)
    }
}

/// Proves files both ways: whether they have a night or not, and whatever is asked for.
pub(crate) fn proved(inputs: &Inputs, rules: &Rules) -> Result<usize, String> {
    if doisoat::kpi::looks_at_each(rules) {
        return Ok(0);
    }
    let files = Files::new(inputs, rules);
    let found = files.found();
    if found.is_empty() {
        Ok(files.plain.dossiers.len())
    } else {
        Err(told(&found))
    }
}

#[test]
fn cases_sample_and_town_are_proved_row_by_row() {
    let plain = proved(&sample(), &Rules::default()).unwrap();
    assert!(plain > 1_500, "{plain} plain dossiers");
    let (inputs, rules) = small_town();
    assert!(proved(&inputs, &rules).unwrap() > 20);
    for case in cases().into_iter().flatten() {
        let found = proved(&case.inputs, &case.rules);
        let place = format!("{}:{} {}", case.file, case.line, case.title);
        found.unwrap_or_else(|told| panic!("{place}\n{told}"));
    }
}

#[test]
fn whatever_is_said_wrongly_of_a_plain_dossier_is_caught() {
    let mut planted: BTreeMap<&str, usize> = BTreeMap::new();
    let (inputs, rules) = small_town();
    for files in [
        Files::new(&sample(), &Rules::default()),
        Files::new(&inputs, &rules),
    ] {
        assert!(files.found().is_empty());
        let count = files.plain.dossiers.len();
        for (kind, lie) in LIES {
            for n in [0, count / 3, count / 2, count - 2] {
                let mut plain = files.plain.clone();
                if !lie(&mut plain, n) {
                    continue;
                }
                *planted.entry(kind).or_default() += 1;
                let found = files.found_in(&files.inputs, &plain);
                assert!(!found.is_empty(), "{kind}, dossier {n} of {count}");
            }
        }
    }
    for (kind, _) in LIES {
        let planted = planted.get(kind).copied().unwrap_or(0);
        assert!(planted >= 4, "{kind}: planted {planted}");
    }
}

/// Rows are changed after they were settled: what is caught where every row is held is caught here.
#[test]
fn a_change_under_a_plain_dossier_is_caught_as_where_every_row_is_held() {
    let (inputs, rules) = small_town();
    let mut planted: BTreeMap<&str, usize> = BTreeMap::new();
    for (inputs, rules) in [(sample(), Rules::default()), (inputs, rules)] {
        let files = Files::new(&inputs, &rules);
        let whole = settle(&files.inputs, &rules, &Vec::new()).unwrap();
        let count = files.plain.dossiers.len();
        for (kind, change) in CHANGES {
            for n in [count / 5, count / 2] {
                let mut changed = files.inputs.clone();
                if !change(&mut changed, &files.plain, n) || changed == files.inputs {
                    continue;
                }
                let each = prove(&changed, &rules, &Vec::new(), &whole);
                let found = files.found_in(&changed, &files.plain);
                assert_eq!(each.is_empty(), found.is_empty(), "{kind}\n{}", told(&each));
                *planted.entry(kind).or_default() += usize::from(!each.is_empty());
            }
        }
    }
    for (kind, _) in CHANGES {
        let planted = planted.get(kind).copied().unwrap_or(0);
        assert!(planted >= 1, "{kind}: planted {planted}");
    }
}

/// What is said where every row is held, with `told` in the place of what is said of all but plain
/// dossiers.
fn with(whole: &Settlement, own: &Settlement, told: &Settlement) -> Settlement {
    let groups: BTreeSet<&str> = own.groups.iter().map(|group| &*group.id).collect();
    let rows: BTreeSet<_> = own.rows.iter().map(|row| &row.key).collect();
    let items: BTreeSet<_> = own.contributions.iter().collect();
    let mut all = Settlement {
        shares: told.shares.clone(),
        ..whole.clone()
    };
    all.groups.retain(|group| !groups.contains(&*group.id));
    all.rows.retain(|row| !rows.contains(&row.key));
    all.contributions.retain(|item| !items.contains(item));
    all.groups.extend(told.groups.iter().cloned());
    all.rows.extend(told.rows.iter().cloned());
    all.contributions.extend(told.contributions.iter().cloned());
    if told.rows.is_sorted_by(|a, b| a.key <= b.key) {
        all.rows.sort_by(|a, b| a.key.cmp(&b.key));
    }
    if told.contributions.is_sorted() {
        all.contributions.sort();
    }
    all
}

/// Errors in what is said of all other dossiers, and in the shares, which hold all: what is caught
/// where every row is held is caught here, by the same invariant.
#[test]
fn errors_beside_the_lane_are_caught_as_where_every_row_is_held() {
    let (inputs, rules) = small_town();
    let (mut kinds, mut caught) = (BTreeSet::new(), 0);
    for (inputs, rules, places) in [(sample(), Rules::default(), 1), (inputs, rules, 3)] {
        let files = Files::new(&inputs, &rules);
        let whole = settle(&files.inputs, &rules, &Vec::new()).unwrap();
        assert_eq!(
            with(&whole, &files.settled, &files.settled).rows,
            whole.rows
        );
        for plant in plants() {
            for n in 0..places {
                let mut changed = files.settled.clone();
                if !(plant.put)(&mut changed, n) || changed == files.settled {
                    continue;
                }
                let none = Vec::new();
                let by = |v: &Violation| plant.caught_by.contains(&v.invariant.id());
                let all = with(&whole, &files.settled, &changed);
                let each = prove(&files.inputs, &rules, &none, &all);
                if !each.iter().any(by) {
                    continue; // another answer is as good there
                }
                let found = prove_files(&files.inputs, &rules, &none, &changed, &files.plain);
                let kind = plant.kind;
                assert!(found.iter().any(by), "{kind}, place {n}\n{}", told(&each));
                kinds.insert(kind);
                caught += 1;
            }
        }
    }
    assert!(kinds.len() > 40 && caught > 100, "{caught} of {kinds:?}");
}
