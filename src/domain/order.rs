//! Payment orders: what the one-stop system asked a provider to collect.

use serde::{Deserialize, Serialize};

use super::day::Moment;
use super::dossier_code::DossierCode;
use super::fee::words;
use super::ids::FeeId;
use super::vnd::Vnd;

words!(
    /// The state of an order.
    OrderStatus {
        /// Made, not yet handed to the payer.
        Created = "created",
        /// Waiting for the payer.
        Pending = "pending",
        /// Paid.
        Paid = "paid",
        /// Failed.
        Failed = "failed",
        /// Ran out of time.
        Expired = "expired",
        /// Paid and returned.
        Refunded = "refunded",
        /// Withdrawn.
        Cancelled = "cancelled",
    }
);

impl OrderStatus {
    /// True when no payment can come any more by the registry's own word.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Created | Self::Pending)
    }

    /// True when the registry says that it ended without a payment.
    pub fn is_unpaid(self) -> bool {
        matches!(self, Self::Failed | Self::Expired | Self::Cancelled)
    }
}

/// One order at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentOrder {
    /// The kind of the source, or its name where two sources share the kind.
    pub provider: Box<str>,
    /// The provider's reference for the order (VNPAY: `vnp_TxnRef`).
    pub order_id: Box<str>,
    /// The dossier it pays for.
    pub dossier_code: DossierCode,
    /// The fee lines it pays for; empty means all of the dossier.
    pub fee_ids: Vec<FeeId>,
    /// The amount asked for.
    pub amount: Vnd,
    /// When it was made; the original text is what some providers want back verbatim.
    pub created_at: Moment,
    /// The registry's word on it.
    pub status: OrderStatus,
}
