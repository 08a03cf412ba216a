//! S11: one event a line, in text and in JSON, whatever stands in rows and in names of files.

use serde_json::Value;

use super::town;
use crate::cli::stderr;
use crate::night_cli::program;
use crate::town::{FIRST, Town, as_is};

/// A file name that would begin lines of its own and clear the screen.
const NAME: &str = "dossier_fees_2022-12-05\nERROR forged\r\u{1b}[2J\u{202e}.csv";

async fn run(town: &Town, args: &[&str]) -> std::process::Output {
    let mut command = program(town);
    command.args(args);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_from_outside_begins_a_line_of_the_log() {
    let town = town(Some("naughty_text"), &as_is).await;
    std::fs::write(town.dir().join("inbox").join(NAME), "no,heading\n1,2\n").unwrap();
    for format in ["text", "json"] {
        let more = run(
            &town,
            &["run", "--date", FIRST, "-vvv", "--log-format", format],
        )
        .await;
        let log = stderr(&more);
        assert!(
            log.contains("forged"),
            "the name of the file is told: {log}"
        );
        let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!log.contains(hidden), "{log:?}");
        assert!(log.ends_with('\n') && log.lines().count() > 3);
        for line in log.lines() {
            if format == "json" {
                let event: Value = serde_json::from_str(line).unwrap();
                assert!(
                    event["level"].is_string() && event["timestamp"].is_string(),
                    "{line}"
                );
                assert!(event["message"].is_string(), "{line}");
            } else {
                // the time of the event, then its level
                let (time, rest) = line.split_once(' ').unwrap();
                assert!(time.ends_with('Z') && time.contains('T'), "{line}");
                let level = rest.split_whitespace().next().unwrap();
                assert!(
                    ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&level),
                    "{line}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_an_event_where_the_log_is_json() {
    let town = town(None, &as_is).await;
    let failed = run(
        &town,
        &["run", "--date", "2999-01-01", "--log-format", "json"],
    )
    .await;
    let log = stderr(&failed);
    let event: Value = serde_json::from_str(log.trim_end()).unwrap();
    assert_eq!(event["level"], "ERROR");
    assert_eq!(event["exit_code"], 2);
    assert!(
        event["message"].as_str().unwrap().contains("2999-01-01"),
        "{log}"
    );
    assert!(!event["fix"].as_str().unwrap().is_empty(), "{log}");
}
