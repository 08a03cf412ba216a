//! The source stage's output: one provider record as texts, before anything is judged. Turning
//! texts into amounts, times and identities is `normalise`'s work, in one place for all providers.

use std::sync::Arc;

use crate::domain::{Aside, Instrument, Origin, TxnKind, TxnStatus, Vnd};

/// Where a record stands in what was delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// File name, or the request that brought it (`transactions page 2`), without secrets.
    pub file: Arc<str>,
    /// Line in the file, or position in the answer; the first is 1.
    pub line: u64,
}

/// How an amount is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AmountForm {
    /// `^[0-9]{1,15}$`.
    #[default]
    Digits,
    /// A plain decimal with a point; a fraction other than zero is a reject; a sign is allowed and
    /// tells the direction (negative: money went out).
    Decimal,
    /// Whole hundredths of a dong (VNPAY).
    Hundredths,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeForm {
    /// RFC 3339 with `T` or a blank; none means +07:00.
    #[default]
    Iso,
    /// `yyyyMMddHHmmss`, Vietnam time.
    Compact,
    /// Milliseconds since 1970-01-01 UTC (MoMo, ZaloPay).
    EpochMs,
    /// Like `Compact`: the time of the order, which stands in for a time of payment that is not
    /// told and never contradicts one that is.
    OrderTime,
    /// Like `Iso`, but a day alone is accepted and means its start (Casso's `when`).
    IsoOrDay,
}

/// One record of a money source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Where it stands.
    pub at: At,
    /// The answer that brought it and the position there, where `at` says something else.
    pub came: Aside<Option<Origin>>,
    /// Native id.
    pub id: Option<Box<str>>,
    /// Structured reference.
    pub order_ref: Option<Box<str>>,
    /// Free text.
    pub memo: Box<str>,
    /// Gross amount as written; the column name for messages stands beside it.
    pub amount: Option<Box<str>>,
    /// The column or field that holds the amount.
    pub amount_column: &'static str,
    /// How amounts are written.
    pub amount_form: AmountForm,
    /// The provider's fee, as written.
    pub fee: Option<Box<str>>,
    /// The net amount, as written.
    pub net: Option<Box<str>>,
    /// Currency; none means VND.
    pub currency: Option<Box<str>>,
    /// Time as written.
    pub time: Option<Box<str>>,
    /// The column or field that holds the time.
    pub time_column: &'static str,
    /// How times are written.
    pub time_form: TimeForm,
    /// The money's state; none where the words could not be read (a reject).
    pub status: Option<TxnStatus>,
    /// The state as written, for messages.
    pub status_text: Box<str>,
    /// What it does; none where the word could not be read (a reject).
    pub kind: Option<TxnKind>,
    /// The kind as written, for messages.
    pub kind_text: Box<str>,
    /// Payer's name.
    pub payer: Box<str>,
    /// Account it came into or went out of.
    pub account: Option<Box<str>>,
    /// The bank's own reference.
    pub bank_ref: Option<Box<str>>,
    /// Means of payment, where the record tells; else the source's.
    pub instrument: Option<Instrument>,
    /// Accounting day as written, where the record tells.
    pub business_date: Option<Box<str>>,
    /// The account's balance after it, as written: a feed whose rows tell one.
    pub balance: Option<Box<str>>,
    /// A probe: what the order asked for. A payment of exactly a hundredth or a hundred times of it
    /// is a `conflict`.
    pub order_amount: Option<Vnd>,
}
