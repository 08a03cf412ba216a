//! What only the page shows of a night: the month before, the files behind the figures, the rules.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{AgencyCode, Day, Fraction, Origin, Period, RowKey, Ruling, Vnd};

use super::{Figure, GatewayFacts, PeriodBefore, Previous, StatementBalance, TrendPoint};

/// One file that a source delivered for the night.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SourceFile {
    /// The configured source.
    pub source: Box<str>,
    /// Its name, without folder.
    pub name: Box<str>,
    /// 64 hex digits over its bytes.
    pub sha256: Box<str>,
    /// Data lines in it.
    pub lines: u64,
}

/// A file that came for a closed period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LateFile {
    /// The configured source.
    pub source: Box<str>,
    /// Its name, without folder.
    pub name: Box<str>,
    /// The day that it tells of.
    pub day: Day,
    /// Data lines in it.
    pub lines: u64,
}

/// What the night's pull brought for a period that people had closed: it counts from this night on,
/// and the closed figures stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LateForClosed {
    /// The period.
    pub period: Period,
    /// Who closed it.
    pub by: Box<str>,
    /// When, as people write it.
    pub at: Box<str>,
    /// The files, by name.
    pub files: Vec<LateFile>,
    /// Money rows of its days.
    pub rows: Figure,
}

/// Who closed the figures of a period, or opened them again, when and why: the mark of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClosedMark {
    /// Who.
    pub by: Box<str>,
    /// When, as people write it.
    pub at: Box<str>,
    /// Why.
    pub reason: Box<str>,
    /// True where they were opened again, and are not closed.
    pub reopened: bool,
    /// How many decisions no night had counted when it was closed; none where it is not known.
    pub left: Option<u64>,
    /// What is to be said of other closed periods with some of its days.
    pub beside: Vec<Box<str>>,
}

impl ClosedMark {
    /// The key of the sentence that says so.
    pub(in crate::report) fn key(&self) -> &'static str {
        if self.reopened {
            "reopened-note"
        } else {
            "closed-note"
        }
    }
}

/// What somebody noted of a row with whom it was given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Who.
    pub by: Box<str>,
    /// What.
    pub text: Box<str>,
}

/// What a person ruled on a row, as the book of decisions has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ruled {
    /// What.
    pub ruling: Ruling,
    /// Who.
    pub by: Box<str>,
    /// On which day it was written.
    pub on: Day,
    /// Why, with the note behind it.
    pub reason: Box<str>,
}

/// What only the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PageFacts {
    /// The published night of a month ago (the same day of the month, or up to six days before).
    pub month_before: Option<Previous>,
    /// The published night of the same weekday a week ago.
    pub week_before: Option<Box<Previous>>,
    /// In the report of a period: the period before, of the same kind.
    pub period_before: Option<Box<PeriodBefore>>,
    /// The last published night of each of the twelve months before, the oldest first, with the
    /// share of that month.
    pub months: Vec<TrendPoint>,
    /// The published nights before this one, the oldest first, each with the share of its own day.
    pub days: Vec<TrendPoint>,
    /// By agency: the year's share of the first target as the nights of the week before this one
    /// published it, the oldest first.
    pub agency_days: BTreeMap<AgencyCode, Vec<(Day, Fraction)>>,
    /// The same by cell of a breakdown (`procedure=1.001612`).
    pub cell_days: BTreeMap<Box<str>, Vec<(Day, Fraction)>>,
    /// The periods whose breakdowns cannot be told: nights before kept those of another definition.
    pub cells_lacking: Vec<Period>,
    /// The rows that were open after the night before, with the money at risk.
    pub open_before: Vec<(RowKey, Vnd)>,
    /// The gateways, where any hands on what people pay it.
    pub gateways: Option<Box<GatewayFacts>>,
    /// Who was given which row to settle by this night, in order of the rows.
    pub assigned: Vec<(RowKey, Box<str>)>,
    /// Where the listed rows came from, in order of the rows; rows from before this was kept have
    /// no entry.
    pub origins: Vec<(RowKey, Origin)>,
    /// What was last noted of which row by this night, in order of the rows.
    pub notes: Vec<(RowKey, Note)>,
    /// The rulings in force by this night on the listed rows and on those that were open before, in
    /// order of the rows.
    pub ruled: Vec<(RowKey, Ruled)>,
    /// Everybody who was given one of the listed rows by this night, in order of their names.
    pub people: Vec<Box<str>>,
    /// The files of the night, in order of sources.
    pub files: Vec<SourceFile>,
    /// Of these, the ones of earlier days that came with the night, each with its day.
    pub late_files: Vec<(SourceFile, Day)>,
    /// The balances that statement files of the night tell, in order of sources and files.
    pub balances: Vec<StatementBalance>,
    /// The rules in force: what each is called, and its value in words.
    pub rules: Vec<(Box<str>, Box<str>)>,
    /// What came for periods that were closed already.
    pub late: Vec<LateForClosed>,
    /// Set in the report of a period that people closed.
    pub closed: Option<ClosedMark>,
}

impl PageFacts {
    /// True where the breakdowns of a period cannot be told.
    pub fn lacks_cells(&self, period: &Period) -> bool {
        self.cells_lacking.contains(period)
    }

    /// Who is to settle this row; empty for nobody.
    pub fn assignee(&self, row: &RowKey) -> &str {
        let found = self.assigned.binary_search_by(|(key, _)| key.cmp(row));
        let entry = found.ok().and_then(|at| self.assigned.get(at));
        entry.map_or("", |(_, name)| name)
    }

    /// Where this row came from, where that is known.
    pub fn origin(&self, row: &RowKey) -> Option<&Origin> {
        let found = self.origins.binary_search_by(|(key, _)| key.cmp(row));
        let entry = found.ok().and_then(|at| self.origins.get(at));
        entry.map(|(_, origin)| origin)
    }

    /// What was ruled on this row, where that is in force.
    pub fn ruled(&self, row: &RowKey) -> Option<&Ruled> {
        let found = self.ruled.binary_search_by(|(key, _)| key.cmp(row));
        self.ruled.get(found.ok()?).map(|(_, ruled)| ruled)
    }

    /// What was last noted of this row.
    pub fn note(&self, row: &RowKey) -> Option<&Note> {
        let found = self.notes.binary_search_by(|(key, _)| key.cmp(row));
        self.notes.get(found.ok()?).map(|(_, note)| note)
    }
}
