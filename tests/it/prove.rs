//! The independent checker: what is right is proved, what was tampered with is caught.

pub(crate) mod lane;
pub(crate) mod plants;
mod proved;

use std::collections::BTreeMap;

use doisoat::domain::{Inputs, Rules};
use doisoat::prove::{Violation, prove};
use doisoat::settle::{Settlement, settle};

use crate::cases::cases;
use crate::corpus::Mix;
use crate::quality;
use crate::sample::sample;
use plants::{Plant, changed_input, loose, plants, with_target};

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
    for rules in [Rules::default(), asking_for_all(&Rules::default())] {
        let found = found(&sample(), &rules);
        assert!(found.is_empty(), "{}", told(&found));
    }
}

#[test]
fn every_case_is_proved() {
    let mut all = Vec::new();
    for case in cases().iter().flatten() {
        let mut found = found(&case.inputs, &case.rules);
        let asked = asking_for_all(&case.rules);
        for inputs in std::iter::once(&case.inputs).chain(&nights(&case.inputs)) {
            let settlement = settle(inputs, &asked, &Vec::new()).unwrap();
            found.extend(prove(inputs, &asked, &Vec::new(), &settlement));
        }
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

/// So many places of each kind in each settlement.
const PLACES: usize = 6;

/// Planted and caught, by kind, with what went unseen.
#[derive(Default)]
struct Tally {
    planted: usize,
    caught: usize,
    unseen: Vec<String>,
}

/// A sample is large: one place of each kind is enough of it.
fn places(settled: &Settlement) -> usize {
    if settled.rows.len() > 1000 { 1 } else { PLACES }
}

/// Plants one kind at scattered places of one settlement.
fn plant(
    plant: &Plant,
    (name, inputs, rules): (&str, &Inputs, &Rules),
    settled: &Settlement,
    tally: &mut Tally,
) {
    for n in 0..places(settled) {
        let mut changed = settled.clone();
        if !(plant.put)(&mut changed, n) || changed == *settled {
            continue;
        }
        tally.planted += 1;
        let found = prove(inputs, rules, &Vec::new(), &changed);
        let by = |v: &Violation| plant.caught_by.contains(&v.invariant.id());
        if found.iter().any(by) {
            tally.caught += 1;
        } else {
            let place = format!("{name}, place {n}\n{}", told(&found));
            tally.unseen.push(place);
        }
    }
}

/// Errors for which rows that came change too, so that amounts and sums still agree.
fn in_both(
    inputs: &Inputs,
    rules: &Rules,
    settled: &Settlement,
    n: usize,
    tallies: &mut BTreeMap<&str, Tally>,
) {
    let mut count = |kind, found: Vec<Violation>, families: &[&str]| {
        let tally = tallies.entry(kind).or_default();
        tally.planted += 1;
        let caught = found.iter().any(|v| families.contains(&v.invariant.id()));
        tally.caught += usize::from(caught);
        if !caught {
            tally.unseen.push(told(&found));
        }
    };
    if let Some((inputs, settled)) = loose::set_with_another_amount(inputs, settled, n) {
        let found = prove(&inputs, rules, &Vec::new(), &settled);
        count("a fee of a set owes another amount", found, &["rule"]);
    }
    if let Some(inputs) = loose::without_decision(inputs, n)
        && settle(&inputs, rules, &Vec::new()).unwrap() != *settled
    {
        let found = prove(&inputs, rules, &Vec::new(), settled);
        count("a ruling that nobody made", found, &["class", "rule"]);
    }
}

/// Some hundred rows with defects of every kind.
fn small_town() -> (Inputs, Rules) {
    let corpus = quality::corpus(Mix::Hard, 350, 11);
    let read = quality::read(&corpus);
    let rules = quality::rules(&corpus, &read);
    (read.inputs, rules)
}

/// As if every definition had been asked for.
fn asking_for_all(rules: &Rules) -> Rules {
    let ids = doisoat::kpi::DEFINITIONS.iter();
    Rules {
        definitions: ids.map(|definition| definition.id.into()).collect(),
        breakdowns: doisoat::domain::Dimension::ALL.to_vec(),
        ..rules.clone()
    }
}

/// The same rows on a night: the last day of any of them, or some days before it.
fn nights(inputs: &Inputs) -> Vec<Inputs> {
    let days = inputs.txns.iter().map(|txn| txn.business_date);
    let received = inputs.fees.iter();
    let received = received.filter_map(|fee| fee.dossier_code.received_on());
    let last = days.chain(received).max();
    let night = |last: doisoat::domain::Day, before: u32| Inputs {
        business_date: Some(last.minus(before)),
        ..inputs.clone()
    };
    let nights = last
        .into_iter()
        .flat_map(|last| [0, 1, 9].map(|n| night(last, n)));
    nights.collect()
}

#[test]
fn planted_errors_are_caught_by_the_invariant_that_they_break() {
    let rules = with_target(&Rules::default());
    let mut nights: Vec<(String, Inputs, Rules)> = vec![("sample".into(), sample(), rules)];
    for case in cases().into_iter().flatten() {
        let name = format!("{}:{}", case.file, case.line);
        nights.push((name, case.inputs, with_target(&case.rules)));
    }
    let (inputs, rules) = small_town();
    nights.push(("a small town".into(), inputs, with_target(&rules)));
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for (name, inputs, rules) in &nights {
        let settled = settle(inputs, rules, &Vec::new()).unwrap();
        for kind in plants() {
            let tally = tallies.entry(kind.kind).or_default();
            plant(kind, (name, inputs, rules), &settled, tally);
        }
        let tally = tallies.entry("a control total changed").or_default();
        for n in 0..places(&settled) {
            let Some(changed) = changed_input(inputs, n) else {
                break;
            };
            tally.planted += 1;
            let found = prove(&changed, rules, &Vec::new(), &settled);
            let by = |v: &Violation| ["conservation", "once"].contains(&v.invariant.id());
            tally.caught += usize::from(found.iter().any(by));
        }
        for n in 0..places(&settled) {
            in_both(inputs, rules, &settled, n, &mut tallies);
        }
    }
    let mut unseen = String::new();
    for (kind, tally) in &tallies {
        println!("{:6} of {:6} caught: {kind}", tally.caught, tally.planted);
        assert!(tally.planted >= 4, "{kind}: planted {}", tally.planted);
        let percent = plants().find(|plant| plant.kind == *kind);
        let percent = percent.map_or(100, |plant| plant.percent);
        if tally.caught * 100 < tally.planted * percent {
            unseen.extend([format!("{kind}: {} of {}\n", tally.caught, tally.planted)]);
            unseen.extend(
                tally
                    .unseen
                    .iter()
                    .take(4)
                    .map(|place| format!("{place}\n")),
            );
        }
    }
    assert!(unseen.is_empty(), "{unseen}");
}
