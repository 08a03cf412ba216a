//! Every fault by name: how often it hits, whom, and what a client must make of it.

use super::Act::{self, Body, Gateway, Header, Listing, Redirect, Rows, Status, Transport};
use super::{BodyAct as B, GatewayAct as G, HeaderAct as H, ListAct as L, RedirectAct as D};
use super::{Dialects, Fault, Hits, Outcome};
use super::{Hint, RowAct as R, StatusAct as S, TransportAct as T};

use Dialects::{
    All, Bound, Casso, Feeds, Gateways, Impatient, Numbered, Only, Paged, Sepay, Signed, Timed,
};
use Hits::{Always, First};
use Outcome::{Complete, Conflict, Either, Fail, Open, Quarantine};

const fn fault(
    name: &'static str,
    hits: Hits,
    dialects: Dialects,
    outcome: Outcome,
    act: Act,
) -> Fault {
    Fault {
        name,
        hits,
        dialects,
        outcome,
        act,
    }
}

const fn transport(name: &'static str, hits: Hits, outcome: Outcome, act: T) -> Fault {
    fault(name, hits, All, outcome, Transport(act))
}

const fn status(name: &'static str, hits: Hits, outcome: Outcome, act: S) -> Fault {
    fault(name, hits, All, outcome, Status(act))
}

const fn body(name: &'static str, hits: Hits, outcome: Outcome, act: B) -> Fault {
    fault(name, hits, All, outcome, Body(act))
}

const fn redirect(name: &'static str, hits: Hits, outcome: Outcome, act: D) -> Fault {
    fault(name, hits, All, outcome, Redirect(act))
}

const fn row(name: &'static str, outcome: Outcome, act: R) -> Fault {
    fault(name, Always, Feeds, outcome, Rows(act))
}

const fn list(name: &'static str, outcome: Outcome, act: L) -> Fault {
    fault(name, Always, Feeds, outcome, Listing(act))
}

const fn signed(name: &'static str, outcome: Outcome, act: G) -> Fault {
    fault(name, Always, Signed, outcome, Gateway(act))
}

