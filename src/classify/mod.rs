//! Pure: every row gets exactly one class, the first that applies; the others go to its evidence.

pub mod class;

pub use class::{Bucket, Class, Classified, Severity};
