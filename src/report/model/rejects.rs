//! Pure: rows that could not be read, with file, line, column, value, reason and advice.

use std::borrow::Cow;

use serde::Serialize;

use crate::domain::{ExceptionId, Lang, Reject, Vnd};
use crate::matching::Evidence;
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Inputs;
use crate::text;

use super::SHOWN_MAX;

/// The rejects of the night.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RejectList {
    /// The first ones, by source, file and line.
    pub shown: Vec<RejectView>,
    /// All of them, with the money that could be read.
    pub all: Figure,
}

/// One row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectView {
    /// The source.
    pub source: Box<str>,
    /// The row's own id, or one made of its content.
    pub id: Box<str>,
    /// File name or request.
    pub file: Box<str>,
    /// Line, or position of the record; the first is 1.
    pub line: u64,
    /// The column at fault.
    pub column: Box<str>,
    /// The value at fault, without names and accounts of people.
    pub value: Box<str>,
    /// Why.
    pub reason: String,
    /// What to do, and who does it.
    pub advice: String,
    /// The amount, when that much was readable.
    pub amount: Option<Vnd>,
    /// The stable id of the exception.
    pub exception_id: Box<str>,
}

/// What was seen; where it tells of an unreadable cell, without names and accounts of people.
pub fn mask_seen(said: &Evidence) -> Cow<'_, Evidence> {
    let Evidence::At(file, line, column, value, code) = said else {
        return Cow::Borrowed(said);
    };
    let value = text::reject::mask_value(*code, value).into();
    Cow::Owned(Evidence::At(
        file.clone(),
        *line,
        column.clone(),
        value,
        *code,
    ))
}

/// Every one of them, by source, file and line.
pub fn every_reject(inputs: &Inputs, lang: Lang) -> Vec<RejectView> {
    let rejects = sorted(inputs).into_iter();
    rejects.map(|reject| view(lang, reject)).collect()
}

fn sorted(inputs: &Inputs) -> Vec<&Reject> {
    let mut rejects: Vec<&Reject> = inputs.rejects.iter().collect();
    rejects.sort_by(|a, b| {
        (&a.source, &a.file, a.line, &a.column, &a.id)
            .cmp(&(&b.source, &b.file, b.line, &b.column, &b.id))
    });
    rejects
}

pub(super) fn list(inputs: &Inputs, facts: &RunFacts) -> RejectList {
    let rejects = sorted(inputs);
    let all = rejects
        .iter()
        .map(|r| r.amount.unwrap_or_default())
        .collect();
    let shown = rejects
        .iter()
        .take(SHOWN_MAX)
        .map(|r| view(facts.lang, r))
        .collect();
    RejectList { shown, all }
}

fn view(lang: Lang, reject: &Reject) -> RejectView {
    let (reason, advice) = text::reject::say_masked(reject, lang);
    RejectView {
        source: reject.source.as_str().into(),
        id: (&*reject.id).into(),
        file: reject.file.clone(),
        line: reject.line,
        column: reject.column.clone(),
        value: text::reject::mask_value(reject.code, &reject.value).into(),
        reason,
        advice,
        amount: reject.amount,
        exception_id: ExceptionId::of("reject", &reject.key()).as_str().into(),
    }
}
