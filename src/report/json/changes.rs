//! `changes` of `run.json`: figures of what a version of a night changed against the one before.
//! The rows stand in `changes.csv`.

use serde::Serialize;

use crate::domain::Lang;
use crate::report::facts::Replaced;
use crate::report::facts::diff::{Amount, Became, FigureChange, ShareChange};
use crate::report::model::{ChangeSection, VersionChanges};

#[derive(Serialize)]
pub(super) struct ChangesJson<'a> {
    replaces: Box<str>,
    version: u32,
    count: usize,
    by_kind: Vec<KindJson>,
    causes: Vec<CauseJson>,
    figures: Vec<FigureJson>,
    share: Vec<ShareJson<'a>>,
    totals: Vec<TotalJson<'a>>,
}

#[derive(Serialize)]
struct KindJson {
    kind: &'static str,
    added: usize,
    removed: usize,
    changed: usize,
    entered: usize,
}

#[derive(Serialize)]
struct CauseJson {
    cause: &'static str,
    name: Box<str>,
    count: usize,
}

#[derive(Serialize)]
struct FigureJson {
    figure: &'static str,
    before: Option<Amount>,
    after: Option<Amount>,
}

#[derive(Serialize)]
struct ShareJson<'a> {
    definition: &'a str,
    scope: &'a str,
    period: &'a str,
    before: FiguresJson<'a>,
    after: FiguresJson<'a>,
}

/// As in `share` of the two documents.
#[derive(Serialize)]
struct FiguresJson<'a> {
    numerator: i64,
    denominator: i64,
    share: Option<&'a str>,
    low: Option<&'a str>,
    high: Option<&'a str>,
    verdict: Option<&'a str>,
}

#[derive(Serialize)]
struct TotalJson<'a> {
    source: &'a str,
    figure: &'static str,
    before: i128,
    after: i128,
}

/// The figures of the changes; they are the same in every language.
pub(super) fn json(replaced: &Replaced) -> ChangesJson<'_> {
    let told = VersionChanges::of(replaced, Lang::En);
    let count = told.count();
    let diff = &replaced.diff;
    ChangesJson {
        count,
        by_kind: told.sections.iter().map(kind).collect(),
        causes: told
            .reasons
            .into_iter()
            .map(|(reason, count)| CauseJson {
                cause: reason.cause,
                name: reason.name,
                count,
            })
            .collect(),
        figures: diff.figures.iter().map(figure).collect(),
        share: diff.shares.iter().map(share).collect(),
        totals: diff
            .totals
            .iter()
            .map(|total| TotalJson {
                source: &total.source,
                figure: total.figure,
                before: total.before,
                after: total.after,
            })
            .collect(),
        replaces: told.replaces,
        version: told.version,
    }
}

fn kind(section: &ChangeSection) -> KindJson {
    let of = |became| {
        let lines = section.lines.iter();
        lines.filter(|line| line.became == became).count()
    };
    KindJson {
        kind: section.kind,
        added: of(Became::Added),
        removed: of(Became::Removed),
        changed: of(Became::Changed),
        entered: of(Became::Entered),
    }
}

fn figure(change: &FigureChange) -> FigureJson {
    FigureJson {
        figure: change.figure,
        before: change.before,
        after: change.after,
    }
}

fn share(change: &ShareChange) -> ShareJson<'_> {
    ShareJson {
        definition: &change.definition,
        scope: &change.scope,
        period: &change.period.1,
        before: FiguresJson {
            numerator: change.numerator.0,
            denominator: change.denominator.0,
            share: told(&change.share.0),
            low: told(&change.low.0),
            high: told(&change.high.0),
            verdict: told(&change.verdict.0),
        },
        after: FiguresJson {
            numerator: change.numerator.1,
            denominator: change.denominator.1,
            share: told(&change.share.1),
            low: told(&change.low.1),
            high: told(&change.high.1),
            verdict: told(&change.verdict.1),
        },
    }
}

fn told(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
