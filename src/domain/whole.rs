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
    /// Of a page: the statement's own name, which its other pages share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Of a page: the sums that it tells, and its own. None where its entries cannot be summed up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sums: Option<PageSums>,
}

/// What a page tells of its entries, or of those of all pages, beside what it holds itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSums {
    /// By its own word.
    pub told: Vec<ToldSum>,
    /// Its own entries.
    pub held: HeldSums,
}

/// A number of entries and their sum, by the word of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldSum {
    /// Money in, money out, none for both.
    pub credit: Option<bool>,
    /// How many, where told.
    pub count: Option<u64>,
    /// Their sum, where told.
    pub sum: Option<Decimal>,
}

/// Entries added up: money in and money out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSums {
    /// Every entry: count and sum of money in, then of money out.
    pub all: [(u64, Decimal); 2],
    /// Those of them that are booked.
    pub booked: [(u64, Decimal); 2],
    /// Entries that cannot be read.
    pub unread: u64,
}

impl HeldSums {
    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let add = |a: [(u64, Decimal); 2], b: [(u64, Decimal); 2]| {
            let [come, out] = [(a[0], b[0]), (a[1], b[1])];
            [come, out].map(|(a, b)| (a.0 + b.0, a.1.saturating_add(b.1)))
        };
        Self {
            all: add(self.all, other.all),
            booked: add(self.booked, other.booked),
            unread: self.unread + other.unread,
        }
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The same, but they would if money in were money out and the reverse: the headings of both
    /// columns may be exchanged.
    Exchanged {
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
    /// The statement's own sum of the provider's fees is another than that of its entries.
    Fees {
        /// By its own word.
        told: Decimal,
        /// By its entries.
        held: Decimal,
    },
    /// The same for what is left after the fees.
    Net {
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
