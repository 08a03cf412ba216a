//! The nouns everything else speaks about. Pure: values, parsing and checked arithmetic only.

pub mod agency;
pub mod day;
pub mod decision;
pub mod dossier_code;
pub mod fee;
pub mod fold;
pub mod fraction;
pub mod ids;
pub mod inputs;
pub mod lang;
pub mod order;
pub mod period;
pub mod receipt;
pub mod reject;
pub mod sorting;
pub mod source;
pub mod txn;
pub mod vnd;

pub use agency::{Agency, AgencyCode, AgencyDirectory};
pub use day::{Day, DayError, Moment, MomentError};
pub use decision::{Decision, Ruling, Share as DecidedShare};
pub use dossier_code::{DossierCode, DossierCodeError};
pub use fee::{CollectionMode, DeclaredMethod, Fee, FeeKind, FeeStatus, FilingChannel};
pub use fraction::Fraction;
pub use ids::{ExceptionId, FeeId, RowKey, RunId, Side, SourceName};
pub use inputs::{Inputs, NetRate, Rules};
pub use lang::{Lang, Text};
pub use order::{OrderStatus, PaymentOrder};
pub use period::{Period, Target};
pub use receipt::{Receipt, ReceiptStatus};
pub use reject::{Conflict, Reject, RejectCode};
pub use source::{Completeness, SourceFacts};
pub use txn::{Instrument, Txn, TxnKind, TxnStatus};
pub use vnd::{Vnd, VndError};
