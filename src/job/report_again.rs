//! Reports from the store: a night as it was published, a month or a range as of its last night.

mod choice;

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use serde_json::Value;

use super::as_known::{self, Known};
use super::desk::{BRIEF, Desk};
use super::error::JobError;
use super::forms::{self, Form};
use super::of_nights::Telling;
use super::{late, period, recover, stage, told};
use crate::config::Format;
use crate::domain::Day;
use crate::kpi::Period;
use crate::report::facts::ClosedMark;
use crate::report::publish::{self, OutFile};
use crate::store::RunRecord;
use choice::{lead, name_of, suffix};

/// What to report on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// One night, as published.
    Night(Day),
    /// A month or a range: as closed; else as of the last published night in it, and where rows of
    /// its days came after that night, as known by the last one of all, cut to the period's own work
    /// and sources.
    Days(Period),
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// On what.
    pub span: Span,
    /// In which formats; none: those that are configured.
    pub formats: Option<Vec<Format>>,
    /// The definition that leads; none: the first target's.
    pub definition: Option<Box<str>>,
    /// Whose knowledge.
    pub known: Known,
    /// A paper instead of the report.
    pub form: Option<Form>,
    /// Tables with `;` and decimal commas, or not; none: as published or configured.
    pub semicolons: Option<bool>,
    /// Who closes the period with this report.
    pub mark: Option<ClosedMark>,
}

impl Asked {
    /// The report on a span in the configured formats, led by the first target.
    pub fn of(span: Span) -> Self {
        Self {
            span,
            formats: None,
            definition: None,
            known: Known::Standing,
            form: None,
            semicolons: None,
            mark: None,
        }
    }
}

/// A report that is made and not yet written.
#[derive(Debug)]
pub struct Made {
    /// The folder's name.
    pub(super) name: String,
    /// The run that it is of.
    pub(super) run: RunRecord,
    /// Its files.
    pub(super) files: Vec<OutFile>,
}

/// Writes the report's folder into `root` and tells where. Nothing in the database changes. A
/// choice of formats, of a leading definition or of the knowledge stands in the folder's name, so
/// that the report as published stays where it is.
pub async fn write(desk: &Desk, asked: &Asked, root: &Path) -> Result<PathBuf, JobError> {
    show(root, &Box::pin(make(desk, asked)).await?)
}

/// The same into the report folder, where a night puts its own: the lease is held for as long as
/// the files are written, and a night that begins then waits for it.
pub async fn put(desk: &Desk, made: &Made) -> Result<PathBuf, JobError> {
    let lease = desk.lease(BRIEF[0]).await?;
    let shown = show(&desk.config.report_dir, made);
    desk.store.release_lease(lease).await?;
    shown
}

/// Makes the folder of a report visible.
pub fn show(root: &Path, made: &Made) -> Result<PathBuf, JobError> {
    let shown = publish::rebuild(root, &made.name, &made.run.id, &made.files);
    Ok(shown.map_err(|error| anyhow!(error))?)
}

/// Makes the files.
pub async fn make(desk: &Desk, asked: &Asked) -> Result<Made, JobError> {
    if let Some(form) = &asked.form {
        let over = match &asked.span {
            Span::Night(day) => Period::night(*day),
            Span::Days(period) => period.clone(),
        };
        let (run, files) = Box::pin(forms::files(desk, &over, form)).await?;
        let mut made = Made {
            name: format!("{}_{}", name_of(&over), form.word()),
            run,
            files,
        };
        separate(desk, asked, &mut made);
        return Ok(made);
    }
    let by = lead(desk, asked)?;
    let mut made = match (&asked.span, asked.known) {
        (Span::Night(day), Known::Standing) => {
            let run = standing(desk, *day).await?;
            let files = night(desk, &by, asked, &run).await?;
            Made {
                name: day.to_string(),
                files: files.ok_or_else(|| since(&run))?,
                run,
            }
        }
        (Span::Days(period), Known::Standing) => Box::pin(days(desk, &by, asked, period)).await?,
        (Span::Night(day), known) => compared(desk, &by, &Period::night(*day), known).await?,
        (Span::Days(period), known) => compared(desk, &by, period, known).await?,
    };
    made.name.push_str(&suffix(desk, asked));
    separate(desk, asked, &mut made);
    Ok(made)
}

/// The separator asked for, whichever the tables were published with.
fn separate(desk: &Desk, asked: &Asked, made: &mut Made) {
    let Some(semicolons) = asked.semicolons else {
        return;
    };
    stage::separate(semicolons, &mut made.files);
    if semicolons != desk.config.csv_semicolons {
        let word = if semicolons { "_semicolon" } else { "_comma" };
        made.name.push_str(word);
    }
}

