//! Pure: `settle(inputs, rules, prior) -> Settlement`, the only place that knows
//! match -> classify -> measure. `match`, `run` and the tests are all IO around it.

use serde::Serialize;

use crate::classify::Classified;
use crate::domain::{
    Agency, Conflict, Day, Fee, PaymentOrder, Receipt, Reject, SourceFacts, Txn, Vnd,
};
use crate::kpi::{Contribution, Fraction, Period, PriorSum, Share, Target};
use crate::matching::{MatchGroup, Suggestion};

/// Everything one settlement reads. Order does not matter: `settle` sorts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// The night; none in `match`, where every fact is taken as final.
    pub business_date: Option<Day>,
    /// Agencies with validity.
    pub agencies: Vec<Agency>,
    /// Fee lines: new, open, and those of every dossier that a new row names.
    pub fees: Vec<Fee>,
    /// Payment orders of those dossiers.
    pub orders: Vec<PaymentOrder>,
    /// Receipts of those dossiers, and all of the last window days.
    pub receipts: Vec<Receipt>,
    /// Transactions: new, open, those linked to those dossiers, and gateway payments of the last
    /// window days.
    pub txns: Vec<Txn>,
    /// Rows that could not be read.
    pub rejects: Vec<Reject>,
    /// Ids with contradicting content; the kept version also stands in the list of its side.
    pub conflicts: Vec<Conflict>,
    /// One entry a configured source.
    pub sources: Vec<SourceFacts>,
}

/// The rules; their digest enters the run id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rules {
    /// A gateway's batch may land this many days later.
    pub batch_days: u32,
    /// A cash deposit may land this many days after the receipts.
    pub deposit_days: u32,
    /// The provider's fee where the row does not tell it.
    pub net_rates: Vec<NetRate>,
    /// Dedicated collection accounts: (account, agency).
    pub collection_accounts: Vec<(Box<str>, Option<Box<str>>)>,
    /// Targets, the first definition carries the night's verdict.
    pub targets: Vec<Target>,
    /// Definitions to measure beside the targets'.
    pub definitions: Vec<Box<str>>,
    /// Periods to measure.
    pub periods: Vec<Period>,
}

/// A provider's fee: a share of the amount with a minimum, rounded half up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NetRate {
    /// The rate.
    pub rate: Fraction,
    /// At least this much.
    pub minimum: Vnd,
}

impl NetRate {
    /// The fee on `due`.
    pub fn fee_on(&self, due: Vnd) -> i128 {
        let exact = due.wide() * self.rate.num;
        let rounded = (2 * exact + self.rate.den).div_euclid(2 * self.rate.den);
        rounded.max(self.minimum.wide())
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            batch_days: 3,
            deposit_days: 3,
            net_rates: vec![NetRate {
                rate: Fraction { num: 11, den: 1000 },
                minimum: Vnd::new(220),
            }],
            collection_accounts: Vec::new(),
            targets: Vec::new(),
            definitions: Vec::new(),
            periods: Vec::new(),
        }
    }
}

/// What one settlement says. Every list is sorted; the same inputs give the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Settlement {
    /// Who paid what, and why.
    pub groups: Vec<MatchGroup>,
    /// Every input row with its one class, by row key.
    pub rows: Vec<Classified>,
    /// What each item adds to each definition.
    pub contributions: Vec<Contribution>,
    /// The shares: definition, scope, period.
    pub shares: Vec<Share>,
    /// Pairings that a person might accept.
    pub suggestions: Vec<Suggestion>,
}

/// Firm sums of earlier nights, without the items of tonight's pool.
pub type Prior = Vec<PriorSum>;
