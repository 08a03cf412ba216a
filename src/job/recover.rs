//! What a start finds of an earlier, killed one: hidden folders are removed, and a published run
//! without its folder gets it back. The database is the truth.

use anyhow::anyhow;
use tracing::{info, warn};

use super::calibration;
use super::desk::Desk;
use super::digest;
use super::error::JobError;
use super::kept::{self, Gone};
use super::knew;
use super::nightly::{self, Decided, Read};
use super::of_nights::Telling;
use super::order;
use super::pull::Pulled;
use super::report_again::refused;
use super::stage;
use super::stored;
use super::told;
use super::told_again;
use crate::domain::{Day, Inputs};
use crate::kpi::Period;
use crate::report::publish::{self, OutFile};
use crate::settle::Prior;
use crate::store::{Closing, RunRecord};

/// Folders of the last nights are looked into; of older ones only their presence is checked.
const LOOKED_INTO: usize = 14;

/// Brings the report folder in line with the database. The folder of the night that is asked for is
/// compared byte for byte. Call it while holding the lease.
pub(super) async fn before_a_night(desk: &Desk, asked: Day) -> Result<(), JobError> {
    let root = &desk.config.report_dir;
    let mut damaged = unshown(desk).await?;
    let run = desk.store.published(asked).await?;
    damaged.extend(run.filter(|run| {
        let changed = publish::changed(root, &asked.to_string(), &run.files);
        damaged.iter().all(|other| other.id != run.id) && !changed.is_empty()
    }));
    for run in damaged {
        desk.checkpoint()?;
        show(desk, &run).await?;
    }
    let swept = publish::sweep(root).map_err(|error| anyhow!(error))?;
    for name in swept {
        info!(stage = "recover", folder = name, "leftover removed");
    }
    Ok(())
}

/// Published runs whose folder is not there, or has lost files.
async fn unshown(desk: &Desk) -> Result<Vec<RunRecord>, JobError> {
    let root = &desk.config.report_dir;
    let mut missing = Vec::new();
    let standing = desk.store.standing_runs().await?;
    for (nth, (night, id)) in standing.iter().rev().enumerate() {
        let name = night.to_string();
        let shown = if nth < LOOKED_INTO {
            publish::is_published(root, &name, id) && publish::lost(root, &name).is_empty()
        } else {
            root.join(&name).is_dir()
        };
        if !shown {
            missing.extend(desk.store.run(id).await?);
        }
    }
    missing.reverse();
    Ok(missing)
}

/// Rebuilds one folder. When rows have arrived since that the run did not see, it cannot be told as
/// published any more: the next `run` of that date publishes a new version.
async fn show(desk: &Desk, run: &RunRecord) -> Result<(), JobError> {
    let day = run.business_date;
    let files = match Box::pin(as_published(desk, run)).await {
        // a night is not held up by what a past one cannot be told by any more
        Err(JobError::Usage { message, .. } | JobError::Erased { message, .. }) => {
            warn!(run.id = run.id.as_str(), business_date = %day, stage = "recover", reason = message, "folder is missing and cannot be made again");
            return Ok(());
        }
        made => made?,
    };
    let (root, name) = (&desk.config.report_dir, day.to_string());
    let shown = if publish::is_published(root, &name, &run.id) {
        let lost = publish::lost(root, &name);
        let files_told = publish::changed(root, &name, &run.files);
        let files_told = [lost, files_told].concat().join(", ");
        warn!(
            run.id = run.id.as_str(),
            business_date = %day,
            stage = "recover",
            files = files_told,
            "published files put back; the folder as it was is set aside as .damaged"
        );
        publish::mend(root, &name, &run.id, &files)
    } else {
        publish::rebuild(root, &name, &run.id, &files)
    };
    shown.map_err(|error| anyhow!(error))?;
    info!(run.id = run.id.as_str(), business_date = %day, stage = "recover", "folder rebuilt");
    Ok(())
}

/// The files of a run: out of the archive, else made again in the language, with the separator and
/// in the formats of that run.
pub(super) async fn as_published(desk: &Desk, run: &RunRecord) -> Result<Vec<OutFile>, JobError> {
    if let Some(files) = stage::kept(desk, run) {
        return Ok(files);
    }
    let looks = &told::looks_of(desk, run)?;
    let decided = Box::pin(told_again::of_night(looks, run)).await?;
    stage::files(looks, &decided)
}

/// A published night decided again from the store; none when its inputs are not the same any more.
pub(super) async fn again(desk: &Desk, run: &RunRecord) -> Result<Option<Decided>, JobError> {
    again_by(desk, desk, run, None).await
}

/// The same by the targets of another desk, and measured over one more period.
pub(super) async fn again_by(
    desk: &Desk,
    by: &Desk,
    run: &RunRecord,
    over: Option<&Period>,
) -> Result<Option<Decided>, JobError> {
    let Some(read) = read_again(desk, run).await? else {
        return Ok(None);
    };
    let by = told::rules_of(by, run).await?;
    nightly::decide_as(&by, read, run, over).await.map(Some)
}

