//! IO: get bytes from providers and folders, and cut them into records of texts.
//!
//! A **feed** lists days, a **probe** is asked about one order at a time, a **folder** is read.
//! What a kind can do, which keys it has and how it is opened stands in its `REGISTRATION`; a new
//! provider is one file and one line in [`ALL`]. Reading never judges amounts or times (that is
//! `normalise`), but it does judge whether everything came.

pub mod canonical;
pub mod error;
mod error_text;
pub mod file;
pub mod http;
pub mod json;
pub mod provider;
pub mod pull;
pub mod push;
pub mod record;
pub mod registration;
pub mod registry;
pub mod signature;
mod window;

use std::fmt;
use std::future::Future;
use std::ops::RangeInclusive;
use std::pin::Pin;

use thiserror::Error;

use crate::domain::{Day, PaymentOrder, SourceName};

pub use crate::format::Sizes;
pub use error::SourceError;
pub use file::{Amounts, FileRole, FileSource, Mapping};
pub use http::{Pace, Until};
pub use provider::rest::Connector;
pub use pull::{DayControl, DayState, Pull};
pub use push::{Protocol, PushFault, PushSource};
pub use record::{AmountForm, At, Record, TimeForm};
pub use registration::{
    Ability, Defaults, Handle, Key, KeyForm, Opening, ReadTables, Registration,
};
pub use registry::{DossierRecord, FeeRecord, RegistryPull, Words};

/// Every kind of source, in the order of messages. Where two share a word, `mode` tells them apart.
pub const ALL: &[&Registration] = &[
    &provider::sepay::REGISTRATION,
    &provider::casso::REGISTRATION,
    &provider::vnpay::REGISTRATION,
    &provider::momo::REGISTRATION,
    &provider::zalopay::REGISTRATION,
    &provider::payos::REGISTRATION,
    &provider::vnptpay::REGISTRATION,
    &provider::dvcqg::REGISTRATION,
    &provider::keypay::REGISTRATION,
    &provider::viettelpay::REGISTRATION,
    &provider::rest::LIST,
    &provider::rest::PROBE,
    &file::STATEMENT,
    &file::SETTLEMENT,
    &push::REGISTRATION,
    &registration::EXPORT,
    &registry::igate::REGISTRATION,
    &registry::opencps::REGISTRATION,
];

/// A future that a trait object may return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The archive failed; what was to be kept is not, so nothing may be read from it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the raw bytes could not be kept: {0}")]
pub struct ArchiveError(pub Box<str>);

/// Keeps bytes before they are parsed.
pub trait RawSink: Send + Sync + fmt::Debug {
    /// Archives one answer; `what` names it (`transactions 2022-12-05 page 2`) and never holds a
    /// secret. Returns the SHA-256 in hex. The same bytes twice are kept once.
    fn keep<'a>(
        &'a self,
        source: &'a SourceName,
        what: &'a str,
        bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<String, ArchiveError>>;

    /// Remembers that the source knows no such thing (HTTP 404), which some answers hang on.
    fn absent(&self, _what: &str) {}

    /// True while a night is made again from what was answered then: nothing is sent.
    fn is_replay(&self) -> bool {
        false
    }

    /// What it answered before, instead of asking it; none asks it.
    fn told(&self, _what: &str) -> Option<Told> {
        None
    }
}

/// What a source answered when it was asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// These bytes.
    Bytes(Vec<u8>),
    /// That there is no such thing.
    Absent,
    /// Nothing any more: it ended here.
    Nothing,
}

/// A source that lists days.
pub trait Feed: Send + Sync + fmt::Debug {
    /// Lists the business days of `window`. An error only when our own archive failed; whatever
    /// happens to the source is told in the [`Pull`].
    fn list<'a>(
        &'a self,
        window: RangeInclusive<Day>,
        raw: &'a dyn RawSink,
    ) -> BoxFuture<'a, Result<Pull, ArchiveError>>;
}

/// A one-stop system that tells which dossiers changed.
pub trait Registry: Send + Sync + fmt::Debug {
    /// Reads every dossier that changed on `from` or later, with its fees.
    fn changed<'a>(
        &'a self,
        from: Day,
        raw: &'a dyn RawSink,
    ) -> BoxFuture<'a, Result<RegistryPull, ArchiveError>>;
}

/// A source that is asked about one order at a time.
pub trait Probe: Send + Sync + fmt::Debug {
    /// Asks about each order in turn, within the rate limit and the source's deadline.
    fn ask<'a>(
        &'a self,
        orders: &'a [PaymentOrder],
        raw: &'a dyn RawSink,
    ) -> BoxFuture<'a, Result<Pull, ArchiveError>>;

    /// The id of an order that nobody made on `day`: what `check` asks about.
    fn example(&self, day: Day) -> Box<str>;
}
