//! What differs between two runs, and which input did it: as the job found it, before it is said
//! in words.

use serde::Serialize;

use super::Figure;
use crate::domain::{FeeRate, FeeWord};

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Only the later run has it.
    Added,
    /// Only the earlier run has it.
    Removed,
    /// Both have it, and not the same.
    Changed,
    /// Only the later version has read it, and it was there when the earlier one was made: nothing
    /// named it then.
    Entered,
}

impl Became {
    /// The word in files.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Entered => "entered",
        }
    }
}

/// What caused a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "cause")]
pub enum Cause {
    /// One row of the input, or one decision.
    Input {
        /// Its kind, e.g. `txn`.
        kind: &'static str,
        /// Its key.
        key: Box<str>,
        /// The file that told it, or who decided.
        told_by: Option<Box<str>>,
    },
    /// The rules.
    Rules,
    /// The fee table.
    FeeTable,
    /// The program's version alone.
    Program,
    /// How complete a source was.
    Source {
        /// Its name.
        name: Box<str>,
    },
    /// Nothing but the days between the two nights: a deadline passed, a window closed.
    Time,
    /// Several rows of the input or decisions, of one kind and one origin.
    Inputs {
        /// Their kind, e.g. `txn`.
        kind: &'static str,
        /// The source of transactions; empty for anything else.
        source: Box<str>,
        /// The file that told them.
        told_by: Option<Box<str>>,
        /// How many.
        count: usize,
    },
    /// More than one of these.
    NotSingle {
        /// How many.
        count: usize,
        /// Which; many rows are told by their origin.
        each: Vec<Cause>,
    },
    /// None of these.
    Unknown,
}

/// Two runs, compared. Every list is in a stable order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The earlier run (as asked for).
    pub from: Box<str>,
    /// The later one.
    pub to: Box<str>,
    /// True for two versions of one night.
    pub same_night: bool,
    /// True when nothing differs.
    pub equal: bool,
    /// Rules that differ, as `path: before / after`.
    pub rules: Vec<Box<str>>,
    /// The fee tables of two versions of a night, where they differ: number of rates and digest;
    /// empty for no table.
    pub fee_table: Option<[Option<TableFacts>; 2]>,
    /// The program's versions, where they differ.
    pub program: Option<(Box<str>, Box<str>)>,
    /// Facts of sources that differ.
    pub sources: Vec<RowChange>,
    /// Which of the five numbers of the first page differ between two versions of one night.
    pub figures: Vec<FigureChange>,
    /// Totals of sources that differ between two versions of one night.
    pub totals: Vec<TotalChange>,
    /// Rows of the input and decisions of people.
    pub inputs: Vec<RowChange>,
    /// Links.
    pub matches: Vec<MatchChange>,
    /// Classes of rows that both runs looked at.
    pub classes: Vec<ClassChange>,
    /// Exceptions opened and closed.
    pub exceptions: Vec<ExceptionChange>,
    /// What the fee table says of fee lines, between two versions of one night.
    pub findings: Vec<FindingChange>,
    /// Shares, with what moved them.
    pub shares: Vec<ShareChange>,
    /// What could not be compared, Vietnamese and English.
    pub not_compared: Vec<(String, String)>,
}

/// The version of a night that this one replaces, and what changed since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replaced {
    /// Its number.
    pub version: u32,
    /// What changed.
    pub diff: Diff,
}

/// A row of the input that is not the same in both runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RowChange {
    /// txn, fee, order, receipt, reject, conflict, agency, decision, source.
    pub kind: &'static str,
    /// As people write it: `sepay-main/123`, `CODE/F1`.
    pub key: Box<str>,
    /// What became of it.
    pub became: Became,
    /// The first column that differs; empty for a row that came or went.
    pub column: Box<str>,
    /// Before.
    pub before: Box<str>,
    /// After.
    pub after: Box<str>,
    /// The dossier that it is of or names.
    pub dossier: Option<Box<str>>,
    /// The file that told it, where the registry did; of a decision who decided, and why.
    pub told_by: Option<Box<str>>,
}

/// One of the five numbers of the first page that is not the same in both versions of a night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FigureChange {
    /// `transactions`, `share`, `open`, `exceptions` or `overdue`.
    pub figure: &'static str,
    /// The definition of a share; empty for the others.
    pub definition: Box<str>,
    /// Before; none where no source of money had delivered, and for a share without data.
    pub before: Option<Amount>,
    /// After.
    pub after: Option<Amount>,
}

