//! Log events to stderr: one a line, text or JSON, fixed field names. Never a payload, a secret, a
//! memo or a person's name.
//!
//! Field names in use: `run.id`, `business_date`, `source.id`, `stage`, `txn.count`, `row.count`,
//! `reject.count`, `request.count`, `duration_ms`, `peak_memory_bytes`,
//! `share`, `exit_code`, `fix`, `error`.

use std::borrow::Cow;
use std::io::{IsTerminal, Write};

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What is written: `-q` errors only, default warnings, `-v` information, `-vv` debug.
pub fn level(verbose: u8, quiet: bool) -> Level {
    match (quiet, verbose) {
        (true, _) => Level::ERROR,
        (false, 0) => Level::WARN,
        (false, 1) => Level::INFO,
        (false, 2) => Level::DEBUG,
        (false, _) => Level::TRACE,
    }
}

/// Starts the log; a second start in one process changes nothing.
///
/// Only our own events are let through: a library's debug output may hold what must not leave.
pub fn init(level: Level, format: LogFormat) {
    let ours = Targets::new().with_target("doisoat", level);
    let registry = tracing_subscriber::registry().with(ours);
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let writing = match (format, colour) {
        (LogFormat::Json, _) => Writing::Json,
        (LogFormat::Text, true) => Writing::Colour,
        (LogFormat::Text, false) => Writing::Plain,
    };
    let writer = move || OneLine(writing);
    let base = fmt::layer().with_writer(writer).with_target(false);
    // A failure means that somebody else set a subscriber first (a test): theirs stays.
    let _started = match format {
        LogFormat::Text => registry.with(base.with_ansi(colour)).try_init(),
        LogFormat::Json => registry.with(base.json().flatten_event(true)).try_init(),
    };
}

/// How what is hidden in an event is made visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// As `\u{202e}`.
    Plain,
    /// The same; escape sequences of our own colours stay, those of values were escaped before.
    Colour,
    /// As `\u202e`: an event stays a JSON document.
    Json,
}

/// Writes each event to stderr as one line: what came from outside cannot begin another.
struct OneLine(Writing);

impl Write for OneLine {
    /// The formatter hands over a whole event with the line end behind it.
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let body = text.strip_suffix('\n').unwrap_or(&text);
        let line = format!("{}\n", escaped(body, self.0));
        std::io::stderr().write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

/// The text as one line for people: control characters, direction marks and characters without
/// width are written as `\u{..}` (CWE-117).
pub fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, Writing::Plain)
}

fn escaped(text: &str, writing: Writing) -> Cow<'_, str> {
    let hidden = |c: char| is_hidden(c) && !(writing == Writing::Colour && c == '\u{1b}');
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match (hidden(c), writing) {
            (false, _) => line.push(c),
            (true, Writing::Json) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    line.extend(["\\u", &format!("{unit:04x}")]);
                }
            }
            (true, Writing::Plain | Writing::Colour) => line.extend(c.escape_default()),
        }
    }
    Cow::Owned(line)
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c), 0xAD | 0x61C | 0x200B..=0x200F | 0x2028..=0x202E
            | 0x2060..=0x206F | 0xFEFF | 0xE0000..=0xE0FFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_begins_a_line_or_paints() {
        assert_eq!(one_line("Nguyễn Văn A 45.000"), "Nguyễn Văn A 45.000");
        let hostile = "a\nb\r\n\t\u{1b}[2J\0\u{85}\u{202e}c\u{200b}\u{2028}d\u{feff}";
        let line = one_line(hostile);
        assert!(!line.contains(is_hidden), "{line}");
        assert_eq!(
            line,
            r"a\nb\r\n\t\u{1b}[2J\u{0}\u{85}\u{202e}c\u{200b}\u{2028}d\u{feff}"
        );
        assert_eq!(
            escaped("\u{1b}[33mWARN\n", Writing::Colour),
            "\u{1b}[33mWARN\\n"
        );
        let json = escaped("{\"a\":\"b\u{202e}\u{e0001}\"}", Writing::Json);
        assert_eq!(json, r#"{"a":"b\u202e\udb40\udc01"}"#);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["a"], "b\u{202e}\u{e0001}");
    }

    #[test]
    fn quiet_wins_and_each_v_tells_more() {
        assert_eq!(level(0, false), Level::WARN);
        assert_eq!(level(1, false), Level::INFO);
        assert_eq!(level(2, false), Level::DEBUG);
        assert_eq!(level(9, true), Level::ERROR);
    }
}
