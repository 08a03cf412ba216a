//! What papers for others tell of money: rows of one provider with their class, and what agencies
//! took, without names, memos and accounts.

use std::collections::BTreeSet;

use super::agency::AgencyCode;
use super::day::Day;
use super::order::OrderStatus;
use super::txn::reference;
use super::vnd::Vnd;

/// A row of a provider, as a paper shows it to the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRow {
    /// The provider's own id.
    pub id: Box<str>,
    /// The structured reference that it carries.
    pub order_ref: Option<Box<str>>,
    /// The bank's own reference.
    pub bank_ref: Option<Box<str>>,
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
    /// The accounting day that it counted under in the night of which it is told.
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
    /// Collected less due of the dossiers that it is linked to, for a row that is matched with a
    /// difference; none where nothing is left over.
    pub difference: Option<Vnd>,
    /// The day that it counts under now, where that is another: it waited and was paid since.
    pub since: Option<Day>,
}

impl ProviderRow {
    /// What the provider knows the row by.
    pub fn reference(&self) -> String {
        reference(&self.id, self.bank_ref.as_deref())
    }
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

/// One order as the registry tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnOrder {
    /// The provider's reference for it.
    pub id: Box<str>,
    /// The dossier it pays for.
    pub dossier: Box<str>,
    /// The day it was made.
    pub made_on: Day,
    /// What it asks for.
    pub amount: Vnd,
    /// The registry's word on it.
    pub status: OrderStatus,
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

/// What one payment or receipt gave to the lines of one dossier of one agency and kind of fee, or
/// took back of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenLeg {
    /// The item of the indicators that the row makes: `txn|<source>|<id>`,
    /// `receipt|<dossier>|<id>`; empty for what certified sets owed.
    pub item: Box<str>,
    /// The dossier; empty for certified sets.
    pub dossier: Box<str>,
    /// The agency that collects.
    pub agency: AgencyCode,
    /// `phi`, `le_phi`, `land_obligation`.
    pub fee_kind: Box<str>,
    /// Dong; negative for what went back.
    pub amount: i64,
    /// True for a refund or a reversal.
    pub went_back: bool,
}

/// All that was paid on the days of a period, as of a night.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Of payments and receipts one by one.
    pub legs: Vec<TakenLeg>,
    /// The items of payments that belong to certified sets: whose dossiers they paid is certain as
    /// a sum only.
    pub in_sets: BTreeSet<Box<str>>,
}

/// What one item adds to a definition, by its first outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The item.
    pub item: Box<str>,
    /// In the definition's unit.
    pub numerator: i64,
    /// The same.
    pub denominator: i64,
}
