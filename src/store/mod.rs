//! What the nights remember: SQLite by default, PostgreSQL by URL, and the archive of raw bytes.
//!
//! The only module that names sqlx. Every statement is a file of `sql/`, one text for both
//! databases; batches travel as one JSON document per statement (`jsonb_each`).
//!
//! **Versions by night.** Nothing that a night decided is overwritten by a later one. A decision
//! (`row_state`, `match_group`, `contribution`) is an entry `(key, night, until)`: it holds from
//! `night` up to, not including, `until`. The state before night D is every entry with
//! `night < D <= until`; publishing D again replaces the entries of D only, and what later nights
//! decided stands (`later`). Registry facts are versions too: of one identity the latest with
//! `night <= D` counts.

// The databases: connections, migrations, statements, batches, values.
mod again;
mod batch;
mod codec;
mod connect;
mod error;
mod exec;
mod files;
mod migration;
mod patience;
mod snapshot;
mod statement;

// What sources told: kept once, whatever comes again.
mod account_statement;
pub mod archive;
mod feed;
mod origin;
mod registry;
mod spelling;
mod txn;
mod version;

// What a night reads, and what it decides.
mod book;
mod decide;
mod known;
mod later;
mod lease;
mod owner;
mod pool;
mod prior;
mod publish;
mod run;

// What people and proofs read.
mod dump;
mod exception;
mod matched;
mod outbox;

// Small questions of the job.
mod arrived;
mod asked;
mod audit;
mod closing;
mod compare;
mod left_over;
mod party;
mod reading;
mod rights;
mod seal;
mod staged;
mod standing;
mod taken;

pub use account_statement::{AccountStatement, Turnover};
pub use asked::{Daily, GatewayDaySum};
pub use audit::{Audit, Removed, chain_seal};
pub use closing::{Apart, Beside, Closing, Measured, says_of};
pub use compare::Difference;
pub use connect::{OpenMode, Store};
pub use dump::Tables;
pub use error::StoreError;
pub use exception::{ExceptionDetail, ExceptionFilter, ExceptionRecord, Spell};
pub use feed::{FeedDay, ProbeOrder, ProbeOutcome, ProbeRules};
pub use lease::{Holder, Lease};
pub use matched::Matched;
pub use outbox::{Delivered, Outgoing, Queued};
pub use owner::{owner_of, owners};
pub use pool::Window;
pub use publish::Publication;
pub use reading::{OpenItem, Reading};
pub use registry::{ExportFile, RegistryRows};
pub use run::{KeptFile, RunPlace, RunRecord};
pub use seal::{
    EVIDENCE, EVIDENCE_FORM, FORM, ORIGIN, SEALED, SealList, Sealed, SealedAs, as_of, name_of,
    seal_of, told_of,
};
pub use staged::{Staged, staged_as, staged_name};
pub use statement::{STATEMENTS, Statement};
pub use txn::{Delivery, Merge, PeriodRow, Saved, SourceCount};
