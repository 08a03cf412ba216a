//! Why a source could not be read. One enum that callers branch on, with its text in both
//! languages: what happened, where, and what to do. No variant holds a credential, a signature or
//! a body.

use std::fmt;

use crate::domain::Lang;

/// Why a source stopped. `at` names the source and the request, without its query.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each variant's comment says what its fields are"
)]
pub enum SourceError {
    /// HTTP 401 or 403; `inside`: the same as a code inside an answer of another status.
    Refused {
        at: Box<str>,
        status: u16,
        inside: bool,
    },
    /// The provider's own code for "your identity or your signature is wrong".
    RefusedByCode { at: Box<str>, code: Box<str> },
    /// The answer's signature is missing or wrong, or it answers another question.
    Signature { at: Box<str>, why: SignatureFault },
    /// HTTP 404.
    NotFound { at: Box<str> },
    /// Any other 4xx but 408 and 429.
    Rejected { at: Box<str>, status: u16 },
    /// A redirect; never followed.
    Redirect {
        at: Box<str>,
        status: u16,
        to: Box<str>,
    },
    /// The body, decompressed, is larger than the cap.
    TooLarge { at: Box<str>, bytes_max: u64 },
    /// The time for the whole source is used up.
    Deadline { at: Box<str>, seconds: u64 },
    /// The time of day by which the night wants to be published (`HH:MM`) has come.
    NightOver { at: Box<str>, time: Box<str> },
    /// The provider asks us to come back later than we may wait.
    ComeBackLater { at: Box<str>, seconds: u64 },
    /// Every attempt failed; the last fault is named.
    Exhausted {
        at: Box<str>,
        attempts: u32,
        last: Fault,
    },
    /// The certificate or the TLS handshake was not accepted; nothing was sent.
    Tls { at: Box<str>, detail: Box<str> },
    /// The host name stands for an address that may not be called.
    NotAllowed { at: Box<str>, detail: Box<str> },
    /// Everything was answered, yet the provider's own totals say that rows are missing.
    Incomplete { at: Box<str>, gap: Gap },
    /// A probe: the source can hold no order of such an id, or cuts it, so that its answer could be
    /// about another one. How many were not asked about.
    NotAskable { at: Box<str>, orders: u64 },
    /// A probe: answers about single orders that cannot be used. How many orders, the first of
    /// them, and what came the last time; `ended`: so many in a row that it was taken for one
    /// cause.
    Unusable {
        orders: u64,
        order: Box<str>,
        why: Box<Self>,
        ended: bool,
    },
    /// Our own archive failed: nothing may be parsed that was not kept. Not the source's fault.
    Archive { detail: Box<str> },
}

/// What one attempt ran into; worth another attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No connection.
    Connect,
    /// The connection broke, or the answer was not HTTP.
    Broken,
    /// No complete answer in time.
    Timeout,
    /// 408, 429 or a 5xx.
    Status(u16),
    /// The provider's own "busy" or "error" inside a successful answer.
    ErrorInside(Box<str>),
    /// A verified answer about one order whose code nobody documents: when every attempt ends so,
    /// that order stays open and the next one is asked about.
    OrderCode(Box<str>),
    /// The body cannot be read.
    Body(BodyFault),
}

/// Why a body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each variant's comment says what its fields are"
)]
pub enum BodyFault {
    /// No bytes at all: never an empty day.
    Empty,
    /// A web page instead of data.
    Html,
    /// UTF-16, or bytes that are not UTF-8.
    NotUtf8,
    /// JSON that ends in the middle.
    Truncated,
    /// Not JSON (NaN included); line and column.
    NotJson { line: usize, column: usize },
    /// Nested deeper than any answer of a provider.
    TooDeep,
    /// The same key twice in one object: which value counts is anyone's guess.
    DuplicateKey(Box<str>),
    /// JSON of another form than documented: what is missing.
    Shape(&'static str),
}

impl BodyFault {
    /// A key that stands twice; one that may be a name or an account is not shown.
    pub fn twice(key: &str) -> Self {
        Self::DuplicateKey(if is_plain_word(key) { key } else { HIDDEN }.into())
    }
}

/// What stands for a word of a provider that is not shown.
pub const HIDDEN: &str = "?";

/// True for a word of a program, as keys and codes are: short, of plain letters, and with too few
/// digits for an account. Anything else that a provider writes there may be anybody's name.
pub fn is_plain_word(word: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    (1..=24).contains(&word.len()) && word.chars().all(is_plain) && digits < 8
}

/// What is wrong with a signed answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// None there.
    Missing,
    /// Does not verify.
    Wrong,
    /// Verifies, but answers another order.
    OtherOrder,
    /// Verifies, but for another merchant.
    OtherMerchant,
    /// It names another request: an old answer.
    OtherRequest,
}

