//! What changed between two runs, and which input did it. Reads the documents that the runs kept;
//! changes nothing.

mod cause;
mod decided;
mod documents;
mod entered;
mod figures;
mod findings;
mod rows;
mod say;
mod shares;
mod totals;

use super::desk::Desk;
use super::error::JobError;
use super::told;
use crate::report::facts::Replaced;
use crate::report::facts::diff::{
    Amount, Became, Cause, ClassChange, Diff, ExceptionChange, FigureChange, FindingChange,
    MatchChange, Mover, RowChange, Said, ShareChange, TableFacts, TotalChange,
};
use crate::settle::{Inputs, Rules, Settlement};
use crate::store::RunRecord;
use documents::Documents;

/// Compares two runs. A night may be at work: call it on one state ([`super::reader::read`]).
pub async fn diff(desk: &Desk, from: &RunRecord, to: &RunRecord) -> Result<Diff, JobError> {
    let mut not_compared = Vec::new();
    let before = documents::read(desk, from, &mut not_compared).await?;
    let after = documents::read(desk, to, &mut not_compared).await?;
    let documents = before.as_ref().zip(after.as_ref());
    compare(desk, (from, to), documents, not_compared).await
}

/// What a version of a night that is being made changes against the one that it replaces: from
/// what that one kept, so that it is told alike whenever this version is made again. None for a
/// first version.
pub(super) async fn replaced(
    desk: &Desk,
    run: &RunRecord,
    made: (&Inputs, &Rules, &Settlement),
) -> Result<Option<Replaced>, JobError> {
    let Some(id) = &run.replaces else {
        return Ok(None);
    };
    let Some(from) = desk.store.run(id).await? else {
        return Ok(None);
    };
    let mut not_compared = Vec::new();
    let before = documents::kept(desk, &from, &mut not_compared).await?;
    let after = Documents::of(made.0, made.1, made.2)?;
    let documents = before.as_ref().map(|before| (before, &after));
    Ok(Some(Replaced {
        version: from.version,
        diff: compare(desk, (&from, run), documents, not_compared).await?,
    }))
}

async fn compare(
    desk: &Desk,
    (from, to): (&RunRecord, &RunRecord),
    documents: Option<(&Documents, &Documents)>,
    not_compared: Vec<(String, String)>,
) -> Result<Diff, JobError> {
    let same_night = from.business_date == to.business_date;
    let leading = shares::leading(desk, documents.map(|(_, after)| after));
    let mut diff = Diff {
        from: from.id.as_str().into(),
        to: to.id.as_str().into(),
        same_night,
        equal: from.id == to.id,
        rules: Vec::new(),
        fee_table: None,
        program: (from.program != to.program).then(|| (from.program.clone(), to.program.clone())),
        sources: Vec::new(),
        figures: Vec::new(),
        totals: Vec::new(),
        inputs: Vec::new(),
        matches: Vec::new(),
        classes: Vec::new(),
        exceptions: Vec::new(),
        findings: Vec::new(),
        shares: shares::changed(from, to, &leading),
        not_compared,
    };
    if let Some((before, after)) = documents {
        diff.rules = documents::changed_rules(before, after);
        diff.sources = rows::sources(&before.pool, &after.pool);
        let nights = rows::Nights { from, to };
        diff.inputs = rows::inputs(desk, &nights, before, after).await?;
        if same_night {
            entered::mark(desk, &nights, &mut diff.inputs).await?;
            diff.inputs.sort();
        }
        let causes = cause::Causes::new(&diff, (before, after), to.business_date);
        let known = decided::known_groups(desk, from, after, same_night).await?;
        diff.matches = decided::matches(before, after, &known, same_night, &causes);
        diff.classes = decided::classes(before, after, &causes);
        diff.exceptions = decided::exceptions(before, after, same_night, &causes);
        shares::movers(desk, (from, before), (to, after), &causes, &mut diff).await?;
        if same_night {
            diff.figures = figures::changed(from, to, &leading);
            diff.totals = totals::changed(from, to, &causes);
            findings::changed((from, before), (to, after), &causes, &mut diff)?;
        }
        // these decide no class and no share, so they are the cause of none
        diff.rules.extend(told::changed(from, to)?);
        diff.rules.sort();
    }
    diff.equal = diff.equal || is_empty(&diff);
    Ok(diff)
}

fn is_empty(diff: &Diff) -> bool {
    diff.rules.is_empty()
        && diff.fee_table.is_none()
        && diff.findings.is_empty()
        && diff.program.is_none()
        && diff.sources.is_empty()
        && diff.figures.is_empty()
        && diff.totals.is_empty()
        && diff.inputs.is_empty()
        && diff.matches.is_empty()
        && diff.classes.is_empty()
        && diff.exceptions.is_empty()
        && diff.shares.is_empty()
        && diff.not_compared.is_empty()
}
