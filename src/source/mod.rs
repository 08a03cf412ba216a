//! IO: get bytes from providers and folders, and cut them into records of texts.

pub mod record;

pub use record::{AmountForm, At, Record, TimeForm};
