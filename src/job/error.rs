//! Why a job ended before it published, as far as the exit code depends on it.

use thiserror::Error;

use super::outcome::Exit;
use crate::config::ConfigError;
use crate::store::StoreError;

/// A job that published nothing.
#[derive(Debug, Error)]
pub enum JobError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A date, run or id that does not exist, or arguments that contradict each other.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        fix: String,
    },
    /// Stopped at a clean checkpoint.
    #[error("stopped at a clean checkpoint")]
    Stopped(Exit),
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl JobError {
    /// The exit code it ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Store(StoreError::Held { .. }) => Exit::Locked,
            Self::Store(
                StoreError::NotInitialised(_)
                | StoreError::MigrationsPending(_)
                | StoreError::NewerThanProgram(_),
            ) => Exit::Database,
            Self::Config(_) | Self::Usage { .. } | Self::Store(StoreError::Url(_)) => Exit::Usage,
            Self::Stopped(exit) => *exit,
            Self::Store(_) | Self::Other(_) => Exit::Failed,
        }
    }

    /// What happened, and what to do.
    pub fn message_and_fix(&self) -> (String, String) {
        let fix = |text: &str| text.to_owned();
        match self {
            Self::Usage { message, fix } => (message.clone(), fix.clone()),
            Self::Config(error) => (
                format!("{}: {}", error.place, error.message),
                error.fix.clone(),
            ),
            // A store error carries its remedy behind the semicolon.
            Self::Store(error) => {
                let text = error.to_string();
                match text.split_once("; ") {
                    Some((message, fix)) => (message.to_owned(), fix.to_owned()),
                    None if self.exit() == Exit::Locked => {
                        (text, fix("wait until it has ended, then start again"))
                    }
                    None => (text, fix("run again; with -v it tells where it stopped")),
                }
            }
            Self::Stopped(_) => (self.to_string(), fix("start again: it resumes")),
            Self::Other(error) => (
                format!("{error:#}"),
                fix("run again; with -v it tells where it stopped"),
            ),
        }
    }
}
