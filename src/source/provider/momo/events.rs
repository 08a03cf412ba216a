//! The events behind an answer of MoMo: the payment, and what went back of it. Pure.

use super::Rules;
use crate::domain::{PaymentOrder, TxnKind, TxnStatus};
use crate::source::error::BodyFault;
use crate::source::json::Json;
use crate::source::provider::apart::apart;
use crate::source::provider::probing::Found;
use crate::source::provider::states::{payment_of, some};
use crate::source::{AmountForm, Record, TimeForm};

/// The events of an answer about `order`.
pub(super) fn found(json: &Json, order: &PaymentOrder, rules: &Rules) -> Result<Found, BodyFault> {
    let field = |key: &str| json.text_of(key).unwrap_or_default();
    let code = field("resultCode");
    let status = rules.states.meaning(code);
    let mut payment = Record {
        memo: field("orderInfo").into(),
        amount: some(field("amount")),
        amount_column: "amount",
        amount_form: AmountForm::Digits,
        status: Some(status),
        status_text: code.into(),
        bank_ref: some(field("transId")),
        ..payment_of(order, "query")
    };
    if payment.amount.is_none() && matches!(status, TxnStatus::Pending | TxnStatus::Failed) {
        // An answer that says that nothing was paid need not name an amount.
        payment.amount = Some(order.amount.wide().to_string().into());
    }
    // Only a payment has a time of its own; until then the field tells when MoMo answered.
    let time = rules.time_field.as_deref().map(field).and_then(some);
    if let (TxnStatus::Success, Some(time)) = (status, time) {
        payment.time = Some(time);
        payment.time_column = "time_field";
        payment.time_form = TimeForm::EpochMs;
    }
    let mut told = vec![payment];
    match json.get("refundTrans") {
        None | Some(Json::Null) => {}
        Some(Json::List(all)) => {
            let mut back = Vec::new();
            for (one, line) in all.iter().zip(2..) {
                let order = rules.refund_fields.get("order_id");
                let order = order.and_then(|member| one.text_of(member)).and_then(some);
                let row = refund(one, line, &told[0], rules)?;
                back.extend(row.map(|row| (row, order.unwrap_or_default())));
            }
            told.extend(apart(back));
        }
        Some(_) => return Err(BodyFault::Shape("refundTrans")),
    }
    Ok(Found {
        told,
        implied: Vec::new(),
    })
}

/// The row of one refund; none while it has no number and nothing has moved.
fn refund(
    one: &Json,
    line: u64,
    payment: &Record,
    rules: &Rules,
) -> Result<Option<Record>, BodyFault> {
    let field = |name: &str| -> &str {
        let member = rules.refund_fields.get(name);
        let word = member.and_then(|member| one.text_of(member));
        word.unwrap_or_default()
    };
    let code = field("status");
    let status = rules.refund_states.meaning(code);
    let number = some(field("id"));
    if number.is_none() && status == TxnStatus::Pending {
        return Ok(None);
    }
    let number = number.or_else(|| some(field("order_id")));
    let number = number.ok_or(BodyFault::Shape("refundTrans.transId"))?;
    let order = payment.order_ref.as_deref().unwrap_or_default();
    let mut refund = Record {
        id: Some(format!("{order}#{number}").into()),
        kind: Some(TxnKind::Refund),
        amount: some(field("amount")),
        amount_column: "refundTrans.amount",
        status: Some(status),
        status_text: code.into(),
        bank_ref: Some(number),
        // A refund is measured against its payment, not against the order.
        order_amount: None,
        ..payment.clone()
    };
    refund.at.line = line;
    if let Some(time) = some(field("time")) {
        refund.time = Some(time);
        refund.time_column = "refundTrans.createdTime";
        refund.time_form = TimeForm::EpochMs;
    }
    Ok(Some(refund))
}
