//! Log events to stderr: one a line, text or JSON, fixed field names. Never a payload, a secret, a
//! memo or a person's name.
//!
//! Field names in use: `run.id`, `business_date`, `source.id`, `stage`, `txn.count`, `row.count`,
//! `reject.count`, `request.count`, `duration_ms`, `exit_code`, `error`.

use std::io::IsTerminal;

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
    let base = fmt::layer().with_writer(std::io::stderr).with_target(false);
    // A failure means that somebody else set a subscriber first (a test): theirs stays.
    let _started = match format {
        LogFormat::Text => registry.with(base.with_ansi(colour)).try_init(),
        LogFormat::Json => registry.with(base.json().flatten_event(true)).try_init(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_wins_and_each_v_tells_more() {
        assert_eq!(level(0, false), Level::WARN);
        assert_eq!(level(1, false), Level::INFO);
        assert_eq!(level(2, false), Level::DEBUG);
        assert_eq!(level(9, true), Level::ERROR);
    }
}
