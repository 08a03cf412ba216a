//! `doisoat.toml` -> validated `Config`. Unknown keys are errors with a suggestion; every message
//! says what, where and what to do.

pub mod error;
pub mod forms;
pub mod section;

pub use error::ConfigError;
