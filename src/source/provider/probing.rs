//! The loop over orders, the same for every provider that is asked about one order at a time. A
//! provider writes a [`Recital`]: the request of one order and the reading of one answer.
//!
//! Each order is answered (a transaction, or none), or cannot be asked about as it stands, or runs
//! into trouble. Trouble about one order only leaves that order open; any other ends the source for
//! the night with what it gave so far; a refusal keeps nothing.

use std::fmt;

use crate::domain::{Completeness, Day, PaymentOrder};
use crate::source::error::{BodyFault, Fault, SignatureFault, SourceError};
use crate::source::http::{Bad, Client, Request};
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

    /// The id of an order that nobody made on `day`, which the provider can be asked about.
    fn example(&self, _day: Day) -> Box<str> {
        "DOISOATCHECK".into()
    }
}

/// A provider that recites, as the job sees it.
#[derive(Debug)]
pub(super) struct Probing<R>(pub(super) R);

impl<R: Recital> Probe for Probing<R> {
    fn ask<'a>(
        &'a self,
        orders: &'a [PaymentOrder],
        raw: &'a dyn RawSink,
    ) -> BoxFuture<'a, Result<Pull, ArchiveError>> {
        Box::pin(ask_all(&self.0, orders, raw))
    }

    fn example(&self, day: Day) -> Box<str> {
        self.0.example(day)
    }
}

async fn ask_all(
    provider: &dyn Recital,
    orders: &[PaymentOrder],
    raw: &dyn RawSink,
) -> Result<Pull, ArchiveError> {
    let session = provider.client().session(raw);
    let mut pull = Pull::empty(Completeness::Complete);
    pull.asked = u64::try_from(orders.len()).unwrap_or(u64::MAX);
    for (position, order) in orders.iter().enumerate() {
        let at = session.at(&provider.request(order, 0));
        if !provider.can_ask(order) || provider.is_mistakable(order, orders) {
            pull.unanswered.push(order.order_id.clone());
            let (at, orders) = (at, not_asked(pull.trouble.as_ref()) + 1);
            pull.trouble = Some(SourceError::NotAskable { at, orders });
            continue;
        }
        let build = |attempt| provider.request(order, attempt);
        let check = |body: &[u8]| provider.read(body, order, &at);
        match session.fetch(&build, &check).await {
            Ok(Answer::Known(found)) => {
                pull.answered += 1;
                pull.known += 1;
                pull.records.extend(found.told);
                pull.implied.extend(found.implied);
            }
            Ok(Answer::NotFound) => pull.answered += 1,
            Ok(Answer::BadOrder) => pull.unanswered.push(order.order_id.clone()),
            Err(SourceError::Archive { detail }) => return Err(ArchiveError(detail)),
            Err(error) if is_about_one_order(&error) => {
                pull.unanswered.push(order.order_id.clone());
                pull.trouble = Some(error);
            }
            Err(error) => {
                let rest = orders.iter().skip(position);
                let rest = rest.map(|order| order.order_id.clone());
                pull.unanswered.extend(rest);
                pull.trouble = Some(error);
                break;
            }
        }
    }
    Ok(judged(pull))
}

/// Whether the trouble leaves only this order open.
fn is_about_one_order(error: &SourceError) -> bool {
    matches!(
        error,
        SourceError::Exhausted {
            last: Fault::OrderCode(_),
            ..
        }
    )
}

/// Orders that were not asked about so far, by the trouble that tells of them.
fn not_asked(trouble: Option<&SourceError>) -> u64 {
    match trouble {
        Some(SourceError::NotAskable { orders, .. }) => *orders,
        _ => 0,
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
    let word = json.word_of(name).filter(|text| !text.is_empty());
    word.ok_or_else(|| BodyFault::Shape(name).into())
}

/// The signature of an answer, where one is there.
pub(super) fn signature_of<'j>(json: &'j Json, name: &str, at: &str) -> Result<&'j str, Bad> {
    let signature = json.word_of(name).filter(|text| !text.is_empty());
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
