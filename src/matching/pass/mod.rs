//! The passes, strict before loose. The order of `PASSES` is the policy; a new pass is one file and
//! one line here.

use crate::domain::Text;

use super::desk::Desk;

mod admit;
mod batch;
mod chain;
mod decisions;
mod deposit;
mod exact_key;
mod extracted_key;
mod repaired_key;
mod rest;
mod scored;
pub mod set_certificate;
mod subset_sums;
mod sum_by_key;

/// One pass over the desk.
pub struct Pass {
    /// Stable id, as it stands in `links.csv`.
    pub id: &'static str,
    /// Its name for people.
    pub label: Text,
    /// Decides what it can among the rows that still wait.
    pub run: fn(&mut Desk),
}

/// Every pass, in the order in which they run.
pub const PASSES: &[Pass] = &[
    decisions::PASS,
    admit::PASS,
    chain::PASS,
    exact_key::PASS,
    extracted_key::PASS,
    sum_by_key::PASS,
    repaired_key::PASS,
    deposit::PASS,
    scored::PASS,
    set_certificate::PASS,
    subset_sums::PASS,
    rest::PASS,
];

/// The ids of the passes of keys.
pub(super) const EXACT: &str = exact_key::PASS.id;
pub(super) const EXTRACTED: &str = extracted_key::PASS.id;

/// Passes whose results a stricter pass may take back while the pairing days last.
pub const PROVISIONAL: [&str; 3] = [repaired_key::PASS.id, scored::PASS.id, set_certificate::ID];

/// The id of a pass, from its stored text.
pub fn id(raw: &str) -> Option<&'static str> {
    PASSES.iter().map(|pass| pass.id).find(|id| *id == raw)
}
