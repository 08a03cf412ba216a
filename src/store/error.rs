//! What can go wrong in the store, as far as a caller branches on it.

use std::path::PathBuf;

use thiserror::Error;

/// A failure of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The URL is neither `sqlite://FILE` nor `postgres://...`.
    #[error(
        "\"{0}\" is no database URL; write sqlite://FILE or postgres://USER@HOST/NAME in [database] url"
    )]
    Url(String),
    /// There is no database, or it holds none of our tables (exit code 10).
    #[error("the database {0} is not initialised; run `doisoat init`")]
    NotInitialised(String),
    /// Migrations wait (exit code 10).
    #[error("{0} migration(s) are pending; run `doisoat migrate`")]
    MigrationsPending(usize),
    /// The database knows migrations that this program does not (exit code 10).
    #[error("the database is at version {0}, newer than this program; install the newer program")]
    NewerThanProgram(i64),
    /// Another run holds the lease (exit code 11).
    #[error("another run holds the lease: {holder}, process {pid} on {host}, since {since}")]
    Held {
        /// What the holder does, e.g. `run 2022-12-05`.
        holder: String,
        /// Its process.
        pid: i64,
        /// Its host.
        host: String,
        /// Since when, wall clock.
        since: String,
    },
    /// The lease is held by a session that the server keeps although its process is gone (exit
    /// code 11): a power cut or a network that fell silent tells the server nothing.
    #[error(
        "the process that holds the lease is gone, but the database server still keeps its session: \
         {holder}, process {pid} on {host}, since {since}; end that session, then start again: \
         {command}"
    )]
    HeldByGone {
        /// What the holder did, e.g. `run 2022-12-05`.
        holder: String,
        /// Its process, which is not there any more.
        pid: i64,
        /// Its host, which is this one.
        host: String,
        /// Since when, wall clock.
        since: String,
        /// What ends the session, for a shell.
        command: String,
    },
    /// Our lease was lost; nothing was published.
    #[error("the lease was lost to another run; nothing was published, start again")]
    LeaseLost,
    /// The session whose lock keeps other runs out has ended, and with it our lease; nothing was
    /// published.
    #[error(
        "the database ended the session that holds the lease ({0}): was the server restarted?; nothing was published, start again"
    )]
    SessionLost(Box<Self>),
    /// Somebody else kept the database locked beyond the time-out.
    #[error("the database is busy: {0}; another program holds it, try again")]
    Busy(String),
    /// The transaction gave way to one of another program, each time that it was tried.
    #[error(
        "the database took the transaction of another program first: {0}; nothing was written, try again"
    )]
    GaveWay(String),
    /// No answer came; what the database did with the statement is not known.
    #[error(
        "the database gave no answer to {statement} within {seconds} s, and whether it was done is not known; run again: the next start finds out what stands"
    )]
    Silent {
        /// The statement's file name.
        statement: &'static str,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The disk under the database has no room left or fails; the transaction was rolled back.
    #[error("the disk of the database is full or fails: {0}; make room or mend it, then run again")]
    Full(String),
    /// The database may be read, not written.
    #[error(
        "the database takes no writes: {0}; give the user of doisoat the right to write it and its folder, then run again"
    )]
    ReadOnly(String),
    /// The role of the database may not do what a night does.
    #[error(
        "the role of the database lacks rights: {0}; as the owner of the tables run the GRANT lines of docs/OPERATIONS.md (PostgreSQL), then run again"
    )]
    NoRight(String),
    /// The database or an archived file is damaged.
    #[error("{what} is damaged: {detail}; restore it from a backup")]
    Corrupt {
        /// The file or table.
        what: String,
        /// What was found.
        detail: String,
    },
    /// What was read back is not what was written; the transaction was rolled back.
    #[error("conservation failed while publishing: {0}; nothing was published")]
    Conservation(String),
    /// Rows are not as their pulls stored them, or not there any more; nothing was published.
    #[error(
        "changed in the database since it was pulled: {}; restore the database from a backup, then run again", .0.join(", ")
    )]
    Altered(Vec<String>),
    /// What a later night decided cannot be read, so an earlier one could overwrite it; nothing was
    /// published.
    #[error(
        "what the later night {night} decided cannot be read ({sha256}: {detail}); restore the archive from a backup, then run again"
    )]
    LaterLost {
        /// The later night.
        night: String,
        /// The file of the archive.
        sha256: String,
        /// What was found.
        detail: String,
    },
    /// A figure does not fit the column.
    #[error("{0} does not fit 64 bits")]
    Overflow(&'static str),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// Any other failure of the database, in the statement named.
    #[error("database error in {statement}: {message}")]
    Db {
        /// The statement's file name.
        statement: &'static str,
        /// The database's own message, never the values.
        message: String,
    },
}

impl StoreError {
    /// An IO failure at `path`.
    pub(super) fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io {
            path: path.into(),
            source,
        }
    }
}
