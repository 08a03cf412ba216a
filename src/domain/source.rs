//! What the night knows about each source: who it is and whether everything came.

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::fee::words;
use super::ids::SourceName;
use super::period::Period;
use super::vnd::Vnd;

words!(
    /// How complete a source's delivery is.
    Completeness {
        /// Everything came.
        Complete = "complete",
        /// Nothing yet, still fresh.
        Late = "late",
        /// Whole days or orders came, others did not.
        Partial = "partial",
        /// Nothing usable.
        Missing = "missing",
        /// The source refused our credentials, or its signature did not verify.
        Refused = "refused",
    }
);

/// One source on one night. Part of the input digest: a change here makes a new run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// Configured name.
    pub name: SourceName,
    /// Kind: `sepay`, `casso`, `vnpay`, `export`, ... or `file` in `match`.
    pub kind: Box<str>,
    /// Money sources carry transactions; a registry carries the expected side.
    pub carries_money: bool,
    /// A missing required source keeps the verdict undecided.
    pub required: bool,
    /// How complete.
    pub state: Completeness,
    /// The days of the window that did not come.
    pub missing_days: Vec<Day>,
    /// Orders that could not be asked or answered.
    pub missing_orders: u64,
    /// True once the freshness limit of the business date has passed at the pull.
    pub deadline_passed: bool,
    /// The source's own totals for the business date, where it tells them.
    pub control: Option<Control>,
    /// What a person should know: the error that ended the source, masked.
    pub trouble: Option<Box<str>>,
    /// Earlier days of the year, from the first one on, of which no night was published and the
    /// source never told everything since: nobody knows what they brought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unrun: Vec<Day>,
}

impl SourceFacts {
    /// True when everything came, of this night and of every one before it.
    pub fn is_whole(&self) -> bool {
        self.state == Completeness::Complete && self.unrun.is_empty()
    }

    /// True while the source, a required one, keeps a share of these days from being proven: it is
    /// not complete, or a night of them never ran and it has not told of the day since.
    pub fn leaves_open(&self, period: &Period) -> bool {
        let lacks = self.state != Completeness::Complete;
        self.required && (lacks || self.unrun.iter().any(|day| period.holds(*day)))
    }
}

/// A source's own count and sum for the night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Rows by the source's word.
    pub expected_count: u64,
    /// Sum by the source's word, where it tells one.
    pub expected_sum: Option<Vnd>,
    /// Rows we hold of the same window.
    pub count: u64,
    /// Their sum.
    pub sum: Vnd,
}

impl Control {
    /// True when count and, where told, sum agree.
    pub fn ties(&self) -> bool {
        self.expected_count == self.count && self.expected_sum.is_none_or(|sum| sum == self.sum)
    }
}