fn since(run: &RunRecord) -> JobError {
    JobError::Usage {
        message: format!("rows have arrived since {} was published", run.id),
        fix: format!(
            "publish what is known now: `doisoat run --date {}`",
            run.business_date
        ),
    }
}

/// The shares that `run.json` among the files tells.
pub(super) fn shares_of(files: &[OutFile]) -> Option<Value> {
    let document = files.iter().find(|file| &*file.name == "run.json")?;
    let mut document: Value = serde_json::from_slice(&document.bytes).ok()?;
    Some(document["share"].take())
}

/// Those of them that are of the period.
fn shares_over(files: &[OutFile], period: &Period) -> Option<Vec<Value>> {
    let shares = shares_of(files)?.as_array()?.clone();
    let mine = shares.into_iter();
    Some(
        mine.filter(|share| share["period"].as_str() == Some(&*period.label))
            .collect(),
    )
}

fn told_otherwise(period: &Period) -> JobError {
    JobError::Usage {
        message: format!(
            "{} was closed without this format, and an earlier night was published again since: its \
             closed figures cannot be told in it",
            period.label
        ),
        fix: "take the formats that were kept when it was closed".to_owned(),
    }
}

/// The files of a period: as closed, else as of its last night.
async fn days(desk: &Desk, by: &Desk, asked: &Asked, period: &Period) -> Result<Made, JobError> {
    let name = name_of(period);
    if let Some(closing) = period::closing_of(desk, period).await? {
        let run = desk.store.run(&closing.run_id).await?;
        let run = run.ok_or_else(|| anyhow!("the run {} is not there", closing.run_id))?;
        let again = async || -> Result<Vec<OutFile>, JobError> {
            // with the nights as they stood when it was closed
            let over = (period, Telling::at(late::at_ms(&closing)));
            let decided = Box::pin(recover::as_known(desk, by, &run, over)).await?;
            let mut decided = decided.ok_or_else(|| since(&run))?;
            decided.facts.page.closed = Some(period::mark(desk, &closing));
            stage::files(by, &decided)
        };
        if asked.definition.is_some() {
            let files = again().await?;
            return Ok(Made { name, run, files });
        }
        let mut files = period::files(desk, &closing)?;
        let closed = shares_over(&files, period);
        if let Some(formats) = &asked.formats {
            files = stage::chosen(files, formats);
            let missing = |format: &&Format| !stage::has(&files, **format);
            if formats.iter().any(|format| missing(&format)) {
                // not kept when it was closed: told again from what was known then
                let more = again().await?;
                if shares_over(&more, period) != closed {
                    return Err(told_otherwise(period));
                }
                let is_new = |file: &OutFile| files.iter().all(|kept| kept.name != file.name);
                let more: Vec<OutFile> = more.into_iter().filter(is_new).collect();
                files.extend(more);
            }
        }
        return Ok(Made { name, run, files });
    }
    let run = last_in(desk, period).await?;
    let mut decided = Box::pin(recover::again_by(desk, by, &run, Some(period))).await?;
    if decided.is_none() {
        // rows of its days came later: the last night of all knows them
        let latest = desk.store.last_run().await?.unwrap_or_else(|| run.clone());
        decided = Box::pin(recover::again_by(desk, by, &latest, Some(period))).await?;
    }
    let mut decided = decided.ok_or_else(|| since(&run))?;
    decided.facts.page.closed = match &asked.mark {
        Some(mark) => Some(mark.clone()),
        None => period::reopened(desk, period).await?,
    };
    Ok(Made {
        name,
        files: stage::files(by, &decided)?,
        run: decided.run,
    })
}

/// The files of a period as known on a day, or now, beside the other.
async fn compared(desk: &Desk, by: &Desk, period: &Period, known: Known) -> Result<Made, JobError> {
    let now = desk.store.last_run().await?;
    let then = match known {
        Known::On(day) => known_on(desk, period, day).await?,
        Known::Standing | Known::Now => stands(desk, period).await?,
    };
    let now = now.unwrap_or_else(|| then.clone());
    let runs = (&then, &now);
    let compared = as_known::compare(desk, by, period, runs, known == Known::Now).await?;
    Ok(Made {
        name: name_of(period),
        run: compared.shown,
        files: compared.files,
    })
}

