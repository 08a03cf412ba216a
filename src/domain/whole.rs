//! What a statement tells of being whole, beside its days and balances.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::day::Day;

/// What a statement tells of itself, and what in it does not agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Money out.
    pub debits: Decimal,
    /// Its first day by its own word; without one the days of its entries tell.
    pub opens_on: Option<Day>,
    /// The page that it is, where pages are counted.
    pub page: Option<PageNumber>,
    /// True when a page stands before it (`:60M:`, a page after the first).
    pub follows: bool,
    /// True when a page comes after it (`:62M:`, `LastPgInd` false).
    pub goes_on: bool,
    /// What in it is cut or does not agree.
    pub flaws: Vec<Flaw>,
}

/// The number of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageNumber {
    /// From 1.
    pub number: u32,
    /// True when the pages of the whole message are counted, not those of one statement.
    pub of_message: bool,
}

/// Something in a statement that shows that it is not whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Flaw {
    /// The text ends before the closing balance.
    Cut {
        /// The line of the last entry, or the last line.
        line: u64,
    },
    /// The running balances of two rows do not follow from each other.
    Break {
        /// The line of the earlier row; none: the opening balance.
        after: Option<u64>,
        /// The line of the later row; none: the closing balance.
        before: Option<u64>,
        /// What is missing between them: positive when money came in.
        amount: Decimal,
    },
    /// The running balances follow from each other in no order: what is missing is not known.
    Unchained {
        /// The first line that does not follow.
        line: u64,
    },
    /// The statement's own sum is another than that of its entries.
    Sum {
        /// Money in, money out, none for both.
        credit: Option<bool>,
        /// By its own word.
        told: Decimal,
        /// By its entries.
        held: Decimal,
    },
    /// The statement counts another number of entries.
    Count {
        /// Money in, money out, none for both.
        credit: Option<bool>,
        /// By its own word.
        told: u64,
        /// Entries that are there.
        held: u64,
    },
}
