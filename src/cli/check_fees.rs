//! The part of `doisoat check` about the fee table and the catalogue: lines that cannot be read,
//! and what the linter finds, held against the procedures that the registry has told.

use std::collections::BTreeSet;

use super::check::Line;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::catalogue::national;
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
    let mut lines = unreadable(NAME, &table.problems, lang);
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

/// The same for the catalogue; nothing where none is named.
pub(super) fn catalogue(config: &Config, lang: Lang) -> Vec<Line> {
    const NAME: &str = "catalogue";
    let catalogue = &config.catalogue;
    let mut lines = unreadable(NAME, &catalogue.problems, lang);
    if lines.is_empty() && !catalogue.is_empty() {
        lines.push(Line::ok(NAME, format!("{} names", catalogue.len())));
    }
    lines
}

/// The first lines of a file that cannot be read, and how many more.
fn unreadable(name: &str, problems: &[Reject], lang: Lang) -> Vec<Line> {
    let at_fault = problems.iter().take(NAMED).map(|problem| {
        let (what, fix) = line_at_fault(problem, lang);
        Line::fail(name, Exit::Usage, what, fix)
    });
    let mut lines: Vec<Line> = at_fault.collect();
    let more = problems.len().saturating_sub(NAMED);
    if more > 0 {
        let message = format!("{more} more lines cannot be read");
        lines.push(Line::fail(name, Exit::Usage, message, "mend these first"));
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
    let codes = known.iter().map(|code| national(code));
    codes.map(Box::from).collect()
}

async fn told(config: &Config) -> Result<BTreeSet<Box<str>>, JobError> {
    let store = lost::open(config, OpenMode::Ready).await?;
    let told = store.procedures().await;
    store.close().await;
    Ok(told?)
}