/// What the provider's own totals say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each variant's comment says what its fields are"
)]
pub enum Gap {
    /// Fewer rows than the provider counts.
    Short { expected: u64, got: u64 },
    /// A page that points at itself or backwards.
    Loop,
    /// More pages than the provider's total allows.
    Endless,
    /// As many answers as are read at most, and no end; there is no total.
    NoEnd { answers: u32 },
    /// The second page repeats the first: whether the source reads which one is asked for is open.
    SamePage,
    /// As many rows within one second as one answer holds: there may be more.
    FullSecond,
    /// Rows of a full answer that none of the answers to its parts holds.
    OutOfParts { rows: usize },
    /// Rows have fractions of a second, and the end that is asked for has none.
    Fractions,
    /// Rows came and went while the pages were read.
    Moved,
    /// So many rows stood on two pages each, so that as many others stood on none.
    Repeated { rows: usize },
    /// Asked to go on from the newest row, and the newest row stood first: what is older is cut.
    NewestFirst,
}

impl SourceError {
    /// A stable id for machine output.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::RefusedByCode { .. } => "refused_by_code",
            Self::Signature { .. } => "signature",
            Self::NotFound { .. } => "not_found",
            Self::Rejected { .. } => "rejected",
            Self::Redirect { .. } => "redirect",
            Self::TooLarge { .. } => "too_large",
            Self::Deadline { .. } => "deadline",
            Self::NightOver { .. } => "night_over",
            Self::ComeBackLater { .. } => "come_back_later",
            Self::Exhausted { .. } => "exhausted",
            Self::Tls { .. } => "tls",
            Self::NotAllowed { .. } => "not_allowed",
            Self::Incomplete { .. } => "incomplete",
            Self::NotAskable { .. } => "not_askable",
            Self::Unusable { why, .. } => why.code(),
            Self::Archive { .. } => "archive",
        }
    }

    /// True when the source does not accept us, or we cannot accept its answers: exit code 12, and
    /// no row of the pull may be kept.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. } | Self::RefusedByCode { .. } | Self::Signature { .. }
        )
    }

    /// True for an answer about one order that cannot be used and that need not concern any other:
    /// a code inside that the order may have caused, a form that is not the documented one, a
    /// status 4xx. Nothing that came before the answer was whole: no answer is the source's matter.
    pub fn may_concern_one_order(&self) -> bool {
        match self {
            Self::Rejected { .. } | Self::NotFound { .. } => true,
            Self::Exhausted { last, .. } => matches!(
                last,
                Fault::ErrorInside(_)
                    | Fault::OrderCode(_)
                    | Fault::Body(BodyFault::Shape(_) | BodyFault::DuplicateKey(_))
            ),
            _ => false,
        }
    }

    /// True when the order that was asked about may be why the source ended, so that it should not
    /// be asked first again; `is_first` when no order before it was answered.
    pub fn may_be_of_order(&self, is_first: bool) -> bool {
        match self {
            Self::Exhausted { last, .. } => !matches!(last, Fault::Connect),
            Self::Deadline { .. } => is_first,
            Self::TooLarge { .. } | Self::Redirect { .. } => true,
            _ => self.may_concern_one_order(),
        }
    }

    /// True when our own archive failed: the night must not go on.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Archive { .. })
    }

    /// Source and request.
    pub fn at(&self) -> &str {
        match self {
            Self::Refused { at, .. }
            | Self::RefusedByCode { at, .. }
            | Self::Signature { at, .. }
            | Self::NotFound { at }
            | Self::Rejected { at, .. }
            | Self::Redirect { at, .. }
            | Self::TooLarge { at, .. }
            | Self::Deadline { at, .. }
            | Self::NightOver { at, .. }
            | Self::ComeBackLater { at, .. }
            | Self::Exhausted { at, .. }
            | Self::NotAskable { at, .. }
            | Self::Tls { at, .. }
            | Self::NotAllowed { at, .. }
            | Self::Incomplete { at, .. } => at,
            Self::Unusable { why, .. } => why.at(),
            Self::Archive { .. } => "archive",
        }
    }

    /// `where: what. What to do.` in one line, for a log event and a note in a table.
    pub fn sentence(&self, lang: Lang) -> String {
        format!("{}: {}. {}", self.at(), self.what(lang), self.fix(lang))
    }

    /// `what. What to do.` for the report, which leaves the machine by mail: no address of ours or
    /// of a provider. The source's name stands beside it; the address is for the log.
    pub fn words(&self, lang: Lang) -> String {
        let plain = self.without_address(lang);
        format!("{}. {}", plain.what(lang), plain.fix(lang))
    }

    /// `where: what`, and what to do on the next line.
    pub fn say(&self, lang: Lang) -> String {
        format!("{}: {}\n  {}", self.at(), self.what(lang), self.fix(lang))
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for SourceError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_may_be_an_account_or_a_name_is_not_shown() {
        let shown = |key: &str| BodyFault::twice(key);
        for word in ["vnp_Amount", "amount", "E-01.2", "1234567"] {
            assert_eq!(shown(word), BodyFault::DuplicateKey(word.into()));
        }
        let long = "a".repeat(25);
        for word in [
            "0071008881234",
            "Tr\u{1ea7}n Canary",
            "TRAN CANARY",
            "",
            &long,
        ] {
            assert_eq!(shown(word), BodyFault::DuplicateKey("?".into()), "{word}");
        }
    }
}
