//! Transactions: one canonical row per transaction of a provider. Every one is cashless money.

use std::borrow::Cow;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::day::{Day, Moment};
use super::fee::words;
use super::ids::{RowKey, SourceName};
use super::origin::{Aside, Spot};
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
    /// What the provider wrote where its state is `Unmapped`; none of any other row. Seldom there,
    /// so it stands behind a pointer and a row stays small.
    #[serde(default)]
    pub status_word: Option<Box<Piece>>,
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
    /// Where it stood in its delivery.
    #[serde(skip)]
    pub spot: Aside<Spot>,
}

/// Between `unmapped` and the provider's word, where both are one text.
const TOLD: &str = ": ";

impl Txn {
    /// The state as one text: `success`; `unmapped: 77` where the provider's word is known.
    pub fn state(&self) -> Cow<'static, str> {
        match &self.status_word {
            Some(word) => format!("{}{TOLD}{}", self.status.id(), word.as_str()).into(),
            None => self.status.id().into(),
        }
    }

    /// Reads what [`Txn::state`] wrote; none where it is no state.
    pub fn read_state(text: &str) -> Option<(TxnStatus, Option<Box<Piece>>)> {
        let Some((status, word)) = text.split_once(TOLD) else {
            return Some((TxnStatus::parse(text)?, None));
        };
        let status = TxnStatus::parse(status).filter(|s| *s == TxnStatus::Unmapped)?;
        Some((status, Some(Box::new(word.into()))))
    }

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

/// By hand for one reason: a row whose provider told no unknown word is written as it was before
/// there was a place for it, so that digests of earlier nights stand. (The canonical form of a
/// digest marks a field that `skip_serializing_if` leaves out.)
impl Serialize for Txn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Txn", 18)?;
        row.serialize_field("source", &self.source)?;
        row.serialize_field("id", &self.id)?;
        row.serialize_field("order_ref", &self.order_ref)?;
        row.serialize_field("memo", &self.memo)?;
        row.serialize_field("amount", &self.amount)?;
        row.serialize_field("fee", &self.fee)?;
        row.serialize_field("net", &self.net)?;
        row.serialize_field("paid_at", &self.paid_at)?;
        row.serialize_field("paid_on", &self.paid_on)?;
        row.serialize_field("business_date", &self.business_date)?;
        row.serialize_field("status", &self.status)?;
        if self.status_word.is_some() {
            row.serialize_field("status_word", &self.status_word)?;
        }
        row.serialize_field("kind", &self.kind)?;
        row.serialize_field("payer", &self.payer)?;
        row.serialize_field("account", &self.account)?;
        row.serialize_field("bank_ref", &self.bank_ref)?;
        row.serialize_field("instrument", &self.instrument)?;
        row.end()
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

    #[test]
    fn a_state_is_one_text_and_only_an_unknown_one_carries_a_word() {
        let state = |text| Txn::read_state(text).map(|(s, w)| (s.id(), w.map(|w| w.to_string())));
        assert_eq!(state("success"), Some(("success", None)));
        assert_eq!(state("unmapped"), Some(("unmapped", None)));
        let told = Some(("unmapped", Some("77: x".to_owned())));
        assert_eq!(state("unmapped: 77: x"), told);
        assert_eq!(state("success: 77"), None);
        assert_eq!(state("paid"), None);
    }
}
