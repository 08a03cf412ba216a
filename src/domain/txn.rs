//! Transactions: one canonical row per transaction of a provider. Every one is cashless money.

use serde::{Deserialize, Serialize};

use super::day::{Day, Moment};
use super::fee::words;
use super::ids::{RowKey, SourceName};
use super::piece::Piece;
use super::vnd::Vnd;

words!(
    /// What a transaction does; the kind carries the sign, amounts are never negative.
    TxnKind {
        /// Money came in.
        Payment = "payment",
        /// Money went back to the payer, by the provider's own word.
        Refund = "refund",
        /// The provider undid the payment.
        Reversal = "reversal",
        /// Money went out of the bank account; a refund when its memo names a dossier.
        Debit = "debit",
    }
);

words!(
    /// The money's state (not the state of the call that told it).
    TxnStatus {
        /// Final and successful.
        Success = "success",
        /// Final and without effect.
        Failed = "failed",
        /// Not final.
        Pending = "pending",
        /// Withdrawn by the provider.
        Void = "void",
        /// A status the program does not know: goes to a person, never paid.
        Unmapped = "unmapped",
    }
);

words!(
    /// The means of payment.
    Instrument {
        /// Bank transfer.
        Transfer = "transfer",
        /// QR payment.
        Qr = "qr",
        /// E-wallet.
        Wallet = "wallet",
        /// Domestic or international card.
        Card = "card",
        /// Mobile money.
        MobileMoney = "mobile_money",
        /// Through the public service portal.
        Portal = "portal",
        /// Counter cash (receipts only).
        Cash = "cash",
    }
);

/// What others know a transaction by: the bank's own reference where it told one, with the
/// provider's id behind it; an id that was made of the row's content is known to nobody outside
/// and is told only where there is nothing else.
pub fn reference(id: &str, bank_ref: Option<&str>) -> String {
    let known = |text: &&str| !text.bytes().all(|letter| letter == b'0');
    match bank_ref.filter(known) {
        None => id.to_owned(),
        Some(known) if known == id || id.starts_with('~') => known.to_owned(),
        Some(known) => format!("{known} ({id})"),
    }
}

/// One transaction, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Txn {
    /// The configured source it came from.
    pub source: SourceName,
    /// The provider's native id, else `~<12 hex of its content>-<occurrence>`.
    pub id: Piece,
    /// A structured reference: an order id, or a dossier code where the provider carries one.
    pub order_ref: Option<Piece>,
    /// The free text (nội dung chuyển khoản), as received, NFC.
    pub memo: Piece,
    /// What the payer paid, or got back.
    pub amount: Vnd,
    /// The provider's fee kept from it.
    pub fee: Vnd,
    /// What reaches the agency.
    pub net: Vnd,
    /// When; the original text is kept.
    pub paid_at: Moment,
    /// Its calendar day in Viet Nam: decides the period of the share.
    pub paid_on: Day,
    /// The source's accounting day by its cut-off: serves the tie-out.
    pub business_date: Day,
    /// The money's state.
    pub status: TxnStatus,
    /// What it does.
    pub kind: TxnKind,
    /// The payer's name where the provider tells it; masked outside the store.
    pub payer: Piece,
    /// The account it came into or went out of.
    pub account: Option<Piece>,
    /// The bank's own reference.
    pub bank_ref: Option<Piece>,
    /// The means of payment.
    pub instrument: Instrument,
}

impl Txn {
    /// What the bank or the provider knows the row by.
    pub fn reference(&self) -> String {
        reference(&self.id, self.bank_ref.as_deref())
    }

    /// The identity of the row.
    pub fn key(&self) -> RowKey {
        RowKey {
            side: super::ids::Side::Txn,
            source: self.source.clone(),
            id: self.id.clone(),
            dossier: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_called_by_what_the_bank_knows() {
        assert_eq!(reference("~6d741f5005bc-1", Some("FT103")), "FT103");
        assert_eq!(reference("49946", Some("FT103")), "FT103 (49946)");
        assert_eq!(reference("FT103", Some("FT103")), "FT103");
        assert_eq!(reference("49946", None), "49946");
        assert_eq!(reference("~6d741f5005bc-1", Some("")), "~6d741f5005bc-1");
    }
}
