//! Pure: what each row may add to numerator and denominator, and the share with its proven bounds.
//!
//! A definition is one file and one line in [`DEFINITIONS`].

mod agencies;
mod all_dossiers;
mod amount_cashless;
mod contest;
mod credits;
mod dossier_cashless;
mod dossier_online;
pub mod facts;
mod gross;
pub mod interval;
pub mod item;
pub mod measure;
mod qd766_3_6;
pub mod share;
pub mod tally;
mod thu_phi_prov;
mod tx_cashless;

use crate::domain::{Inputs, Text};

pub use crate::domain::{Fraction, Period, Target};
use facts::Facts;
pub use measure::measure;
pub use share::{Contribution, Deciding, Elsewhere, PriorSum, Scope, Share, Verdict};
use tally::Tally;

/// One indicator.
pub struct Definition {
    /// Stable id.
    pub id: &'static str,
    /// Its name.
    pub name: Text,
    /// What is counted.
    pub unit: Text,
    /// Numerator over denominator, in words.
    pub formula: Text,
    /// True when the input carries the columns it needs.
    pub enough: fn(&Inputs) -> bool,
    /// What every item of the pool may add.
    pub contributions: fn(&Facts, &mut Tally),
}

/// Every definition.
pub const DEFINITIONS: &[Definition] = &[
    tx_cashless::DEFINITION,
    amount_cashless::DEFINITION,
    dossier_cashless::DEFINITION,
    dossier_online::DEFINITION,
    qd766_3_6::DEFINITION,
    thu_phi_prov::DEFINITION,
    all_dossiers::DEFINITION,
];

/// The definitions that are always measured, beside the targets'.
pub const ALWAYS: [&str; 3] = ["TX_CASHLESS", "DOSSIER_CASHLESS", "AMOUNT_CASHLESS"];

/// The definition with this id.
pub fn definition(id: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.id == id)
}
