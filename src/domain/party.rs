//! What papers for others tell of money: rows of one provider with their class, and what agencies
//! took, without names, memos and accounts.

use super::agency::AgencyCode;
use super::day::Day;
use super::vnd::Vnd;

/// A row of a provider, as a paper shows it to the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRow {
    /// The provider's own id.
    pub id: Box<str>,
    /// The structured reference that it carries.
    pub order_ref: Option<Box<str>>,
    /// `payment`, `refund`, `reversal`, `debit`.
    pub kind: Box<str>,
    /// `success`, `failed`, `pending`, `void`, `unmapped`.
    pub status: Box<str>,
    /// What the payer paid, or got back.
    pub amount: Vnd,
    /// What the provider kept.
    pub fee: Vnd,
    /// What reaches the agency.
    pub net: Vnd,
    /// The accounting day.
    pub business_date: Day,
    /// The class, `ok` when in order.
    pub class: Box<str>,
    /// `matched`, `open`, `rejected`, `excluded`.
    pub bucket: Box<str>,
    /// The dossier that it belongs to or names.
    pub dossier: Option<Box<str>>,
    /// True for a payment of a certified set: its dossier is one of as many that nothing tells
    /// apart, so that only the sum is certain.
    pub in_set: bool,
    /// True where a link says that it gave money back: a refund or a reversal, whatever its kind.
    pub went_back: bool,
    /// Paid less due of the dossier that it is linked to; none where nothing is left over.
    pub difference: Option<Vnd>,
}

/// The registry's own word on the orders of a period at one provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ordered {
    /// Orders made in the period.
    pub orders: u64,
    /// Those of them that it calls paid.
    pub paid: u64,
    /// What these asked for, dong.
    pub paid_vnd: i64,
}

/// A fee that the registry calls paid without cash, and no source has its money.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingPayment {
    /// The day it counts under.
    pub business_date: Day,
    /// The dossier.
    pub dossier: Box<str>,
    /// The fee line.
    pub fee_id: Box<str>,
    /// What it asks for.
    pub amount: Vnd,
    /// The orders that ask for it, each with its provider; empty where none tells.
    pub orders: Vec<(Box<str>, Box<str>)>,
}

/// What was paid for one kind of fee of one agency, less what went back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    /// The agency that collects.
    pub agency: AgencyCode,
    /// `phi`, `le_phi`, `land_obligation`.
    pub fee_kind: Box<str>,
    /// Dong.
    pub amount: i64,
}
