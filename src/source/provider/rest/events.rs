//! The events behind an answer about an order: a payment, its refunds, or both. Pure.

use super::facts::Facts;
use super::pointer::known;
use super::record::put_status;
use super::spec::{Refund, Shape, Told};
use crate::domain::{TxnKind, TxnStatus};
use crate::source::error::BodyFault;
use crate::source::json::Json;
use crate::source::provider::apart::apart;
use crate::source::provider::probing::Found;
use crate::source::{AmountForm, At, Record, TimeForm};

/// The events of an answer; `what` names the request.
pub(super) fn found(
    shape: &Shape,
    refund: Option<&Refund>,
    facts: &Facts<'_>,
    what: &str,
) -> Result<Found, BodyFault> {
    let (Some(order), Some(json)) = (facts.order, facts.json) else {
        return Ok(Found::default());
    };
    let mut payment = shape.record(facts);
    payment.at = At {
        file: what.into(),
        line: 1,
    };
    payment.id = payment.id.or_else(|| Some(order.order_id.clone()));
    payment.order_ref = payment.order_ref.or_else(|| Some(order.order_id.clone()));
    payment.order_amount = Some(order.amount);
    let alone = |payment| Found {
        told: vec![payment],
        implied: Vec::new(),
    };
    let Some(refund) = refund else {
        return Ok(alone(payment));
    };
    match &refund.told {
        Told::Instead(at, words) => {
            let word = at.word(json).unwrap_or_default();
            let is_refund = words.iter().any(|known| **known == *word);
            Ok(if is_refund {
                instead(refund, shape, facts, payment)
            } else {
                alone(payment)
            })
        }
        Told::List(list) => match list.find(json) {
            None | Some(Json::Null) => Ok(alone(payment)),
            Some(Json::List(all)) => {
                let (mut found, mut back) = (alone(payment), Vec::new());
                let otherwise = refund.number_else.as_ref();
                for (line, one) in (2..).zip(all) {
                    let facts = Facts {
                        json: Some(one),
                        ..*facts
                    };
                    let made = one_of(refund, shape, &facts, (&found.told[0], line, list.path))?;
                    let own = shape.some(otherwise.and_then(|at| at.fill(&facts)));
                    back.extend(made.map(|row| (row, own.unwrap_or_default())));
                }
                found.told.extend(apart(back));
                Ok(found)
            }
            Some(_) => Err(BodyFault::Shape(list.path)),
        },
    }
}

/// The answer tells the refund in place of the payment. What the payer paid is no longer told: it
/// is the order's amount, because the gateway takes exactly that, at the order's own time.
fn instead(refund: &Refund, shape: &Shape, facts: &Facts<'_>, answer: Record) -> Found {
    let dong = |scale: i128| {
        let amount = facts.order.map(|order| order.amount.wide() * scale);
        amount.map(|amount| amount.to_string().into())
    };
    let payment = Record {
        amount: dong(match shape.amount_form {
            AmountForm::Hundredths => 100,
            AmountForm::Digits | AmountForm::Decimal => 1,
        }),
        time: facts.order.map(|order| order.created_at.compact().into()),
        time_form: TimeForm::OrderTime,
        // the refund's own, not the payment's
        memo: "".into(),
        status: Some(TxnStatus::Success),
        kind: Some(TxnKind::Payment),
        bank_ref: None,
        net: None,
        ..answer.clone()
    };
    let number = refund.number(shape, facts);
    let is_numbered = number.is_some();
    let number = number.unwrap_or_else(|| "refund".into());
    let order_id = payment.order_ref.as_deref().unwrap_or_default();
    let mut told = Record {
        id: Some(format!("{order_id}#{number}").into()),
        kind: Some(TxnKind::Refund),
        // A refund is measured against its payment, not against the order; the fee is the
        // payment's.
        order_amount: None,
        fee: None,
        net: None,
        ..answer
    };
    refund.put(shape, facts, &mut told);
    // asked for, without a number yet: nothing has moved
    let waits = !is_numbered && told.status == Some(TxnStatus::Pending);
    Found {
        told: if waits { Vec::new() } else { vec![told] },
        implied: vec![payment],
    }
}

/// One refund of the list; none while it has no number and nothing has moved.
fn one_of(
    refund: &Refund,
    shape: &Shape,
    facts: &Facts<'_>,
    (payment, line, list): (&Record, u64, &str),
) -> Result<Option<Record>, BodyFault> {
    let mut record = Record {
        kind: Some(TxnKind::Refund),
        order_amount: None,
        fee: None,
        net: None,
        ..payment.clone()
    };
    refund.put(shape, facts, &mut record);
    record.at.line = line;
    record.amount_column = known(&format!("{list}.{}", record.amount_column));
    if refund.time.is_some() {
        record.time_column = known(&format!("{list}.{}", record.time_column));
    }
    let number = refund.number(shape, facts);
    if number.is_none() && record.status == Some(TxnStatus::Pending) {
        return Ok(None);
    }
    let otherwise = refund.number_else.as_ref();
    let number = number.or_else(|| shape.some(otherwise.and_then(|at| at.fill(facts))));
    let number = number.ok_or(BodyFault::Shape(list_number(list, refund)))?;
    let order_id = payment.order_ref.as_deref().unwrap_or_default();
    record.id = Some(format!("{order_id}#{number}").into());
    record.bank_ref = Some(number);
    Ok(Some(record))
}

fn list_number(list: &str, refund: &Refund) -> &'static str {
    known(&format!("{list}.{}", refund.number.column()))
}

impl Refund {
    fn number(&self, shape: &Shape, facts: &Facts<'_>) -> Option<Box<str>> {
        let number = shape.some(self.number.fill(facts));
        // 0 is the number of none
        number.filter(|text| !text.bytes().all(|b| b == b'0'))
    }

    /// Writes what the refund tells over what the payment told.
    fn put(&self, shape: &Shape, facts: &Facts<'_>, record: &mut Record) {
        if let Some(status) = &self.status {
            put_status(status, facts, record);
        }
        if let Some(amount) = &self.amount {
            record.amount = shape.some(amount.fill(facts));
            record.amount_column = amount.column();
        }
        if let Some(time) = &self.time {
            time.put(facts, record);
        }
    }
}
