//! Pure: each source over the nights of a period: on which nights it was complete, its rows, and
//! the files that were read.

use serde::Serialize;

use crate::domain::{Completeness, Day};
use crate::report::facts::{KindFigure, SourceFile, SourceNight};

/// The sources of one night as it was published, and the files that it read.
#[derive(Clone, Debug)]
pub struct NightSources {
    /// The night.
    pub day: Day,
    /// Its sources, in the order of the configuration.
    pub sources: Vec<SourceNight>,
    /// Its files, in order of sources.
    pub files: Vec<SourceFile>,
}

/// A source over the nights of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceSpan {
    /// Its sums, as if of one night, without control totals, which are each night's own; what is
    /// lacking and the trouble are those of the last night.
    pub all: SourceNight,
    /// The nights on which everything came.
    pub complete: Vec<Day>,
    /// Those on which something lacked.
    pub partial: Vec<Day>,
    /// Those on which nothing usable came.
    pub missing: Vec<Day>,
    /// Those that do not name it: it was not configured.
    pub unnamed: Vec<Day>,
    /// Those whose control totals tied.
    pub tied: Vec<Day>,
    /// Those whose control totals did not.
    pub untied: Vec<Day>,
    /// The files, by night and name.
    pub files: Vec<(Day, SourceFile)>,
}

impl SourceSpan {
    /// The digests of the first and the last of its files.
    pub fn ends(&self) -> Option<[&str; 2]> {
        let (first, last) = (self.files.first()?, self.files.last()?);
        Some([&first.1.sha256, &last.1.sha256])
    }

    /// The nights on which it did not tell everything, in order.
    pub fn short(&self) -> Vec<Day> {
        let mut days = [&*self.partial, &*self.missing].concat();
        days.sort();
        days
    }

    fn new(first: &SourceNight) -> Self {
        let mut all = first.clone();
        (all.rows, all.arrived, all.rejects) = Default::default();
        all.by_kind.clear();
        Self {
            all,
            complete: Vec::new(),
            partial: Vec::new(),
            missing: Vec::new(),
            unnamed: Vec::new(),
            tied: Vec::new(),
            untied: Vec::new(),
            files: Vec::new(),
        }
    }

    fn night(&mut self, day: Day, night: &SourceNight) {
        let of_state = match night.facts.state {
            Completeness::Complete => &mut self.complete,
            Completeness::Partial | Completeness::Late => &mut self.partial,
            Completeness::Missing | Completeness::Refused => &mut self.missing,
        };
        of_state.push(day);
        if let Some(control) = night.facts.control {
            let of_ties = if control.ties() {
                &mut self.tied
            } else {
                &mut self.untied
            };
            of_ties.push(day);
        }
        let all = &mut self.all;
        all.facts = night.facts.clone();
        all.facts.control = None;
        all.rows.plus(night.rows);
        all.arrived.plus(night.arrived);
        all.rejects += night.rejects;
        for kind in &night.by_kind {
            let is_it = |known: &&mut KindFigure| {
                (&known.kind, &known.status) == (&kind.kind, &kind.status)
            };
            match all.by_kind.iter_mut().find(is_it) {
                Some(known) => known.figure.plus(kind.figure),
                None => all.by_kind.push(kind.clone()),
            }
        }
    }

    /// Complete where every night was, missing where nothing came on any; else partial.
    fn state(&self) -> Completeness {
        if self.partial.is_empty() && self.missing.is_empty() {
            Completeness::Complete
        } else if self.partial.is_empty() && self.complete.is_empty() {
            Completeness::Missing
        } else {
            Completeness::Partial
        }
    }
}

/// The sources over these nights, in the order of the last one's configuration.
pub fn spans(nights: &[NightSources]) -> Vec<SourceSpan> {
    let mut spans: Vec<SourceSpan> = Vec::new();
    let newest = nights.iter().rev().flat_map(|night| &night.sources);
    for source in newest {
        let is_known = |span: &SourceSpan| span.all.facts.name == source.facts.name;
        if !spans.iter().any(is_known) {
            spans.push(SourceSpan::new(source));
        }
    }
    for span in &mut spans {
        over(span, nights);
    }
    spans
}

fn over(span: &mut SourceSpan, nights: &[NightSources]) {
    let name = span.all.facts.name.clone();
    for night in nights {
        let own = night.sources.iter().find(|one| one.facts.name == name);
        match own {
            Some(source) => span.night(night.day, source),
            None => span.unnamed.push(night.day),
        }
        let files = night
            .files
            .iter()
            .filter(|file| *file.source == *name.as_str());
        span.files
            .extend(files.map(|file| (night.day, file.clone())));
    }
    span.all
        .by_kind
        .sort_by(|a, b| (&a.kind, &a.status).cmp(&(&b.kind, &b.status)));
    span.all.facts.state = span.state();
}
