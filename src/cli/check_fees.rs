//! The part of `doisoat check` about the fee table: lines that cannot be read, and what the linter
//! finds, held against the procedures that the registry has told.

use std::collections::BTreeSet;

use super::check::Line;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::{Day, Lang, Reject};
use crate::job::{Exit, JobError, lost};
use crate::store::OpenMode;
use crate::tariff::lint;
use crate::text::reject::{Cell, explain};

const NAME: &str = "fee table";
/// So many lines of one file are named; the rest is counted.
const NAMED: usize = 20;

/// One line a problem, or one that says that there is none; nothing without a table.
pub(super) async fn lines(config: &Config, lang: Lang) -> Vec<Line> {
    let table = &config.fee_table;
    if table.is_empty() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for problem in table.problems.iter().take(NAMED) {
        let (what, fix) = line_at_fault(problem, lang);
        lines.push(Line::fail(NAME, Exit::Usage, what, fix));
    }
    let more = table.problems.len().saturating_sub(NAMED);
    if more > 0 {
        let message = format!("{more} more lines cannot be read");
        lines.push(Line::fail(NAME, Exit::Usage, message, "mend these first"));
    }
    let known = known(config).await;
    let today = Day::of_ms(SystemClock.now_ms());
    for flaw in lint(table, &known, today) {
        lines.push(if flaw.refused {
            Line::fail(NAME, Exit::Usage, flaw.message, flaw.fix)
        } else {
            Line::warn(NAME, flaw.message, flaw.fix)
        });
    }
    if lines.is_empty() {
        let (rates, known) = (table.rates.len(), known.len());
        let message = format!("{rates} rates in order, held against {known} procedures");
        lines.push(Line::ok(NAME, message));
    }
    lines
}

/// Where a line of the table cannot be read and why, and what to do.
pub(super) fn line_at_fault(problem: &Reject, lang: Lang) -> (String, String) {
    let (reason, advice) = explain(Cell::of(problem), lang);
    let column = match &*problem.column {
        "" => String::new(),
        column => format!(", {column}"),
    };
    let what = format!("{}:{}{column}: {reason}", problem.file, problem.line);
    (what, advice.to_owned())
}

/// National codes of the procedures that the rules list or the registry has told.
async fn known(config: &Config) -> BTreeSet<Box<str>> {
    let mut known = told(config).await.unwrap_or_default();
    known.extend(config.rules.fee_procedures.iter().cloned());
    let national = |code: Box<str>| match code.match_indices('.').nth(1) {
        Some((at, _)) => Box::from(&code[..at]),
        None => code,
    };
    known.into_iter().map(national).collect()
}

async fn told(config: &Config) -> Result<BTreeSet<Box<str>>, JobError> {
    let store = lost::open(config, OpenMode::Ready).await?;
    let told = store.procedures().await;
    store.close().await;
    Ok(told?)
}
