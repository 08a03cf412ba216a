//! `doisoat status` about the last start, and about nights that are due and not published.

use serde::Serialize;

use super::Failure;
use crate::domain::{Day, Lang, Moment};
use crate::job::last_run::{LastRun, Standing};
use crate::text::say;

/// The last start, for scripts.
#[derive(Serialize)]
pub(super) struct Start<'a> {
    state: Standing,
    business_date: Day,
    started: &'a str,
    ended: Option<&'a str>,
    exit_code: Option<u8>,
    run_id: Option<&'a str>,
    message: Option<&'a str>,
    fix: Option<&'a str>,
}

impl<'a> Start<'a> {
    pub(super) fn of(last: &'a LastRun) -> Self {
        Self {
            state: last.standing(),
            business_date: last.business_date,
            started: &last.started,
            ended: last.ended.as_deref(),
            exit_code: last.exit_code,
            run_id: last.run_id.as_deref(),
            message: last.message.as_deref(),
            fix: last.fix.as_deref(),
        }
    }
}

/// The error document of a database that does not open, with what is known without it.
pub(super) fn without_database(failure: &Failure, start: Option<&LastRun>) -> serde_json::Value {
    serde_json::json!({
        "schema_version": 1,
        "error": {
            "code": failure.exit.name(),
            "message": failure.message,
            "fix": failure.fix,
        },
        "last_start": start.map(Start::of),
    })
}

/// The last start in a line or two; nothing where none is known.
pub(super) fn words(start: Option<&LastRun>, lang: Lang) -> String {
    let Some(start) = start else {
        return String::new();
    };
    let at = |text: &str| match (Moment::parse(text), lang) {
        (Ok(moment), Lang::Vi) => moment.vi(),
        _ => text.to_owned(),
    };
    let day = match lang {
        Lang::Vi => start.business_date.vi(),
        Lang::En => start.business_date.to_string(),
    };
    let key = match start.standing() {
        Standing::Running => "status-start-running",
        Standing::Published => "status-start-published",
        Standing::Stopped => "status-start-stopped",
        Standing::Failed => "status-start-failed",
        Standing::BrokenOff => "status-start-broken",
    };
    let code = start.exit_code.map(|code| code.to_string());
    let pid = start.pid.to_string();
    let args = [
        ("at", &*at(&start.started)),
        ("day", &*day),
        (
            "ended",
            &*start.ended.as_deref().map_or_else(String::new, at),
        ),
        ("code", code.as_deref().unwrap_or_default()),
        ("message", start.message.as_deref().unwrap_or_default()),
        ("pid", &*pid),
        ("host", &*start.host),
    ];
    let mut lines = say(lang, key, &args) + "\n";
    if start.standing() == Standing::Failed {
        let fix = start.fix.iter().flat_map(|fix| fix.lines());
        lines.extend(fix.flat_map(|line| ["  → ", line, "\n"]));
    }
    lines
}

/// So many missed nights are named; the rest is a number.
const NAMED: usize = 7;

/// Nights that are due and not published; nothing where there are none.
pub(super) fn missed(days: &[Day], lang: Lang) -> String {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return String::new();
    };
    let (count, named) = (days.len().to_string(), named(days, *last, lang));
    let line = say(lang, "status-missed", &[("n", &count), ("days", &named)]);
    let (from, to) = (first.to_string(), last.to_string());
    let fix = say(lang, "status-missed-fix", &[("from", &from), ("to", &to)]);
    format!("! {line}\n  → {fix}\n")
}

/// Nights of days that have not closed: the clock of a run was ahead.
pub(super) fn ahead(days: &[Day], lang: Lang) -> String {
    let Some(last) = days.last() else {
        return String::new();
    };
    let (count, named) = (days.len().to_string(), named(days, *last, lang));
    let args = [("n", count.as_str()), ("days", &named)];
    let (line, fix) = (
        say(lang, "status-ahead", &args),
        say(lang, "status-ahead-fix", &args),
    );
    format!("! {line}\n  → {fix}\n")
}

/// The first days, and the last where there are more.
fn named(days: &[Day], last: Day, lang: Lang) -> String {
    let word = |day: &Day| match lang {
        Lang::Vi => day.vi(),
        Lang::En => day.to_string(),
    };
    let mut named: Vec<String> = days.iter().take(NAMED).map(word).collect();
    if days.len() > NAMED {
        named.push(format!("… {}", word(&last)));
    }
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_nights_are_named_up_to_a_week() {
        let day = |n: u32| Day::parse("2022-12-01").unwrap().plus(n);
        let days: Vec<Day> = (0..9).map(day).collect();
        assert_eq!(missed(&[], Lang::Vi), "");
        assert_eq!(
            missed(&days[..2], Lang::En),
            "! Nights due and not published: 2 (2022-12-01, 2022-12-02)\n  \
             → doisoat backfill --from 2022-12-01 --to 2022-12-02\n"
        );
        let all = missed(&days, Lang::Vi);
        assert!(
            all.starts_with("! Đêm đã đến hạn mà chưa công bố: 9 (01/12/2022, "),
            "{all}"
        );
        assert!(all.contains("07/12/2022, … 09/12/2022)"), "{all}");
    }
}
