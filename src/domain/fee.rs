//! The expected side: fee lines (khoản thu) of dossiers.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

use super::agency::AgencyCode;
use super::day::Moment;
use super::dossier_code::DossierCode;
use super::ids::{FeeId, RowKey};
use super::origin::{Aside, Spot};
use super::piece::Piece;
use super::vnd::Vnd;

/// A closed list of words of the file contract, read without regard to case.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word of the file contract.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word, without regard to case.
            pub fn parse(raw: &str) -> Option<Self> {
                let mut words = Self::ALL.iter().copied();
                if let Some(word) = words.find(|word| word.id() == raw) {
                    return Some(word);
                }
                let raw = raw.trim();
                Self::ALL.iter().copied().find(|word| word.id().eq_ignore_ascii_case(raw))
            }
        }
    };
}
pub(crate) use words;

words!(
    /// What a fee line is.
    FeeKind {
        /// Phí: pays for a service.
        Phi = "phi",
        /// Lệ phí: fixed charge for an act of state management.
        LePhi = "le_phi",
        /// Land obligation set by the tax office; outside the share by default.
        LandObligation = "land_obligation",
    }
);

words!(
    /// How the one-stop system says a fee was or will be paid. Never decides the share.
    DeclaredMethod {
        /// Cash at the counter.
        Cash = "cash",
        /// Bank transfer.
        Transfer = "transfer",
        /// QR payment.
        Qr = "qr",
        /// E-wallet.
        Wallet = "wallet",
        /// Domestic or international card.
        Card = "card",
        /// Through the public service portal.
        Portal = "portal",
        /// Mobile money.
        MobileMoney = "mobile_money",
        /// Cash collected by the public post.
        Post = "post",
        /// Not said.
        None = "",
    }
);

impl DeclaredMethod {
    /// True for the two ways in which cash changes hands.
    pub fn is_cash(self) -> bool {
        matches!(self, Self::Cash | Self::Post)
    }
}

words!(
    /// What the one-stop system says of a fee line.
    FeeStatus {
        /// Đã thanh toán.
        Paid = "paid",
        /// Chờ thanh toán.
        Pending = "pending",
        /// Chưa thanh toán.
        Unpaid = "unpaid",
        /// Đã hoàn phí.
        Refunded = "refunded",
        /// Hủy thanh toán.
        Cancelled = "cancelled",
    }
);

words!(
    /// When a fee is collected.
    CollectionMode {
        /// Thu trước: at receipt.
        Before = "before",
        /// Thu sau: with the result; not due before `due_at`.
        After = "after",
        /// Đối tượng miễn phí: an exempt person.
        Exempt = "exempt",
        /// Phí 0 đồng: a zero rate.
        Zero = "zero",
    }
);

words!(
    /// How the dossier was filed; independent of how it was paid.
    FilingChannel {
        /// At the counter.
        Counter = "1",
        /// Online.
        Online = "2",
        /// By the public post.
        Post = "3",
        /// The column is there and the cell is empty: one-stop systems write so of dossiers that
        /// were handed in at the counter. Without the column nothing is told at all.
        Empty = "",
    }
);

/// One fee line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// The dossier it belongs to.
    pub dossier_code: DossierCode,
    /// Its identity inside the dossier.
    pub fee_id: FeeId,
    /// Phí, lệ phí or land obligation.
    pub kind: FeeKind,
    /// The amount due.
    pub amount: Vnd,
    /// The agency that collects.
    pub agency_code: AgencyCode,
    /// The administrative procedure.
    pub procedure_code: Piece,
    /// Declared means of payment.
    pub declared_method: DeclaredMethod,
    /// Due by; none is never late.
    pub due_at: Option<Moment>,
    /// The person expected to pay; masked outside the store.
    pub payer_name: Piece,
    /// The registry's word on it.
    pub status: FeeStatus,
    /// What only some exports carry.
    pub more: More,
    /// Where it stood in its file or answer.
    #[serde(skip)]
    pub spot: Aside<Spot>,
}

/// Optional columns of an export; a definition that needs a missing one prints no figure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeMore {
    /// Receipt of the dossier.
    pub received_at: Option<Moment>,
    /// Start of processing.
    pub processing_started_at: Option<Moment>,
    /// The result was handed over.
    pub result_at: Option<Moment>,
    /// Field (lĩnh vực).
    pub field_code: Option<Piece>,
    /// Filing channel; none where no column tells it.
    pub filing_channel: Option<FilingChannel>,
    /// Collection mode.
    pub collection_mode: Option<CollectionMode>,
    /// The registry's online payment flag: 0 not paid online, 1 on the national portal (also where
    /// the registry says "yes" and not where), 2 on the gateway of a ministry or province.
    pub online_payment_flag: Option<u8>,
    /// When the registry believes it was paid (may be the time of a poll).
    pub paid_at: Option<Moment>,
    /// Payment request code.
    pub request_id: Option<Piece>,
    /// E-receipt form number.
    pub receipt_form: Option<Piece>,
    /// E-receipt series.
    pub receipt_series: Option<Piece>,
    /// E-receipt number.
    pub receipt_no: Option<Piece>,
}

/// [`FeeMore`], which takes no room where nothing is told.
#[derive(Clone, Default, Eq)]
pub struct More(Option<Box<FeeMore>>);

/// Nothing is told.
static NO_MORE: FeeMore = FeeMore {
    received_at: None,
    processing_started_at: None,
    result_at: None,
    field_code: None,
    filing_channel: None,
    collection_mode: None,
    online_payment_flag: None,
    paid_at: None,
    request_id: None,
    receipt_form: None,
    receipt_series: None,
    receipt_no: None,
};

impl From<FeeMore> for More {
    fn from(more: FeeMore) -> Self {
        Self((more != NO_MORE).then(|| Box::new(more)))
    }
}

impl Deref for More {
    type Target = FeeMore;

    fn deref(&self) -> &FeeMore {
        self.0.as_deref().unwrap_or(&NO_MORE)
    }
}

impl DerefMut for More {
    fn deref_mut(&mut self) -> &mut FeeMore {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for More {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl Serialize for More {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for More {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FeeMore::deserialize(deserializer).map(Self::from)
    }
}

impl Fee {
    /// The identity of the row.
    pub fn key(&self) -> RowKey {
        RowKey::fee(&self.dossier_code, &self.fee_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_without_regard_to_case() {
        assert_eq!(FeeKind::parse("LE_PHI"), Some(FeeKind::LePhi));
        assert_eq!(DeclaredMethod::parse(""), Some(DeclaredMethod::None));
        assert_eq!(FeeStatus::parse("Paid "), Some(FeeStatus::Paid));
        assert_eq!(FeeStatus::parse("bezahlt"), None);
        for word in DeclaredMethod::ALL {
            assert_eq!(DeclaredMethod::parse(word.id()), Some(*word));
        }
    }
}
