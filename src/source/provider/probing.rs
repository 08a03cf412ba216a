//! The loop over orders, the same for every provider that is asked about one order at a time. A
//! provider writes a [`Recital`]: the request of one order and the reading of one answer.
//!
//! Each order is answered (a transaction, or none), or cannot be asked about as it stands, or runs
//! into trouble. An answer that came and cannot be used leaves that order open, and only
//! [`IN_A_ROW`] of them end the source; any other trouble ends it for the night with what it gave
//! so far; a refusal keeps nothing. Orders that failed themselves are told apart from those that
//! were not reached: the next night asks them last.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::domain::{Completeness, Day, PaymentOrder, TxnKind, TxnStatus};
use crate::source::error::{BodyFault, Fault, SignatureFault, SourceError};
use crate::source::http::{Bad, Client, Request, Session};
use crate::source::json::Json;
use crate::source::{ArchiveError, BoxFuture, Probe, Pull, RawSink, Record};

/// The events that one answer proves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// What the answer tells.
    pub(super) told: Vec<Record>,
    /// Payments that only an answer about their refund proves; see [`Pull::implied`].
    pub(super) implied: Vec<Record>,
}

/// What an answer says about one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The provider knows a transaction.
    Known(Box<Found>),
    /// There is none.
    NotFound,
    /// This order cannot be asked about as it stands.
    BadOrder,
}

/// What a provider knows beside the loop: how one order is asked about and how its answer is read.
pub(super) trait Recital: Send + Sync + fmt::Debug {
    /// The client that asks.
    fn client(&self) -> &Client;

    /// False when the provider can have no order of that id: it is not asked about.
    fn can_ask(&self, _order: &PaymentOrder) -> bool {
        true
    }

    /// True when what the provider answers about the order could be about another of `all`, because
    /// it cuts ids: no evidence, so it is not asked about.
    fn is_mistakable(&self, _order: &PaymentOrder, _all: &[PaymentOrder]) -> bool {
        false
    }

    /// The request of one attempt, counted from 1; attempt 0 is never sent, only its address is
    /// wanted.
    fn request(&self, order: &PaymentOrder, attempt: u32) -> Request;

    /// Reads an answer: its code, that it is ours (signature, merchant, order), then the money, in
    /// this order. `at` names source and request for errors.
    fn read(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad>;

    /// True when `first`, the answer to [`Self::request`], leaves open whether the order's id is
    /// that of something else, which [`Self::second`] asks about.
    fn has_second(&self, _order: &PaymentOrder, _first: &Answer) -> bool {
        false
    }

    /// The second question about an order.
    fn second(&self, order: &PaymentOrder, attempt: u32) -> Request {
        self.request(order, attempt)
    }

    /// Reads the answer to the second question.
    fn read_second(&self, body: &[u8], order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        self.read(body, order, at)
    }

    /// Whether an answer is one to this very request, where the provider repeats the request's id.
    fn is_answer_to(&self, _body: &[u8], _sent: &Request) -> Result<bool, BodyFault> {
        Ok(true)
    }

    /// The id of an order that nobody made on `day`, which the provider can be asked about.
    fn example(&self, _day: Day) -> Box<str> {
        "DOISOATCHECK".into()
    }
}

/// A provider that recites, as the job sees it.
#[derive(Debug)]
pub(super) struct Probing<R>(pub(super) R);

/// One order after the other: what the loop needs of a provider.
pub(super) trait Asks: Send + Sync {
    /// The client that asks.
    fn client(&self) -> &Client;

    /// False when the order cannot be asked about beside `all`: the provider can have none of that
    /// id, or may mistake it for another.
    fn can_ask(&self, order: &PaymentOrder, all: &[PaymentOrder]) -> bool;

    /// Source and request of an order, for errors.
    fn at(&self, session: &Session<'_>, order: &PaymentOrder) -> Box<str>;

    /// Asks about one order, as often as it takes.
    fn ask_one<'a>(
        &'a self,
        session: &'a Session<'_>,
        order: &'a PaymentOrder,
    ) -> BoxFuture<'a, Result<Answer, SourceError>>;
}

impl<R: Recital> Asks for Probing<R> {
    fn client(&self) -> &Client {
        self.0.client()
    }

    fn can_ask(&self, order: &PaymentOrder, all: &[PaymentOrder]) -> bool {
        self.0.can_ask(order) && !self.0.is_mistakable(order, all)
    }

    fn at(&self, session: &Session<'_>, order: &PaymentOrder) -> Box<str> {
        session.at(&self.0.request(order, 0))
    }

