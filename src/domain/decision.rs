//! What people decided. A decision is applied before every pass and never overruled by a rule.

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::dossier_code::DossierCode;
use super::fee::{Fee, FeeStatus};
use super::ids::{FeeId, RowKey, SourceName};
use super::vnd::Vnd;

/// A part of a money row given to one fee line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Share {
    /// The dossier.
    pub dossier_code: DossierCode,
    /// The line.
    pub fee_id: FeeId,
    /// The amount.
    pub amount: Vnd,
    /// The line as it stood; none where an older program wrote the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_then: Option<FeeThen>,
}

/// A fee line as it stood when somebody gave it money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FeeThen {
    /// What was due; another amount makes the decision stale.
    pub amount: Vnd,
    /// The registry's word. Whether it is cancelled makes the decision stale; what it believes of
    /// the payment does not, because that is what was decided.
    pub status: FeeStatus,
}

impl FeeThen {
    /// The line as it stands.
    pub fn of(fee: &Fee) -> Self {
        Self {
            amount: fee.amount,
            status: fee.status,
        }
    }
}

/// What was ruled about one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// The transaction pays these lines (one: a pair; several: a split). The parts are at most its
    /// amount.
    Pays(Vec<Share>),
    /// The bank line is what a gateway paid out of these days, so much of each, in order of the
    /// days. The parts add up to its amount, and no day hands on more than it took in.
    Payout {
        /// The gateway's source.
        source: SourceName,
        /// Its days.
        days: Vec<(Day, Vnd)>,
    },
    /// The transaction is no fee. Of a row that could not be read: nothing of it counts, because it
    /// came in good order under another id, or is none.
    NotFee,
    /// The row stays what it is; nobody has to work on it any more. The shares do not move.
    WriteOff,
    /// The money is to go back and the refund was asked for; the row waits for it.
    RefundRequested,
}

impl Ruling {
    /// Stable id.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Pays(shares) if shares.len() == 1 => "pair",
            Self::Pays(_) => "split",
            Self::Payout { .. } => "payout",
            Self::NotFee => "not_fee",
            Self::WriteOff => "write_off",
            Self::RefundRequested => "refund_requested",
        }
    }

    /// True when it says what is done about a row, not what the row is: links and shares stay.
    pub fn is_handling(&self) -> bool {
        matches!(self, Self::WriteOff | Self::RefundRequested)
    }
}

/// One decision in force.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decision {
    /// The row: a transaction, or any row for [`Decision::is_handling`].
    pub row: RowKey,
    /// What was ruled.
    pub ruling: Ruling,
    /// The amount the row had when it was ruled upon; another amount makes the decision stale.
    pub amount_then: Vnd,
    /// The class the row had; of a ruling on handling another class makes it stale.
    pub class_then: Box<str>,
    /// Who decided.
    pub by: Box<str>,
    /// Why.
    pub reason: Box<str>,
}

impl Decision {
    /// True when it is about the row as it was classed, not about links: every ruling on handling,
    /// and that a row is no fee which could not be read.
    pub fn is_handling(&self) -> bool {
        let unread = self.ruling == Ruling::NotFee && &*self.class_then == "reject";
        unread || self.ruling.is_handling()
    }
}
