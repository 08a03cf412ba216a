//! Which runs are looked at.

use crate::domain::{Day, RunId};
use crate::job::error::JobError;
use crate::store::RunRecord;

/// Which runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The last published night.
    Last,
    /// The run that stands for a night.
    Night(Day),
    /// One run, also one that was replaced.
    Run(RunId),
    /// Every run that stands.
    All,
}

/// The runs that were asked for.
pub(super) fn chosen<'r>(
    all: &'r [RunRecord],
    which: &Which,
) -> Result<Vec<&'r RunRecord>, JobError> {
    let stands = |run: &&RunRecord| &*run.state == "published";
    let runs: Vec<&RunRecord> = match which {
        Which::All => all.iter().filter(stands).collect(),
        Which::Last => {
            let last = all
                .iter()
                .filter(stands)
                .max_by_key(|run| run.business_date);
            last.into_iter().collect()
        }
        Which::Night(day) => {
            let mine = |run: &&RunRecord| run.business_date == *day;
            all.iter().filter(stands).filter(mine).collect()
        }
        Which::Run(id) => all.iter().filter(|run| run.id == *id).collect(),
    };
    if !runs.is_empty() {
        return Ok(runs);
    }
    let message = match which {
        Which::Night(day) => format!("{day} was never published"),
        Which::Run(id) => format!("there is no run {id}"),
        Which::Last | Which::All => "no night has been published yet".to_owned(),
    };
    Err(JobError::Usage {
        message,
        fix: "see `doisoat status`".into(),
    })
}