    fn ask_one<'a>(
        &'a self,
        session: &'a Session<'_>,
        order: &'a PaymentOrder,
    ) -> BoxFuture<'a, Result<Answer, SourceError>> {
        Box::pin(async move {
            let first = self.put(session, order, false).await?;
            if !self.0.has_second(order, &first) {
                return Ok(first);
            }
            Ok(match self.put(session, order, true).await? {
                Answer::NotFound => first,
                second => second,
            })
        })
    }
}

impl<R: Recital> Probing<R> {
    /// Puts one question. Of an answer made again the request is not known any more.
    async fn put(
        &self,
        session: &Session<'_>,
        order: &PaymentOrder,
        is_second: bool,
    ) -> Result<Answer, SourceError> {
        let request = |attempt| {
            if is_second {
                self.0.second(order, attempt)
            } else {
                self.0.request(order, attempt)
            }
        };
        let at = session.at(&request(0));
        let sent = Mutex::new(Request::default());
        let build = |attempt| {
            let request = request(attempt);
            if attempt > 0 {
                *sent.lock().unwrap_or_else(PoisonError::into_inner) = request.clone();
            }
            request
        };
        let check = |body: &[u8]| {
            let answer = if is_second {
                self.0.read_second(body, order, &at)?
            } else {
                self.0.read(body, order, &at)?
            };
            let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            let is_known = matches!(answer, Answer::Known(_)) && !session.is_replay();
            if is_known && !self.0.is_answer_to(body, &sent)? {
                return Err(not_ours(&at, SignatureFault::OtherRequest));
            }
            Ok(answer)
        };
        session.fetch(&build, &check).await
    }
}

impl<R: Recital> Probe for Probing<R> {
    fn ask<'a>(
        &'a self,
        orders: &'a [PaymentOrder],
        raw: &'a dyn RawSink,
    ) -> BoxFuture<'a, Result<Pull, ArchiveError>> {
        Box::pin(ask_all(self, orders, raw))
    }

    fn example(&self, day: Day) -> Box<str> {
        self.0.example(day)
    }
}

/// So many orders in a row whose answers cannot be used are taken for one cause, and end the source
/// for the night. Fewer are taken for matters of those orders.
const IN_A_ROW: usize = 5;

/// Asks about all orders in turn, the first ones first. After an answer that cannot be used the
/// last one of the list is next: an order from the other end tells soonest whether the source or
/// the order is to blame, so that a run of bad orders at the front does not end the source.
pub(super) async fn ask_all(
    provider: &dyn Asks,
    orders: &[PaymentOrder],
    raw: &dyn RawSink,
) -> Result<Pull, ArchiveError> {
    let session = provider.client().session(raw);
    let mut pull = Pull::empty(Completeness::Complete);
    pull.asked = u64::try_from(orders.len()).unwrap_or(u64::MAX);
    let mut bad = BadOrders::default();
    let mut rest: VecDeque<&PaymentOrder> = orders.iter().collect();
    while let Some(order) = bad.next_of(&mut rest) {
        let id = || order.order_id.clone();
        if !provider.can_ask(order, orders) {
            let at = provider.at(&session, order);
            (bad.not_asked_at, bad.not_asked) = (Some(at), bad.not_asked + 1);
            pull.failed.push(id());
            continue;
        }
        match provider.ask_one(&session, order).await {
            Ok(answer) => took(&mut pull, &mut bad, order, answer),
            Err(SourceError::Archive { detail }) => return Err(ArchiveError(detail)),
            Err(error) if error.may_concern_one_order() => {
                pull.failed.push(id());
                bad.add(order, error);
                if bad.in_a_row >= IN_A_ROW {
                    break;
                }
            }
            Err(error) => {
                if error.may_be_of_order(pull.answered == 0) {
                    pull.failed.push(id());
                }
                rest.push_front(order);
                pull.trouble = Some(error);
                break;
            }
        }
    }
    let failed: BTreeSet<&str> = pull.failed.iter().map(AsRef::as_ref).collect();
    let left: BTreeSet<&str> = rest.iter().map(|order| &*order.order_id).collect();
    let open = |id: &str| failed.contains(id) || left.contains(id);
    let open = orders.iter().filter(|order| open(&order.order_id));
    pull.unanswered = open.map(|order| order.order_id.clone()).collect();
    if pull.trouble.is_none() {
        pull.trouble = bad.trouble();
    }
    Ok(judged(pull))
}

