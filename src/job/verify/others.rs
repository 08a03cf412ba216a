//! The runs that were not asked for: their rows and answers against the lists that seal them, and
//! their folders where these are there. They are not settled again.

use super::{Common, Which, evidence, folder, seals};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::prove::violation::Findings;
use crate::store::RunRecord;

/// Checks every run that is not among the chosen ones. True where there was one.
pub(super) async fn check(
    desk: &Desk,
    (all, chosen): (&[RunRecord], &[&RunRecord]),
    common: &Common<'_>,
    which: &Which,
    findings: &mut Findings,
) -> Result<bool, JobError> {
    let (chain, ledger) = (&common.chain, &common.ledger);
    let waiting = &common.waiting;
    let is_other = |run: &&RunRecord| !chosen.iter().any(|mine| mine.id == run.id);
    let with_folders = matches!(which, Which::Last | Which::All);
    let mut any = false;
    for run in all.iter().filter(is_other) {
        desk.checkpoint()?;
        any = true;
        let stands = &*run.state == "published";
        if stands {
            seals::check(desk, run, (chain, waiting), ledger, findings);
        } else {
            seals::shares(desk, run, chain, ledger, findings);
        }
        evidence::check(desk, run, common.known(), evidence::Bytes::There, findings).await?;
        if with_folders && stands {
            folder::check(&desk.config.report_dir, run, findings);
        }
    }
    Ok(any)
}
