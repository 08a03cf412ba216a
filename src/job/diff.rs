//! What changed between two runs, and which input did it. Reads the documents that the runs kept;
//! changes nothing.

mod cause;
mod decided;
mod documents;
mod rows;
mod say;
mod shares;

use serde::Serialize;

use super::desk::Desk;
use super::error::JobError;
use crate::store::RunRecord;

pub use cause::Cause;
pub use decided::{ClassChange, ExceptionChange, MatchChange};
pub use rows::RowChange;
pub use shares::{Mover, ShareChange};

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Only the later run has it.
    Added,
    /// Only the earlier run has it.
    Removed,
    /// Both have it, and not the same.
    Changed,
}

/// Two runs, compared. Every list is in a stable order.
#[derive(Clone, Debug, Serialize)]
pub struct Diff {
    /// The earlier run (as asked for).
    pub from: Box<str>,
    /// The later one.
    pub to: Box<str>,
    /// True for two versions of one night.
    pub same_night: bool,
    /// True when nothing differs.
    pub equal: bool,
    /// Rules that differ, as `path: before / after`.
    pub rules: Vec<Box<str>>,
    /// The program's versions, where they differ.
    pub program: Option<(Box<str>, Box<str>)>,
    /// Facts of sources that differ.
    pub sources: Vec<RowChange>,
    /// Rows of the input and decisions of people.
    pub inputs: Vec<RowChange>,
    /// Links.
    pub matches: Vec<MatchChange>,
    /// Classes of rows that both runs looked at.
    pub classes: Vec<ClassChange>,
    /// Exceptions opened and closed.
    pub exceptions: Vec<ExceptionChange>,
    /// Shares, with what moved them.
    pub shares: Vec<ShareChange>,
    /// What could not be compared, Vietnamese and English.
    pub not_compared: Vec<(String, String)>,
}

/// Compares two runs. Call it while holding the lease.
pub async fn diff(desk: &Desk, from: &RunRecord, to: &RunRecord) -> Result<Diff, JobError> {
    let same_night = from.business_date == to.business_date;
    let mut diff = Diff {
        from: from.id.as_str().into(),
        to: to.id.as_str().into(),
        same_night,
        equal: from.id == to.id,
        rules: Vec::new(),
        program: (from.program != to.program).then(|| (from.program.clone(), to.program.clone())),
        sources: Vec::new(),
        inputs: Vec::new(),
        matches: Vec::new(),
        classes: Vec::new(),
        exceptions: Vec::new(),
        shares: shares::changed(from, to),
        not_compared: Vec::new(),
    };
    let before = documents::read(desk, from, &mut diff.not_compared).await?;
    let after = documents::read(desk, to, &mut diff.not_compared).await?;
    if let (Some(before), Some(after)) = (&before, &after) {
        diff.rules = documents::changed_rules(before, after);
        diff.sources = rows::sources(&before.pool, &after.pool);
        let nights = rows::Nights { from, to };
        diff.inputs = rows::inputs(desk, &nights, before, after).await?;
        let causes = cause::Causes::new(&diff, before, after);
        let known = decided::known_groups(desk, from, after, same_night).await?;
        diff.matches = decided::matches(before, after, &known, same_night, &causes);
        diff.classes = decided::classes(before, after, &causes);
        diff.exceptions = decided::exceptions(before, after, same_night, &causes);
        shares::movers(desk, (from, before), (to, after), &causes, &mut diff).await?;
    }
    diff.equal = diff.equal || is_empty(&diff);
    Ok(diff)
}

fn is_empty(diff: &Diff) -> bool {
    diff.rules.is_empty()
        && diff.program.is_none()
        && diff.sources.is_empty()
        && diff.inputs.is_empty()
        && diff.matches.is_empty()
        && diff.classes.is_empty()
        && diff.exceptions.is_empty()
        && diff.shares.is_empty()
        && diff.not_compared.is_empty()
}
