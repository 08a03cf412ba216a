//! The independent checker: what is right is proved, what was tampered with is caught.

use std::collections::BTreeMap;

use doisoat::domain::{Inputs, Rules};
use doisoat::prove::{Violation, prove};
use doisoat::settle::settle;

use crate::cases::cases;
use crate::sample::sample;

/// What is found of a settlement as it comes.
fn found(inputs: &Inputs, rules: &Rules) -> Vec<Violation> {
    let settlement = settle(inputs, rules, &Vec::new()).unwrap();
    prove(inputs, rules, &Vec::new(), &settlement)
}

pub(crate) fn told(found: &[Violation]) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for violation in found {
        *kinds.entry(violation.en).or_default() += 1;
    }
    let lines = found.iter().take(40);
    let lines = lines.map(|v| {
        format!(
            "{} {}",
            v.invariant.id(),
            v.sentence(doisoat::domain::Lang::En)
        )
    });
    format!("{kinds:#?}\n{}", lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn the_sample_is_proved() {
    let found = found(&sample(), &Rules::default());
    assert!(found.is_empty(), "{}", told(&found));
}

#[test]
fn every_case_is_proved() {
    let mut all = Vec::new();
    for case in cases().iter().flatten() {
        let found = found(&case.inputs, &case.rules);
        if !found.is_empty() {
            all.push(format!(
                "{}:{} {}\n{}",
                case.file,
                case.line,
                case.title,
                told(&found)
            ));
        }
    }
    assert!(all.is_empty(), "{} cases\n{}", all.len(), all.join("\n"));
}
