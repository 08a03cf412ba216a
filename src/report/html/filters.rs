//! What the work list can be filtered by, and the texts around it.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::Figure;
use crate::report::model::{
    CarryRow, ClassRow, ClosedView, CompareRow, ExceptionView, SHOWN_MAX, age_bucket, source_word,
    uncounted_out,
};

use super::Page;

/// What the script takes for a row that has no value.
const NONE: &str = "-";

/// Values with their labels, in order of the labels.
type Options = Vec<(String, String)>;

/// Whether what is open no more belongs to a table.
type IsOf = fn(&ClosedView) -> bool;

impl Page<'_> {
    /// The classes in the list.
    pub(super) fn class_options(&self) -> Options {
        let list = &self.r.exceptions;
        let shown = list.shown.iter().map(|e| (&*e.class, &*e.label));
        by_label(shown.chain(list.lines().map(|e| (e.class, &*e.label))))
    }

    /// The agencies in the list, by name.
    pub(super) fn agency_options(&self) -> Options {
        let list = &self.r.exceptions;
        let shown = list.shown.iter().map(|e| &*e.agency);
        self.named(
            shown.chain(list.lines().map(|e| &*e.agency)),
            "filter-no-agency",
        )
    }

    /// The fields (lĩnh vực) in the list; none where no dossier tells one.
    pub(super) fn field_options(&self) -> Options {
        let list = &self.r.exceptions;
        let shown = list.shown.iter().map(|e| &*e.field);
        let mut options = self.named(
            shown.chain(list.lines().map(|e| &*e.field)),
            "filter-no-field",
        );
        if options.iter().all(|(value, _)| value == NONE) {
            options.clear();
        }
        for (code, label) in &mut options {
            if let Some(name) = self.r.catalogue.field(code) {
                name.clone_into(label);
            }
        }
        options.sort_by(|a, b| (a.0 == NONE, &a.1).cmp(&(b.0 == NONE, &b.1)));
        options
    }

    /// Who has something of the list to settle, and nobody.
    pub(super) fn assignee_options(&self) -> Options {
        let list = &self.r.exceptions;
        let shown = list.shown.iter().map(|e| &*e.assignee);
        self.named(
            shown.chain(list.lines().map(|e| &*e.assignee)),
            "filter-nobody",
        )
    }

    /// Names by themselves, and at the end a word for rows that have none.
    fn named<'n>(&self, names: impl Iterator<Item = &'n str>, none: &str) -> Options {
        let (named, lacking): (Vec<&str>, Vec<&str>) = names.partition(|name| !name.is_empty());
        let mut options = by_label(named.into_iter().map(|name| (name, name)));
        if !lacking.is_empty() {
            options.push((NONE.to_owned(), self.t(none)));
        }
        options
    }

    /// The sources in the list.
    pub(super) fn source_options(&self) -> Options {
        let list = &self.r.exceptions;
        let shown = list.shown.iter().map(|e| &*e.source);
        let names = shown.chain(list.lines().map(|e| &*e.source));
        let named = names.map(|name| self.source_word(name));
        let named: BTreeSet<String> = named.collect();
        named.into_iter().map(|name| (name.clone(), name)).collect()
    }

    /// The five ages with the number by which rows are marked.
    pub(super) fn age_options(&self) -> Options {
        let ages = self.r.exceptions.by_age.iter().enumerate();
        ages.map(|(i, (label, _))| (i.to_string(), label.clone()))
            .collect()
    }

    /// The number of an age.
    pub(super) fn age_mark(&self, days: &i64) -> usize {
        age_bucket(*days)
    }

    /// The text of what is shown, for the script to put the numbers in.
    pub(super) fn shown_text(&self) -> String {
        let args = ["n", "all", "sum"].map(|name| (name, format!("#{name}")));
        self.say("filter-shown", &args)
    }

    /// What is said behind it where some of the rows hold money that is counted at another.
    pub(super) fn twin_text(&self) -> String {
        self.t1("filter-twins", "n", "#n")
    }

    /// What is said of filters in the address that fit nothing of the list.
    pub(super) fn strange_text(&self) -> String {
        self.t1("filter-strange", "n", "#n")
    }

    /// What stands between groups of three digits.
    pub(super) fn group_mark(&self) -> String {
        self.n(1000_u64)
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .collect()
    }

    /// The few exceptions that decide the verdict most, for the first screen; where none decides,
    /// the first of the work list.
    pub(super) fn first_work(&self) -> Vec<&ExceptionView> {
        self.r.first_work()
    }

    /// The heading above them.
    pub(super) fn first_heading(&self) -> String {
        let any = self.r.exceptions.shown.first().is_some_and(|e| e.deciding);
        self.t(if any { "first-deciding" } else { "first-work" })
    }

    /// The tables of what was open before and is so no more, by heading: matched now, another class
    /// now, closed for another reason.
    pub(super) fn closed_tables(&self) -> [(&'static str, IsOf); 3] {
        [
            ("closed-late", |view| view.matched),
            ("closed-changed", |view| view.changed),
            ("closed-other", |view| !view.matched && !view.changed),
        ]
    }

    /// Those of a table.
    pub(super) fn late<'r>(&self, closed: &'r [ClosedView], of: &IsOf) -> Vec<&'r ClosedView> {
        closed
            .iter()
            .filter(|view| of(view))
            .take(SHOWN_MAX)
            .collect()
    }

    /// How many of them are not shown.
    pub(super) fn late_more(&self, closed: &[ClosedView], of: &IsOf) -> u64 {
        let all = closed.iter().filter(|view| of(view)).count();
        let more = all.saturating_sub(SHOWN_MAX);
        u64::try_from(more).unwrap_or(u64::MAX)
    }

    /// The heading of the exceptions that stand in a line each.
    pub(super) fn brief_heading(&self) -> String {
        let n = self.n_of(self.r.exceptions.brief.len());
        self.t1("exception-brief", "n", n)
    }

    /// The same of those that decide the verdict.
    pub(super) fn further_heading(&self) -> String {
        let n = self.n_of(self.r.exceptions.further.len());
        self.t1("exception-further", "n", n)
    }

    /// The message for what is not on the page.
    pub(super) fn more_key(&self) -> &'static str {
        if self.r.exports_withheld {
            "exception-more-withheld"
        } else {
            "exception-more"
        }
    }

    /// The headings of the candidates beside a row.
    pub(super) fn candidates(&self, rows: &[CompareRow]) -> Vec<String> {
        let n = rows.first().map_or(0, |row| row.theirs.len());
        (1..=n)
            .map(|i| self.t1("compare-other", "n", self.n_of(i)))
            .collect()
    }

    /// True when a cell of the ageing leads to rows of the list; rejects have their own.
    pub(super) fn leads(&self, figure: &Figure, row: &ClassRow) -> bool {
        !figure.is_empty() && &*row.class != "reject"
    }

    /// How a difference looks.
    pub(super) fn zero(&self, dong: &i128) -> &'static str {
        if *dong == 0 { "zero" } else { "bad" }
    }

    /// A number of things.
    pub(super) fn n_of(&self, count: usize) -> String {
        self.n(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// A source, receipts and fee lines by their names.
    pub(super) fn source_word(&self, name: &str) -> String {
        source_word(self.r.lang, name)
    }

    /// The source of a row of the bridge.
    pub(super) fn carry_name(&self, row: &CarryRow) -> String {
        if row.money {
            return row.source.to_string();
        }
        self.source_word(&row.source)
    }

    /// The parts of a row of the bridge, in order.
    pub(super) fn carry_parts(&self, row: &CarryRow) -> [Figure; 6] {
        row.parts()
    }

    /// What went out and is not counted, over all sources; none where there is nothing.
    pub(super) fn flow_uncounted_out(&self) -> Option<String> {
        let all = uncounted_out(&self.r.flows)?;
        let args = [("n", self.n(all.count)), ("sum", self.money(all.sum_vnd))];
        Some(self.say("flow-uncounted-out", &args))
    }
}

fn by_label<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Options {
    let named: BTreeMap<&str, &str> = pairs.filter(|(id, _)| !id.is_empty()).collect();
    let mut options: Options = named
        .into_iter()
        .map(|(id, label)| (id.to_owned(), label.to_owned()))
        .collect();
    options.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    options
}
