//! Reconciliation cases that a finance person can read: `tests/it/cases/*.case`.
//!
//! A case says which rows came and what must come out. Links and classes are compared exactly: a
//! link that is not expected is an error, and a row whose class is not expected must be in order.
//! Each case is also settled with its lists turned round and with every list given twice over in
//! another order, and is checked for what must hold of every settlement (`check.rs`).
//!
//! ```text
//! case  paid just before midnight, the bank books it the day after
//! # one payment for both lines, seen twice
//! fee     F1  H48.18.22-221202-0001  phi     50.000
//! fee     F2  H48.18.22-221202-0001  le_phi   8.000
//! vnpay   T1  2022-12-02 23:58  58.000  ref=H48.18.22-221202-0001
//! bank    B1  2022-12-03 00:01  58.000  memo="MBVCB.1.H48 18 22 221202 0001"
//! expect  match T1  F1 50.000  F2 8.000  by exact_key
//! expect  sighting B1 of T1
//! expect  class B1 sighting
//! expect  share TX_CASHLESS 1/1 in 1/1..1/1
//! ```
//!
//! `README.md` beside the cases lists every word.

pub(crate) mod check;
mod draw;
mod measures;
pub(crate) mod parse;
mod rows;

use std::path::PathBuf;

use draw::drawn;
use parse::{Case, parse};

/// The case files, in order of their names.
fn files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases");
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "case"))
        .collect();
    files.sort();
    files
}

/// Every case of every file; a file that cannot be read as cases is one failure.
pub(crate) fn cases() -> Vec<Result<Case, String>> {
    let mut cases = Vec::new();
    for path in files() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        cases.extend(parse(&name, &std::fs::read_to_string(&path).unwrap()));
    }
    cases
}

#[test]
fn every_case_comes_out_as_written() {
    let mut failures = Vec::new();
    for case in cases() {
        match case {
            Err(unreadable) => failures.push(unreadable),
            Ok(case) => failures.extend(run(&case).err()),
        }
    }
    assert!(
        failures.is_empty(),
        "{} cases failed\n\n{}\n",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn there_are_cases_for_every_class_and_pass() {
    let text: String = cases()
        .iter()
        .flatten()
        .flat_map(|case| &case.expected)
        .fold(String::new(), |all, line| all + &line.text + "\n");
    for class in doisoat::classify::CLASSES {
        let said = text
            .lines()
            .any(|line| line.starts_with("class ") && line.ends_with(&format!(" {}", class.id)));
        assert!(said, "no case expects the class {}", class.id);
    }
    for pass in ["decision", "exact_key", "extracted_key", "sum_by_key"] {
        assert!(
            text.contains(&format!(" by {pass}\n")),
            "no case expects a link of the pass {pass}"
        );
    }
    assert!(cases().len() >= 60, "{} cases", cases().len());
}

/// Settles one case and compares.
fn run(case: &Case) -> Result<(), String> {
    let place = format!("{}:{}: case \"{}\"", case.file, case.line, case.title);
    let settled = check::settle_every_way(&case.inputs, &case.rules)
        .map_err(|what| format!("{place}\n  {what}"))?;
    let drawn = drawn(case, &settled);
    let mut diff = Vec::new();
    for line in &case.expected {
        let seen = if line.optional {
            drawn.all.contains(&line.text)
        } else {
            drawn.exact.contains(&line.text)
        };
        if !seen {
            diff.push(format!("  - {}   ({}:{})", line.text, case.file, line.line));
            if line.optional {
                let word = line.text.split(' ').take(2).collect::<Vec<_>>().join(" ");
                let near = drawn.all.iter().filter(|text| text.starts_with(&word));
                diff.extend(near.map(|text| format!("  ~ {text}")));
            }
        }
    }
    let expected: Vec<&str> = case.expected.iter().map(|line| &*line.text).collect();
    let unexpected = drawn
        .exact
        .iter()
        .filter(|t| !expected.contains(&t.as_str()));
    diff.extend(unexpected.map(|text| format!("  + {text}")));
    if diff.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{place}   (- expected, + came, ~ came instead)\n{}",
        diff.join("\n")
    ))
}

#[test]
fn a_case_that_cannot_be_read_says_where() {
    let unreadable = |text: &str| {
        let cases = parse("x.case", text);
        cases.into_iter().find_map(Result::err).unwrap()
    };
    assert_eq!(
        unreadable("case a\n# why\nfee F1 H48.18.22-221202-0001 phi 5o.000\n"),
        "x.case:3: \"5o.000\" is not an amount"
    );
    assert_eq!(
        unreadable("case a\n# why\nbank T1 2022-12-02 09:00 1.000 mem=x\n"),
        "x.case:3: \"mem\" is not a word of a payment"
    );
    assert_eq!(
        unreadable("case a\n# why\nexpect match T9 F1 1.000 by exact_key\n"),
        "x.case:3: no row is called \"T9\""
    );
    assert_eq!(
        unreadable("case a\nbank T1 2022-12-02 09:00 1.000\n"),
        "x.case:1: the case \"a\" has no comment that says why"
    );
}

#[test]
fn a_case_that_comes_out_otherwise_shows_the_difference() {
    let text = "case a\n# why\nfee F1 H48.18.22-221202-0001 phi 1.000\n\
                bank T1 2022-12-02 09:00 1.000 memo=H48.18.22-221202-0001\n\
                expect match T1 F1 2.000 by exact_key\n";
    let case = parse("x.case", text).remove(0).unwrap();
    assert_eq!(
        run(&case).unwrap_err(),
        "x.case:1: case \"a\"   (- expected, + came, ~ came instead)\n\
         \x20 - match T1 F1 2.000 by exact_key   (x.case:5)\n\
         \x20 + match T1 F1 1.000 by exact_key"
    );
}
