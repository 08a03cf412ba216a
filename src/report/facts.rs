//! What a report has to know beside the settlement: the run, the sources, the night before. The
//! job fills it from the store; nothing here is computed from a clock or an environment.

pub mod diff;

mod balances;
mod before;
mod gateways;
mod known;
mod page;
mod unrun;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{
    Catalogue, Completeness, Day, DossierCode, ExceptionId, FeeChecks, Lang, RowKey, RunId,
    SourceFacts, Vnd,
};
use crate::kpi::{Fraction, Period, Share, Target};
use crate::matching::calibrate::Calibrated;

use super::model::OfNights;

pub use crate::classify::StandingRow;
pub use balances::StatementBalance;
pub use before::{AtEnd, BeforeFigures, PeriodBefore};
pub use diff::Replaced;
pub use gateways::{GatewayFacts, HeldBefore};
pub use known::{AsKnown, NightsKnown};
pub use page::{ClosedMark, LateFile, LateForClosed, Note, PageFacts, Ruled, SourceFile};
pub use unrun::stretches;

/// A number of rows and their sum in dong, without sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Number of rows.
    pub count: u64,
    /// Sum in dong; wide, because a year of a province does not fit a row's amount.
    pub sum_vnd: i128,
}

impl Figure {
    /// A figure from its parts.
    pub fn new(count: u64, sum_vnd: i128) -> Self {
        Self { count, sum_vnd }
    }

    /// One more row.
    pub fn add(&mut self, amount: Vnd) {
        self.plus(Self::new(1, amount.wide()));
    }

    /// The rows of another figure too.
    pub fn plus(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.sum_vnd = self.sum_vnd.saturating_add(other.sum_vnd);
    }

    /// True when there is no row and no dong.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// True when there is no row.
    pub fn is_empty(self) -> bool {
        self.count == 0
    }
}

impl FromIterator<Vnd> for Figure {
    fn from_iter<I: IntoIterator<Item = Vnd>>(amounts: I) -> Self {
        let mut figure = Self::default();
        amounts.into_iter().for_each(|amount| figure.add(amount));
        figure
    }
}

/// The three digests under which a run can be told from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Digests {
    /// Over the canonical input rows and source states.
    pub input: Box<str>,
    /// Over rules and program version.
    pub rules: Box<str>,
    /// Over what was decided.
    pub output: Box<str>,
}

/// The rows of one kind and status of one source on the business date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindFigure {
    /// `payment`, `refund`, `reversal`, `debit`.
    pub kind: Box<str>,
    /// `success`, `failed`, `pending`, `void`, `unmapped`.
    pub status: Box<str>,
    /// Count and sum.
    pub figure: Figure,
}

/// One source on this night, with its figures as stored (not as settled).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceNight {
    /// Who it is and how complete.
    pub facts: SourceFacts,
    /// Canonical rows of the business date; for an export the lines of its new files, sum 0.
    pub rows: Figure,
    /// Rows that could not be read.
    pub rejects: u64,
    /// `rows` by kind and status; empty for an export.
    pub by_kind: Vec<KindFigure>,
    /// Rows of earlier days first seen tonight.
    pub arrived: Figure,
}

impl SourceNight {
    /// True when everything came.
    pub fn is_complete(&self) -> bool {
        self.facts.state == Completeness::Complete
    }

    /// True unless the source's own totals contradict what we hold.
    pub fn ties(&self) -> bool {
        self.facts.control.is_none_or(|control| control.ties())
    }
}

/// The figures of the night before, for the differences on the first page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Previous {
    /// Its business date.
    pub business_date: Day,
    /// Transactions of that night.
    pub transactions: Figure,
    /// The year's share of the first target as of that night.
    pub share: Option<Fraction>,
    /// Open money rows of that night.
    pub open: Figure,
    /// Open exceptions that need a person (warn and action).
    pub exceptions: Figure,
    /// Of these, those older than [`super::model::OVERDUE_DAYS`].
    pub overdue: Figure,
}

/// What one published night said of the year's share of the first target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrendPoint {
    /// Its business date.
    pub business_date: Day,
    /// The point figure; none without data.
    pub share: Option<Fraction>,
    /// Proven lower bound, to four decimals.
    pub low: Option<Fraction>,
    /// Proven upper bound, to four decimals.
    pub high: Option<Fraction>,
    /// The target that held then.
    pub target: Option<Fraction>,
    /// Its transactions.
    pub transactions: Figure,
    /// Its open money rows.
    pub open: Figure,
    /// No source of money had delivered: the two are no zeros.
    pub unseen: bool,
}

/// An exception of an earlier night that is open no more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Closed {
    /// Its stable id.
    pub id: ExceptionId,
    /// Its class.
    pub class: Box<str>,
    /// The row's own amount.
    pub amount: Vnd,
    /// The money that was at risk, where it was counted at this row.
    pub at_risk: Vnd,
    /// The row.
    pub key: RowKey,
    /// The day it counts under.
    pub day: Day,
    /// Of a row that could not be read: file and line, the first is 1.
    pub place: Option<(Box<str>, u64)>,
    /// The dossier it belonged to or named.
    pub dossier: Option<DossierCode>,
    /// Since when it was open.
    pub opened: Day,
}

/// What changed in the work list since the night before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Exceptions that were not open the night before.
    pub opened: BTreeSet<ExceptionId>,
    /// Exceptions that were open and are not any more.
    pub closed: Vec<Closed>,
}