/// The run that a period is told by: that of its closing, else the last one in it.
async fn stands(desk: &Desk, period: &Period) -> Result<RunRecord, JobError> {
    let Some(closing) = period::closing_of(desk, period).await? else {
        return last_in(desk, period).await;
    };
    let run = desk.store.run(&closing.run_id).await?;
    Ok(run.ok_or_else(|| anyhow!("the run {} is not there", closing.run_id))?)
}

/// The last published night up to `day` that knows anything of the period, in the version that
/// stood when the next night began: one published later was not known then.
async fn known_on(desk: &Desk, period: &Period, day: Day) -> Result<RunRecord, JobError> {
    let mut runs = desk.store.runs().await?;
    let next = runs.iter().filter(|run| run.business_date > day);
    let next = next.map(|run| run.pulled_at_ms).min();
    runs.retain(|run| run.business_date <= day);
    let last = runs.iter().map(|run| run.business_date).max();
    runs.retain(|run| Some(run.business_date) == last);
    let stood = |run: &RunRecord| next.is_none_or(|next| run.pulled_at_ms <= next);
    let first = runs.iter().map(|run| run.version).min();
    // all of them later: a night caught up after the next one
    runs.retain(|run| stood(run) || Some(run.version) == first);
    let last = runs.into_iter().max_by_key(|run| run.version);
    let knows = last.filter(|run| run.business_date >= period.from);
    knows.ok_or_else(|| JobError::Usage {
        message: format!("nothing of {} was known on {day}", period.label),
        fix: "see `doisoat status`; --as-of is a night of the period or a later one".into(),
    })
}

/// The files of a night: as published where all that is asked for was, else made again.
async fn night(
    desk: &Desk,
    by: &Desk,
    asked: &Asked,
    run: &RunRecord,
) -> Result<Option<Vec<OutFile>>, JobError> {
    if asked.definition.is_some() {
        let Some(mut decided) = recover::again_by(desk, by, run, None).await? else {
            return Ok(None);
        };
        if run.replaces.is_some() {
            // the definition asked for is no rule that changed between the versions
            let published = recover::again(desk, run).await?;
            decided.facts.replaced = published.and_then(|published| published.facts.replaced);
        }
        let document = stage::run_json(&decided.pool, &decided.settlement, &decided.facts);
        decided.run.run_json = document.into();
        return stage::files(by, &decided).map(Some);
    }
    let Some(formats) = &asked.formats else {
        return recover::as_published(desk, run).await;
    };
    if let Some(kept) = stage::kept(desk, run) {
        let files = stage::chosen(kept, formats);
        if formats.iter().all(|format| stage::has(&files, *format)) {
            return Ok(Some(files));
        }
    }
    let files = match Box::pin(recover::again_by(desk, by, run, None)).await? {
        Some(decided) => Some(stage::files(by, &decided)?),
        None => as_kept(desk, by, run).await?,
    };
    let Some(mut files) = files else {
        return Ok(None);
    };
    stage::separate(told::semicolons_of(by, run)?, &mut files);
    Ok(Some(files))
}

/// The files of a night by what it kept itself, where rows have arrived since; none where it kept
/// too little, or would now be told with other shares than those published.
async fn as_kept(
    desk: &Desk,
    by: &Desk,
    run: &RunRecord,
) -> Result<Option<Vec<OutFile>>, JobError> {
    let Some(mut decided) = Box::pin(recover::by_kept(desk, by, run)).await? else {
        return Ok(None);
    };
    let shares = |text: &str| serde_json::from_str(text).map(|mut run: Value| run["share"].take());
    let published = shares(&run.run_json).ok();
    if published.is_none() || published != shares(&decided.run.run_json).ok() {
        return Ok(None);
    }
    decided.run.run_json.clone_from(&run.run_json);
    stage::files(by, &decided).map(Some)
}

/// The run that stands for a day, or an error that says what to do.
async fn standing(desk: &Desk, day: Day) -> Result<RunRecord, JobError> {
    desk.store
        .published(day)
        .await?
        .ok_or_else(|| JobError::Usage {
            message: format!("{day} was never published"),
            fix: format!("run `doisoat run --date {day}`, or see `doisoat status`"),
        })
}

async fn last_in(desk: &Desk, period: &Period) -> Result<RunRecord, JobError> {
    let mut runs = desk.store.runs().await?;
    runs.retain(|run| &*run.state == "published" && period.holds(run.business_date));
    let last = runs.into_iter().max_by_key(|run| run.business_date);
    last.ok_or_else(|| JobError::Usage {
        message: format!("no night of {} was published", period.label),
        fix: "see `doisoat status`, or publish it: `doisoat backfill --from ... --to ...`".into(),
    })
}
