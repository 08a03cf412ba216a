//! The file for node_exporter: its format, its names, when it is written.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;

use doisoat::job::metrics::METRICS;

use crate::cli::{stderr, stdout};
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, day, night};

/// A sample: its labels, and the text of its value.
type Sample = (BTreeMap<String, String>, String);

/// Reads the text format 0.0.4 as strictly as `promtool check metrics` does: HELP and TYPE once and
/// before the samples, samples of a metric together, names and labels well-formed, no sample twice.
fn parse(text: &str) -> Result<BTreeMap<String, Vec<Sample>>, String> {
    let mut found: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    let mut current = String::new();
    let mut helped = String::new();
    if !text.ends_with('\n') {
        return Err("the last line has no end".into());
    }
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').ok_or("HELP without text")?;
            if !help.ends_with('.') {
                return Err(format!("{name}: help is no sentence"));
            }
            name.clone_into(&mut helped);
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').ok_or("TYPE without kind")?;
            if kind != "gauge" || name != helped || found.contains_key(name) {
                return Err(format!("{line}: kind, order or repetition"));
            }
            name.clone_into(&mut current);
            found.insert(current.clone(), Vec::new());
        } else {
            let (name, labels, value) = sample(line)?;
            if name != current {
                return Err(format!("{line}: outside its metric"));
            }
            let samples = found.get_mut(&current).ok_or("no TYPE before")?;
            if samples.iter().any(|(known, _)| *known == labels) {
                return Err(format!("{line}: twice"));
            }
            samples.push((labels, value));
        }
    }
    Ok(found)
}

