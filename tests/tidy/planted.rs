//! Each rule, broken once on purpose: a rule that finds nothing here is blind.

use super::plants::{BROKEN, INNOCENT};
use super::tree::{File, Tree};
use super::{Rule, rules};

/// A small house in order.
fn house() -> Vec<File> {
    vec![
        File::new(
            "src/lib.rs",
            "//! Tour.\n\npub mod domain;\npub mod store;\npub mod kpi;\n",
        ),
        File::new("src/domain/mod.rs", "//! Nouns.\n"),
        File::new("src/kpi/mod.rs", "//! Shares.\n\nmod share;\n"),
        File::new(
            "src/kpi/share.rs",
            "//! A share.\n\nuse crate::domain::Vnd;\n",
        ),
        File::new(
            "src/store/mod.rs",
            "//! Store.\n\nconst A: &str = \"select_txn\";\n",
        ),
        File::new(
            "src/store/sql/select_txn.sql",
            "-- One row.\nSELECT id FROM txn\n",
        ),
        File::new("tests/it/main.rs", "//! Tests.\n\nmod share;\n"),
        File::new("tests/it/share.rs", "//! Shares.\n"),
    ]
}

fn rule(name: &str) -> &'static Rule {
    rules()
        .find(|rule| rule.name == name)
        .unwrap_or_else(|| panic!("no rule {name}"))
}

/// Replaces or adds one file and returns the lines that the rule reports in it.
fn lines(name: &str, path: &str, text: &str) -> Vec<usize> {
    let mut files = house();
    files.retain(|file| file.path != path);
    files.push(File::new(path, text));
    let found = (rule(name).find)(&Tree::new(files));
    found
        .iter()
        .filter(|found| found.path == path)
        .map(|found| found.line)
        .collect()
}

#[test]
fn a_house_in_order_has_no_findings() {
    let report = super::report(&Tree::new(house()));
    assert!(report.is_empty(), "\n{report}\n");
}

#[test]
fn each_rule_finds_what_is_planted() {
    for (name, path, text, line) in BROKEN {
        assert_eq!(
            lines(name, path, text),
            [*line],
            "[{name}] in {path}:\n{text}"
        );
    }
}

#[test]
fn long_files_and_functions_are_found() {
    let body = |lines: usize| "    a();\n".repeat(lines);
    let file = format!("//! A.\n{}", "// a\n".repeat(400));
    assert_eq!(lines("file-length", "src/kpi/share.rs", &file), [401]);
    let file = format!("//! A.\n{}", "// a\n".repeat(399));
    assert_eq!(
        lines("file-length", "src/kpi/share.rs", &file),
        [0_usize; 0]
    );
    let function = format!("//! A.\nfn a() {{\n{}}}\n", body(69));
    assert_eq!(lines("function-length", "src/kpi/share.rs", &function), [2]);
    assert_eq!(
        lines("function-length", "tests/it/share.rs", &function),
        [0_usize; 0]
    );
    let test = format!("//! A.\nfn a() {{\n{}}}\n", body(99));
    assert_eq!(lines("function-length", "tests/it/share.rs", &test), [2]);
    let function = format!("//! A.\nfn a() {{\n{}}}\n", body(68));
    assert_eq!(
        lines("function-length", "src/kpi/share.rs", &function),
        [0_usize; 0]
    );
}

#[test]
fn what_only_looks_like_a_violation_is_left_alone() {
    for (name, path, text) in INNOCENT {
        assert_eq!(
            lines(name, path, text),
            [0_usize; 0],
            "[{name}] in {path}:\n{text}"
        );
    }
}

#[test]
fn dependencies_without_a_reason_are_found() {
    let check = |decisions: &str, expected: &[usize]| {
        let tree = Tree::new(vec![
            File::new(
                "Cargo.toml",
                "[dependencies]\nserde = \"1\"\ntoml = \"1\"\n",
            ),
            File::new("docs/DECISIONS.md", decisions),
        ]);
        let found = (rule("dependency-why").find)(&tree);
        let lines: Vec<usize> = found.iter().map(|found| found.line).collect();
        assert_eq!(lines, expected, "{decisions}");
    };
    check("| serde, toml | files |\n", &[]);
    check("| serde | files |\n\ntoml\n", &[3]);
}

#[test]
fn no_rule_is_without_a_planted_violation() {
    let by_hand = ["file-length", "function-length", "dependency-why"];
    for rule in rules() {
        let planted = BROKEN.iter().any(|(name, ..)| *name == rule.name);
        assert!(
            planted || by_hand.contains(&rule.name),
            "nothing is planted for {}",
            rule.name
        );
    }
}
