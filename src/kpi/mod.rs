//! Pure: what each row may add to numerator and denominator, and the share with its proven bounds.
//!
//! A definition is one file and one line in [`DEFINITIONS`].

mod agencies;
mod all_dossiers;
mod amount_cashless;
mod cells;
mod contest;
mod credits;
mod custom;
mod day_sums;
mod deciding;
mod dossier_cashless;
mod dossier_online;
pub mod exact;
pub mod facts;
mod grey;
mod gross;
mod hanging;
pub mod interval;
pub mod item;
mod joined;
pub mod measure;
mod moving;
mod origin;
mod procedures;
mod qd766_3_5;
mod qd766_3_6;
mod sent_back;
pub mod share;
pub mod tally;
mod thu_phi_prov;
mod told_paid;
mod tx_cashless;
mod unread;

use crate::domain::{Inputs, Rules, Text};
use crate::matching::MatchGroup;

pub use crate::domain::{Fraction, Period, Target};
pub use cells::{broken_down, lacking};
use facts::Facts;
pub(crate) use measure::leave_open;
pub use measure::{Measured, measure};
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
    /// True when the input carries the columns, and the rules the lists, that it needs.
    pub enough: fn(&Inputs, &Rules) -> bool,
    /// How it counts the cells of procedures instead of what is in them, where it does.
    pub distinct: fn(&Rules) -> Option<Distinct>,
    /// What every item of the pool may add.
    pub contributions: fn(&Facts, &mut Tally),
}

/// Which procedures a definition that counts each once has in its denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distinct {
    /// Those that were seen.
    Seen,
    /// Those of the list of the rules; others do not count.
    Listed,
}

/// Every definition.
pub const DEFINITIONS: &[Definition] = &[
    tx_cashless::DEFINITION,
    amount_cashless::DEFINITION,
    dossier_cashless::DEFINITION,
    dossier_online::DEFINITION,
    qd766_3_5::PROVIDED,
    qd766_3_5::PAID,
    qd766_3_6::DEFINITION,
    thu_phi_prov::DEFINITION,
    all_dossiers::DEFINITION,
    custom::DEFINITION,
];

/// The definitions that are always measured, beside the targets'.
pub const ALWAYS: [&str; 3] = ["TX_CASHLESS", "DOSSIER_CASHLESS", "AMOUNT_CASHLESS"];

/// The definition with this id.
pub fn definition(id: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.id == id)
}

/// True when what is settled may not be summed at once: breakdowns and grey zones look at each
/// item.
pub fn looks_at_each(rules: &Rules) -> bool {
    !rules.breakdowns.is_empty() || rules.grey.changes()
}

/// Applies the grey zones to sorted contributions, and adds those of the wanted breakdowns.
pub fn break_down(
    inputs: &Inputs,
    rules: &Rules,
    groups: &[MatchGroup],
    contributions: &mut Vec<Contribution>,
) {
    if !looks_at_each(rules) {
        return;
    }
    let origins = origin::Origins::new(inputs, rules, groups);
    let mut made = cells::cells(&origins, rules, contributions, cells::Which::GreyZones);
    grey::treat(&origins, inputs, rules, contributions);
    let rest = cells::cells(&origins, rules, contributions, cells::Which::Others);
    made.extend(rest);
    contributions.append(&mut made);
    contributions.sort();
}
