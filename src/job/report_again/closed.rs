//! The report of a closed period: as it was closed; what is made again tells the closed figures.

use anyhow::anyhow;

use super::choice::name_of;
use super::{Asked, Made, completed, refused};
use crate::config::Format;
use crate::domain::Lang;
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::of_nights::Telling;
use crate::job::order::Known;
use crate::job::period::beside;
use crate::job::told_again::{otherwise, since};
use crate::job::{period, recover, stage, told};
use crate::kpi::Period;
use crate::report::facts::PeriodBefore;
use crate::report::json;
use crate::report::publish::OutFile;
use crate::store::{Closing, RunRecord};

/// Its files: as they were kept where all that is asked for was, else made again.
pub(super) async fn made(
    desk: &Desk,
    by: &Desk,
    asked: &Asked,
    (period, closing): (&Period, &Closing),
) -> Result<Made, JobError> {
    let run = desk.store.run(&closing.run_id).await?;
    let run = run.ok_or_else(|| anyhow!("the run {} is not there", closing.run_id))?;
    let kept = period::files(desk, closing)?;
    let own = match lang_of(&kept) {
        Some(lang) => lang,
        None => told::looks_of(desk, &run)?.config.lang,
    };
    let lang = asked.lang.unwrap_or(own);
    let by = &told::speaking(by, lang);
    let before = run_json_of(&kept).and_then(|told| json::told_before(&told));
    let of = (period, closing, &run, before.as_ref());
    let files = if asked.definition.is_some() {
        // the share that it keeps is that of the definition that led
        let mut before = before.clone();
        if let Some(told) = before.as_mut().and_then(|before| before.told.as_mut()) {
            told.share = None;
        }
        again(desk, by, (period, closing, &run, before.as_ref()), None).await?
    } else if lang != own {
        let formats = asked.formats.clone();
        let formats = formats.unwrap_or_else(|| stage::formats_of(&closing.files));
        again(desk, &told::writing(by, &formats), of, Some(&kept)).await?
    } else if let Some(formats) = &asked.formats {
        let told = kept.clone();
        let more = async |missing: &[Format]| {
            again(desk, &told::writing(by, missing), of, Some(&told)).await
        };
        completed(kept, formats, more).await?
    } else {
        kept
    };
    let mut files = files;
    if let Some((name, text)) = beside::file(desk, lang, period).await? {
        files.push(OutFile::new(name, text));
    }
    Ok(Made {
        name: name_of(period),
        run,
        files,
        spoken: (lang != own).then_some(lang),
    })
}

/// The language of the page among the files; none where there is no page.
fn lang_of(files: &[OutFile]) -> Option<Lang> {
    let page = files.iter().find(|file| &*file.name == "index.html")?;
    let head = page.bytes.get(..200).unwrap_or(&page.bytes);
    let head = String::from_utf8_lossy(head);
    let (_, lang) = head.split_once("<html lang=\"")?;
    Lang::parse(lang.split('"').next()?)
}

/// The document of the period among the files.
fn run_json_of(files: &[OutFile]) -> Option<String> {
    let file = files.iter().find(|file| &*file.name == "run.json")?;
    Some(String::from_utf8_lossy(&file.bytes).into_owned())
}

/// A closed period with its run, and the period before as it was told with it.
type Closed<'c> = (
    &'c Period,
    &'c Closing,
    &'c RunRecord,
    Option<&'c PeriodBefore>,
);

/// Told again from what was known when it was closed; held against what was `told` then.
async fn again(
    desk: &Desk,
    by: &Desk,
    (period, closing, run, before): Closed<'_>,
    told: Option<&[OutFile]>,
) -> Result<Vec<OutFile>, JobError> {
    // with the nights as they stood when it was closed
    let over = (period, Telling::at(Known::at(closing)));
    let decided = Box::pin(recover::as_closed(desk, by, (closing, run), over)).await?;
    let mut decided = decided.ok_or_else(|| since(desk, run))?;
    decided.facts.page.closed = Some(period::mark(desk, by.config.lang, closing).await?);
    if let Some(before) = before {
        decided.facts.page.period_before = Some(Box::new(before.clone()));
        decided.tell();
    }
    if let Some(kept) = told.and_then(run_json_of) {
        if let Some(place) = otherwise(&kept, &decided.run.run_json) {
            let args = [("period", &*period.label), ("place", &*place)];
            let keys = ["report-closed-otherwise", "report-closed-otherwise-fix"];
            return Err(refused(desk, keys, &args));
        }
        decided.run.run_json = kept.into();
    }
    stage::files(by, &decided)
}
