//! Pure: `settle(inputs, rules, prior) -> Settlement`, the only place that knows
//! match -> classify -> measure. `match`, `run` and the tests are all IO around it.

use serde::Serialize;

use crate::classify::Classified;
pub use crate::domain::{Inputs, NetRate, Rules};
use crate::kpi::{Contribution, PriorSum, Share};
use crate::matching::{MatchGroup, Suggestion};

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
