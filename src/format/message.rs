//! PURE: what the structured statements (MT940, camt) tell, piece by piece, as text. Nothing is
//! judged and nothing summed here; a statement of any size passes through without being held.

use std::io::BufRead;

use super::encoding::text_of;
use super::{FormatError, Limits};

/// One piece of a statement file, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A statement begins; its identification, empty where it has none.
    Statement(Box<str>),
    /// The account of the statement.
    Account(Box<str>),
    /// A balance.
    Balance(Balance),
    /// The first or the last day of the statement, as written.
    Period(Edge, Box<str>),
    /// An entry.
    Entry(Box<Entry>),
    /// A field that is none.
    Bad(Bad),
    /// Which part of a statement in several pages this is.
    Page(Page),
    /// What the statement says that its entries add up to.
    Sums(Sums),
    /// The text ends where the statement does not.
    Cut(Cut),
}

/// A word about the pages of a statement. Pages may come in files of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Its number, the first is 1; true when it counts the pages of the whole message.
    Number(u32, bool),
    /// Whether another page stands before this one (`:60M:`).
    Follows(bool),
    /// Whether another page comes after this one (`:62M:`, `LastPgInd`).
    GoesOn(bool),
}

/// The entries by the statement's own count (`TxsSummry`, `:90C:`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// The line that tells them.
    pub line: u64,
    /// Which of them: money in, money out, none for both.
    pub credit: Option<bool>,
    /// How many, as written; empty where it is not told.
    pub count: Box<str>,
    /// Their sum, as written; empty where it is not told.
    pub sum: Box<str>,
}

/// A statement that ends before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The line of the last entry, or the last line, where every entry had ended.
    pub line: u64,
    /// The field that is cut, or the one that is missing.
    pub field: &'static str,
    /// The last entry: its end may be missing.
    pub entry: Option<Box<Entry>>,
}

/// An end of the period that a statement covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Its first day.
    First,
    /// Its last day.
    Last,
}

/// One balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Its line.
    pub line: u64,
    /// The field: a tag or an element.
    pub field: &'static str,
    /// What it is.
    pub kind: BalanceKind,
    /// The same as camt writes it (`CLBD`); empty where the field tells.
    pub code: Box<str>,
    /// True when the account holds money, false when it owes.
    pub credit: bool,
    /// The amount as written.
    pub amount: Box<str>,
    /// The currency as written, empty where none is told.
    pub currency: Box<str>,
    /// Its day as written, empty where none is told.
    pub day: Box<str>,
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
    /// The transactions themselves, the first [`PARTS_MAX`] of them.
    pub parts: Vec<Part>,
}

/// One transaction of an entry that sums several up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The amount as written, empty where none is told.
    pub amount: Box<str>,
    /// The customer's reference.
    pub reference: Box<str>,
    /// The bank's reference.
    pub bank_ref: Box<str>,
    /// What it is for.
    pub memo: String,
    /// The other party.
    pub party: Box<str>,
}

/// Of an entry with more transactions only the entry is read: they would have to be held.
pub const PARTS_MAX: usize = 1_000;

/// A narrative longer than this is cut: no field of the standards is.
pub(super) const TEXT_MAX: usize = 32 << 10;

impl Entry {
    /// Adds a line to what the entry is for.
    pub(super) fn narrate(&mut self, line: &str) {
        narrate(&mut self.memo, line);
    }
}

/// Adds a line to a narrative.
pub(super) fn narrate(memo: &mut String, line: &str) {
    let line = line.trim();
    if line.is_empty() || memo.len() + line.len() >= TEXT_MAX {
        return;
    }
    if !memo.is_empty() {
        memo.push(' ');
    }
    memo.push_str(line);
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

/// What a reader holds of each statement until the end of a file stays small beside these.
const STATEMENTS_MAX: u64 = 50_000;

/// What takes the pieces.
pub type Sink<'s> = &'s mut dyn FnMut(Piece);

/// So many bytes tell what a file is.
pub const HEAD: usize = 64 << 10;

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

    /// What the first bytes of a file, up to [`HEAD`] of them, look like.
    pub fn of_head(head: &[u8]) -> Option<Self> {
        let text = text_of(head, Limits::TEXT).ok()?;
        let text = text.get(..HEAD).unwrap_or(text);
        Self::of(&String::from_utf8_lossy(text))
    }

    /// What a text looks like, by its first lines.
    pub fn of(text: &str) -> Option<Self> {
        super::camt::kind_of(text).or_else(|| super::mt940::kind_of(text))
    }

    /// Reads a stream to its end, piece by piece; nothing but the piece at hand is held.
    ///
    /// # Errors
    /// XML that is not well-formed, cut or hostile; text that is not UTF-8; more statements than
    /// are held beside each other: what comes behind them is not given.
    pub fn read(self, content: &mut dyn BufRead, sink: Sink<'_>) -> Result<(), FormatError> {
        let mut statements = 0;
        let mut some = |piece: Piece| {
            statements += u64::from(matches!(piece, Piece::Statement(_)));
            if statements <= STATEMENTS_MAX {
                sink(piece);
            }
        };
        match self {
            Self::Mt940 | Self::Mt942 => super::mt940::read(self, content, &mut some),
            Self::Camt052 | Self::Camt053 | Self::Camt054 => super::camt::read(content, &mut some),
        }?;
        if statements > STATEMENTS_MAX {
            let limit = STATEMENTS_MAX;
            return Err(FormatError::TooManyStatements { limit });
        }
        Ok(())
    }
}
