//! What came to be known after a night, of days that it already told of.

use serde::Serialize;

use super::day::Day;

/// A row, or a person's decision, that a later night brought.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Arrived {
    /// The night or the day of the file that told it.
    pub told: Day,
    /// `txn`, `receipt`, `reject` or `decision`.
    pub kind: &'static str,
    /// As people write it: `sepay-main/123`, a receipt's id.
    pub key: Box<str>,
    /// `added`, or `changed` for a receipt that was known otherwise.
    pub became: &'static str,
    /// Kind and status, the reason of a reject, the action of a decision.
    pub says: Box<str>,
    /// The dossier that it names, where it does.
    pub dossier: Option<Box<str>>,
    /// The day that it is of.
    pub day: Day,
    /// Dong, without sign; none where it could not be read.
    pub amount_vnd: Option<i64>,
    /// What the bank knows a transaction by, or the one that was decided upon, where it gave it a
    /// number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_ref: Option<Box<str>>,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Box<str>>,
    /// Why it was decided so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
}

/// An item of a definition that does not count as it did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Moved {
    /// The definition's id.
    pub definition: Box<str>,
    /// The item's stable name.
    pub item: Box<str>,
    /// (numerator, denominator) of the point figure as known then.
    pub then: (i64, i64),
    /// The same as known now.
    pub now: (i64, i64),
    /// All that it might count as then, the point figure first; none where it was not there. The
    /// bounds of a share are taken over these.
    pub outcomes_then: Vec<(i64, i64)>,
    /// The same as known now.
    pub outcomes_now: Vec<(i64, i64)>,
    /// What the bank knows a transaction by, where it gave it a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_ref: Option<Box<str>>,
}

/// A row by which money of a payment went back, and which came after a night: it changes the day of
/// the payment, whichever its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GivenBack {
    /// The row that gave it back.
    pub by: Arrived,
    /// The payment, as people write it.
    pub paid: Box<str>,
}
