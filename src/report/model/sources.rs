//! Pure: each source, whether it is complete, and whether its own totals tie; and the run box.

use serde::Serialize;

use crate::domain::{Completeness, Day, Lang, RunId};
use crate::matching::calibrate::NEVER;
use crate::report::facts::{Figure, RunFacts, SourceFile, SourceNight};
use crate::text;

use super::Report;
use super::nights::SourceSpan;
use super::row::Fact;

/// One source, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceView {
    /// Configured name.
    pub name: Box<str>,
    /// Kind: `sepay`, `vnpay`, `export`.
    pub kind: Box<str>,
    /// How complete.
    pub state: Completeness,
    /// The state as a word.
    pub state_word: String,
    /// What is missing, and the trouble that ended the source.
    pub notes: Vec<String>,
    /// Rows of the night.
    pub rows: Figure,
    /// True where amounts mean something (not for an export).
    pub carries_money: bool,
    /// Rows that could not be read.
    pub rejects: u64,
    /// Rows of earlier days first seen tonight.
    pub arrived: Figure,
    /// The source's own count and sum, as a text; none where it tells none.
    pub control: Option<String>,
    /// True unless they contradict ours.
    pub ties: bool,
    /// Rows by kind and status: label and figure.
    pub by_kind: Vec<(String, Figure)>,
}

/// All sources, in the order of the configuration; in a period over its nights.
pub(super) fn views(facts: &RunFacts) -> Vec<SourceView> {
    if let Some(nights) = facts.of_nights() {
        let spans = nights.sources.iter();
        return spans.map(|span| over_nights(facts.lang, span)).collect();
    }
    facts
        .sources
        .iter()
        .map(|source| view(facts.lang, source))
        .collect()
}

fn view(lang: Lang, source: &SourceNight) -> SourceView {
    let control = source.facts.control.map(|c| {
        let count = text::number(lang, c.expected_count);
        let rows = text::say(lang, "tile-rows", &[("n", &count)]);
        c.expected_sum.map_or(rows.clone(), |sum| {
            format!("{rows}, {}", text::money_of(lang, sum))
        })
    });
    let kind = |k: &crate::report::facts::KindFigure| {
        let words = format!(
            "{}, {}",
            row_kind(lang, &k.kind),
            txn_status(lang, &k.status)
        );
        (words, k.figure)
    };
    SourceView {
        name: source.facts.name.as_str().into(),
        kind: source.facts.kind.clone(),
        state: source.facts.state,
        state_word: state_word(lang, source.facts.state),
        notes: notes(lang, source),
        rows: source.rows,
        carries_money: source.facts.carries_money,
        rejects: source.rejects,
        arrived: source.arrived,
        control,
        ties: source.ties(),
        by_kind: source.by_kind.iter().map(kind).collect(),
    }
}

/// The source over the nights of a period: on how many it was complete, and on which it was not.
fn over_nights(lang: Lang, span: &SourceSpan) -> SourceView {
    let mut view = view(lang, &span.all);
    let of_nights = |key: &str, nights: &[Day]| {
        let n = text::number(lang, u64::try_from(nights.len()).unwrap_or(u64::MAX));
        let days = nights.iter().map(|day| text::day(lang, *day));
        let days = days.collect::<Vec<_>>().join(", ");
        let said = text::say(lang, key, &[("n", &n), ("days", &days)]);
        (!nights.is_empty()).then_some(said)
    };
    let told = [
        of_nights("span-complete", &span.complete),
        of_nights("span-partial", &span.partial),
        of_nights("span-missing", &span.missing),
        of_nights("span-unnamed", &span.unnamed),
        of_nights("span-untied", &span.untied),
    ];
    let mut notes: Vec<String> = told.into_iter().flatten().collect();
    if let Some([first, last]) = span.ends() {
        let n = text::number(lang, u64::try_from(span.files.len()).unwrap_or(u64::MAX));
        let args = [("n", &*n), ("first", first), ("last", last)];
        notes.push(text::say(lang, "span-files", &args));
    }
    // what still lacks after the last night, and its trouble
    notes.append(&mut view.notes);
    SourceView {
        notes,
        control: of_nights("span-tied", &span.tied),
        ties: span.untied.is_empty(),
        ..view
    }
}

impl Report {
    /// Whether every source delivered everything, in a sentence.
    pub fn sources_intro(&self) -> String {
        match (self.sources_complete(), &self.period) {
            (true, _) => text::say(self.lang, "source-all", &[]),
            (false, None) => self.say_of_night("source-some"),
            (false, Some(_)) => text::say(self.lang, "source-some-period", &[]),
        }
    }

    /// True when every source that is told delivered everything.
    pub fn sources_complete(&self) -> bool {
        let is_complete = |source: &SourceView| source.state == Completeness::Complete;
        self.sources.iter().all(is_complete)
    }
}

