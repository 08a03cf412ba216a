//! Identifiers as types: an order id and a dossier code cannot be mixed up.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::dossier_code::DossierCode;
use super::piece::Piece;

/// Defines a cheaply clonable text identifier.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Piece);

        impl $name {
            /// Takes the text as it is.
            pub fn new(raw: &str) -> Self {
                Self(raw.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The bytes of the text: comparing needs no more.
            pub fn as_bytes(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// The configured name of a source, `[a-z0-9-]+`; `cash` for counter receipts.
    SourceName
);
text_id!(
    /// The identity of a fee line inside its dossier.
    FeeId
);
text_id!(
    /// `<business date>-<12 hex of the input and rules digest>-<version of the night>`.
    RunId
);

impl SourceName {
    /// The source under which counter receipts stand in outputs.
    pub fn cash() -> Self {
        static CASH: LazyLock<SourceName> = LazyLock::new(|| SourceName::new("cash"));
        CASH.clone()
    }

    /// The empty name, under which fee lines stand in outputs.
    pub fn none() -> Self {
        static NONE: LazyLock<SourceName> = LazyLock::new(|| SourceName::new(""));
        NONE.clone()
    }
}

impl FeeId {
    /// The text as rows hold it.
    pub fn shared(&self) -> Piece {
        self.0.clone()
    }

    /// Takes a text as rows hold it.
    pub fn of_shared(text: Piece) -> Self {
        Self(text)
    }
}

/// Which kind of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// A fee line of a dossier: the expected side.
    Fee,
    /// A counter receipt: every valid one is cash.
    Receipt,
    /// A provider's transaction: every one is cashless money.
    Txn,
}

impl Side {
    /// `fee`, `receipt` or `txn`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Fee => "fee",
            Self::Receipt => "receipt",
            Self::Txn => "txn",
        }
    }

    /// Reads the text of [`Side::id`].
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::Fee, Self::Receipt, Self::Txn]
            .into_iter()
            .find(|side| side.id() == raw)
    }
}

/// The identity of one input row. The order is that of our output files: side, source, id, dossier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// Fee, receipt or transaction.
    pub side: Side,
    /// The source of a transaction; `cash` for a receipt, empty for a fee.
    pub source: SourceName,
    /// Transaction id, receipt id or fee id.
    pub id: Piece,
    /// The dossier of a fee (fee ids are unique inside a dossier only).
    pub dossier: Option<DossierCode>,
}

impl RowKey {
    /// The key of a fee line.
    pub fn fee(dossier: &DossierCode, fee: &FeeId) -> Self {
        Self {
            side: Side::Fee,
            source: SourceName::none(),
            id: fee.shared(),
            dossier: Some(dossier.clone()),
        }
    }

    /// The key of a transaction.
    pub fn txn(source: &SourceName, id: &str) -> Self {
        Self {
            side: Side::Txn,
            source: source.clone(),
            id: id.into(),
            dossier: None,
        }
    }

    /// The key of a counter receipt.
    pub fn receipt(id: &str) -> Self {
        Self {
            side: Side::Receipt,
            source: SourceName::cash(),
            id: id.into(),
            dossier: None,
        }
    }
}

/// The stable identity of an exception: 16 hex of SHA-256 over class, side, source, dossier code
/// (of a fee) and id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ExceptionId(Box<str>);

impl ExceptionId {
    /// Computes the identity; the parts are joined with the unit separator U+001F.
    pub fn of(class: &str, key: &RowKey) -> Self {
        let dossier = key.dossier.as_ref().map_or("", DossierCode::as_str);
        let parts = [class, key.side.id(), key.source.as_str(), dossier, &key.id];
        Self(short_hash(parts.join("\u{1f}").as_bytes(), 16).into())
    }

    /// Takes an identity computed before: sixteen hex digits.
    pub fn read(raw: &str) -> Self {
        Self(raw.into())
    }

    /// Sixteen hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExceptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Begins an id that the program made of a row's content, because the row had none.
pub const MADE: char = '~';

/// The first `digits` hex digits of SHA-256.
pub fn short_hash(bytes: &[u8], digits: usize) -> String {
    let hash = Sha256::digest(bytes);
    let mut text = hex::encode(&hash[..digits.div_ceil(2).min(hash.len())]);
    text.truncate(digits);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_id_is_stable_and_tells_rows_apart() {
        let code = DossierCode::parse("H48.18.22-221202-0001").unwrap();
        let key = RowKey::fee(&code, &FeeId::new("F1"));
        let id = ExceptionId::of("underpaid", &key);
        assert_eq!(id.as_str().len(), 16);
        assert_eq!(id, ExceptionId::of("underpaid", &key));
        assert_ne!(id, ExceptionId::of("overpaid", &key));
        assert_ne!(
            id,
            ExceptionId::of("underpaid", &RowKey::txn(&SourceName::new(""), "F1"))
        );
    }
}
