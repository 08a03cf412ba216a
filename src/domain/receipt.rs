//! Counter receipts (biên lai): every valid one is cash.

use serde::{Deserialize, Serialize};

use super::agency::AgencyCode;
use super::day::Moment;
use super::dossier_code::DossierCode;
use super::fee::words;
use super::ids::{FeeId, RowKey};
use super::origin::{Aside, Spot};
use super::piece::Piece;
use super::vnd::Vnd;

words!(
    /// The state of a receipt; a cancelled receipt keeps its number.
    ReceiptStatus {
        /// In force.
        Valid = "valid",
        /// Cancelled.
        Void = "void",
        /// Replaced by another.
        Replaced = "replaced",
    }
);

/// One receipt for one fee line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its identity in the export.
    pub receipt_id: Piece,
    /// The printed number.
    pub receipt_no: Piece,
    /// The dossier it was written for.
    pub dossier_code: DossierCode,
    /// The fee line it was written for.
    pub fee_id: FeeId,
    /// The cash taken.
    pub amount: Vnd,
    /// When.
    pub collected_at: Moment,
    /// By whom; masked outside the store.
    pub cashier: Piece,
    /// Where.
    pub agency_code: AgencyCode,
    /// In force or not.
    pub status: ReceiptStatus,
    /// Where it stood in its file.
    #[serde(skip)]
    pub spot: Aside<Spot>,
}

impl Receipt {
    /// The identity of the row.
    pub fn key(&self) -> RowKey {
        RowKey::receipt(&self.receipt_id)
    }
}