/// A run decided again from the documents that it kept, whatever arrived since, measured over one
/// more period; from the store where it kept none. None when the rules are others today.
pub(super) async fn as_known(
    desk: &Desk,
    by: &Desk,
    run: &RunRecord,
    (over, telling): (&Period, Telling),
) -> Result<Option<Decided>, JobError> {
    let Some((read, prior)) = kept_read(desk, run).await? else {
        let Some(read) = read_again(desk, run).await? else {
            return Ok(None);
        };
        let by = told::rules_of(by, run).await?;
        let decided = nightly::decide_over(&by, read, run, (over, telling), None);
        return Box::pin(decided).await.map(Some);
    };
    if !read.is_of(run) {
        return Ok(None);
    }
    // the sums that it kept begin with its year and are as coarse as its periods and whole months
    // allow; of any other period the store knows
    let held = over.from >= run.business_date.year_start();
    let held = held && prior.iter().all(|sum| sum.fits(over));
    let prior = if held {
        Some(prior)
    } else if order::earlier_night_since(desk, run).await? {
        // the store knows those nights as they are now, not as this run knew them
        let known = Box::pin(knew::sums_by_day(desk, run, over, (&read.pool, &prior))).await?;
        let args = [("run", run.id.as_str()), ("period", &*over.label)];
        let keys = ["report-mixed", "report-mixed-fix"];
        Some(known.ok_or_else(|| refused(desk, keys, &args))?)
    } else {
        None
    };
    let by = told::rules_of(by, run).await?;
    let decided = nightly::decide_over(&by, read, run, (over, telling), prior).await?;
    Ok(Some(decided))
}

/// What a run read, by the documents that it kept; none where it kept none. Where they are gone
/// nothing else can stand for them: the rows of today may be others.
pub(super) async fn kept_read(
    desk: &Desk,
    run: &RunRecord,
) -> Result<Option<(Read, Prior)>, JobError> {
    let documents = kept::of(desk, run).await?;
    let pool = kept::read::<Inputs>(desk, &documents, kept::POOL)?;
    let prior = kept::read::<Prior>(desk, &documents, kept::PRIOR)?;
    let (mut pool, prior) = match (pool, prior) {
        (Ok(pool), Ok(prior)) => (pool, prior),
        (Err(Gone::Lost(what)), _) | (_, Err(Gone::Lost(what))) => {
            return Err(kept::erased(desk, run, &documents, &what).await?);
        }
        (Err(Gone::NotKept), _) | (_, Err(Gone::NotKept)) => return Ok(None),
    };
    pool.sources = stored::sources(&run.sources_json)?;
    let input_digest = digest::of_inputs(&mut pool)?;
    let desk = &told::rules_of(desk, run).await?;
    let calibration = calibration::of_run(desk, run)?;
    let rules_digest = calibration::rules_digest(desk, run.business_date, calibration.as_ref())?;
    let read = Read {
        pool,
        input_digest,
        rules_digest,
        calibration,
    };
    Ok(Some((read, prior)))
}

/// A closed period decided again as its closing knew it: by what its run read, with the nights that
/// were published again before it was closed.
pub(super) async fn as_closed(
    desk: &Desk,
    by: &Desk,
    (closing, run): (&Closing, &RunRecord),
    over: (&Period, Telling),
) -> Result<Option<Decided>, JobError> {
    if order::again_before(desk, run, closing).await? {
        return Box::pin(with_sums(desk, by, run, over)).await;
    }
    Box::pin(as_known(desk, by, run, over)).await
}

/// A run decided again from what it read, with the sums of earlier nights as they stand today:
/// nights that were published again since are in them. None when the rules are others today.
pub(super) async fn with_sums_of_today(
    desk: &Desk,
    by: &Desk,
    run: &RunRecord,
    over: &Period,
) -> Result<Option<Decided>, JobError> {
    with_sums(desk, by, run, (over, Telling::default())).await
}

async fn with_sums(
    desk: &Desk,
    by: &Desk,
    run: &RunRecord,
    over: (&Period, Telling),
) -> Result<Option<Decided>, JobError> {
    let read = match kept_read(desk, run).await? {
        Some((read, _)) => Some(read),
        None => read_again(desk, run).await?,
    };
    let Some(read) = read.filter(|read| read.is_of(run)) else {
        return Ok(None);
    };
    let by = told::rules_of(by, run).await?;
    let decided = nightly::decide_over(&by, read, run, over, None).await?;
    Ok(Some(decided))
}

pub(super) async fn read_again(desk: &Desk, run: &RunRecord) -> Result<Option<Read>, JobError> {
    let desk = &told::rules_of(desk, run).await?;
    let facts = stored::sources(&run.sources_json)?;
    let pulled = Pulled {
        facts,
        at_ms: run.pulled_at_ms,
    };
    let calibration = calibration::of_run(desk, run)?;
    let read = nightly::read(desk, run.business_date, &pulled, calibration).await?;
    Ok(read.is_of(run).then_some(read))
}
