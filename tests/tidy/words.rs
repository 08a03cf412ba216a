//! Rules about words: what may not be written, and where floats and printing are allowed.

use super::lexer::{is_name, line_of, words};
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "unfinished",
        fix: "finish it, or write it down where work is planned; `FIXME` needs a colon and a reason",
        find: unfinished,
    },
    Rule {
        name: "machine",
        fix: "say it relative to the repository, or take it from the configuration",
        find: machine,
    },
    Rule {
        name: "print",
        fix: "log with `tracing`, or hand the text to `cli`",
        find: prints,
    },
    Rule {
        name: "float",
        fix: "use `Vnd`, an integer or an exact fraction; drawing files are listed in \
              tests/tidy/words.rs",
        find: floats,
    },
    Rule {
        name: "digest-eq",
        fix: "compare with `source::signature` (constant time, decoded bytes, full length)",
        find: digest_eq,
    },
];

/// The files that spell out what they forbid.
const SPELLED_OUT: &[&str] = &["tests/tidy/words.rs", "tests/tidy/plants.rs"];

fn read(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.all()
        .filter(|file| !SPELLED_OUT.contains(&file.path.as_str()))
}

/// True where a test that is left out says which campaign it is, and where that is written down.
fn is_campaign(text: &str, line: usize) -> bool {
    let line = text.lines().nth(line - 1).unwrap_or_default();
    line.contains("#[ignore = \"a campaign: docs/campaigns/")
}

fn unfinished(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in read(tree) {
        let prose = if file.is_rust() {
            &file.views.comments
        } else {
            &file.text
        };
        for word in ["TODO", "XXX", "HACK", "WIP"] {
            for at in words(prose, word) {
                found.push(Finding::new(&file.path, line_of(prose, at), word));
            }
        }
        for at in words(prose, "FIXME") {
            let line = prose[at + "FIXME".len()..]
                .lines()
                .next()
                .unwrap_or_default();
            if line
                .split_whitespace()
                .filter(|word| word.len() > 1)
                .count()
                < 3
            {
                let what = "FIXME without a reason";
                found.push(Finding::new(&file.path, line_of(prose, at), what));
            }
        }
        let code = &file.views.code;
        for word in ["todo!", "unimplemented!", "dbg!", "#[ignore"] {
            for at in words(code, word) {
                // what takes hours runs on demand, and what came out is written down
                if word == "#[ignore" && is_campaign(&file.text, line_of(code, at)) {
                    continue;
                }
                found.push(Finding::new(
                    &file.path,
                    line_of(code, at),
                    format!("`{word}`"),
                ));
            }
        }
    }
    found
}

/// Folders of somebody's machine, and hosts that only a package manager talks to.
const MACHINE_WORDS: &[&str] = &[
    "/home/",
    "/root/",
    "/Users/",
    "/mnt/",
    "C:\\Users",
    "crates.io",
    "pypi.org",
    "npmjs.",
    "rubygems.org",
    "proxy.golang.org",
    "deb.debian.org",
];

fn machine(tree: &Tree) -> Vec<Finding> {
    // the checkout itself, not the folder it lies in, which may be any common one
    let here = Some(env!("CARGO_MANIFEST_DIR")).filter(|folder| folder.len() > 4);
    let mut found = Vec::new();
    for file in read(tree) {
        let known = MACHINE_WORDS.iter().copied().chain(here);
        for word in known {
            for at in file.text.match_indices(word).map(|(at, _)| at) {
                let inside_name = word.starts_with('/')
                    && file.text[..at].ends_with(|c: char| is_name(c) || c == '.' || c == '/');
                if !inside_name {
                    let what = format!("`{word}` belongs to one machine or service");
                    found.push(Finding::new(&file.path, line_of(&file.text, at), what));
                }
            }
        }
    }
    found
}

/// Who may write to the terminal.
const PRINTERS: &[&str] = &[
    "src/cli/",
    "src/main.rs",
    "src/telemetry.rs",    // log lines go to stderr
    "src/job/progress.rs", // progress bars, on a terminal only
];

