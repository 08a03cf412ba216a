//! Reports from the store: a night as it was published, a month or a range as of its last night.

mod choice;
mod closed;

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::as_known::{self, Known};
use super::before_period::{self, Knower};
use super::desk::{BRIEF, Desk};
use super::error::JobError;
use super::forms::{self, Form};
use super::order::Order;
use super::told_again::{self, since};
use super::{period, recover, stage, told};
use crate::config::Format;
use crate::domain::{Day, Lang};
use crate::kpi::Period;
use crate::report::facts::ClosedMark;
use crate::report::publish::{self, OutFile};
use crate::store::{Closing, RunPlace, RunRecord};
use crate::text;
pub(super) use choice::name_of;
use choice::{lead, suffix};

/// What to report on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// One night, as published.
    Night(Day),
    /// A month or a range: as closed; else as of the last published night in it, and where rows of
    /// its days came after that night, or it was opened again, as known by the last one of all, cut
    /// to the period's own work and sources.
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
    /// The language that was asked for; none: as published, as closed, or as configured.
    pub lang: Option<Lang>,
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
            lang: None,
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
    /// The language, where it is not the one in which it was published or closed.
    pub(super) spoken: Option<Lang>,
}

/// Writes the report's folder into `root` and tells where. Nothing in the database changes. A
/// choice of formats, of a leading definition, of the knowledge or of another language stands in
/// the folder's name, so that the report as published stays where it is.
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
    let Made {
        name, run, files, ..
    } = made;
    let told = |file: &OutFile| {
        let digest = hex::encode(Sha256::digest(&file.bytes));
        (file.name.clone(), digest.into())
    };
    let told: Vec<(Box<str>, Box<str>)> = files.iter().map(told).collect();
    let changed = publish::changed(root, name, &told);
    // its list is that of these files, and they are not as it says
    let is_damaged = !changed.is_empty() && changed.iter().all(|file| file != publish::SUMS);
    let shown = if is_damaged {
        publish::mend(root, name, &run.id, files)
    } else {
        publish::rebuild(root, name, &run.id, files)
    };
    Ok(shown.map_err(|error| anyhow!(error))?)
}

/// Makes the files.
pub async fn make(desk: &Desk, asked: &Asked) -> Result<Made, JobError> {
    if let Some(form) = &asked.form {
        let over = match &asked.span {
            Span::Night(day) => Period::night(*day),
            Span::Days(period) => period.clone(),
        };
        if asked.known == Known::Now {
            return Err(no_form_of_now(desk).await?);
        }
        let (run, files) = Box::pin(forms::files(desk, &over, form, asked.known)).await?;
        let mut made = Made {
            name: format!("{}_{}{}", name_of(&over), form.word(), suffix(desk, asked)),
            run,
            files,
            spoken: None,
        };
        separate(desk, asked, &mut made);
        return Ok(made);
    }
    let by = lead(desk, asked)?;
    let mut made = match (&asked.span, asked.known) {
        (Span::Night(day), Known::Standing) => {
            let run = standing(desk, *day).await?;
            Box::pin(night(desk, &by, asked, run)).await?
        }
        (Span::Days(period), Known::Standing) => Box::pin(days(desk, &by, asked, period)).await?,
        (Span::Night(day), known) => compared(desk, &by, &Period::night(*day), known).await?,
        (Span::Days(period), known) => compared(desk, &by, period, known).await?,
    };
    made.name.push_str(&suffix(desk, asked));
    if let Some(lang) = made.spoken {
        made.name.extend(["_", lang.id()]);
    }
    separate(desk, asked, &mut made);
    Ok(made)
}