/// The files of the nights of a period, by night; none in the report of a night.
pub(super) fn night_files(facts: &RunFacts) -> Vec<(Day, SourceFile)> {
    let spans = facts.of_nights().map_or(&[][..], |nights| &nights.sources);
    let files = spans.iter().flat_map(|span| &span.files);
    let mut files: Vec<(Day, SourceFile)> = files.cloned().collect();
    files.sort_by_key(|(night, _)| *night);
    files
}

fn notes(lang: Lang, source: &SourceNight) -> Vec<String> {
    let mut notes = Vec::new();
    if !source.facts.missing_days.is_empty() {
        let days = source
            .facts
            .missing_days
            .iter()
            .map(|day| text::day(lang, *day));
        let days = days.collect::<Vec<_>>().join(", ");
        notes.push(text::say(lang, "source-missing-days", &[("days", &days)]));
    }
    if source.facts.missing_orders > 0 {
        let n = text::number(lang, source.facts.missing_orders);
        notes.push(text::say(lang, "source-missing-orders", &[("n", &n)]));
    }
    if !source.facts.required {
        notes.push(text::say(lang, "source-optional", &[]));
    }
    notes.extend(source.facts.trouble.iter().map(ToString::to_string));
    notes
}

fn state_word(lang: Lang, state: Completeness) -> String {
    let key = match state {
        Completeness::Complete => "source-complete",
        Completeness::Late => "source-late",
        Completeness::Partial => "source-partial",
        Completeness::Missing => "source-missing",
        Completeness::Refused => "source-refused",
    };
    text::say(lang, key, &[])
}

/// A source by its name; counter receipts and fee lines by what they are.
pub fn source_word(lang: Lang, name: &str) -> String {
    match name {
        "cash" => text::say(lang, "tie-cash", &[]),
        "" => text::say(lang, "tie-registry", &[]),
        name => name.to_owned(),
    }
}

/// The kind of a row as a word; an unknown kind is shown as it is.
pub fn row_kind(lang: Lang, kind: &str) -> String {
    let key = match kind {
        "payment" => "kind-payment",
        "refund" => "kind-refund",
        "reversal" => "kind-reversal",
        "debit" => "kind-debit",
        "receipt" => "kind-receipt",
        "fee" => "kind-fee",
        "reject" => "kind-reject",
        other => return other.to_owned(),
    };
    text::say(lang, key, &[])
}

fn txn_status(lang: Lang, status: &str) -> String {
    let key = match status {
        "success" => "status-success",
        "failed" => "status-failed",
        "pending" => "status-pending",
        "void" => "status-void",
        "unmapped" => "status-unmapped",
        other => return other.to_owned(),
    };
    text::say(lang, key, &[])
}

/// How sure a pair without a code had to be, and why.
fn margin(facts: &RunFacts) -> String {
    let lang = facts.lang;
    let margin = facts.margin_min.to_string();
    let Some(calibration) = facts.calibration else {
        return text::say(lang, "run-margin-set", &[("margin", &margin)]);
    };
    let found = calibration.found;
    let key = if found.margin == NEVER {
        "run-margin-never"
    } else {
        "run-margin-found"
    };
    let budget = text::figure::percent_short(lang, calibration.budget);
    let [hidden, taken, wrong] = [found.hidden, found.taken, found.wrong].map(|n| n.to_string());
    let args = [
        ("margin", &*margin),
        ("budget", &*budget),
        ("labelled", &*hidden),
        ("taken", &*taken),
        ("wrong", &*wrong),
    ];
    text::say(lang, key, &args)
}

/// Where the figures come from: run, version, digests.
pub(super) fn run_box(facts: &RunFacts) -> Vec<Fact> {
    let lang = facts.lang;
    let replaces = facts.replaces.as_ref().map(RunId::as_str);
    let codes = facts
        .exit_codes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let margin = margin(facts);
    let all = [
        (text::say(lang, "run-id", &[]), facts.run_id.as_str()),
        (
            text::say(lang, "run-version", &[]),
            &facts.version_of_night.to_string(),
        ),
        (
            text::say(lang, "run-replaces", &[]),
            replaces.unwrap_or_default(),
        ),
        (text::say(lang, "run-exit", &[]), &codes),
        (text::say(lang, "run-program", &[]), &facts.program_version),
        (text::say(lang, "run-margin", &[]), &margin),
        (text::say(lang, "run-input", &[]), &facts.digests.input),
        (text::say(lang, "run-rules", &[]), &facts.digests.rules),
        (text::say(lang, "run-output", &[]), &facts.digests.output),
    ];
    let fact = |(label, value): (String, &str)| Fact {
        label,
        value: value.to_owned(),
    };
    all.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(fact)
        .collect()
}
