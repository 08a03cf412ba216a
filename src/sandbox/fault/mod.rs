//! Faults that the simulators can show, each by name.
//!
//! A fault hits the first request (or two) of each provider after it was switched on, or every one.

mod body;
mod gzip;
pub(crate) mod listing;
pub(crate) mod paged;
pub(crate) mod rows;
mod status;
mod table;
pub(crate) mod transport;

use super::gateway;

pub(crate) use body::spoil;
pub(crate) use status::{MOVED, refuse};

/// Which requests a fault hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hits {
    /// The first ones of each provider.
    First(u32),
    /// Every one.
    Always,
}

/// Which providers a fault can show at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialects {
    /// Every one.
    All,
    /// Casso and SePay.
    Feeds,
    /// Casso.
    Casso,
    /// Feeds in numbered pages with a total: Casso and SePay v2.
    Paged,
    /// Feeds whose ids are numbers: Casso and SePay v1.
    Numbered,
    /// SePay.
    Sepay,
    /// Providers that tell when money moved: MoMo and DVCQG tell another time.
    Timed,
    /// Every payment gateway.
    Gateways,
    /// Gateways that sign their answers.
    Signed,
    /// Gateways whose answers name the order that was asked about.
    Bound,
}

/// What a correct client makes of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is there in the end, equal to the truth.
    Complete,
    /// The source is marked as failed, nothing half-read is taken for the whole.
    Fail,
    /// Good rows are kept, bad ones put aside with a reason.
    Quarantine,
    /// Both versions are kept for a person.
    Conflict,
    /// Complete or failed, never wrong.
    Either,
}

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Its name on the command line.
    pub name: &'static str,
    /// Which requests it hits.
    pub hits: Hits,
    /// Which providers it can show at.
    pub dialects: Dialects,
    /// What a correct client makes of it.
    pub outcome: Outcome,
    pub(crate) act: Act,
}

impl Fault {
    /// The fault of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().iter().find(|fault| fault.name == name).copied()
    }

    /// Every fault.
    pub fn all() -> &'static [Self] {
        table::FAULTS
    }

    /// Whether it shows at the provider.
    pub fn applies_to(&self, provider: &str) -> bool {
        let gateway = gateway::named(provider).map(|(_, gateway)| gateway);
        match self.dialects {
            Dialects::All => true,
            Dialects::Feeds => gateway.is_none(),
            Dialects::Casso => provider == "casso",
            Dialects::Paged => matches!(provider, "casso" | "sepay2"),
            Dialects::Numbered => matches!(provider, "casso" | "sepay"),
            Dialects::Sepay => provider == "sepay",
            Dialects::Timed => !matches!(provider, "momo" | "dvcqg"),
            Dialects::Gateways => gateway.is_some(),
            Dialects::Signed => gateway.is_some_and(|gateway| gateway.is_signed),
            Dialects::Bound => gateway.is_some_and(|gateway| gateway.names_order),
        }
    }
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Transport(TransportAct),
    Status(StatusAct),
    Body(BodyAct),
    Rows(RowAct),
    Listing(ListAct),
    Gateway(GatewayAct),
    Redirect(RedirectAct),
    Header(HeaderAct),
    Chaos,
}

/// What happens to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TransportAct {
    Hang,
    HangBody,
    SlowLoris,
    Reset,
    ResetMidBody,
    Garbage,
    BadChunked,
    ShortBody,
    HeaderFlood,
    HeaderHuge,
    HugeBody,
}

/// The hint of a 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    None,
    Seconds(u64),
    /// An HTTP date so many seconds after the answer's own Date header.
    Date(i64),
    Text(&'static str),
}

/// An answer instead of the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusAct {
    TooMany(Hint),
    RateLimit,
    Json(u16),
    Html(u16),
    Unavailable,
    NoContent,
    ErrorInside,
}

/// What happens to the right body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyAct {
    Empty,
    Truncated,
    WrongType,
    HtmlLogin,
    Bom,
    Utf16,
    InvalidUtf8,
    DeepJson,
    GzipBomb,
    GzipTruncated,
    DuplicateKeys,
}

/// What happens to single records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowAct {
    MissingField,
    TypeFlip,
    ExtraFields,
    FloatAmount,
    ExpAmount,
    StringAmount,
    HugeAmount,
    OverflowAmount,
    NanAmount,
    BadDates,
    NaughtyText,
    FutureRows,
    MidnightRows,
    UtcTimes,
}

/// What happens to a list and its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListAct {
    Null,
    DupPage,
    DupRecords,
    DupConflict,
    DriftInsert,
    DriftDelete,
    NextPageLoop,
    Endless,
    SizeIgnored,
    TotalMismatch,
    MissingLastPage,
    Unsorted,
    WrongDays,
    SinceExclusive,
    SinceNewest,
    LateRows,
    AmendedRows,
}

/// What happens to a signed answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GatewayAct {
    WrongSignature,
    MissingSignature,
    UpperSignature,
    ShortSignature,
    Replay,
    AmountScale,
}

/// Where a redirect points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RedirectAct {
    Same,
    Other,
    Loop,
    File,
    Metadata,
}

/// What happens to the headers of a good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderAct {
    ClockSkew,
    SetCookie,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        let mut names: Vec<&str> = Fault::all().iter().map(|fault| fault.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Fault::all().len());
        assert_eq!(Fault::named("hang").unwrap().hits, Hits::First(1));
        assert!(Fault::named("none").is_none());
        assert!(!Fault::named("replay").unwrap().applies_to("sepay"));
    }
}
