//! docs/OPERATIONS.md, followed word by word: its marked blocks are run, in order, on a root that
//! holds nothing; and what it has to tell is there.

use std::fs;
use std::path::Path;
use std::process::Command;

use doisoat::job::Exit;
use doisoat::job::metrics::METRICS;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The folder of the service's user, where all blocks stay.
const HOME: &str = "/var/lib/doisoat";

/// A block to run, and the exit code of its last command.
struct Block {
    line: usize,
    exit: i32,
    text: String,
}

/// Shell blocks behind a line `<!-- run -->` or `<!-- run: exit N -->`.
fn blocks(page: &str) -> Vec<Block> {
    let lines: Vec<&str> = page.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(mark) = line.strip_prefix("<!-- run") else {
            continue;
        };
        let mark = mark.strip_suffix(" -->").unwrap();
        let exit = mark
            .strip_prefix(": exit ")
            .map_or(0, |n| n.parse().unwrap());
        assert_eq!(lines[at + 1], "```sh", "line {}", at + 1);
        let text = lines[at + 2..].iter().take_while(|line| **line != "```");
        found.push(Block {
            line: at + 1,
            exit,
            text: text.fold(String::new(), |all, line| all + line + "\n"),
        });
    }
    found
}

#[test]
fn operations_can_be_followed_word_by_word() {
    let root = tempfile::tempdir().unwrap();
    let here = root.path().to_str().unwrap();
    for dir in ["bin", "home", "var/lib"] {
        fs::create_dir_all(root.path().join(dir)).unwrap();
    }
    let program = env!("CARGO_BIN_EXE_doisoat");
    std::os::unix::fs::symlink(program, root.path().join("bin/doisoat")).unwrap();
    let blocks = blocks(&read("docs/OPERATIONS.md"));
    assert!(blocks.len() >= 6, "{} blocks", blocks.len());
    for block in blocks {
        // the service's user may write its own folder, and no other one
        let paths = block.text.split_whitespace();
        let alien = paths.filter(|word| word.starts_with('/') || word.contains("=/"));
        let alien: Vec<&str> = alien.filter(|word| !word.contains(HOME)).collect();
        assert!(alien.is_empty(), "line {}: {alien:?}", block.line);
        let text = block.text.replace(HOME, &format!("{here}{HOME}"));
        let output = Command::new("bash")
            .args(["-eu", "-o", "pipefail", "-c", &text])
            .current_dir(root.path().join("home"))
            .env_clear()
            .env("HOME", root.path().join("home"))
            .env("PATH", format!("{here}/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let out = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            output.status.code(),
            Some(block.exit),
            "docs/OPERATIONS.md:{}\n{}\n{out}\n{said}",
            block.line,
            block.text
        );
    }
}

#[test]
fn operations_tell_what_each_exit_code_asks_for() {
    let page = read("docs/OPERATIONS.md");
    let told: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("- **")?.split_once("**"))
        .filter(|(_, what)| what.len() > 20)
        .map(|(codes, _)| codes)
        .collect();
    for exit in Exit::ALL {
        let code = exit.code().to_string();
        let is_told = told
            .iter()
            .any(|codes| codes.split(", ").any(|one| one == code));
        assert!(is_told, "nothing is said of exit code {code}");
    }
}

#[test]
fn operations_list_every_metric_and_no_other() {
    let page = read("docs/OPERATIONS.md");
    for (name, _) in METRICS {
        let row = format!("| `doisoat_{name}");
        assert!(page.contains(&row), "{row} is not in the table");
    }
    let words = page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let names = words.filter_map(|word| word.strip_prefix("doisoat_"));
    // the file of the package is no metric
    for word in names.filter(|word| !word.starts_with(|c: char| c.is_ascii_digit())) {
        assert!(
            METRICS.iter().any(|(name, _)| *name == word),
            "doisoat_{word}"
        );
    }
}

#[test]
fn the_vietnamese_readme_tells_every_command() {
    let page = read("README.vi.md");
    for command in crate::package::commands() {
        let named = page.contains(&format!("| `doisoat {command}"));
        assert!(named, "README.vi.md says nothing of doisoat {command}");
    }
}

/// Every test that docs/SECURITY.md names exists, and every rule of the list has one.
#[test]
fn the_security_list_names_tests_that_exist() {
    let page = read("docs/SECURITY.md");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    let mut folders = vec![root.join("src"), root.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                sources.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    for number in 1..=13 {
        let begin = format!("| S{number} |");
        let row = page.lines().find(|line| line.starts_with(&begin)).unwrap();
        let tests = row.rsplit('|').nth(1).unwrap();
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "{begin} names no test");
        for name in names {
            // a rule of the house stands by its name in a table
            let is_test = sources.contains(&format!("fn {name}("));
            let is_rule = sources.contains(&format!("name: \"{name}\""));
            assert!(is_test || is_rule, "{begin} there is no test {name}");
        }
    }
}
