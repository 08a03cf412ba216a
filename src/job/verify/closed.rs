//! Closed periods: their figures are those of the run that they were closed with, and where other
//! figures are told now, that is said.

use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Which, folder};
use crate::domain::{Lang, Period};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::nightly::Decided;
use crate::job::of_nights::Telling;
use crate::job::period::beside;
use crate::job::report_again::{name_of, shares_of};
use crate::job::{order, period, recover};
use crate::prove::Invariant;
use crate::prove::violation::{Findings, text};
use crate::store::{Closing, KeptFile, RunRecord, StoreError};
use crate::text::say;

/// The figures of a share by which two tellings differ.
const FIGURES: [&str; 4] = ["numerator", "denominator", "low", "high"];

/// Looks at every closing in force that holds one of the runs; tells what differs now.
pub(super) async fn check(
    desk: &Desk,
    (all, chosen): (&[RunRecord], &[&RunRecord]),
    which: &Which,
    findings: &mut Findings,
) -> Result<Vec<(String, String)>, JobError> {
    let mut notes = Vec::new();
    for closing in period::states(desk).await?.into_values() {
        let holds = |run: &&&RunRecord| closing.period.holds(run.business_date);
        let asked = *which == Which::All || chosen.iter().any(|run| holds(&run));
        if !closing.closes || !asked {
            continue;
        }
        desk.checkpoint()?;
        let (name, cure) = (name_of(&closing.period), cure(&closing.period));
        let reports = &desk.config.report_dir;
        let mut files = closing.files.clone();
        files.extend(note(desk, &closing, &reports.join(&name)).await?);
        folder::closed(reports, (&name, &files), &cure, findings);
        // files that are gone are told with the book
        let Ok(files) = period::files(desk, &closing) else {
            continue;
        };
        let Some(closed) = shares_of(&files) else {
            continue;
        };
        then(desk, all, (&closing, &closed), findings).await?;
        now(desk, all, (&closing, &closed), &mut notes).await?;
    }
    Ok(notes)
}

/// What the folder tells of later closings with days in common, as it should be: in the language
/// in which it stands there.
async fn note(desk: &Desk, closing: &Closing, folder: &Path) -> Result<Option<KeptFile>, JobError> {
    let mut told = None;
    for lang in [Lang::En, Lang::Vi] {
        let Some((name, text)) = beside::file(desk, lang, &closing.period).await? else {
            return Ok(None);
        };
        let there = std::fs::read(folder.join(name)).is_ok_and(|bytes| bytes == text.as_bytes());
        if there || told.is_none() || lang == desk.config.lang {
            told = Some((name.into(), hex::encode(Sha256::digest(text)).into()));
        }
        if there {
            break;
        }
    }
    Ok(told)
}

