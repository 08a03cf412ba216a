//! The matcher's output: groups of legs, each leg with the amount allocated to one fee line.

use serde::Serialize;

use crate::domain::fee::words;
use crate::domain::{DossierCode, FeeId, RowKey, Text, Vnd};

use super::evidence::{Evidence, Nearest};
use super::part::Part;
use super::pass::{PASSES, PROVISIONAL};

words!(
    /// What a leg does.
    Role {
        /// Pays a fee line.
        Settles = "settles",
        /// Money beyond what was due.
        Surplus = "surplus",
        /// Money that went back; the amount is negative (0 where it undid surplus or a duplicate).
        Refund = "refund",
        /// A payment undone by the provider; the amount is negative.
        Reversal = "reversal",
        /// The same fee paid again; the amount is 0.
        Duplicate = "duplicate",
        /// The same payment seen through a second source; the amount is 0.
        Sighting = "sighting",
        /// Belongs to a certified set; the amount is 0. Kept with the group, never shown as a link.
        Member = "member",
    }
);

/// One money row's part in one fee line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leg {
    /// The transaction or receipt; for a dossier in a certified set its fee line.
    pub money: RowKey,
    /// The dossier; none for a sighting of a payment that is itself open.
    pub dossier_code: Option<DossierCode>,
    /// The fee line; none for a sighting.
    pub fee_id: Option<FeeId>,
    /// The amount allocated: positive for payments, negative for refunds and reversals.
    pub amount: Vnd,
    /// What it does.
    pub role: Role,
    /// The id of the pass that decided it.
    pub pass: &'static str,
    /// Why.
    pub why: Evidence,
}

/// A named difference between the two sides of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The class id that names it: `overpaid`, `underpaid`, `net_settlement`, `partial`.
    pub class: &'static str,
    /// Paid less due; negative when too little came.
    pub amount: Vnd,
}

impl Difference {
    /// Every class that names a difference.
    const CLASSES: [&str; 4] = ["overpaid", "underpaid", "net_settlement", "partial"];

    /// A stored difference; none for a class that names none.
    pub fn read(class: &str, amount: Vnd) -> Option<Self> {
        let class = Self::CLASSES.into_iter().find(|known| *known == class)?;
        Some(Self { class, amount })
    }
}

/// Money rows and fee lines that belong together, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatchGroup {
    /// 16 hex over the money rows and lines of the group.
    pub id: Box<str>,
    /// The loosest pass among its legs, e.g. `exact_key`.
    pub pass: &'static str,
    /// Its legs in byte order of (source, money id, dossier, fee).
    pub legs: Vec<Leg>,
    /// 0-1000; deterministic passes say 1000.
    pub score: u16,
    /// Distance to the runner-up, 0-1000; empty for deterministic passes.
    pub margin: Option<u16>,
    /// Why.
    pub evidence: Vec<Evidence>,
    /// What came second, if anything did.
    pub runner_up: Option<Nearest>,
    /// What is left over, by name.
    pub difference: Option<Difference>,
}

impl MatchGroup {
    /// The legs that link money to fees; the members of a certified set are none.
    pub fn links(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.role != Role::Member)
    }

    /// The name of its pass for people.
    pub fn label(&self) -> Text {
        let pass = PASSES.iter().find(|pass| pass.id == self.pass);
        pass.map_or(Text { vi: "", en: "" }, |pass| pass.label)
    }

    /// True when a stricter pass may take it back while the pairing days last.
    pub fn is_provisional(&self) -> bool {
        PROVISIONAL.contains(&self.pass)
    }

    /// True for a certified set.
    pub fn is_set(&self) -> bool {
        self.legs.iter().any(|leg| leg.role == Role::Member)
    }
}

/// A pairing that the rules do not accept but a person might.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The transaction.
    pub txn: RowKey,
    /// The dossier it may pay.
    pub dossier_code: DossierCode,
    /// The fee line, where one stands out.
    pub fee_id: Option<FeeId>,
    /// 0-1000.
    pub score: u16,
    /// Why it is near, and what is missing.
    pub reason: Vec<Evidence>,
    /// What the score is made of; the parts add up to it.
    #[serde(skip)]
    pub parts: Vec<Part>,
}
