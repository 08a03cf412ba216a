//! Rules about who may use what: rooms, pure code, and the sole users of a library.

use super::layers::{Layer, PURE_FOLDERS, layer_of};
use super::lexer::{is_name, line_of, words};
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "import",
        fix: "hand the value in from `job`, `cli` or `settle`; if the house really changes, change \
              the table in tests/tidy/layers.rs and docs/ARCHITECTURE.md",
        find: imports,
    },
    Rule {
        name: "pure",
        fix: "keep effects and hash order out of pure code: take the value as an argument, use \
              BTreeMap, BTreeSet or a sorted Vec (rustc-hash for look-ups only)",
        find: purity,
    },
    Rule {
        name: "sole-user",
        fix: "go through the module that owns this",
        find: sole_users,
    },
];

/// A path from the root of the crate, as used in one place.
#[derive(Debug, PartialEq, Eq)]
struct Reference {
    line: usize,
    path: Vec<String>,
}

fn imports(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.program() {
        let Some(layer) = file.room().and_then(layer_of) else {
            continue; // lib.rs, main.rs; unknown rooms are reported by `rooms`
        };
        for used in references(file) {
            if !allowed(layer, &used.path) {
                let what = format!("`{}` uses `{}`", layer.room, used.path.join("::"));
                found.push(Finding::new(&file.path, used.line, what));
            }
        }
    }
    found
}

/// Whether a room may use a path from the root of the crate.
fn allowed(layer: &Layer, path: &[String]) -> bool {
    let room = path[0].as_str();
    if room == layer.room || !room.starts_with(char::is_lowercase) {
        return true;
    }
    layer
        .may_use
        .iter()
        .any(|entry| match entry.rsplit_once("::") {
            None if *entry == "*" => true,
            None => *entry == room && path.get(1).is_some_and(|_| is_value(path)),
            Some((whole, "*")) => whole == room,
            Some(_) => {
                entry.split("::").zip(path).filter(|(a, b)| a == b).count()
                    == entry.split("::").count()
            }
        })
}

/// Whether a path names a type or a constant rather than a function or a module.
fn is_value(path: &[String]) -> bool {
    path.iter().any(|part| part.starts_with(char::is_uppercase))
}

/// Every path that leaves the file's own module towards the root of the crate.
fn references(file: &File) -> Vec<Reference> {
    let code = &file.live;
    let mut found = Vec::new();
    for at in words(code, "crate::") {
        let mut paths = Vec::new();
        expand(&code[at + "crate::".len()..], &mut Vec::new(), &mut paths);
        found.extend(paths.into_iter().map(|path| (at, path)));
    }
    for at in words(code, "super::") {
        if code[..at].ends_with("super::") {
            continue; // the chain was read from its first `super`
        }
        let mut module = file.module();
        let mut rest = &code[at..];
        while let Some(inner) = rest.strip_prefix("super::") {
            module.pop();
            rest = inner;
        }
        let mut paths = Vec::new();
        expand(rest, &mut module, &mut paths);
        found.extend(paths.into_iter().map(|path| (at, path)));
    }
    found
        .into_iter()
        .filter(|(_, path)| !path.is_empty())
        .map(|(at, path)| Reference {
            line: line_of(code, at),
            path,
        })
        .collect()
}

/// Reads `a::b::{c, d::e}` into full paths; returns how many bytes it read.
fn expand(text: &str, before: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    let depth = before.len();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
        if name.is_empty() {
            if rest.starts_with('{') {
                at += expand_group(rest, before, paths);
            } else {
                paths.push(before.clone()); // `*`, or a macro
            }
            break;
        }
        at += name.len();
        if name != "self" {
            before.push(name);
        }
        match text[at..].strip_prefix("::") {
            Some(rest) if rest.starts_with(|c: char| is_name(c) || c == '{' || c == '*') => at += 2,
            _ => {
                paths.push(before.clone());
                break;
            }
        }
    }
    before.truncate(depth);
    at
}

