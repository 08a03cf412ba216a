//! The events behind a verified answer that tells all of an order in one word. Pure.

use super::Meaning;
use crate::domain::{Instrument, PaymentOrder, TxnKind, TxnStatus};
use crate::source::provider::probing::Found;
use crate::source::provider::states::{order_time, payment_of, some};
use crate::source::{AmountForm, Record, TimeForm};

/// What a verified answer tells about an order.
#[derive(Clone, Copy, Debug)]
pub(in crate::source::provider) struct Told<'a> {
    pub(in crate::source::provider) order: &'a PaymentOrder,
    /// What was asked: `QUERY`.
    pub(in crate::source::provider) asked: &'a str,
    /// What the word of state means.
    pub(in crate::source::provider) meaning: Option<Meaning>,
    pub(in crate::source::provider) word: &'a str,
    pub(in crate::source::provider) amount: &'a str,
    pub(in crate::source::provider) amount_column: &'static str,
    /// When; empty or zeros where the answer does not tell.
    pub(in crate::source::provider) time: &'a str,
    pub(in crate::source::provider) time_column: &'static str,
    /// The provider's own number of the transaction.
    pub(in crate::source::provider) number: &'a str,
    pub(in crate::source::provider) memo: &'a str,
    pub(in crate::source::provider) currency: &'a str,
    pub(in crate::source::provider) fee: &'a str,
    pub(in crate::source::provider) instrument: Option<Instrument>,
}

impl Told<'_> {
    /// The events that it proves: a payment, or a payment and its refund.
    ///
    /// A refund's answer tells what went back. What was paid is then the order's amount, because
    /// a gateway takes exactly that, and its time is no longer told: the order's own stands in.
    pub(in crate::source::provider) fn events(self) -> Found {
        let payment = self.record();
        if self.meaning != Some(Meaning::Refunded) {
            return Found {
                told: vec![payment],
                implied: Vec::new(),
            };
        }
        let number = some(self.number).unwrap_or_else(|| "refund".into());
        let refund = Record {
            id: Some(format!("{}#{number}", self.order.order_id).into()),
            kind: Some(TxnKind::Refund),
            order_amount: None,
            fee: None,
            ..payment.clone()
        };
        let implied = Record {
            amount: Some(self.order.amount.wide().to_string().into()),
            time: Some(order_time(self.order)),
            time_column: "created_at",
            time_form: TimeForm::OrderTime,
            // the refund's own, not the payment's
            memo: "".into(),
            bank_ref: None,
            fee: None,
            ..payment
        };
        Found {
            told: vec![refund],
            implied: vec![implied],
        }
    }

    fn record(&self) -> Record {
        let payment = payment_of(self.order, self.asked);
        let is_stamp = self.time.len() == 14 && self.time.bytes().all(|b| b.is_ascii_digit());
        let (time, time_column, time_form) = if self.time.bytes().all(|b| b == b'0') {
            (payment.time, payment.time_column, payment.time_form)
        } else if is_stamp {
            (Some(self.time.into()), self.time_column, TimeForm::Compact)
        } else {
            (Some(self.time.into()), self.time_column, TimeForm::Iso)
        };
        Record {
            memo: self.memo.into(),
            amount: self.amount(),
            amount_column: self.amount_column,
            amount_form: AmountForm::Digits,
            fee: some(self.fee),
            currency: (!self.currency.is_empty()).then(|| self.currency.into()),
            time,
            time_column,
            time_form,
            status: Some(match self.meaning {
                Some(Meaning::Paid | Meaning::Refunded) => TxnStatus::Success,
                Some(Meaning::Pending) => TxnStatus::Pending,
                Some(Meaning::Failed) => TxnStatus::Failed,
                None => TxnStatus::Unmapped,
            }),
            status_text: self.word.into(),
            bank_ref: some(self.number),
            instrument: self.instrument,
            ..payment
        }
    }

    /// The amount as written. An answer that says that nothing was paid need not name one.
    fn amount(&self) -> Option<Box<str>> {
        let nothing = self.amount.bytes().all(|b| b == b'0');
        match self.meaning {
            Some(Meaning::Pending | Meaning::Failed) if nothing => {
                Some(self.order.amount.wide().to_string().into())
            }
            _ => (!self.amount.is_empty()).then(|| self.amount.into()),
        }
    }
}