/// The share of false pairs that the operator tolerates, and the margin that the nights before
/// allow for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Calibration {
    /// At most this share of scored pairs may be false, with 95 % confidence.
    pub budget: Fraction,
    /// The margin, and what it rests on.
    pub found: Calibrated,
}

/// The interval widened for missing data, from the source's own history; never the proven part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// The definition's id.
    pub definition: Box<str>,
    /// Agency code, empty for the total.
    pub scope: Box<str>,
    /// The period's label.
    pub period: Box<str>,
    /// Estimated lower bound.
    pub low: Fraction,
    /// Estimated upper bound.
    pub high: Fraction,
    /// What it rests on, in a word.
    pub basis: Box<str>,
}

/// A rule with another value than tonight's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The rule's key in `[rules]`.
    pub rule: &'static str,
    /// The value tried.
    pub value: Box<str>,
}

/// What a rule set otherwise would have changed tonight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhatIf {
    /// The setting.
    pub setting: Setting,
    /// Money rows that would settle what they do not settle now.
    pub won: Figure,
    /// Of these, how many are ambiguous now.
    pub ambiguous: u64,
    /// Money rows that would no longer settle what they settle now.
    pub lost: Figure,
    /// The headline's share under it.
    pub share: Option<Share>,
}

/// One run of one night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunFacts {
    /// The run.
    pub run_id: RunId,
    /// The night.
    pub business_date: Day,
    /// The month or range that was asked for; none in the report of the night itself.
    pub over: Option<Period>,
    /// First and last days of the stretches of that period without a published night.
    pub lacking: Vec<(Day, Day)>,
    /// Days without a published night although one was due: in the report of a night those of the
    /// year before it, else those of the period. No share over one of them is proven.
    pub unrun: BTreeSet<Day>,
    /// The nights of that period added up, each as it was published; none in the report of a night.
    pub nights: Option<Box<OfNights>>,
    /// The same period as known by another run; none where one knowledge is told.
    pub known: Option<Box<AsKnown>>,
    /// 1 for the first version of the night.
    pub version_of_night: u32,
    /// The run whose folder this one replaces.
    pub replaces: Option<RunId>,
    /// `published` in a report.
    pub state: Box<str>,
    /// Every exit code that applies, the strongest first; `[0]` when all is well.
    pub exit_codes: Vec<u8>,
    /// The program's version.
    pub program_version: Box<str>,
    /// What it was generated from.
    pub digests: Digests,
    /// The language of everything people read.
    pub lang: Lang,
    /// The unit whose report it is, e.g. `UBND huyện Mộ Đức`; may be empty.
    pub unit: Box<str>,
    /// All configured sources, in the order of the configuration.
    pub sources: Vec<SourceNight>,
    /// All targets; the first carries the night's verdict.
    pub targets: Vec<Target>,
    /// The night before, where there was one.
    pub previous: Option<Previous>,
    /// What changed since, where there was a night before.
    pub changes: Option<Changes>,
    /// When each open exception was first seen; an id that is not here was first seen tonight.
    pub opened_on: BTreeMap<ExceptionId, Day>,
    /// The version of this night that this one replaces, and what changed since.
    pub replaced: Option<Replaced>,
    /// Groups that were decided otherwise than the night before.
    pub changed_groups: BTreeSet<Box<str>>,
    /// Widened intervals, where history allows them.
    pub estimates: Vec<Estimate>,
    /// How far ahead of the next best a scored pair had to be, 0-1000; 1001: none was made.
    pub margin_min: u16,
    /// The budget of false pairs from which it follows; none: it is set by hand.
    pub calibration: Option<Calibration>,
    /// The night under neighbouring settings of the rules.
    pub what_if: Vec<WhatIf>,
    /// The published nights before this one, the oldest first: for the trend.
    pub trend: Vec<TrendPoint>,
    /// What the fee table says of the fees of the night; none without a table.
    pub fees: Option<FeeChecks>,
    /// What procedures and fields are called.
    pub catalogue: Catalogue,
    /// What only the page shows.
    pub page: PageFacts,
}

impl RunFacts {
    /// The period that the report is of, where that is not its night.
    pub fn period(&self) -> Option<&Period> {
        let night = Period::night(self.business_date);
        self.over.as_ref().filter(|period| **period != night)
    }

    /// True where the year to date began anew since that day: shares of two years are not compared.
    pub fn begins_anew(&self, since: Day) -> bool {
        since.year_start() != self.business_date.year_start()
    }

    /// True where a night after the end of the period tells it, because it knows rows of its days
    /// that the last night in it did not. Work and sources of other days are none of it.
    pub fn is_told_later(&self) -> bool {
        self.over
            .as_ref()
            .is_some_and(|period| period.to < self.business_date)
    }

    /// The night at whose end the period stood: the last one in it; else the night of the run.
    pub fn end_night(&self) -> Day {
        let nights = self.of_nights().filter(|_| self.is_told_later());
        let last = nights.and_then(|nights| nights.nights.last());
        last.copied().unwrap_or(self.business_date)
    }

    /// The nights of the period that the report is of; none where it is of a night.
    pub fn of_nights(&self) -> Option<&OfNights> {
        self.period().and(self.nights.as_deref())
    }

    /// The sources that are told: over the nights of the period, else of the night.
    pub fn told_sources(&self) -> Vec<&SourceNight> {
        match self.of_nights() {
            Some(nights) => nights.sources.iter().map(|span| &span.all).collect(),
            None => self.sources.iter().collect(),
        }
    }

    /// True when every source delivered everything.
    pub fn is_complete(&self) -> bool {
        self.sources.iter().all(SourceNight::is_complete)
    }
}
