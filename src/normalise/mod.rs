//! PURE: rows -> Txn, Fee, Receipt, PaymentOrder, Agency, FeeRate, CatalogueName or Reject, and the
//! identity of each row.
//!
//! A row that cannot be read is data: it becomes a `Reject` with file, line, column, value and
//! reason, and nothing else of its delivery is lost.

pub mod agency;
pub mod amount;
pub mod balances;
pub mod catalogue;
pub mod cells;
pub mod columns;
pub mod context;
pub mod dedupe;
pub mod dossier;
pub mod fee;
pub mod fee_table;
pub mod ids;
pub mod inputs;
pub mod memo;
pub mod opencps;
pub mod order;
mod raw;
pub mod receipt;
pub mod registry;
pub mod rewrite;
mod state_word;
pub mod statement;
mod texts;
pub mod transactions;
pub mod txn;
pub mod versions;

pub use columns::Columns;
pub use context::{Cutoff, SourceContext, Window};
pub use dedupe::{Merged, amount_conflict, dedupe, merge, scale_conflict};
pub use inputs::{MatchFiles, MatchInputs, Named, read_match_inputs, read_match_inputs_on};
pub use registry::{RegistryRows, withdrawn};
pub use txn::{TxnRows, read_records, to_txn};
