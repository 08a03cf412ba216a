//! What the configuration of one connector says, validated. Nothing here holds a secret: only the
//! places where secrets are kept.

use std::collections::BTreeMap;
use std::time::Duration;

use super::pointer::Pointer;
use super::template::Template;
use crate::config::SecretRef;
use crate::domain::{Instrument, TxnKind, TxnStatus};
use crate::source::AmountForm;
use crate::source::signature::{Hash, Place};

/// A connector.
#[derive(Clone, Debug)]
pub struct Connector {
    pub(super) secrets: BTreeMap<Box<str>, SecretRef>,
    pub(super) auth: Auth,
    pub(super) ask: Ask,
    pub(super) paging: Paging,
    pub(super) reading: Reading,
    pub(super) shape: Shape,
    pub(super) refund: Option<Refund>,
}

/// Who we are to the source.
#[derive(Clone, Debug)]
pub(super) enum Auth {
    /// Nothing, or headers and signatures of the request itself.
    None,
    /// `Authorization: <word> <secret>`.
    Word {
        word: &'static str,
        secret: Box<str>,
    },
    /// HTTP Basic.
    Basic { user: Box<str>, secret: Box<str> },
    /// A token fetched with these credentials, then `Authorization: Bearer`.
    OAuth(OAuth),
}

/// OAuth 2.0, RFC 6749, 4.3 and 4.4.
#[derive(Clone, Debug)]
pub(super) struct OAuth {
    /// Below `base_url`; empty where `url` tells the address.
    pub(super) path: Template,
    /// An address of its own, on whatever host.
    pub(super) url: Option<Box<str>>,
    pub(super) as_json: bool,
    /// Form fields in order; secrets by reference.
    pub(super) fields: Vec<Field>,
    /// Client id and secret as HTTP Basic.
    pub(super) basic: Option<(Box<str>, Box<str>)>,
    pub(super) token: Pointer,
    pub(super) expires: Pointer,
    /// How long before its end a token is replaced.
    pub(super) margin: Duration,
}

/// A named text of a request.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: Box<str>,
    pub(super) value: Template,
    /// A JSON number instead of a text.
    pub(super) is_number: bool,
}

/// The request.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) is_post: bool,
    pub(super) path: Template,
    pub(super) as_form: bool,
    /// The field whose value is the JSON text of all the others.
    pub(super) wrap: Option<Box<str>>,
    /// What the archive and messages call it.
    pub(super) label: Box<str>,
    pub(super) query: Vec<Field>,
    pub(super) headers: Vec<Field>,
    pub(super) body: Vec<Field>,
    /// Signed, but not sent.
    pub(super) signed: Vec<Field>,
    pub(super) signature: Option<Signing>,
    pub(super) order_ids: OrderIds,
}

/// Which ids the source's orders can have; one of another form is not asked about.
#[derive(Clone, Debug)]
pub(super) struct OrderIds {
    /// Signs between letters and digits; none allows any character.
    pub(super) signs: Option<Box<str>>,
    pub(super) length_max: usize,
}

impl OrderIds {
    /// True when the source can have an order of that id.
    pub(super) fn fit(&self, id: &str) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric();
        let Some(signs) = &self.signs else {
            return id.chars().count() <= self.length_max;
        };
        let ends = id.starts_with(plain) && id.ends_with(plain);
        let all = id.chars().all(|c| plain(c) || signs.contains(c));
        ends && all && id.len() <= self.length_max
    }
}

/// How a text is signed.
#[derive(Clone, Debug)]
pub(super) struct Signing {
    pub(super) hash: Hash,
    pub(super) place: Place,
    pub(super) secret: Box<str>,
    pub(super) layout: Layout,
    pub(super) join: Box<str>,
    /// Empty values are left out.
    pub(super) skip_empty: bool,
    /// Values as forms write them.
    pub(super) as_form: bool,
    /// Where the signature stands.
    pub(super) at: SealAt,
    /// What stands before the hex digits: `sha256=`.
    pub(super) prefix: Box<str>,
    /// Signed beside the fields of an answer, and never sent by it.
    pub(super) unsent: Vec<Field>,
    /// A time stamp that is signed before all else, with a point after it.
    pub(super) stamp: Option<Stamp>,
}

/// Which text is signed.
#[derive(Clone, Debug)]
pub(super) enum Layout {
    /// The values of these fields in this order.
    Values(Vec<Signed>),
    /// `name=value` of these fields in the order of their names.
    Pairs(Vec<Signed>),
    /// The same of every member of an object.
    Members(Pointer),
    /// An object as JSON without blanks and with sorted keys.
    Json(Pointer),
    /// The body as it came.
    Body,
}

/// A signed value: a field of the request, or a place in the answer.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    pub(super) name: Box<str>,
    /// None for a request.
    pub(super) pointer: Option<Pointer>,
}

/// Where a signature stands.
#[derive(Clone, Debug)]
pub(super) enum SealAt {
    /// A field of the request.
    Field(Box<str>),
    /// A place in the answer.
    Pointer(Pointer),
    /// A header, or one part of it: `t=…,v1=…`.
    Header {
        name: Box<str>,
        part: Option<Box<str>>,
    },
}

/// Where the time stamp of a signature stands.
#[derive(Clone, Debug)]
pub(super) enum Stamp {
    /// A header of its own.
    Header(Box<str>),
    /// A part of the signature's header.
    Part(Box<str>),
}

