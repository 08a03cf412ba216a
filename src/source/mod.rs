//! IO: get bytes from providers and folders, and cut them into records of texts.

pub mod record;
pub mod registry;

pub use record::{AmountForm, At, Record, TimeForm};