/// A payment of nothing, which contradicts itself where something was to be paid, has no amount: a
/// row to put aside for a person, where nothing would have moved and nobody would see it.
fn doubted(row: Record) -> Record {
    let is_nothing = |amount: &str| {
        let zeros = |b: u8| b == b'0' || b == b'.';
        amount.starts_with('0') && amount.bytes().all(zeros)
    };
    let is_due = row.order_amount.is_some_and(|amount| !amount.is_zero());
    let is_payment = row.kind == Some(TxnKind::Payment) && is_due;
    let open = matches!(row.status, Some(TxnStatus::Pending | TxnStatus::Failed));
    let doubtful = is_payment && !open && row.amount.as_deref().is_some_and(is_nothing);
    Record {
        amount: row.amount.filter(|_| !doubtful),
        ..row
    }
}

/// What an answer adds.
fn took(pull: &mut Pull, bad: &mut BadOrders, order: &PaymentOrder, answer: Answer) {
    match answer {
        Answer::Known(found) => {
            pull.known += 1;
            pull.records.extend(found.told.into_iter().map(doubted));
            pull.implied.extend(found.implied);
        }
        Answer::NotFound => {}
        // documented to be about this order: it says nothing of the source
        Answer::BadOrder => return pull.failed.push(order.order_id.clone()),
    }
    pull.answered += 1;
    bad.in_a_row = 0;
}

/// Orders that failed while the source goes on.
#[derive(Debug, Default)]
struct BadOrders {
    /// The last ones without an answered one between them.
    in_a_row: usize,
    all: u64,
    first: Box<str>,
    last: Option<SourceError>,
    not_asked: u64,
    not_asked_at: Option<Box<str>>,
}

impl BadOrders {
    fn next_of<'o>(&self, rest: &mut VecDeque<&'o PaymentOrder>) -> Option<&'o PaymentOrder> {
        if self.in_a_row == 0 {
            rest.pop_front()
        } else {
            rest.pop_back()
        }
    }

    fn add(&mut self, order: &PaymentOrder, error: SourceError) {
        if self.all == 0 {
            self.first.clone_from(&order.order_id);
        }
        self.all += 1;
        self.in_a_row += 1;
        self.last = Some(error);
    }

    /// What is told of them.
    fn trouble(self) -> Option<SourceError> {
        let ended = self.in_a_row >= IN_A_ROW;
        match (self.last, self.not_asked_at) {
            (Some(why), _) => Some(SourceError::Unusable {
                orders: self.all,
                order: self.first,
                why: Box::new(why),
                ended,
            }),
            (None, Some(at)) => Some(SourceError::NotAskable {
                at,
                orders: self.not_asked,
            }),
            (None, None) => None,
        }
    }
}

/// The state of the whole reading; a refused one keeps no row.
fn judged(mut pull: Pull) -> Pull {
    pull.state = match &pull.trouble {
        Some(error) if error.is_refusal() => Completeness::Refused,
        Some(_) if pull.answered == 0 => Completeness::Missing,
        _ if pull.unanswered.is_empty() => Completeness::Complete,
        _ => Completeness::Partial,
    };
    if pull.is_refused() {
        pull.records.clear();
        pull.implied.clear();
        (pull.answered, pull.known) = (0, 0);
    }
    pull
}

/// The refusal of an answer that is not ours: no row of the pull may be kept.
pub(super) fn not_ours(at: &str, why: SignatureFault) -> Bad {
    Bad::Stop(SourceError::Signature { at: at.into(), why })
}

/// The provider's own code for "your identity or your signature is wrong".
pub(super) fn refused(at: &str, code: &str) -> Bad {
    Bad::Stop(SourceError::RefusedByCode {
        at: at.into(),
        code: super::plain_code(code),
    })
}

/// A verified answer about one order with a code that nobody documents: it may pass, and if it does
/// not, only this order stays open.
pub(super) fn order_code(code: &str) -> Bad {
    Bad::Again(Fault::OrderCode(super::plain_code(code)))
}

/// The text or number of a member that every answer has; `name` says what is missing.
pub(super) fn must<'j>(json: &'j Json, name: &'static str) -> Result<&'j str, Bad> {
    let word = json.text_of(name).filter(|text| !text.is_empty());
    word.ok_or_else(|| BodyFault::Shape(name).into())
}

/// The signature of an answer, where one is there.
pub(super) fn signature_of<'j>(json: &'j Json, name: &str, at: &str) -> Result<&'j str, Bad> {
    let signature = json.text_of(name).filter(|text| !text.is_empty());
    signature.ok_or_else(|| not_ours(at, SignatureFault::Missing))
}

/// Refuses an answer about another merchant or another order.
pub(super) fn bound(
    at: &str,
    (merchant, our_merchant): (&str, &str),
    (order, our_order): (&str, &str),
) -> Result<(), Bad> {
    if merchant != our_merchant {
        return Err(not_ours(at, SignatureFault::OtherMerchant));
    }
    if order != our_order {
        return Err(not_ours(at, SignatureFault::OtherOrder));
    }
    Ok(())
}
