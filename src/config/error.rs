//! A configuration error says what is wrong, where it stands and what to do.

use std::fmt;

/// One error in `doisoat.toml`, or around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// `doisoat.toml:12:3`, or the file alone.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl ConfigError {
    /// An error at a place.
    pub fn new(
        place: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
            fix: fix.into(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  {}", self.place, self.message, self.fix)
    }
}

impl std::error::Error for ConfigError {}