/// What one of the five numbers tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Amount {
    /// Rows and their money.
    Rows(Figure),
    /// A share, in the definition's unit.
    Share {
        /// What counts.
        numerator: i128,
        /// Of how much.
        denominator: i128,
    },
}

/// A figure of a source that is not the same in both versions of a night.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TotalChange {
    /// The source.
    pub source: Box<str>,
    /// `rows`, `sum_vnd` or `rejects`, as in `run.json`.
    pub figure: &'static str,
    /// Before.
    pub before: i128,
    /// After.
    pub after: i128,
    /// What caused it.
    pub cause: Cause,
}

/// A link gained, lost or changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MatchChange {
    /// The money row.
    pub money: Box<str>,
    /// The fee line, `CODE/ID`.
    pub fee: Box<str>,
    /// What became of it.
    pub became: Became,
    /// `role amount pass` before; empty where there was none.
    pub before: Box<str>,
    /// The same after.
    pub after: Box<str>,
    /// What caused it.
    pub cause: Cause,
}

/// A row with another class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ClassChange {
    /// The row.
    pub row: Box<str>,
    /// The class before.
    pub before: Box<str>,
    /// The class after.
    pub after: Box<str>,
    /// The row's amount after, in dong.
    pub amount_vnd: i64,
    /// What caused it.
    pub cause: Cause,
}

/// An exception opened (added) or closed (removed), or one that is open in both with other money.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ExceptionChange {
    /// Its id.
    pub exception_id: Box<str>,
    /// Added, removed or changed.
    pub became: Became,
    /// Its class.
    pub class: Box<str>,
    /// The row.
    pub row: Box<str>,
    /// Money at risk, in dong; of a changed one after.
    pub amount_vnd: i64,
    /// Of a changed one the money at risk before; none for the others.
    pub before_vnd: Option<i64>,
    /// What caused it.
    pub cause: Cause,
}

/// A fee table by what tells it from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableFacts {
    /// Rates that the night knows.
    pub rates: usize,
    /// 64 hex over them.
    pub digest: Box<str>,
}

/// What the fee table says of a fee line: its word, and the rates that it names, those that apply
/// before those that would give the amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The finding, or the explained zero.
    pub word: FeeWord,
    /// The rates.
    pub rates: Vec<FeeRate>,
}

/// A fee line of which the fee table says something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingChange {
    /// The fee line, `CODE/ID`.
    pub fee: Box<str>,
    /// What became of the finding.
    pub became: Became,
    /// Before; none where nothing was said.
    pub before: Option<Said>,
    /// After.
    pub after: Option<Said>,
    /// What the registry says is due, in dong.
    pub amount_vnd: i64,
    /// What caused it.
    pub cause: Cause,
}

/// A share that is not the same in both runs. Pairs are before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShareChange {
    /// The definition.
    pub definition: Box<str>,
    /// Empty for the whole, else an agency.
    pub scope: Box<str>,
    /// The periods: two nights have two, a month or a year usually one.
    pub period: (Box<str>, Box<str>),
    /// Numerators.
    pub numerator: (i64, i64),
    /// Denominators.
    pub denominator: (i64, i64),
    /// The figures with four decimals; empty without data.
    pub share: (Box<str>, Box<str>),
    /// Least shares.
    pub low: (Box<str>, Box<str>),
    /// Greatest shares.
    pub high: (Box<str>, Box<str>),
    /// Verdicts; empty without a target.
    pub verdict: (Box<str>, Box<str>),
    /// The items that moved it, the largest first; of the whole over one period only.
    pub movers: Vec<Mover>,
    /// True when the movers add up to the change; none where there are none.
    pub explained: Option<bool>,
    /// What caused it where no movers are told.
    pub causes: Vec<Cause>,
}

/// An item that moved a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mover {
    /// Its stable name.
    pub item: Box<str>,
    /// Numerator and denominator before, at the first outcome.
    pub before: (i64, i64),
    /// The same after.
    pub after: (i64, i64),
    /// Exceptions that it hangs on after.
    pub exceptions: Vec<Box<str>>,
    /// What caused it.
    pub cause: Cause,
}

impl Mover {
    /// What it adds to numerator and denominator.
    pub fn delta(&self) -> (i64, i64) {
        let less = |a: i64, b: i64| a.saturating_sub(b);
        (
            less(self.after.0, self.before.0),
            less(self.after.1, self.before.1),
        )
    }
}
