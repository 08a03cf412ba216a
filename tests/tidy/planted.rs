//! Each rule, broken once on purpose: a rule that finds nothing here is blind.

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

/// Rule, file, text, the line that is reported.
const BROKEN: &[(&str, &str, &str, usize)] = &[
    ("header", "src/kpi/share.rs", "use crate::domain::Vnd;\n", 1),
    (
        "width",
        "src/kpi/share.rs",
        concat!(
            "//! A.\n// 0123456789012345678901234567890123456789",
            "01234567890123456789012345678901234567890123456789012345678901234567890123456789\n"
        ),
        2,
    ),
    ("blanks", "src/kpi/share.rs", "//! A.\n\tfn a() {}\n", 2),
    ("blanks", "src/kpi/share.rs", "//! A. \n", 1),
    ("blanks", "src/store/sql/select_txn.sql", "-- A.\r\n", 1),
    ("blanks", "src/kpi/share.rs", "//! A.", 1),
    (
        "rooms",
        "src/lib.rs",
        "//! T.\npub mod store;\npub mod domain;\npub mod kpi;\n",
        3,
    ),
    (
        "rooms",
        "src/lib.rs",
        "//! T.\npub mod domain;\npub mod store;\n",
        1,
    ),
    (
        "rooms",
        "src/lib.rs",
        "//! T.\npub mod domain;\npub mod attic;\npub mod store;\npub mod kpi;\n",
        3,
    ),
    ("dead-file", "src/kpi/lost.rs", "//! Lost.\n", 1),
    ("dead-file", "tests/it/lost.rs", "//! Lost.\n", 1),
    ("test-binary", "tests/another.rs", "//! One more.\n", 1),
    ("test-binary", "tests/another/main.rs", "//! One more.\n", 1),
    (
        "import",
        "src/kpi/share.rs",
        "//! A.\nuse crate::store::Store;\n",
        2,
    ),
    (
        "import",
        "src/kpi/share.rs",
        "//! A.\nuse crate::{domain::Vnd, report::Report};\n",
        2,
    ),
    (
        "import",
        "src/kpi/share.rs",
        "//! A.\nuse super::super::store::Store;\n",
        2,
    ),
    (
        "import",
        "src/kpi/share.rs",
        "//! A.\n\nlet a = crate::matching::run(pool);\n",
        3,
    ),
    (
        "import",
        "src/prove/mod.rs",
        "//! A.\nuse crate::matching::pool::Pool;\nuse crate::kpi::measure;\n",
        3,
    ),
    (
        "pure",
        "src/kpi/share.rs",
        "//! A.\nuse std::collections::HashMap;\n",
        2,
    ),
    ("pure", "src/kpi/share.rs", "//! A.\nasync fn a() {}\n", 2),
    (
        "pure",
        "src/kpi/share.rs",
        "//! A.\nuse tracing::info;\n",
        2,
    ),
    ("pure", "src/kpi/share.rs", "//! A.\nuse std::fs;\n", 2),
    ("pure", "src/kpi/share.rs", "//! A.\nuse std::env;\n", 2),
    (
        "pure",
        "src/report/model/mod.rs",
        "//! A.\nlet a = rand::random();\n",
        2,
    ),
    ("sole-user", "src/job/mod.rs", "//! A.\nuse sqlx::Row;\n", 2),
    (
        "sole-user",
        "src/source/provider/a.rs",
        "//! A.\nuse reqwest::Client;\n",
        2,
    ),
    (
        "sole-user",
        "src/job/mod.rs",
        "//! A.\nlet a = Utc::now();\n",
        2,
    ),
    (
        "sole-user",
        "src/job/mod.rs",
        "//! A.\nlet a = std::time::Instant::now();\n",
        2,
    ),
    (
        "unfinished",
        "src/kpi/share.rs",
        "//! A.\n// TODO later\n",
        2,
    ),
    ("unfinished", "src/kpi/share.rs", "//! A.\n// FIXME\n", 2),
    (
        "unfinished",
        "src/kpi/share.rs",
        "//! A.\nfn a() { todo!() }\n",
        2,
    ),
    (
        "unfinished",
        "src/kpi/share.rs",
        "//! A.\nfn a() { unimplemented!() }\n",
        2,
    ),
    (
        "unfinished",
        "src/kpi/share.rs",
        "//! A.\nlet a = dbg!(b);\n",
        2,
    ),
    (
        "unfinished",
        "tests/it/share.rs",
        "//! A.\n#[test]\n#[ignore = \"slow\"]\nfn a() {}\n",
        3,
    ),
    ("unfinished", "README.md", "# A\n\nTODO\n", 3),
    ("machine", "README.md", "# A\n\ncd /home/a\n", 3),
    (
        "machine",
        "src/kpi/share.rs",
        "//! A.\nconst A: &str = \"/root/a\";\n",
        2,
    ),
    ("machine", "README.md", "from crates.io\n", 1),
    (
        "machine",
        "README.md",
        concat!("see ", env!("CARGO_MANIFEST_DIR"), "\n"),
        1,
    ),
    ("print", "src/kpi/share.rs", "//! A.\nprintln!(\"a\");\n", 2),
    ("float", "src/kpi/share.rs", "//! A.\nfn a(b: f64) {}\n", 2),
    ("float", "src/kpi/share.rs", "//! A.\nlet a = 0.5;\n", 2),
    (
        "digest-eq",
        "src/source/provider/a.rs",
        "//! A.\nif signature == expected {}\n",
        2,
    ),
    (
        "digest-eq",
        "src/source/provider/a.rs",
        "//! A.\nif mac.finalize().into_bytes() != a {}\n",
        2,
    ),
    (
        "digest-eq",
        "src/source/provider/a.rs",
        "//! A.\nif a == self.secure_hash {}\n",
        2,
    ),
    (
        "sql-unused",
        "src/store/sql/select_fee.sql",
        "-- A.\nSELECT id FROM fee\n",
        1,
    ),
    (
        "sql-built",
        "src/store/mod.rs",
        "//! A.\nlet a = format!(\"SELECT id FROM {t}\");\n",
        2,
    ),
    (
        "sql-built",
        "src/store/mod.rs",
        "//! A.\nsqlx::query(&format!(\"{a}\")).bind(b);\n",
        2,
    ),
    (
        "sql-built",
        "src/store/mod.rs",
        "//! A.\nlet a = AssertSqlSafe(text);\n",
        2,
    ),
    (
        "sql-built",
        "src/job/mod.rs",
        "//! A.\nconst A: &str = \"DELETE FROM txn\";\n",
        2,
    ),
    (
        "sql-header",
        "src/store/sql/select_txn.sql",
        "SELECT id FROM txn\n",
        1,
    ),
    (
        "sql-portable",
        "src/store/sql/select_txn.sql",
        "-- A.\nSELECT * FROM txn\n",
        2,
    ),
    (
        "sql-portable",
        "migrations/0001_a.sql",
        "-- A.\nCREATE TABLE a (b INTEGER);\n",
        2,
    ),
];

