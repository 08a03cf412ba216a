//! What commands print: data to stdout, failures to stderr, the error document with `--json`.

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use serde::Serialize;

use crate::config::ConfigError;
use crate::job::{Exit, JobError};
use crate::telemetry::{LogFormat, one_line};

/// Why a command ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How the process ends.
    pub exit: Exit,
    /// What happened, and where.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl Failure {
    /// A failure with a message and a fix.
    pub fn new(exit: Exit, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            fix: fix.into(),
        }
    }

    /// Something that the user cannot have caused by the arguments.
    pub fn failed(error: &anyhow::Error) -> Self {
        Self::new(
            Exit::Failed,
            format!("{error:#}"),
            "run again with -v to see where it stopped",
        )
    }

    /// Prints itself: the error document on stdout with `--json`; on stderr two lines, or one
    /// event where the log is JSON.
    pub fn print(&self, json: bool, log: LogFormat) {
        if json
            && matches!(
                self.exit,
                Exit::Failed | Exit::Usage | Exit::Database | Exit::Locked
            )
        {
            let error = ErrorText {
                code: self.exit.name(),
                message: &self.message,
                fix: &self.fix,
            };
            json_line(&ErrorDocument {
                schema_version: 1,
                error,
            });
        }
        if log == LogFormat::Json {
            let (exit_code, fix) = (self.exit.code(), &*self.fix);
            tracing::error!(exit_code, fix, "{}", self.message);
            return;
        }
        // A closed stderr leaves nothing to say.
        let _printed = std::io::stderr().write_all(self.text().as_bytes());
    }

    /// What people read: each line of the message and of the fix, with nothing hidden in it.
    fn text(&self) -> String {
        let mut text = String::from("doisoat: ");
        for (nth, line) in self.message.lines().enumerate() {
            let begin = if nth == 0 { "" } else { "  " };
            text.extend([begin, &one_line(line), "\n"]);
        }
        for line in self.fix.lines() {
            text.extend(["  ", &one_line(line), "\n"]);
        }
        text
    }
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    schema_version: u32,
    error: ErrorText<'a>,
}

#[derive(Serialize)]
struct ErrorText<'a> {
    code: &'static str,
    message: &'a str,
    fix: &'a str,
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(
            Exit::Usage,
            format!("{}: {}", error.place, error.message),
            error.fix,
        )
    }
}

impl From<JobError> for Failure {
    fn from(error: JobError) -> Self {
        let (message, fix) = error.message_and_fix();
        Self::new(error.exit(), message, fix)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::failed(&error)
    }
}

/// Why stdout did not take everything.
static LOST: OnceLock<String> = OnceLock::new();

/// Writes text to stdout as it is; a closed pipe ends quietly, anything else is told at the end by
/// [`lost`].
pub fn out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let printed = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match printed {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let _first = LOST.set(error.to_string());
        }
        _ => {}
    }
}

/// What is to be said where stdout did not take everything; `ended` is how the work itself ended.
pub fn lost(ended: Exit) -> Option<Failure> {
    let why = LOST.get()?;
    let message = format!(
        "standard output could not be written: {why}; the work itself ended with {}",
        ended.code()
    );
    let fix = "make room where the output goes, then ask again; what was published stands";
    Some(Failure::new(Exit::Failed, message, fix))
}

/// One JSON document on one line.
pub fn json_line(value: &impl Serialize) {
    if let Ok(mut text) = serde_json::to_string(value) {
        text.push('\n');
        out(&text);
    }
}

/// True when people read stdout.
pub fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// A table with columns as wide as their widest cell; numbers (`right`) stand to the right.
pub fn table(head: &[&str], right: &[usize], rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().count();
    let mut widths: Vec<usize> = head.iter().map(|cell| width(cell)).collect();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            widths[at] = widths[at].max(width(cell));
        }
    }
    let line = |cells: &[String]| {
        let padded = cells.iter().enumerate().map(|(at, cell)| {
            let blanks = " ".repeat(widths[at] - width(cell));
            if right.contains(&at) {
                format!("{blanks}{cell}")
            } else {
                format!("{cell}{blanks}")
            }
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let lines = std::iter::once(line(&head)).chain(rows.iter().map(|row| line(row)));
    lines.fold(String::new(), |text, line| text + &line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_lines_up() {
        let rows = vec![
            vec!["Nộp thiếu".to_owned(), "5".to_owned()],
            vec!["Mồ côi".to_owned(), "12".to_owned()],
        ];
        let text = table(&["loại", "số"], &[1], &rows);
        assert_eq!(text, "loại       số\nNộp thiếu   5\nMồ côi     12\n");
    }
}