/// Papers have no second state beside the one that stands: minutes are as of the last night of
/// their period, what came later is due in the next ones, and the form of payments is of what is
/// known now unless its period was closed.
async fn no_form_of_now(desk: &Desk) -> Result<JobError, JobError> {
    let last = desk.store.last_run().await?;
    let last = last.map_or_else(|| "DATE".to_owned(), |run| run.business_date.to_string());
    let keys = ["form-now", "form-now-fix"];
    Ok(refused(desk, keys, &[("date", &last)]))
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

/// The shares that `run.json` among the files tells.
pub(super) fn shares_of(files: &[OutFile]) -> Option<Value> {
    let document = files.iter().find(|file| &*file.name == "run.json")?;
    let mut document: Value = serde_json::from_slice(&document.bytes).ok()?;
    Some(document["share"].take())
}

/// The files of a period: as closed, else as of its last night.
async fn days(desk: &Desk, by: &Desk, asked: &Asked, period: &Period) -> Result<Made, JobError> {
    if let Some(closing) = period::closing_of(desk, period).await? {
        return Box::pin(closed::made(desk, by, asked, (period, &closing))).await;
    }
    let run = last_in(desk, period).await?;
    let latest = desk.store.last_run().await?.unwrap_or_else(|| run.clone());
    let mark = match &asked.mark {
        Some(mark) => Some(mark.clone()),
        None => period::reopened(desk, period).await?,
    };
    let mut decided = None;
    if mark.is_none() {
        decided = Box::pin(recover::again_by(desk, by, &run, Some(period))).await?;
    }
    if decided.is_none() {
        // rows of its days came later, or it is closed: the last night of all knows them, and what
        // people decided since
        decided = Box::pin(recover::again_by(desk, by, &latest, Some(period))).await?;
    }
    if decided.is_none() && mark.is_some() {
        decided = Box::pin(recover::with_sums_of_today(desk, by, &latest, period)).await?;
    }
    let mut decided = decided.ok_or_else(|| since(desk, &run))?;
    before_period::tell(desk, by, &mut decided, Knower::Standing).await?;
    decided.facts.page.closed = mark;
    Ok(Made {
        name: name_of(period),
        files: stage::files(by, &decided)?,
        run: decided.run,
        spoken: None,
    })
}

/// The files of a period as known on a day, or now, beside the other.
async fn compared(desk: &Desk, by: &Desk, period: &Period, known: Known) -> Result<Made, JobError> {
    let now = desk.store.last_run().await?;
    let (then, closing) = match known {
        Known::On(day) => (known_on(desk, period, day).await?, None),
        Known::Standing | Known::Now => stands(desk, period).await?,
    };
    let now = now.unwrap_or_else(|| then.clone());
    let runs = (&then, &now, closing.as_ref());
    let compared = as_known::compare(desk, by, period, runs, known == Known::Now).await?;
    Ok(Made {
        name: name_of(period),
        run: compared.shown,
        files: compared.files,
        spoken: None,
    })
}

/// The run that a period is told by: that of its closing, else the last one in it.
async fn stands(desk: &Desk, period: &Period) -> Result<(RunRecord, Option<Closing>), JobError> {
    let Some(closing) = period::closing_of(desk, period).await? else {
        return Ok((last_in(desk, period).await?, None));
    };
    let run = desk.store.run(&closing.run_id).await?;
    let run = run.ok_or_else(|| anyhow!("the run {} is not there", closing.run_id))?;
    Ok((run, Some(closing)))
}

/// The last published night up to `day` that knows anything of the period, in the version that
/// stood when the next night began: one published later was not known then.
pub(super) async fn known_on(
    desk: &Desk,
    period: &Period,
    day: Day,
) -> Result<RunRecord, JobError> {
    let mut runs = desk.store.run_places().await?;
    let order = Order::read(desk).await?;
    let next = runs.iter().filter(|run| run.business_date > day);
    let next = next.reduce(|one, other| {
        if order.is_after(one, other) {
            other
        } else {
            one
        }
    });
    let next = next.cloned();
    runs.retain(|run| run.business_date <= day);
    let last = runs.iter().map(|run| run.business_date).max();
    runs.retain(|run| Some(run.business_date) == last);
    let later = |run: &RunPlace| next.as_ref().is_some_and(|next| order.is_after(run, next));
    let first = runs.iter().map(|run| run.version).min();
    // all of them later: a night caught up after the next one
    runs.retain(|run| !later(run) || Some(run.version) == first);
    let last = runs.into_iter().max_by_key(|run| run.version);
    let knows = match last.filter(|run| run.business_date >= period.from) {
        Some(run) => desk.store.run(&run.id).await?,
        None => None,
    };
    let told = text::day(desk.config.lang, day);
    let args = [("period", &*period.label), ("day", &*told)];
    let keys = ["report-not-yet", "report-not-yet-fix"];
    knows.ok_or_else(|| refused(desk, keys, &args))
}

/// A night: as published where all that is asked for was, else made again, with the figures that it
/// published, and all of it in one language.
async fn night(desk: &Desk, by: &Desk, asked: &Asked, run: RunRecord) -> Result<Made, JobError> {
    let looks = told::looks_of(desk, &run)?;
    let own = looks.config.lang;
    let lang = asked.lang.unwrap_or(own);
    let files = if asked.definition.is_some() {
        told_again::with_table(desk, &run).await?;
        let again = Box::pin(told_again::of_night(&told::speaking(desk, lang), &run)).await?;
        let by = &told::speaking(by, lang);
        let decided = Box::pin(told_again::led(by, again, &run)).await?;
        stage::files(by, &decided)?
    } else if lang != own {
        told_again::with_table(desk, &run).await?;
        let formats = asked.formats.as_ref().unwrap_or(&looks.config.formats);
        let looks = told::writing(&told::speaking(&looks, lang), formats);
        let decided = Box::pin(told_again::of_night(&looks, &run)).await?;
        stage::files(&looks, &decided)?
    } else if let Some(formats) = &asked.formats {
        let kept = stage::kept(desk, &run).unwrap_or_default();
        let again = async |missing: &[Format]| -> Result<Vec<OutFile>, JobError> {
            told_again::with_table(desk, &run).await?;
            let looks = told::writing(&looks, missing);
            let decided = Box::pin(told_again::of_night(&looks, &run)).await?;
            stage::files(&looks, &decided)
        };
        completed(kept, formats, again).await?
    } else {
        recover::as_published(desk, &run).await?
    };
    Ok(Made {
        name: run.business_date.to_string(),
        run,
        files,
        spoken: (lang != own).then_some(lang),
    })
}

/// Of the kept files those of the formats, and what `again` makes of the formats that are missing.
async fn completed(
    kept: Vec<OutFile>,
    formats: &[Format],
    again: impl AsyncFnOnce(&[Format]) -> Result<Vec<OutFile>, JobError>,
) -> Result<Vec<OutFile>, JobError> {
    let mut files = stage::chosen(kept, formats);
    let missing = |format: &Format| !stage::has(&files, *format);
    let missing: Vec<Format> = formats.iter().copied().filter(missing).collect();
    if missing.is_empty() {
        return Ok(files);
    }
    let is_new = |file: &OutFile| files.iter().all(|kept| kept.name != file.name);
    let made = again(&missing).await?;
    let more: Vec<OutFile> = made.into_iter().filter(is_new).collect();
    files.extend(more);
    Ok(files)
}

/// The refusal of a report, in the language of the desk.
pub(super) fn refused(desk: &Desk, keys: [&str; 2], args: &[(&str, &str)]) -> JobError {
    let [message, fix] = keys.map(|key| text::say(desk.config.lang, key, args));
    JobError::Usage { message, fix }
}

/// The run that stands for a day, or an error that says what to do.
async fn standing(desk: &Desk, day: Day) -> Result<RunRecord, JobError> {
    let run = desk.store.published(day).await?;
    let (told, date) = (text::day(desk.config.lang, day), day.to_string());
    let args = [("day", &*told), ("date", &*date)];
    let keys = ["report-unpublished", "report-unpublished-fix"];
    run.ok_or_else(|| refused(desk, keys, &args))
}

async fn last_in(desk: &Desk, period: &Period) -> Result<RunRecord, JobError> {
    let mut nights = desk.store.published_nights().await?;
    nights.retain(|night| period.holds(*night));
    let run = match nights.last() {
        Some(night) => desk.store.published(*night).await?,
        None => None,
    };
    run.ok_or_else(|| none_in(desk, period))
}

/// No night of the period was published.
pub(super) fn none_in(desk: &Desk, period: &Period) -> JobError {
    let args = [("period", &*period.label)];
    refused(desk, ["report-none-in", "report-none-in-fix"], &args)
}
