//! PURE: amounts that take back another of their own side: a minus in the column of money out gives
//! back what was taken (a fee, as a rule), one in the column of money in takes back what came.
//!
//! Some banks write all money out with a minus. So a minus there gives back only beside money out
//! without one, or where the balances say so.

use rust_decimal::Decimal;

use super::Statement;
use super::amount;
use super::heading::Role;
use crate::domain::fold::squeeze;
use crate::domain::{TxnKind, TxnStatus};
use crate::format::GridRow;

/// A run of so many digits in what an entry is for may be the code of a dossier.
const CODE_DIGITS: usize = 10;

/// What an entry takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undone {
    /// Money that came in goes out again.
    Credit,
    /// Money that went out comes back: no payment of anybody.
    Debit,
}

impl Undone {
    /// What such an entry is.
    pub(super) fn kind(self) -> TxnKind {
        match self {
            Self::Credit => TxnKind::Reversal,
            Self::Debit => TxnKind::Debit,
        }
    }

    /// Its state: money out that comes back, and may be that of a dossier, is for a person; it is
    /// no second refund.
    pub(super) fn status(self, texts: [&str; 2], told: TxnStatus) -> TxnStatus {
        let coded = |text: &str| {
            let squeezed = squeeze(text);
            let mut runs = squeezed.split(|c: char| !c.is_ascii_digit());
            runs.any(|run| run.len() >= CODE_DIGITS)
        };
        let doubtful = self == Self::Debit && texts.into_iter().any(coded);
        if doubtful && told == TxnStatus::Success {
            TxnStatus::Unmapped
        } else {
            told
        }
    }
}

impl Statement {
    /// An amount in the column of money out: negative, but where it gives back.
    pub(super) fn of_debit(&self, amount: Decimal) -> Decimal {
        if amount < Decimal::ZERO && !self.minus {
            amount.abs()
        } else {
            -amount.abs()
        }
    }

    /// What an entry of two columns takes back; `amount` as the entry has it.
    pub(super) fn undone(&self, row: &GridRow, amount: Decimal) -> Option<Undone> {
        if self.header.amount_role() == Role::Amount {
            return None;
        }
        let minus = |role| {
            let read = amount::size(self.header.cell(row, role), self.style);
            read.is_some_and(|sum| sum < Decimal::ZERO)
        };
        if minus(Role::Credit) {
            Some(Undone::Credit)
        } else {
            (minus(Role::Debit) && amount > Decimal::ZERO).then_some(Undone::Debit)
        }
    }
}