/// What looks like a violation and is none: rule, file, text.
const INNOCENT: &[(&str, &str, &str)] = &[
    (
        "import",
        "src/kpi/share.rs",
        "//! A.\n//! See [`crate::store`].\nuse crate::domain::vnd;\n",
    ),
    (
        "import",
        "src/kpi/share.rs",
        "//! A.\n#[cfg(test)]\nmod tests { use crate::normalise::say; }\n",
    ),
    (
        "import",
        "src/job/mod.rs",
        "//! A.\nuse crate::store::Store;\nuse crate::report::publish;\n",
    ),
    (
        "pure",
        "src/kpi/share.rs",
        "//! A. Not async.\nuse rustc_hash::FxHashMap;\nlet env = 1;\n",
    ),
    ("sole-user", "src/clock.rs", "//! A.\nlet a = Utc::now();\n"),
    ("sole-user", "src/store/mod.rs", "//! A.\nuse sqlx::Row;\n"),
    (
        "unfinished",
        "src/kpi/share.rs",
        "//! A.\n// FIXME: the provider sends it twice on Mondays\n",
    ),
    (
        "machine",
        "src/kpi/share.rs",
        "//! A.\nconst A: &str = \"https://a.vn/home/x\";\n",
    ),
    ("print", "src/cli/mod.rs", "//! A.\nprintln!(\"a\");\n"),
    (
        "float",
        "src/kpi/share.rs",
        "//! A. 0.5\nlet a = b.0.1; for i in 0..5 {}\n",
    ),
    (
        "digest-eq",
        "src/source/provider/a.rs",
        "//! A.\nif signature.len() == 64 && a == b {}\n",
    ),
    (
        "sql-built",
        "src/store/mod.rs",
        "//! A.\nlet a = format!(\"SELECTED {b}\");\n",
    ),
    (
        "sql-portable",
        "src/store/sql/select_txn.sql",
        "-- A. INTEGER\nSELECT id FROM txn\n",
    ),
    ("header", "src/kpi/share.rs", "//! A.\n"),
];

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
fn no_rule_is_without_a_planted_violation() {
    let by_hand = ["file-length", "function-length"];
    for rule in rules() {
        let planted = BROKEN.iter().any(|(name, ..)| *name == rule.name);
        assert!(
            planted || by_hand.contains(&rule.name),
            "nothing is planted for {}",
            rule.name
        );
    }
}
