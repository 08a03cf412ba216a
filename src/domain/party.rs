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