/// How a listing goes on.
#[derive(Clone, Debug)]
pub(super) struct Paging {
    pub(super) style: Style,
    pub(super) first: u64,
    pub(super) size: u64,
    pub(super) pages_max: u32,
    pub(super) next: Option<Pointer>,
    pub(super) last: Option<Pointer>,
    pub(super) more: Option<Pointer>,
    pub(super) total: Option<Pointer>,
    /// The source says nothing of a next page where there is none.
    pub(super) absent_is_end: bool,
}

/// Styles of paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// One answer holds the day.
    None,
    /// Numbered pages.
    Page,
    /// So many rows left out.
    Offset,
    /// What an answer says about the next.
    Cursor,
    /// From the id of the last row on.
    Since,
    /// `Link: <…>; rel="next"` (RFC 8288).
    Link,
    /// Shorter spans until no answer is full.
    Window,
}

/// How an answer is judged.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// JSON inside a JSON text.
    pub(super) inner: Option<Pointer>,
    /// What carries the answer says for itself whether the call worked.
    pub(super) wrapper: Option<Wrapper>,
    pub(super) records: Pointer,
    pub(super) codes: Option<Codes>,
    /// HTTP 404 says that there is no such order.
    pub(super) not_found_404: bool,
    /// Names the order that was asked about.
    pub(super) order: Option<Pointer>,
    pub(super) merchant: Option<Merchant>,
    pub(super) signature: Option<Signing>,
    pub(super) retry_header: Option<&'static str>,
}

/// The code of what carries an answer, beside the answer's own.
#[derive(Clone, Debug)]
pub(super) struct Wrapper {
    pub(super) at: Pointer,
    pub(super) ok: Vec<Box<str>>,
}

/// Whose answer it is.
#[derive(Clone, Debug)]
pub(super) struct Merchant {
    pub(super) at: Pointer,
    pub(super) is: Template,
    /// An answer that names nobody is ours: its signature, made with our secret, binds it.
    pub(super) if_told: bool,
}

/// What the source's own codes of a call mean.
#[derive(Clone, Debug)]
pub(super) struct Codes {
    pub(super) at: Pointer,
    pub(super) ok: Vec<Box<str>>,
    pub(super) not_found: Vec<Box<str>>,
    /// The source does not accept us.
    pub(super) refused: Vec<Box<str>>,
    /// This one order cannot be asked about.
    pub(super) unaskable: Vec<Box<str>>,
    /// To be tried again.
    pub(super) again: Vec<Box<str>>,
    /// What any other code means.
    pub(super) others: Others,
}

/// What a code means that is in no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// The source is in trouble: tried again, then it ends for the night.
    Again,
    /// The call worked, and the code speaks of the money.
    Ok,
    /// This order is in trouble: tried again, then it alone stays open.
    Order,
}

/// How a record is cut out of the answer.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) id: Option<Template>,
    pub(super) order: Option<Template>,
    pub(super) memo: Option<Template>,
    pub(super) amount: Amount,
    pub(super) amount_form: AmountForm,
    /// The amount of a payment that did not happen, or not yet, where the answer names none.
    pub(super) amount_else: Option<Template>,
    /// `0` in an amount, a time or a number stands for none.
    pub(super) zero_is_none: bool,
    pub(super) fee: Option<Template>,
    pub(super) net: Option<Template>,
    pub(super) currency: Option<Template>,
    pub(super) time: Time,
    pub(super) payer: Option<Template>,
    pub(super) account: Option<Template>,
    pub(super) bank_ref: Option<Template>,
    pub(super) business_date: Option<Template>,
    pub(super) status: Option<Words<TxnStatus>>,
    pub(super) kind: Option<Words<TxnKind>>,
    pub(super) instrument: Option<Words<Instrument>>,
}

/// Where an amount stands.
#[derive(Clone, Debug)]
pub(super) enum Amount {
    /// In one place.
    One(Template),
    /// Money in and money out apart.
    Columns(Template, Template),
    /// In the elements of a list, added up.
    Sum(Pointer, Pointer),
}

/// Where a time stands and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Time {
    pub(super) at: Template,
    pub(super) form: Written,
    /// The answer's time counts for money that was paid only.
    pub(super) if_paid: bool,
    /// Where the answer tells none.
    pub(super) otherwise: Option<Template>,
}

/// How times are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// RFC 3339 with `T` or a blank; none means +07:00.
    Iso,
    /// The same, or a day alone.
    IsoOrDay,
    /// `yyyyMMddHHmmss`, Vietnam time.
    Compact,
    /// The same where it is fourteen digits, else RFC 3339.
    CompactOrIso,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Ms,
}

/// The source's words for ours.
#[derive(Clone, Debug)]
pub(super) struct Words<T> {
    pub(super) at: Pointer,
    pub(super) words: BTreeMap<Box<str>, T>,
}

impl<T: Copy> Words<T> {
    /// The meaning of a word.
    pub(super) fn of(&self, word: &str) -> Option<T> {
        self.words.get(word).copied()
    }
}

/// How a probe tells refunds.
#[derive(Clone, Debug)]
pub(super) struct Refund {
    pub(super) told: Told,
    /// The number of the refund: its row is `<order>#<number>`.
    pub(super) number: Template,
    pub(super) number_else: Option<Template>,
    pub(super) amount: Option<Template>,
    pub(super) time: Option<Time>,
    pub(super) status: Option<Words<TxnStatus>>,
}

/// Where refunds stand.
#[derive(Clone, Debug)]
pub(super) enum Told {
    /// In place of the payment, when a word says so.
    Instead(Pointer, Vec<Box<str>>),
    /// In a list of the answer; pointers of the refund count from its elements.
    List(Pointer),
}
