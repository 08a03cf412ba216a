//! PURE: what the structured statements (MT940, camt) tell, piece by piece, as text. Nothing is
//! judged and nothing summed here; a statement of any size passes through without being held.

use super::FormatError;

/// One piece of a statement file, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A statement begins; its identification, empty where it has none.
    Statement(Box<str>),
    /// The account of the statement.
    Account(Box<str>),
    /// A balance.
    Balance(Balance),
    /// An entry.
    Entry(Box<Entry>),
    /// A field that is none.
    Bad(Bad),
}

/// One balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What it is.
    pub kind: BalanceKind,
    /// True when the account holds money, false when it owes.
    pub credit: bool,
    /// The amount as written.
    pub amount: Box<str>,
    /// The currency as written, empty where none is told.
    pub currency: Box<str>,
}

/// What a balance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BalanceKind {
    /// Before the first entry, booked.
    Opening,
    /// Closing of the period before: the opening balance where no other is told.
    Previous,
    /// After the last entry, booked.
    Closing,
    /// Anything else: available, interim, expected.
    Other,
}

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The line on which it begins, the first is 1.
    pub line: u64,
    /// True when money came in (C, RD), false when it went out (D, RC).
    pub credit: bool,
    /// True when it undoes another entry.
    pub reversal: bool,
    /// True when it is not booked yet.
    pub pending: bool,
    /// The amount as written.
    pub amount: Box<str>,
    /// Its currency, empty where none is told.
    pub currency: Box<str>,
    /// The day of booking as written: `YYMMDD`, `YYYY-MM-DD` or with a time.
    pub booked: Box<str>,
    /// The day of value as written.
    pub value: Box<str>,
    /// The customer's reference.
    pub reference: Box<str>,
    /// The bank's reference.
    pub bank_ref: Box<str>,
    /// What the entry is for, all lines.
    pub memo: String,
    /// The other party, where told apart.
    pub party: Box<str>,
    /// Transactions that are told one by one inside the entry.
    pub details: u64,
}

/// A narrative longer than this is cut: no field of the standards is.
pub(super) const TEXT_MAX: usize = 32 << 10;

impl Entry {
    /// Adds a line to what the entry is for.
    pub(super) fn narrate(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() || self.memo.len() + line.len() >= TEXT_MAX {
            return;
        }
        if !self.memo.is_empty() {
            self.memo.push(' ');
        }
        self.memo.push_str(line);
    }
}

/// A field that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Its line.
    pub line: u64,
    /// The field: a tag or an element.
    pub field: &'static str,
    /// What stands there.
    pub value: Box<str>,
}

/// What takes the pieces.
pub type Sink<'s> = &'s mut dyn FnMut(Piece);

/// Which structured format a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// SWIFT customer statement.
    Mt940,
    /// SWIFT interim transaction report.
    Mt942,
    /// ISO 20022 account report.
    Camt052,
    /// ISO 20022 statement.
    Camt053,
    /// ISO 20022 notification.
    Camt054,
}

impl MessageKind {
    /// Its name: `mt940`, `camt.053`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Mt940 => "mt940",
            Self::Mt942 => "mt942",
            Self::Camt052 => "camt.052",
            Self::Camt053 => "camt.053",
            Self::Camt054 => "camt.054",
        }
    }

    /// What a text looks like, by its first lines.
    pub fn of(text: &str) -> Option<Self> {
        super::camt::kind_of(text).or_else(|| super::mt940::kind_of(text))
    }

    /// Reads the text.
    pub fn read(self, text: &str, sink: Sink<'_>) -> Result<(), FormatError> {
        match self {
            Self::Mt940 | Self::Mt942 => {
                super::mt940::read(text, sink);
                Ok(())
            }
            Self::Camt052 | Self::Camt053 | Self::Camt054 => super::camt::read(text, sink),
        }
    }
}
