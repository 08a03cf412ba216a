//! Rules about where files stand: every module is listed, in order, and every file is used.

use super::layers::{LAYERS, layer_of};
use super::lexer::{is_name, line_of, words};
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "rooms",
        fix: "list the module in src/lib.rs and tests/tidy/layers.rs, both in the order of data flow",
        find: rooms,
    },
    Rule {
        name: "dead-file",
        fix: "declare it with `mod` in its parent (tests/it/main.rs for an integration test), or \
              delete it",
        find: dead_files,
    },
    Rule {
        name: "test-binary",
        fix: "make it a module of tests/it: each further binary links everything again",
        find: test_binaries,
    },
];

fn rooms(tree: &Tree) -> Vec<Finding> {
    let Some(lib) = tree.get("src/lib.rs") else {
        return vec![Finding::new("src/lib.rs", 1, "is missing")];
    };
    let mut found = Vec::new();
    let listed = modules(lib);
    let order = |name: &str| LAYERS.iter().position(|layer| layer.room == name);
    let mut last = 0;
    for (at, name) in &listed {
        let line = line_of(&lib.live, *at);
        match order(name) {
            None => {
                let what = format!("`{name}` has no layer");
                found.push(Finding::new(&lib.path, line, what));
            }
            Some(position) if position < last => {
                let what = format!("`{name}` stands against the order of data flow");
                found.push(Finding::new(&lib.path, line, what));
            }
            Some(position) => last = position,
        }
    }
    let mut missing: Vec<&str> = tree
        .program()
        .filter_map(File::room)
        .filter(|room| !matches!(*room, "lib" | "main"))
        .filter(|room| !listed.iter().any(|(_, name)| name == room))
        .collect();
    missing.dedup();
    found.extend(missing.iter().map(|room| {
        let known = if layer_of(room).is_some() {
            ""
        } else {
            ", nor has it a layer"
        };
        Finding::new("src/lib.rs", 1, format!("`{room}` is not listed{known}"))
    }));
    found
}

/// The `mod name;` lines of a file, with their positions.
fn modules(file: &File) -> Vec<(usize, String)> {
    words(&file.views.code, "mod")
        .filter_map(|at| {
            let rest = file.views.code[at + 3..].trim_start();
            let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
            rest[name.len()..]
                .trim_start()
                .starts_with(';')
                .then_some((at, name))
        })
        .collect()
}

/// Files that cargo finds by itself.
fn is_crate_root(path: &str) -> bool {
    let test_root = |folder: &str| {
        path.strip_prefix(folder).is_some_and(|inside| {
            !inside.contains('/')
                || (inside.ends_with("/main.rs") && inside.matches('/').count() == 1)
        })
    };
    matches!(path, "src/lib.rs" | "src/main.rs" | "build.rs")
        || [
            "tests/",
            "benches/",
            "examples/",
            "campaigns/fuzz/fuzz_targets/",
            "campaigns/statement_peers/",
        ]
        .iter()
        .any(|folder| test_root(folder))
}

fn dead_files(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|file| !is_crate_root(&file.path) && !is_declared(tree, &file.path))
        .map(|file| Finding::new(&file.path, 1, "no `mod` line leads to this file"))
        .collect()
}

fn is_declared(tree: &Tree, path: &str) -> bool {
    let Some(stem) = path.strip_suffix(".rs") else {
        return false;
    };
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    let Some((folder, name)) = stem.rsplit_once('/') else {
        return false;
    };
    let beside = ["mod.rs", "lib.rs", "main.rs"].map(|parent| format!("{folder}/{parent}"));
    let by_name = beside
        .into_iter()
        .chain([format!("{folder}.rs")])
        .any(|parent| {
            let parent = tree.get(&parent);
            parent.is_some_and(|file| modules(file).iter().any(|(_, listed)| listed == name))
        });
    by_name || tree.rust().any(|file| names_by_path(file, path))
}

/// Whether `file` declares the file at `path` with `#[path = "..."]`.
fn names_by_path(file: &File, path: &str) -> bool {
    let (folder, _) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    let inside = path
        .strip_prefix(folder)
        .map(|rest| rest.trim_start_matches('/'));
    inside.is_some_and(|inside| file.text.contains(&format!("#[path = \"{inside}\"]")))
}

/// The test programs of the house: one for everything, and three with a reason of their own.
const TEST_BINARIES: &[&str] = &[
    "tests/it/main.rs",
    "tests/tidy.rs",     // reads the tree, links nothing
    "tests/corpora.rs",  // reads a folder outside the repository
    "tests/campaign.rs", // hours long, its own harness
];

fn test_binaries(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|file| file.path.starts_with("tests/") && is_crate_root(&file.path))
        .filter(|file| !TEST_BINARIES.contains(&file.path.as_str()))
        .map(|file| Finding::new(&file.path, 1, "one more test binary"))
        .collect()
}
