//! Pure: what a version of a night changed against the one that it replaces, in words: one line a
//! change, in sections, and the inputs that caused them.

mod figures;
mod names;
mod rules;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{Lang, Vnd};
use crate::report::facts::diff::{Became, Cause, Diff, RowChange, ShareChange};
use crate::report::facts::{Replaced, RunFacts};
use crate::text;

use super::index::Index;

pub use figures::{amount_word, figure_word};
pub use words::{class_word, finding_word, kind_word, percent_word, table_word, verdict_of};
use words::{field_value, field_word, link_words, row_words, share_words, source_words};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeLine {
    /// Whether it came, went or changed.
    pub became: Became,
    /// What changed.
    pub what: String,
    /// Before; empty for what came.
    pub before: String,
    /// After; empty for what went.
    pub after: String,
    /// The money that it is about, in dong.
    pub amount: Option<Vnd>,
    /// What caused it; empty where the lines below tell.
    pub cause: String,
}

/// Changes of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeSection {
    /// Its word in `changes.csv` and `run.json`.
    pub kind: &'static str,
    /// Its name.
    pub title: String,
    /// All of them.
    pub lines: Vec<ChangeLine>,
}

/// An input that caused changes of links, classes and exceptions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// rows, file, decision, row, rules, fee_table, program, source, time or unknown.
    pub cause: &'static str,
    /// The source or the file; empty where the cause has no name.
    pub name: Box<str>,
}

/// What changed against the version before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionChanges {
    /// The run of the version before.
    pub replaces: Box<str>,
    /// Its number.
    pub version: u32,
    /// The causes with the number of links, classes, exceptions and findings of the fee table that
    /// each changed, alone or with others, the greatest first.
    pub reasons: Vec<(Reason, usize)>,
    /// The changes; a kind without any is left out.
    pub sections: Vec<ChangeSection>,
    /// What could not be compared.
    pub notes: Vec<String>,
}

/// What the version changed against the one that it replaces; none where it replaces none.
pub(super) fn of_version(index: &Index<'_>, facts: &RunFacts) -> Option<VersionChanges> {
    let replaced = facts.replaced.as_ref()?;
    Some(VersionChanges::named(replaced, index, facts.lang))
}

impl VersionChanges {
    /// In the words of a language.
    pub fn of(replaced: &Replaced, lang: Lang) -> Self {
        let diff = &replaced.diff;
        Self {
            replaces: diff.from.clone(),
            version: replaced.version,
            reasons: reasons(diff),
            sections: sections(diff, lang),
            notes: diff
                .not_compared
                .iter()
                .map(|(vi, en)| match lang {
                    Lang::Vi => vi.clone(),
                    Lang::En => en.clone(),
                })
                .collect(),
        }
    }

    /// The same, with rows of which the program made up the id called by what the bank knows them
    /// by.
    pub fn named(replaced: &Replaced, index: &Index<'_>, lang: Lang) -> Self {
        let mut changes = Self::of(replaced, lang);
        names::spell(&mut changes, index, lang);
        changes
    }

    /// All changes.
    pub fn count(&self) -> usize {
        self.sections
            .iter()
            .map(|section| section.lines.len())
            .sum()
    }
}

impl Reason {
    /// Each cause of a change, once.
    fn all(cause: &Cause) -> Vec<Self> {
        let Cause::NotSingle { each, .. } = cause else {
            return vec![Self::of(cause)];
        };
        let mut all: Vec<Self> = each.iter().flat_map(Self::all).collect();
        all.sort();
        all.dedup();
        all
    }

    fn of(cause: &Cause) -> Self {
        let named = |cause, name: &str| Self {
            cause,
            name: name.into(),
        };
        match cause {
            Cause::Input { kind, key, told_by } => match (*kind, told_by) {
                // who decided, and why, stands in the line
                ("decision", _) => named("decision", ""),
                (_, Some(file)) => named("file", file),
                ("txn", None) => named("rows", key.split('/').next().unwrap_or_default()),
                (kind, None) => named("row", kind),
            },
            Cause::Inputs {
                kind,
                source,
                told_by,
                ..
            } => match (*kind, told_by) {
                ("decision", _) => named("decision", ""),
                (_, Some(file)) => named("file", file),
                ("txn", None) => named("rows", source),
                (kind, None) => named("row", kind),
            },
            Cause::Rules => named("rules", ""),
            Cause::FeeTable => named("fee_table", ""),
            Cause::Program => named("program", ""),
            Cause::Source { name } => named("source", name),
            Cause::Time => named("time", ""),
            Cause::NotSingle { .. } | Cause::Unknown => named("unknown", ""),
        }
    }