/// The faults of the simulators.
pub(super) const FAULTS: &[Fault] = &[
    transport("hang", First(1), Complete, T::Hang),
    transport("hang_always", Always, Fail, T::Hang),
    transport("hang_body", First(1), Complete, T::HangBody),
    transport("slow_loris", First(1), Complete, T::SlowLoris),
    transport("slow_loris_always", Always, Fail, T::SlowLoris),
    transport("reset", First(1), Complete, T::Reset),
    transport("reset_mid_body", First(1), Complete, T::ResetMidBody),
    transport("reset_always", Always, Fail, T::Reset),
    transport("garbage_http", First(1), Complete, T::Garbage),
    transport("bad_chunked", First(1), Complete, T::BadChunked),
    transport("short_body", First(1), Complete, T::ShortBody),
    transport("header_flood", First(1), Either, T::HeaderFlood),
    transport("header_huge", First(1), Either, T::HeaderHuge),
    status("http_429", First(2), Complete, S::TooMany(Hint::Seconds(2))),
    status(
        "http_429_date",
        First(1),
        Complete,
        S::TooMany(Hint::Date(3)),
    ),
    status("http_429_none", First(2), Complete, S::TooMany(Hint::None)),
    status(
        "http_429_huge",
        First(1),
        Fail,
        S::TooMany(Hint::Seconds(86_400)),
    ),
    status(
        "http_429_garbage",
        First(1),
        Complete,
        S::TooMany(Hint::Text("soon")),
    ),
    status(
        "http_429_negative",
        First(1),
        Complete,
        S::TooMany(Hint::Text("-5")),
    ),
    status("rate_limit", Always, Complete, S::RateLimit),
    status("http_500", First(2), Complete, S::Json(500)),
    status("http_502", First(1), Complete, S::Html(502)),
    status("http_503", First(1), Complete, S::Unavailable),
    status("http_504", First(1), Complete, S::Html(504)),
    status("http_500_always", Always, Fail, S::Json(500)),
    status("http_400", Always, Fail, S::Json(400)),
    status("http_401", Always, Fail, S::Json(401)),
    status("http_403", Always, Fail, S::Json(403)),
    status("http_404", Always, Fail, S::Json(404)),
    status("http_204", Always, Fail, S::NoContent),
    status("error_in_200", Always, Fail, S::ErrorInside),
    status("error_in_200_once", First(1), Complete, S::ErrorInside),
    body("empty_body", Always, Fail, B::Empty),
    body("truncated_json", First(1), Complete, B::Truncated),
    body("truncated_json_always", Always, Fail, B::Truncated),
    body("wrong_content_type", Always, Complete, B::WrongType),
    body("html_login", Always, Fail, B::HtmlLogin),
    body("bom", Always, Complete, B::Bom),
    body("utf16_body", Always, Fail, B::Utf16),
    body("invalid_utf8", Always, Either, B::InvalidUtf8),
    body("deep_json", First(1), Complete, B::DeepJson),
    transport("huge_body", Always, Fail, T::HugeBody),
    body("gzip_bomb", Always, Fail, B::GzipBomb),
    body("gzip_truncated", First(1), Complete, B::GzipTruncated),
    body("duplicate_keys", Always, Fail, B::DuplicateKeys),
    list("null_records", Fail, L::Null),
    row("missing_field", Quarantine, R::MissingField),
    fault("type_flip", Always, Numbered, Complete, Rows(R::TypeFlip)),
    row("extra_fields", Complete, R::ExtraFields),
    row("float_amount", Quarantine, R::FloatAmount),
    fault("exp_amount", Always, Casso, Either, Rows(R::ExpAmount)),
    row("string_amount", Quarantine, R::StringAmount),
    fault("huge_amount", Always, All, Quarantine, Rows(R::HugeAmount)),
    fault(
        "overflow_amount",
        Always,
        All,
        Quarantine,
        Rows(R::OverflowAmount),
    ),
    fault("nan_amount", Always, All, Fail, Rows(R::NanAmount)),
    fault("bad_dates", Always, Timed, Quarantine, Rows(R::BadDates)),
    fault("naughty_text", Always, All, Complete, Rows(R::NaughtyText)),
    fault("dup_page", First(1), Paged, Complete, Listing(L::DupPage)),
    list("dup_records", Complete, L::DupRecords),
    list("dup_conflict", Conflict, L::DupConflict),
    fault(
        "page_drift_insert",
        Always,
        Paged,
        Complete,
        Listing(L::DriftInsert),
    ),
    fault(
        "page_drift_delete",
        Always,
        Paged,
        Complete,
        Listing(L::DriftDelete),
    ),
    fault(
        "next_page_loop",
        Always,
        Paged,
        Fail,
        Listing(L::NextPageLoop),
    ),
    list("page_endless", Fail, L::Endless),
    fault(
        "page_size_ignored",
        Always,
        Paged,
        Complete,
        Listing(L::SizeIgnored),
    ),
    fault(
        "total_mismatch",
        Always,
        Paged,
        Fail,
        Listing(L::TotalMismatch),
    ),
    fault(
        "missing_last_page",
        Always,
        Paged,
        Fail,
        Listing(L::MissingLastPage),
    ),
    list("unsorted", Complete, L::Unsorted),
    list("wrong_day_rows", Complete, L::WrongDays),
    fault(
        "since_exclusive",
        Always,
        Sepay,
        Complete,
        Listing(L::SinceExclusive),
    ),
    fault(
        "since_newest",
        Always,
        Sepay,
        Either,
        Listing(L::SinceNewest),
    ),
    fault("clock_skew", Always, All, Complete, Header(H::ClockSkew)),
    row("future_rows", Quarantine, R::FutureRows),
    row("midnight_rows", Complete, R::MidnightRows),
    row("utc_times", Either, R::UtcTimes),
    list("late_rows", Complete, L::LateRows),
    list("amended_rows", Conflict, L::AmendedRows),
    signed("wrong_signature", Fail, G::WrongSignature),
    signed("missing_signature", Fail, G::MissingSignature),
    signed("signature_upper", Complete, G::UpperSignature),
    signed("signature_short", Fail, G::ShortSignature),
    fault("replay", Always, Bound, Fail, Gateway(G::Replay)),
    fault(
        "amount_scale",
        Always,
        Gateways,
        Conflict,
        Gateway(G::AmountScale),
    ),
    redirect("redirect_same", First(1), Fail, D::Same),
    redirect("redirect_other", Always, Fail, D::Other),
    redirect("redirect_loop", Always, Fail, D::Loop),
    redirect("redirect_file", Always, Fail, D::File),
    redirect("redirect_metadata", Always, Fail, D::Metadata),
    fault("set_cookie", Always, All, Complete, Header(H::SetCookie)),
    transport("slow_reply", First(1), Complete, T::Late),
    row("beyond_double", Quarantine, R::BeyondDouble),
    fault(
        "dup_reference",
        Always,
        Casso,
        Complete,
        Listing(L::DupReference),
    ),
    fault(
        "limit_exact",
        Always,
        Sepay,
        Complete,
        Listing(L::LimitExact),
    ),
    signed("other_key", Fail, G::OtherKey),
    fault(
        "too_soon",
        First(2),
        Impatient,
        Complete,
        Gateway(G::TooSoon),
    ),
    fault("order_unknown", Always, Gateways, Open, Gateway(G::Unknown)),
    fault(
        "unmapped_status",
        Always,
        Gateways,
        Open,
        Gateway(G::Unmapped),
    ),
    fault(
        "pending_first",
        Always,
        Gateways,
        Complete,
        Gateway(G::PendingFirst),
    ),
    fault(
        "pending_forever",
        Always,
        Gateways,
        Open,
        Gateway(G::PendingForever),
    ),
    fault(
        "paid_in_parts",
        Always,
        Only(&["payos"]),
        Complete,
        Gateway(G::PaidInParts),
    ),
    fault(
        "paid_twice",
        Always,
        Only(&["payos"]),
        Complete,
        Gateway(G::PaidTwice),
    ),
    fault(
        "underpaid",
        Always,
        Only(&["payos"]),
        Open,
        Gateway(G::Underpaid),
    ),
    fault(
        "token_spent",
        Always,
        Only(&["igate"]),
        Complete,
        Listing(L::TokenSpent),
    ),
    fault(
        "slice",
        Always,
        Only(&["igate"]),
        Complete,
        Listing(L::Slice),
    ),
    fault(
        "page_shift",
        First(1),
        Only(&["igate"]),
        Complete,
        Listing(L::PageShift),
    ),
    fault(
        "tied_changes",
        Always,
        Only(&["igate"]),
        Complete,
        Listing(L::TiedChanges),
    ),
    fault("chaos", Always, All, Either, Act::Chaos),
];
