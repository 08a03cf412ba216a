//! Which run a person means: its id, an unambiguous beginning of it, or a date.

use anyhow::anyhow;

use super::{Desk, JobError, RunRecord};
use crate::domain::Day;
use crate::store::RunPlace;

/// The run that `raw` names: by id or an unambiguous beginning, or the one that stands for a date.
pub async fn find(desk: &Desk, raw: &str) -> Result<RunRecord, JobError> {
    let runs = desk.store.run_places().await?;
    let id = &chosen(&runs, raw.trim())?.id;
    let run = desk.store.run(id).await?;
    Ok(run.ok_or_else(|| anyhow!("the run {id} is not there"))?)
}

fn chosen<'r>(runs: &'r [RunPlace], raw: &str) -> Result<&'r RunPlace, JobError> {
    let unknown = |message: String, fix: String| JobError::Usage { message, fix };
    if let Some(run) = runs.iter().find(|run| run.id.as_str() == raw) {
        return Ok(run);
    }
    let see = || "see `doisoat status`, and the folders of the report folder".to_owned();
    if let Ok(day) = Day::parse(raw) {
        let mine = |run: &&RunPlace| run.business_date == day && run.stands;
        let never = || unknown(format!("{day} was never published"), see());
        return runs.iter().find(mine).ok_or_else(never);
    }
    // shorter than a date and a digit it would name a month of nights
    let begins = |run: &&RunPlace| raw.len() > 11 && run.id.as_str().starts_with(raw);
    let found: Vec<&RunPlace> = runs.iter().filter(begins).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(unknown(format!("there is no run \"{raw}\""), see())),
        several => {
            let ids: Vec<&str> = several.iter().map(|run| run.id.as_str()).collect();
            let message = format!("\"{raw}\" begins {} runs", ids.len());
            Err(unknown(message, format!("write one of {}", ids.join(", "))))
        }
    }
}
