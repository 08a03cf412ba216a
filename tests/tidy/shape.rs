//! Rules about the shape of files: header, length, width, blanks.

use super::lexer::{end_of_item, is_name, line_of, words};
use super::tree::{File, Tree};
use super::{Finding, Rule};

const LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
/// A test tells one story from top to bottom.
const TEST_FUNCTION_LINES_MAX: usize = 100;
const WIDTH_MAX: usize = 100;
/// A sentence for people stays in one piece, so that it can be searched for.
const WIDTH_MAX_WITH_TEXT: usize = 160;

/// Functions that may be longer, each with its reason.
const LONG_FUNCTIONS: &[(&str, &str)] = &[
    // One arm a message: split up, the compiler no longer sees that every message has its text.
    ("src/matching/evidence/vi.rs", "vi"),
    ("src/matching/evidence/en.rs", "en"),
];

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "header",
        fix: "begin the file with `//!` and say what the file is for",
        find: header,
    },
    Rule {
        name: "file-length",
        fix: "split the file by idea; its tests may move to `<name>/tests.rs`",
        find: file_length,
    },
    Rule {
        name: "function-length",
        fix: "split the function; keep the branches in the parent",
        find: function_length,
    },
    Rule {
        name: "width",
        fix: "break the line; a text can be broken with a `\\` at the end of a line",
        find: width,
    },
    Rule {
        name: "blanks",
        fix: "run `cargo fmt`; use LF, blanks instead of tabs, one newline at the end",
        find: blanks,
    },
];

fn header(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| Finding::new(&file.path, 1, "the file has no `//!` header"))
        .collect()
}

fn file_length(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter_map(|file| {
            let lines = file.text.lines().count();
            let what = format!("{lines} lines, more than {LINES_MAX}");
            (lines > LINES_MAX).then(|| Finding::new(&file.path, LINES_MAX + 1, what))
        })
        .collect()
}

fn function_length(tree: &Tree) -> Vec<Finding> {
    tree.rust().flat_map(long_functions).collect()
}

fn long_functions(file: &File) -> Vec<Finding> {
    let code = &file.views.code;
    let mut found = Vec::new();
    for at in words(code, "fn") {
        let rest = code[at + 2..].trim_start();
        let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
        let is_listed = LONG_FUNCTIONS.contains(&(file.path.as_str(), name.as_str()));
        if name.is_empty() || is_listed {
            continue; // a function pointer type has no name
        }
        let end = end_of_item(code, at);
        let lines = code[at..end].matches('\n').count() + 1;
        let is_test = !file.path.starts_with("src/")
            || !file
                .live
                .get(at..)
                .is_some_and(|live| live.starts_with("fn"));
        let max = if is_test {
            TEST_FUNCTION_LINES_MAX
        } else {
            FUNCTION_LINES_MAX
        };
        if lines > max {
            let what = format!("`fn {name}` has {lines} lines, more than {max}");
            found.push(Finding::new(&file.path, line_of(code, at), what));
        }
    }
    found
}

/// Only Rust: SQL and templates have no formatter, prose is wrapped by hand.
fn width(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.rust() {
        let lines = file.text.lines().zip(file.views.strings.lines());
        for (index, (line, strings)) in lines.enumerate() {
            let max = if strings.trim().is_empty() {
                WIDTH_MAX
            } else {
                WIDTH_MAX_WITH_TEXT
            };
            let width = line.chars().count();
            if width > max && !line.contains("://") {
                let what = format!("{width} characters, more than {max}");
                found.push(Finding::new(&file.path, index + 1, what));
            }
        }
    }
    found
}

fn blanks(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.all() {
        for (index, line) in file.text.split('\n').enumerate() {
            let what = if line.contains('\t') {
                "a tab"
            } else if line.contains('\r') {
                "a carriage return"
            } else if line.ends_with(' ') {
                "a blank at the end of the line"
            } else {
                continue;
            };
            found.push(Finding::new(&file.path, index + 1, what));
        }
        if !file.text.ends_with('\n') || file.text.ends_with("\n\n") {
            let last = file.text.lines().count();
            found.push(Finding::new(
                &file.path,
                last,
                "the file does not end with one newline",
            ));
        }
    }
    found
}
