//! Asking about one order at a time.

use super::Rest;
use super::answer::Verdict;
use super::ask::{call, request_id};
use super::events::found;
use super::facts::Facts;
use crate::domain::{Day, PaymentOrder};
use crate::source::error::SourceError;
use crate::source::http::{Answer as Got, Bad, Call, Client, Session};
use crate::source::provider::probing::{Answer, Asks, ask_all};
use crate::source::{ArchiveError, BoxFuture, Probe, Pull, RawSink};

impl Probe for Rest {
    fn ask<'a>(
        &'a self,
        orders: &'a [PaymentOrder],
        raw: &'a dyn RawSink,
    ) -> BoxFuture<'a, Result<Pull, ArchiveError>> {
        Box::pin(ask_all(self, orders, raw))
    }

    fn example(&self, _day: Day) -> Box<str> {
        "DOISOATCHECK".into()
    }
}

impl Asks for Rest {
    fn client(&self) -> &Client {
        &self.client
    }

    fn at(&self, session: &Session<'_>, order: &PaymentOrder) -> Box<str> {
        session.at_call(&self.about(order, 0).unwrap_or_default())
    }

    fn can_ask(&self, order: &PaymentOrder, _all: &[PaymentOrder]) -> bool {
        let ids = &self.connector.ask.order_ids;
        ids.fit(&order.order_id) && self.about(order, 0).is_some()
    }

    fn ask_one<'a>(
        &'a self,
        session: &'a Session<'_>,
        order: &'a PaymentOrder,
    ) -> BoxFuture<'a, Result<Answer, SourceError>> {
        Box::pin(async move {
            let build = |attempt| self.about(order, attempt).unwrap_or_default();
            let at = session.at_call(&build(0));
            let check = |answer: Got<'_>| self.read(answer, order, &at);
            match self
                .send(session, &build, &check)
                .await
                .map(|(read, _)| read)
            {
                Err(SourceError::NotFound { .. }) if self.connector.reading.not_found_404 => {
                    Ok(Answer::NotFound)
                }
                other => other,
            }
        })
    }
}

impl Rest {
    fn what(&self, order: &PaymentOrder) -> String {
        format!("{} {}", self.connector.ask.label, order.order_id)
    }

    /// The request of one attempt; none when the order's id would lead it elsewhere.
    fn about(&self, order: &PaymentOrder, attempt: u32) -> Option<Call> {
        let facts = self.facts();
        let id = request_id(facts.now_ms, &order.order_id, attempt);
        let facts = Facts {
            order: Some(order),
            request_id: &id,
            ..facts
        };
        call(&self.connector.ask, &facts, self.what(order))
    }

    fn read(&self, answer: Got<'_>, order: &PaymentOrder, at: &str) -> Result<Answer, Bad> {
        let facts = Facts {
            order: Some(order),
            ..self.facts()
        };
        match self.judge(answer, &facts, at)? {
            Verdict::NotFound => Ok(Answer::NotFound),
            Verdict::Unaskable => Ok(Answer::BadOrder),
            Verdict::Ok(json) => {
                let facts = Facts {
                    json: Some(&json),
                    ..facts
                };
                let connector = &self.connector;
                let refund = connector.refund.as_ref();
                let found = found(&connector.shape, refund, &facts, &self.what(order))?;
                Ok(Answer::Known(Box::new(found)))
            }
        }
    }
}
