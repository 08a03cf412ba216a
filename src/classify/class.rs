//! What a class is, and a row with its class.

use serde::Serialize;

use crate::domain::fee::words;
use crate::domain::{Day, DossierCode, ExceptionId, RowKey, Text, Vnd};
use crate::matching::{Evidence, Nearest};

use super::at_risk::{AtRisk, at_risk, still_due};
use super::case::{FeeCase, MoneyCase};

words!(
    /// How much a person has to do.
    Severity {
        /// Nothing: shown for completeness.
        Info = "info",
        /// Look when there is time.
        Warn = "warn",
        /// Settle it.
        Action = "action",
    }
);

words!(
    /// The four buckets of the conservation rule.
    Bucket {
        /// Has a settling, refund, reversal or duplicate leg.
        Matched = "matched",
        /// Waits for a person or for more data.
        Open = "open",
        /// Could not be read.
        Rejected = "rejected",
        /// Left out with a reason: failed, void, not_fee, sighting, batch_settlement, cash_deposit.
        Excluded = "excluded",
    }
);

/// What a class saw on a row: the evidence, when it applies.
pub type Seen = Option<Vec<Evidence>>;

/// One class of the closed list; stable text id, both languages and its test beside it.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// Stable id: `underpaid`.
    pub id: &'static str,
    /// Short name: "Nộp thiếu".
    pub label: Text,
    /// What it means.
    pub explanation: Text,
    /// What to do, and who does it.
    pub advice: Text,
    /// How much a person has to do.
    pub severity: Severity,
    /// The row may still change without being named by a new row: it is read again every night.
    pub carried: bool,
    /// Does it apply to a fee line?
    pub on_fee: fn(&FeeCase) -> Seen,
    /// Does it apply to a transaction or receipt?
    pub on_money: fn(&MoneyCase) -> Seen,
}

/// For classes that never apply to fees.
pub fn no_fee(_: &FeeCase) -> Seen {
    None
}

/// For classes that never apply to money.
pub fn no_money(_: &MoneyCase) -> Seen {
    None
}

/// The class of a row in order.
pub const OK: &str = "ok";

/// A row with its one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Classified {
    /// The row.
    pub key: RowKey,
    /// The class id; `ok` for a row in order.
    pub class: &'static str,
    /// The row's own amount; see [`Classified::at_risk`].
    pub amount: Vnd,
    /// The dossier it belongs to or, for a money row, the one it is linked to or names.
    pub dossier_code: Option<DossierCode>,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// The nearest candidates that were not taken, each with the first test it failed.
    pub nearest: Vec<Nearest>,
    /// Classes that would have applied too, in their order.
    pub also: Vec<&'static str>,
    /// How much a person has to do: the class's, but `info` for items from before go-live.
    pub severity: Severity,
    /// Stable id of the exception; none for a row in order.
    pub exception_id: Option<ExceptionId>,
    /// Conservation bucket.
    pub bucket: Bucket,
    /// Read again every night, whether or not a new row names it.
    pub carried: bool,
    /// The accounting day it counts under.
    pub business_date: Day,
}

impl Classified {
    /// What is still due of a fee line that something was paid for; none for any other row.
    pub fn still_due(&self) -> Option<Vnd> {
        still_due(
            (self.class, &self.also),
            &self.key,
            self.amount,
            &self.evidence,
        )
    }

    /// The money at risk, and where it is counted.
    pub fn at_risk(&self) -> AtRisk {
        at_risk(self.class, &self.key, self.amount, &self.evidence)
    }

    /// True when every night looks at the row again until somebody settles it. The store keeps it,
    /// and what was open the night before is told by it.
    pub fn is_open(&self) -> bool {
        let waits = self.carried || self.bucket == Bucket::Rejected;
        waits || (self.exception_id.is_some() && self.severity != Severity::Info)
    }

    /// True when somebody has to look at it, where it is listed.
    pub fn is_work(&self) -> bool {
        self.severity != Severity::Info && self.bucket != Bucket::Excluded
    }

    /// Who decided that nobody looks at the row any more, and why; none where nobody did.
    pub fn ended_by(&self) -> Option<(&str, &str)> {
        let mut seen = self.evidence.iter().rev();
        let closed = self.severity == Severity::Info && !self.is_open();
        let ended = closed && self.exception_id.is_some();
        seen.find_map(|why| match why {
            Evidence::DecidedBy(by, reason) if ended => Some((&**by, &**reason)),
            _ => None,
        })
    }

    /// What to do about it while it is open, where what was seen tells more than the class; of a
    /// refund that all agree on, that nothing is to be done.
    pub fn advice(&self) -> Option<Text> {
        super::unread::advice(&self.evidence).filter(|_| self.is_open() || self.is_agreed())
    }

    /// True for money that went back whole where the records agree.
    pub fn is_agreed(&self) -> bool {
        self.evidence.contains(&Evidence::RefundAgreed)
    }

    /// The class by which the row counts in the shares: a stale decision changes nothing in it.
    pub fn counts_as(&self) -> &'static str {
        match (self.class, self.also.first()) {
            ("decision_stale", Some(natural)) => natural,
            (class, _) => class,
        }
    }
}
