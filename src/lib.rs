//! doisoat (đối soát, reconciliation): pulls fee transactions from payment providers, reconciles
//! them with the fees of administrative dossiers and proves what share of the payments was
//! cashless.
//!
//! The modules stand in the order in which data flows; a reader who walks this file from top to
//! bottom has read the system.

// What everything speaks about.
pub mod clock;
pub mod fault;
pub mod domain;
pub mod telemetry;
pub mod text;

// Configuration: doisoat.toml -> validated values.
pub mod config;

// Bytes in: HTTP and folders, then bytes -> rows, then rows -> canonical nouns.
pub mod source;
pub mod format;
pub mod normalise;

// What people decided.
pub mod decision;

// What the night remembers.
pub mod store;

// The pure core: match, classify, measure.
pub mod settle;
pub mod matching;
pub mod classify;
pub mod kpi;

// What the fee table says of the fees; it decides nothing.
pub mod tariff;

// The independent checker: proves what the core said before anyone sees it.
pub mod prove;

// What people read.
pub mod report;

// Who is told of a night.
pub mod notify;

// The order of the IO around `settle`.
pub mod job;
pub mod schedule;

// Provider simulators and an invented district.
pub mod sandbox;

pub mod cli;
