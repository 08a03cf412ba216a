//! Rules about SQL: text stands in files, arguments are bound, both databases understand it.

use super::lexer::{end_of_item, is_name, line_of, words};
use super::tree::Tree;
use super::{Finding, Rule};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "sql-unused",
        fix: "name it in src/store/statement.rs or delete it",
        find: unused,
    },
    Rule {
        name: "sql-built",
        fix: "write the statement to src/store/sql/<verb>_<noun>.sql and bind its arguments",
        find: built,
    },
    Rule {
        name: "sql-header",
        fix: "begin the file with a `--` comment: what it is for, what is bound, why it may run twice",
        find: header,
    },
    Rule {
        name: "sql-portable",
        fix: "use BIGINT, TEXT and CHECK, name the columns, and sort in Rust",
        find: portable,
    },
];

fn sql_files(tree: &Tree) -> impl Iterator<Item = &super::tree::File> {
    tree.all().filter(|file| file.path.ends_with(".sql"))
}

fn unused(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in sql_files(tree).filter(|file| file.path.starts_with("src/")) {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        let named = tree
            .program()
            .any(|rust| words(&rust.views.strings, stem).next().is_some());
        if !named {
            found.push(Finding::new(
                &file.path,
                1,
                format!("no code names `{stem}`"),
            ));
        }
    }
    found
}

/// First words of a statement.
const STARTS: &[&str] = &[
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "WITH ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "DROP TABLE ",
    "ALTER TABLE ",
    "WHERE ",
    "ORDER BY ",
];

/// Macros and calls that put text together, or that let such text pass as a statement.
const BUILDERS: &[&str] = &[
    "format!",
    "write!",
    "writeln!",
    "format_args!",
    "concat!",
    "push_str",
];

fn built(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.program() {
        let (code, strings) = (&file.live, &file.views.strings);
        let mut add = |at: usize, what: String| {
            found.push(Finding::new(&file.path, line_of(code, at), what));
        };
        for at in words(code, "AssertSqlSafe") {
            add(at, "a statement that is not a constant".to_owned());
        }
        for builder in BUILDERS {
            for at in words(code, builder) {
                let text = same_range(code, strings, at);
                let text = text.trim_start();
                if STARTS.iter().any(|start| text.starts_with(start)) {
                    add(at, format!("`{builder}` builds a statement"));
                }
            }
        }
        for call in [
            "query",
            "query_as",
            "query_scalar",
            "raw_sql",
            "execute",
            "prepare",
        ] {
            for at in words(code, call) {
                let end = end_of_call(code, at);
                if words(&code[at..end], "format!").next().is_some() {
                    add(at, format!("`format!` inside `{call}`"));
                }
            }
        }
        if !file.path.starts_with("src/store/") {
            for (index, line) in strings.lines().enumerate() {
                let line = line.trim_start();
                if STARTS.iter().any(|start| line.starts_with(start)) {
                    let what = "a statement outside `store`".to_owned();
                    found.push(Finding::new(&file.path, index + 1, what));
                }
            }
        }
    }
    found
}

/// The string contents inside the call or macro that starts at `at`.
fn same_range(code: &str, strings: &str, at: usize) -> String {
    let chars_before = code[..at].chars().count();
    let chars_inside = code[at..end_of_call(code, at)].chars().count();
    strings
        .chars()
        .skip(chars_before)
        .take(chars_inside)
        .collect()
}

/// The byte after the closing bracket of the call that starts at `at`; `at` when none follows.
fn end_of_call(code: &str, at: usize) -> usize {
    let name_end = code[at..]
        .find(|c: char| !is_name(c) && c != '!')
        .map_or(code.len(), |i| at + i);
    if !code[name_end..].starts_with('(') {
        return at;
    }
    let mut depth = 0_usize;
    for (i, c) in code[name_end..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return name_end + i + 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    end_of_item(code, at)
}

fn header(tree: &Tree) -> Vec<Finding> {
    sql_files(tree)
        .filter(|file| !file.text.starts_with("-- "))
        .map(|file| Finding::new(&file.path, 1, "no comment at the top"))
        .collect()
}

/// Words that one of the databases does not know, or understands in its own way.
const NOT_PORTABLE: &[&str] = &[
    "INTEGER",
    "SERIAL",
    "BIGSERIAL",
    "AUTOINCREMENT",
    "BOOLEAN",
    "JSONB",
    "COLLATE",
    "REAL",
    "FLOAT",
    "DOUBLE",
    "NUMERIC",
    "DECIMAL",
    "TIMESTAMP",
    "TIMESTAMPTZ",
    "DATETIME",
    "VARCHAR",
];

fn portable(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in sql_files(tree) {
        let for_one = file.path.ends_with(".sqlite.sql") || file.path.ends_with(".postgres.sql");
        for (index, line) in file.text.lines().enumerate() {
            let code = line.split("--").next().unwrap_or_default().to_uppercase();
            if code.contains("SELECT *") {
                found.push(Finding::new(&file.path, index + 1, "`SELECT *`"));
            }
            for word in NOT_PORTABLE {
                if !for_one && words(&code, word).next().is_some() {
                    let what = format!("`{word}` is not portable");
                    found.push(Finding::new(&file.path, index + 1, what));
                }
            }
        }
    }
    found
}
