//! Rules about Cargo.toml: what comes in is used, and docs/DECISIONS.md says why it came.

use super::lexer::words;
use super::tree::Tree;
use super::{Finding, Rule};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "dependency-unused",
        fix: "remove it with `cargo remove`; each dependency costs build time and trust",
        find: unused,
    },
    Rule {
        name: "dependency-why",
        fix: "give its reason in the table of docs/DECISIONS.md, or leave it out",
        find: unexplained,
    },
];

/// The dependencies with their lines in Cargo.toml.
fn dependencies(tree: &Tree) -> Vec<(usize, String)> {
    let Some(manifest) = tree.get("Cargo.toml") else {
        return Vec::new();
    };
    let mut section = "";
    let mut found = Vec::new();
    for (index, line) in manifest.text.lines().enumerate() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        } else if matches!(section, "dependencies" | "dev-dependencies")
            && let Some((name, _)) = line.split_once('=')
            && !line.starts_with('#')
        {
            found.push((index + 1, name.trim().to_owned()));
        }
    }
    found
}

fn unused(tree: &Tree) -> Vec<Finding> {
    dependencies(tree)
        .into_iter()
        .filter(|(_, name)| {
            // The library of a crate is called as the crate, or without its hyphens (`md-5`:
            // `md5`).
            let paths = [name.replace('-', "_"), name.replace('-', "")];
            !paths.iter().any(|path| {
                let path = format!("{path}::");
                tree.rust()
                    .any(|file| words(&file.views.code, &path).next().is_some())
            })
        })
        .map(|(line, name)| Finding::new("Cargo.toml", line, format!("no code uses `{name}`")))
        .collect()
}

fn unexplained(tree: &Tree) -> Vec<Finding> {
    let Some(decisions) = tree.get("docs/DECISIONS.md") else {
        return Vec::new();
    };
    let cells: Vec<&str> = decisions
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|cell| cell.split(", "))
        .collect();
    dependencies(tree)
        .into_iter()
        .filter(|(_, name)| !cells.contains(&name.as_str()))
        .map(|(line, name)| Finding::new("Cargo.toml", line, format!("nothing says why `{name}`")))
        .collect()
}