/// Reads `{a, b::c}`; returns how many bytes it read.
fn expand_group(text: &str, before: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    let mut at = 1;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '}' => return at + 1,
            c if is_name(c) || c == '{' => at += expand(&text[at..], before, paths),
            c => at += c.len_utf8(),
        }
    }
    at
}

/// What pure code may not name: effects, and collections whose order is random.
const IMPURE: &[&str] = &[
    "async",
    "await",
    "tokio",
    "tracing",
    "log",
    "sqlx",
    "reqwest",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "env",
    "fs",
    "SystemTime",
    "Instant",
    "Utc",
    "Local",
    "rand",
    "rand_chacha",
    "HashMap",
    "HashSet",
    "RandomState",
    "thread_local",
];

fn purity(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.program() {
        let room_is_pure = file
            .room()
            .and_then(layer_of)
            .is_some_and(|layer| layer.pure);
        if !room_is_pure
            && !PURE_FOLDERS
                .iter()
                .any(|folder| file.path.starts_with(folder))
        {
            continue;
        }
        for word in IMPURE {
            for at in words(&file.live, word) {
                // threads that end before the call does: the results are joined in order
                if *word == "std::thread" && file.live[at..].starts_with("std::thread::scope(") {
                    continue;
                }
                if is_path_or_macro(&file.live, at, word) {
                    let what = format!("pure code names `{word}`");
                    found.push(Finding::new(&file.path, line_of(&file.live, at), what));
                }
            }
        }
    }
    found
}

/// `env`, `fs`, `log` and `rand` are also ordinary names; only their use as a path or macro counts.
fn is_path_or_macro(code: &str, at: usize, word: &str) -> bool {
    let after = &code[at + word.len()..];
    match word {
        "env" => after.starts_with("::"),
        "fs" | "log" | "rand" | "tracing" | "tokio" => {
            after.starts_with("::") || code[..at].trim_end().ends_with("use")
        }
        _ => true,
    }
}

/// A name and the only files that may use it, as starts of their paths.
const SOLE_USERS: &[(&str, &[&str])] = &[
    ("sqlx", &["src/store/"]),
    (
        "reqwest",
        &["src/source/http.rs", "src/source/http/", "src/notify/"],
    ),
    ("SystemTime::now", &["src/clock.rs"]),
    // the simulators measure what comes over the wire
    ("Instant::now", &["src/clock.rs", "src/sandbox/world.rs"]),
    ("Utc::now", &["src/clock.rs"]),
    ("Local::now", &["src/clock.rs"]),
    ("zstd", &["src/store/archive"]),
];

fn sole_users(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.program() {
        for (word, owners) in SOLE_USERS {
            if owners.iter().any(|owner| file.path.starts_with(owner)) {
                continue;
            }
            for at in words(&file.views.code, word) {
                let what = format!("`{word}` belongs to {}", owners.join(", "));
                found.push(Finding::new(
                    &file.path,
                    line_of(&file.views.code, at),
                    what,
                ));
            }
        }
    }
    found
}

#[test]
fn paths_are_read_in_full() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        let file = File::new(path, text);
        let read: Vec<String> = references(&file)
            .iter()
            .map(|r| r.path.join("::"))
            .collect();
        assert_eq!(read, expected, "{text}");
    };
    check("src/kpi/a.rs", "use crate::b::C;", &["b::C"]);
    check(
        "src/kpi/a.rs",
        "use crate::b::{self, C, d::{E, F}};",
        &["b", "b::C", "b::d::E", "b::d::F"],
    );
    check("src/kpi/a.rs", "use crate::{a::B, c};", &["a::B", "c"]);
    check("src/kpi/a.rs", "crate::b::c(1)", &["b::c"]);
    check("src/kpi/a.rs", "use super::b::C;", &["kpi::b::C"]);
    check(
        "src/kpi/a.rs",
        "use super::super::matching::run;",
        &["matching::run"],
    );
    check(
        "src/kpi/mod.rs",
        "use super::{matching::run};",
        &["matching::run"],
    );
    check("src/kpi/a.rs", "pub(in crate::kpi) fn x() {}", &["kpi"]);
    check("src/kpi/a.rs", "// crate::b\nlet x = \"crate::c\";", &[]);
}