/// What puts the files of a closed period back.
fn cure(period: &Period) -> String {
    type Named = (&'static str, fn(&str) -> Option<Period>);
    let label = &*period.label;
    let named: [Named; 3] = [
        ("--month", Period::month),
        ("--quarter", Period::quarter),
        ("--year", Period::year),
    ];
    let mut named = named.iter();
    let option = named.find(|(_, read)| read(label).as_ref() == Some(period));
    match option {
        Some((option, _)) => format!("doisoat report {option} {label}"),
        None => format!("doisoat report --from {} --to {}", period.from, period.to),
    }
}

/// What the run of the closing tells of the period is what was closed.
async fn then(
    desk: &Desk,
    all: &[RunRecord],
    (closing, closed): (&Closing, &Value),
    findings: &mut Findings,
) -> Result<(), JobError> {
    let Some(run) = all.iter().find(|run| run.id == closing.run_id) else {
        let what = text(
            "lần chạy đã chốt phải có trong cơ sở dữ liệu",
            "the run that was closed with is in the database",
        );
        let about = format!("closing {}", closing.seq);
        findings.add(Invariant::Stored, about, what, closing.run_id.as_str(), "-");
        return Ok(());
    };
    // nights that were published again since give other sums, before it was closed or after
    if order::earlier_night_since(desk, run).await? {
        return Ok(());
    }
    let over = (&closing.period, Telling::SUMS);
    let told = Box::pin(recover::as_known(desk, desk, run, over)).await;
    let Some(decided) = made(told)? else {
        return Ok(());
    };
    for (name, wanted, found) in differing(closing, &told_by(&decided), closed) {
        let what = text(
            "số liệu đã chốt phải là số tính lại từ lần chạy đã chốt",
            "closed figures are those that the run of the closing tells",
        );
        let about = format!("closing {} {} {name}", closing.seq, closing.period.label);
        findings.add(Invariant::Stored, about, what, wanted, found);
    }
    Ok(())
}

/// Says where the last night tells other figures: late rows, or nights published again.
async fn now(
    desk: &Desk,
    all: &[RunRecord],
    (closing, closed): (&Closing, &Value),
    notes: &mut Vec<(String, String)>,
) -> Result<(), JobError> {
    let standing = all.iter().filter(|run| &*run.state == "published");
    let Some(last) = standing.max_by_key(|run| run.business_date) else {
        return Ok(());
    };
    let over = (&closing.period, Telling::SUMS);
    let told = Box::pin(recover::as_known(desk, desk, last, over)).await;
    let Some(decided) = made(told)? else {
        return Ok(());
    };
    let differing = differing(closing, &told_by(&decided), closed);
    if let Some((name, told, was)) = differing.first() {
        let count = differing.len().to_string();
        let args = [
            ("period", &*closing.period.label),
            ("by", &*closing.by),
            ("name", name),
            ("closed", was),
            ("now", told),
            ("n", &count),
        ];
        let note = |lang| say(lang, "verify-closed-otherwise", &args);
        notes.push((note(Lang::Vi), note(Lang::En)));
    }
    Ok(())
}

/// What was decided again; none where that cannot be done, which is told with the run itself.
fn made(told: Result<Option<Decided>, JobError>) -> Result<Option<Decided>, JobError> {
    match told {
        Err(
            JobError::Usage { .. }
            | JobError::Erased { .. }
            | JobError::Store(StoreError::Corrupt { .. }),
        ) => Ok(None),
        told => told,
    }
}

fn told_by(decided: &Decided) -> Value {
    let document = serde_json::from_str(&decided.run.run_json);
    let mut document: Value = document.unwrap_or_default();
    document["share"].take()
}

/// The shares of the period that differ: definition and agency, and the figures of either.
fn differing(closing: &Closing, made: &Value, closed: &Value) -> Vec<(String, String, String)> {
    let label = &*closing.period.label;
    let mine = |shares: &Value| -> Vec<Value> {
        let shares = shares.as_array().into_iter().flatten();
        shares
            .filter(|share| share["period"] == label)
            .cloned()
            .collect()
    };
    let figures = |share: Option<&Value>| {
        let share = share.unwrap_or(&Value::Null);
        let figures = FIGURES.map(|name| match &share[name] {
            Value::String(text) => text.clone(),
            Value::Null => "-".to_owned(),
            other => other.to_string(),
        });
        let [numerator, denominator, low, high] = figures;
        format!("{numerator}/{denominator} [{low}, {high}]")
    };
    let made = mine(made);
    let mut all = Vec::new();
    for closed in mine(closed) {
        let same = |share: &&Value| {
            share["definition"] == closed["definition"] && share["scope"] == closed["scope"]
        };
        let (wanted, found) = (figures(made.iter().find(same)), figures(Some(&closed)));
        if wanted != found {
            let words = ["definition", "scope"].map(|name| closed[name].as_str().unwrap_or(""));
            all.push((words.join(" ").trim_end().to_owned(), wanted, found));
        }
    }
    all
}
