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
mod told;
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
    /// Bank feeds: Casso and SePay.
    Feeds,
    /// Casso.
    Casso,
    /// Feeds in numbered pages with a total: Casso and SePay v2.
    Paged,
    /// Feeds whose ids are numbers: Casso and SePay v1.
    Numbered,
    /// SePay v1.
    Sepay,
    /// Providers that tell when money moved: MoMo and DVCQG tell another time.
    Timed,
    /// Every payment gateway.
    Gateways,
    /// Gateways that sign their answers.
    Signed,
    /// Gateways whose answers name the order that was asked about.
    Bound,
    /// Gateways that say that they were asked again too soon.
    Impatient,
    /// These.
    Only(&'static [&'static str]),
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
    /// Orders stay open or go to a person: nothing is lost, nothing more is taken for money.
    Open,
}

impl Outcome {
    /// The word of the tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Fail => "fail",
            Self::Quarantine => "quarantine",
            Self::Conflict => "conflict",
            Self::Either => "either",
            Self::Open => "open",
        }
    }
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

    /// What it is, in one sentence.
    pub fn what(&self) -> &'static str {
        told::WHAT
            .iter()
            .find(|(name, _)| *name == self.name)
            .map_or("", |(_, what)| what)
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
            Dialects::Feeds => matches!(provider, "casso" | "sepay" | "sepay2"),
            Dialects::Casso => provider == "casso",
            Dialects::Paged => matches!(provider, "casso" | "sepay2"),
            Dialects::Numbered => matches!(provider, "casso" | "sepay"),
            Dialects::Sepay => provider == "sepay",
            Dialects::Timed => !matches!(provider, "momo" | "dvcqg"),
            Dialects::Gateways => gateway.is_some(),
            Dialects::Signed => gateway.is_some_and(|gateway| gateway.is_signed),
            Dialects::Bound => gateway.is_some_and(|gateway| gateway.names_order),
            Dialects::Impatient => gateway.is_some_and(|gateway| gateway.says_too_soon),
            Dialects::Only(names) => names.contains(&provider),
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
    Late,
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
    BeyondDouble,
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
    DupReference,
    LimitExact,
    Slice,
    PageShift,
    TiedChanges,
    TokenSpent,
}

/// What happens to a gateway's answer about one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GatewayAct {
    WrongSignature,
    MissingSignature,
    UpperSignature,
    ShortSignature,
    OtherKey,
    Replay,
    AmountScale,
    TooSoon,
    Unknown,
    Unmapped,
    PendingFirst,
    PendingForever,
    PaidInParts,
    PaidTwice,
    Underpaid,
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

    #[test]
    fn each_fault_is_described_once() {
        let all = Fault::all().iter().map(|fault| fault.name);
        let told = told::WHAT.iter().map(|(name, _)| *name);
        assert!(all.eq(told), "in the order of the table");
        assert!(Fault::all().iter().all(|fault| !fault.what().is_empty()));
    }

    #[test]
    fn the_registry_has_no_bank_lines() {
        let shows = |name: &str| Fault::named(name).unwrap().applies_to("igate");
        assert!(shows("page_shift") && shows("hang") && shows("bad_dates"));
        assert!(!shows("null_records") && !shows("amount_scale") && !shows("string_amount"));
    }
}
