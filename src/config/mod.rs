//! `doisoat.toml` -> validated `Config`. Unknown keys are errors with a suggestion; every message
//! says what, where and what to do.

pub mod error;
pub mod forms;
pub mod secret;
pub mod section;
pub mod source;

pub use error::ConfigError;
pub use secret::{SecretRef, Surroundings};
pub use source::{HttpSettings, SourceSettings, parse_source};
