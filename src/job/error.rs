//! Why a job ended before it published, as far as the exit code depends on it.

use thiserror::Error;

use super::outcome::Exit;
use crate::config::ConfigError;
use crate::report::publish::PublishError;
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
    /// The night belongs to a closed period: no source was asked, nothing was stored.
    #[error("{message}")]
    Closed {
        /// Which period, and who closed it.
        message: String,
        /// What to do.
        fix: String,
    },
    /// Stopped at a clean checkpoint.
    #[error("stopped at a clean checkpoint")]
    Stopped(Exit),
    /// Our own proof failed: nothing is published, the diagnosis is written.
    #[error("{message}")]
    Unproved {
        /// What does not hold, and where the diagnosis is.
        message: String,
        /// What to do.
        fix: String,
    },
    /// The database is not there, beside an archive and reports of past nights (exit code 10).
    #[error("{message}")]
    Lost {
        /// What is missing, and what lies beside it.
        message: String,
        /// What to do.
        fix: String,
    },
    /// What a run kept is not in the archive any more, so that nothing true can be told by it.
    #[error("{message}")]
    Erased {
        /// What is gone, and of which run.
        message: String,
        /// What to do.
        fix: String,
    },
    /// Rows are not as their pulls stored them: nothing is published.
    #[error("{message}")]
    Altered {
        /// Which rows.
        message: String,
        /// What to do.
        fix: String,
    },
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl JobError {
    /// The exit code it ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Store(StoreError::Held { .. } | StoreError::HeldByGone { .. }) => Exit::Locked,
            Self::Store(
                StoreError::NotInitialised(_)
                | StoreError::MigrationsPending(_)
                | StoreError::NewerThanProgram(_),
            )
            | Self::Lost { .. } => Exit::Database,
            Self::Config(_)
            | Self::Usage { .. }
            | Self::Closed { .. }
            | Self::Store(StoreError::Url(_)) => Exit::Usage,
            Self::Stopped(exit) => *exit,
            Self::Store(_)
            | Self::Unproved { .. }
            | Self::Erased { .. }
            | Self::Altered { .. }
            | Self::Other(_) => Exit::Failed,
        }
    }

    /// What happened, and what to do.
    pub fn message_and_fix(&self) -> (String, String) {
        match self {
            Self::Usage { message, fix }
            | Self::Closed { message, fix }
            | Self::Unproved { message, fix }
            | Self::Lost { message, fix }
            | Self::Erased { message, fix }
            | Self::Altered { message, fix } => (message.clone(), fix.clone()),
            Self::Config(error) => (
                format!("{}: {}", error.place, error.message),
                error.fix.clone(),
            ),
            Self::Store(error @ StoreError::Held { .. }) => (
                error.to_string(),
                "wait until it has ended, then start again".to_owned(),
            ),
            Self::Store(error @ StoreError::Io { .. }) => (error.to_string(), DISK.to_owned()),
            Self::Store(error) => in_two(&error.to_string()),
            Self::Stopped(_) => (self.to_string(), "start again: it resumes".to_owned()),
            Self::Other(error) => match error.downcast_ref() {
                Some(PublishError::Io { .. }) => (format!("{error:#}"), DISK.to_owned()),
                _ => in_two(&format!("{error:#}")),
            },
        }
    }
}

/// What to do when a file or folder of ours cannot be read or written.
const DISK: &str =
    "make room and give the user of doisoat the right to read and write there, then run again";

/// An error of ours carries its remedy behind the semicolon.
fn in_two(text: &str) -> (String, String) {
    let (message, fix) = text
        .split_once("; ")
        .unwrap_or((text, "run again; with -v it tells where it stopped"));
    (message.to_owned(), fix.to_owned())
}
