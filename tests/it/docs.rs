//! The pages under `docs/` that are made from the code, and what other pages say about it.
//!
//! `UPDATE=1 cargo test --test it docs` writes the pages anew; without it the tests compare.

use std::fmt::Write as _;
use std::path::PathBuf;

use doisoat::classify::{CLASSES, Class, Severity};
use doisoat::config::Config;
use doisoat::domain::{Fraction, Text};
use doisoat::job::Exit;
use doisoat::sandbox::Fault;
use doisoat::settle::Settlement;

use crate::quality;
use crate::sample;
use crate::score::{score, truth};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    let path = path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares the part of a page between its two markers with what the code says now.
fn made_from_code(name: &str, part: &str, fresh: &str) {
    let page = read(name);
    let (begin, end) = (
        format!("<!-- {part}: made from the code -->\n"),
        format!("<!-- {part}: end -->\n"),
    );
    let (before, rest) = page
        .split_once(&begin)
        .unwrap_or_else(|| panic!("{name} has no line {begin}"));
    let (stands, after) = rest
        .split_once(&end)
        .unwrap_or_else(|| panic!("{name} has no line {end}"));
    if stands == fresh {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path(name), format!("{before}{begin}{fresh}{end}{after}")).unwrap();
        return;
    }
    let at = stands.lines().zip(fresh.lines()).position(|(a, b)| a != b);
    let at = at.unwrap_or_else(|| stands.lines().count().min(fresh.lines().count()));
    panic!(
        "{name} is out of date in \"{part}\", line {at} of the part:\n  page: {}\n  code: {}\n\
         run `UPDATE=1 cargo test --test it docs`, look at the difference, and commit it",
        stands.lines().nth(at).unwrap_or("(ends)"),
        fresh.lines().nth(at).unwrap_or("(ends)"),
    );
}

fn asks(severity: Severity) -> Text {
    match severity {
        Severity::Action => Text {
            vi: "phải xử lý",
            en: "action",
        },
        Severity::Warn => Text {
            vi: "nên xem",
            en: "look",
        },
        Severity::Info => Text {
            vi: "để biết",
            en: "information",
        },
    }
}

fn class_section(place: usize, class: &Class) -> String {
    let asks = asks(class.severity);
    let (label, explanation, advice) = (class.label, class.explanation, class.advice);
    format!(
        "### {place}. `{}`: {} / {}\n\n\
         | | Tiếng Việt | English |\n|---|---|---|\n\
         | | {} | {} |\n| means | {} | {} |\n| do | {} | {} |\n\n",
        class.id,
        label.vi,
        label.en,
        asks.vi,
        asks.en,
        explanation.vi,
        explanation.en,
        advice.vi,
        advice.en
    )
}

#[test]
fn docs_exceptions_are_the_classes() {
    let mut fresh = String::from("\n");
    for (place, class) in CLASSES.iter().enumerate() {
        fresh.push_str(&class_section(place + 1, class));
    }
    made_from_code("docs/EXCEPTIONS.md", "classes", &fresh);
}

/// The same texts as a table for finance staff.
#[test]
fn docs_vietnamese_readme_lists_the_classes() {
    for (severity, part) in [
        (Severity::Action, "phải xử lý"),
        (Severity::Warn, "nên xem"),
        (Severity::Info, "để biết"),
    ] {
        let mut fresh = String::from("\n| Loại | Nghĩa là | Làm gì |\n|---|---|---|\n");
        for class in CLASSES.iter().filter(|class| class.severity == severity) {
            let (label, means, advice) = (class.label.vi, class.explanation.vi, class.advice.vi);
            writeln!(
                fresh,
                "| **{label}** (`{}`) | {means} | {advice} |",
                class.id
            )
            .unwrap();
        }
        fresh.push('\n');
        made_from_code("README.vi.md", part, &fresh);
    }
}

#[test]
fn docs_exit_codes_are_the_programs() {
    let mut fresh = String::from("\n| code | meaning |\n|--:|---|\n");
    for exit in Exit::ALL {
        writeln!(fresh, "| {} | {} |", exit.code(), exit.meaning().en).unwrap();
    }
    fresh.push('\n');
    made_from_code("README.md", "exit codes", &fresh);
    made_from_code("docs/OPERATIONS.md", "exit codes", &fresh);
}

fn shares(settlement: &Settlement) -> String {
    let mut out = String::from("\n| definition | share | low | high |\n|---|--:|--:|--:|\n");
    let figure = |share: Option<Fraction>, text: fn(Fraction) -> String| {
        share.map_or_else(|| "-".to_owned(), text)
    };
    for share in settlement
        .shares
        .iter()
        .filter(|share| share.agency.is_none())
    {
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            share.definition,
            figure(share.point(), |f| f.half_up(4)),
            figure(share.low, |f| f.down(4)),
            figure(share.high, |f| f.up(4)),
        )
        .unwrap();
    }
    out
}

#[test]
fn docs_benchmarks_hold_the_score_of_the_sample() {
    let settlement = sample::settled();
    let score = score(&settlement, &truth(&sample::file("truth.csv")));
    let fresh = format!("\n{}{}\n", score.table(), shares(&settlement));
    made_from_code("docs/BENCHMARKS.md", "score of the sample", &fresh);
}