fn prints(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.program() {
        if PRINTERS
            .iter()
            .any(|printer| file.path.starts_with(printer))
        {
            continue;
        }
        for word in [
            "println!",
            "print!",
            "eprintln!",
            "eprint!",
            "stdout",
            "stderr",
        ] {
            for at in words(&file.live, word) {
                let what = format!("`{word}` outside `cli`");
                found.push(Finding::new(&file.path, line_of(&file.live, at), what));
            }
        }
    }
    found
}

/// Files that may name floats: coordinates of a drawing, what an interface demands.
const DRAWING_FILES: &[&str] = &[
    "src/report/chart.rs",
    "src/report/forms/book/margin.rs",
    "src/report/pdf/ink.rs",
    "src/job/digest/canonical.rs", // refuses them
    "tests/it/report/contrast.rs", // how bright a colour is
];

fn floats(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree
        .rust()
        .filter(|file| !DRAWING_FILES.contains(&file.path.as_str()))
    {
        let code = &file.views.code;
        for word in ["f32", "f64"] {
            for at in words(code, word) {
                found.push(Finding::new(
                    &file.path,
                    line_of(code, at),
                    format!("`{word}`"),
                ));
            }
        }
        for (index, line) in code.lines().enumerate() {
            if has_float_literal(line) {
                found.push(Finding::new(
                    &file.path,
                    index + 1,
                    "a number with a decimal point",
                ));
            }
        }
    }
    found
}

/// `1.5`, but neither `x.0.1` nor `0..5`.
fn has_float_literal(line: &str) -> bool {
    line.match_indices('.').any(|(at, _)| {
        let before = line[..at].trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
        let digits_before = &line[before.len()..at];
        digits_before.starts_with(|c: char| c.is_ascii_digit())
            && line[at + 1..].starts_with(|c: char| c.is_ascii_digit())
            && !before.ends_with(|c: char| is_name(c) || c == '.')
    })
}

/// Parts of names that hold a signature or the bytes of a digest.
const DIGEST_NAMES: &[&str] = &["signature", "secure_hash", "checksum", "hmac", "mac"];

/// Calls that make a digest; comparing their result with `==` leaks where it differs.
const DIGEST_CALLS: &[&str] = &["finalize", "into_bytes", "verify_slice"];

fn digest_eq(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    // The checksums of `store` are over our own files; nobody outside can choose them.
    for file in tree
        .program()
        .filter(|file| !file.path.starts_with("src/store/"))
    {
        for (index, line) in file.live.lines().enumerate() {
            for (at, sign) in line.match_indices("==").chain(line.match_indices("!=")) {
                let left = operand(line[..at].chars().rev());
                let left: String = left.chars().rev().collect();
                let right = operand(line[at + sign.len()..].chars());
                if is_digest(&left) || is_digest(&right) {
                    let what = format!("`{}` {sign} `{}`", left.trim(), right.trim());
                    found.push(Finding::new(&file.path, index + 1, what));
                }
            }
        }
    }
    found
}

/// The expression beside a comparison, as far as it is names, calls and paths.
fn operand(chars: impl Iterator<Item = char>) -> String {
    chars
        .skip_while(|c| *c == ' ')
        .take_while(|c| {
            is_name(*c) || matches!(c, '.' | ':' | '&' | '*' | '(' | ')' | '[' | ']' | '?')
        })
        .collect()
}

fn is_digest(operand: &str) -> bool {
    if operand.ends_with(".len()") || operand.ends_with(".is_empty()") {
        return false;
    }
    operand.split(|c: char| !is_name(c)).any(|name| {
        DIGEST_CALLS.contains(&name)
            || DIGEST_NAMES.iter().any(|part| {
                name == *part
                    || name.ends_with(&format!("_{part}"))
                    || name.starts_with(&format!("{part}_"))
            })
    })
}
