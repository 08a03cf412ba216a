//! A source over the nights of a period, in `run.json`.

use serde::Serialize;

use crate::domain::Day;
use crate::report::facts::SourceFile;
use crate::report::model::SourceSpan;
use crate::text::mask_file;

/// The nights of a source, and the files that were read.
#[derive(Serialize)]
pub(super) struct SpanJson<'a> {
    complete: Vec<String>,
    partial: Vec<String>,
    missing: Vec<String>,
    unnamed: Vec<String>,
    /// Those whose control totals tied, and those whose did not.
    tied: Vec<String>,
    untied: Vec<String>,
    first_sha256: Option<&'a str>,
    last_sha256: Option<&'a str>,
    files: Vec<FileJson<'a>>,
}

#[derive(Serialize)]
struct FileJson<'a> {
    night: String,
    name: String,
    sha256: &'a str,
    lines: u64,
}

impl<'a> SpanJson<'a> {
    pub(super) fn of(span: &'a SourceSpan) -> Self {
        let days = |days: &[Day]| days.iter().map(Day::to_string).collect();
        let ends = span.ends();
        let file = |(night, file): &'a (Day, SourceFile)| FileJson {
            night: night.to_string(),
            name: mask_file(&file.name),
            sha256: &file.sha256,
            lines: file.lines,
        };
        Self {
            complete: days(&span.complete),
            partial: days(&span.partial),
            missing: days(&span.missing),
            unnamed: days(&span.unnamed),
            tied: days(&span.tied),
            untied: days(&span.untied),
            first_sha256: ends.map(|[first, _]| first),
            last_sha256: ends.map(|[_, last]| last),
            files: span.files.iter().map(file).collect(),
        }
    }
}