#[test]
fn docs_benchmarks_hold_the_score_of_the_hard_corpus() {
    let scored = quality::hard();
    let (tables, shares) = (scored.score.quality(), shares(&scored.settlement));
    let fresh = format!("\n{tables}\n{}{shares}\n", scored.score.table());
    made_from_code("docs/BENCHMARKS.md", "score of the hard corpus", &fresh);
}

/// The faults of the sandbox, and at which of its dialects each can show.
#[test]
fn docs_faults_are_those_of_the_sandbox() {
    let dialects = crate::campaign_faults::DIALECTS;
    let mut fresh = format!(
        "\n| fault | outcome | what it is | {} |\n|---|---|---|{}\n",
        dialects.join(" | "),
        ":-:|".repeat(dialects.len())
    );
    for fault in Fault::all() {
        let wire = crate::campaign_faults::wire;
        let shows = |dialect: &&str| {
            if fault.applies_to(wire(dialect)) {
                "x"
            } else {
                ""
            }
        };
        let cells: Vec<&str> = dialects.iter().map(shows).collect();
        let (name, word, what) = (fault.name, fault.outcome.word(), fault.what());
        writeln!(
            fresh,
            "| `{name}` | {word} | {what} | {} |",
            cells.join(" | ")
        )
        .unwrap();
    }
    fresh.push('\n');
    made_from_code("docs/campaigns/faults.md", "faults", &fresh);
}

/// One row of the table of tables: name and the comment above `CREATE TABLE`.
fn tables(migration: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in migration.lines() {
        if let Some(text) = line.strip_prefix("-- ") {
            if !text.starts_with("---") {
                comment.push(text.trim());
            }
            continue;
        }
        let name = line
            .strip_prefix("CREATE TABLE ")
            .and_then(|rest| rest.split([' ', '(']).next());
        if let Some(name) = name {
            found.push((name.to_owned(), comment.join(" ")));
        }
        comment.clear();
    }
    found
}

#[test]
fn docs_data_model_lists_the_tables_of_the_migrations() {
    let mut names: Vec<PathBuf> = std::fs::read_dir(path("migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "sql"))
        .collect();
    names.sort();
    let mut fresh = String::from("\n| table | holds, and may change |\n|---|---|\n");
    let mut listed = std::collections::BTreeSet::new();
    for name in names {
        for (table, comment) in tables(&std::fs::read_to_string(&name).unwrap()) {
            if !listed.insert(table.clone()) {
                continue; // made again with another key
            }
            assert!(
                !comment.is_empty(),
                "{}: {table} has no comment above it",
                name.display()
            );
            writeln!(fresh, "| `{table}` | {comment} |").unwrap();
        }
    }
    fresh.push('\n');
    made_from_code("docs/DATA_MODEL.md", "tables", &fresh);
}

/// Every path in backquotes or links of our pages that looks like one of ours exists.
#[test]
fn docs_name_only_files_that_exist() {
    let pages = [
        "README.md",
        "README.vi.md",
        "docs/ARCHITECTURE.md",
        "docs/BENCHMARKS.md",
        "docs/CONTRACT_GATEWAYS.md",
        "docs/DATA_MODEL.md",
        "docs/DECISIONS.md",
        "docs/EXCEPTIONS.md",
        "docs/FILES.md",
        "docs/OPERATIONS.md",
        "docs/campaigns/bad-input.md",
        "docs/campaigns/faults.md",
        "docs/campaigns/mutation.md",
    ];
    let mut missing = Vec::new();
    for page in pages {
        let text = read(page);
        let folder = path(page).parent().unwrap().to_owned();
        let in_quotes = text.split('`').skip(1).step_by(2);
        for name in in_quotes.filter(|name| is_repository_path(name)) {
            if !path(name).exists() {
                missing.push(format!("{page}: `{name}`"));
            }
        }
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = link.split('#').next().unwrap_or_default();
            let is_outside = link.contains("://") || file.is_empty();
            if !is_outside && !folder.join(file).exists() {
                missing.push(format!("{page}: link to {link}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

fn is_repository_path(name: &str) -> bool {
    let starts = [
        "src/",
        "tests/",
        "docs/",
        "migrations/",
        "fixtures/",
        ".ci/",
    ];
    starts.iter().any(|start| name.starts_with(start))
        && !name.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '*' | '{'))
}

/// The TOML of our pages; the walk-through of the README is a whole configuration, and accepted.
#[test]
fn docs_toml_is_what_the_program_reads() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("doisoat.toml");
    let whole = blocks("README.md").remove(0);
    std::fs::write(&file, whole).unwrap();
    let config = Config::load(&file).unwrap_or_else(|error| panic!("README.md: {error}"));
    assert_eq!(config.sources.len(), 4);
    let pasted = blocks("docs/FILES.md").remove(0);
    let pasted = format!("[database]\nurl = \"sqlite://x.db\"\n{pasted}");
    Config::parse(&pasted, &file).unwrap_or_else(|error| panic!("docs/FILES.md: {error}"));
    for page in ["README.md", "docs/OPERATIONS.md", "docs/FILES.md"] {
        for block in blocks(page) {
            if let Err(error) = toml::from_str::<toml::Table>(&block) {
                panic!("{page}: {error}\n{block}");
            }
        }
    }
}

fn blocks(page: &str) -> Vec<String> {
    let text = read(page);
    let blocks = text.split("```toml\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .map(str::to_owned)
        .collect()
}
