//! The rules of the house, checked: `cargo test --test tidy`.
//!
//! Each rule looks at the text of the tree, without a Rust parser, and reports file, line and
//! what to do. `tidy/planted.rs` breaks each rule once on purpose, so that a rule that has gone
//! blind fails too. What a rule allows beyond its plain text stands in a table beside it, with a
//! reason; such a table is the place to change when the house changes.

#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    clippy::expect_used,
    clippy::panic,
    reason = "a test program; names of files are written in lower case here"
)]

#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/lexer.rs"]
mod lexer;
#[path = "tidy/manifest.rs"]
mod manifest;
#[path = "tidy/planted.rs"]
mod planted;
#[path = "tidy/plants.rs"]
mod plants;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/sql.rs"]
mod sql;
#[path = "tidy/tree.rs"]
mod tree;
#[path = "tidy/words.rs"]
mod words;

use std::path::Path;

use tree::Tree;

/// One place that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// Path inside the repository, with `/`.
    path: String,
    /// Line, from 1.
    line: usize,
    /// What is there.
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }
}

/// One rule of the house.
struct Rule {
    /// Short name, used in reports and by the planted violations.
    name: &'static str,
    /// What to do about a finding.
    fix: &'static str,
    /// Looks at the whole tree.
    find: fn(&Tree) -> Vec<Finding>,
}

/// Every rule, file by file.
fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        shape::RULES,
        rooms::RULES,
        imports::RULES,
        words::RULES,
        sql::RULES,
        manifest::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The findings of all rules as lines for a person: `path:line: [rule] what; fix`.
fn report(tree: &Tree) -> String {
    let mut lines: Vec<String> = Vec::new();
    for rule in rules() {
        for found in (rule.find)(tree) {
            lines.push(format!(
                "{}:{}: [{}] {}; {}",
                found.path, found.line, rule.name, found.what, rule.fix
            ));
        }
    }
    lines.sort();
    lines.join("\n")
}

#[test]
fn the_house_is_in_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tree = Tree::read(root).expect("the repository can be read");
    assert!(
        tree.rust().count() > 50,
        "tidy sees too few files of {}: is it blind?",
        root.display()
    );
    let report = report(&tree);
    assert!(report.is_empty(), "\n{report}\n");
}