    /// In words.
    pub fn say(&self, lang: Lang) -> String {
        let key = match self.cause {
            "rows" => "reason-rows",
            "file" => "reason-file",
            "decision" => "reason-decision",
            "row" => "reason-row",
            "rules" => "cause-rules",
            "fee_table" => "cause-fee-table",
            "program" => "cause-program",
            "source" => "cause-source",
            "time" => "cause-time",
            _ => "cause-unknown",
        };
        let name = match self.cause {
            "row" => kind_word(&self.name, lang),
            _ => self.name.to_string(),
        };
        text::say(lang, key, &[("name", &name)])
    }
}

fn reasons(diff: &Diff) -> Vec<(Reason, usize)> {
    let links = diff.matches.iter().map(|change| &change.cause);
    let classes = diff.classes.iter().map(|change| &change.cause);
    let exceptions = diff.exceptions.iter().map(|change| &change.cause);
    let findings = diff.findings.iter().map(|change| &change.cause);
    let exceptions = exceptions.chain(findings);
    let mut counts: BTreeMap<Reason, usize> = BTreeMap::new();
    for cause in links.chain(classes).chain(exceptions) {
        for reason in Reason::all(cause) {
            *counts.entry(reason).or_default() += 1;
        }
    }
    let mut counts: Vec<(Reason, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn sections(diff: &Diff, lang: Lang) -> Vec<ChangeSection> {
    let of = |kinds: &[&str]| {
        let rows = diff.inputs.iter().filter(|row| kinds.contains(&row.kind));
        rows.map(|row| input(row, lang)).collect::<Vec<_>>()
    };
    let rows = ["txn", "fee", "order", "receipt", "agency", "conflict"];
    let sections = [
        ("figure", "changes-figures", figures::lines(diff, lang)),
        ("share", "changes-shares", shares(diff, lang, true)),
        ("total", "changes-totals", totals(diff, lang)),
        ("rule", "changes-rules", rules::rules(diff, lang)),
        ("source", "changes-sources", sources(diff, lang)),
        ("decision", "changes-decisions", of(&["decision"])),
        ("row", "changes-rows", of(&rows)),
        ("reject", "changes-rejects", of(&["reject"])),
        ("link", "changes-links", links(diff, lang)),
        ("class", "changes-classes", classes(diff, lang)),
        ("exception", "changes-exceptions", exceptions(diff, lang)),
        ("finding", "changes-findings", rules::findings(diff, lang)),
        (
            "agency_share",
            "changes-agency-shares",
            shares(diff, lang, false),
        ),
    ];
    let section = |(kind, title, lines)| ChangeSection {
        kind,
        title: text::say(lang, title, &[]),
        lines,
    };
    let some = sections.into_iter().filter(|(.., lines)| !lines.is_empty());
    some.map(section).collect()
}

/// What changed a share, each cause once.
fn share_causes(share: &ShareChange, lang: Lang) -> String {
    let movers = share.movers.iter().map(|mover| &mover.cause);
    let mut said = said_once(movers.chain(&share.causes), lang);
    if share.explained == Some(false) {
        said.push(text::say(lang, "change-earlier-nights", &[]));
    }
    said.join("; ")
}

/// Causes in words, each once.
fn said_once<'c>(causes: impl Iterator<Item = &'c Cause>, lang: Lang) -> Vec<String> {
    let mut reasons: Vec<Reason> = causes.flat_map(Reason::all).collect();
    reasons.sort();
    reasons.dedup();
    reasons.iter().map(|reason| reason.say(lang)).collect()
}

/// Of the whole, or of agencies.
fn shares(diff: &Diff, lang: Lang, whole: bool) -> Vec<ChangeLine> {
    let line = |share: &ShareChange| {
        let (what, before, after) = share_words(share, lang);
        ChangeLine {
            became: Became::Changed,
            what,
            before,
            after,
            amount: None,
            cause: share_causes(share, lang),
        }
    };
    let shares = diff.shares.iter();
    let shares = shares.filter(|share| share.scope.is_empty() == whole);
    shares.map(line).collect()
}

fn totals(diff: &Diff, lang: Lang) -> Vec<ChangeLine> {
    let line = |total: &crate::report::facts::diff::TotalChange| {
        let (key, money) = match total.figure {
            "rows" => ("column-rows", false),
            "rejects" => ("column-rejects", false),
            _ => ("column-sum", true),
        };
        let said = |figure: i128| {
            if money {
                text::money(lang, figure)
            } else {
                text::number(lang, figure)
            }
        };
        ChangeLine {
            became: Became::Changed,
            what: format!("{}: {}", total.source, text::say(lang, key, &[])),
            before: said(total.before),
            after: said(total.after),
            amount: None,
            cause: total.cause.say(lang),
        }
    };
    diff.totals.iter().map(line).collect()
}

fn sources(diff: &Diff, lang: Lang) -> Vec<ChangeLine> {
    let line = |row: &RowChange| {
        let (what, before, after) = source_words(row, lang);
        ChangeLine {
            became: row.became,
            what,
            before,
            after,
            amount: None,
            cause: String::new(),
        }
    };
    diff.sources.iter().map(line).collect()
}

fn input(row: &RowChange, lang: Lang) -> ChangeLine {
    let mut what = format!("{} {}", kind_word(row.kind, lang), row.key);
    if let Some(dossier) = row
        .dossier
        .as_ref()
        .filter(|code| !row.key.contains(&***code))
    {
        what.extend([" (", dossier, ")"]);
    }
    if !row.column.is_empty() {
        what.extend([": ", &field_word(&row.column, lang)]);
    }
    // what a payer wrote, and accounts, stay in the database
    let told = |value: &str| match &*row.column {
        "memo" | "account" if !value.is_empty() => "***".to_owned(),
        column => field_value(column, value, lang),
    };
    ChangeLine {
        became: row.became,
        what,
        before: told(&row.before),
        after: told(&row.after),
        amount: None,
        cause: row.told_by.as_deref().unwrap_or_default().to_owned(),
    }
}

fn links(diff: &Diff, lang: Lang) -> Vec<ChangeLine> {
    let line = |link: &crate::report::facts::diff::MatchChange| ChangeLine {
        became: link.became,
        what: format!("{} → {}", row_words(&link.money, lang), link.fee),
        before: link_words(&link.before, lang),
        after: link_words(&link.after, lang),
        amount: None,
        cause: link.cause.say(lang),
    };
    diff.matches.iter().map(line).collect()
}

fn classes(diff: &Diff, lang: Lang) -> Vec<ChangeLine> {
    let line = |class: &crate::report::facts::diff::ClassChange| ChangeLine {
        became: Became::Changed,
        what: row_words(&class.row, lang),
        before: class_word(&class.before, lang),
        after: class_word(&class.after, lang),
        amount: Some(Vnd::new(class.amount_vnd)),
        cause: class.cause.say(lang),
    };
    diff.classes.iter().map(line).collect()
}

fn exceptions(diff: &Diff, lang: Lang) -> Vec<ChangeLine> {
    let line = |exception: &crate::report::facts::diff::ExceptionChange| {
        let label = class_word(&exception.class, lang);
        let with = |dong| format!("{label}, {}", text::money_of(lang, Vnd::new(dong)));
        let (before, after) = match (exception.became, exception.before_vnd) {
            (Became::Removed, _) => (label, String::new()),
            (_, Some(before)) => (with(before), with(exception.amount_vnd)),
            (_, None) => (String::new(), label),
        };
        ChangeLine {
            became: exception.became,
            what: format!(
                "{} {}",
                exception.exception_id,
                row_words(&exception.row, lang)
            ),
            before,
            after,
            amount: Some(Vnd::new(exception.amount_vnd)),
            cause: exception.cause.say(lang),
        }
    };
    diff.exceptions.iter().map(line).collect()
}

#[cfg(test)]
mod tests;
