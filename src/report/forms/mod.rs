//! Papers with signatures: the minutes of reconciliation with a provider and the form of payments,
//! in the layout of Decree 30/2020/NĐ-CP, as DOCX, PDF and XLSX. A paper goes to another party, so
//! it holds codes, days, amounts and classes, and no name of a person, memo or account.
//!
//! Nothing depends on a clock: place, day and number are left to whoever signs.

pub mod minutes;
pub mod payments;

mod amount;
mod annex;
mod book;
mod bridge;
mod docx;
mod figures;
mod own;
mod paper;
mod period;

pub use amount::{Account, Handed};
pub use annex::file_name;
pub use book::render as xlsx;
pub use bridge::{Bridge, is_summed};
pub use docx::render as docx;
pub use figures::{ByClass, Sums};
pub use minutes::Minutes;
pub use own::{Step, Why};
pub use paper::{Align, Block, Cell, Grid, How, Line, Listed, Paper, Row, Scale};
pub use payments::{AgencyPayments, Carried, Payments, Untold};