fn sample(line: &str) -> Result<(String, BTreeMap<String, String>, String), String> {
    let bad = |why: &str| format!("{line}: {why}");
    let (head, value) = line.rsplit_once(' ').ok_or_else(|| bad("no value"))?;
    let digits = value.strip_prefix('-').unwrap_or(value);
    let number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !number || digits.matches('.').count() > 1 {
        return Err(bad("no number"));
    }
    let (name, labels) = match head.split_once('{') {
        None => (head, None),
        Some((name, rest)) => (
            name,
            Some(rest.strip_suffix('}').ok_or_else(|| bad("no }"))?),
        ),
    };
    let is_name = |name: &str| {
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if !is_name(name) {
        return Err(bad("name"));
    }
    let mut found = BTreeMap::new();
    let mut rest = labels.unwrap_or_default();
    while !rest.is_empty() {
        let (label, tail) = rest.split_once("=\"").ok_or_else(|| bad("label"))?;
        let mut value = String::new();
        let mut chars = tail.char_indices();
        let end = loop {
            match chars.next() {
                Some((at, '"')) => break at,
                Some((_, '\\')) => match chars.next() {
                    Some((_, c @ ('\\' | '"'))) => value.push(c),
                    Some((_, 'n')) => value.push('\n'),
                    _ => return Err(bad("escape")),
                },
                Some((_, c)) => value.push(c),
                None => return Err(bad("open quote")),
            }
        };
        if !is_name(label) || found.insert(label.to_owned(), value).is_some() {
            return Err(bad("label twice or malformed"));
        }
        rest = &tail[end + 1..];
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    Ok((name.to_owned(), found, value.to_owned()))
}

#[test]
fn the_parser_refuses_what_promtool_refuses() {
    let good = "# HELP a_b It is.\n# TYPE a_b gauge\na_b{c=\"d\\\"\\\\\\n\"} 1.5\na_b 2\n";
    assert_eq!(parse(good).unwrap()["a_b"].len(), 2);
    for bad in [
        "a_b 1\n",
        "# HELP a_b It is.\n# TYPE a_b gauge\na_b 1",
        "# HELP a_b It is.\n# TYPE a_b gauge\na_b one\n",
        "# HELP a_b It is.\n# TYPE a_b gauge\na_b 1\na_b 1\n",
        "# HELP a_b It is.\n# TYPE a_b gauge\na_b{c=\"d} 1\n",
        "# HELP a-b It is.\n# TYPE a-b gauge\na-b 1\n",
        "# HELP a It is.\n# TYPE a gauge\na 1\n# HELP a It is.\n# TYPE a gauge\na 2\n",
    ] {
        assert!(parse(bad).is_err(), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_leaves_its_figures_for_the_collector() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    std::fs::create_dir(town.dir().join("textfile")).unwrap();
    let file = town.dir().join("textfile/doisoat.prom");
    let toml = town.toml(&|text| text + "\n[metrics]\ntextfile = \"textfile/doisoat.prom\"\n");
    std::fs::write(town.dir().join("doisoat.toml"), &toml).unwrap();
    let dry = run(&town, &["run", "--date", FIRST, "--dry-run"]).await;
    assert_eq!(code(&dry), 0, "{}", stderr(&dry));
    assert!(!file.exists(), "a dry run is no run");
    let quiet = run(&town, &["run", "--date", FIRST]).await;
    assert_eq!(code(&quiet), 0, "{}", stderr(&quiet));
    assert!(
        quiet.stdout.is_empty() && quiet.stderr.is_empty(),
        "silent under cron"
    );
    let first = parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let names: Vec<String> = METRICS
        .iter()
        .map(|(n, _)| format!("doisoat_{n}"))
        .collect();
    for name in &names {
        assert!(first.contains_key(name), "{name} is missing");
    }
    assert!(first.keys().all(|name| names.contains(name)));
    let value = |all: &BTreeMap<String, Vec<Sample>>, name: &str| {
        all[&format!("doisoat_{name}")][0].1.clone()
    };
    assert_eq!(value(&first, "run_exit_code"), "0");
    let midnight = (day(FIRST).start_ms() / 1000).to_string();
    assert_eq!(value(&first, "night_timestamp_seconds"), midnight);
    let published = std::fs::read(town.folder(FIRST).join("run.json")).unwrap();
    let published: serde_json::Value = serde_json::from_slice(&published).unwrap();
    the_open_work(&first, &published["work"]);
    assert_eq!(first["doisoat_source_state"].len(), 4);
    let mode = std::fs::metadata(&file).unwrap().mode() & 0o777;
    assert_eq!(mode, 0o644, "the collector is another user");
    let left = std::fs::read_dir(file.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "nothing half-written stays");
    // a run that fails says so and keeps the last good night
    std::fs::remove_file(town.dir().join("doisoat.toml")).unwrap();
    let broken = toml.replace("kind = \"vnpay\"", "timeout = \"1s\"\nkind = \"vnpay\"");
    let reports = town.dir().join("reports");
    std::fs::write(town.dir().join("doisoat.toml"), broken).unwrap();
    std::fs::rename(&reports, town.dir().join("kept")).unwrap();
    std::fs::write(&reports, "no folder").unwrap();
    town.morning_after(day("2022-12-06"));
    let failed = run(&town, &["run", "--date", "2022-12-06"]).await;
    assert_eq!(code(&failed), 1, "{}", stderr(&failed));
    let second = parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(value(&second, "run_exit_code"), "1");
    assert_eq!(value(&second, "night_timestamp_seconds"), midnight);
}

/// What is open, by class, is the work list with the money at risk, and adds up to its closing.
fn the_open_work(told: &BTreeMap<String, Vec<Sample>>, work: &serde_json::Value) {
    let classes = work["classes"].as_array().unwrap();
    for (metric, key) in [("open_vnd", "sum_vnd"), ("open_items", "count")] {
        let told = &told[&format!("doisoat_{metric}")];
        assert_eq!(told.len(), classes.len());
        for class in classes {
            let is_it = |s: &&Sample| s.0["class"] == *class["class"].as_str().unwrap();
            let told = told.iter().find(is_it).unwrap();
            assert_eq!(told.1, class[key].to_string());
        }
        let sum: i64 = told.iter().map(|s| s.1.parse::<i64>().unwrap()).sum();
        assert!(sum > 0 && work["closing"][key] == sum, "{metric} {sum}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_changes_nothing() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let toml = town.toml(&|text| text + "\n[metrics]\ntextfile = \"nowhere/doisoat.prom\"\n");
    std::fs::write(town.dir().join("doisoat.toml"), &toml).unwrap();
    let output = run(&town, &["run", "--date", FIRST]).await;
    let said = stderr(&output);
    assert_eq!(code(&output), 0, "{said}");
    assert!(
        said.contains("nowhere/doisoat.prom cannot be written"),
        "{said}"
    );
    let wrong = toml.replace("doisoat.prom", "doisoat.txt");
    std::fs::write(town.dir().join("doisoat.toml"), wrong).unwrap();
    let output = run(&town, &["run", "--date", FIRST]).await;
    let said = stderr(&output);
    assert_eq!(code(&output), 2);
    assert!(said.contains("does not end in .prom"), "{said}");
}

/// A night that a clock running ahead published hides nothing: the gauge stays with the last night
/// that has closed, and `status` names the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_of_a_clock_that_ran_ahead_is_named_and_blinds_nobody() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let with = |text: String| text + "\n[metrics]\ntextfile = \"doisoat.prom\"\n";
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&with)).unwrap();
    let gauge = || {
        let text = std::fs::read_to_string(town.dir().join("doisoat.prom")).unwrap();
        let told = parse(&text).unwrap();
        told["doisoat_night_timestamp_seconds"][0].1.clone()
    };
    let desk = town.desk(&with).await;
    night(&desk, FIRST).await;
    let midnight = gauge();
    assert_eq!(midnight, (day(FIRST).start_ms() / 1000).to_string());
    // for `status` the clock is that of today: this day is far ahead of it
    let ahead = "2097-01-04";
    town.set_now(day(ahead).plus(1).start_ms() + 5_400_000);
    night(&desk, ahead).await;
    desk.close().await;
    let back = run(&town, &["run", "--date", FIRST]).await;
    assert_eq!((code(&back), gauge()), (0, midnight), "{}", stderr(&back));
    // a bare name lies beside the configuration
    let checked = run(&town, &["check", "--offline"]).await;
    assert!(
        stdout(&checked).contains("ok    metrics: doisoat.prom"),
        "{}",
        stdout(&checked)
    );
    let told = run(&town, &["status", "--lang", "en"]).await;
    let text = stdout(&told);
    let names = "days that have not closed yet: 1 (2097-01-04)";
    assert!(
        text.contains(names) && text.contains("Last run: night 2022-12-05"),
        "{text}"
    );
    let told = run(&town, &["status", "--json"]).await;
    let told: serde_json::Value = serde_json::from_str(&stdout(&told)).unwrap();
    assert_eq!(told["ahead"], serde_json::json!([ahead]));
}
